#include "../../support/test.h"

static void every_error_has_a_text_and_an_exit_code(void **state)
{
	(void)state;
	assert_int_equal(err_exit_code(ERR_OK), 0);
	for (enum err err = ERR_MALFORMED; err < ERR_COUNT; err++) {
		assert_true(strlen(err_text(err)) > 3);
		assert_in_range(err_exit_code(err), 1, 3);
	}
}

static void an_unknown_error_is_an_internal_fault(void **state)
{
	(void)state;
	assert_string_equal(err_text(ERR_COUNT), err_text(ERR_INTERNAL));
	assert_int_equal(err_exit_code((enum err)9999), 3);
}

static void zero_denies(void **state)
{
	(void)state;
	assert_int_equal(VERDICT_DENY, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_error_has_a_text_and_an_exit_code),
					   cmocka_unit_test(an_unknown_error_is_an_internal_fault), cmocka_unit_test(zero_denies)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
