/* spec: RFC 8259, RFC 8785 */
#include "../../support/test.h"
#include "object/json.h"

#include <math.h>

static enum err read_text(const char *text, json_t **ret_value, struct diag *diag)
{
	return json_read(slice_text(text), LIMIT_JSON_BYTES, ret_value, diag);
}

static void assert_canonical(const char *text, const char *want)
{
	AUTO_JSON *value = NULL;
	AUTO_BUF printed = buf_make(1 << 20);
	assert_ok(read_text(text, &value, NULL));
	json_canonical(value, &printed);
	assert_ok(printed.err);
	assert_slice(buf_slice(&printed), want);
}

static void names_are_sorted_and_white_space_goes(void **state)
{
	(void)state;
	assert_canonical("{ \"b\" : [ 1 , true , null , { } , [ ] ] ,\n \"a\" : { \"d\":false, \"c\" : \"x\" } }",
			 "{\"a\":{\"c\":\"x\",\"d\":false},\"b\":[1,true,null,{},[]]}");
}

/* RFC 8785 3.2.3: the sample with names across planes */
static void names_are_ordered_by_utf16_code_units(void **state)
{
	(void)state;
	assert_canonical("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\","
			 "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
			 "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
			 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
			 "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
			 "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
	assert_true(json_name_compare(SLICE("a"), SLICE("ab")) < 0);
	assert_true(json_name_compare(SLICE("\xf0\x9f\x98\x80"), SLICE("\xf0\x9f\x98\x81")) < 0);
	assert_int_equal(json_name_compare(SLICE("\xed\x9f\xbf"), SLICE("\xed\x9f\xbf")), 0);
	assert_true(json_name_compare(SLICE("\xed\x9f\xbf"), SLICE("\xf0\x90\x80\x80")) < 0);
	assert_true(json_name_compare(SLICE("\xee\x80\x80"), SLICE("\xf4\x8f\xbf\xbf")) > 0);
}

static void strings_are_escaped_where_they_must_be(void **state)
{
	(void)state;
	assert_canonical("[\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"]",
			 "[\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"]");
	assert_canonical("[\"\\b\\t\\f\\r\\u001f\\u007f\"]", "[\"\\b\\t\\f\\r\\u001f\x7f\"]");
	assert_canonical("[\"\\ud55c\\uad6d\"]", "[\"한국\"]");
}

