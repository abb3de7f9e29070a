/* The roster: who takes part, with which keys. Each epoch is signed by a majority of the one before, so that nobody enters
 * or leaves by one nation's will, and an expelled nation has no say in its return. The roster a node starts with is trusted
 * because its operator configured it. spec: trust 1.4, A30 */
#ifndef BICES_PROTOCOL_ROSTER_H
#define BICES_PROTOCOL_ROSTER_H

#include "base/diag.h"
#include "protocol/frame.h"

#define ROSTER_DOMAIN "bices/roster/1" /* for signing_key_sign and signature_verify */

/* Decodes a roster and checks its form: epoch from 1, 1 to LIMIT_NATIONS participants in ascending order of their
 * names (upper-case letters and digits), no name and no key twice, signatures in ascending order. Slices borrow from octets.
 * ERR_MALFORMED, ERR_INVALID, ERR_TOO_LARGE, ERR_MEMORY. */
enum err roster_open(struct slice octets, struct arena *arena, struct roster *ret_roster, struct diag *diag) MUST_USE;

/* The participant of this name, or NULL. Borrowed from the roster. */
const struct participant *roster_find(const struct roster *roster, struct slice name);
const struct participant *roster_at(const struct roster *roster, size_t index); /* index < participants.count */
/* Its place in ascending order, or -1. */
ptrdiff_t roster_index(const struct roster *roster, struct slice name);

/* Appends the octets that signatures cover: the encoding without signatures. */
void roster_signed_part(const struct roster *roster, struct buf *octets);

/* SHA-256 of the whole encoding: prev_digest of the next epoch. */
void roster_digest(struct slice octets, uint8_t ret_digest[32]);

/* How many participants of voters signed the roster validly, each counted once by its originator key there. */
size_t roster_count_signatures(const struct roster *roster, const struct roster *voters);

/* Whether next may follow current: epoch exactly one higher, prev_digest names the current octets, and more than half of
 * the current participants signed. ERR_INVALID: says which of these; ERR_CRYPTO: too few valid signatures. */
enum err roster_check_next(const struct roster *current, struct slice current_octets, const struct roster *next,
			   struct diag *diag) MUST_USE;

#endif
