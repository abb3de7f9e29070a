import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

import { basemap } from './tools/basemap.js';

// While developing: BICES_URL names the node that answers; the page of `npm run dev` then stands in for the node's own.
const node = process.env['BICES_URL'];

// Everything is a file of its own: the content security policy allows nothing inline.
export default defineConfig({
	plugins: [svelte(), basemap()],
	server: node ? { proxy: { '/api': { target: node, secure: false, changeOrigin: true, headers: { origin: node } } } } : {},
	build: {
		target: 'es2022',
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		sourcemap: false
	}
});
