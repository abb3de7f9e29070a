/* A policy on its way from XML-SPIF to the compiled form: rows collect in one buffer per section; references by name
 * wait in lists until everything was read. Private to spif_*.c. */
#ifndef BICES_LABEL_SPIF_H
#define BICES_LABEL_SPIF_H

#include "label/policy.h"
#include "label/xml.h"

/* The elements this room understands, by what they mean. */
enum spif_element {
	SPIF_DOCUMENT, /* above the root */
	SPIF_ROOT,
	SPIF_POLICY_ID,
	SPIF_CLASSES,
	SPIF_CLASS,
	SPIF_SETS,
	SPIF_SET,
	SPIF_TAG,
	SPIF_CATEGORY,
	SPIF_MARKING,
	SPIF_CODE,
	SPIF_QUALIFIERS,
	SPIF_QUALIFIER,
	SPIF_EXCLUDED_CLASS,
	SPIF_REQUIRED,
	SPIF_GROUP,
	SPIF_EXCLUDED_CATEGORY,
	SPIF_PRIVACY_MARKS,
	SPIF_PRIVACY_MARK,
	SPIF_PEERS,
	SPIF_PEER,
	SPIF_EQUIVALENT_CLASS,
	SPIF_EQUIVALENT_CATEGORY,
	SPIF_EQUIVALENT_SET,
	SPIF_EXTENSIONS,
	SPIF_RULES,
	SPIF_DEFAULT,
	SPIF_IMPLIED,
	SPIF_WHEN,
	SPIF_IGNORED,
	SPIF_ELEMENTS
};

/* A reference to categories by tag set, type and lacv. */
struct spif_ref {
	struct slice set; /* name or OID */
	enum tag_type type;
	bool has_type, has_lacv;
	uint32_t lacv;
	size_t at;      /* in the document */
	uint32_t owner; /* row it belongs to */
	struct spif_ref *next;
};
struct spif_refs {
	struct spif_ref *first, **end;
};

/* requiredClass or excludedClass of an entry. */
struct spif_class_ref {
	struct slice class;
	uint32_t entry;
	size_t at;
	bool required;
	struct spif_class_ref *next;
};

/* A finding and where it is; lines are counted once all are known. */
struct spif_found {
	struct finding finding;
	size_t at;
	struct spif_found *next;
};

struct spif {
	struct xml xml;
	struct arena *arena;
	struct buf sections[SECTION_COUNT];
	struct buf places[SECTION_COUNT]; /* per row: its offset in the document, 32 bits */
	struct head_row head;
	struct spif_found *findings;
	size_t finding_count;
	bool failed;  /* an error finding */
	enum err err; /* memory exhausted, or too large */
	enum spif_element open[LIMIT_XML_DEPTH + 1];
	size_t depth;
	bool has_policy, own_namespace_warned, schema_3;
	uint32_t qualifier_codes;                  /* of the markingQualifier being read */
	uint32_t need_operation, need_requirement; /* of the requiredCategory of another policy being read */
	struct spif_refs groups, excluded, implied, when;
	uint32_t reference_count;
	struct spif_class_ref *class_refs, **class_refs_end;
};

/* A finding at an offset of the document, or at the current event. */
enum { SPIF_MOST_FINDINGS = 1000, SPIF_MOST_REFERENCES = 65536 };
#define SPIF_HERE SIZE_MAX
void spif_finding(struct spif *spif, enum finding_level level, size_t at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* All of them in the order of the document, with their places. */
struct finding *spif_findings(struct spif *spif);
/* Offset of a row's element. */
size_t spif_at(const struct spif *spif, enum section section, uint32_t i);

/* Appends a zeroed row; FORM_NONE when memory is exhausted (then spif->err is set). */
uint32_t spif_add(struct spif *spif, enum section section);
/* A row by index; valid until the next spif_add to that section. */
void *spif_row(struct spif *spif, enum section section, uint32_t i);
uint32_t spif_count(const struct spif *spif, enum section section);
struct form_text spif_text(struct spif *spif, struct slice text);
struct slice spif_slice(const struct spif *spif, struct form_text text);
/* One name under this policy, which may fold case. */
bool spif_same(const struct spif *spif, struct slice a, struct slice b);

/* The attributes of the element being read; findings are errors unless it says otherwise. */
enum { SPIF_NAME = 256 };                                                 /* characters */
struct slice spif_attribute(struct spif *spif, const char *name);         /* as it stands; empty if absent */
struct slice spif_token(struct spif *spif, const char *name);             /* white space collapsed */
struct slice spif_name(struct spif *spif, const char *name);              /* required: 1 to SPIF_NAME characters */
struct slice spif_oid(struct spif *spif, const char *name);               /* required; a malformed one is a warning */
uint32_t spif_number(struct spif *spif, const char *name, bool required); /* decimal; "004" is 4 */
bool spif_flag(struct spif *spif, const char *name);                      /* true, false, 1, 0; absent is false */
bool spif_moment_of(struct slice text, uint64_t *ret_ms); /* GeneralizedTime (YYYYMMDDHHMMSSZ) or RFC 3339 */
struct form_moment spif_moment(struct spif *spif, const char *name);
/* tagType and enumType; false, without a finding, where they mean nothing. */
bool spif_tag_type(struct spif *spif, enum tag_type *ret_type);

/* Reads the document into rows and waiting references. */
enum err spif_read(struct spif *spif) MUST_USE;

/* Reports what was read, but does not fit together or leads nowhere. After the values were made. */
void spif_check(struct spif *spif);

/* Makes values of entries, resolves the references and reports what does not fit together. */
enum err spif_resolve(struct spif *spif) MUST_USE;

/* "#RRGGBB" for a W3C colour name or itself; empty for anything else. */
struct slice color_value(struct slice name);

#endif
