/* Who is signed in. When the node no longer knows the session the page is locked, not left: nothing typed is lost, and the
 * same person goes on where he was. */
import { Problem, ask, setToken, whenExpired } from './api';
import type { Session } from './types';
import { t } from './words';

export const session = $state<{ now: Session | null; locked: '' | 'expired' | 'hand'; warned: boolean }>({
	now: null,
	locked: '',
	warned: false
});

/* Bound to what a person may do; the node decides again with each request. */
export const may = (...roles: string[]): boolean => session.now?.roles.some((role) => roles.includes(role)) ?? false;

const WARN_MS = 2 * 60 * 1000;
let timer: ReturnType<typeof setTimeout> | undefined;
let leave: () => void = () => undefined;

/* What is to be forgotten when somebody else signs in, or this one signs out. */
export function whenLeaving(run: () => void): void {
	leave = run;
}

export function lock(why: 'expired' | 'hand'): void {
	if (!session.now) return;
	session.locked = why;
	session.warned = false;
	clearTimeout(timer);
	if (why === 'hand') void ask('DELETE', '/api/v1/session').catch(() => null);
	setToken(null);
}
whenExpired(() => lock('expired'));

function watch(expires: string): void {
	clearTimeout(timer);
	session.warned = false;
	const left = new Date(expires).getTime() - Date.now();
	timer = setTimeout(
		() => {
			session.warned = true;
			timer = setTimeout(() => lock('expired'), Math.min(WARN_MS, left));
		},
		Math.max(0, Math.min(left - WARN_MS, 2 ** 31 - 1))
	);
}

function failure(problem: unknown, certificate: boolean): string {
	if (!(problem instanceof Problem)) return t('problem.unexpected');
	if (problem.status === 401) return t(certificate ? 'signIn.noCertificate' : 'signIn.failed');
	return problem.status === 0 ? t('problem.noAnswer') : problem.message;
}

/* Empty when it worked, else what to tell. credentials: null asks with the certificate the browser shows. */
export async function signIn(credentials: { user: string; password: string } | null): Promise<string> {
	try {
		const opened = await ask<Session>('POST', '/api/v1/session', credentials ? { json: credentials } : {});
		if (session.now && (session.now.user !== opened.user || session.now.nation !== opened.nation)) leave();
		setToken(opened.token);
		session.now = { ...opened, token: '' };
		session.locked = '';
		watch(opened.expires);
		return '';
	} catch (problem) {
		return failure(problem, credentials === null);
	}
}

export async function signOut(): Promise<void> {
	clearTimeout(timer);
	await ask('DELETE', '/api/v1/session').catch(() => null);
	setToken(null);
	leave();
	session.now = null;
	session.locked = '';
}

/* What to tell a person about a failed request: what happened and what to do. */
export function tell(problem: unknown): string {
	if (!(problem instanceof Problem)) return t('problem.unexpected');
	const words: Record<number, string> = {
		0: t('problem.noAnswer'),
		401: t('problem.session'),
		403: t('problem.notYours'),
		404: t('problem.missing'),
		409: t('problem.changed'),
		413: t('problem.tooLarge'),
		503: t('problem.unavailable'),
		507: t('problem.full')
	};
	const word = words[problem.status] ?? problem.title;
	return problem.detail && problem.detail !== word ? t('problem.with', { what: word, detail: problem.detail }) : word;
}
