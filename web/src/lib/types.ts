/* The shapes of the node's answers, as docs/protocol/http.md tells them. */

export interface Session {
	token: string;
	expires: string;
	user: string;
	roles: string[];
	clearance: string[];
	nation: string;
	realm: string;
}

/* A marking in the policy's words. */
export interface Marked {
	label?: string;
	marking: string;
	mark?: string;
	color?: string;
	level?: number;
}

export interface Hit extends Marked {
	id: string;
	type: string;
	title: string;
	originator: string;
	admitted: string | null;
	modified: string | null;
	snippet?: Marked & { text: string };
}
export interface Facet extends Partial<Marked> {
	name: string;
	value: string;
	count: number;
}
export interface Hits extends Partial<Marked> {
	count: number;
	objects: Hit[];
	facets?: Facet[];
	next?: string;
}

export type PortionKind = 'head' | 'text' | 'table' | 'attachment' | 'reference';
export interface Portion extends Marked {
	kind: PortionKind;
	text?: string;
	content?: string;
}
export interface ObjectPage extends Partial<Marked> {
	id: string;
	type: string;
	title: string;
	originator: string;
	realm: string;
	own: boolean;
	admitted: string | null;
	modified: string | null;
	portions: Portion[];
}

export type Answer = 'never' | 'at once' | 'waits' | 'head denied' | 'sent' | 'refused' | 'withdrawn';
export interface PlanRow extends Marked {
	id: string;
	kind: PortionKind;
	excerpt: string;
	answers: Record<string, Answer>;
}
export interface Plan {
	nations: string[];
	rows: PlanRow[];
}

export interface Release extends Marked {
	id: string;
	title: string;
	author: string;
	nations: string[];
	since: string | null;
	portions: number;
	persons: number; /* how many officers must approve */
	approved_by: string[];
}
export interface ReleaseShown extends Plan {
	id: string;
	title: string;
	author: string;
	since: string | null;
	precedents: string[];
	persons: number;
	approved_by: string[];
	shown: string; /* what a decision binds */
}
export interface Holder {
	node: string;
	state: 'receipted' | 'outstanding';
	at: string | null;
	copies: number;
}
export interface Holders {
	id: string;
	ordered: string | null;
	holders: Holder[];
}

export interface Status {
	nation: string;
	realm: string;
	objects: number;
	waiting: number;
	ledger_size?: number; // numbers of the node are told to some roles only
	degraded: boolean;
	notice?: string;
	peers: { node: string; connected: boolean; backlog?: number; sent?: number; received?: number; last_receipt?: string | null }[];
	roles: { role: string; up: boolean }[];
}

export interface PolicyClass extends Partial<Marked> {
	name: string;
	level: number;
}
export interface PolicySet {
	name: string;
	type: 'RESTRICTIVE' | 'PERMISSIVE' | 'INFORMATIVE';
	values: string[];
}
export interface Policy {
	name: string;
	version: string;
	classifications: PolicyClass[];
	sets: PolicySet[];
}
export interface MarkedLabel extends Partial<Marked> {
	line: string;
	problems?: string[];
}
export interface MarkedLabels extends Partial<Marked> {
	labels: MarkedLabel[];
}
