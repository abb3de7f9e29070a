#include "fixture.h"

/* digest NULL: he looks at it first, if there is something to see. */
static enum err decide(struct fixture *f, const char *id, const char *user, bool approve, const uint8_t *digest, const char *clearance)
{
	struct msg_release_shown shown;
	uint8_t looked[DIGEST];
	if (!digest && hold_release_show(f->hold, view_of(f, clearance), slice_text(id), &f->arena, &shown, looked) == ERR_OK)
		digest = looked;
	struct hold_decision decision = {.id = slice_text(id), .user = slice_text(user), .reason = SLICE("no need"), .approve = approve,
					 .digest = digest};
	struct diag diag = {0};
	assert_ok(hold_begin(f->hold));
	enum err err = hold_decide(f->hold, view_of(f, clearance), &decision, ++f->now, &diag);
	if (err == ERR_OK)
		assert_ok(hold_commit(f->hold));
	else
		hold_rollback(f->hold);
	return err;
}

static size_t due(struct fixture *f, const char *nation)
{
	uint64_t count = 0;
	assert_ok(hold_duty_count(f->hold, slice_text(nation), &count));
	return count;
}

static const char *mixed(struct fixture *f)
{
	return PUT_TEXT(f, "Harbour", LABEL_PUBLIC, {LABEL_SECRET, "closedword"}, {LABEL_KOR, "openword"}, {LABEL_ONLY, "narrowword"},
			{LABEL_PUBLIC, "plainword"});
}

static size_t portions_sent(struct fixture *f, const char *nation, const char *id)
{
	struct rendition_view view;
	struct slice sent = release_to(f, nation, id, NULL);
	if (!sent.len)
		return 0;
	assert_ok(rendition_open(sent, &f->arena, &view));
	return view.count;
}

static void each_nation_gets_what_it_may_have_at_once(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	assert_int_equal(portions_sent(f, "USA", id), 4); /* head, closed, open, plain */
	assert_int_equal(portions_sent(f, "LTU", id), 5);
	assert_int_equal(portions_sent(f, "KOR", id), 2);
	assert_int_equal(due(f, "USA") + due(f, "LTU") + due(f, "KOR"), 0);
}

static void approval_sends_what_waited_and_names_its_approver(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	struct msg_releases list;
	release_to(f, "KOR", id, NULL);
	assert_ok(hold_waiting(f->hold, view_of(f, CLEARED_NATO), &f->arena, &list));
	assert_int_equal(list.items.count, 1);
	const struct release_item *item = list.items.items;
	assert_slice(item->nations, "KOR");
	assert_int_equal(item->portions, 2);
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	struct hold_duty *duties;
	struct hold_release release;
	size_t count;
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_COUNT, 10, &f->arena, &duties, &count));
	assert_int_equal(count, 1);
	unsigned korea = 0;
	while (!slice_equal(hold_nation_name(f->hold, korea), SLICE("KOR")))
		korea++;
	assert_ok(hold_release_make(f->hold, duties, korea, &f->arena, &release));
	assert_slice(release.approver, "release");
	assert_slice(release.author, "analyst");
	assert_int_equal(portions_sent(f, "KOR", id), 4);
	assert_ok(hold_waiting(f->hold, view_of(f, CLEARED_NATO), &f->arena, &list));
	assert_int_equal(list.items.count, 0);
}

static void nobody_decides_on_his_own_object(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_put(f, &(struct put){.title = "t", .label = LABEL_KOR, .author = "release"});
	assert_int_equal(decide(f, id, "release", true, NULL, CLEARED_NATO), ERR_REFUSED);
	assert_int_equal(decide(f, id, "release", false, NULL, CLEARED_NATO), ERR_REFUSED);
	assert_int_equal(due(f, "KOR"), 0);
	assert_ok(decide(f, id, "release2", true, NULL, CLEARED_NATO));
	assert_int_equal(due(f, "KOR"), 1);
}

