/* The categories of labels and clearances as bits, in both directions. */
#include "label/policy.h"

static bool set_has_type(const struct policy *p, uint32_t set, enum tag_type type)
{
	struct form_span tags = p->sets[set].tags;
	for (uint32_t t = tags.first; t < tags.first + tags.count; t++)
		if (p->tags[t].type == type)
			return true;
	return false;
}

enum err category_open(const struct policy *p, enum tag_type type, struct slice set_name, uint64_t *bits,
		       uint32_t *ret_set, struct diag *diag)
{
	uint32_t set = policy_set_index(p, set_name);
	if (set == FORM_NONE)
		return diag_fail(diag, ERR_UNKNOWN, "policy %.*s has no tag set '%.*s'", SLICE_ARG(policy_name(p)),
				 SLICE_ARG(slice_take(set_name, 128)));
	if (!set_has_type(p, set, type))
		return diag_fail(diag, ERR_UNKNOWN, "tag set '%.*s' of policy %.*s is not %s",
				 SLICE_ARG(slice_take(set_name, 128)), SLICE_ARG(policy_name(p)), tag_type_text(type));
	struct form_span tags = p->sets[set].tags;
	bool present = false;
	for (uint32_t t = tags.first; t < tags.first + tags.count; t++)
		present |= p->tags[t].type == type && bit_get(tags_present(p, bits), t);
	if (present && type == TAG_PERMISSIVE) /* one tag or two? the two readings admit different people */
		return diag_fail(diag, ERR_MALFORMED,
				 "the permissive tag set '%.*s' stands twice; put its values together",
				 SLICE_ARG(slice_take(set_name, 128)));
	/* A permissive category without any value: every tag of the type is present and admits nobody. A value narrows this
	 * down to its own tag. Without a value the other types impose nothing and leave no trace. */
	for (uint32_t t = tags.first; type == TAG_PERMISSIVE && t < tags.first + tags.count; t++)
		if (p->tags[t].type == type)
			bit_set(bits + p->value_words, t);
	*ret_set = set;
	return ERR_OK;
}

static bool tag_is_empty(const struct policy *p, uint32_t tag, const uint64_t *bits)
{
	return !bits_meet(bits, bits, p->tags[tag].values);
}

enum err category_value(const struct policy *p, enum tag_type type, uint32_t set, struct slice name, uint64_t *bits,
			struct diag *diag)
{
	struct form_span tags = p->sets[set].tags;
	bool found = false;
	for (uint32_t t = tags.first; t < tags.first + tags.count; t++) {
		uint32_t value = p->tags[t].type == type ? tag_value(p, t, name) : FORM_NONE;
		if (value == FORM_NONE)
			continue;
		bit_set(bits, value);
		bit_set(bits + p->value_words, t);
		found = true;
	}
	if (!found)
		return diag_fail(diag, ERR_UNKNOWN, "'%.*s' is not a value of '%.*s' in policy %.*s",
				 SLICE_ARG(slice_take(name, 128)), SLICE_ARG(policy_text(p, p->sets[set].name)),
				 SLICE_ARG(policy_name(p)));
	for (uint32_t t = tags.first; t < tags.first + tags.count; t++)
		if (p->tags[t].type == type && tag_is_empty(p, t, bits))
			bit_clear(bits + p->value_words, t);
	return ERR_OK;
}

static bool same_category(const struct policy *p, uint32_t a, uint32_t b)
{
	return p->tags[a].type == p->tags[b].type && p->tags[a].set == p->tags[b].set;
}

bool category_next(struct category *c)
{
	const struct policy *p = c->policy;
	while (c->position < p->tag_count) {
		uint32_t first = c->position, end = first;
		bool present = false;
		for (; end < p->tag_count && same_category(p, p->compact_order[first], p->compact_order[end]); end++)
			present |= bit_get(tags_present(p, c->bits), p->compact_order[end]);
		c->position = end;
		if (!present || p->tags[p->compact_order[first]].type == TAG_NOT_APPLICABLE)
			continue;
		c->tag = first;
		c->last = end;
		c->cursor = p->tags[p->compact_order[first]].values.first;
		c->previous = slice_of(NULL, 0);
		return true;
	}
	return false;
}

uint32_t category_set(const struct category *c)
{
	return c->policy->tags[c->policy->compact_order[c->tag]].set;
}

enum tag_type category_type(const struct category *c)
{
	return c->policy->tags[c->policy->compact_order[c->tag]].type;
}

/* Several tags of one type in a set: the smallest name behind the previous one. */
static bool next_merged(struct category *c, struct slice *ret_name)
{
	const struct policy *p = c->policy;
	bool found = false;
	for (uint32_t i = c->tag; i < c->last; i++) {
		struct form_span span = p->tags[p->compact_order[i]].values;
		FOR_BITS (v, c->bits, span) {
			struct slice name = policy_text(p, p->values[v].name);
			if (slice_compare(name, c->previous) <= 0)
				continue;
			if (!found || slice_compare(name, *ret_name) < 0)
				*ret_name = name;
			found = true;
			break;
		}
	}
	if (found)
		c->previous = *ret_name;
	return found;
}

bool category_next_value(struct category *c, struct slice *ret_name)
{
	const struct policy *p = c->policy;
	if (c->last - c->tag > 1)
		return next_merged(c, ret_name);
	struct form_span span = p->tags[p->compact_order[c->tag]].values;
	uint32_t end = span.first + span.count, v = bits_next(c->bits, c->cursor, end);
	if (v == end)
		return false;
	*ret_name = policy_text(p, p->values[v].name);
	c->cursor = v + 1;
	return true;
}
