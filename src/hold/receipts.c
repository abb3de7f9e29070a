/* Receipts: ours for recalls and withdrawals that we applied, kept until they are on their way; and those of the holders of
 * what we recalled or withdrew ourselves. */
#include "hold/inside.h"

#include "hold/exchange.h"

enum { RECEIPTS_MAX = 64 };

enum err receipt_put(struct hold *hold, const struct msg_receipt *receipt)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_RECEIPT_PUT);
	bind_text(put, 1, receipt->peer);
	bind_text(put, 2, receipt->object_id);
	bind_bytes(put, 3, receipt->portion_ids);
	bind_u64(put, 4, receipt->copies);
	return statement_run(hold, put);
}

enum err hold_receipts(struct hold *hold, struct arena *arena, struct msg_receipt **ret_receipts, size_t *ret_count)
{
	struct msg_receipt *receipts = ARENA_ARRAY(arena, RECEIPTS_MAX, struct msg_receipt);
	if (!receipts)
		return ERR_MEMORY;
	size_t count = 0;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_RECEIPTS_ALL);
	enum err err = ERR_OK;
	while (count < RECEIPTS_MAX && (err = statement_row(hold, ask)) == ERR_OK) {
		struct msg_receipt *receipt = &receipts[count++];
		TRY(column_copy(ask, 0, arena, &receipt->peer));
		TRY(column_copy(ask, 1, arena, &receipt->object_id));
		TRY(column_copy(ask, 2, arena, &receipt->portion_ids));
		receipt->copies = column_u64(ask, 3);
	}
	*ret_receipts = receipts;
	*ret_count = count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err hold_receipt_done(struct hold *hold, const struct msg_receipt *receipt)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_RECEIPT_DELETE);
	bind_text(put, 1, receipt->peer);
	bind_text(put, 2, receipt->object_id);
	bind_bytes(put, 3, receipt->portion_ids);
	return statement_run(hold, put);
}

static enum err withdrawals_receipt(struct hold *hold, uint32_t name, const struct msg_receipt *receipt, uint64_t now_ms)
{
	for (size_t at = 0; at + PORTION_ID <= receipt->portion_ids.len; at += PORTION_ID) {
		AUTO_STATEMENT *put = statement_take(hold, STATEMENT_WITHDRAWAL_RECEIPT);
		bind_u64(put, 1, name);
		bind_text(put, 2, receipt->peer);
		bind_bytes(put, 3, slice_of(receipt->portion_ids.data + at, PORTION_ID));
		bind_u64(put, 4, now_ms);
		TRY(statement_run(hold, put));
	}
	return ERR_OK;
}

enum err hold_receipt_take(struct hold *hold, const struct msg_receipt *receipt, uint64_t now_ms)
{
	uint32_t name = 0;
	TRY(name_find(hold, receipt->object_id, &name));
	if (receipt->portion_ids.len)
		return withdrawals_receipt(hold, name, receipt, now_ms);
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_HOLDER_RECEIPT);
	bind_u64(put, 1, name);
	bind_text(put, 2, receipt->peer);
	bind_u64(put, 3, now_ms);
	bind_u64(put, 4, receipt->copies);
	return statement_run(hold, put);
}

enum err hold_holders(struct hold *hold, const struct view *view, struct slice id, struct arena *arena, struct msg_holders *ret_holders)
{
	struct msg_holders holders = {.id = id};
	uint32_t name = 0;
	bool recalled = !view;
	TRY(name_find(hold, id, &name));
	if (view)
		TRY(view_sees_recall(hold, view, name, &recalled));
	if (!recalled)
		return ERR_NOT_FOUND;
	AUTO_STATEMENT *tombstone = statement_take(hold, STATEMENT_TOMBSTONE_GET);
	bind_u64(tombstone, 1, hold->own_term);
	bind_u64(tombstone, 2, name);
	TRY(statement_row(hold, tombstone));
	holders.ordered = column_u64(tombstone, 0);
	struct holder *items = ARENA_ARRAY(arena, LIMIT_NATIONS, struct holder);
	if (!items)
		return ERR_MEMORY;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_HOLDERS_OF);
	bind_u64(ask, 1, name);
	enum err err = ERR_OK;
	while (holders.holders.count < LIMIT_NATIONS && (err = statement_row(hold, ask)) == ERR_OK) {
		struct holder *holder = &items[holders.holders.count++];
		TRY(column_copy(ask, 0, arena, &holder->nation));
		holder->at = column_u64(ask, 2);
		holder->copies = column_u64(ask, 3);
		holder->state = holder->at ? HOLDER_RECEIPTED : HOLDER_OUTSTANDING;
	}
	holders.holders.items = items;
	*ret_holders = holders;
	return err == ERR_OK || err == ERR_NOT_FOUND ? ERR_OK : err;
}
