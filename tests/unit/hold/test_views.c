#include "fixture.h"

#include "hold/inside.h"

#include <time.h>

static void each_reader_counts_only_what_he_sees(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "harbour report", LABEL_PUBLIC, {LABEL_SECRET, "closedword"}, {LABEL_KOR, "openword"}, {LABEL_PUBLIC, "plainword"});
	assert_int_equal(found(f, CLEARED_NATO, "closedword"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "openword"), 1);
	assert_int_equal(found(f, CLEARED_PUBLIC, "closedword"), 0);
	assert_int_equal(found(f, CLEARED_PUBLIC, "openword"), 0);
	assert_int_equal(found(f, CLEARED_PUBLIC, "plainword"), 1);
	assert_int_equal(found(f, CLEARED_PUBLIC, "harbour"), 1);
}

static void denied_head_hides_the_whole_object(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "secret title", LABEL_SECRET, {LABEL_PUBLIC, "plainword"});
	assert_true(is_seen(f, CLEARED_NATO, id));
	assert_false(is_seen(f, CLEARED_PUBLIC, id));
	assert_int_equal(found(f, CLEARED_PUBLIC, "plainword"), 0);
	assert_int_equal(found(f, CLEARED_PUBLIC, ""), 0);
	assert_int_equal(hold_view_objects(f->hold, view_of(f, CLEARED_PUBLIC), (struct slice){0}), 0);
}

static void own_staff_reads_what_it_wrote_though_tags_name_others(void **state)
{
	struct fixture *f = *state;
	struct view *strangers = NULL;
	PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_ONLY, "narrowword"});
	assert_int_equal(found(f, CLEARED_NATO, "narrowword"), 1);
	assert_ok(hold_view(f->hold, SLICE(CLEARED_NATO), false, &strangers));
	struct msg_hits hits;
	struct hold_query query = {.text = SLICE("narrowword"), .limit = 10};
	assert_ok(hold_search(f->hold, strangers, &query, &f->arena, &hits));
	assert_int_equal(hits.count, 0);
}

static void clearance_that_does_not_read_sees_nothing(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "plainword"});
	assert_int_equal(found(f, "", "plainword"), 0);
	assert_int_equal(found(f, "NONSENSE|HIGH", "plainword"), 0);
	assert_int_equal(found(f, "NATO", "plainword"), 0);
}

static void hidden_target_of_a_mandatory_reference_hides_the_object(void **state)
{
	struct fixture *f = *state;
	const char *target = PUT_TEXT(f, "target", LABEL_SECRET, {LABEL_SECRET, "x"});
	const char *link = PUT_TEXT(f, "link", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", target, true});
	const char *further = PUT_TEXT(f, "further", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", link, true});
	assert_true(is_seen(f, CLEARED_NATO, further));
	assert_false(is_seen(f, CLEARED_PUBLIC, link));
	assert_false(is_seen(f, CLEARED_PUBLIC, further));
	assert_int_equal(found(f, CLEARED_PUBLIC, ""), 0);
}

static void optional_reference_shows_only_where_its_target_shows(void **state)
{
	struct fixture *f = *state;
	const char *target = PUT_TEXT(f, "target", LABEL_SECRET, {LABEL_SECRET, "x"});
	const char *id = PUT_TEXT(f, "link", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", target, false});
	struct rendition_view whole, part;
	assert_ok(rendition_open(seen_of(f, CLEARED_NATO, id).rendition, &f->arena, &whole));
	assert_ok(rendition_open(seen_of(f, CLEARED_PUBLIC, id).rendition, &f->arena, &part));
	assert_int_equal(whole.count, 2);
	assert_int_equal(part.count, 1);
}

static void objects_in_a_ring_of_mandatory_references_show_together(void **state)
{
	struct fixture *f = *state;
	const char *first = "report--00000000-0000-4000-8000-000000000001", *second = "report--00000000-0000-4000-8000-000000000002";
	fixture_put(f, &(struct put){.id = first, .title = "one", .label = LABEL_PUBLIC});
	fixture_put(f, &(struct put){.id = second, .title = "two", .label = LABEL_PUBLIC,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "{}", first, true}}, .count = 1});
	fixture_put(f, &(struct put){.replaces = first, .title = "one", .label = LABEL_PUBLIC,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "{}", second, true}}, .count = 1});
	assert_true(is_seen(f, CLEARED_PUBLIC, first));
	assert_true(is_seen(f, CLEARED_PUBLIC, second));
}

