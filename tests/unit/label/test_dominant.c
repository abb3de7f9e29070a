#include "engine.h"

enum { MOST = 6 };

static enum err combine(const struct policy_set *set, const char *const *texts, const struct label **ret_label,
			struct diag *diag)
{
	const struct label *labels[MOST];
	size_t n = 0;
	for (; n < MOST && texts[n]; n++)
		labels[n] = compact(set, texts[n]);
	return label_dominant(set, labels, n, keep(), ret_label, diag);
}

#define PARTS(...) ((const char *const[MOST + 1]){__VA_ARGS__, NULL})

static void assert_dominant(const struct policy_set *set, const char *const *texts, const char *want)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	enum err err = combine(set, texts, &label, &diag);
	if (!want) {
		assert_int_equal(err, ERR_AMBIGUOUS);
		assert_non_null(strstr(diag.text, "people must decide"));
		return;
	}
	if (err != ERR_OK)
		fail_msg("%s: %s", want, diag.text);
	assert_string_equal(printed(label), want);
}

static void the_examples_of_the_standard_hold(void **state)
{
	(void)state;
	const struct policy_set *acme = policies_of_file("tests/data/spif/acme.xml");
	assert_dominant(acme, PARTS("ACME|PUBLIC", "ACME|INTERNAL"), "ACME|INTERNAL");
	assert_dominant(acme,
			PARTS("ACME|CONFIDENTIAL|P:Releasable To=MOCK,PHONY", "ACME|CONFIDENTIAL|P:Releasable To=MOCK"),
			"ACME|CONFIDENTIAL|P:Releasable To=MOCK");
	assert_dominant(acme, PARTS("ACME|CONFIDENTIAL|P:Releasable To=MOCK,PHONY", "ACME|INTERNAL"), "ACME|INTERNAL");
	assert_dominant(acme, PARTS("ACME|INTERNAL|R:Sensitive=RED", "ACME|INTERNAL|R:Sensitive=BLUE"),
			"ACME|INTERNAL|R:Sensitive=BLUE,RED");
	assert_dominant(acme, PARTS("ACME|INTERNAL", "ACME|INTERNAL|I:Administrative=STAFF"),
			"ACME|INTERNAL|I:Administrative=STAFF");
	assert_dominant(
		acme, PARTS("ACME|CONFIDENTIAL|P:Releasable To=MOCK", "ACME|CONFIDENTIAL|P:Releasable To=PHONY"), NULL);
}

static void nato_parts_combine_to_whom_all_parts_admit(void **state)
{
	(void)state;
	assert_dominant(own_policies(), PARTS("NATO|SECRET|P:Context=NATO", "PUBLIC|UNMARKED"),
			"NATO|SECRET|P:Context=NATO");
	assert_dominant(own_policies(), PARTS("PUBLIC|UNMARKED", "PUBLIC|UNMARKED"), "PUBLIC|UNMARKED");
	assert_dominant(
		own_policies(),
		PARTS("NATO|SECRET|P:Context=NATO", "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"),
		"NATO|SECRET|P:Context=NATO|P:Releasable To=NATO");
	assert_dominant(own_policies(),
			PARTS("NATO|RESTRICTED|P:Context=NATO,Releasable|P:Releasable To=JPN,KOR,NATO",
			      "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"),
			"NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO");
	assert_dominant(own_policies(),
			PARTS("NATO|SECRET|P:Context=NATO|P:Only=USA", "NATO|SECRET|P:Context=NATO|P:Only=LTU"), NULL);
	assert_dominant(own_policies(), PARTS("NATO|SECRET|P:Context=NATO|P:Only=", "NATO|SECRET|P:Context=NATO"),
			NULL);
	assert_dominant(own_policies(), PARTS("NATO|SECRET|P:Context=EAPC", "NATO|SECRET|P:Context=NATO"), NULL);
}

static const char *aggregate(const struct policy_set *set, const char *const *texts)
{
	const struct label *labels[MOST];
	size_t n = 0;
	for (; n < MOST && texts[n]; n++)
		labels[n] = compact(set, texts[n]);
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	assert_ok(label_mark_aggregate(set, labels, n, slice_of(NULL, 0), &text));
	return arena_text(keep(), buf_slice(&text));
}

static void the_top_line_shows_the_highest_when_portions_differ(void **state)
{
	(void)state;
	assert_string_equal(aggregate(own_policies(), PARTS("NATO|RESTRICTED|P:Context=NATO",
							    "NATO|SECRET|P:Context=NATO", "PUBLIC|UNMARKED")),
			    "NATO SECRET");
	assert_string_equal(aggregate(own_policies(), PARTS("NATO|SECRET|P:Context=NATO|P:Only=USA", "PUBLIC|UNMARKED",
							    "NATO|TOP SECRET|P:Context=NATO|P:Only=LTU")),
			    "COSMIC TOP SECRET PORTIONS DIFFER");
	assert_string_equal(aggregate(own_policies(), PARTS("PUBLIC|UNMARKED")), "PUBLIC");
}

