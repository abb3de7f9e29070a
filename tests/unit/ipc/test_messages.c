/* The table of messages: every number has a name and a shape, and roles may say only what stands there. */
#include "ipc/messages.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

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

/* What front checks, the channel checks once more: a message with a longer field does not encode. */
static enum err encodes(enum message_type type, enum role from, enum role to, const void *value)
{
	AUTO_BUF octets = buf_make(LIMIT_MESSAGE);
	record_encode(message_schema(type, from, to), value, &octets);
	return octets.err;
}

static void passwords_reasons_and_realms_have_their_limits_between_processes(void **state)
{
	(void)state;
	static char text[LIMIT_PASSWORD + LIMIT_REASON];
	memset(text, 'x', sizeof(text));
	for (int more = -1; more <= 1; more++) {
		enum err want = more > 0 ? ERR_TOO_LARGE : ERR_OK;
		const struct msg_sign_in sign_in = {.user = SLICE("a"), .password = slice_of(text, (size_t)(LIMIT_PASSWORD + more))};
		const struct msg_recall recall = {.id = SLICE("report--1"), .reason = slice_of(text, (size_t)(LIMIT_REASON + more))};
		const struct msg_release_decide decide = {.id = SLICE("report--1"), .reason = recall.reason};
		const struct msg_withdraw withdraw = {.id = SLICE("report--1"), .reason = recall.reason};
		const struct msg_begin begin = {.nation = SLICE("KOR"), .realm = slice_of(text, (size_t)(LIMIT_REALM + more))};
		assert_int_equal(encodes(MSG_SIGN_IN, ROLE_FRONT, ROLE_STORE, &sign_in), want);
		assert_int_equal(encodes(MSG_RECALL, ROLE_FRONT, ROLE_STORE, &recall), want);
		assert_int_equal(encodes(MSG_RELEASE_DECIDE, ROLE_FRONT, ROLE_STORE, &decide), want);
		assert_int_equal(encodes(MSG_WITHDRAW, ROLE_FRONT, ROLE_STORE, &withdraw), want);
		assert_int_equal(encodes(MSG_BEGIN, ROLE_MASTER, ROLE_STORE, &begin), want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_of_the_table_has_a_name_and_is_allowed_somewhere),
		cmocka_unit_test(link_cannot_ask_the_store_and_front_cannot_ask_for_a_release),
		cmocka_unit_test(an_unknown_number_has_no_shape),
		cmocka_unit_test(passwords_reasons_and_realms_have_their_limits_between_processes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
