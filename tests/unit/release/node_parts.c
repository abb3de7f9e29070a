/* The test as ledger, store and link of a node. */
#include "node.h"

#include "ledger/note.h"
#include "protocol/wire.h"

static size_t nation_of(const struct coalition *coalition, struct slice name)
{
	for (size_t i = 0; i < WORLD_NATIONS; i++)
		if (slice_equal(coalition->world.rows[i].name, name))
			return i;
	return WORLD_NATIONS;
}

/* ---- the test as ledger ---- */

static enum err subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[32])
{
	const struct node *node = context;
	struct merkle_frontier frontier = {0};
	for (uint64_t i = index << level; i < (index + 1) << level; i++)
		merkle_frontier_append(&frontier, node->leaves[i]);
	merkle_frontier_root(&frontier, ret_hash);
	return ERR_OK;
}

static void put_checkpoint(struct coalition *coalition, struct node *node, uint64_t size, struct buf *note)
{
	AUTO_BUF origin = buf_make(NOTE_NAME);
	AUTO_BUF line = buf_make(NOTE_MAX);
	struct merkle_source source = {subtree, node};
	assert_ok(ledger_origin(coalition->world.rows[node->nation].name, &origin));
	struct tree_head head = {.origin = buf_slice(&origin), .size = size};
	assert_ok(merkle_root(&source, size, head.root));
	assert_ok(tree_head_print(&head, note));
	assert_ok(note_sign(buf_slice(note), head.origin, coalition->world.ledger[node->nation], &line));
	buf_put_text(note, "\n");
	buf_put(note, buf_slice(&line));
	assert_ok(note->err);
}

/* Salts are zero here. */
static void add_record(struct coalition *coalition, struct node *node, struct slice record)
{
	static const uint8_t salt[LEDGER_SALT];
	AUTO_BUF entry = buf_make(LEDGER_SALT + LEDGER_RECORD_MAX);
	buf_put(&entry, SLICE_ARRAY(salt));
	buf_put(&entry, record);
	assert_true(node->record_count < NODE_RECORDS);
	merkle_leaf(buf_slice(&entry), node->leaves[node->record_count]);
	node->records[node->record_count++] = coalition_keep(coalition, record);
}

static void on_record(struct coalition *coalition, struct node *node, struct channel *to,
		      const struct channel_message *message)
{
	const struct msg_record *ask = message->value;
	const struct record_item *items = ask->records.items;
	struct record_proof proofs[16];
	struct merkle_source source = {subtree, node};
	AUTO_BUF note = buf_make(NOTE_MAX);
	uint64_t first = node->record_count;
	assert_in_range(ask->records.count, 1, 16);
	for (size_t i = 0; i < ask->records.count; i++) {
		struct ledger_record record;
		assert_ok(ledger_record_decode(items[i].record, &coalition->world.arena, &record));
		add_record(coalition, node, items[i].record);
	}
	for (size_t i = 0; i < ask->records.count; i++) {
		AUTO_BUF proof = buf_make(4096);
		proofs[i] = (struct record_proof){.index = first + i};
		memcpy(proofs[i].leaf, node->leaves[first + i], 32);
		assert_ok(merkle_inclusion(&source, first + i, node->record_count, &proof));
		proofs[i].proof = coalition_keep(coalition, buf_slice(&proof));
	}
	put_checkpoint(coalition, node, node->record_count, &note);
	struct msg_recorded done = {node->record_count, buf_slice(&note), {proofs, ask->records.count}};
	assert_ok(channel_send(to, MSG_RECORDED, message->request, &done, -1));
}

static void on_replay(struct coalition *coalition, struct node *node, struct channel *to,
		      const struct channel_message *message)
{
	const struct msg_replay *ask = message->value;
	struct replay_item items[NODE_RECORDS];
	size_t count = 0;
	for (size_t i = ask->from_index; i < node->record_count; i++) {
		struct ledger_record record;
		assert_ok(ledger_record_decode(node->records[i], &coalition->world.arena, &record));
		if (slice_find_octet(ask->kinds, record.kind) >= 0)
			items[count++] = (struct replay_item){i, node->records[i]};
	}
	struct msg_replayed done = {node->record_count > ask->from_index ? node->record_count : ask->from_index,
				    node->record_count,
				    {items, count}};
	assert_ok(channel_send(to, MSG_REPLAYED, message->request, &done, -1));
}

static void refuse(struct channel *to, uint64_t request, enum err err)
{
	struct msg_refused refused = {.err = (uint8_t)err};
	assert_ok(channel_send(to, MSG_REFUSED, request, &refused, -1));
}

