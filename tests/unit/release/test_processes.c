/* The real guard and seal of two nations, between stores, ledgers and links that the test plays. */
#include "node.h"

#include "protocol/feed.h"

#include <sys/wait.h>

#define OBJECT_1 "report--11111111-1111-4111-8111-111111111111"
#define OBJECT_2 "report--22222222-2222-4222-8222-222222222222"
#define OBJECT_3 "report--33333333-3333-4333-8333-333333333333"

static struct coalition all;
static struct node *const nato = &all.nodes[WORLD_NATO], *const kor = &all.nodes[WORLD_KOR];

static int set_up(void **context)
{
	(void)context;
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

/* Data that the peer admitted with this body. */
static size_t admitted(const struct node *node, struct slice body)
{
	size_t count = 0;
	for (size_t i = 0; i < node->admitted_count; i++)
		count += slice_equal(node->admitted[i].body, body);
	return count;
}

static size_t admitted_kind(const struct node *node, enum control_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < node->admitted_count; i++) {
		AUTO_ARENA arena = {0};
		struct control_entry entry = {0};
		count += node->admitted[i].feed == FEED_CONTROL &&
			 control_entry_open(node->admitted[i].body, &arena, &entry) == ERR_OK && entry.kind == kind;
		if (entry.kind == CONTROL_RECALL || entry.kind == CONTROL_WITHDRAWAL)
			assert_int_equal(entry.reason.len, 0); /* it stays in the ledger of who recalls */
	}
	return count;
}

static struct slice expected;

static bool is_expected_there(struct coalition *coalition)
{
	(void)coalition;
	return admitted(kor, expected) > 0;
}

static void assert_arrives(struct slice body)
{
	expected = body;
	if (!coalition_until(&all, is_expected_there))
		fail_msg("it does not arrive");
	assert_int_equal(admitted(kor, body), 1);
}

static void assert_released(struct slice rendition, const char *approver)
{
	struct node_answer *answer = node_release(&all, nato, rendition, approver, true);
	if (answer->type != MSG_RELEASED)
		fail_msg("%s: %s", message_name(answer->type), answer->text);
}

static bool is_acknowledged(struct coalition *coalition)
{
	(void)coalition;
	return nato->parked_count && nato->acknowledged == nato->parked_count;
}

static void a_release_reaches_the_peer_and_is_acknowledged(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_released(rendition, NULL);
	assert_arrives(rendition);
	assert_true(coalition_until(&all, is_acknowledged));
	assert_int_equal(node_count_records(&all, nato, LEDGER_PUBLISH), 1);
	assert_true(node_count_records(&all, nato, LEDGER_RELEASE) >= 1);
	assert_int_equal(nato->parked_count, 1);
}

static void what_waits_puts_no_octet_on_the_wire_until_it_is_approved(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_SECRET_KOR);
	struct node_answer *answer = node_release(&all, nato, rendition, NULL, true);
	assert_int_equal(answer->type, MSG_REFUSED);
	assert_int_equal(answer->err, ERR_REFUSED);
	answer = node_release(&all, nato, rendition, "analyst", true);
	assert_int_equal(answer->err, ERR_REFUSED);
	coalition_run(&all, 200);
	assert_int_equal(nato->frames_out, 0);
	assert_int_equal(nato->parked_count, 0);
	assert_int_equal(node_count_records(&all, nato, LEDGER_RELEASE_DENIED), 2);
	assert_released(rendition, "release");
	assert_arrives(rendition);
}

static void without_the_ledger_nothing_leaves_and_afterwards_it_goes_on(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_released(rendition, NULL);
	assert_arrives(rendition);
	struct slice second = node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
	node_cut_ledger(&all, nato);
	coalition_run(&all, 50);
	struct node_answer *answer = node_release(&all, nato, second, NULL, false);
	assert_int_equal(answer->err, ERR_UNAVAILABLE);
	coalition_run(&all, 200);
	assert_int_equal(nato->parked_count, 1);
	node_give_ledger(&all, nato);
	assert_released(second, NULL);
	assert_arrives(second);
}

