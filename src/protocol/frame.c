/* Tables of fields of frames, sealed plaintexts and control entries, and their form. Never verifies a signature and never
 * decides what is admitted: feed_receiver does. */
#include "protocol/frame.h"

#include "crypto/crypto.h"

enum { PAYLOAD_MAX = LIMIT_FRAME - 2048, PLAINTEXT_MAX = LIMIT_OBJECT_BYTES + 8192, SIGNATURE_FIELD = 4 + 64 };

#define SIGNED_FIELDS \
	RECORD_UINT(1, struct frame, format), RECORD_UINT(2, struct frame, feed), RECORD_UINT(3, struct frame, lane), \
		RECORD_TEXT(4, struct frame, from, LIMIT_NATION), RECORD_TEXT(5, struct frame, to, LIMIT_NATION), \
		RECORD_UINT(6, struct frame, seq), RECORD_FIXED(7, struct frame, prev_digest), \
		RECORD_UINT(8, struct frame, control_seq_required), RECORD_UINT(9, struct frame, roster_epoch), \
		RECORD_UINT(10, struct frame, sent), RECORD_FIXED(11, struct frame, object_digest), \
		RECORD_BYTES_OPT(12, struct frame, release_token, LIMIT_TOKEN), \
		RECORD_BYTES(13, struct frame, payload, PAYLOAD_MAX)

static const struct field frame_unsigned_fields[] = {SIGNED_FIELDS};
static const struct field frame_fields[] = {SIGNED_FIELDS, RECORD_FIXED(14, struct frame, signature)};
const struct schema frame_schema = RECORD_SCHEMA("frame", struct frame, frame_fields);
const struct schema frame_unsigned_schema = RECORD_SCHEMA("frame", struct frame, frame_unsigned_fields);

static const struct field sealed_fields[] = {
	RECORD_BYTES(1, struct sealed, body, LIMIT_OBJECT_BYTES),
	RECORD_BYTES_OPT(2, struct sealed, padding, PLAINTEXT_MAX),
};
const struct schema sealed_schema = RECORD_SCHEMA("sealed", struct sealed, sealed_fields);

static const struct field control_fields[] = {
	RECORD_UINT(1, struct control_entry, kind),
	RECORD_TEXT_OPT(2, struct control_entry, subject, LIMIT_OBJECT_ID),
	RECORD_BYTES_OPT(3, struct control_entry, body, LIMIT_CONTROL_ENTRY),
	RECORD_UINT_OPT(4, struct control_entry, copies),
	RECORD_UINT(5, struct control_entry, issued),
	RECORD_TEXT_OPT(6, struct control_entry, reason, LIMIT_REASON),
};
const struct schema control_entry_schema = RECORD_SCHEMA("control_entry", struct control_entry, control_fields);

struct slice frame_signed_part(struct slice octets)
{
	return slice_take(octets, octets.len < SIGNATURE_FIELD ? 0 : octets.len - SIGNATURE_FIELD);
}

void frame_digest(struct slice octets, uint8_t ret_digest[32])
{
	crypto_sha256(octets, ret_digest);
}

static bool feed_is_sound(const struct frame *frame)
{
	if (frame->feed == FEED_CONTROL)
		return frame->lane == 0 && frame->release_token.len == 0;
	return frame->feed == FEED_DATA && frame->lane < LANE_COUNT && frame->release_token.len > 0;
}

static bool chain_is_sound(const struct frame *frame)
{
	static const uint8_t zero[32];
	return frame->seq > 0 && (frame->seq == 1) == (memcmp(frame->prev_digest, zero, sizeof(zero)) == 0);
}

enum err frame_open(struct slice octets, struct arena *arena, struct frame *ret_frame)
{
	struct frame frame;
	if (octets.len > LIMIT_FRAME)
		return ERR_TOO_LARGE;
	TRY(record_decode(&frame_schema, octets, arena, &frame));
	if (frame.format != FRAME_FORMAT)
		return ERR_UNSUPPORTED;
	if (!feed_is_sound(&frame) || !chain_is_sound(&frame) || frame.payload.len == 0)
		return ERR_MALFORMED;
	if (frame.from.len == 0 || frame.to.len == 0 || slice_equal(frame.from, frame.to))
		return ERR_MALFORMED;
	*ret_frame = frame;
	return ERR_OK;
}

