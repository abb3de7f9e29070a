/* The fourteen checks of seal: each is broken alone, and then it alone must speak. */
#include "starve.h"
#include "world.h"

static struct world world;
static struct seal_state state;

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

/* All checks hold but this one. */
static void assert_only_fails(const struct seal_case *at, unsigned number)
{
	for (size_t i = 0; i < SEAL_CHECKS; i++) {
		bool permits = seal_checks[i].check(at) == VERDICT_PERMIT;
		if (permits == (seal_checks[i].number == number))
			fail_msg("check %u (%s) %s", seal_checks[i].number, seal_checks[i].name,
				 permits ? "permits" : "denies");
	}
	assert_non_null(seal_check_all(at));
	assert_int_equal(seal_check_all(at)->number, number);
}

/* The same after the token was changed and signed again. */
static void assert_signed_fails(struct seal_case *at, unsigned number)
{
	world_sign_again(&world, at);
	assert_only_fails(at, number);
}

static void a_sound_release_passes_all_fourteen(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	assert_null(seal_check_all(&at));
	for (unsigned i = 0; i < SEAL_CHECKS; i++)
		assert_int_equal(seal_checks[i].number, i + 1);
}

static void check_1_needs_the_signature_of_our_release_key(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.token.signature[7] ^= 1;
	assert_only_fails(&at, 1);
	at.token_octets = world_token(&world, WORLD_LTU, &at.token);
	assert_only_fails(&at, 1);
}

static void check_2_needs_the_digests_of_these_octets(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.token.object_digest[0] ^= 1;
	assert_signed_fails(&at, 2);
	at = world_case(&world, &state);
	at.token.manifest_digest[31] ^= 1;
	assert_signed_fails(&at, 2);
}

static void check_2_refuses_a_portion_that_no_slot_names(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	((struct disclosed *)at.rendition.disclosed.items)[1].salt[0] ^= 1;
	world_put_rendition(&world, &at);
	assert_signed_fails(&at, 2);
}

static void check_2_refuses_a_portion_shown_twice(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	struct disclosed *disclosed = at.rendition.disclosed.items;
	disclosed[2] = disclosed[1];
	world_put_rendition(&world, &at);
	AUTO_BUF labels = buf_make(65536);
	const char *const texts[] = {LABEL_PUBLIC, LABEL_SECRET_KOR, LABEL_SECRET_KOR};
	for (size_t i = 0; i < 3; i++) {
		const uint8_t length[4] = {0, 0, 0, (uint8_t)strlen(texts[i])};
		buf_put(&labels, SLICE_ARRAY(length));
		buf_put_text(&labels, texts[i]);
	}
	crypto_sha256(buf_slice(&labels), at.token.label_digest);
	assert_signed_fails(&at, 2);
}

static void check_3_needs_the_labels_that_were_signed(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.token.label_digest[3] ^= 0x80;
	assert_signed_fails(&at, 3);
}

static void put_portions(struct seal_case *at, const struct world_portion *portions, size_t count)
{
	world_put_body(&world, at, world_rendition(&world, WORLD_NATO, portions, count));
}

static void check_4_holds_the_level_below_the_peers_ceiling(void **context)
{
	(void)context;
	static const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}, {LABEL_TOP_KOR, "x", NULL}};
	struct seal_case at = world_case(&world, &state);
	put_portions(&at, portions, 2);
	assert_only_fails(&at, 4);
}

static void check_5_needs_every_permissive_tag_to_pass(void **context)
{
	(void)context;
	static const char *const labels[] = {LABEL_SECRET, "NATO|SECRET|P:Context=NATO,Releasable|P:Only=LTU,USA",
					     "NATO|SECRET|P:Context=Releasable|P:Only="};
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const struct world_portion portions[] = {
			{LABEL_PUBLIC, NULL, NULL}, {LABEL_SECRET_KOR, "x", NULL}, {labels[i], "y", NULL}};
		struct seal_case at = world_case(&world, &state);
		put_portions(&at, portions, 3);
		assert_only_fails(&at, 5);
	}
}

static void check_6_needs_the_recipient_and_its_pinned_key(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.recipient = SLICE("LTU");
	assert_only_fails(&at, 6);
	at = world_case(&world, &state);
	at.token.recipient = SLICE("LTU");
	assert_signed_fails(&at, 6);
	at = world_case(&world, &state);
	at.token.recipient_key_id[0] ^= 1;
	assert_signed_fails(&at, 6);
}

