/* The release-authority table: what a publisher may send to whom at once. Whatever no row allows waits for a release
 * officer; the table never permits what labels deny. It also says what needs two officers. (design: architecture 2.4)
 *
 * Text, one row a line, fields separated by blanks or tabs, `#` begins a comment:
 *
 *   NAME ROLE TYPE RECIPIENT POLICY:LEVEL
 *   NAME *    TYPE RECIPIENT two-persons POLICY:LEVEL,LEVEL…
 *
 *   NAME       of the row, unique; stands in tokens and in the ledger as "rule:NAME". Letters, digits, `-`, `_`, `.`
 *   ROLE       of the publisher, or `*`
 *   TYPE       STIX type of the object, or `*`
 *   RECIPIENT  name of a nation, `member` (every member of the alliance), or `*`
 *   POLICY:LEVEL  the highest classification of this policy that may go at once, spelled as in compact labels; the
 *              level may contain blanks
 *   two-persons  what this row fits goes only when two release officers approved it, whatever other rows allow. It does
 *              not depend on who publishes: ROLE is `*`. It names its levels one by one, up to the highest of the policy:
 *              so seal, which knows no policy, reads the same rule with code of its own (seal_table.h)
 *
 * Pure: no files, no clock. */
#ifndef BICES_RELEASE_RELEASE_TABLE_H
#define BICES_RELEASE_RELEASE_TABLE_H

#include "base/limits.h"
#include "label/label.h"

enum { RELEASE_TABLE_ROWS = 1024, RELEASE_TABLE_NAME = 32 };

struct release_row {
	struct slice name, role, type, recipient, policy, level;
	uint32_t hierarchy; /* of level, in its policy; of two persons: of the lowest level */
	bool two_persons;
};

struct release_table {
	struct release_row *rows;
	size_t count;
};

/* What is to be sent: by whom, what, to whom. */
struct release_case {
	struct slice roles; /* of the publisher, separated by one space */
	struct slice type;  /* STIX type */
	struct slice recipient;
	bool member; /* the recipient is a member of the alliance */
};

/* Reads the whole text or nothing. Rows live in the arena and borrow from text and from policies; an empty table is fine (all waits).
 * ERR_MALFORMED (form, duplicate name, a level above the lowest left out), ERR_UNKNOWN (policy or level not in the set), ERR_TOO_LARGE (more than
 * RELEASE_TABLE_ROWS rows), ERR_MEMORY; diag names the line and what to do. */
enum err release_table_parse(struct slice text, const struct policy_set *policies, struct arena *arena,
			     struct release_table *ret_table, struct diag *diag) MUST_USE;

/* The first row that lets this go at once, or NULL: it waits. */
const struct release_row *release_table_find(const struct release_table *table, const struct release_case *what,
					     const struct label *label);

/* Does a row ask for two persons? */
bool release_table_needs_two(const struct release_table *table, const struct release_case *what, const struct label *label);

/* Appends the table a new node begins with: every publishing role may send up to NATO SECRET and PUBLIC to members,
 * and up to NATO RESTRICTED and PUBLIC to the partner KOR. */
void release_table_print_default(struct buf *text);

#endif
