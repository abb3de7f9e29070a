/* Records of the wire: judged as soon as length and type are there. */
#include "made.h"

#include "protocol/wire.h"

static enum err find(const uint8_t *bytes, size_t len, size_t *ret_used)
{
	struct slice record = {0};
	size_t used = 0;
	enum err err = wire_find(slice_of(bytes, len), &record, &used);
	*ret_used = used;
	return err;
}

static void record_is_found_once_it_is_whole(void **state)
{
	(void)state;
	const uint8_t bytes[] = {0, 0, 0, 3, WIRE_TREE, 'a', 'b', 0xff};
	size_t used;
	for (size_t len = 0; len < 7; len++)
		assert_int_equal(find(bytes, len, &used), ERR_NOT_FOUND);
	assert_int_equal(find(bytes, 7, &used), ERR_OK);
	assert_int_equal(used, 7);
	assert_int_equal(find(bytes, 8, &used), ERR_OK);
	assert_int_equal(used, 7);
}

static void length_and_type_are_judged_before_the_body_is_there(void **state)
{
	(void)state;
	size_t used;
	assert_int_equal(find((const uint8_t[]){0, 0, 0, 0}, 4, &used), ERR_MALFORMED);
	assert_int_equal(find((const uint8_t[]){0xff, 0xff, 0xff, 0xff}, 4, &used), ERR_TOO_LARGE);
	assert_int_equal(find((const uint8_t[]){0, 0, 0, 1, 0}, 5, &used), ERR_MALFORMED);
	assert_int_equal(find((const uint8_t[]){0, 0, 0, 1, WIRE_COSIGNED + 1}, 5, &used), ERR_MALFORMED);
	assert_int_equal(find((const uint8_t[]){0, 0, 0, 2, WIRE_PING}, 5, &used), ERR_TOO_LARGE);
	static const size_t most[] = {[WIRE_HELLO] = 256, [WIRE_PING] = 0, [WIRE_FRAME] = LIMIT_FRAME, [WIRE_TREE] = WIRE_TREE_MAX,
				      [WIRE_RESUME] = WIRE_NOTE_MAX, [WIRE_CHECKPOINT] = WIRE_NOTE_MAX, [WIRE_COSIGNED] = WIRE_NOTE_MAX};
	uint8_t prefix[WIRE_PREFIX + 1] = {0};
	for (uint8_t type = WIRE_HELLO; type <= WIRE_COSIGNED; type++) {
		prefix[WIRE_PREFIX] = type;
		wire_prefix(1 + most[type], prefix);
		assert_int_equal(find(prefix, sizeof(prefix), &used), most[type] ? ERR_NOT_FOUND : ERR_OK);
		wire_prefix(2 + most[type], prefix);
		assert_int_equal(find(prefix, sizeof(prefix), &used), ERR_TOO_LARGE);
	}
}

static void octets_for_seal_are_put_and_taken_apart(void **state)
{
	(void)state;
	uint8_t type = 0;
	struct slice body = {0};
	AUTO_BUF octets = buf_make(100);
	wire_put(WIRE_CHECKPOINT, SLICE("note"), &octets);
	assert_int_equal(wire_get(buf_slice(&octets), &type, &body), ERR_OK);
	assert_int_equal(type, WIRE_CHECKPOINT);
	assert_true(slice_equal(body, SLICE("note")));
	assert_int_equal(wire_get((struct slice){0}, &type, &body), ERR_MALFORMED);
	assert_int_equal(wire_get(SLICE("\x63"), &type, &body), ERR_MALFORMED);
	assert_int_equal(wire_get(SLICE("\x02x"), &type, &body), ERR_TOO_LARGE);
}

static void each_type_has_its_direction(void **state)
{
	(void)state;
	static const struct {
		uint8_t type;
		bool opener, other, for_seal;
	} rows[] = {{0, false, false, false},           {WIRE_HELLO, true, true, false},      {WIRE_PING, true, true, false},
		    {WIRE_FRAME, true, false, true},    {WIRE_TREE, true, false, true},       {WIRE_RESUME, false, true, true},
		    {WIRE_CHECKPOINT, false, true, true}, {WIRE_COSIGNED, false, true, true}, {8, false, false, false},
		    {255, false, false, false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(wire_is_allowed(rows[i].type, true), rows[i].opener);
		assert_int_equal(wire_is_allowed(rows[i].type, false), rows[i].other);
		assert_int_equal(wire_is_for_seal(rows[i].type), rows[i].for_seal);
	}
}

static void a_shown_tree_is_read_up_to_its_limits(void **state)
{
	(void)state;
	static const uint8_t octets[WIRE_NOTE_MAX + 1] = {'x'};
	struct shown_tree shown = {.from_size = UINT64_MAX, .proof = slice_of(octets, WIRE_PROOF_MAX)}, read;
	for (size_t i = 0; i < 3; i++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF body = buf_make(2 * WIRE_TREE_MAX);
		shown.checkpoint = slice_of(octets, WIRE_NOTE_MAX - 1 + i);
		record_encode(&shown_tree_schema, &shown, &body);
		assert_int_equal(body.err, i < 2 ? ERR_OK : ERR_TOO_LARGE);
		if (i == 2)
			continue;
		assert_true(body.len <= WIRE_TREE_MAX);
		assert_int_equal(record_decode(&shown_tree_schema, buf_slice(&body), &arena, &read), ERR_OK);
		assert_int_equal(read.checkpoint.len, shown.checkpoint.len);
	}
	AUTO_BUF body = buf_make(2 * WIRE_TREE_MAX);
	shown.proof.len = WIRE_PROOF_MAX + 1;
	shown.checkpoint.len = 1;
	record_encode(&shown_tree_schema, &shown, &body);
	assert_int_equal(body.err, ERR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_is_found_once_it_is_whole),
		cmocka_unit_test(length_and_type_are_judged_before_the_body_is_there),
		cmocka_unit_test(octets_for_seal_are_put_and_taken_apart),
		cmocka_unit_test(each_type_has_its_direction),
		cmocka_unit_test(a_shown_tree_is_read_up_to_its_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
