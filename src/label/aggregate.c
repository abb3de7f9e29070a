/* The line above a product that consists of labelled parts. It is for people only and never decides; it must never say of
 * the whole what is not true of every part, and never leave out what restricts one of them. */
#include "label/policy.h"

/* What all parts under one policy have in common, and whether that is the whole truth. */
struct common {
	struct label *label;
	bool differ; /* a part admits other people than another one */
	bool alike;  /* all parts are one and the same label */
};

static size_t label_words(const struct policy *p)
{
	return p->value_words + p->tag_words;
}

/* The same tag with the same values in both, or in neither? */
static bool same_tag(const struct label *a, const struct label *b, uint32_t tag)
{
	struct form_span span = a->policy->tags[tag].values;
	if (bit_get(tags_present(a->policy, a->bits), tag) != bit_get(tags_present(a->policy, b->bits), tag))
		return false;
	FOR_BITS (v, a->bits, span)
		if (!bit_get(b->bits, v))
			return false;
	FOR_BITS (v, b->bits, span)
		if (!bit_get(a->bits, v))
			return false;
	return true;
}

static void add_part(struct common *common, const struct label *first, const struct label *part)
{
	struct label *whole = common->label;
	if (label_hierarchy(part) > label_hierarchy(whole))
		whole->class = part->class;
	common->differ |= !slice_equal(part->privacy_mark, first->privacy_mark);
	common->alike &= part->class == first->class;
	for (uint32_t w = 0; w < label_words(part->policy); w++) {
		whole->bits[w] |= part->bits[w];
		common->alike &= part->bits[w] == first->bits[w];
	}
}

/* A part of this policy that counts. */
static bool is_part(const struct label *label, const struct policy *policy)
{
	return label->policy == policy && !label_is_neutral(label);
}

/* A permissive tag stays only where every part has it in the same way: neither the values that are common nor all of them
 * together would be true of each part. */
static void keep_agreed(const struct label *const *labels, size_t count, const struct label *first,
			struct common *common)
{
	const struct policy *p = first->policy;
	for (uint32_t t = 0; t < p->tag_count; t++) {
		bool agreed = true;
		for (size_t i = 0; i < count && agreed && p->tags[t].type == TAG_PERMISSIVE; i++)
			agreed = !is_part(labels[i], p) || same_tag(first, labels[i], t);
		if (agreed)
			continue;
		label_drop_tag(common->label, t);
		common->differ = true;
	}
}

static enum err find_common(const struct label *const *labels, size_t count, const struct label *first,
			    struct arena *arena, struct common *ret_common)
{
	struct common common = {.label = label_new(first->policy, arena), .alike = true};
	if (!common.label)
		return ERR_MEMORY;
	common.label->class = first->class;
	for (size_t i = 0; i < count; i++)
		if (is_part(labels[i], first->policy))
			add_part(&common, first, labels[i]);
	if (!common.differ)
		common.label->privacy_mark = first->privacy_mark;
	keep_agreed(labels, count, first, &common);
	/* what may not stand together in one label is not one label */
	if (!common.alike && label_check(common.label, LABEL_READ, ANY_TIME, NULL) != ERR_OK)
		common.differ = true;
	*ret_common = common;
	return ERR_OK;
}

static struct slice differ_words(struct slice lang)
{
	static const struct {
		struct slice lang, words;
	} rows[] = {{SLICE_INIT("ko"), SLICE_INIT("부분별 표시 상이")}};
	struct slice primary;
	slice_split(lang, '-', &primary);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slice_equal(rows[i].lang, primary))
			return rows[i].words;
	return SLICE("PORTIONS DIFFER");
}

/* True if an earlier part spoke for this policy. */
static bool is_seen(const struct label *const *labels, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_part(labels[k], labels[i]->policy))
			return true;
	return false;
}

enum err label_mark_aggregate(const struct policy_set *set, const struct label *const *labels, size_t count,
			      struct slice lang, struct buf *text)
{
	AUTO_ARENA arena = {0};
	size_t policies = 0;
	bool differ = false;
	(void)set;
	if (count == 0)
		return ERR_USAGE;
	for (size_t i = 0; i < count; i++) {
		if (label_is_neutral(labels[i]) || is_seen(labels, i))
			continue;
		struct common common;
		TRY(find_common(labels, count, labels[i], &arena, &common));
		if (policies++)
			buf_put_text(text, " / ");
		label_mark(common.label, SLICE("pageTopBottom"), lang, text);
		differ |= common.differ;
	}
	if (policies == 0)
		label_mark(labels[0], SLICE("pageTopBottom"), lang, text);
	if (differ || policies > 1) {
		buf_put_octet(text, ' ');
		buf_put(text, differ_words(lang));
	}
	return text->err;
}
