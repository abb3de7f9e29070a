#include "engine.h"

static void assert_same(const struct policy_set *set, const char *text)
{
	assert_string_equal(printed(compact(set, text)), text);
}

static void assert_label_err(const struct policy_set *set, const char *text, enum err err)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	enum err got = label_parse_compact(set, slice_text(text), keep(), &label, &diag);
	if (got != err)
		fail_msg("%s: %s, not %s", text, err_text(got), err_text(err));
	assert_null(label);
	assert_true(diag.text[0] != 0);
}

static void canonical_labels_print_as_they_were_read(void **state)
{
	(void)state;
	assert_same(own_policies(), "PUBLIC|UNMARKED");
	assert_same(own_policies(), "NATO|SECRET|P:Context=NATO");
	assert_same(own_policies(), "NATO|SECRET|R:Additional "
				    "Sensitivity=ATOMAL,DEMO|P:Context=NATO,Releasable|P:Only=KOR,LTU|P:Releasable "
				    "To=KOR,NATO|I:Administrative=STAFF");
	assert_same(own_policies(), "NATO|SECRET|P:Context=NATO|P:Only=");
	assert_same(rules(), "RULES|HIGH|P:Two=E,F,G|I:Two=E|M:IN CONFIDENCE");
	assert_same(rules(), "RULES|HIGH|P:Two=");
	assert_same(rules(), "RULES|HIGH|M:100%25 mine%7C%0A");
}

static void any_other_spelling_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"|",
		"NATO|",
		"|SECRET",
		"NATO SECRET",
		"nato|SECRET|P:Context=NATO",
		"NATO|secret|P:Context=NATO",
		"NATO|SECRET|",
		"NATO|SECRET||P:Context=NATO",
		"NATO|SECRET|P:Context=NATO|",
		"NATO|SECRET|P:Context=NATO,",
		"NATO|SECRET|P:Context=,NATO",
		"NATO|SECRET|P:Context=Releasable,NATO",
		"NATO|SECRET|P:Context=NATO,NATO",
		"NATO|SECRET|P:Context=NATO|P:Context=EAPC",
		"NATO|SECRET|P:Only=LTU|P:Context=NATO",
		"NATO|SECRET|P:Context",
		"NATO|SECRET|R:Additional Sensitivity=|P:Context=NATO",
		"NATO|SECRET|P:Context=NATO|I:Administrative=",
		"NATO|SECRET|X:Context=NATO",
		"NATO|SECRET|PContext=NATO",
		"NATO|SECRET|P:=NATO",
		"NATO|SECRET|P:Context=N%41TO",
		"NATO|SECRET|P:Context=NATO%2",
		"NATO|SECRET|P:Context=NATO%2c",
		"NATO|SECRET|P:Context=NATO|I:Administrative=STAFF|R:Additional Sensitivity=ATOMAL",
		"NATO|SECRET|M:",
		"NATO|SECRET|M:x|P:Context=NATO",
		" NATO|SECRET",
		"NATO|SECRET\n",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct label *label = NULL;
		struct diag diag = {0};
		enum err err = label_parse_compact(own_policies(), slice_text(texts[i]), keep(), &label, &diag);
		if (err != ERR_MALFORMED && err != ERR_UNKNOWN)
			fail_msg("%s was taken", texts[i]);
		assert_true(diag.text[0] != 0 || err == ERR_MALFORMED);
	}
}

static void unknown_names_are_told_apart_from_broken_text(void **state)
{
	(void)state;
	assert_label_err(own_policies(), "EU|SECRET", ERR_UNKNOWN);
	assert_label_err(own_policies(), "NATO|VERY SECRET", ERR_UNKNOWN);
	assert_label_err(own_policies(), "NATO|SECRET|P:Contexts=NATO", ERR_UNKNOWN);
	assert_label_err(own_policies(), "NATO|SECRET|R:Context=NATO", ERR_UNKNOWN);
	assert_label_err(own_policies(), "NATO|SECRET|P:Context=MARS", ERR_UNKNOWN);
	/* a Cyrillic letter that looks like a Latin one */
	assert_label_err(own_policies(), "NATO|SECRET|P:Only=US\xd0\x90", ERR_UNKNOWN);
	assert_label_err(own_policies(), "NATO|SECRET|M:\xff", ERR_MALFORMED);
	assert_label_err(rules(), "RULES|HIGH|P:Two=N", ERR_UNKNOWN);
}

