/* Admission to one incoming feed. Never lets a frame through out of its turn, before its control entries, under an old
 * roster, or beside another one of the same number. */
#include "protocol/feed_receiver.h"

#include "protocol/rules.h"

void feed_receiver_init(struct feed_receiver *receiver, uint64_t epoch)
{
	memset(receiver, 0, sizeof(*receiver));
	receiver->epoch = epoch;
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		receiver->in[i].oldest = 1;
}

void feed_receiver_done(struct feed_receiver *receiver)
{
	for (size_t i = 0; i < SHELF_FRAMES; i++)
		buf_done(&receiver->shelf[i].octets);
	receiver->shelf_octets = 0;
}

static uint8_t *recent(struct feed_in *in, uint64_t seq)
{
	return in->recent[seq % RECENT_FRAMES];
}

void feed_receiver_head(struct feed_receiver *receiver, size_t sequence, const struct feed_position *admitted)
{
	struct feed_in *in = &receiver->in[sequence];
	in->admitted = *admitted;
	in->given = admitted->seq;
	in->oldest = admitted->seq > 0 ? admitted->seq : 1;
	memcpy(recent(in, admitted->seq), admitted->digest, 32);
}

void feed_receiver_connected(struct feed_receiver *receiver)
{
	receiver->gap = receiver->connected = true;
	receiver->resume_ms = 0;
	receiver->beat_again_ms = RESUME_MS;
}

void feed_receiver_cut(struct feed_receiver *receiver)
{
	receiver->gap = receiver->connected = receiver->duplicate = false;
}

/* ---- the shelf ---- */

static void clear(struct feed_receiver *receiver, struct shelved *place)
{
	receiver->shelf_octets -= place->octets.len;
	buf_done(&place->octets);
	*place = (struct shelved){0};
}

static struct shelved *find_shelved(struct feed_receiver *receiver, size_t sequence, uint64_t seq)
{
	for (size_t i = 0; i < SHELF_FRAMES; i++) {
		struct shelved *place = &receiver->shelf[i];
		if (place->octets.len > 0 && place->frame.sequence == sequence && place->frame.seq == seq)
			return place;
	}
	return NULL;
}

static bool keep(struct feed_receiver *receiver, const struct feed_frame *frame, struct slice octets)
{
	if (octets.len == 0 || receiver->shelf_octets + octets.len > SHELF_OCTETS)
		return false;
	for (size_t i = 0; i < SHELF_FRAMES; i++) {
		struct shelved *place = &receiver->shelf[i];
		if (place->octets.len > 0)
			continue;
		place->octets = buf_make(octets.len);
		buf_put(&place->octets, octets);
		if (place->octets.err != ERR_OK) {
			buf_done(&place->octets);
			return false;
		}
		place->frame = *frame;
		receiver->shelf_octets += octets.len;
		return true;
	}
	return false;
}

static enum feed_answer hold(struct feed_receiver *receiver, const struct feed_frame *frame, struct slice octets)
{
	if (find_shelved(receiver, frame->sequence, frame->seq) || keep(receiver, frame, octets))
		return FEED_HOLD;
	receiver->gap = true;
	return FEED_DROP;
}

/* ---- frames ---- */

static enum feed_answer equivocation(struct feed_receiver *receiver, const struct feed_frame *frame, uint64_t seq,
				     const uint8_t known[32], const uint8_t other[32])
{
	receiver->frozen = true;
	receiver->evidence = (struct feed_evidence){.sequence = frame->sequence, .seq = seq};
	memcpy(receiver->evidence.known, known, 32);
	memcpy(receiver->evidence.other, other, 32);
	return FEED_EQUIVOCATION;
}

static enum feed_answer repeated(struct feed_receiver *receiver, const struct feed_frame *frame)
{
	struct feed_in *in = &receiver->in[frame->sequence];
	if (frame->seq >= in->oldest && !rule_digest_matches(recent(in, frame->seq), frame->digest))
		return equivocation(receiver, frame, frame->seq, recent(in, frame->seq), frame->digest);
	receiver->duplicate = true;
	return FEED_DUPLICATE;
}

static void give(struct feed_in *in, const struct feed_frame *frame)
{
	in->given = frame->seq;
	memcpy(recent(in, frame->seq), frame->digest, 32);
	if (frame->seq - in->oldest >= RECENT_FRAMES)
		in->oldest = frame->seq - RECENT_FRAMES + 1;
}

/* Whether the next frame of its sequence still has to wait. Control waits for nothing but its turn: it only narrows. */
static bool is_early(const struct feed_receiver *receiver, const struct feed_frame *frame)
{
	const struct feed_in *in = &receiver->in[frame->sequence];
	if (in->given - in->admitted.seq >= LIMIT_WINDOW_FRAMES || frame->roster_epoch > receiver->epoch)
		return true;
	return frame->sequence != SEQUENCE_CONTROL &&
	       !rule_control_satisfied(frame->control_seq_required, receiver->in[SEQUENCE_CONTROL].admitted.seq);
}

