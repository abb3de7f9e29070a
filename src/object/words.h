/* What a reader may search in a portion, and the line by which he knows an object. */
#ifndef BICES_OBJECT_WORDS_H
#define BICES_OBJECT_WORDS_H

#include "object/json.h"
#include "object/portion.h"

/* Appends the searchable text of a JSON value: its strings, one a line, without what no one searches (ids, times,
 * versions of the format). Names of properties are not part of it. */
void words_of_json(json_t *value, struct buf *text);

/* Appends the searchable text of a portion's content. References have none. ERR_MALFORMED when content that must be JSON
 * is not. */
enum err words_of_portion(uint8_t kind, struct slice content, struct buf *text) MUST_USE;

/* The title of an object with this head: its name or what stands for it in its type, else the type itself. Cut to
 * LIMIT_TITLE octets at a character, one line. Lives in the arena. */
enum err title_of_head(json_t *head, struct slice type, struct arena *arena, struct slice *ret_title) MUST_USE;

#endif