static void without_seal_nothing_leaves_and_afterwards_the_chain_goes_on(void **context)
{
	(void)context;
	struct slice first = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_released(first, NULL);
	assert_arrives(first);
	node_kill(&all, nato, ROLE_SEAL);
	coalition_connect(&all, false);
	struct slice second = node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
	struct node_answer *answer = node_release(&all, nato, second, NULL, false);
	assert_int_equal(answer->err, ERR_UNAVAILABLE);
	assert_int_equal(nato->parked_count, 1);
	node_start_seal(&all, nato);
	coalition_connect(&all, true);
	assert_released(second, NULL);
	assert_arrives(second);
	assert_int_equal(nato->parked[1].seq, 2);
}

static void a_guard_that_was_killed_is_replaced_and_its_tokens_end(void **context)
{
	(void)context;
	struct slice first = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_released(first, NULL);
	node_kill(&all, nato, ROLE_GUARD);
	node_start_guard(&all, nato);
	struct slice second = node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
	assert_released(second, NULL);
	assert_arrives(first);
	assert_arrives(second);
	assert_int_equal(node_count_records(&all, nato, LEDGER_START), 2);
}

static void a_cut_loses_nothing_and_repeats_nothing(void **context)
{
	(void)context;
	struct slice renditions[6];
	for (size_t i = 0; i < 6; i++) {
		char id[64];
		(void)snprintf(id, sizeof(id), "report--%08zx-1111-4111-8111-111111111111", i);
		renditions[i] = node_publish(&all, nato, arena_text(&all.world.arena, slice_text(id)),
					     LABEL_RESTRICTED_KOR);
		coalition_connect(&all, i % 2 == 0);
		assert_released(renditions[i], NULL);
	}
	coalition_connect(&all, false);
	coalition_connect(&all, true);
	for (size_t i = 0; i < 6; i++)
		assert_arrives(renditions[i]);
	coalition_run(&all, 300);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(admitted(kor, renditions[i]), 1);
}

enum { BURST = 120 };

static bool is_burst_there(struct coalition *coalition)
{
	(void)coalition;
	return kor->admitted_count >= BURST;
}

static void a_burst_beyond_the_window_arrives_whole_and_in_order(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	struct msg_release ask = {.recipient = SLICE("KOR"),
				  .author = SLICE("analyst"),
				  .roles = SLICE("analyst"),
				  .precedence = LANE_ROUTINE,
				  .rendition = rendition};
	assert_released(rendition, NULL);
	for (uint64_t i = 1; i < BURST; i++)
		assert_ok(channel_send(nato->guard_store, MSG_RELEASE, 100000 + i, &ask, -1));
	assert_true(coalition_until(&all, is_burst_there));
	coalition_run(&all, 100);
	assert_int_equal(kor->admitted_count, BURST);
	for (size_t i = 0; i < BURST; i++)
		assert_int_equal(kor->admitted[i].seq, i + 1);
}

static void both_end_in_order_when_told(void **context)
{
	(void)context;
	int status;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_released(rendition, NULL);
	assert_ok(channel_send(nato->guard_master, MSG_STOP, 0, &(struct msg_empty){0}, -1));
	assert_ok(channel_send(nato->seal_master, MSG_STOP, 0, &(struct msg_empty){0}, -1));
	assert_int_equal(waitpid(nato->guard, &status, 0), nato->guard);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(waitpid(nato->seal, &status, 0), nato->seal);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	nato->guard = nato->seal = 0;
}

static bool has_recall(struct coalition *coalition)
{
	(void)coalition;
	return admitted_kind(kor, CONTROL_RECALL) > 0;
}

static bool has_receipt(struct coalition *coalition)
{
	(void)coalition;
	return admitted_kind(nato, CONTROL_RECEIPT) > 0;
}

static void order_recall(const char *object_id)
{
	struct nation_item nations[] = {{SLICE("KOR")}};
	struct msg_order order = {.kind = CONTROL_RECALL,
				  .user = SLICE("release"),
				  .object_id = slice_text(object_id),
				  .reason = SLICE("wrong label"),
				  .nations = {nations, 1}};
	assert_int_equal(node_ask_guard(&all, nato, MSG_ORDER_RECALL, &order)->type, MSG_ORDERED);
}

