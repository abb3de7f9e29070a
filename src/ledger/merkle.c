/* RFC 6962 trees without recursion. Must never accept a proof that is longer or shorter than its tree demands. */
#include "ledger/merkle.h"

#include "crypto/crypto.h"

void merkle_leaf(struct slice entry, uint8_t ret_hash[MERKLE_HASH])
{
	static const uint8_t prefix[1] = {0x00};
	crypto_sha256_parts((struct slice[]){SLICE_ARRAY(prefix), entry}, 2, ret_hash);
}

void merkle_node(const uint8_t left[MERKLE_HASH], const uint8_t right[MERKLE_HASH], uint8_t ret_hash[MERKLE_HASH])
{
	uint8_t bytes[1 + 2 * MERKLE_HASH] = {0x01};
	memcpy(bytes + 1, left, MERKLE_HASH);
	memcpy(bytes + 1 + MERKLE_HASH, right, MERKLE_HASH);
	crypto_sha256(SLICE_ARRAY(bytes), ret_hash);
}

void merkle_frontier_append(struct merkle_frontier *frontier, const uint8_t leaf[MERKLE_HASH])
{
	uint8_t hash[MERKLE_HASH];
	memcpy(hash, leaf, sizeof(hash));
	unsigned level = 0;
	for (; frontier->size >> level & 1; level++)
		merkle_node(frontier->hashes[level], hash, hash);
	memcpy(frontier->hashes[level], hash, sizeof(hash));
	frontier->size++;
}

void merkle_frontier_root(const struct merkle_frontier *frontier, uint8_t ret_root[MERKLE_HASH])
{
	bool any = false;
	for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
		if (!(frontier->size >> level & 1))
			continue;
		if (any)
			merkle_node(frontier->hashes[level], ret_root, ret_root);
		else
			memcpy(ret_root, frontier->hashes[level], MERKLE_HASH);
		any = true;
	}
	if (!any)
		crypto_sha256(slice_of(NULL, 0), ret_root);
}

/* The largest power of two below n; n is at least 2. */
static uint64_t split_of(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/* Root of leaves begin … end - 1, where begin is a multiple of the smallest power of two not below the length: folds the
 * complete subtrees from the right. */
static enum err range_root(const struct merkle_source *source, uint64_t begin, uint64_t end, uint8_t ret_root[MERKLE_HASH])
{
	bool any = false;
	uint64_t at = end;
	for (uint64_t rest = end - begin; rest; rest &= rest - 1) {
		unsigned level = (unsigned)__builtin_ctzll(rest);
		uint8_t hash[MERKLE_HASH];
		at -= (uint64_t)1 << level;
		TRY(source->subtree(source->context, level, at >> level, hash));
		if (any)
			merkle_node(hash, ret_root, ret_root);
		else
			memcpy(ret_root, hash, sizeof(hash));
		any = true;
	}
	return any ? ERR_OK : ERR_INTERNAL;
}

enum err merkle_root(const struct merkle_source *source, uint64_t size, uint8_t ret_root[MERKLE_HASH])
{
	uint8_t root[MERKLE_HASH];
	if (size > MERKLE_SIZE_MAX)
		return ERR_INVALID;
	if (size == 0)
		crypto_sha256(slice_of(NULL, 0), root);
	else
		TRY(range_root(source, 0, size, root));
	memcpy(ret_root, root, sizeof(root));
	return ERR_OK;
}

/* Hashes found from the root down; proofs name them from the bottom up. */
struct path {
	uint8_t hashes[MERKLE_PROOF_MAX + 1][MERKLE_HASH];
	size_t count;
};

static enum err path_add(struct path *path, const struct merkle_source *source, uint64_t begin, uint64_t end)
{
	if (path->count > MERKLE_PROOF_MAX)
		return ERR_INTERNAL;
	TRY(range_root(source, begin, end, path->hashes[path->count]));
	path->count++;
	return ERR_OK;
}

static enum err path_put(const struct path *path, struct buf *proof)
{
	for (size_t i = path->count; i > 0; i--)
		buf_put(proof, SLICE_ARRAY(path->hashes[i - 1]));
	return proof->err;
}

enum err merkle_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size, struct buf *proof)
{
	if (index >= size || size > MERKLE_SIZE_MAX)
		return ERR_INVALID;
	struct path path = {.count = 0};
	uint64_t begin = 0, end = size;
	while (end - begin > 1) {
		uint64_t middle = begin + split_of(end - begin);
		if (index < middle) {
			TRY(path_add(&path, source, middle, end));
			end = middle;
		} else {
			TRY(path_add(&path, source, begin, middle));
			begin = middle;
		}
	}
	return path_put(&path, proof);
}

