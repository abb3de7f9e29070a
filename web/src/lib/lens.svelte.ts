/* See as: a page as a reader of another nation gets it. The node opens a session that reads under that nation's view; while it
 * is open every request goes with it, so what stands in the frame is an answer and not a drawing. It can change nothing. */
import { post, setLens, whenLensEnds } from './api';
import { follow } from './live.svelte';
import { hideAll } from './marks.svelte';
import { go, href } from './place.svelte';
import { session, tell } from './session.svelte';
import { settings, type Language } from './settings.svelte';
import type { Session } from './types';
import { refresh, world } from './world.svelte';

interface Opened {
	token: string;
	expires: string;
	as: string;
	clearance: string[];
}
interface Lens {
	as: string;
	clearance: string[];
	at: string;
	own: Session; /* who looks */
}
export const lens = $state<{ now: Lens | null; language: Language; problem: string }>({ now: null, language: 'en', problem: '' });

const languages: Record<string, Language> = { KOR: 'ko' };

export const otherNations = (): string[] => nations;
let nations: string[] = [];

function show(as: Lens | null): void {
	hideAll();
	lens.now = as;
	follow();
	void refresh();
}

export async function openLens(nation: string): Promise<void> {
	if (!session.now || lens.now) return;
	nations = world.status?.peers.map((peer) => peer.node) ?? [nation];
	try {
		const opened = await post<Opened>('/api/v1/lenses', { nation });
		const own = $state.snapshot(session.now) as Session;
		setLens(opened.token);
		lens.language = settings.language;
		lens.problem = '';
		settings.language = languages[opened.as] ?? 'en';
		session.now = { ...own, nation: opened.as, user: '', roles: ['reader'], clearance: opened.clearance };
		show({ as: opened.as, clearance: opened.clearance, at: new Date().toISOString(), own });
		if (!location.hash.startsWith('#/search')) go(href('search'));
	} catch (error) {
		lens.problem = tell(error);
	}
}

export function closeLens(): void {
	if (!lens.now) return;
	setLens(null);
	session.now = lens.now.own;
	settings.language = lens.language;
	show(null);
}
whenLensEnds(closeLens);

export async function changeLens(nation: string): Promise<void> {
	const kept = nations;
	closeLens();
	await openLens(nation);
	nations = kept;
}
