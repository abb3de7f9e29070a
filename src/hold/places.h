/* Places of what a reader sees, by area and time; each lies in the head of its object and is there only with it. */
#ifndef BICES_HOLD_PLACES_H
#define BICES_HOLD_PLACES_H

#include "hold/hold.h"

/* Objects with a place in the area at any moment of the time asked for, newest first, each with those of its positions
 * that are; ask->session is not looked at, a limit of 0 is the default. One pass over the places held, which ends with
 * the limit; the answer's lists live in the arena. */
enum err hold_places(struct hold *hold, struct view *view, const struct msg_ask_places *ask, struct arena *arena,
		     struct msg_places *ret_places) MUST_USE;

#endif
