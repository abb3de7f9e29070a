/* From what was read to what can be used: names become values, references become lists of values, and everything that
 * does not fit together is reported. A rule that cannot be enforced as written is an error, never dropped. */
#include "label/spif.h"

#define ROW(s, section, type, i) ((struct type *)spif_row(s, section, i))

/* ---- uniqueness ---- */

static struct slice name_at(const struct spif *s, enum section section, uint32_t i, size_t offset)
{
	const uint8_t *row = s->sections[section].data + (size_t)i * form_row_size[section];
	return spif_slice(s, *(const struct form_text *)(const void *)(row + offset));
}

static bool same_name(const struct spif *s, struct slice a, struct slice b)
{
	return slice_equal(a, b) || (s->head.fold_case && a.len == b.len && a.len &&
				     strncasecmp((const char *)a.data, (const char *)b.data, a.len) == 0);
}

static void check_unique(struct spif *s, enum section section, size_t offset, const char *what,
			 enum finding_level level)
{
	for (uint32_t i = 1; i < spif_count(s, section); i++)
		for (uint32_t k = 0; k < i; k++) {
			struct slice a = name_at(s, section, i, offset);
			if (a.len && same_name(s, a, name_at(s, section, k, offset)))
				spif_finding(s, level, spif_at(s, section, i), "%s '%.*s' is used twice", what,
					     SLICE_ARG(slice_take(a, 64)));
		}
}

static void check_classes(struct spif *s)
{
	uint32_t count = spif_count(s, SECTION_CLASS);
	if (count == 0)
		spif_finding(s, FINDING_ERROR, 0, "the policy has no classification");
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t k = 0; k < i; k++)
			if (ROW(s, SECTION_CLASS, class_row, i)->lacv == ROW(s, SECTION_CLASS, class_row, k)->lacv)
				spif_finding(s, FINDING_ERROR, spif_at(s, SECTION_CLASS, i),
					     "classification lacv %u is used twice",
					     ROW(s, SECTION_CLASS, class_row, i)->lacv);
	check_unique(s, SECTION_CLASS, offsetof(struct class_row, name), "classification", FINDING_ERROR);
	check_unique(s, SECTION_CLASS, offsetof(struct class_row, color), "color", FINDING_WARNING);
	check_unique(s, SECTION_SET, offsetof(struct set_row, name), "tag set", FINDING_ERROR);
	check_unique(s, SECTION_SET, offsetof(struct set_row, oid), "tag set id", FINDING_ERROR);
}

/* ---- values ---- */

static int by_name(const void *a, const void *b, void *context)
{
	struct spif *s = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = slice_compare(name_at(s, SECTION_ENTRY, x, offsetof(struct entry_row, name)),
				  name_at(s, SECTION_ENTRY, y, offsetof(struct entry_row, name)));
	return order ? order : x < y ? -1 : 1;
}

/* entry `later` bears the name of `earlier`: an alternative of the same value. */
static void chain(struct spif *s, uint32_t earlier, uint32_t later)
{
	struct entry_row *a = spif_row(s, SECTION_ENTRY, earlier), *b = spif_row(s, SECTION_ENTRY, later);
	a->next = later;
	b->value = a->value;
	struct slice name = slice_take(spif_slice(s, b->name), 64);
	if (a->lacv == b->lacv)
		spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_ENTRY, later),
			     "'%.*s' stands twice with one lacv; read as an alternative marking", SLICE_ARG(name));
	else
		spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_ENTRY, later),
			     "'%.*s' has the lacvs %u and %u; either grants", SLICE_ARG(name), a->lacv, b->lacv);
}

static void new_value(struct spif *s, uint32_t tag, uint32_t entry)
{
	uint32_t v = spif_add(s, SECTION_VALUE);
	if (v == FORM_NONE)
		return;
	struct entry_row *row = spif_row(s, SECTION_ENTRY, entry);
	row->value = v;
	*ROW(s, SECTION_VALUE, value_row, v) = (struct value_row){.name = row->name, .tag = tag, .first_entry = entry};
	ROW(s, SECTION_TAG, tag_row, tag)->values.count++;
}

static void check_lacvs(struct spif *s, struct form_span entries)
{
	for (uint32_t i = entries.first; i < entries.first + entries.count && s->finding_count < SPIF_MOST_FINDINGS;
	     i++)
		for (uint32_t k = entries.first; k < i; k++) {
			struct entry_row *a = spif_row(s, SECTION_ENTRY, k), *b = spif_row(s, SECTION_ENTRY, i);
			if (a->lacv == b->lacv && a->value != b->value)
				spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_ENTRY, i),
					     "lacv %u is both '%.*s' and '%.*s'", b->lacv,
					     SLICE_ARG(slice_take(spif_slice(s, a->name), 64)),
					     SLICE_ARG(slice_take(spif_slice(s, b->name), 64)));
		}
}

