#include "engine.h"

#define DETAILS "originatorDN='CN=x' keyIdentifier='00' privilegeId='1.2' rbacId='1.2'"
#define START(schema)                                                                                                  \
	"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='" schema "' creationDate='20240101000000Z' " DETAILS \
	">"
#define ROOT START("2.1")
#define LEVEL(more)                                                                                                    \
	"<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1' " more                       \
	"</securityClassification></securityClassifications>"
#define ID "<securityPolicyId name='P' id='1.1'/>"
#define CLASSES                                                                                                        \
	"<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications>"
#define SETS(tags)                                                                                                     \
	"<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>" tags                                     \
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
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='4294967295'/>")) "</SPIF>", "needs a number"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a'/>")) "</SPIF>", "needs a number"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='' lacv='1'/>")) "</SPIF>", "needs the attribute name"},
		{ROOT ID CLASSES SETS("<securityCategoryTag name='T' tagType='restrictive' minSelection='x'/>") "</SPIF>",
		 "needs a number in the attribute minSelection"},
		{ROOT "<securityPolicyId name='P'/>" CLASSES "</SPIF>", "needs the attribute id"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1' notBefore='202401011200000'/>")) "</SPIF>",
		 "notBefore is not a moment"},
		{ROOT ID SETS(TAG("<tagCategory name='a' lacv='1'/>")) "</SPIF>", "no classification"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'/>"))
			 "<extensions><r:markingRules xmlns:r='urn:openbices:spif:marking:1'><r:default tagSetRef='T'/>"
			 "</r:markingRules></extensions></SPIF>",
		 "a marking rule refers to 'T', where"},
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'/>"))
			 "<extensions><r:markingRules xmlns:r='urn:openbices:spif:marking:1'><r:implied tagSetRef='T' lacv='1'>"
			 "<r:when tagSetRef='T' lacv='2'/></r:implied></r:markingRules></extensions></SPIF>",
		 "a marking rule refers to 'T', lacv 2"},
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
		{ROOT ID "<markingData phrase='a'/>" CLASSES "<securityCategoryTagSets/>" SETS(
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
		{ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'><excludedCategory tagSetRef='X' "
					  "tagType='restrictive'/></tagCategory>")) "</SPIF>",
		 "excludedCategory refers to 'X'"},
		{ROOT ID CLASSES "<markingQualifier markingCode='moonPhase'/></SPIF>", "unknown marking code 'moonPhase'"},
		{ROOT ID CLASSES "<markingQualifier><qualifier qualifierCode='infix' markingQualifier='x'/>"
				 "</markingQualifier></SPIF>",
		 "unknown qualifierCode 'infix'"},
		{ROOT ID "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1' "
			 "color='#12345G'/></securityClassifications></SPIF>",
		 "unknown color '#12345G'"},
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

static void a_rule_in_the_wrong_place_is_an_error(void **state)
{
	(void)state;
	static const char *const xml[] = {
		ROOT ID CLASSES SETS(
			"<securityCategoryTag name='T' "
			"tagType='restrictive'><excludedClass>S</excludedClass></securityCategoryTag>") "</SPIF>",
		ROOT ID CLASSES "<requiredCategory operation='all'/></SPIF>",
		ROOT ID CLASSES "<tagCategory name='a' lacv='1'/></SPIF>",
	};
	for (size_t i = 0; i < 3; i++)
		assert_finding(xml[i], ERR_INVALID, FINDING_ERROR, "may not stand here");
}

static void names_have_256_characters_at_most(void **state)
{
	(void)state;
	for (int more = -1; more <= 1; more++) {
		AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
		buf_put_text(&xml, ROOT "<securityPolicyId name='");
		for (int i = 0; i < 256 + more; i++)
			buf_put_text(&xml, "비");
		buf_put_text(&xml, "' id='1.1'/>" CLASSES "</SPIF>");
		const char *text = arena_text(keep(), buf_slice(&xml));
		struct finding *findings;
		assert_int_equal(compile(text, &findings), more > 0 ? ERR_INVALID : ERR_OK);
		if (more > 0)
			assert_finding(text, ERR_INVALID, FINDING_ERROR, "1 to 256 characters");
		else
			assert_null(findings);
	}
}

