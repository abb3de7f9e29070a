/* Seal's reader of checkpoints and its cosignatures, against what the ledger room writes and reads. */
#include "world.h"

#include "ledger/note.h"
#include "starve.h"

static struct world world;

static int set_up(void **context)
{
	(void)context;
	world_init(&world);
	return 0;
}

static int tear_down(void **context)
{
	(void)context;
	world_done(&world);
	return 0;
}

static const uint8_t *key_of(enum world_nation nation)
{
	return world.rows[nation].ledger_key;
}

static void what_the_ledger_signs_is_read(void **context)
{
	(void)context;
	struct seal_tree tree;
	for (uint64_t size = 1; size <= WORLD_LEAVES; size++) {
		assert_ok(seal_ledger_read(world_checkpoint(&world, WORLD_KOR, size), SLICE("KOR"), key_of(WORLD_KOR),
					   &tree));
		assert_int_equal(tree.size, size);
	}
}

static void another_nations_checkpoint_is_not_read(void **context)
{
	(void)context;
	struct seal_tree tree;
	struct slice note = world_checkpoint(&world, WORLD_KOR, 3);
	assert_int_not_equal(seal_ledger_read(note, SLICE("LTU"), key_of(WORLD_KOR), &tree), ERR_OK);
	assert_int_not_equal(seal_ledger_read(note, SLICE("KOR"), key_of(WORLD_LTU), &tree), ERR_OK);
	assert_int_not_equal(seal_ledger_read(note, (struct slice){0}, key_of(WORLD_KOR), &tree), ERR_OK);
}

static void no_octet_of_a_checkpoint_can_be_changed(void **context)
{
	(void)context;
	struct slice note = world_checkpoint(&world, WORLD_KOR, 4);
	uint8_t octets[1024];
	struct seal_tree tree;
	assert_true(note.len < sizeof(octets));
	for (size_t i = 0; i < note.len; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(octets, note.data, note.len);
			octets[i] ^= (uint8_t)(1u << bit);
			if (seal_ledger_read(slice_of(octets, note.len), SLICE("KOR"), key_of(WORLD_KOR), &tree) ==
			    ERR_OK)
				fail_msg("octet %zu does not count", i);
		}
}

static void every_cut_of_a_checkpoint_is_refused(void **context)
{
	(void)context;
	struct slice note = world_checkpoint(&world, WORLD_KOR, 4);
	struct seal_tree tree;
	for (size_t len = 0; len < note.len; len++)
		assert_int_not_equal(seal_ledger_read(slice_take(note, len), SLICE("KOR"), key_of(WORLD_KOR), &tree),
				     ERR_OK);
}

/* A note of this text that KOR's ledger signed as it should. */
static struct slice signed_text(const char *text)
{
	struct slice copy;
	AUTO_BUF note = buf_make(NOTE_MAX);
	AUTO_BUF line = buf_make(NOTE_MAX);
	buf_put_text(&note, text);
	assert_ok(note_sign(buf_slice(&note), SLICE("bices/KOR/ledger"), world.ledger[WORLD_KOR], &line));
	buf_put_text(&note, "\n");
	buf_put(&note, buf_slice(&line));
	assert_ok(arena_copy(&world.arena, buf_slice(&note), &copy));
	return copy;
}

#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void a_signature_over_another_text_is_no_checkpoint(void **context)
{
	(void)context;
	static const char *const texts[] = {
		"bices/KOR/ledger\n0\n" ROOT "\n",
		"bices/KOR/ledger\n05\n" ROOT "\n",
		"bices/KOR/ledger\n-5\n" ROOT "\n",
		"bices/KOR/ledger\n5\nAAAA\n",
		"bices/KOR/ledger\n5\n****\n",
		"bices/KOR/ledger\n5\n" ROOT "\nmore\n",
		"bices/KOR/feed\n5\n" ROOT "\n",
		"bices/KOR/ledger\n5\n",
		"bices/KOR/ledger\n",
	};
	struct seal_tree tree;
	assert_ok(seal_ledger_read(signed_text("bices/KOR/ledger\n5\n" ROOT "\n"), SLICE("KOR"), key_of(WORLD_KOR),
				   &tree));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (seal_ledger_read(signed_text(texts[i]), SLICE("KOR"), key_of(WORLD_KOR), &tree) == ERR_OK)
			fail_msg("read: %s", texts[i]);
}