static void a_recall_goes_first_is_receipted_and_is_final(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_released(rendition, NULL);
	assert_arrives(rendition);
	order_recall(OBJECT_1);
	assert_true(coalition_until(&all, has_recall));
	struct msg_receipt receipt = {SLICE("NATO"), SLICE(OBJECT_1), 1};
	assert_ok(channel_send(kor->seal_store, MSG_RECEIPT, 77, &receipt, -1));
	assert_true(coalition_until(&all, has_receipt));
	assert_int_equal(node_count_records(&all, nato, LEDGER_RECALL), 1);
	struct node_answer *answer = node_release(&all, nato, rendition, "release", true);
	assert_int_equal(answer->err, ERR_REFUSED);
	struct slice other = node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
	assert_released(other, NULL);
	assert_arrives(other);
}

static void a_recall_survives_the_death_of_guard_and_seal(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_released(rendition, NULL);
	order_recall(OBJECT_1);
	node_kill(&all, nato, ROLE_GUARD);
	node_kill(&all, nato, ROLE_SEAL);
	coalition_connect(&all, false);
	node_start_guard(&all, nato);
	node_start_seal(&all, nato);
	coalition_connect(&all, true);
	struct node_answer *answer = node_release(&all, nato, rendition, "release", true);
	assert_int_equal(answer->err, ERR_REFUSED);
	struct slice other = node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
	assert_released(other, NULL);
	assert_arrives(other);
	assert_int_equal(admitted_kind(kor, CONTROL_RECALL), 1);
}

static void a_store_that_changes_parked_frames_gets_none_on_the_wire(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	coalition_connect(&all, false);
	assert_released(rendition, NULL);
	nato->store_lies = true;
	coalition_connect(&all, true);
	coalition_run(&all, 500);
	assert_int_equal(nato->frames_out, 0);
	assert_int_equal(kor->admitted_count, 0);
}

static void a_link_that_changes_octets_gets_nothing_admitted(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	nato->link_flips = true;
	assert_released(rendition, NULL);
	coalition_run(&all, 500);
	assert_true(kor->frames_in > 0);
	assert_int_equal(kor->admitted_count, 0);
	nato->link_flips = false;
	coalition_connect(&all, false);
	coalition_connect(&all, true);
	assert_arrives(rendition);
}

static void a_store_that_cannot_park_is_asked_again(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	nato->store_full = true;
	struct node_answer *answer;
	do
		answer = node_release(&all, nato, rendition, NULL, false);
	while (nato->parked_count);
	assert_int_equal(answer->err, ERR_UNAVAILABLE);
	nato->store_full = false;
	assert_released(rendition, NULL);
	assert_arrives(rendition);
}

static bool has_witnessed(struct coalition *coalition)
{
	(void)coalition;
	return nato->witnessed_larger;
}

/* KOR's ledger says that it saw a tree of NATO with more than one record. */
static bool is_seen_by_kor(struct coalition *coalition)
{
	for (size_t i = 0; i < kor->record_count; i++) {
		struct ledger_record record;
		assert_ok(ledger_record_decode(kor->records[i], &coalition->world.arena, &record));
		if (record.kind == LEDGER_WITNESS && record.sequence > 1)
			return true;
	}
	return false;
}

static void a_ledger_that_was_set_back_is_found_by_the_peer_and_nothing_is_released(void **context)
{
	(void)context;
	struct slice rendition = node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	assert_released(rendition, NULL);
	assert_arrives(rendition);
	node_kill(&all, nato, ROLE_SEAL);
	node_start_seal(&all, nato);
	coalition_connect(&all, false);
	coalition_connect(&all, true);
	assert_true(coalition_until(&all, is_seen_by_kor));
	struct slice second = node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
	node_kill(&all, nato, ROLE_SEAL);
	nato->rolled_back_to = 1;
	node_start_seal(&all, nato);
	coalition_connect(&all, false);
	coalition_connect(&all, true);
	assert_true(coalition_until(&all, has_witnessed));
	coalition_run(&all, 100);
	struct node_answer *answer = node_release(&all, nato, second, NULL, false);
	assert_int_equal(answer->err, ERR_UNAVAILABLE);
	assert_int_equal(admitted(kor, second), 0);
}

/* How often KOR recorded a tree of NATO, and the size of the largest. */
static size_t sightings(struct coalition *coalition, uint64_t *ret_size)
{
	size_t count = 0;
	*ret_size = 0;
	for (size_t i = 0; i < kor->record_count; i++) {
		struct ledger_record record;
		assert_ok(ledger_record_decode(kor->records[i], &coalition->world.arena, &record));
		if (record.kind != LEDGER_WITNESS)
			continue;
		count++;
		*ret_size = record.sequence > *ret_size ? record.sequence : *ret_size;
	}
	return count;
}