static void a_policy_has_64_marking_rules_at_most(void **state)
{
	(void)state;
	for (int more = -1; more <= 1; more++) {
		AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
		buf_put_text(&xml, ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'/><tagCategory name='b' lacv='2'/>"))
			     "<extensions><r:markingRules xmlns:r='urn:openbices:spif:marking:1'>");
		for (int i = 0; i < 64 + more; i++)
			buf_printf(&xml, "<r:implied tagSetRef='T' tagType='restrictive' lacv='1' unless='not %d'>"
					 "<r:when tagSetRef='T' tagType='restrictive' lacv='2'/></r:implied>", i);
		buf_put_text(&xml, "</r:markingRules></extensions></SPIF>");
		const char *text = arena_text(keep(), buf_slice(&xml));
		if (more > 0) {
			assert_finding(text, ERR_INVALID, FINDING_ERROR, "more than 64 marking rules");
			continue;
		}
		/* the last rule counts like the first */
		const struct policy_set *set = policies_of_text(text);
		assert_string_equal(printed(marking(set, "P S b")), "P|S|R:T=a,b");
		const char *back = arena_printf(keep(), "P S b not %d", 63 + more);
		struct diag diag = {0};
		const struct label *label;
		assert_int_equal(label_parse_marking(set, slice_text(back), keep(), &label, &diag), ERR_AMBIGUOUS);
	}
}

#define PEERS(peers) "<equivalentPolicies>" peers "</equivalentPolicies>"
#define PEER(name, id) "<equivalentPolicy name='" name "' id='" id "'/>"
#define EQUIVALENT(policy, lacv, applied)                                                                              \
	"<equivalentClassification policyRef='" policy "' lacv='" lacv "' applied='" applied "'/>"

