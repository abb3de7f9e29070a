#include "base/diag.h"
#include "../../support/test.h"

static void the_innermost_place_speaks(void **state)
{
	(void)state;
	struct diag diag = {0};
	assert_int_equal(diag_fail_at(&diag, ERR_MALFORMED, 3, 7, "inner %d", 1), ERR_MALFORMED);
	assert_int_equal(diag_fail(&diag, ERR_INVALID, "outer"), ERR_INVALID);
	assert_string_equal(diag.text, "inner 1");
	assert_int_equal(diag.line, 3);
	assert_int_equal(diag.column, 7);
	assert_int_equal(diag_fail(NULL, ERR_INVALID, "nobody asked"), ERR_INVALID);
}

static void quoted_octets_become_text(void **state)
{
	(void)state;
	struct diag diag = {0};
	assert_int_equal(diag_fail(&diag, ERR_INVALID, "a\x1b[2J\xff" "b\xc2\x9b한\nc"), ERR_INVALID);
	assert_string_equal(diag.text, "a?[2J?b??한\nc");
}

static void a_text_cut_in_a_character_is_still_text(void **state)
{
	(void)state;
	for (size_t front = 0; front < 3; front++) {
		struct diag diag = {0};
		char text[1024] = "xxx";
		text[front] = 0;
		while (strlen(text) + 4 < sizeof(text))
			memcpy(text + strlen(text), "한", 4);
		assert_int_equal(diag_fail(&diag, ERR_INVALID, "%s", text), ERR_INVALID);
		assert_int_equal(strlen(diag.text), sizeof(diag.text) - 1);
		assert_true(utf8_is_text(slice_text(diag.text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_innermost_place_speaks),
		cmocka_unit_test(quoted_octets_become_text),
		cmocka_unit_test(a_text_cut_in_a_character_is_still_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