enum feed_answer feed_receiver_frame(struct feed_receiver *receiver, const struct feed_frame *frame, struct slice octets)
{
	if (receiver->frozen || frame->sequence >= FEED_SEQUENCES || frame->seq == 0)
		return FEED_DROP;
	struct feed_in *in = &receiver->in[frame->sequence];
	if (frame->seq <= in->given)
		return repeated(receiver, frame);
	const struct shelved *other = find_shelved(receiver, frame->sequence, frame->seq);
	if (other && !rule_digest_matches(other->frame.digest, frame->digest))
		return equivocation(receiver, frame, frame->seq, other->frame.digest, frame->digest);
	if (frame->seq > in->given + 1) {
		receiver->gap = true;
		return hold(receiver, frame, octets);
	}
	if (frame->seq > 1 && !rule_digest_matches(recent(in, frame->seq - 1), frame->prev_digest))
		return equivocation(receiver, frame, frame->seq - 1, recent(in, frame->seq - 1), frame->prev_digest);
	if (is_early(receiver, frame))
		return hold(receiver, frame, octets);
	give(in, frame);
	bool current = frame->sequence == SEQUENCE_CONTROL || rule_epoch_is_current(frame->roster_epoch, receiver->epoch);
	return current ? FEED_ADMIT : FEED_PASS;
}

void feed_receiver_freeze(struct feed_receiver *receiver, const struct feed_frame *frame)
{
	(void)equivocation(receiver, frame, frame->seq, frame->digest, frame->digest);
}

/* ---- what became of them ---- */

void feed_receiver_admitted(struct feed_receiver *receiver, size_t sequence, uint64_t seq)
{
	struct feed_in *in = &receiver->in[sequence];
	if (seq <= in->admitted.seq || seq > in->given)
		return;
	in->admitted.seq = seq;
	memcpy(in->admitted.digest, recent(in, seq), sizeof(in->admitted.digest));
	receiver->unnoted++;
}

void feed_receiver_failed(struct feed_receiver *receiver, size_t sequence)
{
	receiver->in[sequence].given = receiver->in[sequence].admitted.seq;
	receiver->gap = true;
}

void feed_receiver_epoch(struct feed_receiver *receiver, uint64_t epoch)
{
	if (epoch > receiver->epoch)
		receiver->epoch = epoch;
}

bool feed_receiver_take(struct feed_receiver *receiver, struct buf *ret_octets)
{
	for (size_t i = 0; i < SHELF_FRAMES; i++) {
		struct shelved *place = &receiver->shelf[i];
		if (place->octets.len == 0)
			continue;
		uint64_t given = receiver->in[place->frame.sequence].given;
		if (place->frame.seq <= given) {
			clear(receiver, place);
			continue;
		}
		if (place->frame.seq != given + 1 || is_early(receiver, &place->frame))
			continue;
		*ret_octets = place->octets;
		receiver->shelf_octets -= place->octets.len;
		*place = (struct shelved){0};
		return true;
	}
	return false;
}

static bool is_idle(const struct feed_receiver *receiver)
{
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		if (receiver->in[i].given > receiver->in[i].admitted.seq)
			return false;
	return true;
}

static bool resume_is_due(const struct feed_receiver *receiver, uint64_t now_ms)
{
	return receiver->gap && (receiver->resume_ms == 0 || now_ms >= receiver->resume_ms + RESUME_MS);
}

/* Should a RESUME get lost, the sender takes the next checkpoint for one; and a peer that sees none for long knows that
 * something is wrong. */
static bool beat_is_due(struct feed_receiver *receiver, uint64_t now_ms)
{
	if (!receiver->connected || now_ms < receiver->beat_ms + receiver->beat_again_ms)
		return false;
	if (receiver->beat_again_ms < BEAT_MAX_MS)
		receiver->beat_again_ms *= 2;
	return true;
}

static bool acknowledgement_is_due(const struct feed_receiver *receiver)
{
	return receiver->unnoted >= NOTE_EVERY || ((receiver->unnoted > 0 || receiver->duplicate) && is_idle(receiver));
}

enum feed_note feed_receiver_note(struct feed_receiver *receiver, uint64_t now_ms)
{
	bool resume = resume_is_due(receiver, now_ms);
	if (!resume && !acknowledgement_is_due(receiver) && !beat_is_due(receiver, now_ms))
		return NOTE_NONE;
	receiver->unnoted = 0;
	receiver->duplicate = false;
	receiver->beat_ms = now_ms;
	if (!resume)
		return NOTE_CHECKPOINT;
	receiver->gap = false;
	receiver->resume_ms = now_ms;
	return NOTE_RESUME;
}

void feed_receiver_checkpoint(const struct feed_receiver *receiver, struct checkpoint *ret_checkpoint)
{
	*ret_checkpoint = (struct checkpoint){.epoch = receiver->epoch};
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		ret_checkpoint->positions[i] = receiver->in[i].admitted;
}
