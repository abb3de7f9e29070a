/* Searches that a user gave a name: the question as the workbench's address writes it, and when he last opened it. Theirs alone:
 * no other user lists them, and their results are asked for anew, under the view of who asks. */
#ifndef BICES_HOLD_SAVED_H
#define BICES_HOLD_SAVED_H

#include "base/diag.h"
#include "hold/hold.h"

/* By name. searches: struct saved_search. */
enum err hold_saved_list(struct hold *hold, struct slice user, struct arena *arena, struct record_list *ret_searches) MUST_USE;

/* Saves it, or saves it anew: opened now. ERR_CONFLICT: the user has LIMIT_SAVED_SEARCHES. Within a transaction. */
enum err hold_saved_put(struct hold *hold, struct slice user, const struct saved_search *search, struct diag *diag) MUST_USE;

/* ERR_NOT_FOUND: there is none of that name. Within a transaction. */
enum err hold_saved_forget(struct hold *hold, struct slice user, struct slice name) MUST_USE;

#endif
