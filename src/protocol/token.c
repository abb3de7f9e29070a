/* The token's table of fields and its form. Never judges what a token permits. */
#include "protocol/token.h"

#include "crypto/crypto.h"

#define SIGNED_FIELDS \
	RECORD_UINT(1, struct token, version), RECORD_FIXED(2, struct token, id), \
		RECORD_TEXT(3, struct token, node, LIMIT_NATION), RECORD_FIXED(4, struct token, object_digest), \
		RECORD_FIXED(5, struct token, label_digest), RECORD_FIXED(6, struct token, manifest_digest), \
		RECORD_TEXT(7, struct token, originator, LIMIT_NATION), RECORD_FIXED_OPT(8, struct token, consent_digest), \
		RECORD_TEXT(9, struct token, recipient, LIMIT_NATION), RECORD_FIXED(10, struct token, recipient_key_id), \
		RECORD_UINT(11, struct token, link_class), RECORD_FIXED(12, struct token, policy_digest), \
		RECORD_UINT(13, struct token, policy_version), RECORD_UINT(14, struct token, roster_epoch), \
		RECORD_UINT(15, struct token, control_seq), RECORD_UINT(16, struct token, fencing_epoch), \
		RECORD_TEXT(17, struct token, basis, TOKEN_BASIS), RECORD_TEXT_OPT(18, struct token, approver2, LIMIT_USER), \
		RECORD_UINT(19, struct token, issued), RECORD_UINT(20, struct token, not_after), \
		RECORD_UINT(21, struct token, counter), RECORD_UINT(22, struct token, ledger_index), \
		RECORD_UINT(23, struct token, ledger_size)

static const struct field unsigned_fields[] = {SIGNED_FIELDS};
static const struct field signed_fields[] = {SIGNED_FIELDS, RECORD_FIXED(24, struct token, signature)};

const struct schema token_schema = RECORD_SCHEMA("token", struct token, signed_fields);
const struct schema token_unsigned_schema = RECORD_SCHEMA("token", struct token, unsigned_fields);

enum err token_open(struct slice octets, struct arena *arena, struct token *ret_token)
{
	struct token token;
	if (octets.len > LIMIT_TOKEN)
		return ERR_TOO_LARGE;
	TRY(record_decode(&token_schema, octets, arena, &token));
	if (token.version != TOKEN_VERSION)
		return ERR_UNSUPPORTED;
	if (token.node.len == 0 || token.originator.len == 0 || token.recipient.len == 0 || token.basis.len == 0)
		return ERR_MALFORMED;
	if (token.not_after <= token.issued || token.ledger_size <= token.ledger_index)
		return ERR_MALFORMED;
	*ret_token = token;
	return ERR_OK;
}

void key_id(struct slice key, uint8_t ret_id[KEY_ID])
{
	uint8_t digest[32];
	crypto_sha256(key, digest);
	memcpy(ret_id, digest, KEY_ID);
}
