/* Opening a compiled policy. Nothing of the form is used before every word was checked:
 * the bytes may come from a file that somebody changed. */
#include "label/policy.h"

static const struct form_header *header(struct slice form)
{
	return (const struct form_header *)(const void *)form.data;
}

/* The rows of a section. */
static const void *rows(struct slice form, enum section section)
{
	return form.data + header(form)->sections[section].at;
}

static enum err check_sections(struct slice form)
{
	const struct form_header *h = header(form);
	if (h->magic != FORM_MAGIC || h->size != form.len)
		return ERR_MALFORMED;
	size_t at = sizeof(*h);
	for (size_t s = 0; s < SECTION_COUNT; s++) {
		uint64_t len = (uint64_t)h->sections[s].count * form_row_size[s];
		if (h->sections[s].at != at || len > form.len - at || len % 4)
			return ERR_MALFORMED;
		at += len;
	}
	return at == form.len && h->sections[SECTION_HEAD].count == 1 ? ERR_OK : ERR_MALFORMED;
}

static bool span_inside(uint32_t first, uint32_t count, uint32_t rows_there)
{
	return first <= rows_there && count <= rows_there - first;
}

static bool field_ok(struct slice form, const struct form_field *field, const uint8_t *row)
{
	const uint32_t *word = (const uint32_t *)(const void *)(row + field->offset);
	uint32_t there = field->use == USE_BELOW ? field->target : header(form)->sections[field->target].count;
	if (field->use == USE_TEXT || field->use == USE_SPAN)
		return span_inside(word[0], word[1], there);
	return word[0] < there || (field->use == USE_INDEX_OR_NONE && word[0] == FORM_NONE);
}

static enum err check_fields(struct slice form)
{
	for (size_t i = 0; i < form_field_count; i++) {
		const struct form_field *field = &form_fields[i];
		const uint8_t *row = rows(form, field->section);
		for (uint32_t n = header(form)->sections[field->section].count; n > 0;
		     n--, row += form_row_size[field->section])
			if (!field_ok(form, field, row))
				return ERR_MALFORMED;
	}
	return ERR_OK;
}

static bool value_ok(const struct policy *p, uint32_t v)
{
	const struct value_row *value = &p->values[v];
	struct form_span span = p->tags[value->tag].values;
	if (v < span.first || v - span.first >= span.count || p->entries[value->first_entry].value != v)
		return false;
	return v == span.first || slice_compare(policy_text(p, p->values[v - 1].name), policy_text(p, value->name)) < 0;
}

/* What the algorithms rely on beyond the bounds: sets and tags, tags and values belong together, chains end. */
static enum err check_meaning(const struct policy *p)
{
	uint32_t values = 0, tags = 0;
	if (p->class_count == 0 || p->class_count > FORM_CLASSES || p->implied_count > FORM_RULES)
		return ERR_MALFORMED;
	for (uint32_t s = 0; s < p->set_count; s++) {
		if (p->sets[s].tags.first != tags)
			return ERR_MALFORMED;
		tags += p->sets[s].tags.count;
		for (uint32_t t = p->sets[s].tags.first; t < tags; t++)
			if (p->tags[t].set != s || p->tags[t].values.first != values)
				return ERR_MALFORMED;
			else
				values += p->tags[t].values.count;
	}
	if (tags != p->tag_count || values != p->value_count)
		return ERR_MALFORMED;
	for (uint32_t v = 0; v < p->value_count; v++)
		if (!value_ok(p, v))
			return ERR_MALFORMED;
	for (uint32_t e = 0; e < p->entry_count; e++) {
		uint32_t next = p->entries[e].next;
		if (next != FORM_NONE && (next <= e || p->entries[next].value != p->entries[e].value))
			return ERR_MALFORMED;
	}
	return ERR_OK;
}

