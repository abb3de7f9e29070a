/* What comes from and goes to other nations: parked frames, positions, recalls and receipts. Frames are opaque here. */
#ifndef BICES_HOLD_EXCHANGE_H
#define BICES_HOLD_EXCHANGE_H

#include "hold/objects.h"

/* ---- positions and parked frames ---- */

/* Within a transaction. The same frame again is fine; a gap or another frame in its place is ERR_CONFLICT. */
enum err hold_park(struct hold *hold, const struct msg_park *park) MUST_USE;
enum err hold_heads(struct hold *hold, struct arena *arena, struct msg_heads *ret_heads) MUST_USE;
enum err hold_unpark(struct hold *hold, const struct msg_unpark *ask, struct arena *arena, struct msg_unparked *ret_frames) MUST_USE;
/* A peer's checkpoint: acknowledged frames are forgotten. Within a transaction. */
enum err hold_acknowledge(struct hold *hold, const struct msg_positions *positions) MUST_USE;
/* The place of a received frame. *ret_known: it was admitted before. ERR_CONFLICT: it does not follow the last one. */
enum err hold_position_check(struct hold *hold, const struct msg_admit *admit, bool *ret_known) MUST_USE;
/* Moves the place, in the same transaction as what the frame brought: no loss, no duplicate. */
enum err hold_position_put(struct hold *hold, const struct msg_admit *admit) MUST_USE;
/* Frames that a peer has not acknowledged, frames sent to it, frames received from it. */
enum err hold_peer_counts(struct hold *hold, struct slice peer, struct peer_status *ret_counts) MUST_USE;
/* The peer passed over a data frame. refusal empty: what it carried is to be released anew, unless it was recalled. Otherwise
 * the peer could not read it and would not the next time either: it is kept as refused, with this reason. Within a
 * transaction. */
enum err hold_not_admitted(struct hold *hold, struct slice peer, uint8_t lane, uint64_t seq, struct slice refusal,
			   uint64_t now_ms) MUST_USE;

/* ---- the nation's own ledger ---- */

/* Keeps the newest checkpoint (signed note), within the transaction of what it vouches for. */
enum err hold_checkpoint_put(struct hold *hold, struct slice note) MUST_USE;
/* ERR_NOT_FOUND: none was kept yet. */
enum err hold_checkpoint_get(struct hold *hold, struct arena *arena, struct slice *ret_note) MUST_USE;

/* Records on their way to the ledger: each is written with what it records and stays until the ledger has it, so that
 * neither a fall of the process nor an absent ledger loses one. After a fall the last ones may be recorded twice. */
enum err hold_record_put(struct hold *hold, struct slice record) MUST_USE; /* within the transaction of what it records */
/* The oldest, at most max. *ret_last: number of the last of them. Not while writing: they might be rolled back. */
enum err hold_records(struct hold *hold, size_t max, struct arena *arena, struct slice **ret_records, size_t *ret_count,
		      uint64_t *ret_last) MUST_USE;
enum err hold_records_done(struct hold *hold, uint64_t last) MUST_USE; /* all up to this one; within a transaction */

/* ---- recall ---- remove-wins: an id that was recalled is never admitted again */

/* An own recall. Removes the object here, keeps the order until guard has it in every control feed, and notes the
 * holders. Within a transaction. ERR_NOT_FOUND: no own object of this id that the view sees. */
enum err hold_recall_order(struct hold *hold, struct view *view, struct slice id, struct slice user, struct slice reason,
			   uint64_t now_ms) MUST_USE;
struct hold_order {
	uint64_t id;
	struct slice object_id, user, reason;
	struct slice portion_ids; /* withdrawn; empty: a recall */
	struct record_list nations; /* struct nation_item */
};
/* Those that are to be asked for by now. */
enum err hold_orders(struct hold *hold, uint64_t now_ms, struct arena *arena, struct hold_order **ret_orders, size_t *ret_count) MUST_USE;
/* The feeds of these nations hold it (struct nation_item; NULL: it could not even be recorded); when all do, the order ends, otherwise the rest is asked for again,
 * each time after a longer while, up to half a minute. Within a transaction. */
enum err hold_order_done(struct hold *hold, uint64_t id, const struct record_list *nations, uint64_t now_ms) MUST_USE;

/* A recall or withdrawal that came from its originator. Within a transaction; the receipt is kept until it is on its way. */
enum err hold_recall_apply(struct hold *hold, struct slice originator, struct slice object_id, uint64_t now_ms) MUST_USE;
/* at: when its originator says that it ordered it; never later than now_ms, of the own clock, which alone orders what is
 * admitted here. With its head, or a reference that it cannot stand without, goes the whole object. */
enum err hold_withdraw_apply(struct hold *hold, struct slice originator, struct slice object_id, struct slice portion_ids,
			     uint64_t at, uint64_t now_ms) MUST_USE;
enum err hold_receipts(struct hold *hold, struct arena *arena, struct msg_receipt **ret_receipts, size_t *ret_count) MUST_USE;
enum err hold_receipt_done(struct hold *hold, const struct msg_receipt *receipt) MUST_USE;

/* A peer's receipt for a recall or a withdrawal of ours. Within a transaction. */
enum err hold_receipt_take(struct hold *hold, const struct msg_receipt *receipt, uint64_t now_ms) MUST_USE;
/* ERR_NOT_FOUND: nothing of ours with this id was recalled, or the view did not see its head.
 * view NULL: an auditor, who reads the ledger of it anyway. */
enum err hold_holders(struct hold *hold, const struct view *view, struct slice id, struct arena *arena, struct msg_holders *ret_holders) MUST_USE;

/* ---- withdrawal ---- single portions, or all, taken back from some nations; final for these portions there */

struct hold_withdrawal {
	struct slice id, user, reason;
	struct slice portions; /* numbers as shown, separated by one space; or "all": whatever they have of it */
	struct slice nations;  /* names, separated by one space; or "all": who has it */
	const uint8_t *digest; /* of what the officer was shown, which the numbers name; NULL: nothing */
};
/* Within a transaction. What is on its way or sent to these nations is withdrawn, and the order is kept until guard has it
 * in their control feeds. ERR_NOT_FOUND: no such object; ERR_REFUSED: another nation's; ERR_USAGE: no such nation or number;
 * ERR_UNSEEN: he was not shown the numbers; ERR_CONFLICT: it changed since, or a nation has nothing of what is named. */
enum err hold_withdraw_order(struct hold *hold, struct view *view, const struct hold_withdrawal *ask, uint64_t now_ms,
			     struct diag *diag) MUST_USE;
/* What was taken back of an own object that the view sees, portion by portion, of those that it may read; it may be none. */
enum err hold_withdrawals(struct hold *hold, struct view *view, struct slice id, struct arena *arena,
			  struct msg_withdrawals *ret_withdrawals) MUST_USE;

#endif
