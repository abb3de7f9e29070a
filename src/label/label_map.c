/* A label's equivalent under another policy. Nothing is lost on the way: a value without an equivalent stops the mapping,
 * and the original label is never touched. */
#include "label/policy.h"

#include "base/limits.h"

struct mapping {
	const struct label *from;
	const struct policy *target;
	struct label *to;
	uint64_t *kept; /* tags of the source of which something came over */
	struct diag *diag;
};

static bool names_policy(const struct mapping *m, const struct policy *p, struct form_text name)
{
	struct slice text = policy_text(p, name);
	return slice_equal(text, policy_name(m->target)) ||
	       slice_equal(text, policy_text(m->target, m->target->head->oid));
}

static uint32_t class_by_lacv(const struct policy *p, uint32_t lacv)
{
	for (uint32_t c = 0; c < p->class_count; c++)
		if (p->classes[c].lacv == lacv)
			return c;
	return FORM_NONE;
}

static uint32_t set_by_ref(const struct policy *p, struct slice ref)
{
	for (uint32_t s = 0; s < p->set_count; s++)
		if (slice_equal(ref, policy_text(p, p->sets[s].oid)))
			return s;
	for (uint32_t s = 0; s < p->set_count; s++)
		if (slice_equal(ref, policy_text(p, p->sets[s].name)))
			return s;
	return FORM_NONE;
}

static void add(struct label *label, uint32_t value)
{
	bit_set(label->bits, value);
	bit_set(label->bits + label->policy->value_words, label->policy->values[value].tag);
}

/* Adds the target's values of this tag set, type and lacv; false if there is none. */
static bool add_by_lacv(struct label *label, struct slice set_ref, uint32_t type, uint32_t lacv)
{
	const struct policy *p = label->policy;
	uint32_t set = set_by_ref(p, set_ref);
	bool found = false;
	for (uint32_t t = 0; set != FORM_NONE && t < p->sets[set].tags.count; t++) {
		const struct tag_row *tag = &p->tags[p->sets[set].tags.first + t];
		for (uint32_t e = tag->entries.first; tag->type == type && e < tag->entries.first + tag->entries.count;
		     e++)
			if (p->entries[e].lacv == lacv) {
				add(label, p->entries[e].value);
				found = true;
			}
	}
	return found;
}

static enum err add_needs(struct mapping *m, struct form_span needs)
{
	const struct policy *p = m->from->policy;
	for (uint32_t i = needs.first; i < needs.first + needs.count; i++)
		if (!add_by_lacv(m->to, policy_text(p, p->needs[i].set), p->needs[i].type, p->needs[i].lacv))
			return diag_fail(m->diag, ERR_NOT_FOUND,
					 "policy %.*s requires a category that %.*s does not have",
					 SLICE_ARG(policy_name(p)), SLICE_ARG(policy_name(m->target)));
	return ERR_OK;
}

static enum err map_class(struct mapping *m)
{
	const struct policy *p = m->from->policy;
	struct form_span span = p->classes[m->from->class].equivalents;
	for (uint32_t i = span.first; i < span.first + span.count; i++) {
		const struct equivalent_row *row = &p->equivalents[i];
		uint32_t class = class_by_lacv(m->target, row->lacv);
		if (!(row->applied & APPLIED_ENCRYPT) || !names_policy(m, p, row->policy) || class == FORM_NONE)
			continue;
		m->to->class = class;
		return add_needs(m, row->needs);
	}
	return diag_fail(m->diag, ERR_NOT_FOUND, "classification %.*s has no equivalent in policy %.*s",
			 SLICE_ARG(label_classification(m->from)), SLICE_ARG(policy_name(m->target)));
}

/* Whole tag sets that are equivalent carry the same names. */
static bool map_by_set(struct mapping *m, uint32_t value)
{
	const struct policy *p = m->from->policy;
	const struct tag_row *tag = &p->tags[p->values[value].tag];
	struct form_span span = p->sets[tag->set].equivalents;
	bool found = false;
	for (uint32_t i = span.first; i < span.first + span.count; i++) {
		const struct equivalent_row *row = &p->equivalents[i];
		uint32_t set =
			names_policy(m, p, row->policy) ? set_by_ref(m->target, policy_text(p, row->set)) : FORM_NONE;
		for (uint32_t t = 0;
		     row->applied & APPLIED_ENCRYPT && set != FORM_NONE && t < m->target->sets[set].tags.count; t++) {
			uint32_t target_tag = m->target->sets[set].tags.first + t;
			uint32_t there =
				m->target->tags[target_tag].type == tag->type
					? tag_value(m->target, target_tag, policy_text(p, p->values[value].name))
					: FORM_NONE;
			if (there == FORM_NONE)
				continue;
			add(m->to, there);
			bit_set(m->kept, p->values[value].tag);
			found = true;
		}
	}
	return found;
}

