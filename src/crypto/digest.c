/* Digests, message authentication and randomness. Must never answer with less than was asked for: a library that cannot
 * hash or a kernel without randomness ends the process, since no caller could go on safely. */
#include "crypto/crypto.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

void crypto_sha256_parts(const struct slice *parts, size_t count, uint8_t ret_digest[32])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		abort();
	for (size_t i = 0; i < count; i++)
		if (parts[i].len && EVP_DigestUpdate(context, parts[i].data, parts[i].len) != 1)
			abort();
	if (EVP_DigestFinal_ex(context, ret_digest, NULL) != 1)
		abort();
	EVP_MD_CTX_free(context);
}

void crypto_sha256(struct slice bytes, uint8_t ret_digest[32])
{
	crypto_sha256_parts(&bytes, 1, ret_digest);
}

void crypto_hmac_sha256(struct slice key, struct slice bytes, uint8_t ret_mac[32])
{
	static const uint8_t nothing[1];
	unsigned len = 32;
	const uint8_t *data = bytes.len ? bytes.data : nothing;
	if (key.len > INT32_MAX ||
	    !HMAC(EVP_sha256(), key.len ? key.data : nothing, (int)key.len, data, bytes.len, ret_mac, &len))
		abort();
}

void crypto_uuid5(const uint8_t space[16], struct slice name, uint8_t ret_uuid[16])
{
	uint8_t digest[20];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || EVP_DigestInit_ex(context, EVP_sha1(), NULL) != 1 || EVP_DigestUpdate(context, space, 16) != 1 ||
	    (name.len && EVP_DigestUpdate(context, name.data, name.len) != 1) ||
	    EVP_DigestFinal_ex(context, digest, NULL) != 1)
		abort();
	EVP_MD_CTX_free(context);
	memcpy(ret_uuid, digest, 16);
	ret_uuid[6] = (ret_uuid[6] & 0x0f) | 0x50;
	ret_uuid[8] = (ret_uuid[8] & 0x3f) | 0x80;
}

void crypto_random(void *memory, size_t len)
{
	uint8_t *at = memory;
	while (len) {
		ssize_t n = getrandom(at, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			abort();
		at += n;
		len -= (size_t)n;
	}
}
