/* Witnessing another nation's ledger: cosign only what is the same tree or a larger one of which ours is the beginning.
 *
 * What was seen last is itself a record of our own ledger (kind "witness": subject the origin, sequence the size, digest the
 * root), so that seeing and keeping are one durable act, done before the cosignature leaves, and no second place has to be
 * kept safe. Pure but for the signatures. spec: C2SP tlog-witness */
#ifndef BICES_LEDGER_WITNESS_H
#define BICES_LEDGER_WITNESS_H

#include "ledger/note.h"
#include "ledger/record.h"

enum { WITNESS_ORIGINS = LIMIT_NATIONS };

struct witness_seen {
	char origin[NOTE_NAME];
	size_t origin_len;
	uint64_t size;
	uint8_t root[MERKLE_HASH];
};
/* What was seen of each origin. In place; zero-initialised has seen nothing. */
struct witness {
	struct witness_seen seen[WITNESS_ORIGINS];
	size_t count;
};

/* The last tree seen of this origin, or NULL. */
const struct witness_seen *witness_find(const struct witness *witness, struct slice origin);

/* May this checkpoint, whose signature the caller has verified, be cosigned? proof: consistency from the size seen to its
 * size; empty when nothing or the same size was seen. ERR_CONFLICT: smaller than what was seen (the proof has to start
 * from there) or no proof. ERR_INVALID: the proof fails: the log shows different people different pasts. */
enum err witness_check(const struct witness *witness, const struct tree_head *checkpoint, struct slice proof) MUST_USE;

/* Keeps it; called after the record is durable, and for each record of kind "witness" at start. ERR_FULL beyond
 * WITNESS_ORIGINS. Never goes back to a smaller tree. */
enum err witness_keep(struct witness *witness, const struct tree_head *checkpoint) MUST_USE;

/* The record of a tree seen, and back; slices borrow. */
struct ledger_record witness_record(const struct tree_head *checkpoint, uint64_t now_ms);
bool witness_from_record(const struct ledger_record *record, struct tree_head *ret_checkpoint);

#endif
