/* The compiled form of a policy: a header, a table of sections and rows of 32-bit words, nothing else. Rows refer to each
 * other by index and to text by offset, so the form can be shared and mapped anywhere; it is written in the octet order
 * of the machine and never leaves the node. policy.c checks every reference by the tables of form.c before use. */
#ifndef BICES_LABEL_FORM_H
#define BICES_LABEL_FORM_H

#include "base/slice.h"

enum { FORM_MAGIC = 0x31504342 };
#define FORM_NONE UINT32_MAX /* no row */

enum section {
	SECTION_TEXT, /* octets, padded to a multiple of 4 */
	SECTION_HEAD, /* one head_row */
	SECTION_CLASS,
	SECTION_SET,
	SECTION_TAG,
	SECTION_VALUE, /* a name within a tag: one bit of a label; in ascending order of octets within the tag */
	SECTION_ENTRY, /* a tagCategory element, in the order of the SPIF; several may share one name */
	SECTION_REQUIREMENT,
	SECTION_GROUP,
	SECTION_REF, /* one word: index of a value */
	SECTION_MARKING,
	SECTION_QUALIFIER,
	SECTION_PRIVACY,
	SECTION_PEER, /* an equivalent policy */
	SECTION_EQUIVALENT,
	SECTION_NEED, /* a category that a mapped label gets besides */
	SECTION_IMPLIED,
	SECTION_COUNT
};

struct form_text {
	uint32_t at, len;
};
struct form_span {
	uint32_t first, count;
};
struct form_moment { /* ms since 1970; zero: none */
	uint32_t high, low;
};

enum tag_type { TAG_RESTRICTIVE, TAG_PERMISSIVE, TAG_INFORMATIVE, TAG_NOT_APPLICABLE, TAG_TYPES };
enum requirement_operation { REQUIRE_ONLY_ONE, REQUIRE_ONE_OR_MORE, REQUIRE_ALL, REQUIRE_OPERATIONS };
enum qualifier_kind {
	QUALIFIER_PREFIX,
	QUALIFIER_SUFFIX,
	QUALIFIER_SEPARATOR,
	QUALIFIER_FINAL_SEPARATOR,
	QUALIFIER_KINDS
};
enum applied { APPLIED_ENCRYPT = 1, APPLIED_DECRYPT = 2, APPLIED_BOTH = 3 };

enum { ROW_OBSOLETE = 1, ROW_USER_INPUT = 2 };
enum { FORM_CLASSES = 32 }; /* most classifications: a set of them is one word */
enum { FORM_RULES = 64 };   /* most marking rules: a set of them is one double word */

struct head_row {
	struct form_text name, oid, version;
	struct form_moment not_before, not_after;
	uint32_t fold_case; /* names are compared without regard to ASCII case */
	uint32_t privacy_min, privacy_max;
	struct form_span markings, qualifiers;
};
struct class_row {
	struct form_text name, color;
	uint32_t lacv, hierarchy, flags;
	struct form_span markings, qualifiers, requirements, equivalents;
};
struct set_row {
	struct form_text name, oid;
	struct form_span tags, equivalents;
};
struct tag_row {
	struct form_text name;
	uint32_t set, type, min, max;
	struct form_span entries, values, qualifiers;
};
struct value_row {
	struct form_text name;
	uint32_t tag, first_entry;
};
struct entry_row {
	struct form_text name;
	uint32_t value, next;          /* next entry of the same value; always a later one, or FORM_NONE */
	uint32_t lacv, flags, classes; /* classes: bit i: may stand with classification i */
	struct form_moment not_before, not_after;
	struct form_span markings, qualifiers, requirements, equivalents, excluded;
};
struct requirement_row {
	uint32_t operation;
	struct form_span groups;
};
struct group_row {
	struct form_span refs; /* matched when any of these values is in the label */
};
struct marking_row {
	struct form_text phrase, lang;
	uint32_t codes, has_phrase;
};
struct qualifier_row {
	struct form_text text, lang;
	uint32_t kind, codes;
};
struct privacy_row {
	struct form_text name;
	uint32_t flags;
	struct form_span markings;
};
struct peer_row {
	struct form_text name, oid;
	struct form_span needs;
};
struct equivalent_row {
	struct form_text policy, set; /* set: OID or name of the target tag set; empty for a classification */
	uint32_t type, lacv, applied, discard;
	struct form_span needs;
};
struct need_row {
	struct form_text set;
	uint32_t type, lacv;
	uint32_t operation, requirement; /* requirement: number of the requiredCategory it comes from */
};
/* A marking line that names one of `when` (or, as the tag's default, no other value of the tag) means `value` too. */
struct implied_row {
	uint32_t value, is_default;
	struct form_text unless; /* words that take it back */
	struct form_span when;   /* refs */
};

/* Marking codes, as bits. spec: XML-SPIF, markingCode */
enum marking_code {
	CODE_PAGE_TOP = 1 << 0,
	CODE_PAGE_BOTTOM = 1 << 1,
	CODE_PAGE_TOP_BOTTOM = 1 << 2,
	CODE_DOCUMENT_START = 1 << 3,
	CODE_DOCUMENT_END = 1 << 4,
	CODE_FIRST_LINE = 1 << 5,
	CODE_LAST_LINE = 1 << 6,
	CODE_SUBJECT = 1 << 7,
	CODE_X_HEADER = 1 << 8,
	CODE_PORTION = 1 << 9,
	CODE_INPUT_TITLE = 1 << 10,
	CODE_WATER_MARK = 1 << 11,
	CODE_LOCATIONS = (1 << 12) - 1,
	CODE_NO_NAME = 1 << 12,
	CODE_NO_MARKING = 1 << 13,
	CODE_SUPPRESS_CLASS = 1 << 14,
	CODE_REPLACE_POLICY = 1 << 15,
};

/* The bit of a code's name, or 0. */
uint32_t marking_code(struct slice name);

/* What a word of a row refers to. */
enum field_use { USE_TEXT, USE_SPAN, USE_INDEX, USE_INDEX_OR_NONE, USE_BELOW };
struct form_field {
	uint16_t section, offset;
	uint16_t use;
	uint32_t target; /* section of a span or index; bound of USE_BELOW */
};
extern const struct form_field form_fields[];
extern const size_t form_field_count;
extern const uint32_t form_row_size[SECTION_COUNT];

struct form_section {
	uint32_t at, count; /* octets from the beginning; rows */
};
struct form_header {
	uint32_t magic, size;
	struct form_section sections[SECTION_COUNT];
};

#endif
