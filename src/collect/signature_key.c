/* Keys and certificates of binding signatures. It must never ask the system's own anchors, nor a terminal for a
 * password. */
#include "collect/signature_key.h"

#include <limits.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum {
	PEM_MAX = 1024 * 1024,
	ANCHORS_MAX = 256,
	RSA_BITS_MIN = 2048,
	RSA_BITS_MAX = 8192,
	SECURITY_LEVEL = 2,
	SUBJECT_MAX = 1024
};

void signature_key_done(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void bio_done(BIO **bio)
{
	BIO_free_all(*bio);
}

static void certificate_done(X509 **certificate)
{
	X509_free(*certificate);
}

static void certificates_done(STACK_OF(X509) **certificates)
{
	sk_X509_pop_free(*certificates, X509_free);
}

static void store_done(X509_STORE **store)
{
	X509_STORE_free(*store);
}

static void context_done(X509_STORE_CTX **context)
{
	X509_STORE_CTX_free(*context);
}

#define AUTO_BIO __attribute__((cleanup(bio_done))) BIO
#define AUTO_CERTIFICATE __attribute__((cleanup(certificate_done))) X509
#define AUTO_CERTIFICATES __attribute__((cleanup(certificates_done))) STACK_OF(X509)
#define AUTO_STORE __attribute__((cleanup(store_done))) X509_STORE
#define AUTO_CONTEXT __attribute__((cleanup(context_done))) X509_STORE_CTX

static BIO *bio_of(struct slice bytes)
{
	return bytes.len > 0 && bytes.len <= PEM_MAX ? BIO_new_mem_buf(bytes.data, (int)bytes.len) : NULL;
}

/* Encrypted keys are refused, not asked for. */
static int no_password(char *memory, int size, int writing, void *context)
{
	(void)memory, (void)size, (void)writing, (void)context;
	return -1;
}

/* Every certificate of a PEM text, at most max; NULL when there is none or one is broken. */
static STACK_OF(X509) *certificates_of_pem(struct slice pem, int max)
{
	AUTO_BIO *bio = bio_of(pem);
	STACK_OF(X509) *certificates = sk_X509_new_null();
	X509 *certificate;
	bool fits = bio && certificates;
	while (fits && (certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
		fits = sk_X509_num(certificates) < max && sk_X509_push(certificates, certificate) > 0;
		if (!fits)
			X509_free(certificate);
	}
	bool ended = fits && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	ERR_clear_error();
	if (ended && sk_X509_num(certificates) > 0)
		return certificates;
	sk_X509_pop_free(certificates, X509_free);
	return NULL;
}

/* The signature method that this project uses with a key, or NULL for a key that it does not accept. */
static const char *method_of(const EVP_PKEY *key)
{
	char group[32] = "";
	int bits = EVP_PKEY_get_bits(key);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX
			       ? "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
			       : NULL;
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
		return NULL;
	if (strcmp(group, "prime256v1") == 0)
		return "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
	return strcmp(group, "secp384r1") == 0 ? "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" : NULL;
}

static enum err put_certificate(X509 *certificate, struct buf *certificates)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate, &der);
	if (len <= 0)
		return ERR_CRYPTO;
	buf_put_text(certificates, "<ds:X509Certificate>");
	buf_put_base64(certificates, slice_of(der, (size_t)len));
	buf_put_text(certificates, "</ds:X509Certificate>");
	OPENSSL_free(der);
	return certificates->err;
}

enum err signature_key_open(const struct binding_signer *signer, EVP_PKEY **ret_key, const char **ret_method,
			    struct buf *certificates, struct diag *diag)
{
	AUTO_BIO *bio = bio_of(signer->key_pem);
	AUTO_KEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	AUTO_CERTIFICATES *chain = certificates_of_pem(signer->certificate_pem, SIGNATURE_CERTIFICATES);
	ERR_clear_error();
	if (!key)
		return diag_fail(diag, ERR_CRYPTO, "the signing key is not an unencrypted private key in PEM");
	if (!chain)
		return diag_fail(diag, ERR_CRYPTO, "the signer's certificate is not PEM, or there are more than %d",
				 SIGNATURE_CERTIFICATES);
	const char *method = method_of(key);
	if (!method)
		return diag_fail(diag, ERR_UNSUPPORTED,
				 "the key is neither EC P-256, EC P-384 nor RSA of %d bits or more", RSA_BITS_MIN);
	if (X509_check_private_key(sk_X509_value(chain, 0), key) != 1) {
		ERR_clear_error();
		return diag_fail(diag, ERR_CRYPTO, "key and certificate do not belong together");
	}
	for (int i = 0; i < sk_X509_num(chain); i++)
		TRY(put_certificate(sk_X509_value(chain, i), certificates));
	*ret_key = key;
	key = NULL;
	*ret_method = method;
	return ERR_OK;
}

