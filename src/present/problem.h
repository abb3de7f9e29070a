/* What went wrong, for people and programs: RFC 9457 problem documents and TAXII error messages.
 * Denied and missing make the same document: no detail, no place. */
#ifndef BICES_PRESENT_PROBLEM_H
#define BICES_PRESENT_PROBLEM_H

#include "base/buf.h"

struct problem {
	unsigned status;
	const char *name;  /* of the type "urn:bices:problem:NAME" */
	const char *title; /* one sentence, the same for every problem of the type */
	struct slice detail;
	struct slice request_id;
	uint32_t line, column; /* 0: none */
	struct slice findings; /* JSON: a list of faults; empty: none */
	size_t finding_count;  /* of all, told or not */
};

struct problem problem_of(enum err err);
struct problem problem_of_status(unsigned status); /* 405, 406, 415; 500 for any other */

/* spec: RFC 9457 3 */
void problem_print(const struct problem *problem, struct buf *json);
/* spec: TAXII 2.1 3.6.1 */
void problem_print_taxii(const struct problem *problem, struct buf *json);

#endif
