/* The confinement table: what each role keeps; everything else is given away before it works.
 *
 * One row per role says which layers and calls it gets. Required layers are those of trust 2.2 (architecture 2.1): a role
 * that cannot have them all does not start, unless the node runs degraded. Used if there: Landlock TCP rules and scopes,
 * refusal of new executable memory. */
#ifndef BICES_OS_CONFINE_H
#define BICES_OS_CONFINE_H

#include "base/diag.h"
#include "ipc/messages.h"

/* name in READY and doctor, required, text for people */
#define LAYER_TABLE(X) \
	X(LIMITS, "limits", true, "resource limits: no core files, bounded memory and descriptors") \
	X(NETWORK, "network", true, "an empty network namespace") \
	X(NAMESPACES, "namespaces", false, "System V and host name namespaces of its own") \
	X(ROOT, "root", true, "its own directory, or an empty one, as the root of all files") \
	X(USER, "user", true, "a user id of its own") \
	X(PRIVILEGES, "privileges", true, "no new privileges") \
	X(MEMORY, "memory", false, "no new executable memory (kernel 6.3)") \
	X(HIDDEN, "hidden", true, "its memory is not readable to others of its user") \
	X(FILES, "files", true, "Landlock rules for files (ABI 1)") \
	X(TCP, "tcp", false, "Landlock rules for TCP (ABI 4)") \
	X(SCOPES, "scopes", false, "Landlock scopes for signals and abstract sockets (ABI 6)") \
	X(CALLS, "calls", true, "a seccomp list of allowed system calls")

enum layer {
#define X(name, text, required, help) LAYER_##name,
	LAYER_TABLE(X)
#undef X
	LAYER_COUNT
};

const char *layer_name(enum layer layer);
const char *layer_help(enum layer layer);
bool layer_is_required(enum layer layer);
/* True for the layers that the row of this role has; link keeps the network. */
bool layer_applies(enum layer layer, enum role role);

struct confine_options {
	int directory;    /* becomes root and working directory: the role's data directory or an empty one */
	uint32_t user_id; /* and group id; 0: stay */
	bool degraded;    /* go on without a layer that cannot be had */
};

/* Gives everything away, in the order of the table. *ret_layers is the bit set (1 << enum layer) of those in force.
 * ERR_UNAVAILABLE names the first required layer that is missing and what to do. It cannot be undone. */
enum err confine(enum role role, const struct confine_options *options, uint32_t *ret_layers, struct diag *diag) MUST_USE;

/* For the child of parse that reads one foreign document: compute, memory, and one socket already open; bounded time. */
enum err confine_document(struct diag *diag) MUST_USE;

/* For the master: it needs root to start roles, but never modules, devices, other processes' memory or mounts. */
enum err confine_master(struct diag *diag) MUST_USE;

/* Landlock ABI of this kernel, or 0. */
int landlock_abi(void);

#endif