enum err merkle_consistency(const struct merkle_source *source, uint64_t old_size, uint64_t size, struct buf *proof)
{
	if (old_size > size || size > MERKLE_SIZE_MAX)
		return ERR_INVALID;
	if (old_size == 0 || old_size == size)
		return ERR_OK;
	struct path path = {.count = 0};
	uint64_t begin = 0, end = size;
	while (end != old_size) {
		uint64_t middle = begin + split_of(end - begin);
		if (old_size <= middle) {
			TRY(path_add(&path, source, middle, end));
			end = middle;
		} else {
			TRY(path_add(&path, source, begin, middle));
			begin = middle;
		}
	}
	/* the verifier knows the old root itself when it is a complete subtree from leaf 0 on */
	if (begin != 0)
		TRY(path_add(&path, source, begin, end));
	return path_put(&path, proof);
}

/* Walks a proof upward. */
struct walk {
	const uint8_t *at;
	size_t left;
	uint64_t node, last; /* numbers, in their level, of the node in hand and of the last node */
};

static bool walk_from(struct slice proof, uint64_t node, uint64_t last, struct walk *ret_walk)
{
	if (proof.len % MERKLE_HASH != 0 || proof.len / MERKLE_HASH > MERKLE_PROOF_MAX)
		return false;
	*ret_walk = (struct walk){proof.data, proof.len / MERKLE_HASH, node, last};
	return true;
}

static void walk_up(struct walk *walk)
{
	walk->node >>= 1;
	walk->last >>= 1;
}

bool merkle_inclusion_verify(uint64_t index, uint64_t size, const uint8_t leaf[MERKLE_HASH], struct slice proof,
			     const uint8_t root[MERKLE_HASH])
{
	struct walk walk;
	uint8_t hash[MERKLE_HASH];
	if (index >= size || size > MERKLE_SIZE_MAX || !walk_from(proof, index, size - 1, &walk))
		return false;
	memcpy(hash, leaf, sizeof(hash));
	for (; walk.left; walk.left--, walk.at += MERKLE_HASH) {
		if (walk.last == 0)
			return false;
		if (walk.node & 1 || walk.node == walk.last) {
			merkle_node(walk.at, hash, hash);
			while (!(walk.node & 1) && walk.node)
				walk_up(&walk);
		} else {
			merkle_node(hash, walk.at, hash);
		}
		walk_up(&walk);
	}
	return walk.last == 0 && memcmp(hash, root, sizeof(hash)) == 0;
}

/* The walk behind the first hash of a consistency proof. */
static bool consistency_walk(struct walk *walk, uint8_t old_hash[MERKLE_HASH], uint8_t new_hash[MERKLE_HASH])
{
	for (; walk->left; walk->left--, walk->at += MERKLE_HASH) {
		if (walk->last == 0)
			return false;
		if (walk->node & 1 || walk->node == walk->last) {
			merkle_node(walk->at, old_hash, old_hash);
			merkle_node(walk->at, new_hash, new_hash);
			while (!(walk->node & 1) && walk->node)
				walk_up(walk);
		} else {
			merkle_node(new_hash, walk->at, new_hash);
		}
		walk_up(walk);
	}
	return walk->last == 0;
}

bool merkle_consistency_verify(uint64_t old_size, uint64_t size, const uint8_t old_root[MERKLE_HASH],
			       const uint8_t root[MERKLE_HASH], struct slice proof)
{
	struct walk walk;
	uint8_t old_hash[MERKLE_HASH], new_hash[MERKLE_HASH];
	if (old_size > size || size > MERKLE_SIZE_MAX || proof.len % MERKLE_HASH != 0)
		return false;
	if (old_size == size)
		return proof.len == 0 && memcmp(old_root, root, MERKLE_HASH) == 0;
	if (old_size == 0) {
		crypto_sha256(slice_of(NULL, 0), old_hash);
		return proof.len == 0 && memcmp(old_root, old_hash, MERKLE_HASH) == 0;
	}
	if (proof.len == 0 || !walk_from(proof, old_size - 1, size - 1, &walk))
		return false;
	while (walk.node & 1)
		walk_up(&walk);
	if (walk.node == 0) {
		memcpy(old_hash, old_root, MERKLE_HASH);
	} else {
		memcpy(old_hash, walk.at, MERKLE_HASH);
		walk.at += MERKLE_HASH;
		walk.left--;
	}
	memcpy(new_hash, old_hash, MERKLE_HASH);
	return consistency_walk(&walk, old_hash, new_hash) && memcmp(old_hash, old_root, MERKLE_HASH) == 0 &&
	       memcmp(new_hash, root, MERKLE_HASH) == 0;
}
