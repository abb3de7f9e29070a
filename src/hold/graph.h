/* What is linked to an object, as one reader sees it: objects as nodes, references and relationship objects as lines.
 *
 * A line lies in a portion and is there only when that portion and both its ends are visible; counts and choice are made
 * over visible lines alone, so a world without the hidden ones gives the same answer, octet by octet. Of more neighbours
 * than the limit leaves room for, each type gets its turn, the newest first. The work is one walk over the references
 * of the nodes shown: each reference of the store is looked at once or twice, however many hang on one object. */
#ifndef BICES_HOLD_GRAPH_H
#define BICES_HOLD_GRAPH_H

#include "hold/hold.h"

/* ask->session is not looked at; depth and limit above their bounds are taken as the bound, a limit of 0 as the default.
 * ERR_NOT_FOUND: no such object, or not for this reader. The answer's lists live in the arena. */
enum err hold_graph(struct hold *hold, struct view *view, const struct msg_ask_graph *ask, struct arena *arena,
		    struct msg_graph *ret_graph) MUST_USE;

#endif
