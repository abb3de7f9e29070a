/* Words from elsewhere stay words: payloads in titles and portions, and in the address, make no element and run nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { close, open, start, stop, visit } from './support.js';

before(start);
after(stop);

const bodies = [
	'<script>window.hit=1</script>', '<img src=x onerror="window.hit=1">', '<svg onload="window.hit=1">', '<svg><script>window.hit=1</script></svg>',
	'"><img src=x onerror=window.hit=1>', "'><img src=x onerror=window.hit=1>", '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
	'<a href="javascript:window.hit=1">x</a>', '<body onload=window.hit=1>', '<details open ontoggle=window.hit=1>', '<math><mtext><img src=x onerror=window.hit=1>',
	'{@html "<img src=x onerror=window.hit=1>"}', '{{constructor.constructor("window.hit=1")()}}', '${window.hit=1}', '<style>*{display:none}</style>',
	'<base href="https://elsewhere.example/">', '<form action="https://elsewhere.example/"><input name=a>', '<link rel=stylesheet href="https://elsewhere.example/x">',
	'<object data="data:text/html,<script>parent.hit=1</script>"></object>', '<template><script>window.hit=1</script></template>'
]; // prettier-ignore
const frames = [
	(body) => body, (body) => `text before ${body} text behind`, (body) => body.toUpperCase(), (body) => `\u202e${body}`, (body) => body.replaceAll('<', '<\u0000'.slice(0, 1)),
	(body) => `]]>${body}`, (body) => `--></style>${body}`, (body) => `</textarea>${body}`, (body) => `</title>${body}`, (body) => `%3Cscript%3E${body}`
]; // prettier-ignore
const payloads = bodies.flatMap((body) => frames.map((frame) => frame(body)));

/* The page answers with a world in which every field of every answer is a payload. */
function poison(value, payload) {
	if (Array.isArray(value)) return value.map((one) => poison(one, payload));
	if (value && typeof value === 'object')
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, keep.has(name) ? one : poison(one, payload)]));
	return typeof value === 'string' ? `${value}${payload}` : value;
}
const keep = new Set([
	'token',
	'expires',
	'roles',
	'user',
	'nation',
	'id',
	'kind',
	'admitted',
	'modified',
	'since',
	'at',
	'next',
	'color',
	'answers',
	'state',
	'ordered',
	'last_receipt'
]);
const allowed = new Set(
	'HTML HEAD META TITLE LINK SCRIPT BODY DIV MAIN NAV UL OL LI A SPAN P H1 H2 H3 B BR I DL DT DD FORM LABEL INPUT BUTTON KBD TIME SECTION ARTICLE ASIDE TABLE THEAD TBODY TR TH TD HEADER DIALOG SELECT OPTION TEXTAREA svg path circle rect NOSCRIPT FIELDSET LEGEND PROGRESS DETAILS SUMMARY PRE STYLE'.split(
		' '
	)
);

async function assertClean(page, where) {
	const state = await page.evaluate(() => ({
		hit: window.hit,
		names: [...new Set([...document.querySelectorAll('*')].map((element) => element.tagName))],
		scripts: [...document.scripts].map((script) => script.src === '' || !script.src.startsWith(location.origin)).filter(Boolean)
			.length,
		handlers: [...document.querySelectorAll('*')].filter((element) =>
			element.getAttributeNames().some((name) => name.startsWith('on'))
		).length,
		links: [...document.querySelectorAll('a')].map((link) => link.protocol).filter((protocol) => protocol !== 'https:').length
	}));
	assert.equal(state.hit, undefined, where);
	assert.deepEqual(
		state.names.filter((name) => !allowed.has(name)),
		[],
		where
	);
	assert.deepEqual([state.scripts, state.handlers, state.links], [0, 0, 0], where);
}

test(`${payloads.length} payloads in every field of every answer leave the pages unchanged`, async () => {
	assert.ok(payloads.length >= 200);
	const page = await open('NATO', 'release');
	let payload = '';
	await page.route('**/api/v1/**', async (route) => {
		const answer = await route.fetch();
		const type = answer.headers()['content-type'] ?? '';
		const whole = type.includes('json') ? { json: poison(await answer.json(), payload) } : {};
		await route.fulfill({ response: answer, ...whole });
	});
	await visit(page, '#/search?q=crane');
	await page.waitForSelector('[data-row]');
	const id = await page.locator('[data-row]').first().getAttribute('data-row');
	for (const [i, one] of payloads.entries()) {
		payload = one;
		await visit(page, `#/search?q=crane&type=&n=${i}&id=${id}`);
		await visit(page, i % 2 ? '#/inbox' : '#/desk');
		await visit(page, `#/search?q=crane&id=${id}`);
		if (i % 10 === 0) await page.waitForSelector('article .portion', { timeout: 5000 });
		await assertClean(page, one);
	}
	await page.unrouteAll({ behavior: 'ignoreErrors' });
	await close(page);
});

test('payloads in the address and in the search field stay text', async () => {
	const page = await open('NATO', 'analyst');
	for (const one of bodies) {
		await visit(page, `#/search?q=${encodeURIComponent(one)}&id=${encodeURIComponent(one)}&type=${encodeURIComponent(one)}`);
		await page.waitForTimeout(60);
		await assertClean(page, one);
	}
	await close(page);
});

test('a report whose words are payloads is stored and shown as it was written', async () => {
	const page = await open('NATO', 'analyst');
	await visit(page, '#/write');
	await page.locator('main .bar button').click();
	await page.fill('#title', '<img src=x onerror=window.hit=1> (PUBLIC) title');
	await page.locator('#edit-0').click();
	await page.keyboard.type('(PUBLIC) <script>window.hit=1</script>');
	await page.locator('.end button').click();
	await page.getByText('See it').click();
	await page.waitForSelector('article .portion');
	assert.match(await page.locator('article').innerText(), /\(PUBLIC\) <script>window\.hit=1<\/script>/);
	assert.match(await page.locator('article .portion .label').first().getAttribute('title'), /^NATO UNCLASSIFIED$/);
	await assertClean(page, 'report');
	await close(page);
});
