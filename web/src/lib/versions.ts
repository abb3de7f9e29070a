/* What changed between two versions of an object, portion by portion. Nothing here asks the node. */
import type { Portion } from './types';

export interface Change {
	kind: 'same' | 'added' | 'removed';
	portion: Portion;
}

/* Label and words: a portion whose label changed is another one. Times in a head change with every version and say nothing. */
function keyOf(portion: Portion): string {
	return JSON.stringify([
		portion.kind,
		portion.label,
		portion.kind === 'head' ? portion.text : (portion.text ?? portion.content)
	]);
}

/* A report's head is its title; of other objects it holds what they say. */
export function titled(type: string, portion: Portion): Portion {
	return portion.kind === 'head' && type === 'bices-report'
		? { ...portion, kind: 'text', text: portion.text ?? '', content: '' }
		: portion;
}

/* In the order of the newer version; what left stands where it stood. The longest common row of portions stays. */
export function changesBetween(older: readonly Portion[], newer: readonly Portion[]): Change[] {
	const a = older.map(keyOf);
	const b = newer.map(keyOf);
	const width = b.length + 1;
	const common = new Uint16Array((a.length + 1) * width);
	for (let i = a.length - 1; i >= 0; i--)
		for (let k = b.length - 1; k >= 0; k--)
			common[i * width + k] =
				a[i] === b[k]
					? (common[(i + 1) * width + k + 1] ?? 0) + 1
					: Math.max(common[(i + 1) * width + k] ?? 0, common[i * width + k + 1] ?? 0);
	const changes: Change[] = [];
	let [i, k] = [0, 0];
	while (i < a.length || k < b.length) {
		const [left, right] = [older[i], newer[k]];
		if (left && right && a[i] === b[k]) {
			changes.push({ kind: 'same', portion: right });
			i++;
			k++;
		} else if (left && (!right || (common[(i + 1) * width + k] ?? 0) >= (common[i * width + k + 1] ?? 0))) {
			changes.push({ kind: 'removed', portion: left });
			i++;
		} else if (right) {
			changes.push({ kind: 'added', portion: right });
			k++;
		}
	}
	return changes;
}
