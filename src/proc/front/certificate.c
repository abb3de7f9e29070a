/* The client's certificate: libmicrohttpd hands over whatever was shown, so that it is verified here. */
#include "proc/front/front.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* Verified against the authority that the daemon was started with, for use as a client. */
static bool is_trusted(gnutls_session_t session)
{
	char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
	gnutls_typed_vdata_st data = {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)purpose};
	unsigned status = ~0u;
	return gnutls_certificate_verify_peers(session, &data, 1, &status) == GNUTLS_E_SUCCESS && status == 0;
}

static bool is_user_uri(struct slice uri, struct slice nation)
{
	AUTO_BUF prefix = buf_make(LIMIT_TITLE);
	buf_printf(&prefix, "bices://%.*s/user/", SLICE_ARG(nation));
	struct slice name = slice_skip(uri, prefix.len);
	return prefix.err == ERR_OK && slice_has_prefix(uri, buf_slice(&prefix)) && name.len > 0 &&
	       name.len <= LIMIT_USER && slice_find_octet(name, '/') < 0 && utf8_is_text(name);
}

/* The one URI of the certificate: none or two are as bad as a foreign one. */
static bool find_uri(gnutls_x509_crt_t certificate, struct slice nation, struct buf *uri)
{
	unsigned found = 0;
	for (unsigned i = 0;; i++) {
		char name[LIMIT_TITLE];
		size_t size = sizeof name;
		int type = gnutls_x509_crt_get_subject_alt_name(certificate, i, name, &size, NULL);
		if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			break;
		if (type < 0)
			return false;
		if (type != GNUTLS_SAN_URI)
			continue;
		found++;
		buf_truncate(uri, 0);
		buf_put(uri, slice_of(name, size));
	}
	return found == 1 && uri->err == ERR_OK && is_user_uri(buf_slice(uri), nation);
}

enum certificate_state certificate_check(void *handle, struct slice nation, struct buf *uri)
{
	gnutls_session_t session = handle;
	gnutls_x509_crt_t certificate;
	unsigned count = 0;
	if (!session)
		return CERTIFICATE_BAD;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
	if (!chain || count == 0)
		return CERTIFICATE_NONE;
	if (!is_trusted(session) || gnutls_x509_crt_init(&certificate) != GNUTLS_E_SUCCESS)
		return CERTIFICATE_BAD;
	bool good = gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS &&
		    find_uri(certificate, nation, uri);
	gnutls_x509_crt_deinit(certificate);
	return good ? CERTIFICATE_GOOD : CERTIFICATE_BAD;
}
