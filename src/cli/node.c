/* Commands on a node's own machine and directory: they work on files and on the master's control socket, never on the database. */
#include "cli/node_files.h"

#include <errno.h>
#include <unistd.h>

/* Becomes the master: bicesd stands beside this executable. Its options are the same. */
static int node_run(int argc, char **argv)
{
	char path[4096 + 16], *arguments[64] = {NULL};
	ssize_t len = readlink("/proc/self/exe", path, 4096);
	if (len <= 0 || argc < 1 || argc > 60)
		return complain(ERR_USAGE, "run needs DIR; see 'bices help run'");
	path[len] = '\0';
	char *name = strrchr(path, '/') + 1;
	memcpy(name, "bicesd", sizeof("bicesd"));
	arguments[0] = name;
	for (int i = 0; i < argc; i++)
		arguments[i + 1] = argv[i];
	execv(path, arguments);
	return complain(ERR_IO, "%s: %s", path, strerror(errno));
}

const struct command node_commands[] = {
	{"init", "", "DIR --nation XXX --clearance FILE --policy FILE… --listen-base PORT [--host ADDRESS] [--member yes|no] [--realm NAME]\n"
		     "             [--listen-users A:P] [--listen-admin A:P] [--listen-peers A:P] [--user-id-base N] [--web DIR] [--marking-map FILE]",
	 "makes a node's directory: keys, certificates, settings, its record as a participant. Policies, map and web are relative to DIR; the "
	 "ports are PORT (users), PORT+100 (admin), PORT+200 (peers)",
	 node_init},
	{"run", "", "DIR [--hold-role ROLE]… [--degraded]", "runs the node in the foreground", node_run},
	{"config", "list", "", "every setting of a node: key, value, required or not, what it means", node_config_list},
	{"config", "check", "DIR", "checks the settings and everything they name", node_config_check},
	{"doctor", "", "[DIR]", "this machine, and one line a layer of confinement of a running node", node_doctor},
	{"roster", "make", "--out FILE DIR…", "the first roster of a coalition, signed by all; copy it into each DIR as 'roster'", node_roster_make},
	{"user", "add", "DIR NAME --roles ROLES --password-file FILE [--clearance FILE]",
	 "adds a user before the node's first start (later: user set); his certificate goes to DIR/secrets/NAME.crt and .key. Clearance: compact lines or 4774 XML",
	 node_user_add},
	{0}};
