/* Inside of libbices-label: an opened policy, labels and clearances as bit sets over its values. */
#ifndef BICES_LABEL_POLICY_H
#define BICES_LABEL_POLICY_H

#include "label/form.h"
#include "label/label.h"
#include "label/octets.h"

struct replacing {
	uint32_t entry, value;
};

enum { POLICY_LANGUAGES = 64 }; /* most different xml:lang, untagged included */

struct policy {
	const uint8_t *text;
	const struct head_row *head;
	const struct class_row *classes;
	const struct set_row *sets;
	const struct tag_row *tags;
	const struct value_row *values;
	const struct entry_row *entries;
	const struct requirement_row *requirements;
	const struct group_row *groups;
	const uint32_t *refs;
	const struct marking_row *markings;
	const struct qualifier_row *qualifiers;
	const struct privacy_row *privacy;
	const struct peer_row *peers;
	const struct equivalent_row *equivalents;
	const struct need_row *needs;
	const struct implied_row *implied;
	uint32_t class_count, set_count, tag_count, value_count, entry_count, marking_count, qualifier_count, privacy_count,
		peer_count, implied_count;
	uint32_t value_words, tag_words; /* words of the bit sets */

	/* derived by policy_derive() */
	const uint64_t *restrictive;     /* value_words: the values of restrictive tags */
	const uint32_t *compact_order;   /* tag_count: tags by type, then by the tag set's octets */
	const struct replacing *replacing; /* replacing_count: entries with a phrase for the policy's name, in order */
	uint32_t replacing_count;
	const uint64_t *hidden; /* entry_count bits: entries that are shown nowhere, under no name or phrase */
	struct slice languages[POLICY_LANGUAGES];
	uint32_t language_count;
	const uint8_t *marking_language, *qualifier_language; /* per row: which of the languages */
	const struct name_slot *names;                        /* name_mask + 1 */
	uint32_t name_mask;
};

/* The names of a label or a clearance, as bits: value_words of values, then tag_words of the tags that are present. */
struct label {
	const struct policy *policy;
	uint32_t class;
	struct slice privacy_mark;
	const struct label *successor;     /* spec: ADatP-4774 SuccessionHandling */
	uint64_t review_ms, succession_ms; /* zero: none */
	uint64_t bits[];
};

struct clearance_part {
	const struct policy *policy;
	uint32_t classes;     /* bit i: classification i */
	const uint64_t *bits; /* value_words, then tag_words */
	struct clearance_part *next;
};
struct clearance {
	struct clearance_part *parts; /* in ascending order of policy names */
};

static inline struct slice policy_text(const struct policy *policy, struct form_text text)
{
	return slice_of(policy->text + text.at, text.len);
}

static inline uint64_t form_ms(struct form_moment moment)
{
	return (uint64_t)moment.high << 32 | moment.low;
}

