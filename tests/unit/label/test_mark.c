#include "engine.h"

static void assert_marked(const char *label, const char *location, const char *lang, const char *text)
{
	assert_string_equal(marked(compact(own_policies(), label), location, lang), text);
}

static void the_printed_nato_forms_come_out(void **state)
{
	(void)state;
	static const struct {
		const char *label, *page, *portion;
	} rows[] = {
		{"NATO|UNCLASSIFIED|P:Context=NATO", "NATO UNCLASSIFIED", "NU"},
		{"NATO|SECRET|P:Context=NATO", "NATO SECRET", "NS"},
		{"NATO|TOP SECRET|P:Context=NATO", "COSMIC TOP SECRET", "CTS"},
		{"NATO|TOP SECRET|R:Additional Sensitivity=ATOMAL|P:Context=NATO", "COSMIC TOP SECRET ATOMAL",
		 "CTS ATOMAL"},
		{"NATO|CONFIDENTIAL|P:Context=EAPC", "NATO/EAPC CONFIDENTIAL", "NC CONTEXT EAPC"},
		{"NATO|TOP SECRET|P:Context=EAPC", "COSMIC TOP SECRET CONTEXT EAPC", "CTS CONTEXT EAPC"},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO", "NATO SECRET REL TO KOR",
		 "NS REL TO KOR"},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR", "NATO SECRET REL TO KOR EXCLUDING NATO",
		 "NS REL TO KOR EXCLUDING NATO"},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU", "NATO SECRET LTU, KOR ONLY",
		 "NS LTU, KOR ONLY"},
		{"NATO|SECRET|P:Context=NATO|P:Releasable To=LTU,NATO", "NATO SECRET REL TO NATO, LTU",
		 "NS REL TO NATO, LTU"},
		{"NATO|RESTRICTED|P:Context=NATO|I:Administrative=MEDICAL,STAFF", "NATO RESTRICTED STAFF, MEDICAL",
		 "NR STAFF, MEDICAL"},
		{"PUBLIC|UNMARKED", "PUBLIC", "PUBLIC"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_marked(rows[i].label, "pageTopBottom", "", rows[i].page);
		assert_marked(rows[i].label, "pageTop", "", rows[i].page);
		assert_marked(rows[i].label, "", "en", rows[i].page);
		assert_marked(rows[i].label, "portionMarking", "", rows[i].portion);
	}
}

static void languages_fall_back_to_their_primary_part_and_to_plain_words(void **state)
{
	(void)state;
	static const char label[] = "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=JPN,KOR,NATO";
	assert_marked(label, "pageTop", "ko", "NATO Ⅱ급비밀 제공 대상: JPN, KOR");
	assert_marked(label, "pageTop", "ko-KR", "NATO Ⅱ급비밀 제공 대상: JPN, KOR");
	assert_marked(label, "pageTop", "fr-CA", "NATO SECRET COMMUNICABLE À JPN, KOR");
	assert_marked(label, "pageTop", "lt", "NATO SECRET REL TO JPN, KOR");
	assert_marked("PUBLIC|UNMARKED", "pageTop", "ko", "공개");
}

#define SPIF(body) \
	"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='3.0' " \
	"creationDate='20240101000000Z'><securityPolicyId name='P' id='1.1'/>" body "</SPIF>"

static void every_kind_of_qualifier_is_used(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(
		SPIF("<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1' "
		     "bgcolor='fuschia'/></securityClassifications>"
		     "<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'><securityCategoryTag name='T' "
		     "tagType='restrictive'>"
		     "<tagCategory name='a' lacv='1'><markingData simplePhrase='ALPHA' shortPhrase='A'/></tagCategory>"
		     "<tagCategory name='b' lacv='2'/><tagCategory name='c' lacv='3'/>"
		     "<markingQualifier><qualifier qualifierCode='prefix' markingQualifier='('/><qualifier "
		     "qualifierCode='suffix' markingQualifier=')'/>"
		     "<qualifier qualifierCode='separator' markingQualifier='; '/><qualifier "
		     "qualifierCode='finalSeparator' markingQualifier=' and '/>"
		     "</markingQualifier></securityCategoryTag></securityCategoryTagSet>"
		     "<securityCategoryTagSet name='U' id='1.3'><securityCategoryTag name='U' tagType='restrictive'>"
		     "<tagCategory name='x' lacv='1'/><tagCategory name='y' "
		     "lacv='2'/></securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>"
		     "<markingQualifier><qualifier qualifierCode='prefix' markingQualifier='&lt;'/><qualifier "
		     "qualifierCode='suffix' markingQualifier='&gt;'/>"
		     "<qualifier qualifierCode='separator' markingQualifier=' - '/></markingQualifier>"));
	const struct label *label = compact(set, "P|S|R:T=a,b,c|R:U=x,y");
	assert_string_equal(marked(label, "pageTop", ""), "<P - S - (ALPHA; b and c) - x/y>");
	assert_string_equal(marked(label, "portionMarking", ""), "<P - S - (A; b and c) - x/y>");
	assert_slice(label_color(label), "#FF00FF");
}

static void hidden_names_and_classes_stay_hidden(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(SPIF(
		"<securityClassifications><securityClassification name='S' lacv='1' "
		"hierarchy='1'><markingData><code>noMarkingDisplay</code></markingData>"
		"</securityClassification></securityClassifications>"
		"<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'><securityCategoryTag name='T' "
		"tagType='restrictive'>"
		"<tagCategory name='a' lacv='1'><markingData><code>noNameDisplay</code></markingData></tagCategory>"
		"<tagCategory name='b' lacv='2'><markingData "
		"phrase=''/></tagCategory></securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>"
		"<privacyMarks><privacyMark name='m'><markingData phrase='IN CONFIDENCE'/></privacyMark></privacyMarks>"
		"<markingData phrase='POLICY WORDS'/>"));
	assert_string_equal(marked(compact(set, "P|S|R:T=a,b|M:m"), "pageTop", ""), "POLICY WORDS IN CONFIDENCE");
}

