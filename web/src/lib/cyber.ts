/* Indicators, sightings, collections, tokens, techniques: the shapes of the node's answers (docs/protocol/http.md). */
import type { Hit, Marked } from './types';

export interface Value {
	kind: 'hash' | 'infrastructure' | 'value';
	value: string;
}
export interface Indicator extends Hit {
	pattern: string;
	pattern_type: string;
	valid_from: string | null;
	valid_until: string | null;
	revoked: boolean;
	confidence?: number;
	kinds: string[];
	values: Value[];
}
export interface Indicators extends Partial<Marked> {
	count: number;
	indicators: Indicator[];
	next?: string;
}
export interface Decay {
	score: number;
	base: number;
	since: string | null;
	age_days: number;
	lifetime_days: number;
	ended: boolean;
}
export interface SeenBy {
	nation: string;
	sightings: number;
	count: number;
	first: string | null;
	last: string | null;
}
export interface Sighted {
	id: string;
	nations: SeenBy[];
	count: number;
	more: boolean;
	decay?: Decay;
}
export interface Related {
	id: string;
	related: (Marked & { id: string; type: string; title: string; originator: string; shared: Value[] })[];
	more: boolean;
}
export interface Sighting extends Hit {
	times: number;
	first: string | null;
	last: string | null;
	revoked: boolean;
	description?: string;
	of?: Marked & { id: string; type: string; title: string };
}
export interface Sightings extends Partial<Marked> {
	count: number;
	sightings: Sighting[];
	next?: string;
}
export interface Collection {
	id: string;
	title: string;
	description?: string;
	alias?: string;
	can_read: boolean;
	can_write: boolean;
	media_types: string[];
}
/* What this person published in one piece, since the node began. */
export interface Import {
	at: string;
	way: 'api' | 'taxii';
	count: number;
	first: string;
}
export interface Token {
	id: number;
	name: string;
	user: string;
	collections: string[];
	access: 'read' | 'write';
	created: string;
	expires: string;
}
export interface Tactic extends Hit {
	phase: string;
	external_id?: string;
}
export interface Technique extends Hit {
	external_id?: string;
	phases: { chain: string; phase: string }[];
	part: boolean;
	linked: { type: string; count: number }[];
}
export interface Attack extends Partial<Marked> {
	matrices: (Hit & { tactics: string[] })[];
	tactics: Tactic[];
	techniques: Technique[];
	more: boolean;
}

export const AT_ONCE = 4; // reads at once, so that a list does not hold up the rest of the page

/* Runs for each, a few at once, in order of the list; ends early when stopped. */
export async function few<T>(items: readonly T[], run: (item: T) => Promise<void>, stopped: () => boolean): Promise<void> {
	const left = [...items];
	const walk = async (): Promise<void> => {
		for (let item = left.shift(); item !== undefined && !stopped(); item = left.shift()) await run(item);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, walk));
}

/* What was copied, or false where the browser does not let a page. */
export async function copy(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return false;
	}
}

/* A file of the reader's own making: nothing leaves the page but by his choice. */
export function save(name: string, text: string): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
