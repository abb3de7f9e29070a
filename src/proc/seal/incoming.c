/* A peer's feed to us: verify, open, admit. Nothing of a frame reaches the store before its signature, its place in the
 * chain, its seal, its digest and its token hold. */
#include "proc/seal/seal.h"

#include "os/clock.h"
#include "os/log.h"
#include "protocol/checkpoint.h"
#include "protocol/rules.h"

/* A frame on its way into the store. */
struct admission {
	struct seal_peer *peer;
	struct feed_frame frame;
	uint32_t turn;
	bool empty; /* passed over: only its number moves */
};

static void admit(struct self *self, struct seal_peer *peer, const struct feed_frame *facts, const struct frame *frame,
		  struct slice body);

void seal_forget_given(struct seal_peer *peer, size_t sequence)
{
	peer->turn[sequence]++;
	feed_receiver_failed(&peer->receiver, sequence);
}

/* ---- passing over ---- */

/* The sender is told first, so that it releases anew. */
static void pass(struct self *self, struct seal_peer *peer, const struct feed_frame *facts, const struct frame *frame,
		 const char *reason)
{
	struct control_entry entry = {
		.kind = CONTROL_NOT_ADMITTED, .issued = clock_now_ms(), .reason = slice_text(reason)};
	AUTO_BUF position = buf_make(64);
	AUTO_BUF body = buf_make(LIMIT_CONTROL_ENTRY);
	log_line(LOG_WARNING, "passed over frame %llu of %.*s, %s: %s", (unsigned long long)facts->seq,
		 SLICE_ARG(peer->row->name), sequence_name(facts->sequence), reason);
	control_put_position(sequence_lane(facts->sequence), facts->seq, &position);
	entry.body = buf_slice(&position);
	record_encode(&control_entry_schema, &entry, &body);
	struct outgoing out = {.peer = peer, .sequence = SEQUENCE_CONTROL, .body = buf_slice(&body)};
	if (position.err != ERR_OK || body.err != ERR_OK || seal_send(self, &out) != ERR_OK) {
		seal_forget_given(peer, facts->sequence);
		return;
	}
	/* the store takes messages in order: the entry is parked before the position moves */
	admit(self, peer, facts, frame, (struct slice){0});
}

/* ---- admission ---- */

static bool is_passing_fault(enum err err)
{
	return err == ERR_UNAVAILABLE || err == ERR_FULL || err == ERR_IO || err == ERR_MEMORY || err == ERR_CONFLICT ||
	       err == ERR_INTERNAL;
}

static void refused_by_store(struct self *self, const struct admission *admission, enum err err)
{
	struct seal_peer *peer = admission->peer;
	const struct feed_frame *facts = &admission->frame;
	if (is_passing_fault(err) || admission->empty) {
		seal_forget_given(peer, facts->sequence);
	} else if (facts->sequence == SEQUENCE_CONTROL) {
		log_line(LOG_ERROR, "a control entry of %.*s cannot be applied: its feed is frozen",
			 SLICE_ARG(peer->row->name));
		feed_receiver_freeze(&peer->receiver, facts);
	} else {
		struct frame frame = {.sent = clock_now_ms()};
		pass(self, peer, facts, &frame, "content");
	}
}

static void on_admitted(struct self *self, void *context, const struct role_message *answer)
{
	struct admission *admission = context;
	struct seal_peer *peer = admission->peer;
	enum err err = role_answer_err(answer, MSG_DONE);
	if (admission->turn == peer->turn[admission->frame.sequence]) {
		if (err == ERR_OK)
			feed_receiver_admitted(&peer->receiver, admission->frame.sequence, admission->frame.seq);
		else
			refused_by_store(self, admission, err);
		seal_after_frames(self, peer);
	}
	free(admission);
}