static void check_6_refuses_ourselves(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	state.peer = state.self;
	at.recipient = at.token.recipient = state.self->name;
	assert_int_equal(seal_checks[5].check(&at), VERDICT_DENY);
}

static void what_is_inside_a_rendition_must_decode(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	const struct slice manifest = at.rendition.manifest;
	at.rendition.manifest = SLICE("no manifest");
	world_put_rendition(&world, &at);
	assert_int_equal(seal_case_open(&at, &world.arena), ERR_MALFORMED);
	at.rendition.manifest = manifest;
	((struct disclosed *)at.rendition.disclosed.items)[1].portion = SLICE("no portion");
	world_put_rendition(&world, &at);
	assert_int_equal(seal_case_open(&at, &world.arena), ERR_MALFORMED);
	at.rendition.disclosed.count = 0;
	world_put_rendition(&world, &at);
	assert_int_equal(seal_case_open(&at, &world.arena), ERR_MALFORMED);
}

static void check_2_refuses_a_manifest_of_no_whole_digests_or_too_many(void **context)
{
	(void)context;
	static uint8_t many[(LIMIT_PORTIONS + 1) * DIGEST];
	struct seal_case at = world_case(&world, &state);
	at.manifest.digests.len--;
	assert_int_equal(seal_checks[1].check(&at), VERDICT_DENY);
	at.manifest.digests = SLICE_ARRAY(many);
	assert_int_equal(seal_checks[1].check(&at), VERDICT_DENY);
}

static void check_3_refuses_labels_that_are_not_in_the_one_form(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.portions[1].label = SLICE("NATO|SECRET|P:Context=NATO|");
	assert_int_equal(seal_checks[2].check(&at), VERDICT_DENY);
}

static void check_6_refuses_a_recipient_that_the_roster_does_not_name(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	state.peer = NULL;
	assert_int_equal(seal_checks[5].check(&at), VERDICT_DENY);
	assert_non_null(seal_check_all(&at));
}

static void check_7_refuses_what_another_nation_originated(void **context)
{
	(void)context;
	static const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}};
	struct seal_case at = world_case(&world, &state);
	world_put_body(&world, &at, world_rendition(&world, WORLD_LTU, portions, 1));
	assert_only_fails(&at, 7);
	at = world_case(&world, &state);
	at.token.originator = SLICE("LTU");
	assert_signed_fails(&at, 7);
	at = world_case(&world, &state);
	at.token.consent_digest[0] = 1;
	assert_signed_fails(&at, 7);
	at = world_case(&world, &state);
	at.rendition.signature[0] ^= 1;
	world_put_rendition(&world, &at);
	assert_signed_fails(&at, 7);
	at = world_case(&world, &state);
	state.realm = SLICE("exercise");
	assert_only_fails(&at, 7);
}

static void check_8_needs_the_current_roster(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	state.roster_epoch = 2;
	assert_only_fails(&at, 8);
	state.roster_epoch = 0;
	assert_only_fails(&at, 8);
}

static void check_9_needs_guard_to_know_every_recall(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	state.orders = 3;
	assert_only_fails(&at, 9);
	state.orders = 1;
	assert_null(seal_check_all(&at));
}

static void check_9_refuses_a_recalled_object_and_a_withdrawn_portion(void **context)
{
	(void)context;
	struct recall_set recalled = {0};
	uint8_t key[RECALL_KEY], of_portion[RECALL_KEY], portion[PORTION_ID] = {2}, other[PORTION_ID] = {99};
	struct seal_case at = world_case(&world, &state);
	state.recalled = &recalled;
	recall_key_portion(SLICE(WORLD_OBJECT), other, of_portion);
	recall_key_withdrawn(of_portion, SLICE("KOR"), key);
	assert_ok(recall_set_put(&recalled, key));
	recall_key_portion(SLICE(WORLD_OBJECT), portion, of_portion);
	recall_key_withdrawn(of_portion, SLICE("LTU"), key);
	assert_ok(recall_set_put(&recalled, key));
	assert_null(seal_check_all(&at));
	recall_key_withdrawn(of_portion, SLICE("KOR"), key);
	assert_ok(recall_set_put(&recalled, key));
	assert_only_fails(&at, 9);
	recall_set_done(&recalled);
	recall_key_object(SLICE(WORLD_OBJECT), key);
	assert_ok(recall_set_put(&recalled, key));
	assert_only_fails(&at, 9);
	recall_set_done(&recalled);
}

