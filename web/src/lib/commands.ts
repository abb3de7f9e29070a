/* Everything that can be done from anywhere: by the palette, by the rail, by keys. Only what exists and this person may do. */
import { newDraft } from './drafts.svelte';
import { closeLens, lens, openLens } from './lens.svelte';
import { go, href, type Page } from './place.svelte';
import { lock, may, signOut } from './session.svelte';
import { setLanguage, setShortcuts, setTheme, settings } from './settings.svelte';
import { t } from './words';
import { world } from './world.svelte';

export interface Command {
	id: string;
	text: string;
	keys?: string;
	run: () => void;
}
export interface Stop {
	page: Page;
	text: string;
	keys: string;
	group?: 'cyber'; // under a heading of its own
}

export function stops(): Stop[] {
	const all: Stop[] = [
		{ page: 'inbox', text: t('page.inbox'), keys: 'g i' },
		{ page: 'search', text: t('page.search'), keys: 'g s' },
		{ page: 'map', text: t('page.map'), keys: 'g m' }
	];
	if (may('analyst')) all.push({ page: 'write', text: t('page.write'), keys: 'g w' });
	if (may('release', 'analyst')) all.push({ page: 'desk', text: t('page.desk'), keys: 'g d' });
	all.push({ page: 'warning', text: t('page.warning'), keys: 'g a' });
	if (may('watch', 'analyst', 'release')) all.push({ page: 'watch', text: t('page.watch'), keys: 'g h' });
	all.push(
		{ page: 'indicators', text: t('page.indicators'), keys: 'g n', group: 'cyber' },
		{ page: 'sightings', text: t('page.sightings'), keys: 'g o', group: 'cyber' },
		{ page: 'attack', text: t('page.attack'), keys: 'g t', group: 'cyber' }
	);
	if (may('analyst', 'taxii')) all.push({ page: 'import', text: t('page.import'), keys: 'g p', group: 'cyber' });
	all.push({ page: 'collections', text: t('page.collections'), keys: 'g c', group: 'cyber' });
	return all;
}

export function write(): void {
	go(href('write', { id: newDraft().id }));
}

export function commands(): Command[] {
	const all: Command[] = stops().map((stop) => ({
		id: stop.page,
		text: stop.text,
		keys: stop.keys,
		run: () => go(href(stop.page))
	}));
	if (may('release'))
		for (const { node } of world.status?.peers ?? [])
			all.push({ id: `see-${node}`, text: t('lens.command', { nation: node }), run: () => void openLens(node) });
	if (lens.now) all.push({ id: 'leave', text: t('lens.leave'), keys: 'Esc', run: closeLens });
	if (may('analyst')) all.push({ id: 'new', text: t('command.new'), keys: 'c', run: write });
	all.push(
		{ id: 'find', text: t('command.find'), keys: '/', run: () => document.getElementById('q')?.focus() },
		{ id: 'dark', text: t('command.dark'), run: () => setTheme('dark') },
		{ id: 'light', text: t('command.light'), run: () => setTheme('light') },
		{ id: 'contrast', text: t('command.contrast'), run: () => setTheme('contrast') },
		{ id: 'english', text: t('command.english'), run: () => setLanguage('en') },
		{ id: 'korean', text: t('command.korean'), run: () => setLanguage('ko') },
		{
			id: 'shortcuts',
			text: t(settings.shortcuts ? 'command.shortcutsOff' : 'command.shortcutsOn'),
			run: () => setShortcuts(!settings.shortcuts)
		},
		{ id: 'lock', text: t('command.lock'), run: () => lock('hand') },
		{ id: 'out', text: t('command.signOut'), run: () => void signOut() }
	);
	return all;
}
