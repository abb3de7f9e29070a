#include "base/arena.h"
#include "../../support/test.h"

static void memory_is_zeroed_aligned_and_limited(void **state)
{
	(void)state;
	AUTO_ARENA arena = {.max_bytes = 64};
	uint8_t *first = arena_alloc(&arena, 1, 1);
	assert_non_null(first);
	assert_int_equal((uintptr_t)first % _Alignof(max_align_t), 0);
	assert_int_equal(first[0], 0);
	assert_non_null(arena_alloc(&arena, 48, 1));
	assert_null(arena_alloc(&arena, 1, 1));
}

static void a_size_that_overflows_is_refused(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	assert_null(arena_alloc(&arena, SIZE_MAX, 2));
	assert_null(arena_alloc(&arena, SIZE_MAX / 2 + 1, 1));
}

static void copies_survive_their_source(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	char source[] = "hello";
	struct slice copy;
	assert_ok(arena_copy(&arena, slice_text(source), &copy));
	source[0] = 'j';
	assert_slice(copy, "hello");
	assert_string_equal(arena_text(&arena, copy), "hello");
	assert_string_equal(arena_printf(&arena, "%d-%s", 5, "x"), "5-x");
	uint8_t *large = arena_alloc(&arena, 1000000, 1);
	assert_non_null(large);
	large[999999] = 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(memory_is_zeroed_aligned_and_limited),
					   cmocka_unit_test(a_size_that_overflows_is_refused), cmocka_unit_test(copies_survive_their_source)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
