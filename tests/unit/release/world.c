#include "world.h"

#include "ledger/note.h"
#include "protocol/roster.h"

static const char member_clearance[] = "NATO|CONFIDENTIAL,RESTRICTED,SECRET,UNCLASSIFIED|P:Context=NATO|P:Only=%s,NATO|"
				       "P:Releasable To=%s,NATO\nPUBLIC|UNMARKED";
static const char partner_clearance[] =
	"NATO|CONFIDENTIAL,RESTRICTED,SECRET,UNCLASSIFIED|P:Context=Releasable|P:Only=KOR|"
	"P:Releasable To=KOR\nPUBLIC|UNMARKED";

static struct signing_key *make_key(uint8_t nation, uint8_t use, uint8_t ret_public[32])
{
	uint8_t seed[32] = {nation, use, 7};
	struct signing_key *key;
	assert_ok(signing_key_new(seed, &key));
	signing_key_public(key, ret_public);
	return key;
}

void world_init(struct world *world)
{
	static const char *const names[] = {"KOR", "LTU", "NATO"};
	*world = (struct world){0};
	for (uint8_t i = 0; i < WORLD_NATIONS; i++) {
		struct participant *row = &world->rows[i];
		const char *own = i == WORLD_LTU ? "LTU" : "GBR";
		char *clearance = i == WORLD_KOR ? arena_text(&world->arena, slice_text(partner_clearance))
						 : arena_printf(&world->arena, member_clearance, own, own);
		row->name = slice_text(names[i]);
		row->clearance = slice_text(clearance);
		row->member = i != WORLD_KOR;
		row->seal_certificate = slice_text(arena_printf(&world->arena, "sealing certificate of %s", names[i]));
		row->ca_certificate = slice_text(arena_printf(&world->arena, "authority of %s", names[i]));
		row->peer_address = SLICE("tls://127.0.0.1:8643");
		world->originator[i] = make_key(i, 1, row->originator_key);
		world->release[i] = make_key(i, 2, row->release_key);
		world->feed[i] = make_key(i, 3, row->feed_key);
		world->ledger[i] = make_key(i, 4, row->ledger_key);
	}
	world->roster = (struct roster){.epoch = 1, .participants = {world->rows, WORLD_NATIONS}};
	for (uint8_t i = 0; i < WORLD_LEAVES; i++)
		merkle_leaf(slice_of(&i, 1), world->leaves[i]);
}

void world_done(struct world *world)
{
	for (size_t i = 0; i < WORLD_NATIONS; i++) {
		signing_key_free(world->originator[i]);
		signing_key_free(world->release[i]);
		signing_key_free(world->feed[i]);
		signing_key_free(world->ledger[i]);
	}
	arena_done(&world->arena);
}

static struct slice encode(struct world *world, const struct schema *schema, const void *value)
{
	struct slice copy;
	AUTO_BUF buf = buf_make(LIMIT_MESSAGE);
	record_encode(schema, value, &buf);
	assert_ok(buf.err);
	assert_ok(arena_copy(&world->arena, buf_slice(&buf), &copy));
	return copy;
}

struct slice world_roster(struct world *world)
{
	return encode(world, &roster_schema, &world->roster);
}

static struct slice make_portion(struct world *world, const struct world_portion *from, size_t index)
{
	struct portion portion = {.kind = index ? PORTION_TEXT : PORTION_HEAD,
				  .id = {(uint8_t)(index + 1)},
				  .label = slice_text(from->label),
				  .changed = WORLD_NOW - 1000,
				  .content = slice_text(index ? from->content : "{\"name\":\"t\"}"),
				  .handling = slice_text(from->handling)};
	return encode(world, &portion_schema, &portion);
}

struct slice world_rendition(struct world *world, enum world_nation originator, const struct world_portion *portions,
			     size_t count)
{
	struct disclosed *disclosed = ARENA_ARRAY(&world->arena, count, struct disclosed);
	struct slice encoded[WORLD_PORTIONS], type;
	uint8_t salts[WORLD_PORTIONS * SALT], noise[64 * 64] = {0};
	size_t slots;
	AUTO_BUF manifest = buf_make(LIMIT_OBJECT_BYTES);
	struct manifest head = {.format = MANIFEST_FORMAT,
				.originator = world->rows[originator].name,
				.realm = SLICE("real"),
				.object_id = SLICE(WORLD_OBJECT),
				.issued = WORLD_NOW - 500};
	for (size_t i = 0; i < count; i++) {
		encoded[i] = make_portion(world, &portions[i], i);
		memset(salts + i * SALT, (int)i + 1, SALT);
		memset(disclosed[i].salt, (int)i + 1, SALT);
		disclosed[i].portion = encoded[i];
	}
	for (size_t i = 0; i < 64; i++)
		noise[i * 64] = (uint8_t)i;
	assert_ok(object_id_type(head.object_id, &type));
	assert_ok(manifest_slots(type, count, &slots));
	assert_ok(manifest_make(&head, encoded, salts, count, noise, slots, &manifest));
	struct rendition rendition = {.manifest = buf_slice(&manifest), .disclosed = {disclosed, count}};
	assert_ok(signing_key_sign(world->originator[originator], "bices/manifest/1", rendition.manifest,
				   rendition.signature));
	return encode(world, &rendition_schema, &rendition);
}

struct slice world_token(struct world *world, enum world_nation signer, struct token *token)
{
	struct slice octets = encode(world, &token_unsigned_schema, token);
	assert_ok(signing_key_sign(world->release[signer], TOKEN_DOMAIN, octets, token->signature));
	return encode(world, &token_schema, token);
}

/* ---- ledger ---- */

