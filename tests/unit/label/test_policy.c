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
	static const char *const rising[] = {"",
					     "0",
					     "9",
					     "10",
					     "10.2",
					     "10.10",
					     "10.10.1",
					     "10.b",
					     "10.b2",
					     "10.b11",
					     "10b",
					     "99999999999999999999",
					     "100000000000000000000",
					     "draft"};
	enum { COUNT = sizeof(rising) / sizeof(rising[0]) };
	for (int i = 0; i < COUNT; i++)
		for (int k = 0; k < COUNT; k++)
			assert_int_equal(version_compare(slice_text(rising[i]), slice_text(rising[k])),
					 i < k ? -1 : i > k);
	assert_int_equal(version_compare(SLICE("007"), SLICE("7")), 0);
	assert_int_equal(version_compare(SLICE("0a"), SLICE("0b")), -1);
	assert_int_equal(version_compare(SLICE("0.2"), SLICE("0.1")), 1);
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

static void more_languages_than_any_policy_speaks_are_refused(void **state)
{
	(void)state;
	for (int more = -1; more <= 1; more++)
		for (int where = 0; where < 2; where++) {
			AUTO_BUF xml = buf_make(65536), compiled = buf_make(LIMIT_POLICY_XML);
			buf_put_text(&xml, "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' "
					   "creationDate='20240101000000Z'><securityPolicyId name='P' id='1.1'/>"
					   "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/>"
					   "</securityClassifications>");
			buf_put_text(&xml, where ? "<markingQualifier>" : "");
			for (int i = 0; i < POLICY_LANGUAGES + more; i++)
				buf_printf(&xml,
					   where ? "<qualifier qualifierCode='prefix' markingQualifier='x' xml:lang='l%d'/>"
						 : "<markingData phrase='x' xml:lang='l%d'/>",
					   i);
			buf_put_text(&xml, where ? "</markingQualifier></SPIF>" : "</SPIF>");
			struct finding *findings;
			const struct policy *policy;
			enum err err = policy_compile(buf_slice(&xml), keep(), &findings, &compiled);
			if (err == ERR_OK) /* who compiles may refuse already */
				err = policy_open(buf_slice(&compiled), keep(), &policy);
			assert_int_equal(err == ERR_OK, more <= 0);
		}
}

static void a_set_of_policies_has_a_limit(void **state)
{
	(void)state;
	struct policy_set *set = policy_set_new();
	for (int i = 0; i < 256; i++)
		assert_ok(policy_set_add(set, versioned(arena_printf(keep(), "P%d", i), arena_printf(keep(), "1.%d", i), "1")));
	assert_int_equal(policy_set_add(set, versioned("Q", "2.1", "1")), ERR_TOO_LARGE);
	policy_set_free(set);
	/* a policy that folds case is the namesake of one that does not */
	set = policy_set_new();
	assert_ok(policy_set_add(set, versioned("nato", "1.1", "1")));
	assert_int_equal(policy_set_add(set, versioned("NATO", "1.2", "2")), ERR_CONFLICT);
	policy_set_free(set);
}

static void names_are_found_by_what_they_are(void **state)
{
	(void)state;
	static const char text[] =
		"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
		"<securityPolicyId name='%s' id='1.1'/><securityClassifications>"
		"<securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications><securityCategoryTagSets>"
		"<securityCategoryTagSet name='T' id='1.2'><securityCategoryTag name='T' tagType='restrictive'>"
		"<tagCategory name='ab' lacv='1'/><tagCategory name='[' lacv='3'/>"
		"</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets></SPIF>";
	for (int fold = 0; fold < 2; fold++) {
		char xml[1024];
		snprintf(xml, sizeof(xml), text, fold ? "NATO" : "P");
		const struct policy *p = policy_set_at(policies_of_text(xml), 0);
		assert_int_equal(tag_value(p, 0, SLICE("[")), 0);
		assert_int_equal(tag_value(p, 0, SLICE("ab")), 1);
		assert_int_equal(tag_value(p, 0, SLICE("aB")), fold ? 1 : FORM_NONE);
		assert_int_equal(tag_value(p, 0, SLICE("{")), FORM_NONE); /* one hash, another name */
		assert_int_equal(tag_value(p, 0, SLICE("")), FORM_NONE);
		assert_int_equal(policy_class(p, SLICE("s")), fold ? 0 : FORM_NONE);
		assert_int_equal(policy_set_index(p, SLICE("T")), 0);
		assert_int_equal(policy_set_index(p, SLICE("X")), FORM_NONE);
	}
}

/* ---- forms that fit together in themselves and still are none ---- */

/* A section gets another number of rows: the last ones are dropped, or the last one is repeated. The rest of the form follows. */
static void resize(struct buf *form, enum section section, uint32_t count)
{
	struct form_header h;
	AUTO_BUF made = buf_make(LIMIT_POLICY_XML);
	memcpy(&h, form->data, sizeof(h));
	struct form_section was = h.sections[section];
	size_t row = form_row_size[section], end = was.at + was.count * row;
	buf_put(&made, slice_of(form->data, was.at));
	for (uint32_t i = 0; i < count; i++)
		buf_put(&made, slice_of(form->data + was.at + (i < was.count ? i : was.count - 1) * row, row));
	buf_put(&made, slice_of(form->data + end, form->len - end));
	h.sections[section].count = count;
	for (size_t s = section + 1; s < SECTION_COUNT; s++)
		h.sections[s].at += (uint32_t)((count - was.count) * row);
	h.size = (uint32_t)made.len;
	memcpy(made.data, &h, sizeof(h));
	buf_truncate(form, 0);
	buf_put(form, buf_slice(&made));
}

