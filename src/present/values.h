/* The values by which an object can be recognised: what an observable is, and what the pattern of an indicator names.
 */
#ifndef BICES_PRESENT_VALUES_H
#define BICES_PRESENT_VALUES_H

#include "object/json.h"
#include "present/request.h"

enum { VALUES_MAX = 16, VALUE_MIN = 4, VALUE_MAX = 512 };

struct value {
	struct slice text;
	const char *kind; /* "hash", "infrastructure", "value" */
};

struct values {
	struct value items[VALUES_MAX];
	size_t count;
};

/* Two values are the same whatever the case of their letters. */
bool value_equal(struct slice a, struct slice b);

/* Reads the first VALUES_MAX values of at least VALUE_MIN and at most VALUE_MAX octets from an object's head; they live
 * in the request's arena. ERR_MALFORMED: no rendition; ERR_MEMORY. */
enum err values_read(struct request *request, const struct msg_object *object, struct values *values) MUST_USE;

/* The same of a head that is read already. */
enum err values_of(struct slice type, json_t *head, struct values *values, struct arena *arena) MUST_USE;

#endif
