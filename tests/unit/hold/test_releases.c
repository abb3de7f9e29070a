#include "fixture.h"

static enum err decide(struct fixture *f, const char *id, const char *user, bool approve, const uint8_t *digest, const char *clearance)
{
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
	assert_ok(hold_duties(f->hold, 10, &f->arena, &duties, &count));
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
	assert_ok(hold_waiting_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	assert_int_equal(shown.rows.count, 5);
	fixture_put(f, &(struct put){.replaces = id, .title = "Harbour", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_KOR, "openword and more"}, {LABEL_PUBLIC, "plainword"}}});
	assert_int_equal(decide(f, id, "release", true, digest, CLEARED_NATO), ERR_CONFLICT);
	assert_ok(hold_waiting_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	assert_ok(decide(f, id, "release", true, digest, CLEARED_NATO));
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
	assert_int_equal(decide(f, id, "release", true, NULL, CLEARED_NATO), ERR_NOT_FOUND);
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
	assert_int_equal(decide(f, id, "release", true, NULL, CLEARED_PUBLIC), ERR_NOT_FOUND);
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
	assert_ok(hold_duties(f->hold, 10, &f->arena, &duties, &count));
	assert_ok(hold_release_make(f->hold, duties, 0, &f->arena, &release));
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_release_failed(f->hold, &release, SLICE("policy says no"), f->now));
	assert_ok(hold_commit(f->hold));
	assert_int_equal(due(f, text_of(f, hold_nation_name(f->hold, 0))), 0);
	struct msg_release_shown shown;
	uint8_t digest[DIGEST];
	assert_ok(hold_waiting_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	assert_non_null(strstr(text_of(f, shown.precedents), "policy says no"));
}

static void duties_survive_a_restart_and_go_by_precedence(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	fixture_reopen(f);
	assert_int_equal(portions_sent(f, "USA", id), 4);
	assert_int_equal(portions_sent(f, "USA", id), 0);
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

static void change_while_guard_is_at_work_is_sent_afterwards(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "one"});
	struct hold_duty *duties;
	struct hold_release release;
	size_t count, sent = 0;
	assert_ok(hold_duties(f->hold, 10, &f->arena, &duties, &count));
	assert_ok(hold_release_make(f->hold, duties, 0, &f->arena, &release));
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC});
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_release_sent(f->hold, &release, f->now));
	assert_ok(hold_commit(f->hold));
	release_to(f, text_of(f, hold_nation_name(f->hold, 0)), id, &sent);
	assert_int_equal(sent, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_nation_gets_what_it_may_have_at_once),
		CASE(approval_sends_what_waited_and_names_its_approver),
		CASE(nobody_decides_on_his_own_object),
		CASE(decision_binds_what_was_shown),
		CASE(edit_of_an_approved_portion_waits_again),
		CASE(refused_portion_never_goes),
		CASE(waiting_head_holds_back_everything),
		CASE(officer_decides_only_on_what_he_may_read),
		CASE(refusal_of_guard_is_kept_and_not_tried_again),
		CASE(duties_survive_a_restart_and_go_by_precedence),
		CASE(reference_goes_where_its_target_goes),
		CASE(change_while_guard_is_at_work_is_sent_afterwards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
