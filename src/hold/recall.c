/* Recall: content leaves every page of the database, its words every segment of the index and the write-ahead log, and
 * a tombstone stays. Remove-wins: whatever arrives in which order, a recalled id is never shown again.
 * FTS5 in SQLite 3.40 keeps deleted terms until segments merge, so the commit merges them (hold->purge). */
#include "hold/inside.h"

#include "hold/exchange.h"
#include "hold/releases.h"

enum { ITEMS_MAX = 64, ORDER_FIRST_MS = 500, ORDER_MOST_MS = 30 * 1000 };

/* ---- removing ---- */

static enum err tombstone_put(struct hold *hold, uint16_t originator, uint32_t name, struct slice reason, uint32_t label, uint64_t now_ms)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_TOMBSTONE_PUT);
	bind_u64(put, 1, originator);
	bind_u64(put, 2, name);
	bind_u64(put, 3, now_ms);
	bind_text(put, 4, reason);
	bind_u64(put, 5, label);
	return statement_run(hold, put);
}

enum err object_remove(struct hold *hold, uint32_t object, uint64_t *ret_copies)
{
	static const enum statement each[] = {STATEMENT_MANIFEST_DELETE, STATEMENT_DUTY_DELETE, STATEMENT_WAITING_DELETE,
					      STATEMENT_REFUSAL_DELETE, STATEMENT_PACE_DELETE, STATEMENT_MARKS_DELETE, STATEMENT_STANDING_DELETE,
					      STATEMENT_ALERTS_DELETE,
					      STATEMENT_OBJECT_DELETE};
	AUTO_ARENA scratch = {0};
	struct stored_portion *portions = NULL;
	size_t count = 0;
	TRY(portions_of(hold, object, &scratch, &portions, &count));
	for (size_t i = 0; i < count; i++)
		TRY(row_delete(hold, portions[i].row));
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		AUTO_STATEMENT *put = statement_take(hold, each[i]);
		bind_u64(put, 1, object);
		TRY(statement_run(hold, put));
	}
	catalog_drop_object(hold, object);
	hold->purge = true;
	*ret_copies = count;
	return ERR_OK;
}

enum err hold_recall_apply(struct hold *hold, struct slice originator, struct slice object_id, uint64_t now_ms)
{
	uint16_t term = 0;
	uint32_t name = 0;
	uint64_t copies = 0;
	TRY(term_intern(hold, originator, &term));
	TRY(name_intern(hold, object_id, &name));
	TRY(tombstone_put(hold, term, name, (struct slice){0}, 0, now_ms));
	uint32_t object = object_find(hold, name, term);
	if (object)
		TRY(object_remove(hold, object, &copies));
	const struct msg_receipt receipt = {.peer = originator, .object_id = object_id, .copies = copies};
	return receipt_put(hold, &receipt);
}

/* ---- own recalls ---- */

static enum err holders_put(struct hold *hold, uint32_t name, uint64_t nations, uint64_t now_ms)
{
	for (unsigned n = 0; n < hold->nation_count; n++) {
		if (!(nations >> n & 1))
			continue;
		AUTO_STATEMENT *put = statement_take(hold, STATEMENT_HOLDER_PUT);
		bind_u64(put, 1, name);
		bind_text(put, 2, hold->nations[n]);
		bind_u64(put, 3, now_ms);
		TRY(statement_run(hold, put));
	}
	return ERR_OK;
}

enum err order_put(struct hold *hold, const struct new_order *order)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_ORDER_PUT);
	bind_u64(put, 1, order->name);
	bind_bytes(put, 2, order->portion_ids);
	bind_text(put, 3, order->user);
	bind_text(put, 4, order->reason);
	bind_u64(put, 5, order->nations);
	return statement_run(hold, put);
}