static void the_length_limit_is_exact(void **state)
{
	(void)state;
	for (int more = -1; more <= 1; more++) {
		AUTO_BUF text = buf_make(2 * LIMIT_LABEL_TEXT);
		buf_put_text(&text, "RULES|HIGH|M:");
		while (text.len < (size_t)(LIMIT_LABEL_TEXT + more))
			buf_put_octet(&text, 'x');
		const struct label *label;
		assert_int_equal(label_parse_compact(rules(), buf_slice(&text), keep(), &label, NULL),
				 more > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static const char *clearance_printed(const struct policy_set *set, const char *lines)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_XML);
	clearance_print_compact(cleared(set, lines), &text);
	return arena_text(keep(), buf_slice(&text));
}

static void clearances_print_by_policy_and_level(void **state)
{
	(void)state;
	static const char canonical[] =
		"NATO|UNCLASSIFIED,RESTRICTED,SECRET|P:Context=NATO|P:Only=NATO,USA\nPUBLIC|UNMARKED";
	assert_string_equal(clearance_printed(own_policies(), canonical), canonical);
	assert_string_equal(
		clearance_printed(
			own_policies(),
			"PUBLIC|UNMARKED\nNATO|SECRET,UNCLASSIFIED,RESTRICTED|P:Context=NATO|P:Only=USA,NATO"),
		canonical);
	assert_string_equal(clearance_printed(own_policies(), ""), "");
}

static void broken_clearances_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *lines;
		enum err err;
	} cases[] = {
		{"NATO", ERR_MALFORMED},
		{"NATO|", ERR_MALFORMED},
		{"NATO|SECRET,", ERR_MALFORMED},
		{"NATO|SECRET,SECRET", ERR_MALFORMED},
		{"NATO|SECRET\n", ERR_MALFORMED},
		{"NATO|SECRET\nNATO|RESTRICTED", ERR_MALFORMED},
		{"NATO|SECRET|M:x", ERR_MALFORMED},
		{"NATO|SECRET|P:Only=USA|P:Only=LTU", ERR_MALFORMED},
		{"\xff", ERR_MALFORMED},
		{"EU|SECRET", ERR_UNKNOWN},
		{"NATO|MAXIMUM", ERR_UNKNOWN},
		{"NATO|SECRET|P:Only=XXX", ERR_UNKNOWN},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct clearance *clearance;
		struct diag diag = {0};
		assert_int_equal(
			clearance_parse_compact(own_policies(), slice_text(cases[i].lines), keep(), &clearance, &diag),
			cases[i].err);
		assert_true(diag.text[0] != 0);
	}
}

static void escapes_are_two_upper_case_digits(void **state)
{
	(void)state;
	static const char *const broken[] = {"RULES|HIGH|M:A%2c", "RULES|HIGH|M:A%2G", "RULES|HIGH|M:A%:2", "RULES|HIGH|M:A%@A",
					     "RULES|HIGH|M:A%/0", "RULES|HIGH|M:A%0/",
					     "RULES|HIGH|M:A%41", "RULES|HIGH|M:A%", "RULES|HIGH|M:A%2", "RULES|HIGH|M:",
					     "RULES|HIGH|P:=A", "RULES|HIGH|P:Any=A,", "RULES|HIGH|X:Any=A", "RULES|HIGH|P", "%|HIGH"};
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		const struct label *label;
		struct diag diag = {0};
		assert_int_equal(label_parse_compact(rules(), slice_text(broken[i]), keep(), &label, &diag), ERR_MALFORMED);
		assert_true(diag.text[0]);
	}
	assert_string_equal(printed(compact(rules(), "RULES|HIGH|M:A%2C%7C%3D%25")), "RULES|HIGH|M:A%2C%7C%3D%25");
}

static void clearances_have_a_length_limit_and_no_last_line_end(void **state)
{
	(void)state;
	const struct clearance *clearance;
	AUTO_BUF text = buf_make(LIMIT_LABEL_XML + 1);
	while (text.len <= LIMIT_LABEL_XML)
		buf_put_octet(&text, 'x');
	assert_int_equal(clearance_parse_compact(rules(), buf_slice(&text), keep(), &clearance, NULL), ERR_TOO_LARGE);
	assert_int_equal(clearance_parse_compact(own_policies(), SLICE("NATO|SECRET\nPUBLIC|UNMARKED\n"), keep(), &clearance,
						 NULL),
			 ERR_MALFORMED);
	/* classifications come out from the lowest up, whatever their order in the policy */
	const struct policy_set *down = policies_of_text(
		"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
		"<securityPolicyId name='P' id='1.1'/><securityClassifications>"
		"<securityClassification name='HIGH' lacv='2' hierarchy='2'/>"
		"<securityClassification name='LOW' lacv='1' hierarchy='1'/></securityClassifications></SPIF>");
	AUTO_BUF lines = buf_make(100);
	clearance_print_compact(cleared(down, "P|HIGH,LOW"), &lines);
	assert_slice(buf_slice(&lines), "P|LOW,HIGH");
}

/* What must be escaped takes three octets: a text within the limit may mean a label beyond it. */
static void a_label_whose_canonical_form_is_too_long_is_refused(void **state)
{
	(void)state;
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	const struct label *label;
	buf_put_text(&text, "RULES|HIGH|M:");
	while (text.len < LIMIT_LABEL_TEXT)
		buf_put_octet(&text, 1);
	assert_int_equal(label_parse_compact(rules(), buf_slice(&text), keep(), &label, NULL), ERR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_labels_print_as_they_were_read),
		cmocka_unit_test(any_other_spelling_is_refused),
		cmocka_unit_test(unknown_names_are_told_apart_from_broken_text),
		cmocka_unit_test(the_length_limit_is_exact),
		cmocka_unit_test(clearances_print_by_policy_and_level),
		cmocka_unit_test(broken_clearances_are_refused),
		cmocka_unit_test(escapes_are_two_upper_case_digits),
		cmocka_unit_test(clearances_have_a_length_limit_and_no_last_line_end),
		cmocka_unit_test(a_label_whose_canonical_form_is_too_long_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
