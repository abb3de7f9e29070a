/* Colours of a policy: black or white on them, whichever contrasts more. spec: WCAG 2.2 relative luminance */
const isColor = (color: string | undefined): color is string => /^#[0-9a-fA-F]{6}$/.test(color ?? '');

export function inkOn(color: string): string {
	const [red = 0, green = 0, blue = 0] = [1, 3, 5]
		.map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
		.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}

export function paint(color: string | undefined): { ground: string; ink: string } | null {
	return isColor(color) ? { ground: color, ink: inkOn(color) } : null;
}
