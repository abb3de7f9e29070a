/* Places out of a head's JSON. Types and properties: docs/protocol/places.md. */
#ifndef BICES_OBJECT_PLACE_HEAD_H
#define BICES_OBJECT_PLACE_HEAD_H

#include "base/diag.h"
#include "object/json.h"
#include "object/place.h"

#define STIX_PLACES "extension-definition--3b7d9a52-6c1e-4f80-9d24-e8a1c5f0b637"

/* A symbol identification code of APP-6D or 2525D/E: 20 or 30 digits whose context, identity, symbol set and status are
 * known. What the entity means, and whether it can be drawn, is not looked at. */
bool place_is_symbol(struct slice text);

/* The places of a head, encoded (places_schema); empty when it has none. Lives in the arena.
 * ERR_MALFORMED, ERR_TOO_LARGE (LIMIT_POSITIONS): diag names the property. */
enum err places_of_head(json_t *head, struct slice type, struct arena *arena, struct slice *ret_places,
			struct diag *diag) MUST_USE;

#endif
