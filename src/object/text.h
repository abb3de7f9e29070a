/* Text with portions (contract 9.2): how people write a report in which every paragraph has its marking.
 *
 *   (NATO SECRET) Title            first line: the marking in parentheses before or behind the title
 *                                  a blank line
 *   (NATO SECRET REL TO KOR) …     each paragraph begins with its marking; it ends at a blank line or at the next line
 *   …                              that begins with a marking
 *
 * A line whose first character that is not a blank is "(" opens a portion, and what stands inside must be a marking. A
 * backslash in front of it ("\(") writes a literal one, and one more backslash a literal backslash. Lines end with LF or
 * CR LF; a byte order mark in front is skipped. */
#ifndef BICES_OBJECT_TEXT_H
#define BICES_OBJECT_TEXT_H

#include "base/diag.h"
#include "label/label.h"
#include "object/json.h"
#include "object/offer.h"

/* One portion as it stands in the text; the title is the first. */
struct text_part {
	struct slice marking; /* without parentheses; borrowed; data is NULL where none is written */
	struct slice text;    /* arena; never empty */
	uint32_t line;        /* where it begins */
};
struct text_parts {
	struct text_part *items; /* count entries */
	size_t count;
};

/* Splits, without knowing any policy. ERR_MALFORMED (diag with the line), ERR_TOO_LARGE, ERR_MEMORY. */
enum err text_split(struct slice text, struct arena *arena, struct text_parts *ret_parts, struct diag *diag) MUST_USE;

/* Splits and labels: one offer of type bices-report. label: compact, for parts without a marking; empty: such parts are
 * refused. ERR_MALFORMED for whatever is wrong with the text, also for a marking that means nothing, so that the command
 * line answers 2; ERR_AMBIGUOUS for a marking with several meanings. diag names the line and what to do. */
enum err text_offer(const struct policy_set *policies, struct slice text, struct slice label, struct arena *arena,
		    struct offer *ret_offer, struct diag *diag) MUST_USE;

#endif