static void check_10_refuses_every_guard_but_the_newest(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	state.fencing_epoch = 5;
	assert_only_fails(&at, 10);
	state.fencing_epoch = 3;
	assert_only_fails(&at, 10);
	state.fencing_epoch = 0;
	at.token.fencing_epoch = 0;
	assert_signed_fails(&at, 10);
}

static void check_11_needs_now_within_validity_and_a_fresh_counter(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	state.now_ms = at.token.issued;
	assert_null(seal_check_all(&at));
	state.now_ms = at.token.issued - 1;
	assert_only_fails(&at, 11);
	state.now_ms = at.token.not_after;
	assert_null(seal_check_all(&at));
	state.now_ms = at.token.not_after + 1;
	assert_only_fails(&at, 11);
	state.now_ms = WORLD_NOW;
	state.last_counter = 10;
	assert_only_fails(&at, 11);
}

static void check_12_needs_the_place_in_our_ledger(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.salt[0] ^= 1;
	assert_only_fails(&at, 12);
	at = world_case(&world, &state);
	at.ledger_index = 2;
	assert_only_fails(&at, 12);
	at = world_case(&world, &state);
	at.proof = world_proof(&world, 2);
	assert_only_fails(&at, 12);
	at = world_case(&world, &state);
	at.token.ledger_size = WORLD_LEAVES + 1;
	assert_signed_fails(&at, 12);
	at = world_case(&world, &state);
	at.checkpoint = world_checkpoint(&world, WORLD_LTU, WORLD_LEAVES);
	assert_only_fails(&at, 12);
	at = world_case(&world, &state);
	at.checkpoint = slice_take(at.checkpoint, at.checkpoint.len - 2);
	assert_only_fails(&at, 12);
}

/* The record that the ledger holds instead of the one of this decision, and whether it still is one of it. */
static void assert_record(struct ledger_record record, bool fits)
{
	struct slice copy;
	struct seal_case at = world_case(&world, &state);
	AUTO_BUF buf = buf_make(LEDGER_RECORD_MAX);
	record_encode(&ledger_record_schema, &record, &buf);
	assert_ok(buf.err);
	assert_ok(arena_copy(&world.arena, buf_slice(&buf), &copy));
	world_put_record(&world, &at, copy);
	if (fits)
		assert_null(seal_check_all(&at));
	else
		assert_only_fails(&at, 12);
}

static void check_12_refuses_the_proof_of_another_record(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	const struct ledger_record sound = at.recorded;
	uint8_t other[32] = {1};
	struct ledger_record changed = sound;
	changed.actor = SLICE("someone else");
	assert_record(changed, true);
	static const uint8_t kinds[] = {LEDGER_RELEASE_DENIED, LEDGER_PUBLISH, LEDGER_RECALL, LEDGER_SHOW, LEDGER_START};
	for (size_t i = 0; i < sizeof(kinds); i++) {
		changed = sound;
		changed.kind = kinds[i];
		assert_record(changed, false);
	}
	changed = sound;
	changed.subject = SLICE("report--00000000-0000-4000-8000-000000000000");
	assert_record(changed, false);
	changed = sound;
	changed.recipient = SLICE("LTU");
	assert_record(changed, false);
	changed = sound;
	changed.basis = SLICE("user:another");
	assert_record(changed, false);
	changed = sound;
	changed.digest[31] ^= 1;
	assert_record(changed, false);
	changed = sound;
	changed.label_digest = SLICE_ARRAY(other);
	assert_record(changed, false);
	changed.label_digest = (struct slice){0};
	assert_record(changed, false);
}

static void check_12_refuses_a_proof_without_its_record(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.record = (struct slice){0};
	assert_ok(seal_case_open(&at, &world.arena));
	assert_only_fails(&at, 12);
	at.record = SLICE("nonsense");
	assert_int_equal(seal_case_open(&at, &world.arena), ERR_MALFORMED);
	at = world_case(&world, &state);
	uint8_t octets[LEDGER_RECORD_MAX]; /* the octets count, not what they decode to */
	memcpy(octets, at.record.data, at.record.len);
	octets[at.record.len - 1] ^= 1;
	at.record = slice_of(octets, at.record.len);
	assert_only_fails(&at, 12);
}

