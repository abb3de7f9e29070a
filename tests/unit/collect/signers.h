/* Keys and certificates made by openssl at test time, in a folder of their own, and other programs run in it. */
#ifndef BICES_TEST_SIGNERS_H
#define BICES_TEST_SIGNERS_H

#include "../../support/test.h"
#include "collect/binding_signature.h"

/* Group setup and teardown. Files there: ca.pem, other-ca.pem; NAME.key and NAME.pem of p256, p384, rsa (signed by ca),
 * foreign (by other-ca), weak (RSA 1024), p521, sealing (may not sign), chained.pem with middle.pem behind it. */
int signers_make(void **state);
int signers_remove(void **state);

#define SIGNERS_NOW UINT64_C(1900000000000) /* 2030-03-17: within all certificates */

/* An arena that lives as long as the test program. */
struct arena *keep(void);

struct slice signers_file(const char *name);
void signers_write(const char *name, struct slice octets);

/* Runs a shell command in the folder; answers its exit code. Its output goes to the file "output" there. */
int signers_run(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct binding_signer signer_of(const char *name);
struct binding_trust trust_in(const char *anchors);

/* A label document of policy NATO with this classification. */
struct slice label_saying(const char *classification);
/* The Classification of the one label in what was verified. */
const char *classification_of(const struct verified_binding *verified);
/* A binding around one label; data as of struct binding_parts. */
struct slice binding_of(enum binding_form form, const char *classification, const char *data_or_uri);
/* Signs by a signer; the test fails if that fails. */
struct slice signed_by(const char *signer, struct slice xml, const struct binding_resources *resources);

#endif
