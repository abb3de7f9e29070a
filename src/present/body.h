/* Small JSON bodies: one object with text members and lists of text. */
#ifndef BICES_PRESENT_BODY_H
#define BICES_PRESENT_BODY_H

#include "present/request.h"

struct body_member {
	const char *name;
	char separator; /* 0: text; else a list of texts, joined by this octet */
	bool required;
	size_t max;		/* octets, joined */
	struct slice *ret_text; /* in the request's arena; empty when absent */
};

/* Reads the request's body by this table. An absent body is an empty object. ERR_MALFORMED: not such an object, with
 * its place; an unknown member, a missing one, text where a list belongs. ERR_TOO_LARGE names the member. */
enum err body_read(struct request *request, const struct body_member *members, size_t count) MUST_USE;

#endif
