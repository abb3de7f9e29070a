/* Searches that this person saved at the node, and how much came since each was opened last. */
import { ask, get, post } from './api';
import { lens } from './lens.svelte';
import { session } from './session.svelte';

export interface Saved {
	name: string;
	query: string; // as in the address: q=…&type=…
	opened: string | null;
}
export const saved = $state<{ list: Saved[]; fresh: Record<string, number> }>({ list: [], fresh: {} });

const COUNTED = 20;
const PARTS = ['q', 'type', 'originator', 'label', 'received'] as const;

/* The question of an address, without what else stands there. */
export function questionOf(value: (name: string) => string): string {
	const parts = new URLSearchParams();
	for (const name of PARTS) if (value(name)) parts.set(name, value(name));
	return parts.toString();
}
export const addressOf = (one: Saved): string => `#/search?${one.query}`;

export async function loadSaved(): Promise<void> {
	if (!session.now || lens.now) return;
	saved.list = (await get<{ searches: Saved[] }>('/api/v1/searches').catch(() => null))?.searches ?? [];
	await Promise.all(saved.list.slice(0, COUNTED).map(count));
}
async function count(one: Saved): Promise<void> {
	const parts = new URLSearchParams(one.query);
	parts.delete('received');
	if (!parts.has('q')) parts.set('q', '');
	parts.set('count', 'true');
	if (one.opened) parts.set('since', one.opened);
	const answer = await get<{ count: number }>(`/api/v1/search?${parts.toString()}`).catch(() => null);
	saved.fresh[one.name] = answer?.count ?? 0;
}
export async function save(name: string, query: string): Promise<void> {
	await post('/api/v1/searches', { name, query });
	await loadSaved();
}
export async function opened(one: Saved): Promise<void> {
	saved.fresh[one.name] = 0;
	saved.list = saved.list.map((other) => (other.name === one.name ? { ...other, opened: new Date().toISOString() } : other));
	await post('/api/v1/searches', { name: one.name, query: one.query }).catch(() => null); // best effort: only the count of new ones rests on it
}
export async function remove(name: string): Promise<void> {
	await ask('DELETE', `/api/v1/searches/${encodeURIComponent(name)}`);
	await loadSaved();
}
export async function rename(one: Saved, name: string): Promise<void> {
	if (name === one.name) return;
	await post('/api/v1/searches', { name, query: one.query });
	await remove(one.name);
}
export function forgetSaved(): void {
	saved.list = [];
	saved.fresh = {};
}