static inline bool bit_get(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static inline void bit_set(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline void bit_clear(uint64_t *bits, uint32_t i)
{
	bits[i / 64] &= ~((uint64_t)1 << (i % 64));
}

static inline const uint64_t *tags_present(const struct policy *policy, const uint64_t *bits)
{
	return bits + policy->value_words;
}

/* True if a value of [first, first + count) is in both (b may equal a). */
static inline bool bits_meet(const uint64_t *a, const uint64_t *b, struct form_span span)
{
	for (uint32_t i = span.first, end = span.first + span.count; i < end;) {
		uint32_t in_word = i % 64, n = 64 - in_word < end - i ? 64 - in_word : end - i;
		uint64_t mask = (n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1) << in_word;
		if (a[i / 64] & b[i / 64] & mask)
			return true;
		i += n;
	}
	return false;
}

/* The first set bit in [from, end), or end. */
static inline uint32_t bits_next(const uint64_t *bits, uint32_t from, uint32_t end)
{
	while (from < end) {
		uint64_t word = bits[from / 64] >> (from % 64);
		if (word) {
			from += (uint32_t)__builtin_ctzll(word);
			return from < end ? from : end;
		}
		from = (from / 64 + 1) * 64;
	}
	return end;
}

/* For each set bit v of the span. */
#define FOR_BITS(v, bits, span) \
	for (uint32_t end_##v = (span).first + (span).count, v = bits_next((bits), (span).first, end_##v); v < end_##v; \
	     v = bits_next((bits), v + 1, end_##v))

/* Fills in what is derived. ERR_TOO_LARGE: more than POLICY_LANGUAGES languages. */
enum err policy_derive(struct policy *policy, struct arena *arena) MUST_USE;
enum err policy_index_names(struct policy *policy, struct arena *arena) MUST_USE;

/* Index of a name, or FORM_NONE; names of a policy that folds case are found in either case. */
uint32_t policy_class(const struct policy *policy, struct slice name);
uint32_t policy_set_index(const struct policy *policy, struct slice name);
uint32_t tag_value(const struct policy *policy, uint32_t tag, struct slice name);
bool name_equal(const struct policy *policy, struct slice a, struct slice b);

/* Empty label of a policy, in the arena; NULL when memory is exhausted. */
struct label *label_new(const struct policy *policy, struct arena *arena) MUST_USE;

/* Takes a tag out of a label, with all its values. */
void label_drop_tag(struct label *label, uint32_t tag);

/* Bits for a policy, in the arena; NULL when memory is exhausted. */
uint64_t *policy_bits(const struct policy *policy, struct arena *arena) MUST_USE;

/* Puts one category's values, or the mere presence of a permissive tag set, into bits. A restrictive or informative
 * category without a value means nothing and leaves no trace.
 * ERR_UNKNOWN (with diag) for a name the policy does not know under that type. */
enum err category_open(const struct policy *policy, enum tag_type type, struct slice set_name, uint64_t *bits,
		       uint32_t *ret_set, struct diag *diag) MUST_USE;
enum err category_value(const struct policy *policy, enum tag_type type, uint32_t set, struct slice name,
			uint64_t *bits, struct diag *diag) MUST_USE;

/* "RESTRICTIVE", "PERMISSIVE", "INFORMATIVE". */
const char *tag_type_text(enum tag_type type);

/* The compact tags of bits ("|P:Context=NATO…"), appended. */
void categories_print_compact(const struct policy *policy, const uint64_t *bits, struct buf *text);

/* Reads compact tags from *rest ("|P:…|M:…"). */
enum err categories_parse_compact(const struct policy *policy, struct slice *rest, uint64_t *bits, struct arena *arena,
				  struct diag *diag) MUST_USE;

/* Calls visit once for each (tag set, type) of bits in compact order. */
struct category {
	const struct policy *policy;
	const uint64_t *bits;
	uint32_t position;  /* in compact_order; start with 0 */
	uint32_t tag, last; /* the tags compact_order[tag … last) are one category */
	uint32_t cursor;
	struct slice previous;
};
/* Next category that is present, or false. */
bool category_next(struct category *category);
/* Next name of the category's values, ascending by octets; false at the end. */
bool category_next_value(struct category *category, struct slice *ret_name);
uint32_t category_set(const struct category *category);
enum tag_type category_type(const struct category *category);

/* In place of now_ms: dates are left aside. */
#define ANY_TIME UINT64_MAX

/* True if the entry's rules on classification, dates, requirements and exclusions hold; the first broken one is named
 * in *reasons (one line). */
bool entry_allowed(const struct label *label, const struct entry_row *entry, enum label_use use, uint64_t now_ms,
		   struct buf *reasons);

/* True if one of the value's entries is allowed: entries of one name are alternatives. */
bool value_allowed(const struct label *label, uint32_t value, enum label_use use, uint64_t now_ms);

/* The entry of a value that applies to a classification: what it looks like when marked. */
const struct entry_row *value_entry(const struct policy *policy, uint32_t value, uint32_t class);

/* True if any / the requirement's values are in bits. */
bool group_matched(const struct policy *policy, const struct group_row *group, const uint64_t *bits);
bool requirement_met(const struct policy *policy, const struct requirement_row *requirement, const uint64_t *bits);

/* PUBLIC UNMARKED and its like: the lowest classification of the policy PUBLIC without any category. */
bool label_is_neutral(const struct label *label);

/* -1, 0, 1 by version: runs of digits as numbers of any length, everything else by octets: 9, 10, 10.2, 10.10, 10.b. */
int version_compare(struct slice a, struct slice b);

#endif
