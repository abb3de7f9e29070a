/* Taking a sighting back: a newer version of it that is revoked, under the same label, so that it counts nowhere any more. */
import { ask, get } from './api';
import type { ObjectPage } from './types';

const KEPT = ['created', 'first_seen', 'last_seen', 'count', 'description'];

export async function takeBack(id: string): Promise<void> {
	const page = await get<ObjectPage>(`/api/v1/objects/${encodeURIComponent(id)}?view=page`);
	const head = JSON.parse(page.portions[0]?.content ?? '{}') as Record<string, unknown>;
	const references = page.portions.flatMap((portion) =>
		portion.kind === 'reference' ? [JSON.parse(portion.content ?? '{}') as { property: string; target: string }] : []
	);
	const object = {
		type: 'sighting',
		spec_version: '2.1',
		id,
		modified: new Date().toISOString(),
		revoked: true,
		sighting_of_ref: references.find((one) => one.property === 'sighting_of_ref')?.target,
		...Object.fromEntries(KEPT.filter((name) => name in head).map((name) => [name, head[name]]))
	};
	await ask('POST', `/api/v1/objects?marking=${encodeURIComponent(page.portions[0]?.marking ?? '')}`, {
		stix: JSON.stringify(object)
	});
}
