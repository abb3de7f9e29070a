#include "fixture.h"

static enum err attempt(struct fixture *f, struct put put, struct diag *diag)
{
	const char *id = NULL;
	*diag = (struct diag){0};
	if (!put.title)
		put.title = "t";
	return fixture_try(f, &put, &id, diag);
}

#define PIECES(...) .pieces = (struct piece[]){__VA_ARGS__}, .count = sizeof((struct piece[]){__VA_ARGS__}) / sizeof(struct piece)

static void portion_without_a_label_is_refused_with_its_line(void **state)
{
	struct fixture *f = *state;
	struct diag diag;
	assert_int_equal(attempt(f, (struct put){.label = LABEL_PUBLIC, PIECES({LABEL_PUBLIC, "a"}, {"", "b"})}, &diag), ERR_INVALID);
	assert_int_equal(diag.line, 4);
	assert_int_equal(hold_rows(f->hold), 0);
}

static void label_must_be_canonical_known_and_valid(void **state)
{
	static const char *const bad[] = {"NATO|SECRET", "NATO|SECRET|P:Context=NATO,EAPC", "OTHER|HIGH", "NATO|ULTRA|P:Context=NATO", "nonsense",
					  "NATO|SECRET|P:Context=NATO "};
	struct fixture *f = *state;
	struct diag diag;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_not_equal(attempt(f, (struct put){.label = bad[i]}, &diag), ERR_OK);
		assert_int_equal(diag.line, 1);
		assert_true(diag.text[0] != 0);
	}
	assert_int_equal(hold_rows(f->hold), 0);
}

static void nobody_writes_what_he_may_not_read(void **state)
{
	struct fixture *f = *state;
	struct diag diag;
	assert_int_equal(attempt(f, (struct put){.label = LABEL_PUBLIC, PIECES({LABEL_TOP, "x"})}, &diag), ERR_INVALID);
	assert_int_equal(diag.line, 3);
	assert_int_equal(attempt(f, (struct put){.label = LABEL_SECRET, .clearance = CLEARED_PUBLIC}, &diag), ERR_INVALID);
	assert_ok(attempt(f, (struct put){.label = LABEL_ONLY}, &diag)); /* names others, but his own nation writes it */
}

static void mandatory_reference_needs_a_target_that_the_author_sees(void **state)
{
	struct fixture *f = *state;
	struct diag hidden, missing;
	const char *target = PUT_TEXT(f, "target", LABEL_SECRET, {LABEL_SECRET, "x"});
	struct put put = {.label = LABEL_PUBLIC, .clearance = CLEARED_PUBLIC, PIECES({LABEL_PUBLIC, "{}", target, true})};
	assert_int_equal(attempt(f, put, &hidden), ERR_INVALID);
	struct put other = {.label = LABEL_PUBLIC, .clearance = CLEARED_PUBLIC,
			    PIECES({LABEL_PUBLIC, "{}", "report--00000000-0000-4000-8000-000000000001", true})};
	assert_int_equal(attempt(f, other, &missing), ERR_INVALID);
	char *at = strstr(hidden.text, target);
	assert_non_null(at);
	assert_int_equal(strlen(hidden.text), strlen(missing.text));
	assert_int_equal(attempt(f, (struct put){.label = LABEL_PUBLIC, PIECES({LABEL_PUBLIC, "{}", "no id", false})}, &missing), ERR_MALFORMED);
	assert_ok(attempt(f, (struct put){.label = LABEL_PUBLIC, PIECES({LABEL_PUBLIC, "{}", target, true})}, &missing));
}

static void replacing_what_is_hidden_answers_as_for_what_is_missing(void **state)
{
	struct fixture *f = *state;
	struct diag hidden, missing;
	const char *id = PUT_TEXT(f, "t", LABEL_SECRET, {LABEL_SECRET, "x"});
	assert_int_equal(attempt(f, (struct put){.replaces = id, .label = LABEL_PUBLIC, .clearance = CLEARED_PUBLIC}, &hidden), ERR_NOT_FOUND);
	assert_int_equal(attempt(f, (struct put){.replaces = "report--00000000-0000-4000-8000-000000000001", .label = LABEL_PUBLIC}, &missing),
			 ERR_NOT_FOUND);
	assert_string_equal(hidden.text, missing.text);
}

