/* Comparison, cutting and checking of borrowed bytes. */
#include "base/slice.h"

struct slice slice_text(const char *text)
{
	return text ? slice_of(text, strlen(text)) : slice_of(NULL, 0);
}

bool slice_equal_secret(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	volatile uint8_t diff = 0;
	for (size_t i = 0; i < a.len; i++)
		diff |= a.data[i] ^ b.data[i];
	return diff == 0;
}

bool slice_is_zero(struct slice s)
{
	uint8_t any = 0;
	for (size_t i = 0; i < s.len; i++)
		any |= s.data[i];
	return any == 0;
}

int slice_compare(struct slice a, struct slice b)
{
	size_t shared = a.len < b.len ? a.len : b.len;
	int order = shared ? memcmp(a.data, b.data, shared) : 0;
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool slice_has_prefix(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len && slice_equal(slice_take(s, prefix.len), prefix);
}

bool slice_has_suffix(struct slice s, struct slice suffix)
{
	return s.len >= suffix.len && slice_equal(slice_skip(s, s.len - suffix.len), suffix);
}

ptrdiff_t slice_find_octet(struct slice s, uint8_t c)
{
	const uint8_t *at = s.len ? memchr(s.data, c, s.len) : NULL;
	return at ? at - s.data : -1;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct slice slice_trim(struct slice s)
{
	while (s.len && is_space(s.data[0]))
		s = slice_skip(s, 1);
	while (s.len && is_space(s.data[s.len - 1]))
		s.len--;
	return s;
}

struct slice slice_split(struct slice s, uint8_t c, struct slice *ret_head)
{
	ptrdiff_t at = slice_find_octet(s, c);
	if (at < 0) {
		*ret_head = s;
		return slice_of(s.data, 0);
	}
	*ret_head = slice_take(s, (size_t)at);
	return slice_skip(s, (size_t)at + 1);
}

/* Length announced by the first octet, with the smallest code point that may use it. */
static size_t utf8_shape(uint8_t first, uint32_t *ret_bits, uint32_t *ret_least)
{
	if (first < 0x80)
		return *ret_bits = first, *ret_least = 0, 1;
	if (first >= 0xc2 && first < 0xe0)
		return *ret_bits = first & 0x1f, *ret_least = 0x80, 2;
	if (first >= 0xe0 && first < 0xf0)
		return *ret_bits = first & 0x0f, *ret_least = 0x800, 3;
	if (first >= 0xf0 && first < 0xf5)
		return *ret_bits = first & 0x07, *ret_least = 0x10000, 4;
	return 0;
}

size_t utf8_next(struct slice s, uint32_t *ret_code_point)
{
	uint32_t code, least;
	size_t len = s.len ? utf8_shape(s.data[0], &code, &least) : 0;
	if (len == 0 || len > s.len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s.data[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s.data[i] & 0x3f);
	}
	if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_code_point = code;
	return len;
}

struct slice utf8_take(struct slice s, size_t n)
{
	if (n >= s.len)
		return s;
	while (n > 0 && (s.data[n] & 0xc0) == 0x80)
		n--;
	return slice_take(s, n);
}

bool utf8_is_text(struct slice s)
{
	while (s.len) {
		uint32_t code;
		size_t len = utf8_next(s, &code);
		if (len == 0 || code == 0)
			return false;
		s = slice_skip(s, len);
	}
	return true;
}

bool word_stands_in(struct slice text, struct slice word)
{
	while (word.len && text.len) {
		struct slice head;
		text = slice_split(text, ' ', &head);
		if (slice_equal(head, word))
			return true;
	}
	return false;
}

enum err slice_parse_u64(struct slice s, uint64_t *ret_value)
{
	if (s.len == 0 || s.len > 20 || (s.len > 1 && s.data[0] == '0'))
		return ERR_MALFORMED;
	uint64_t value = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return ERR_MALFORMED;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(s.data[i] - '0'), &value))
			return ERR_TOO_LARGE;
	}
	*ret_value = value;
	return ERR_OK;
}
