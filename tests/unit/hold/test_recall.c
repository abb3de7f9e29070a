#include "fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#define WORD "zweiundvierzig"
#define KOREAN_WORD "항만침투"

struct pair {
	struct fixture nato, kor;
};

static int pair_setup(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	assert_non_null(pair);
	fixture_open(&pair->nato, "NATO");
	fixture_open(&pair->kor, "KOR");
	*state = pair;
	return 0;
}

static int pair_teardown(void **state)
{
	struct pair *pair = *state;
	fixture_close(&pair->nato);
	fixture_close(&pair->kor);
	free(pair);
	return 0;
}

static enum err recall(struct fixture *f, const char *id)
{
	assert_ok(hold_begin(f->hold));
	enum err err = hold_recall_order(f->hold, view_of(f, CLEARED_NATO), slice_text(id), SLICE("release"), SLICE("test"), ++f->now);
	if (err == ERR_OK)
		assert_ok(hold_commit(f->hold));
	else
		hold_rollback(f->hold);
	return err;
}

static void apply(struct fixture *f, const char *id)
{
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_recall_apply(f->hold, SLICE("NATO"), slice_text(id), ++f->now));
	assert_ok(hold_commit(f->hold));
}

static void fill(struct fixture *f, int count)
{
	for (int i = 0; i < count; i++)
		PUT_TEXT(f, "filler", LABEL_PUBLIC, {LABEL_PUBLIC, "other words that stay"});
}

static void recalled_words_are_in_no_file_of_the_author(void **state)
{
	struct pair *p = *state;
	fill(&p->nato, 20);
	const char *id = PUT_TEXT(&p->nato, "Titel " WORD, LABEL_PUBLIC, {LABEL_PUBLIC, "body " WORD " " KOREAN_WORD});
	fill(&p->nato, 20);
	assert_true(files_hold(&p->nato, WORD));
	assert_ok(recall(&p->nato, id));
	assert_true(hold_is_purged(p->nato.hold));
	assert_false(files_hold(&p->nato, WORD));
	assert_false(files_hold(&p->nato, KOREAN_WORD));
	assert_false(files_hold(&p->nato, "침투"));
	assert_int_equal(found(&p->nato, CLEARED_NATO, WORD), 0);
	assert_int_equal(found(&p->nato, CLEARED_NATO, "words"), 40);
	assert_false(is_seen(&p->nato, CLEARED_NATO, id));
	fixture_reopen(&p->nato);
	assert_false(files_hold(&p->nato, WORD));
	assert_int_equal(found(&p->nato, CLEARED_NATO, "words"), 40);
}

static void words_of_older_versions_go_with_the_object(void **state)
{
	struct pair *p = *state;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "body " WORD});
	fixture_put(&p->nato, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 1,
					    .pieces = (struct piece[]){{LABEL_PUBLIC, "corrected"}}});
	assert_ok(recall(&p->nato, id));
	assert_false(files_hold(&p->nato, WORD));
}

static void holder_deletes_receipts_and_never_admits_again(void **state)
{
	struct pair *p = *state;
	bool fresh = false;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "body " WORD});
	struct slice rendition = release_to(&p->nato, "KOR", id, NULL);
	fill(&p->kor, 5);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_true(files_hold(&p->kor, WORD));
	apply(&p->kor, id);
	assert_false(files_hold(&p->kor, WORD));
	struct msg_receipt *receipts;
	size_t count;
	assert_ok(hold_receipts(p->kor.hold, &p->kor.arena, &receipts, &count));
	assert_int_equal(count, 1);
	assert_slice(receipts[0].peer, "NATO");
	assert_slice(receipts[0].object_id, id);
	assert_int_equal(receipts[0].copies, 2);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_false(fresh);
	assert_false(is_seen(&p->kor, CLEARED_KOR, id));
	assert_false(files_hold(&p->kor, WORD));
}

