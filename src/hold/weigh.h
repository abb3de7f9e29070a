/* What the walk over rows (weigh.c) keeps, for those who read it under a view (warning.c). Private to hold. */
#ifndef BICES_HOLD_WEIGH_H
#define BICES_HOLD_WEIGH_H

#include "hold/inside.h"
#include "exploit/pattern.h"
#include "hold/warning.h"

/* It counts for a view that shows row, via (a reference, or 0) and target (a row of what it refers to, or 0). */
struct evidence {
	uint32_t object, row, via, target;
	uint64_t seen_ms, known_ms;
	uint16_t indicator;
	bool calm;
	uint32_t first_key;
	uint16_t key_count;
};
struct source_key {
	uint64_t key;
	uint32_t row; /* that must show for it */
};

struct weighed { /* one problem */
	uint32_t object, head; /* head: the row its rules are from */
	struct arena arena;
	struct problem problem;
	struct matcher **matchers; /* one for each pattern with a text, in the order of asking */
	uint64_t cursor;           /* next row to look at */
	uint32_t referrer; /* place + 1 of a reference to the object at the cursor that is to be asked next, or 0 */
	uint32_t last;     /* the object asked last, with all rows below last_until */
	uint64_t last_until;
	struct evidence *evidence;
	size_t count, capacity;
	struct source_key *keys;
	size_t key_count, key_capacity;
};

struct weighing {
	struct weighed *problems;
	size_t count;
	uint64_t changes; /* of evidence and problems */
	uint64_t reloads; /* of the catalogue, when this was begun: after another one everything is asked anew */
};

const struct weighed *weighed_find(const struct hold *hold, uint32_t object); /* NULL: none */

#endif
