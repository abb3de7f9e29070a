/* bices: finds the command in the tables and runs it. */
#include "cli/command.h"

/* Every group's table. A group is one file. */
#define GROUPS(X) X(objects) X(taxii) X(office) X(warning) X(steps) X(label) X(clearance) X(binding) X(stix) X(pattern) X(sighting) X(ledger) X(user) X(token) X(node) X(watch)
#define X(name) extern const struct command name##_commands[];
GROUPS(X)
#undef X

static const struct command *const groups[] = {
#define X(name) name##_commands,
	GROUPS(X)
#undef X
};

enum { GROUP_COUNT = sizeof(groups) / sizeof(groups[0]) };

static int help(const char *group)
{
	bool any = false;
	if (!group)
		puts("bices: the command line of OpenBICES\n");
	for (size_t g = 0; g < GROUP_COUNT; g++)
		for (const struct command *c = groups[g]; c->group; c++) {
			if (group && strcmp(group, c->group) != 0)
				continue;
			any = true;
			printf("  bices %s%s%s %s\n      %s\n", c->group, *c->verb ? " " : "", c->verb, c->usage, c->help);
		}
	if (!any)
		return complain(ERR_USAGE, "no command '%s'; 'bices help' lists them", group);
	if (!group)
		puts("\nNode commands take --node NAME|URL and --user NAME (or BICES_NODE, BICES_USER).\n"
		     "Exit codes: 0 yes, 1 no, 2 wrong call or input, 3 the node refused or could not.");
	return 0;
}

static const struct command *find(const char *group, const char *verb)
{
	for (size_t g = 0; g < GROUP_COUNT; g++)
		for (const struct command *c = groups[g]; c->group; c++)
			if (strcmp(c->group, group) == 0 && (!*c->verb || (verb && strcmp(c->verb, verb) == 0)))
				return c;
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	if (strcmp(argv[1], "--version") == 0)
		return puts("bices " BICES_VERSION), 0;
	if (argc > 2 && strcmp(argv[argc - 1], "--help") == 0)
		return help(argv[1]);
	const struct command *command = find(argv[1], argc > 2 ? argv[2] : NULL);
	if (!command)
		return complain(ERR_USAGE, "no command '%s %s'; 'bices help' lists them", argv[1], argc > 2 ? argv[2] : "");
	int skip = *command->verb ? 3 : 2;
	return command->run(argc - skip, argv + skip);
}
