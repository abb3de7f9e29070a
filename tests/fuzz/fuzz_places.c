/* A head of each type with a place: whatever it holds, it has no places, or whole ones that read back as written. */
#include "object/place_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(json_t *head, struct slice type)
{
	AUTO_ARENA arena = {.max_bytes = 1 << 20};
	struct slice encoded = {0};
	struct places places;
	if (places_of_head(head, type, &arena, &encoded, NULL) != ERR_OK || !encoded.len)
		return;
	if (encoded.len > LIMIT_PLACES_BYTES || record_decode(&places_schema, encoded, &arena, &places) != ERR_OK ||
	    !places.items.count || places.items.count > LIMIT_POSITIONS)
		abort();
	const struct place *items = places.items.items;
	for (size_t i = 0; i < places.items.count; i++)
		if (items[i].latitude > 2u * PLACE_LATITUDE_ZERO || items[i].longitude > 2u * PLACE_LONGITUDE_ZERO ||
		    (items[i].until && items[i].until < items[i].since) || (items[i].symbol.len && !place_is_symbol(items[i].symbol)))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_JSON *head = NULL;
	if (json_read(slice_of(data, size), LIMIT_MESSAGE_INLINE, &head, NULL) != ERR_OK)
		return 0;
	check(head, SLICE("location"));
	check(head, SLICE("bices-track"));
	check(head, SLICE("bices-event"));
	return 0;
}
