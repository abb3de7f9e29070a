/* What the standard says about types and properties, as tables. Internal to this room. */
#ifndef BICES_OBJECT_STIX_RULES_H
#define BICES_OBJECT_STIX_RULES_H

#include "object/json.h"

/* Observables have neither created nor modified of their own. spec: STIX 2.1 6 */
bool stix_is_observable(struct slice type);

/* Whether the standard gives the type both created and modified. Types that it does not know answer false. */
bool stix_is_versioned(struct slice type);

/* A top-level property that refers to other objects: *_ref or *_refs, but never our markings. */
bool stix_is_reference(struct slice property);

/* Whether the property refers to anything: an empty text or list, as documents in the field hold them, is a plain property
 * of the head. */
bool stix_refers(struct slice property, const json_t *value);

/* Whether the type cannot be without this reference, so that a hidden target hides the object. */
bool stix_is_mandatory(struct slice type, struct slice property);

/* The first reference that the type demands and the object does not have; NULL if there is none. */
const char *stix_missing_reference(struct slice type, const json_t *object);

#endif
