/* What seal checks at the recipient before anything of a release is admitted. */
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

/* KOR receives the release that NATO's seal let pass. */
struct arrival {
	struct frame frame;
	struct seal_state state;
	struct admit_case at;
};

static void arrive(struct arrival *arrival)
{
	struct seal_case sent = world_case(&world, &state);
	*arrival = (struct arrival){.frame = {.sent = WORLD_NOW, .release_token = sent.token_octets},
				    .state = {.self = &world.rows[WORLD_KOR],
					      .peer = &world.rows[WORLD_NATO],
					      .realm = SLICE("real"),
					      .recalled = state.recalled,
					      .now_ms = WORLD_NOW + 5}};
	memcpy(arrival->frame.object_digest, sent.token.object_digest, 32);
	arrival->at = (struct admit_case){&arrival->frame, sent.body, &arrival->state};
}

static enum verdict admits(const struct arrival *arrival)
{
	AUTO_ARENA arena = {0};
	return seal_admits(&arrival->at, &arena);
}

static void a_sound_release_is_admitted(void **context)
{
	(void)context;
	struct arrival arrival;
	arrive(&arrival);
	assert_int_equal(admits(&arrival), VERDICT_PERMIT);
}

static void a_release_for_another_nation_is_not_admitted(void **context)
{
	(void)context;
	struct arrival arrival;
	arrive(&arrival);
	arrival.state.self = &world.rows[WORLD_LTU];
	assert_int_equal(admits(&arrival), VERDICT_DENY);
}

static void a_release_under_another_nations_name_is_not_admitted(void **context)
{
	(void)context;
	struct arrival arrival;
	arrive(&arrival);
	arrival.state.peer = &world.rows[WORLD_LTU];
	assert_int_equal(admits(&arrival), VERDICT_DENY);
}

/* The token changed and signed again by this nation, over the same octets. */
static void assert_denied_with(struct token token, enum world_nation signer)
{
	struct arrival arrival;
	arrive(&arrival);
	arrival.frame.release_token = world_token(&world, signer, &token);
	assert_int_equal(admits(&arrival), VERDICT_DENY);
}

static struct token arriving_token(void)
{
	struct token token;
	struct seal_case sent = world_case(&world, &state);
	assert_ok(token_open(sent.token_octets, &world.arena, &token));
	return token;
}

static void each_field_of_an_arriving_token_counts(void **context)
{
	(void)context;
	const struct token sound = arriving_token();
	struct token token = sound;
	assert_denied_with(token, WORLD_LTU);
	token.version = TOKEN_VERSION + 1;
	assert_denied_with(token, WORLD_NATO);
	token = sound;
	token.node = SLICE("LTU");
	assert_denied_with(token, WORLD_NATO);
	token = sound;
	token.originator = SLICE("LTU");
	assert_denied_with(token, WORLD_NATO);
	token = sound;
	token.consent_digest[31] = 1;
	assert_denied_with(token, WORLD_NATO);
	token = sound;
	token.recipient = SLICE("LTU");
	assert_denied_with(token, WORLD_NATO);
	token = sound;
	token.recipient_key_id[7] ^= 1;
	assert_denied_with(token, WORLD_NATO);
	token = sound;
	token.label_digest[0] ^= 1;
	assert_denied_with(token, WORLD_NATO);
	token = sound;
	token.not_after = WORLD_NOW - 1;
	assert_denied_with(token, WORLD_NATO);
}

static void an_arriving_manifest_must_be_the_senders_own(void **context)
{
	(void)context;
	static const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}};
	struct arrival arrival;
	arrive(&arrival);
	struct seal_case sent = world_case(&world, &state);
	world_put_body(&world, &sent, world_rendition(&world, WORLD_LTU, portions, 1));
	arrival.frame.release_token = sent.token_octets;
	memcpy(arrival.frame.object_digest, sent.token.object_digest, 32);
	arrival.at.body = sent.body;
	assert_int_equal(admits(&arrival), VERDICT_DENY);
	sent = world_case(&world, &state);
	sent.rendition.signature[5] ^= 1;
	world_put_rendition(&world, &sent);
	world_sign_again(&world, &sent);
	arrival.frame.release_token = sent.token_octets;
	memcpy(arrival.frame.object_digest, sent.token.object_digest, 32);
	arrival.at.body = sent.body;
	assert_int_equal(admits(&arrival), VERDICT_DENY);
	arrival.frame.release_token = SLICE("no token");
	assert_int_equal(admits(&arrival), VERDICT_DENY);
}

