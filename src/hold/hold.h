/* The holdings of one nation: objects, their portions and versions, search under a reader's view, releases, parked
 * frames, recalls and users, in one SQLite database (WAL, synchronous=FULL, secure_delete) with exactly one connection.
 *
 * Rows are portions; the row number is the order of admission. Every query of a reader runs under his view: a set of
 * bits over row numbers that is tested inside the query, before counting, ordering and paging. Denied answers exactly
 * as missing: ERR_NOT_FOUND. The store keeps one realm per database and holds no JSON.
 *
 * Not thread-safe. Slices in results live in the caller's arena. Writes happen between hold_begin and hold_commit; a
 * reader must not be answered in between: he would see what is not durable yet.
 *
 * Errors of all calls, unless said otherwise: ERR_FULL (no space), ERR_IO, ERR_MEMORY, ERR_INTERNAL. */
#ifndef BICES_HOLD_HOLD_H
#define BICES_HOLD_HOLD_H

#include "base/diag.h"
#include "ipc/messages.h"
#include "label/label.h"
#include "object/portion.h"

struct hold;
struct view; /* what one kind of reader may see; see hold_view */

/* A channel with its default label (TAXII collection, import), or a fixed question over all that is held. */
struct hold_collection {
	struct slice id, alias, title, description;
	struct slice default_label; /* compact, or empty: none */
	bool writable;
	/* Of a virtual one, each empty where it does not matter; lists are separated by commas. */
	struct slice types, originators;
	struct slice community; /* a value that the label of the object's head names in a permissive category */
	struct slice words;	/* as in a search: all within one portion */
	/* For whom it exists. */
	struct slice roles; /* one of these, separated by spaces; empty: whatever role */
	struct slice audience; /* compact label that his clearance must permit, his nation's staff or not; empty: anybody's */
};

enum { HOLD_COLLECTIONS = 32 };

/* Borrowed until hold_close. */
struct hold_settings {
	struct slice nation, realm;
	const struct policy_set *policies;
	const struct hold_collection *collections;
	size_t collection_count; /* at most HOLD_COLLECTIONS */
	unsigned cache_kib;      /* SQLite's page cache; 0: 8,192, taken as needed; hold_rest gives it back */
	uint8_t key[32];         /* secret of this node: seals cursors, keys search digests */
};

/* Opens or makes the database. ERR_INVALID: it belongs to another nation, realm or a later version. */
enum err hold_open(const char *path, const struct hold_settings *settings, struct hold **ret_hold,
		   struct diag *diag) MUST_USE;
void hold_close(struct hold *hold); /* rolls back what was not committed; NULL is fine */

enum err hold_begin(struct hold *hold) MUST_USE;
/* Durable when it answers ERR_OK; rolled back otherwise. */
enum err hold_commit(struct hold *hold) MUST_USE;
void hold_rollback(struct hold *hold);
/* True when no recalled word is left in the write-ahead log: only then may a receipt go out. */
bool hold_is_purged(const struct hold *hold);
bool hold_is_writing(const struct hold *hold);
/* After much work: the page cache and what the allocator kept go back to the system. */
void hold_rest(struct hold *hold);

/* ---- labels and views ---- */

/* Refuses a label that is not canonical, unknown, or not valid today for a new object. */
enum err hold_label_check(struct hold *hold, struct slice label, uint64_t now_ms, struct diag *diag) MUST_USE;

/* The view of a reader with these compact clearance lines; own_staff: he belongs to this nation (permissive tags are
 * waived on what it wrote). Made when first asked for and kept; borrowed until the next call of hold_view or hold_forget_views.
 * A clearance that cannot be read sees nothing. */
enum err hold_view(struct hold *hold, struct slice clearance, bool own_staff, struct view **ret_view) MUST_USE;
/* The view of a reader of another nation (its baseline clearance), as far as it was released to that nation, and never more than
 * who looks may see himself (his clearance). Own objects count as somebody else's in it. Lifetime as above. */
enum err hold_lens(struct hold *hold, struct slice nation, struct slice clearance, struct slice beneath, struct view **ret_view) MUST_USE;
/* May a reader of this view read a portion of this label that his own nation wrote? */
enum verdict hold_view_permits(struct hold *hold, const struct view *view, struct slice label) MUST_USE;
/* After a change of policy, clearance or membership: every view is made anew, open sessions lose sight at once. */
void hold_forget_views(struct hold *hold);
/* Visible objects: a population count. type empty: all. */
uint64_t hold_view_objects(struct hold *hold, struct view *view, struct slice type);
uint64_t hold_view_rows(struct hold *hold, struct view *view);
uint64_t hold_rows(const struct hold *hold); /* the highest row number */

#endif
