/* Borrowed bytes. A slice owns nothing; whoever made the bytes says how long they live. */
#ifndef BICES_BASE_SLICE_H
#define BICES_BASE_SLICE_H

#include "base/banned.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
	const uint8_t *data; /* NULL only when len is 0 */
	size_t len;
};

/* A string literal as a slice, without its terminator. */
#define SLICE(literal) ((struct slice){(const uint8_t *)("" literal), sizeof(literal) - 1})

/* The same as an initialiser of static data. */
#define SLICE_INIT(literal) {(const uint8_t *)("" literal), sizeof(literal) - 1}

/* A fixed array as a slice. */
#define SLICE_ARRAY(array) ((struct slice){(array), sizeof(array)})

/* printf arguments for "%.*s". */
#define SLICE_ARG(s) (int)(s).len, slice_chars(s)

static inline struct slice slice_of(const void *data, size_t len)
{
	return (struct slice){data, len};
}

/* For SLICE_ARG: never NULL. */
static inline const char *slice_chars(struct slice s)
{
	return s.data ? (const char *)s.data : "";
}

/* The bytes of a terminated string, without its terminator; an empty slice for NULL. */
struct slice slice_text(const char *text);

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Equality in time that depends on the lengths only: for secrets. */
bool slice_equal_secret(struct slice a, struct slice b);

/* Order by octets, shorter first when one is a prefix of the other: <0, 0, >0. */
int slice_compare(struct slice a, struct slice b);

bool slice_has_prefix(struct slice s, struct slice prefix);
bool slice_has_suffix(struct slice s, struct slice suffix);

/* Position of the first octet c, or -1. */
ptrdiff_t slice_find_octet(struct slice s, uint8_t c);

/* s without its first n octets; empty when n is beyond the end. */
static inline struct slice slice_skip(struct slice s, size_t n)
{
	return n >= s.len ? slice_of(s.data, 0) : slice_of(s.data + n, s.len - n);
}

/* At most the first n octets of s. */
static inline struct slice slice_take(struct slice s, size_t n)
{
	return slice_of(s.data, n < s.len ? n : s.len);
}

/* s without ASCII white space at both ends. */
struct slice slice_trim(struct slice s);

/* Splits s at the first octet c: *ret_head is what stands before it, the answer what stands behind it.
 * Without c the head is all of s and the rest is empty. */
struct slice slice_split(struct slice s, uint8_t c, struct slice *ret_head);

/* Length of one valid UTF-8 sequence at the start of s (1 to 4), and its code point; 0 for anything invalid
 * (overlong forms, surrogates, beyond U+10FFFF, cut off). */
size_t utf8_next(struct slice s, uint32_t *ret_code_point);

/* At most the first n octets of valid UTF-8, never cutting a character. */
struct slice utf8_take(struct slice s, size_t n);

/* True for valid UTF-8 that holds no NUL octet. */
bool utf8_is_text(struct slice s);

/* True when word is one of the words of text, which are separated by one space. An empty word stands nowhere. */
bool word_stands_in(struct slice text, struct slice word);

/* No octet but zero; also true when it is empty. */
bool slice_is_zero(struct slice s);

/* Decimal digits only, no sign, no leading zero beside "0" itself, no overflow. */
enum err slice_parse_u64(struct slice s, uint64_t *ret_value) MUST_USE;

#endif
