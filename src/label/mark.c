/* From a label to the line that people read above a page or a paragraph. What stands in the line comes from the policy;
 * this file only chooses by place and language, and joins. */
#include "label/mark.h"

/* How well a marking's codes fit a location: 0 not at all. */
static int location_rank(uint32_t codes, uint32_t location)
{
	const uint32_t page = CODE_PAGE_TOP | CODE_PAGE_BOTTOM | CODE_PAGE_TOP_BOTTOM;
	codes &= CODE_LOCATIONS;
	if (codes & location)
		return 4;
	if (location & page && codes & page)
		return codes & CODE_PAGE_TOP_BOTTOM || location == CODE_PAGE_TOP_BOTTOM ? 3 : 0;
	if (!codes)
		return 2;
	return location != CODE_PORTION && codes & CODE_PAGE_TOP_BOTTOM ? 1 : 0;
}

/* Exact tag, then its primary part, then untagged; without a wish also English. 0: not at all. */
static int language_rank(struct slice lang, struct slice wish, struct slice primary)
{
	if (lang.len == 0)
		return wish.len ? 1 : 4;
	if (wish.len == 0)
		return slice_equal(lang, SLICE("en")) ? 1 : 0;
	return slice_equal(lang, wish) ? 3 : slice_equal(lang, primary) ? 2 : 0;
}

/* Each language of the policy is ranked once; the rows know theirs by number. */
static void place_init(struct place *place, const struct policy *p, struct slice location, struct slice lang)
{
	uint32_t bit = marking_code(location) & CODE_LOCATIONS;
	struct slice primary;
	place->location = bit ? bit : CODE_PAGE_BOTTOM;
	slice_split(lang, '-', &primary);
	for (uint32_t i = 0; i < p->language_count; i++)
		place->language_rank[i] = (uint8_t)language_rank(p->languages[i], lang, primary);
}

bool has_code(const struct policy *p, struct form_span markings, uint32_t codes)
{
	for (uint32_t i = markings.first; i < markings.first + markings.count; i++)
		if (p->markings[i].codes & codes)
			return true;
	return false;
}

/* The best marking for a place, among those that do (replace) or do not replace the policy's name. */
static const struct marking_row *best(const struct policy *p, struct form_span markings, const struct place *place,
				      bool replace)
{
	const struct marking_row *found = NULL;
	int rank = 0;
	for (uint32_t i = markings.first; i < markings.first + markings.count; i++) {
		const struct marking_row *m = &p->markings[i];
		int language = place->language_rank[p->marking_language[i]];
		if (!language || !!(m->codes & CODE_REPLACE_POLICY) != replace)
			continue;
		int location = location_rank(m->codes, place->location);
		if (location && location + 8 * language > rank) {
			rank = location + 8 * language;
			found = m;
		}
	}
	return found;
}

bool phrase_at(const struct policy *p, struct form_span markings, struct slice name, const struct place *place,
	       struct slice *ret_phrase)
{
	const struct marking_row *m = best(p, markings, place, false);
	*ret_phrase = m && m->has_phrase ? policy_text(p, m->phrase) : name;
	return ret_phrase->len && !(m && m->codes & (CODE_NO_NAME | CODE_NO_MARKING));
}

void qualifiers_at(const struct policy *p, struct form_span qualifiers, const struct place *place,
		   struct slice ret_texts[QUALIFIER_KINDS])
{
	int ranks[QUALIFIER_KINDS] = {0};
	for (uint32_t k = 0; k < QUALIFIER_KINDS; k++)
		ret_texts[k] = slice_of(NULL, 0);
	for (uint32_t i = qualifiers.first; i < qualifiers.first + qualifiers.count; i++) {
		const struct qualifier_row *q = &p->qualifiers[i];
		int language = place->language_rank[p->qualifier_language[i]];
		if (!language)
			continue;
		/* policies give qualifiers for the top of a page and mean every place */
		int location = 1 + location_rank(q->codes, place->location);
		if (location + 8 * language > ranks[q->kind]) {
			ranks[q->kind] = location + 8 * language;
			ret_texts[q->kind] = policy_text(p, q->text);
		}
	}
}