/* RFC 8785 appendix B, given as decimal text where that is exact */
static void reals_have_the_shortest_digits(void **state)
{
	(void)state;
	assert_canonical("[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]",
			 "[333333333.3333333,1e+30,4.5,0.002,1e-27]");
	static const struct {
		uint64_t bits;
		const char *text;
	} CASES[] = {
		{0x0000000000000000, "0"}, {0x8000000000000000, "0"}, {0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"}, {0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"}, {0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"}, {0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"}, {0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"}, {0x444b1ae4d6e2ef4e, "999999999999999700000"},
		{0x444b1ae4d6e2ef4f, "999999999999999900000"}, {0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"}, {0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"}, {0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"}, {0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"}, {0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		double number;
		memcpy(&number, &CASES[i].bits, sizeof(number));
		AUTO_JSON *value = json_real(number);
		AUTO_BUF text = buf_make(100);
		json_canonical(value, &text);
		assert_slice(buf_slice(&text), CASES[i].text);
	}
}

static void integers_keep_all_their_digits(void **state)
{
	(void)state;
	assert_canonical("[9007199254740993,-9007199254740993,9223372036854775807,-9223372036854775808,-0,0]",
			 "[9007199254740993,-9007199254740993,9223372036854775807,-9223372036854775808,0,0]");
	json_t *value = NULL;
	assert_int_equal(read_text("[9223372036854775808]", &value, NULL), ERR_MALFORMED);
	assert_int_equal(read_text("[18446744073709551615]", &value, NULL), ERR_MALFORMED);
	assert_int_equal(read_text("[-99999999999999999999999]", &value, NULL), ERR_MALFORMED);
	assert_int_equal(read_text("[1e400]", &value, NULL), ERR_MALFORMED);
	assert_null(value);
}

static void every_canonical_real_reads_back(void **state)
{
	(void)state;
	assert_canonical("[3e20,-3e020,1e19,9.3e18,1e21,295147905179352830000]",
			 "[300000000000000000000,-300000000000000000000,10000000000000000000,9300000000000000000,1e+21,295147905179352830000]");
	assert_canonical("[300000000000000000000,\"\\\"300000000000000000001\",{\"300000000000000000002\":9300000000000000000}]",
			 "[300000000000000000000,\"\\\"300000000000000000001\",{\"300000000000000000002\":9300000000000000000}]");
}

static void what_two_readers_could_read_in_two_ways_is_refused(void **state)
{
	(void)state;
	static const char *const WRONG[] = {
		"", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"\\u0062\":2}}", "[1] 2", "[1][2]",
		"[01]", "[+1]", "[.5]", "[NaN]", "[Infinity]", "['a']", "[\"\\ud800\"]", "[\"\\u0000\"]", "[\"\\x\"]",
		"[\"a\nb\"]", "{a:1}", "[1] // x", "\xef\xbb\xbf[]", "[\"\xff\"]", "[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]",
		"[\"\xf4\x90\x80\x80\"]", "[\"\xe2\x82\"]", "nul", "[tru]",
	};
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
		json_t *value = NULL;
		struct diag diag = {0};
		assert_int_equal(read_text(WRONG[i], &value, &diag), ERR_MALFORMED);
		assert_null(value);
		assert_true(diag.text[0] != 0);
	}
	json_t *value = NULL;
	assert_int_equal(json_read(SLICE("[\"a\0b\"]"), 100, &value, NULL), ERR_MALFORMED);
	assert_int_equal(json_read(SLICE("[]\0"), 100, &value, NULL), ERR_MALFORMED);
}

static void a_fault_has_its_line_and_column(void **state)
{
	(void)state;
	json_t *value = NULL;
	struct diag diag = {0};
	assert_int_equal(read_text("{\n  \"한\": 1,\n  \"a\": \"\xff\"\n}", &value, &diag), ERR_MALFORMED);
	assert_int_equal(diag.line, 3);
	assert_int_equal(diag.column, 9);
	diag = (struct diag){0};
	assert_int_equal(read_text("{\n\"a\":1,\n\"a\":2}", &value, &diag), ERR_MALFORMED);
	assert_int_equal(diag.line, 3);
}

static enum err read_nested(size_t depth, char open, char close)
{
	AUTO_BUF text = buf_make(1 << 20);
	memset(buf_grow(&text, depth), open, depth);
	memset(buf_grow(&text, depth), close, depth);
	AUTO_JSON *value = NULL;
	return json_read(buf_slice(&text), LIMIT_JSON_BYTES, &value, NULL);
}

static void nesting_is_measured_before_it_is_followed(void **state)
{
	(void)state;
	assert_ok(read_nested(LIMIT_JSON_DEPTH - 1, '[', ']'));
	assert_ok(read_nested(LIMIT_JSON_DEPTH, '[', ']'));
	assert_int_equal(read_nested(LIMIT_JSON_DEPTH + 1, '[', ']'), ERR_TOO_LARGE);
	assert_int_equal(read_nested(100000, '[', ']'), ERR_TOO_LARGE);
	assert_int_equal(read_nested(100000, '{', '}'), ERR_TOO_LARGE);
	/* brackets in strings do not count, behind an escaped quotation mark neither */
	AUTO_JSON *value = NULL;
	AUTO_BUF text = buf_make(1 << 20);
	buf_put_text(&text, "[\"\\\"");
	memset(buf_grow(&text, 1000), '[', 1000);
	buf_put_text(&text, "\\\\\"]");
	assert_ok(json_read(buf_slice(&text), LIMIT_JSON_BYTES, &value, NULL));
}

static void size_is_limited_to_the_octet(void **state)
{
	(void)state;
	json_t *value = NULL;
	assert_int_equal(json_read(SLICE("[1234]"), 5, &value, NULL), ERR_TOO_LARGE);
	assert_ok(json_read(SLICE("[1234]"), 6, &value, NULL));
	json_release(&value);
	assert_ok(json_read(SLICE("[1234]"), 7, &value, NULL));
	json_release(&value);
}

static void printing_deeper_than_its_limit_sticks_to_the_buffer(void **state)
{
	(void)state;
	AUTO_JSON *value = json_array();
	for (int depth = 1; depth < JSON_PRINT_DEPTH; depth++)
		value = json_pack("[o]", value);
	AUTO_BUF text = buf_make(1000);
	json_canonical(value, &text);
	assert_ok(text.err);
	value = json_pack("[o]", value);
	json_canonical(value, &text);
	assert_int_equal(text.err, ERR_TOO_LARGE);
}

int main(void)
{
	json_start(1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_sorted_and_white_space_goes),
		cmocka_unit_test(names_are_ordered_by_utf16_code_units),
		cmocka_unit_test(strings_are_escaped_where_they_must_be),
		cmocka_unit_test(reals_have_the_shortest_digits),
		cmocka_unit_test(integers_keep_all_their_digits),
		cmocka_unit_test(every_canonical_real_reads_back),
		cmocka_unit_test(what_two_readers_could_read_in_two_ways_is_refused),
		cmocka_unit_test(a_fault_has_its_line_and_column),
		cmocka_unit_test(nesting_is_measured_before_it_is_followed),
		cmocka_unit_test(size_is_limited_to_the_octet),
		cmocka_unit_test(printing_deeper_than_its_limit_sticks_to_the_buffer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
