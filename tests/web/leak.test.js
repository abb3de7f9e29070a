/* What is hidden leaves no trace in a reader's browser: his pages and every answer they are made from stay the same, octet for
 * octet, when something that he may not see is published, changed and recalled. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, publish, recall, signIn, start, stop, visit } from './support.js';

before(start);
after(stop);

const word = `l${Date.now().toString(36)}`;
const mask = (text) =>
	text.replaceAll(/"request_id":"[0-9a-f]+"/g, '"request_id":"…"').replaceAll(/"expires":"[^"]+"|"token":"[0-9a-f]+"/g, '"…"');
/* The clock goes on, and what is asked for by time is asked for at another time. */
const address = (url) => url.replace(/^https:..[^/]+/, '').replaceAll(/since=[^&]+/g, 'since=…');
const still = (html) =>
	html.replaceAll(/<time[\s\S]*?<\/time>/g, '<time>').replaceAll(/(for|id|aria-controls)="[0-9a-f]{8}-[a-z]+"/g, '$1="…"');

async function look(user, visible) {
	const page = await open('NATO', null);
	const answers = [];
	page.on('response', (response) => {
		if (!response.url().includes('/api/') || response.url().includes('/events')) return;
		answers.push(
			response
				.body()
				.then((body) => `${response.request().method()} ${address(response.url())} ${response.status()} ${mask(body.toString())}`)
		);
	});
	await page.evaluate((at) => localStorage.setItem(at, '2026-01-01T00:00:00.000Z'), `bices.left.NATO.${user}`);
	await signIn(page, 'NATO', user);
	const seen = {};
	for (const [name, hash, ready] of [
		['inbox', '#/inbox', '.fresh, .none'],
		['search', `#/search?q=${word}`, '[data-row]'],
		['everything', '#/search?q=', '[data-row]'],
		['object', `#/search?q=${word}&id=${visible}`, 'section.who'],
		['versions', `#/search?q=${word}&id=${visible}&tab=versions`, '.versions .change'],
		['references', `#/search?q=${word}&id=${visible}&tab=references`, 'article .tabs ~ p, article td'],
		['indicators', '#/indicators', '#main h1'],
		['sightings', '#/sightings', '#main h1'],
		['attack', '#/attack', '[data-cell]'],
		['collections', '#/collections', '#main h1'],
		['warning', '#/warning', '.board, main > .plain']
	]) {
		await visit(page, hash);
		await page.waitForSelector(ready);
		await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => null);
		await page.waitForTimeout(400);
		seen[name] = still(await page.locator('#app').innerHTML());
	}
	const bodies = [...new Set(await Promise.all(answers))].sort();
	await close(page);
	return { seen, bodies };
}

test('the pages of a reader are the same with and without what is hidden from him', async () => {
	const mixed = (hidden) =>
		`(PUBLIC) Visible ${word}\n\n${hidden.map((text) => `(NATO SECRET) ${text}\n\n`).join('')}(PUBLIC) open ${word}\n`;
	const visible = await publish('NATO', mixed([`hidden ${word} one`]));
	await new Promise((done) => setTimeout(done, 3000));
	const before = await look('reader', visible);
	const gone = await publish('NATO', `(NATO SECRET) Hidden ${word}\n\n(NATO SECRET) hidden ${word}\n`);
	for (let i = 0; i < 4; i++) await publish('NATO', `(NATO SECRET) Hidden ${word} ${i}\n\n(NATO SECRET) hidden ${word}\n`);
	await publish('NATO', mixed([`hidden ${word} two`, `hidden ${word} three`]), '--replaces', visible);
	await publish('NATO', `(NATO SECRET REL TO KOR) Waits ${word}\n\n(NATO SECRET REL TO KOR) x\n`);
	await recall('NATO', gone);
	await new Promise((done) => setTimeout(done, 3000));
	const after = await look('reader', visible);
	assert.ok(before.bodies.length > 8);
	assert.deepEqual(after.seen, before.seen);
	assert.deepEqual(after.bodies, before.bodies);
	assert.doesNotMatch(JSON.stringify(after), /[hH]idden l/);
});
