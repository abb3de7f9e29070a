/* What labels the node's policies offer, and the lines by which the label engine is asked for them. */
import { get } from './api';
import type { Policy } from './types';

export interface Choice {
	policy: string;
	classification: string;
	restrictions: string[]; /* values of restrictive tag sets */
	audience: 'all' | 'release' | 'only';
	nations: string[]; /* with release or only */
}

let loaded = $state.raw<Policy[]>([]);
export const allPolicies = (): Policy[] => loaded;
export const policyNamed = (name: string): Policy | undefined => loaded.find((policy) => policy.name === name);

export async function loadPolicies(): Promise<void> {
	if (!loaded.length) loaded = (await get<{ policies: Policy[] }>('/api/v1/policies')).policies;
}
export function forgetPolicies(): void {
	loaded = [];
}

const RELEASE = 'Releasable To';
const ONLY = 'Only';
export const valuesOf = (policy: Policy | undefined, set: string): string[] =>
	policy?.sets.find((one) => one.name === set)?.values ?? [];
export const releaseValues = (policy: Policy | undefined): string[] => valuesOf(policy, RELEASE);
export const onlyValues = (policy: Policy | undefined): string[] => valuesOf(policy, ONLY);
export const restrictiveValues = (policy: Policy | undefined): string[] =>
	policy?.sets.filter((one) => one.type === 'RESTRICTIVE').flatMap((one) => one.values) ?? [];

export function firstChoice(): Choice {
	const policy = loaded.find((one) => one.classifications.length > 1) ?? loaded[0];
	const lowest = [...(policy?.classifications ?? [])].sort((a, b) => a.level - b.level)[0];
	return { policy: policy?.name ?? '', classification: lowest?.name ?? '', restrictions: [], audience: 'all', nations: [] };
}

/* From a label as the node writes it (label.h: policy|classification|R:set=…|P:set=…) to what the picker chooses from. */
export function choiceOf(label: string | undefined): Choice {
	const plain = (text: string): string => decodeURIComponent(text);
	const [name = '', classification = '', ...tags] = (label ?? '').split('|');
	const policy = policyNamed(plain(name));
	if (!policy?.classifications.some((one) => one.name === plain(classification))) return firstChoice();
	const values = new Map(
		tags.flatMap((tag) => {
			const [set = '', list = ''] = tag.slice(2).split('=');
			return /^[RPI]:/.test(tag) ? [[plain(set), list.split(',').filter(Boolean).map(plain)] as const] : [];
		})
	);
	const only = values.get(ONLY) ?? [];
	const nations = only.length ? only : (values.get(RELEASE) ?? []).filter((nation) => nation !== 'NATO');
	const restrictive = restrictiveValues(policy);
	return {
		policy: policy.name,
		classification: plain(classification),
		restrictions: [...values.values()].flat().filter((value) => restrictive.includes(value)),
		audience: only.length ? 'only' : nations.length ? 'release' : 'all',
		nations
	};
}

/* The marking line that people would write; the engine reads it and says whether it may stand. */
export function lineOf(choice: Choice): string {
	const policy = policyNamed(choice.policy);
	const of = policy?.classifications.find((one) => one.name === choice.classification);
	const start = of?.marking ?? `${choice.policy} ${choice.classification}`;
	const restrictions = [...choice.restrictions]
		.sort()
		.map((value) => ` ${value}`)
		.join('');
	const nations = [...choice.nations].sort().join(', ');
	const end = choice.audience === 'all' || !nations ? '' : choice.audience === 'only' ? ` ${nations} ONLY` : ` REL TO ${nations}`;
	return start + restrictions + end;
}
