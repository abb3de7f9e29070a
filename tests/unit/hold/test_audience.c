/* Who has or may have which portion, and searches narrowed by originator and label. */
#include "fixture.h"

static const char *mixed(struct fixture *f)
{
	return PUT_TEXT(f, "Harbour", LABEL_PUBLIC, {LABEL_SECRET, "closedword"}, {LABEL_KOR, "openword"}, {LABEL_PUBLIC, "plainword"});
}

/* The answer for a nation in row i; -1: no such row or nation. */
static int answer_in(const struct msg_plan_shown *shown, size_t i, const char *nation)
{
	const struct plan_row *rows = shown->rows.items;
	const struct nation_item *nations = shown->nations.items;
	for (size_t n = 0; i < shown->rows.count && n < shown->nations.count && n < rows[i].answers.len; n++)
		if (slice_equal(nations[n].name, slice_text(nation)))
			return rows[i].answers.data[n];
	return -1;
}

static struct msg_plan_shown audience_of(struct fixture *f, const char *clearance, const char *id)
{
	struct msg_plan_shown shown = {0};
	struct hold_seen seen;
	assert_ok(hold_audience(f->hold, view_of(f, clearance), slice_text(id), &f->arena, &shown, &seen));
	assert_true(seen.own);
	return shown;
}

static void audience_follows_what_was_sent_waits_and_never_goes(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	struct msg_plan_shown before = audience_of(f, CLEARED_NATO, id);
	assert_int_equal(before.rows.count, 4);
	assert_int_equal(answer_in(&before, 1, "USA"), PLAN_AT_ONCE);
	assert_int_equal(answer_in(&before, 1, "KOR"), PLAN_NEVER);
	assert_int_equal(answer_in(&before, 2, "KOR"), PLAN_WAITS);
	release_to(f, "KOR", id, NULL);
	struct msg_plan_shown after = audience_of(f, CLEARED_NATO, id);
	assert_int_equal(answer_in(&after, 0, "KOR"), PLAN_SENT);
	assert_int_equal(answer_in(&after, 2, "KOR"), PLAN_WAITS);
	assert_int_equal(answer_in(&after, 3, "KOR"), PLAN_SENT);
	assert_int_equal(answer_in(&after, 3, "USA"), PLAN_AT_ONCE);
}

static void audience_tells_only_of_portions_that_the_reader_sees(void **state)
{
	struct fixture *f = *state;
	const char *id = mixed(f);
	struct msg_plan_shown shown = audience_of(f, CLEARED_PUBLIC, id);
	const struct plan_row *rows = shown.rows.items;
	assert_int_equal(shown.rows.count, 2);
	for (size_t i = 0; i < shown.rows.count; i++)
		assert_slice(rows[i].label, LABEL_PUBLIC);
}

static void audience_of_what_is_hidden_is_that_of_what_is_missing(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "Closed", LABEL_SECRET, {LABEL_SECRET, "closedword"});
	struct msg_plan_shown shown = {0};
	struct hold_seen seen;
	assert_int_equal(hold_audience(f->hold, view_of(f, CLEARED_PUBLIC), slice_text(id), &f->arena, &shown, &seen), ERR_NOT_FOUND);
	assert_int_equal(hold_audience(f->hold, view_of(f, CLEARED_PUBLIC), SLICE("report--0"), &f->arena, &shown, &seen), ERR_NOT_FOUND);
}

static uint64_t narrowed(struct fixture *f, const char *text, const char *originator, const char *label)
{
	struct hold_query query = {.text = slice_text(text), .originator = slice_text(originator), .label = slice_text(label), .limit = 10};
	struct msg_hits hits = {0};
	assert_ok(hold_search(f->hold, view_of(f, CLEARED_NATO), &query, &f->arena, &hits));
	assert_int_equal(hits.count, hits.hits.count);
	return hits.count;
}

static void search_is_narrowed_by_originator_and_by_the_label_of_the_head(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "a", LABEL_PUBLIC, {LABEL_SECRET, "word"});
	PUT_TEXT(f, "b", LABEL_SECRET, {LABEL_PUBLIC, "word"});
	for (int with_text = 0; with_text < 2; with_text++) {
		const char *text = with_text ? "word" : "";
		assert_int_equal(narrowed(f, text, "", ""), 2);
		assert_int_equal(narrowed(f, text, "NATO", ""), 2);
		assert_int_equal(narrowed(f, text, "KOR", ""), 0);
		assert_int_equal(narrowed(f, text, "", LABEL_SECRET), 1);
		assert_int_equal(narrowed(f, text, "NATO", LABEL_PUBLIC), 1);
		assert_int_equal(narrowed(f, text, "", LABEL_TOP), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(audience_follows_what_was_sent_waits_and_never_goes, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(audience_tells_only_of_portions_that_the_reader_sees, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(audience_of_what_is_hidden_is_that_of_what_is_missing, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(search_is_narrowed_by_originator_and_by_the_label_of_the_head, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
