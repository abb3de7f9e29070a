/* Every page, in every theme and both languages, at a desk and on a phone: accessible, closed to the outside, within its frame. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, publish, start, stop, violations, visit } from './support.js';

before(start);
after(stop);

async function writeSomething(page) {
	await visit(page, '#/write');
	await page.locator('main .bar button').click();
	await page.fill('#title', 'Accessible draft');
	await page.locator('#edit-0').click();
	await page.keyboard.type('A paragraph.');
	await page.waitForSelector('section.who');
}

const places = {
	inbox: async (page) => {
		await visit(page, '#/inbox');
		await page.waitForSelector('.fresh, .none');
	},
	search: async (page) => {
		await visit(page, '#/search?q=crane');
		await page.waitForSelector('[data-row]');
	},
	object: async (page) => {
		await visit(page, '#/search?q=crane');
		await page.locator('[data-row]').first().click();
		await page.waitForSelector('section.who');
	},
	versions: async (page) => {
		await page.getByRole('link', { name: /^(Versions|버전)$/ }).click();
		await page.waitForSelector('.versions .change');
	},
	references: async (page) => {
		await page.getByRole('link', { name: /^(References|참조)$/ }).click();
		await page.waitForSelector('#main article p.soft, #main article td');
	},
	graph: async (page) => {
		await visit(page, '#/search?q=Triton&type=malware');
		await page.locator('[data-row]').first().click();
		await page.locator('article a[href^="#/graph"]').click();
		await page.waitForSelector('[data-node]');
	},
	map: async (page) => {
		await visit(page, '#/map');
		await page.waitForSelector('.list button');
	},
	write: writeSomething,
	desk: async (page) => {
		await visit(page, '#/desk');
		await page.waitForSelector('[data-row], .empty');
	},
	warning: async (page) => {
		await visit(page, '#/warning');
		await page.waitForSelector('.board, main > .plain');
	},
	watch: async (page) => {
		await visit(page, '#/watch');
		await page.waitForSelector('.page h1');
	},
	commands: async (page) => {
		await page.keyboard.press('Control+k');
		await page.waitForSelector('dialog[open] li');
	}
};

/* Nothing is wider than the page, and both banners stand within it. */
async function assertFramed(page, where) {
	const frame = await page.evaluate(() => ({
		wide: document.documentElement.scrollWidth - innerWidth,
		banners: [...document.querySelectorAll('.banner')].map((banner) => {
			const { top, bottom } = banner.getBoundingClientRect();
			return top >= 0 && bottom <= innerHeight + 0.5;
		})
	}));
	assert.ok(frame.wide <= 0, `${where}: ${frame.wide} px wider than the page`);
	assert.deepEqual(frame.banners, [true, true], where);
}

for (const theme of ['dark', 'light', 'contrast'])
	for (const language of ['en', 'ko'])
		for (const phone of [false, true])
			test(`every page is accessible and closed: ${theme}, ${language}, ${phone ? 'phone' : 'desk'}`, async () => {
				const page = await open('NATO', 'analyst', { theme, language, phone });
				const found = [];
				for (const [name, go] of Object.entries(places)) {
					await go(page);
					found.push(...(await violations(page, name)));
					await assertFramed(page, name);
				}
				assert.deepEqual(found, []);
				await close(page);
			});

test('the banner is never lower than what is listed as waiting', async () => {
	const text = (level) => `(NATO ${level} REL TO KOR) Waits at ${level}\n\n(NATO ${level} REL TO KOR) x\n`;
	await publish('NATO', text('SECRET'));
	const page = await open('NATO', 'release');
	for (const hash of ['#/inbox', '#/desk']) {
		await visit(page, hash);
		await page.getByText('Waits at SECRET').first().waitFor({ timeout: 20000 });
		await page.locator('.banner .marking', { hasText: 'SECRET' }).first().waitFor({ timeout: 10000 });
	}
	await close(page);
});

test('the sign-in page is accessible and tells what to do when a password is wrong', async () => {
	const page = await open('KOR', null);
	assert.deepEqual(await violations(page, 'sign-in'), []);
	await page.fill('#user', 'analyst');
	await page.fill('#password', 'wrong');
	await page.keyboard.press('Enter');
	await page.getByText('Name or password is not right. Try again.').waitFor();
	assert.deepEqual(await violations(page, 'sign-in failed'), []);
	await close(page);
});

test('no word of the interface is left in English on a Korean page', async () => {
	const page = await open('KOR', 'release', { language: 'ko' });
	for (const hash of ['#/inbox', '#/search', '#/desk']) {
		await visit(page, hash);
		await page.waitForTimeout(500);
		const words = await page.evaluate(
			() => document.querySelector('nav')?.textContent + (document.querySelector('h1')?.textContent ?? '')
		);
		assert.doesNotMatch(words, /Inbox|Search|Write|Release desk|Filters|results?/);
	}
	await close(page);
});

test('a page that a role may not see has no entry, and its address says so', async () => {
	const page = await open('NATO', 'reader');
	assert.equal(await page.locator('nav >> text=Write').count(), 0);
	await visit(page, '#/write');
	await page.getByText('There is no such page for your role').waitFor();
	await close(page);
});
