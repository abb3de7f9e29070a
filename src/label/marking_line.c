/* From a marking line as people write it to a label. The words come from the policies (every phrase of every place and
 * language, and the plain names); the rules of what goes without saying too. A line with two meanings is refused with
 * both; a word that means nothing is named. It must never drop a word. */
#include "label/marking_words.h"

#include "base/limits.h"

/* ---- categories ---- */

struct reading {
	const struct marking_line *line;
	const struct policy *policy;
	struct label *label;
	uint64_t *candidate, *best; /* values of a segment */
	uint64_t taken_back;        /* bit i: the exception of rule i was written */
};

static void clear(const struct policy *p, uint64_t *bits)
{
	memset(bits, 0, p->value_words * sizeof(uint64_t));
}

static enum err two_meanings(const struct reading *r, size_t at, uint32_t a, uint32_t b)
{
	const struct policy *p = r->policy;
	return diag_fail(r->line->diag, ERR_AMBIGUOUS, "'%.*s' may belong to %.*s or to %.*s",
			 SLICE_ARG(slice_take(slice_skip(r->line->text, at), 60)),
			 SLICE_ARG(policy_text(p, p->sets[p->tags[a].set].name)),
			 SLICE_ARG(policy_text(p, p->sets[p->tags[b].set].name)));
}

/* A segment that is closed by no suffix may have eaten the beginning of one that is: the tag of that one, or FORM_NONE. */
static uint32_t eaten_tag(struct reading *r, size_t at, size_t end, uint32_t tag)
{
	const struct policy *p = r->policy;
	struct slice text = r->line->text;
	for (size_t i = at + 1; !tag_has_qualifier(p, tag, QUALIFIER_SUFFIX) && i < end; i++)
		for (uint32_t t = 0; text.data[i - 1] == ' ' && t < p->tag_count; t++) {
			bool twice = false;
			clear(p, r->candidate);
			if (t != tag && tag_has_qualifier(p, t, QUALIFIER_SUFFIX) &&
			    match_tag(p, text, i, t, r->candidate, &twice) > end)
				return t;
		}
	return FORM_NONE;
}

/* The longest segment of any tag at `at`. *ret_end is 0 if there is none. */
static enum err best_segment(struct reading *r, size_t at, uint32_t *ret_tag, size_t *ret_end)
{
	const struct policy *p = r->policy;
	uint32_t other = FORM_NONE;
	bool best_twice = false;
	*ret_end = 0;
	for (uint32_t t = 0; t < p->tag_count; t++) {
		bool twice = false;
		clear(p, r->candidate);
		size_t end = p->tags[t].type == TAG_NOT_APPLICABLE
				     ? 0
				     : match_tag(p, r->line->text, at, t, r->candidate, &twice);
		if (end && end == *ret_end)
			other = t;
		if (end <= *ret_end)
			continue;
		*ret_end = end;
		*ret_tag = t;
		other = FORM_NONE;
		best_twice = twice;
		memcpy(r->best, r->candidate, p->value_words * sizeof(uint64_t));
	}
	if (other == FORM_NONE && *ret_end)
		other = eaten_tag(r, at, *ret_end, *ret_tag);
	if (other != FORM_NONE)
		return two_meanings(r, at, *ret_tag, other);
	return best_twice ? two_meanings(r, at, *ret_tag, *ret_tag) : ERR_OK;
}

static enum err take_segment(struct reading *r, size_t at, uint32_t tag)
{
	const struct policy *p = r->policy;
	const struct tag_row *row = &p->tags[tag];
	bool before = bit_get(tags_present(p, r->label->bits), tag);
	if (before && row->type == TAG_PERMISSIVE)
		return diag_fail(r->line->diag, ERR_AMBIGUOUS,
				 "%.*s stands twice; write its values in one list, before '%.*s'",
				 SLICE_ARG(policy_text(p, p->sets[row->set].name)),
				 SLICE_ARG(slice_take(slice_skip(r->line->text, at), 60)));
	for (uint32_t w = 0; w < p->value_words; w++)
		r->label->bits[w] |= r->best[w];
	bit_set(r->label->bits + p->value_words, tag);
	return ERR_OK;
}

/* A privacy mark or an exception at `at`: the position behind it, or 0. */
static size_t match_other(struct reading *r, size_t at)
{
	const struct policy *p = r->policy;
	for (uint32_t i = 0; i < p->implied_count; i++) {
		size_t end = match_words(r->line->text, at, policy_text(p, p->implied[i].unless));
		if (end) {
			r->taken_back |= (uint64_t)1 << i;
			return end;
		}
	}
	for (uint32_t i = 0; i < p->privacy_count; i++) {
		size_t end = longer(match_words(r->line->text, at, policy_text(p, p->privacy[i].name)),
				    match_phrases(p, r->line->text, at, p->privacy[i].markings, 0, 0));
		if (end && !r->label->privacy_mark.len) {
			r->label->privacy_mark = policy_text(p, p->privacy[i].name);
			return end;
		}
	}
	return 0;
}

