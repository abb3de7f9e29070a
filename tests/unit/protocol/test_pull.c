/* What a pull decides, as tables. */
#include "../../support/test.h"

#include "protocol/pull.h"

#define DAY(n) "2026-11-0" #n "T00:00:00.000000Z"

static struct pull_page page(size_t objects, bool more, const char *next, const char *last)
{
	return (struct pull_page){objects, more, slice_text(next), slice_text(last)};
}

static void a_page_that_brings_the_pull_nowhere_is_refused(void **unused)
{
	(void)unused;
	const struct pull_state state = {.after = DAY(1), .last = DAY(2), .next = "c"};
	const struct {
		struct pull_page page;
		enum err err;
	} rows[] = {
		{page(1, true, "d", DAY(3)), ERR_OK},	   {page(1, false, "", DAY(3)), ERR_OK},
		{page(0, false, "", ""), ERR_OK},	   {page(1, true, "d", DAY(2)), ERR_OK},
		{page(0, true, "d", DAY(3)), ERR_INVALID}, {page(1, true, "c", DAY(3)), ERR_INVALID},
		{page(1, true, "", DAY(2)), ERR_INVALID},  {page(1, true, "", DAY(3)), ERR_OK},
		{page(1, true, "d", DAY(1)), ERR_INVALID}, {page(1, false, "", ""), ERR_INVALID},
		{page(1, false, "", "yesterday"), ERR_INVALID}, {page(1, true, "d\nlast x", DAY(3)), ERR_TOO_LARGE},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(pull_check(&state, &rows[i].page, NULL), rows[i].err);
}

static void a_cursor_has_its_limit(void **unused)
{
	(void)unused;
	char text[LIMIT_TITLE + 2];
	const struct pull_state state = {0};
	memset(text, 'x', sizeof(text));
	for (int more = -1; more <= 1; more++) {
		struct pull_page one = page(1, true, "", DAY(1));
		one.next = slice_of(text, (size_t)(LIMIT_TITLE + more));
		assert_int_equal(pull_check(&state, &one, NULL), more > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static void a_series_is_walked_by_the_servers_cursor_and_the_next_begins_behind_it(void **unused)
{
	(void)unused;
	struct pull_state state = {0};
	const struct pull_budget budget = {100, 100, 100, 100};
	const struct pull_taken taken = {0};
	AUTO_BUF query = buf_make(4096);
	struct pull_page first = page(2, true, "a b", DAY(1)), last = page(1, false, "", DAY(2)), none = page(0, false, "", "");
	assert_int_equal(pull_advance(&state, &first, &budget, &taken), PULL_MORE);
	pull_query(&state, 100, &query);
	assert_slice(buf_slice(&query), "?limit=100&next=a%20b");
	assert_int_equal(pull_advance(&state, &last, &budget, &taken), PULL_DONE);
	assert_int_equal(pull_advance(&state, &none, &budget, &taken), PULL_DONE);
	buf_truncate(&query, 0);
	pull_query(&state, 100, &query);
	assert_slice(buf_slice(&query), "?limit=100&added_after=2026-11-02T00%3A00%3A00.000000Z");
}

static void each_part_of_the_budget_ends_the_run(void **unused)
{
	(void)unused;
	const struct pull_budget budget = {3, 3, 3, 3};
	const struct pull_page more = page(1, true, "d", DAY(1));
	for (int part = 0; part < 4; part++)
		for (uint64_t used = 2; used <= 4; used++) {
			struct pull_state state = {0};
			struct pull_taken taken = {part == 0 ? used : 0, part == 1 ? used : 0, part == 2 ? used : 0, part == 3 ? used : 0};
			assert_int_equal(pull_advance(&state, &more, &budget, &taken), used < 3 ? PULL_MORE : PULL_STOP);
			assert_string_equal(state.next, "d");
		}
}

static void a_state_is_read_as_it_was_written_and_nothing_else_is(void **unused)
{
	(void)unused;
	const struct pull_state state = {.after = DAY(1), .last = DAY(2), .next = "x y"};
	struct pull_state read;
	AUTO_BUF text = buf_make(4096);
	pull_state_print(&state, &text);
	assert_ok(pull_state_parse(buf_slice(&text), &read));
	assert_memory_equal(&read, &state, sizeof(state));
	assert_ok(pull_state_parse(SLICE(""), &read));
	static const char *const bad[] = {"x", "bices-pull 1\n", "bices-pull 1\nafter \nlast \nnext ", "bices-pull 1\nafter \nnext \nlast \n",
					  "bices-pull 1\nafter \nlast \nnext \nmore\n", "bices-pull 2\nafter \nlast \nnext \n"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(pull_state_parse(slice_text(bad[i]), &read), ERR_MALFORMED);
}

static void only_listed_addresses_and_without_a_list_only_public_ones_are_open(void **unused)
{
	(void)unused;
	const struct {
		struct pull_address address;
		bool open;
	} rows[] = {
		{{{9, 255, 255, 255}, 4}, true},  {{{10, 0, 0, 0}, 4}, false},	  {{{11, 0, 0, 0}, 4}, true},	{{{127, 0, 0, 1}, 4}, false},
		{{{128, 0, 0, 1}, 4}, true},	  {{{0, 0, 0, 0}, 4}, false},	  {{{169, 254, 169, 254}, 4}, false}, {{{172, 15, 0, 1}, 4}, true},
		{{{172, 16, 0, 1}, 4}, false},	  {{{172, 31, 0, 1}, 4}, false},  {{{172, 32, 0, 1}, 4}, true}, {{{192, 168, 1, 1}, 4}, false},
		{{{100, 64, 0, 1}, 4}, false},	  {{{223, 255, 0, 1}, 4}, true},  {{{224, 0, 0, 1}, 4}, false}, {{{255, 255, 255, 255}, 4}, false},
		{{{[15] = 1}, 16}, false},	  {{{0}, 16}, false},		  {{{0xfe, 0x80, [15] = 1}, 16}, false},
		{{{0xfd, [15] = 1}, 16}, false},  {{{0xff, 2, [15] = 1}, 16}, false}, {{{0x2a, 1, [15] = 1}, 16}, true},
		{{{0x20, 2, 127, 0, 0, 1}, 16}, false}, {{{[10] = 0xff, 0xff, 127, 0, 0, 1}, 16}, false},
		{{{[10] = 0xff, 0xff, 9, 9, 9, 9}, 16}, true}, {{{0}, 0}, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(pull_may_connect(&rows[i].address, NULL, 0), rows[i].open);
	const struct pull_address list = {{127, 0, 0, 1}, 4}, mapped = {{[10] = 0xff, 0xff, 127, 0, 0, 1}, 16}, other = {{9, 9, 9, 9}, 4};
	assert_true(pull_may_connect(&list, &list, 1));
	assert_true(pull_may_connect(&mapped, &list, 1));
	assert_false(pull_may_connect(&other, &list, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_that_brings_the_pull_nowhere_is_refused),
		cmocka_unit_test(a_cursor_has_its_limit),
		cmocka_unit_test(a_series_is_walked_by_the_servers_cursor_and_the_next_begins_behind_it),
		cmocka_unit_test(each_part_of_the_budget_ends_the_run),
		cmocka_unit_test(a_state_is_read_as_it_was_written_and_nothing_else_is),
		cmocka_unit_test(only_listed_addresses_and_without_a_list_only_public_ones_are_open),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
