/* Warning problems under a view: which objects are evidence for which indicator, and what level follows.
 *
 * Evidence is kept in memory: hold_weigh walks on over the rows that came in since, a bounded part at a time, and asks the
 * rules of each problem about each object once; a new problem walks over what is held already. What a reader gets is
 * computed from the evidence that his view shows. Nothing about evidence is stored: a recall takes it away with the rows. */
#ifndef BICES_HOLD_WARNING_H
#define BICES_HOLD_WARNING_H

#include "exploit/assess.h"
#include "hold/objects.h"

/* One part of the work; not within a transaction. *ret_more: there is more to do at once.
 * ERR_MEMORY leaves the part for the next time. */
enum err hold_weigh(struct hold *hold, uint64_t now_ms, bool *ret_more) MUST_USE;
void hold_weigh_done(struct hold *hold); /* frees everything; hold_close calls it */
/* Moves whenever evidence, or what a view shows, may have changed. */
uint64_t hold_weigh_changes(const struct hold *hold);

/* A piece of evidence that a view shows. */
struct hold_evidence {
	uint32_t row, object;
	uint16_t indicator;
	struct match match;
};
struct hold_warning {
	uint32_t object;
	struct slice id;
	struct hold_seen seen;
	const struct problem *problem;  /* until the next hold_weigh */
	struct assessment now;
	struct hold_evidence *evidence; /* newest first within an indicator, at most LIMIT_MATCHES each */
	size_t evidence_count;
	bool settled; /* everything held was asked */
};

/* Numbers of the problems that can be computed and that the view sees. */
enum err hold_problems(struct hold *hold, const struct view *view, struct arena *arena, uint32_t **ret_objects, size_t *ret_count) MUST_USE;
/* ERR_NOT_FOUND: not visible, or not to be computed. */
enum err hold_warning(struct hold *hold, struct view *view, uint32_t object, uint64_t now_ms, struct arena *arena,
		      struct hold_warning *ret_warning) MUST_USE;
enum err hold_warning_find(struct hold *hold, struct view *view, struct slice id, uint64_t now_ms, struct arena *arena,
			   struct hold_warning *ret_warning) MUST_USE;

/* The gist of a row; empty when it has none. */
enum err hold_gist(struct hold *hold, uint64_t row, struct arena *arena, struct gist *ret_gist) MUST_USE;

#endif