static enum err read_rest(struct reading *r, size_t at)
{
	struct slice text = r->line->text;
	while (at < text.len) {
		while (at < text.len && (text.data[at] == ' ' || text.data[at] == ','))
			at++;
		if (at == text.len)
			break;
		uint32_t tag = 0;
		size_t end = 0;
		TRY(best_segment(r, at, &tag, &end));
		if (end)
			TRY(take_segment(r, at, tag));
		else
			end = match_other(r, at);
		if (!end)
			return diag_fail(r->line->diag, ERR_UNKNOWN, "'%.*s' means nothing in policy %.*s",
					 SLICE_ARG(slice_take(slice_skip(text, at), 100)),
					 SLICE_ARG(policy_name(r->policy)));
		at = end;
	}
	return ERR_OK;
}

/* ---- what goes without saying ---- */

static void add_value(struct reading *r, uint32_t value)
{
	bit_set(r->label->bits, value);
	bit_set(r->label->bits + r->policy->value_words, r->policy->values[value].tag);
}

static enum err add_implied(struct reading *r)
{
	const struct policy *p = r->policy;
	for (uint32_t i = 0; i < p->implied_count; i++) {
		const struct implied_row *rule = &p->implied[i];
		bool back = r->taken_back >> i & 1;
		bool holds = rule->is_default ? !bits_meet(r->label->bits, r->label->bits,
							   p->tags[p->values[rule->value].tag].values)
					      : refs_meet(p, rule->when, r->label->bits);
		if (back && (!holds || bit_get(r->label->bits, rule->value)))
			return diag_fail(r->line->diag, ERR_AMBIGUOUS,
					 "'%.*s' excludes what the line does not imply or says itself",
					 SLICE_ARG(policy_text(p, rule->unless)));
		if (holds && !back)
			add_value(r, rule->value);
	}
	return ERR_OK;
}

/* The single value that must be there for the requirement to hold, or FORM_NONE. */
static uint32_t only_way(const struct policy *p, const struct requirement_row *requirement, uint32_t group)
{
	struct form_span refs = p->groups[group].refs;
	bool one_way = requirement->operation == REQUIRE_ALL || requirement->groups.count == 1;
	return one_way && refs.count == 1 ? p->refs[refs.first] : FORM_NONE;
}

/* Adds what is required and cannot be written, because it has no words. True if something was added. */
static bool add_required(struct reading *r, struct form_span requirements)
{
	const struct policy *p = r->policy;
	bool added = false;
	for (uint32_t q = requirements.first; q < requirements.first + requirements.count; q++) {
		struct form_span groups = p->requirements[q].groups;
		for (uint32_t g = groups.first; g < groups.first + groups.count; g++) {
			uint32_t value = only_way(p, &p->requirements[q], g);
			if (value == FORM_NONE || bit_get(r->label->bits, value) ||
			    !is_hidden(p, value_entry(p, value, r->label->class)))
				continue;
			add_value(r, value);
			added = true;
		}
	}
	return added;
}

static void add_all_required(struct reading *r)
{
	const struct policy *p = r->policy;
	for (bool added = true; added;) {
		added = add_required(r, p->classes[r->label->class].requirements);
		for (uint32_t v = 0; v < p->value_count; v++)
			if (bit_get(r->label->bits, v))
				added |= add_required(r, value_entry(p, v, r->label->class)->requirements);
	}
}

/* ---- */

static enum err normalize(struct slice written, struct arena *arena, struct slice *ret_text)
{
	uint8_t *to = arena_alloc(arena, written.len + 1, 1);
	if (!to)
		return ERR_MEMORY;
	size_t n = 0;
	for (size_t i = 0; i < written.len; i++) {
		uint8_t c = written.data[i];
		bool bars = c == '/' && i + 1 < written.len && written.data[i + 1] == '/';
		i += bars;
		if (bars || c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			if (n && to[n - 1] != ' ')
				to[n++] = ' ';
		} else {
			to[n++] = c;
		}
	}
	*ret_text = slice_trim(slice_of(to, n));
	return ERR_OK;
}

enum err label_parse_marking(const struct policy_set *set, struct slice written, struct arena *arena,
			     const struct label **ret_label, struct diag *diag)
{
	struct marking_line line = {.set = set, .arena = arena, .diag = diag};
	struct marking_head head = {0};
	if (written.len > LIMIT_MARKING_LINE)
		return diag_fail(diag, ERR_TOO_LARGE, "a marking line has at most %d octets", LIMIT_MARKING_LINE);
	if (!utf8_is_text(written))
		return diag_fail(diag, ERR_MALFORMED, "a marking line is UTF-8 without NUL");
	TRY(normalize(written, arena, &line.text));
	TRY(marking_parse_head(&line, &head));
	struct reading r = {.line = &line, .policy = head.policy, .label = label_new(head.policy, arena)};
	r.candidate = policy_bits(head.policy, arena);
	r.best = policy_bits(head.policy, arena);
	if (!r.label || !r.candidate || !r.best)
		return ERR_MEMORY;
	r.label->class = head.class;
	if (head.value != FORM_NONE)
		add_value(&r, head.value);
	TRY(read_rest(&r, head.end));
	TRY(add_implied(&r));
	add_all_required(&r);
	*ret_label = r.label;
	return ERR_OK;
}
