/* Both catalogs hold the same words with the same values, and every word that the code uses; none is left over. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (language) => JSON.parse(readFileSync(join(root, 'src/words', `${language}.json`), 'utf8'));
const en = read('en');
const ko = read('ko');
const problems = [];

const forms = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry));
const values = (entry) => [...new Set(forms(entry).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort().join(' ');

for (const word of Object.keys(en)) if (!(word in ko)) problems.push(`ko.json lacks "${word}"`);
for (const word of Object.keys(ko)) if (!(word in en)) problems.push(`en.json lacks "${word}"`);
for (const [word, entry] of Object.entries(en)) {
	if (!(word in ko)) continue;
	if (forms(ko[word]).some((text) => !text.trim())) problems.push(`"${word}" is empty in Korean`);
	if (values(entry).replace('{n}', '').trim() !== values(ko[word]).replace('{n}', '').trim())
		problems.push(`"${word}" has other values in Korean`);
	if (forms(entry).some((text) => /[\u3131-\uD79D]/.test(text)) && !word.startsWith('command.'))
		problems.push(`"${word}" holds Hangul in English`);
}

// A word is used when the code names it; words with a variable end are used by their beginning.
const files = (folder) =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? files(join(folder, entry.name)) : /\.(svelte|ts)$/.test(entry.name) ? [join(folder, entry.name)] : []
	);
const source = files(join(root, 'src'))
	.map((file) => readFileSync(file, 'utf8'))
	.join('\n');
const beginnings = [...source.matchAll(/[`'](\w+)\.\$\{/g)]
	.map((match) => `${match[1]}.`)
	.concat(['stage.', 'state.', 'kind.', 'precedence.', 'role.', 'type.', 'link.', 'identity.']);
for (const word of Object.keys(en))
	if (!source.includes(`'${word}'`) && !beginnings.some((beginning) => word.startsWith(beginning)))
		problems.push(`"${word}" is used nowhere`);

for (const problem of problems) console.error(`catalogs: ${problem}`);
if (problems.length) process.exit(1);
console.log(`catalogs: ${Object.keys(en).length} words in English and Korean`);
