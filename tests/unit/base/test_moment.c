#include "base/moment.h"
#include "../../support/test.h"

static void moments_round_trip(void **state)
{
	(void)state;
	static const struct { uint64_t ms; const char *text; } rows[] = {
		{0, "1970-01-01T00:00:00.000Z"}, {951782400123, "2000-02-29T00:00:00.123Z"}, {1795558573000, "2026-11-24T22:16:13.000Z"},
		{253402300799999, "9999-12-31T23:59:59.999Z"}, {68169600000, "1972-02-29T00:00:00.000Z"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[MOMENT_TEXT + 1];
		uint64_t ms = 0;
		moment_print(rows[i].ms, text);
		assert_string_equal(text, rows[i].text);
		assert_ok(moment_parse(slice_text(text), &ms));
		assert_true(ms == rows[i].ms);
	}
	char text[MOMENT_TEXT + 1];
	moment_print(UINT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

static void offsets_and_decimals_are_read(void **state)
{
	(void)state;
	static const struct { const char *text; uint64_t ms; } rows[] = {
		{"1970-01-01T01:00:00+01:00", 0}, {"1970-01-01t00:00:00.5z", 500}, {"1970-01-01T00:00:00.123456789Z", 123},
		{"1969-12-31T23:30:00-00:30", 0}, {"1970-01-01T00:00:60Z", 59000}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t ms = 1;
		assert_ok(moment_parse(slice_text(rows[i].text), &ms));
		assert_true(ms == rows[i].ms);
	}
}

static void anything_else_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-02-29T00:00:00Z",
		"1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z",
		"1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z ", " 1970-01-01T00:00:00Z", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00+0100", "+970-01-01T00:00:00Z"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t ms = 1;
		assert_int_equal(moment_parse(slice_text(bad[i]), &ms), ERR_MALFORMED);
		assert_true(ms == 1);
	}
}

static void no_cut_and_no_changed_octet_is_read_as_something_else(void **state)
{
	(void)state;
	static const char *const texts[] = {"2026-11-24T22:16:13.250Z", "2026-11-24T22:16:13+01:30"};
	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(texts[i]);
		char text[32];
		uint64_t ms = 1;
		for (size_t n = 0; n < len; n++)
			assert_int_equal(moment_parse(slice_of(texts[i], n), &ms), ERR_MALFORMED);
		for (size_t at = 0; at < len; at++)
			for (const char *with = "/:x "; *with; with++) {
				snprintf(text, sizeof(text), "%s", texts[i]);
				if (text[at] == *with)
					continue;
				text[at] = *with;
				assert_int_equal(moment_parse(slice_text(text), &ms), ERR_MALFORMED);
			}
		assert_true(ms == 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(moments_round_trip), cmocka_unit_test(offsets_and_decimals_are_read),
					   cmocka_unit_test(anything_else_is_refused),
					   cmocka_unit_test(no_cut_and_no_changed_octet_is_read_as_something_else)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