static struct slice cosigned(struct slice note, enum world_nation witness, uint64_t now_ms)
{
	struct slice copy;
	AUTO_BUF buf = buf_make(NOTE_MAX);
	assert_ok(seal_ledger_cosign(note, world.rows[witness].name, world.feed[witness], now_ms, &buf));
	assert_ok(arena_copy(&world.arena, buf_slice(&buf), &copy));
	return copy;
}

static void a_cosignature_is_read_by_the_ledger_and_by_seal(void **context)
{
	(void)context;
	struct note note;
	struct tree_head head;
	struct seal_tree tree;
	uint64_t seconds;
	struct slice octets = cosigned(world_checkpoint(&world, WORLD_KOR, 5), WORLD_LTU, WORLD_NOW);
	assert_ok(tree_head_open(octets, SLICE("bices/KOR/ledger"), key_of(WORLD_KOR), &note, &head));
	assert_ok(note_verify_cosignature(&note, SLICE("LTU"), world.rows[WORLD_LTU].feed_key, &seconds));
	assert_int_equal(seconds, WORLD_NOW / 1000);
	assert_ok(seal_ledger_read(octets, SLICE("KOR"), key_of(WORLD_KOR), &tree));
	assert_ok(seal_ledger_check_cosignature(octets, SLICE("LTU"), world.rows[WORLD_LTU].feed_key));
	octets = cosigned(octets, WORLD_NATO, WORLD_NOW + 5000);
	assert_ok(seal_ledger_check_cosignature(octets, SLICE("LTU"), world.rows[WORLD_LTU].feed_key));
	assert_ok(seal_ledger_check_cosignature(octets, SLICE("NATO"), world.rows[WORLD_NATO].feed_key));
}

static void a_cosignature_of_nobody_or_of_another_text_does_not_count(void **context)
{
	(void)context;
	struct slice plain = world_checkpoint(&world, WORLD_KOR, 5), octets = cosigned(plain, WORLD_LTU, WORLD_NOW);
	const uint8_t *key = world.rows[WORLD_LTU].feed_key;
	assert_int_equal(seal_ledger_check_cosignature(plain, SLICE("LTU"), key), ERR_NOT_FOUND);
	assert_int_equal(seal_ledger_check_cosignature(octets, SLICE("NATO"), key), ERR_NOT_FOUND);
	assert_int_equal(seal_ledger_check_cosignature(octets, SLICE("LTU"), world.rows[WORLD_NATO].feed_key),
			 ERR_NOT_FOUND);
	assert_int_equal(seal_ledger_check_cosignature(SLICE("none"), SLICE("LTU"), key), ERR_MALFORMED);
	AUTO_BUF moved = buf_make(NOTE_MAX);
	struct slice other = world_checkpoint(&world, WORLD_KOR, 4);
	buf_put(&moved, other);
	buf_put(&moved, slice_skip(octets, plain.len));
	assert_int_equal(seal_ledger_check_cosignature(buf_slice(&moved), SLICE("LTU"), key), ERR_CRYPTO);
	assert_int_equal(seal_ledger_cosign(SLICE("none"), SLICE("LTU"), world.feed[WORLD_LTU], WORLD_NOW, &moved),
			 ERR_MALFORMED);
}

