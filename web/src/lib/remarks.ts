/* Remarks on an object: STIX notes that refer to it, each with a label of its own, released like every object. */
import { ask, get } from './api';
import type { GraphAnswer } from './graph';
import type { Marked, ObjectPage, Portion } from './types';

export interface Remark {
	id: string;
	originator: string;
	own: boolean;
	at: string | null;
	text: string;
	label: Marked;
	answers: string; // the remark that it answers, or ''
}
export const REMARKS_MOST = 60;

const json = (text: string | undefined): Record<string, unknown> => {
	try {
		return JSON.parse(text ?? '{}') as Record<string, unknown>;
	} catch {
		return {};
	}
};
const target = (portion: Portion): string => String(json(portion.content)['target'] ?? '');

function remarkOf(page: ObjectPage): Remark | null {
	const head = page.portions.find((portion) => portion.kind === 'head');
	const content = json(head?.content);
	if (!head || content['revoked'] === true) return null; // taken back by its author
	const refs = page.portions.filter((portion) => portion.kind === 'reference').map(target);
	return {
		id: page.id,
		originator: page.originator,
		own: page.own,
		at: page.modified,
		text: String(content['content'] ?? head.text ?? ''),
		label: head,
		answers: refs.find((ref) => ref.startsWith('note--')) ?? ''
	};
}

/* The remarks that this reader sees, oldest first; more: there are others that the list has no room for. */
export async function remarksOn(id: string): Promise<{ remarks: Remark[]; more: boolean }> {
	const at = `/api/v1/objects/${encodeURIComponent(id)}/graph?type=note&depth=1&limit=${REMARKS_MOST + 1}`;
	const graph = await get<GraphAnswer>(at);
	const ids = graph.nodes.slice(1).map((node) => node.id);
	const pages = await Promise.all(
		ids.map((one) => get<ObjectPage>(`/api/v1/objects/${encodeURIComponent(one)}?view=page`).catch(() => null))
	);
	const remarks = pages.flatMap((page) => (page ? (remarkOf(page) ?? []) : []));
	remarks.sort((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
	const linked = graph.nodes[0]?.kinds.find((kind) => kind.type === 'note')?.count ?? 0;
	return { remarks, more: linked > ids.length };
}

/* Published with one label for all of it; answers its id. */
export async function publishRemark(on: string, answers: string, text: string, marking: string, author: string): Promise<string> {
	const id = `note--${crypto.randomUUID()}`;
	const now = new Date().toISOString();
	const note = {
		type: 'note',
		spec_version: '2.1',
		id,
		created: now,
		modified: now,
		content: text,
		authors: [author],
		object_refs: answers ? [on, answers] : [on]
	};
	await ask('POST', `/api/v1/objects?marking=${encodeURIComponent(marking)}`, { json: note });
	return id;
}
