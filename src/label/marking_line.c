/* From a marking line as people write it to a label. The words come from the policies (every phrase of every place and
 * language, and the plain names); the rules of what goes without saying too. A line with two meanings is refused with
 * both; a word that means nothing is named. It must never drop a word. */
#include "label/mark.h"

#include "base/limits.h"

enum { CHOICES_MOST = 8 };

struct line {
	struct slice text; /* white space collapsed, "//" read as a space */
	const struct policy_set *set;
	struct arena *arena;
	struct diag *diag;
};

/* ---- matching words ---- */

static bool is_word(uint8_t c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Position behind phrase at `at`, or 0. ASCII case does not matter; a phrase ends at a word's end. */
static size_t match(struct slice text, size_t at, struct slice phrase)
{
	phrase = slice_trim(phrase);
	size_t end = at + phrase.len;
	if (phrase.len == 0 || end > text.len ||
	    strncasecmp((const char *)text.data + at, (const char *)phrase.data, phrase.len) != 0)
		return 0;
	bool cut = end < text.len && is_word(text.data[end]) && is_word(phrase.data[phrase.len - 1]);
	return cut ? 0 : end;
}

static size_t skip_space(struct slice text, size_t at)
{
	return at < text.len && text.data[at] == ' ' ? at + 1 : at;
}

static size_t longer(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The longest match of a name or one of its phrases with (or without) any of these codes. */
static size_t match_phrases(const struct policy *p, struct slice text, size_t at, struct form_span markings,
			    uint32_t with, uint32_t without)
{
	size_t end = 0;
	for (uint32_t i = markings.first; i < markings.first + markings.count; i++) {
		const struct marking_row *m = &p->markings[i];
		if (m->has_phrase && (!with || m->codes & with) && !(m->codes & without))
			end = longer(end, match(text, at, policy_text(p, m->phrase)));
	}
	return end;
}

/* ---- the head: policy and classification ---- */

struct head {
	const struct policy *policy;
	uint32_t class, value; /* value: whose phrase stood in place of the policy's name, or FORM_NONE */
	size_t end;
};
struct heads {
	struct head best[CHOICES_MOST]; /* all of one length */
	size_t count;
};

static void offer(struct heads *heads, struct head head)
{
	if (head.end == 0 || (heads->count && head.end < heads->best[0].end))
		return;
	if (heads->count && head.end > heads->best[0].end)
		heads->count = 0;
	for (size_t i = 0; i < heads->count; i++)
		if (heads->best[i].policy == head.policy && heads->best[i].class == head.class &&
		    heads->best[i].value == head.value)
			return;
	if (heads->count < CHOICES_MOST)
		heads->best[heads->count++] = head;
}

/* A classification behind the policy's words, which end at `at`. */
static void offer_classes(struct heads *heads, const struct line *line, struct head head, size_t at,
			  uint32_t only_class)
{
	const struct policy *p = head.policy;
	for (uint32_t c = 0; at && c < p->class_count; c++) {
		const struct class_row *class = &p->classes[c];
		if (only_class != FORM_NONE && c != only_class)
			continue;
		size_t next = skip_space(line->text, at);
		head.class = c;
		head.end = longer(
			match(line->text, next, policy_text(p, class->name)),
			match_phrases(p, line->text, next, class->markings, 0, CODE_PORTION | CODE_REPLACE_POLICY));
		offer(heads, head);
		head.end = has_code(p, class->markings, CODE_SUPPRESS_CLASS | CODE_NO_MARKING) ? at : 0;
		offer(heads, head);
	}
}

static void offer_policy(struct heads *heads, const struct line *line, const struct policy *p)
{
	struct head head = {.policy = p, .value = FORM_NONE};
	struct slice text = line->text;
	size_t name = longer(match(text, 0, policy_name(p)), match_phrases(p, text, 0, p->head->markings, 0, 0));
	offer_classes(heads, line, head, name, FORM_NONE);
	for (uint32_t c = 0; c < p->class_count; c++) {
		struct form_span markings = p->classes[c].markings;
		offer_classes(heads, line, head, match_phrases(p, text, 0, markings, CODE_REPLACE_POLICY, 0), c);
		head.class = c;
		head.end = match_phrases(p, text, 0, markings, CODE_PORTION, CODE_REPLACE_POLICY);
		offer(heads, head);
	}
	for (uint32_t v = 0; v < p->value_count; v++)
		for (uint32_t e = p->values[v].first_entry; e != FORM_NONE; e = p->entries[e].next) {
			size_t end = match_phrases(p, text, 0, p->entries[e].markings, CODE_REPLACE_POLICY, 0);
			head.value = v;
			for (uint32_t c = 0; end && c < p->class_count; c++)
				if (p->entries[e].classes >> c & 1)
					offer_classes(heads, line, head, end, c);
		}
}

/* What the line could mean, for people. */
static void name_head(const struct head *head, struct buf *text)
{
	const struct policy *p = head->policy;
	if (text->len)
		buf_put_text(text, "; ");
	if (head->value == FORM_NONE)
		buf_put(text, policy_name(p));
	else
		buf_put(text, policy_text(p, p->values[head->value].name));
	buf_put_octet(text, ' ');
	buf_put(text, policy_text(p, p->classes[head->class].name));
}

/* Nothing matched: perhaps the policy's name was left out. */
static enum err explain_no_head(const struct line *line)
{
	AUTO_BUF choices = buf_make(400);
	bool any = false;
	for (size_t i = 0; i < policy_set_count(line->set); i++) {
		const struct policy *p = policy_set_at(line->set, i);
		for (uint32_t c = 0; c < p->class_count; c++)
			if (match(line->text, 0, policy_text(p, p->classes[c].name)) ||
			    match_phrases(p, line->text, 0, p->classes[c].markings, 0, CODE_REPLACE_POLICY)) {
				name_head(&(struct head){.policy = p, .class = c, .value = FORM_NONE}, &choices);
				any = true;
			}
	}
	if (any)
		return diag_fail(line->diag, ERR_AMBIGUOUS, "of which policy? Choices: %.*s",
				 SLICE_ARG(buf_slice(&choices)));
	return diag_fail(line->diag, ERR_UNKNOWN,
			 "'%.*s' does not begin with a policy and a classification, such as NATO SECRET",
			 SLICE_ARG(slice_take(line->text, 100)));
}

static enum err parse_head(const struct line *line, struct head *ret_head)
{
	struct heads heads = {.count = 0};
	for (size_t i = 0; i < policy_set_count(line->set); i++)
		offer_policy(&heads, line, policy_set_at(line->set, i));
	if (heads.count == 0)
		return explain_no_head(line);
	if (heads.count > 1) {
		AUTO_BUF choices = buf_make(400);
		for (size_t i = 0; i < heads.count; i++)
			name_head(&heads.best[i], &choices);
		return diag_fail(line->diag, ERR_AMBIGUOUS, "'%.*s' has several meanings: %.*s",
				 SLICE_ARG(slice_take(line->text, 100)), SLICE_ARG(buf_slice(&choices)));
	}
	*ret_head = heads.best[0];
	return ERR_OK;
}

/* ---- categories ---- */

struct segment {
	uint32_t tag;
	size_t end;
	uint64_t *values; /* bits */
};

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
			end = longer(end, match(text, at, policy_text(p, entry->name)));
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
		end = longer(end, match(text, at, text_here));
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
	size_t from = skip_space(text, at);
	size_t end = longer(match_qualifier(p, text, from, tag, QUALIFIER_SEPARATOR, &any),
			    match_qualifier(p, text, from, tag, QUALIFIER_FINAL_SEPARATOR, &any));
	if (!end && from < text.len && (text.data[from] == ',' || text.data[from] == '/'))
		end = from + 1;
	if (!end && from > at && separates_by_space(p, tag))
		end = from;
	return end ? skip_space(text, end) : 0;
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
static size_t match_tag(const struct policy *p, struct slice text, size_t at, uint32_t tag, uint64_t *values,
			bool *ret_twice)
{
	bool has_prefix, has_suffix;
	size_t behind = match_qualifier(p, text, at, tag, QUALIFIER_PREFIX, &has_prefix);
	if (has_prefix && !behind)
		return 0;
	size_t end = match_values(p, text, has_prefix ? skip_space(text, behind) : at, tag, values, ret_twice);
	if (!end)
		return 0;
	size_t suffix = match_qualifier(p, text, skip_space(text, end), tag, QUALIFIER_SUFFIX, &has_suffix);
	return has_suffix ? suffix : end;
}

struct reading {
	const struct line *line;
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

static bool has_qualifier(const struct policy *p, uint32_t tag, enum qualifier_kind kind)
{
	bool any;
	(void)match_qualifier(p, slice_of(NULL, 0), 0, tag, kind, &any);
	return any;
}

/* A segment that is closed by no suffix may have eaten the beginning of one that is: the tag of that one, or FORM_NONE. */
static uint32_t eaten_tag(struct reading *r, size_t at, size_t end, uint32_t tag)
{
	const struct policy *p = r->policy;
	struct slice text = r->line->text;
	for (size_t i = at + 1; !has_qualifier(p, tag, QUALIFIER_SUFFIX) && i < end; i++)
		for (uint32_t t = 0; text.data[i - 1] == ' ' && t < p->tag_count; t++) {
			bool twice = false;
			clear(p, r->candidate);
			if (t != tag && has_qualifier(p, t, QUALIFIER_SUFFIX) &&
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
	for (uint32_t i = 0; i < p->implied_count && i < 64; i++) {
		size_t end = match(r->line->text, at, policy_text(p, p->implied[i].unless));
		if (end) {
			r->taken_back |= (uint64_t)1 << i;
			return end;
		}
	}
	for (uint32_t i = 0; i < p->privacy_count; i++) {
		size_t end = longer(match(r->line->text, at, policy_text(p, p->privacy[i].name)),
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
	for (uint32_t i = 0; i < p->implied_count && i < 64; i++) {
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
	struct line line = {.set = set, .arena = arena, .diag = diag};
	struct head head = {0};
	if (written.len > LIMIT_MARKING_LINE)
		return diag_fail(diag, ERR_TOO_LARGE, "a marking line has at most %d octets", LIMIT_MARKING_LINE);
	if (!utf8_is_text(written))
		return diag_fail(diag, ERR_MALFORMED, "a marking line is UTF-8 without NUL");
	TRY(normalize(written, arena, &line.text));
	TRY(parse_head(&line, &head));
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
