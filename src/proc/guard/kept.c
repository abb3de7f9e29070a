/* Orders that are recorded and not yet in a nation's control feed: with their proofs, so that each is recorded once however
 * often it is asked for. And what seal says of its feeds, so that nothing is recorded that could not go. Memory only: after
 * a new start an order that is still asked for is recorded once more. */
#include "proc/guard/guard.h"

enum { KEPT_MAX = 8192 };

struct kept_order {
	struct kept_order *next;
	uint8_t key[32];
	struct arena arena;
	struct msg_seal seal;
};

/* ---- what seal says ---- */

void guard_on_feeds(struct self *self, const struct role_message *message)
{
	struct guard *guard = role_context(self);
	const struct msg_feeds *feeds = message->value;
	const struct nation_item *frozen = feeds->frozen.items;
	guard->frozen_count = 0;
	for (size_t i = 0; i < feeds->frozen.count && i < LIMIT_NATIONS; i++)
		if (frozen[i].name.len <= LIMIT_NATION)
			snprintf(guard->frozen[guard->frozen_count++], LIMIT_NATION + 1, "%.*s", SLICE_ARG(frozen[i].name));
	guard->seal_serves = feeds->serving != 0;
	guard->seal_releases = feeds->releasing != 0;
}

bool guard_can_seal(struct self *self, struct slice nation, bool release)
{
	const struct guard *guard = role_context(self);
	if (!role_has_neighbor(self, ROLE_SEAL) || !guard->seal_serves || (release && !guard->seal_releases))
		return false;
	for (size_t i = 0; i < guard->frozen_count; i++)
		if (slice_equal(slice_text(guard->frozen[i]), nation))
			return false;
	return true;
}

/* ---- orders ---- */

static void key_make(const struct msg_order *ask, struct slice nation, uint8_t ret_key[32])
{
	static const uint8_t end[] = {0};
	const struct slice parts[] = {slice_of(&ask->kind, 1), ask->object_id, SLICE_ARRAY(end), nation, SLICE_ARRAY(end), ask->portion_ids};
	crypto_sha256_parts(parts, sizeof(parts) / sizeof(parts[0]), ret_key);
}

static struct kept_order **place_find(struct guard *guard, const struct msg_order *ask, struct slice nation)
{
	uint8_t key[32];
	key_make(ask, nation, key);
	struct kept_order **place = &guard->kept[key[0] % GUARD_KEPT_LISTS];
	while (*place && memcmp((*place)->key, key, sizeof(key)) != 0)
		place = &(*place)->next;
	return place;
}

const struct msg_seal *guard_order_find(struct guard *guard, const struct msg_order *ask, struct slice nation)
{
	const struct kept_order *order = *place_find(guard, ask, nation);
	return order ? &order->seal : NULL;
}

static void order_free(struct guard *guard, struct kept_order *order)
{
	arena_done(&order->arena);
	free(order);
	guard->kept_count--;
}

void guard_order_drop(struct guard *guard, const struct msg_order *ask, struct slice nation)
{
	struct kept_order **place = place_find(guard, ask, nation), *order = *place;
	if (!order)
		return;
	*place = order->next;
	order_free(guard, order);
}

static enum err seal_copy(struct arena *arena, const struct msg_seal *from, struct msg_seal *to)
{
	*to = *from;
	TRY(arena_copy(arena, from->recipient, &to->recipient));
	TRY(arena_copy(arena, from->body, &to->body));
	TRY(arena_copy(arena, from->proof, &to->proof));
	TRY(arena_copy(arena, from->checkpoint, &to->checkpoint));
	return arena_copy(arena, from->record, &to->record);
}

enum err guard_order_keep(struct guard *guard, const struct msg_order *ask, const struct msg_seal *seal)
{
	struct kept_order **place = place_find(guard, ask, seal->recipient);
	if (*place)
		return ERR_OK;
	struct kept_order *order = guard->kept_count < KEPT_MAX ? calloc(1, sizeof(*order)) : NULL;
	if (!order)
		return ERR_MEMORY;
	guard->kept_count++;
	key_make(ask, seal->recipient, order->key);
	enum err err = seal_copy(&order->arena, seal, &order->seal);
	if (err != ERR_OK) {
		order_free(guard, order);
		return err;
	}
	*place = order;
	return ERR_OK;
}

void guard_orders_done(struct guard *guard)
{
	for (size_t i = 0; i < GUARD_KEPT_LISTS; i++)
		while (guard->kept[i]) {
			struct kept_order *order = guard->kept[i];
			guard->kept[i] = order->next;
			order_free(guard, order);
		}
}
