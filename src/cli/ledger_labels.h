/* The label sets that a node's store keeps by their digests (DIR/data/label-sets), for deciding anew what a ledger
 * names only by them. */
#ifndef BICES_CLI_LEDGER_LABELS_H
#define BICES_CLI_LEDGER_LABELS_H

#include "cli/command.h"

struct label_sets; /* heap */

/* Reads the file; the node may run or not. A line whose labels do not have its digest counts for nothing. Complains. */
enum err label_sets_open(const char *path, struct label_sets **ret_sets) MUST_USE;
void label_sets_close(struct label_sets *sets);

/* The labels of this digest, separated by "\n", in the arena. ERR_NOT_FOUND. */
enum err label_sets_find(const struct label_sets *sets, const uint8_t digest[32], struct arena *arena,
	struct slice *ret_labels) MUST_USE;

#endif
