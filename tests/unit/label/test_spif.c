#include "engine.h"

#define ROOT "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
#define ID "<securityPolicyId name='P' id='1.1'/>"
#define CLASSES \
	"<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications>"
#define SETS(tags) \
	"<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>" tags \
	"</securityCategoryTagSet></securityCategoryTagSets>"
#define TAG(categories) "<securityCategoryTag name='T' tagType='restrictive'>" categories "</securityCategoryTag>"

/* Compiles; *ret_findings in keep(). */
static enum err compile(const char *xml, struct finding **ret_findings)
{
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	enum err err = policy_compile(slice_text(xml), keep(), ret_findings, &compiled);
	assert_int_equal(err == ERR_OK, compiled.len > 0);
	return err;
}

static void assert_finding(const char *xml, enum err err, enum finding_level level, const char *words)
{
	struct finding *findings;
	enum err got = compile(xml, &findings);
	if (got != err)
		fail_msg("%s: %s", xml, err_text(got));
	for (const struct finding *f = findings; f; f = f->next)
		if (f->level == level && f->line && f->column && strstr(f->text, words))
			return;
	fail_msg("%s: nothing says '%s'", xml, words);
}

static void a_small_policy_compiles_without_findings(void **state)
{
	(void)state;
	struct finding *findings;
	assert_ok(compile(ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'/>")) "</SPIF>", &findings));
	assert_null(findings);
}

static void what_cannot_be_enforced_is_an_error(void **state)
{
	(void)state;
	static const struct {
		const char *xml, *words;
	} cases[] = {
		{ROOT CLASSES "</SPIF>", "no securityPolicyId"},
		{ROOT ID ID CLASSES "</SPIF>", "securityPolicyId stands twice"},
		{ROOT "<securityPolicyId name='' id='1.1'/>" CLASSES "</SPIF>", "needs the attribute name"},
		{ROOT ID "</SPIF>", "no classification"},
		{ROOT ID "<securityClassifications><securityClassification name='S' lacv='x' "
			 "hierarchy='1'/></securityClassifications></SPIF>",
		 "needs a number"},
		{ROOT ID "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1' "
			 "obsolete='maybe'/></securityClassifications></SPIF>",
		 "neither true nor false"},
		{ROOT ID "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/>"
			 "<securityClassification name='S' lacv='2' hierarchy='2'/></securityClassifications></SPIF>",
		 "classification 'S' is used twice"},
		{ROOT ID "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/>"
			 "<securityClassification name='T' lacv='01' hierarchy='2'/></securityClassifications></SPIF>",
		 "lacv 1 is used twice"},
		{ROOT ID CLASSES SETS(TAG("")) SETS(TAG("")) "</SPIF>", "tag set 'T' is used twice"},
		{ROOT ID CLASSES SETS("<securityCategoryTag name='T' tagType='enumerated'/>") "</SPIF>",
		 "means nothing"},
		{ROOT ID CLASSES SETS("<securityCategoryTag name='T' tagType='restrictive' minSelection='3' "
				      "maxSelection='2'/>") "</SPIF>",
		 "more than maxSelection"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1' requiredClass='X'/>")) "</SPIF>",
		 "requiredClass names 'X'"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1' notAfter='tomorrow'/>")) "</SPIF>",
		 "notAfter is not a moment"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'><requiredCategory "
					  "operation='some'/></tagCategory>")) "</SPIF>",
		 "needs an operation"},
		{ROOT ID CLASSES SETS(TAG(
			 "<tagCategory name='a' lacv='1'><requiredCategory operation='all'/></tagCategory>")) "</SPIF>",
		 "without a categoryGroup"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'><requiredCategory operation='all'>"
					  "<categoryGroup tagSetRef='X' "
					  "tagType='restrictive'/></requiredCategory></tagCategory>")) "</SPIF>",
		 "refers to 'X'"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'><requiredCategory operation='all'>"
					  "<categoryGroup tagSetRef='T' tagType='permissive' "
					  "lacv='1'/></requiredCategory></tagCategory>")) "</SPIF>",
		 "refers to 'T', lacv 1"},
		{ROOT ID CLASSES "<extensions><r:markingRules xmlns:r='urn:openbices:spif:marking:1'><r:default "
				 "tagSetRef='X' lacv='1'/></r:markingRules>"
				 "</extensions></SPIF>",
		 "a marking rule refers to"},
		{ROOT ID "<markingData phrase='a'/>" CLASSES
			 "<securityCategoryTagSets/>" SETS(
				 "<securityCategoryTag name='T' tagType='restrictive'>"
				 "<tagCategory name='a' lacv='1'><markingData "
				 "phrase='x'/></tagCategory></securityCategoryTag>") "<markingData phrase='b'/></SPIF>",
		 "must stand together"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_finding(cases[i].xml, ERR_INVALID, FINDING_ERROR, cases[i].words);
}

