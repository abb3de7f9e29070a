/* What answers look like on a terminal. Text from objects is printed with control characters escaped. */
#ifndef BICES_CLI_SHOW_H
#define BICES_CLI_SHOW_H

#include "base/err.h"

#include <jansson.h>

/* Prints text on stdout with every control and direction character but newline (where lines is set) as \u{…}, so that
 * an object can neither drive the reader's terminal nor turn its words round. */
void show_text(const char *text, int lines);

/* A member that is a string, or "". Borrowed from the object. */
const char *member_text(const json_t *object, const char *key);

/* An object (view=page): top marking, portions each with its marking, bottom marking. ERR_MALFORMED for another shape. */
enum err show_object(const json_t *object) MUST_USE;
/* The texts of an array, each behind one space. */
void show_names(const json_t *array);
/* id, marking, title, tab-separated, one hit a line. */
void show_hits(const json_t *answer);
/* Who would see each portion: a line a portion, a column a nation, and what waits. */
void show_plan(const json_t *answer);
/* A node's peers, backlog, roles and ledger in sentences. */
void show_status(const json_t *answer);

#endif