static void nato_v88_marks_countries_in_words(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_file("tests/data/spif/nato-v88.xml");
	const struct label *label = compact(set, "NATO|SECRET|P:Context=EAPC,Releasable|P:Releasable To=BEL,KOR");
	assert_string_equal(marked(label, "pageTopBottom", "en"),
			    "NATO SECRET Releasable To Belgium, Korea, Republic of NATO/EAPC");
	assert_string_equal(marked(label, "portionMarking", ""), "NS Releasable To BEL, KOR EAPC");
}

static void phrases_for_other_places_and_empty_ones_are_left_out(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(SPIF(
		"<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'>"
		"<markingData><code>portionMarking</code></markingData></securityClassification>"
		"<securityClassification name='U' lacv='2' hierarchy='2'><markingData phrase='SHORT'/></securityClassification>"
		"</securityClassifications><securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>"
		"<securityCategoryTag name='T' tagType='restrictive'>"
		"<tagCategory name='a' lacv='1'><markingData phrase='REPLACED' xml:lang='fr'><code>replacePolicy</code></markingData>"
		"</tagCategory><tagCategory name='b' lacv='2'><markingData phrase='SHOWN'/><markingData phrase=''/></tagCategory>"
		"<markingQualifier><qualifier qualifierCode='prefix' markingQualifier='WITH'/><qualifier qualifierCode='prefix' "
		"markingQualifier='LATER'/><qualifier qualifierCode='suffix' markingQualifier='END'/></markingQualifier>"
		"</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>"
		"<markingData phrase=''/>"));
	assert_string_equal(marked(compact(set, "P|S|R:T=a,b"), "portionMarking", ""), "S WITH a/SHOWN END");
	assert_string_equal(marked(compact(set, "P|U|R:T=a"), "portionMarking", "fr"), "REPLACED SHORT");
	const struct policy_set *hidden = policies_of_text(
		SPIF("<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications>"
		     "<markingData phrase='ALL'><code>suppressClassName</code></markingData>"));
	assert_string_equal(marked(compact(hidden, "P|S"), "pageTop", ""), "ALL");
}

/* The policy's own phrase in place of its name, before any classification's or value's. */
static void the_phrase_of_the_policy_itself_stands_first(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(SPIF(
		"<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'>"
		"<markingData phrase='LEVEL WORDS'><code>replacePolicy</code></markingData></securityClassification>"
		"</securityClassifications><securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'>"
		"<securityCategoryTag name='T' tagType='restrictive'><tagCategory name='gone' lacv='1'>"
		"<markingData phrase=''><code>noNameDisplay</code></markingData></tagCategory>"
		"<tagCategory name='both' lacv='2'><markingData phrase='SHOWN' xml:lang='fr'><code>portionMarking</code></markingData>"
		"<markingData><code>noMarkingDisplay</code></markingData></tagCategory>"
		"<tagCategory name='plain' lacv='3'><markingData/></tagCategory>"
		"</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>"
		"<markingData phrase='POLICY WORDS'><code>replacePolicy</code></markingData>"));
	assert_string_equal(marked(compact(set, "P|S|R:T=both,gone"), "pageTop", ""), "POLICY WORDS S");
	assert_string_equal(marked(compact(set, "P|S|R:T=both,gone"), "portionMarking", "fr"), "POLICY WORDS S SHOWN");
	assert_string_equal(marked(compact(set, "P|S|R:T=plain"), "pageTop", ""), "POLICY WORDS S plain");
}

/* A default goes without saying only where no other value is shown beside it. */
static void a_default_is_said_beside_another_value(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(SPIF(
		"<securityClassifications><securityClassification name='S' lacv='1' hierarchy='1'/></securityClassifications>"
		"<securityCategoryTagSets><securityCategoryTagSet name='T' id='1.2'><securityCategoryTag name='T' "
		"tagType='restrictive'><tagCategory name='usual' lacv='1'/><tagCategory name='other' lacv='2'/>"
		"<tagCategory name='unseen' lacv='3'><markingData><code>noNameDisplay</code></markingData></tagCategory>"
		"</securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets><extensions>"
		"<r:markingRules xmlns:r='urn:openbices:spif:marking:1'><r:default tagSetRef='T' lacv='1'/></r:markingRules>"
		"</extensions>"));
	assert_string_equal(marked(compact(set, "P|S|R:T=usual"), "pageTop", ""), "P S");
	assert_string_equal(marked(compact(set, "P|S|R:T=unseen,usual"), "pageTop", ""), "P S");
	assert_string_equal(marked(compact(set, "P|S|R:T=other,usual"), "pageTop", ""), "P S usual/other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_printed_nato_forms_come_out),
		cmocka_unit_test(languages_fall_back_to_their_primary_part_and_to_plain_words),
		cmocka_unit_test(every_kind_of_qualifier_is_used),
		cmocka_unit_test(hidden_names_and_classes_stay_hidden),
		cmocka_unit_test(nato_v88_marks_countries_in_words),
		cmocka_unit_test(phrases_for_other_places_and_empty_ones_are_left_out),
		cmocka_unit_test(the_phrase_of_the_policy_itself_stands_first),
		cmocka_unit_test(a_default_is_said_beside_another_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
