/* Nothing that was typed is lost: an ended session, a reload, a locked page. And nobody else gets it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, passwordOf, signIn, start, stop, visit } from './support.js';

before(start);
after(stop);

async function draft(page, title) {
	await page.keyboard.press('c');
	await page.fill('#title', title);
	await page.locator('#edit-0').click();
	await page.keyboard.type('Typed before it happened.');
	await page.getByText('kept sealed in this tab').waitFor();
	await page.waitForTimeout(500);
}

/* As an administrator, a limit or another tab would: at the node, without the page's doing. */
async function endElsewhere(page, authorization) {
	const status = await page.evaluate(
		async (bearer) => (await fetch('/api/v1/session', { method: 'DELETE', headers: { Authorization: bearer } })).status,
		authorization
	);
	assert.equal(status, 204);
}

test('a session that ends in the middle of a draft locks the page, and the draft is there after signing in again', async () => {
	const page = await open('NATO', 'analyst');
	const asked = page.waitForRequest((request) => 'authorization' in request.headers());
	await draft(page, 'Ended session');
	await endElsewhere(page, (await asked).headers().authorization);
	await page.keyboard.type(' More.');
	await page.getByText('has ended').waitFor({ timeout: 30000 });
	assert.equal(await page.locator('main').evaluate((main) => getComputedStyle(main).visibility), 'hidden');
	await page.fill('#password', passwordOf('NATO', 'analyst'));
	await page.keyboard.press('Enter');
	await page.waitForSelector('#portion-0');
	assert.equal(await page.inputValue('#portion-0'), 'Typed before it happened. More.');
	await close(page);
});

test('a draft survives a reload, sealed, and its words stand nowhere in the browser in clear', async () => {
	const page = await open('NATO', 'analyst');
	await draft(page, 'Reloaded');
	const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }));
	assert.doesNotMatch(kept, /Typed|Reloaded/);
	await page.reload();
	await signIn(page, 'NATO', 'analyst');
	await visit(page, '#/write');
	await page.getByText('Reloaded').first().click();
	await page.waitForSelector('#title');
	assert.equal(await page.inputValue('#title'), 'Reloaded');
	await close(page);
});

test('another person who signs in on the same page finds no draft', async () => {
	const page = await open('NATO', 'analyst');
	await draft(page, 'Not for others');
	await page.keyboard.press('Control+k');
	await page.keyboard.type('sign out');
	await page.keyboard.press('Enter');
	await page.waitForSelector('#user');
	await signIn(page, 'NATO', 'release');
	assert.doesNotMatch(await page.locator('body').innerText(), /Not for others/);
	await close(page);
});

test('a locked page shows nothing of what is on it', async () => {
	const page = await open('NATO', 'analyst');
	await visit(page, '#/search?q=crane');
	await page.waitForSelector('[data-row]');
	await page.keyboard.press('Control+k');
	await page.keyboard.type('lock');
	await page.keyboard.press('Enter');
	await page.waitForSelector('dialog.lock[open]');
	assert.equal(await page.locator('main').evaluate((main) => getComputedStyle(main).visibility), 'hidden');
	await page.keyboard.press('Escape');
	await page.waitForSelector('dialog.lock[open]');
	await close(page);
});