static bool map_by_entry(struct mapping *m, const struct entry_row *entry)
{
	const struct policy *p = m->from->policy;
	bool found = false;
	for (uint32_t i = entry->equivalents.first; i < entry->equivalents.first + entry->equivalents.count; i++) {
		const struct equivalent_row *row = &p->equivalents[i];
		if (!(row->applied & APPLIED_ENCRYPT) || !names_policy(m, p, row->policy))
			continue;
		bool added = !row->discard && add_by_lacv(m->to, policy_text(p, row->set), row->type, row->lacv);
		if (added)
			bit_set(m->kept, p->values[entry->value].tag);
		found |= row->discard || added;
	}
	return found;
}

static enum err map_value(struct mapping *m, uint32_t value)
{
	const struct policy *p = m->from->policy;
	if (map_by_entry(m, value_entry(p, value, m->from->class)) || map_by_set(m, value))
		return ERR_OK;
	return diag_fail(m->diag, ERR_NOT_FOUND, "'%.*s' has no equivalent in policy %.*s",
			 SLICE_ARG(policy_text(p, p->values[value].name)), SLICE_ARG(policy_name(m->target)));
}

static enum err map_peer_needs(struct mapping *m)
{
	const struct policy *p = m->from->policy;
	for (uint32_t i = 0; i < p->peer_count; i++)
		if (names_policy(m, p, p->peers[i].name))
			TRY(add_needs(m, p->peers[i].needs));
	return ERR_OK;
}

/* A permissive tag that admits nobody, or whose values were all discarded, must not vanish: that would admit everybody. */
static enum err check_permissive(const struct mapping *m)
{
	const struct policy *p = m->from->policy;
	for (uint32_t t = 0; t < p->tag_count; t++)
		if (p->tags[t].type == TAG_PERMISSIVE && bit_get(tags_present(p, m->from->bits), t) &&
		    !bit_get(m->kept, t))
			return diag_fail(m->diag, ERR_NOT_FOUND, "nothing in policy %.*s stands for the limits of %.*s",
					 SLICE_ARG(policy_name(m->target)),
					 SLICE_ARG(policy_text(p, p->sets[p->tags[t].set].name)));
	return ERR_OK;
}

static enum err check_result(const struct mapping *m, uint64_t now_ms)
{
	AUTO_BUF reasons = buf_make(LIMIT_LABEL_TEXT);
	enum err err = label_check(m->to, LABEL_READ, now_ms, &reasons);
	struct slice first;
	slice_split(buf_slice(&reasons), '\n', &first);
	return err == ERR_OK ? ERR_OK
			     : diag_fail(m->diag, err, "the mapped label is not valid: %.*s", SLICE_ARG(first));
}

enum err label_map(const struct policy_set *set, const struct label *label, struct slice target_name, uint64_t now_ms,
		   struct arena *arena, const struct label **ret_label, struct diag *diag)
{
	struct mapping m = {.from = label, .target = policy_set_find(set, target_name), .diag = diag};
	if (!m.target)
		return diag_fail(diag, ERR_UNKNOWN, "policy '%.*s' is unknown here",
				 SLICE_ARG(slice_take(target_name, 128)));
	if (m.target == label->policy) {
		*ret_label = label;
		return ERR_OK;
	}
	m.to = label_new(m.target, arena);
	m.kept = policy_bits(label->policy, arena);
	if (!m.to || !m.kept)
		return ERR_MEMORY;
	TRY(map_class(&m));
	for (uint32_t v = 0; v < label->policy->value_count; v++)
		if (bit_get(label->bits, v))
			TRY(map_value(&m, v));
	TRY(map_peer_needs(&m));
	TRY(check_permissive(&m));
	TRY(check_result(&m, now_ms));
	*ret_label = m.to;
	return ERR_OK;
}
