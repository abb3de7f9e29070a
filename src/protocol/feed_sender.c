/* Order, window and resumption of one outgoing feed. Never sends beyond what the peer asked to resume from, and freezes
 * rather than send when the peer knows more than we do. */
#include "protocol/feed_sender.h"

#include "protocol/rules.h"

/* Unacknowledged data frames at which a sequence has to wait: what is urgent always finds room. Control counts alone. */
static const size_t window[FEED_SEQUENCES] = {LIMIT_WINDOW_FRAMES,     LIMIT_WINDOW_FRAMES,     LIMIT_WINDOW_FRAMES,
					      LIMIT_WINDOW_FRAMES - 4, LIMIT_WINDOW_FRAMES - 8, LIMIT_WINDOW_FRAMES - 16,
					      LIMIT_WINDOW_FRAMES - 24};

void feed_sender_init(struct feed_sender *sender)
{
	memset(sender, 0, sizeof(*sender));
}

void feed_sender_head(struct feed_sender *sender, size_t sequence, const struct feed_position *head, uint64_t acknowledged)
{
	struct feed_out *out = &sender->out[sequence];
	*out = (struct feed_out){.head = *head, .acknowledged = {.seq = acknowledged}, .sent = acknowledged};
}

enum err feed_sender_parked(struct feed_sender *sender, const struct feed_frame *frame)
{
	struct feed_out *out = &sender->out[frame->sequence];
	if (frame->seq != out->head.seq + 1 || memcmp(frame->prev_digest, out->head.digest, 32) != 0)
		return ERR_CONFLICT;
	out->head.seq = frame->seq;
	memcpy(out->head.digest, frame->digest, sizeof(out->head.digest));
	out->missing = false;
	return ERR_OK;
}

static void forget_flight(struct feed_sender *sender)
{
	sender->flight_count = 0;
	sender->flight_octets = 0;
}

static void rewind_to_acknowledged(struct feed_sender *sender)
{
	forget_flight(sender);
	for (size_t i = 0; i < FEED_SEQUENCES; i++) {
		sender->out[i].sent = sender->out[i].acknowledged.seq;
		sender->out[i].waited = 0;
		sender->out[i].missing = false;
	}
}

void feed_sender_connected(struct feed_sender *sender, uint64_t now_ms)
{
	rewind_to_acknowledged(sender);
	sender->connected = true;
	sender->resumed = false;
	sender->progress_ms = now_ms;
}

void feed_sender_cut(struct feed_sender *sender)
{
	rewind_to_acknowledged(sender);
	sender->connected = sender->resumed = false;
}

/* ---- checkpoints ---- */

static const struct feed_flight *find_flight(const struct feed_sender *sender, size_t sequence, uint64_t seq)
{
	for (size_t i = 0; i < sender->flight_count; i++)
		if (sender->flight[i].sequence == sequence && sender->flight[i].seq == seq)
			return &sender->flight[i];
	return NULL;
}

/* One position against all that is known of the sequence. */
static enum feed_standing judge(const struct feed_sender *sender, size_t sequence, const struct feed_position *position)
{
	const struct feed_out *out = &sender->out[sequence];
	static const uint8_t zero[32];
	if (position->seq > out->head.seq)
		return FEED_WE_BEHIND;
	const uint8_t *known = NULL;
	const struct feed_flight *flight = find_flight(sender, sequence, position->seq);
	if (position->seq == out->head.seq)
		known = out->head.digest;
	else if (flight)
		known = flight->digest;
	else if (position->seq == out->acknowledged.seq && memcmp(out->acknowledged.digest, zero, sizeof(zero)) != 0)
		known = out->acknowledged.digest;
	if (known && memcmp(known, position->digest, sizeof(position->digest)) != 0)
		return FEED_FORKED;
	return position->seq < out->acknowledged.seq ? FEED_STALE : FEED_GOOD;
}

