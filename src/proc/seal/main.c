/* The entry of seal: keys and roster, then the table of messages and a clock. It must never open a socket or a file. */
#include "proc/seal/seal.h"

#include "os/clock.h"
#include "os/log.h"


struct seal_peer *seal_find_peer(struct seal *seal, struct slice name)
{
	for (size_t i = 0; i < seal->count; i++)
		if (slice_equal(seal->peers[i].row->name, name))
			return &seal->peers[i];
	return NULL;
}

/* ---- preparing ---- */

static enum err load_feed_key(struct self *self, struct seal *seal, struct diag *diag)
{
	uint8_t key[32], seed[ROLE_SEED];
	TRY(role_seed(self, "key-feed", seed, diag));
	enum err err = signing_key_new(seed, &seal->feed_key);
	explicit_bzero(seed, sizeof(seed));
	TRY(err);
	signing_key_public(seal->feed_key, key);
	if (memcmp(key, seal->self->feed_key, sizeof(key)) != 0)
		return diag_fail(diag, ERR_INVALID, "the roster names another feed key than this node holds");
	return ERR_OK;
}

/* Keys are given as PEM. */
static enum err load_opener(struct self *self, struct seal *seal, struct diag *diag)
{
	AUTO_BUF certificate = buf_make(LIMIT_MESSAGE_INLINE);
	struct buf key = buf_make(LIMIT_MESSAGE_INLINE);
	enum err err = pem_to_der(role_given(self, "seal-certificate"), &certificate);
	if (err == ERR_OK)
		err = key_pem_to_der(role_given(self, "key-seal"), &key);
	if (err == ERR_OK)
		err = seal_opener_new(buf_slice(&key), buf_slice(&certificate), &seal->opener);
	buf_wipe(&key);
	role_forget(self, "key-seal");
	if (err != ERR_OK)
		return diag_fail(diag, err, "the sealing key or its certificate does not read");
	if (!slice_equal(buf_slice(&certificate), seal->self->seal_certificate))
		return diag_fail(diag, ERR_INVALID,
				 "the roster names another sealing certificate than this node holds");
	return ERR_OK;
}

static enum err load_peer(const struct seal *seal, const struct participant *row, struct seal_peer *peer,
			  struct diag *diag)
{
	*peer = (struct seal_peer){.row = row};
	feed_sender_init(&peer->sender);
	feed_receiver_init(&peer->receiver, seal->roster.epoch);
	peer->tree_note = buf_make(WIRE_NOTE_MAX);
	enum err err = seal_recipient_new(row->seal_certificate, &peer->recipient);
	return err == ERR_OK
		       ? ERR_OK
		       : diag_fail(diag, err, "the sealing certificate of %.*s does not read", SLICE_ARG(row->name));
}

static enum err load_roster(struct self *self, struct seal *seal, struct diag *diag)
{
	seal->given = role_given(self, "roster");
	TRY(roster_open(seal->given, &seal->arena, &seal->roster, diag));
	seal->newest = seal->roster;
	seal->newest_octets = seal->given;
	seal->epoch = seal->roster.epoch;
	seal->self = roster_find(&seal->roster, role_nation(self));
	if (!seal->self)
		return diag_fail(diag, ERR_INVALID, "the roster does not name this nation");
	seal->peers = ARENA_ARRAY(&seal->arena, seal->roster.participants.count, struct seal_peer);
	if (!seal->peers)
		return ERR_MEMORY;
	for (size_t i = 0; i < seal->roster.participants.count; i++) {
		const struct participant *row = roster_at(&seal->roster, i);
		if (row != seal->self)
			TRY(load_peer(seal, row, &seal->peers[seal->count++], diag));
	}
	return ERR_OK;
}

static enum err prepare(struct self *self, struct diag *diag)
{
	struct seal *seal = role_context(self);
	struct slice ledger_key = role_given(self, "ledger-key-public");
	seal->last = &seal->first;
	TRY(load_roster(self, seal, diag));
	TRY(load_feed_key(self, seal, diag));
	TRY(load_opener(self, seal, diag));
	seal->table = role_given(self, "release-table");
	if (!seal->table.len) /* it would ask for two persons nowhere */
		return diag_fail(diag, ERR_MALFORMED, "release-table was not given or is empty; a comment line will do");
	if (ledger_key.len && !slice_equal(ledger_key, SLICE_ARRAY(seal->self->ledger_key)))
		return diag_fail(diag, ERR_INVALID, "the roster names another ledger key than this node holds");
	return ERR_OK;
}

/* ---- the clock ---- */

static void tick(struct self *self, void *context)
{
	struct seal *seal = context;
	seal_start(self);
	seal_tell_feeds(self, false);
	if (!seal_is_serving(seal))
		return;
	for (size_t i = 0; i < seal->count; i++) {
		feed_sender_tick(&seal->peers[i].sender, clock_now_ms());
		seal_pump(self, &seal->peers[i]);
		seal_after_frames(self, &seal->peers[i]);
	}
	if (clock_monotonic_ms() >= seal->tree_ms + TREE_MS)
		seal_ask_tree(self);
}

static enum err start(struct self *self, struct diag *diag)
{
	struct seal *seal = role_context(self);
	(void)diag;
	return role_timer_new(self, TICK_MS, true, tick, seal, &seal->tick);
}

/* ---- neighbours ---- */

