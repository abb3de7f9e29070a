/* What the files of the ledger's commands share. */
#ifndef BICES_CLI_LEDGER_H
#define BICES_CLI_LEDGER_H

#include "cli/command.h"
#include "ledger/log.h"

extern const struct command ledger_commands[];

/* Writes checkpoint, tile/… and tile/entries/… below out, which it makes. Complains on stderr.
 * spec: C2SP tlog-tiles */
enum err tiles_write(struct ledger_log *log, const char *out) MUST_USE;

#endif
