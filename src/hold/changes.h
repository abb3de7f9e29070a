/* What changed for a reader since he was told last, for the stream of events. Everything in an answer is made from what his
 * view shows then and now: a hidden change changes nothing in it. */
#ifndef BICES_HOLD_CHANGES_H
#define BICES_HOLD_CHANGES_H

#include "hold/objects.h"

enum { CHANGES_IDS = 100 };

/* How far somebody was told. All zero: nothing yet. Row numbers and digests tell of hidden rows: kept inside the node. */
struct hold_mark {
	uint64_t rows;     /* the last row number that was looked at */
	uint64_t shown;    /* digest of the rows up to it that he saw */
	uint64_t waiting;  /* digest of what waits for a release officer, as he sees it */
	uint64_t recalls;  /* digest of the recalls he may know of, and who confirmed them */
	uint64_t writes;   /* of the database; the same: waiting and recalls are the same */
};

struct hold_changes {
	struct hold_mark mark; /* to be shown next time */
	struct record_list ids; /* struct id_item: at most CHANGES_IDS objects with a row that is new to him, oldest first */
	bool more;              /* there are others: look at everything again */
	bool gone;              /* something that he saw before is not there any more, or was replaced */
	bool waiting, recalls;  /* these changed; never when officer, knows_recalls are false */
};

/* officer: he may see what waits; knows_recalls: he may ask for the state of recalls. */
enum err hold_changes(struct hold *hold, struct view *view, const struct hold_mark *since, bool officer, bool knows_recalls,
		      struct arena *arena, struct hold_changes *ret_changes) MUST_USE;

#endif
