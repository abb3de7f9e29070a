/* Making frames: sealed for the peer, chained to the one before, signed, and parked with the store. Only what is parked
 * durably goes on the wire, and nothing is built on a frame whose fate the store has not told. */
#include "proc/seal/seal.h"

#include "os/clock.h"

/* A frame on its way into the store. */
struct parking {
	struct role_caller caller;
	enum message_type answer;
	struct seal_peer *peer;
	struct feed_frame frame;
	struct buf octets;
};

static void parking_free(struct parking *parking)
{
	buf_done(&parking->octets);
	free(parking);
}

static void answer_parked(struct self *self, const struct parking *parking)
{
	if (!parking->caller.request)
		return;
	if (parking->answer == MSG_SEALED)
		(void)role_reply(self, parking->caller, MSG_SEALED, &(struct msg_sealed_done){parking->frame.seq});
	else
		role_done(self, parking->caller);
}

static void on_parked(struct self *self, void *context, const struct role_message *answer)
{
	struct seal *seal = role_context(self);
	struct parking *parking = context;
	struct seal_peer *peer = parking->peer;
	seal->parks--;
	enum err err = role_answer_err(answer, MSG_DONE);
	if (err == ERR_OK)
		err = feed_sender_parked(&peer->sender, &parking->frame);
	if (err == ERR_OK) {
		if (feed_sender_offer(&peer->sender, &parking->frame, true, clock_now_ms()))
			seal_wire(self, peer, false, WIRE_FRAME, buf_slice(&parking->octets));
		answer_parked(self, parking);
		seal_pump(self, peer);
	} else {
		/* it may be durable or not: nothing is built on it before the store has told */
		if (parking->caller.request)
			role_refuse(self, parking->caller, ERR_UNAVAILABLE, 0, NULL);
		seal->heads_known = false;
	}
	if (!seal->heads_known && !seal->parks)
		seal_resync(self);
	parking_free(parking);
}

static enum err seal_body(const struct seal_peer *peer, struct slice body, struct buf *payload)
{
	static const uint8_t zeros[65536];
	struct slice plaintext;
	size_t padding = sealed_padding(body.len);
	AUTO_BUF zero = buf_make(padding);
	AUTO_BUF plain = buf_make((size_t)LIMIT_FRAME * 2);
	for (size_t left = padding; left;) {
		size_t n = left < sizeof(zeros) ? left : sizeof(zeros);
		buf_put(&zero, slice_of(zeros, n));
		left -= n;
	}
	struct sealed sealed = {.body = body, .padding = buf_slice(&zero)};
	TRY(zero.err);
	record_encode(&sealed_schema, &sealed, &plain);
	TRY(buf_finish(&plain, &plaintext));
	enum err err = crypto_seal(peer->recipient, plaintext, payload);
	buf_wipe(&plain);
	return err;
}

/* The next frame of its sequence, signed. */
static enum err build_frame(const struct seal *seal, const struct outgoing *out, struct slice payload,
			    struct buf *octets)
{
	const struct feed_position *before = &out->peer->made[out->sequence];
	struct slice signed_octets;
	struct frame frame = {.format = FRAME_FORMAT,
			      .feed = sequence_feed(out->sequence),
			      .lane = sequence_lane(out->sequence),
			      .from = seal->self->name,
			      .to = out->peer->row->name,
			      .seq = before->seq + 1,
			      .roster_epoch = seal->roster.epoch,
			      .sent = clock_now_ms(),
			      .release_token = out->token,
			      .payload = payload};
	if (out->sequence != SEQUENCE_CONTROL)
		frame.control_seq_required = out->peer->made[SEQUENCE_CONTROL].seq;
	memcpy(frame.prev_digest, before->digest, sizeof(frame.prev_digest));
	crypto_sha256(out->body, frame.object_digest);
	AUTO_BUF part = buf_make(LIMIT_FRAME);
	record_encode(&frame_unsigned_schema, &frame, &part);
	TRY(buf_finish(&part, &signed_octets));
	TRY(signing_key_sign(seal->feed_key, FRAME_DOMAIN, signed_octets, frame.signature));
	record_encode(&frame_schema, &frame, octets);
	return octets->err;
}

static void park(struct self *self, const struct outgoing *out, struct parking *parking)
{
	struct seal *seal = role_context(self);
	struct msg_park ask = {.peer = out->peer->row->name,
			       .feed = sequence_feed(out->sequence),
			       .lane = sequence_lane(out->sequence),
			       .seq = parking->frame.seq,
			       .object_id = out->object_id,
			       .frame = buf_slice(&parking->octets)};
	crypto_sha256(out->body, ask.object_digest);
	struct feed_position *made = &out->peer->made[out->sequence];
	made->seq = parking->frame.seq;
	memcpy(made->digest, parking->frame.digest, sizeof(made->digest));
	seal->parks++;
	role_ask(self, ROLE_STORE, MSG_PARK, &ask, STORE_MS, on_parked, parking);
}

enum err seal_send(struct self *self, const struct outgoing *out)
{
	struct seal *seal = role_context(self);
	AUTO_ARENA arena = {0};
	struct frame frame;
	AUTO_BUF payload = buf_make(LIMIT_FRAME);
	if (!seal_is_serving(seal) || !role_has_neighbor(self, ROLE_STORE) || out->peer->sender.frozen) {
		seal_tell_feeds(self, false); /* before the answer */
		return ERR_UNAVAILABLE;
	}
	TRY(seal_body(out->peer, out->body, &payload));
	struct parking *parking = calloc(1, sizeof(*parking));
	if (!parking)
		return ERR_MEMORY;
	parking->octets = buf_make(LIMIT_FRAME);
	enum err err = build_frame(seal, out, buf_slice(&payload), &parking->octets);
	if (err == ERR_OK)
		err = frame_open(buf_slice(&parking->octets), &arena, &frame);
	if (err != ERR_OK) {
		parking_free(parking);
		return err;
	}
	parking->caller = out->caller;
	parking->answer = out->answer;
	parking->peer = out->peer;
	feed_frame_of(&frame, buf_slice(&parking->octets), &parking->frame);
	park(self, out, parking);
	return ERR_OK;
}
