/* Moments: UTC with Z on the page; the day is named when it is not today; the reader's own zone on hover and focus. */
import { settings } from './settings.svelte';
import { t } from './words';

const locale = (): string => (settings.language === 'en' ? 'en-GB' : settings.language);

const day = (date: Date): string =>
	date.toLocaleDateString(locale(), {
		day: 'numeric',
		month: 'short',
		timeZone: 'UTC',
		...(date.getUTCFullYear() === new Date().getUTCFullYear() ? {} : { year: 'numeric' })
	});
const clock = (date: Date): string => `${date.toISOString().slice(11, 16)}Z`;
const isToday = (date: Date): boolean => date.toISOString().slice(0, 10) === new Date().toISOString().slice(0, 10);

/* "13:40Z" today, else "24 Nov". */
export function shortTime(moment: string): string {
	const date = new Date(moment);
	return isToday(date) ? clock(date) : day(date);
}
/* "24 Nov 13:40Z" */
export function longTime(moment: string): string {
	const date = new Date(moment);
	return `${day(date)} ${clock(date)}`;
}
export const exactTime = (moment: string): string => `${moment.slice(11, 19)}Z`;
export const localTime = (moment: string): string =>
	t('time.local', { time: new Date(moment).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'medium' }) });
export const weekday = (date: Date): string =>
	date.toLocaleDateString(locale(), { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
