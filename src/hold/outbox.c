/* Parked frames and positions. The store keeps what seal made until the peer has acknowledged it, and the place of the
 * last frame received, which moves together with what that frame brought. Never looks into a frame. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/exchange.h"
#include "hold/releases.h"
#include "protocol/frame.h"

/* Rows without their frame stay a while, so that a frame passed over by the peer can still be named. */
enum { KEEP_EMPTY = 1024, UNPARK_OCTETS = 16 * 1024 * 1024 };

struct place {
	uint64_t seq, acknowledged;
	uint8_t digest[DIGEST];
};

static enum err place_get(struct hold *hold, bool sent, struct slice peer, uint8_t feed, uint8_t lane, struct place *ret_place)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_HEAD_GET);
	bind_u64(ask, 1, sent);
	bind_text(ask, 2, peer);
	bind_u64(ask, 3, feed);
	bind_u64(ask, 4, lane);
	enum err err = statement_row(hold, ask);
	*ret_place = (struct place){0};
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	struct slice digest = column_slice(ask, 1);
	if (digest.len != DIGEST)
		return ERR_IO;
	ret_place->seq = column_u64(ask, 0);
	ret_place->acknowledged = column_u64(ask, 2);
	memcpy(ret_place->digest, digest.data, DIGEST);
	return ERR_OK;
}

static enum err place_put(struct hold *hold, bool sent, const struct head *head)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_HEAD_PUT);
	bind_u64(put, 1, sent);
	bind_text(put, 2, head->peer);
	bind_u64(put, 3, head->feed);
	bind_u64(put, 4, head->lane);
	bind_u64(put, 5, head->seq);
	bind_bytes(put, 6, SLICE_ARRAY(head->digest));
	return statement_run(hold, put);
}

/* ---- parking ---- */

static enum err frame_add(struct hold *hold, const struct msg_park *park)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_PARKED_ADD);
	bind_text(put, 1, park->peer);
	bind_u64(put, 2, park->feed);
	bind_u64(put, 3, park->lane);
	bind_u64(put, 4, park->seq);
	bind_text(put, 5, park->object_id);
	bind_bytes(put, 6, SLICE_ARRAY(park->object_digest));
	bind_bytes(put, 7, park->frame);
	return statement_run(hold, put);
}

enum err hold_park(struct hold *hold, const struct msg_park *park)
{
	struct place place;
	struct head head = {.peer = park->peer, .feed = park->feed, .lane = park->lane, .seq = park->seq};
	crypto_sha256(park->frame, head.digest);
	TRY(place_get(hold, true, park->peer, park->feed, park->lane, &place));
	if (place.seq == park->seq)
		return memcmp(place.digest, head.digest, DIGEST) == 0 ? ERR_OK : ERR_CONFLICT;
	if (park->seq != place.seq + 1)
		return ERR_CONFLICT;
	TRY(frame_add(hold, park));
	return place_put(hold, true, &head);
}

enum err hold_unpark(struct hold *hold, const struct msg_unpark *ask, struct arena *arena, struct msg_unparked *ret_frames)
{
	struct msg_unparked frames = {.peer = ask->peer, .feed = ask->feed, .lane = ask->lane};
	uint32_t limit = ask->count < LIMIT_WINDOW_FRAMES ? ask->count : LIMIT_WINDOW_FRAMES;
	struct frame_item *items = ARENA_ARRAY(arena, (size_t)limit + 1, struct frame_item);
	if (!items)
		return ERR_MEMORY;
	AUTO_STATEMENT *find = statement_take(hold, STATEMENT_PARKED_FROM);
	bind_text(find, 1, ask->peer);
	bind_u64(find, 2, ask->feed);
	bind_u64(find, 3, ask->lane);
	bind_u64(find, 4, ask->from_seq);
	bind_u64(find, 5, limit);
	enum err err = ERR_OK;
	size_t octets = 0;
	while (octets < UNPARK_OCTETS && (err = statement_row(hold, find)) == ERR_OK) {
		struct slice *frame = &items[frames.frames.count].frame;
		TRY(column_copy(find, 1, arena, frame));
		if (!frame->len)
			continue; /* acknowledged already */
		octets += frame->len;
		frames.frames.count++;
	}
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	frames.frames.items = items;
	*ret_frames = frames;
	return ERR_OK;
}

