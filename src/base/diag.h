/* Text for people about one refusal: what, where, what to do. Optional everywhere: a NULL diag is fine.
 * It must never hold what its reader may not see: callers write it for the one who asked. */
#ifndef BICES_BASE_DIAG_H
#define BICES_BASE_DIAG_H

#include "base/slice.h"

struct diag {
	char text[512]; /* always UTF-8 without control characters but line ends, whatever was quoted */
	uint32_t line, column; /* from 1; 0 when unknown */
};

/* Sets the text; only the first call counts, so that the innermost place speaks. Always answers err,
 * so that a failure reads: return diag_fail(diag, ERR_MALFORMED, "…"). */
enum err diag_fail(struct diag *diag, enum err err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As diag_fail, with a place. */
enum err diag_fail_at(struct diag *diag, enum err err, uint32_t line, uint32_t column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
