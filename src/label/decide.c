/* The access control decision. It must stay what it is: a handful of bit operations without allocation, in which every
 * path that is not a complete proof of permission denies. */
#include "label/policy.h"

static const struct clearance_part *part_for(const struct clearance *clearance, const struct policy *policy)
{
	for (const struct clearance_part *part = clearance->parts; part; part = part->next)
		if (part->policy == policy)
			return part;
	return NULL;
}

/* Names of the values of a tag that are in bits (and not in `but`), separated by commas. */
static void name_values(const struct policy *p, uint32_t tag, const uint64_t *bits, const uint64_t *but, char *text,
			size_t size)
{
	size_t n = 0;
	text[0] = 0;
	struct form_span span = p->tags[tag].values;
	FOR_BITS (v, bits, span) {
		if (n >= size || (but && bit_get(but, v)))
			continue;
		struct slice name = policy_text(p, p->values[v].name);
		n += (size_t)snprintf(text + n, size - n, "%s%.*s", n ? ", " : "", SLICE_ARG(name));
	}
}

static void explain_tag(const struct label *label, const struct clearance_part *part, uint32_t tag,
			struct diag *explain)
{
	const struct policy *p = label->policy;
	struct slice set = policy_text(p, p->sets[p->tags[tag].set].name);
	bool restrictive = p->tags[tag].type == TAG_RESTRICTIVE;
	char values[256];
	name_values(p, tag, label->bits, restrictive ? part->bits : NULL, values, sizeof(values));
	if (restrictive)
		(void)diag_fail(explain, ERR_OK, "%.*s: the label demands %s, which the clearance does not hold",
				SLICE_ARG(set), values);
	else if (!values[0])
		(void)diag_fail(explain, ERR_OK, "%.*s: the label names nobody, so it admits nobody", SLICE_ARG(set));
	else
		(void)diag_fail(explain, ERR_OK, "%.*s: the label admits %s; the clearance holds none of them",
				SLICE_ARG(set), values);
}

static enum verdict deny_tag(const struct label *label, const struct clearance_part *part, uint32_t tag,
			     struct diag *explain)
{
	if (explain)
		explain_tag(label, part, tag, explain);
	return VERDICT_DENY;
}

static enum verdict deny_restrictive(const struct label *label, const struct clearance_part *part, uint32_t word,
				     uint64_t missing, struct diag *explain)
{
	uint32_t value = word * 64 + (uint32_t)__builtin_ctzll(missing);
	return deny_tag(label, part, label->policy->values[value].tag, explain);
}

/* Every permissive tag that is present must share a value with the clearance. spec: ADatP-4774.1, ACDF, permissive */
static enum verdict permissive(const struct label *label, const struct clearance_part *part, struct diag *explain)
{
	const struct policy *p = label->policy;
	const uint64_t *present = tags_present(p, label->bits);
	for (uint32_t w = 0; w < p->tag_words; w++)
		for (uint64_t left = present[w]; left; left &= left - 1) {
			uint32_t tag = w * 64 + (uint32_t)__builtin_ctzll(left);
			if (p->tags[tag].type == TAG_PERMISSIVE &&
			    !bits_meet(label->bits, part->bits, p->tags[tag].values))
				return deny_tag(label, part, tag, explain);
		}
	return VERDICT_PERMIT;
}

enum verdict label_decide(const struct label *label, const struct clearance *clearance, unsigned flags,
			  struct diag *explain)
{
	if (!label || !clearance)
		return VERDICT_DENY;
	const struct policy *p = label->policy;
	const struct clearance_part *part = part_for(clearance, p);
	if (!part) {
		(void)diag_fail(explain, ERR_OK, "not comparable: there is no clearance under policy %.*s",
				SLICE_ARG(policy_name(p)));
		return VERDICT_DENY;
	}
	if (!(part->classes >> label->class & 1)) {
		(void)diag_fail(explain, ERR_OK, "classification: %.*s is not among those of the clearance",
				SLICE_ARG(label_classification(label)));
		return VERDICT_DENY;
	}
	/* spec: ADatP-4774.1, ACDF, restrictive: every value of the label is in the clearance */
	for (uint32_t w = 0; w < p->value_words; w++) {
		uint64_t missing = label->bits[w] & p->restrictive[w] & ~part->bits[w];
		if (missing)
			return deny_restrictive(label, part, w, missing, explain);
	}
	return flags & DECIDE_OWN_STAFF ? VERDICT_PERMIT : permissive(label, part, explain);
}
