/* What seal reads before it serves, and again when something is unsure: positions from the store, recalls and guard's
 * newest start from the ledger. Until both are known nothing is sealed, opened or sent. */
#include "proc/seal/seal.h"

#include "os/log.h"

bool seal_is_serving(const struct seal *seal)
{
	return seal->heads_known && seal->records_known;
}

/* ---- positions ---- */

static void take_sent(struct seal_peer *peer, const struct head *row)
{
	size_t i = feed_sequence(row->feed, row->lane);
	if (i >= FEED_SEQUENCES)
		return;
	struct feed_position head = {.seq = row->seq};
	struct feed_out *out = &peer->sender.out[i];
	memcpy(head.digest, row->digest, sizeof(head.digest));
	if (out->head.seq == 0 && out->sent == 0) {
		feed_sender_head(&peer->sender, i, &head, row->acknowledged);
	} else if (head.seq < out->head.seq ||
		   (head.seq == out->head.seq && memcmp(head.digest, out->head.digest, 32) != 0)) {
		log_line(LOG_ERROR, "the store lost frames for %.*s: its feed is frozen", SLICE_ARG(peer->row->name));
		peer->sender.frozen = true;
	} else {
		out->head = head; /* what was on its way when the store was cut off became durable */
		out->missing = false;
	}
	peer->made[i] = head;
}

static void take_received(struct seal_peer *peer, const struct head *row)
{
	size_t i = feed_sequence(row->feed, row->lane);
	if (i >= FEED_SEQUENCES || row->seq <= peer->receiver.in[i].admitted.seq)
		return;
	struct feed_position position = {.seq = row->seq};
	memcpy(position.digest, row->digest, sizeof(position.digest));
	feed_receiver_head(&peer->receiver, i, &position);
}

static void take_rows(struct seal *seal, const struct record_list *rows,
		      void (*take)(struct seal_peer *, const struct head *))
{
	const struct head *items = rows->items;
	for (size_t i = 0; i < rows->count; i++) {
		struct seal_peer *peer = seal_find_peer(seal, items[i].peer);
		if (peer)
			take(peer, &items[i]);
	}
}

/* From here on seal serves: what happened before is caught up with. */
static void begin_serving(struct self *self)
{
	struct seal *seal = role_context(self);
	if (!seal_is_serving(seal))
		return;
	seal_tell_feeds(self, false);
	for (size_t i = 0; i < seal->count; i++) {
		struct seal_peer *peer = &seal->peers[i];
		if (peer->dialled && !peer->sender.connected)
			seal_dialled(self, peer, true);
		if (peer->accepted)
			seal_accepted(self, peer, true);
		if (peer->resume.len)
			seal_on_checkpoint(self, peer, true, buf_slice(&peer->resume));
		buf_done(&peer->resume);
		seal_pump(self, peer);
	}
	seal_drain(self);
}

static void on_heads(struct self *self, void *context, const struct role_message *answer)
{
	struct seal *seal = context;
	const struct msg_heads *heads = answer->value;
	seal->heads_asked = false;
	if (role_answer_err(answer, MSG_HEADS_DONE) != ERR_OK || seal->parks)
		return;
	for (size_t i = 0; i < seal->count; i++) /* what was built and is not there was never parked */
		for (size_t j = 0; j < FEED_SEQUENCES; j++)
			seal->peers[i].made[j] = seal->peers[i].sender.out[j].head;
	take_rows(seal, &heads->sent, take_sent);
	take_rows(seal, &heads->received, take_received);
	seal->heads_known = true;
	begin_serving(self);
}

static void ask_heads(struct self *self)
{
	struct seal *seal = role_context(self);
	if (seal->heads_known || seal->heads_asked || seal->parks || !role_has_neighbor(self, ROLE_STORE))
		return;
	seal->heads_asked = true;
	role_ask(self, ROLE_STORE, MSG_HEADS, &(struct msg_empty){0}, STORE_MS, on_heads, seal);
}

void seal_resync(struct self *self)
{
	struct seal *seal = role_context(self);
	seal->heads_known = false;
	ask_heads(self);
}

/* ---- records ---- */

static void count_order(struct seal *seal, const struct ledger_record *record)
{
	struct seal_peer *peer = seal_find_peer(seal, record->recipient);
	if (peer)
		peer->orders++;
}

static enum err take_record(struct seal *seal, uint64_t index, const struct ledger_record *record)
{
	uint8_t key[RECALL_KEY];
	switch (record->kind) {
	case LEDGER_START:
		if (slice_equal(record->actor, SLICE("guard"))) {
			seal->fencing_epoch = index + 1;
			seal->counter = 0;
		}
		return ERR_OK;
	case LEDGER_RECALL:
		count_order(seal, record);
		recall_key_object(record->subject, key);
		return recall_set_put(&seal->recalled, key);
	case LEDGER_WITHDRAWAL:
		count_order(seal, record);
		recall_key_withdrawn(record->digest, record->recipient, key);
		return recall_set_put(&seal->recalled, key);
	case LEDGER_WITNESS:
		seal_take_sighting(seal, record);
		return ERR_OK;
	case LEDGER_ROSTER:
		return seal_take_succession(seal, record);
	default:
		return ERR_OK;
	}
}

static enum err take_records(struct seal *seal, const struct msg_replayed *replayed, struct arena *arena)
{
	const struct replay_item *items = replayed->items.items;
	for (size_t i = 0; i < replayed->items.count; i++) {
		struct ledger_record record;
		if (items[i].index < seal->replayed)
			continue;
		TRY(record_decode(&ledger_record_schema, items[i].record, arena, &record));
		TRY(take_record(seal, items[i].index, &record));
		seal->replayed = items[i].index + 1;
	}
	if (replayed->next_index > seal->replayed)
		seal->replayed = replayed->next_index;
	return ERR_OK;
}

static void ask_records(struct self *self);

static void on_replayed(struct self *self, void *context, const struct role_message *answer)
{
	struct seal *seal = context;
	const struct msg_replayed *replayed = answer->value;
	bool before = seal_is_serving(seal);
	seal->replaying = false;
	if (role_answer_err(answer, MSG_REPLAYED) != ERR_OK) {
		seal_drain(self); /* those that need a newer record are refused, to be asked for again */
		return;
	}
	if (take_records(seal, replayed, answer->arena) != ERR_OK) {
		log_line(LOG_ERROR, "the ledger holds a record that does not fit: seal does not serve");
		role_end(self, 1);
		return;
	}
	if (replayed->items.count) {
		ask_records(self);
		return;
	}
	seal->records_known = true;
	if (before)
		seal_drain(self);
	else
		begin_serving(self);
}

static void ask_records(struct self *self)
{
	static const uint8_t kinds[] = {LEDGER_START, LEDGER_RECALL, LEDGER_WITHDRAWAL, LEDGER_WITNESS,
					LEDGER_ROSTER};
	struct seal *seal = role_context(self);
	struct msg_replay ask = {.from_index = seal->replayed, .kinds = SLICE_ARRAY(kinds)};
	seal->replaying = true;
	role_ask(self, ROLE_LEDGER, MSG_REPLAY, &ask, LEDGER_MS, on_replayed, seal);
}

void seal_refresh(struct self *self)
{
	struct seal *seal = role_context(self);
	if (!seal->replaying && role_has_neighbor(self, ROLE_LEDGER))
		ask_records(self);
}

void seal_start(struct self *self)
{
	struct seal *seal = role_context(self);
	ask_heads(self);
	if (!seal->records_known)
		seal_refresh(self);
}