static void decision_binds_what_was_shown(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	struct msg_release_shown shown;
	uint8_t digest[DIGEST];
	assert_ok(hold_release_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	assert_int_equal(shown.rows.count, 5);
	fixture_put(f, &(struct put){.replaces = id, .title = "Harbour", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_KOR, "openword and more"}, {LABEL_PUBLIC, "plainword"}}});
	assert_int_equal(decide(f, id, "release", true, digest, CLEARED_NATO), ERR_CONFLICT);
	assert_ok(hold_release_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	assert_ok(decide(f, id, "release", true, digest, CLEARED_NATO));
}

static void look_at(struct fixture *f, const char *id, const char *clearance, uint8_t ret_digest[DIGEST])
{
	struct msg_release_shown shown;
	assert_ok(hold_release_show(f->hold, view_of(f, clearance), slice_text(id), &f->arena, &shown, ret_digest));
}

static void author_of_an_earlier_version_does_not_decide_on_a_later_one(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_put(f, &(struct put){.title = "t", .label = LABEL_KOR, .author = "release"});
	fixture_put(f, &(struct put){.replaces = id, .title = "t two", .label = LABEL_KOR, .author = "analyst"});
	assert_int_equal(decide(f, id, "release", true, NULL, CLEARED_NATO), ERR_REFUSED);
	assert_int_equal(decide(f, id, "analyst", true, NULL, CLEARED_NATO), ERR_REFUSED);
	assert_int_equal(due(f, "KOR"), 0);
	assert_ok(decide(f, id, "release2", true, NULL, CLEARED_NATO));
	assert_int_equal(due(f, "KOR"), 1);
}

static void decision_without_a_look_is_refused(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	struct hold_decision decision = {.id = slice_text(id), .user = SLICE("release"), .approve = true};
	struct diag diag = {0};
	assert_int_equal(hold_decide(f->hold, view_of(f, CLEARED_NATO), &decision, f->now, &diag), ERR_UNSEEN);
	assert_non_null(strstr(diag.text, "look at it first"));
}

static void edit_of_a_portion_that_does_not_wait_needs_a_new_look(void **state)
{
	struct fixture *f = *state;
	uint8_t digest[DIGEST];
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_KOR, "openword"}, {LABEL_PUBLIC, "plainword"});
	look_at(f, id, CLEARED_NATO, digest);
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_KOR, "openword"}, {LABEL_PUBLIC, "plainword and more"}}});
	assert_int_equal(decide(f, id, "release", true, digest, CLEARED_NATO), ERR_CONFLICT);
	assert_int_equal(portions_sent(f, "KOR", id), 2);
}

#define CLEARED_TOP "NATO|" LEVELS ",TOP SECRET|P:Context=NATO|P:Only=NATO|P:Releasable To=NATO\nPUBLIC|UNMARKED"

static void edit_that_the_officer_may_not_see_leaves_his_decision_valid(void **state)
{
	struct fixture *f = *state;
	uint8_t digest[DIGEST], after[DIGEST];
	const char *id = fixture_put(f, &(struct put){.title = "t", .label = LABEL_PUBLIC, .clearance = CLEARED_TOP, .count = 2,
				     .pieces = (struct piece[]){{LABEL_KOR, "openword"}, {LABEL_TOP, "topword"}}});
	look_at(f, id, CLEARED_NATO, digest);
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .clearance = CLEARED_TOP, .count = 2,
				     .pieces = (struct piece[]){{LABEL_KOR, "openword"}, {LABEL_TOP, "other topword"}}});
	look_at(f, id, CLEARED_NATO, after);
	assert_memory_equal(digest, after, DIGEST);
	assert_ok(decide(f, id, "release", true, digest, CLEARED_NATO));
}

