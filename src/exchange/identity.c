/* Contexts and certificate checks. Never accepts a chain by any other anchor than the claimed nation's own. */
#include "exchange/identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define URI_PREFIX SLICE("bices://")

struct tls_identity {
	SSL_CTX *server, *client;
	const struct roster *roster;
	struct slice nation, realm;
};

struct tls_session {
	SSL *ssl;
	const struct tls_identity *identity;
	struct slice expected, peer;
	const char *fault;
	bool failed; /* nothing more may be written, not even a good-bye */
};

/* ---- certificates ---- */

/* Copies the only URI among the alternative names; empty when there is none, more than one, or one too long. */
static struct slice only_uri(X509 *leaf, uint8_t *storage, size_t size)
{
	struct slice uri = {0};
	size_t count = 0;
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_URI || count++ > 0)
			continue;
		const ASN1_IA5STRING *text = name->d.uniformResourceIdentifier;
		uri = slice_of(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
	}
	if (count != 1 || uri.len > size)
		uri.len = 0;
	if (uri.len)
		memcpy(storage, uri.data, uri.len);
	GENERAL_NAMES_free(names);
	return slice_of(storage, uri.len);
}

enum { URI_MAX = LIMIT_NATION + 8 };

/* The nation that the certificate names; empty for any other form. Borrows from storage. */
static struct slice claimed_nation(X509 *leaf, uint8_t storage[URI_MAX])
{
	struct slice uri = only_uri(leaf, storage, URI_MAX);
	return slice_has_prefix(uri, URI_PREFIX) ? slice_skip(uri, URI_PREFIX.len) : (struct slice){0};
}

static X509_STORE *store_with(struct slice anchor_der)
{
	const unsigned char *at = anchor_der.data;
	X509 *anchor = d2i_X509(NULL, &at, (long)anchor_der.len);
	X509_STORE *store = X509_STORE_new();
	bool good = anchor && store && X509_STORE_add_cert(store, anchor) == 1;
	X509_free(anchor);
	if (good)
		return store;
	X509_STORE_free(store);
	return NULL;
}

static bool chain_is_sound(X509_STORE_CTX *offered, struct slice anchor_der, const char *purpose)
{
	X509_STORE *store = store_with(anchor_der);
	X509_STORE_CTX *check = X509_STORE_CTX_new();
	bool good = store && check &&
		    X509_STORE_CTX_init(check, store, X509_STORE_CTX_get0_cert(offered),
					X509_STORE_CTX_get0_untrusted(offered)) == 1 &&
		    X509_STORE_CTX_set_default(check, purpose) == 1;
	if (good) {
		X509_VERIFY_PARAM_set_depth(X509_STORE_CTX_get0_param(check), 1);
		X509_STORE_CTX_set_flags(check, X509_V_FLAG_X509_STRICT);
		good = X509_verify_cert(check) == 1;
		X509_STORE_CTX_set_error(offered, X509_STORE_CTX_get_error(check));
	} else {
		X509_STORE_CTX_set_error(offered, X509_V_ERR_UNSPECIFIED);
	}
	X509_STORE_CTX_free(check);
	X509_STORE_free(store);
	return good;
}

static const char *judge(const struct tls_session *session, const struct participant *peer, struct slice name)
{
	if (!name.len)
		return "its certificate has no single name of the form bices://NATION";
	if (!peer)
		return "its certificate names nobody on the roster";
	if (slice_equal(name, session->identity->nation))
		return "its certificate names ourselves";
	if (session->expected.len && !slice_equal(name, session->expected))
		return "its certificate names another nation than the one dialled";
	return NULL;
}

