/* Seal's own reader of compact labels: form, level, tags. */
#include "release/seal_label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char member[] =
	"NATO|CONFIDENTIAL,RESTRICTED,SECRET,UNCLASSIFIED|R:Additional Sensitivity=CRYPTO|P:Context=NATO|"
	"P:Only=LTU,NATO|P:Releasable To=LTU,NATO\nPUBLIC|UNMARKED";
static const char partner[] =
	"NATO|CONFIDENTIAL,RESTRICTED,SECRET,UNCLASSIFIED|P:Context=Releasable|P:Only=KOR|P:Releasable To=KOR\n"
	"PUBLIC|UNMARKED";

static bool may_have(const char *label, const char *clearance)
{
	struct slice text = slice_text(label), lines = slice_text(clearance);
	return seal_label_level(text, lines) == VERDICT_PERMIT && seal_label_tags(text, lines) == VERDICT_PERMIT;
}

static void labels_in_the_one_form_are_read(void **state)
{
	(void)state;
	static const char *const good[] = {
		"PUBLIC|UNMARKED",
		"NATO|SECRET|P:Context=NATO",
		"NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO",
		"NATO|TOP SECRET|R:Additional Sensitivity=CRYPTO|P:Only=|I:Administrative=A,B",
		"NATO|SECRET|P:Context=NATO|M:mark",
		"A%7CB|C%2CD|P:E%3DF=G%25",
		"NATO|SECRET|P:A=B%7CC,B%7CD",
		"NATO|SECRET|P:A=B,BB",
		"NATO|SECRET|P:A=%0A",
		"NATO|SECRET|R:A=B|P:A=B|I:A=B",
		"\xea\xb5\xad|\xeb\xb9\x84\xeb\xb0\x80",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(seal_label_is_canonical(slice_text(good[i])));
}

static void every_other_spelling_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"|",
		"NATO",
		"NATO|",
		"|SECRET",
		"NATO|SECRET|",
		"NATO|SECRET||P:A=B",
		"NATO|SECRET,RESTRICTED",
		"NATO|SECRET|P:A",
		"NATO|SECRET|P:=B",
		"NATO|SECRET|X:A=B",
		"NATO|SECRET|P:A=B,",
		"NATO|SECRET|P:A=,B",
		"NATO|SECRET|P:A=C,B",
		"NATO|SECRET|P:A=B,B",
		"NATO|SECRET|P:B=X|P:A=X",
		"NATO|SECRET|P:A=X|P:A=Y",
		"NATO|SECRET|P:A=X|R:A=X",
		"NATO|SECRET|M:x|P:A=B",
		"NATO|SECRET|M:",
		"NATO|SECRET|P:A=%41",
		"NATO|SECRET|P:A=%7c",
		"NATO|SECRET|P:A=%",
		"NATO|SECRET|P:A=%7",
		"NATO|SECRET|P:A=%7:",
		"NATO|SECRET|P:A=%7G",
		"NATO|SECRET|P:A=%/C",
		"NATO|SECRET|P:A=%00",
		"NATO|SECRET|P:A=B%7CD,B%7CC",
		"NATO|SECRET|P:A=BB,B",
		"NATO|SECRET|I:A=B|P:A=B",
		"NATO|SECRET|P.A=B",
		"NATO|,SECRET",
		"NATO|SECRET\n",
		"NATO|SEC\tRET",
		"NATO|SECRET|P:A=B=C",
		"NATO|SECRET|P:A=\xff",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (seal_label_is_canonical(slice_text(bad[i])))
			fail_msg("accepted: %s", bad[i]);
}

static void order_of_names_is_by_their_octets_without_escapes(void **state)
{
	(void)state;
	assert_true(seal_label_is_canonical(SLICE("P|C|P:A=x+,x%2C")));
	assert_false(seal_label_is_canonical(SLICE("P|C|P:A=x%2C,x+")));
}

static void a_label_beyond_the_limit_is_refused(void **state)
{
	(void)state;
	static uint8_t text[LIMIT_LABEL_TEXT + 1];
	memset(text, 'A', sizeof(text));
	text[1] = '|';
	assert_true(seal_label_is_canonical(slice_of(text, LIMIT_LABEL_TEXT - 1)));
	assert_true(seal_label_is_canonical(slice_of(text, LIMIT_LABEL_TEXT)));
	assert_false(seal_label_is_canonical(slice_of(text, LIMIT_LABEL_TEXT + 1)));
}

static void each_nation_may_have_what_the_example_says(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		bool member, partner;
	} rows[] = {
		{"NATO|SECRET|P:Context=NATO", true, false},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO", true, true},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU", true, true},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,USA", false, true},
		{"PUBLIC|UNMARKED", true, true},
		{"NATO|TOP SECRET|P:Context=NATO", false, false},
		{"OTHER|SECRET", false, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(may_have(rows[i].label, member), rows[i].member);
		assert_int_equal(may_have(rows[i].label, partner), rows[i].partner);
	}
}

