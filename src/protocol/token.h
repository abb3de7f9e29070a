/* The release token: guard's signed decision that these octets may go to this recipient. At most 512 octets. */
#ifndef BICES_PROTOCOL_TOKEN_H
#define BICES_PROTOCOL_TOKEN_H

#include "base/limits.h"
#include "base/record.h"

enum { TOKEN_VERSION = 1, KEY_ID = 8, TOKEN_BASIS = 96 };
#define TOKEN_DOMAIN "bices/token/1" /* for signing_key_sign and signature_verify */

/* spec: trust 2.3 */
struct token {
	uint8_t version;
	uint8_t id[16];
	struct slice node; /* the nation whose guard signs */
	uint8_t object_digest[32];   /* SHA-256 of the rendition */
	uint8_t label_digest[32];    /* rendition_label_digest() */
	uint8_t manifest_digest[32]; /* SHA-256 of the encoded manifest */
	struct slice originator;
	uint8_t consent_digest[32]; /* zero: the originator is the node itself */
	struct slice recipient;
	uint8_t recipient_key_id[KEY_ID];
	uint8_t link_class;
	uint8_t policy_digest[32]; /* SHA-256 over the compiled policies guard decides with */
	uint32_t policy_version;
	uint64_t roster_epoch;
	uint64_t control_seq; /* of the feed to this recipient, as guard knows it */
	uint64_t fencing_epoch;
	struct slice basis;    /* "rule:" and the row's name, or "user:" and the approver */
	struct slice approver2; /* where the policy asks for two */
	uint64_t issued;    /* ms */
	uint64_t not_after; /* ms */
	uint64_t counter;   /* strictly rising per guard life and node */
	uint64_t ledger_index;
	uint64_t ledger_size;
	uint8_t signature[64]; /* Ed25519 over "bices/token/1\0" || encoding without this field */
};
extern const struct schema token_schema;          /* with signature */
extern const struct schema token_unsigned_schema; /* without */

/* Decodes a token and checks its form: size, version, names present, an object digest, a time span that is not empty.
 * The signature and what the token permits are the caller's to judge. ERR_MALFORMED, ERR_TOO_LARGE, ERR_UNSUPPORTED
 * (another version), ERR_MEMORY. */
enum err token_open(struct slice octets, struct arena *arena, struct token *ret_token) MUST_USE;

/* Names a key in a token: the first KEY_ID octets of its SHA-256. */
void key_id(struct slice key, uint8_t ret_id[KEY_ID]);

#endif
