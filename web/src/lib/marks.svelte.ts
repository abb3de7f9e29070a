/* The banner: the highest marking of what is on the page. Each part of a page says which labels it shows; the node's label
 * engine computes the line over them all. Until it has, the highest answer that came with the parts stands there. */
import { untrack } from 'svelte';

import { post } from './api';
import type { Marked, MarkedLabels } from './types';

interface Part {
	labels: readonly string[];
	whole: Partial<Marked>;
}
let parts = $state.raw<ReadonlyMap<string, Part>>(new Map());
let computed = $state.raw<{ key: string; mark: Partial<Marked> } | null>(null);
export const banner = $state({ reference: '' });

export interface Section {
	show: (labels: readonly string[], whole: Partial<Marked>) => void;
	clear: () => void;
	close: () => void;
}

/* A part of a page that shows content. Once closed it shows nothing any more: an answer that comes late marks no other page. */
export function section(name: string): Section {
	const key = `${name} ${crypto.randomUUID()}`;
	let open = true;
	/* Untracked: who shows something in an effect must not run again because of it. */
	const change = (run: (left: Map<string, Part>) => void): void =>
		untrack(() => {
			const left = new Map(parts);
			run(left);
			parts = left;
			void compute();
		});
	const take = (): void => change((left) => left.delete(key));
	return {
		show: (labels, whole) => {
			if (open) change((left) => left.set(key, { labels: [...new Set(labels)], whole }));
		},
		clear: take,
		close: () => {
			open = false;
			take();
		}
	};
}
/* The one of these that stands highest: what a part says of itself until the engine has computed the line over all. */
export const topOf = (shown: readonly Partial<Marked>[]): Partial<Marked> =>
	shown.reduce<Partial<Marked>>((top, one) => ((one.level ?? 0) > (top.level ?? -1) ? one : top), {});

export function hideAll(): void {
	parts = new Map();
	computed = null;
}

const labelsNow = (): string[] => [...new Set([...parts.values()].flatMap((part) => part.labels))].sort();

async function compute(): Promise<void> {
	const labels = labelsNow();
	const key = labels.join('\n');
	if (!labels.length || computed?.key === key) return;
	const mark = await post<MarkedLabels>('/api/v1/labels/mark', { lines: labels }).catch(() => null);
	if (mark?.marking && labelsNow().join('\n') === key) computed = { key, mark };
}

/* Never lower than what came with any part. */
function highest(): Partial<Marked> {
	const shown = [...parts.values()].map((part) => part.whole).filter((whole) => whole.marking);
	const top = Math.max(...shown.map((whole) => whole.level ?? 0));
	const best = shown.filter((whole) => (whole.level ?? 0) === top);
	const text = [...new Set(best.map((whole) => whole.marking))].join(' / ');
	return text ? { ...best[0], marking: text } : {};
}
export function pageMarking(): Partial<Marked> {
	const answered = highest();
	const exact = computed && computed.key === labelsNow().join('\n') ? computed.mark : null;
	return exact && (exact.level ?? 0) >= (answered.level ?? 0) ? exact : answered;
}
