/* Digests, signatures, sealing, randomness and certificates. OpenSSL stands behind this header and nowhere else
 * (but in link's TLS). No function logs or keeps state. */
#ifndef BICES_CRYPTO_CRYPTO_H
#define BICES_CRYPTO_CRYPTO_H

#include "base/buf.h"

void crypto_sha256(struct slice bytes, uint8_t ret_digest[32]);
/* SHA-256 over the concatenation of count parts. */
void crypto_sha256_parts(const struct slice *parts, size_t count, uint8_t ret_digest[32]);
void crypto_hmac_sha256(struct slice key, struct slice bytes, uint8_t ret_mac[32]);

/* A name-based UUID of version 5 (RFC 4122 4.3). SHA-1 makes a name here, no proof. */
void crypto_uuid5(const uint8_t space[16], struct slice name, uint8_t ret_uuid[16]);

/* Fresh random octets from the kernel. Ends the process when there are none: nothing may go on without. */
void crypto_random(void *memory, size_t len);

/* Ed25519 (RFC 8032). The private key is the 32-octet seed. */
struct signing_key; /* heap; wiped when freed */
enum err signing_key_new(const uint8_t seed[32], struct signing_key **ret_key) MUST_USE;
void signing_key_free(struct signing_key *key);
void signing_key_public(const struct signing_key *key, uint8_t ret_public[32]);
/* Signs domain || bytes; domain is a terminated string whose terminator is part of the signed octets
 * ("bices/token/1" signs "bices/token/1\0" || bytes). */
enum err signing_key_sign(const struct signing_key *key, const char *domain, struct slice bytes, uint8_t ret_signature[64]) MUST_USE;
/* True only for a valid signature. */
bool signature_verify(const uint8_t public_key[32], const char *domain, struct slice bytes, const uint8_t signature[64]) MUST_USE;
/* The same without a domain, for signed notes (C2SP), which bring their own. */
enum err signing_key_sign_plain(const struct signing_key *key, struct slice bytes, uint8_t ret_signature[64]) MUST_USE;
bool signature_verify_plain(const uint8_t public_key[32], struct slice bytes, const uint8_t signature[64]) MUST_USE;

/* Sealing: CMS AuthEnvelopedData (RFC 5083), ECDH P-256 with the key derivation fixed to SHA-256, AES-256-GCM, DER.
 * "openssl cms -decrypt" opens it. */
struct seal_recipient; /* parsed certificate */
struct seal_opener;    /* private key with its certificate */
enum err seal_recipient_new(struct slice certificate_der, struct seal_recipient **ret_recipient) MUST_USE;
void seal_recipient_free(struct seal_recipient *recipient);
enum err seal_opener_new(struct slice key_der, struct slice certificate_der, struct seal_opener **ret_opener) MUST_USE;
void seal_opener_free(struct seal_opener *opener);
enum err crypto_seal(const struct seal_recipient *recipient, struct slice plaintext, struct buf *sealed) MUST_USE;
/* ERR_CRYPTO for anything that is not exactly one such message for this key. */
enum err crypto_open(const struct seal_opener *opener, struct slice sealed, struct buf *plaintext) MUST_USE;

/* Making keys and certificates, for `bices init` and tests only. PEM in and out. */
enum err certificate_new_ca(const char *common_name, unsigned days, struct buf *key_pem, struct buf *certificate_pem) MUST_USE;
struct certificate_request {
	const char *common_name;
	const char *uri;        /* SAN URI: "bices://KOR" or "bices://KOR/user/analyst" */
	const char *ip;         /* SAN IP or NULL */
	const char *dns;        /* SAN DNS name or NULL */
	bool server, client, key_agreement;
	unsigned days;
};
enum err certificate_new(struct slice ca_key_pem, struct slice ca_certificate_pem, const struct certificate_request *request,
			 struct buf *key_pem, struct buf *certificate_pem) MUST_USE;
/* PEM text to DER and back (one block, the first). */
enum err pem_to_der(struct slice pem, struct buf *der) MUST_USE;
/* Private key PEM to PKCS#8 DER. */
enum err key_pem_to_der(struct slice pem, struct buf *der) MUST_USE;

#endif
