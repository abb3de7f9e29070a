/* What a STIX document breaks, told to the one who sent it. */
#ifndef BICES_PRESENT_FINDINGS_H
#define BICES_PRESENT_FINDINGS_H

#include "present/request.h"

/* Holds request->document against the standard. ERR_INVALID when it breaks it: request->diag then tells the first
 * fault, and request->findings all that are told, as JSON. */
enum err findings_check(struct request *request) MUST_USE;

#endif