static void admit(struct self *self, struct seal_peer *peer, const struct feed_frame *facts, const struct frame *frame,
		  struct slice body)
{
	struct admission *admission = calloc(1, sizeof(*admission));
	if (!admission) {
		seal_forget_given(peer, facts->sequence);
		return;
	}
	*admission = (struct admission){peer, *facts, peer->turn[facts->sequence], body.len == 0};
	struct msg_admit ask = {.peer = peer->row->name,
				.feed = sequence_feed(facts->sequence),
				.lane = sequence_lane(facts->sequence),
				.seq = facts->seq,
				.body = body,
				.sent = frame->sent};
	if (body.len)
		ask.token = frame->release_token;
	memcpy(ask.digest, facts->digest, sizeof(ask.digest));
	role_ask(self, ROLE_STORE, MSG_ADMIT, &ask, STORE_MS, on_admitted, admission);
}

void seal_admit_control(struct self *self, struct seal_peer *peer, const struct feed_frame *facts, uint64_t sent, struct slice body)
{
	const struct frame frame = {.sent = sent};
	admit(self, peer, facts, &frame, body);
}

/* ---- opening ---- */

static enum err open_body(const struct seal *seal, const struct frame *frame, struct buf *plain, struct arena *arena,
			  struct slice *ret_body)
{
	struct sealed sealed;
	uint8_t digest[32];
	TRY(crypto_open(seal->opener, frame->payload, plain));
	TRY(sealed_open(buf_slice(plain), arena, &sealed));
	crypto_sha256(sealed.body, digest);
	if (!rule_digest_matches(frame->object_digest, digest) || !sealed.body.len)
		return ERR_CRYPTO;
	*ret_body = sealed.body;
	return ERR_OK;
}

static bool token_holds(struct self *self, const struct seal_peer *peer, const struct frame *frame, struct slice body,
			struct arena *arena)
{
	const struct seal *seal = role_context(self);
	struct seal_state state = {.self = seal->self,
				   .peer = peer->row,
				   .realm = role_realm(self),
				   .recalled = &peer->recalled,
				   .now_ms = clock_now_ms()};
	struct admit_case at = {.frame = frame, .body = body, .state = &state};
	return seal_admits(&at, arena) == VERDICT_PERMIT;
}

static void take_recall(struct seal_peer *peer, const struct control_entry *entry)
{
	uint8_t key[RECALL_KEY];
	if (entry->kind != CONTROL_RECALL)
		return;
	recall_key_object(entry->subject, key);
	if (recall_set_put(&peer->recalled, key) != ERR_OK)
		log_line(LOG_WARNING, "no room to remember a recall; the store remembers it");
}

static void take_control(struct self *self, struct seal_peer *peer, const struct feed_frame *facts,
			 const struct frame *frame, struct slice body)
{
	AUTO_ARENA arena = {0};
	struct control_entry entry;
	if (!body.len || control_entry_open(body, &arena, &entry) != ERR_OK) {
		log_line(LOG_ERROR, "a control frame of %.*s does not open: its feed is frozen",
			 SLICE_ARG(peer->row->name));
		feed_receiver_freeze(&peer->receiver, facts);
		return;
	}
	take_recall(peer, &entry);
	if (entry.kind != CONTROL_ROSTER || !seal_succeeds(self, peer, facts, frame->sent, body, &entry))
		admit(self, peer, facts, frame, body);
}

static void open_and_admit(struct self *self, struct seal_peer *peer, const struct feed_frame *facts,
			   const struct frame *frame)
{
	const struct seal *seal = role_context(self);
	AUTO_ARENA arena = {0};
	AUTO_BUF plain = buf_make((size_t)LIMIT_FRAME * 2);
	struct slice body = {0};
	enum err err = open_body(seal, frame, &plain, &arena, &body);
	if (facts->sequence == SEQUENCE_CONTROL)
		take_control(self, peer, facts, frame, body);
	else if (err != ERR_OK)
		pass(self, peer, facts, frame, "seal");
	else if (!token_holds(self, peer, frame, body, &arena))
		pass(self, peer, facts, frame, "token");
	else
		admit(self, peer, facts, frame, body);
	buf_wipe(&plain);
}

/* ---- frames ---- */