static void recall_that_comes_first_wins(void **state)
{
	struct pair *p = *state;
	bool fresh = true;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, WORD});
	struct slice rendition = release_to(&p->nato, "KOR", id, NULL);
	apply(&p->kor, id);
	fixture_reopen(&p->kor);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_false(fresh);
	assert_int_equal(found(&p->kor, CLEARED_KOR, WORD), 0);
}

static void recall_of_one_nation_does_not_touch_the_same_id_of_another(void **state)
{
	struct pair *p = *state;
	const char *id = "malware--00000000-0000-4000-8000-000000000001";
	fixture_put(&p->kor, &(struct put){.id = id, .type = "malware", .title = "mine", .label = LABEL_PUBLIC});
	apply(&p->kor, id);
	assert_true(is_seen(&p->kor, CLEARED_KOR, id));
}

static void recalled_id_cannot_be_used_again(void **state)
{
	struct pair *p = *state;
	struct put put = {.id = "malware--00000000-0000-4000-8000-000000000001", .type = "malware", .title = "t", .label = LABEL_PUBLIC};
	const char *id = NULL;
	fixture_put(&p->nato, &put);
	assert_ok(recall(&p->nato, put.id));
	assert_int_equal(fixture_try(&p->nato, &put, &id, NULL), ERR_CONFLICT);
}

static enum err holders_of(struct fixture *f, const char *clearance, const char *id, struct msg_holders *ret_holders)
{
	return hold_holders(f->hold, view_of(f, clearance), slice_text(id), &f->arena, ret_holders);
}

static void recall_of_something_hidden_is_hidden(void **state)
{
	struct pair *p = *state;
	struct msg_holders holders;
	const char *id = NULL;
	struct put put = {.id = "malware--00000000-0000-4000-8000-000000000001", .type = "malware", .title = "t", .label = LABEL_SECRET};
	fixture_put(&p->nato, &put);
	assert_ok(recall(&p->nato, put.id));
	assert_ok(holders_of(&p->nato, CLEARED_NATO, put.id, &holders));
	assert_int_equal(holders_of(&p->nato, CLEARED_PUBLIC, put.id, &holders), ERR_NOT_FOUND);
	assert_ok(hold_holders(p->nato.hold, NULL, slice_text(put.id), &p->nato.arena, &holders)); /* an auditor */
	put.label = LABEL_PUBLIC;
	put.clearance = CLEARED_PUBLIC;
	assert_ok(fixture_try(&p->nato, &put, &id, NULL)); /* for him the id was never used */
}

static void recall_takes_every_object_of_the_id_that_its_officer_sees(void **state)
{
	struct pair *p = *state;
	struct msg_holders holders;
	struct put put = {.id = "malware--00000000-0000-4000-8000-000000000001", .type = "malware", .title = WORD, .label = LABEL_SECRET};
	fixture_put(&p->nato, &put);
	put.label = LABEL_PUBLIC;
	put.clearance = CLEARED_PUBLIC;
	fixture_put(&p->nato, &put);
	assert_int_equal(found(&p->nato, CLEARED_NATO, WORD), 2);
	assert_ok(recall(&p->nato, put.id));
	assert_int_equal(found(&p->nato, CLEARED_NATO, WORD), 0);
	assert_false(is_seen(&p->nato, CLEARED_PUBLIC, put.id));
	assert_int_equal(holders_of(&p->nato, CLEARED_PUBLIC, put.id, &holders), ERR_NOT_FOUND); /* its holders are those of both */
}