static enum err heads_read(struct hold *hold, bool sent, struct arena *arena, struct record_list *ret_list)
{
	enum { MOST = LIMIT_NATIONS * (LANE_COUNT + 1) };
	struct head *heads = ARENA_ARRAY(arena, MOST, struct head);
	if (!heads)
		return ERR_MEMORY;
	size_t count = 0;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_HEADS_ALL);
	bind_u64(ask, 1, sent);
	enum err err = ERR_OK;
	while (count < MOST && (err = statement_row(hold, ask)) == ERR_OK) {
		struct head *head = &heads[count++];
		TRY(column_copy(ask, 0, arena, &head->peer));
		head->feed = (uint8_t)column_u64(ask, 1);
		head->lane = (uint8_t)column_u64(ask, 2);
		head->seq = column_u64(ask, 3);
		head->acknowledged = column_u64(ask, 5);
		struct slice digest = column_slice(ask, 4);
		if (digest.len != DIGEST)
			return ERR_IO;
		memcpy(head->digest, digest.data, DIGEST);
	}
	*ret_list = (struct record_list){heads, count};
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err hold_heads(struct hold *hold, struct arena *arena, struct msg_heads *ret_heads)
{
	TRY(heads_read(hold, true, arena, &ret_heads->sent));
	return heads_read(hold, false, arena, &ret_heads->received);
}

/* ---- acknowledgement ---- */

static enum err acknowledge_one(struct hold *hold, struct slice peer, const struct head *head)
{
	static const enum statement each[] = {STATEMENT_HEAD_ACKNOWLEDGE, STATEMENT_PARKED_EMPTY, STATEMENT_PARKED_DROP};
	struct place place;
	TRY(place_get(hold, true, peer, head->feed, head->lane, &place));
	if (head->seq <= place.acknowledged || head->seq > place.seq)
		return ERR_OK;
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		uint64_t seq = head->seq;
		if (each[i] == STATEMENT_PARKED_DROP)
			seq = seq > KEEP_EMPTY ? seq - KEEP_EMPTY : 0;
		AUTO_STATEMENT *put = statement_take(hold, each[i]);
		bind_text(put, 1, peer);
		bind_u64(put, 2, head->feed);
		bind_u64(put, 3, head->lane);
		bind_u64(put, 4, seq);
		if (each[i] == STATEMENT_PARKED_EMPTY)
			bind_u64(put, 5, place.acknowledged);
		TRY(statement_run(hold, put));
	}
	return ERR_OK;
}

enum err hold_acknowledge(struct hold *hold, const struct msg_positions *positions)
{
	const struct head *heads = positions->heads.items;
	for (size_t i = 0; i < positions->heads.count; i++)
		TRY(acknowledge_one(hold, positions->peer, &heads[i]));
	return ERR_OK;
}

/* ---- received ---- */

enum err hold_position_check(struct hold *hold, const struct msg_admit *admit, bool *ret_known)
{
	struct place place;
	TRY(place_get(hold, false, admit->peer, admit->feed, admit->lane, &place));
	*ret_known = admit->seq <= place.seq;
	return *ret_known || admit->seq == place.seq + 1 ? ERR_OK : ERR_CONFLICT;
}

enum err hold_position_put(struct hold *hold, const struct msg_admit *admit)
{
	struct head head = {.peer = admit->peer, .feed = admit->feed, .lane = admit->lane, .seq = admit->seq};
	memcpy(head.digest, admit->digest, DIGEST);
	return place_put(hold, false, &head);
}

static enum err sums(struct hold *hold, bool sent, struct slice peer, uint64_t *ret_seq, uint64_t *ret_acknowledged)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_HEAD_SUM);
	bind_u64(ask, 1, sent);
	bind_text(ask, 2, peer);
	TRY(statement_row(hold, ask));
	*ret_seq = column_u64(ask, 0);
	*ret_acknowledged = column_u64(ask, 1);
	return ERR_OK;
}

enum err hold_peer_counts(struct hold *hold, struct slice peer, struct peer_status *ret_counts)
{
	uint64_t acknowledged = 0, none = 0;
	TRY(sums(hold, true, peer, &ret_counts->sent, &acknowledged));
	TRY(sums(hold, false, peer, &ret_counts->received, &none));
	ret_counts->backlog = ret_counts->sent - acknowledged;
	return ERR_OK;
}

/* ---- passed over by the peer ---- */

enum err hold_not_admitted(struct hold *hold, struct slice peer, uint8_t lane, uint64_t seq, struct slice refusal, uint64_t now_ms)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_PARKED_OBJECT);
	bind_text(ask, 1, peer);
	bind_u64(ask, 2, FEED_DATA);
	bind_u64(ask, 3, lane);
	bind_u64(ask, 4, seq);
	enum err err = statement_row(hold, ask);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	uint32_t name = 0;
	TRY(name_find(hold, column_slice(ask, 0), &name));
	int nation = nation_find(hold, peer);
	uint32_t object = name && nation >= 0 ? object_find(hold, name, hold->own_term) : 0;
	for (; object; object = object_find_next(hold, object)) {
		if (refusal.len)
			TRY(hold_release_fail(hold, object, (unsigned)nation, false, refusal, now_ms));
		else
			TRY(hold_release_later(hold, object, (unsigned)nation, SLICE("the nation passed it over again and again"), now_ms));
	}
	return ERR_OK;
}
