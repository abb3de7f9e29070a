#include "engine.h"

#include "label/policy.h"

static void compiled_rules(struct buf *compiled)
{
	struct finding *findings;
	assert_ok(policy_compile(slice_text(rules_policy), keep(), &findings, compiled));
}

static void a_compiled_policy_opens_anywhere(void **state)
{
	(void)state;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	compiled_rules(&compiled);
	uint8_t *moved = arena_alloc(keep(), compiled.len + 8, 1);
	for (size_t by = 0; by < 8; by++) {
		const struct policy *policy;
		memcpy(moved + by, compiled.data, compiled.len);
		assert_ok(policy_open(slice_of(moved + by, compiled.len), keep(), &policy));
		assert_slice(policy_name(policy), "RULES");
		assert_slice(policy_version(policy), "1");
	}
}

static void every_length_but_the_right_one_is_refused(void **state)
{
	(void)state;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	compiled_rules(&compiled);
	buf_put_octet(&compiled, 0);
	for (size_t len = 0; len <= compiled.len; len++) {
		AUTO_ARENA arena = {0};
		const struct policy *policy = NULL;
		assert_int_equal(policy_open(slice_of(compiled.data, len), &arena, &policy),
				 len == compiled.len - 1 ? ERR_OK : ERR_MALFORMED);
	}
}

/* Uses what was opened in every way: the sanitizers and the bounds decide. */
static void use(const struct policy *policy)
{
	struct policy_set *set = policy_set_new();
	assert_ok(policy_set_add(set, policy));
	AUTO_ARENA arena = {0};
	const struct label *label;
	AUTO_BUF text = buf_make(LIMIT_LABEL_XML);
	enum err err =
		label_parse_compact(set, SLICE("RULES|HIGH|R:All=BOTH|P:Any=A,B|P:Two=E,F"), &arena, &label, NULL);
	if (err == ERR_OK) {
		assert_int_not_equal(label_check(label, LABEL_NEW, NOW, &text), ERR_MEMORY);
		label_mark(label, SLICE("pageTop"), SLICE("en"), &text);
	}
	err = label_parse_marking(set, SLICE("RULES HIGH F"), &arena, &label, NULL);
	if (err == ERR_OK)
		label_print_compact(label, &text);
	policy_set_free(set);
}

static void no_changed_word_leads_astray(void **state)
{
	(void)state;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	compiled_rules(&compiled);
	static const uint32_t changes[] = {0, 1, 0x7fffffff, 0xffffffff};
	size_t refused = 0;
	for (size_t at = 0; at + 4 <= compiled.len; at += 4)
		for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
			uint32_t before;
			memcpy(&before, compiled.data + at, 4);
			memcpy(compiled.data + at, &changes[i], 4);
			AUTO_ARENA arena = {0};
			const struct policy *policy;
			enum err err = policy_open(buf_slice(&compiled), &arena, &policy);
			if (err == ERR_OK)
				use(policy);
			refused += err != ERR_OK;
			memcpy(compiled.data + at, &before, 4);
		}
	assert_true(refused > 100);
}

static const struct policy *versioned(const char *name, const char *oid, const char *version)
{
	return policy_of(slice_text(arena_printf(
		keep(),
		"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z' "
		"version='%s'>"
		"<securityPolicyId name='%s' id='%s'/><securityClassifications>"
		"<securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications></SPIF>",
		version, name, oid)));
}

static void only_a_newer_version_takes_a_policys_place(void **state)
{
	(void)state;
	struct policy_set *set = policy_set_new();
	const struct policy *nine = versioned("P", "1.1", "9"), *ten = versioned("P", "1.1", "10");
	assert_ok(policy_set_add(set, nine));
	assert_ptr_equal(policy_set_find(set, SLICE("P")), nine);
	assert_int_equal(policy_set_add(set, nine), ERR_CONFLICT);
	assert_ok(policy_set_add(set, ten));
	assert_ptr_equal(policy_set_find(set, SLICE("P")), ten);
	assert_int_equal(policy_set_add(set, nine), ERR_CONFLICT);
	assert_int_equal(policy_set_add(set, versioned("P", "1.2", "11")), ERR_CONFLICT);
	assert_int_equal(policy_set_add(set, versioned("Q", "1.1", "11")), ERR_CONFLICT);
	assert_ok(policy_set_add(set, versioned("Q", "1.3", "1")));
	assert_int_equal(policy_set_count(set), 2);
	assert_null(policy_set_at(set, 2));
	assert_null(policy_set_find(set, SLICE("p")));
	policy_set_free(set);
	policy_set_free(NULL);
}

static void versions_compare_as_numbers_or_as_text(void **state)
{
	(void)state;
	assert_true(version_compare(SLICE("9"), SLICE("10")) < 0);
	assert_true(version_compare(SLICE("10"), SLICE("10")) == 0);
	assert_true(version_compare(SLICE("1.b"), SLICE("1.a")) > 0);
}

static void a_label_tells_its_policy_and_level(void **state)
{
	(void)state;
	const struct label *label = compact(own_policies(), "NATO|SECRET|P:Context=NATO");
	assert_slice(label_policy_name(label), "NATO");
	assert_slice(label_classification(label), "SECRET");
	assert_int_equal(label_hierarchy(label), 4);
	assert_slice(label_color(label), "#C8102E");
	assert_slice(label_color(compact(rules(), "RULES|LOW")), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compiled_policy_opens_anywhere),
		cmocka_unit_test(every_length_but_the_right_one_is_refused),
		cmocka_unit_test(no_changed_word_leads_astray),
		cmocka_unit_test(only_a_newer_version_takes_a_policys_place),
		cmocka_unit_test(versions_compare_as_numbers_or_as_text),
		cmocka_unit_test(a_label_tells_its_policy_and_level),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
