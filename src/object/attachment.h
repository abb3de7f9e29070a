/* Attachments: the content of a portion that carries a file, with its octets inside.
 *
 * Canonical JSON {"data","media_type","name","size"}; data: base64 of the octets, at most LIMIT_ATTACHMENT_BYTES of
 * them; the portion's blob_sha256 is theirs. Without data only the digest is carried: the file itself went another way.
 */
#ifndef BICES_OBJECT_ATTACHMENT_H
#define BICES_OBJECT_ATTACHMENT_H

#include "base/diag.h"
#include "object/json.h"

enum { ATTACHMENT_NAME = 255, ATTACHMENT_TYPE = 127 };

/* A name that is safe as a file's wherever it comes out: one component, no "." or "..", no control, no character that
 * turns or breaks lines, no space at either end. */
bool attachment_name_is_safe(struct slice name);
/* spec: RFC 6838 4.2: type/subtype, lower case, no parameters */
bool attachment_type_is_safe(struct slice type);

/* Checks an attachment against the digest that stands beside it, or, where none does (a digest of zeros), makes it from
 * the data. ERR_MALFORMED, ERR_TOO_LARGE; diag says what. */
enum err attachment_check(const json_t *attachment, uint8_t sha256[32], struct diag *diag) MUST_USE;

/* Appends the octets. ERR_NOT_FOUND: it carries none; ERR_MALFORMED; ERR_CRYPTO: they are not those of the digest. */
enum err attachment_octets(const json_t *attachment, const uint8_t sha256[32], struct buf *octets) MUST_USE;

#endif