static void second_officer_hears_that_it_was_decided(void **state)
{
	struct fixture *f = *state;
	uint8_t digest[DIGEST];
	const char *id = mixed(f);
	look_at(f, id, CLEARED_NATO, digest);
	assert_ok(decide(f, id, "release", true, digest, CLEARED_NATO));
	assert_int_equal(decide(f, id, "release2", true, digest, CLEARED_NATO), ERR_CONFLICT);
	assert_int_equal(decide(f, id, "release2", false, digest, CLEARED_NATO), ERR_CONFLICT);
	assert_int_equal(decide(f, id, "release2", true, digest, CLEARED_PUBLIC), ERR_CONFLICT);
	assert_int_equal(portions_sent(f, "KOR", id), 4);
	struct hold_decision decision = {.id = slice_text(id), .user = SLICE("release2"), .approve = true, .digest = digest};
	struct diag diag = {0};
	assert_int_equal(hold_decide(f->hold, view_of(f, CLEARED_NATO), &decision, f->now, &diag), ERR_CONFLICT);
	assert_non_null(strstr(diag.text, "somebody decided"));
}

static void edit_of_an_approved_portion_waits_again(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_KOR, "openword"});
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	assert_int_equal(portions_sent(f, "KOR", id), 2);
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_KOR, "other word"}}});
	assert_int_equal(portions_sent(f, "KOR", id), 1); /* the old text is gone, the new one waits */
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	assert_int_equal(portions_sent(f, "KOR", id), 2);
}

static void refused_portion_never_goes(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_KOR, "openword"});
	assert_ok(decide(f, id, "release", false, NULL, CLEARED_NATO));
	assert_int_equal(portions_sent(f, "KOR", id), 1);
	assert_int_equal(decide(f, id, "release", true, NULL, CLEARED_NATO), ERR_CONFLICT);
}

static void waiting_head_holds_back_everything(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_KOR, {LABEL_PUBLIC, "plainword"});
	assert_int_equal(due(f, "KOR"), 0);
	assert_int_equal(due(f, "USA"), 1);
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	assert_int_equal(portions_sent(f, "KOR", id), 2);
}

static void officer_decides_only_on_what_he_may_read(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	const char *nothing_waits = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "plainword"});
	assert_int_equal(decide(f, id, "release", true, NULL, CLEARED_PUBLIC), ERR_CONFLICT);
	assert_int_equal(decide(f, nothing_waits, "release", true, NULL, CLEARED_PUBLIC), ERR_CONFLICT);
	uint64_t count = 9;
	assert_ok(hold_waiting_count(f->hold, view_of(f, CLEARED_PUBLIC), &count));
	assert_int_equal(count, 0);
}

static void refusal_of_guard_is_kept_and_not_tried_again(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	struct hold_duty *duties;
	struct hold_release release;
	size_t count;
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_COUNT, 10, &f->arena, &duties, &count));
	assert_ok(hold_release_make(f->hold, duties, 0, &f->arena, &release));
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_release_failed(f->hold, &release, SLICE("policy says no"), f->now));
	assert_ok(hold_commit(f->hold));
	assert_int_equal(due(f, text_of(f, hold_nation_name(f->hold, 0))), 0);
	struct msg_release_shown shown;
	uint8_t digest[DIGEST];
	assert_ok(hold_release_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	assert_non_null(strstr(text_of(f, shown.precedents), "policy says no"));
}

static void duties_survive_a_restart(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	fixture_reopen(f);
	assert_int_equal(portions_sent(f, "USA", id), 4);
	assert_int_equal(portions_sent(f, "USA", id), 0);
}

