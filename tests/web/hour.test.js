/* The first hour with the mouse, at most 60 clicks and no command line: find, write with portions, see who will see it,
 * submit, release, read as Korea and in Korea, recall; then the watch: the warning rose, acknowledge, decide, task, hand over. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, start, stop, visit } from './support.js';

before(start);
after(stop);

const word = `h${Date.now().toString(36)}`;
let clicks = 0;
async function click(locator) {
	clicks++;
	await locator.first().click({ timeout: 20000 });
}
async function type(page, locator, text) {
	await click(locator);
	await page.keyboard.type(text);
}
const button = (page, name) => page.getByRole('button', { name });
const link = (page, name) => page.locator('nav a', { hasText: name });
const segment = (page, text) => page.locator('.portion.open, .indent').locator('label.segment', { hasText: text });
const check = (page, text) => page.locator('.portion.open, .indent').locator('label.check', { hasText: text });

test('the first hour of an analyst, a release officer and a reader in Seoul', async () => {
	const analyst = await open('NATO', 'analyst');
	await type(analyst, analyst.locator('#q'), '해원항');
	await analyst.keyboard.press('Enter');
	await click(analyst.locator('[data-row]'));
	await analyst.waitForSelector('section.who');
	await click(link(analyst, 'Write'));
	await click(button(analyst, 'New report'));
	await type(analyst, analyst.locator('#title'), `Berths ${word}`);
	await click(segment(analyst, 'Restricted'));
	await click(segment(analyst, 'Release also to'));
	await click(check(analyst, 'KOR'));
	await click(analyst.locator('#edit-0'));
	await analyst.keyboard.type('Two berths were blocked.');
	await click(segment(analyst, 'Restricted'));
	await click(segment(analyst, 'Release also to'));
	await click(check(analyst, 'KOR'));
	await analyst.locator('#portion-0').press('Control+Enter');
	await analyst.keyboard.type('The owners of the relays are known.');
	await click(segment(analyst, 'Confidential'));
	await analyst.locator('#portion-1').press('Control+Enter');
	await analyst.keyboard.type('One source names the group.');
	await click(segment(analyst, 'Secret'));
	await click(segment(analyst, 'All of NATO'));
	await analyst.locator('section.who .say', { hasText: 'NATO SECRET' }).waitFor({ timeout: 20000 });
	await click(analyst.locator('.end button'));
	await analyst.getByText('A part of it waits for a release officer').waitFor({ timeout: 20000 });
	await close(analyst);

	const officer = await open('NATO', 'release');
	await click(link(officer, 'Release desk'));
	await click(officer.locator('[data-row]', { hasText: word }));
	await officer.locator('h2', { hasText: word }).waitFor();
	await click(button(officer, 'Approve'));
	await officer.getByText('Decided by you').waitFor({ timeout: 20000 });
	await officer.waitForFunction(() => location.hash.includes('went='));
	const id = new URLSearchParams(new URL(officer.url()).hash.split('?')[1]).get('went');
	await officer.locator('.went .state', { hasText: 'sent' }).first().waitFor({ timeout: 20000 });
	await click(button(officer, 'See as'));
	await click(officer.locator('#see-as button', { hasText: 'KOR' }));
	await officer.locator('.lens').waitFor({ timeout: 20000 });
	await visit(officer, `#/search?q=${word}&id=${id}`);
	await officer.getByText('The owners of the relays are known.').waitFor({ timeout: 20000 });
	assert.doesNotMatch(await officer.locator('main').innerText(), /One source names/);
	await click(button(officer, 'Leave'));

	const seoul = await open('KOR', 'analyst', { language: 'ko' });
	await type(seoul, seoul.locator('#q'), word);
	await seoul.keyboard.press('Enter');
	await click(seoul.locator('[data-row]'));
	await seoul.getByText('The owners of the relays are known.').waitFor({ timeout: 20000 });
	assert.doesNotMatch(await seoul.locator('body').innerText(), /One source names|SECRET/);

	await visit(officer, `#/desk?went=${id}`);
	await click(button(officer, 'Recall…'));
	await officer.keyboard.type('Wrong berths');
	await click(button(officer, 'Recall it everywhere'));
	await officer.getByText('3 of 3 holders have acknowledged').first().waitFor({ timeout: 30000 });
	await seoul.getByText('볼 수 있는 것이 없습니다').first().waitFor({ timeout: 20000 });
	await close(seoul);
	await close(officer);
	assert.ok(clicks <= 35, `${clicks} clicks`);
});

test('the first hour of a watch: the warning rose, acknowledge, decide, task, hand over', async (t) => {
	const watch = await open('NATO', 'watch');
	await click(link(watch, 'Warning'));
	await watch.waitForSelector('.board, main > .plain');
	if (!(await watch.locator('.board').count())) {
		t.skip('this world holds no warning problem');
		await close(watch);
		return;
	}
	assert.match(await watch.locator('.level strong').innerText(), /ELEVATED|HIGH/);
	const acknowledge = watch.locator('.board').getByRole('button', { name: 'Acknowledge' });
	if (await acknowledge.count()) {
		await click(acknowledge);
		await watch.getByText('Acknowledged by watch').waitFor({ timeout: 20000 });
	}
	await click(button(watch, 'Decide…'));
	const form = watch.locator('form[aria-label="Decision"]');
	await type(watch, form.getByLabel('What is decided'), `Manual gate lists ${word}`);
	await type(watch, form.getByLabel('Options'), 'Manual gate lists: for 48 hours\nWait');
	await type(watch, form.getByLabel('Basis'), 'Two nations saw the loader');
	await click(button(watch, 'Publish the decision'));
	await click(watch.getByRole('link', { name: 'Give a task…' }));
	const task = watch.locator('form', { hasText: 'Due (UTC)' });
	await type(watch, task.getByLabel('Task', { exact: true }), `Inform the operators ${word}`);
	await task.getByLabel('Due (UTC)').fill('2030-01-01T12:00');
	await click(button(watch, 'Publish the task'));
	await watch.locator('.lines a', { hasText: `Inform the operators ${word}` }).waitFor({ timeout: 20000 });
	await click(button(watch, 'Report…'));
	const outcome = watch.locator('form', { hasText: 'What came of it' });
	await type(watch, outcome.getByLabel('Outcome', { exact: true }), `Informed ${word}`);
	await type(watch, outcome.getByLabel('What came of it'), 'All operators confirmed.');
	await click(button(watch, 'Publish the outcome'));
	await click(button(watch, 'Write an entry…'));
	const entry = watch.locator('form', { hasText: 'Subject' });
	await type(watch, entry.getByLabel('Subject'), `Hand-over ${word}`);
	await type(watch, entry.getByLabel('Text'), 'Gate lists are manual until the 27th.');
	await click(button(watch, 'Publish the entry'));
	await watch.locator('.lines a', { hasText: `Hand-over ${word}` }).waitFor({ timeout: 20000 });
	await click(link(watch, 'Warning'));
	await watch
		.locator('section', { hasText: 'The chain' })
		.locator('a', { hasText: `Informed ${word}` })
		.first()
		.waitFor({ timeout: 20000 });
	assert.ok(clicks <= 60, `${clicks} clicks`);
	await close(watch);
});
