/* Everything the workbench says comes from the two catalogs; a sentence is never put together from pieces. */
import en from '../words/en.json';
import ko from '../words/ko.json';
import { settings } from './settings.svelte';

export type Word = keyof typeof en;
type Entry = string | { one: string; other: string };
const catalogs: Record<'en' | 'ko', Record<Word, Entry>> = { en, ko };

/* {name} stands for a value; an entry with two forms chooses by the value n. */
export const t = (word: Word, values: Record<string, string | number> = {}): string => tIn(settings.language, word, values);

export function tIn(language: 'en' | 'ko', word: Word, values: Record<string, string | number> = {}): string {
	const entry = catalogs[language][word];
	const text =
		typeof entry === 'string'
			? entry
			: new Intl.PluralRules('en').select(Number(values['n'])) === 'one'
				? entry.one
				: entry.other;
	return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

const known = new Set(Object.keys(en));
/* The word for a name that comes from the node, or the name itself. */
export function named(prefix: string, name: string): string {
	const word = `${prefix}.${name}`;
	return known.has(word) ? t(word as Word) : name;
}

export const number = (n: number): string => n.toLocaleString(settings.language);
