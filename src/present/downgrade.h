/* A rendition for tools that read STIX 2.0 only. */
#ifndef BICES_PRESENT_DOWNGRADE_H
#define BICES_PRESENT_DOWNGRADE_H

#include "object/portion.h"
#include "present/request.h"

/* Appends a STIX 2.0 bundle: the object, the markings of the portions shown, and "x_bices_changes", one line for each
 * thing that 2.0 cannot say as it stood. */
enum err downgrade_print(
	struct request *request, const struct rendition_view *view, uint64_t modified, struct buf *json) MUST_USE;

#endif
