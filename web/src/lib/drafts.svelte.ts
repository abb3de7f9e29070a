/* Drafts: in memory while the page lives, and a sealed copy in the tab for a reload (seal.ts). A lost session, another page
 * or a node that does not answer loses nothing; signing out deletes them. */
import type { Choice } from './policies.svelte';
import { firstChoice } from './policies.svelte';
import { forget, seal, unseal } from './seal';

export interface DraftPortion {
	key: string;
	text: string;
	choice: Choice;
}
export interface Draft {
	id: string; /* of the object it will be */
	title: string;
	choice: Choice; /* of the title */
	portions: DraftPortion[];
	saved: string | null;
	kept: boolean; /* the sealed copy is written */
}

export const drafts = $state<{ list: Draft[] }>({ list: [] });
let owner = '';
let timer: ReturnType<typeof setTimeout> | undefined;

export const draftOf = (id: string): Draft | undefined => drafts.list.find((draft) => draft.id === id);

/* A short reference of an object for people: the first eight digits of its random id. */
export const reference = (id: string): string => (id.split('--')[1] ?? id).slice(0, 8).toUpperCase();

export async function openDrafts(of: string): Promise<void> {
	if (owner === of) return;
	owner = of;
	const kept = await unseal(of);
	const known = new Set(drafts.list.map((draft) => draft.id));
	try {
		const list = kept ? (JSON.parse(kept) as Draft[]) : [];
		drafts.list.push(...list.filter((draft) => !known.has(draft.id)));
	} catch {
		return;
	}
}

export async function closeDrafts(): Promise<void> {
	clearTimeout(timer);
	owner = '';
	drafts.list = [];
	await forget();
}

export function newPortion(choice: Choice): DraftPortion {
	return {
		key: crypto.randomUUID(),
		text: '',
		choice: { ...choice, restrictions: [...choice.restrictions], nations: [...choice.nations] }
	};
}

export function newDraft(): Draft {
	const choice = firstChoice();
	drafts.list.unshift({
		id: `bices-report--${crypto.randomUUID()}`,
		title: '',
		choice,
		portions: [newPortion(choice)],
		saved: null,
		kept: false
	});
	return drafts.list[0] as Draft;
}

export const isEmpty = (draft: Draft): boolean => !draft.title.trim() && draft.portions.every((portion) => !portion.text.trim());

async function write(): Promise<void> {
	const list = $state.snapshot(drafts.list).filter((draft) => !isEmpty(draft));
	const good = await seal(owner, JSON.stringify(list));
	for (const draft of drafts.list) draft.kept = good;
}

export function touch(draft: Draft): void {
	draft.saved = new Date().toISOString();
	clearTimeout(timer);
	timer = setTimeout(() => void write(), 400);
}

export function dropDraft(id: string): void {
	drafts.list = drafts.list.filter((draft) => draft.id !== id);
	clearTimeout(timer);
	timer = setTimeout(() => void write(), 50);
}

/* Portions of one paragraph each: a blank line within one would be two for the reader. */
export const paragraphs = (text: string): string[] =>
	text
		.split(/\n\s*\n/)
		.map((part) => part.trim())
		.filter(Boolean);

const PORTIONS = 'extension-definition--25fd6fcf-962d-4376-8a61-6393e95b79a5';
const REPORT = 'extension-definition--85832a93-8367-4274-9591-75a9b6cf0372';

/* The report as the node takes it. lines: marking lines by the place of the portion, the title's first. */
export function reportOf(draft: Draft, lines: readonly string[]): unknown {
	const portions = draft.portions.flatMap((portion, i) =>
		paragraphs(portion.text).map((text) => ({ kind: 'text', marking: lines[i + 1], text }))
	);
	return {
		type: 'bices-report',
		spec_version: '2.1',
		id: draft.id,
		name: draft.title.trim(),
		extensions: {
			[REPORT]: { extension_type: 'new-sdo' },
			[PORTIONS]: { extension_type: 'property-extension', portions: [{ kind: 'head', marking: lines[0] }, ...portions] }
		}
	};
}
