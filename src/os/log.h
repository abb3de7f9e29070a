/* The log: one line per event on standard error, which the master sends to DIR/log.
 * Values are escaped, lines are cut; object content, search text, passwords and tokens never go in. */
#ifndef BICES_OS_LOG_H
#define BICES_OS_LOG_H

#include "base/slice.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DEBUG };

/* name stands in every line; it must outlive the process. */
void log_start(const char *name);

/* "2026-11-24T22:16:13.000Z seal notice text". Control characters and non-ASCII octets are written as \xNN. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
