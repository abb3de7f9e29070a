/* The sending end of the feed to one peer: which frames to fetch from the store and put on the wire next.
 *
 * Pure: no clock, no network, no memory of its own; the frames' octets stay with the caller. In place, about 11 KiB.
 *
 * How the caller drives it:
 *   start      feed_sender_init(); feed_sender_head() for each row of HEADS_DONE.sent
 *   parked     a new frame is durable with the store: feed_sender_parked(); then, with its octets still in hand,
 *              feed_sender_offer(fresh = true): true means "put it on the wire now"
 *   connected  feed_sender_connected(); nothing goes out before the peer's RESUME
 *   RESUME, CHECKPOINT (signature verified, names right)   feed_sender_checkpoint()
 *   cut        feed_sender_cut()
 *   tick       every second or so: feed_sender_tick()
 * After each of these: while feed_sender_want() says so, UNPARK that range; with the answer, each frame in turn (verified
 * as our own) feed_sender_offer(fresh = false), true means "on the wire"; then feed_sender_fetched() in every case,
 * also when the request failed, and ask again.
 *
 * Order: control first, then lanes by precedence; a lane that had to wait for LANE_PATIENCE frames of others sends one.
 * At most LIMIT_WINDOW_FRAMES data frames are unacknowledged, of which the lower lanes may not take the last ones, and
 * FLIGHT_OCTETS octets (one more frame may go beyond). Control has a window of its own. */
#ifndef BICES_PROTOCOL_FEED_SENDER_H
#define BICES_PROTOCOL_FEED_SENDER_H

#include "protocol/feed.h"

enum {
	LANE_PATIENCE = 16,
	FETCH_FRAMES = 16,               /* in one request to the store */
	FLIGHT_FRAMES = 2 * LIMIT_WINDOW_FRAMES, /* control and data */
	FLIGHT_OCTETS = 16 * 1024 * 1024,
	RESEND_MS = 5000, /* without any progress: send again from what is acknowledged */
};

struct feed_flight {
	size_t sequence;
	uint64_t seq;
	uint8_t digest[32];
	size_t len;
};

struct feed_out {
	struct feed_position head;         /* newest parked */
	struct feed_position acknowledged; /* digest all zero: not known since the start */
	uint64_t sent;                     /* newest on the wire of this connection */
	uint32_t waited;                   /* frames of others that went first */
	bool missing;                      /* the store did not have what we asked for */
};

struct feed_sender {
	bool connected, resumed, frozen, fetching;
	struct feed_out out[FEED_SEQUENCES];
	struct feed_flight flight[FLIGHT_FRAMES]; /* unacknowledged, in the order of sending */
	size_t flight_count, flight_octets;
	uint64_t progress_ms;
};

struct feed_range {
	size_t sequence;
	uint64_t from_seq;
	uint32_t count;
};

/* What a peer's checkpoint says about us and it. */
enum feed_standing {
	FEED_GOOD = 1,
	FEED_STALE,       /* an older checkpoint that came late: ignored */
	FEED_PEER_BEHIND, /* it resumes before what it once acknowledged: it was set back. We send again; tell people */
	FEED_WE_BEHIND,   /* it has frames we do not know: we were set back. Frozen */
	FEED_FORKED,      /* it has another frame in the place of one of ours. Frozen */
};

void feed_sender_init(struct feed_sender *sender);

/* One row of what the store holds: newest parked frame and the acknowledged number. */
void feed_sender_head(struct feed_sender *sender, size_t sequence, const struct feed_position *head, uint64_t acknowledged);

/* ERR_CONFLICT unless it is the next of its sequence: nothing changes then. */
enum err feed_sender_parked(struct feed_sender *sender, const struct feed_frame *frame) MUST_USE;

void feed_sender_connected(struct feed_sender *sender, uint64_t now_ms);
void feed_sender_cut(struct feed_sender *sender);

/* resume: the record was a RESUME; the first checkpoint of a connection counts as one. A frozen sender stays frozen and answers FEED_FORKED or
 * FEED_WE_BEHIND; only people can decide how to go on. */
enum feed_standing feed_sender_checkpoint(struct feed_sender *sender, const struct checkpoint *checkpoint, bool resume,
					  uint64_t now_ms);

/* The next range to fetch; false when there is nothing to do now. One request at a time. */
bool feed_sender_want(struct feed_sender *sender, struct feed_range *ret_range);
/* True: put it on the wire now; it then counts as sent. */
bool feed_sender_offer(struct feed_sender *sender, const struct feed_frame *frame, bool fresh, uint64_t now_ms);
/* The request is answered or failed; count of frames that came. None of a range that was wanted: the sequence stands
 * still until the next checkpoint or parked frame. */
void feed_sender_fetched(struct feed_sender *sender, const struct feed_range *range, size_t count);

void feed_sender_tick(struct feed_sender *sender, uint64_t now_ms);

#endif