static enum err make_values(struct spif *s, uint32_t tag)
{
	struct form_span entries = ROW(s, SECTION_TAG, tag_row, tag)->entries;
	uint32_t *order = ARENA_ARRAY(s->arena, entries.count, uint32_t);
	if (!order)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < entries.count; i++)
		order[i] = entries.first + i;
	qsort_r(order, entries.count, sizeof(*order), by_name, s);
	ROW(s, SECTION_TAG, tag_row, tag)->values.first = spif_count(s, SECTION_VALUE);
	for (uint32_t i = 0; i < entries.count; i++) {
		struct slice name = name_at(s, SECTION_ENTRY, order[i], offsetof(struct entry_row, name));
		if (i > 0 &&
		    slice_equal(name, name_at(s, SECTION_ENTRY, order[i - 1], offsetof(struct entry_row, name))))
			chain(s, order[i - 1], order[i]);
		else
			new_value(s, tag, order[i]);
	}
	check_lacvs(s, entries);
	return s->err;
}

/* ---- references ---- */

static void resolve_classes(struct spif *s)
{
	for (struct spif_class_ref *ref = s->class_refs; ref; ref = ref->next) {
		uint32_t found = 0, count = spif_count(s, SECTION_CLASS);
		while (found < count &&
		       !same_name(s, spif_slice(s, ROW(s, SECTION_CLASS, class_row, found)->name), ref->class))
			found++;
		struct entry_row *row = spif_row(s, SECTION_ENTRY, ref->entry);
		if (found == count || found >= FORM_CLASSES)
			spif_finding(s, ref->required ? FINDING_ERROR : FINDING_WARNING, ref->at,
				     "%s names '%.*s', which is no classification",
				     ref->required ? "requiredClass" : "excludedClass",
				     SLICE_ARG(slice_take(ref->class, 64)));
		else
			row->classes &= ref->required ? 1u << found : ~(1u << found);
	}
}

static uint32_t find_set(struct spif *s, struct slice ref)
{
	for (uint32_t i = 0; i < spif_count(s, SECTION_SET); i++)
		if (slice_equal(ref, spif_slice(s, ROW(s, SECTION_SET, set_row, i)->oid)))
			return i;
	for (uint32_t i = 0; i < spif_count(s, SECTION_SET); i++)
		if (slice_equal(ref, spif_slice(s, ROW(s, SECTION_SET, set_row, i)->name)))
			return i;
	return FORM_NONE;
}

static void add_ref(struct spif *s, uint32_t value, struct form_span *span)
{
	uint32_t i = spif_add(s, SECTION_REF);
	if (i == FORM_NONE)
		return;
	*(uint32_t *)spif_row(s, SECTION_REF, i) = value;
	span->count++;
}

static bool value_has_lacv(struct spif *s, uint32_t value, uint32_t lacv)
{
	for (uint32_t e = ROW(s, SECTION_VALUE, value_row, value)->first_entry; e != FORM_NONE;
	     e = ROW(s, SECTION_ENTRY, entry_row, e)->next)
		if (ROW(s, SECTION_ENTRY, entry_row, e)->lacv == lacv)
			return true;
	return false;
}

/* Appends the values that ref means to SECTION_REF; `except` is left out. */
static struct form_span resolve(struct spif *s, const struct spif_ref *ref, uint32_t except)
{
	struct form_span span = {spif_count(s, SECTION_REF), 0};
	uint32_t set = find_set(s, ref->set);
	if (set == FORM_NONE)
		return span;
	struct form_span tags = ROW(s, SECTION_SET, set_row, set)->tags;
	for (uint32_t t = tags.first; t < tags.first + tags.count; t++) {
		struct tag_row *tag = spif_row(s, SECTION_TAG, t);
		if (ref->has_type && tag->type != ref->type)
			continue;
		for (uint32_t v = tag->values.first; v < tag->values.first + tag->values.count; v++)
			if (v != except && (!ref->has_lacv || value_has_lacv(s, v, ref->lacv)))
				add_ref(s, v, &span);
	}
	return span;
}

static void report_empty(struct spif *s, const struct spif_ref *ref, enum finding_level level, const char *what)
{
	char lacv[32] = "";
	if (ref->has_lacv)
		snprintf(lacv, sizeof(lacv), ", lacv %u", ref->lacv);
	spif_finding(s, level, ref->at, "%s refers to '%.*s'%s, where there is no such category", what,
		     SLICE_ARG(slice_take(ref->set, 64)), lacv);
}

