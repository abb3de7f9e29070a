/* A sorted array of digests. Nothing here ever takes an entry out. */
#include "release/recall_set.h"

#include "crypto/crypto.h"

#define RECALL_DOMAIN slice_of("bices/recall/1", sizeof("bices/recall/1"))
#define WITHDRAWN_DOMAIN slice_of("bices/withdrawn/1", sizeof("bices/withdrawn/1"))

void recall_set_done(struct recall_set *set)
{
	free(set->keys);
	*set = (struct recall_set){0};
}

void recall_key_object(struct slice object_id, uint8_t ret_key[RECALL_KEY])
{
	const struct slice parts[] = {RECALL_DOMAIN, object_id};
	crypto_sha256_parts(parts, 2, ret_key);
}

void recall_key_portion(struct slice object_id, const uint8_t portion_id[PORTION_ID], uint8_t ret_key[RECALL_KEY])
{
	const struct slice parts[] = {RECALL_DOMAIN, object_id, slice_of("", 1), slice_of(portion_id, PORTION_ID)};
	crypto_sha256_parts(parts, 4, ret_key);
}

void recall_key_withdrawn(const uint8_t portion_key[RECALL_KEY], struct slice nation, uint8_t ret_key[RECALL_KEY])
{
	const struct slice parts[] = {WITHDRAWN_DOMAIN, slice_of(portion_key, RECALL_KEY), nation};
	crypto_sha256_parts(parts, 3, ret_key);
}

/* Where key stands or would stand. */
static size_t position(const struct recall_set *set, const uint8_t key[RECALL_KEY])
{
	size_t low = 0, high = set->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(set->keys[middle], key, RECALL_KEY) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool recall_set_has(const struct recall_set *set, const uint8_t key[RECALL_KEY])
{
	size_t at = position(set, key);
	return at < set->count && memcmp(set->keys[at], key, RECALL_KEY) == 0;
}

static enum err grow(struct recall_set *set)
{
	if (set->count < set->capacity)
		return ERR_OK;
	if (set->count >= RECALL_SET_MAX)
		return ERR_FULL;
	size_t capacity = set->capacity ? set->capacity * 2 : 64;
	uint8_t(*keys)[RECALL_KEY] = reallocarray(set->keys, capacity, RECALL_KEY);
	if (!keys)
		return ERR_MEMORY;
	set->keys = keys;
	set->capacity = capacity;
	return ERR_OK;
}

enum err recall_set_put(struct recall_set *set, const uint8_t key[RECALL_KEY])
{
	if (recall_set_has(set, key))
		return ERR_OK;
	TRY(grow(set));
	size_t at = position(set, key);
	memmove(set->keys + at + 1, set->keys + at, (set->count - at) * RECALL_KEY);
	memcpy(set->keys[at], key, RECALL_KEY);
	set->count++;
	return ERR_OK;
}

bool recall_set_has_object(const struct recall_set *set, struct slice object_id)
{
	uint8_t key[RECALL_KEY];
	recall_key_object(object_id, key);
	return recall_set_has(set, key);
}

bool recall_set_has_portion(const struct recall_set *set, struct slice object_id, const uint8_t portion_id[PORTION_ID],
			    struct slice nation)
{
	uint8_t portion[RECALL_KEY], key[RECALL_KEY];
	recall_key_portion(object_id, portion_id, portion);
	recall_key_withdrawn(portion, nation, key);
	return recall_set_has(set, key);
}