static bool is_from(const struct seal *seal, const struct seal_peer *peer, const struct frame *frame,
		    struct slice octets)
{
	return slice_equal(frame->from, peer->row->name) && slice_equal(frame->to, seal->self->name) &&
	       signature_verify(peer->row->feed_key, FRAME_DOMAIN, frame_signed_part(octets), frame->signature);
}

static void take_frame(struct self *self, struct seal_peer *peer, struct slice octets)
{
	const struct seal *seal = role_context(self);
	AUTO_ARENA arena = {0};
	struct frame frame;
	struct feed_frame facts;
	if (frame_open(octets, &arena, &frame) != ERR_OK || !is_from(seal, peer, &frame, octets)) {
		log_line(LOG_WARNING, "a frame of %.*s does not verify", SLICE_ARG(peer->row->name));
		return;
	}
	feed_frame_of(&frame, octets, &facts);
	switch (feed_receiver_frame(&peer->receiver, &facts, octets)) {
	case FEED_ADMIT:
		open_and_admit(self, peer, &facts, &frame);
		break;
	case FEED_PASS:
		pass(self, peer, &facts, &frame, "epoch");
		break;
	case FEED_EQUIVOCATION:
		log_line(LOG_ERROR, "%.*s signed two frames for one place (%s %llu): its feed is frozen",
			 SLICE_ARG(peer->row->name), sequence_name(peer->receiver.evidence.sequence),
			 (unsigned long long)peer->receiver.evidence.seq);
		break;
	case FEED_DROP:
	case FEED_HOLD:
	case FEED_DUPLICATE:
		break;
	}
}

static void send_checkpoint(struct self *self, struct seal_peer *peer, bool resume)
{
	const struct seal *seal = role_context(self);
	uint8_t key[32], signature[64];
	struct checkpoint checkpoint;
	struct slice text, octets;
	AUTO_BUF text_buf = buf_make(CHECKPOINT_TEXT_MAX);
	AUTO_BUF note = buf_make(WIRE_NOTE_MAX);
	feed_receiver_checkpoint(&peer->receiver, &checkpoint);
	checkpoint.from = peer->row->name;
	checkpoint.to = seal->self->name;
	checkpoint.time = clock_now_ms();
	checkpoint_print(&checkpoint, &text_buf);
	signing_key_public(seal->feed_key, key);
	if (buf_finish(&text_buf, &text) != ERR_OK || signing_key_sign_plain(seal->feed_key, text, signature) != ERR_OK)
		return;
	checkpoint_print_note(text, seal->self->name, key, signature, &note);
	if (buf_finish(&note, &octets) == ERR_OK)
		seal_wire(self, peer, true, resume ? WIRE_RESUME : WIRE_CHECKPOINT, octets);
}

void seal_after_frames(struct self *self, struct seal_peer *peer)
{
	struct buf octets;
	while (feed_receiver_take(&peer->receiver, &octets)) {
		take_frame(self, peer, buf_slice(&octets));
		buf_done(&octets);
	}
	if (!peer->accepted)
		return;
	enum feed_note note = feed_receiver_note(&peer->receiver, clock_now_ms());
	if (note != NOTE_NONE)
		send_checkpoint(self, peer, note == NOTE_RESUME);
}

void seal_on_frame(struct self *self, struct seal_peer *peer, struct slice octets)
{
	const struct seal *seal = role_context(self);
	if (!seal_is_serving(seal) || !role_has_neighbor(self, ROLE_STORE))
		return; /* unacknowledged: it comes again */
	take_frame(self, peer, octets);
	seal_after_frames(self, peer);
}

void seal_accepted(struct self *self, struct seal_peer *peer, bool connected)
{
	const struct seal *seal = role_context(self);
	peer->accepted = connected;
	if (!connected)
		feed_receiver_cut(&peer->receiver);
	if (!connected || !seal_is_serving(seal))
		return;
	feed_receiver_connected(&peer->receiver);
	seal_after_frames(self, peer);
}
