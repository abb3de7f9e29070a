/* SPDX-License-Identifier: Apache-2.0
 * Decides pairs from standard input, for random_pairs.py. Lines, fields separated by tabs:
 * "policy", file: loads it and starts a set of its own; "pair", label, clearance, permit or deny: must be decided so;
 * "write", label: is answered by its XML on one line.
 * Disagreements go to standard error; the end is "N pairs, M disagreements". */
#include "support.h"

static struct {
	const struct policy_set *set;
	struct arena arena;
	size_t pairs, failed;
} state;

static void load(char **fields)
{
	struct policy_set *set = policy_set_new();
	if (policy_set_add(set, policy_load(fields[1])) != ERR_OK)
		exit(2);
	state.set = set; /* a few dozen in the life of this program; the sets live until its end */
}

static void decide(char **fields)
{
	const struct label *label = label_read(state.set, fields[1], &state.arena);
	const struct clearance *clearance = clearance_read(state.set, fields[2], &state.arena);
	bool permit = label && clearance && label_decide(label, clearance, 0, NULL) == VERDICT_PERMIT;
	state.pairs++;
	if (!label || !clearance || permit != (strcmp(fields[3], "permit") == 0)) {
		state.failed++;
		fprintf(stderr, "label %s%s\nclearance %s%s\noracle %s, engine %s\n", fields[1], label ? "" : " (refused)", fields[2],
			clearance ? "" : " (refused)", fields[3], permit ? "permit" : "deny");
	}
}

static void write_xml(char **fields)
{
	const struct label *label = label_read(state.set, fields[1], &state.arena);
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	if (!label || label_print_xml(label, UINT64_C(1800000000000), UINT64_C(1900000000000), &xml) != ERR_OK)
		exit(2);
	for (size_t i = 0; i < xml.len; i++)
		putchar(xml.data[i] == '\n' ? ' ' : xml.data[i]);
	putchar('\n');
}

static void run_line(char *line)
{
	static char nothing[] = "";
	char *fields[4] = {nothing, nothing, nothing, nothing};
	for (size_t n = 0; n < 4 && line; n++)
		fields[n] = strsep(&line, "\t");
	static const struct {
		const char *name;
		void (*run)(char **fields);
	} commands[] = {{"policy", load}, {"pair", decide}, {"write", write_xml}};
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(fields[0], commands[i].name) == 0) {
			commands[i].run(fields);
			arena_done(&state.arena);
			return;
		}
	exit(2);
}

int main(void)
{
	char *line = NULL;
	size_t capacity = 0;
	for (ssize_t len; (len = getline(&line, &capacity, stdin)) > 0;) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		run_line(line);
	}
	free(line);
	printf("%zu pairs, %zu disagreements\n", state.pairs, state.failed);
	return state.failed || !state.pairs ? 1 : 0;
}