static void on_tree(struct coalition *coalition, struct node *node, struct channel *to,
		    const struct channel_message *message)
{
	const struct msg_ask_tree *ask = message->value;
	uint64_t size = node->rolled_back_to ? node->rolled_back_to : node->record_count;
	struct merkle_source source = {subtree, node};
	AUTO_BUF note = buf_make(NOTE_MAX);
	AUTO_BUF proof = buf_make(4096);
	if (!size || ask->from_size > size) {
		refuse(to, message->request, size ? ERR_INVALID : ERR_NOT_FOUND);
		return;
	}
	assert_ok(merkle_consistency(&source, ask->from_size, size, &proof));
	if (node->proves_nothing)
		buf_truncate(&proof, 0);
	put_checkpoint(coalition, node, size, &note);
	if (node->tree_waits && to == node->seal_ledger && !ask->from_size) {
		node->late_checkpoint = coalition_keep(coalition, buf_slice(&note));
		node->late_size = size;
		node->late_request = message->request;
		return;
	}
	struct msg_tree done = {size, buf_slice(&note), buf_slice(&proof)};
	assert_ok(channel_send(to, MSG_TREE_DONE, message->request, &done, -1));
}

static void on_witness(struct node *node, struct channel *to, const struct channel_message *message)
{
	const struct msg_tree *held = message->value;
	bool larger = held->size > (node->rolled_back_to ? node->rolled_back_to : node->record_count);
	node->witnessed_larger |= larger;
	if (larger)
		refuse(to, message->request, ERR_CONFLICT);
	else
		assert_ok(channel_send(to, MSG_DONE, message->request, &(struct msg_empty){0}, -1));
}

void node_put_case(struct coalition *coalition, struct node *node, struct seal_case *at, struct slice record)
{
	struct merkle_source source = {subtree, node};
	AUTO_BUF note = buf_make(NOTE_MAX);
	AUTO_BUF proof = buf_make(4096);
	add_record(coalition, node, record);
	uint64_t index = node->record_count - 1;
	put_checkpoint(coalition, node, node->record_count, &note);
	assert_ok(merkle_inclusion(&source, index, node->record_count, &proof));
	at->checkpoint = coalition_keep(coalition, buf_slice(&note));
	at->proof = coalition_keep(coalition, buf_slice(&proof));
	at->ledger_index = at->token.ledger_index = index;
	at->token.ledger_size = node->record_count;
	at->record = record;
	memset(at->salt, 0, sizeof(at->salt));
	world_sign_token(&coalition->world, at);
}

void node_serve_ledger(struct coalition *coalition, struct node *node, struct channel *channel,
		       const struct channel_message *message)
{
	if (message->type == MSG_RECORD)
		on_record(coalition, node, channel, message);
	else if (message->type == MSG_REPLAY)
		on_replay(coalition, node, channel, message);
	else if (message->type == MSG_TREE)
		on_tree(coalition, node, channel, message);
	else if (message->type == MSG_WITNESS)
		on_witness(node, channel, message);
	else
		fail_msg("the ledger got %s", message_name(message->type));
}

/* ---- the test as store ---- */

static void on_park(struct coalition *coalition, struct node *node, const struct channel_message *message)
{
	const struct msg_park *ask = message->value;
	struct node_frame *frame = &node->parked[node->parked_count];
	if (node->store_full) {
		refuse(node->seal_store, message->request, ERR_FULL);
		return;
	}
	assert_true(node->parked_count < NODE_FRAMES);
	*frame = (struct node_frame){.peer = nation_of(coalition, ask->peer),
				     .feed = ask->feed,
				     .lane = ask->lane,
				     .seq = ask->seq,
				     .frame = coalition_keep(coalition, ask->frame)};
	frame_digest(frame->frame, frame->digest);
	node->parked_count++;
	assert_ok(channel_send(node->seal_store, MSG_DONE, message->request, &(struct msg_empty){0}, -1));
}

static void on_heads(struct coalition *coalition, struct node *node, const struct channel_message *message)
{
	struct head sent[NODE_FRAMES], received[NODE_ADMITTED];
	for (size_t i = 0; i < node->parked_count; i++) {
		const struct node_frame *f = &node->parked[i];
		sent[i] = (struct head){
			.peer = coalition->world.rows[f->peer].name, .feed = f->feed, .lane = f->lane, .seq = f->seq};
		memcpy(sent[i].digest, f->digest, 32);
	}
	for (size_t i = 0; i < node->admitted_count; i++) {
		const struct node_admitted *a = &node->admitted[i];
		received[i] = (struct head){
			.peer = coalition->world.rows[a->peer].name, .feed = a->feed, .lane = a->lane, .seq = a->seq};
		memcpy(received[i].digest, a->digest, 32);
	}
	/* one row per sequence, the newest */
	size_t kept = 0;
	for (size_t i = 0; i < node->parked_count; i++) {
		bool newest = true;
		for (size_t j = i + 1; j < node->parked_count; j++)
			newest &= sent[j].feed != sent[i].feed || sent[j].lane != sent[i].lane;
		if (newest)
			sent[kept++] = sent[i];
	}
	struct msg_heads done = {{sent, kept}, {received, node->admitted_count}};
	assert_ok(channel_send(node->seal_store, MSG_HEADS_DONE, message->request, &done, -1));
}

