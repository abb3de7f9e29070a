/* What the whole shell shows: the node's state and what waits for release, asked again when the node says that it changed,
 * and now and then all the same. */
import { get } from './api';
import { whenChanged } from './live.svelte';
import type { Item } from './next';
import { may, session } from './session.svelte';
import type { Holders, Release, Status } from './types';

interface World {
	status: Status | null;
	releases: Release[];
	inbox: Item[]; /* what waits for this person, as the node knows it */
	recalls: Holders[]; /* that this person ordered since the page was opened */
	at: string | null;
	silent: boolean; /* the node did not answer the last time */
}
const nothing = (): World => ({ status: null, releases: [], inbox: [], recalls: [], at: null, silent: false });
export const world = $state<World>(nothing());

const EVERY_MS = 60_000;
let timer: ReturnType<typeof setTimeout> | undefined;

export async function refresh(): Promise<void> {
	clearTimeout(timer);
	if (!session.now) return;
	if (!session.locked) {
		try {
			world.status = await get<Status>('/api/v1/status');
			world.releases = may('release', 'analyst') ? (await get<{ releases: Release[] }>('/api/v1/releases')).releases : [];
			world.inbox = (await get<{ items: Item[] }>('/api/v1/inbox').catch(() => null))?.items ?? [];
			for (const [i, recall] of world.recalls.entries())
				if (recall.holders.some((holder) => holder.state === 'outstanding'))
					world.recalls[i] = await get<Holders>(`/api/v1/objects/${encodeURIComponent(recall.id)}/recall`);
			world.at = new Date().toISOString();
			world.silent = false;
		} catch {
			world.silent = true;
		}
	}
	timer = setTimeout(() => void refresh(), EVERY_MS);
}

whenChanged((change) => {
	if (change.releases || change.recalls || change.node || change.more || change.objects.length) void refresh();
});

export function forgetWorld(): void {
	clearTimeout(timer);
	Object.assign(world, nothing());
}

/* Those that this person may decide on: nobody decides on his own. */
export const toDecide = (): Release[] => (may('release') ? world.releases.filter((one) => one.author !== session.now?.user) : []);
export const mineWaiting = (): Release[] => world.releases.filter((one) => one.author === session.now?.user);
