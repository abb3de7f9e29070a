/* Where one check of a document stands, and how it reports. Internal to this room.
 *
 * Objects inside of objects wait in a list and are checked one after another: nothing here calls itself. */
#ifndef BICES_OBJECT_STIX_CHECKER_H
#define BICES_OBJECT_STIX_CHECKER_H

#include "base/arena.h"
#include "object/stix_check.h"
#include "object/stix_schema.h"

/* One JSON object and how it is reached from the one that holds it. */
struct stix_frame {
	const struct stix_shape *shape;
	json_t *object;
	const struct stix_frame *parent; /* NULL: the STIX object itself */
	const char *name;		 /* the property of parent, or the key */
	size_t index;			 /* in its list, or STIX_NO_INDEX */
	const char *inner;		 /* a key within the property's value; or NULL */
	bool embedded;			 /* an observable without an id, in a container */
	struct stix_frame *next;	 /* in the list of those that wait */
};
#define STIX_NO_INDEX SIZE_MAX

struct stix_checker {
	struct arena *arena;
	struct stix_findings *findings;
	bool notes;
	size_t object;	       /* index in the bundle */
	json_t *root;	       /* the STIX object in hand */
	struct slice id, type; /* of root, as written */
	json_t *container;     /* of embedded observables; or NULL */
	struct stix_frame *waiting;
};

/* One value: property name of a frame, entry of its list, key inside of it. */
struct stix_place {
	const struct stix_frame *frame;
	const char *name;
	size_t index;
	const char *key;
};

/* Reports an error or, where notes are wanted, a note. ERR_MEMORY only. */
enum err stix_error(struct stix_checker *checker, const struct stix_place *place, const char *rule, const char *format,
	...) __attribute__((format(printf, 4, 5))) MUST_USE;
enum err stix_note(struct stix_checker *checker, const struct stix_place *place, const char *rule, const char *format,
	...) __attribute__((format(printf, 4, 5))) MUST_USE;

/* Lets an object at this place be checked later. */
enum err stix_wait(struct stix_checker *checker, const struct stix_place *place, const struct stix_shape *shape,
	json_t *object) MUST_USE;

/* Checks one value against its property's row. */
enum err stix_check_value(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value) MUST_USE;

/* Checks a value that no row describes: names ending in _ref or _refs, and what JSON has and STIX has not. */
enum err stix_check_custom(struct stix_checker *checker, const struct stix_place *place, json_t *value) MUST_USE;

enum err stix_check_extensions(struct stix_checker *checker, const struct stix_place *place, json_t *value) MUST_USE;
enum err stix_check_container(struct stix_checker *checker, const struct stix_place *place, json_t *value) MUST_USE;
enum err stix_check_contents(struct stix_checker *checker, const struct stix_place *place, json_t *value) MUST_USE;
enum err stix_check_selector(struct stix_checker *checker, const struct stix_place *place, json_t *value) MUST_USE;

/* An identifier: type, "--", UUID of RFC 4122 in lower case. */
bool stix_is_identifier(struct slice text, struct slice *ret_type);

/* A time by RFC 3339 in UTC, years 0001 to 9999, any number of decimals. spec: STIX 2.1 2.16 */
bool stix_is_time(struct slice text, size_t *ret_decimals);
/* Order of two such times, exact to the last decimal: <0, 0, >0. */
int stix_time_compare(struct slice a, struct slice b);

#endif
