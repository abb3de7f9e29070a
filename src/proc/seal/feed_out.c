/* Our feed to a peer: frames that come back from the store are verified before they go out, since only what seal made and
 * signed may reach link; the peer's checkpoints move the window. */
#include "proc/seal/seal.h"

#include "os/clock.h"
#include "os/log.h"
#include "protocol/checkpoint.h"

void seal_wire(struct self *self, const struct seal_peer *peer, bool inbound, enum wire_type type, struct slice body)
{
	struct slice octets;
	AUTO_BUF buf = buf_make(WIRE_BODY_MAX + 1);
	wire_put(type, body, &buf);
	if (buf_finish(&buf, &octets) != ERR_OK)
		return;
	struct msg_wire wire = {.peer = peer->row->name, .inbound = inbound, .octets = octets};
	enum err err = role_send(self, ROLE_LINK, MSG_WIRE, &wire);
	if (err != ERR_OK && err != ERR_UNAVAILABLE)
		log_line(LOG_WARNING, "link takes nothing for %.*s: %s", SLICE_ARG(peer->row->name), err_text(err));
}

/* ---- fetching ---- */

/* A request to the store for parked frames. */
struct fetch {
	struct seal_peer *peer;
	struct feed_range range;
};

static bool is_ours(const struct seal *seal, const struct seal_peer *peer, const struct frame *frame,
		    struct slice octets)
{
	uint8_t key[32];
	signing_key_public(seal->feed_key, key);
	return slice_equal(frame->from, seal->self->name) && slice_equal(frame->to, peer->row->name) &&
	       signature_verify(key, FRAME_DOMAIN, frame_signed_part(octets), frame->signature);
}

/* False: this and what follows does not go. */
static bool offer(struct self *self, const struct fetch *fetch, struct slice octets, struct arena *arena)
{
	struct seal *seal = role_context(self);
	struct frame frame;
	struct feed_frame facts;
	if (frame_open(octets, arena, &frame) != ERR_OK || !is_ours(seal, fetch->peer, &frame, octets)) {
		log_line(LOG_ERROR, "the store gave a frame that is not ours");
		return false;
	}
	feed_frame_of(&frame, octets, &facts);
	if (facts.sequence != fetch->range.sequence ||
	    !feed_sender_offer(&fetch->peer->sender, &facts, false, clock_now_ms()))
		return false;
	seal_wire(self, fetch->peer, false, WIRE_FRAME, octets);
	return true;
}

static void on_unparked(struct self *self, void *context, const struct role_message *answer)
{
	struct fetch *fetch = context;
	const struct msg_unparked *unparked = answer->value;
	size_t count = 0;
	if (role_answer_err(answer, MSG_UNPARKED) == ERR_OK) {
		const struct frame_item *items = unparked->frames.items;
		while (count < unparked->frames.count && offer(self, fetch, items[count].frame, answer->arena))
			count++;
	}
	feed_sender_fetched(&fetch->peer->sender, &fetch->range, count);
	seal_pump(self, fetch->peer);
	free(fetch);
}

void seal_pump(struct self *self, struct seal_peer *peer)
{
	struct seal *seal = role_context(self);
	struct feed_range range;
	if (!seal_is_serving(seal) || !role_has_neighbor(self, ROLE_STORE) || !feed_sender_want(&peer->sender, &range))
		return;
	struct fetch *fetch = calloc(1, sizeof(*fetch));
	if (!fetch) {
		feed_sender_fetched(&peer->sender, &range, 0);
		return;
	}
	*fetch = (struct fetch){peer, range};
	struct msg_unpark ask = {.peer = peer->row->name,
				 .feed = sequence_feed(range.sequence),
				 .lane = sequence_lane(range.sequence),
				 .from_seq = range.from_seq,
				 .count = range.count};
	role_ask(self, ROLE_STORE, MSG_UNPARK, &ask, STORE_MS, on_unparked, fetch);
}

/* ---- the peer's checkpoints ---- */

static bool read_checkpoint(const struct seal *seal, const struct seal_peer *peer, struct slice octets,
			    struct checkpoint *ret)
{
	struct checkpoint_note note;
	uint8_t key_name[NOTE_KEY_ID];
	if (checkpoint_parse(octets, &note) != ERR_OK)
		return false;
	checkpoint_key_id(peer->row->name, peer->row->feed_key, key_name);
	if (!slice_equal(note.checkpoint.from, seal->self->name) || !slice_equal(note.checkpoint.to, peer->row->name) ||
	    memcmp(note.key_id, key_name, sizeof(key_name)) != 0 ||
	    !signature_verify_plain(peer->row->feed_key, note.text, note.signature))
		return false;
	*ret = note.checkpoint;
	return true;
}

static void tell_store(struct self *self, const struct seal_peer *peer, const struct checkpoint *checkpoint)
{
	struct head heads[FEED_SEQUENCES];
	size_t count = 0;
	for (size_t i = 0; i < FEED_SEQUENCES; i++) {
		const struct feed_position *at = &checkpoint->positions[i];
		if (!at->seq)
			continue;
		heads[count] = (struct head){.peer = peer->row->name,
					     .feed = sequence_feed(i),
					     .lane = sequence_lane(i),
					     .seq = at->seq,
					     .acknowledged = at->seq};
		memcpy(heads[count++].digest, at->digest, sizeof(at->digest));
	}
	struct msg_positions positions = {.peer = peer->row->name, .heads = {heads, count}, .at = checkpoint->time};
	(void)role_send(self, ROLE_STORE, MSG_ACKNOWLEDGED, &positions);
}

static const char *const standings[] = {
	[FEED_PEER_BEHIND] = "was set back: it gets again what it lost",
	[FEED_WE_BEHIND] = "holds frames that we do not know: we were set back; its feed is frozen",
	[FEED_FORKED] = "holds another frame in the place of ours; its feed is frozen",
};

void seal_on_checkpoint(struct self *self, struct seal_peer *peer, bool resume, struct slice octets)
{
	struct seal *seal = role_context(self);
	struct checkpoint checkpoint;
	if (!seal_is_serving(seal)) {
		if (resume) {
			buf_done(&peer->resume);
			peer->resume = buf_make(WIRE_NOTE_MAX);
			buf_put(&peer->resume, octets);
		}
		return;
	}
	if (!read_checkpoint(seal, peer, octets, &checkpoint)) {
		log_line(LOG_WARNING, "a checkpoint of %.*s does not verify", SLICE_ARG(peer->row->name));
		return;
	}
	enum feed_standing standing = feed_sender_checkpoint(&peer->sender, &checkpoint, resume, clock_now_ms());
	if (standing > FEED_STALE)
		log_line(LOG_ERROR, "%.*s %s", SLICE_ARG(peer->row->name), standings[standing]);
	if (standing == FEED_GOOD)
		tell_store(self, peer, &checkpoint);
	seal_pump(self, peer);
}

void seal_dialled(struct self *self, struct seal_peer *peer, bool connected)
{
	struct seal *seal = role_context(self);
	peer->dialled = connected;
	if (!connected) {
		buf_done(&peer->resume);
		feed_sender_cut(&peer->sender);
		return;
	}
	if (!seal_is_serving(seal))
		return;
	feed_sender_connected(&peer->sender, clock_now_ms());
	seal_show_tree(self, peer);
}