/* The worst of the seven. */
static enum feed_standing judge_all(const struct feed_sender *sender, const struct checkpoint *checkpoint)
{
	enum feed_standing worst = FEED_GOOD;
	for (size_t i = 0; i < FEED_SEQUENCES; i++) {
		enum feed_standing one = judge(sender, i, &checkpoint->positions[i]);
		worst = one > worst ? one : worst;
	}
	return worst;
}

static void drop_acknowledged(struct feed_sender *sender)
{
	size_t kept = 0;
	for (size_t i = 0; i < sender->flight_count; i++) {
		const struct feed_flight *f = &sender->flight[i];
		if (f->seq <= sender->out[f->sequence].acknowledged.seq)
			sender->flight_octets -= f->len;
		else
			sender->flight[kept++] = *f;
	}
	sender->flight_count = kept;
}

static bool take_positions(struct feed_sender *sender, const struct checkpoint *checkpoint)
{
	bool progress = false;
	for (size_t i = 0; i < FEED_SEQUENCES; i++) {
		struct feed_out *out = &sender->out[i];
		progress |= checkpoint->positions[i].seq > out->acknowledged.seq;
		out->acknowledged = checkpoint->positions[i];
		if (out->sent < out->acknowledged.seq)
			out->sent = out->acknowledged.seq;
		out->missing = false;
	}
	return progress;
}

enum feed_standing feed_sender_checkpoint(struct feed_sender *sender, const struct checkpoint *checkpoint, bool resume,
					  uint64_t now_ms)
{
	enum feed_standing standing = judge_all(sender, checkpoint);
	resume |= sender->connected && !sender->resumed; /* the RESUME got lost */
	if (sender->frozen || standing == FEED_WE_BEHIND || standing == FEED_FORKED) {
		sender->frozen = true;
		return standing < FEED_WE_BEHIND ? FEED_FORKED : standing;
	}
	if (standing == FEED_STALE && !resume)
		return FEED_STALE;
	bool progress = take_positions(sender, checkpoint);
	drop_acknowledged(sender);
	if (progress || resume)
		sender->progress_ms = now_ms;
	if (resume) {
		rewind_to_acknowledged(sender);
		sender->resumed = sender->connected;
	}
	return standing == FEED_STALE ? FEED_PEER_BEHIND : FEED_GOOD;
}

/* ---- what goes next ---- */

static size_t flying(const struct feed_sender *sender, bool control)
{
	size_t count = 0;
	for (size_t i = 0; i < sender->flight_count; i++)
		count += (sender->flight[i].sequence == SEQUENCE_CONTROL) == control;
	return count;
}

static size_t room(const struct feed_sender *sender, size_t sequence)
{
	if (!sender->connected || !sender->resumed || sender->frozen)
		return 0;
	if (sequence != SEQUENCE_CONTROL && sender->flight_octets >= FLIGHT_OCTETS)
		return 0;
	size_t used = flying(sender, sequence == SEQUENCE_CONTROL);
	return used < window[sequence] ? window[sequence] - used : 0;
}

/* Data stands still while control is not on its way: it could not be shown, and might be refused. */
static bool has_work(const struct feed_sender *sender, size_t sequence)
{
	const struct feed_out *out = &sender->out[sequence], *control = &sender->out[SEQUENCE_CONTROL];
	if (sequence != SEQUENCE_CONTROL && control->sent < control->head.seq)
		return false;
	return out->sent < out->head.seq && !out->missing && room(sender, sequence) > 0;
}

/* The sequence to serve: control, else a lane out of patience, else the highest precedence. */
static size_t choose(const struct feed_sender *sender)
{
	if (has_work(sender, SEQUENCE_CONTROL))
		return SEQUENCE_CONTROL;
	size_t first = FEED_SEQUENCES, longest = FEED_SEQUENCES;
	for (size_t i = 1; i < FEED_SEQUENCES; i++) {
		if (!has_work(sender, i))
			continue;
		if (first == FEED_SEQUENCES)
			first = i;
		if (sender->out[i].waited >= LANE_PATIENCE &&
		    (longest == FEED_SEQUENCES || sender->out[i].waited > sender->out[longest].waited))
			longest = i;
	}
	return longest < FEED_SEQUENCES ? longest : first;
}

