/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

struct arena *kept(void)
{
	static struct arena arena;
	return &arena;
}

static void end(const char *name, const char *what)
{
	fprintf(stderr, "%s: %s\n", name, what);
	exit(2);
}

struct slice file_read(const char *name)
{
	const char *path = name[0] == '/' ? name : arena_printf(kept(), "%s/%s", SOURCE_ROOT, name);
	FILE *file = fopen(path, "rbe");
	if (!file)
		end(name, "cannot be opened");
	AUTO_BUF bytes = buf_make(64 * 1024 * 1024);
	static uint8_t chunk[65536];
	for (size_t len; (len = fread(chunk, 1, sizeof(chunk), file)) > 0;)
		buf_put(&bytes, slice_of(chunk, len));
	fclose(file);
	struct slice copy;
	if (arena_copy(kept(), buf_slice(&bytes), &copy) != ERR_OK)
		end(name, "does not fit");
	return copy;
}

const struct policy *policy_load(const char *name)
{
	struct finding *findings = NULL;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	enum err err = policy_compile(file_read(name), kept(), &findings, &compiled);
	for (const struct finding *f = findings; err && f; f = f->next)
		fprintf(stderr, "%s:%u:%u: %s\n", name, f->line, f->column, f->text);
	if (err)
		end(name, err_text(err));
	struct slice copy;
	const struct policy *policy = NULL;
	if (arena_copy(kept(), buf_slice(&compiled), &copy) != ERR_OK || policy_open(copy, kept(), &policy) != ERR_OK)
		end(name, "cannot be opened once compiled");
	return policy;
}

const struct label *label_read(const struct policy_set *set, const char *compact, struct arena *arena)
{
	const struct label *label = NULL;
	return label_parse_compact(set, slice_text(compact), arena, &label, NULL) == ERR_OK ? label : NULL;
}

const struct clearance *clearance_read(const struct policy_set *set, const char *compact, struct arena *arena)
{
	const struct clearance *clearance = NULL;
	return clearance_parse_compact(set, slice_text(compact), arena, &clearance, NULL) == ERR_OK ? clearance : NULL;
}
