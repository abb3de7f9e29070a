/* Participants: fixed places in every strip, and their names in the reader's language. Which participants take part comes
 * from the node; here stands only how a trigraph is written out and which of them are members of the alliance. */
import { settings } from './settings.svelte';
import { t } from './words';

// ISO 3166 trigraphs with their two-letter codes, which the browser can name.
const codes: Record<string, string> = {
	ALB: 'AL', BEL: 'BE', BGR: 'BG', CAN: 'CA', CZE: 'CZ', DEU: 'DE', DNK: 'DK', ESP: 'ES', EST: 'EE', FIN: 'FI', FRA: 'FR', GBR: 'GB', GRC: 'GR',
	HRV: 'HR', HUN: 'HU', ISL: 'IS', ITA: 'IT', LTU: 'LT', LUX: 'LU', LVA: 'LV', MKD: 'MK', MNE: 'ME', NLD: 'NL', NOR: 'NO', POL: 'PL', PRT: 'PT',
	ROU: 'RO', SVK: 'SK', SVN: 'SI', SWE: 'SE', TUR: 'TR', USA: 'US', AUS: 'AU', AUT: 'AT', CHE: 'CH', CYP: 'CY', IRL: 'IE', JPN: 'JP', KOR: 'KR',
	MLT: 'MT', NZL: 'NZ', UKR: 'UA', ARE: 'AE', ARM: 'AM', AZE: 'AZ', BIH: 'BA', GEO: 'GE', JOR: 'JO', MDA: 'MD', SRB: 'RS', COL: 'CO', IRQ: 'IQ',
	MNG: 'MN', PAK: 'PK', KAZ: 'KZ', MAR: 'MA', TUN: 'TN', EGY: 'EG', ISR: 'IL', QAT: 'QA', KWT: 'KW', BHR: 'BH'
}; // prettier-ignore
const members = new Set(
	'NATO ALB BEL BGR CAN CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN ISL ITA LTU LUX LVA MKD MNE NLD NOR POL PRT ROU SVK SVN SWE TUR USA'.split(
		' '
	)
);

export const isMember = (nation: string): boolean => members.has(nation);

/* Members first, then the others, each in the order of their letters; the order never changes. */
export function inPlace(nations: readonly string[]): { members: string[]; others: string[] } {
	const sorted = [...nations].sort();
	return { members: sorted.filter(isMember), others: sorted.filter((nation) => !isMember(nation)) };
}

export function nationName(nation: string): string {
	if (nation === 'NATO') return t('nation.NATO');
	if (nation === 'EU') return t('nation.EU');
	const code = codes[nation];
	if (!code) return nation;
	return new Intl.DisplayNames([settings.language], { type: 'region' }).of(code) ?? nation;
}
