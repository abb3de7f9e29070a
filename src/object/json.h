/* JSON at the border: strict reading, and the one canonical form of what was read.
 *
 * Values are jansson's (json_t); this header is the only way in and out of text. Nothing else of jansson's parsers and
 * printers is used anywhere. */
#ifndef BICES_OBJECT_JSON_H
#define BICES_OBJECT_JSON_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/limits.h"

#include <jansson.h>

/* Counted handle; released when it goes out of scope. */
#define AUTO_JSON __attribute__((cleanup(json_release))) json_t
void json_release(json_t **value);

/* Gives the hash tables of objects their secret seed. Once per process, before the first value and before confinement:
 * otherwise jansson itself opens the kernel's random device. seed is fresh randomness. */
void json_start(uint64_t seed);

/* Reads exactly one JSON text (RFC 8259) of an object or array.
 * ERR_TOO_LARGE: longer than max octets or deeper than LIMIT_JSON_DEPTH; ERR_MALFORMED: anything else that is not
 * strict JSON: duplicate names, invalid UTF-8, NUL, octets behind the value, a lone surrogate, a number beyond a double or
 * an integer beyond 64 bits
 * (but for the canonical spelling of a double). diag gets line and column. The caller releases *ret_value. */
enum err json_read(struct slice text, size_t max, json_t **ret_value, struct diag *diag) MUST_USE;

/* Appends the canonical form: RFC 8785, but integers keep all their digits (within 64 bits) where the standard would round
 * them to a double. ERR_TOO_LARGE sticks to the buffer for values deeper than JSON_PRINT_DEPTH. */
enum { JSON_PRINT_DEPTH = LIMIT_JSON_DEPTH + 16 };
void json_canonical(json_t *value, struct buf *text);

/* Appends one string as a JSON string, quotes included, in the canonical spelling. s is UTF-8 without NUL. */
void json_put_string(struct buf *text, struct slice s);

/* Order of names in the canonical form: by UTF-16 code units (RFC 8785 3.2.3). <0, 0, >0. */
int json_name_compare(struct slice a, struct slice b);

/* The text of a string value, borrowed from it; empty for anything that is not a string, NULL included. */
struct slice json_slice(const json_t *value);

/* A string value of these octets; NULL when they are not UTF-8 or memory is exhausted. */
json_t *json_text(struct slice s) MUST_USE;

#endif
