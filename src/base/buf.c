/* The growing buffer and the text forms of octets. */
#include "base/buf.h"

#include <stdarg.h>

struct buf buf_make(size_t max)
{
	return (struct buf){.max = max};
}

void buf_done(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){.max = buf->max};
}

void buf_wipe(struct buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->capacity);
	buf_done(buf);
}

static enum err reserve(struct buf *buf, size_t n)
{
	size_t need;
	if (__builtin_add_overflow(buf->len, n, &need) || need > buf->max)
		return ERR_TOO_LARGE;
	if (need <= buf->capacity)
		return ERR_OK;
	size_t capacity = buf->capacity ? buf->capacity : buf->max < 256 ? buf->max : 256; /* never beyond max: more() relies on it */
	while (capacity < need)
		capacity = capacity > buf->max / 2 ? buf->max : capacity * 2;
	/* Not realloc: the old octets may be a secret and must not stay behind in freed memory. */
	uint8_t *data = malloc(capacity);
	if (!data)
		return ERR_MEMORY;
	if (buf->len)
		memcpy(data, buf->data, buf->len);
	if (buf->data)
		explicit_bzero(buf->data, buf->len);
	free(buf->data);
	buf->data = data;
	buf->capacity = capacity;
	return ERR_OK;
}

/* n more octets that are still to be written, or NULL on error. */
static inline uint8_t *more(struct buf *buf, size_t n)
{
	if (buf->err == ERR_OK && n > buf->capacity - buf->len)
		buf->err = reserve(buf, n);
	if (buf->err != ERR_OK)
		return NULL;
	uint8_t *at = buf->data + buf->len;
	buf->len += n;
	return at;
}

uint8_t *buf_grow(struct buf *buf, size_t n)
{
	static uint8_t nothing;
	if (n == 0 && !buf->data) /* nothing was written yet: any address will do */
		return buf->err == ERR_OK ? &nothing : NULL;
	uint8_t *at = more(buf, n);
	if (at)
		memset(at, 0, n);
	return at;
}

void buf_put(struct buf *buf, struct slice bytes)
{
	if (bytes.len == 0)
		return;
	uint8_t *at = more(buf, bytes.len);
	if (at)
		memcpy(at, bytes.data, bytes.len);
}

void buf_put_text(struct buf *buf, const char *text)
{
	buf_put(buf, slice_text(text));
}

void buf_put_octet(struct buf *buf, uint8_t octet)
{
	buf_put(buf, slice_of(&octet, 1));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list list, again;
	va_start(list, format);
	va_copy(again, list);
	int len = vsnprintf(NULL, 0, format, list);
	char *at = len < 0 ? NULL : (char *)buf_grow(buf, (size_t)len + 1);
	if (at) {
		vsnprintf(at, (size_t)len + 1, format, again);
		buf->len--; /* the terminator is not content */
	}
	va_end(again);
	va_end(list);
}

void buf_truncate(struct buf *buf, size_t len)
{
	if (len < buf->len)
		buf->len = len;
}

enum err buf_finish(const struct buf *buf, struct slice *ret_bytes)
{
	if (buf->err != ERR_OK)
		return buf->err;
	*ret_bytes = buf_slice(buf);
	return ERR_OK;
}

void buf_put_hex(struct buf *buf, struct slice bytes)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < bytes.len; i++) {
		buf_put_octet(buf, (uint8_t)digits[bytes.data[i] >> 4]);
		buf_put_octet(buf, (uint8_t)digits[bytes.data[i] & 15]);
	}
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err hex_decode(struct slice text, struct buf *buf)
{
	if (text.len % 2)
		return ERR_MALFORMED;
	for (size_t i = 0; i < text.len; i += 2) {
		int high = hex_value(text.data[i]), low = hex_value(text.data[i + 1]);
		if (high < 0 || low < 0)
			return ERR_MALFORMED;
		buf_put_octet(buf, (uint8_t)(high << 4 | low));
	}
	return buf->err;
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_put_base64(struct buf *buf, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t group = (uint32_t)bytes.data[i] << 16;
		if (n > 1)
			group |= (uint32_t)bytes.data[i + 1] << 8;
		if (n > 2)
			group |= bytes.data[i + 2];
		for (size_t k = 0; k < 4; k++)
			buf_put_octet(buf, k <= n ? (uint8_t)base64_digits[group >> (18 - 6 * k) & 63] : '=');
	}
}

static int base64_value(uint8_t c)
{
	const char *at = c ? strchr(base64_digits, c) : NULL;
	return at ? (int)(at - base64_digits) : -1;
}

enum err base64_decode(struct slice text, struct buf *buf)
{
	if (text.len % 4)
		return ERR_MALFORMED;
	for (size_t i = 0; i < text.len; i += 4) {
		size_t pad = 0;
		if (i + 4 == text.len)
			pad = text.data[i + 3] != '=' ? 0 : text.data[i + 2] != '=' ? 1 : 2;
		uint32_t group = 0;
		for (size_t k = 0; k < 4; k++) {
			int value = k < 4 - pad ? base64_value(text.data[i + k]) : 0;
			if (value < 0)
				return ERR_MALFORMED;
			group = group << 6 | (uint32_t)value;
		}
		if (pad && (group & (pad == 1 ? 0xffu : 0xffffu)))
			return ERR_MALFORMED;
		for (size_t k = 0; k < 3 - pad; k++)
			buf_put_octet(buf, (uint8_t)(group >> (16 - 8 * k)));
	}
	return buf->err;
}