static enum err subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[32])
{
	const struct world *world = context;
	struct merkle_frontier frontier = {0};
	for (uint64_t i = index << level; i < (index + 1) << level; i++)
		merkle_frontier_append(&frontier, world->leaves[i]);
	merkle_frontier_root(&frontier, ret_hash);
	return ERR_OK;
}

struct slice world_proof(struct world *world, uint64_t index)
{
	struct slice copy;
	AUTO_BUF proof = buf_make(2048);
	struct merkle_source source = {subtree, world};
	assert_ok(merkle_inclusion(&source, index, WORLD_LEAVES, &proof));
	assert_ok(arena_copy(&world->arena, buf_slice(&proof), &copy));
	return copy;
}

void world_consistency(struct world *world, uint64_t from, uint64_t to, struct buf *proof)
{
	struct merkle_source source = {subtree, world};
	assert_ok(merkle_consistency(&source, from, to, proof));
}

struct slice world_checkpoint(struct world *world, enum world_nation nation, uint64_t size)
{
	struct slice copy;
	AUTO_BUF origin = buf_make(NOTE_NAME);
	AUTO_BUF note = buf_make(NOTE_MAX);
	AUTO_BUF line = buf_make(NOTE_MAX);
	struct merkle_source source = {subtree, world};
	assert_ok(ledger_origin(world->rows[nation].name, &origin));
	struct tree_head head = {.origin = buf_slice(&origin), .size = size};
	assert_ok(merkle_root(&source, size, head.root));
	assert_ok(tree_head_print(&head, &note));
	assert_ok(note_sign(buf_slice(&note), head.origin, world->ledger[nation], &line));
	buf_put_text(&note, "\n");
	buf_put(&note, buf_slice(&line));
	assert_ok(arena_copy(&world->arena, buf_slice(&note), &copy));
	return copy;
}

/* ---- a release ---- */

void world_put_body(struct world *world, struct seal_case *at, struct slice body)
{
	struct rendition_view view;
	assert_ok(rendition_open(body, &world->arena, &view));
	at->body = body;
	crypto_sha256(body, at->token.object_digest);
	crypto_sha256(view.rendition.manifest, at->token.manifest_digest);
	rendition_label_digest(&view, at->token.label_digest);
	world_sign_again(world, at);
}

void world_put_rendition(struct world *world, struct seal_case *at)
{
	at->body = encode(world, &rendition_schema, &at->rendition);
	crypto_sha256(at->body, at->token.object_digest);
}

struct slice world_record(struct world *world, const struct seal_case *at)
{
	struct ledger_record record = {.kind = LEDGER_RELEASE,
				       .at = WORLD_NOW,
				       .actor = SLICE("analyst"),
				       .subject = SLICE(WORLD_OBJECT),
				       .recipient = at->token.recipient,
				       .basis = at->token.basis,
				       .label_digest = SLICE_ARRAY(at->token.label_digest),
				       .approver2 = at->token.approver2,
				       .rules = at->token.fencing_epoch};
	memcpy(record.digest, at->token.object_digest, sizeof(record.digest));
	return encode(world, &ledger_record_schema, &record);
}

void world_put_record(struct world *world, struct seal_case *at, struct slice record)
{
	AUTO_BUF entry = buf_make(LEDGER_SALT + LEDGER_RECORD_MAX);
	buf_put(&entry, SLICE_ARRAY(at->salt));
	buf_put(&entry, record);
	merkle_leaf(buf_slice(&entry), world->leaves[WORLD_INDEX]);
	at->record = record;
	at->proof = world_proof(world, WORLD_INDEX);
	at->checkpoint = world_checkpoint(world, WORLD_NATO, WORLD_LEAVES);
	assert_ok(seal_case_open(at, &world->arena));
}

void world_sign_token(struct world *world, struct seal_case *at)
{
	at->token_octets = world_token(world, WORLD_NATO, &at->token);
	assert_ok(seal_case_open(at, &world->arena));
}

void world_sign_again(struct world *world, struct seal_case *at)
{
	at->token_octets = world_token(world, WORLD_NATO, &at->token);
	world_put_record(world, at, world_record(world, at));
}

struct seal_case world_case(struct world *world, struct seal_state *state)
{
	static const struct world_portion portions[] = {
		{LABEL_PUBLIC, NULL, NULL}, {LABEL_SECRET_KOR, "two", NULL}, {LABEL_RESTRICTED_KOR, "three", NULL}};
	static const struct recall_set nothing;
	*state = (struct seal_state){.self = &world->rows[WORLD_NATO],
				     .peer = &world->rows[WORLD_KOR],
				     .realm = SLICE("real"),
				     .roster_epoch = 1,
				     .orders = 2,
				     .recalled = &nothing,
				     .fencing_epoch = 4,
				     .last_counter = 9,
				     .now_ms = WORLD_NOW};
	struct seal_case at = {.recipient = SLICE("KOR"),
			       .salt = {42},
			       .ledger_index = WORLD_INDEX,
			       .state = state};
	at.token = (struct token){.version = TOKEN_VERSION,
				  .id = {1},
				  .node = SLICE("NATO"),
				  .originator = SLICE("NATO"),
				  .recipient = SLICE("KOR"),
				  .link_class = 1,
				  .policy_digest = {5},
				  .policy_version = 1,
				  .roster_epoch = 1,
				  .control_seq = 2,
				  .fencing_epoch = 4,
				  .basis = SLICE("user:release"),
				  .issued = WORLD_NOW - 10,
				  .not_after = WORLD_NOW + 1000,
				  .counter = 10,
				  .ledger_index = WORLD_INDEX,
				  .ledger_size = WORLD_LEAVES};
	key_id(world->rows[WORLD_KOR].seal_certificate, at.token.recipient_key_id);
	world_put_body(world, &at, world_rendition(world, WORLD_NATO, portions, 3));
	return at;
}
