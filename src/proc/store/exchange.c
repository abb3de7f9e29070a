/* With seal: parked frames, positions, acknowledgements, and admission of what was opened. Frames of one sequence are
 * admitted in order; an answer means that it is durable. */
#include "proc/store/store.h"

#include "os/clock.h"
#include "os/log.h"

/* ---- parked frames ---- */

void store_on_park(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	enum err err = store_write(self);
	if (err == ERR_OK)
		err = hold_park(store->hold, message->value);
	if (err == ERR_OK) {
		store_done_later(self, message->caller);
		return;
	}
	if (err != ERR_CONFLICT) /* nothing was written then */
		store_undo(self);
	role_refuse(self, message->caller, err, 0, NULL);
}

void store_on_heads(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	struct msg_heads heads = {0};
	enum err err = store_settle(self);
	if (err == ERR_OK)
		err = hold_heads(store->hold, message->arena, &heads);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_HEADS_DONE, &heads);
}

void store_on_unpark(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	struct msg_unparked frames = {0};
	enum err err = store_settle(self); /* only what is durable goes on the wire */
	if (err == ERR_OK)
		err = hold_unpark(store->hold, message->value, message->arena, &frames);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_UNPARKED, &frames);
}

/* ---- peers ---- */

static struct peer_status *peer_find(struct store *store, struct slice name)
{
	for (size_t i = 0; i < store->peer_count; i++)
		if (slice_equal(slice_text(store->peer_names[i]), name))
			return &store->peers[i];
	if (store->peer_count == LIMIT_NATIONS || name.len > LIMIT_NATION)
		return NULL;
	snprintf(store->peer_names[store->peer_count], LIMIT_NATION + 1, "%.*s", SLICE_ARG(name));
	return &store->peers[store->peer_count++];
}

void store_on_acknowledged(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_positions *positions = message->value;
	struct peer_status *peer = peer_find(store, positions->peer);
	if (peer && positions->at > peer->last_receipt)
		peer->last_receipt = positions->at;
	enum err err = store_write(self);
	if (err == ERR_OK)
		err = hold_acknowledge(store->hold, positions);
	if (err != ERR_OK)
		store_undo(self);
}

void store_on_peers(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_peers *ask = message->value;
	const struct peer_status *items = ask->peers.items;
	for (size_t i = 0; i < ask->peers.count; i++) {
		struct peer_status *peer = peer_find(store, items[i].nation);
		if (peer && peer->connected != items[i].connected)
			store_pump_wake(store);
		if (peer)
			peer->connected = items[i].connected;
	}
}
