/* The map: places of one's own version of the world, at a moment or at all times, the same as a table, by keys too. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, passwordOf, start, stop, violations, visit } from './support.js';

const { unwrap, rings } = await import('../../web/tools/basemap.js');

before(start);
after(stop);

test('no ring of the base map jumps across the 180th meridian or is wider than the globe', () => {
	for (const ring of rings().flat()) {
		for (let i = 1; i < ring.length; i++)
			assert.ok(Math.abs(ring[i][0] - ring[i - 1][0]) <= 180 || Math.abs(ring[i][1]) === 90, JSON.stringify(ring[i]));
		const across = ring.map(([lon]) => lon);
		assert.ok(Math.max(...across) - Math.min(...across) <= 360.1);
	}
	assert.deepEqual(
		unwrap([
			[179, 0],
			[-179, 1],
			[179, 2],
			[179, 0]
		]),
		[
			[179, 0],
			[181, 1],
			[179, 2],
			[179, 0]
		]
	);
});

const api = (page, nation, user, path, options = {}) =>
	page.evaluate(
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
const T = '2026-03-01T00:00:00.000Z';
const PLACES = 'extension-definition--3b7d9a52-6c1e-4f80-9d24-e8a1c5f0b637';
const make = (type, properties) => ({
	type,
	spec_version: '2.1',
	id: `${type}--${crypto.randomUUID()}`,
	created: T,
	modified: T,
	...properties
});
async function put(page, objects, marking) {
	const made = await api(page, 'NATO', 'analyst', `/api/v1/objects?marking=${encodeURIComponent(marking)}`, {
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
const named = (prefix) => `${prefix} ${crypto.randomUUID().slice(0, 8)}`;

/* A port, and a ship that passes it within two days, far from everything else. */
async function scene(page, lon, lat) {
	const port = make('location', {
		name: named('Port'),
		latitude: lat,
		longitude: lon,
		extensions: {
			[PLACES]: {
				extension_type: 'property-extension',
				sidc: '10032000001213090000'
			}
		}
	});
	const positions = [0, 1, 2].map((i) => ({
		latitude: lat + 0.2 * i,
		longitude: lon + 0.3,
		at: `2026-03-0${i + 1}T00:00:00.000Z`
	}));
	const ship = make('bices-track', {
		name: named('Ship'),
		sidc: '10043000001401010000',
		positions,
		valid_until: '2026-03-04T00:00:00.000Z',
		extensions: { [PLACES]: { extension_type: 'new-sdo' } }
	});
	const odd = make('bices-event', {
		name: named('Odd'),
		sidc: '10036000009999990000',
		latitude: lat,
		longitude: lon - 0.4,
		start: T,
		extensions: { [PLACES]: { extension_type: 'new-sdo' } }
	});
	await put(page, [port, ship, odd], 'PUBLIC');
	return { port, ship, odd };
}
const listed = (page) => page.locator('.list button').allInnerTexts();
async function show(page, lon, lat, extra = '') {
	await visit(page, `#/map?v=${lon},${lat},8${extra}`);
	await page.waitForSelector('.list button');
	await page.waitForTimeout(800);
}

test('the map shows what is in view, at a moment, and says so where there is nothing', async () => {
	const page = await open('NATO', 'analyst');
	const { port, ship, odd } = await scene(page, -140, -20);
	await show(page, -140, -20);
	assert.deepEqual((await listed(page)).sort(), [odd.name, port.name, ship.name].sort());
	await visit(page, `#/map?v=-140,-20,8&at=2026-03-02T12:00:00.000Z`);
	await page.waitForFunction((name) => !document.querySelector('.list').innerText.includes(name), odd.name);
	assert.deepEqual((await listed(page)).sort(), [port.name, ship.name].sort());
	await close(page);
	const empty = await open('NATO', 'analyst');
	await visit(empty, '#/map?v=-100,-55,8');
	await empty.getByText('Nothing that you may see has a place in this area').waitFor();
	await close(empty);
});

test('a symbol that cannot be drawn says so', async () => {
	const page = await open('NATO', 'analyst');
	const { odd } = await scene(page, -140, -30);
	await show(page, -140, -30, `&id=${odd.id}`);
	await page.getByText('This symbol code cannot be drawn here').waitFor();
	await close(page);
});

test('the table holds what the map holds', async () => {
	const page = await open('NATO', 'analyst');
	await scene(page, -140, -40);
	await show(page, -140, -40);
	const names = (await listed(page)).sort();
	assert.equal(names.length, 3);
	await page.getByText('As a table').click();
	assert.deepEqual((await page.locator('tbody tr td:first-child').allInnerTexts()).sort(), names);
	assert.match(await page.locator('tbody').innerText(), /40°00\.0′S 140°00\.0′W/);
	assert.deepEqual(await violations(page, 'table of places'), []);
	await close(page);
});

test('keys move and zoom the map, and the slider steps through time', async () => {
	const page = await open('NATO', 'analyst');
	await scene(page, -120, -40);
	await show(page, -120, -40);
	const where = () => page.evaluate(() => new URLSearchParams(location.hash.split('?')[1]).get('v'));
	const before = await where();
	await page.locator('.holder').focus();
	await page.keyboard.press('ArrowRight');
	await page.waitForTimeout(600);
	assert.notEqual(await where(), before);
	await page.getByLabel('Closer').click();
	await page.waitForTimeout(600);
	assert.match(await where(), /,9\.00$/);
	await page.getByLabel('All times').uncheck();
	await page.getByRole('button', { name: 'Six hours earlier' }).click();
	assert.match(page.url(), /at=/);
	await close(page);
});

test('hidden places change neither the page nor the bytes that a reader gets', async () => {
	const writer = await open('NATO', 'analyst');
	await scene(writer, -130, -30);
	const look = async () => {
		const page = await open('NATO', 'reader');
		const bodies = [];
		page.on('response', async (answer) => {
			if (answer.url().includes('/api/v1/map')) bodies.push(await answer.text());
		});
		await show(page, -130, -30);
		const dom = await page.locator('main').innerHTML();
		await close(page);
		return { dom, bodies: [...new Set(bodies)] };
	};
	const first = await look();
	await put(
		writer,
		[
			make('location', {
				name: 'Nobody may know',
				latitude: -30,
				longitude: -130.1
			})
		],
		'NATO SECRET'
	);
	assert.deepEqual(await look(), first);
	await show(writer, -130, -30);
	assert.equal((await listed(writer)).length, 4);
	await close(writer);
});
