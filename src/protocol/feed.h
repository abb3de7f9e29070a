/* What both ends of a feed share. Between an ordered pair of nations A→B run seven sequences, written only by A: the control
 * feed and six lanes of data by precedence. Each is dense from 1, and each frame names the digest of the one before. */
#ifndef BICES_PROTOCOL_FEED_H
#define BICES_PROTOCOL_FEED_H

#include "protocol/frame.h"

enum {
	SEQUENCE_CONTROL = 0,
	FEED_SEQUENCES = 1 + LANE_COUNT, /* sequence 1 + lane is the lane's */
};

/* The sequence of a feed and lane, FEED_SEQUENCES when there is none such; and back. */
size_t feed_sequence(uint8_t feed, uint8_t lane);
uint8_t sequence_feed(size_t sequence);
uint8_t sequence_lane(size_t sequence);
const char *sequence_name(size_t sequence); /* "control", "override" … "deferred" */

/* How far a sequence goes: its newest frame, or all zero. */
struct feed_position {
	uint64_t seq;
	uint8_t digest[32];
};

/* All that the machines need to know of a frame. Copied out, so it borrows nothing. */
struct feed_frame {
	size_t sequence;
	uint64_t seq;
	uint8_t digest[32], prev_digest[32];
	uint64_t control_seq_required;
	uint64_t roster_epoch;
	size_t len; /* octets of the encoding */
};

/* From a frame that frame_open() answered and its encoding. */
void feed_frame_of(const struct frame *frame, struct slice octets, struct feed_frame *ret_frame);

/* B's statement how far it admitted A's feed; see protocol/checkpoint.h. */
struct checkpoint {
	struct slice from, to; /* A writes the feed, B states */
	uint64_t time;         /* ms */
	uint64_t epoch;        /* B's roster epoch */
	struct feed_position positions[FEED_SEQUENCES];
};

#endif
