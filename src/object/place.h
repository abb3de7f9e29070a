/* Places: where and when what an object's head tells of is or was, so that a store can find it by area and time.
 *
 * Read from `location` (latitude, longitude; the symbol in our extension), `bices-track` (positions over time) and
 * `bices-event` (one place, from start to stop); docs/protocol/places.md. Other types have none. */
#ifndef BICES_OBJECT_PLACE_H
#define BICES_OBJECT_PLACE_H

#include "base/limits.h"
#include "base/record.h"

/* Angles in ten-millionths of a degree, shifted so that they are not negative. */
enum { PLACE_DEGREE = 10000000, PLACE_LATITUDE_ZERO = 90 * PLACE_DEGREE };
#define PLACE_LONGITUDE_ZERO 1800000000u

struct place {
	uint32_t latitude, longitude; /* shifted */
	uint64_t since, until;	      /* ms; since 0: always, until 0: still */
	struct slice symbol;	      /* SIDC as written: 20 or 30 digits; empty: none */
};
struct places {
	struct record_list items; /* struct place, ascending by since */
};
extern const struct schema place_schema, places_schema;

static inline double place_latitude(const struct place *place)
{
	return ((double)place->latitude - PLACE_LATITUDE_ZERO) / PLACE_DEGREE;
}
static inline double place_longitude(const struct place *place)
{
	return ((double)place->longitude - PLACE_LONGITUDE_ZERO) / PLACE_DEGREE;
}

#endif
