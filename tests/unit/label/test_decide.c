#include "engine.h"

static enum verdict decide(const struct policy_set *set, const char *label, const char *clearance)
{
	return label_decide(compact(set, label), cleared(set, clearance), 0, NULL);
}

#define MEMBER \
	"NATO|UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET|P:Context=NATO|P:Only=NATO,USA|P:Releasable " \
	"To=NATO,USA\nPUBLIC|UNMARKED"
#define LITHUANIA \
	"NATO|UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET|P:Context=NATO|P:Only=LTU,NATO|P:Releasable " \
	"To=LTU,NATO\nPUBLIC|UNMARKED"
#define KOREA \
	"NATO|UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET|P:Context=Releasable|P:Only=KOR|P:Releasable " \
	"To=KOR\nPUBLIC|UNMARKED"

static void members_and_partner_read_exactly_their_portions(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		enum verdict member, lithuania, korea;
	} rows[] = {
		{"NATO|SECRET|P:Context=NATO", VERDICT_PERMIT, VERDICT_PERMIT, VERDICT_DENY},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO", VERDICT_PERMIT, VERDICT_PERMIT,
		 VERDICT_PERMIT},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU", VERDICT_DENY, VERDICT_PERMIT, VERDICT_PERMIT},
		{"PUBLIC|UNMARKED", VERDICT_PERMIT, VERDICT_PERMIT, VERDICT_PERMIT},
		{"NATO|TOP SECRET|P:Context=NATO", VERDICT_DENY, VERDICT_DENY, VERDICT_DENY},
		{"NATO|SECRET|P:Context=NATO|P:Only=", VERDICT_DENY, VERDICT_DENY, VERDICT_DENY},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(decide(own_policies(), rows[i].label, MEMBER), rows[i].member);
		assert_int_equal(decide(own_policies(), rows[i].label, LITHUANIA), rows[i].lithuania);
		assert_int_equal(decide(own_policies(), rows[i].label, KOREA), rows[i].korea);
	}
}

static void a_classification_must_be_listed_itself(void **state)
{
	(void)state;
	assert_int_equal(decide(rules(), "RULES|LOW", "RULES|HIGH"), VERDICT_DENY);
	assert_int_equal(decide(rules(), "RULES|HIGH", "RULES|HIGH"), VERDICT_PERMIT);
}

static void restrictive_values_must_all_be_held(void **state)
{
	(void)state;
	assert_int_equal(decide(rules(), "RULES|HIGH|R:All=NEEDS-HIGH,NOT-LOW", "RULES|HIGH|R:All=NEEDS-HIGH"),
			 VERDICT_DENY);
	assert_int_equal(
		decide(rules(), "RULES|HIGH|R:All=NEEDS-HIGH,NOT-LOW", "RULES|HIGH|R:All=DATED,NEEDS-HIGH,NOT-LOW"),
		VERDICT_PERMIT);
	assert_int_equal(decide(rules(), "RULES|HIGH", "RULES|HIGH|R:All=DATED"), VERDICT_PERMIT);
}

static void every_permissive_tag_must_pass_by_itself(void **state)
{
	(void)state;
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Any=A,B", "RULES|HIGH|P:Any=B,C"), VERDICT_PERMIT);
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Any=A", "RULES|HIGH|P:Any=B,C"), VERDICT_DENY);
	/* two tags in one tag set */
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Two=E,F", "RULES|HIGH|P:Two=E"), VERDICT_DENY);
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Two=E,F", "RULES|HIGH|P:Two=E,F"), VERDICT_PERMIT);
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Two=E", "RULES|HIGH|P:Two=E"), VERDICT_PERMIT);
}

static void tag_sets_whose_tags_share_a_name_stay_apart(void **state)
{
	(void)state;
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Any=A|P:Other=A", "RULES|HIGH|P:Any=A"), VERDICT_DENY);
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Any=A|P:Other=A", "RULES|HIGH|P:Any=A|P:Other=A"),
			 VERDICT_PERMIT);
}

static void a_permissive_tag_without_a_value_admits_nobody(void **state)
{
	(void)state;
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Any=", "RULES|HIGH|P:Any=A,B"), VERDICT_DENY);
	assert_int_equal(decide(rules(), "RULES|HIGH|P:Two=", "RULES|HIGH|P:Two=E,F"), VERDICT_DENY);
}

static void informative_tags_are_no_part_of_the_decision(void **state)
{
	(void)state;
	assert_int_equal(decide(rules(), "RULES|HIGH|I:Two=E|M:IN CONFIDENCE", "RULES|HIGH"), VERDICT_PERMIT);
}

static void own_staff_waives_permissive_tags_and_nothing_else(void **state)
{
	(void)state;
	const struct clearance *clearance = cleared(rules(), "RULES|HIGH|R:All=DATED");
	assert_int_equal(label_decide(compact(rules(), "RULES|HIGH|P:Any=A"), clearance, DECIDE_OWN_STAFF, NULL),
			 VERDICT_PERMIT);
	assert_int_equal(label_decide(compact(rules(), "RULES|HIGH|P:Any="), clearance, DECIDE_OWN_STAFF, NULL),
			 VERDICT_PERMIT);
	assert_int_equal(label_decide(compact(rules(), "RULES|HIGH|R:All=NOT-LOW"), clearance, DECIDE_OWN_STAFF, NULL),
			 VERDICT_DENY);
	assert_int_equal(label_decide(compact(rules(), "RULES|LOW"), clearance, DECIDE_OWN_STAFF, NULL), VERDICT_DENY);
}

