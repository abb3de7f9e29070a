/* The hashes of a tree as C2SP tiles hold them: levels of 256. Inside this room only.
 * Level 0 is kept for the last, partial tile only; the leaves of a full tile come from their entries on request. */
#ifndef BICES_LEDGER_TILES_H
#define BICES_LEDGER_TILES_H

#include "ledger/merkle.h"

enum { TILE = 256, TILE_LEVELS = 8 };

struct tile_level {
	uint8_t (*hashes)[MERKLE_HASH];
	uint64_t count, capacity;
};

struct tiles {
	uint64_t size;
	uint8_t partial[TILE][MERKLE_HASH]; /* leaves size - size % TILE … size - 1 */
	struct tile_level levels[TILE_LEVELS]; /* [n]: roots of TILE to the n leaves; [0] is unused */
	/* Answers the TILE leaves of a full tile; they last until the next call. */
	enum err (*leaves)(void *context, uint64_t tile, const uint8_t (**ret_leaves)[MERKLE_HASH]);
	void *context;
};

void tiles_done(struct tiles *tiles);
/* Makes room, so that count further leaves can be added without failing. */
enum err tiles_reserve(struct tiles *tiles, size_t count) MUST_USE;
void tiles_add(struct tiles *tiles, const uint8_t leaf[MERKLE_HASH]);
/* For merkle_source: context is a struct tiles. */
enum err tiles_subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[MERKLE_HASH]);

/* Root of count hashes, a power of two up to TILE. */
void tile_root(const uint8_t (*hashes)[MERKLE_HASH], size_t count, uint8_t ret_root[MERKLE_HASH]);

#endif
