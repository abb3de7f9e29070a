/* Memory that runs out: every allocation of a call fails once. Link with starve.c and its link_args (--wrap). */
#ifndef BICES_TEST_STARVE_H
#define BICES_TEST_STARVE_H

#include <stddef.h>

/* From now on the n-th allocation (from 1) of this program's own code fails, once; 0: none. */
void starve_at(size_t n);
/* Did it come to that? */
int starve_happened(void);

/* Calls with each allocation failing in turn, until one call is not touched. It must not succeed (answer non-zero) while one
 * failed, and must succeed at the end. Answers how many allocations it has. */
size_t starve_each(int (*call)(void *context), void *context);

#endif