static void a_release_of_another_realm_is_not_admitted(void **context)
{
	(void)context;
	struct arrival arrival;
	arrive(&arrival);
	arrival.state.realm = SLICE("exercise");
	assert_int_equal(admits(&arrival), VERDICT_DENY);
}

static void other_octets_than_the_token_names_are_not_admitted(void **context)
{
	(void)context;
	static const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}};
	struct arrival arrival;
	arrive(&arrival);
	arrival.at.body = world_rendition(&world, WORLD_NATO, portions, 1);
	assert_int_equal(admits(&arrival), VERDICT_DENY);
	crypto_sha256(arrival.at.body, arrival.frame.object_digest);
	assert_int_equal(admits(&arrival), VERDICT_DENY);
}

static void a_stale_or_future_token_is_not_admitted(void **context)
{
	(void)context;
	struct arrival arrival;
	arrive(&arrival);
	arrival.state.now_ms = WORLD_NOW + 1001;
	assert_int_equal(admits(&arrival), VERDICT_DENY);
	arrive(&arrival);
	arrival.frame.sent = WORLD_NOW - 11;
	assert_int_equal(admits(&arrival), VERDICT_DENY);
	arrive(&arrival);
	arrival.state.now_ms = WORLD_NOW - 11 - SEAL_CLOCK_SLACK_MS;
	assert_int_equal(admits(&arrival), VERDICT_DENY);
}

static void a_recalled_object_is_not_admitted(void **context)
{
	(void)context;
	struct recall_set recalled = {0};
	uint8_t key[RECALL_KEY];
	struct arrival arrival;
	arrive(&arrival);
	recall_key_object(SLICE(WORLD_OBJECT), key);
	assert_ok(recall_set_put(&recalled, key));
	arrival.state.recalled = &recalled;
	assert_int_equal(admits(&arrival), VERDICT_DENY);
	recall_set_done(&recalled);
}

static void labels_that_are_not_those_of_the_token_are_not_admitted(void **context)
{
	(void)context;
	struct arrival arrival;
	arrive(&arrival);
	struct seal_case sent = world_case(&world, &state);
	sent.token.label_digest[0] ^= 1;
	arrival.frame.release_token = world_token(&world, WORLD_NATO, &sent.token);
	assert_int_equal(admits(&arrival), VERDICT_DENY);
	sent.token.label_digest[0] ^= 1;
	arrival.frame.release_token = world_token(&world, WORLD_NATO, &sent.token);
	assert_int_equal(admits(&arrival), VERDICT_PERMIT);
	sent.token.manifest_digest[0] ^= 1;
	arrival.frame.release_token = world_token(&world, WORLD_NATO, &sent.token);
	assert_int_equal(admits(&arrival), VERDICT_DENY);
}

static int admits_it(void *context)
{
	return admits(context) == VERDICT_PERMIT;
}

static void whichever_allocation_fails_nothing_is_admitted(void **context)
{
	(void)context;
	struct arrival arrival;
	arrive(&arrival);
	assert_true(starve_each(admits_it, &arrival) > 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_release_is_admitted),
		TEST(a_release_for_another_nation_is_not_admitted),
		TEST(labels_that_are_not_those_of_the_token_are_not_admitted),
		TEST(whichever_allocation_fails_nothing_is_admitted),
		TEST(a_release_under_another_nations_name_is_not_admitted),
		TEST(each_field_of_an_arriving_token_counts),
		TEST(an_arriving_manifest_must_be_the_senders_own),
		TEST(a_release_of_another_realm_is_not_admitted),
		TEST(other_octets_than_the_token_names_are_not_admitted),
		TEST(a_stale_or_future_token_is_not_admitted),
		TEST(a_recalled_object_is_not_admitted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
