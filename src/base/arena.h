/* Memory by lifetime: everything of one request is allocated from one arena and freed together. */
#ifndef BICES_BASE_ARENA_H
#define BICES_BASE_ARENA_H

#include "base/slice.h"

struct arena_block;

/* In place; zero-initialised is a valid, empty arena without a limit. */
struct arena {
	struct arena_block *blocks;
	size_t used_bytes; /* handed out so far */
	size_t max_bytes;  /* 0: no limit */
};

#define AUTO_ARENA __attribute__((cleanup(arena_done))) struct arena

/* Frees all that was allocated; the arena is empty and usable afterwards. */
void arena_done(struct arena *arena);

/* Zeroed memory for count items of size octets, aligned for any type; NULL when memory, the limit or the
 * multiplication is exhausted. */
void *arena_alloc(struct arena *arena, size_t count, size_t size) MUST_USE;

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_alloc((arena), (count), sizeof(type)))

/* A copy of s that lives as long as the arena. */
enum err arena_copy(struct arena *arena, struct slice s, struct slice *ret_copy) MUST_USE;

/* A terminated copy of s; NULL when memory is exhausted. */
char *arena_text(struct arena *arena, struct slice s) MUST_USE;

/* Formatted text, terminated; NULL when memory is exhausted. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3))) MUST_USE;

#endif
