/* Keys and certificates for `bices init` and tests, and the way from PEM to DER. Must never ask a terminal for a password. */
#include "crypto/crypto.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum { SERIAL_OCTETS = 16, BACKDATE_SECONDS = 3600, PEM_MAX = 1024 * 1024, SAN_MAX = 1024 };

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

static EVP_PKEY *key_from_pem(struct slice pem)
{
	BIO *bio = bio_of(pem);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	return key;
}

static X509 *certificate_from_pem(struct slice pem)
{
	BIO *bio = bio_of(pem);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	return certificate;
}

static enum err take_bio(BIO *bio, struct buf *bytes)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	if (len <= 0)
		return ERR_CRYPTO;
	buf_put(bytes, slice_of(data, (size_t)len));
	return bytes->err;
}

static enum err put_key_pem(EVP_PKEY *key, struct buf *pem)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	bool made = bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
	enum err err = made ? take_bio(bio, pem) : ERR_CRYPTO;
	BIO_free(bio);
	return err;
}

static enum err put_certificate_pem(X509 *certificate, struct buf *pem)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool made = bio && PEM_write_bio_X509(bio, certificate) == 1;
	enum err err = made ? take_bio(bio, pem) : ERR_CRYPTO;
	BIO_free(bio);
	return err;
}

/* Version, random serial number, validity from an hour ago (clocks differ), subject and public key. */
static bool set_basics(X509 *certificate, const char *common_name, unsigned days, EVP_PKEY *key)
{
	uint8_t serial[SERIAL_OCTETS];
	crypto_random(serial, sizeof(serial));
	serial[0] = (serial[0] & 0x7f) | 0x40;
	BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
	X509_NAME *name = X509_get_subject_name(certificate);
	bool done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) &&
		    X509_set_version(certificate, X509_VERSION_3) == 1 &&
		    X509_gmtime_adj(X509_getm_notBefore(certificate), -BACKDATE_SECONDS) &&
		    X509_time_adj_ex(X509_getm_notAfter(certificate), (int)days, 0, NULL) &&
		    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)common_name, -1, -1, 0) == 1 &&
		    X509_set_pubkey(certificate, key) == 1;
	BN_free(number);
	return done;
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	bool done = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return done;
}

enum err certificate_new_ca(const char *common_name, unsigned days, struct buf *key_pem, struct buf *certificate_pem)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	bool made = key && certificate && days <= INT_MAX && set_basics(certificate, common_name, days, key) &&
		    X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
		    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
		    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
		    add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
		    X509_sign(certificate, key, EVP_sha256()) > 0;
	enum err err = made ? put_key_pem(key, key_pem) : ERR_CRYPTO;
	if (err == ERR_OK)
		err = put_certificate_pem(certificate, certificate_pem);
	X509_free(certificate);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return err;
}

/* One name of the alternative names; it goes into a list whose separator no name may hold. */
static bool put_name(struct buf *list, const char *kind, const char *name)
{
	if (!name)
		return true;
	if (!*name || strpbrk(name, ",\n\r;"))
		return false;
	buf_printf(list, "%s%s:%s", list->len ? "," : "", kind, name);
	return list->err == ERR_OK;
}

static bool add_names(X509 *certificate, X509 *issuer, const struct certificate_request *request)
{
	AUTO_BUF list = buf_make(SAN_MAX);
	if (!put_name(&list, "URI", request->uri) || !put_name(&list, "IP", request->ip) || !put_name(&list, "DNS", request->dns))
		return false;
	if (list.len == 0)
		return true;
	buf_put_octet(&list, 0);
	return list.err == ERR_OK && add_extension(certificate, issuer, NID_subject_alt_name, (const char *)list.data);
}

static bool add_usages(X509 *certificate, X509 *issuer, const struct certificate_request *request)
{
	const char *usage = request->key_agreement ? "critical,keyAgreement" : "critical,digitalSignature";
	const char *extended = request->server && request->client ? "serverAuth,clientAuth"
			       : request->server		  ? "serverAuth"
			       : request->client		  ? "clientAuth"
								  : NULL;
	return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(certificate, issuer, NID_key_usage, usage) &&
	       (!extended || add_extension(certificate, issuer, NID_ext_key_usage, extended)) &&
	       add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
	       add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
}

/* Fills and signs the certificate of key. */
static bool issue(X509 *certificate, X509 *ca, EVP_PKEY *ca_key, EVP_PKEY *key, const struct certificate_request *request)
{
	return request->days <= INT_MAX && set_basics(certificate, request->common_name, request->days, key) &&
	       X509_set_issuer_name(certificate, X509_get_subject_name(ca)) == 1 && add_usages(certificate, ca, request) &&
	       add_names(certificate, ca, request) && X509_sign(certificate, ca_key, EVP_sha256()) > 0;
}

enum err certificate_new(struct slice ca_key_pem, struct slice ca_certificate_pem, const struct certificate_request *request,
			 struct buf *key_pem, struct buf *certificate_pem)
{
	EVP_PKEY *ca_key = key_from_pem(ca_key_pem);
	X509 *ca = certificate_from_pem(ca_certificate_pem);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	bool made = ca_key && ca && key && certificate && X509_check_private_key(ca, ca_key) == 1 &&
		    issue(certificate, ca, ca_key, key, request);
	enum err err = made ? put_key_pem(key, key_pem) : ERR_CRYPTO;
	if (err == ERR_OK)
		err = put_certificate_pem(certificate, certificate_pem);
	X509_free(certificate);
	EVP_PKEY_free(key);
	X509_free(ca);
	EVP_PKEY_free(ca_key);
	ERR_clear_error();
	return err;
}

enum err pem_to_der(struct slice pem, struct buf *der)
{
	BIO *bio = bio_of(pem);
	char *name = NULL, *header = NULL;
	uint8_t *data = NULL;
	long len = 0;
	enum err err = ERR_MALFORMED;
	/* a header line means an encrypted block */
	if (bio && PEM_read_bio(bio, &name, &header, &data, &len) == 1 && !*header) {
		buf_put(der, slice_of(data, (size_t)len));
		err = der->err;
	}
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_clear_free(data, (size_t)len);
	BIO_free(bio);
	ERR_clear_error();
	return err;
}

enum err key_pem_to_der(struct slice pem, struct buf *der)
{
	EVP_PKEY *key = key_from_pem(pem);
	PKCS8_PRIV_KEY_INFO *info = key ? EVP_PKEY2PKCS8(key) : NULL;
	uint8_t *data = NULL;
	int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &data) : -1;
	enum err err = ERR_MALFORMED;
	if (len > 0) {
		buf_put(der, slice_of(data, (size_t)len));
		err = der->err;
		OPENSSL_clear_free(data, (size_t)len);
	}
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return err;
}
