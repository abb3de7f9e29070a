/* Made at build time: tools/basemap.js. Polygons of rings; hundredths of a degree, each as the step from the one before. */
declare module 'virtual:basemap' {
	const world: number[][][];
	export default world;
}
