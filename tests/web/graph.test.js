/* Links around an object: drawn at once, opened and closed again, by keys alone, the same as a table, and each reader's own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, nodeOf, open, passwordOf, start, stop, violations, visit } from './support.js';

before(start);
after(stop);

/* As the node itself answers this user. */
async function asked(page, nation, user, path, options = {}) {
	return page.evaluate(
		async ([at, basic, init]) => {
			const answer = await fetch(at, {
				...init,
				headers: {
					Authorization: `Basic ${btoa(basic)}`,
					...(init.headers ?? {})
				}
			});
			return answer.json();
		},
		[path, `${user}:${passwordOf(nation, user)}`, options]
	);
}
async function put(page, objects, marking) {
	const made = await asked(page, 'NATO', 'analyst', `/api/v1/objects?marking=${encodeURIComponent(marking)}`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({
			type: 'bundle',
			id: `bundle--${crypto.randomUUID()}`,
			objects
		})
	});
	assert.ok(made.ids, JSON.stringify(made));
}
const T = '2026-03-01T00:00:00.000Z';
const make = (type, properties) => ({
	type,
	spec_version: '2.1',
	id: `${type}--${crypto.randomUUID()}`,
	created: T,
	modified: T,
	...properties
});
const join = (from, to, kind = 'uses') =>
	make('relationship', {
		relationship_type: kind,
		source_ref: from.id,
		target_ref: to.id
	});

async function hub(page, count) {
	const centre = make('malware', { name: `Hub of ${count}`, is_family: true });
	const tools = Array.from({ length: count }, (_, i) => make('tool', { name: `Tool number ${i}` }));
	const note = make('note', { content: 'A remark', object_refs: [centre.id] });
	await put(page, [centre, ...tools, note, ...tools.map((tool) => join(centre, tool))], 'PUBLIC');
	return centre;
}
const drawn = (page) => page.locator('[data-node]').count();
async function show(page, id) {
	await visit(page, `#/graph?id=${id}`);
	await page.waitForSelector(`[data-node="${id}"]`);
}

test('a picture of links stands within a second, and expands, collapses and comes back', async () => {
	const page = await open('NATO', 'analyst');
	const centre = await hub(page, 80);
	await page.waitForTimeout(500);
	const began = Date.now();
	await show(page, centre.id);
	assert.ok(Date.now() - began < 1000, `${Date.now() - began} ms`);
	assert.equal(await drawn(page), 60);
	assert.match(await page.locator('aside').innerText(), /Linked to 81 objects, 59 in the picture/);
	await page.getByRole('button', { name: 'Expand', exact: true }).click();
	await page.waitForFunction(() => document.querySelectorAll('[data-node]').length === 82);
	await page.getByRole('button', { name: 'Collapse' }).click();
	await page.waitForFunction(() => document.querySelectorAll('[data-node]').length === 1);
	await page.getByRole('button', { name: 'Undo' }).click();
	await page.getByRole('button', { name: 'Undo' }).click();
	assert.equal(await drawn(page), 60);
	await close(page);
});

test('a kind that is filtered out takes its objects and their lines along, and a search dims the rest', async () => {
	const page = await open('NATO', 'analyst');
	const centre = await hub(page, 14);
	await show(page, centre.id);
	assert.equal(await page.locator('line.line').count(), 15);
	await page.getByRole('checkbox', { name: /Tool/ }).uncheck();
	assert.equal(await drawn(page), 2);
	assert.equal(await page.locator('line.line').count(), 1);
	await page.getByRole('checkbox', { name: /Tool/ }).check();
	await page.getByLabel('Find in the picture').fill('number 7');
	assert.equal(await page.locator('.node.hit').count(), 1);
	assert.equal(await page.locator('.node.faint').count(), 15);
	await page.locator('.hits button').click();
	await page.waitForSelector('h2.chosen:has-text("Tool number 7")');
	await close(page);
});

test('the table holds the same objects and links as the picture', async () => {
	const page = await open('NATO', 'analyst');
	const centre = await hub(page, 14);
	await show(page, centre.id);
	const nodes = await page
		.locator('[data-node]')
		.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label').split(',')[0]).sort());
	const lines = await page.locator('line.line').count();
	await page.getByText('As a table').click();
	const rows = await page.locator('table').nth(0).locator('tbody tr td:first-child').allInnerTexts();
	assert.deepEqual(rows.sort(), nodes);
	assert.equal(await page.locator('.tables table').nth(1).locator('tbody tr').count(), lines);
	assert.deepEqual(await violations(page, 'table of links'), []);
	await close(page);
});

test('everything in a picture of links can be done by keys', async () => {
	const page = await open('NATO', 'analyst');
	const centre = await hub(page, 14);
	await show(page, centre.id);
	await page.locator(`[data-node="${centre.id}"]`).focus();
	for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown']) {
		await page.keyboard.press(key);
		if ((await page.locator('[data-node][tabindex="0"]').getAttribute('data-node')) !== centre.id) break;
	}
	const chosen = await page.locator('[data-node][tabindex="0"]').getAttribute('data-node');
	assert.notEqual(chosen, centre.id);
	const before = await page.locator(`[data-node="${chosen}"]`).getAttribute('transform');
	await page.keyboard.press('Shift+ArrowUp');
	assert.notEqual(await page.locator(`[data-node="${chosen}"]`).getAttribute('transform'), before);
	assert.equal(await page.locator(`[data-node="${chosen}"] .pin`).count(), 1);
	await page.locator(`[data-node="${centre.id}"]`).focus();
	await page.keyboard.press('x');
	assert.equal(await drawn(page), 2); /* the pinned one stays */
	await page.keyboard.press('u');
	assert.equal(await drawn(page), 16);
	await page.keyboard.press('o');
	await page.waitForSelector('section.who');
	await close(page);
});

test('hidden links change neither the page nor the bytes that a reader gets', async () => {
	const writer = await open('NATO', 'analyst');
	const centre = await hub(writer, 6);
	const look = async () => {
		const page = await open('NATO', 'reader');
		const bodies = [];
		page.on('response', async (answer) => {
			if (answer.url().includes('/graph')) bodies.push(await answer.text());
		});
		await show(page, centre.id);
		await page.waitForTimeout(300);
		const dom = await page.locator('main').innerHTML();
		await close(page);
		return { dom, bodies };
	};
	const before = await look();
	const hidden = make('threat-actor', { name: 'Nobody may know' });
	await put(writer, [hidden, join(hidden, centre), make('note', { content: 'secret', object_refs: [centre.id] })], 'NATO SECRET');
	assert.deepEqual(await look(), before);
	await show(writer, centre.id);
	assert.equal(await drawn(writer), 10);
	await close(writer);
});

test('an object that one may not see and one that is not there get the same page', async () => {
	const writer = await open('NATO', 'analyst');
	const hidden = make('tool', { name: 'Hidden' });
	await put(writer, [hidden], 'NATO SECRET');
	await close(writer);
	const texts = [];
	for (const id of [hidden.id, `tool--${crypto.randomUUID()}`]) {
		const page = await open('NATO', 'reader');
		await visit(page, `#/graph?id=${id}`);
		await page.waitForSelector('[role=alert]');
		texts.push(await page.locator('main').innerHTML());
		await close(page);
	}
	assert.equal(texts[0], texts[1]);
	assert.ok(nodeOf('NATO'));
});