static void the_top_line_says_nothing_that_is_untrue_of_a_part(void **state)
{
	(void)state;
	static const char secret[] = "NATO|SECRET|P:Context=NATO",
			  korea[] = "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO",
			  two[] = "NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU", public[] = "PUBLIC|UNMARKED";
	assert_string_equal(aggregate(own_policies(), PARTS(secret, korea, two, public)), "NATO SECRET PORTIONS DIFFER");
	assert_string_equal(aggregate(own_policies(), PARTS(secret, korea)), "NATO SECRET PORTIONS DIFFER");
	assert_string_equal(aggregate(own_policies(), PARTS(public, korea, public, korea)), "NATO SECRET REL TO KOR");
	assert_string_equal(aggregate(own_policies(), PARTS(two)), "NATO SECRET LTU, KOR ONLY");
	/* KOR may read both, but only one of them lets JPN in */
	assert_string_equal(
		aggregate(own_policies(),
			  PARTS("NATO|RESTRICTED|P:Context=NATO,Releasable|P:Releasable To=JPN,KOR,NATO", korea)),
		"NATO SECRET PORTIONS DIFFER");
	/* what all have in the same way is said */
	assert_string_equal(aggregate(own_policies(), PARTS("NATO|SECRET|P:Context=EAPC|P:Only=LTU",
							    "NATO|RESTRICTED|P:Context=EAPC|P:Only=USA")),
			    "NATO/EAPC SECRET PORTIONS DIFFER");
}

static void what_restricts_a_part_stands_above_the_whole(void **state)
{
	(void)state;
	static const char atomal[] = "NATO|SECRET|R:Additional Sensitivity=ATOMAL|P:Context=NATO",
			  korea[] = "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO";
	assert_string_equal(aggregate(own_policies(), PARTS("NATO|SECRET|P:Context=NATO", atomal)), "NATO SECRET ATOMAL");
	assert_string_equal(aggregate(own_policies(), PARTS(korea, atomal)), "NATO SECRET ATOMAL PORTIONS DIFFER");
	/* no label may hold all that, and the line still does */
	assert_string_equal(aggregate(rules(), PARTS("RULES|LOW|R:All=ALONE", "RULES|HIGH|R:All=NEEDS-HIGH")),
			    "RULES HIGH NEEDS-HIGH/ALONE PORTIONS DIFFER");
}

static void the_words_come_in_korean(void **state)
{
	(void)state;
	const struct label *labels[] = {compact(own_policies(), "NATO|SECRET|P:Context=NATO|P:Only=USA"),
					compact(own_policies(), "NATO|SECRET|P:Context=NATO|P:Only=LTU")};
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	assert_ok(label_mark_aggregate(own_policies(), labels, 2, SLICE("ko-KR"), &text));
	assert_slice(buf_slice(&text), "NATO Ⅱ급비밀 부분별 표시 상이");
}

static void policies_that_cannot_be_mapped_are_for_people(void **state)
{
	(void)state;
	struct policy_set *both = policy_set_new();
	assert_ok(policy_set_add(both, policy_set_at(own_policies(), 0)));
	assert_ok(policy_set_add(both, policy_set_at(rules(), 0)));
	assert_dominant(both, PARTS("RULES|LOW", "NATO|SECRET|P:Context=NATO"), NULL);
	assert_string_equal(aggregate(both, PARTS("RULES|LOW", "NATO|SECRET|P:Context=NATO", "RULES|HIGH")),
			    "RULES HIGH / NATO SECRET PORTIONS DIFFER");
	policy_set_free(both);
}

static void marks_of_privacy_must_agree_and_nothing_is_no_label(void **state)
{
	(void)state;
	assert_dominant(rules(), PARTS("RULES|LOW|M:IN CONFIDENCE", "RULES|HIGH"), "RULES|HIGH|M:IN CONFIDENCE");
	assert_dominant(rules(), PARTS("RULES|LOW|M:IN CONFIDENCE", "RULES|HIGH|M:OLD MARK"), NULL);
	const struct label *label;
	assert_int_equal(label_dominant(rules(), NULL, 0, keep(), &label, NULL), ERR_USAGE);
	AUTO_BUF text = buf_make(100);
	assert_int_equal(label_mark_aggregate(rules(), NULL, 0, slice_of(NULL, 0), &text), ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_standard_hold),
		cmocka_unit_test(nato_parts_combine_to_whom_all_parts_admit),
		cmocka_unit_test(the_top_line_shows_the_highest_when_portions_differ),
		cmocka_unit_test(the_top_line_says_nothing_that_is_untrue_of_a_part),
		cmocka_unit_test(what_restricts_a_part_stands_above_the_whole),
		cmocka_unit_test(the_words_come_in_korean),
		cmocka_unit_test(policies_that_cannot_be_mapped_are_for_people),
		cmocka_unit_test(marks_of_privacy_must_agree_and_nothing_is_no_label),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