static void attach(struct policy *p, struct slice form)
{
	const struct form_header *h = header(form);
	p->text = rows(form, SECTION_TEXT);
	p->head = rows(form, SECTION_HEAD);
	p->classes = rows(form, SECTION_CLASS);
	p->sets = rows(form, SECTION_SET);
	p->tags = rows(form, SECTION_TAG);
	p->values = rows(form, SECTION_VALUE);
	p->entries = rows(form, SECTION_ENTRY);
	p->requirements = rows(form, SECTION_REQUIREMENT);
	p->groups = rows(form, SECTION_GROUP);
	p->refs = rows(form, SECTION_REF);
	p->markings = rows(form, SECTION_MARKING);
	p->qualifiers = rows(form, SECTION_QUALIFIER);
	p->privacy = rows(form, SECTION_PRIVACY);
	p->peers = rows(form, SECTION_PEER);
	p->equivalents = rows(form, SECTION_EQUIVALENT);
	p->needs = rows(form, SECTION_NEED);
	p->implied = rows(form, SECTION_IMPLIED);
	p->class_count = h->sections[SECTION_CLASS].count;
	p->set_count = h->sections[SECTION_SET].count;
	p->tag_count = h->sections[SECTION_TAG].count;
	p->value_count = h->sections[SECTION_VALUE].count;
	p->entry_count = h->sections[SECTION_ENTRY].count;
	p->marking_count = h->sections[SECTION_MARKING].count;
	p->qualifier_count = h->sections[SECTION_QUALIFIER].count;
	p->privacy_count = h->sections[SECTION_PRIVACY].count;
	p->peer_count = h->sections[SECTION_PEER].count;
	p->implied_count = h->sections[SECTION_IMPLIED].count;
	p->value_words = (p->value_count + 63) / 64;
	p->tag_words = (p->tag_count + 63) / 64;
}

enum err policy_open(struct slice compiled, struct arena *arena, const struct policy **ret_policy)
{
	if (compiled.len < sizeof(struct form_header) || compiled.len > UINT32_MAX)
		return ERR_MALFORMED;
	if ((uintptr_t)compiled.data % 4) /* rows are words; a form that stands oddly is moved */
		TRY(arena_copy(arena, compiled, &compiled));
	TRY(check_sections(compiled));
	TRY(check_fields(compiled));
	struct policy *policy = ARENA_NEW(arena, struct policy);
	if (!policy)
		return ERR_MEMORY;
	attach(policy, compiled);
	TRY(check_meaning(policy));
	TRY(policy_derive(policy, arena));
	*ret_policy = policy;
	return ERR_OK;
}

struct slice policy_name(const struct policy *policy)
{
	return policy_text(policy, policy->head->name);
}

struct slice policy_version(const struct policy *policy)
{
	return policy_text(policy, policy->head->version);
}

uint64_t *policy_bits(const struct policy *p, struct arena *arena)
{
	return ARENA_ARRAY(arena, p->value_words + p->tag_words, uint64_t);
}

struct label *label_new(const struct policy *p, struct arena *arena)
{
	struct label *label =
		arena_alloc(arena, 1, sizeof(*label) + (p->value_words + p->tag_words) * sizeof(uint64_t));
	if (label)
		label->policy = p;
	return label;
}

const char *tag_type_text(enum tag_type type)
{
	static const char *const texts[TAG_TYPES] = {"RESTRICTIVE", "PERMISSIVE", "INFORMATIVE", "not applicable"};
	return texts[type];
}

/* Takes the leading digits off, without leading zeros. */
static struct slice take_digits(struct slice *text)
{
	while (text->len > 1 && text->data[0] == '0' && text->data[1] >= '0' && text->data[1] <= '9')
		*text = slice_skip(*text, 1);
	size_t len = 0;
	while (len < text->len && text->data[len] >= '0' && text->data[len] <= '9')
		len++;
	struct slice digits = slice_take(*text, len);
	*text = slice_skip(*text, len);
	return digits;
}

int version_compare(struct slice a, struct slice b)
{
	while (a.len && b.len) {
		struct slice x = take_digits(&a), y = take_digits(&b);
		if (x.len && y.len) {
			int order = x.len != y.len ? (x.len < y.len ? -1 : 1) : slice_compare(x, y);
			if (order)
				return order < 0 ? -1 : 1;
			continue;
		}
		if (x.len || y.len) /* a number comes before letters */
			return x.len ? -1 : 1;
		if (a.data[0] != b.data[0])
			return a.data[0] < b.data[0] ? -1 : 1;
		a = slice_skip(a, 1);
		b = slice_skip(b, 1);
	}
	return a.len ? 1 : b.len ? -1 : 0;
}
