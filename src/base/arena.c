/* A chain of blocks, each at least ARENA_BLOCK octets; allocation only moves a mark. */
#include "base/arena.h"

#include <stdarg.h>

enum { ARENA_BLOCK = 16 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	_Alignas(max_align_t) uint8_t bytes[];
};

void arena_done(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;
		free(arena->blocks);
		arena->blocks = next;
	}
	arena->used_bytes = 0;
}

static struct arena_block *block_with_room(struct arena *arena, size_t need)
{
	struct arena_block *block = arena->blocks;
	if (block && block->size - block->used >= need)
		return block;
	size_t size = need > ARENA_BLOCK ? need : ARENA_BLOCK;
	block = calloc(1, sizeof(*block) + size);
	if (!block)
		return NULL;
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
	size_t need;
	if (__builtin_mul_overflow(count, size, &need) || need > SIZE_MAX / 2)
		return NULL;
	need = (need + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	if (need == 0)
		need = _Alignof(max_align_t);
	if (arena->max_bytes && need > arena->max_bytes - arena->used_bytes)
		return NULL;
	struct arena_block *block = block_with_room(arena, need);
	if (!block)
		return NULL;
	void *memory = block->bytes + block->used;
	block->used += need;
	arena->used_bytes += need;
	return memory;
}

enum err arena_copy(struct arena *arena, struct slice s, struct slice *ret_copy)
{
	uint8_t *memory = arena_alloc(arena, s.len, 1);
	if (!memory)
		return ERR_MEMORY;
	if (s.len)
		memcpy(memory, s.data, s.len);
	*ret_copy = slice_of(memory, s.len);
	return ERR_OK;
}

char *arena_text(struct arena *arena, struct slice s)
{
	char *text = arena_alloc(arena, s.len + 1, 1);
	if (text && s.len)
		memcpy(text, s.data, s.len);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list list, again;
	va_start(list, format);
	va_copy(again, list);
	int len = vsnprintf(NULL, 0, format, list);
	char *text = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1, 1);
	if (text)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	va_end(list);
	return text;
}