static void what_the_whole_does_not_bear_is_reported(void **state)
{
	(void)state;
	static const struct {
		enum finding_level level;
		const char *xml, *words;
	} cases[] = {
		{FINDING_WARNING,
		 "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.0' creationDate='20240101000000Z' "
		 "rbacId='1.2'>" ID CLASSES "</SPIF>",
		 "the schema requires originatorDN, keyIdentifier, privilegeId"},
		{FINDING_WARNING, ROOT "<securityPolicyId name='P' id='1.x'/>" CLASSES "</SPIF>",
		 "'1.x' is not an object identifier"},
		{FINDING_WARNING, ROOT "<securityPolicyId name='P' id='1..2'/>" CLASSES "</SPIF>",
		 "not an object identifier"},
		{FINDING_WARNING, ROOT "<securityPolicyId name='P' id='1.2.'/>" CLASSES "</SPIF>",
		 "not an object identifier"},
		{FINDING_WARNING, ROOT "<securityPolicyId name='P' id='1.02'/>" CLASSES "</SPIF>",
		 "not an object identifier"},
		{FINDING_WARNING, ROOT "<securityPolicyId name='P' id='7'/>" CLASSES "</SPIF>",
		 "not an object identifier"},
		{FINDING_WARNING, ROOT "<securityPolicyId name='P' id='3.1'/>" CLASSES "</SPIF>",
		 "not an object identifier"},
		{FINDING_WARNING, ROOT "<securityPolicyId name='P' id='1'/>" CLASSES "</SPIF>", "not an object identifier"},
		{FINDING_WARNING, ROOT "<securityPolicyId name='P' id='1.-2'/>" CLASSES "</SPIF>",
		 "not an object identifier"},
		{FINDING_WARNING,
		 ROOT ID "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/>"
			 "<securityClassification name='T' lacv='2' hierarchy='1'/></securityClassifications></SPIF>",
		 "have one hierarchy"},
		{FINDING_WARNING,
		 ROOT ID
		 "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1' color='red'/>"
		 "<securityClassification name='T' lacv='2' hierarchy='2' "
		 "color='#FF0000'/></securityClassifications></SPIF>",
		 "color '#FF0000' is used twice"},
		{FINDING_WARNING,
		 ROOT ID "<securityClassifications><securityClassification name='S' lacv='257' "
			 "hierarchy='1'/></securityClassifications></SPIF>",
		 "more than a binary label holds"},
		{FINDING_ERROR,
		 ROOT ID CLASSES "<securityCategoryTagSets><securityCategoryTagSet name='A' id='1.2'>" TAG(
			 "") "</securityCategoryTagSet>"
			     "<securityCategoryTagSet name='B' id='1.2'>" TAG(
				     "") "</securityCategoryTagSet></securityCategoryTagSets></SPIF>",
		 "tag set id '1.2' is used twice"},
		{FINDING_WARNING,
		 ROOT ID CLASSES SETS(TAG(
			 "<tagCategory name='a' lacv='1'><excludedClass>S</excludedClass></tagCategory>")) "</SPIF>",
		 "'a' may stand with no classification"},
		{FINDING_WARNING,
		 ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1' notBefore='20250101000000Z' "
					  "notAfter='20240101000000Z'/>")) "</SPIF>",
		 "never valid"},
		{FINDING_WARNING,
		 ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1' userInput='date'/>")) "</SPIF>", "userInput"},
		{FINDING_WARNING,
		 ROOT ID CLASSES SETS("<securityCategoryTag name='T' tagType='restrictive' "
				      "minSelection='2'><tagCategory name='a' lacv='1'/>"
				      "</securityCategoryTag>") "</SPIF>",
		 "minSelection is 2 of 1 values"},
		{FINDING_ERROR,
		 ROOT "<securityPolicyId name='NATO' id='1.1'/>" CLASSES SETS(
			 TAG("<tagCategory name='Eu' lacv='1'/><tagCategory name='EU' lacv='2'/>")) "</SPIF>",
		 "differ in case only"},
		{FINDING_WARNING,
		 ROOT ID CLASSES "<privacyMarks><privacyMark name='M'/><privacyMark name='M'/></privacyMarks></SPIF>",
		 "privacy mark 'M' is used twice"},
		{FINDING_ERROR, ROOT ID CLASSES PEERS(PEER("Q", "1.5") PEER("R", "1.5")) "</SPIF>",
		 "equivalent policy id '1.5' is used twice"},
		{FINDING_WARNING, ROOT ID CLASSES PEERS(PEER("P", "1.1")) "</SPIF>", "equivalent to itself"},
		{FINDING_WARNING, ROOT ID CLASSES PEERS(PEER("Q", "1.1")) "</SPIF>", "equivalent to itself"},
		{FINDING_ERROR,
		 ROOT ID LEVEL(">" EQUIVALENT("Q", "1", "sometimes")) PEERS(PEER("Q", "")) "</SPIF>",
		 "applied is encrypt, decrypt or both"},
		{FINDING_ERROR,
		 ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'><equivalentSecCategoryTag policyRef='Q' "
					  "tagSetId='1.2' lacv='1'/></tagCategory>")) PEERS(PEER("Q", "1.5")) "</SPIF>",
		 "equivalentSecCategoryTag needs a tagType"},
		{FINDING_ERROR,
		 ROOT ID CLASSES PEERS("<equivalentPolicy name='Q' id='1.5'><requiredCategory operation='all'><categoryGroup "
				       "tagSetId='1.2' lacv='1'/></requiredCategory></equivalentPolicy>") "</SPIF>",
		 "categoryGroup needs a tagType"},
		{FINDING_WARNING,
		 ROOT ID LEVEL(">" EQUIVALENT("Q", "1", "both") EQUIVALENT("Q", "2", "encrypt"))
			 PEERS(PEER("Q", "1.5")) "</SPIF>",
		 "labels sent cannot be mapped"},
		{FINDING_WARNING,
		 ROOT ID "<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'>" EQUIVALENT(
			 "Q", "1", "both") "</securityClassification>"
					   "<securityClassification name='T' lacv='2' hierarchy='2'>" EQUIVALENT(
						   "Q", "1", "decrypt") "</securityClassification></"
									"securityClassifications>" PEERS(
										PEER("Q", "1.5")) "</SPIF>",
		 "labels read cannot be mapped"},
		{FINDING_WARNING,
		 ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'><equivalentSecCategoryTag policyRef='Q' "
					  "action='discard'/></tagCategory>")) PEERS(PEER("Q", "1.5")) "</SPIF>",
		 "to discard 'a' would admit more people"},
		{FINDING_ERROR,
		 ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'><equivalentSecCategoryTag policyRef='Q' "
					  "tagSetId='1.2' tagType='restrictive' lacv='1' action='keep'/>"
					  "</tagCategory>")) PEERS(PEER("Q", "1.5")) "</SPIF>",
		 "action can only be discard"},
		{FINDING_ERROR,
		 ROOT ID CLASSES PEERS("<equivalentPolicy name='Q' id='1.5'><requiredCategory><categoryGroup "
				       "tagSetRef='1.2' tagType='restrictive' lacv='1'/>"
				       "</requiredCategory></equivalentPolicy>") "</SPIF>",
		 "needs an operation"},
		{FINDING_WARNING, ROOT ID LEVEL("bgcolor='red'>") "</SPIF>", "bgcolor belongs to schema 3.0"},
		{FINDING_WARNING, ROOT ID LEVEL("><markingData inputPhrase='x'/>") "</SPIF>",
		 "inputPhrase belongs to schema 3.0"},
		{FINDING_WARNING, ROOT ID LEVEL("><markingData shortPhrase='x'/>") "</SPIF>",
		 "shortPhrase belongs to schema 3.0"},
		{FINDING_WARNING,
		 START("3.0") ID LEVEL("><markingData phrase='x'><code>pageTop</code></markingData>") "</SPIF>",
		 "element code belongs to schema 2"},
		{FINDING_WARNING,
		 ROOT ID CLASSES "<markingQualifier><qualifier qualifierCode='finalSeparator' markingQualifier=' and "
				 "'/></markingQualifier></SPIF>",
		 "finalSeparator belongs to schema 3.0"},
		{FINDING_WARNING, START("3.0") ID LEVEL("><markingData phrase='x' simplePhrase='y'/>") "</SPIF>",
		 "simplePhrase counts"},
		{FINDING_WARNING,
		 ROOT ID CLASSES
		 "<extensions><r:markingRules "
		 "xmlns:r='urn:openbices:spif:marking:1'><r:novelty/></r:markingRules></extensions></SPIF>",
		 "novelty is not known"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_finding(cases[i].xml, cases[i].level == FINDING_ERROR ? ERR_INVALID : ERR_OK, cases[i].level,
			       cases[i].words);
}

