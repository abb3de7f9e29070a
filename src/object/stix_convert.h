/* Between STIX 2.0 and 2.1, with a report of what changed on the way. spec: STIX 2.0; STIX 2.1 appendix C
 *
 * In: 2.0 becomes 2.1. Types that moved out of "labels" get their own property, observables that stood in a container
 * become objects with deterministic ids, renamed properties their new name; what 2.1 has no property for is kept under
 * its name. Out: 2.1 becomes 2.0. Types and markings that 2.0 does not know become custom ones ("x-…"); properties
 * that 2.0 would read otherwise move; all others are kept, as custom properties. Neither direction leaves anything out
 * silently. */
#ifndef BICES_OBJECT_STIX_CONVERT_H
#define BICES_OBJECT_STIX_CONVERT_H

#include "base/arena.h"
#include "base/diag.h"
#include "object/json.h"

/* One line for each change: "objects[3] malware--…, is_family: 2.0 does not say it; assumed true". */
struct stix_report {
	struct slice lines[LIMIT_FINDINGS]; /* in the arena */
	size_t count;			    /* of all, told or not */
};

/* True for a bundle with spec_version 2.0, or an object that says so of itself. */
bool stix_is_20(json_t *document);

/* Converts a document in place: a bundle, envelope or object. ERR_MEMORY; ERR_TOO_LARGE. */
enum err stix_to_21(json_t *document, struct arena *arena, struct stix_report *ret_report) MUST_USE;

/* The 2.0 bundle of these 2.1 objects (a JSON list), which are changed; the caller releases *ret_bundle. */
enum err stix_to_20(json_t *objects, struct arena *arena, struct stix_report *ret_report, json_t **ret_bundle) MUST_USE;

#endif
