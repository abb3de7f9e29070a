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
/* The peer passed over a data frame: what it carried is to be released anew. Within a transaction. */
enum err hold_not_admitted(struct hold *hold, struct slice peer, uint8_t lane, uint64_t seq, uint64_t now_ms) MUST_USE;

/* ---- recall ---- remove-wins: an id that was recalled is never admitted again */

/* An own recall. Removes the object here, keeps the order until guard has it in every control feed, and notes the
 * holders. Within a transaction. ERR_NOT_FOUND: no own object of this id that the view sees. */
enum err hold_recall_order(struct hold *hold, struct view *view, struct slice id, struct slice user, struct slice reason,
			   uint64_t now_ms) MUST_USE;
struct hold_order {
	struct slice object_id, user, reason;
	struct record_list nations; /* struct nation_item */
};
enum err hold_orders(struct hold *hold, struct arena *arena, struct hold_order **ret_orders, size_t *ret_count) MUST_USE;
enum err hold_order_done(struct hold *hold, struct slice object_id) MUST_USE; /* within a transaction */

/* A recall or withdrawal that came from its originator. Within a transaction; the receipt is kept until it is on its way. */
enum err hold_recall_apply(struct hold *hold, struct slice originator, struct slice object_id, struct slice reason,
			   uint64_t now_ms) MUST_USE;
enum err hold_withdraw_apply(struct hold *hold, struct slice originator, struct slice object_id, struct slice portion_ids) MUST_USE;
enum err hold_receipts(struct hold *hold, struct arena *arena, struct msg_receipt **ret_receipts, size_t *ret_count) MUST_USE;
enum err hold_receipt_done(struct hold *hold, struct slice peer, struct slice object_id) MUST_USE;

/* A peer's receipt for a recall of ours. Within a transaction. */
enum err hold_receipt_take(struct hold *hold, struct slice peer, struct slice object_id, uint64_t copies, uint64_t now_ms) MUST_USE;
/* ERR_NOT_FOUND: nothing of ours with this id was recalled. */
enum err hold_holders(struct hold *hold, struct slice id, struct arena *arena, struct msg_holders *ret_holders) MUST_USE;

#endif
