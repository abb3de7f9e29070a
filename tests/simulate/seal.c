/* Model of guard and seal: decides, makes frames, verifies and opens them. The signature is a keyed digest: what it stands
 * for is tested elsewhere; here it only has to notice altered octets. */
#include "simulate.h"

#include "crypto/crypto.h"
#include "protocol/rules.h"

static const char *const names[NODES] = {"DEU", "FRA", "KOR", "LTU", "NLD", "POL", "USA"};

static void sign(size_t from, struct slice signed_part, uint8_t ret_signature[64])
{
	const uint8_t key[] = {'k', (uint8_t)from};
	const struct slice parts[] = {SLICE_ARRAY(key), signed_part};
	memset(ret_signature, 0, 64);
	crypto_sha256_parts(parts, 2, ret_signature);
}

/* Body of a release: object, version, content. Of a control entry: the encoded entry. */
static void put_token(const struct frame *frame, const uint8_t guard_digest[32], struct buf *buf)
{
	struct token token = {.version = TOKEN_VERSION, .node = frame->from, .originator = frame->from, .recipient = frame->to,
			      .roster_epoch = frame->roster_epoch, .control_seq = frame->control_seq_required,
			      .basis = SLICE("rule:all"), .issued = frame->sent, .not_after = frame->sent + 1000000,
			      .ledger_size = 1};
	memcpy(token.object_digest, guard_digest, 32);
	record_encode(&token_schema, &token, buf);
}

static void put_entry(const struct row *row, struct buf *buf)
{
	AUTO_BUF body = buf_make(64);
	AUTO_BUF subject = buf_make(64);
	if (row->kind == CONTROL_ROSTER)
		for (int shift = 56; shift >= 0; shift -= 8)
			buf_put_octet(&body, (uint8_t)(row->number >> shift));
	else if (row->kind == CONTROL_NOT_ADMITTED)
		control_put_position(row->lane, row->number, &body);
	else
		buf_printf(&subject, "report--%u", row->object);
	struct control_entry entry = {.kind = row->kind, .subject = buf_slice(&subject), .body = buf_slice(&body), .issued = 1};
	record_encode(&control_entry_schema, &entry, buf);
}

static void encode(size_t from, struct frame *frame, struct operation *operation)
{
	AUTO_BUF octets = buf_make(LIMIT_FRAME);
	record_encode(&frame_unsigned_schema, frame, &octets);
	sign(from, buf_slice(&octets), frame->signature);
	octets.len = 0;
	record_encode(&frame_schema, frame, &octets);
	if (octets.err != ERR_OK)
		abort();
	feed_frame_of(frame, buf_slice(&octets), &operation->frame);
	operation->octets = (struct parked){octets.data, octets.len};
	octets = buf_make(0);
}

/* Which roster a frame is decided under. A control frame goes by what its own feed has announced so far, and the entry
 * that brings a roster still by the one before. */
static uint64_t epoch_of(const struct node *node, size_t peer, const struct row *row)
{
	return row->kind ? node->announcing[peer] : node->epoch;
}

static void chain(struct world *world, size_t self, size_t peer, struct row *row, struct frame *frame)
{
	struct node *node = &world->nodes[self];
	size_t sequence = row->kind ? (size_t)SEQUENCE_CONTROL : 1 + (size_t)row->lane;
	struct feed_position *head = &node->sealed[peer][sequence];
	struct operation operation = {.kind = OPERATION_PARK, .peer = peer, .row = row};
	frame->format = FRAME_FORMAT;
	frame->feed = sequence_feed(sequence);
	frame->lane = sequence_lane(sequence);
	frame->from = slice_text(names[self]);
	frame->to = slice_text(names[peer]);
	frame->seq = head->seq + 1;
	memcpy(frame->prev_digest, head->digest, 32);
	encode(self, frame, &operation);
	head->seq++;
	memcpy(head->digest, operation.frame.digest, 32);
	if (row->kind == CONTROL_ROSTER)
		node->announcing[peer] = row->number;
	row->sealing = true;
	store_ask(world, self, &operation);
}

