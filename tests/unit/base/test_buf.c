#include "../../support/test.h"

static void the_maximum_is_hard_and_the_error_sticks(void **state)
{
	(void)state;
	AUTO_BUF buf = buf_make(4);
	buf_put_text(&buf, "abc");
	buf_put_text(&buf, "d");
	assert_ok(buf.err);
	buf_put_octet(&buf, 'e');
	assert_int_equal(buf.err, ERR_TOO_LARGE);
	buf_put_text(&buf, "");
	AUTO_BUF large = buf_make(300);
	for (size_t i = 0; i < 300; i++)
		buf_put_octet(&large, 'x');
	assert_ok(large.err);
	buf_put_octet(&large, 'x');
	assert_int_equal(large.err, ERR_TOO_LARGE);
	struct slice out = SLICE("untouched");
	assert_int_equal(buf_finish(&buf, &out), ERR_TOO_LARGE);
	assert_slice(out, "untouched");
}

static void formatted_text_has_no_terminator(void **state)
{
	(void)state;
	AUTO_BUF buf = buf_make(1000);
	buf_printf(&buf, "%s-%d", "x", 42);
	buf_printf(&buf, "!");
	assert_slice(buf_slice(&buf), "x-42!");
	buf_truncate(&buf, 1);
	assert_slice(buf_slice(&buf), "x");
}

static void base64_round_trips_and_refuses_every_other_spelling(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		AUTO_BUF text = buf_make(100), bytes = buf_make(100);
		buf_put_base64(&text, slice_text(pairs[i][0]));
		assert_slice(buf_slice(&text), pairs[i][1]);
		assert_ok(base64_decode(buf_slice(&text), &bytes));
		assert_slice(buf_slice(&bytes), pairs[i][0]);
	}
	static const char *const bad[] = {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm-_"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		AUTO_BUF bytes = buf_make(100);
		assert_int_equal(base64_decode(slice_text(bad[i]), &bytes), ERR_MALFORMED);
	}
}

static void hexadecimal_is_lower_case_and_whole(void **state)
{
	(void)state;
	AUTO_BUF text = buf_make(100), bytes = buf_make(100);
	buf_put_hex(&text, SLICE("\x00\xff\x1a"));
	assert_slice(buf_slice(&text), "00ff1a");
	assert_ok(hex_decode(SLICE("00ff1a"), &bytes));
	assert_int_equal(bytes.len, 3);
	assert_int_equal(hex_decode(SLICE("0"), &bytes), ERR_MALFORMED);
	assert_int_equal(hex_decode(SLICE("FF"), &bytes), ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_maximum_is_hard_and_the_error_sticks), cmocka_unit_test(formatted_text_has_no_terminator),
		cmocka_unit_test(base64_round_trips_and_refuses_every_other_spelling), cmocka_unit_test(hexadecimal_is_lower_case_and_whole)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
