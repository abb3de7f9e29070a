#include "engine.h"

static void assert_valid(const struct policy_set *set, const char *label)
{
	const char *why = reasons(compact(set, label), LABEL_NEW, NOW);
	if (*why)
		fail_msg("%s: %s", label, why);
}

static void assert_invalid(const struct policy_set *set, const char *label, const char *words)
{
	const char *why = reasons(compact(set, label), LABEL_NEW, NOW);
	if (!strstr(why, words))
		fail_msg("%s: '%s' does not say '%s'", label, why, words);
	assert_int_equal(label_check(compact(set, label), LABEL_NEW, NOW, NULL), ERR_INVALID);
}

static void classifications_of_values_are_enforced(void **state)
{
	(void)state;
	assert_valid(rules(), "RULES|HIGH|R:All=NEEDS-HIGH");
	assert_invalid(rules(), "RULES|LOW|R:All=NEEDS-HIGH", "NEEDS-HIGH may not stand with classification LOW");
	assert_valid(rules(), "RULES|HIGH|R:All=NOT-LOW");
	assert_invalid(rules(), "RULES|LOW|R:All=NOT-LOW", "NOT-LOW may not stand with classification LOW");
}

static void required_categories_are_enforced(void **state)
{
	(void)state;
	assert_invalid(rules(), "RULES|MID", "MID requires at least one of");
	assert_valid(rules(), "RULES|MID|P:Any=C");
	assert_valid(rules(), "RULES|MID|P:Other=A");
	assert_invalid(rules(), "RULES|MID|P:Other=D", "MID requires at least one of");
	assert_invalid(rules(), "RULES|LOW|R:All=ONE-OF", "exactly one of");
	assert_valid(rules(), "RULES|LOW|R:All=ONE-OF|P:Any=A");
	assert_invalid(rules(), "RULES|LOW|R:All=ONE-OF|P:Any=A,B", "exactly one of: Any A or Any B");
	assert_invalid(rules(), "RULES|LOW|R:All=BOTH|P:Any=A", "all of: Any A and Any B");
	assert_valid(rules(), "RULES|LOW|R:All=BOTH|P:Any=A,B");
}

static void excluded_categories_are_enforced(void **state)
{
	(void)state;
	assert_valid(rules(), "RULES|LOW|R:All=ALONE");
	assert_invalid(rules(), "RULES|LOW|R:All=ALONE,DATED", "ALONE may not stand together with DATED");
	assert_invalid(rules(), "RULES|LOW|R:All=NOT-A|P:Any=A", "NOT-A may not stand together with A");
	assert_valid(rules(), "RULES|LOW|R:All=NOT-A|P:Any=B");
}

static void selections_have_limits(void **state)
{
	(void)state;
	assert_valid(rules(), "RULES|LOW|P:Any=A,B");
	assert_invalid(rules(), "RULES|LOW|P:Any=A,B,C", "Any takes at most 2 values");
	assert_invalid(rules(), "RULES|LOW|P:Other=A,D", "Other takes at most 1 value");
	assert_invalid(own_policies(), "NATO|SECRET", "Context needs at least 1 value");
	const struct policy_set *least = policies_of_text(
		"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
		"<securityPolicyId name='P' id='1.1'/><securityClassifications>"
		"<securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications><securityCategoryTagSets>"
		"<securityCategoryTagSet name='T' id='1.2'><securityCategoryTag name='t' tagType='restrictive' minSelection='2'>"
		"<tagCategory name='a' lacv='1'/><tagCategory name='b' lacv='2'/><tagCategory name='c' lacv='3'/>"
		"</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets></SPIF>");
	assert_invalid(least, "P|S", "T needs at least 2 values");
	assert_invalid(least, "P|S|R:T=b", "T needs at least 2 values");
	assert_valid(least, "P|S|R:T=a,c");
	assert_valid(least, "P|S|R:T=a,b,c");
}

static void obsolete_things_stay_readable_and_are_not_given_anew(void **state)
{
	(void)state;
	static const char *const labels[] = {"RULES|PAST", "RULES|LOW|R:All=OBSOLETE", "RULES|LOW|M:OLD MARK"};
	for (size_t i = 0; i < 3; i++) {
		assert_invalid(rules(), labels[i], "obsolete");
		assert_ok(label_check(compact(rules(), labels[i]), LABEL_READ, NOW, NULL));
	}
}