static void on_unpark(struct coalition *coalition, struct node *node, const struct channel_message *message)
{
	const struct msg_unpark *ask = message->value;
	struct frame_item items[NODE_FRAMES];
	size_t count = 0;
	for (size_t i = 0; i < node->parked_count && count < ask->count; i++) {
		const struct node_frame *f = &node->parked[i];
		if (f->feed != ask->feed || f->lane != ask->lane || f->seq < ask->from_seq)
			continue;
		struct slice given = coalition_keep(coalition, f->frame);
		if (node->store_lies) {
			uint8_t *octets = arena_alloc(&coalition->world.arena, given.len, 1);
			memcpy(octets, given.data, given.len);
			octets[given.len / 2] ^= 1;
			given = slice_of(octets, given.len);
		}
		items[count++].frame = given;
	}
	struct msg_unparked done = {ask->peer, ask->feed, ask->lane, {items, count}};
	assert_ok(channel_send(node->seal_store, MSG_UNPARKED, message->request, &done, -1));
}

static void on_admit(struct coalition *coalition, struct node *node, const struct channel_message *message)
{
	const struct msg_admit *ask = message->value;
	struct node_admitted *a = &node->admitted[node->admitted_count++];
	assert_true(node->admitted_count < NODE_ADMITTED);
	*a = (struct node_admitted){.peer = nation_of(coalition, ask->peer),
				    .feed = ask->feed,
				    .lane = ask->lane,
				    .seq = ask->seq,
				    .body = coalition_keep(coalition, ask->body)};
	memcpy(a->digest, ask->digest, 32);
	assert_ok(channel_send(node->seal_store, MSG_DONE, message->request, &(struct msg_empty){0}, -1));
}

static void on_acknowledged(struct node *node, const struct channel_message *message)
{
	const struct msg_positions *positions = message->value;
	const struct head *heads = positions->heads.items;
	node->acknowledged = 0;
	for (size_t i = 0; i < positions->heads.count; i++)
		node->acknowledged += heads[i].seq;
}

void node_serve_store(struct coalition *coalition, struct node *node, const struct channel_message *message)
{
	switch (message->type) {
	case MSG_PARK:
		on_park(coalition, node, message);
		break;
	case MSG_HEADS:
		on_heads(coalition, node, message);
		break;
	case MSG_UNPARK:
		on_unpark(coalition, node, message);
		break;
	case MSG_ADMIT:
		on_admit(coalition, node, message);
		break;
	case MSG_ACKNOWLEDGED:
		on_acknowledged(node, message);
		break;
	case MSG_PEERS:
	case MSG_DONE:
		break;
	default:
		fail_msg("the store got %s", message_name(message->type));
	}
}

void node_take_answer(struct coalition *coalition, struct node *node, const struct channel_message *message)
{
	const struct msg_refused *refused = message->value;
	struct node_answer *answer = &node->answers[node->answer_count++ % NODE_ANSWERS];
	*answer = (struct node_answer){
		.request = message->request, .type = message->type, .raw = coalition_keep(coalition, message->body)};
	if (message->type == MSG_REFUSED) {
		answer->err = refused->err;
		(void)snprintf(answer->text, sizeof(answer->text), "%.*s", SLICE_ARG(refused->text));
	}
}

/* ---- the test as link ---- */

struct node *node_other_end(struct coalition *coalition, const struct node *node)
{
	return &coalition->nodes[node->nation == WORLD_NATO ? WORLD_KOR : WORLD_NATO];
}

void node_serve_link(struct coalition *coalition, struct node *node, const struct channel_message *message)
{
	const struct msg_wire *wire = message->value;
	struct node *to = node_other_end(coalition, node);
	uint8_t octets[LIMIT_MESSAGE_INLINE];
	bool frame = wire->octets.data[0] == WIRE_FRAME;
	node->frames_out += frame;
	if (!coalition->connected || !to->seal_link || nation_of(coalition, wire->peer) != to->nation)
		return;
	assert_true(wire->octets.len <= sizeof(octets));
	memcpy(octets, wire->octets.data, wire->octets.len);
	if (frame && node->link_flips)
		octets[wire->octets.len / 2] ^= 1;
	to->frames_in += frame;
	struct msg_wire forward = {.peer = coalition->world.rows[node->nation].name,
				   .inbound = !wire->inbound,
				   .octets = slice_of(octets, wire->octets.len)};
	assert_ok(channel_send(to->seal_link, MSG_WIRE, 0, &forward, -1));
}

static void tell_state(struct coalition *coalition, struct node *node, bool connected)
{
	if (!node->seal_link)
		return;
	for (uint8_t inbound = 0; inbound < 2; inbound++) {
		struct msg_peer_state state = {coalition->world.rows[node_other_end(coalition, node)->nation].name,
					       inbound, connected};
		assert_ok(channel_send(node->seal_link, MSG_PEER_STATE, 0, &state, -1));
	}
}

void coalition_connect(struct coalition *coalition, bool connected)
{
	coalition->connected = connected;
	tell_state(coalition, &coalition->nodes[WORLD_NATO], connected);
	tell_state(coalition, &coalition->nodes[WORLD_KOR], connected);
}
