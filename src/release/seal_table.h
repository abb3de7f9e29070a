/* Seal's own reader of one kind of row of the release-authority table: what needs two persons (release_table.h has the
 * form). Written apart from guard's and sharing nothing with it. Rows of other kinds say nothing here. Pure, no
 * allocation. spec: trust 2.3 check 14 */
#ifndef BICES_RELEASE_SEAL_TABLE_H
#define BICES_RELEASE_SEAL_TABLE_H

#include "base/slice.h"

/* What is to be sent to whom. */
struct seal_table_case {
	struct slice type; /* STIX type */
	struct slice recipient;
	bool member;
};

/* Does a row of the table ask for two persons for a portion of this label? A row of this kind that does not read asks
 * for them. */
bool seal_table_needs_two(struct slice table, const struct seal_table_case *what, struct slice label);

#endif
