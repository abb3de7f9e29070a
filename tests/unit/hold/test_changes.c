/* What a stream of events is made from: only what the reader sees then and now. */
#include "fixture.h"

#include "hold/changes.h"

static struct hold_changes told(struct fixture *f, const char *clearance, struct hold_mark *mark)
{
	struct hold_changes changes;
	assert_ok(hold_changes(f->hold, view_of(f, clearance), mark, true, true, &f->arena, &changes));
	*mark = changes.mark;
	return changes;
}

static bool is_quiet(const struct hold_changes *changes)
{
	return !changes->ids.count && !changes->more && !changes->gone && !changes->waiting && !changes->recalls;
}

static void assert_ids(const struct hold_changes *changes, const char *id)
{
	const struct id_item *ids = changes->ids.items;
	assert_int_equal(changes->ids.count, 1);
	assert_true(slice_equal(ids[0].id, slice_text(id)));
}

static void beginning_tells_nothing(void **state)
{
	struct fixture *f = *state;
	struct hold_mark mark = {0};
	PUT_TEXT(f, "before", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct hold_changes changes = told(f, CLEARED_PUBLIC, &mark);
	assert_true(is_quiet(&changes));
}

static void new_object_is_named_to_who_sees_it_and_to_nobody_else(void **state)
{
	struct fixture *f = *state;
	struct hold_mark all = {0}, little = {0};
	told(f, CLEARED_NATO, &all);
	told(f, CLEARED_PUBLIC, &little);
	const char *hidden = PUT_TEXT(f, "hidden", LABEL_SECRET, {LABEL_SECRET, "x"});
	struct hold_changes of_all = told(f, CLEARED_NATO, &all), of_little = told(f, CLEARED_PUBLIC, &little);
	assert_ids(&of_all, hidden);
	assert_true(is_quiet(&of_little));
	const char *open = PUT_TEXT(f, "open", LABEL_PUBLIC, {LABEL_SECRET, "closed"}, {LABEL_PUBLIC, "x"});
	of_little = told(f, CLEARED_PUBLIC, &little);
	assert_ids(&of_little, open);
	assert_false(of_little.gone);
	of_little = told(f, CLEARED_PUBLIC, &little);
	assert_true(is_quiet(&of_little));
}

static void hidden_portion_of_a_new_version_wakes_nobody_who_cannot_read_it(void **state)
{
	struct fixture *f = *state;
	struct hold_mark mark = {0};
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_SECRET, "one"}, {LABEL_PUBLIC, "x"});
	told(f, CLEARED_PUBLIC, &mark);
	const struct piece next[] = {{LABEL_SECRET, "two", NULL, false}, {LABEL_PUBLIC, "x", NULL, false}};
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .pieces = next, .count = 2});
	struct hold_changes changes = told(f, CLEARED_PUBLIC, &mark);
	assert_true(is_quiet(&changes));
}

static void new_version_is_named_and_what_it_replaced_is_gone(void **state)
{
	struct fixture *f = *state;
	struct hold_mark mark = {0};
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "one"});
	told(f, CLEARED_PUBLIC, &mark);
	const struct piece next[] = {{LABEL_PUBLIC, "two", NULL, false}};
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .pieces = next, .count = 1});
	struct hold_changes changes = told(f, CLEARED_PUBLIC, &mark);
	assert_ids(&changes, id);
	assert_true(changes.gone);
}

static void recall_is_told_to_who_saw_the_object_alone(void **state)
{
	struct fixture *f = *state;
	struct hold_mark all = {0}, little = {0};
	const char *id = PUT_TEXT(f, "hidden", LABEL_SECRET, {LABEL_SECRET, "x"});
	release_to(f, "USA", id, NULL);
	told(f, CLEARED_NATO, &all);
	told(f, CLEARED_PUBLIC, &little);
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_recall_order(f->hold, view_of(f, CLEARED_NATO), slice_text(id), SLICE("release"), SLICE("test"), ++f->now));
	assert_ok(hold_commit(f->hold));
	struct hold_changes of_all = told(f, CLEARED_NATO, &all), of_little = told(f, CLEARED_PUBLIC, &little);
	assert_true(of_all.gone && of_all.recalls && !of_all.ids.count);
	assert_true(is_quiet(&of_little));
}

static void beyond_the_limit_of_ids_there_are_more(void **state)
{
	struct fixture *f = *state;
	for (int extra = -1; extra <= 1; extra++) {
		struct hold_mark mark = {0};
		told(f, CLEARED_PUBLIC, &mark);
		for (int i = 0; i < CHANGES_IDS + extra; i++)
			PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
		struct hold_changes changes = told(f, CLEARED_PUBLIC, &mark);
		assert_int_equal(changes.ids.count, extra < 0 ? CHANGES_IDS - 1 : CHANGES_IDS);
		assert_int_equal(changes.more, extra > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(beginning_tells_nothing, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(new_object_is_named_to_who_sees_it_and_to_nobody_else, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(hidden_portion_of_a_new_version_wakes_nobody_who_cannot_read_it, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(new_version_is_named_and_what_it_replaced_is_gone, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(recall_is_told_to_who_saw_the_object_alone, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(beyond_the_limit_of_ids_there_are_more, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
