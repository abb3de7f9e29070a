#include "policies.h"

#include "../../support/test.h"

struct slice test_file(const char *root, const char *name, struct arena *arena)
{
	char *path = arena_printf(arena, "%s/%s", root, name);
	FILE *file = fopen(path, "rbe");
	if (!file)
		fail_msg("%s cannot be opened", path);
	enum { CHUNK = 65536 };
	AUTO_BUF bytes = buf_make(LIMIT_JSON_BYTES);
	static uint8_t chunk[CHUNK];
	for (size_t len; (len = fread(chunk, 1, CHUNK, file)) > 0;)
		buf_put(&bytes, slice_of(chunk, len));
	fclose(file);
	struct slice copy;
	assert_ok(arena_copy(arena, buf_slice(&bytes), &copy));
	return copy;
}

static void add_policy(struct policy_set *set, const char *root, const char *name, struct arena *arena)
{
	const struct policy *policy;
	struct finding *findings = NULL;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	assert_ok(policy_compile(test_file(root, name, arena), arena, &findings, &compiled));
	struct slice kept;
	assert_ok(arena_copy(arena, buf_slice(&compiled), &kept));
	assert_ok(policy_open(kept, arena, &policy));
	assert_ok(policy_set_add(set, policy));
}

const struct policy_set *test_policies(const char *root)
{
	static struct policy_set *set;
	static struct arena arena;
	if (set)
		return set;
	set = policy_set_new();
	assert_non_null(set);
	add_policy(set, root, "policy/nato.xml", &arena);
	add_policy(set, root, "policy/public.xml", &arena);
	return set;
}
