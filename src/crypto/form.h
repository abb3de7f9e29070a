/* The one outer form of a sealed message. Inside this room only. */
#ifndef BICES_CRYPTO_FORM_H
#define BICES_CRYPTO_FORM_H

#include "base/slice.h"

/* True when sealed is one ContentInfo with AuthEnvelopedData of version 0, one key-agreement recipient whose key
 * derivation is by SHA-256, content of type data by AES-256-GCM with a nonce of 12 and a tag of 16 octets, no attributes,
 * and nothing behind it. The library checks neither versions nor types nor the announced tag length.
 * spec: RFC 5083 2.1, RFC 5084 3.2, RFC 5652 6.2.2 */
bool sealed_has_form(struct slice sealed) MUST_USE;

#endif
