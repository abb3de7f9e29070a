/* Which objects belong to a page: what the question asks for, and what the collection is. Private to hold.
 *
 * A virtual collection is a fixed question: types, originators, a community, words. It holds the objects whose newest form,
 * as the reader sees it, answers that question: of a hidden portion, reference or mark nothing is looked at, so none of them
 * puts an object in or keeps it out, or takes time. An object that ceases to answer leaves with all its versions. */
#ifndef BICES_HOLD_FILTER_H
#define BICES_HOLD_FILTER_H

#include "hold/inside.h"

enum { MATCHES_MAX = 256 };

struct matches {
	uint32_t numbers[MATCHES_MAX]; /* names or terms */
	size_t count;
	bool any; /* no filter */
};

struct filter {
	struct hold *hold;
	const struct view *view;
	const struct hold_collection *collection;
	uint8_t channel; /* objects of this channel only; 0: of all */
	struct matches ids, types;
	struct matches kinds, originators; /* of a virtual collection */
	uint8_t *labels;		   /* [label] whether it names the community: 0 not asked yet */
	struct matcher *matcher;
	uint32_t object; /* of the last answer about words */
	bool fits;
	size_t read; /* rows whose words were looked at */
};

/* place: of the collection in the settings; -1: all that the view sees. ERR_TOO_LARGE: a list of more than MATCHES_MAX known values. */
enum err filter_make(struct hold *hold, const struct view *view, const struct msg_page *ask, int place, struct arena *arena,
		     struct filter *ret_filter) MUST_USE;
/* All but the words: a few comparisons. */
bool filter_admits(const struct filter *filter, uint32_t object);
/* The words, where the collection asks for some, in the rows of the object that the view shows. */
enum err filter_reads(struct filter *filter, uint32_t object, bool *ret_fits) MUST_USE;
/* Reading words takes some microseconds a row: so many were read that the page should end here, short or empty, and the next
 * one go on, so that the store answers others in between. */
bool filter_is_spent(const struct filter *filter);

#endif