static void schema_3_needs_no_details(void **state)
{
	(void)state;
	struct finding *findings;
	assert_ok(compile(
		"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='3.0' creationDate='20240101000000Z'>" ID
			CLASSES "</SPIF>",
		&findings));
	assert_null(findings);
}

static void schema_3_marks_with_its_own_phrases(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_file("tests/data/spif/own-three.xml");
	const struct label *label = compact(set, "DEPOT|SEALED|R:Goods=FRAGILE|P:Dock=EAST,NORTH,WEST");
	assert_string_equal(marked(label, "pageTopBottom", ""), "DEPOT SEALED FRAGILE FOR NORTH, EAST AND WEST");
	assert_string_equal(marked(label, "pageTopBottom", "fr"), "DEPOT SCELLÉ FRAGILE FOR NORTH, EAST AND WEST");
	assert_string_equal(marked(label, "portionMarking", ""), "D-S FRG FOR N, E AND W");
	assert_slice(label_color(label), "#C8102E");
	assert_slice(label_color(compact(set, "DEPOT|OPEN")), "#008000");
}

static void schema_2_files_tell_what_is_odd_about_them(void **state)
{
	(void)state;
	static const struct {
		uint32_t line;
		enum finding_level level;
		const char *words;
	} odd[] = {
		{6, FINDING_WARNING, "the schema requires privilegeId, rbacId"},
		{6, FINDING_WARNING, "creationDate"},
		{10, FINDING_WARNING, "bgcolor"},
		{12, FINDING_WARNING, "hierarchy"},
		{18, FINDING_ERROR, "categoryGroup refers to 'Nowhere'"},
		{20, FINDING_WARNING, "the lacvs 1 and 2"},
		{21, FINDING_ERROR, "requiredClass names 'HIGHEST'"},
		{27, FINDING_WARNING, "novelty"},
	};
	struct finding *findings;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	assert_int_equal(policy_compile(file_of("tests/data/spif/own-odd.xml"), keep(), &findings, &compiled),
			 ERR_INVALID);
	const struct finding *f = findings;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++, f = f->next) {
		if (!f || f->line != odd[i].line || f->level != odd[i].level || !strstr(f->text, odd[i].words))
			fail_msg("line %u, %s: got line %u, %s", odd[i].line, odd[i].words, f ? f->line : 0,
				 f ? f->text : "nothing");
	}
	assert_null(f);
}

