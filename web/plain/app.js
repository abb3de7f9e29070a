/* Sign in, search, read. The token lives in memory only; every text from the node goes in as text, never as markup. */
'use strict';
(() => {
	const $ = (id) => document.getElementById(id);
	const state = {token: null, session: null, words: WORDS.en, results: [], next: null, listMarking: null, object: null, asked: 0};

	/* ---- words ---- */
	const say = (key, ...values) => state.words[key].replace(/\{(\d)\}/g, (_, n) => values[n]);

	function applyWords(language) {
		state.words = WORDS[language] || WORDS.en;
		document.documentElement.lang = language in WORDS ? language : 'en';
		for (const element of document.querySelectorAll('[data-word]'))
			element.textContent = say(element.dataset.word);
		for (const element of document.querySelectorAll('[data-placeholder]'))
			element.placeholder = say(element.dataset.placeholder);
	}

	function remember(key, value) {
		try { localStorage.setItem(key, value); } catch { /* a browser that keeps nothing is fine */ }
	}
	function recall(key) {
		try { return localStorage.getItem(key); } catch { return null; }
	}

	function applyTheme(theme) {
		if (theme === 'auto')
			delete document.documentElement.dataset.theme;
		else
			document.documentElement.dataset.theme = theme;
	}

	/* ---- building ---- */
	function make(tag, attributes, ...children) {
		const element = document.createElement(tag);
		for (const [name, value] of Object.entries(attributes || {}))
			if (value !== null && value !== undefined)
				element.setAttribute(name, value);
		element.append(...children.filter((child) => child !== null && child !== undefined));
		return element;
	}

	/* Black or white on a policy's colour, whichever contrasts more. spec: WCAG 2.2 relative luminance */
	function inkOn(color) {
		const light = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
			.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
		return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] > 0.179 ? '#000000' : '#ffffff';
	}

	function paint(element, color) {
		const known = /^#[0-9a-fA-F]{6}$/.test(color || '');
		element.style.setProperty('background-color', known ? color : '');
		element.style.setProperty('color', known ? inkOn(color) : '');
		element.style.setProperty('border-color', known ? color : '');
	}

	function chip(text, color, title) {
		const element = make('span', {class: 'chip', title}, text || say('unmarked'));
		paint(element, color);
		return element;
	}

	const shortTime = (text) => (text ? text.slice(0, 16).replace('T', ' ') + 'Z' : '');
	const localTime = (text) => (text ? new Date(text).toLocaleString() : '');

	function time(key, text) {
		return text ? make('span', {title: localTime(text)}, say(key, shortTime(text))) : null;
	}

	/* ---- banners: the highest marking of what is on the page ---- */
	function applyBanners() {
		const shown = [state.listMarking, state.object].filter((marking) => marking && marking.marking);
		const top = Math.max(...shown.map((marking) => marking.level || 0));
		const highest = shown.filter((marking) => (marking.level || 0) === top);
		const text = [...new Set(highest.map((marking) => marking.marking))].join(' / ');
		for (const id of ['banner-top', 'banner-bottom']) {
			const banner = $(id);
			banner.replaceChildren(text);
			paint(banner, text ? highest[0].color : null);
			if (state.session && state.session.realm !== 'real')
				banner.append(make('span', {class: 'realm'}, say('exercise', state.session.realm)));
		}
	}

	/* ---- asking the node ---- */
	class Problem extends Error {
		constructor(status, problem) {
			super(problem.detail || problem.title || '');
			this.status = status;
		}
	}

	async function ask(method, path, body, headers = {}) {
		let answer;
		if (state.token)
			headers.Authorization = 'Bearer ' + state.token;
		if (body)
			headers['Content-Type'] = 'application/json';
		try {
			answer = await fetch(path, {method, headers, body: body && JSON.stringify(body), credentials: 'same-origin', cache: 'no-store'});
		} catch {
			throw new Problem(0, {detail: say('noAnswer')});
		}
		if (!answer.ok) {
			const problem = new Problem(answer.status, await answer.json().catch(() => ({})));
			if (answer.status === 401 && state.token)
				endSession(say('ended'));
			throw problem;
		}
		return answer.status === 204 ? null : answer.json();
	}

	/* ---- session ---- */
	function showSignIn(text) {
		$('sign-in').hidden = false;
		$('bar').hidden = $('keys').hidden = $('list').hidden = $('object').hidden = true;
		$('sign-in-problem').textContent = text || '';
		$('password').value = '';
		$('user').focus();
	}

	function endSession(text) {
		Object.assign(state, {token: null, session: null, results: [], next: null, listMarking: null, object: null});
		$('results').replaceChildren();
		$('object').replaceChildren();
		applyBanners();
		showSignIn(text);
	}

	async function signIn(credentials, failed) {
		let session;
		try {
			session = await ask('POST', '/api/v1/session', credentials);
		} catch (problem) {
			showSignIn(problem.status === 401 ? failed : problem.message);
			return;
		}
		state.token = session.token;
		state.session = session;
		$('password').value = '';
		$('sign-in').hidden = true;
		$('bar').hidden = $('keys').hidden = $('list').hidden = false;
		$('node').textContent = session.nation;
		$('person').textContent = `${session.user} · ${session.roles.join(', ')}`;
		document.title = `OpenBICES ${session.nation}`;
		applyBanners();
		await route();
	}

	/* ---- list ---- */
	function place(changes) {
		const parameters = new URLSearchParams(location.hash.slice(1));
		for (const [name, value] of Object.entries(changes))
			if (value)
				parameters.set(name, value);
			else
				parameters.delete(name);
		return '#' + parameters.toString();
	}

	function resultRow(hit) {
		const parameters = new URLSearchParams(location.hash.slice(1));
		return make('li', null, make('a', {href: place({id: hit.id}), 'data-id': hit.id, 'aria-current': parameters.get('id') === hit.id ? 'true' : null},
			make('span', {class: 'title'}, hit.title),
			hit.snippet ? make('span', {class: 'snippet'}, chip(hit.snippet.mark, hit.snippet.color, hit.snippet.marking), ' ', hit.snippet.text) : null,
			make('span', {class: 'meta'}, chip(hit.marking, hit.color), make('span', null, hit.type), make('span', null, say('from', hit.originator)),
				time('modified', hit.modified))));
	}

	function showTypes(facets) {
		const chosen = new URLSearchParams(location.hash.slice(1)).get('type');
		const types = (facets || []).filter((facet) => facet.name === 'type');
		$('types').replaceChildren();
		if (types.length < 2 && !chosen)
			return;
		$('types').append(make('li', null, make('a', {href: place({type: null}), 'aria-current': chosen ? null : 'true'}, say('all'))));
		for (const facet of types)
			$('types').append(make('li', null, make('a', {href: place({type: facet.value}), 'aria-current': chosen === facet.value ? 'true' : null},
				`${facet.value} ${facet.count}`)));
	}

	async function search(cursor) {
		const here = new URLSearchParams(location.hash.slice(1));
		const asked = ++state.asked;
		const query = new URLSearchParams({q: here.get('q') || '', facets: 'true', limit: '50'});
		if (here.get('type'))
			query.set('type', here.get('type'));
		if (cursor)
			query.set('cursor', cursor);
		let found;
		try {
			found = await ask('GET', '/api/v1/search?' + query);
		} catch (problem) {
			$('list-note').textContent = problem.message;
			return;
		}
		if (asked !== state.asked)
			return;
		if (!cursor) {
			state.results = [];
			$('results').replaceChildren();
			state.listMarking = null;
		}
		state.results.push(...found.objects);
		$('results').append(...found.objects.map(resultRow));
		if (!state.listMarking || (found.level || 0) >= (state.listMarking.level || 0))
			state.listMarking = {marking: found.marking, color: found.color, level: found.level};
		state.next = found.next || null;
		$('more').hidden = !state.next;
		$('list-title').textContent = here.get('q') ? say('found', found.count) : `${say('newest')} · ${found.count}`;
		$('list-note').textContent = found.count ? '' : say('nothing');
		showTypes(found.facets);
		applyBanners();
	}

	/* ---- object ---- */
	function valueText(value) {
		if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
			return value.join(', ');
		return typeof value === 'object' ? JSON.stringify(value) : String(value);
	}

	function properties(content) {
		const list = make('dl');
		for (const [name, value] of Object.entries(content))
			if (!['name', 'description', 'title', 'extensions', 'spec_version'].includes(name))
				list.append(make('dt', null, name), make('dd', null, valueText(value)));
		return list.children.length ? list : null;
	}

	function table(content) {
		const body = make('table', null, make('tr', null, ...content.columns.map((name) => make('th', {scope: 'col'}, String(name)))));
		for (const row of content.rows)
			body.append(make('tr', null, ...row.map((cell) => make('td', null, valueText(cell)))));
		return body;
	}

	const parsed = (text) => { try { return JSON.parse(text); } catch { return null; } };

	function portionBody(portion) {
		const content = portion.content ? parsed(portion.content) : null;
		if (portion.kind === 'text')
			return make('div', null, portion.text);
		if (portion.kind === 'table' && content && Array.isArray(content.columns) && Array.isArray(content.rows))
			return make('div', {class: 'wide'}, table(content));
		if (portion.kind === 'reference' && content)
			return make('div', null, `${say('reference')} (${content.property}) `, make('a', {href: place({id: content.target})}, content.target));
		if (portion.kind === 'attachment' && content)
			return make('div', null, `${say('attachment')}: ${content.name} (${content.media_type}, ${content.size})`);
		if (portion.kind === 'head')
			return make('div', null, portion.text, content ? properties(content) : null);
		return make('div', null, portion.content || '');
	}

	function showObject(object) {
		const close = make('a', {href: place({id: null})}, say('close'));
		$('object').replaceChildren(
			make('div', {class: 'head'}, make('h2', null, object.title), close),
			make('div', {class: 'meta'}, chip(object.marking, object.color), make('span', null, object.type),
				make('span', null, object.own ? say('own') : say('from', object.originator)), time('modified', object.modified), time('admitted', object.admitted)),
			make('div', {class: 'meta'}, make('span', null, object.id)),
			make('div', {class: 'portions'}, ...object.portions.map((portion) =>
				make('section', {class: 'portion'}, chip(portion.mark, portion.color, portion.marking), portionBody(portion)))));
	}

	async function open(id) {
		const article = $('object');
		article.hidden = !id;
		document.querySelector('main').classList.toggle('reading', Boolean(id));
		state.object = null;
		for (const link of $('results').querySelectorAll('a'))
			if (link.dataset.id === id)
				link.setAttribute('aria-current', 'true');
			else
				link.removeAttribute('aria-current');
		if (!id) {
			article.replaceChildren();
			applyBanners();
			return;
		}
		article.replaceChildren(make('p', null, say('loading')));
		try {
			const object = await ask('GET', `/api/v1/objects/${encodeURIComponent(id)}?view=page`);
			if (new URLSearchParams(location.hash.slice(1)).get('id') !== id)
				return;
			showObject(object);
			state.object = object;
			article.focus();
		} catch (problem) {
			article.replaceChildren(make('p', {role: 'alert'}, problem.status === 404 ? say('missing') : problem.message),
				make('a', {href: place({id: null})}, say('close')));
		}
		applyBanners();
	}

	/* ---- the address holds the state: #q=…&type=…&id=… ---- */
	let listed = null;
	async function route() {
		if (!state.token)
			return;
		const here = new URLSearchParams(location.hash.slice(1));
		const list = JSON.stringify([here.get('q'), here.get('type'), state.token]);
		$('q').value = here.get('q') || '';
		if (list !== listed) {
			listed = list;
			await search(null);
		}
		for (const link of $('results').querySelectorAll('a'))
			link.setAttribute('href', place({id: link.dataset.id}));
		await open(here.get('id'));
	}

	/* ---- keys ---- */
	function step(by) {
		const links = [...$('results').querySelectorAll('a')];
		const at = links.indexOf(document.activeElement);
		const target = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))];
		if (target)
			target.focus();
	}

	function onKey(event) {
		const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
		if (!state.token || event.ctrlKey || event.metaKey || event.altKey)
			return;
		if (event.key === '/' && !typing) {
			event.preventDefault();
			$('q').focus();
			$('q').select();
		} else if (event.key === 'Escape' && new URLSearchParams(location.hash.slice(1)).get('id')) {
			location.hash = place({id: null});
		} else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && (!typing || event.target.id === 'q') && !$('object').contains(document.activeElement)) {
			event.preventDefault();
			step(event.key === 'ArrowDown' ? 1 : -1);
		}
	}

	/* ---- start ---- */
	const language = recall('language') || (navigator.language.startsWith('ko') ? 'ko' : 'en');
	const theme = recall('theme') || 'auto';
	applyWords(language);
	applyTheme(theme);
	$('language').value = document.documentElement.lang;
	$('theme').value = theme;
	$('language').addEventListener('change', (event) => {
		remember('language', event.target.value);
		applyWords(event.target.value);
		listed = null;
		route();
	});
	$('theme').addEventListener('change', (event) => {
		remember('theme', event.target.value);
		applyTheme(event.target.value);
	});
	$('sign-in').addEventListener('submit', (event) => {
		event.preventDefault();
		signIn({user: $('user').value, password: $('password').value}, say('signInFailed'));
	});
	$('by-certificate').addEventListener('click', () => signIn(null, say('certificateFailed')));
	$('sign-out').addEventListener('click', async () => {
		await ask('DELETE', '/api/v1/session').catch(() => null);
		endSession('');
	});
	$('search').addEventListener('submit', (event) => {
		event.preventDefault();
		location.hash = place({q: $('q').value.trim(), type: null, id: null});
	});
	$('more').addEventListener('click', () => search(state.next));
	addEventListener('hashchange', route);
	addEventListener('keydown', onKey);
	applyBanners();
	showSignIn('');
})();