static uint64_t wanted;

static bool is_wanted_seen(struct coalition *coalition)
{
	uint64_t size;
	return sightings(coalition, &size) && size >= wanted;
}

static void reconnect(void)
{
	wanted = nato->record_count;
	coalition_connect(&all, false);
	coalition_connect(&all, true);
}

static void a_ledger_that_grows_is_cosigned_again_and_again_also_after_a_new_start(void **context)
{
	(void)context;
	for (size_t i = 0; i < 4; i++) {
		char id[64];
		(void)snprintf(id, sizeof(id), "report--%08zx-2222-4222-8222-111111111111", i);
		(void)node_publish(&all, nato, arena_text(&all.world.arena, slice_text(id)), LABEL_RESTRICTED_KOR);
		if (i == 2) { /* it no longer knows what KOR saw, and is told */
			node_kill(&all, nato, ROLE_SEAL);
			node_start_seal(&all, nato);
		}
		reconnect();
		assert_true(coalition_until(&all, is_wanted_seen));
	}
}

static void a_ledger_that_grew_over_a_changed_past_is_not_cosigned(void **context)
{
	(void)context;
	uint64_t before, after;
	(void)node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	reconnect();
	assert_true(coalition_until(&all, is_wanted_seen));
	size_t count = sightings(&all, &before);
	nato->leaves[0][0] ^= 1; /* another first record, and all honestly signed and proved */
	(void)node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
	node_kill(&all, nato, ROLE_SEAL);
	node_start_seal(&all, nato);
	reconnect();
	coalition_run(&all, 1500);
	assert_int_equal(sightings(&all, &after), count);
	assert_int_equal(after, before);
}

static void a_ledger_that_proves_nothing_is_not_cosigned(void **context)
{
	(void)context;
	uint64_t before, after;
	(void)node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR);
	reconnect();
	assert_true(coalition_until(&all, is_wanted_seen));
	size_t count = sightings(&all, &before);
	nato->proves_nothing = true;
	(void)node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR);
	reconnect();
	coalition_run(&all, 1500);
	assert_int_equal(sightings(&all, &after), count);
	nato->proves_nothing = false;
	reconnect();
	assert_true(coalition_until(&all, is_wanted_seen));
}

static bool has_late_tree(struct coalition *coalition)
{
	(void)coalition;
	return nato->late_request != 0;
}

/* The ledger's answer to seal and guard's order to seal come on two channels: which is read first is chance. */
static void an_older_tree_that_comes_after_a_newer_release_is_no_roll_back(void **context)
{
	(void)context;
	assert_released(node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR), NULL);
	nato->tree_waits = true;
	node_cut_ledger(&all, nato);
	node_give_ledger(&all, nato); /* seal asks for the tree */
	assert_true(coalition_until(&all, has_late_tree));
	assert_released(node_publish(&all, nato, OBJECT_2, LABEL_RESTRICTED_KOR), NULL);
	assert_true(nato->record_count > nato->late_size);
	struct msg_tree late = {nato->late_size, nato->late_checkpoint, (struct slice){0}};
	assert_ok(channel_send(nato->seal_ledger, MSG_TREE_DONE, nato->late_request, &late, -1));
	nato->tree_waits = false;
	coalition_run(&all, 100);
	struct slice third = node_publish(&all, nato, OBJECT_3, LABEL_RESTRICTED_KOR);
	assert_int_equal(node_release(&all, nato, third, NULL, false)->type, MSG_RELEASED);
	assert_arrives(third);
}

/* NATO's store loses a frame that KOR holds: KOR says so, and the feed takes nothing more. */
static void freeze(void)
{
	for (size_t i = 0; i < 2; i++)
		assert_released(node_publish(&all, nato, i ? OBJECT_2 : OBJECT_1, LABEL_RESTRICTED_KOR), NULL);
	assert_true(coalition_until(&all, is_acknowledged));
	node_kill(&all, nato, ROLE_SEAL);
	nato->parked_count = 1;
	node_start_seal(&all, nato);
	coalition_connect(&all, false);
	coalition_connect(&all, true);
	coalition_run(&all, 1500);
}

