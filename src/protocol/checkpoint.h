/* B's signed checkpoint of A's feed: resume point, receipt and witness statement in one text. docs/protocol/exchange.md
 * has the format. A signed note (spec: C2SP signed-note) whose text is a checkpoint (spec: C2SP tlog-checkpoint) with
 * extension lines. The caller computes and verifies the Ed25519 signature, which covers exactly the text. */
#ifndef BICES_PROTOCOL_CHECKPOINT_H
#define BICES_PROTOCOL_CHECKPOINT_H

#include "protocol/feed.h"

enum { CHECKPOINT_TEXT_MAX = 2048, NOTE_KEY_ID = 4 };

/* SHA-256 over "bices/feed-root/1\0" and, for each sequence, number (8 octets, big endian) and digest. */
void checkpoint_root(const struct checkpoint *checkpoint, uint8_t ret_root[32]);

/* Appends the text that is signed, ending in a newline. */
void checkpoint_print(const struct checkpoint *checkpoint, struct buf *text);

/* Appends the whole note: text, empty line, signature line. name: of the signer, B. */
void checkpoint_print_note(struct slice text, struct slice name, const uint8_t public_key[32],
			   const uint8_t signature[64], struct buf *note);

/* The first octets of SHA-256(name || "\n" || 0x01 || key): which Ed25519 key of that name signed a note. */
void checkpoint_key_id(struct slice name, const uint8_t public_key[32], uint8_t ret_id[NOTE_KEY_ID]);

/* A note taken apart; slices borrow from it. */
struct checkpoint_note {
	struct checkpoint checkpoint;
	struct slice text; /* what the signature covers */
	uint8_t key_id[NOTE_KEY_ID];
	uint8_t signature[64];
};

/* Reads a note strictly: only what checkpoint_print_note() would print for the same values. Exactly one signature line,
 * whose name is the origin's B; size and root fit the positions; a position is all zero or not at all. ERR_MALFORMED,
 * ERR_TOO_LARGE. The signature is not verified. */
enum err checkpoint_parse(struct slice note, struct checkpoint_note *ret_note) MUST_USE;

#endif