/* Every own object of this id that the officer sees goes, and whoever holds one of them is told. */
enum err hold_recall_order(struct hold *hold, struct view *view, struct slice id, struct slice user, struct slice reason,
			   uint64_t now_ms)
{
	uint32_t name = 0, object = 0;
	uint64_t nations = 0, copies = 0;
	TRY(name_find(hold, id, &name));
	if (!view_find_own(hold, view, name))
		return ERR_NOT_FOUND;
	while ((object = view_find_own(hold, view, name))) {
		AUTO_ARENA scratch = {0};
		struct object_facts facts;
		TRY(object_get(hold, object, &scratch, &facts));
		nations |= facts.holders;
		uint32_t head = hold->catalog.objects[object].head;
		TRY(tombstone_put(hold, hold->own_term, name, reason, hold->catalog.rows[head].label, now_ms));
		TRY(object_remove(hold, object, &copies));
	}
	TRY(holders_put(hold, name, nations, now_ms));
	const struct new_order order = {.name = name, .user = user, .reason = reason, .nations = nations};
	return order_put(hold, &order);
}

static enum err order_read(struct hold *hold, sqlite3_stmt *row, struct arena *arena, struct hold_order *ret_order)
{
	struct hold_order order = {.id = column_u64(row, 4)};
	uint64_t nations = column_u64(row, 3);
	struct nation_item *items = ARENA_ARRAY(arena, LIMIT_NATIONS, struct nation_item);
	if (!items)
		return ERR_MEMORY;
	for (unsigned n = 0; n < hold->nation_count; n++)
		if (nations >> n & 1)
			items[order.nations.count++].name = hold->nations[n];
	order.nations.items = items;
	TRY(column_copy(row, 1, arena, &order.user));
	TRY(column_copy(row, 2, arena, &order.reason));
	TRY(column_copy(row, 5, arena, &order.portion_ids));
	TRY(name_text(hold, (uint32_t)column_u64(row, 0), arena, &order.object_id));
	*ret_order = order;
	return ERR_OK;
}

enum err hold_orders(struct hold *hold, uint64_t now_ms, struct arena *arena, struct hold_order **ret_orders, size_t *ret_count)
{
	struct hold_order *orders = ARENA_ARRAY(arena, ITEMS_MAX, struct hold_order);
	if (!orders)
		return ERR_MEMORY;
	size_t count = 0;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_ORDERS_ALL);
	bind_u64(ask, 1, now_ms);
	enum err err = ERR_OK;
	while (count < ITEMS_MAX && (err = statement_row(hold, ask)) == ERR_OK)
		TRY(order_read(hold, ask, arena, &orders[count++]));
	*ret_orders = orders;
	*ret_count = count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err order_later(struct hold *hold, uint64_t id, uint64_t nations, uint64_t tries, uint64_t now_ms)
{
	uint64_t ms = ORDER_FIRST_MS;
	for (uint64_t i = 0; i < tries && ms < ORDER_MOST_MS; i++)
		ms *= 2;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_ORDER_LATER);
	bind_u64(put, 1, id);
	bind_u64(put, 2, nations);
	bind_u64(put, 3, tries + 1);
	bind_u64(put, 4, now_ms + (ms < ORDER_MOST_MS ? ms : ORDER_MOST_MS));
	return statement_run(hold, put);
}

enum err hold_order_done(struct hold *hold, uint64_t id, const struct record_list *nations, uint64_t now_ms)
{
	const struct nation_item *items = nations ? nations->items : NULL;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_ORDER_GET);
	bind_u64(ask, 1, id);
	enum err err = statement_row(hold, ask);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	uint64_t left = column_u64(ask, 0), tries = column_u64(ask, 1);
	sqlite3_reset(ask);
	for (size_t i = 0; nations && i < nations->count; i++) {
		int nation = nation_find(hold, items[i].name);
		left &= nation < 0 ? UINT64_MAX : ~(UINT64_C(1) << nation);
	}
	if (left || !nations)
		return order_later(hold, id, left, tries, now_ms);
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_ORDER_DELETE);
	bind_u64(put, 1, id);
	return statement_run(hold, put);
}
