/* Live: the node's stream of events. It says that something changed, under this reader's view; who shows it asks again. Each
 * new connection counts as a change of everything, because nothing tells what happened in between. */
import { streamLines } from './api';
import { session } from './session.svelte';

export interface Change {
	objects: string[];
	more: boolean;
	gone: boolean;
	releases: boolean;
	recalls: boolean;
	node: boolean;
}
const everything: Change = { objects: [], more: true, gone: true, releases: true, recalls: true, node: true };

/* beats: rises with every change, so that a page may follow it. */
export const live = $state<{ connected: boolean; last: Change | null; beats: number }>({
	connected: false,
	last: null,
	beats: 0
});

const FIRST_MS = 1000;
const MOST_MS = 15_000;
let stop: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<(change: Change) => void>();

/* Runs for each change until the answer is called. */
export function whenChanged(run: (change: Change) => void): () => void {
	listeners.add(run);
	return () => listeners.delete(run);
}

function tell(change: Change): void {
	live.last = change;
	live.beats++;
	for (const run of listeners) run(change);
}

function connect(wait: number, first: boolean): void {
	const mine = (stop = new AbortController());
	let event = '';
	let next = wait;
	const take = (line: string): void => {
		if (line.startsWith('event: ')) event = line.slice(7);
		if (line.startsWith('event: begin')) {
			live.connected = true;
			next = FIRST_MS;
			if (!first) tell(everything);
		}
		if (event === 'change' && line.startsWith('data: ')) tell(JSON.parse(line.slice(6)) as Change);
	};
	streamLines('/api/v1/events', take, mine.signal)
		.catch(() => null)
		.finally(() => {
			if (mine !== stop) return;
			live.connected = false;
			timer = setTimeout(() => !session.locked && connect(Math.min(2 * next, MOST_MS), false), next);
		});
}

export function follow(): void {
	unfollow();
	connect(FIRST_MS, true);
}
export function unfollow(): void {
	clearTimeout(timer);
	stop?.abort();
	stop = null;
	live.connected = false;
}
