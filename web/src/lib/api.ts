/* Asking the node. Every request stays on the node's own origin; the token lives in memory only. */

/* One thing that is wrong with a document. */
export interface Finding {
	object?: number;
	id?: string;
	path: string;
	rule: string;
	text: string;
}

export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly title: string,
		readonly detail: string,
		readonly line = 0,
		readonly findings: Finding[] = [],
		readonly findingCount = 0
	) {
		super(detail || title);
	}
}

let token: string | null = null;
let lens: string | null = null; /* see as: stands in for the token while it is open */
let onExpired: () => void = () => undefined;
let onLensEnd: () => void = () => undefined;

export function setToken(value: string | null): void {
	token = value;
	lens = null;
}
export function setLens(value: string | null): void {
	if (lens) void ask('DELETE', '/api/v1/session').catch(() => null);
	lens = value;
}
export function whenLensEnds(run: () => void): void {
	onLensEnd = run;
}
const used = (): string | null => lens ?? token;
/* The node does not know what a request was sent with any more. */
function ended(asked: string | null): void {
	if (!asked || asked !== used()) return;
	if (lens) {
		lens = null;
		onLensEnd();
	} else onExpired();
}

/* Called when the node no longer knows the session that a request carried. */
export function whenExpired(run: () => void): void {
	onExpired = run;
}

type Body = { json?: unknown; text?: string; stix?: string };

async function readProblem(answer: Response): Promise<Problem> {
	const body = (await answer.json().catch(() => ({}))) as {
		title?: string;
		detail?: string;
		line?: number;
		findings?: Finding[];
		finding_count?: number;
	};
	return new Problem(answer.status, body.title ?? '', body.detail ?? '', body.line ?? 0, body.findings, body.finding_count);
}

async function send(method: string, path: string, body: Body, signal?: AbortSignal): Promise<Response> {
	const headers: Record<string, string> = {};
	const bearer = used();
	if (bearer) headers['Authorization'] = `Bearer ${bearer}`;
	if (body.json !== undefined) headers['Content-Type'] = 'application/json';
	if (body.text !== undefined) headers['Content-Type'] = 'text/plain;charset=utf-8';
	if (body.stix !== undefined) headers['Content-Type'] = 'application/stix+json';
	const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
	if (body.json !== undefined) init.body = JSON.stringify(body.json);
	if (body.text !== undefined) init.body = body.text;
	if (body.stix !== undefined) init.body = body.stix;
	if (signal) init.signal = signal;
	try {
		return await fetch(path, init);
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') throw error;
		throw new Problem(0, '', '');
	}
}

/* A request with its answer as JSON, or null for one without a body. Throws Problem; status 0: no answer. */
export async function ask<T>(method: string, path: string, body: Body = {}, signal?: AbortSignal): Promise<T> {
	const asked = used();
	const answer = await send(method, path, body, signal);
	if (answer.ok) return (answer.status === 204 ? null : await answer.json()) as T;
	if (answer.status === 401) ended(asked);
	throw await readProblem(answer);
}

export async function askText(path: string): Promise<string> {
	const asked = used();
	const answer = await send('GET', path, {});
	if (answer.ok) return answer.text();
	if (answer.status === 401) ended(asked);
	throw await readProblem(answer);
}

/* An answer that goes on, line by line, until it ends. */
export async function streamLines(path: string, take: (line: string) => void, signal: AbortSignal): Promise<void> {
	const asked = used();
	const answer = await send('GET', path, {}, signal);
	if (answer.status === 401) ended(asked);
	if (!answer.ok || !answer.body) throw await readProblem(answer);
	const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = '';
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		const lines = (rest + value).split('\n');
		rest = lines.pop() ?? '';
		lines.forEach(take);
	}
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => ask<T>('GET', path, {}, signal);
export const post = <T>(path: string, json: unknown): Promise<T> => ask<T>('POST', path, { json });