/* Straight into the catalogue: a chain is not to be paid for with that many transactions. */
static void chain_make(struct hold *hold, uint32_t count, uint32_t last_label, uint32_t label, uint16_t type)
{
	uint32_t name = (uint32_t)hold->catalog.name_count, object = (uint32_t)hold->catalog.object_count, row = (uint32_t)hold->catalog.row_count;
	for (uint32_t i = 0; i < count; i++)
		assert_ok(catalog_add_name(hold, name + i));
	for (uint32_t i = 0; i < count; i++) {
		bool last = i + 1 == count;
		struct catalog_object facts = {.name = name + i, .type = type, .originator = hold->own_term};
		struct catalog_row head = {.label = last ? last_label : label, .object = object + i, .flags = ROW_CURRENT | ROW_HEAD | ROW_OWN};
		struct catalog_row link = {.label = label, .object = object + i, .flags = ROW_CURRENT | ROW_REFERENCE | ROW_MANDATORY | ROW_OWN};
		assert_ok(catalog_add_object(hold, object + i, &facts));
		assert_ok(catalog_add_row(hold, row++, &head, 0));
		if (!last)
			assert_ok(catalog_add_row(hold, row++, &link, name + i + 1));
	}
}

static void long_chain_of_references_to_something_hidden_costs_no_more_than_its_length(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_SECRET, "x"});
	uint32_t open = label_find(f->hold, slice_text(LABEL_PUBLIC)), closed = label_find(f->hold, slice_text(LABEL_SECRET));
	assert_true(open && closed);
	chain_make(f->hold, 50000, closed, open, f->hold->catalog.objects[1].type);
	chain_make(f->hold, 50000, open, open, f->hold->catalog.objects[1].type);
	clock_t before = clock();
	assert_int_equal(hold_view_objects(f->hold, view_of(f, CLEARED_PUBLIC), (struct slice){0}), 50001);
	assert_true(clock() - before < CLOCKS_PER_SEC); /* one pass a link took a minute */
	assert_int_equal(hold_view_objects(f->hold, view_of(f, CLEARED_NATO), (struct slice){0}), 100001);
}

static void assert_same_bits(struct fixture *f, const char *clearance)
{
	struct view *grown = view_of(f, clearance);
	uint64_t rows = hold_view_rows(f->hold, grown), objects = hold_view_objects(f->hold, grown, (struct slice){0});
	bool bits[512];
	for (uint64_t row = 0; row < 512; row++)
		bits[row] = view_has(grown, row);
	hold_forget_views(f->hold);
	struct view *fresh = view_of(f, clearance);
	assert_int_equal(hold_view_rows(f->hold, fresh), rows);
	assert_int_equal(hold_view_objects(f->hold, fresh, (struct slice){0}), objects);
	for (uint64_t row = 0; row < 512; row++)
		assert_int_equal(view_has(fresh, row), bits[row]);
}

static void grown_view_equals_one_made_anew(void **state)
{
	struct fixture *f = *state;
	static const char *const labels[] = {LABEL_PUBLIC, LABEL_SECRET, LABEL_KOR, LABEL_ONLY, LABEL_UNCLASSIFIED};
	const char *last = NULL;
	for (int i = 0; i < 60; i++) {
		const char *head = labels[i * 7 % 5], *text = labels[i * 3 % 5];
		if (last && i % 4 == 0)
			last = PUT_TEXT(f, "link", head, {text, "{}", last, i % 8 == 0});
		else if (last && i % 9 == 0)
			fixture_put(f, &(struct put){.replaces = last, .title = "again", .label = LABEL_PUBLIC});
		else
			last = PUT_TEXT(f, "t", head, {text, "word"}, {labels[i % 5], "other"});
		view_of(f, CLEARED_PUBLIC);
		view_of(f, CLEARED_NATO);
		view_of(f, CLEARED_USA);
	}
	assert_same_bits(f, CLEARED_PUBLIC);
	assert_same_bits(f, CLEARED_NATO);
	assert_same_bits(f, CLEARED_USA);
}

