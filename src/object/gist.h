/* From JSON to what exploitation asks of an object (exploit/problem.h). The shapes of our own types are checked here. */
#ifndef BICES_OBJECT_GIST_H
#define BICES_OBJECT_GIST_H

#include "exploit/problem.h"
#include "object/json.h"

/* The gist of an object of this type, encoded. head: all of the object that stands in its head. Refuses nothing: what does
 * not fit is left out, rules that cannot be read altogether. ERR_MEMORY. */
enum err gist_make(struct slice type, json_t *head, struct arena *arena, struct slice *ret_gist) MUST_USE;

/* An object of the types of next steps as an author offers it: ERR_MALFORMED or ERR_INVALID with its place when it is not
 * in its form (docs/protocol/next-steps.md), ERR_TOO_LARGE, ERR_MEMORY. Other types pass. */
enum err next_step_check(struct slice type, json_t *object, struct arena *arena, struct diag *diag) MUST_USE;

/* The gist of a reference portion: empty unless the property names where a statement comes from. */
enum err gist_of_reference(struct slice property, struct slice target, struct arena *arena, struct slice *ret_gist) MUST_USE;

/* Reads a warning problem's own members. */
enum err problem_read(json_t *object, struct arena *arena, struct problem *ret_problem, struct diag *diag) MUST_USE;

#endif
