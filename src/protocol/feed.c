/* Sequences by table, and what the machines see of a frame. */
#include "protocol/feed.h"

static const char *const names[FEED_SEQUENCES] = {"control",  "override", "flash",   "immediate",
						  "priority", "routine",  "deferred"};

size_t feed_sequence(uint8_t feed, uint8_t lane)
{
	if (feed == FEED_CONTROL)
		return lane == 0 ? SEQUENCE_CONTROL : FEED_SEQUENCES;
	return feed == FEED_DATA && lane < LANE_COUNT ? 1 + (size_t)lane : FEED_SEQUENCES;
}

uint8_t sequence_feed(size_t sequence)
{
	return sequence == SEQUENCE_CONTROL ? FEED_CONTROL : FEED_DATA;
}

uint8_t sequence_lane(size_t sequence)
{
	return sequence == SEQUENCE_CONTROL ? 0 : (uint8_t)(sequence - 1);
}

const char *sequence_name(size_t sequence)
{
	return sequence < FEED_SEQUENCES ? names[sequence] : "?";
}

void feed_frame_of(const struct frame *frame, struct slice octets, struct feed_frame *ret_frame)
{
	struct feed_frame f = {
		.sequence = feed_sequence(frame->feed, frame->lane),
		.seq = frame->seq,
		.control_seq_required = frame->control_seq_required,
		.roster_epoch = frame->roster_epoch,
		.len = octets.len,
	};
	memcpy(f.prev_digest, frame->prev_digest, sizeof(f.prev_digest));
	frame_digest(octets, f.digest);
	*ret_frame = f;
}
