/* Sealing: CMS AuthEnvelopedData (RFC 5083) for one recipient, key agreement by ECDH on P-256 (RFC 5753) with SHA-256 in
 * the key derivation, content by AES-256-GCM (RFC 5084). Must never hand out plaintext whose authentication failed. */
#include "crypto/crypto.h"
#include "crypto/form.h"

#include <limits.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509.h>

struct seal_recipient {
	X509 *certificate;
};

struct seal_opener {
	X509 *certificate;
	EVP_PKEY *key;
};

/* An X.509 certificate from exactly these octets, or NULL. */
static X509 *certificate_from(struct slice der)
{
	const uint8_t *at = der.data;
	if (der.len == 0 || der.len > LONG_MAX)
		return NULL;
	X509 *certificate = d2i_X509(NULL, &at, (long)der.len);
	if (certificate && at != der.data + der.len) {
		X509_free(certificate);
		return NULL;
	}
	return certificate;
}

static bool is_p256(const EVP_PKEY *key)
{
	char group[32];
	size_t len;
	return key && EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof(group), &len) == 1 &&
	       strcmp(group, SN_X9_62_prime256v1) == 0;
}

enum err seal_recipient_new(struct slice certificate_der, struct seal_recipient **ret_recipient)
{
	struct seal_recipient *recipient = calloc(1, sizeof(*recipient));
	if (!recipient)
		return ERR_MEMORY;
	recipient->certificate = certificate_from(certificate_der);
	if (!recipient->certificate || !is_p256(X509_get0_pubkey(recipient->certificate))) {
		seal_recipient_free(recipient);
		ERR_clear_error();
		return ERR_CRYPTO;
	}
	*ret_recipient = recipient;
	return ERR_OK;
}

void seal_recipient_free(struct seal_recipient *recipient)
{
	if (!recipient)
		return;
	X509_free(recipient->certificate);
	free(recipient);
}

enum err seal_opener_new(struct slice key_der, struct slice certificate_der, struct seal_opener **ret_opener)
{
	struct seal_opener *opener = calloc(1, sizeof(*opener));
	if (!opener)
		return ERR_MEMORY;
	const uint8_t *at = key_der.data;
	opener->certificate = certificate_from(certificate_der);
	if (key_der.len > 0 && key_der.len <= LONG_MAX)
		opener->key = d2i_AutoPrivateKey(NULL, &at, (long)key_der.len);
	if (!opener->certificate || !is_p256(opener->key) || at != key_der.data + key_der.len ||
	    X509_check_private_key(opener->certificate, opener->key) != 1) {
		seal_opener_free(opener);
		ERR_clear_error();
		return ERR_CRYPTO;
	}
	*ret_opener = opener;
	return ERR_OK;
}

void seal_opener_free(struct seal_opener *opener)
{
	if (!opener)
		return;
	X509_free(opener->certificate);
	EVP_PKEY_free(opener->key);
	free(opener);
}

/* Adds the recipient; the library's own choice for the key derivation would be SHA-1. */
static bool add_recipient(CMS_ContentInfo *message, X509 *certificate)
{
	CMS_RecipientInfo *info = CMS_add1_recipient_cert(message, certificate, CMS_KEY_PARAM);
	EVP_PKEY_CTX *context = info ? CMS_RecipientInfo_get0_pkey_ctx(info) : NULL;
	return context && EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) == 1;
}

/* Appends the message's DER form. */
static enum err put_message(const CMS_ContentInfo *message, struct buf *bytes)
{
	int len = i2d_CMS_ContentInfo(message, NULL);
	if (len <= 0)
		return ERR_CRYPTO;
	size_t before = bytes->len;
	uint8_t *at = buf_grow(bytes, (size_t)len);
	if (!at)
		return bytes->err;
	if (i2d_CMS_ContentInfo(message, &at) != len) {
		buf_truncate(bytes, before);
		return ERR_CRYPTO;
	}
	return ERR_OK;
}

enum err crypto_seal(const struct seal_recipient *recipient, struct slice plaintext, struct buf *sealed)
{
	static const uint8_t nothing[1];
	if (plaintext.len > INT_MAX)
		return ERR_TOO_LARGE;
	BIO *content = BIO_new_mem_buf(plaintext.len ? plaintext.data : nothing, (int)plaintext.len);
	CMS_ContentInfo *message = CMS_AuthEnvelopedData_create(EVP_aes_256_gcm());
	bool made = content && message && CMS_set_detached(message, 0) == 1 && add_recipient(message, recipient->certificate) &&
		    CMS_final(message, content, NULL, CMS_BINARY) == 1;
	enum err err = made ? put_message(message, sealed) : ERR_CRYPTO;
	CMS_ContentInfo_free(message);
	BIO_free(content);
	ERR_clear_error();
	return err;
}

/* The message, if it has the one form and the one DER encoding; else NULL. */
static CMS_ContentInfo *message_from(struct slice sealed)
{
	const uint8_t *at = sealed.data;
	if (sealed.len > INT_MAX || !sealed_has_form(sealed))
		return NULL;
	CMS_ContentInfo *message = d2i_CMS_ContentInfo(NULL, &at, (long)sealed.len);
	if (!message)
		return NULL;
	AUTO_BUF again = buf_make(sealed.len);
	bool exact = put_message(message, &again) == ERR_OK && slice_equal(buf_slice(&again), sealed);
	STACK_OF(CMS_RecipientInfo) *infos = exact ? CMS_get0_RecipientInfos(message) : NULL;
	if (sk_CMS_RecipientInfo_num(infos) == 1 &&
	    CMS_RecipientInfo_type(sk_CMS_RecipientInfo_value(infos, 0)) == CMS_RECIPINFO_AGREE)
		return message;
	CMS_ContentInfo_free(message);
	return NULL;
}

enum err crypto_open(const struct seal_opener *opener, struct slice sealed, struct buf *plaintext)
{
	CMS_ContentInfo *message = message_from(sealed);
	BIO *content = message ? BIO_new(BIO_s_secmem()) : NULL;
	enum err err = ERR_CRYPTO;
	if (content && CMS_decrypt(message, opener->key, opener->certificate, NULL, content, CMS_BINARY) == 1) {
		char *data;
		long len = BIO_get_mem_data(content, &data);
		if (len >= 0)
			buf_put(plaintext, slice_of(data, (size_t)len));
		err = len >= 0 ? plaintext->err : ERR_CRYPTO;
	}
	BIO_free(content);
	CMS_ContentInfo_free(message);
	ERR_clear_error();
	return err;
}