static void what_is_odd_but_usable_is_a_warning(void **state)
{
	(void)state;
	static const struct {
		const char *xml, *words;
	} cases[] = {
		{"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='9' creationDate='20240101000000Z'>" ID
			 CLASSES "</SPIF>",
		 "schemaVersion"},
		{"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1'>" ID CLASSES "</SPIF>", "creationDate"},
		{ROOT ID CLASSES "<novelty/></SPIF>", "novelty is not known"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory xmlns='' name='a' lacv='1'/>")) "</SPIF>", "in no namespace"},
		{ROOT ID CLASSES SETS(TAG(
			 "<tagCategory name='a' lacv='1'><excludedClass>X</excludedClass></tagCategory>")) "</SPIF>",
		 "excludedClass names 'X'"},
		{ROOT ID CLASSES SETS(
			 TAG("<tagCategory name='a' lacv='1'/><tagCategory name='a' lacv='1'/>")) "</SPIF>",
		 "alternative marking"},
		{ROOT ID CLASSES SETS(
			 TAG("<tagCategory name='a' lacv='1'/><tagCategory name='a' lacv='2'/>")) "</SPIF>",
		 "the lacvs 1 and 2; either grants"},
		{ROOT ID CLASSES SETS(
			 TAG("<tagCategory name='a' lacv='1'/><tagCategory name='b' lacv='1'/>")) "</SPIF>",
		 "lacv 1 is both 'a' and 'b'"},
		{ROOT ID CLASSES SETS("") "</SPIF>", "without a tag"},
		{ROOT ID CLASSES "<markingData phrase='x'><code>moonPhase</code></markingData></SPIF>",
		 "unknown marking code"},
		{ROOT ID "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1' "
			 "color='mud'><equivalentClassification "
			 "policyRef='Q' lacv='1'/></securityClassification></securityClassifications></SPIF>",
		 "unknown color 'mud'"},
		{ROOT ID "<securityClassifications><securityClassification name='S' lacv='1' "
			 "hierarchy='1'><equivalentClassification "
			 "policyRef='Q' lacv='1'/></securityClassification></securityClassifications></SPIF>",
		 "'Q' is not among the equivalent policies"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_finding(cases[i].xml, ERR_OK, FINDING_WARNING, cases[i].words);
}

static void what_is_no_spif_is_malformed(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "<SPIF/>", "<x xmlns='http://www.xmlspif.org/spif'/>",
					    "<!DOCTYPE SPIF>" ROOT ID CLASSES "</SPIF>", ROOT ID CLASSES};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_finding(texts[i], ERR_MALFORMED, FINDING_ERROR, "");
}

static void findings_come_in_order_of_line(void **state)
{
	(void)state;
	struct finding *findings;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	assert_ok(policy_compile(file_of("tests/data/spif/nato-v88.xml"), keep(), &findings, &compiled));
	size_t count = 0;
	for (const struct finding *f = findings; f; f = f->next, count++)
		assert_true(!f->next || f->line <= f->next->line);
	assert_true(count > 5);
}

static void policies_as_found_in_the_wild_load(void **state)
{
	(void)state;
	static const char *const files[] = {"tests/data/spif/acme.xml", "tests/data/spif/nato-v88.xml",
					    "tests/data/spif/public-v1.xml", "policy/nato.xml", "policy/public.xml"};
	static const char *const names[] = {"ACME", "NATO", "PUBLIC", "NATO", "PUBLIC"};
	for (size_t i = 0; i < 5; i++)
		assert_slice(policy_name(policy_of(file_of(files[i]))), names[i]);
	assert_slice(policy_version(policy_of(file_of("tests/data/spif/nato-v88.xml"))), "88");
}

static void our_own_policies_have_no_findings(void **state)
{
	(void)state;
	static const char *const files[] = {"policy/nato.xml", "policy/public.xml"};
	for (size_t i = 0; i < 2; i++) {
		struct finding *findings;
		AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
		assert_ok(policy_compile(file_of(files[i]), keep(), &findings, &compiled));
		assert_null(findings);
	}
}

static void the_size_limit_is_exact(void **state)
{
	(void)state;
	for (int more = 0; more <= 1; more++) {
		AUTO_BUF xml = buf_make(LIMIT_POLICY_XML + 1), compiled = buf_make(LIMIT_POLICY_XML);
		buf_put_text(&xml, ROOT ID CLASSES "</SPIF>");
		size_t len = LIMIT_POLICY_XML + (size_t)more;
		uint8_t *spaces = buf_grow(&xml, len - xml.len);
		memset(spaces, ' ', len - (size_t)(spaces - xml.data));
		AUTO_ARENA arena = {0};
		struct finding *findings;
		assert_int_equal(policy_compile(buf_slice(&xml), &arena, &findings, &compiled),
				 more ? ERR_TOO_LARGE : ERR_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_policy_compiles_without_findings),
		cmocka_unit_test(what_cannot_be_enforced_is_an_error),
		cmocka_unit_test(what_is_odd_but_usable_is_a_warning),
		cmocka_unit_test(what_is_no_spif_is_malformed),
		cmocka_unit_test(findings_come_in_order_of_line),
		cmocka_unit_test(policies_as_found_in_the_wild_load),
		cmocka_unit_test(our_own_policies_have_no_findings),
		cmocka_unit_test(the_size_limit_is_exact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
