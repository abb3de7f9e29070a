/* What `policy check` has to say about a policy as a whole: names and numbers used twice, rules that nothing can meet,
 * equivalences that lead nowhere. It changes nothing. An error is what would make a decision depend on chance; what can
 * be used all the same is a warning, because policies in the wild are full of it. */
#include "label/spif.h"

#define ROW(s, section, type, i) ((struct type *)spif_row(s, section, i))
#define NAME_OF(s, section, type, i) SLICE_ARG(slice_take(spif_slice(s, ROW(s, section, type, i)->name), 64))

/* ---- used twice ---- */

static void check_unique(struct spif *s, enum section section, size_t offset, const char *what,
			 enum finding_level level)
{
	for (uint32_t i = 1; i < spif_count(s, section); i++)
		for (uint32_t k = 0; k < i; k++) {
			struct form_text a, b;
			memcpy(&a, (uint8_t *)spif_row(s, section, i) + offset, sizeof(a));
			memcpy(&b, (uint8_t *)spif_row(s, section, k) + offset, sizeof(b));
			if (a.len && spif_same(s, spif_slice(s, a), spif_slice(s, b)))
				spif_finding(s, level, spif_at(s, section, i), "%s '%.*s' is used twice", what,
					     SLICE_ARG(slice_take(spif_slice(s, a), 64)));
		}
}

static void check_names(struct spif *s)
{
	static const struct {
		enum section section;
		size_t offset;
		const char *what;
		enum finding_level level;
	} unique[] = {
		{SECTION_CLASS, offsetof(struct class_row, name), "classification", FINDING_ERROR},
		{SECTION_CLASS, offsetof(struct class_row, color), "color", FINDING_WARNING},
		{SECTION_SET, offsetof(struct set_row, name), "tag set", FINDING_ERROR},
		{SECTION_SET, offsetof(struct set_row, oid), "tag set id", FINDING_ERROR},
		{SECTION_PRIVACY, offsetof(struct privacy_row, name), "privacy mark", FINDING_WARNING},
		{SECTION_PEER, offsetof(struct peer_row, name), "equivalent policy", FINDING_ERROR},
		{SECTION_PEER, offsetof(struct peer_row, oid), "equivalent policy id", FINDING_ERROR},
	};
	for (size_t i = 0; i < sizeof(unique) / sizeof(unique[0]); i++)
		check_unique(s, unique[i].section, unique[i].offset, unique[i].what, unique[i].level);
}

static void check_classes(struct spif *s)
{
	uint32_t count = spif_count(s, SECTION_CLASS);
	if (count == 0)
		spif_finding(s, FINDING_ERROR, 0, "the policy has no classification");
	for (uint32_t i = 0; i < count; i++) {
		const struct class_row *a = ROW(s, SECTION_CLASS, class_row, i);
		size_t at = spif_at(s, SECTION_CLASS, i);
		if (a->lacv > 256) /* spec: RFC 2634, the upper bound of SecurityClassification */
			spif_finding(s, FINDING_WARNING, at,
				     "classification lacv %u is more than a binary label holds (256)", a->lacv);
		for (uint32_t k = 0; k < i; k++) {
			const struct class_row *b = ROW(s, SECTION_CLASS, class_row, k);
			if (a->lacv == b->lacv)
				spif_finding(s, FINDING_ERROR, at, "classification lacv %u is used twice", a->lacv);
			if (a->hierarchy == b->hierarchy)
				spif_finding(s, FINDING_WARNING, at,
					     "'%.*s' and '%.*s' have one hierarchy: neither is higher",
					     NAME_OF(s, SECTION_CLASS, class_row, k),
					     NAME_OF(s, SECTION_CLASS, class_row, i));
		}
	}
}

static void check_lacvs(struct spif *s, struct form_span entries)
{
	const struct entry_row *rows = entries.count ? spif_row(s, SECTION_ENTRY, 0) : NULL;
	for (uint32_t i = entries.first; i < entries.first + entries.count && s->finding_count < SPIF_MOST_FINDINGS;
	     i++)
		for (uint32_t k = entries.first; k < i; k++) {
			const struct entry_row *a = &rows[k], *b = &rows[i];
			if (a->lacv == b->lacv && a->value != b->value)
				spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_ENTRY, i),
					     "lacv %u is both '%.*s' and '%.*s'", b->lacv,
					     SLICE_ARG(slice_take(spif_slice(s, a->name), 64)),
					     SLICE_ARG(slice_take(spif_slice(s, b->name), 64)));
		}
}