static const char ruled[] =
	"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
	"<securityPolicyId name='P' id='1.1'/><securityClassifications>"
	"<securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications><securityCategoryTagSets>"
	"<securityCategoryTagSet name='T' id='1.2'><securityCategoryTag name='T' tagType='restrictive'>"
	"<tagCategory name='a' lacv='1'/></securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets><extensions>"
	"<r:markingRules xmlns:r='urn:openbices:spif:marking:1'><r:default tagSetRef='T' lacv='1'/></r:markingRules>"
	"</extensions></SPIF>";

static void a_form_has_one_head_and_no_more_rows_than_fit_its_sets(void **state)
{
	(void)state;
	static const struct {
		enum section section;
		uint32_t count;
		enum err err;
	} rows[] = {{SECTION_HEAD, 1, ERR_OK},     {SECTION_HEAD, 0, ERR_MALFORMED},	{SECTION_HEAD, 2, ERR_MALFORMED},
		    {SECTION_CLASS, 1, ERR_OK},    {SECTION_CLASS, 0, ERR_MALFORMED},	{SECTION_CLASS, 32, ERR_OK},
		    {SECTION_CLASS, 33, ERR_MALFORMED}, {SECTION_IMPLIED, 64, ERR_OK},	{SECTION_IMPLIED, 65, ERR_MALFORMED},
		    {SECTION_SET, 2, ERR_MALFORMED},    {SECTION_TAG, 2, ERR_MALFORMED}, {SECTION_VALUE, 2, ERR_MALFORMED}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO_BUF form = buf_make(LIMIT_POLICY_XML);
		struct finding *findings;
		const struct policy *policy;
		assert_ok(policy_compile(slice_text(ruled), keep(), &findings, &form));
		resize(&form, rows[i].section, rows[i].count);
		if (policy_open(buf_slice(&form), keep(), &policy) != rows[i].err)
			fail_msg("section %d with %u rows", rows[i].section, rows[i].count);
	}
}

static void a_form_ends_where_its_last_section_ends(void **state)
{
	(void)state;
	AUTO_BUF form = buf_make(LIMIT_POLICY_XML);
	struct finding *findings;
	const struct policy *policy;
	struct form_header h;
	assert_ok(policy_compile(slice_text(ruled), keep(), &findings, &form));
	memcpy(&h, form.data, sizeof(h));
	h.sections[SECTION_IMPLIED].count = 0;
	memcpy(form.data, &h, sizeof(h));
	assert_int_equal(policy_open(buf_slice(&form), keep(), &policy), ERR_MALFORMED);
	/* lengths of 4 GB and more are refused before anything is looked at */
	assert_int_equal(policy_open(slice_of(form.data, (size_t)UINT32_MAX + 1), keep(), &policy), ERR_MALFORMED);
}

/* ---- what people may choose from ---- */

static void a_policy_lists_what_may_be_chosen(void **state)
{
	(void)state;
	const struct policy *p = policy_set_at(rules(), 0);
	struct policy_class_facts class;
	struct policy_tag_facts tag;
	struct slice name;
	assert_true(policy_list_class(p, 0, &class));
	assert_slice(class.name, "LOW");
	assert_int_equal(class.hierarchy, 1);
	assert_true(policy_list_class(p, 3, &class)); /* PAST is obsolete */
	assert_slice(class.name, "");
	assert_false(policy_list_class(p, 4, &class));
	static const char *const kinds[] = {"RESTRICTIVE", "PERMISSIVE",  "PERMISSIVE",	   "PERMISSIVE",
					    "PERMISSIVE",  "INFORMATIVE", "NOT APPLICABLE"};
	for (size_t i = 0; i < 7; i++) {
		assert_true(policy_list_tag(p, i, &tag));
		assert_string_equal(tag.type, kinds[i]);
	}
	assert_slice(tag.set, "Two");
	assert_false(policy_list_tag(p, 7, &tag));
	size_t count = 0, left_out = 0;
	for (; policy_list_value(p, 0, count, &name); count++)
		left_out += name.len == 0;
	assert_int_equal(count, 8);
	assert_int_equal(left_out, 1); /* OBSOLETE */
	assert_false(policy_list_value(p, 7, 0, &name));
	/* a value is offered as long as one of its alternatives is */
	p = policy_of(slice_text(arena_printf(
		keep(), "%.*s<tagCategory name='a' lacv='2' obsolete='true'/><tagCategory name='b' lacv='3' obsolete='true'/>%s",
		(int)(strstr(ruled, "<tagCategory") - ruled), ruled, strstr(ruled, "<tagCategory"))));
	assert_true(policy_list_value(p, 0, 0, &name));
	assert_slice(name, "a");
	assert_true(policy_list_value(p, 0, 1, &name));
	assert_slice(name, "");
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
		cmocka_unit_test(more_languages_than_any_policy_speaks_are_refused),
		cmocka_unit_test(a_set_of_policies_has_a_limit),
		cmocka_unit_test(names_are_found_by_what_they_are),
		cmocka_unit_test(a_form_has_one_head_and_no_more_rows_than_fit_its_sets),
		cmocka_unit_test(a_form_ends_where_its_last_section_ends),
		cmocka_unit_test(a_policy_lists_what_may_be_chosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
