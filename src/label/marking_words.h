/* Inside of libbices-label: reading marking lines. */
#ifndef BICES_LABEL_MARKING_WORDS_H
#define BICES_LABEL_MARKING_WORDS_H

#include "label/mark.h"

struct marking_line {
	struct slice text; /* white space collapsed, "//" read as a space */
	const struct policy_set *set;
	struct arena *arena;
	struct diag *diag;
};

/* All of these answer the position behind what stands at `at`, or 0 if it does not stand there. */

/* One phrase. ASCII case does not matter; a phrase ends at a word's end. */
size_t match_words(struct slice text, size_t at, struct slice phrase);

/* The longest phrase with (or without) any of these codes; `with` 0 takes all. */
size_t match_phrases(const struct policy *policy, struct slice text, size_t at, struct form_span markings, uint32_t with,
		     uint32_t without);

/* One tag's words: [prefix] values [suffix]. The values go into bits; *ret_twice is set if one has two meanings. */
size_t match_tag(const struct policy *policy, struct slice text, size_t at, uint32_t tag, uint64_t *values,
		 bool *ret_twice);

/* True if the tag has a qualifier of this kind in some place and language. */
bool tag_has_qualifier(const struct policy *policy, uint32_t tag, enum qualifier_kind kind);

/* `at`, or behind the blank that stands there. */
size_t skip_blank(struct slice text, size_t at);
size_t longer(size_t a, size_t b);

/* What the line begins with. */
struct marking_head {
	const struct policy *policy;
	uint32_t class, value; /* value: whose phrase stood in place of the policy's name, or FORM_NONE */
	size_t end;
};

/* ERR_UNKNOWN: nothing known; ERR_AMBIGUOUS: several meanings, or no policy; diag names the choices. */
enum err marking_parse_head(const struct marking_line *line, struct marking_head *ret_head) MUST_USE;

#endif
