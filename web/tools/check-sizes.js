/* The budgets of the built workbench, as gzip: the shell at most 60 kB, all that a sign-in loads at most 350 kB, and the map with its
 * library, symbols and base map, which come only when the map is opened, at most 320 kB. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const SHELL = 60_000;
const ALL = 350_000;
const MAP = 320_000;
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
const total = (list) => list.reduce((sum, { size }) => sum + size, 0);
const isMap = ({ name }) => /^assets\/(Map|_virtual_basemap)-/.test(name);
const map = total(sizes.filter(isMap));
const all = total(sizes.filter((file) => !isMap(file)));
console.log(`sizes: shell ${shell} of ${SHELL}, all but the map ${all} of ${ALL}, map ${map} of ${MAP} octets gzip`);
if (shell > SHELL || all > ALL || map > MAP) process.exit(1);
