#include "../../support/test.h"

static void equality_and_order_follow_the_octets(void **state)
{
	(void)state;
	assert_true(slice_equal(SLICE("abc"), SLICE("abc")));
	assert_false(slice_equal(SLICE("abc"), SLICE("abd")));
	assert_false(slice_equal(SLICE("abc"), SLICE("ab")));
	assert_true(slice_equal(slice_of(NULL, 0), SLICE("")));
	assert_true(slice_compare(SLICE("ab"), SLICE("abc")) < 0);
	assert_true(slice_compare(SLICE("b"), SLICE("abc")) > 0);
	assert_int_equal(slice_compare(SLICE("\xff"), SLICE("\xff")), 0);
	assert_true(slice_equal_secret(SLICE("secret"), SLICE("secret")));
	assert_false(slice_equal_secret(SLICE("secret"), SLICE("secres")));
	assert_false(slice_equal_secret(SLICE("secret"), SLICE("secre")));
}

static void cutting_never_leaves_the_slice(void **state)
{
	(void)state;
	assert_slice(slice_skip(SLICE("abc"), 2), "c");
	assert_slice(slice_skip(SLICE("abc"), 3), "");
	assert_slice(slice_skip(SLICE("abc"), 4), "");
	assert_slice(slice_take(SLICE("abc"), 2), "ab");
	assert_slice(slice_take(SLICE("abc"), 4), "abc");
	assert_slice(slice_trim(SLICE(" \t a b\n")), "a b");
	assert_slice(slice_trim(SLICE("  ")), "");
	struct slice head;
	assert_slice(slice_split(SLICE("a=b=c"), '=', &head), "b=c");
	assert_slice(head, "a");
	assert_slice(slice_split(SLICE("abc"), '=', &head), "");
	assert_slice(head, "abc");
	assert_true(slice_has_prefix(SLICE("abc"), SLICE("ab")));
	assert_false(slice_has_prefix(SLICE("a"), SLICE("ab")));
	assert_true(slice_has_suffix(SLICE("abc"), SLICE("bc")));
	assert_false(slice_has_suffix(SLICE("c"), SLICE("bc")));
}

static void only_shortest_well_formed_utf8_is_text(void **state)
{
	(void)state;
	assert_true(utf8_is_text(SLICE("해킹을 A\xf0\x9f\x8c\x8d")));
	static const struct { const char *bytes; size_t len; } bad[] = {
		{"\x80", 1}, {"\xc0\x80", 2}, {"\xc1\xbf", 2}, {"\xe0\x9f\xbf", 3}, {"\xed\xa0\x80", 3}, {"\xf0\x8f\xbf\xbf", 4},
		{"\xf4\x90\x80\x80", 4}, {"\xf5\x80\x80\x80", 4}, {"\xe2\x82", 2}, {"a\0b", 3}, {"\xff", 1}};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(utf8_is_text(slice_of(bad[i].bytes, bad[i].len)));
	uint32_t code;
	assert_int_equal(utf8_next(SLICE("\xf4\x8f\xbf\xbf"), &code), 4);
	assert_int_equal(code, 0x10ffff);
}

static void numbers_are_plain_decimal_and_never_wrap(void **state)
{
	(void)state;
	uint64_t value = 7;
	assert_ok(slice_parse_u64(SLICE("0"), &value));
	assert_int_equal(value, 0);
	assert_ok(slice_parse_u64(SLICE("18446744073709551615"), &value));
	assert_true(value == UINT64_MAX);
	assert_int_equal(slice_parse_u64(SLICE("18446744073709551616"), &value), ERR_TOO_LARGE);
	static const char *const bad[] = {"", "01", "+1", "-1", " 1", "1 ", "0x1", "1e3"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(slice_parse_u64(slice_text(bad[i]), &value), ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equality_and_order_follow_the_octets), cmocka_unit_test(cutting_never_leaves_the_slice),
		cmocka_unit_test(only_shortest_well_formed_utf8_is_text), cmocka_unit_test(numbers_are_plain_decimal_and_never_wrap)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
