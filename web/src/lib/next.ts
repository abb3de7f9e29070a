/* Warnings and next steps: the shapes of the node's answers (docs/protocol/http.md) and how steps are written. */
import { ask } from './api';
import type { Marked } from './types';

export interface Head {
	text: string;
	mark: string;
	marking: string;
	level: number;
	color: string;
}
export const marked = (label: Head | undefined): Partial<Marked> => (label ? { ...label, label: label.text } : {});

export interface Warning {
	id: string;
	title: string;
	question: string;
	owner: string;
	originator: string;
	label: Head;
	level: string;
	at_most: string;
	since: string | null;
	was: string | null;
	levels: string[];
	met: number;
	not_met: number;
	unknown: number;
	weight: number;
	nations: number;
	sources: number;
	alerts_open?: number;
	complete: boolean;
}
export interface Evidence {
	id: string;
	title: string;
	label: Head;
	originator: string;
	seen: string;
	admitted: string;
	calm: boolean;
}
export interface Indicator {
	id: string;
	question: string;
	owner: string;
	source: string;
	scenario?: number;
	weight: number;
	critical: boolean;
	state: 'met' | 'not met' | 'unknown';
	last: string | null;
	age_ms: number | null;
	age_limit_ms: number;
	rule: string;
	evidence: Evidence[];
}
export interface Alert {
	id: string;
	problem: string;
	title: string;
	label: Head;
	from: string;
	to: string;
	rising: boolean;
	precedence: string;
	at: string;
	state: 'open' | 'acknowledged' | 'decided' | 'closed';
	by: string | null;
	acknowledged: string | null;
	causes: { indicator: string; question: string; state: string; evidence: string | null }[];
	decisions: string[];
}
export interface WarningPage extends Warning {
	scenarios: string[];
	authorities: { nation: string; role: string }[];
	rule: { level: string; when: string; holds: boolean }[];
	indicators: Indicator[];
	history: { at: string; level: string; cause?: string; known: number }[];
	alerts?: Alert[];
}
export interface Step {
	id: string;
	type: string;
	title: string;
	label: Head;
	originator: string;
	created: string;
	modified: string;
	refs: { id: string; type: string }[];
	choice?: string;
	reason?: string;
	authority?: string;
	owner_nation?: string;
	owner?: string;
	due?: string;
	state?: string;
	holder?: string;
	result?: string;
	text?: string;
}
export interface Link {
	id: string;
	stage: 'requirement' | 'evidence' | 'warning' | 'decision' | 'task' | 'outcome';
	type: string;
	title: string;
	label: Head;
	originator: string;
	at: string | null;
	level?: string;
	state?: string;
	owner?: string;
	due?: string;
	ledger?: string;
	own: boolean;
}
export interface Chain {
	id: string;
	links: Link[];
	arrows: { from: string; to: string; relation: string }[];
	page?: Partial<Marked>;
}
export interface Held {
	key: string;
	kind: 'alert' | 'task';
	id: string;
	title: string;
	label: Head;
	holder: string;
}
export interface HandOver {
	id: string;
	from: string;
	to: string;
	at: string;
	state: 'offered' | 'accepted' | 'refused' | 'withdrawn';
	entry?: string;
	items: Held[];
}
export interface HandOvers {
	on_watch: string[];
	mine: Held[];
	handovers: HandOver[];
}
export interface Item {
	key: string;
	kind: 'alert' | 'release' | 'task' | 'hand-over' | 'recall';
	id: string;
	title: string;
	label?: Head;
	precedence?: string;
	at: string | null;
	due?: string | null;
	state?: string;
	text?: string;
	snoozed?: string | null;
}

const DEFINITION = 'extension-definition--6f0c7d5e-2b1a-4c39-9a57-3c6e1d80f4b2';
export type StepType = 'bices-decision' | 'bices-task' | 'bices-outcome' | 'bices-watch-entry';

/* A step as an object with one label for all of it. Answers its id. */
export async function publishStep(type: StepType, members: Record<string, unknown>, marking: string): Promise<string> {
	const id = `${type}--${crypto.randomUUID()}`;
	const filled = Object.fromEntries(
		Object.entries(members).filter(([, value]) => value !== '' && !(Array.isArray(value) && !value.length))
	);
	const now = new Date().toISOString();
	const object = {
		type,
		spec_version: '2.1',
		id,
		created: now,
		modified: now,
		...filled,
		extensions: { [DEFINITION]: { extension_type: 'new-sdo' } }
	};
	await ask('POST', `/api/v1/objects?marking=${encodeURIComponent(marking)}`, { json: object });
	return id;
}

/* Options as they are typed: one a line, "name: what it means", the chosen one first. */
export function withOptions(members: Record<string, unknown>): Record<string, unknown> {
	const options = String(members['options'] ?? '')
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean)
		.map((line) => {
			const [name = '', ...rest] = line.split(':');
			const description = rest.join(':').trim();
			return { name: name.trim(), ...(description ? { description } : {}) };
		});
	return { ...members, options, choice: options[0]?.name ?? '' };
}

/* "57 h", "0:52", "20 d": how old, as people on watch say it. */
export function age(ms: number): string {
	const minutes = Math.floor(ms / 60_000);
	if (minutes < 600) return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
	return minutes < 72 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}
export function span(ms: number): string {
	const minutes = Math.round(ms / 60_000);
	if (minutes % 1440 === 0 && minutes >= 2880) return `${minutes / 1440} d`;
	return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
/* How high a level stands: 0 the lowest, 1 the highest. */
export const height = (levels: readonly string[], level: string): number =>
	levels.length > 1 ? Math.max(0, levels.indexOf(level)) / (levels.length - 1) : 0;
