/* The release-authority table: its text and its answers. */
#include "../object/policies.h"
#include "../../support/test.h"

#include "release/release_table.h"

static const struct policy_set *policies;
static struct arena arena;

static enum err parse(const char *text, struct release_table *table, struct diag *diag)
{
	return release_table_parse(slice_text(text), policies, &arena, table, diag);
}

/* The name of the row that lets it go, or "waits". */
static const char *answer(const struct release_table *table, const char *roles, const char *recipient, bool member,
			  const char *compact)
{
	const struct label *label;
	struct release_case what = {slice_text(roles), SLICE("report"), slice_text(recipient), member};
	assert_ok(label_parse_compact(policies, slice_text(compact), &arena, &label, NULL));
	const struct release_row *row = release_table_find(table, &what, label);
	return row ? arena_text(&arena, row->name) : "waits";
}

static struct release_table default_table(void)
{
	struct release_table table;
	struct diag diag = {0};
	AUTO_BUF text = buf_make(65536);
	struct slice kept;
	release_table_print_default(&text);
	assert_ok(arena_copy(&arena, buf_slice(&text), &kept));
	if (release_table_parse(kept, policies, &arena, &table, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
	return table;
}

static void the_default_lets_members_have_secret_and_the_partner_restricted_at_once(void **state)
{
	(void)state;
	struct release_table table = default_table();
	assert_string_equal(answer(&table, "analyst", "USA", true, LABEL_SECRET), "analyst-member-secret");
	assert_string_equal(answer(&table, "reader release", "USA", true, LABEL_PUBLIC), "release-member-public");
	assert_string_equal(answer(&table, "taxii", "KOR", false, LABEL_PUBLIC), "taxii-kor-public");
	assert_string_equal(answer(&table, "analyst", "KOR", false, "NATO|RESTRICTED|P:Context=NATO"),
			    "analyst-kor-restricted");
	assert_string_equal(answer(&table, "analyst", "KOR", false, "NATO|UNCLASSIFIED|P:Context=NATO"),
			    "analyst-kor-restricted");
}

static void whatever_no_row_allows_waits(void **state)
{
	(void)state;
	struct release_table table = default_table();
	struct release_table empty;
	assert_string_equal(answer(&table, "analyst", "KOR", false, LABEL_KOREA), "waits");
	assert_string_equal(answer(&table, "analyst", "KOR", false, "NATO|CONFIDENTIAL|P:Context=NATO"), "waits");
	assert_string_equal(answer(&table, "analyst", "USA", true, "NATO|TOP SECRET|P:Context=NATO"), "waits");
	assert_string_equal(answer(&table, "reader", "USA", true, LABEL_PUBLIC), "waits");
	assert_string_equal(answer(&table, "", "USA", true, LABEL_PUBLIC), "waits");
	assert_string_equal(answer(&table, "analyst", "CHE", false, LABEL_PUBLIC), "waits");
	assert_string_equal(answer(&table, "analystX", "USA", true, LABEL_PUBLIC), "waits");
	assert_ok(parse("# nothing\n\n", &empty, NULL));
	assert_int_equal(empty.count, 0);
	assert_string_equal(answer(&empty, "analyst", "USA", true, LABEL_PUBLIC), "waits");
}

static void rows_match_by_role_type_and_recipient(void **state)
{
	(void)state;
	struct release_table table;
	assert_ok(parse("a * indicator * PUBLIC:UNMARKED\nb watch report JPN NATO:TOP SECRET # to Japan\n", &table,
			NULL));
	assert_int_equal(table.count, 2);
	assert_string_equal(answer(&table, "watch", "JPN", false, "NATO|TOP SECRET|P:Context=NATO"), "b");
	assert_string_equal(answer(&table, "watch", "JPN", false, LABEL_PUBLIC), "waits");
	assert_string_equal(answer(&table, "watch", "USA", true, LABEL_SECRET), "waits");
	assert_string_equal(answer(&table, "analyst", "JPN", false, LABEL_SECRET), "waits");
}

static void every_mistake_names_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum err err;
		uint32_t line;
	} rows[] = {
		{"a b c\n", ERR_MALFORMED, 1},
		{"\n# x\na * * member NATO\n", ERR_MALFORMED, 3},
		{"a * * member NATO:\n", ERR_MALFORMED, 1},
		{"a * * member :SECRET\n", ERR_MALFORMED, 1},
		{"a * * member NATO:SECRET|P:Context=NATO\n", ERR_MALFORMED, 1},
		{"a! * * member NATO:SECRET\n", ERR_MALFORMED, 1},
		{"a * * member NATO:SECRET\na * * KOR NATO:SECRET\n", ERR_MALFORMED, 2},
		{"a * * member NATO:SECRETS\n", ERR_UNKNOWN, 1},
		{"a * * member NATO:secret\n", ERR_UNKNOWN, 1},
		{"a * * member NATTO:SECRET\n", ERR_UNKNOWN, 1},
		{"a * * member NATO:SECRET extra\n", ERR_UNKNOWN, 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct release_table table;
		struct diag diag = {0};
		assert_int_equal(parse(rows[i].text, &table, &diag), rows[i].err);
		assert_int_equal(diag.line, rows[i].line);
		assert_true(diag.text[0] != 0);
	}
}

static void octets_that_are_no_text_are_refused(void **state)
{
	(void)state;
	struct release_table table;
	assert_int_equal(release_table_parse(slice_of("a\0b", 3), policies, &arena, &table, NULL), ERR_MALFORMED);
	assert_int_equal(release_table_parse(SLICE("\xff"), policies, &arena, &table, NULL), ERR_MALFORMED);
}

static void put_rows(struct buf *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(text, "r%zu * * member PUBLIC:UNMARKED\n", i);
}

static void the_number_of_rows_is_bounded(void **state)
{
	(void)state;
	for (size_t extra = 0; extra < 3; extra++) {
		struct release_table table;
		AUTO_BUF text = buf_make(1024 * 1024);
		put_rows(&text, RELEASE_TABLE_ROWS - 1 + extra);
		enum err err = release_table_parse(buf_slice(&text), policies, &arena, &table, NULL);
		assert_int_equal(err, extra == 2 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static void names_of_rows_are_of_their_letters_and_length(void **state)
{
	(void)state;
	static const char *const wrong[] = {"a/b", "a:b", "a@b", "a[b", "a`b", "a{b", "a,b"};
	struct release_table table;
	char row[128];
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(row, sizeof(row), "%s * * KOR NATO:SECRET\n", wrong[i]);
		assert_int_equal(parse(row, &table, NULL), ERR_MALFORMED);
	}
	assert_ok(parse("azAZ09-_. * * KOR NATO:SECRET\n", &table, NULL));
	for (int len = RELEASE_TABLE_NAME - 1; len <= RELEASE_TABLE_NAME + 1; len++) {
		snprintf(row, sizeof(row), "%0*d * * KOR NATO:SECRET\n", len, 1);
		assert_int_equal(parse(row, &table, NULL), len <= RELEASE_TABLE_NAME ? ERR_OK : ERR_MALFORMED);
	}
	for (int len = LIMIT_NATION - 1; len <= LIMIT_NATION + 1; len++) {
		snprintf(row, sizeof(row), "a * * %0*d NATO:SECRET\n", len, 1);
		assert_int_equal(parse(row, &table, NULL), len <= LIMIT_NATION ? ERR_OK : ERR_MALFORMED);
	}
}

static void an_obsolete_level_need_not_be_named(void **state)
{
	(void)state;
	static const char path[] = "tests/conformance/labels/policies/sample-00.xml";
	struct policy_set *set = policy_set_new();
	struct finding *findings = NULL;
	const struct policy *policy;
	struct release_table table;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	assert_ok(policy_compile(test_file(TEST_ROOT, path, &arena), &arena, &findings, &compiled));
	assert_ok(policy_open(buf_slice(&compiled), &arena, &policy));
	assert_ok(policy_set_add(set, policy));
	struct slice row = SLICE("two * * KOR two-persons SAMPLE-00:GUARDED,SEALED,DEEP VAULT\n");
	struct diag diag = {0};
	if (release_table_parse(row, set, &arena, &table, &diag) != ERR_OK)
		fail_msg("%s", diag.text); /* CLOSED lies between them and is obsolete */
	assert_int_equal(release_table_parse(SLICE("two * * KOR two-persons SAMPLE-00:GUARDED\n"), set, &arena, &table, NULL),
			 ERR_MALFORMED);
	policy_set_free(set);
}

static void a_row_for_two_persons_lets_nothing_go_at_once(void **state)
{
	(void)state;
	struct release_table table;
	assert_ok(parse("two * * KOR two-persons NATO:SECRET,TOP SECRET\n", &table, NULL));
	assert_string_equal(answer(&table, "analyst", "KOR", false, LABEL_KOREA), "waits");
	assert_string_equal(answer(&table, "analyst", "", false, LABEL_KOREA), "waits");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_lets_members_have_secret_and_the_partner_restricted_at_once),
		cmocka_unit_test(whatever_no_row_allows_waits),
		cmocka_unit_test(rows_match_by_role_type_and_recipient),
		cmocka_unit_test(every_mistake_names_its_line),
		cmocka_unit_test(names_of_rows_are_of_their_letters_and_length),
		cmocka_unit_test(a_row_for_two_persons_lets_nothing_go_at_once),
		cmocka_unit_test(an_obsolete_level_need_not_be_named),
		cmocka_unit_test(octets_that_are_no_text_are_refused),
		cmocka_unit_test(the_number_of_rows_is_bounded),
	};
	policies = test_policies(TEST_ROOT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
