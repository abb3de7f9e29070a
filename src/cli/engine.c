/* Policies from files and directories for the offline commands. A file that cannot be used stops the command: to go on
 * without one policy would be to answer for another set. */
#include "cli/engine.h"

#include "base/limits.h"
#include "base/moment.h"

#include <dirent.h>

enum { YES = 0, WRONG = 2 };

void engine_done(struct engine *engine)
{
	policy_set_free(engine->set);
	arena_done(&engine->arena);
}

enum err engine_compile(struct arena *arena, const char *path, struct finding **ret_findings,
			struct slice *ret_compiled)
{
	AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
	AUTO_BUF compiled = buf_make(LIMIT_MESSAGE);
	*ret_findings = NULL;
	TRY(file_read(path, &xml));
	TRY(policy_compile(buf_slice(&xml), arena, ret_findings, &compiled));
	return arena_copy(arena, buf_slice(&compiled), ret_compiled);
}

static int add_file(struct engine *e, const char *path)
{
	struct finding *findings;
	struct slice compiled;
	enum err err = engine_compile(&e->arena, path, &findings, &compiled);
	for (const struct finding *f = findings; f; f = f->next)
		if (f->level == FINDING_ERROR)
			return complain(ERR_USAGE, "%s:%u:%u: %s", path, f->line, f->column, f->text);
	if (err != ERR_OK)
		return WRONG; /* file_read has complained */
	const struct policy *policy;
	err = policy_open(compiled, &e->arena, &policy);
	const struct policy *before = err == ERR_OK ? policy_set_find(e->set, policy_name(policy)) : NULL;
	if (err == ERR_OK)
		err = policy_set_add(e->set, policy);
	if (err == ERR_OK && before)
		fprintf(stderr, "bices: %s: version %.*s of policy %.*s takes the place of version %.*s\n", path,
			SLICE_ARG(policy_version(policy)), SLICE_ARG(policy_name(policy)),
			SLICE_ARG(policy_version(before)));
	if (err == ERR_CONFLICT)
		return complain(ERR_USAGE, "%s: policy %.*s is given already, in this or a newer version", path,
				SLICE_ARG(policy_name(policy)));
	return err == ERR_OK ? YES : complain(err, "%s: %s", path, err_text(err));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every *.xml of a directory, in order of names. */
static int add_directory(struct engine *e, const char *path, DIR *directory)
{
	const char *files[256];
	size_t count = 0;
	for (struct dirent *entry; (entry = readdir(directory)) && count < 256;) {
		if (!slice_has_suffix(slice_text(entry->d_name), SLICE(".xml")))
			continue;
		files[count] = arena_printf(&e->arena, "%s/%s", path, entry->d_name);
		if (!files[count++])
			return complain(ERR_MEMORY, "%s", err_text(ERR_MEMORY));
	}
	qsort(files, count, sizeof(files[0]), by_name);
	for (size_t i = 0; i < count; i++) {
		int code = add_file(e, files[i]);
		if (code)
			return code;
	}
	return count ? YES : complain(ERR_USAGE, "%s: no policy (*.xml) in this directory", path);
}

static int add_path(struct engine *e, const char *path)
{
	DIR *directory = opendir(path);
	if (!directory)
		return add_file(e, path);
	int code = add_directory(e, path, directory);
	closedir(directory);
	return code;
}

static uint64_t clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int engine_open(struct engine *e, const struct option_list *policies, const char *now)
{
	e->now_ms = clock_ms();
	if (now && moment_parse(slice_text(now), &e->now_ms) != ERR_OK)
		return complain(ERR_USAGE, "--now '%s' is not a moment such as 2026-11-24T12:00:00Z", now);
	if (policies->count == 0)
		return complain(ERR_USAGE, "--policy FILE is missing: which policy is the label under?");
	e->set = policy_set_new();
	if (!e->set)
		return complain(ERR_MEMORY, "%s", err_text(ERR_MEMORY));
	for (size_t i = 0; i < policies->count; i++) {
		int code = add_path(e, policies->items[i]);
		if (code)
			return code;
	}
	return YES;
}
