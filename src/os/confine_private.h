/* The inside of the confinement table: rows, Landlock and seccomp. */
#ifndef BICES_OS_CONFINE_PRIVATE_H
#define BICES_OS_CONFINE_PRIVATE_H

#include "os/confine.h"

enum files_right {
	FILES_NONE,   /* no file at all */
	FILES_OWN,    /* regular files inside its own directory */
	FILES_APPEND, /* the same, but nothing is ever removed, renamed or cut */
};

/* Lists of allowed calls; each builds on the plain one unless it says otherwise. */
enum calls_right {
	CALLS_PLAIN,    /* compute, memory, the channels already open */
	CALLS_FILES,    /* and files by path (Landlock and the root say which) */
	CALLS_APPEND,   /* and files by path, but none is removed, renamed or cut */
	CALLS_ACCEPT,   /* and accepting on sockets already listening */
	CALLS_CONNECT,  /* and opening connections */
	CALLS_FORK,     /* and children */
	CALLS_DOCUMENT, /* less: memory and one socket; no clock, no event loop */
	CALLS_MASTER,   /* everything but a list of what no start of roles needs */
};

struct confinement {
	enum files_right files;
	enum calls_right calls;
	unsigned descriptors, memory_mb;
	unsigned seconds; /* of processor time; 0: no bound */
	bool forks;
	bool network; /* keeps the host's network */
};

/* Applies files, TCP and scopes by one ruleset; answers the bits of the layers now in force. The working directory is
 * the role's own directory. errno tells why the first one is missing. */
uint32_t landlock_restrict(const struct confinement *row);

/* Allows the calls of the list; others fail with EPERM, and the ones that only an intruder makes end the process. */
bool calls_restrict(enum calls_right right);

#endif
