/* Levels of a tree in steps of 256, and any complete subtree out of them. spec: C2SP tlog-tiles, Merkle Tree */
#include "ledger/tiles.h"

void tile_root(const uint8_t (*hashes)[MERKLE_HASH], size_t count, uint8_t ret_root[MERKLE_HASH])
{
	uint8_t level[TILE][MERKLE_HASH];
	memcpy(level, hashes, count * MERKLE_HASH);
	for (; count > 1; count /= 2)
		for (size_t i = 0; i < count / 2; i++)
			merkle_node(level[2 * i], level[2 * i + 1], level[i]);
	memcpy(ret_root, level[0], MERKLE_HASH);
}

void tiles_done(struct tiles *tiles)
{
	for (size_t i = 0; i < TILE_LEVELS; i++)
		free(tiles->levels[i].hashes);
	memset(tiles->levels, 0, sizeof(tiles->levels));
}

enum err tiles_reserve(struct tiles *tiles, size_t count)
{
	for (size_t i = 1; i < TILE_LEVELS; i++) {
		struct tile_level *level = &tiles->levels[i];
		uint64_t need = level->count + count / TILE + 1;
		if (need <= level->capacity)
			continue;
		uint64_t capacity = need * 2;
		void *hashes = reallocarray(level->hashes, capacity, MERKLE_HASH);
		if (!hashes)
			return ERR_MEMORY;
		level->hashes = hashes;
		level->capacity = capacity;
	}
	return ERR_OK;
}

void tiles_add(struct tiles *tiles, const uint8_t leaf[MERKLE_HASH])
{
	uint8_t hash[MERKLE_HASH];
	memcpy(tiles->partial[tiles->size % TILE], leaf, MERKLE_HASH);
	if (++tiles->size % TILE != 0)
		return;
	tile_root((const uint8_t(*)[MERKLE_HASH])tiles->partial, TILE, hash);
	for (size_t i = 1; i < TILE_LEVELS; i++) {
		struct tile_level *level = &tiles->levels[i];
		memcpy(level->hashes[level->count++], hash, MERKLE_HASH);
		if (level->count % TILE != 0)
			return;
		tile_root((const uint8_t(*)[MERKLE_HASH])level->hashes + (level->count - TILE), TILE, hash);
	}
}

enum err tiles_subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[MERKLE_HASH])
{
	const struct tiles *tiles = context;
	unsigned tile_level = level / 8;
	size_t count = (size_t)1 << level % 8;
	uint64_t first = index << level % 8; /* in the tile level */
	if (tile_level == 0) {
		const uint8_t(*leaves)[MERKLE_HASH] = (const uint8_t(*)[MERKLE_HASH])tiles->partial;
		if (first + count > tiles->size)
			return ERR_INTERNAL;
		if (first / TILE < tiles->size / TILE)
			TRY(tiles->leaves(tiles->context, first / TILE, &leaves));
		tile_root(leaves + first % TILE, count, ret_hash);
		return ERR_OK;
	}
	if (tile_level >= TILE_LEVELS || first + count > tiles->levels[tile_level].count)
		return ERR_INTERNAL;
	tile_root((const uint8_t(*)[MERKLE_HASH])tiles->levels[tile_level].hashes + first, count, ret_hash);
	return ERR_OK;
}