/* One id, two objects: neither author learns of the other's. */
static void id_in_use_where_the_author_may_not_look_is_as_good_as_unused(void **state)
{
	struct fixture *f = *state;
	struct diag diag;
	struct put put = {.id = "ipv4-addr--00000000-0000-4000-8000-000000000001", .type = "ipv4-addr", .title = "secretword", .label = LABEL_SECRET};
	fixture_put(f, &put);
	put.title = "openword";
	put.label = LABEL_PUBLIC;
	put.clearance = CLEARED_PUBLIC;
	assert_ok(attempt(f, put, &diag));
	assert_slice(seen_of(f, CLEARED_PUBLIC, put.id).title, "openword");
	assert_slice(seen_of(f, CLEARED_NATO, put.id).title, "secretword");
	put.replaces = put.id;
	put.title = "laterword";
	assert_ok(attempt(f, put, &diag));
	assert_slice(seen_of(f, CLEARED_PUBLIC, put.id).title, "laterword");
	fixture_reopen(f);
	assert_slice(seen_of(f, CLEARED_PUBLIC, put.id).title, "laterword");
	assert_slice(seen_of(f, CLEARED_NATO, put.id).title, "secretword");
}

static void same_new_id_twice_is_a_conflict(void **state)
{
	struct fixture *f = *state;
	struct hold_object first;
	struct put put = {.id = "report--00000000-0000-4000-8000-000000000001", .title = "t", .label = LABEL_PUBLIC};
	assert_ok(fixture_draft(f, &put, &first, NULL));
	fixture_put(f, &put);
	first.issued = f->now + 100;
	assert_ok(hold_begin(f->hold));
	assert_int_equal(hold_put(f->hold, &first, f->now), ERR_CONFLICT);
	hold_rollback(f->hold);
}

static void portions_hidden_from_the_author_are_told_apart_in_his_draft(void **state)
{
	struct fixture *f = *state;
	struct hold_object draft;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"}, {LABEL_KOR, "waits"});
	struct put put = {.replaces = id, .title = "t", .label = LABEL_PUBLIC, .clearance = CLEARED_PUBLIC, PIECES({LABEL_PUBLIC, "y"})};
	assert_ok(fixture_draft(f, &put, &draft, NULL));
	assert_int_equal(draft.count, 3);
	for (size_t i = 0; i < draft.count; i++)
		assert_int_equal(draft.portions[i].hidden, strcmp(text_of(f, draft.portions[i].portion.label), LABEL_KOR) == 0);
}

static void id_must_be_of_its_type(void **state)
{
	struct fixture *f = *state;
	struct diag diag;
	assert_int_equal(attempt(f, (struct put){.id = "malware--00000000-0000-4000-8000-000000000001", .label = LABEL_PUBLIC}, &diag),
			 ERR_MALFORMED);
	assert_int_equal(attempt(f, (struct put){.id = "report--1", .label = LABEL_PUBLIC}, &diag), ERR_MALFORMED);
}

static void version_that_came_first_wins(void **state)
{
	struct fixture *f = *state;
	struct hold_object draft;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct put put = {.replaces = id, .title = "mine", .label = LABEL_PUBLIC};
	assert_ok(fixture_draft(f, &put, &draft, NULL));
	fixture_put(f, &(struct put){.replaces = id, .title = "theirs", .label = LABEL_PUBLIC});
	draft.issued = f->now + 100;
	assert_ok(hold_begin(f->hold));
	assert_int_equal(hold_put(f->hold, &draft, f->now), ERR_CONFLICT);
	hold_rollback(f->hold);
	assert_slice(seen_of(f, CLEARED_NATO, id).title, "theirs");
}

static void rolled_back_bundle_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct hold_object draft;
	PUT_TEXT(f, "before", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	uint64_t rows = hold_rows(f->hold);
	struct put put = {.title = "gone", .label = LABEL_UNCLASSIFIED, PIECES({LABEL_KOR, "goneword"})};
	assert_ok(fixture_draft(f, &put, &draft, NULL));
	uint8_t salts[2 * SALT] = {0};
	draft.issued = f->now;
	draft.manifest = SLICE("manifest");
	draft.salts = SLICE_ARRAY(salts);
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_put(f->hold, &draft, f->now));
	hold_rollback(f->hold);
	assert_int_equal(hold_rows(f->hold), rows);
	assert_int_equal(found(f, CLEARED_NATO, "goneword"), 0);
	assert_int_equal(found(f, CLEARED_NATO, ""), 1);
	PUT_TEXT(f, "after", LABEL_UNCLASSIFIED, {LABEL_KOR, "afterword"});
	assert_int_equal(found(f, CLEARED_NATO, "afterword"), 1);
	assert_int_equal(found(f, CLEARED_PUBLIC, "afterword"), 0);
	fixture_reopen(f);
	assert_int_equal(found(f, CLEARED_NATO, "afterword"), 1);
}

