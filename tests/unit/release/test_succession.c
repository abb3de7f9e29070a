/* A successor of the roster, brought by LTU's control feed to the real seal of NATO: LTU is played by the test, octet by
 * octet. */
#include "node.h"

#include "protocol/roster.h"
#include "protocol/wire.h"

#define OBJECT_1 "report--11111111-1111-4111-8111-111111111111"
#define OBJECT_2 "report--22222222-2222-4222-8222-222222222222"

static struct coalition all;
static struct node *const nato = &all.nodes[WORLD_NATO];
static uint8_t control_digest[32]; /* of the newest control frame of LTU */
static uint64_t control_seq;

static int set_up(void **context)
{
	(void)context;
	memset(control_digest, 0, sizeof(control_digest));
	control_seq = 0;
	coalition_init(&all);
	coalition_connect(&all, true);
	return 0;
}

static int tear_down(void **context)
{
	(void)context;
	coalition_done(&all);
	return 0;
}

static struct slice kept(struct buf *buf)
{
	assert_ok(buf->err);
	return coalition_keep(&all, buf_slice(buf));
}

/* ---- LTU ---- */

static void connect_ltu(void)
{
	struct msg_peer_state state = {SLICE("LTU"), 1, 1};
	assert_ok(channel_send(nato->seal_link, MSG_PEER_STATE, 0, &state, -1));
}

static struct slice sealed_for_nato(struct slice body)
{
	static const uint8_t zeros[65536];
	struct seal_recipient *recipient;
	struct sealed sealed = {body, slice_of(zeros, sealed_padding(body.len))};
	AUTO_BUF plain = buf_make(LIMIT_FRAME);
	AUTO_BUF payload = buf_make(LIMIT_FRAME);
	record_encode(&sealed_schema, &sealed, &plain);
	assert_ok(seal_recipient_new(all.world.rows[WORLD_NATO].seal_certificate, &recipient));
	assert_ok(crypto_seal(recipient, buf_slice(&plain), &payload));
	seal_recipient_free(recipient);
	return kept(&payload);
}

static void send_frame(struct frame *frame, struct slice body)
{
	AUTO_BUF part = buf_make(LIMIT_FRAME);
	AUTO_BUF whole = buf_make(LIMIT_FRAME);
	AUTO_BUF octets = buf_make(LIMIT_FRAME);
	frame->format = FRAME_FORMAT;
	frame->from = SLICE("LTU");
	frame->to = SLICE("NATO");
	frame->sent = WORLD_NOW;
	frame->payload = sealed_for_nato(body);
	crypto_sha256(body, frame->object_digest);
	record_encode(&frame_unsigned_schema, frame, &part);
	assert_ok(signing_key_sign(all.world.feed[WORLD_LTU], FRAME_DOMAIN, buf_slice(&part), frame->signature));
	record_encode(&frame_schema, frame, &whole);
	assert_ok(whole.err);
	if (frame->feed == FEED_CONTROL)
		frame_digest(buf_slice(&whole), control_digest);
	wire_put(WIRE_FRAME, buf_slice(&whole), &octets);
	struct msg_wire wire = {SLICE("LTU"), 1, buf_slice(&octets)};
	assert_ok(channel_send(nato->seal_link, MSG_WIRE, 0, &wire, -1));
}

static void send_roster(struct slice roster, uint64_t epoch)
{
	struct control_entry entry = {.kind = CONTROL_ROSTER, .body = roster, .issued = WORLD_NOW};
	AUTO_BUF body = buf_make(LIMIT_CONTROL_ENTRY);
	record_encode(&control_entry_schema, &entry, &body);
	assert_ok(body.err);
	struct frame frame = {.feed = FEED_CONTROL, .seq = ++control_seq, .roster_epoch = epoch};
	memcpy(frame.prev_digest, control_digest, sizeof(control_digest));
	send_frame(&frame, buf_slice(&body));
}

static void send_data(uint64_t epoch)
{
	struct frame frame = {
		.feed = FEED_DATA, .lane = LANE_ROUTINE, .seq = 1, .roster_epoch = epoch, .release_token = SLICE("token")};
	send_frame(&frame, SLICE("no rendition"));
}

/* ---- rosters ---- */

/* The roster after this one, signed by the nations of the set. */
static struct slice successor(struct slice before, uint64_t epoch, unsigned signers)
{
	struct roster_signature signatures[WORLD_NATIONS];
	struct roster next = all.world.roster;
	size_t count = 0;
	AUTO_BUF part = buf_make(LIMIT_MESSAGE);
	AUTO_BUF octets = buf_make(LIMIT_MESSAGE);
	next.epoch = epoch;
	roster_digest(before, next.prev_digest);
	roster_signed_part(&next, &part);
	for (size_t i = 0; i < WORLD_NATIONS; i++) {
		if (!(signers & 1u << i))
			continue;
		signatures[count].name = all.world.rows[i].name;
		assert_ok(signing_key_sign(all.world.originator[i], ROSTER_DOMAIN, buf_slice(&part), signatures[count++].signature));
	}
	next.signatures = (struct record_list){signatures, count};
	record_encode(&roster_schema, &next, &octets);
	return kept(&octets);
}

