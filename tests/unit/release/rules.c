/* What guard is given in tests. */
#include "../object/policies.h"
#undef LABEL_PUBLIC
#undef LABEL_SECRET
#include "rules.h"

static struct slice kept(struct world *world, const struct buf *octets)
{
	struct slice copy;
	assert_ok(octets->err);
	assert_ok(arena_copy(&world->arena, buf_slice(octets), &copy));
	return copy;
}

/* A sequence of compiled policies as the master gives it. */
/* The file, with version="1" (of the SPIF, not of the XML) replaced. */
static struct slice with_version(struct world *world, struct slice xml, const char *version)
{
	static const char own[] = " version=\"1\" ";
	AUTO_BUF text = buf_make(LIMIT_POLICY_XML);
	while (xml.len && !slice_has_prefix(xml, slice_text(own))) {
		buf_put_octet(&text, xml.data[0]);
		xml = slice_skip(xml, 1);
	}
	assert_true(xml.len > 0);
	buf_printf(&text, " %s ", version);
	buf_put(&text, slice_skip(xml, sizeof(own) - 1));
	return kept(world, &text);
}

static struct slice given_policies(struct world *world, const char *root, const char *version)
{
	static const char *const names[] = {"policy/nato.xml", "policy/public.xml"};
	AUTO_BUF all = buf_make(2 * (size_t)LIMIT_POLICY_XML);
	for (size_t i = 0; i < 2; i++) {
		struct finding *findings = NULL;
		AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
		struct slice xml = test_file(root, names[i], &world->arena);
		if (i == 0)
			xml = with_version(world, xml, version);
		assert_ok(policy_compile(xml, &world->arena, &findings, &compiled));
		const uint8_t length[4] = {(uint8_t)(compiled.len >> 24), (uint8_t)(compiled.len >> 16),
			(uint8_t)(compiled.len >> 8), (uint8_t)compiled.len};
		buf_put(&all, SLICE_ARRAY(length));
		buf_put(&all, buf_slice(&compiled));
	}
	return kept(world, &all);
}

struct guard_given rules_given(struct world *world, const char *root)
{
	return rules_given_version(world, root, "version=\"1\"");
}

struct guard_given rules_given_version(struct world *world, const char *root, const char *version)
{
	AUTO_BUF table = buf_make(65536);
	release_table_print_default(&table);
	return (struct guard_given){.nation = SLICE("NATO"),
		.realm = SLICE("real"),
		.policies = given_policies(world, root, version),
		.roster = world_roster(world),
		.table = kept(world, &table)};
}
