/* Seal's view of ledgers, its own node's and its peers': signed checkpoints, inclusion proofs, cosignatures. Its reader of
 * notes is its own, as its reader of labels is; only the Merkle arithmetic is the ledger's. Pure.
 * spec: trust 2.3 check 12, 3.2; C2SP signed-note, tlog-checkpoint, tlog-cosignature; RFC 6962 section 2.1 */
#ifndef BICES_RELEASE_SEAL_LEDGER_H
#define BICES_RELEASE_SEAL_LEDGER_H

#include "crypto/crypto.h"
#include "ledger/record.h"

/* The newest checkpoint of one ledger that was seen. */
struct seal_tree {
	uint64_t size; /* 0: none */
	uint8_t root[32];
};

struct seal_proof {
	struct slice checkpoint; /* signed note */
	struct slice proof;	 /* 32 octets a hash */
	struct slice nation;	 /* whose ledger */
	uint8_t key[32];	 /* of that ledger, public */
	struct slice record; /* whose place it is, encoded */
	uint8_t salt[32];    /* of its leaf */
	uint64_t index, size;  /* as the token says */
	struct seal_tree held; /* newest checkpoint held */
};

/* Size and root of a checkpoint of this nation's ledger that its key signed. ERR_MALFORMED, ERR_CRYPTO. */
enum err seal_ledger_read(struct slice checkpoint, struct slice nation, const uint8_t key[32],
			  struct seal_tree *ret_tree) MUST_USE;

/* Permits when the checkpoint is the ledger's, has the size the token names, agrees with the held one where both have the
 * same size, and the leaf that salt and record make stands at index in its tree. What the record says is the caller's to
 * judge. */
enum verdict seal_ledger_proves(const struct seal_proof *proof);

/* ---- witnessing ---- */

/* Permits when proof shows that the older tree is the beginning of the newer, larger one. Nothing (size 0) begins every
 * tree. spec: RFC 6962 section 2.1.2 */
enum verdict seal_ledger_extends(const struct seal_tree *older, const struct seal_tree *newer, struct slice proof);

/* Appends the checkpoint with our cosignature behind it: "at this second this is the largest tree we saw of this ledger".
 * name: ours. The caller has verified the checkpoint and compared it with what it saw before. */
enum err seal_ledger_cosign(struct slice checkpoint, struct slice name, const struct signing_key *key, uint64_t now_ms,
			    struct buf *note) MUST_USE;

/* ERR_OK when the note carries a valid cosignature of this name and key; ERR_NOT_FOUND, ERR_CRYPTO, ERR_MALFORMED. */
enum err seal_ledger_check_cosignature(struct slice note, struct slice name, const uint8_t key[32]) MUST_USE;

#endif
