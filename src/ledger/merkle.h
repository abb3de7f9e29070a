/* The Merkle tree of RFC 6962: hashes, frontier, and proofs made and verified. Pure.
 *
 * A tree of size n has leaves 0 … n - 1. A hash has 32 octets; a proof is its hashes one behind the other, at most
 * MERKLE_PROOF_MAX of them. */
#ifndef BICES_LEDGER_MERKLE_H
#define BICES_LEDGER_MERKLE_H

#include "base/buf.h"

enum { MERKLE_HASH = 32, MERKLE_PROOF_MAX = 63, MERKLE_LEVELS = 63 };

/* Trees end here: sizes stay positive as signed integers everywhere. */
#define MERKLE_SIZE_MAX ((uint64_t)INT64_MAX)

/* spec: RFC 6962 2.1 */
void merkle_leaf(struct slice entry, uint8_t ret_hash[MERKLE_HASH]);
void merkle_node(const uint8_t left[MERKLE_HASH], const uint8_t right[MERKLE_HASH], uint8_t ret_hash[MERKLE_HASH]);

/* What is needed to append and to know the root: the roots of the complete subtrees of size, one per set bit. Plain
 * value: copy it to try an append. Zero-initialised is the empty tree. */
struct merkle_frontier {
	uint64_t size;
	uint8_t hashes[MERKLE_LEVELS][MERKLE_HASH]; /* [k] holds while bit k of size is set */
};
/* size must be below MERKLE_SIZE_MAX. */
void merkle_frontier_append(struct merkle_frontier *frontier, const uint8_t leaf[MERKLE_HASH]);
void merkle_frontier_root(const struct merkle_frontier *frontier, uint8_t ret_root[MERKLE_HASH]);

/* Where proofs come from: answers the root of the complete subtree with 2^level leaves from leaf (index << level) on. */
struct merkle_source {
	enum err (*subtree)(void *context, unsigned level, uint64_t index, uint8_t ret_hash[MERKLE_HASH]);
	void *context;
};

/* Root of the tree of this size. */
enum err merkle_root(const struct merkle_source *source, uint64_t size, uint8_t ret_root[MERKLE_HASH]) MUST_USE;
/* Appends the audit path of leaf index in the tree of size. ERR_INVALID unless index < size.
 * spec: RFC 6962 2.1.1 */
enum err merkle_inclusion(const struct merkle_source *source, uint64_t index, uint64_t size, struct buf *proof) MUST_USE;
/* Appends the proof that the tree of old_size is the beginning of the tree of size; empty when they are equal or old_size
 * is 0. ERR_INVALID unless old_size <= size. spec: RFC 6962 2.1.2 */
enum err merkle_consistency(const struct merkle_source *source, uint64_t old_size, uint64_t size, struct buf *proof) MUST_USE;

/* True when proof leads from leaf at index to root of the tree of size. spec: RFC 9162 2.1.3.2 */
bool merkle_inclusion_verify(uint64_t index, uint64_t size, const uint8_t leaf[MERKLE_HASH], struct slice proof,
			     const uint8_t root[MERKLE_HASH]) MUST_USE;
/* True when proof shows that the tree of old_size with old_root is the beginning of the tree of size with root. An empty
 * old tree is the beginning of every tree. spec: RFC 9162 2.1.4.2 */
bool merkle_consistency_verify(uint64_t old_size, uint64_t size, const uint8_t old_root[MERKLE_HASH],
			       const uint8_t root[MERKLE_HASH], struct slice proof) MUST_USE;

#endif