static void holders_are_those_who_may_hold_a_token(void **state)
{
	struct pair *p = *state;
	struct msg_holders holders;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, WORD});
	release_to(&p->nato, "KOR", id, NULL);
	release_to(&p->nato, "USA", id, NULL);
	assert_int_equal(holders_of(&p->nato, CLEARED_NATO, id, &holders), ERR_NOT_FOUND);
	assert_ok(recall(&p->nato, id));
	struct hold_order *orders;
	size_t count;
	assert_ok(hold_orders(p->nato.hold, p->nato.now, &p->nato.arena, &orders, &count));
	assert_int_equal(count, 1);
	assert_slice(orders[0].object_id, id);
	assert_int_equal(orders[0].nations.count, 2);
	assert_ok(hold_begin(p->nato.hold));
	const struct msg_receipt kor = {.peer = SLICE("KOR"), .object_id = slice_text(id), .copies = 2};
	const struct msg_receipt ltu = {.peer = SLICE("LTU"), .object_id = slice_text(id), .copies = 2};
	assert_ok(hold_receipt_take(p->nato.hold, &kor, 77));
	assert_ok(hold_receipt_take(p->nato.hold, &ltu, 77)); /* never had it: changes nothing */
	assert_ok(hold_order_done(p->nato.hold, orders[0].id, &orders[0].nations, p->nato.now));
	assert_ok(hold_commit(p->nato.hold));
	assert_ok(holders_of(&p->nato, CLEARED_NATO, id, &holders));
	const struct holder *items = holders.holders.items;
	assert_int_equal(holders.holders.count, 2);
	assert_slice(items[0].nation, "KOR");
	assert_int_equal(items[0].state, HOLDER_RECEIPTED);
	assert_int_equal(items[0].copies, 2);
	assert_slice(items[1].nation, "USA");
	assert_int_equal(items[1].state, HOLDER_OUTSTANDING);
	assert_ok(hold_orders(p->nato.hold, p->nato.now, &p->nato.arena, &orders, &count));
	assert_int_equal(count, 0);
}

static size_t orders_at(struct pair *p, uint64_t now, struct hold_order **ret_orders)
{
	size_t count = 0;
	assert_ok(hold_orders(p->nato.hold, now, &p->nato.arena, ret_orders, &count));
	return count;
}

static void order_that_one_nation_cannot_get_waits_for_it_alone_and_ever_longer(void **state)
{
	struct pair *p = *state;
	struct hold_order *orders;
	struct nation_item korea = {SLICE("KOR")}, america = {SLICE("USA")};
	struct record_list one = {&america, 1}, last = {&korea, 1};
	uint64_t now = p->nato.now, asked = 0;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, WORD});
	release_to(&p->nato, "KOR", id, NULL);
	release_to(&p->nato, "USA", id, NULL);
	assert_ok(recall(&p->nato, id));
	for (uint64_t end = now + 600 * 1000; now < end; now += 1000) {
		if (!orders_at(p, now, &orders))
			continue;
		assert_int_equal(orders[0].nations.count, asked ? 1 : 2);
		assert_ok(hold_begin(p->nato.hold));
		assert_ok(hold_order_done(p->nato.hold, orders[0].id, asked ? NULL : &one, now));
		assert_ok(hold_commit(p->nato.hold));
		asked++;
	}
	assert_in_range(asked, 15, 30);
	assert_int_equal(orders_at(p, INT64_MAX, &orders), 1);
	assert_slice(((const struct nation_item *)orders[0].nations.items)[0].name, "KOR");
	assert_ok(hold_begin(p->nato.hold));
	assert_ok(hold_order_done(p->nato.hold, orders[0].id, &last, now));
	assert_ok(hold_commit(p->nato.hold));
	assert_int_equal(orders_at(p, INT64_MAX, &orders), 0);
}

static void only_own_visible_objects_can_be_recalled(void **state)
{
	struct pair *p = *state;
	bool fresh = false;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, WORD});
	assert_ok(admit_to(&p->kor, release_to(&p->nato, "KOR", id, NULL), &p->nato, &fresh));
	assert_int_equal(recall(&p->kor, id), ERR_NOT_FOUND);
	assert_int_equal(recall(&p->nato, "report--00000000-0000-4000-8000-000000000009"), ERR_NOT_FOUND);
	assert_true(is_seen(&p->kor, CLEARED_KOR, id));
}

