import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

import config from './svelte.config.js';

export default ts.config(
	...ts.configs.strict,
	...svelte.configs['flat/recommended'],
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig: config } }
	},
	{
		rules: {
			// Text from the node goes in as text, never as markup.
			'svelte/no-at-html-tags': 'error',
			// State is replaced, not changed in place; sets, maps and dates are never mutated.
			'svelte/prefer-svelte-reactivity': 'off',
			'no-eval': 'error',
			'no-console': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			eqeqeq: ['error', 'always']
		}
	},
	{ files: ['tools/**'], rules: { 'no-console': 'off' } }
);
