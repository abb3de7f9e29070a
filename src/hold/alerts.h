/* Alerts, who holds what, hand-over and inbox: what the watch of this node does with warnings and tasks. These are facts of
 * the node, not objects; what they say about objects is read under the reader's view.
 *
 * An alert belongs to a clearance: each clearance that a user of the role watch holds has its own levels and its own
 * alerts, so that no watch officer is alerted by what he may not see (docs/decisions/watch-alerts.md). */
#ifndef BICES_HOLD_ALERTS_H
#define BICES_HOLD_ALERTS_H

#include "hold/users.h"
#include "hold/warning.h"

enum { ALERT_ID = 32 };

/* The distinct clearances of users of the role watch. */
enum err hold_watch_clearances(struct hold *hold, struct arena *arena, struct slice **ret_clearances, size_t *ret_count) MUST_USE;

/* What a clearance says, in whatever order its lines stand: alerts belong to it. */
enum err hold_clearance_key(struct slice clearance, struct arena *arena, struct slice *ret_key) MUST_USE;

struct hold_alert {
	char id[ALERT_ID + 1];
	uint32_t object;
	struct slice clearance, problem, was, level, causes, before; /* before: id of the alert that told the level that was */
	uint8_t key[DIGEST]; /* one cause, one key */
	bool rising, silent; /* silent: only the standing is noted */
	uint8_t precedence;
	uint64_t at, next_ms; /* next_ms: when time alone changes the level; 0: never */
};
/* Does the level differ from what the watch of this clearance was told? *ret_due false: no, or not everything is weighed. */
enum err hold_alert_due(struct hold *hold, struct slice clearance, uint32_t object, uint64_t now_ms, struct arena *arena,
			struct hold_alert *ret_alert, bool *ret_due) MUST_USE;
/* Within a transaction. *ret_new: false when this cause was told before. */
enum err hold_alert_put(struct hold *hold, const struct hold_alert *alert, bool *ret_new) MUST_USE;

/* Who asks. */
struct hold_person {
	struct slice user, roles, clearance;
	unsigned may;
	struct view *view;
	uint64_t now_ms;
};
/* open first, by precedence, then the newest; only what his view shows. object 0: of all problems. */
enum err hold_alerts(struct hold *hold, const struct hold_person *person, uint32_t object, struct arena *arena, struct record_list *ret_alerts) MUST_USE;
/* Within a transaction. ERR_NOT_FOUND; ERR_CONFLICT: another person was first (diag names him), or it is closed. */
enum err hold_alert_act(struct hold *hold, const struct hold_person *person, const struct msg_act *act, struct arena *arena, struct diag *diag) MUST_USE;

/* ---- next steps (steps.c) ---- */

/* Objects of one type of the next steps that the view sees, newest first, at most LIMIT_SEARCH_RESULTS. about: that refer to
 * this; state: of tasks; both may be empty. Who holds a task is not told through a lens. */
enum err hold_steps(struct hold *hold, struct view *view, struct slice type, struct slice about, struct slice state, struct arena *arena,
		    struct record_list *ret_items) MUST_USE;

/* ---- the chain (chain.c) ---- ERR_NOT_FOUND: the view does not see it */
enum err hold_chain(struct hold *hold, struct view *view, struct slice id, uint64_t now_ms, struct arena *arena, struct msg_chain *ret_chain) MUST_USE;

/* ---- the watch (inbox.c) ---- */

enum err hold_inbox(struct hold *hold, const struct hold_person *person, struct arena *arena, struct msg_inbox *ret_inbox) MUST_USE;
/* Within a transaction. until 0: takes it back. ERR_NOT_FOUND: nothing of his; ERR_CONFLICT, ERR_INVALID and, through a
 * lens, ERR_REFUSED: with why. */
enum err hold_snooze(struct hold *hold, const struct hold_person *person, struct slice key, uint64_t until, struct arena *arena, struct diag *diag) MUST_USE;

enum err hold_hand_overs(struct hold *hold, const struct hold_person *person, struct arena *arena, struct msg_hand_overs *ret_all) MUST_USE;
/* Within a transaction. What would be left without owner stands in the answer, with refused set: then nothing was done.
 * entry: empty, or an object that the person sees, else ERR_INVALID; it is told only to those who see it as well. */
enum err hold_hand_over_offer(struct hold *hold, const struct hold_person *person, struct slice to, struct slice entry, struct arena *arena,
			      struct msg_hand_over_done *ret_done, struct diag *diag) MUST_USE;
/* accept and refuse: by whom it was offered to; withdraw: by who offered it. ERR_NOT_FOUND, ERR_CONFLICT. */
enum err hold_hand_over_end(struct hold *hold, const struct hold_person *person, const struct msg_act *act, struct arena *arena,
			    struct msg_hand_over_done *ret_done, struct diag *diag) MUST_USE;

#endif
