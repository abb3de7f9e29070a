/* Signed notes and checkpoints as text: made, parsed strictly, verified. Pure but for the signatures.
 * spec: C2SP signed-note, tlog-checkpoint, tlog-cosignature */
#ifndef BICES_LEDGER_NOTE_H
#define BICES_LEDGER_NOTE_H

#include "crypto/crypto.h"
#include "ledger/merkle.h"

enum {
	NOTE_MAX = 65536,     /* octets of one note */
	NOTE_SIGNATURES = 64, /* signature lines accepted; the standard asks for 16 at least */
	NOTE_NAME = 128,      /* octets of an origin or key name */
	NOTE_SIGNATURE_MAX = 8192, /* octets of one signature with its key id: other kinds of keys are larger than ours */
};

/* First octet of what a key id is made from. */
enum note_key_kind { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

struct note_signature {
	struct slice name;
	uint8_t key_id[4];
	struct slice encoded; /* base64 of key id and signature, checked */
};

/* A parsed note; borrows from the text. */
struct note {
	struct slice text; /* what is signed: ends with a newline */
	struct note_signature signatures[NOTE_SIGNATURES];
	size_t count; /* at least 1 */
};

/* ERR_MALFORMED for anything but: valid UTF-8 without control characters other than newline; text; an empty line; one
 * or more lines of em dash, space, name, space, base64 of more than four octets. ERR_TOO_LARGE beyond the limits. */
enum err note_parse(struct slice bytes, struct note *ret_note) MUST_USE;

/* SHA-256(name, newline, kind, public key), its first four octets. */
void note_key_id(struct slice name, enum note_key_kind kind, const uint8_t public_key[32], uint8_t ret_id[4]);

/* Is there a signature of this key, and does each of them verify? ERR_NOT_FOUND: none. ERR_CRYPTO: one does not verify. */
enum err note_verify(const struct note *note, struct slice name, const uint8_t public_key[32]) MUST_USE;
/* The same for a cosignature; *ret_seconds is its time (the newest if there are several). */
enum err note_verify_cosignature(const struct note *note, struct slice name, const uint8_t public_key[32],
				 uint64_t *ret_seconds) MUST_USE;

/* Appends the signature line over text. */
enum err note_sign(struct slice text, struct slice name, const struct signing_key *key, struct buf *line) MUST_USE;
/* The same from a signature that exists already. */
enum err note_put_signature(struct slice name, const uint8_t public_key[32], const uint8_t signature[64], struct buf *line)
	MUST_USE;
/* Appends a cosignature line: "as of this second, this is the largest consistent tree that I saw of this log".
 * The caller has verified the checkpoint and recorded it first. */
enum err note_cosign(struct slice text, struct slice name, const struct signing_key *key, uint64_t seconds, struct buf *line)
	MUST_USE;

/* The text of a checkpoint. */
struct tree_head {
	struct slice origin; /* "bices/KOR/ledger" */
	uint64_t size;
	uint8_t root[MERKLE_HASH];
};
/* ERR_MALFORMED unless text is exactly origin, size and root, a line each: our logs have no extension lines. */
enum err tree_head_parse(struct slice text, struct tree_head *ret_checkpoint) MUST_USE;
enum err tree_head_print(const struct tree_head *checkpoint, struct buf *text) MUST_USE;

/* Parses a note that is a checkpoint of origin signed by its key; ERR_CRYPTO or ERR_NOT_FOUND for signatures,
 * ERR_INVALID for another origin. */
enum err tree_head_open(struct slice bytes, struct slice origin, const uint8_t public_key[32], struct note *ret_note,
			 struct tree_head *ret_checkpoint) MUST_USE;

/* "bices/NATION/ledger"; ERR_INVALID for a name that cannot stand there. */
enum err ledger_origin(struct slice nation, struct buf *origin) MUST_USE;

#endif