static void portions_end_at_their_limit(void **state)
{
	struct fixture *f = *state;
	struct diag diag;
	struct piece *pieces = ARENA_ARRAY(&f->arena, LIMIT_PORTIONS, struct piece);
	assert_non_null(pieces);
	for (size_t i = 0; i < LIMIT_PORTIONS; i++)
		pieces[i] = (struct piece){LABEL_PUBLIC, arena_printf(&f->arena, "p%zu", i)};
	assert_ok(attempt(f, (struct put){.label = LABEL_PUBLIC, .pieces = pieces, .count = LIMIT_PORTIONS - 2}, &diag));
	assert_ok(attempt(f, (struct put){.label = LABEL_PUBLIC, .pieces = pieces, .count = LIMIT_PORTIONS - 1}, &diag));
	assert_int_equal(attempt(f, (struct put){.label = LABEL_PUBLIC, .pieces = pieces, .count = LIMIT_PORTIONS}, &diag), ERR_TOO_LARGE);
}

static const char *filler(struct fixture *f, size_t len)
{
	char *text = arena_alloc(&f->arena, len + 1, 1);
	assert_non_null(text);
	memset(text, 'x', len);
	text[len] = 0;
	return text;
}

/* Both portions are allowed by themselves. */
static enum err sized(struct fixture *f, size_t second, struct diag *diag)
{
	struct hold_object draft;
	*diag = (struct diag){0};
	struct put put = {.title = "t", .label = LABEL_PUBLIC, PIECES({LABEL_PUBLIC, filler(f, LIMIT_PORTION_BYTES - 1024)}, {LABEL_PUBLIC, filler(f, second)})};
	return fixture_draft(f, &put, &draft, diag);
}

static void object_whose_rendition_would_be_too_large_is_refused_before_it_is_stored(void **state)
{
	struct fixture *f = *state;
	struct diag diag = {0};
	size_t good = LIMIT_PORTION_BYTES - 4096, bad = LIMIT_PORTION_BYTES;
	while (bad - good > 1) {
		size_t middle = good + (bad - good) / 2;
		enum err err = sized(f, middle, &diag);
		assert_true(err == ERR_OK || err == ERR_TOO_LARGE);
		*(err == ERR_OK ? &good : &bad) = middle;
	}
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, filler(f, LIMIT_PORTION_BYTES - 1024)}, {LABEL_PUBLIC, filler(f, good)});
	struct hold_seen seen = seen_of(f, CLEARED_NATO, id);
	assert_int_equal(seen.rendition.len, LIMIT_OBJECT_BYTES);
	assert_true(release_to(f, "KOR", id, NULL).len == LIMIT_OBJECT_BYTES);
	assert_int_equal(sized(f, good + 1, &diag), ERR_TOO_LARGE);
}

static void hidden_portions_count_for_the_size_of_the_whole(void **state)
{
	struct fixture *f = *state;
	struct diag diag = {0};
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"}, {LABEL_SECRET, filler(f, LIMIT_PORTION_BYTES)});
	struct put put = {.replaces = id, .title = "t", .label = LABEL_PUBLIC, .clearance = CLEARED_PUBLIC,
			  PIECES({LABEL_PUBLIC, filler(f, LIMIT_PORTION_BYTES)})};
	assert_int_equal(attempt(f, put, &diag), ERR_TOO_LARGE);
	assert_null(strstr(diag.text, "3 portions"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(portion_without_a_label_is_refused_with_its_line),
		CASE(label_must_be_canonical_known_and_valid),
		CASE(nobody_writes_what_he_may_not_read),
		CASE(mandatory_reference_needs_a_target_that_the_author_sees),
		CASE(replacing_what_is_hidden_answers_as_for_what_is_missing),
		CASE(id_in_use_where_the_author_may_not_look_is_as_good_as_unused),
		CASE(same_new_id_twice_is_a_conflict),
		CASE(portions_hidden_from_the_author_are_told_apart_in_his_draft),
		CASE(id_must_be_of_its_type),
		CASE(version_that_came_first_wins),
		CASE(rolled_back_bundle_leaves_nothing),
		CASE(portions_end_at_their_limit),
		CASE(object_whose_rendition_would_be_too_large_is_refused_before_it_is_stored),
		CASE(hidden_portions_count_for_the_size_of_the_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