static void dates_are_enforced_at_their_edges(void **state)
{
	(void)state;
	const struct label *label = compact(rules(), "RULES|LOW|R:All=DATED");
	const uint64_t from = UINT64_C(1735689600000), to = UINT64_C(1830297600000);
	assert_string_equal(reasons(label, LABEL_READ, from), "");
	assert_string_equal(reasons(label, LABEL_READ, to), "");
	assert_non_null(strstr(reasons(label, LABEL_READ, from - 1), "not valid before 2025-01-01T00:00:00.000Z"));
	assert_non_null(strstr(reasons(label, LABEL_READ, to + 1), "not valid after 2028-01-01T00:00:00.000Z"));
}

static void privacy_marks_must_be_the_policys(void **state)
{
	(void)state;
	assert_valid(rules(), "RULES|LOW|M:IN CONFIDENCE");
	assert_invalid(rules(), "RULES|LOW|M:FOR MY FRIENDS", "not a privacy mark");
}

static void every_reason_is_told(void **state)
{
	(void)state;
	const char *why = reasons(compact(rules(), "RULES|MID|R:All=NEEDS-HIGH,OBSOLETE|P:Other=D"), LABEL_NEW, NOW);
	assert_non_null(strstr(why, "NEEDS-HIGH"));
	assert_non_null(strstr(why, "OBSOLETE"));
	assert_non_null(strstr(why, "MID requires"));
}

static void nato_labels_name_one_context_and_releasable_when_it_applies(void **state)
{
	(void)state;
	assert_valid(own_policies(), "NATO|SECRET|P:Context=NATO");
	assert_valid(own_policies(), "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO");
	assert_valid(own_policies(), "NATO|SECRET|P:Context=NATO|P:Only=LTU,USA");
	assert_invalid(own_policies(), "NATO|SECRET|P:Context=EAPC,NATO", "exactly one of");
	assert_invalid(own_policies(), "NATO|SECRET|P:Context=NATO,Releasable", "Releasable requires");
	assert_invalid(own_policies(), "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=LTU",
		       "Releasable requires");
	assert_invalid(own_policies(), "NATO|SECRET|P:Context=NATO|P:Releasable To=KOR,NATO",
		       "KOR requires all of: Context Releasable");
	assert_invalid(own_policies(), "NATO|SECRET|P:Context=NATO|P:Only=KOR,LTU",
		       "KOR requires all of: Context Releasable");
	assert_invalid(own_policies(), "NATO|RESTRICTED|R:Additional Sensitivity=ATOMAL|P:Context=NATO",
		       "ATOMAL may not stand");
	assert_invalid(own_policies(), "NATO|SECRET|R:Additional Sensitivity=BOHEMIA|P:Context=NATO",
		       "BOHEMIA may not stand");
}

static void one_of_several_entries_of_a_name_is_enough(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(
		"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' "
		"creationDate='20240101000000Z'><securityPolicyId name='X' id='1.1'/>"
		"<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/>"
		"<securityClassification name='T' lacv='2' hierarchy='2'/><securityClassification name='U' lacv='3' "
		"hierarchy='3'/></securityClassifications>"
		"<securityCategoryTagSets><securityCategoryTagSet name='C' id='1.2'><securityCategoryTag name='C' "
		"tagType='permissive'>"
		"<tagCategory name='N' lacv='1'><markingData "
		"phrase='COSMIC'><code>replacePolicy</code></markingData><excludedClass>S</excludedClass>"
		"<excludedClass>U</excludedClass></tagCategory>"
		"<tagCategory name='N' lacv='1'><markingData "
		"phrase='PLAIN'><code>replacePolicy</code></markingData><excludedClass>T</excludedClass>"
		"<excludedClass>U</excludedClass></tagCategory></securityCategoryTag></securityCategoryTagSet></"
		"securityCategoryTagSets></SPIF>");
	assert_valid(set, "X|S|P:C=N");
	assert_valid(set, "X|T|P:C=N");
	assert_invalid(set, "X|U|P:C=N", "N may not stand with classification U");
	assert_string_equal(marked(compact(set, "X|S|P:C=N"), "pageTop", ""), "PLAIN S");
	assert_string_equal(marked(compact(set, "X|T|P:C=N"), "pageTop", ""), "COSMIC T");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classifications_of_values_are_enforced),
		cmocka_unit_test(required_categories_are_enforced),
		cmocka_unit_test(excluded_categories_are_enforced),
		cmocka_unit_test(selections_have_limits),
		cmocka_unit_test(obsolete_things_stay_readable_and_are_not_given_anew),
		cmocka_unit_test(dates_are_enforced_at_their_edges),
		cmocka_unit_test(privacy_marks_must_be_the_policys),
		cmocka_unit_test(every_reason_is_told),
		cmocka_unit_test(nato_labels_name_one_context_and_releasable_when_it_applies),
		cmocka_unit_test(one_of_several_entries_of_a_name_is_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