/* Names of one length that begin with one letter: most pairs are told apart by this. Values differ, so neither is empty. */
static bool may_be_same(const struct spif *s, struct form_text a, struct form_text b)
{
	return a.len == b.len && !((*spif_slice(s, a).data ^ *spif_slice(s, b).data) & 0xdf);
}

/* Names that differ in case only are one name where case is folded, so a label could mean either. However many warnings
 * came before, this is looked for until the policy is refused. */
static void check_case(struct spif *s, struct form_span values)
{
	const struct value_row *rows = values.count ? spif_row(s, SECTION_VALUE, 0) : NULL;
	for (uint32_t i = values.first; s->head.fold_case && i < values.first + values.count; i++)
		for (uint32_t k = values.first; k < i && !(s->failed && s->finding_count >= SPIF_MOST_FINDINGS); k++) {
			const struct value_row *a = &rows[k], *b = &rows[i];
			if (may_be_same(s, a->name, b->name) &&
			    spif_same(s, spif_slice(s, a->name), spif_slice(s, b->name)))
				spif_finding(
					s, FINDING_ERROR, spif_at(s, SECTION_ENTRY, b->first_entry),
					"'%.*s' and '%.*s' differ in case only, which this policy does not look at",
					SLICE_ARG(slice_take(spif_slice(s, a->name), 64)),
					SLICE_ARG(slice_take(spif_slice(s, b->name), 64)));
		}
}

/* ---- rules that nothing can meet ---- */

static void check_dates(struct spif *s, size_t at, struct form_moment not_before, struct form_moment not_after)
{
	if (form_ms(not_after) && form_ms(not_before) > form_ms(not_after))
		spif_finding(s, FINDING_WARNING, at, "notBefore is later than notAfter: never valid");
}

static void check_entries(struct spif *s)
{
	uint32_t count = spif_count(s, SECTION_CLASS), all = count >= FORM_CLASSES ? FORM_NONE : (1u << count) - 1;
	for (uint32_t e = 0; e < spif_count(s, SECTION_ENTRY); e++) {
		const struct entry_row *entry = ROW(s, SECTION_ENTRY, entry_row, e);
		size_t at = spif_at(s, SECTION_ENTRY, e);
		if (count && !(entry->classes & all))
			spif_finding(s, FINDING_WARNING, at, "'%.*s' may stand with no classification at all",
				     NAME_OF(s, SECTION_ENTRY, entry_row, e));
		check_dates(s, at, entry->not_before, entry->not_after);
	}
}

static void check_selection(struct spif *s, size_t at, uint32_t min, uint32_t max, uint32_t there)
{
	if (max && min > max)
		spif_finding(s, FINDING_ERROR, at, "minSelection is more than maxSelection");
	else if (min > there)
		spif_finding(s, FINDING_WARNING, at, "minSelection is %u of %u values: no label is valid", min, there);
}

static void check_tags(struct spif *s)
{
	for (uint32_t i = 0; i < spif_count(s, SECTION_SET); i++)
		if (ROW(s, SECTION_SET, set_row, i)->tags.count == 0)
			spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_SET, i), "a tag set without a tag");
	for (uint32_t t = 0; t < spif_count(s, SECTION_TAG); t++) {
		const struct tag_row *tag = ROW(s, SECTION_TAG, tag_row, t);
		if (tag->type != TAG_NOT_APPLICABLE)
			check_selection(s, spif_at(s, SECTION_TAG, t), tag->min, tag->max, tag->values.count);
		check_lacvs(s, tag->entries);
		check_case(s, tag->values);
	}
}

/* ---- equivalences ---- */