/* A checkpoint of KOR whose one signature line is this. */
static enum err read_with_line(const char *line)
{
	struct seal_tree tree;
	AUTO_BUF note = buf_make(4 * NOTE_MAX);
	buf_put_text(&note, "bices/KOR/ledger\n5\n" ROOT "\n\n");
	buf_put_text(&note, line);
	assert_ok(note.err);
	return seal_ledger_read(buf_slice(&note), SLICE("KOR"), key_of(WORLD_KOR), &tree);
}

static void a_signature_line_of_another_form_is_no_signature(void **context)
{
	(void)context;
	static char long_line[2 * NOTE_MAX];
	assert_int_equal(read_with_line("bices/KOR/ledger AAAA\n"), ERR_MALFORMED);
	assert_int_equal(read_with_line("\xe2\x80\x94 bices/KOR/ledger AAAA\n"), ERR_NOT_FOUND);
	assert_int_equal(read_with_line("\xe2\x80\x94 bices/KOR/ledger AAAAAAAA\n"), ERR_NOT_FOUND);
	assert_int_equal(read_with_line("\xe2\x80\x94 bices/KOR/ledger ****\n"), ERR_MALFORMED);
	assert_int_equal(read_with_line("\xe2\x80\x94 another AAAA\n"), ERR_NOT_FOUND);
	assert_int_equal(read_with_line("\xe2\x80\x94 bices/KOR/ledger AAAA"), ERR_MALFORMED);
	assert_int_equal(read_with_line(""), ERR_MALFORMED);
	memset(long_line, 'a', sizeof(long_line) - 2);
	long_line[sizeof(long_line) - 2] = '\n';
	assert_int_equal(read_with_line(long_line), ERR_MALFORMED);
}

/* Key id and this many octets, under KOR's name. */
static enum err read_short(size_t octets, enum note_key_kind kind)
{
	uint8_t encoded[128] = {0};
	struct seal_tree tree;
	AUTO_BUF note = buf_make(NOTE_MAX);
	bool plain = kind == NOTE_ED25519;
	struct slice name = plain ? SLICE("bices/KOR/ledger") : SLICE("KOR");
	note_key_id(name, kind, key_of(WORLD_KOR), encoded);
	buf_put_text(&note, "bices/KOR/ledger\n5\n" ROOT "\n\n\xe2\x80\x94 ");
	buf_put(&note, name);
	buf_put_text(&note, " ");
	buf_put_base64(&note, slice_of(encoded, 4 + octets));
	buf_put_text(&note, "\n");
	return plain ? seal_ledger_read(buf_slice(&note), SLICE("KOR"), key_of(WORLD_KOR), &tree)
		     : seal_ledger_check_cosignature(buf_slice(&note), name, key_of(WORLD_KOR));
}

static void a_signature_of_another_length_does_not_verify(void **context)
{
	(void)context;
	for (size_t octets = 63; octets <= 65; octets++)
		assert_int_equal(read_short(octets, NOTE_ED25519), ERR_CRYPTO);
	for (size_t octets = 71; octets <= 73; octets++)
		assert_int_equal(read_short(octets, NOTE_COSIGNATURE), ERR_CRYPTO);
}

static struct slice consistency(uint64_t from, uint64_t to)
{
	struct slice copy;
	AUTO_BUF proof = buf_make(2048);
	world_consistency(&world, from, to, &proof);
	assert_ok(arena_copy(&world.arena, buf_slice(&proof), &copy));
	return copy;
}

static struct seal_tree tree_of(uint64_t size)
{
	struct seal_tree tree;
	assert_ok(seal_ledger_read(world_checkpoint(&world, WORLD_KOR, size), SLICE("KOR"), key_of(WORLD_KOR), &tree));
	return tree;
}

