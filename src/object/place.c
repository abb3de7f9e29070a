/* Places as records. */
#include "object/place.h"

static const struct field place_fields[] = {
	RECORD_UINT_OPT(1, struct place, latitude), RECORD_UINT_OPT(2, struct place, longitude),
	RECORD_UINT_OPT(3, struct place, since), RECORD_UINT_OPT(4, struct place, until),
	RECORD_TEXT_OPT(5, struct place, symbol, 30)};
const struct schema place_schema = RECORD_SCHEMA("place", struct place, place_fields);
static const struct field places_fields[] = {RECORD_LIST(1, struct places, items, LIMIT_POSITIONS, &place_schema)};
const struct schema places_schema = RECORD_SCHEMA("places", struct places, places_fields);
