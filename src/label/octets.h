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

/* Equality of names, most of which have at most sixteen octets: then two words that may overlap are the whole name. */
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

#endif
