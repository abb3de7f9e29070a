/* Request targets: strict decoding, and every limit at -1, 0 and +1. */
#include "../../support/test.h"
#include "present/query.h"

static enum err parse(const char *text, struct arena *arena, struct query *query)
{
	struct diag diag = {0};
	return query_parse(slice_text(text), arena, query, &diag);
}

static void parameters_are_decoded(void **state)
{
	AUTO_ARENA arena = {0};
	struct query query;
	bool there;
	(void)state;
	assert_int_equal(parse("q=%ED%95%B4%ED%82%B9+port&type=report&&empty=&bare", &arena, &query), ERR_OK);
	assert_true(slice_equal(query_find(&query, "q", NULL), SLICE("해킹 port")));
	assert_true(slice_equal(query_find(&query, "type", NULL), SLICE("report")));
	assert_int_equal(query_find(&query, "empty", &there).len, 0);
	assert_true(there);
	query_find(&query, "bare", &there);
	assert_true(there);
	query_find(&query, "absent", &there);
	assert_false(there);
}

static void broken_queries_are_refused(void **state)
{
	static const char *const broken[] = {"q=%",	 "q=%4", "q=%GG",   "q=%00",	"q=%ff",
					     "q=%C0%80", "=x",	 "a=1&a=2", "a=1&%61=2"};
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		AUTO_ARENA arena = {0};
		struct query query;
		if (parse(broken[i], &arena, &query) != ERR_MALFORMED)
			fail_msg("\"%s\" is not refused", broken[i]);
	}
}

static void the_number_of_parameters_is_bounded(void **state)
{
	(void)state;
	for (int extra = -1; extra <= 1; extra++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(QUERY_BYTES);
		struct query query;
		for (int i = 0; i < QUERY_PARAMETERS + extra; i++)
			buf_printf(&text, "p%d=1&", i);
		assert_int_equal(query_parse(buf_slice(&text), &arena, &query, NULL),
				 extra > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static void the_length_of_a_query_is_bounded(void **state)
{
	static char text[QUERY_BYTES + 2];
	(void)state;
	memset(text, 'a', sizeof text);
	for (int extra = -1; extra <= 1; extra++) {
		AUTO_ARENA arena = {0};
		struct query query;
		struct slice s = slice_of(text, (size_t)(QUERY_BYTES + extra));
		assert_int_equal(query_parse(s, &arena, &query, NULL), extra > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static void numbers_stay_within_their_range(void **state)
{
	static const struct {
		const char *text;
		enum err err;
		uint64_t value;
	} rows[] = {
		{"", ERR_OK, 50},
		{"limit=1", ERR_OK, 1},
		{"limit=1000", ERR_OK, 1000},
		{"limit=0", ERR_MALFORMED},
		{"limit=1001", ERR_MALFORMED},
		{"limit=-1", ERR_MALFORMED},
		{"limit=", ERR_MALFORMED},
		{"limit=1.5", ERR_MALFORMED},
		{"limit=01", ERR_MALFORMED},
		{"limit=99999999999999999999", ERR_MALFORMED},
		{"limit=+1", ERR_MALFORMED},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO_ARENA arena = {0};
		struct query query;
		uint64_t value = 0;
		assert_int_equal(parse(rows[i].text, &arena, &query), ERR_OK);
		if (query_number(&query, "limit", 1, 1000, 50, &value, NULL) != rows[i].err || value != rows[i].value)
			fail_msg("\"%s\" is read wrongly", rows[i].text);
	}
}

static void flags_are_true_or_false_and_nothing_else(void **state)
{
	AUTO_ARENA arena = {0};
	struct query query;
	bool flag = true;
	(void)state;
	assert_int_equal(parse("a=true&b=false&c=yes&d=", &arena, &query), ERR_OK);
	assert_int_equal(query_flag(&query, "absent", &flag, NULL), ERR_OK);
	assert_false(flag);
	assert_int_equal(query_flag(&query, "a", &flag, NULL), ERR_OK);
	assert_true(flag);
	assert_int_equal(query_flag(&query, "b", &flag, NULL), ERR_OK);
	assert_false(flag);
	assert_int_equal(query_flag(&query, "c", &flag, NULL), ERR_MALFORMED);
	assert_int_equal(query_flag(&query, "d", &flag, NULL), ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_are_decoded),
		cmocka_unit_test(broken_queries_are_refused),
		cmocka_unit_test(the_number_of_parameters_is_bounded),
		cmocka_unit_test(the_length_of_a_query_is_bounded),
		cmocka_unit_test(numbers_stay_within_their_range),
		cmocka_unit_test(flags_are_true_or_false_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
