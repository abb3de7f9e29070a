/* Where the reader is: page and parameters, held by the address (#/search?q=…&id=…), so that it can be shared and kept. */
export type Page =
	| 'inbox'
	| 'search'
	| 'write'
	| 'desk'
	| 'warning'
	| 'watch'
	| 'graph'
	| 'map'
	| 'indicators'
	| 'sightings'
	| 'attack'
	| 'import'
	| 'collections';
const pages: readonly string[] = [
	'inbox',
	'search',
	'write',
	'desk',
	'warning',
	'watch',
	'graph',
	'map',
	'indicators',
	'sightings',
	'attack',
	'import',
	'collections'
];

function read(): { page: Page; params: URLSearchParams } {
	const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
	return { page: (pages.includes(path) ? path : 'inbox') as Page, params: new URLSearchParams(query) };
}

let current = $state.raw(read());
addEventListener('hashchange', () => {
	current = read();
});

export const place = {
	get page(): Page {
		return current.page;
	},
	param(name: string): string {
		return current.params.get(name) ?? '';
	}
};

export type Params = Record<string, string | null | undefined>;

export function href(page: Page, params: Params = {}): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
	const text = query.toString();
	return `#/${page}${text ? `?${text}` : ''}`;
}
/* The same page with some parameters changed; null takes one away. */
export function hrefHere(changes: Params): string {
	return href(current.page, { ...Object.fromEntries(current.params), ...changes });
}
export function go(address: string, replace = false): void {
	if (replace) {
		history.replaceState(null, '', address);
		current = read();
	} else {
		location.hash = address;
	}
}
