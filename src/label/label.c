/* Plain answers about a label. */
#include "label/policy.h"

struct slice label_policy_name(const struct label *label)
{
	return policy_name(label->policy);
}

struct slice label_classification(const struct label *label)
{
	return policy_text(label->policy, label->policy->classes[label->class].name);
}

uint32_t label_hierarchy(const struct label *label)
{
	return label->policy->classes[label->class].hierarchy;
}

struct slice label_color(const struct label *label)
{
	return policy_text(label->policy, label->policy->classes[label->class].color);
}

uint64_t label_review_ms(const struct label *label)
{
	return label->review_ms;
}

/* spec: ADatP-4774.1 4.3 */
const struct label *label_in_force(const struct label *label, uint64_t now_ms)
{
	if (!label->successor)
		return label;
	uint64_t at = label->review_ms ? label->review_ms : label->succession_ms;
	return now_ms > at ? label->successor : label;
}

void label_drop_tag(struct label *label, uint32_t tag)
{
	struct form_span span = label->policy->tags[tag].values;
	bit_clear(label->bits + label->policy->value_words, tag);
	for (uint32_t v = span.first; v < span.first + span.count; v++)
		bit_clear(label->bits, v);
}

bool label_is_neutral(const struct label *label)
{
	const struct policy *p = label->policy;
	if (!name_equal(p, policy_name(p), SLICE("PUBLIC")) || label->privacy_mark.len)
		return false;
	for (uint32_t w = 0; w < p->value_words + p->tag_words; w++)
		if (label->bits[w])
			return false;
	for (uint32_t c = 0; c < p->class_count; c++)
		if (p->classes[c].hierarchy < p->classes[label->class].hierarchy)
			return false;
	return true;
}
