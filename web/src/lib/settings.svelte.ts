/* What a reader chooses for himself: language, theme, keyboard shortcuts. Kept in the browser; nothing of it is content. */
export type Language = 'en' | 'ko';
export type Theme = 'auto' | 'dark' | 'light' | 'contrast';

function recall(key: string): string | null {
	try {
		return localStorage.getItem(`bices.${key}`);
	} catch {
		return null; // a browser that keeps nothing is fine
	}
}
export function remember(key: string, value: string): void {
	try {
		localStorage.setItem(`bices.${key}`, value);
	} catch {
		return;
	}
}
export const recalled = recall;

const language = recall('language');
const theme = recall('theme');

export const settings = $state({
	language: (language === 'ko' || language === 'en' ? language : navigator.language.startsWith('ko') ? 'ko' : 'en') as Language,
	theme: (theme === 'dark' || theme === 'light' || theme === 'contrast' ? theme : 'auto') as Theme,
	shortcuts: recall('shortcuts') !== 'off'
});

export function setLanguage(value: Language): void {
	settings.language = value;
	remember('language', value);
}
export function setTheme(value: Theme): void {
	settings.theme = value;
	remember('theme', value);
}
export function setShortcuts(on: boolean): void {
	settings.shortcuts = on;
	remember('shortcuts', on ? 'on' : 'off');
}

const prefersLight = matchMedia('(prefers-color-scheme: light)');
const prefersContrast = matchMedia('(prefers-contrast: more)');

/* Dark is the room's default; the system's own wish counts under "auto". */
export function applySettings(): void {
	const auto = prefersContrast.matches ? 'contrast' : prefersLight.matches ? 'light' : 'dark';
	document.documentElement.dataset['theme'] = settings.theme === 'auto' ? auto : settings.theme;
	document.documentElement.lang = settings.language;
}
prefersLight.addEventListener('change', applySettings);
prefersContrast.addEventListener('change', applySettings);