static void resolve_groups(struct spif *s)
{
	for (struct spif_ref *ref = s->groups.first; ref; ref = ref->next) {
		struct form_span span = resolve(s, ref, FORM_NONE);
		if (span.count == 0)
			report_empty(s, ref, FINDING_ERROR, "categoryGroup");
		ROW(s, SECTION_GROUP, group_row, ref->owner)->refs = span;
	}
	for (uint32_t r = 0; r < spif_count(s, SECTION_REQUIREMENT); r++)
		if (ROW(s, SECTION_REQUIREMENT, requirement_row, r)->groups.count == 0)
			spif_finding(s, FINDING_ERROR, spif_at(s, SECTION_REQUIREMENT, r),
				     "requiredCategory without a categoryGroup");
}

/* Several references of one row are neighbours in their list, so their values are neighbours too. */
static void resolve_excluded(struct spif *s)
{
	for (struct spif_ref *ref = s->excluded.first; ref; ref = ref->next) {
		uint32_t value = ROW(s, SECTION_ENTRY, entry_row, ref->owner)->value;
		struct form_span span = resolve(s, ref, value),
				 *total = &ROW(s, SECTION_ENTRY, entry_row, ref->owner)->excluded;
		if (span.count == 0)
			report_empty(s, ref, FINDING_WARNING, "excludedCategory");
		if (total->count == 0)
			total->first = span.first;
		total->count += span.count;
	}
}

static void resolve_implied(struct spif *s)
{
	for (struct spif_ref *ref = s->implied.first; ref; ref = ref->next) {
		struct form_span span = resolve(s, ref, FORM_NONE);
		if (span.count != 1 || !ref->has_lacv)
			report_empty(s, ref, FINDING_ERROR, "a marking rule");
		else
			ROW(s, SECTION_IMPLIED, implied_row, ref->owner)->value =
				*(uint32_t *)spif_row(s, SECTION_REF, span.first);
	}
	for (struct spif_ref *ref = s->when.first; ref; ref = ref->next) {
		struct form_span span = resolve(s, ref, FORM_NONE),
				 *total = &ROW(s, SECTION_IMPLIED, implied_row, ref->owner)->when;
		if (span.count == 0)
			report_empty(s, ref, FINDING_ERROR, "a marking rule");
		if (total->count == 0)
			total->first = span.first;
		total->count += span.count;
	}
}

/* ---- the rest ---- */

/* spec: ADatP-4774: a label of the NATO policy names its context. */
static void require_context(struct spif *s)
{
	if (!slice_equal(spif_slice(s, s->head.name), SLICE("NATO")))
		return;
	for (uint32_t t = 0; t < spif_count(s, SECTION_TAG); t++) {
		struct tag_row *tag = spif_row(s, SECTION_TAG, t);
		if (tag->type == TAG_PERMISSIVE && tag->min == 0 &&
		    slice_equal(spif_slice(s, ROW(s, SECTION_SET, set_row, tag->set)->name), SLICE("Context")))
			tag->min = 1;
	}
}

static void check_tags(struct spif *s)
{
	for (uint32_t i = 0; i < spif_count(s, SECTION_SET); i++)
		if (ROW(s, SECTION_SET, set_row, i)->tags.count == 0)
			spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_SET, i), "a tag set without a tag");
	for (uint32_t t = 0; t < spif_count(s, SECTION_TAG); t++) {
		struct tag_row *tag = spif_row(s, SECTION_TAG, t);
		if (tag->max && tag->min > tag->max)
			spif_finding(s, FINDING_ERROR, spif_at(s, SECTION_TAG, t),
				     "minSelection is more than maxSelection");
	}
}

static void check_peers(struct spif *s)
{
	check_unique(s, SECTION_PEER, offsetof(struct peer_row, name), "equivalent policy", FINDING_ERROR);
	for (uint32_t i = 0; i < spif_count(s, SECTION_EQUIVALENT); i++) {
		struct slice name = spif_slice(s, ROW(s, SECTION_EQUIVALENT, equivalent_row, i)->policy);
		uint32_t p = 0, count = spif_count(s, SECTION_PEER);
		while (p < count && !slice_equal(name, spif_slice(s, ROW(s, SECTION_PEER, peer_row, p)->name)))
			p++;
		if (p == count)
			spif_finding(s, FINDING_WARNING, spif_at(s, SECTION_EQUIVALENT, i),
				     "'%.*s' is not among the equivalent policies", SLICE_ARG(slice_take(name, 64)));
	}
}

enum err spif_resolve(struct spif *s)
{
	if (!s->has_policy)
		spif_finding(s, FINDING_ERROR, 0, "the policy has no securityPolicyId");
	check_classes(s);
	for (uint32_t t = 0; t < spif_count(s, SECTION_TAG); t++)
		TRY(make_values(s, t));
	resolve_classes(s);
	resolve_groups(s);
	resolve_excluded(s);
	resolve_implied(s);
	require_context(s);
	check_tags(s);
	check_peers(s);
	return s->err;
}
