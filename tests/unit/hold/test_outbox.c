#include "fixture.h"

static struct msg_park frame(const char *peer, uint64_t seq, const char *octets)
{
	return (struct msg_park){.peer = slice_text(peer), .feed = 2, .lane = 4, .seq = seq, .object_id = SLICE("report--1"),
				 .object_digest = {(uint8_t)seq}, .frame = slice_text(octets)};
}

static enum err park(struct fixture *f, const char *peer, uint64_t seq, const char *octets)
{
	struct msg_park ask = frame(peer, seq, octets);
	assert_ok(hold_begin(f->hold));
	enum err err = hold_park(f->hold, &ask);
	if (err == ERR_OK)
		assert_ok(hold_commit(f->hold));
	else
		hold_rollback(f->hold);
	return err;
}

static size_t unparked(struct fixture *f, uint64_t from, uint32_t count, const char *first)
{
	struct msg_unpark ask = {.peer = SLICE("KOR"), .feed = 2, .lane = 4, .from_seq = from, .count = count};
	struct msg_unparked frames;
	assert_ok(hold_unpark(f->hold, &ask, &f->arena, &frames));
	if (frames.frames.count)
		assert_slice(((const struct frame_item *)frames.frames.items)[0].frame, first);
	return frames.frames.count;
}

static void acknowledge(struct fixture *f, uint64_t seq)
{
	struct head head = {.feed = 2, .lane = 4, .seq = seq};
	struct msg_positions positions = {.peer = SLICE("KOR"), .heads = {&head, 1}};
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_acknowledge(f->hold, &positions));
	assert_ok(hold_commit(f->hold));
}

static void frames_are_parked_densely_and_once(void **state)
{
	struct fixture *f = *state;
	assert_ok(park(f, "KOR", 1, "one"));
	assert_int_equal(park(f, "KOR", 3, "three"), ERR_CONFLICT);
	assert_ok(park(f, "KOR", 2, "two"));
	assert_ok(park(f, "KOR", 2, "two")); /* asked again after a cut */
	assert_int_equal(park(f, "KOR", 2, "other"), ERR_CONFLICT);
	assert_int_equal(park(f, "KOR", 1, "one"), ERR_CONFLICT);
	assert_ok(park(f, "USA", 1, "one"));
	assert_int_equal(unparked(f, 1, 64, "one"), 2);
	assert_int_equal(unparked(f, 2, 64, "two"), 1);
	assert_int_equal(unparked(f, 1, 1, "one"), 1);
}

static void acknowledged_frames_are_forgotten(void **state)
{
	struct fixture *f = *state;
	struct peer_status counts = {0};
	for (uint64_t seq = 1; seq <= 5; seq++)
		assert_ok(park(f, "KOR", seq, "octets"));
	acknowledge(f, 3);
	acknowledge(f, 2); /* late: changes nothing */
	acknowledge(f, 9); /* more than was sent: not believed */
	assert_int_equal(unparked(f, 1, 64, "octets"), 2);
	assert_ok(hold_peer_counts(f->hold, SLICE("KOR"), &counts));
	assert_int_equal(counts.sent, 5);
	assert_int_equal(counts.backlog, 2);
}

static void positions_survive_a_restart(void **state)
{
	struct fixture *f = *state;
	struct msg_heads heads;
	uint8_t digest[32];
	assert_ok(park(f, "KOR", 1, "one"));
	acknowledge(f, 1);
	fixture_reopen(f);
	assert_ok(hold_heads(f->hold, &f->arena, &heads));
	assert_int_equal(heads.sent.count, 1);
	const struct head *head = heads.sent.items;
	crypto_sha256(SLICE("one"), digest);
	assert_memory_equal(head->digest, digest, 32);
	assert_int_equal(head->seq, 1);
	assert_int_equal(head->acknowledged, 1);
	assert_ok(park(f, "KOR", 2, "two"));
}

static enum err take(struct fixture *f, uint64_t seq, bool *ret_known)
{
	struct msg_admit admit = {.peer = SLICE("USA"), .feed = 2, .lane = 4, .seq = seq};
	TRY(hold_position_check(f->hold, &admit, ret_known));
	if (*ret_known)
		return ERR_OK;
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_position_put(f->hold, &admit));
	assert_ok(hold_commit(f->hold));
	return ERR_OK;
}

static void received_frames_come_in_order_and_count_once(void **state)
{
	struct fixture *f = *state;
	bool known = true;
	assert_ok(take(f, 1, &known));
	assert_false(known);
	assert_ok(take(f, 1, &known));
	assert_true(known);
	assert_int_equal(take(f, 3, &known), ERR_CONFLICT);
	assert_ok(take(f, 2, &known));
	assert_false(known);
}

static void park_object(struct fixture *f, const char *id)
{
	struct msg_park ask = frame("KOR", 1, "sealed");
	ask.object_id = slice_text(id);
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_park(f->hold, &ask));
	assert_ok(hold_commit(f->hold));
}

static bool due_again(struct fixture *f, uint64_t after_ms)
{
	bool any = false;
	f->now += after_ms;
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_again(f->hold, f->now, &any));
	assert_ok(hold_commit(f->hold));
	return any;
}

static void passed_over(struct fixture *f, const char *refusal)
{
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_not_admitted(f->hold, SLICE("KOR"), 4, 1, slice_text(refusal), f->now));
	assert_ok(hold_commit(f->hold));
}

static void object_that_a_peer_could_not_read_is_not_sent_again_and_again(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	release_to(f, "KOR", id, &sent);
	park_object(f, id);
	passed_over(f, "the nation could not read it");
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 0);
}