enum { KOR_AND_LTU = 1u << WORLD_KOR | 1u << WORLD_LTU };

/* ---- what NATO makes of it ---- */

static bool is_admitted(struct coalition *coalition)
{
	(void)coalition;
	for (size_t i = 0; i < nato->admitted_count; i++)
		if (nato->admitted[i].peer == WORLD_LTU && nato->admitted[i].feed == FEED_CONTROL &&
		    nato->admitted[i].seq == control_seq)
			return true;
	return false;
}

static bool is_data_passed_over(struct coalition *coalition)
{
	(void)coalition;
	for (size_t i = 0; i < nato->admitted_count; i++)
		if (nato->admitted[i].peer == WORLD_LTU && nato->admitted[i].feed == FEED_DATA)
			return nato->admitted[i].body.len == 0;
	return false;
}

static size_t told_ltu(void)
{
	size_t count = 0;
	for (size_t i = 0; i < nato->parked_count; i++)
		count += nato->parked[i].peer == WORLD_LTU && nato->parked[i].feed == FEED_CONTROL;
	return count;
}

static struct slice publish_and_begin(void)
{
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_int_equal(node_release(&all, nato, rendition, NULL, true)->type, MSG_RELEASED);
	connect_ltu();
	return node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
}

static void assert_held(struct slice rendition)
{
	struct node_answer *answer = node_release(&all, nato, rendition, NULL, false);
	assert_int_equal(answer->type, MSG_REFUSED);
	assert_int_equal(answer->err, ERR_UNAVAILABLE);
}

static void a_successor_signed_by_a_majority_ends_the_epoch_before_it(void **context)
{
	(void)context;
	struct slice second = publish_and_begin();
	send_roster(successor(all.roster, 2, KOR_AND_LTU), 1);
	assert_true(coalition_until(&all, is_admitted));
	assert_int_equal(node_count_records(&all, nato, LEDGER_ROSTER), 1);
	assert_held(second);
	send_data(1);
	assert_true(coalition_until(&all, is_data_passed_over));
	assert_int_equal(told_ltu(), 1);
}

static void a_new_start_does_not_forget_it(void **context)
{
	(void)context;
	struct slice second = publish_and_begin();
	send_roster(successor(all.roster, 2, KOR_AND_LTU), 1);
	assert_true(coalition_until(&all, is_admitted));
	node_kill(&all, nato, ROLE_SEAL);
	node_start_seal(&all, nato);
	coalition_run(&all, 300);
	assert_held(second);
	connect_ltu();
	send_data(1);
	assert_true(coalition_until(&all, is_data_passed_over));
}

static void with_the_successor_installed_releases_go_on(void **context)
{
	(void)context;
	struct slice second = publish_and_begin();
	struct slice next = successor(all.roster, 2, KOR_AND_LTU);
	send_roster(next, 1);
	assert_true(coalition_until(&all, is_admitted));
	node_kill(&all, nato, ROLE_SEAL);
	node_kill(&all, nato, ROLE_GUARD);
	all.roster = next;
	node_start_guard(&all, nato);
	node_start_seal(&all, nato);
	assert_int_equal(node_release(&all, nato, second, NULL, true)->type, MSG_RELEASED);
}

static void rosters_follow_each_other_in_one_life(void **context)
{
	(void)context;
	(void)publish_and_begin();
	struct slice second = successor(all.roster, 2, KOR_AND_LTU);
	send_roster(second, 1);
	assert_true(coalition_until(&all, is_admitted));
	send_roster(successor(all.roster, 3, KOR_AND_LTU), 2); /* does not follow the second */
	assert_true(coalition_until(&all, is_admitted));
	assert_int_equal(node_count_records(&all, nato, LEDGER_ROSTER), 1);
	send_roster(second, 2); /* known */
	assert_true(coalition_until(&all, is_admitted));
	assert_int_equal(node_count_records(&all, nato, LEDGER_ROSTER), 1);
	send_roster(successor(second, 3, KOR_AND_LTU), 2);
	assert_true(coalition_until(&all, is_admitted));
	assert_int_equal(node_count_records(&all, nato, LEDGER_ROSTER), 2);
}

static void a_roster_without_a_majority_or_a_form_has_no_effect(void **context)
{
	(void)context;
	struct slice second = publish_and_begin();
	const struct slice rosters[] = {successor(all.roster, 2, 1u << WORLD_LTU), successor(all.roster, 2, 0),
					successor(SLICE("another"), 2, 7), successor(all.roster, 3, 7), SLICE("nonsense")};
	for (size_t i = 0; i < sizeof(rosters) / sizeof(rosters[0]); i++) {
		send_roster(rosters[i], 1);
		assert_true(coalition_until(&all, is_admitted));
	}
	assert_int_equal(node_count_records(&all, nato, LEDGER_ROSTER), 0);
	assert_int_equal(node_release(&all, nato, second, NULL, true)->type, MSG_RELEASED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_successor_signed_by_a_majority_ends_the_epoch_before_it),
		TEST(a_new_start_does_not_forget_it),
		TEST(with_the_successor_installed_releases_go_on),
		TEST(rosters_follow_each_other_in_one_life),
		TEST(a_roster_without_a_majority_or_a_form_has_no_effect),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
