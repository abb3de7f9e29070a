/* The base map, made at build time: the countries of world-atlas (Natural Earth, public domain) as plain rings.
 *
 * world-atlas is spherical: rings that cross the 180th meridian or go around a pole would be painted as bands around the
 * globe by a planar map. So each ring is walked, a jump of more than half a turn goes on beyond ±180, and a ring that
 * ends a whole turn away is closed over its pole. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { feature } = require('topojson-client');

/* [[lon, lat], …] without jumps; closed. */
export function unwrap(ring) {
	let turn = 0;
	const walked = ring.map(([lon, lat], i) => {
		const step = i ? lon - ring[i - 1][0] : 0;
		if (step > 180) turn -= 360;
		if (step < -180) turn += 360;
		return [lon + turn, lat];
	});
	const [first, last] = [walked[0], walked[walked.length - 1]];
	if (Math.abs(last[0] - first[0]) < 180) return walked;
	const pole = first[1] > 0 ? 90 : -90;
	return [...walked, [last[0], pole], [first[0], pole], first];
}

/* Every ring of every country. */
export function rings() {
	const atlas = JSON.parse(readFileSync(require.resolve('world-atlas/countries-110m.json'), 'utf8'));
	return feature(atlas, atlas.objects.countries).features.flatMap(({ geometry }) =>
		(geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map((polygon) => polygon.map(unwrap))
	);
}

/* Hundredths of a degree, each as the step from the one before: small to carry. */
export function packed() {
	return rings().map((polygon) =>
		polygon.map((ring) => {
			let [x, y] = [0, 0];
			return ring.flatMap(([lon, lat]) => {
				const [a, b] = [Math.round(lon * 100), Math.round(lat * 100)];
				const step = [a - x, b - y];
				[x, y] = [a, b];
				return step;
			});
		})
	);
}

/* Vite: `import world from 'virtual:basemap'`. */
export function basemap() {
	const id = '\0virtual:basemap';
	return {
		name: 'basemap',
		resolveId: (source) => (source === 'virtual:basemap' ? id : null),
		load: (source) => (source === id ? `export default JSON.parse(${JSON.stringify(JSON.stringify(packed()))})` : null)
	};
}