static void check_peer_names(struct spif *s)
{
	for (uint32_t i = 0; i < spif_count(s, SECTION_PEER); i++) {
		const struct peer_row *peer = ROW(s, SECTION_PEER, peer_row, i);
		if (slice_equal(spif_slice(s, peer->name), spif_slice(s, s->head.name)) ||
		    (peer->oid.len && slice_equal(spif_slice(s, peer->oid), spif_slice(s, s->head.oid))))
			spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_PEER, i),
				     "the policy is listed as equivalent to itself");
	}
	for (uint32_t i = 0; i < spif_count(s, SECTION_EQUIVALENT); i++) {
		struct slice name = spif_slice(s, ROW(s, SECTION_EQUIVALENT, equivalent_row, i)->policy);
		uint32_t p = 0, count = spif_count(s, SECTION_PEER);
		while (p < count && !slice_equal(name, spif_slice(s, ROW(s, SECTION_PEER, peer_row, p)->name)) &&
		       !slice_equal(name, spif_slice(s, ROW(s, SECTION_PEER, peer_row, p)->oid)))
			p++;
		if (p == count)
			spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_EQUIVALENT, i),
				     "'%.*s' is not among the equivalent policies", SLICE_ARG(slice_take(name, 64)));
	}
}

/* Two equivalents of classifications that leave open which one is meant, when sending (of one classification) or when
 * reading (of two). */
static void check_class_pair(struct spif *s, uint32_t i, uint32_t k, bool same_class)
{
	const struct equivalent_row *a = ROW(s, SECTION_EQUIVALENT, equivalent_row, k),
				    *b = ROW(s, SECTION_EQUIVALENT, equivalent_row, i);
	size_t at = spif_at(s, SECTION_EQUIVALENT, i);
	if (!slice_equal(spif_slice(s, a->policy), spif_slice(s, b->policy)))
		return;
	if (same_class && a->lacv != b->lacv && a->applied & b->applied & APPLIED_ENCRYPT)
		spif_finding(s, FINDING_WARNING, at, "two equivalents under one policy: labels sent cannot be mapped");
	if (!same_class && a->lacv == b->lacv && a->applied & b->applied & APPLIED_DECRYPT)
		spif_finding(s, FINDING_WARNING, at,
			     "lacv %u is the equivalent of two classifications: labels read cannot be mapped", b->lacv);
}

static void check_class_equivalents(struct spif *s)
{
	uint32_t classes = spif_count(s, SECTION_CLASS);
	for (uint32_t c = 0; c < classes && s->finding_count < SPIF_MOST_FINDINGS; c++)
		for (uint32_t d = 0; d <= c; d++) {
			struct form_span a = ROW(s, SECTION_CLASS, class_row, c)->equivalents,
					 b = ROW(s, SECTION_CLASS, class_row, d)->equivalents;
			for (uint32_t i = a.first; i < a.first + a.count; i++)
				for (uint32_t k = b.first; k < b.first + b.count && (c != d || k < i); k++)
					check_class_pair(s, i, k, c == d);
		}
}

static void check_discards(struct spif *s)
{
	for (uint32_t t = 0; t < spif_count(s, SECTION_TAG); t++) {
		const struct tag_row *tag = ROW(s, SECTION_TAG, tag_row, t);
		for (uint32_t e = tag->entries.first; e < tag->entries.first + tag->entries.count; e++) {
			struct form_span rows = ROW(s, SECTION_ENTRY, entry_row, e)->equivalents;
			for (uint32_t i = rows.first; i < rows.first + rows.count; i++)
				if (tag->type == TAG_RESTRICTIVE &&
				    ROW(s, SECTION_EQUIVALENT, equivalent_row, i)->discard)
					spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_EQUIVALENT, i),
						     "to discard '%.*s' would admit more people: labels with it are "
						     "not mapped by this",
						     NAME_OF(s, SECTION_ENTRY, entry_row, e));
		}
	}
}

void spif_check(struct spif *s)
{
	if (!s->has_policy)
		spif_finding(s, FINDING_ERROR, 0, "the policy has no securityPolicyId");
	check_dates(s, 0, s->head.not_before, s->head.not_after);
	check_names(s);
	check_classes(s);
	check_entries(s);
	check_tags(s);
	check_selection(s, 0, s->head.privacy_min, s->head.privacy_max, spif_count(s, SECTION_PRIVACY));
	check_peer_names(s);
	check_class_equivalents(s);
	check_discards(s);
}
