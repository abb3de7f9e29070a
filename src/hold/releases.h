/* What is to be released to whom, what waits for a release officer, and how it went. Durable: every step survives a
 * restart. The store proposes; guard decides anew for each rendition and each nation. */
#ifndef BICES_HOLD_RELEASES_H
#define BICES_HOLD_RELEASES_H

#include "hold/objects.h"

/* One object with nations that still have to be served, by precedence, then by age. */
struct hold_duty {
	uint32_t object;
	uint8_t precedence;
	uint64_t nations; /* bit: number of the nation */
};
/* nations: only duties to any of these, and of them only these. lane: only of this precedence; LANE_COUNT: of all. */
enum err hold_duties(struct hold *hold, uint64_t nations, unsigned lane, size_t max, struct arena *arena, struct hold_duty **ret_duties,
		     size_t *ret_count) MUST_USE;
struct slice hold_nation_name(const struct hold *hold, unsigned nation); /* empty: none */
size_t hold_nation_count(const struct hold *hold);
/* Duties that still have to be sent to this nation. */
enum err hold_duty_count(struct hold *hold, struct slice nation, uint64_t *ret_count) MUST_USE;

/* One rendition on its way to guard. */
struct hold_release {
	uint32_t object;
	unsigned nation;
	struct slice object_id, author, roles, writers, approver, approver2, rendition;
	struct slice labels; /* of the disclosed portions, separated by "\n" */
	uint8_t label_digest[DIGEST]; /* by which the ledger will name them */
	uint8_t precedence;
	uint64_t issued;   /* of the manifest the nation stands at */
	uint64_t *rows;    /* whose state follows the answer */
	size_t row_count;
};
/* ERR_NOT_FOUND: the nation may have nothing of it now. */
enum err hold_release_make(struct hold *hold, const struct hold_duty *duty, unsigned nation, struct arena *arena,
			   struct hold_release *ret_release) MUST_USE;

/* Within a transaction each: */
/* From now on these nations may hold a token for it: a recall will reach them. Before guard is asked. */
enum err hold_release_tried(struct hold *hold, uint32_t object, uint64_t nations) MUST_USE;
enum err hold_release_sent(struct hold *hold, const struct hold_release *release, uint64_t now_ms) MUST_USE;
enum err hold_release_failed(struct hold *hold, const struct hold_release *release, struct slice reason,
			     uint64_t now_ms) MUST_USE;
/* What was sent is refused by the nation, or, all: nothing of the object can go to it, whether it was sent before or not. */
enum err hold_release_fail(struct hold *hold, uint32_t object, unsigned nation, bool all, struct slice reason, uint64_t now_ms) MUST_USE;
/* It came back, or could not be made now: due again after a while, each time after a longer one; in the end it failed, with
 * this reason. Without a reason, because the fault is not its own, it only lets others go first for a few seconds. */
enum err hold_release_later(struct hold *hold, uint32_t object, unsigned nation, struct slice reason, uint64_t now_ms) MUST_USE;
/* What is due again by now becomes a duty, within a transaction; *ret_any: there is something. Outside of one it only tells. */
enum err hold_again(struct hold *hold, uint64_t now_ms, bool *ret_any) MUST_USE;
enum err hold_duty_drop(struct hold *hold, uint32_t object, unsigned nation) MUST_USE; /* there was nothing to send */

/* Who has or may have which of the portions that the view sees, in reading order; nations: by number. Of an object of
 * another nation the answers are empty. ERR_NOT_FOUND as hold_get. */
enum err hold_audience(struct hold *hold, struct view *view, struct slice id, struct arena *arena,
		       struct msg_plan_shown *ret_shown, struct hold_seen *ret_seen) MUST_USE;

/* ---- release officers ---- only what the officer himself may see */
enum err hold_waiting(struct hold *hold, struct view *view, struct arena *arena, struct msg_releases *ret_list) MUST_USE;
enum err hold_waiting_count(struct hold *hold, struct view *view, uint64_t *ret_count) MUST_USE;
/* An own object, whether something of it waits (since is 0 then) or not: who has or may have what. digest binds a decision
 * to the portions and the version that were shown. */
enum err hold_release_show(struct hold *hold, struct view *view, struct slice id, struct arena *arena,
			   struct msg_release_shown *ret_shown, uint8_t ret_digest[DIGEST]) MUST_USE;

struct hold_decision {
	struct slice id, user, reason;
	bool approve;
	const uint8_t *digest; /* of what the officer was shown: portions and version; NULL: nothing */
};
/* Where two persons must approve, the first approval is kept and it goes on waiting.
 * ERR_NOT_FOUND: no such object, or nothing of it waits; ERR_REFUSED: he wrote of it, or is the first of two already; ERR_UNSEEN: he was not shown it;
 * ERR_CONFLICT: it changed, or somebody decided, since he was shown it. */
enum err hold_decide(struct hold *hold, struct view *view, const struct hold_decision *decision, uint64_t now_ms,
		     struct diag *diag) MUST_USE;

/* The marking of a compact label as people read it; the label itself when it cannot be read. */
enum err hold_marking(struct hold *hold, struct slice label, struct arena *arena, struct slice *ret_marking) MUST_USE;
/* At most the first characters of a text, on one line. */
struct slice hold_excerpt(struct slice text, struct arena *arena);

#endif
