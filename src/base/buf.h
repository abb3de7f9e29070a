/* A growing byte buffer with a hard maximum and a sticky error: write freely, ask once at the end. */
#ifndef BICES_BASE_BUF_H
#define BICES_BASE_BUF_H

#include "base/slice.h"

struct buf {
	uint8_t *data;
	size_t len, capacity;
	size_t max;   /* hard maximum in octets */
	enum err err; /* first error; once set, every write is ignored */
};

#define AUTO_BUF __attribute__((cleanup(buf_done))) struct buf

/* An empty buffer that never grows beyond max octets. Allocates nothing yet. */
struct buf buf_make(size_t max);

/* Frees the memory; safe on a zeroed or finished buffer. */
void buf_done(struct buf *buf);

/* As buf_done, but wipes the octets first: for secrets. */
void buf_wipe(struct buf *buf);

void buf_put(struct buf *buf, struct slice bytes);
void buf_put_text(struct buf *buf, const char *text);
void buf_put_octet(struct buf *buf, uint8_t octet);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* n fresh zero octets to be filled by the caller, or NULL on error. The address holds until the next write. */
uint8_t *buf_grow(struct buf *buf, size_t n) MUST_USE;

/* Forgets everything behind the first len octets. */
void buf_truncate(struct buf *buf, size_t len);

/* The written octets (borrowed) or the sticky error. */
enum err buf_finish(const struct buf *buf, struct slice *ret_bytes) MUST_USE;

static inline struct slice buf_slice(const struct buf *buf)
{
	return slice_of(buf->data, buf->len);
}

/* Text forms, appended. */
void buf_put_hex(struct buf *buf, struct slice bytes);
void buf_put_base64(struct buf *buf, struct slice bytes); /* RFC 4648 section 4, with padding */

/* Strict inverses: no white space, exact padding, zero spare bits; lower-case hexadecimal only. */
enum err hex_decode(struct slice text, struct buf *buf) MUST_USE;
enum err base64_decode(struct slice text, struct buf *buf) MUST_USE;

#endif
