/* Who we are towards other nations' links, and how we find out who they are.
 *
 * A peer names itself by the only URI in its certificate, "bices://NATION". The name is read first and chooses the anchor:
 * the chain must end at that participant's certificate authority and at no other, so that no nation can mint another's
 * identity. A name that is not on the roster, is our own, or is not the one that was dialled, is refused. TLS 1.3 only. */
#ifndef BICES_EXCHANGE_IDENTITY_H
#define BICES_EXCHANGE_IDENTITY_H

#include "base/diag.h"
#include "protocol/roster.h"

struct tls_identity; /* heap; borrows roster, nation and realm, which must outlive it */

/* certificate and key: PEM, EC P-256; the certificate is ours, "bices://NATION". ERR_MALFORMED, ERR_INVALID (key and
 * certificate do not fit), ERR_MEMORY. */
enum err tls_identity_new(struct slice certificate_pem, struct slice key_pem, const struct roster *roster, struct slice nation,
			  struct slice realm, struct tls_identity **ret_identity, struct diag *diag) MUST_USE;
void tls_identity_free(struct tls_identity *identity);

struct slice tls_identity_nation(const struct tls_identity *identity);
struct slice tls_identity_realm(const struct tls_identity *identity);

/* One TLS session over a connected, non-blocking socket; heap. */
struct tls_session;
enum tls_result {
	TLS_DONE = 1,
	TLS_WANTS_READ,  /* again when the socket is readable */
	TLS_WANTS_WRITE, /* again when the socket is writable */
	TLS_CLOSED,      /* the peer ended it in order */
	TLS_FAILED,      /* see tls_session_fault() */
};

/* expected: the nation that was dialled (we are the client), or empty (we were called). The descriptor stays the
 * caller's. NULL when memory is exhausted. */
struct tls_session *tls_session_new(const struct tls_identity *identity, int descriptor, struct slice expected);
void tls_session_free(struct tls_session *session);

enum tls_result tls_session_handshake(struct tls_session *session);
enum tls_result tls_session_read(struct tls_session *session, void *bytes, size_t size, size_t *ret_len);
enum tls_result tls_session_write(struct tls_session *session, struct slice bytes, size_t *ret_len);
/* Octets that are decrypted already and wait in memory: the socket will not announce them. */
bool tls_session_has_more(const struct tls_session *session);
/* Says good-bye without waiting for an answer. */
void tls_session_end(struct tls_session *session);

/* The nation that the certificate was verified for. Borrowed from the roster; empty before. */
struct slice tls_session_peer(const struct tls_session *session);
/* Why it failed, in words; static storage. */
const char *tls_session_fault(const struct tls_session *session);

#endif
