/* Places: where something is at a moment, how its symbol is drawn, and how a position is written. */
// eslint-disable-next-line @typescript-eslint/ban-ts-comment
// @ts-ignore: the package's types stand behind its whole; only two editions are wanted
import { ms, std2525d, std2525e } from '../../node_modules/milsymbol/index.mjs';

import type { Marked } from './types';

ms.addIcons(std2525d);
ms.addIcons(std2525e);

export interface Position {
	coordinates: [number, number];
	since: string | null;
	until: string | null;
}
export interface Place {
	type: 'Feature';
	id: string;
	geometry: { type: 'Point'; coordinates: [number, number] };
	properties: Marked & { type: string; title: string; originator: string; sidc?: string; positions: Position[] };
}
export interface Places extends Partial<Marked> {
	features: Place[];
	more: boolean;
}
/* A place as it stands at the moment looked at. */
export interface Standing {
	place: Place;
	at: [number, number];
	tail: [number, number][]; // where it was before, oldest first, with where it is
	position: Position;
}

const ms_ = (moment: string | null): number | null => (moment ? new Date(moment).getTime() : null);

/* moment null: at all times, where it was last. */
export function standing(place: Place, moment: number | null): Standing | null {
	const all = place.properties.positions;
	const at = all.findLastIndex((one) => {
		const [since, until] = [ms_(one.since), ms_(one.until)];
		return moment === null || ((since === null || since <= moment) && (until === null || until >= moment));
	});
	const position = all[at];
	if (!position) return null;
	return { place, position, at: position.coordinates, tail: all.slice(0, at + 1).map((one) => one.coordinates) };
}

/* First and last moment that any of them tells of. */
export function span(places: readonly Place[]): { first: number; last: number } | null {
	const times = places
		.flatMap((place) => place.properties.positions.flatMap((one) => [ms_(one.since), ms_(one.until)]))
		.filter((one) => one !== null);
	return times.length ? { first: Math.min(...times), last: Math.max(...times) } : null;
}

/* ---- symbols ---- */

export interface Drawn {
	canvas: HTMLCanvasElement;
	anchor: [number, number];
	ratio: number;
}
const drawn = new Map<string, Drawn | null>();

/* null: there is no such symbol, or none is given; the page says so and draws a mark of its own. */
export function symbol(sidc: string | undefined, size: number, outline: string): Drawn | null {
	if (!sidc) return null;
	const key = `${sidc} ${size} ${outline}`;
	const known = drawn.get(key);
	if (known !== undefined) return known;
	const ratio = Math.min(2, devicePixelRatio || 1);
	const made = new ms.Symbol(sidc, { size, outlineColor: outline, outlineWidth: 3 });
	const { x, y } = made.getAnchor() as { x: number; y: number };
	const result: Drawn | null = made.isValid()
		? { canvas: made.asCanvas(ratio) as HTMLCanvasElement, anchor: [x, y], ratio }
		: null;
	drawn.set(key, result);
	return result;
}
export const canDraw = (sidc: string | undefined): boolean => Boolean(sidc && new ms.Symbol(sidc, { size: 20 }).isValid());

const identities = ['pending', 'unknown', 'assumed-friend', 'friend', 'neutral', 'suspect', 'hostile'];
export const identityOf = (sidc: string | undefined): string => identities[Number(sidc?.[3])] ?? 'none';

/* ---- words ---- */

function angle(value: number, digits: number, ends: string): string {
	const minutes = Math.round(Math.abs(value) * 600) / 10;
	const whole = String(Math.floor(minutes / 60)).padStart(digits, '0');
	return `${whole}°${(minutes % 60).toFixed(1).padStart(4, '0')}′${ends[value < 0 ? 1 : 0] ?? ''}`;
}
/* "55°42.6′N 021°07.2′E" */
export const positionText = ([longitude, latitude]: [number, number]): string =>
	`${angle(latitude, 2, 'NS')} ${angle(longitude, 3, 'EW')}`;