static void nothing_is_permitted_without_label_or_clearance(void **state)
{
	(void)state;
	assert_int_equal(label_decide(NULL, cleared(rules(), "RULES|HIGH"), 0, NULL), VERDICT_DENY);
	assert_int_equal(label_decide(compact(rules(), "RULES|HIGH"), NULL, 0, NULL), VERDICT_DENY);
	assert_int_equal(label_decide(compact(rules(), "RULES|HIGH"), cleared(rules(), ""), 0, NULL), VERDICT_DENY);
}

static void assert_explains(const char *label, const char *clearance, const char *words)
{
	struct diag why = {0};
	assert_int_equal(label_decide(compact(own_policies(), label), cleared(own_policies(), clearance), 0, &why),
			 VERDICT_DENY);
	if (!strstr(why.text, words))
		fail_msg("'%s' does not say '%s'", why.text, words);
}

static void a_refusal_names_what_denies(void **state)
{
	(void)state;
	assert_explains("NATO|TOP SECRET|P:Context=NATO", KOREA, "TOP SECRET is not among");
	assert_explains("NATO|SECRET|P:Context=NATO", KOREA, "Context: the label admits NATO");
	assert_explains("NATO|SECRET|R:Additional Sensitivity=ATOMAL,DEMO|P:Context=NATO", MEMBER,
			"demands ATOMAL, DEMO");
	assert_explains("NATO|SECRET|P:Context=NATO|P:Only=", MEMBER, "names nobody");
	assert_explains("NATO|SECRET|P:Context=NATO", "PUBLIC|UNMARKED", "not comparable");
	struct diag why = {0};
	assert_int_equal(
		label_decide(compact(own_policies(), "PUBLIC|UNMARKED"), cleared(own_policies(), KOREA), 0, &why),
		VERDICT_PERMIT);
	assert_string_equal(why.text, "");
}

static void a_long_explanation_is_cut_and_stays_text(void **state)
{
	(void)state;
	AUTO_BUF policy = buf_make(1 << 20), label = buf_make(LIMIT_LABEL_TEXT);
	buf_put_text(&policy, "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
			      "<securityPolicyId name='P' id='1.1'/><securityClassifications><securityClassification name='S' "
			      "lacv='1' hierarchy='1'/></securityClassifications><securityCategoryTagSets>"
			      "<securityCategoryTagSet name='T' id='1.2'><securityCategoryTag name='t' tagType='permissive'>");
	buf_put_text(&label, "P|S|P:T=");
	for (int i = 10; i < 60; i++) {
		buf_printf(&policy, "<tagCategory name='a rather long name %d' lacv='%d'/>", i, i);
		buf_printf(&label, "%sa rather long name %d", i > 10 ? "," : "", i);
	}
	buf_put_text(&policy, "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets></SPIF>");
	const struct policy_set *set = policies_of_text(arena_text(keep(), buf_slice(&policy)));
	struct diag why = {0};
	assert_int_equal(label_decide(compact(set, arena_text(keep(), buf_slice(&label))), cleared(set, "P|S"), 0, &why),
			 VERDICT_DENY);
	assert_non_null(strstr(why.text, "a rather long name 11"));
	assert_null(strstr(why.text, "a rather long name 59"));
}

/* A tag of more values than a machine word has bits, from the first to the last one. */
static void every_value_of_a_large_tag_counts(void **state)
{
	(void)state;
	AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
	buf_put_text(&xml, "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
			   "<securityPolicyId name='P' id='1.1'/><securityClassifications>"
			   "<securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications>"
			   "<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>"
			   "<securityCategoryTag name='t' tagType='permissive'>");
	for (int i = 100; i < 300; i++)
		buf_printf(&xml, "<tagCategory name='%d' lacv='%d'/>", i, i);
	buf_put_text(&xml, "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets></SPIF>");
	const struct policy_set *set = policies_of_text(arena_text(keep(), buf_slice(&xml)));
	static const int values[] = {100, 163, 164, 227, 228, 291, 292, 299};
	enum { COUNT = sizeof(values) / sizeof(values[0]) };
	const char *one[COUNT];
	for (int i = 0; i < COUNT; i++)
		one[i] = arena_printf(keep(), "P|S|P:T=%d", values[i]);
	for (int i = 0; i < COUNT; i++)
		for (int k = 0; k < COUNT; k++)
			assert_int_equal(label_decide(compact(set, one[i]), cleared(set, one[k]), 0, NULL),
					 i == k ? VERDICT_PERMIT : VERDICT_DENY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_partner_read_exactly_their_portions),
		cmocka_unit_test(a_classification_must_be_listed_itself),
		cmocka_unit_test(restrictive_values_must_all_be_held),
		cmocka_unit_test(every_permissive_tag_must_pass_by_itself),
		cmocka_unit_test(tag_sets_whose_tags_share_a_name_stay_apart),
		cmocka_unit_test(a_permissive_tag_without_a_value_admits_nobody),
		cmocka_unit_test(informative_tags_are_no_part_of_the_decision),
		cmocka_unit_test(own_staff_waives_permissive_tags_and_nothing_else),
		cmocka_unit_test(nothing_is_permitted_without_label_or_clearance),
		cmocka_unit_test(a_refusal_names_what_denies),
		cmocka_unit_test(a_long_explanation_is_cut_and_stays_text),
		cmocka_unit_test(every_value_of_a_large_tag_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