static void what_is_no_spif_is_malformed(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "<SPIF/>", "<x xmlns='http://www.xmlspif.org/spif'/>",
					    "<!DOCTYPE SPIF>" ROOT ID CLASSES "</SPIF>", ROOT ID CLASSES,
					    "\xff",
					    ROOT ID CLASSES "<markingData><code>page<b/>Top</code></markingData></SPIF>",
					    ROOT ID CLASSES SETS(TAG("<tagCategory name='a' lacv='1'><excludedClass><b/>"
								     "</excludedClass></tagCategory>")) "</SPIF>"};
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
	static const char *const files[] = {
		"policy/nato.xml", "policy/public.xml",   "policy/usa.xml",       "policy/kor.xml",
		"policy/ltu.xml",  "policy/exercise.xml", "policy/bilateral.xml", "tests/data/spif/own-three.xml"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
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

/* Equivalents that leave nothing open: to other policies, in other directions, or the same one twice. */
static void equivalents_that_are_clear_have_no_findings(void **state)
{
	(void)state;
	static const char *const levels[] = {
		LEVEL(">" EQUIVALENT("Q", "1", "both") EQUIVALENT("R", "2", "both")),
		LEVEL(">" EQUIVALENT("Q", "1", "encrypt") EQUIVALENT("Q", "2", "decrypt")),
		LEVEL(">" EQUIVALENT("Q", "1", "both") EQUIVALENT("Q", "1", "encrypt")),
		"<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'>" EQUIVALENT("Q", "1", "encrypt")
		"</securityClassification><securityClassification name='T' lacv='2' hierarchy='2'>" EQUIVALENT("Q", "1", "decrypt")
		"</securityClassification><securityClassification name='U' lacv='3' hierarchy='3' obsolete='0'>"
		EQUIVALENT("1.6", "3", "") "</securityClassification></securityClassifications>",
	};
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		struct finding *findings;
		assert_ok(compile(arena_printf(keep(), ROOT ID "%s" PEERS(PEER("Q", "1.5") PEER("R", "1.6")) "</SPIF>", levels[i]),
				  &findings));
		if (findings)
			fail_msg("case %zu: %s", i, findings->text);
	}
}

/* A reference may leave the type open, and several exclusions of one value add up. */
static void references_without_a_type_mean_all_types_of_the_set(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(ROOT ID CLASSES SETS(
		"<securityCategoryTag name='r' tagType='restrictive'><tagCategory name='a' lacv='1'/>"
		"<tagCategory name='d' lacv='4'/></securityCategoryTag>"
		"<securityCategoryTag name='p' tagType='permissive'><tagCategory name='b' lacv='1'/></securityCategoryTag>"
		"<securityCategoryTag name='i' tagType='tagType7'><tagCategory name='c' lacv='3'>"
		"<requiredCategory operation='all'><categoryGroup tagSetId='1.2' lacv='1'/></requiredCategory>"
		"<excludedCategory tagSetId='1.2' lacv='4'/><excludedCategory tagSetRef='T' tagType='permissive'/>"
		"</tagCategory></securityCategoryTag>") "</SPIF>");
	assert_string_equal(reasons(compact(set, "P|S|R:T=a|I:T=c"), LABEL_NEW, NOW), "");
	assert_string_equal(reasons(compact(set, "P|S|P:T=b|I:T=c"), LABEL_NEW, NOW), "c may not stand together with b\n");
	assert_string_equal(reasons(compact(set, "P|S|R:T=a,d|I:T=c"), LABEL_NEW, NOW), "c may not stand together with d\n");
	assert_string_not_equal(reasons(compact(set, "P|S|I:T=c"), LABEL_NEW, NOW), "");
}

