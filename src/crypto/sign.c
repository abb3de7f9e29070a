/* Ed25519 signatures (RFC 8032), with and without a domain string. Must never report a signature as valid on error, and
 * never keep the seed outside the key. */
#include "crypto/crypto.h"

#include <openssl/evp.h>

struct signing_key {
	EVP_PKEY *pkey;
	uint8_t public_key[32];
};

enum err signing_key_new(const uint8_t seed[32], struct signing_key **ret_key)
{
	struct signing_key *key = calloc(1, sizeof(*key));
	if (!key)
		return ERR_MEMORY;
	size_t len = sizeof(key->public_key);
	key->pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
	if (!key->pkey || EVP_PKEY_get_raw_public_key(key->pkey, key->public_key, &len) != 1 || len != 32) {
		signing_key_free(key);
		return ERR_CRYPTO;
	}
	*ret_key = key;
	return ERR_OK;
}

void signing_key_free(struct signing_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	explicit_bzero(key, sizeof(*key));
	free(key);
}

void signing_key_public(const struct signing_key *key, uint8_t ret_public[32])
{
	memcpy(ret_public, key->public_key, 32);
}

/* The octets that are signed: domain with its terminator, then bytes. Ed25519 takes them in one piece. */
static enum err with_domain(const char *domain, struct slice bytes, struct buf *ret_all)
{
	buf_put(ret_all, slice_of(domain, strlen(domain) + 1));
	buf_put(ret_all, bytes);
	return ret_all->err;
}

enum err signing_key_sign_plain(const struct signing_key *key, struct slice bytes, uint8_t ret_signature[64])
{
	uint8_t signature[64];
	size_t len = sizeof(signature);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context)
		return ERR_MEMORY;
	const uint8_t *data = bytes.len ? bytes.data : signature;
	bool done = EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) == 1 &&
		    EVP_DigestSign(context, signature, &len, data, bytes.len) == 1 && len == sizeof(signature);
	EVP_MD_CTX_free(context);
	if (!done)
		return ERR_CRYPTO;
	memcpy(ret_signature, signature, sizeof(signature));
	return ERR_OK;
}

bool signature_verify_plain(const uint8_t public_key[32], struct slice bytes, const uint8_t signature[64])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const uint8_t *data = bytes.len ? bytes.data : signature;
	bool valid = pkey && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
		     EVP_DigestVerify(context, signature, 64, data, bytes.len) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
	return valid;
}

enum err signing_key_sign(const struct signing_key *key, const char *domain, struct slice bytes, uint8_t ret_signature[64])
{
	AUTO_BUF all = buf_make(SIZE_MAX / 2);
	TRY(with_domain(domain, bytes, &all));
	return signing_key_sign_plain(key, buf_slice(&all), ret_signature);
}

bool signature_verify(const uint8_t public_key[32], const char *domain, struct slice bytes, const uint8_t signature[64])
{
	AUTO_BUF all = buf_make(SIZE_MAX / 2);
	return with_domain(domain, bytes, &all) == ERR_OK && signature_verify_plain(public_key, buf_slice(&all), signature);
}