static void duties_to_some_nations_leave_out_the_others(void **state)
{
	struct fixture *f = *state;
	struct hold_duty *duties;
	size_t count;
	mixed(f);
	PUT_TEXT(f, "members only", LABEL_SECRET, {LABEL_SECRET, "x"});
	unsigned korea = 0;
	while (!slice_equal(hold_nation_name(f->hold, korea), SLICE("KOR")))
		korea++;
	assert_ok(hold_duties(f->hold, UINT64_C(1) << korea, LANE_COUNT, 10, &f->arena, &duties, &count));
	assert_int_equal(count, 1);
	assert_int_equal(duties[0].nations, UINT64_C(1) << korea);
	assert_ok(hold_duties(f->hold, ~(UINT64_C(1) << korea), LANE_COUNT, 10, &f->arena, &duties, &count));
	assert_int_equal(count, 2);
}

static void urgent_objects_go_first(void **state)
{
	struct fixture *f = *state;
	struct hold_duty *duties;
	size_t count;
	PUT_TEXT(f, "routine", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	fixture_put(f, &(struct put){.title = "flash", .label = LABEL_PUBLIC, .precedence = 1});
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_COUNT, 10, &f->arena, &duties, &count));
	assert_int_equal(count, 2);
	assert_int_equal(duties[0].precedence, 1);
	assert_true(duties[0].object > duties[1].object);
}

static void each_lane_is_asked_for_by_itself(void **state)
{
	struct fixture *f = *state;
	struct hold_duty *duties;
	size_t count;
	for (int i = 0; i < 4; i++)
		fixture_put(f, &(struct put){.title = "bulk", .label = LABEL_PUBLIC, .precedence = LANE_DEFERRED});
	PUT_TEXT(f, "routine", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_ROUTINE, 10, &f->arena, &duties, &count));
	assert_int_equal(count, 1);
	assert_int_equal(duties[0].precedence, LANE_ROUTINE);
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_DEFERRED, 10, &f->arena, &duties, &count));
	assert_int_equal(count, 4);
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_FLASH, 10, &f->arena, &duties, &count));
	assert_int_equal(count, 0);
}

static void object_of_which_nothing_can_be_made_fails_and_leaves_the_others_alone(void **state)
{
	struct fixture *f = *state;
	struct hold_duty *duties;
	size_t count, sent = 0;
	const char *bad = PUT_TEXT(f, "bad", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	const char *good = PUT_TEXT(f, "good", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_COUNT, 1, &f->arena, &duties, &count));
	assert_ok(hold_begin(f->hold));
	for (unsigned n = 0; n < hold_nation_count(f->hold); n++)
		assert_ok(hold_release_fail(f->hold, duties[0].object, n, true, SLICE("too large"), f->now));
	assert_ok(hold_commit(f->hold));
	assert_int_equal(portions_sent(f, "KOR", bad), 0);
	assert_int_equal(due(f, "LTU"), 1);
	release_to(f, "LTU", good, &sent);
	assert_int_equal(sent, 1);
}

static void reference_goes_where_its_target_goes(void **state)
{
	struct fixture *f = *state;
	const char *target = PUT_TEXT(f, "target", LABEL_KOR, {LABEL_KOR, "x"});
	const char *optional = PUT_TEXT(f, "optional", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", target, false});
	const char *mandatory = PUT_TEXT(f, "mandatory", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", target, true});
	assert_int_equal(portions_sent(f, "KOR", optional), 1);
	assert_int_equal(portions_sent(f, "KOR", mandatory), 0);
	assert_int_equal(portions_sent(f, "USA", mandatory), 2);
	assert_ok(decide(f, target, "release", true, NULL, CLEARED_NATO));
	size_t sent = 0;
	release_to(f, "KOR", NULL, &sent);
	assert_int_equal(sent, 3); /* the target, and both that refer to it */
}

static void reference_to_what_is_withheld_shows_no_id(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0;
	const char *end = PUT_TEXT(f, "end", LABEL_KOR, {LABEL_KOR, "x"}); /* waits for KOR */
	const char *link = PUT_TEXT(f, "link", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", end, true});
	const char *above = PUT_TEXT(f, "above", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", link, true});
	const char *report = PUT_TEXT(f, "report", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", link, false}, {LABEL_PUBLIC, "{}", above, false});
	assert_int_equal(portions_sent(f, "KOR", report), 1);
	assert_int_equal(portions_sent(f, "USA", report), 3);
	assert_int_equal(due(f, "KOR"), 0);
	assert_ok(decide(f, end, "release", true, NULL, CLEARED_NATO));
	release_to(f, "KOR", NULL, &sent);
	assert_int_equal(sent, 4); /* the end, and all that came to stand by it */
}

static void objects_that_stand_only_by_each_other_go_together(void **state)
{
	struct fixture *f = *state;
	const char *one = "report--00000000-0000-4000-8000-00000000000a", *two = "report--00000000-0000-4000-8000-00000000000b";
	const char *seed = PUT_TEXT(f, "seed", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	fixture_put(f, &(struct put){.id = one, .title = "one", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "{}", seed, true}}});
	fixture_put(f, &(struct put){.id = two, .title = "two", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "{}", one, true}}});
	fixture_put(f, &(struct put){.replaces = one, .title = "one", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "{}", two, true}}});
	assert_int_equal(portions_sent(f, "KOR", one), 2);
}

