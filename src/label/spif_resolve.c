/* From what was read to what can be used: names become values, references become lists of values; what does not resolve
 * is reported here, the rest by spif_check(). A rule that cannot be enforced as written is an error, never dropped. */
#include "label/spif.h"

#define ROW(s, section, type, i) ((struct type *)spif_row(s, section, i))

static struct slice name_at(const struct spif *s, enum section section, uint32_t i, size_t offset)
{
	const uint8_t *row = s->sections[section].data + (size_t)i * form_row_size[section];
	return spif_slice(s, *(const struct form_text *)(const void *)(row + offset));
}

/* ---- values ---- */

static int by_name(const void *a, const void *b, void *context)
{
	struct spif *s = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = slice_compare(name_at(s, SECTION_ENTRY, x, offsetof(struct entry_row, name)),
				  name_at(s, SECTION_ENTRY, y, offsetof(struct entry_row, name)));
	return order ? order : (x > y) - (x < y);
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
	return s->err;
}

/* ---- references ---- */

static void resolve_classes(struct spif *s)
{
	for (struct spif_class_ref *ref = s->class_refs; ref; ref = ref->next) {
		uint32_t found = 0, count = spif_count(s, SECTION_CLASS);
		while (found < count &&
		       !spif_same(s, spif_slice(s, ROW(s, SECTION_CLASS, class_row, found)->name), ref->class))
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

enum err spif_resolve(struct spif *s)
{
	for (uint32_t t = 0; t < spif_count(s, SECTION_TAG); t++)
		TRY(make_values(s, t));
	resolve_classes(s);
	resolve_groups(s);
	resolve_excluded(s);
	resolve_implied(s);
	require_context(s);
	spif_check(s);
	return s->err;
}
