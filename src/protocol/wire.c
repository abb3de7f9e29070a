/* Records of the wire by table. */
#include "protocol/wire.h"

enum { OPENER = 1, OTHER = 2 };

static const struct {
	uint8_t senders;
	bool for_seal;
	size_t body_max;
} types[] = {
	[WIRE_HELLO] = {OPENER | OTHER, false, 256},
	[WIRE_PING] = {OPENER | OTHER, false, 0},
	[WIRE_FRAME] = {OPENER, true, LIMIT_FRAME},
	[WIRE_TREE] = {OPENER, true, WIRE_TREE_MAX},
	[WIRE_RESUME] = {OTHER, true, WIRE_NOTE_MAX},
	[WIRE_CHECKPOINT] = {OTHER, true, WIRE_NOTE_MAX},
	[WIRE_COSIGNED] = {OTHER, true, WIRE_NOTE_MAX},
};

static const struct field hello_fields[] = {
	RECORD_UINT(1, struct hello, version),
	RECORD_TEXT(2, struct hello, nation, LIMIT_NATION),
	RECORD_TEXT(3, struct hello, realm, LIMIT_REALM),
};
const struct schema hello_schema = RECORD_SCHEMA("hello", struct hello, hello_fields);

static const struct field shown_tree_fields[] = {
	RECORD_UINT_OPT(1, struct shown_tree, from_size),
	RECORD_BYTES_OPT(2, struct shown_tree, proof, WIRE_PROOF_MAX),
	RECORD_BYTES(3, struct shown_tree, checkpoint, WIRE_NOTE_MAX),
};
const struct schema shown_tree_schema = RECORD_SCHEMA("shown_tree", struct shown_tree, shown_tree_fields);

static bool exists(uint8_t type)
{
	return type < sizeof(types) / sizeof(types[0]) && types[type].senders != 0;
}

bool wire_is_allowed(uint8_t type, bool by_opener)
{
	return exists(type) && (types[type].senders & (by_opener ? OPENER : OTHER)) != 0;
}

bool wire_is_for_seal(uint8_t type)
{
	return exists(type) && types[type].for_seal;
}

void wire_put(enum wire_type type, struct slice body, struct buf *octets)
{
	buf_put_octet(octets, (uint8_t)type);
	buf_put(octets, body);
}

enum err wire_get(struct slice octets, uint8_t *ret_type, struct slice *ret_body)
{
	if (octets.len == 0 || !exists(octets.data[0]))
		return ERR_MALFORMED;
	if (octets.len - 1 > types[octets.data[0]].body_max)
		return ERR_TOO_LARGE;
	*ret_type = octets.data[0];
	*ret_body = slice_skip(octets, 1);
	return ERR_OK;
}

void wire_prefix(size_t len, uint8_t ret_prefix[WIRE_PREFIX])
{
	for (int i = 0; i < WIRE_PREFIX; i++)
		ret_prefix[i] = (uint8_t)(len >> 8 * (WIRE_PREFIX - 1 - i));
}

enum err wire_find(struct slice bytes, struct slice *ret_record, size_t *ret_used)
{
	if (bytes.len < WIRE_PREFIX)
		return ERR_NOT_FOUND;
	size_t len = 0;
	for (int i = 0; i < WIRE_PREFIX; i++)
		len = len << 8 | bytes.data[i];
	if (len == 0)
		return ERR_MALFORMED;
	if (len > 1 + (size_t)WIRE_BODY_MAX)
		return ERR_TOO_LARGE;
	if (bytes.len == WIRE_PREFIX)
		return ERR_NOT_FOUND;
	uint8_t type = bytes.data[WIRE_PREFIX];
	if (!exists(type))
		return ERR_MALFORMED;
	if (len - 1 > types[type].body_max)
		return ERR_TOO_LARGE;
	if (bytes.len - WIRE_PREFIX < len)
		return ERR_NOT_FOUND;
	*ret_record = slice_of(bytes.data + WIRE_PREFIX, len);
	*ret_used = WIRE_PREFIX + len;
	return ERR_OK;
}
