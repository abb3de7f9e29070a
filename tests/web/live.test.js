/* Live and See as: what changes comes onto the page by itself, and a page as another nation has it is the truth. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, publish, start, stop, violations, visit } from './support.js';

before(start);
after(stop);

const word = `v${Date.now().toString(36)}`;

test('a report that arrives stands in the list by itself, and a recalled one leaves the page', async () => {
	const reader = await open('NATO', 'analyst');
	await visit(reader, `#/search?q=${word}live`);
	await reader.waitForSelector('.facets');
	const officer = await open('NATO', 'release');
	const id = await publish('NATO', `(PUBLIC) Arrives ${word}live\n\n(PUBLIC) by itself\n`);
	await reader.locator('[data-row]', { hasText: 'Arrives' }).click({ timeout: 20000 });
	await reader.waitForSelector('article .portion');
	await visit(officer, `#/desk?went=${id}`);
	await officer.getByRole('button', { name: 'Recall…' }).click();
	await officer.keyboard.type('test');
	await officer.getByRole('button', { name: 'Recall it everywhere' }).click();
	await reader.getByText('There is nothing here that you may see').first().waitFor({ timeout: 20000 });
	assert.equal(await reader.locator('article .portion').count(), 0);
	await close(reader);
	await close(officer);
});

test('two officers at one release: the second is told that it was decided', async () => {
	const id = await publish('NATO', `(NATO SECRET REL TO KOR) Twice ${word}\n\n(NATO SECRET REL TO KOR) x\n`);
	const first = await open('NATO', 'release');
	const second = await open('NATO', 'release2');
	for (const page of [first, second]) {
		await visit(page, `#/desk?id=${id}`);
		await page.locator('h2', { hasText: `Twice ${word}` }).waitFor();
	}
	await first.getByRole('button', { name: 'Approve' }).click();
	await first.getByText('Decided by you').waitFor();
	const late = second.getByRole('button', { name: 'Approve' });
	if (await late.count()) await late.click({ timeout: 2000 }).catch(() => null);
	await second.locator('.problem, .case .scroll').first().waitFor();
	await second.locator(`[data-row="${id}"]`).waitFor({ state: 'detached', timeout: 20000 });
	await close(first);
	await close(second);
});

test('seen as Korea a page is in Korean, holds what Seoul has, and can do nothing', async () => {
	const id = await publish('NATO', `(PUBLIC) Mixed ${word}\n\n(NATO SECRET) closed to Seoul\n(PUBLIC) open to Seoul\n`);
	const officer = await open('NATO', 'release');
	await visit(officer, `#/search?q=${word}&id=${id}`);
	await officer.waitForSelector('article .portion');
	assert.match(await officer.locator('article').innerText(), /closed to Seoul/);
	await officer.getByRole('button', { name: 'See as' }).click();
	await officer.locator('#see-as button', { hasText: 'KOR' }).click();
	await officer.getByText('See as KOR').first().waitFor();
	await officer.getByText('누가 볼 수 있나').first().waitFor();
	const text = await officer.locator('main').innerText();
	assert.match(text, /open to Seoul/);
	assert.doesNotMatch(text, /closed to Seoul/);
	assert.equal(await officer.getByRole('button', { name: /회수|Recall|Approve/ }).count(), 0);
	assert.deepEqual(await violations(officer, 'see as'), []);
	await officer.keyboard.press('Escape');
	await officer.getByText('closed to Seoul').waitFor();
	await close(officer);
});

test('nobody but a release officer finds See as', async () => {
	const page = await open('NATO', 'analyst');
	assert.equal(await page.getByRole('button', { name: 'See as' }).count(), 0);
	await close(page);
});
