/* Search under a view: hits, exact counts, facets and order over visible rows only. Words are ANDed within one portion;
 * hits are objects; order is admission, newest first, by the visible rows that match. */
#ifndef BICES_HOLD_SEARCH_H
#define BICES_HOLD_SEARCH_H

#include "hold/objects.h"

struct hold_query {
	struct slice text; /* as typed; may be empty. Never index syntax */
	struct slice type, originator, label; /* label: of the head, compact; empty: any */
	struct slice cursor; /* from an earlier answer, or empty */
	uint64_t since_ms;   /* of admission; 0: all */
	uint32_t limit;
	bool count_only, facets;
};

/* ERR_USAGE: a cursor that this store did not make. The answer's lists live in the arena. */
enum err hold_search(struct hold *hold, struct view *view, const struct hold_query *query, struct arena *arena,
		     struct msg_hits *ret_hits) MUST_USE;

/* The index expression of a typed text: every word quoted. Empty when it holds no word. */
enum err query_make(struct hold *hold, struct slice text, struct buf *expression) MUST_USE;

/* Row numbers tell how much is hidden between two visible ones, so a cursor is sealed with the store's key. bound: the
 * question that it belongs to, in any form; with another one it does not read (ERR_USAGE). */
enum err cursor_print(struct hold *hold, uint64_t row, struct slice bound, struct arena *arena, struct slice *ret_cursor) MUST_USE;
enum err cursor_parse(struct hold *hold, struct slice cursor, struct slice bound, uint64_t *ret_row) MUST_USE;

#endif
