/* The first hour, by keyboard alone where it matters, against four real nodes: find, write with portions, see who will see it,
 * submit, approve, read at Korea, recall, receipts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, signIn, start, stop, visit } from './support.js';

before(start);
after(stop);

const word = `q${Date.now().toString(36)}`;

/* The choice of an open portion with this text, by keyboard: focus and space. */
async function choose(page, kind, text) {
	const label = page.locator(`.portion.open, .indent`).locator(`label.${kind}`, { hasText: text }).first();
	await label.locator('input').focus();
	await page.keyboard.press('Space');
}

async function until(page, run, what) {
	for (let i = 0; i < 60; i++) {
		if (await run()) return;
		await page.waitForTimeout(250);
	}
	assert.fail(what);
}

test('an analyst finds a report by a Korean word', async () => {
	const page = await open('NATO', 'analyst');
	await page.keyboard.press('/');
	await page.keyboard.type('해원항');
	await page.keyboard.press('Enter');
	await page.waitForSelector('[data-row]');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('Enter');
	await page.waitForSelector('article .portion');
	assert.match(await page.locator('article').innerText(), /해원항/);
	await close(page);
});

test('three portions are written by keyboard, seen by those they are for, released, read, recalled and acknowledged', async () => {
	const page = await open('NATO', 'analyst');
	await page.keyboard.press('c');
	await page.waitForSelector('#title');
	await page.locator('#title').focus();
	await page.keyboard.type(`Relays of ${word}`);
	await choose(page, 'segment', 'Restricted');
	await choose(page, 'segment', 'Release also to');
	await choose(page, 'check', 'KOR');
	await page.locator('#edit-0').focus();
	await page.keyboard.press('Enter');
	await page.waitForSelector('#portion-0:focus');
	await page.keyboard.type('Three relays sent the mail.');
	await choose(page, 'segment', 'Restricted');
	await choose(page, 'segment', 'Release also to');
	await choose(page, 'check', 'KOR');
	await page.locator('#portion-0').focus();
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('#portion-1:focus');
	await page.keyboard.type('The relays share a certificate.');
	await choose(page, 'segment', 'Confidential');
	await page.locator('#portion-1').focus();
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('#portion-2:focus');
	await page.keyboard.type('One source says who rented them.');
	await choose(page, 'segment', 'Secret');
	await choose(page, 'segment', 'All of NATO');
	await page.getByText('Raised by portion 3').waitFor();
	await page.locator('section.who .say', { hasText: /South Korea .* NATO SECRET/ }).waitFor();
	await page.locator('.end button').focus();
	await page.keyboard.press('Enter');
	await page.getByText('A part of it waits for a release officer').waitFor();
	await close(page);

	const officer = await open('NATO', 'release');
	await visit(officer, '#/desk');
	await officer.locator('[data-row]', { hasText: word }).first().click();
	await officer.locator('h2', { hasText: word }).waitFor();
	assert.match(await officer.locator('.compare').innerText(), /Does not go; they will not know of it/);
	await officer.getByRole('button', { name: 'Approve' }).focus();
	await officer.keyboard.press('Enter');
	await officer.getByText('Decided by you').waitFor();

	const reader = await open('KOR', 'analyst', { language: 'ko' });
	await visit(reader, `#/search?q=${word}`);
	await until(
		reader,
		async () => {
			await visit(reader, '#/inbox');
			await visit(reader, `#/search?q=${word}`);
			await reader.waitForTimeout(400);
			return (await reader.locator('[data-row]').count()) === 1;
		},
		'the report arrives at Korea'
	);
	await reader.locator('[data-row]').click();
	await until(
		reader,
		async () => {
			await reader.reload();
			await signIn(reader, 'KOR', 'analyst');
			await reader.waitForSelector('article .portion');
			return (await reader.locator('article .portion').count()) === 2;
		},
		'two portions are released'
	);
	const text = await reader.locator('body').innerText();
	assert.match(text, /certificate/);
	assert.doesNotMatch(text, /who rented|SECRET/);
	const id = new URLSearchParams(new URL(reader.url()).hash.split('?')[1]).get('id');

	await visit(officer, `#/desk?went=${id}`);
	await officer.getByRole('button', { name: 'Recall…' }).click();
	await officer.keyboard.type('Wrong relays');
	await officer.getByRole('button', { name: 'Recall it everywhere' }).click();
	await officer.getByText('3 of 3 holders have acknowledged').first().waitFor({ timeout: 20000 });
	await close(officer);

	await visit(reader, '#/inbox');
	await visit(reader, `#/search?q=${word}&id=${id}`);
	await reader.getByText('볼 수 있는 것이 없습니다').first().waitFor();
	await close(reader);
});
