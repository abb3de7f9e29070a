/* Frames, tokens and checkpoints made up for the tests of this room. */
#ifndef BICES_TEST_PROTOCOL_MADE_H
#define BICES_TEST_PROTOCOL_MADE_H

#include "protocol/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static inline struct buf encoded(const struct schema *schema, const void *value)
{
	struct buf buf = buf_make(LIMIT_FRAME * 2);
	record_encode(schema, value, &buf);
	assert_int_equal(buf.err, ERR_OK);
	return buf;
}

/* The digest of the made-up frame with this number; zero for 0. */
static inline void made_digest(size_t sequence, uint64_t seq, uint8_t ret_digest[32])
{
	memset(ret_digest, 0, 32);
	if (seq == 0)
		return;
	ret_digest[0] = 1;
	ret_digest[1] = (uint8_t)sequence;
	for (size_t i = 0; i < 8; i++)
		ret_digest[2 + i] = (uint8_t)(seq >> 8 * i);
}

static inline struct feed_frame made_frame(size_t sequence, uint64_t seq)
{
	struct feed_frame frame = {.sequence = sequence, .seq = seq, .roster_epoch = 1, .len = 1000};
	made_digest(sequence, seq, frame.digest);
	made_digest(sequence, seq - 1, frame.prev_digest);
	return frame;
}

static inline struct feed_position made_position(size_t sequence, uint64_t seq)
{
	struct feed_position position = {.seq = seq};
	made_digest(sequence, seq, position.digest);
	return position;
}

/* Everything zero but one sequence. */
static inline struct checkpoint made_checkpoint(size_t sequence, uint64_t seq)
{
	struct checkpoint checkpoint = {.from = SLICE("KOR"), .to = SLICE("LTU"), .time = 1000, .epoch = 1};
	checkpoint.positions[sequence] = made_position(sequence, seq);
	return checkpoint;
}

#endif
