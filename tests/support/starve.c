/* Allocation that fails on demand. Only calls of the objects linked into the program are wrapped, not those of libraries. */
#include "starve.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

void *__real_arena_alloc(struct arena *arena, size_t count, size_t size);
enum err __real_arena_copy(struct arena *arena, struct slice s, struct slice *ret_copy);
void *__wrap_arena_alloc(struct arena *arena, size_t count, size_t size);
enum err __wrap_arena_copy(struct arena *arena, struct slice s, struct slice *ret_copy);
char *__wrap_arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

static size_t countdown;
static int happened;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);

static int fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return 0;
	happened = 1;
	return 1;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(old, count, size);
}

/* An arena takes many pieces out of one block: each piece counts. */
void *__wrap_arena_alloc(struct arena *arena, size_t count, size_t size)
{
	return fails() ? NULL : __real_arena_alloc(arena, count, size);
}

enum err __wrap_arena_copy(struct arena *arena, struct slice s, struct slice *ret_copy)
{
	return fails() ? ERR_MEMORY : __real_arena_copy(arena, s, ret_copy);
}

char *__wrap_arena_printf(struct arena *arena, const char *format, ...)
{
	char text[4096];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	char *copy = fails() ? NULL : __real_arena_alloc(arena, strlen(text) + 1, 1);
	if (copy)
		memcpy(copy, text, strlen(text) + 1);
	return copy;
}

void starve_at(size_t n)
{
	countdown = n;
	happened = 0;
}

int starve_happened(void)
{
	return happened;
}

size_t starve_each(int (*call)(void *context), void *context)
{
	for (size_t n = 1;; n++) {
		starve_at(n);
		int succeeded = call(context);
		int failed = happened;
		starve_at(0);
		if (!failed) {
			assert_true(succeeded);
			return n - 1;
		}
		if (succeeded)
			fail_msg("it succeeds although allocation %zu failed", n);
	}
}