static void recalled_object_that_a_peer_passed_over_is_not_released_anew(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	release_to(f, "KOR", id, &sent);
	park_object(f, id);
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_recall_order(f->hold, view_of(f, CLEARED_NATO), slice_text(id), SLICE("release"), SLICE("test"), ++f->now));
	assert_ok(hold_commit(f->hold));
	passed_over(f, NULL);
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 0);
}

static void newest_checkpoint_of_the_ledger_survives_a_restart(void **state)
{
	struct fixture *f = *state;
	struct slice note;
	assert_int_equal(hold_checkpoint_get(f->hold, &f->arena, &note), ERR_NOT_FOUND);
	for (int i = 0; i < 2; i++) {
		assert_ok(hold_begin(f->hold));
		assert_ok(hold_checkpoint_put(f->hold, slice_text(i ? "second" : "first")));
		assert_ok(hold_commit(f->hold));
	}
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_checkpoint_put(f->hold, SLICE("third")));
	hold_rollback(f->hold);
	fixture_reopen(f);
	assert_ok(hold_checkpoint_get(f->hold, &f->arena, &note));
	assert_slice(note, "second");
}

static void object_that_a_peer_passed_over_is_due_again(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 1);
	struct msg_park ask = frame("KOR", 1, "sealed");
	ask.object_id = slice_text(id);
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_park(f->hold, &ask));
	assert_ok(hold_commit(f->hold));
	acknowledge(f, 1); /* may come before the word that it was passed over */
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_not_admitted(f->hold, SLICE("KOR"), 4, 1, (struct slice){0}, f->now));
	assert_ok(hold_not_admitted(f->hold, SLICE("KOR"), 4, 99, (struct slice){0}, f->now));
	assert_ok(hold_commit(f->hold));
	assert_true(due_again(f, 1000));
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 1);
}

static void removed_portion_stays_removed_when_the_peer_passed_over_its_removal(void **state)
{
	struct fixture *f = *state;
	struct rendition_view first, second;
	size_t sent = 0;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "stays"}, {LABEL_PUBLIC, "goes"});
	assert_ok(rendition_open(release_to(f, "KOR", id, &sent), &f->arena, &first));
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "stays"}}});
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 1);
	park_object(f, id);
	passed_over(f, NULL);
	assert_true(due_again(f, 1000));
	assert_ok(rendition_open(release_to(f, "KOR", id, &sent), &f->arena, &second));
	assert_int_equal(sent, 1);
	assert_int_equal(second.count, 2);
	assert_true(second.manifest.issued > first.manifest.issued);
}

/* The peer has it from before; meanwhile it passed over a newer version. */
static void portion_removed_while_a_version_is_due_again_is_not_forgotten(void **state)
{
	struct fixture *f = *state;
	struct rendition_view first, last;
	size_t sent = 0;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "stays"}, {LABEL_PUBLIC, "goes"});
	assert_ok(rendition_open(release_to(f, "KOR", id, &sent), &f->arena, &first));
	park_object(f, id);
	passed_over(f, NULL);
	assert_true(due_again(f, 1000));
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "stays"}}});
	assert_ok(rendition_open(release_to(f, "KOR", id, &sent), &f->arena, &last));
	assert_int_equal(sent, 1);
	assert_true(last.manifest.issued > first.manifest.issued);
}

static void object_that_is_passed_over_again_and_again_comes_less_often_and_fails_in_the_end(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0, releases = 0;
	uint64_t day = UINT64_C(24) * 3600 * 1000, from = f->now;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	release_to(f, "KOR", id, &sent);
	park_object(f, id);
	passed_over(f, NULL);
	for (bool any = due_again(f, 0); f->now < from + day; any = due_again(f, 1000 * (1 + releases * releases))) {
		release_to(f, "KOR", id, &sent);
		assert_int_equal(sent, any ? 1 : 0);
		releases += sent;
		if (sent)
			passed_over(f, NULL);
	}
	assert_in_range(releases, 8, 16);
	uint64_t count = 0;
	assert_ok(hold_duty_count(f->hold, SLICE("KOR"), &count));
	assert_int_equal(count, 0);
	fixture_put(f, &(struct put){.replaces = id, .title = "another", .label = LABEL_PUBLIC});
	release_to(f, "KOR", id, &sent); /* a new version is a new case */
	assert_int_equal(sent, 1);
}

static void object_that_is_due_later_survives_a_restart_and_an_edit_that_the_nation_does_not_see(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	release_to(f, "KOR", id, &sent);
	park_object(f, id);
	passed_over(f, NULL);
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "x"}, {LABEL_SECRET, "y"}}});
	fixture_reopen(f);
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 0);
	assert_true(due_again(f, 1000));
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 1);
	assert_false(due_again(f, 100000));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(frames_are_parked_densely_and_once), CASE(acknowledged_frames_are_forgotten), CASE(positions_survive_a_restart),
		CASE(received_frames_come_in_order_and_count_once), CASE(object_that_a_peer_passed_over_is_due_again),
		CASE(object_that_a_peer_could_not_read_is_not_sent_again_and_again),
		CASE(recalled_object_that_a_peer_passed_over_is_not_released_anew),
		CASE(newest_checkpoint_of_the_ledger_survives_a_restart),
		CASE(object_that_is_passed_over_again_and_again_comes_less_often_and_fails_in_the_end),
		CASE(object_that_is_due_later_survives_a_restart_and_an_edit_that_the_nation_does_not_see),
		CASE(removed_portion_stays_removed_when_the_peer_passed_over_its_removal),
		CASE(portion_removed_while_a_version_is_due_again_is_not_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
