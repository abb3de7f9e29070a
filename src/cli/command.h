/* The command line's frame: each command group is one file that exports a table; main.c joins the tables.
 * Exit codes: 0 yes, 1 no, 2 the call or the input is wrong, 3 the node refused or could not (contract 9.2). */
#ifndef BICES_CLI_COMMAND_H
#define BICES_CLI_COMMAND_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

struct command {
	const char *group; /* "label"; NULL ends a table */
	const char *verb;  /* "decide", or "" when the group is the command */
	const char *usage; /* what follows the name: "--policy FILE… --label FILE --clearance FILE [--explain]" */
	const char *help;  /* one line */
	int (*run)(int argc, char **argv); /* arguments behind group and verb; answers the exit code */
};

/* Options by table: every value option may repeat where list is set. */
struct option_spec {
	const char *name;   /* "--policy" */
	const char **value; /* takes a value; NULL for a flag */
	bool *flag;
	struct option_list *list; /* repeatable */
};
struct option_list {
	const char *items[64];
	size_t count;
};

/* Takes the options of specs (ended by a NULL name) out of argv; what remains are the operands. "--" ends options.
 * ERR_USAGE with a message on stderr for an unknown option or a missing value. */
enum err options_take(const struct option_spec *specs, int *argc, char **argv) MUST_USE;

/* Whole file (or standard input for "-") into buf. Complains on stderr: ERR_NOT_FOUND, ERR_IO, ERR_TOO_LARGE. */
enum err file_read(const char *path, struct buf *ret_bytes) MUST_USE;

/* "bices: " and the text on stderr; answers the exit code of err. */
int complain(enum err err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same from a diag: "FILE:LINE:COLUMN: text". where may be NULL. */
int complain_diag(enum err err, const char *where, const struct diag *diag);

#endif