static void change_while_guard_is_at_work_is_sent_afterwards(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "one"});
	struct hold_duty *duties;
	struct hold_release release;
	size_t count, sent = 0;
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_COUNT, 10, &f->arena, &duties, &count));
	assert_ok(hold_release_make(f->hold, duties, 0, &f->arena, &release));
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC});
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_release_sent(f->hold, &release, f->now));
	assert_ok(hold_commit(f->hold));
	release_to(f, text_of(f, hold_nation_name(f->hold, 0)), id, &sent);
	assert_int_equal(sent, 1);
}

/* ---- two persons ---- */

static const struct release_item *only_item(struct fixture *f)
{
	struct msg_releases list;
	assert_ok(hold_waiting(f->hold, view_of(f, CLEARED_NATO), &f->arena, &list));
	assert_int_equal(list.items.count, 1);
	return list.items.items;
}

static void first_of_two_approvals_is_kept_and_named_and_nothing_goes(void **state)
{
	struct fixture *f = *state;
	struct msg_release_shown shown;
	uint8_t digest[DIGEST];
	f->two_persons = true;
	const char *id = mixed(f);
	release_to(f, "KOR", id, NULL);
	assert_int_equal(only_item(f)->persons, 2);
	assert_int_equal(only_item(f)->approver.len, 0);
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	assert_int_equal(due(f, "KOR"), 0);
	assert_slice(only_item(f)->approver, "release");
	assert_ok(hold_release_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	assert_int_equal(shown.persons, 2);
	assert_slice(shown.approver, "release");
	fixture_reopen(f);
	assert_slice(only_item(f)->approver, "release");
}

static void second_approval_is_another_persons_and_both_go_to_guard(void **state)
{
	struct fixture *f = *state;
	struct hold_duty *duties;
	struct hold_release release;
	size_t count;
	f->two_persons = true;
	const char *id = mixed(f);
	release_to(f, "KOR", id, NULL);
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	assert_int_equal(decide(f, id, "release", true, NULL, CLEARED_NATO), ERR_REFUSED);
	assert_int_equal(decide(f, id, "analyst", true, NULL, CLEARED_NATO), ERR_REFUSED);
	assert_int_equal(due(f, "KOR"), 0);
	assert_ok(decide(f, id, "release2", true, NULL, CLEARED_NATO));
	assert_ok(hold_duties(f->hold, UINT64_MAX, LANE_COUNT, 10, &f->arena, &duties, &count));
	assert_int_equal(count, 1);
	unsigned korea = 0;
	while (!slice_equal(hold_nation_name(f->hold, korea), SLICE("KOR")))
		korea++;
	assert_ok(hold_release_make(f->hold, duties, korea, &f->arena, &release));
	assert_slice(release.approver, "release");
	assert_slice(release.approver2, "release2");
	assert_int_equal(portions_sent(f, "KOR", id), 4);
}

static void second_officer_looks_at_it_after_the_first_approved(void **state)
{
	struct fixture *f = *state;
	uint8_t digest[DIGEST];
	f->two_persons = true;
	const char *id = mixed(f);
	look_at(f, id, CLEARED_NATO, digest);
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	assert_int_equal(decide(f, id, "release2", true, digest, CLEARED_NATO), ERR_CONFLICT);
	assert_ok(decide(f, id, "release2", true, NULL, CLEARED_NATO));
	assert_int_equal(due(f, "KOR"), 1);
}

static void what_is_added_after_the_first_approval_needs_two_of_its_own(void **state)
{
	struct fixture *f = *state;
	f->two_persons = true;
	const char *id = fixture_put(f, &(struct put){.title = "t", .label = LABEL_PUBLIC, .count = 1,
						      .pieces = (struct piece[]){{LABEL_KOR, "oneword"}}});
	release_to(f, "KOR", id, NULL);
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_KOR, "oneword"}, {LABEL_KOR, "newword"}}});
	assert_ok(decide(f, id, "release2", true, NULL, CLEARED_NATO));
	assert_int_equal(portions_sent(f, "KOR", id), 2); /* the head and the first; the new one has one approval */
	assert_slice(only_item(f)->approver, "release2");
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	assert_int_equal(portions_sent(f, "KOR", id), 3);
}

