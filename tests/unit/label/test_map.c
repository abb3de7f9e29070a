#include "engine.h"

#define START(name, oid) \
	"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' " \
	"creationDate='20240101000000Z'><securityPolicyId name='" name "' id='" oid "'/>"

static const char home[] = START(
	"HOME",
	"1.1") "<securityClassifications>"
	       "<securityClassification name='LOW' lacv='1' hierarchy='1'><equivalentClassification policyRef='AWAY' "
	       "lacv='10' applied='both'>"
	       "<requiredCategory operation='all'><categoryGroup tagSetRef='2.3' tagType='permissive' "
	       "lacv='1'/></requiredCategory></equivalentClassification>"
	       "</securityClassification>"
	       "<securityClassification name='MID' lacv='2' hierarchy='2'><equivalentClassification policyRef='AWAY' "
	       "lacv='20' applied='decrypt'/></securityClassification>"
	       "<securityClassification name='HIGH' lacv='3' hierarchy='3'><equivalentClassification policyRef='AWAY' "
	       "lacv='30' applied='encrypt'/></securityClassification>"
	       "</securityClassifications><securityCategoryTagSets>"
	       "<securityCategoryTagSet name='To' id='1.2'><securityCategoryTag name='To' tagType='permissive'>"
	       "<tagCategory name='EU' lacv='1'><equivalentSecCategoryTag policyRef='AWAY' tagSetId='2.2' "
	       "tagType='permissive' lacv='1' applied='both'/>"
	       "<equivalentSecCategoryTag policyRef='AWAY' tagSetId='2.2' tagType='permissive' lacv='2' "
	       "applied='both'/></tagCategory>"
	       "<tagCategory name='HERE' lacv='2'><equivalentSecCategoryTag policyRef='AWAY' "
	       "action='discard'/></tagCategory>"
	       "<tagCategory name='MOON' lacv='3'/>"
	       "</securityCategoryTag></securityCategoryTagSet>"
	       "<securityCategoryTagSet name='Notes' id='1.3'><securityCategoryTag name='Notes' tagType='tagType7'>"
	       "<tagCategory name='STAFF' lacv='1'/><tagCategory name='LOCAL' lacv='2'/></securityCategoryTag>"
	       "<equivalentSecurityCategoryTagSet policyRef='AWAY' tagSetId='2.4' "
	       "applied='both'/></securityCategoryTagSet>"
	       "</securityCategoryTagSets><equivalentPolicies><equivalentPolicy name='AWAY' "
	       "id='2.1'/></equivalentPolicies></SPIF>";

static const char away[] = START(
	"AWAY",
	"2.1") "<securityClassifications><securityClassification name='L' lacv='10' "
	       "hierarchy='1'/><securityClassification name='M' lacv='20' hierarchy='2'/>"
	       "<securityClassification name='H' lacv='30' "
	       "hierarchy='3'/></securityClassifications><securityCategoryTagSets>"
	       "<securityCategoryTagSet name='For' id='2.2'><securityCategoryTag name='For' "
	       "tagType='permissive'><tagCategory name='EU' lacv='1'/>"
	       "<tagCategory name='UK' "
	       "lacv='2'><excludedClass>H</excludedClass></tagCategory></securityCategoryTag></securityCategoryTagSet>"
	       "<securityCategoryTagSet name='From' id='2.3'><securityCategoryTag name='From' "
	       "tagType='permissive'><tagCategory name='HOME' lacv='1'/>"
	       "</securityCategoryTag></securityCategoryTagSet>"
	       "<securityCategoryTagSet name='Remarks' id='2.4'><securityCategoryTag name='Remarks' "
	       "tagType='tagType7'><tagCategory name='STAFF' lacv='7'/>"
	       "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets></SPIF>";

static const struct policy_set *both(void)
{
	static struct policy_set *set;
	if (set)
		return set;
	set = policy_set_new();
	assert_ok(policy_set_add(set, policy_of(slice_text(home))));
	assert_ok(policy_set_add(set, policy_of(slice_text(away))));
	return set;
}

static void assert_maps(const char *from, const char *to)
{
	const struct label *label = compact(both(), from), *mapped = NULL;
	struct diag diag = {0};
	enum err err = label_map(both(), label, SLICE("AWAY"), NOW, keep(), &mapped, &diag);
	if (err != ERR_OK)
		fail_msg("%s: %s", from, diag.text);
	assert_string_equal(printed(mapped), to);
	assert_string_equal(printed(label), from);
}

static void assert_does_not_map(const char *from, enum err err, const char *words)
{
	const struct label *mapped = NULL;
	struct diag diag = {0};
	assert_int_equal(label_map(both(), compact(both(), from), SLICE("AWAY"), NOW, keep(), &mapped, &diag), err);
	if (!strstr(diag.text, words))
		fail_msg("%s: '%s'", from, diag.text);
	assert_null(mapped);
}

static void equivalents_are_applied(void **state)
{
	(void)state;
	assert_maps("HOME|LOW", "AWAY|L|P:From=HOME");
	assert_maps("HOME|HIGH", "AWAY|H");
	assert_maps("HOME|LOW|P:To=EU", "AWAY|L|P:For=EU,UK|P:From=HOME");
	assert_maps("HOME|LOW|P:To=EU,HERE", "AWAY|L|P:For=EU,UK|P:From=HOME");
	assert_maps("HOME|HIGH|I:Notes=STAFF", "AWAY|H|I:Remarks=STAFF");
}

static void what_has_no_equivalent_stops_the_mapping(void **state)
{
	(void)state;
	assert_does_not_map("HOME|MID", ERR_NOT_FOUND, "MID has no equivalent");
	assert_does_not_map("HOME|LOW|P:To=MOON", ERR_NOT_FOUND, "'MOON' has no equivalent");
	assert_does_not_map("HOME|HIGH|I:Notes=LOCAL", ERR_NOT_FOUND, "'LOCAL' has no equivalent");
	const struct label *mapped;
	assert_int_equal(label_map(both(), compact(both(), "HOME|LOW"), SLICE("MARS"), NOW, keep(), &mapped, NULL),
			 ERR_UNKNOWN);
}

static void the_result_must_be_valid_there(void **state)
{
	(void)state;
	assert_does_not_map("HOME|HIGH|P:To=EU", ERR_INVALID, "UK may not stand with classification H");
}

static void a_limit_never_vanishes_on_the_way(void **state)
{
	(void)state;
	assert_does_not_map("HOME|HIGH|P:To=HERE", ERR_NOT_FOUND, "stands for the limits of To");
	assert_does_not_map("HOME|LOW|P:To=HERE", ERR_NOT_FOUND, "stands for the limits of To");
	assert_does_not_map("HOME|HIGH|P:To=", ERR_NOT_FOUND, "stands for the limits of To");
}

static void the_same_policy_is_the_same_label(void **state)
{
	(void)state;
	const struct label *label = compact(both(), "AWAY|L"), *mapped;
	assert_ok(label_map(both(), label, SLICE("AWAY"), NOW, keep(), &mapped, NULL));
	assert_ptr_equal(label, mapped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equivalents_are_applied),
		cmocka_unit_test(what_has_no_equivalent_stops_the_mapping),
		cmocka_unit_test(the_result_must_be_valid_there),
		cmocka_unit_test(a_limit_never_vanishes_on_the_way),
		cmocka_unit_test(the_same_policy_is_the_same_label),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