static void tell_peers(struct self *self)
{
	struct seal *seal = role_context(self);
	struct peer_status rows[LIMIT_NATIONS];
	for (size_t i = 0; i < seal->count; i++)
		rows[i] = (struct peer_status){.nation = seal->peers[i].row->name, .connected = seal->peers[i].dialled};
	const struct msg_peers peers = {{rows, seal->count}};
	(void)role_send(self, ROLE_STORE, MSG_PEERS, &peers);
}

void seal_tell_feeds(struct self *self, bool always)
{
	struct seal *seal = role_context(self);
	struct nation_item frozen[LIMIT_NATIONS];
	size_t count = 0;
	uint64_t bits = 0;
	bool serving = seal_is_serving(seal), releasing = serving && !seal->rolled_back;
	for (size_t i = 0; i < seal->count && i < LIMIT_NATIONS; i++)
		if (seal->peers[i].sender.frozen) {
			frozen[count++].name = seal->peers[i].row->name;
			bits |= UINT64_C(1) << i;
		}
	if (!always && bits == seal->told_frozen && serving == seal->told_serving && releasing == seal->told_releasing)
		return;
	struct msg_feeds feeds = {.serving = serving, .releasing = releasing, .frozen = {frozen, count}};
	if (role_send(self, ROLE_GUARD, MSG_FEEDS, &feeds) != ERR_OK)
		return; /* told when it is up */
	seal->told_frozen = bits;
	seal->told_serving = serving;
	seal->told_releasing = releasing;
}

static void neighbor_up(struct self *self, enum role neighbor)
{
	struct seal *seal = role_context(self);
	if (neighbor == ROLE_STORE) {
		seal_resync(self);
		tell_peers(self);
	}
	if (neighbor == ROLE_LEDGER) {
		seal->rolled_back = false; /* a ledger that started anew is judged anew */
		seal_refresh(self);
		seal_ask_tree(self);
	}
	if (neighbor == ROLE_GUARD && seal->records_known)
		seal_refresh(self);
	seal_tell_feeds(self, neighbor == ROLE_GUARD);
}

static void neighbor_down(struct self *self, enum role neighbor)
{
	struct seal *seal = role_context(self);
	if (neighbor == ROLE_STORE)
		seal->heads_known = false;
	seal_tell_feeds(self, false);
	for (size_t i = 0; neighbor == ROLE_LINK && i < seal->count; i++) {
		seal_dialled(self, &seal->peers[i], false);
		seal_accepted(self, &seal->peers[i], false);
	}
	if (neighbor == ROLE_LINK)
		tell_peers(self);
}

/* ---- link ---- */

static void on_peer_state(struct self *self, const struct role_message *message)
{
	const struct msg_peer_state *state = message->value;
	struct seal_peer *peer = seal_find_peer(role_context(self), state->peer);
	if (!peer)
		return;
	if (state->inbound)
		seal_accepted(self, peer, state->connected);
	else
		seal_dialled(self, peer, state->connected);
	tell_peers(self);
}

static void on_resume(struct self *self, struct seal_peer *peer, struct slice body)
{
	seal_on_checkpoint(self, peer, true, body);
}

static void on_checkpoint(struct self *self, struct seal_peer *peer, struct slice body)
{
	seal_on_checkpoint(self, peer, false, body);
}

static void on_wire(struct self *self, const struct role_message *message)
{
	static void (*const takes[])(struct self *, struct seal_peer *, struct slice) = {
		[WIRE_FRAME] = seal_on_frame,	   [WIRE_TREE] = seal_on_tree,	       [WIRE_RESUME] = on_resume,
		[WIRE_CHECKPOINT] = on_checkpoint, [WIRE_COSIGNED] = seal_on_cosigned,
	};
	const struct msg_wire *wire = message->value;
	struct seal_peer *peer = seal_find_peer(role_context(self), wire->peer);
	struct slice body;
	uint8_t type;
	/* on the connection it opened the peer is the opener, on ours it is not */
	if (!peer || wire_get(wire->octets, &type, &body) != ERR_OK || !wire_is_for_seal(type) ||
	    !wire_is_allowed(type, wire->inbound != 0)) {
		log_line(LOG_WARNING, "link gave a record that does not belong there");
		return;
	}
	takes[type](self, peer, body);
}

static void stop(struct self *self)
{
	struct seal *seal = role_context(self);
	role_timer_free(seal->tick);
	for (size_t i = 0; i < seal->count; i++) {
		struct seal_peer *peer = &seal->peers[i];
		feed_receiver_done(&peer->receiver);
		seal_recipient_free(peer->recipient);
		recall_set_done(&peer->recalled);
		buf_done(&peer->resume);
		buf_done(&peer->tree_note);
	}
	while (seal->first) {
		struct waiting *entry = seal->first;
		seal->first = entry->next;
		buf_done(&entry->raw);
		free(entry);
	}
	signing_key_free(seal->feed_key);
	seal_opener_free(seal->opener);
	recall_set_done(&seal->recalled);
	arena_done(&seal->arena);
}

static const struct role_handler handlers[] = {
	{MSG_SEAL, ROLE_GUARD, seal_on_seal},
	{MSG_RECEIPT, ROLE_STORE, seal_on_receipt},
	{MSG_PEER_STATE, ROLE_LINK, on_peer_state},
	{MSG_WIRE, ROLE_LINK, on_wire},
	{0, 0, NULL},
};

int main(void)
{
	static const struct role_program program = {.role = ROLE_SEAL,
						    .handlers = handlers,
						    .prepare = prepare,
						    .start = start,
						    .stop = stop,
						    .neighbor_up = neighbor_up,
						    .neighbor_down = neighbor_down};
	static struct seal seal;
	return role_run(&program, &seal);
}