static void check_12_refuses_another_tree_of_the_size_held(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	state.ledger = (struct seal_tree){.size = WORLD_LEAVES, .root = {1}};
	assert_only_fails(&at, 12);
	state.ledger.size = WORLD_LEAVES - 1;
	assert_null(seal_check_all(&at));
}

static void check_13_bounds_token_and_body(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.token_octets.len = LIMIT_TOKEN + 1;
	assert_only_fails(&at, 13);
	at.token_octets.len = LIMIT_TOKEN;
	assert_null(seal_check_all(&at));
	at.token_octets.len = LIMIT_TOKEN + 1;
	assert_int_equal(seal_case_open(&at, &world.arena), ERR_TOO_LARGE);
	at = world_case(&world, &state);
	size_t count = at.count;
	at.count = LIMIT_PORTIONS + 1;
	assert_int_equal(seal_checks[12].check(&at), VERDICT_DENY);
	at.count = count;
	at.body.len = LIMIT_OBJECT_BYTES + 1; /* the check asks for no more than the length */
	assert_int_equal(seal_checks[12].check(&at), VERDICT_DENY);
	assert_int_equal(seal_case_open(&at, &world.arena), ERR_TOO_LARGE);
}

static void check_14_needs_two_persons_where_a_portion_asks_for_two(void **context)
{
	(void)context;
	static const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL},
							{LABEL_SECRET_KOR, "x", "EYES TWO-PERSON"}};
	struct seal_case at = world_case(&world, &state);
	put_portions(&at, portions, 2);
	assert_only_fails(&at, 14);
	at.token.approver2 = SLICE("release");
	assert_signed_fails(&at, 14);
	at.token.approver2 = SLICE("release2");
	world_sign_again(&world, &at);
	assert_null(seal_check_all(&at));
	at.token.basis = SLICE("rule:any");
	assert_signed_fails(&at, 14);
}

static void check_14_needs_a_ground(void **context)
{
	(void)context;
	static const char *const grounds[] = {"user:", "rule:", "because", "User:release"};
	for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++) {
		struct seal_case at = world_case(&world, &state);
		at.token.basis = slice_text(grounds[i]);
		assert_signed_fails(&at, 14);
	}
}