bool feed_sender_want(struct feed_sender *sender, struct feed_range *ret_range)
{
	if (sender->fetching)
		return false;
	size_t sequence = choose(sender);
	if (sequence == FEED_SEQUENCES)
		return false;
	const struct feed_out *out = &sender->out[sequence];
	uint64_t count = out->head.seq - out->sent;
	size_t most = room(sender, sequence);
	if (out->waited >= LANE_PATIENCE)
		most = 1; /* the share of one that waited */
	if (most > FETCH_FRAMES)
		most = FETCH_FRAMES;
	sender->fetching = true;
	*ret_range = (struct feed_range){sequence, out->sent + 1, count < most ? (uint32_t)count : (uint32_t)most};
	return true;
}

/* A frame in hand may overtake a fetch, but not what should go before it. */
static bool is_first_in_line(const struct feed_sender *sender, size_t sequence)
{
	for (size_t i = 0; i < sequence; i++)
		if (sender->out[i].sent < sender->out[i].head.seq && (i == SEQUENCE_CONTROL || !sender->out[i].missing))
			return false;
	for (size_t i = sequence + 1; i < FEED_SEQUENCES; i++)
		if (sender->out[i].waited >= LANE_PATIENCE && has_work(sender, i))
			return false;
	return true;
}

static void count_waiting(struct feed_sender *sender, size_t sequence)
{
	sender->out[sequence].waited = 0;
	for (size_t i = sequence + 1; i < FEED_SEQUENCES; i++)
		if (sender->out[i].sent < sender->out[i].head.seq)
			sender->out[i].waited++;
}

bool feed_sender_offer(struct feed_sender *sender, const struct feed_frame *frame, bool fresh, uint64_t now_ms)
{
	struct feed_out *out = &sender->out[frame->sequence];
	if (frame->seq != out->sent + 1 || frame->seq > out->head.seq || room(sender, frame->sequence) == 0)
		return false;
	if (frame->sequence != SEQUENCE_CONTROL && frame->control_seq_required > sender->out[SEQUENCE_CONTROL].sent)
		return false;
	if (fresh && !is_first_in_line(sender, frame->sequence))
		return false;
	if (frame->seq == out->acknowledged.seq + 1 && frame->seq > 1 &&
	    !rule_digest_matches(out->acknowledged.digest, frame->prev_digest)) {
		sender->frozen = true; /* the peer holds another predecessor than we do */
		return false;
	}
	if (sender->flight_count == 0)
		sender->progress_ms = now_ms;
	struct feed_flight *flight = &sender->flight[sender->flight_count++];
	*flight = (struct feed_flight){.sequence = frame->sequence, .seq = frame->seq, .len = frame->len};
	memcpy(flight->digest, frame->digest, sizeof(flight->digest));
	sender->flight_octets += frame->len;
	out->sent = frame->seq;
	count_waiting(sender, frame->sequence);
	return true;
}

void feed_sender_fetched(struct feed_sender *sender, const struct feed_range *range, size_t count)
{
	struct feed_out *out = &sender->out[range->sequence];
	sender->fetching = false;
	if (count == 0 && sender->resumed && out->sent + 1 == range->from_seq)
		out->missing = true;
}

void feed_sender_tick(struct feed_sender *sender, uint64_t now_ms)
{
	if (sender->frozen || !sender->resumed || now_ms < sender->progress_ms + RESEND_MS)
		return;
	bool waiting = sender->flight_count > 0;
	for (size_t i = 0; i < FEED_SEQUENCES; i++)
		waiting |= sender->out[i].missing;
	if (!waiting)
		return;
	rewind_to_acknowledged(sender);
	sender->progress_ms = now_ms;
}
