/* Who sees which portion: from a plan's rows to cells, counts and a sentence such as a release officer would write. */
import { nationName } from './nations';
import type { Answer, Plan, PlanRow } from './types';
import { t } from './words';

/* The plan tells of the others; this nation holds what it shows. */
export function withOwn<P extends Plan>(plan: P, nation: string): P {
	if (!nation || plan.nations.includes(nation)) return plan;
	return {
		...plan,
		nations: [...plan.nations, nation],
		rows: plan.rows.map((row) => ({ ...row, answers: { ...row.answers, [nation]: 'sent' as const } }))
	};
}

export type Sight = 'sees' | 'waits' | 'dark';

const sights: Record<Answer, Sight> = {
	'at once': 'sees',
	sent: 'sees',
	waits: 'waits',
	never: 'dark',
	'head denied': 'dark',
	refused: 'dark',
	withdrawn: 'dark'
};

/* Without its head nothing of an object is seen. */
export function sight(row: PlanRow, nation: string): Sight {
	const answer = row.answers[nation];
	return answer ? sights[answer] : 'dark';
}

export interface Cell {
	nation: string;
	sight: Sight;
	marks: Sight[];
}

/* The marks stand for the portions after the head, in reading order; an object of a head alone has one mark. */
export function markRows(plan: Plan): PlanRow[] {
	const portions = plan.rows.filter((row) => row.kind !== 'head' && row.kind !== 'reference');
	return portions.length ? portions : plan.rows.slice(0, 1);
}

export function cellOf(plan: Plan, nation: string): Cell {
	const marks = markRows(plan).map((row) => sight(row, nation));
	const head = plan.rows[0];
	const headSight = head ? sight(head, nation) : 'dark';
	const best =
		headSight === 'dark'
			? 'dark'
			: marks.includes('sees') && headSight === 'sees'
				? 'sees'
				: headSight === 'sees' && !marks.includes('waits')
					? 'sees'
					: 'waits';
	return { nation, sight: best, marks: headSight === 'dark' ? marks.map(() => 'dark' as const) : marks };
}

export const countOf = (plan: Plan): number => plan.nations.filter((nation) => cellOf(plan, nation).sight === 'sees').length;

const list = (texts: string[]): string => [...new Set(texts)].join('; ');

/* One sentence: who, what, because of which marking. */
export function sentence(plan: Plan, nation: string, future: boolean): string {
	const name = nationName(nation);
	const head = plan.rows[0];
	const rows = markRows(plan);
	const cell = cellOf(plan, nation);
	const dark = list(rows.filter((row) => sight(row, nation) === 'dark').map((row) => row.marking));
	const waits = rows.filter((row) => sight(row, nation) === 'waits').length;
	const sees = cell.marks.filter((mark) => mark === 'sees').length;
	if (!head) return '';
	if (head.answers[nation] === 'refused') return t('say.refused', { name });
	if (sight(head, nation) === 'dark') return t(future ? 'say.willNothing' : 'say.nothing', { name, marking: head.marking });
	if (waits === rows.length || sight(head, nation) === 'waits') return t('say.allWaits', { name });
	if (sees === rows.length) return t(future ? 'say.willAll' : 'say.all', { name });
	if (dark && waits) return t('say.partWaitsDark', { name, n: sees, waits, marking: dark });
	if (waits) return t('say.partWaits', { name, n: sees, waits });
	if (sees === 0) return t(future ? 'say.willTitle' : 'say.title', { name, marking: dark });
	return t(future ? 'say.willPart' : 'say.part', { name, n: sees, marking: dark });
}