static void a_frozen_feed_puts_no_releases_into_the_ledger(void **context)
{
	(void)context;
	freeze();
	struct slice rendition = node_publish(&all, nato, OBJECT_3, LABEL_RESTRICTED_KOR);
	size_t before = node_count_records(&all, nato, LEDGER_RELEASE);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(node_release(&all, nato, rendition, NULL, false)->err, ERR_UNAVAILABLE);
	assert_int_equal(node_count_records(&all, nato, LEDGER_RELEASE), before);
}

static struct node_answer *order_recall_of(const char *object_id, const char *one, const char *two)
{
	struct nation_item nations[] = {{slice_text(one)}, {slice_text(two)}};
	struct msg_order order = {.kind = CONTROL_RECALL,
				  .user = SLICE("release"),
				  .object_id = slice_text(object_id),
				  .nations = {nations, two ? 2 : 1}};
	return node_ask_guard(&all, nato, MSG_ORDER_RECALL, &order);
}

static void a_recall_while_seal_is_away_is_recorded_once_it_is_back(void **context)
{
	(void)context;
	assert_released(node_publish(&all, nato, OBJECT_1, LABEL_RESTRICTED_KOR), NULL);
	node_kill(&all, nato, ROLE_SEAL);
	coalition_run(&all, 100);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(order_recall_of(OBJECT_1, "KOR", NULL)->err, ERR_UNAVAILABLE);
	assert_int_equal(node_count_records(&all, nato, LEDGER_RECALL), 0);
	node_start_seal(&all, nato);
	coalition_connect(&all, false);
	coalition_connect(&all, true);
	while (order_recall_of(OBJECT_1, "KOR", NULL)->type != MSG_ORDERED)
		coalition_run(&all, 50);
	assert_int_equal(node_count_records(&all, nato, LEDGER_RECALL), 1);
	assert_true(coalition_until(&all, has_recall));
}

static void a_recall_to_a_frozen_feed_is_recorded_once_and_does_not_hold_back_the_others(void **context)
{
	(void)context;
	freeze();
	struct node_answer *answer = order_recall_of(OBJECT_1, "KOR", "USA");
	assert_int_equal(answer->type, MSG_ORDERED);
	struct msg_ordered ordered;
	assert_ok(record_decode(message_schema(MSG_ORDERED, ROLE_GUARD, ROLE_STORE), answer->raw, &all.world.arena, &ordered));
	assert_int_equal(ordered.nations.count, 1);
	assert_true(slice_equal(((const struct nation_item *)ordered.nations.items)[0].name, SLICE("USA")));
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(order_recall_of(OBJECT_1, "KOR", NULL)->err, ERR_UNAVAILABLE);
	assert_int_equal(node_count_records(&all, nato, LEDGER_RECALL), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_release_reaches_the_peer_and_is_acknowledged),
		TEST(what_waits_puts_no_octet_on_the_wire_until_it_is_approved),
		TEST(without_the_ledger_nothing_leaves_and_afterwards_it_goes_on),
		TEST(without_seal_nothing_leaves_and_afterwards_the_chain_goes_on),
		TEST(a_guard_that_was_killed_is_replaced_and_its_tokens_end),
		TEST(a_cut_loses_nothing_and_repeats_nothing),
		TEST(a_burst_beyond_the_window_arrives_whole_and_in_order),
		TEST(both_end_in_order_when_told),
		TEST(a_recall_goes_first_is_receipted_and_is_final),
		TEST(a_recall_survives_the_death_of_guard_and_seal),
		TEST(an_older_tree_that_comes_after_a_newer_release_is_no_roll_back),
		TEST(a_frozen_feed_puts_no_releases_into_the_ledger),
		TEST(a_recall_while_seal_is_away_is_recorded_once_it_is_back),
		TEST(a_recall_to_a_frozen_feed_is_recorded_once_and_does_not_hold_back_the_others),
		TEST(a_store_that_changes_parked_frames_gets_none_on_the_wire),
		TEST(a_link_that_changes_octets_gets_nothing_admitted),
		TEST(a_store_that_cannot_park_is_asked_again),
		TEST(a_ledger_that_grows_is_cosigned_again_and_again_also_after_a_new_start),
		TEST(a_ledger_that_grew_over_a_changed_past_is_not_cosigned),
		TEST(a_ledger_that_proves_nothing_is_not_cosigned),
		TEST(a_ledger_that_was_set_back_is_found_by_the_peer_and_nothing_is_released),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