size_t sealed_padding(size_t body_len)
{
	enum { SMALLEST = 1024, STEPS = 8 };
	size_t step = SMALLEST;
	while (step * STEPS * 2 <= body_len)
		step *= 2;
	size_t class_len = (body_len + step - 1) / step * step;
	if (class_len == 0)
		class_len = SMALLEST;
	if (class_len > PLAINTEXT_MAX)
		class_len = PLAINTEXT_MAX;
	return class_len > body_len ? class_len - body_len : 0;
}

enum err sealed_open(struct slice octets, struct arena *arena, struct sealed *ret_sealed)
{
	struct sealed sealed;
	TRY(record_decode(&sealed_schema, octets, arena, &sealed));
	if (sealed.padding.len != sealed_padding(sealed.body.len))
		return ERR_MALFORMED;
	uint8_t any = 0;
	for (size_t i = 0; i < sealed.padding.len; i++)
		any |= sealed.padding.data[i];
	if (any)
		return ERR_MALFORMED;
	*ret_sealed = sealed;
	return ERR_OK;
}

enum { POSITION = 9, PORTION_ID_OCTETS = 16 };

/* What each kind of entry must bring: a subject or none, and a body of min to max octets in whole units. */
static const struct {
	bool subject;
	size_t min, max, unit;
} control_forms[] = {
	[CONTROL_ROSTER] = {false, 1, LIMIT_CONTROL_ENTRY, 1},
	[CONTROL_KEY_REVOKED] = {true, 1, LIMIT_CONTROL_ENTRY, 1},
	[CONTROL_POLICY] = {true, 1, LIMIT_CONTROL_ENTRY, 1},
	[CONTROL_RECALL] = {true, 0, 0, 1},
	[CONTROL_WITHDRAWAL] = {true, PORTION_ID_OCTETS, LIMIT_CONTROL_ENTRY, PORTION_ID_OCTETS},
	[CONTROL_LABEL_UPGRADE] = {true, PORTION_ID_OCTETS + 1, LIMIT_CONTROL_ENTRY, 1},
	[CONTROL_RECEIPT] = {true, 0, LIMIT_CONTROL_ENTRY, PORTION_ID_OCTETS},
	[CONTROL_NOT_ADMITTED] = {false, POSITION, POSITION, POSITION},
};

static bool entry_is_sound(const struct control_entry *entry)
{
	if (entry->kind == 0 || entry->kind >= sizeof(control_forms) / sizeof(control_forms[0]))
		return false;
	size_t len = entry->body.len;
	return control_forms[entry->kind].subject == (entry->subject.len > 0) && len >= control_forms[entry->kind].min &&
	       len <= control_forms[entry->kind].max && len % control_forms[entry->kind].unit == 0;
}

enum err control_entry_open(struct slice octets, struct arena *arena, struct control_entry *ret_entry)
{
	struct control_entry entry;
	if (octets.len > LIMIT_CONTROL_ENTRY)
		return ERR_TOO_LARGE;
	TRY(record_decode(&control_entry_schema, octets, arena, &entry));
	if (!entry_is_sound(&entry))
		return ERR_MALFORMED;
	*ret_entry = entry;
	return ERR_OK;
}

void control_put_position(uint8_t lane, uint64_t seq, struct buf *body)
{
	buf_put_octet(body, lane);
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_put_octet(body, (uint8_t)(seq >> shift));
}

enum err control_get_position(struct slice body, uint8_t *ret_lane, uint64_t *ret_seq)
{
	if (body.len != POSITION || body.data[0] >= LANE_COUNT)
		return ERR_MALFORMED;
	uint64_t seq = 0;
	for (size_t i = 1; i < POSITION; i++)
		seq = seq << 8 | body.data[i];
	if (seq == 0)
		return ERR_MALFORMED;
	*ret_lane = body.data[0];
	*ret_seq = seq;
	return ERR_OK;
}