static void a_tree_extends_only_what_is_its_beginning(void **context)
{
	(void)context;
	for (uint64_t from = 1; from < WORLD_LEAVES; from++)
		for (uint64_t to = from + 1; to <= WORLD_LEAVES; to++) {
			struct seal_tree older = tree_of(from), newer = tree_of(to);
			struct slice proof = consistency(from, to);
			assert_int_equal(seal_ledger_extends(&older, &newer, proof), VERDICT_PERMIT);
			assert_int_equal(seal_ledger_extends(&newer, &older, proof), VERDICT_DENY);
			assert_int_equal(seal_ledger_extends(&older, &older, proof), VERDICT_DENY);
			assert_int_equal(seal_ledger_extends(&older, &newer, (struct slice){0}), VERDICT_DENY);
			newer.root[0] ^= 1;
			assert_int_equal(seal_ledger_extends(&older, &newer, proof), VERDICT_DENY);
			newer.root[0] ^= 1;
			older.root[31] ^= 1;
			assert_int_equal(seal_ledger_extends(&older, &newer, proof), VERDICT_DENY);
		}
}

static int reads(void *context)
{
	struct seal_tree tree;
	return seal_ledger_read(*(const struct slice *)context, SLICE("KOR"), key_of(WORLD_KOR), &tree) == ERR_OK;
}

static int cosigns(void *context)
{
	AUTO_BUF note = buf_make(65536);
	if (seal_ledger_cosign(*(const struct slice *)context, SLICE("bices/LTU/ledger"), world.ledger[WORLD_LTU], WORLD_NOW, &note) !=
	    ERR_OK)
		return 0;
	return seal_ledger_check_cosignature(buf_slice(&note), SLICE("bices/LTU/ledger"), key_of(WORLD_LTU)) == ERR_OK;
}

static void whichever_allocation_fails_no_checkpoint_is_believed(void **context)
{
	(void)context;
	struct slice note = world_checkpoint(&world, WORLD_KOR, 4);
	assert_true(starve_each(reads, &note) > 1);
	assert_true(starve_each(cosigns, &note) > 3);
}

static void a_tree_of_the_size_held_must_be_the_tree_held_and_an_empty_record_proves_nothing(void **context)
{
	(void)context;
	struct seal_state state;
	struct seal_case at = world_case(&world, &state);
	struct seal_proof proof = {.checkpoint = at.checkpoint, .proof = at.proof, .record = at.record, .index = at.ledger_index,
				   .size = at.token.ledger_size, .nation = SLICE("NATO")};
	memcpy(proof.salt, at.salt, sizeof(proof.salt));
	memcpy(proof.key, key_of(WORLD_NATO), sizeof(proof.key));
	assert_int_equal(seal_ledger_proves(&proof), VERDICT_PERMIT);
	assert_ok(seal_ledger_read(at.checkpoint, SLICE("NATO"), key_of(WORLD_NATO), &proof.held));
	assert_int_equal(seal_ledger_proves(&proof), VERDICT_PERMIT);
	proof.held.root[0] ^= 1;
	assert_int_equal(seal_ledger_proves(&proof), VERDICT_DENY);
	proof.held.size--;
	assert_int_equal(seal_ledger_proves(&proof), VERDICT_PERMIT);
	proof.record = (struct slice){0};
	assert_int_equal(seal_ledger_proves(&proof), VERDICT_DENY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_the_ledger_signs_is_read),
		TEST(whichever_allocation_fails_no_checkpoint_is_believed),
		TEST(a_tree_of_the_size_held_must_be_the_tree_held_and_an_empty_record_proves_nothing),
		TEST(another_nations_checkpoint_is_not_read),
		TEST(no_octet_of_a_checkpoint_can_be_changed),
		TEST(every_cut_of_a_checkpoint_is_refused),
		TEST(a_signature_over_another_text_is_no_checkpoint),
		TEST(a_signature_line_of_another_form_is_no_signature),
		TEST(a_signature_of_another_length_does_not_verify),
		TEST(a_tree_extends_only_what_is_its_beginning),
		TEST(a_cosignature_is_read_by_the_ledger_and_by_seal),
		TEST(a_cosignature_of_nobody_or_of_another_text_does_not_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
