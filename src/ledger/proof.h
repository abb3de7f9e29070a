/* A proof as a file: that one record stands in a ledger, checked by anybody without a node.
 *
 * The text is a C2SP tlog-proof: first line, "extra" with what the leaf is made of, "index", the audit path, an empty line,
 * the checkpoint with all its signatures. The extra octets are a record: the ledger's public key, the salt, the ledger
 * record. They are not signed themselves: salt and record count because their leaf leads to the signed root, and the key
 * counts only when the reader knows it from elsewhere. spec: C2SP tlog-proof */
#ifndef BICES_LEDGER_PROOF_H
#define BICES_LEDGER_PROOF_H

#include "ledger/log.h"

enum { PROOF_TEXT_MAX = 128 * 1024 };

struct proof_extra {
	uint8_t public_key[32];
	uint8_t salt[LEDGER_SALT];
	struct slice record; /* encoded struct ledger_record */
};
extern const struct schema proof_extra_schema;

/* A parsed proof. Borrows from the text and from the arena. */
struct ledger_proof {
	struct proof_extra extra;
	struct ledger_record record;
	uint64_t index;
	struct slice path;       /* MERKLE_HASH octets a hash */
	struct slice checkpoint; /* the note, as it stands */
	struct tree_head tree;  /* what it says */
};

/* Appends the proof of the entry at index in the log's newest tree. ERR_INVALID without such an entry; ERR_IO. */
enum err proof_print(struct ledger_log *log, uint64_t index, struct buf *text) MUST_USE;

/* Parses and verifies all that the text can show by itself: form, the log's signature by the key inside, and that the
 * record leads to the signed root. pinned: the key that it must be, or NULL. ERR_MALFORMED for the form, ERR_TOO_LARGE,
 * ERR_INVALID when it does not hold, with the reason. */
enum err proof_verify(struct slice text, const uint8_t pinned[32], struct arena *arena, struct diag *diag,
		      struct ledger_proof *ret_proof) MUST_USE;

/* The newest entry about this subject: of a decision if there is one (publish, release, recall …), else of any kind;
 * a subject of '#' and a number is that entry. ERR_NOT_FOUND, ERR_IO. */
enum err ledger_find(struct ledger_log *log, struct slice subject, uint64_t *ret_index) MUST_USE;

/* The entry that published the manifest of this digest. ERR_NOT_FOUND, ERR_IO. */
enum err ledger_find_publication(struct ledger_log *log, struct slice subject, struct slice digest, uint64_t *ret_index) MUST_USE;

/* Appends one line for people: time, kind, actor, subject, recipient, basis, each escaped. */
void ledger_record_print(uint64_t index, const struct ledger_record *record, struct buf *line);

#endif
