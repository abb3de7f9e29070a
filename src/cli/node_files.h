/* What the commands on a node's directory share: files with their modes, settings and policies as the master reads them. */
#ifndef BICES_CLI_NODE_FILES_H
#define BICES_CLI_NODE_FILES_H

#include "cli/command.h"
#include "crypto/crypto.h"
#include "label/label.h"
#include "os/settings.h"

/* "DIR/name", in the arena; name as it is when it is absolute. NULL when memory is exhausted. */
const char *node_path(struct arena *arena, const char *directory, const char *name);

/* Writes a file whole or not at all (beside, synced, renamed). Complains; ERR_IO. */
enum err node_write(const char *path, struct slice bytes, unsigned mode) MUST_USE;

/* Appends exactly len octets of the file to bytes; len 0: any size. Complains. */
enum err node_read(const char *path, size_t len, struct buf *bytes) MUST_USE;

/* Reads DIR/node.conf. Complains with line and column. */
enum err node_settings(const char *directory, struct arena *arena, struct settings *ret_settings) MUST_USE;

/* Appends the compiled form of one policy file. Complains about the first fault. */
enum err node_policy_compile(const char *path, struct arena *arena, struct buf *compiled) MUST_USE;

/* Compiles the policies of these paths (relative to directory) into a set. Complains about the first one that is not usable. The set
 * is to be freed, its policies live in the arena. */
enum err node_policies(const char *directory, const struct slice *paths, size_t count, struct arena *arena,
		       struct policy_set **ret_set) MUST_USE;

/* Reads a file with clearances, compact lines or one 4774 XML document, and prints their canonical compact form into lines. */
enum err node_clearance(const struct policy_set *set, const char *path, struct buf *lines) MUST_USE;

/* The nation's certificate authority signs; key and certificate go to "BASE.key" (0600) and "BASE.crt". */
enum err node_certificate(struct arena *arena, const char *directory, const struct certificate_request *request,
			  const char *base) MUST_USE;

/* Commands, one file each. */
int node_init(int argc, char **argv);
int node_user_add(int argc, char **argv);
int node_roster_make(int argc, char **argv);
int node_config_check(int argc, char **argv);
int node_config_list(int argc, char **argv);
int node_doctor(int argc, char **argv);

#endif
