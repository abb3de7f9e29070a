#include "engine.h"

static void lines_mean_what_people_mean(void **state)
{
	(void)state;
	static const struct {
		const char *line, *label;
	} rows[] = {
		{"NATO SECRET", "NATO|SECRET|P:Context=NATO"},
		{"  nato\tsecret ", "NATO|SECRET|P:Context=NATO"},
		{"NATO SECRET REL TO KOR", "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"},
		{"NATO SECRET REL TO NATO, KOR", "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"},
		{"NATO SECRET//REL TO KOR, JPN", "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=JPN,KOR,NATO"},
		{"NATO SECRET REL TO KOR EXCLUDING NATO", "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR"},
		{"NATO SECRET REL TO LTU", "NATO|SECRET|P:Context=NATO|P:Releasable To=LTU"},
		{"NATO SECRET LTU, KOR ONLY", "NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU"},
		{"NATO SECRET LTU, USA ONLY", "NATO|SECRET|P:Context=NATO|P:Only=LTU,USA"},
		{"NATO SECRET REL TO KOR LTU ONLY",
		 "NATO|SECRET|P:Context=NATO,Releasable|P:Only=LTU|P:Releasable To=KOR,NATO"},
		{"COSMIC TOP SECRET CONTEXT EAPC", "NATO|TOP SECRET|P:Context=EAPC"},
		{"COSMIC TOP SECRET", "NATO|TOP SECRET|P:Context=NATO"},
		{"NATO TOP SECRET", "NATO|TOP SECRET|P:Context=NATO"},
		{"NATO/EAPC CONFIDENTIAL", "NATO|CONFIDENTIAL|P:Context=EAPC"},
		{"NATO CONFIDENTIAL ATOMAL CRYPTO",
		 "NATO|CONFIDENTIAL|R:Additional Sensitivity=ATOMAL,CRYPTO|P:Context=NATO"},
		{"NATO RESTRICTED STAFF, MEDICAL", "NATO|RESTRICTED|P:Context=NATO|I:Administrative=MEDICAL,STAFF"},
		{"NATO RESTRICTED STAFF REL TO KOR, ",
		 "NATO|RESTRICTED|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO|I:Administrative=STAFF"},
		{"NS", "NATO|SECRET|P:Context=NATO"},
		{"CTS DEMO", "NATO|TOP SECRET|R:Additional Sensitivity=DEMO|P:Context=NATO"},
		{"NS REL TO KOR", "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"},
		{"PUBLIC", "PUBLIC|UNMARKED"},
		{"public unmarked", "PUBLIC|UNMARKED"},
		{"공개", "PUBLIC|UNMARKED"},
		{"NATO Ⅱ급비밀 제공 대상: KOR", "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"},
		{"NATO DIFFUSION RESTREINTE", "NATO|RESTRICTED|P:Context=NATO"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(printed(marking(own_policies(), rows[i].line)), rows[i].label);
}

static void assert_line_err(const struct policy_set *set, const char *line, enum err err, const char *words)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	enum err got = label_parse_marking(set, slice_text(line), keep(), &label, &diag);
	if (got != err || !strstr(diag.text, words))
		fail_msg("%s: %s: '%s'", line, err_text(got), diag.text);
	assert_null(label);
}

static void words_without_meaning_are_named(void **state)
{
	(void)state;
	assert_line_err(own_policies(), "", ERR_UNKNOWN, "does not begin with a policy");
	assert_line_err(own_policies(), "REL TO KOR", ERR_UNKNOWN, "does not begin with a policy");
	assert_line_err(own_policies(), "NATOSECRET", ERR_UNKNOWN, "does not begin with a policy");
	assert_line_err(own_policies(), "NATO SECRETS", ERR_UNKNOWN, "does not begin with a policy");
	assert_line_err(own_policies(), "NATO SECRET REL TO XXX", ERR_UNKNOWN, "'REL TO XXX' means nothing");
	assert_line_err(own_policies(), "NATO SECRET REL TO KOR, XXX", ERR_UNKNOWN, "'XXX' means nothing");
	assert_line_err(own_policies(), "NATO SECRET KOR", ERR_UNKNOWN, "'KOR' means nothing");
	assert_line_err(own_policies(), "NATO SECRET REL TO US\xd0\x90", ERR_UNKNOWN, "means nothing");
	assert_line_err(own_policies(), "PUBLIC REL TO KOR", ERR_UNKNOWN, "means nothing in policy PUBLIC");
	assert_line_err(own_policies(), "NATO SECRET \xff", ERR_MALFORMED, "UTF-8");
}

static void lines_with_two_meanings_name_both(void **state)
{
	(void)state;
	assert_line_err(own_policies(), "SECRET", ERR_AMBIGUOUS, "NATO SECRET");
	assert_line_err(own_policies(), "TOP SECRET REL TO KOR", ERR_AMBIGUOUS, "NATO TOP SECRET");
	assert_line_err(own_policies(), "NATO SECRET REL TO KOR REL TO JPN", ERR_AMBIGUOUS, "stands twice");
	assert_line_err(own_policies(), "NATO SECRET EXCLUDING NATO", ERR_AMBIGUOUS, "excludes");
	assert_line_err(own_policies(), "NATO SECRET REL TO KOR, NATO EXCLUDING NATO", ERR_AMBIGUOUS, "excludes");
	assert_line_err(own_policies(), "NATO SECRET REL TO KOR, LTU ONLY", ERR_AMBIGUOUS,
			"to Releasable To or to Only");
	/* RULES: the value A is in two tag sets */
	assert_line_err(rules(), "RULES HIGH A", ERR_AMBIGUOUS, "to Any or to Other");
	struct policy_set *two = policy_set_new();
	assert_ok(policy_set_add(two, policy_set_at(own_policies(), 0)));
	assert_ok(policy_set_add(
		two,
		policy_of(SLICE(
			"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
			"<securityPolicyId name='NAVY' id='1.9'/><securityClassifications>"
			"<securityClassification name='SECRET' lacv='1' hierarchy='1'>"
			"<markingData phrase='NS'><code>portionMarking</code></markingData></securityClassification>"
			"</securityClassifications></SPIF>"))));
	assert_line_err(two, "NS", ERR_AMBIGUOUS, "NATO SECRET; NAVY SECRET");
	assert_line_err(two, "SECRET", ERR_AMBIGUOUS, "NATO SECRET; NAVY SECRET");
	policy_set_free(two);
}

static void the_length_limit_is_exact(void **state)
{
	(void)state;
	for (int more = -1; more <= 1; more++) {
		AUTO_BUF line = buf_make(2 * LIMIT_MARKING_LINE);
		buf_put_text(&line, "NATO SECRET");
		while (line.len < (size_t)(LIMIT_MARKING_LINE + more))
			buf_put_octet(&line, ' ');
		const struct label *label;
		assert_int_equal(label_parse_marking(own_policies(), buf_slice(&line), keep(), &label, NULL),
				 more > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static void privacy_marks_are_read(void **state)
{
	(void)state;
	assert_string_equal(printed(marking(rules(), "RULES HIGH F in confidence")),
			    "RULES|HIGH|P:Two=F|M:IN CONFIDENCE");
}

#define SPIF(name, body) \
	"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>" \
	"<securityPolicyId name='" name "' id='1.1'/>" body "</SPIF>"
#define LEVEL(name, n, more) \
	"<securityClassification name='" name "' lacv='" n "' hierarchy='" n "'>" more "</securityClassification>"
#define TAGS(name, id, kind, values) \
	"<securityCategoryTagSet name='" name "' id='" id "'><securityCategoryTag name='t' tagType='" kind "'>" values \
	"</securityCategoryTag></securityCategoryTagSet>"

static void phrases_with_two_meanings_in_one_tag_are_refused(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(
		SPIF("P", "<securityClassifications>" LEVEL("S", "1", "") "</securityClassifications><securityCategoryTagSets>"
			  TAGS("T", "1.2", "restrictive",
			       "<tagCategory name='a' lacv='1'><markingData phrase='SAME'/><markingData phrase='OTHER'/></tagCategory>"
			       "<tagCategory name='a' lacv='4'><markingData phrase='OTHER'/></tagCategory>"
			       "<tagCategory name='b' lacv='2'><markingData phrase='SAME'/></tagCategory>"
			       "<tagCategory name='c' lacv='3'><markingData phrase='SAME'/></tagCategory>"
			       "<tagCategory name='d' lacv='5'><markingData phrase='SAM'/></tagCategory>"
			       "<markingQualifier><qualifier qualifierCode='separator' markingQualifier=''/></markingQualifier>")
			  "</securityCategoryTagSets><privacyMarks><privacyMark name='ONE'/><privacyMark name='TWO'/></privacyMarks>"));
	assert_line_err(set, "P S SAME", ERR_AMBIGUOUS, "may belong to T or to T");
	assert_string_equal(printed(marking(set, "P S OTHER")), "P|S|R:T=a");
	assert_string_equal(printed(marking(set, "P S OTHER/b OTHER")), "P|S|R:T=a,b"); /* restrictive ones may come twice */
	assert_string_equal(printed(marking(set, "P\rS\nONE")), "P|S|M:ONE");
	assert_line_err(set, "P S ONE TWO", ERR_UNKNOWN, "'TWO' means nothing");
	assert_line_err(set, "P S OTHER/", ERR_UNKNOWN, "means nothing");
}

static void heads_with_many_meanings_name_some(void **state)
{
	(void)state;
	AUTO_BUF levels = buf_make(65536);
	buf_put_text(&levels, "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
			      "<securityPolicyId name='P' id='1.1'/><securityClassifications>");
	for (int i = 1; i <= 12; i++)
		buf_printf(&levels,
			   "<securityClassification name='L%d' lacv='%d' hierarchy='%d'><markingData phrase='LEVEL'/>"
			   "<markingData phrase='LEVEL'/></securityClassification>",
			   i, i, i);
	buf_put_text(&levels, "</securityClassifications></SPIF>");
	const struct policy_set *set = policies_of_text(arena_text(keep(), buf_slice(&levels)));
	assert_line_err(set, "P LEVEL", ERR_AMBIGUOUS, "P L1; P L2");
	assert_line_err(set, "LEVEL", ERR_AMBIGUOUS, "of which policy");
	assert_string_equal(printed(marking(set, "P L12")), "P|L12");
}

static void a_phrase_for_the_policy_may_mean_several_contexts(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(
		SPIF("P", "<securityClassifications>" LEVEL("S", "1", "") LEVEL("T", "2", "")
			  "</securityClassifications><securityCategoryTagSets>"
			  TAGS("C", "1.2", "permissive",
			       "<tagCategory name='a' lacv='1'><markingData phrase='WORDS'><code>replacePolicy</code></markingData>"
			       "<excludedClass>S</excludedClass></tagCategory>"
			       "<tagCategory name='b' lacv='2'><markingData phrase='WORDS'><code>replacePolicy</code></markingData>"
			       "</tagCategory>") "</securityCategoryTagSets>"));
	assert_line_err(set, "WORDS T", ERR_AMBIGUOUS, "a T; b T");
	assert_string_equal(printed(marking(set, "WORDS S")), "P|S|P:C=b");
}

/* What is required is added only where there is one way to do it, and no word for it. */
static void only_what_cannot_be_said_is_added(void **state)
{
	(void)state;
#define HIDDEN "<markingData><code>noNameDisplay</code></markingData>"
#define GROUP(n) "<categoryGroup tagSetRef='C' tagType='permissive'" n "/>"
	const struct policy_set *set = policies_of_text(
		SPIF("P", "<securityClassifications>"
			  LEVEL("S", "1", "<requiredCategory operation='onlyOne'>" GROUP(" lacv='1'") "</requiredCategory>")
			  LEVEL("T", "2", "<requiredCategory operation='oneOrMore'>" GROUP(" lacv='1'") GROUP(" lacv='2'")
						"</requiredCategory>")
			  LEVEL("U", "3", "<requiredCategory operation='all'>" GROUP("") "</requiredCategory>")
			  LEVEL("V", "4", "<requiredCategory operation='all'>" GROUP(" lacv='3'") "</requiredCategory>")
			  "</securityClassifications><securityCategoryTagSets>"
			  TAGS("C", "1.2", "permissive",
			       "<tagCategory name='a' lacv='1'>" HIDDEN "</tagCategory><tagCategory name='b' lacv='2'>" HIDDEN
			       "</tagCategory><tagCategory name='c' lacv='3'/>") "</securityCategoryTagSets>"));
	assert_string_equal(printed(marking(set, "P S")), "P|S|P:C=a");
	assert_string_equal(printed(marking(set, "P T")), "P|T");
	assert_string_equal(printed(marking(set, "P U")), "P|U");
	assert_string_equal(printed(marking(set, "P V")), "P|V");
	assert_string_equal(printed(marking(set, "P V c")), "P|V|P:C=c");
}

static void the_longest_words_count_whatever_their_order_in_the_policy(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(
		SPIF("P", "<securityClassifications>" LEVEL("A", "1", "") LEVEL("A B", "2", "") LEVEL("C.", "3", "")
			  LEVEL("D", "4", "<markingData phrase='P D'><code>portionMarking</code></markingData>")
				  "</securityClassifications><securityCategoryTagSets>"
			  TAGS("T", "1.2", "restrictive",
			       "<tagCategory name='x y' lacv='1'/><tagCategory name='x' lacv='2'/><tagCategory name='z' lacv='3'/>"
			       "<tagCategory name='[w]' lacv='4'/>")
			  "</securityCategoryTagSets>"));
	assert_string_equal(printed(marking(set, "P A B")), "P|A B");
	assert_string_equal(printed(marking(set, "P D")), "P|D"); /* two ways to one meaning */
	assert_string_equal(printed(marking(set, "P A x y")), "P|A|R:T=x y");
	assert_string_equal(printed(marking(set, "P A x/z, [w]")), "P|A|R:T=[w],x,z");
	assert_string_equal(printed(marking(set, "P C.z")), "P|C.|R:T=z"); /* behind a full stop a word may begin */
	assert_string_equal(printed(marking(set, "P A[w]")), "P|A|R:T=[w]");
	assert_line_err(set, "P Az", ERR_UNKNOWN, "does not begin with");
	assert_line_err(set, "P A{w}", ERR_UNKNOWN, "'{w}' means nothing");
}

/* A rule of the policy may name a value of a tag that is not applicable: it is no part of any label. */
static void a_value_that_is_not_applicable_leaves_no_trace(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(
		SPIF("P", "<securityClassifications>" LEVEL("S", "1", "") "</securityClassifications><securityCategoryTagSets>"
			  TAGS("N", "1.3", "notApplicable", "<tagCategory name='n' lacv='1'/>")
			  TAGS("T", "1.2", "restrictive", "<tagCategory name='a' lacv='1'/>")
			  "</securityCategoryTagSets><extensions><r:markingRules xmlns:r='urn:openbices:spif:marking:1'>"
			  "<r:default tagSetRef='N' lacv='1'/></r:markingRules></extensions>"));
	assert_string_equal(printed(marking(set, "P S a")), "P|S|R:T=a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_mean_what_people_mean),
		cmocka_unit_test(words_without_meaning_are_named),
		cmocka_unit_test(lines_with_two_meanings_name_both),
		cmocka_unit_test(the_length_limit_is_exact),
		cmocka_unit_test(privacy_marks_are_read),
		cmocka_unit_test(phrases_with_two_meanings_in_one_tag_are_refused),
		cmocka_unit_test(heads_with_many_meanings_name_some),
		cmocka_unit_test(a_phrase_for_the_policy_may_mean_several_contexts),
		cmocka_unit_test(only_what_cannot_be_said_is_added),
		cmocka_unit_test(the_longest_words_count_whatever_their_order_in_the_policy),
		cmocka_unit_test(a_value_that_is_not_applicable_leaves_no_trace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
