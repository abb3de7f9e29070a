/* What the files of the ledger's commands share. */
#ifndef BICES_CLI_LEDGER_H
#define BICES_CLI_LEDGER_H

#include "cli/command.h"
#include "ledger/log.h"

extern const struct command ledger_commands[];

enum { LEDGER_PUBLIC_KEY = 32, ROSTER_MAX = 4 * 1024 * 1024 };

/* What a command knows about the ledger to look at. The first members are options; ledger_place_find fills the rest. */
struct ledger_place {
	const char *dir, *node, *key_text, *roster;
	const char *data; /* the node's directory, when a node was named */
	struct arena arena;
	bool pinned;
	uint8_t key[LEDGER_PUBLIC_KEY];
};

/* Complains. ERR_USAGE and what a file brings. To be done in every case. */
enum err ledger_place_find(struct ledger_place *place) MUST_USE;
void ledger_place_done(struct ledger_place *place);

/* No, rather than "the node refused", is what some errors mean for a file. */
int ledger_exit_code(enum err err);
enum err ledger_open_directory(const char *path, int *ret_directory) MUST_USE;
/* For reading, patiently: a ledger in use may be caught between two pages. Complains. */
enum err ledger_open_log(const char *path, struct ledger_log **ret_log) MUST_USE;
/* "bices/KOR/ledger" names KOR. */
struct slice ledger_nation(struct slice origin);

int ledger_run_replay(int argc, char **argv);

/* Writes checkpoint, tile/… and tile/entries/… below out, which it makes. Complains on stderr.
 * spec: C2SP tlog-tiles */
enum err tiles_write(struct ledger_log *log, const char *out) MUST_USE;

#endif