static void seal_control(struct world *world, size_t self, size_t peer, struct row *row)
{
	struct node *node = &world->nodes[self];
	AUTO_BUF body = buf_make(4096);
	put_entry(row, &body);
	struct frame frame = {.roster_epoch = epoch_of(node, peer, row), .sent = world->now, .payload = buf_slice(&body)};
	crypto_sha256(buf_slice(&body), frame.object_digest);
	chain(world, self, peer, row, &frame);
}

/* Guard decides on the octets of the version; seal takes them from the store once more and compares. */
static void seal_release(struct world *world, size_t self, size_t peer, struct row *row)
{
	struct node *node = &world->nodes[self];
	uint8_t guard_digest[32], in_hand[BODY], seal_digest[32];
	memcpy(in_hand, world->objects[row->object].body[row->version], BODY);
	crypto_sha256(SLICE_ARRAY(in_hand), guard_digest);
	if (world->faults && chance(world, 2))
		in_hand[8 + draw(world, BODY - 8)] ^= 1; /* changed between decision and sealing */
	crypto_sha256(SLICE_ARRAY(in_hand), seal_digest);
	if (!rule_digest_matches(guard_digest, seal_digest))
		return; /* refused; offered again later */
	struct frame frame = {.roster_epoch = epoch_of(node, peer, row), .sent = world->now, .payload = SLICE_ARRAY(in_hand),
			      .control_seq_required = node->sealed[peer][SEQUENCE_CONTROL].seq};
	memcpy(frame.object_digest, guard_digest, 32);
	frame.from = slice_text(names[self]);
	frame.to = slice_text(names[peer]);
	AUTO_BUF token = buf_make(LIMIT_TOKEN);
	put_token(&frame, guard_digest, &token);
	frame.release_token = buf_slice(&token);
	chain(world, self, peer, row, &frame);
}

void seal_pending(struct world *world, size_t self)
{
	struct node *node = &world->nodes[self];
	for (size_t peer = 0; peer < NODES; peer++) {
		struct outgoing *to = &node->to[peer];
		for (size_t i = 0; i < to->control_count; i++)
			if (!to->control[i].parked && !to->control[i].sealing)
				seal_control(world, self, peer, &to->control[i]);
		for (size_t i = 0; i < to->data_count; i++)
			if (!to->data[i].parked && !to->data[i].sealing && !to->data[i].cancelled)
				seal_release(world, self, peer, &to->data[i]);
	}
}

bool seal_verify(size_t from, size_t to, struct slice octets, struct arena *arena, struct frame *ret_frame)
{
	uint8_t signature[64];
	if (frame_open(octets, arena, ret_frame) != ERR_OK)
		return false;
	sign(from, frame_signed_part(octets), signature);
	return memcmp(signature, ret_frame->signature, 64) == 0 && slice_equal(ret_frame->from, slice_text(names[from])) &&
	       slice_equal(ret_frame->to, slice_text(names[to]));
}

static bool open_entry(const struct frame *frame, struct row *ret_row)
{
	AUTO_ARENA arena = {0};
	struct control_entry entry;
	if (control_entry_open(frame->payload, &arena, &entry) != ERR_OK)
		return false;
	*ret_row = (struct row){.kind = entry.kind};
	if (entry.kind == CONTROL_NOT_ADMITTED)
		return control_get_position(entry.body, &ret_row->lane, &ret_row->number) == ERR_OK;
	for (size_t i = 0; i < entry.body.len; i++)
		ret_row->number = ret_row->number << 8 | entry.body.data[i];
	uint64_t object = 0;
	if (entry.subject.len && slice_parse_u64(slice_skip(entry.subject, strlen("report--")), &object) != ERR_OK)
		return false;
	ret_row->object = (uint16_t)object;
	return object < OBJECTS_MAX;
}

bool seal_open(const struct frame *frame, struct operation *operation)
{
	uint8_t digest[32];
	crypto_sha256(frame->payload, digest);
	if (!rule_digest_matches(frame->object_digest, digest))
		return false;
	if (frame->feed == FEED_CONTROL)
		return open_entry(frame, &operation->entry);
	AUTO_ARENA arena = {0};
	struct token token;
	if (token_open(frame->release_token, &arena, &token) != ERR_OK || !rule_digest_matches(token.object_digest, digest))
		return false;
	if (frame->payload.len != BODY)
		return false;
	memcpy(operation->body, frame->payload.data, BODY);
	return true;
}