static void every_single_bit_of_a_token_counts(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	uint8_t octets[LIMIT_TOKEN];
	size_t len = at.token_octets.len;
	memcpy(octets, at.token_octets.data, len);
	for (size_t bit = 0; bit < len * 8; bit++) {
		AUTO_ARENA arena = {0};
		struct seal_case flipped = at;
		octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
		flipped.token_octets = slice_of(octets, len);
		if (seal_case_open(&flipped, &arena) == ERR_OK && !seal_check_all(&flipped))
			fail_msg("bit %zu does not count", bit);
		octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void every_cut_of_token_or_body_is_refused(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	for (size_t len = 0; len < at.token_octets.len; len++) {
		struct seal_case cut = at;
		cut.token_octets = slice_take(at.token_octets, len);
		assert_int_not_equal(seal_case_open(&cut, &world.arena), ERR_OK);
	}
	for (size_t len = 0; len < at.body.len; len++) {
		struct seal_case cut = at;
		cut.body = slice_take(at.body, len);
		assert_true(seal_case_open(&cut, &world.arena) != ERR_OK || seal_check_all(&cut) != NULL);
	}
}

static void with_too_little_memory_a_case_does_not_open(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	size_t refused = 0;
	for (size_t bytes = 1; bytes < 65536; bytes += 16) {
		AUTO_ARENA arena = {.max_bytes = bytes};
		struct seal_case again = at;
		if (seal_case_open(&again, &arena) == ERR_OK)
			break;
		refused++;
	}
	assert_true(refused > 1);
}

static int passes(void *context)
{
	AUTO_ARENA arena = {0};
	struct seal_case at = *(const struct seal_case *)context;
	return seal_case_open(&at, &arena) == ERR_OK && !seal_check_all(&at);
}

static void whichever_allocation_fails_nothing_is_sealed(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	assert_true(starve_each(passes, &at) > 3);
}

static void nothing_is_sealed_for_ourselves_nobody_or_another_originators_consent(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	state.peer = state.self;
	assert_int_equal(seal_checks[5].check(&at), VERDICT_DENY);
	state.peer = NULL;
	for (size_t i = 3; i < 6; i++)
		assert_int_equal(seal_checks[i].check(&at), VERDICT_DENY);
	state.table = SLICE("x * * member two-persons PUBLIC:UNMARKED");
	assert_int_equal(seal_checks[13].check(&at), VERDICT_PERMIT); /* no member, so the row is not for it; others deny */
	at = world_case(&world, &state);
	at.token.consent_digest[31] = 1;
	assert_signed_fails(&at, 7);
	at = world_case(&world, &state);
	at.rendition.signature[0] ^= 1;
	assert_int_equal(seal_checks[6].check(&at), VERDICT_DENY);
	at = world_case(&world, &state);
	state.realm = SLICE("exercise");
	assert_int_equal(seal_checks[6].check(&at), VERDICT_DENY);
	at = world_case(&world, &state);
	at.token.recipient = at.recipient = SLICE("LTU"); /* agreed, but the row is Korea's */
	assert_int_equal(seal_checks[5].check(&at), VERDICT_DENY);
	at.token.recipient = SLICE("KOR");
	assert_int_equal(seal_checks[5].check(&at), VERDICT_DENY);
	at.recipient = SLICE("KOR");
	assert_int_equal(seal_checks[5].check(&at), VERDICT_PERMIT);
	at.token.recipient_key_id[0] ^= 1;
	assert_int_equal(seal_checks[5].check(&at), VERDICT_DENY);
}

static void two_persons_are_asked_for_where_the_type_is_unknown(void **context)
{
	(void)context;
	struct seal_case at = world_case(&world, &state);
	at.manifest.object_id = SLICE("no id");
	assert_int_equal(seal_checks[13].check(&at), VERDICT_DENY);
	at = world_case(&world, &state);
	state.peer = &world.rows[WORLD_LTU];
	state.table = SLICE("x * * member two-persons PUBLIC:UNMARKED\ny * * member two-persons NATO:RESTRICTED,SECRET");
	assert_int_equal(seal_checks[13].check(&at), VERDICT_DENY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_release_passes_all_fourteen),
		TEST(whichever_allocation_fails_nothing_is_sealed),
		TEST(nothing_is_sealed_for_ourselves_nobody_or_another_originators_consent),
		TEST(two_persons_are_asked_for_where_the_type_is_unknown),
		TEST(check_1_needs_the_signature_of_our_release_key),
		TEST(check_2_needs_the_digests_of_these_octets),
		TEST(check_2_refuses_a_portion_that_no_slot_names),
		TEST(check_2_refuses_a_portion_shown_twice),
		TEST(check_3_needs_the_labels_that_were_signed),
		TEST(check_4_holds_the_level_below_the_peers_ceiling),
		TEST(check_5_needs_every_permissive_tag_to_pass),
		TEST(check_6_needs_the_recipient_and_its_pinned_key),
		TEST(check_6_refuses_ourselves),
		TEST(what_is_inside_a_rendition_must_decode),
		TEST(check_2_refuses_a_manifest_of_no_whole_digests_or_too_many),
		TEST(check_3_refuses_labels_that_are_not_in_the_one_form),
		TEST(check_6_refuses_a_recipient_that_the_roster_does_not_name),
		TEST(check_7_refuses_what_another_nation_originated),
		TEST(check_8_needs_the_current_roster),
		TEST(check_9_needs_guard_to_know_every_recall),
		TEST(check_9_refuses_a_recalled_object_and_a_withdrawn_portion),
		TEST(check_10_refuses_every_guard_but_the_newest),
		TEST(check_11_needs_now_within_validity_and_a_fresh_counter),
		TEST(check_12_needs_the_place_in_our_ledger),
		TEST(check_12_refuses_the_proof_of_another_record),
		TEST(check_12_refuses_a_proof_without_its_record),
		TEST(check_12_refuses_another_tree_of_the_size_held),
		TEST(check_13_bounds_token_and_body),
		TEST(check_14_needs_two_persons_where_a_portion_asks_for_two),
		TEST(check_14_needs_a_ground),
		TEST(every_single_bit_of_a_token_counts),
		TEST(every_cut_of_token_or_body_is_refused),
		TEST(with_too_little_memory_a_case_does_not_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
