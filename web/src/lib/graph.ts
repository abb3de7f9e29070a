/* A picture of links: what it holds, where things stand, and what hangs on what. Nothing here asks the node. */
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force';

import type { Marked } from './types';

export interface GraphNode extends Marked {
	id: string;
	type: string;
	title: string;
	originator: string;
	depth: number;
	linked: number;
	kinds: { type: string; count: number }[];
}
export interface GraphEdge extends Marked {
	from: string;
	to: string;
	kind: string;
	id?: string;
}
export interface GraphAnswer extends Partial<Marked> {
	nodes: GraphNode[];
	edges: GraphEdge[];
	more_edges: boolean;
}
export interface Spot {
	x: number;
	y: number;
}
/* One state of the picture; undo goes back to an earlier one. */
export interface Picture {
	nodes: readonly GraphNode[];
	edges: readonly GraphEdge[];
	more: boolean;
	spots: ReadonlyMap<string, Spot>;
	pinned: ReadonlySet<string>;
	hiddenTypes: ReadonlySet<string>;
}
/* All links between two nodes as one line. */
export interface Line {
	key: string;
	a: string;
	b: string;
	forth: boolean; // some link goes from a to b
	back: boolean;
	kinds: string[];
}

export const NODES_MAX = 300;
export const EXPAND = 25; // neighbours added at once

export const emptyPicture: Picture = {
	nodes: [],
	edges: [],
	more: false,
	spots: new Map(),
	pinned: new Set(),
	hiddenTypes: new Set()
};

/* ---- what hangs on what ---- */

export function neighbours(edges: readonly GraphEdge[], id: string): Set<string> {
	const found = new Set<string>();
	for (const { from, to } of edges) {
		if (from === id && to !== id) found.add(to);
		if (to === id && from !== id) found.add(from);
	}
	return found;
}

/* What stays when everything that hangs on this node alone is taken away: what the root, or something pinned, reaches
 * without passing through it. */
export function collapsed(picture: Picture, root: string, id: string): Picture {
	const reached = new Set<string>([id, ...(id === root ? [] : [root]), ...picture.pinned]);
	const ways = new Map<string, string[]>();
	for (const { from, to } of picture.edges) {
		ways.set(from, [...(ways.get(from) ?? []), to]);
		ways.set(to, [...(ways.get(to) ?? []), from]);
	}
	const open = [...reached].filter((one) => one !== id);
	for (let at = open.pop(); at !== undefined; at = open.pop())
		for (const next of ways.get(at) ?? [])
			if (!reached.has(next)) {
				reached.add(next);
				open.push(next);
			}
	return {
		...picture,
		nodes: picture.nodes.filter((node) => reached.has(node.id)),
		edges: picture.edges.filter((edge) => reached.has(edge.from) && reached.has(edge.to))
	};
}

/* A type that is filtered out takes its nodes and their lines along; the root stays. */
export function filtered(picture: Picture, root: string): { nodes: GraphNode[]; edges: GraphEdge[] } {
	const nodes = picture.nodes.filter((node) => node.id === root || !picture.hiddenTypes.has(node.type));
	const there = new Set(nodes.map((node) => node.id));
	return { nodes, edges: picture.edges.filter((edge) => there.has(edge.from) && there.has(edge.to)) };
}

export function linesOf(edges: readonly GraphEdge[]): Line[] {
	const lines = new Map<string, Line>();
	for (const { from, to, kind } of edges) {
		const [a, b] = from < to ? [from, to] : [to, from];
		const key = `${a} ${b}`;
		const line = lines.get(key) ?? { key, a, b, forth: false, back: false, kinds: [] };
		lines.set(key, {
			...line,
			forth: line.forth || from === a,
			back: line.back || from === b,
			kinds: line.kinds.includes(kind) ? line.kinds : [...line.kinds, kind]
		});
	}
	return [...lines.values()];
}

/* ---- where things stand ---- */

/* What stood somewhere stays near it, what is pinned stays there, and what is new begins beside what brought it in. */
export function layout(
	nodes: readonly GraphNode[],
	edges: readonly GraphEdge[],
	before: ReadonlyMap<string, Spot>,
	pinned: ReadonlySet<string>,
	beside?: string
): Map<string, Spot> {
	const start = beside ? before.get(beside) : undefined;
	const room = nodes.length > 120 ? 26 : nodes.length > 60 ? 44 : 62;
	const bodies = nodes.map((node, i) => {
		const old = before.get(node.id);
		const turn = i * 2.4;
		const spot = old ?? (start ? { x: start.x + 40 * Math.cos(turn), y: start.y + 40 * Math.sin(turn) } : undefined);
		const body: { id: string; x?: number; y?: number; fx?: number; fy?: number } = { id: node.id };
		if (spot) Object.assign(body, spot);
		if (old && pinned.has(node.id)) Object.assign(body, { fx: old.x, fy: old.y });
		return body;
	});
	const links = linesOf(edges)
		.filter((line) => line.a !== line.b)
		.map((line) => ({ source: line.a, target: line.b }));
	const simulation = forceSimulation(bodies)
		.force(
			'link',
			forceLink<(typeof bodies)[number], (typeof links)[number]>(links)
				.id((body) => body.id)
				.distance(room * 1.7)
		)
		.force(
			'charge',
			forceManyBody()
				.strength(-room * 7)
				.distanceMax(900)
		)
		.force('collide', forceCollide(room))
		.force('x', forceX(0).strength(0.045))
		.force('y', forceY(0).strength(0.075))
		.stop();
	if (before.size) simulation.alpha(0.5);
	simulation.tick(before.size ? 120 : 200);
	return new Map(bodies.map((body) => [body.id, { x: Math.round(body.x ?? 0), y: Math.round(body.y ?? 0) }]));
}

/* At most two lines of a title, broken between words where there are any. */
export function titleLines(title: string, width: number): string[] {
	const lines: string[] = [];
	let rest = title.trim();
	while (rest && lines.length < 2) {
		if (rest.length <= width) {
			lines.push(rest);
			rest = '';
			break;
		}
		const space = rest.lastIndexOf(' ', width);
		const at = space > width / 3 ? space : width;
		lines.push(rest.slice(0, at));
		rest = rest.slice(at).trim();
	}
	const last = lines.length - 1;
	return rest ? lines.map((line, i) => (i === last ? `${line.slice(0, width - 1)}…` : line)) : lines;
}

/* The shape tells the family, so that colour is left to the marking. */
export type Shape = 'box' | 'round' | 'diamond' | 'hexagon';
const boxes = /^(bices-|report|note|opinion|grouping|observed-data|sighting|course-of-action)/;
const diamonds = /^(threat-actor|intrusion-set|campaign|identity|location|incident)/;
const hexagons = /^(malware|tool|attack-pattern|vulnerability|x-mitre-|infrastructure)/;
export function shapeOf(type: string): Shape {
	return boxes.test(type) ? 'box' : diamonds.test(type) ? 'diamond' : hexagons.test(type) ? 'hexagon' : 'round';
}
export const outlines: Record<Shape, string> = {
	box: 'M-12,-9H12V9H-12Z',
	round: 'M-10,0A10,10 0 1 1 10,0A10,10 0 1 1 -10,0Z',
	diamond: 'M0,-13L13,0L0,13L-13,0Z',
	hexagon: 'M-6,-11H6L12,0L6,11H-6L-12,0Z'
};
