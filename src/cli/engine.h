/* What the offline commands of the label engine work with: the policies of --policy and the time. */
#ifndef BICES_CLI_ENGINE_H
#define BICES_CLI_ENGINE_H

#include "cli/command.h"
#include "label/label.h"

/* Everything lives in the arena. */
struct engine {
	struct arena arena;
	struct policy_set *set;
	uint64_t now_ms;
};

/* Reads every policy, a file or a directory's *.xml each, and the time (RFC 3339; NULL: the clock). Answers the exit
 * code and complains: 0, or 2 for what cannot be read or used, for two policies of one name or OID in the wrong order
 * of versions, and when there is none. */
int engine_open(struct engine *engine, const struct option_list *policies, const char *now) MUST_USE;
void engine_done(struct engine *engine);
#define AUTO_ENGINE __attribute__((cleanup(engine_done))) struct engine

/* Reads and compiles one policy file into the arena. Complains only where the file cannot be read. */
enum err engine_compile(struct arena *arena, const char *path, struct finding **ret_findings,
			struct slice *ret_compiled) MUST_USE;

#endif