/* ---- how much a policy may hold ---- */

/* Each # of the text is the number. */
static void repeat(struct buf *xml, const char *text, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		for (const char *c = text; *c; c++)
			if (*c == '#')
				buf_printf(xml, "%u", i);
			else
				buf_put_octet(xml, (uint8_t)*c);
}

static enum err compile_buf(struct buf *xml)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF compiled = buf_make(4 * LIMIT_POLICY_XML);
	struct finding *findings;
	assert_ok(xml->err);
	return policy_compile(buf_slice(xml), &arena, &findings, &compiled);
}

static void a_policy_has_32_classifications_at_most(void **state)
{
	(void)state;
	for (uint32_t count = 31; count <= 33; count++) {
		AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
		buf_put_text(&xml, ROOT ID "<securityClassifications>");
		repeat(&xml, "<securityClassification name='L#' lacv='#' hierarchy='#'/>", count);
		buf_put_text(&xml, "</securityClassifications>" SETS(TAG("<tagCategory name='a' lacv='1' requiredClass='L30'>"
									 "</tagCategory>")));
		if (count == 33) /* and what refers to the last one finds none */
			buf_put_text(&xml, SETS(TAG("<tagCategory name='b' lacv='1' requiredClass='L32'/>")));
		buf_put_text(&xml, "</SPIF>");
		const char *text = arena_text(keep(), buf_slice(&xml));
		struct finding *findings;
		if (count <= 32) {
			assert_ok(compile(text, &findings));
			continue;
		}
		assert_finding(text, ERR_INVALID, FINDING_ERROR, "more than 32 classifications");
		assert_finding(text, ERR_INVALID, FINDING_ERROR, "requiredClass names 'L32'");
	}
}

