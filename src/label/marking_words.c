/* Which words of a policy stand at a place of a marking line: names, phrases of every place and language, qualifiers. It only
 * looks; what a match means is its callers' to say. */
#include "label/marking_words.h"

/* Position behind phrase at `at`, or 0. ASCII case does not matter; a phrase ends at a word's end. */
size_t match_words(struct slice text, size_t at, struct slice phrase)
{
	phrase = slice_trim(phrase);
	size_t end = at + phrase.len;
	if (phrase.len == 0 || end > text.len ||
	    strncasecmp((const char *)text.data + at, (const char *)phrase.data, phrase.len) != 0)
		return 0;
	bool cut = end < text.len && mark_is_word(text.data[end]) && mark_is_word(phrase.data[phrase.len - 1]);
	return cut ? 0 : end;
}

size_t skip_blank(struct slice text, size_t at)
{
	return at < text.len && text.data[at] == ' ' ? at + 1 : at;
}

size_t longer(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The longest match of a name or one of its phrases with (or without) any of these codes. */
size_t match_phrases(const struct policy *p, struct slice text, size_t at, struct form_span markings,
			    uint32_t with, uint32_t without)
{
	size_t end = 0;
	for (uint32_t i = markings.first; i < markings.first + markings.count; i++) {
		const struct marking_row *m = &p->markings[i];
		if (m->has_phrase && (!with || m->codes & with) && !(m->codes & without))
			end = longer(end, match_words(text, at, policy_text(p, m->phrase)));
	}
	return end;
}

/* ---- tags ---- */

/* The longest value of a tag at `at`; *ret_value is the first of that length, *ret_twice tells of a second one. */
static size_t match_value(const struct policy *p, struct slice text, size_t at, uint32_t tag, uint32_t *ret_value,
			  bool *ret_twice)
{
	size_t best = 0;
	struct form_span span = p->tags[tag].entries;
	for (uint32_t e = span.first; e < span.first + span.count; e++) {
		const struct entry_row *entry = &p->entries[e];
		size_t end = match_phrases(p, text, at, entry->markings, 0, CODE_REPLACE_POLICY);
		if (!is_hidden(p, entry))
			end = longer(end, match_words(text, at, policy_text(p, entry->name)));
		if (end == 0 || end < best)
			continue;
		*ret_twice = end == best && (*ret_twice || *ret_value != entry->value);
		if (end > best)
			*ret_value = entry->value;
		best = end;
	}
	return best;
}

/* The longest match of a qualifier of this kind in any place and language; *ret_any tells if the tag has such. */
static size_t match_qualifier(const struct policy *p, struct slice text, size_t at, uint32_t tag,
			      enum qualifier_kind kind, bool *ret_any)
{
	size_t end = 0;
	struct form_span span = p->tags[tag].qualifiers;
	*ret_any = false;
	for (uint32_t i = span.first; i < span.first + span.count; i++) {
		struct slice text_here = slice_trim(policy_text(p, p->qualifiers[i].text));
		if (p->qualifiers[i].kind != kind || !text_here.len)
			continue;
		*ret_any = true;
		end = longer(end, match_words(text, at, text_here));
	}
	return end;
}

static bool separates_by_space(const struct policy *p, uint32_t tag)
{
	struct form_span span = p->tags[tag].qualifiers;
	for (uint32_t i = span.first; i < span.first + span.count; i++) {
		struct slice text = policy_text(p, p->qualifiers[i].text);
		if (p->qualifiers[i].kind == QUALIFIER_SEPARATOR && text.len && slice_trim(text).len == 0)
			return true;
	}
	return false;
}

/* Position of the next value behind a separator at `at`, or 0. Comma and slash always separate. */
static size_t match_separator(const struct policy *p, struct slice text, size_t at, uint32_t tag)
{
	bool any;
	size_t from = skip_blank(text, at);
	size_t end = longer(match_qualifier(p, text, from, tag, QUALIFIER_SEPARATOR, &any),
			    match_qualifier(p, text, from, tag, QUALIFIER_FINAL_SEPARATOR, &any));
	if (!end && from < text.len && (text.data[from] == ',' || text.data[from] == '/'))
		end = from + 1;
	if (!end && from > at && separates_by_space(p, tag))
		end = from;
	return end ? skip_blank(text, end) : 0;
}

/* Values of a tag with separators between them, into segment->values; the position behind the last, or 0. */
static size_t match_values(const struct policy *p, struct slice text, size_t at, uint32_t tag, uint64_t *values,
			   bool *ret_twice)
{
	size_t end = 0;
	while (at) {
		uint32_t value = FORM_NONE;
		bool twice = false;
		size_t next = match_value(p, text, at, tag, &value, &twice);
		if (!next)
			break;
		*ret_twice |= twice;
		bit_set(values, value);
		end = next;
		at = match_separator(p, text, end, tag);
	}
	return end;
}

/* One tag's words at `at`: [prefix] values [suffix]. The position behind, or 0. */
size_t match_tag(const struct policy *p, struct slice text, size_t at, uint32_t tag, uint64_t *values,
			bool *ret_twice)
{
	bool has_prefix, has_suffix;
	size_t behind = match_qualifier(p, text, at, tag, QUALIFIER_PREFIX, &has_prefix);
	if (has_prefix && !behind)
		return 0;
	size_t end = match_values(p, text, has_prefix ? skip_blank(text, behind) : at, tag, values, ret_twice);
	if (!end)
		return 0;
	size_t suffix = match_qualifier(p, text, skip_blank(text, end), tag, QUALIFIER_SUFFIX, &has_suffix);
	return has_suffix ? suffix : end;
}

bool tag_has_qualifier(const struct policy *p, uint32_t tag, enum qualifier_kind kind)
{
	bool any;
	(void)match_qualifier(p, slice_of(NULL, 0), 0, tag, kind, &any);
	return any;
}
