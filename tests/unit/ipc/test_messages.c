/* The table of messages: every number has a name and a shape, and roles may say only what stands there. */
#include "ipc/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void every_message_of_the_table_has_a_name_and_is_allowed_somewhere(void **state)
{
	(void)state;
	static const uint16_t numbers[] = {
#define X(number, name, shape, from, to) number,
		MESSAGE_TABLE(X)
#undef X
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		unsigned pairs = 0;
		for (enum role from = ROLE_MASTER; from < ROLE_COUNT; from++)
			for (enum role to = ROLE_MASTER; to < ROLE_COUNT; to++)
				pairs += message_schema((enum message_type)numbers[i], from, to) != NULL;
		assert_true(pairs > 0);
		assert_string_not_equal(message_name(numbers[i]), "?");
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(numbers[i], numbers[j]);
	}
}

static void link_cannot_ask_the_store_and_front_cannot_ask_for_a_release(void **state)
{
	(void)state;
	assert_null(message_schema(MSG_SEARCH, ROLE_LINK, ROLE_STORE));
	assert_null(message_schema(MSG_ADMIT, ROLE_LINK, ROLE_STORE));
	assert_null(message_schema(MSG_RELEASE, ROLE_FRONT, ROLE_GUARD));
	assert_null(message_schema(MSG_SEAL, ROLE_STORE, ROLE_SEAL));
	assert_null(message_schema(MSG_WIRE, ROLE_STORE, ROLE_LINK));
	assert_non_null(message_schema(MSG_SEAL, ROLE_GUARD, ROLE_SEAL));
}

static void an_unknown_number_has_no_shape(void **state)
{
	(void)state;
	assert_null(message_schema((enum message_type)0, ROLE_MASTER, ROLE_STORE));
	assert_null(message_schema((enum message_type)65535, ROLE_MASTER, ROLE_STORE));
	assert_string_equal(message_name(65535), "?");
	assert_string_equal(role_name(ROLE_COUNT), "?");
	assert_string_equal(role_name(ROLE_LINK), "link");
	assert_string_equal(role_name(ROLE_MASTER), "master");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_of_the_table_has_a_name_and_is_allowed_somewhere),
		cmocka_unit_test(link_cannot_ask_the_store_and_front_cannot_ask_for_a_release),
		cmocka_unit_test(an_unknown_number_has_no_shape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