static void views_survive_a_restart(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_SECRET, "closedword"}, {LABEL_PUBLIC, "plainword"});
	fixture_reopen(f);
	assert_true(is_seen(f, CLEARED_PUBLIC, id));
	assert_int_equal(found(f, CLEARED_PUBLIC, "closedword"), 0);
	assert_int_equal(found(f, CLEARED_PUBLIC, "plainword"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "closedword"), 1);
}

static uint64_t seen_by_korea(struct fixture *f, const char *beneath, const char *text)
{
	struct view *view = NULL;
	struct msg_hits hits;
	struct hold_query query = {.text = slice_text(text), .limit = 10};
	assert_ok(hold_lens(f->hold, SLICE("KOR"), SLICE(CLEARED_KOR), slice_text(beneath), &view));
	assert_ok(hold_search(f->hold, view, &query, &f->arena, &hits));
	return hits.count;
}

static void lens_shows_what_was_released_to_that_nation_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "open title", LABEL_PUBLIC, {LABEL_SECRET, "closedword"}, {LABEL_PUBLIC, "openword"});
	PUT_TEXT(f, "waiting title", LABEL_KOR, {LABEL_KOR, "waitingword"});
	assert_int_equal(seen_by_korea(f, CLEARED_NATO, "openword"), 1);
	assert_int_equal(seen_by_korea(f, CLEARED_NATO, "closedword"), 0);
	assert_int_equal(seen_by_korea(f, CLEARED_NATO, "waitingword"), 0);
	assert_int_equal(found(f, CLEARED_NATO, "waitingword"), 1);
}

static void lens_follows_what_is_released_later(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "waiting title", LABEL_KOR, {LABEL_KOR, "waitingword"});
	struct msg_release_shown shown;
	uint8_t digest[DIGEST];
	assert_int_equal(seen_by_korea(f, CLEARED_NATO, "waitingword"), 0);
	assert_ok(hold_release_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	struct hold_decision decision = {.id = slice_text(id), .user = SLICE("release"), .approve = true, .digest = digest};
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_decide(f->hold, view_of(f, CLEARED_NATO), &decision, ++f->now, NULL));
	assert_ok(hold_commit(f->hold));
	assert_int_equal(seen_by_korea(f, CLEARED_NATO, "waitingword"), 1);
}

static void lens_never_shows_more_than_who_looks_may_see(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "open title", LABEL_PUBLIC, {LABEL_PUBLIC, "openword"});
	assert_int_equal(seen_by_korea(f, CLEARED_NATO, "openword"), 1);
	assert_int_equal(seen_by_korea(f, "NATO|" LEVELS "|P:Context=NATO", "openword"), 0);
	assert_int_equal(seen_by_korea(f, "", "openword"), 0);
}

static void database_of_another_nation_is_refused(void **state)
{
	struct fixture *f = *state;
	struct hold *hold = NULL;
	struct diag diag = {0};
	char path[96];
	struct hold_settings settings = {.nation = SLICE("KOR"), .realm = SLICE("real"), .policies = fixture_policies()};
	fixture_leave(f);
	snprintf(path, sizeof(path), "%s/store.db", f->path);
	assert_int_equal(hold_open(path, &settings, &hold, &diag), ERR_INVALID);
	assert_non_null(strstr(diag.text, "NATO"));
	settings.nation = SLICE("NATO");
	settings.realm = SLICE("exercise");
	assert_int_equal(hold_open(path, &settings, &hold, NULL), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_reader_counts_only_what_he_sees, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(denied_head_hides_the_whole_object, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(own_staff_reads_what_it_wrote_though_tags_name_others, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(clearance_that_does_not_read_sees_nothing, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(hidden_target_of_a_mandatory_reference_hides_the_object, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(optional_reference_shows_only_where_its_target_shows, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(objects_in_a_ring_of_mandatory_references_show_together, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(long_chain_of_references_to_something_hidden_costs_no_more_than_its_length, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(grown_view_equals_one_made_anew, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(views_survive_a_restart, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(lens_shows_what_was_released_to_that_nation_and_nothing_else, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(lens_follows_what_is_released_later, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(lens_never_shows_more_than_who_looks_may_see, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(database_of_another_nation_is_refused, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
