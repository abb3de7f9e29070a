/* STIX patterns: parsed strictly into a flat tree, and matched against observations. spec: STIX 2.1 9
 *
 * Every step is bounded: the text, the number of parts, the depth of parentheses, and what matching may combine;
 * nothing calls itself over the input. A pattern that needs more is refused, never matched by half.
 *
 * MATCHES takes regular expressions without back references and look-around, whose time is linear in the text;
 * others are refused (ERR_UNSUPPORTED). */
#ifndef BICES_OBJECT_PATTERN_H
#define BICES_OBJECT_PATTERN_H

#include "base/arena.h"
#include "base/diag.h"
#include "object/json.h"

enum pattern_kind {
	/* comparisons, within one observation */
	PATTERN_TEST,
	PATTERN_AND,
	PATTERN_OR,
	/* observations */
	PATTERN_OBSERVATION, /* [ left ] */
	PATTERN_BOTH,	     /* left AND right */
	PATTERN_EITHER,	     /* left OR right */
	PATTERN_FOLLOWED,    /* left FOLLOWEDBY right */
	PATTERN_WITHIN,	     /* left within seconds */
	PATTERN_REPEATS,     /* left times times */
	PATTERN_PERIOD,	     /* left between start and stop */
};

enum pattern_operator {
	OPERATOR_EQUAL,
	OPERATOR_NOT_EQUAL,
	OPERATOR_GREATER,
	OPERATOR_LESS,
	OPERATOR_GREATER_EQUAL,
	OPERATOR_LESS_EQUAL,
	OPERATOR_IN,
	OPERATOR_LIKE,
	OPERATOR_MATCHES,
	OPERATOR_SUBSET,
	OPERATOR_SUPERSET,
	OPERATOR_EXISTS,
};

enum pattern_literal_kind {
	LITERAL_TEXT,
	LITERAL_INTEGER,
	LITERAL_FLOAT,
	LITERAL_BOOLEAN,
	LITERAL_BINARY,
	LITERAL_HEX,
	LITERAL_TIME
};

struct pattern_literal {
	enum pattern_literal_kind kind;
	struct slice text; /* without quotes and escapes */
	double number;	   /* integer, float */
	bool truth;
	struct pattern_literal *next; /* in a set */
};

/* One step of a path: a property's name, or an index; [*] is any entry. */
struct pattern_step {
	struct slice name; /* empty: an index */
	bool any;
	int64_t index;
	struct pattern_step *next;
};

struct regex;

struct pattern_node {
	enum pattern_kind kind;
	struct pattern_node *left, *right;
	/* test */
	struct slice type; /* of the object */
	struct pattern_step *path;
	enum pattern_operator comparator;
	bool negated;
	struct pattern_literal *literal; /* the first of a set */
	struct regex *regex;		 /* MATCHES */
	/* qualifiers */
	double seconds;
	uint64_t times;
	uint64_t start_ms, stop_ms;
};

/* Parses one pattern; the tree lives in the arena and borrows nothing from text. ERR_MALFORMED (diag has line and
 * column), ERR_TOO_LARGE, ERR_UNSUPPORTED (a regular expression). */
enum err pattern_parse(
	struct slice text, struct arena *arena, const struct pattern_node **ret_pattern, struct diag *diag) MUST_USE;

/* What was observed together: observables by id (or by key, within a container), from first to last. */
struct pattern_observation {
	uint64_t first_ms, last_ms;
	uint64_t number; /* how often; at least 1 */
	json_t *objects; /* a JSON object: id or key → what was observed; borrowed */
	json_t *known;	 /* the same, and what they may refer to; borrowed */
	struct slice id; /* of the observed-data; for the answer */
};

/* The observations of a document: each observed-data with its container or the objects of the document that it refers
 * to; every observable that no observed-data names is an observation of its own. All other objects are left aside. The
 * caller releases *ret_keep, which holds what the observations borrow. */
enum err pattern_observations(json_t *document, struct arena *arena, struct pattern_observation **ret_observations,
	size_t *ret_count, json_t **ret_keep, struct diag *diag) MUST_USE;

/* Whether the pattern matches, and by which observations: *ret_matched has one flag for each, those of the first match.
 * ERR_TOO_LARGE: more than LIMIT_PATTERN_OBSERVATIONS, or more to combine than LIMIT_PATTERN_MATCHES. */
enum err pattern_match(const struct pattern_node *pattern, const struct pattern_observation *observations, size_t count,
	struct arena *arena, bool *ret_matches, bool **ret_matched) MUST_USE;

/* ---- between the files of the pattern ---- */

/* Whether one object satisfies a comparison; known: what it may refer to. ERR_MEMORY, ERR_TOO_LARGE. */
enum err pattern_test_object(
	const struct pattern_node *comparison, json_t *object, json_t *known, bool *ret_true) MUST_USE;
/* All nodes below root, children first; comparisons within observations only when they are asked for. ERR_MEMORY. */
enum err pattern_list(const struct pattern_node *root, bool comparisons, struct arena *arena,
	const struct pattern_node ***ret_nodes, size_t *ret_count) MUST_USE;

/* A regular expression. ERR_MALFORMED, ERR_UNSUPPORTED, ERR_TOO_LARGE with a reason. */
enum err regex_parse(struct slice text, struct arena *arena, struct regex **ret_regex, struct diag *diag) MUST_USE;
/* The number of its parts: what keeping and walking it costs. */
size_t regex_size(const struct regex *regex);
/* True when it matches somewhere in text. ERR_MEMORY. */
enum err regex_find(const struct regex *regex, struct slice text, struct arena *arena, bool *ret_found) MUST_USE;

#endif
