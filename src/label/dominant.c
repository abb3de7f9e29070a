/* The label of a whole that consists of labelled parts. It is for show and for single-label exports: access to a whole
 * is always the AND of the access to its parts, and this file must never make a label that admits more people than all
 * of them do, except where the policy itself leaves no other label (see kept_out). */
#include "label/policy.h"

#include "base/limits.h"

/* All but the neutral ones, mapped to one policy. The first that is not neutral sets the policy. */
static enum err gather(const struct policy_set *set, const struct label *const *labels, size_t count,
		       struct arena *arena, const struct label **ret_gathered, size_t *ret_count, struct diag *diag)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		const struct label *label = labels[i];
		if (label_is_neutral(label))
			continue;
		if (n > 0 && label->policy != ret_gathered[0]->policy) {
			struct slice target = label_policy_name(ret_gathered[0]);
			if (label_map(set, label, target, ANY_TIME, arena, &label, NULL) != ERR_OK)
				return diag_fail(diag, ERR_AMBIGUOUS,
						 "people must decide: a label of policy %.*s cannot be mapped to %.*s",
						 SLICE_ARG(label_policy_name(label)), SLICE_ARG(target));
		}
		ret_gathered[n++] = label;
	}
	*ret_count = n;
	return ERR_OK;
}

/* Permissive: what all labels that have the tag admit. Everything else: all that any label has. */
static void merge(const struct label *const *labels, size_t count, struct label *into)
{
	const struct policy *p = into->policy;
	for (uint32_t w = 0; w < p->value_words + p->tag_words; w++)
		for (size_t i = 0; i < count; i++)
			into->bits[w] |= labels[i]->bits[w];
	for (uint32_t t = 0; t < p->tag_count; t++) {
		struct form_span span = p->tags[t].values;
		for (size_t i = 0; i < count && p->tags[t].type == TAG_PERMISSIVE; i++)
			for (uint32_t v = span.first;
			     bit_get(tags_present(p, labels[i]->bits), t) && v < span.first + span.count; v++)
				if (!bit_get(labels[i]->bits, v))
					bit_clear(into->bits, v);
	}
}

static bool tag_empty(const struct label *label, uint32_t tag)
{
	return !bits_meet(label->bits, label->bits, label->policy->tags[tag].values);
}

/* A permissive value that the policy no longer allows in this label (its requirement fell with the intersection) is
 * taken out: fewer people, never more. True if one was. */
static bool narrow(struct label *label, uint32_t tag)
{
	bool changed = false;
	FOR_BITS (v, label->bits, label->policy->tags[tag].values)
		if (!value_allowed(label, v, LABEL_READ, ANY_TIME)) {
			bit_clear(label->bits, v);
			changed = true;
		}
	return changed;
}

/* True if no value of the tag, in use or not, may stand with the classification: then the policy knows no label with
 * this tag, and the tag goes, as ADatP-4774.1 4.4 has it. */
static bool kept_out(const struct label *label, uint32_t tag)
{
	const struct policy *p = label->policy;
	struct form_span entries = p->tags[tag].entries;
	for (uint32_t e = entries.first; e < entries.first + entries.count; e++)
		if (p->entries[e].classes >> label->class & 1)
			return false;
	return true;
}

static bool is_permissive(const struct label *label, uint32_t tag)
{
	return label->policy->tags[tag].type == TAG_PERMISSIVE && bit_get(tags_present(label->policy, label->bits), tag);
}

static enum err settle(struct label *label, struct diag *diag)
{
	const struct policy *p = label->policy;
	for (uint32_t t = 0; t < p->tag_count; t++)
		if (is_permissive(label, t) && !tag_empty(label, t) && kept_out(label, t))
			label_drop_tag(label, t);
	for (bool changed = true; changed;) {
		changed = false;
		for (uint32_t t = 0; t < p->tag_count; t++)
			if (is_permissive(label, t))
				changed |= narrow(label, t);
	}
	for (uint32_t t = 0; t < p->tag_count; t++)
		if (is_permissive(label, t) && tag_empty(label, t))
			return diag_fail(diag, ERR_AMBIGUOUS,
					 "people must decide: the parts have nobody in common in %.*s",
					 SLICE_ARG(policy_text(p, p->sets[p->tags[t].set].name)));
	return ERR_OK;
}

static enum err check_result(const struct label *label, struct diag *diag)
{
	AUTO_BUF reasons = buf_make(LIMIT_LABEL_TEXT);
	if (label_check(label, LABEL_READ, ANY_TIME, &reasons) == ERR_OK)
		return ERR_OK;
	struct slice first;
	slice_split(buf_slice(&reasons), '\n', &first);
	return diag_fail(diag, ERR_AMBIGUOUS, "people must decide: the common label is not valid: %.*s",
			 SLICE_ARG(first));
}

static enum err combine(const struct label *const *labels, size_t count, struct arena *arena,
			const struct label **ret_label, struct diag *diag)
{
	struct label *label = label_new(labels[0]->policy, arena);
	if (!label)
		return ERR_MEMORY;
	label->class = labels[0]->class;
	for (size_t i = 0; i < count; i++) {
		if (label_hierarchy(labels[i]) > label_hierarchy(label))
			label->class = labels[i]->class;
		if (label->privacy_mark.len && labels[i]->privacy_mark.len &&
		    !slice_equal(label->privacy_mark, labels[i]->privacy_mark))
			return diag_fail(diag, ERR_AMBIGUOUS,
					 "people must decide: the parts have different privacy marks");
		if (labels[i]->privacy_mark.len)
			label->privacy_mark = labels[i]->privacy_mark;
	}
	merge(labels, count, label);
	TRY(settle(label, diag));
	TRY(check_result(label, diag));
	*ret_label = label;
	return ERR_OK;
}

enum err label_dominant(const struct policy_set *set, const struct label *const *labels, size_t count,
			struct arena *arena, const struct label **ret_label, struct diag *diag)
{
	if (count == 0)
		return diag_fail(diag, ERR_USAGE, "there is no label to combine");
	const struct label **gathered = ARENA_ARRAY(arena, count, const struct label *);
	size_t n = 0;
	if (!gathered)
		return ERR_MEMORY;
	TRY(gather(set, labels, count, arena, gathered, &n, diag));
	if (n > 1)
		return combine(gathered, n, arena, ret_label, diag);
	*ret_label = n ? gathered[0] : labels[0];
	return ERR_OK;
}
