/* Is a label valid for its policy? Every rule of the SPIF that bears on a label is enforced here and only here. */
#include "label/policy.h"

#include "base/moment.h"

#include <stdarg.h>

struct checker {
	const struct label *label;
	enum label_use use;
	uint64_t now_ms;
	struct buf *reasons; /* NULL: only the verdict counts */
	bool broken;
};

static bool broken(struct checker *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Notes one reason; always false, so that a rule reads: return broken(c, "…"). */
static bool broken(struct checker *c, const char *format, ...)
{
	c->broken = true;
	if (!c->reasons)
		return false;
	char text[512];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	buf_put_text(c->reasons, text);
	buf_put_octet(c->reasons, '\n');
	return false;
}

bool group_matched(const struct policy *p, const struct group_row *group, const uint64_t *bits)
{
	for (uint32_t i = group->refs.first; i < group->refs.first + group->refs.count; i++)
		if (bit_get(bits, p->refs[i]))
			return true;
	return false;
}

bool requirement_met(const struct policy *p, const struct requirement_row *requirement, const uint64_t *bits)
{
	uint32_t matched = 0, count = requirement->groups.count;
	for (uint32_t g = requirement->groups.first; g < requirement->groups.first + count; g++)
		matched += group_matched(p, &p->groups[g], bits);
	if (requirement->operation == REQUIRE_ALL)
		return matched == count;
	return requirement->operation == REQUIRE_ONLY_ONE ? matched == 1 : matched > 0;
}

/* "Context NATO or Context EAPC or …" */
static void name_groups(const struct policy *p, const struct requirement_row *requirement, char *text, size_t size)
{
	static const char *const joins[REQUIRE_OPERATIONS] = {" or ", " or ", " and "};
	size_t n = 0;
	text[0] = 0;
	for (uint32_t g = requirement->groups.first;
	     g < requirement->groups.first + requirement->groups.count && n < size; g++) {
		struct form_span refs = p->groups[g].refs;
		const struct value_row *value = refs.count ? &p->values[p->refs[refs.first]] : NULL;
		if (!value)
			continue;
		struct slice set = policy_text(p, p->sets[p->tags[value->tag].set].name);
		struct slice name = refs.count == 1 ? policy_text(p, value->name) : SLICE("(any)");
		n += (size_t)snprintf(text + n, size - n, "%s%.*s %.*s", n ? joins[requirement->operation] : "",
				      SLICE_ARG(set), SLICE_ARG(name));
	}
}

static bool check_requirements(struct checker *c, struct form_span span, struct slice who)
{
	static const char *const words[REQUIRE_OPERATIONS] = {"exactly one of", "at least one of", "all of"};
	const struct policy *p = c->label->policy;
	bool met = true;
	for (uint32_t r = span.first; r < span.first + span.count; r++) {
		if (requirement_met(p, &p->requirements[r], c->label->bits))
			continue;
		met = false;
		char groups[300] = "";
		if (c->reasons)
			name_groups(p, &p->requirements[r], groups, sizeof(groups));
		broken(c, "%.*s requires %s: %s", SLICE_ARG(who), words[p->requirements[r].operation], groups);
	}
	return met;
}

static bool check_dates(struct checker *c, struct form_moment not_before, struct form_moment not_after,
			struct slice who)
{
	uint64_t from = form_ms(not_before), to = form_ms(not_after);
	char text[MOMENT_TEXT + 1];
	if (c->now_ms == ANY_TIME)
		return true;
	if (from && c->now_ms < from) {
		moment_print(from, text);
		return broken(c, "%.*s is not valid before %s", SLICE_ARG(who), text);
	}
	if (to && c->now_ms > to) {
		moment_print(to, text);
		return broken(c, "%.*s is not valid after %s", SLICE_ARG(who), text);
	}
	return true;
}

static bool check_excluded(struct checker *c, const struct entry_row *entry, struct slice who)
{
	const struct policy *p = c->label->policy;
	for (uint32_t i = entry->excluded.first; i < entry->excluded.first + entry->excluded.count; i++)
		if (bit_get(c->label->bits, p->refs[i]))
			return broken(c, "%.*s may not stand together with %.*s", SLICE_ARG(who),
				      SLICE_ARG(policy_text(p, p->values[p->refs[i]].name)));
	return true;
}

static bool check_entry(struct checker *c, const struct entry_row *entry)
{
	const struct policy *p = c->label->policy;
	struct slice name = policy_text(p, entry->name);
	bool good = true;
	if (!(entry->classes >> c->label->class & 1))
		good = broken(c, "%.*s may not stand with classification %.*s", SLICE_ARG(name),
			      SLICE_ARG(label_classification(c->label)));
	if (entry->flags & ROW_OBSOLETE && c->use == LABEL_NEW)
		good = broken(c, "%.*s is obsolete: not to be used in new labels", SLICE_ARG(name));
	good &= check_dates(c, entry->not_before, entry->not_after, name);
	good &= check_requirements(c, entry->requirements, name);
	return check_excluded(c, entry, name) && good;
}

bool entry_allowed(const struct label *label, const struct entry_row *entry, enum label_use use, uint64_t now_ms,
		   struct buf *reasons)
{
	struct checker c = {.label = label, .use = use, .now_ms = now_ms, .reasons = reasons};
	return check_entry(&c, entry);
}

bool value_allowed(const struct label *label, uint32_t value, enum label_use use, uint64_t now_ms)
{
	const struct policy *p = label->policy;
	for (uint32_t e = p->values[value].first_entry; e != FORM_NONE; e = p->entries[e].next)
		if (entry_allowed(label, &p->entries[e], use, now_ms, NULL))
			return true;
	return false;
}

static void check_value(struct checker *c, uint32_t value)
{
	const struct policy *p = c->label->policy;
	if (!value_allowed(c->label, value, c->use, c->now_ms))
		check_entry(c, &p->entries[p->values[value].first_entry]);
}

static void check_tag(struct checker *c, uint32_t t)
{
	const struct policy *p = c->label->policy;
	const struct tag_row *tag = &p->tags[t];
	struct slice set = policy_text(p, p->sets[tag->set].name);
	uint32_t count = 0;
	FOR_BITS (v, c->label->bits, tag->values) {
		count++;
		check_value(c, v);
	}
	if (count < tag->min)
		broken(c, "%.*s needs at least %u value%s", SLICE_ARG(set), tag->min, tag->min == 1 ? "" : "s");
	if (tag->max && count > tag->max)
		broken(c, "%.*s takes at most %u value%s", SLICE_ARG(set), tag->max, tag->max == 1 ? "" : "s");
}

static const struct privacy_row *find_privacy(const struct policy *p, struct slice name)
{
	for (uint32_t i = 0; i < p->privacy_count; i++)
		if (name_equal(p, policy_text(p, p->privacy[i].name), name))
			return &p->privacy[i];
	return NULL;
}

static void check_privacy(struct checker *c)
{
	const struct policy *p = c->label->policy;
	struct slice name = slice_take(c->label->privacy_mark, 128);
	if (name.len == 0) {
		if (p->head->privacy_min)
			broken(c, "a privacy mark is required");
		return;
	}
	const struct privacy_row *mark = find_privacy(p, c->label->privacy_mark);
	if (!mark)
		broken(c, "'%.*s' is not a privacy mark of the policy", SLICE_ARG(name));
	else if (mark->flags & ROW_OBSOLETE && c->use == LABEL_NEW)
		broken(c, "privacy mark %.*s is obsolete: not to be used in new labels", SLICE_ARG(name));
}

enum err label_check(const struct label *label, enum label_use use, uint64_t now_ms, struct buf *reasons)
{
	struct checker c = {.label = label, .use = use, .now_ms = now_ms, .reasons = reasons};
	const struct policy *p = label->policy;
	const struct class_row *class = &p->classes[label->class];
	check_dates(&c, p->head->not_before, p->head->not_after, policy_name(p));
	if (class->flags & ROW_OBSOLETE && use == LABEL_NEW)
		broken(&c, "classification %.*s is obsolete: not to be used in new labels",
		       SLICE_ARG(label_classification(label)));
	check_requirements(&c, class->requirements, label_classification(label));
	for (uint32_t t = 0; t < p->tag_count; t++) /* no label holds a value of a tag that is not applicable */
		if ((p->tags[t].min && p->tags[t].type != TAG_NOT_APPLICABLE) || bit_get(tags_present(p, label->bits), t))
			check_tag(&c, t);
	check_privacy(&c);
	return c.broken ? ERR_INVALID : ERR_OK;
}