static void second_officer_may_refuse_what_the_first_approved(void **state)
{
	struct fixture *f = *state;
	struct msg_releases list;
	f->two_persons = true;
	const char *id = mixed(f);
	release_to(f, "KOR", id, NULL);
	assert_ok(decide(f, id, "release", true, NULL, CLEARED_NATO));
	assert_ok(decide(f, id, "release2", false, NULL, CLEARED_NATO));
	assert_int_equal(due(f, "KOR"), 0);
	assert_ok(hold_waiting(f->hold, view_of(f, CLEARED_NATO), &f->arena, &list));
	assert_int_equal(list.items.count, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_nation_gets_what_it_may_have_at_once),
		CASE(approval_sends_what_waited_and_names_its_approver),
		CASE(nobody_decides_on_his_own_object),
		CASE(decision_binds_what_was_shown),
		CASE(author_of_an_earlier_version_does_not_decide_on_a_later_one),
		CASE(decision_without_a_look_is_refused),
		CASE(edit_of_a_portion_that_does_not_wait_needs_a_new_look),
		CASE(edit_that_the_officer_may_not_see_leaves_his_decision_valid),
		CASE(second_officer_hears_that_it_was_decided),
		CASE(edit_of_an_approved_portion_waits_again),
		CASE(refused_portion_never_goes),
		CASE(first_of_two_approvals_is_kept_and_named_and_nothing_goes),
		CASE(second_approval_is_another_persons_and_both_go_to_guard),
		CASE(second_officer_looks_at_it_after_the_first_approved),
		CASE(what_is_added_after_the_first_approval_needs_two_of_its_own),
		CASE(second_officer_may_refuse_what_the_first_approved),
		CASE(waiting_head_holds_back_everything),
		CASE(officer_decides_only_on_what_he_may_read),
		CASE(refusal_of_guard_is_kept_and_not_tried_again),
		CASE(duties_survive_a_restart),
		CASE(duties_to_some_nations_leave_out_the_others),
		CASE(urgent_objects_go_first),
		CASE(each_lane_is_asked_for_by_itself),
		CASE(object_of_which_nothing_can_be_made_fails_and_leaves_the_others_alone),
		CASE(reference_goes_where_its_target_goes),
		CASE(reference_to_what_is_withheld_shows_no_id),
		CASE(objects_that_stand_only_by_each_other_go_together),
		CASE(change_while_guard_is_at_work_is_sent_afterwards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