const struct entry_row *value_entry(const struct policy *p, uint32_t value, uint32_t class)
{
	const struct entry_row *first = &p->entries[p->values[value].first_entry];
	for (const struct entry_row *e = first;; e = &p->entries[e->next]) {
		if (e->classes >> class & 1)
			return e;
		if (e->next == FORM_NONE)
			return first;
	}
}

bool refs_meet(const struct policy *p, struct form_span refs, const uint64_t *bits)
{
	for (uint32_t i = refs.first; i < refs.first + refs.count; i++)
		if (bit_get(bits, p->refs[i]))
			return true;
	return false;
}

/* ---- one line ---- */

struct marker {
	const struct label *label;
	const struct policy *policy;
	struct place place;
	struct buf *text;
	size_t start;
	struct slice separator;
	uint32_t replacing; /* the value whose phrase stands in place of the policy's name */
};

static void put_separator(struct marker *m)
{
	if (m->text->len > m->start)
		buf_put(m->text, m->separator);
}

static void put_piece(struct marker *m, struct slice piece)
{
	if (piece.len == 0)
		return;
	put_separator(m);
	buf_put(m->text, piece);
}

/* The phrase in place of the policy's name: of the policy, the classification, then the values in order. */
static bool replacement(struct marker *m, struct slice *ret_phrase)
{
	const struct policy *p = m->policy;
	const struct marking_row *found = best(p, p->head->markings, &m->place, true);
	if (!found)
		found = best(p, p->classes[m->label->class].markings, &m->place, true);
	for (uint32_t i = 0; !found && i < p->replacing_count; i++) {
		uint32_t value = p->replacing[i].value;
		const struct entry_row *entry = &p->entries[p->replacing[i].entry];
		if (!bit_get(m->label->bits, value) || value_entry(p, value, m->label->class) != entry)
			continue;
		found = best(p, entry->markings, &m->place, true);
		m->replacing = found ? value : FORM_NONE;
	}
	if (!found)
		return false;
	*ret_phrase = policy_text(p, found->phrase);
	return true;
}

/* "NATO SECRET", or the portion mark that stands for both. */
static void put_head(struct marker *m)
{
	const struct policy *p = m->policy;
	const struct class_row *class = &p->classes[m->label->class];
	struct slice class_name = policy_text(p, class->name), phrase;
	bool shown = phrase_at(p, class->markings, class_name, &m->place, &phrase) &&
		     !has_code(p, class->markings, CODE_SUPPRESS_CLASS) &&
		     !has_code(p, p->head->markings, CODE_SUPPRESS_CLASS);
	if (m->place.location == CODE_PORTION && shown) {
		const struct marking_row *own = best(p, class->markings, &m->place, false);
		if (own && own->has_phrase && own->codes & CODE_PORTION) {
			put_piece(m, phrase);
			return;
		}
	}
	struct slice name;
	if (replacement(m, &name) || phrase_at(p, p->head->markings, policy_name(p), &m->place, &name))
		put_piece(m, name);
	if (shown)
		put_piece(m, phrase);
}

/* Values of a tag that the rules of the policy let go without saying. */
static bool goes_without_saying(const struct marker *m, uint32_t value)
{
	const struct policy *p = m->policy;
	for (uint32_t i = 0; i < p->implied_count; i++) {
		const struct implied_row *rule = &p->implied[i];
		if (rule->value != value)
			continue;
		if (!rule->is_default)
			return refs_meet(p, rule->when, m->label->bits);
		struct form_span span = p->tags[p->values[value].tag].values;
		bool alone = true;
		FOR_BITS (v, m->label->bits, span)
			alone &= v == value || is_hidden(p, value_entry(p, v, m->label->class));
		return alone;
	}
	return false;
}

/* The entry behind `after`, in the order of the policy, that stands for a value of the label. A label
 * holds few values of a tag: to look through them again is cheaper than to walk through all entries. */
static const struct entry_row *next_entry(const struct marker *m, const struct tag_row *tag,
					  const struct entry_row *after)
{
	const struct entry_row *next = NULL;
	FOR_BITS (v, m->label->bits, tag->values) {
		const struct entry_row *e = value_entry(m->policy, v, m->label->class);
		if ((!after || e > after) && (!next || e < next))
			next = e;
	}
	return next;
}

