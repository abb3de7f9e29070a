/* What STIX 2.1 says about types and their properties, as tables, and how a document is held against them. Internal to
 * this room; callers use object/stix_check.h.
 *
 * A shape is the table of one kind of JSON object: a type, an extension, an external reference. Texts that list words
 * separate them by '|'. */
#ifndef BICES_OBJECT_STIX_SCHEMA_H
#define BICES_OBJECT_STIX_SCHEMA_H

#include "object/json.h"

struct stix_checker;
struct stix_frame;

enum stix_kind {
	KIND_ANY,
	KIND_TEXT,
	KIND_BOOLEAN,
	KIND_INTEGER, /* from min to max, where they differ */
	KIND_NUMBER,  /* from min to max, where they differ */
	KIND_TIME,
	KIND_MILLI_TIME, /* a time; with fewer than three decimals a note */
	KIND_REFERENCE,	 /* words: the types it may name; see stix_allows_target */
	KIND_ENUM,	 /* words: the closed list */
	KIND_VOCABULARY, /* words: the open list; anything else is a note */
	KIND_FORM,	 /* a text that form accepts */
	KIND_HASHES,
	KIND_HEX,
	KIND_BINARY,	 /* base64 */
	KIND_DICTIONARY, /* values of kind min, where it is not 0 */
	KIND_SHAPE,	 /* an object of this shape */
	KIND_EXTENSIONS,
	KIND_CONTAINER, /* observables by key, without ids: "objects" of STIX 2.0 */
	KIND_SELECTOR,
	KIND_CONTENTS, /* of language-content */
};

enum { STIX_REQUIRED = 1, STIX_LIST = 2 };

struct stix_property {
	const char *name;
	uint8_t kind;  /* enum stix_kind */
	uint8_t flags; /* STIX_REQUIRED, STIX_LIST */
	const char *words;
	const struct stix_shape *shape;
	bool (*form)(struct slice text);
	const char *expected; /* of a form: what it takes, for people */
	int64_t min, max;
};

enum stix_rule_kind {
	RULE_ANY_OF,	/* at least one of the names */
	RULE_ONE_OF,	/* exactly one of the names */
	RULE_NEEDS,	/* where the first is, all others are */
	RULE_EXCLUDES,	/* where the first is, none of the others is */
	RULE_ORDER,	/* time: the first is not behind the second */
	RULE_LATER,	/* time: the first is before the second */
	RULE_SOMETHING, /* at least one property of the shape's own table, or an extension */
	RULE_CHECK,	/* what a table cannot say */
};

struct stix_rule {
	enum stix_rule_kind kind;
	const char *names;
	enum err (*check)(struct stix_checker *checker, const struct stix_frame *frame);
};

struct stix_shape {
	const char *name;
	const struct stix_property *properties; /* ended by a NULL name */
	const struct stix_property *common;	/* the same, beside the shape's own; or NULL */
	const struct stix_rule *rules;		/* rules_count entries */
	size_t rules_count;
};

enum stix_class { STIX_CUSTOM, STIX_DOMAIN, STIX_RELATION, STIX_OBSERVABLE, STIX_META };

struct stix_type {
	const char *name;
	enum stix_class class;
	const struct stix_shape *shape;
	const char *identity; /* observables: the properties that make the id; NULL: the id is random. spec: 2.9 */
};

/* The type's row; NULL for a custom type. */
const struct stix_type *stix_type_find(struct slice type);

/* What holds for types that no table knows. */
extern const struct stix_shape stix_custom_shape;

/* The predefined extension of this name; *ret_types: the type that may have it. NULL: none. */
const struct stix_shape *stix_extension_find(struct slice name, const char **ret_type);

/* True when word is one of words, which '|' separates. */
bool stix_listed(const char *words, struct slice word);

/* True when a reference with these words may name an object of this type. words: NULL everything; "a|b" these; "!a|b"
 * all but these; "=a" these and no custom type, which any other list allows. "@sco" stands for every observable, "@sro"
 * for relationship and sighting. */
bool stix_allows_target(const char *words, struct slice type);

/* The tables, by file: each ends with a NULL name. */
extern const struct stix_type stix_domain_types[], stix_observable_types[], stix_meta_types[];
extern const struct stix_property stix_common_properties[], stix_observable_properties[];
extern const struct stix_shape stix_external_reference, stix_kill_chain_phase, stix_granular_marking;

struct stix_extension {
	const char *name, *type;
	const struct stix_shape *shape;
};
extern const struct stix_extension stix_extensions[];

/* ---- checks that tables call ---- */

enum err stix_check_pattern(struct stix_checker *checker, const struct stix_frame *frame);
enum err stix_check_family(struct stix_checker *checker, const struct stix_frame *frame);
enum err stix_check_reference(struct stix_checker *checker, const struct stix_frame *frame);
enum err stix_check_marking_definition(struct stix_checker *checker, const struct stix_frame *frame);
enum err stix_check_definition(struct stix_checker *checker, const struct stix_frame *frame);
enum err stix_check_message(struct stix_checker *checker, const struct stix_frame *frame);
enum err stix_check_traffic(struct stix_checker *checker, const struct stix_frame *frame);

/* Forms of texts. */
bool stix_form_mac(struct slice text);
bool stix_form_ipv4(struct slice text);
bool stix_form_ipv6(struct slice text);
bool stix_form_email(struct slice text);
bool stix_form_language(struct slice text);
bool stix_form_relation(struct slice text);
bool stix_form_key(struct slice text);
bool stix_form_url(struct slice text);
bool stix_form_filled(struct slice text);
bool stix_form_second(struct slice text);

#endif
