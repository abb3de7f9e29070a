/* Inside of the offline label commands: labels and clearances from files. */
#ifndef BICES_CLI_LABEL_H
#define BICES_CLI_LABEL_H

#include "cli/engine.h"

/* A file of at most LIMIT_BINDING_XML + 1 octets, in the engine's arena: the reader names its own limit. Complains. */
enum err label_read_document(struct engine *engine, const char *path, struct slice *ret_bytes) MUST_USE;

enum err label_read_clearance(struct engine *engine, const char *path, const struct clearance **ret_clearance,
			      struct diag *diag) MUST_USE;

/* The label of a file, for a command that must have it: complains and answers the exit code otherwise. */
int label_need(struct engine *engine, const char *path, const struct label **ret_label) MUST_USE;

/* `bices label bench` */
int label_bench_command(int argc, char **argv);

#endif
