/* The object page: remarks with labels of their own, versions with what they changed, references. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, publish, start, stop, violations, visit } from './support.js';

before(start);
after(stop);

async function openObject(page, id) {
	await visit(page, `#/search?q=&id=${id}`);
	await page.waitForSelector('#remarks-title');
}

test('a remark is written with its label, answered by another nation in Korean, and seen by both', async () => {
	const text = '(NATO SECRET REL TO KOR) Discussed pier\n\n(PUBLIC) The pier is open.\n';
	const id = await publish('KOR', text);
	const page = await open('KOR', 'analyst');
	await openObject(page, id);
	await page.locator('#remark-text').fill('Who closed the gate at dawn?');
	await page.getByText('NATO SECRET REL TO KOR', { exact: true }).first().waitFor();
	await page.getByRole('button', { name: 'Label…' }).click();
	await page
		.locator('form[aria-label="Add a remark"] fieldset, form[aria-label="Add a remark"] [role=radiogroup]')
		.first()
		.waitFor();
	assert.deepEqual(await violations(page, 'remark with label'), []);
	await page.getByRole('button', { name: 'Publish remark' }).click();
	await page.locator('article.remark', { hasText: 'Who closed the gate' }).waitFor();
	const other = await open('NATO', 'analyst', { language: 'ko' });
	await openObject(other, id);
	const remark = other.locator('article.remark', { hasText: 'Who closed the gate' });
	await remark.waitFor({ timeout: 15000 });
	await remark.getByRole('button', { name: '답하기' }).click();
	await other.locator('#remark-text').fill('야간 당직이 닫았습니다');
	await other.getByRole('button', { name: '의견 게시' }).click();
	await other.locator('article.remark', { hasText: '야간 당직이' }).waitFor();
	await close(other);
	await close(page);
});

test('a version shows what it changed, portion by portion, and the address keeps it', async () => {
	const id = await publish('NATO', '(PUBLIC) Versioned\n\n(PUBLIC) stays\n(PUBLIC) old words\n');
	await publish('NATO', '(PUBLIC) Versioned\n\n(PUBLIC) stays\n(PUBLIC) new words\n', '--replaces', id);
	const page = await open('NATO', 'analyst');
	await openObject(page, id);
	await page.getByRole('link', { name: 'Versions', exact: true }).click();
	await page.locator('.change.removed', { hasText: 'old words' }).waitFor();
	await page.locator('.change.added', { hasText: 'new words' }).waitFor();
	await page.locator('.change.same', { hasText: 'stays' }).waitFor();
	await page.locator('.versions li a').nth(1).click();
	await page.getByRole('heading', { name: 'The first version' }).waitFor();
	assert.match(await page.evaluate(() => location.hash), /tab=versions&v=/);
	assert.equal(await page.locator('.change', { hasText: 'new words' }).count(), 0);
	await close(page);
});

test('a search is saved under a name, stands in the rail, is renamed, removed and put back', async () => {
	const page = await open('NATO', 'analyst');
	await visit(page, '#/search?q=crane');
	await page.getByRole('button', { name: 'Save search' }).click();
	await page.locator('#saved-name').fill('Cranes');
	await page.keyboard.press('Enter');
	const rail = page.locator('nav a', { hasText: 'Cranes' });
	await rail.waitFor();
	await visit(page, '#/search?q=');
	await rail.click();
	await page.waitForFunction(() => location.hash.includes('q=crane'));
	await page.locator('.list .head button', { hasText: 'Cranes' }).click();
	assert.deepEqual(await violations(page, 'saved search'), []);
	await page.locator('#saved-name').fill('Cranes of the port');
	await page.keyboard.press('Enter');
	await page.locator('nav a', { hasText: 'Cranes of the port' }).waitFor();
	await page.locator('.list .head button', { hasText: 'Cranes of the port' }).click();
	await page.getByRole('button', { name: 'Remove' }).click();
	await page.locator('nav a', { hasText: 'Cranes' }).waitFor({ state: 'detached' });
	await page.getByRole('button', { name: 'Undo' }).click();
	await page.locator('nav a', { hasText: 'Cranes of the port' }).waitFor();
	const other = await open('NATO', 'release');
	await visit(other, '#/search?q=crane');
	await other.getByRole('button', { name: 'Save search' }).waitFor();
	assert.equal(await other.locator('nav a', { hasText: 'Cranes' }).count(), 0);
	await close(other);
	await close(page);
});
