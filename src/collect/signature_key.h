/* Inside of binding signatures: private keys, certificates and the chain to an anchor. */
#ifndef BICES_COLLECT_SIGNATURE_KEY_H
#define BICES_COLLECT_SIGNATURE_KEY_H

#include "collect/signature_form.h"

#include <openssl/evp.h>

void signature_key_done(EVP_PKEY **key);
#define AUTO_KEY __attribute__((cleanup(signature_key_done))) EVP_PKEY

/* The signer's key, its method's URI (static) and his certificates as text of X509Certificate elements. ERR_CRYPTO: no
 * such PEM, or key and certificate do not belong together; ERR_UNSUPPORTED: a kind of key that is not accepted. */
enum err signature_key_open(const struct binding_signer *signer, EVP_PKEY **ret_key, const char **ret_method,
			    struct buf *certificates, struct diag *diag) MUST_USE;

/* The public key of the first certificate once it has a chain to an anchor: all signatures of at least 112 bits, all
 * certificates valid at trust->now_ms, and the first may sign. ERR_CRYPTO otherwise. *ret_subject lives in the arena.
 */
enum err signature_key_trusted(const struct signature_form *form, const struct binding_trust *trust,
			       struct arena *arena, EVP_PKEY **ret_key, struct slice *ret_subject, struct diag *diag)
	MUST_USE;

#endif