static void a_permissive_tag_without_a_value_admits_nobody(void **state)
{
	(void)state;
	assert_false(may_have("NATO|SECRET|P:Only=", member));
	assert_false(may_have("NATO|SECRET|P:Unheard Of=NATO", member));
}

static void a_restrictive_tag_asks_for_every_value(void **state)
{
	(void)state;
	assert_true(may_have("NATO|SECRET|R:Additional Sensitivity=CRYPTO", member));
	assert_false(may_have("NATO|SECRET|R:Additional Sensitivity=ATOMAL,CRYPTO", member));
	assert_false(may_have("NATO|SECRET|R:Additional Sensitivity=CRYPTO", partner));
}

static void a_value_held_under_another_type_does_not_count(void **state)
{
	(void)state;
	assert_false(may_have("NATO|SECRET|P:A=X", "NATO|SECRET|R:A=X"));
	assert_true(may_have("NATO|SECRET|I:A=X", "NATO|SECRET"));
}

static void doubtful_clearances_deny(void **state)
{
	(void)state;
	assert_false(may_have("PUBLIC|UNMARKED", ""));
	assert_false(may_have("PUBLIC|UNMARKED", "PUBLIC|UNMARKED\nPUBLIC|UNMARKED"));
	assert_false(may_have("PUBLIC|UNMARKED", "PUBLIC|UNMARKED\nNATO|"));
	assert_false(may_have("PUBLIC|UNMARKED", "PUBLIC|UNMARKED,UNMARKED"));
	assert_false(may_have("PUBLIC|UNMARKED", "public|UNMARKED"));
}

static void a_classification_must_stand_in_the_list_by_itself(void **state)
{
	(void)state;
	assert_false(may_have("NATO|UNCLASSIFIED", "NATO|SECRET"));
	assert_false(may_have("NATO|SECRET", "NATO|TOP SECRET"));
	assert_false(may_have("NATO|SECRET", "NATO|SECRETS,XSECRET"));
}

static void a_clearance_that_is_not_in_form_opens_nothing(void **state)
{
	(void)state;
	static const char *const clearances[] = {
		"", "\n", "NATO", "NATO|", "NATO|SECRET|P:Context", "NATO|SECRET,SECRET|P:Context=NATO", "NATO|,SECRET|P:Context=NATO",
		"NATO|SECRET|P:Context=NATO\nNATO|SECRET|P:Context=NATO", "PUBLIC|UNMARKED", "NATO|SECRET|P:Context=NATO|",
	};
	assert_true(may_have("NATO|SECRET|P:Context=NATO", "NATO|SECRET|P:Context=NATO"));
	for (size_t i = 0; i < sizeof(clearances) / sizeof(clearances[0]); i++) {
		struct slice label = SLICE("NATO|SECRET|P:Context=NATO"), lines = slice_text(clearances[i]);
		assert_false(may_have("NATO|SECRET|P:Context=NATO", clearances[i]));
		assert_false(seal_label_level(label, lines) == VERDICT_PERMIT && seal_label_tags(label, lines) == VERDICT_PERMIT);
	}
	assert_int_equal(seal_label_level(SLICE("NATO"), slice_text(member)), VERDICT_DENY);
	assert_int_equal(seal_label_tags(SLICE("NATO"), slice_text(member)), VERDICT_DENY);
	assert_int_equal(seal_label_tags(SLICE("PUBLIC|UNMARKED"), SLICE("NATO|SECRET")), VERDICT_DENY);
}

static void a_label_is_among_levels_of_its_own_policy_only(void **state)
{
	(void)state;
	struct slice levels = SLICE("SECRET,TOP SECRET");
	assert_true(seal_label_is_among(SLICE("NATO|SECRET|P:Context=NATO"), SLICE("NATO"), levels));
	assert_true(seal_label_is_among(SLICE("NATO|TOP SECRET|M:mark"), SLICE("NATO"), levels));
	assert_false(seal_label_is_among(SLICE("NATO|RESTRICTED"), SLICE("NATO"), levels));
	assert_false(seal_label_is_among(SLICE("NATO|SECRET"), SLICE("KOR"), levels));
	assert_false(seal_label_is_among(SLICE("NATO|SECRET|"), SLICE("NATO"), levels));
	assert_true(may_have("PUBLIC|UNMARKED|M:mark", partner));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_in_the_one_form_are_read),
		cmocka_unit_test(every_other_spelling_is_refused),
		cmocka_unit_test(a_label_is_among_levels_of_its_own_policy_only),
		cmocka_unit_test(a_clearance_that_is_not_in_form_opens_nothing),
		cmocka_unit_test(order_of_names_is_by_their_octets_without_escapes),
		cmocka_unit_test(a_label_beyond_the_limit_is_refused),
		cmocka_unit_test(each_nation_may_have_what_the_example_says),
		cmocka_unit_test(a_permissive_tag_without_a_value_admits_nobody),
		cmocka_unit_test(a_restrictive_tag_asks_for_every_value),
		cmocka_unit_test(a_value_held_under_another_type_does_not_count),
		cmocka_unit_test(doubtful_clearances_deny),
		cmocka_unit_test(a_classification_must_stand_in_the_list_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