static void the_tables_of_a_policy_have_limits(void **state)
{
	(void)state;
	static const struct {
		const char *before, *each, *after;
		uint32_t most;
		bool fits; /* as many as the table holds are a policy */
	} rows[] = {
		{"<securityClassifications>", "<securityClassification name='L#' lacv='#' hierarchy='#'/>",
		 "</securityClassifications>", 256, false},
		{CLASSES "<securityCategoryTagSets>", "<securityCategoryTagSet name='T#' id='1.#'/>",
		 "</securityCategoryTagSets>", 4096, true},
		{CLASSES "<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>",
		 "<securityCategoryTag name='T#' tagType='restrictive'/>",
		 "</securityCategoryTagSet></securityCategoryTagSets>", 4096, true},
		{CLASSES "<privacyMarks>", "<privacyMark name='M#'/>", "</privacyMarks>", 4096, true},
		{CLASSES "<equivalentPolicies>", "<equivalentPolicy name='Q#' id='2.#'/>", "</equivalentPolicies>", 256, true},
		{CLASSES "<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'><securityCategoryTag name='t' "
			 "tagType='restrictive'>",
		 "<tagCategory name='#' lacv='#'/>", "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>",
		 16384, true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (uint32_t count = rows[i].most - 1; count <= rows[i].most + 1; count++) {
			AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
			buf_put_text(&xml, ROOT ID);
			buf_put_text(&xml, rows[i].before);
			repeat(&xml, rows[i].each, count);
			buf_put_text(&xml, rows[i].after);
			buf_put_text(&xml, "</SPIF>");
			enum err fits = rows[i].fits ? ERR_OK : ERR_INVALID;
			assert_int_equal(compile_buf(&xml), count > rows[i].most ? ERR_TOO_LARGE : fits);
		}
}

static void a_policy_has_65536_references_at_most(void **state)
{
	(void)state;
	for (uint32_t count = 65535; count <= 65537; count++) {
		AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
		buf_put_text(&xml, ROOT ID CLASSES "<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>"
						   "<securityCategoryTag name='t' tagType='restrictive'>"
						   "<tagCategory name='a' lacv='1'>");
		repeat(&xml, "<excludedCategory tagSetRef='T' lacv='2'/>", count);
		buf_put_text(&xml, "</tagCategory><tagCategory name='b' lacv='2'/></securityCategoryTag></securityCategoryTagSet>"
				   "</securityCategoryTagSets></SPIF>");
		assert_int_equal(compile_buf(&xml), count > 65536 ? ERR_INVALID : ERR_OK);
	}
}

/* A policy that is wrong all over is told the first thousand things, and still refused for what came after them. */
static void a_thousand_findings_are_enough(void **state)
{
	(void)state;
	AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
	buf_put_text(&xml, ROOT "<securityPolicyId name='NATO' id='1.1'/>" CLASSES
				"<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>"
				"<securityCategoryTag name='t' tagType='restrictive'>");
	for (uint32_t i = 0; i < 64; i++)
		buf_printf(&xml, "<tagCategory name='%c%c%c%c%c%c' lacv='1'/>", i & 1 ? 'a' : 'A', i & 2 ? 'b' : 'B',
			   i & 4 ? 'c' : 'C', i & 8 ? 'd' : 'D', i & 16 ? 'e' : 'E', i & 32 ? 'f' : 'F');
	buf_put_text(&xml, "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets></SPIF>");
	struct finding *findings;
	assert_int_equal(compile(arena_text(keep(), buf_slice(&xml)), &findings), ERR_INVALID);
	size_t count = 0;
	for (; findings; findings = findings->next)
		count++;
	assert_int_equal(count, 1000);
}

/* The same where case is looked at: only the numbers are used twice. */
static void a_thousand_findings_about_names_are_enough(void **state)
{
	(void)state;
	AUTO_BUF xml = buf_make(LIMIT_POLICY_XML);
	buf_put_text(&xml, ROOT "<securityPolicyId name='NATO' id='1.1'/>" CLASSES
				"<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>"
				"<securityCategoryTag name='t' tagType='restrictive'>");
	for (uint32_t i = 0; i < 64; i++)
		buf_printf(&xml, "<tagCategory name='%c%c%c%c%c%c' lacv='%u'/>", i & 1 ? 'a' : 'A', i & 2 ? 'b' : 'B',
			   i & 4 ? 'c' : 'C', i & 8 ? 'd' : 'D', i & 16 ? 'e' : 'E', i & 32 ? 'f' : 'F', i);
	buf_put_text(&xml, "</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets></SPIF>");
	struct finding *findings;
	assert_int_equal(compile(arena_text(keep(), buf_slice(&xml)), &findings), ERR_INVALID);
	assert_non_null(strstr(findings->text, "differ in case only"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_policy_compiles_without_findings),
		cmocka_unit_test(what_cannot_be_enforced_is_an_error),
		cmocka_unit_test(what_is_odd_but_usable_is_a_warning),
		cmocka_unit_test(a_rule_in_the_wrong_place_is_an_error),
		cmocka_unit_test(names_have_256_characters_at_most),
		cmocka_unit_test(what_the_whole_does_not_bear_is_reported),
		cmocka_unit_test(schema_3_needs_no_details),
		cmocka_unit_test(schema_3_marks_with_its_own_phrases),
		cmocka_unit_test(schema_2_files_tell_what_is_odd_about_them),
		cmocka_unit_test(what_is_no_spif_is_malformed),
		cmocka_unit_test(findings_come_in_order_of_line),
		cmocka_unit_test(policies_as_found_in_the_wild_load),
		cmocka_unit_test(our_own_policies_have_no_findings),
		cmocka_unit_test(a_policy_has_64_marking_rules_at_most),
		cmocka_unit_test(the_size_limit_is_exact),
		cmocka_unit_test(equivalents_that_are_clear_have_no_findings),
		cmocka_unit_test(references_without_a_type_mean_all_types_of_the_set),
		cmocka_unit_test(a_policy_has_32_classifications_at_most),
		cmocka_unit_test(the_tables_of_a_policy_have_limits),
		cmocka_unit_test(a_policy_has_65536_references_at_most),
		cmocka_unit_test(a_thousand_findings_are_enough),
		cmocka_unit_test(a_thousand_findings_about_names_are_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