/* The phrases of a tag's values in the order of the policy; answers how many were put. */
static uint32_t put_values(struct marker *m, const struct tag_row *tag, struct slice separator, struct slice final)
{
	const struct policy *p = m->policy;
	const struct entry_row *e = NULL;
	struct slice last = slice_of(NULL, 0);
	uint32_t put = 0, left = 0;
	size_t last_at = 0;
	if (separator.len == 0)
		separator = SLICE("/");
	FOR_BITS (v, m->label->bits, tag->values)
		left++;
	for (; left > 0; left--) {
		e = next_entry(m, tag, e);
		struct slice phrase;
		if (e->value == m->replacing || goes_without_saying(m, e->value) || is_hidden(p, e) ||
		    !phrase_at(p, e->markings, policy_text(p, e->name), &m->place, &phrase))
			continue;
		last_at = m->text->len;
		if (put++)
			buf_put(m->text, separator);
		buf_put(m->text, phrase);
		last = phrase;
	}
	if (put > 1 && final.len) {
		buf_truncate(m->text, last_at);
		buf_put(m->text, final);
		buf_put(m->text, last);
	}
	return put;
}

/* Words that take back what would go without saying. */
static void put_exceptions(struct marker *m, uint32_t tag)
{
	const struct policy *p = m->policy;
	for (uint32_t i = 0; i < p->implied_count; i++) {
		const struct implied_row *rule = &p->implied[i];
		if (!rule->is_default && p->values[rule->value].tag == tag && !bit_get(m->label->bits, rule->value) &&
		    refs_meet(p, rule->when, m->label->bits))
			put_piece(m, policy_text(p, rule->unless));
	}
}

static void put_tag(struct marker *m, uint32_t t)
{
	const struct tag_row *tag = &m->policy->tags[t];
	struct slice texts[QUALIFIER_KINDS];
	qualifiers_at(m->policy, tag->qualifiers, &m->place, texts);
	struct slice prefix = texts[QUALIFIER_PREFIX], suffix = slice_trim(texts[QUALIFIER_SUFFIX]);
	size_t before = m->text->len;
	put_separator(m);
	buf_put(m->text, prefix);
	if (prefix.len && mark_is_word(prefix.data[prefix.len - 1]))
		buf_put_octet(m->text, ' ');
	if (!put_values(m, tag, texts[QUALIFIER_SEPARATOR], texts[QUALIFIER_FINAL_SEPARATOR])) {
		buf_truncate(m->text, before);
		put_exceptions(m, t);
		return;
	}
	if (suffix.len && mark_is_word(suffix.data[0]))
		buf_put_octet(m->text, ' ');
	buf_put(m->text, suffix);
	put_exceptions(m, t);
}

static void put_privacy_mark(struct marker *m)
{
	const struct policy *p = m->policy;
	struct slice phrase = m->label->privacy_mark;
	for (uint32_t i = 0; i < p->privacy_count; i++)
		if (name_equal(p, policy_text(p, p->privacy[i].name), m->label->privacy_mark) &&
		    !phrase_at(p, p->privacy[i].markings, policy_text(p, p->privacy[i].name), &m->place, &phrase))
			return;
	put_piece(m, phrase);
}

void label_mark(const struct label *label, struct slice location, struct slice lang, struct buf *text)
{
	const struct policy *p = label->policy;
	struct marker m = {.label = label,
			   .policy = p,
			   .text = text,
			   .start = text->len,
			   .replacing = FORM_NONE};
	place_init(&m.place, p, location, lang);
	struct slice texts[QUALIFIER_KINDS];
	qualifiers_at(p, p->head->qualifiers, &m.place, texts);
	m.separator = texts[QUALIFIER_SEPARATOR].len ? texts[QUALIFIER_SEPARATOR] : SLICE(" ");
	buf_put(text, texts[QUALIFIER_PREFIX]);
	m.start = text->len;
	put_head(&m);
	FOR_BITS (t, tags_present(p, label->bits), ((struct form_span){0, p->tag_count}))
		put_tag(&m, t);
	put_privacy_mark(&m);
	buf_put(text, texts[QUALIFIER_SUFFIX]);
}
