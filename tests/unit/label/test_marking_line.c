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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_mean_what_people_mean),
		cmocka_unit_test(words_without_meaning_are_named),
		cmocka_unit_test(lines_with_two_meanings_name_both),
		cmocka_unit_test(the_length_limit_is_exact),
		cmocka_unit_test(privacy_marks_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