/* OpenSSL asks here in place of its own check. 1: verified. */
static int verify_peer(X509_STORE_CTX *offered, void *unused)
{
	(void)unused;
	uint8_t storage[URI_MAX];
	SSL *ssl = X509_STORE_CTX_get_ex_data(offered, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_session *session = SSL_get_app_data(ssl);
	struct slice name = claimed_nation(X509_STORE_CTX_get0_cert(offered), storage);
	const struct participant *peer = roster_find(session->identity->roster, name);
	session->fault = judge(session, peer, name);
	if (session->fault) {
		X509_STORE_CTX_set_error(offered, X509_V_ERR_APPLICATION_VERIFICATION);
		return 0;
	}
	if (!chain_is_sound(offered, peer->ca_certificate, SSL_is_server(ssl) ? "ssl_client" : "ssl_server")) {
		session->fault = "its certificate was not issued by the nation that it names, or is not valid now";
		return 0;
	}
	session->peer = peer->name;
	return 1;
}

/* ---- contexts ---- */

static X509 *read_certificate(struct slice pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	return certificate;
}

static int no_password(char *buffer, int size, int writing, void *unused)
{
	(void)buffer, (void)size, (void)writing, (void)unused;
	return -1;
}

static EVP_PKEY *read_key(struct slice pem)
{
	BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	BIO_free(bio);
	return key;
}

static SSL_CTX *new_context(const SSL_METHOD *method, X509 *certificate, EVP_PKEY *key)
{
	SSL_CTX *context = SSL_CTX_new(method);
	if (!context)
		return NULL;
	bool good = SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
		    SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
		    SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
		    SSL_CTX_check_private_key(context) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1;
	/* every connection proves itself anew: no sessions are kept */
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(context, verify_peer, NULL);
	if (good)
		return context;
	SSL_CTX_free(context);
	return NULL;
}

enum err tls_identity_new(struct slice certificate_pem, struct slice key_pem, const struct roster *roster, struct slice nation,
			  struct slice realm, struct tls_identity **ret_identity, struct diag *diag)
{
	struct tls_identity *identity = calloc(1, sizeof(*identity));
	if (!identity)
		return ERR_MEMORY;
	uint8_t storage[URI_MAX];
	X509 *certificate = read_certificate(certificate_pem);
	EVP_PKEY *key = read_key(key_pem);
	enum err err = ERR_OK;
	*identity = (struct tls_identity){.roster = roster, .nation = nation, .realm = realm};
	if (!certificate || !key)
		err = diag_fail(diag, ERR_MALFORMED, "the link's %s is not readable PEM", certificate ? "key" : "certificate");
	else if (!slice_equal(claimed_nation(certificate, storage), nation))
		err = diag_fail(diag, ERR_INVALID, "the link's certificate does not name bices://%.*s", SLICE_ARG(nation));
	if (err == ERR_OK) {
		identity->server = new_context(TLS_server_method(), certificate, key);
		identity->client = new_context(TLS_client_method(), certificate, key);
		if (!identity->server || !identity->client)
			err = diag_fail(diag, ERR_INVALID, "the link's certificate and key do not fit");
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (err == ERR_OK)
		*ret_identity = identity;
	else
		tls_identity_free(identity);
	return err;
}

void tls_identity_free(struct tls_identity *identity)
{
	if (!identity)
		return;
	SSL_CTX_free(identity->server);
	SSL_CTX_free(identity->client);
	free(identity);
}

struct slice tls_identity_nation(const struct tls_identity *identity)
{
	return identity->nation;
}

struct slice tls_identity_realm(const struct tls_identity *identity)
{
	return identity->realm;
}

/* ---- sessions ---- */

struct tls_session *tls_session_new(const struct tls_identity *identity, int descriptor, struct slice expected)
{
	struct tls_session *session = calloc(1, sizeof(*session));
	if (!session)
		return NULL;
	*session = (struct tls_session){.identity = identity, .expected = expected};
	session->ssl = SSL_new(expected.len ? identity->client : identity->server);
	if (!session->ssl || SSL_set_fd(session->ssl, descriptor) != 1) {
		tls_session_free(session);
		return NULL;
	}
	SSL_set_app_data(session->ssl, session);
	if (expected.len)
		SSL_set_connect_state(session->ssl);
	else
		SSL_set_accept_state(session->ssl);
	return session;
}

void tls_session_free(struct tls_session *session)
{
	if (!session)
		return;
	SSL_free(session->ssl);
	free(session);
}

static enum tls_result result_of(struct tls_session *session, int answer)
{
	int error = answer > 0 ? SSL_ERROR_NONE : SSL_get_error(session->ssl, answer);
	ERR_clear_error();
	switch (error) {
	case SSL_ERROR_NONE: return TLS_DONE;
	case SSL_ERROR_WANT_READ: return TLS_WANTS_READ;
	case SSL_ERROR_WANT_WRITE: return TLS_WANTS_WRITE;
	case SSL_ERROR_ZERO_RETURN: return TLS_CLOSED;
	default: session->failed = true; return TLS_FAILED;
	}
}

enum tls_result tls_session_handshake(struct tls_session *session)
{
	ERR_clear_error();
	return result_of(session, SSL_do_handshake(session->ssl));
}

enum tls_result tls_session_read(struct tls_session *session, void *bytes, size_t size, size_t *ret_len)
{
	ERR_clear_error();
	return result_of(session, SSL_read_ex(session->ssl, bytes, size, ret_len));
}

enum tls_result tls_session_write(struct tls_session *session, struct slice bytes, size_t *ret_len)
{
	ERR_clear_error();
	return result_of(session, SSL_write_ex(session->ssl, bytes.data, bytes.len, ret_len));
}

bool tls_session_has_more(const struct tls_session *session)
{
	return SSL_pending(session->ssl) > 0;
}

void tls_session_end(struct tls_session *session)
{
	ERR_clear_error();
	if (!session->failed && SSL_is_init_finished(session->ssl))
		(void)SSL_shutdown(session->ssl);
	ERR_clear_error();
}

struct slice tls_session_peer(const struct tls_session *session)
{
	return session->peer;
}

const char *tls_session_fault(const struct tls_session *session)
{
	return session->fault ? session->fault : "the TLS connection broke, or the other side refused us";
}
