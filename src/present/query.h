/* The parts of a request target: path segments and query parameters, percent-decoded strictly. spec: RFC 3986 2.1,
 * 3.4 */
#ifndef BICES_PRESENT_QUERY_H
#define BICES_PRESENT_QUERY_H

#include "base/arena.h"
#include "base/diag.h"

enum { QUERY_PARAMETERS = 32, QUERY_BYTES = 16384 };

struct query {
	struct {
		struct slice name, value;
	} parameters[QUERY_PARAMETERS];
	size_t count;
};

/* Decodes %XX. plus: "+" reads as a space (query), else as itself (path). ERR_MALFORMED for a broken escape, a NUL or
 * octets that are not UTF-8. The result lives in the arena. */
enum err percent_decode(struct slice text, bool plus, struct arena *arena, struct slice *ret_text) MUST_USE;

/* Reads "a=b&c=d". ERR_MALFORMED (broken escape, no name, a name that appears twice), ERR_TOO_LARGE. */
enum err query_parse(struct slice text, struct arena *arena, struct query *ret_query, struct diag *diag) MUST_USE;

/* The value of a parameter, or an empty slice; ret_there may be NULL. */
struct slice query_find(const struct query *query, const char *name, bool *ret_there);

/* A whole number from min to max; absent: fallback. ERR_MALFORMED names the parameter and its range. */
enum err query_number(const struct query *query, const char *name, uint64_t min, uint64_t max, uint64_t fallback,
		      uint64_t *ret_number, struct diag *diag) MUST_USE;

/* "true" or "false" (or "1", "0"); absent: false. */
enum err query_flag(const struct query *query, const char *name, bool *ret_flag, struct diag *diag) MUST_USE;

/* A moment by RFC 3339; absent: 0. */
enum err query_moment(const struct query *query, const char *name, uint64_t *ret_ms, struct diag *diag) MUST_USE;

#endif