static void withdrawal_takes_the_named_portions_for_good(void **state)
{
	struct pair *p = *state;
	bool fresh = false;
	struct rendition_view view;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, WORD}, {LABEL_PUBLIC, "plainword"});
	struct slice rendition = release_to(&p->nato, "KOR", id, NULL);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_ok(rendition_open(rendition, &p->kor.arena, &view));
	assert_ok(hold_begin(p->kor.hold));
	++p->kor.now;
	assert_ok(hold_withdraw_apply(p->kor.hold, SLICE("NATO"), slice_text(id), SLICE_ARRAY(view.portions[1].id), p->kor.now,
				      p->kor.now));
	assert_ok(hold_commit(p->kor.hold));
	assert_false(files_hold(&p->kor, WORD));
	assert_int_equal(found(&p->kor, CLEARED_KOR, "plainword"), 1);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_false(files_hold(&p->kor, WORD));
	assert_ok(rendition_open(seen_of(&p->kor, CLEARED_KOR, id).rendition, &p->kor.arena, &view));
	assert_int_equal(view.count, 2);
}

/* ---- admission and its position, one transaction ---- */

/* In a process of its own, which ends with or without the commit. */
static void admit_and_die(struct pair *p, struct slice rendition, bool commit)
{
	pid_t child = fork();
	if (child == 0) {
		struct rendition_view view;
		struct msg_indexed indexed = {.type = SLICE("report"), .title = SLICE("t")};
		struct msg_admit admit = {.peer = SLICE("NATO"), .feed = 2, .lane = 4, .seq = 1, .digest = {7}};
		bool fresh;
		fixture_reopen(&p->kor);
		bool good = hold_received_check(p->kor.hold, rendition, p->nato.public_key, &p->kor.arena, &view, NULL) == ERR_OK &&
			    hold_begin(p->kor.hold) == ERR_OK && hold_admit(p->kor.hold, &view, &indexed, 1, 1, &fresh) == ERR_OK &&
			    hold_position_put(p->kor.hold, &admit) == ERR_OK && (!commit || hold_commit(p->kor.hold) == ERR_OK);
		_exit(good ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void process_that_dies_admits_both_object_and_position_or_neither(void **state)
{
	struct pair *p = *state;
	struct msg_heads heads;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, WORD});
	struct slice rendition = release_to(&p->nato, "KOR", id, NULL);
	for (int commit = 0; commit < 2; commit++) {
		fixture_leave(&p->kor);
		admit_and_die(p, rendition, commit);
		fixture_reopen(&p->kor);
		assert_int_equal(is_seen(&p->kor, CLEARED_KOR, id), commit);
		assert_ok(hold_heads(p->kor.hold, &p->kor.arena, &heads));
		assert_int_equal(heads.received.count, commit);
	}
}

#define PAIR(name) cmocka_unit_test_setup_teardown(name, pair_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR(recalled_words_are_in_no_file_of_the_author),
		PAIR(words_of_older_versions_go_with_the_object),
		PAIR(holder_deletes_receipts_and_never_admits_again),
		PAIR(recall_that_comes_first_wins),
		PAIR(recall_of_one_nation_does_not_touch_the_same_id_of_another),
		PAIR(recalled_id_cannot_be_used_again),
		PAIR(holders_are_those_who_may_hold_a_token),
		PAIR(order_that_one_nation_cannot_get_waits_for_it_alone_and_ever_longer),
		PAIR(recall_of_something_hidden_is_hidden),
		PAIR(recall_takes_every_object_of_the_id_that_its_officer_sees),
		PAIR(only_own_visible_objects_can_be_recalled),
		PAIR(withdrawal_takes_the_named_portions_for_good),
		PAIR(process_that_dies_admits_both_object_and_position_or_neither),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
