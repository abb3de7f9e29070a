/* The receiving end of the feed from one peer: what may be admitted, what has to wait, what is refused.
 *
 * Pure: no clock, no network. Memory: a shelf for frames that come too early, at most SHELF_FRAMES and SHELF_OCTETS;
 * feed_receiver_done() frees it. In place, about 20 KiB.
 *
 * How the caller drives it:
 *   start      feed_receiver_init(); feed_receiver_head() for each row of HEADS_DONE.received
 *   connected  feed_receiver_connected(); cut: feed_receiver_cut()
 *   frame      decode, check that it is from this peer to us, verify its signature; then feed_receiver_frame() and by the
 *              answer (a frame whose signature fails never comes here: nobody but the peer can freeze its feed):
 *              FEED_ADMIT   open the seal, verify token and object digest; then ADMIT to the store. When its inside is not
 *                           what it must be: go on as with FEED_PASS for data; feed_receiver_freeze() for control
 *              FEED_PASS    decided under an old roster: nothing of it is admitted, but its number is used. First tell
 *                           the peer by a control entry CONTROL_NOT_ADMITTED (parked durably), then ADMIT with an empty
 *                           body, which moves the store's position and shows nothing. The peer releases anew
 *              others       nothing to do; FEED_EQUIVOCATION: record receiver->evidence and tell people
 *   durable    the store answered DONE: feed_receiver_admitted(). Refused or unreachable: feed_receiver_failed()
 *   roster     a control entry brings a valid next roster: feed_receiver_epoch() for every peer before its ADMIT, so that
 *              nothing of the old epoch follows it into the store
 * After each of these, and every second: while feed_receiver_take() gives octets, treat them as a frame that just came; then
 * feed_receiver_note() says whether to send a checkpoint (feed_receiver_checkpoint(), signed) as CHECKPOINT or RESUME. */
#ifndef BICES_PROTOCOL_FEED_RECEIVER_H
#define BICES_PROTOCOL_FEED_RECEIVER_H

#include "protocol/feed.h"

enum {
	SHELF_FRAMES = LIMIT_WINDOW_FRAMES,
	SHELF_OCTETS = 16 * 1024 * 1024,
	RESUME_MS = 1000,                       /* at most one RESUME for a gap in this time */
	BEAT_MAX_MS = 64000, /* while connected a checkpoint goes out at least so often; after connecting at doubling distance */
	RECENT_FRAMES = 2 * LIMIT_WINDOW_FRAMES, /* digests kept per sequence to tell a duplicate from an equivocation */
	NOTE_EVERY = 16,                        /* admitted frames after which a checkpoint goes out at the latest */
};

struct feed_in {
	struct feed_position admitted;           /* durable */
	uint64_t given;                          /* newest that was handed to the caller for admission */
	uint64_t oldest;                         /* recent[] holds digests from here to given */
	uint8_t recent[RECENT_FRAMES][32];       /* by seq modulo RECENT_FRAMES */
};

struct shelved {
	struct feed_frame frame;
	struct buf octets; /* empty: free place */
};

struct feed_evidence {
	size_t sequence;
	uint64_t seq;
	uint8_t known[32], other[32];
};

struct feed_receiver {
	uint64_t epoch; /* of the current roster */
	bool frozen, gap, duplicate;
	bool connected;
	struct feed_in in[FEED_SEQUENCES];
	struct shelved shelf[SHELF_FRAMES];
	size_t shelf_octets;
	uint64_t resume_ms;         /* when the last RESUME was asked for */
	uint64_t beat_ms, beat_again_ms; /* when the last note went out; after how long the next must */
	uint32_t unnoted;   /* admitted since the last checkpoint */
	struct feed_evidence evidence;
};

enum feed_answer {
	FEED_DROP = 0,     /* frozen, or no room to keep it: the peer sends it again */
	FEED_ADMIT,
	FEED_PASS,
	FEED_HOLD,         /* too early: kept, neither admitted nor acknowledged */
	FEED_DUPLICATE,    /* known */
	FEED_EQUIVOCATION, /* two frames in one place, both signed: evidence is kept, the feed freezes */
};

enum feed_note { NOTE_NONE = 0, NOTE_CHECKPOINT, NOTE_RESUME };

void feed_receiver_init(struct feed_receiver *receiver, uint64_t epoch);
void feed_receiver_done(struct feed_receiver *receiver);

/* One row of what the store holds durably. */
void feed_receiver_head(struct feed_receiver *receiver, size_t sequence, const struct feed_position *admitted);

/* A new connection: the peer waits for a RESUME. */
void feed_receiver_connected(struct feed_receiver *receiver);
void feed_receiver_cut(struct feed_receiver *receiver);

/* octets: the encoding, copied only for FEED_HOLD. */
enum feed_answer feed_receiver_frame(struct feed_receiver *receiver, const struct feed_frame *frame, struct slice octets);

/* What was signed by the peer cannot be what it claims: nothing more is taken from its feed. */
void feed_receiver_freeze(struct feed_receiver *receiver, const struct feed_frame *frame);

/* Up to seq of this sequence all is durable. */
void feed_receiver_admitted(struct feed_receiver *receiver, size_t sequence, uint64_t seq);
/* The store could not: what was given and is not durable is forgotten, and will be asked for again. */
void feed_receiver_failed(struct feed_receiver *receiver, size_t sequence);
/* A newer roster is in force. An older one is ignored: epochs only rise. */
void feed_receiver_epoch(struct feed_receiver *receiver, uint64_t epoch);

/* A kept frame whose time has come; *ret_octets becomes the caller's. */
bool feed_receiver_take(struct feed_receiver *receiver, struct buf *ret_octets);

/* What is to be sent now; it counts as sent. */
enum feed_note feed_receiver_note(struct feed_receiver *receiver, uint64_t now_ms);

/* Positions and epoch; the caller fills in names and time. */
void feed_receiver_checkpoint(const struct feed_receiver *receiver, struct checkpoint *ret_checkpoint);

#endif
