/* The budgets of the built workbench: the shell at most 60 kB, everything at most 350 kB, both as gzip. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const SHELL = 60_000;
const ALL = 350_000;
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const files = (folder) =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]
	);
const sizes = files(dist).map((file) => ({
	name: relative(dist, file),
	size: gzipSync(readFileSync(file), { level: 9 }).length
}));
const page = readFileSync(join(dist, 'index.html'), 'utf8');
const shell = sizes.filter(({ name }) => name === 'index.html' || page.includes(name)).reduce((sum, { size }) => sum + size, 0);
const all = sizes.reduce((sum, { size }) => sum + size, 0);
console.log(`sizes: shell ${shell} of ${SHELL}, everything ${all} of ${ALL} octets gzip`);
if (shell > SHELL || all > ALL) process.exit(1);
