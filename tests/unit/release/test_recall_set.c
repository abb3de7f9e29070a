/* The set of what was recalled. */
#include "../../support/test.h"

#include "release/recall_set.h"
#include "starve.h"

enum { MANY = 1000 };

static void key_of(uint32_t number, uint8_t ret_key[RECALL_KEY])
{
	char id[32];
	recall_key_object(slice_of(id, (size_t)snprintf(id, sizeof(id), "report--%u", number * 2654435761u)), ret_key);
}

static void what_was_put_in_stays_in(void **state)
{
	(void)state;
	struct recall_set set = {0};
	uint8_t key[RECALL_KEY];
	for (uint32_t i = 0; i < MANY; i++) {
		key_of(i, key);
		assert_false(recall_set_has(&set, key));
		assert_ok(recall_set_put(&set, key));
		assert_ok(recall_set_put(&set, key));
		assert_int_equal(set.count, i + 1);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		key_of(i, key);
		assert_true(recall_set_has(&set, key));
	}
	key_of(MANY, key);
	assert_false(recall_set_has(&set, key));
	recall_set_done(&set);
}

static void a_portion_withdrawn_from_one_nation_is_recalled_neither_from_another_nor_as_an_object(void **state)
{
	(void)state;
	struct recall_set set = {0};
	uint8_t key[RECALL_KEY], of_portion[RECALL_KEY], portion[PORTION_ID] = {1}, other[PORTION_ID] = {2};
	recall_key_portion(SLICE("report--1"), portion, of_portion);
	recall_key_withdrawn(of_portion, SLICE("KOR"), key);
	assert_ok(recall_set_put(&set, key));
	assert_true(recall_set_has_portion(&set, SLICE("report--1"), portion, SLICE("KOR")));
	assert_false(recall_set_has_portion(&set, SLICE("report--1"), portion, SLICE("USA")));
	assert_false(recall_set_has_portion(&set, SLICE("report--1"), other, SLICE("KOR")));
	assert_false(recall_set_has_portion(&set, SLICE("report--2"), portion, SLICE("KOR")));
	assert_false(recall_set_has_object(&set, SLICE("report--1")));
	recall_set_done(&set);
}

static int puts_one(void *context)
{
	struct recall_set set = {0};
	enum err err = recall_set_put(&set, context);
	recall_set_done(&set);
	return err == ERR_OK;
}

static void the_set_is_bounded_by_memory_and_by_its_limit(void **state)
{
	(void)state;
	uint8_t key[RECALL_KEY];
	key_of(1, key);
	assert_int_equal(starve_each(puts_one, key), 1);
	for (size_t count = RECALL_SET_MAX - 1; count <= RECALL_SET_MAX + 1; count++) {
		uint8_t(*keys)[RECALL_KEY] = calloc(RECALL_SET_MAX + 1, RECALL_KEY);
		struct recall_set full = {.keys = keys, .count = count, .capacity = count < RECALL_SET_MAX ? RECALL_SET_MAX : count};
		assert_non_null(keys);
		assert_int_equal(recall_set_put(&full, key), count < RECALL_SET_MAX ? ERR_OK : ERR_FULL);
		recall_set_done(&full);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_in_stays_in),
		cmocka_unit_test(the_set_is_bounded_by_memory_and_by_its_limit),
		cmocka_unit_test(a_portion_withdrawn_from_one_nation_is_recalled_neither_from_another_nor_as_an_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
