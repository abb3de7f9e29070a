/* Between the two files of the conversion. Internal to this room. */
#ifndef BICES_OBJECT_STIX_CONVERT_ROWS_H
#define BICES_OBJECT_STIX_CONVERT_ROWS_H

#include "object/stix_convert.h"

struct stix_conversion {
	struct arena *arena;
	struct stix_report *report;
	size_t index;	 /* of the object in hand */
	struct slice id; /* the same */
	json_t *added;	 /* observables that were in containers */
};

/* Properties of observables that 2.1 calls otherwise. */
struct stix_move {
	const char *type, *old_name, *new_name;
};
extern const struct stix_move stix_moves[];

enum err stix_tell(struct stix_conversion *conversion, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4))) MUST_USE;

enum err stix_move_properties(struct stix_conversion *conversion, json_t *object, bool back) MUST_USE;

/* Makes objects of what stands in observed-data's container, and references to them. */
enum err stix_free_observables(struct stix_conversion *conversion, json_t *observed) MUST_USE;

#endif
