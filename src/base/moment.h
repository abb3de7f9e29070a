/* Moments in UTC: milliseconds since 1970-01-01T00:00:00Z, as text by RFC 3339. */
#ifndef BICES_BASE_MOMENT_H
#define BICES_BASE_MOMENT_H

#include "base/slice.h"

enum { MOMENT_TEXT = 24 }; /* "2026-11-24T22:16:13.000Z" without its terminator */

/* Exactly three decimals and Z. Years 0001 to 9999; anything outside is printed as the nearest end. */
void moment_print(uint64_t ms, char ret_text[MOMENT_TEXT + 1]);

/* The same with microseconds and six decimals. */
enum { MOMENT_TEXT_MICRO = 27 };
void moment_print_micro(uint64_t us, char ret_text[MOMENT_TEXT_MICRO + 1]);

/* RFC 3339 with T and Z in either case or a numeric offset, any number of decimals (cut after the third), year
 * 1970 or later. ERR_MALFORMED otherwise; a leap second is read as the second before it. */
enum err moment_parse(struct slice text, uint64_t *ret_ms) MUST_USE;

/* The same to microseconds: decimals are cut after the sixth. */
enum err moment_parse_micro(struct slice text, uint64_t *ret_us) MUST_USE;

/* Whether two texts name the same moment, to the last decimal; false when either is none. */
bool moment_is_same(struct slice a, struct slice b);

#endif
