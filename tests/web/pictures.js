/* Takes pictures of the workbench (tools/screenshots): the best pages at a desk and on a phone. */
import { after, before, test } from 'node:test';

import { close, open, start, stop, visit } from './support.js';

before(start);
after(stop);

const folder = process.env.PICTURES ?? 'docs/pictures';
const first = async (page) => {
	await page.locator('[data-row]').first().click();
	await page.waitForSelector('section.who');
};
const mixed = async (page) => {
	await page.locator('[data-row]', { hasText: 'what the library does' }).click();
	await page.waitForSelector('section.who');
};
const pictures = [
	['object', 'NATO', 'analyst', {}, '#/search?q=Tidewrack', mixed],
	['object-light', 'NATO', 'analyst', { theme: 'light' }, '#/search?q=Tidewrack', mixed],
	['object-contrast', 'NATO', 'analyst', { theme: 'contrast' }, '#/search?q=Tidewrack', mixed],
	['object-phone', 'KOR', 'analyst', { language: 'ko', phone: true }, '#/search?q=', first],
	['inbox', 'NATO', 'release', {}, '#/inbox', (page) => page.waitForSelector('.fresh, .none')],
	['desk', 'NATO', 'release', {}, '#/desk', (page) => page.waitForSelector('.compare, .empty')],
	['indicators', 'NATO', 'analyst', {}, '#/indicators', async (page) => page.locator('[data-row]').nth(1).click()],
	['attack', 'NATO', 'analyst', {}, '#/attack', (page) => page.waitForSelector('[data-cell]')],
	['warning', 'NATO', 'watch', {}, '#/warning', (page) => page.waitForSelector('.board, main > .plain')],
	[
		'see-as',
		'NATO',
		'release',
		{},
		'#/search?q=Tidewrack',
		async (page) => {
			await page.getByRole('button', { name: 'See as' }).click();
			await page.locator('#see-as button', { hasText: 'KOR' }).click();
			await page.waitForSelector('.lens');
			await page.waitForTimeout(1500);
			if (await page.locator('[data-row]').count()) await mixed(page);
		}
	]
];
for (const [name, nation, user, options, hash, ready] of pictures)
	test(`picture ${name}`, async () => {
		const page = await open(nation, user, options);
		await visit(page, hash);
		await page.waitForSelector('#main > *');
		await ready(page);
		await page.waitForTimeout(1000);
		await page.screenshot({ path: `${folder}/${name}.png` });
		await close(page);
	});
