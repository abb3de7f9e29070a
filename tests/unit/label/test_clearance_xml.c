#include "engine.h"

#define CLEARANCE(body) \
	"<c:ConfidentialityClearance xmlns:c='urn:nato:stanag:4774:confidentialityclearance:1:0' xmlns='" LABEL_NS \
	"'>" body "</c:ConfidentialityClearance>"
#define POLICY "<PolicyIdentifier>NATO</PolicyIdentifier>"
#define LIST(classes) "<c:ClassificationList>" classes "</c:ClassificationList>"
#define SECRET "<Classification>SECRET</Classification>"
#define ONLY \
	"<Category TagName='Only' " \
	"Type='PERMISSIVE'><GenericValue>USA</GenericValue><GenericValue>NATO</GenericValue></Category>"

static const char *read_compact(const char *xml)
{
	const struct clearance *clearance;
	struct diag diag = {0};
	enum err err = clearance_parse_xml(own_policies(), slice_text(xml), keep(), &clearance, &diag);
	if (err != ERR_OK)
		fail_msg("%s: %s", xml, diag.text);
	AUTO_BUF text = buf_make(LIMIT_LABEL_XML);
	clearance_print_compact(clearance, &text);
	return arena_text(keep(), buf_slice(&text));
}

static void a_clearance_reads(void **state)
{
	(void)state;
	assert_string_equal(
		read_compact(CLEARANCE(
			POLICY LIST(SECRET "<Classification>restricted</Classification><x xmlns='urn:x'/>") ONLY
			"<Category TagName='Context' Type='PERMISSIVE'><GenericValue>NATO</GenericValue></Category>"
			"<c:ConfidentialityClearanceExtensions><x "
			"xmlns='urn:x'/></c:ConfidentialityClearanceExtensions>")),
		"NATO|RESTRICTED,SECRET|P:Context=NATO|P:Only=NATO,USA");
	assert_string_equal(read_compact(CLEARANCE(POLICY LIST(SECRET) "<c:ConfidentialityClearanceExtensions/>")),
			    "NATO|SECRET");
}

static void broken_clearances_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *xml;
		enum err err;
	} cases[] = {
		{CLEARANCE(""), ERR_MALFORMED},
		{CLEARANCE(POLICY), ERR_MALFORMED},
		{CLEARANCE(LIST(SECRET)), ERR_MALFORMED},
		{CLEARANCE(POLICY LIST("")), ERR_MALFORMED},
		{CLEARANCE(POLICY POLICY LIST(SECRET)), ERR_MALFORMED},
		{CLEARANCE(POLICY LIST(SECRET) LIST(SECRET)), ERR_MALFORMED},
		{CLEARANCE(POLICY "<c:ConfidentialityClearanceExtensions/>" LIST(SECRET)), ERR_MALFORMED},
		{CLEARANCE(POLICY LIST(SECRET) "<c:ConfidentialityClearanceExtensions/>" ONLY), ERR_MALFORMED},
		{CLEARANCE(POLICY ONLY LIST(SECRET)), ERR_MALFORMED},
		{CLEARANCE(POLICY LIST(SECRET "<PrivacyMark>x</PrivacyMark>")), ERR_MALFORMED},
		{CLEARANCE(POLICY LIST(SECRET) ONLY ONLY), ERR_MALFORMED},
		{CLEARANCE(POLICY LIST(SECRET) "<x/>"), ERR_MALFORMED},
		{CLEARANCE(POLICY LIST(SECRET)) "x", ERR_MALFORMED},
		{"<ConfidentialityClearance/>", ERR_MALFORMED},
		{LABEL_XML(POLICY SECRET), ERR_MALFORMED},
		{CLEARANCE("<PolicyIdentifier>EU</PolicyIdentifier>" LIST(SECRET)), ERR_UNKNOWN},
		{CLEARANCE(POLICY LIST("<Classification>ULTRA</Classification>")), ERR_UNKNOWN},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct clearance *clearance;
		struct diag diag = {0};
		enum err err = clearance_parse_xml(own_policies(), slice_text(cases[i].xml), keep(), &clearance, &diag);
		if (err != cases[i].err || !diag.text[0])
			fail_msg("%s: %s", cases[i].xml, err_text(err));
	}
}

static void a_printed_clearance_reads_the_same(void **state)
{
	(void)state;
	static const char lines[] = "NATO|UNCLASSIFIED,SECRET|R:Additional "
				    "Sensitivity=ATOMAL|P:Context=NATO|P:Only=NATO,USA\nPUBLIC|UNMARKED";
	const struct clearance *clearance = cleared(own_policies(), lines);
	AUTO_BUF nato = buf_make(LIMIT_LABEL_XML), open = buf_make(LIMIT_LABEL_XML);
	assert_ok(clearance_print_xml(clearance, SLICE("NATO"), &nato));
	assert_ok(clearance_print_xml(clearance, SLICE("PUBLIC"), &open));
	assert_string_equal(read_compact(arena_text(keep(), buf_slice(&nato))),
			    "NATO|UNCLASSIFIED,SECRET|R:Additional Sensitivity=ATOMAL|P:Context=NATO|P:Only=NATO,USA");
	assert_string_equal(read_compact(arena_text(keep(), buf_slice(&open))), "PUBLIC|UNMARKED");
	assert_int_equal(clearance_print_xml(clearance, SLICE("EU"), &open), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clearance_reads),
		cmocka_unit_test(broken_clearances_are_refused),
		cmocka_unit_test(a_printed_clearance_reads_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
