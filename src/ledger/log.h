/* The ledger: one append-only file, its tree, its proofs.
 *
 * The directory holds the file "journal" and nothing else. The file grows by whole zeroed steps ahead of its use, octets
 * once written are never changed, and nothing is renamed, cut or removed. Format: ledger/page.h.
 * Levels of the tree are held as C2SP tiles have them: each 256th level in memory, the tiles of leaves are made anew from
 * the entries when a proof needs them. */
#ifndef BICES_LEDGER_LOG_H
#define BICES_LEDGER_LOG_H

#include "base/arena.h"
#include "base/diag.h"
#include "ledger/page.h"

#define LEDGER_FILE "journal"

struct ledger_log; /* heap */

/* Opens the ledger in this directory (borrowed), or begins one where the directory has none.
 * Recomputes the tree and verifies its newest checkpoint. The last group may be torn by a crash: then it was never
 * answered for, and is set to zero; *ret_repaired tells. Any other damage is ERR_INVALID with its place.
 * ERR_CRYPTO: the file belongs to another key or origin. ERR_IO, ERR_FULL, ERR_MEMORY. */
enum err ledger_log_open(int directory, struct slice origin, const uint8_t seed[32], uint64_t now_ms, struct diag *diag,
			 bool *ret_repaired, struct ledger_log **ret_log) MUST_USE;
/* Opens for reading only, without a key and without verification: for tools. */
enum err ledger_log_open_read(int directory, struct diag *diag, struct ledger_log **ret_log) MUST_USE;
void ledger_log_close(struct ledger_log *log);

uint64_t ledger_log_size(const struct ledger_log *log);
void ledger_log_public_key(const struct ledger_log *log, uint8_t ret_public_key[32]);

/* Appends records (encoded, at most LEDGER_RECORD_MAX octets each) and returns once all of them are durable. leaves has
 * room for count hashes, ret_salts for as many salts or is NULL. On error some leading records may stay, unanswered. ERR_TOO_LARGE: nothing is written.
 * ERR_FULL: no space; reading goes on and a later append may succeed. ERR_IO: the disk failed; nothing more is written
 * until the ledger is opened again, since what a failed write left behind is unknown. */
enum err ledger_log_append(struct ledger_log *log, const struct slice *records, size_t count,
			   uint8_t (*ret_leaves)[MERKLE_HASH], uint8_t (*ret_salts)[LEDGER_SALT]) MUST_USE;

/* Appends the newest checkpoint as a signed note. ERR_NOT_FOUND while the ledger is empty. */
enum err ledger_log_checkpoint(const struct ledger_log *log, struct buf *note) MUST_USE;
/* ERR_INVALID for what the tree does not have. size is at most the ledger's. */
enum err ledger_log_inclusion(struct ledger_log *log, uint64_t index, uint64_t size, struct buf *proof) MUST_USE;
enum err ledger_log_consistency(struct ledger_log *log, uint64_t old_size, uint64_t size, struct buf *proof) MUST_USE;
enum err ledger_log_root(struct ledger_log *log, uint64_t size, uint8_t ret_root[MERKLE_HASH]) MUST_USE;

/* Calls visit for each entry from index on until it answers false. The entry lasts during the call. ERR_IO. */
typedef bool ledger_visit(void *context, uint64_t index, const struct ledger_entry *entry);
enum err ledger_log_visit(struct ledger_log *log, uint64_t from_index, ledger_visit *visit, void *context) MUST_USE;

/* What a peer holds of our ledger against what we have. */
enum ledger_standing {
	LEDGER_INCONSISTENT = 0, /* the same size or less, another tree: our past was changed */
	LEDGER_BEHIND,           /* the peer holds more than we have: we were rolled back */
	LEDGER_CONSISTENT,
};
/* note: our checkpoint with our signature, cosigned or not. ERR_MALFORMED, ERR_CRYPTO, ERR_NOT_FOUND, ERR_INVALID as
 * tree_head_open: it says nothing then. */
enum err ledger_log_compare(struct ledger_log *log, struct slice note, enum ledger_standing *ret_standing,
			    uint64_t *ret_size) MUST_USE;

/* ---- verification, by whoever has the directory ---- */
struct ledger_report {
	uint64_t size, groups;
	uint8_t root[MERKLE_HASH], public_key[32];
	char origin[NOTE_NAME + 1];
	uint64_t created, last; /* ms: of the ledger and of its newest record */
};
/* Reads all and verifies all: every octet, every record, every checkpoint. May run while the ledger is in use. key NULL:
 * the key that stands in the ledger itself is taken. ERR_INVALID with what is wrong and where; ERR_CRYPTO for another key;
 * ERR_IO when it cannot be read. */
enum err ledger_verify(int directory, const uint8_t key[32], struct diag *diag, struct ledger_report *ret_report) MUST_USE;

#endif