/* ---- the chain ---- */

static X509 *certificate_of_der(struct slice der)
{
	const unsigned char *at = der.data;
	X509 *certificate = der.len && der.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;
	if (certificate && at == der.data + der.len)
		return certificate;
	X509_free(certificate);
	return NULL;
}

/* The certificates behind the signer's own. */
static STACK_OF(X509) *others_of(const struct signature_form *form)
{
	STACK_OF(X509) *others = sk_X509_new_null();
	bool fits = others != NULL;
	for (size_t i = 1; fits && i < form->certificate_count; i++) {
		X509 *certificate = certificate_of_der(form->certificates[i]);
		fits = certificate && sk_X509_push(others, certificate) > 0;
		if (!fits)
			X509_free(certificate);
	}
	if (fits)
		return others;
	sk_X509_pop_free(others, X509_free);
	return NULL;
}

static X509_STORE *store_of(struct slice anchors_pem)
{
	AUTO_CERTIFICATES *anchors = certificates_of_pem(anchors_pem, ANCHORS_MAX);
	X509_STORE *store = anchors ? X509_STORE_new() : NULL;
	bool added = store != NULL;
	for (int i = 0; added && i < sk_X509_num(anchors); i++)
		added = X509_STORE_add_cert(store, sk_X509_value(anchors, i)) == 1;
	if (added)
		return store;
	X509_STORE_free(store);
	return NULL;
}

/* An anchor ends the chain whether or not it signed itself: it is pinned. */
static bool has_chain(X509_STORE *store, X509 *certificate, STACK_OF(X509) *others, uint64_t now_ms,
		      const char **ret_why)
{
	AUTO_CONTEXT *context = X509_STORE_CTX_new();
	if (!context || X509_STORE_CTX_init(context, store, certificate, others) != 1)
		return false;
	X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_time(rules, (time_t)(now_ms / 1000));
	X509_VERIFY_PARAM_set_auth_level(rules, SECURITY_LEVEL);
	X509_VERIFY_PARAM_set_depth(rules, SIGNATURE_CERTIFICATES);
	bool set = X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN) == 1;
	bool valid = set && X509_verify_cert(context) == 1;
	*ret_why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
	return valid;
}

static bool may_sign(X509 *certificate)
{
	uint32_t usage = X509_get_key_usage(certificate); /* all bits where the certificate does not restrict it */
	return (usage & (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_NON_REPUDIATION)) != 0;
}

static enum err put_subject(X509 *certificate, struct arena *arena, struct slice *ret_subject)
{
	AUTO_BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	/* RFC 2253 escapes control characters and what is not ASCII */
	if (!bio || X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0)
		return ERR_MEMORY;
	long len = BIO_get_mem_data(bio, &text);
	return arena_copy(arena, slice_take(slice_of(text, len > 0 ? (size_t)len : 0), SUBJECT_MAX), ret_subject);
}

enum err signature_key_trusted(const struct signature_form *form, const struct binding_trust *trust,
			       struct arena *arena, EVP_PKEY **ret_key, struct slice *ret_subject, struct diag *diag)
{
	const char *why = "";
	AUTO_STORE *store = store_of(trust->anchors_pem);
	AUTO_CERTIFICATE *certificate = certificate_of_der(form->certificates[0]);
	AUTO_CERTIFICATES *others = others_of(form);
	if (!store)
		return diag_fail(diag, ERR_CRYPTO, "the trust anchors are not certificates in PEM");
	bool trusted = certificate && others && has_chain(store, certificate, others, trust->now_ms, &why);
	ERR_clear_error();
	if (!certificate || !others)
		return diag_fail(diag, ERR_MALFORMED, "a certificate that is not DER");
	if (!trusted)
		return diag_fail(diag, ERR_CRYPTO, "the signer's certificate has no chain to an anchor: %s", why);
	if (!may_sign(certificate) || !method_of(X509_get0_pubkey(certificate)))
		return diag_fail(diag, ERR_CRYPTO,
				 "the signer's certificate is not one for signatures that are accepted");
	TRY(put_subject(certificate, arena, ret_subject));
	*ret_key = X509_get_pubkey(certificate);
	return *ret_key ? ERR_OK : ERR_CRYPTO;
}
