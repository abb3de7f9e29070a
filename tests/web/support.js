/* A real Chromium against a running coalition. BICES_COALITION names its description (default: run/coalition.json). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const described = process.env.BICES_COALITION ?? `${root}/run/coalition.json`;
const coalition = JSON.parse(readFileSync(described, 'utf8'));

const flags =
	'--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
		' '
	);
let browser;
export async function start() {
	browser ??= await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
}
export async function stop() {
	await browser?.close();
	browser = undefined;
}

export const nodeOf = (nation) => coalition.nodes.find((node) => node.name === nation);
export const passwordOf = (nation, user) => nodeOf(nation).users.find((one) => one.name === user).password;

export async function signIn(page, nation, user) {
	await page.fill('#user', user);
	await page.fill('#password', passwordOf(nation, user));
	await page.keyboard.press('Enter');
	await page.waitForSelector('#main');
}

/* A page that is signed in. page.faults collects what must never happen: requests to elsewhere, violations of the content
 * security policy, script errors. */
export async function open(nation, user, { language = 'en', theme = 'dark', phone = false } = {}) {
	const context = await browser.newContext({
		ignoreHTTPSErrors: true,
		viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 }
	});
	const page = await context.newPage();
	const { url } = nodeOf(nation);
	page.faults = [];
	page.on('request', (request) => {
		if (!request.url().startsWith(`${url}/`)) page.faults.push(`request to ${request.url()}`);
	});
	page.on('pageerror', (error) => page.faults.push(`script error: ${error.message}`));
	page.on('console', (message) => {
		if (/Content Security Policy|svelte\.dev/.test(message.text())) page.faults.push(message.text());
	});
	page.on('dialog', (dialog) => {
		page.faults.push(`dialog: ${dialog.message()}`);
		void dialog.dismiss();
	});
	await page.addInitScript(
		([l, t]) => {
			localStorage.setItem('bices.language', l);
			localStorage.setItem('bices.theme', t);
		},
		[language, theme]
	);
	await page.goto(`${url}/`);
	if (user) await signIn(page, nation, user);
	return page;
}
export async function close(page) {
	const { faults } = page;
	await page.context().close();
	assert.deepEqual([...new Set(faults)], []);
}

/* By the address, as a shared link would. */
export async function visit(page, hash) {
	await page.evaluate((to) => (location.hash = to), hash);
}

export async function violations(page, where) {
	await page.evaluate(`if (!window.axe) { ${axe} }`);
	const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
	const said = found.violations.map(
		(one) =>
			`${one.id}: ${one.help} (${one.nodes
				.map((node) => node.target.join(' '))
				.slice(0, 3)
				.join('; ')})`
	);
	return said.map((one) => `${where}: ${one}`);
}

/* Text with portions, by command line: answers the id. */
export async function publish(nation, text, ...options) {
	const folder = dirname(dirname(described));
	const environment = { ...process.env, BICES_NODE: nation, BICES_USER: 'analyst' };
	return execFileSync('build/bices', ['put', '-', ...options], {
		cwd: folder,
		env: environment,
		input: text,
		encoding: 'utf8',
		stdio: ['pipe', 'pipe', 'ignore']
	}).trim();
}

export async function recall(nation, id) {
	const environment = { ...process.env, BICES_NODE: nation, BICES_USER: 'release' };
	execFileSync('build/bices', ['recall', id, '--reason', 'test'], {
		cwd: dirname(dirname(described)),
		env: environment,
		stdio: 'ignore'
	});
}

/* Asks the node itself, to compare with what the page shows. */
export async function ask(page, path) {
	return page.evaluate(async (at) => (await fetch(at)).status, path);
}
