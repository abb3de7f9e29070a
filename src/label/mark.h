/* Inside of libbices-label: which words stand for what, shared by marking and by reading marking lines. */
#ifndef BICES_LABEL_MARK_H
#define BICES_LABEL_MARK_H

#include "label/policy.h"

struct place {
	uint32_t location;                       /* one bit of enum marking_code */
	uint8_t language_rank[POLICY_LANGUAGES]; /* how well each language of the policy suits; 0: not at all */
};

/* Octets of words: letters and digits, and whatever is not ASCII. */
static inline bool mark_is_word(uint8_t c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The ordinary phrase of something at a place (else its name), or false when it is not shown there. */
bool phrase_at(const struct policy *policy, struct form_span markings, struct slice name, const struct place *place,
	       struct slice *ret_phrase);

/* The qualifiers of a span at a place, by their kind; empty where there is none. */
void qualifiers_at(const struct policy *policy, struct form_span qualifiers, const struct place *place,
		   struct slice ret_texts[QUALIFIER_KINDS]);

/* True if some marking of the span carries one of these codes. */
bool has_code(const struct policy *policy, struct form_span markings, uint32_t codes);

/* Never shown anywhere under its name or a phrase: what a marking line cannot say. */
static inline bool is_hidden(const struct policy *policy, const struct entry_row *entry)
{
	return bit_get(policy->hidden, (uint32_t)(entry - policy->entries));
}

/* Is any value of the refs in bits? */
bool refs_meet(const struct policy *policy, struct form_span refs, const uint64_t *bits);

#endif
