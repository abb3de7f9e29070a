/* Inside of libbices-label: looking at sixteen octets at once, in the vectors that gcc and clang have for every machine.
 * A mask holds 0xff for each octet that is met and 0 for the others. */
#ifndef BICES_LABEL_OCTETS_H
#define BICES_LABEL_OCTETS_H

#include "base/slice.h"

#include <endian.h>

enum { OCTETS = 16 };
typedef uint8_t octets_block __attribute__((vector_size(16)));
typedef int8_t octets_mask __attribute__((vector_size(16)));

static inline octets_block octets_at(const uint8_t *at)
{
	octets_block loaded;
	memcpy(&loaded, at, sizeof(loaded));
	return loaded;
}

/* True for octets in [from, from + count). */
static inline octets_mask octets_within(octets_block v, uint8_t from, uint8_t count)
{
	return (v - from) < count;
}

static inline bool octets_any(octets_mask mask)
{
	uint64_t half[2];
	memcpy(half, &mask, sizeof(half));
	return half[0] | half[1];
}

/* Number of octets before the first that the mask meets, or OCTETS. */
static inline size_t octets_before(octets_mask mask)
{
	uint64_t half[2];
	memcpy(half, &mask, sizeof(half));
	if (half[0])
		return (size_t)__builtin_ctzll(le64toh(half[0])) / 8;
	return half[1] ? 8 + (size_t)__builtin_ctzll(le64toh(half[1])) / 8 : OCTETS;
}

/* Two words that are the whole of a name of 1 to sixteen octets: they overlap where it is shorter, and every octet of them
 * is one of the name's. Names of one length are equal if their words are. */
struct octets_words {
	uint64_t first, last;
};

static inline struct octets_words octets_words(struct slice name)
{
	const uint8_t *d = name.data;
	size_t n = name.len;
	struct octets_words words;
	if (n >= 8) {
		memcpy(&words.first, d, 8);
		memcpy(&words.last, d + n - 8, 8);
		return words;
	}
	const uint64_t twice = UINT64_C(0x0000000100000001), four_times = 0x01010101;
	if (n >= 4) {
		uint32_t half[2];
		memcpy(&half[0], d, 4);
		memcpy(&half[1], d + n - 4, 4);
		return (struct octets_words){half[0] * twice, half[1] * twice};
	}
	words.first = d[0] * four_times * twice;
	words.last = (d[n / 2] | (uint64_t)d[n - 1] << 32) * four_times;
	return words;
}

/* Equality of names, most of which have at most sixteen octets. */
static inline bool octets_equal(struct slice a, struct slice b)
{
	size_t n = a.len;
	if (n != b.len || n < 4 || n > OCTETS)
		return slice_equal(a, b);
	if (n < 8) {
		uint32_t x[2], y[2];
		memcpy(&x[0], a.data, 4);
		memcpy(&y[0], b.data, 4);
		memcpy(&x[1], a.data + n - 4, 4);
		memcpy(&y[1], b.data + n - 4, 4);
		return x[0] == y[0] && x[1] == y[1];
	}
	uint64_t x[2], y[2];
	memcpy(&x[0], a.data, 8);
	memcpy(&y[0], b.data, 8);
	memcpy(&x[1], a.data + n - 8, 8);
	memcpy(&y[1], b.data + n - 8, 8);
	return x[0] == y[0] && x[1] == y[1];
}

/* True if one of the octets is at most ' ': what is subtracted borrows from its upper bit, which it did not have. */
static inline bool octets_low(struct octets_words words)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), least = (' ' + 1) * ones;
	uint64_t low = ((words.first - least) & ~words.first) | ((words.last - least) & ~words.last);
	return low & 0x80 * ones;
}

#endif
