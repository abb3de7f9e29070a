#include "engine.h"

#define NATO_SECRET "<PolicyIdentifier>NATO</PolicyIdentifier><Classification>SECRET</Classification>"
#define CONTEXT "<Category TagName=\"Context\" Type=\"PERMISSIVE\"><GenericValue>NATO</GenericValue></Category>"

static void assert_err(const char *xml, enum err err)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	enum err got = label_parse_xml(own_policies(), slice_text(xml), keep(), &label, &diag);
	if (got != err || !diag.text[0])
		fail_msg("%s: %s (%s), not %s", xml, err_text(got), diag.text, err_text(err));
	assert_null(label);
}

static void assert_reads(const char *xml, const char *text)
{
	assert_string_equal(printed(label_of_xml(own_policies(), xml)), text);
}

static void a_label_reads_with_any_prefix_and_spacing(void **state)
{
	(void)state;
	assert_reads(LABEL_XML(NATO_SECRET CONTEXT), "NATO|SECRET|P:Context=NATO");
	assert_reads("<?xml version='1.0' encoding='UTF-8'?>\n<s:originatorConfidentialityLabel xmlns:s='" LABEL_NS
		     "'>\n<s:ConfidentialityInformation>"
		     "<s:PolicyIdentifier URI='urn:oid:1.3.26.1.3.1'>\n NATO </s:PolicyIdentifier><s:Classification> "
		     "TOP \n SECRET</s:Classification>"
		     "<s:Category URI='urn:oid:1.3.26.1.4.4' Type='PERMISSIVE' TagName=' Context '><s:GenericValue> "
		     "NATO</s:GenericValue></s:Category>"
		     "</s:ConfidentialityInformation></s:originatorConfidentialityLabel>",
		     "NATO|TOP SECRET|P:Context=NATO");
}

static void names_of_nato_and_public_are_read_in_either_case(void **state)
{
	(void)state;
	assert_reads(LABEL_XML("<PolicyIdentifier>nato</PolicyIdentifier><Classification>secret</Classification>"
			       "<Category TagName='releasable to' "
			       "Type='PERMISSIVE'><GenericValue>kor</GenericValue></Category>"),
		     "NATO|SECRET|P:Releasable To=KOR");
	assert_reads(LABEL_XML("<PolicyIdentifier>Public</PolicyIdentifier><Classification>unmarked</Classification>"),
		     "PUBLIC|UNMARKED");
	const struct label *label;
	assert_int_equal(
		label_parse_xml(
			rules(),
			SLICE(LABEL_XML(
				"<PolicyIdentifier>rules</PolicyIdentifier><Classification>LOW</Classification>")),
			keep(), &label, NULL),
		ERR_UNKNOWN);
}

static void the_misprints_of_the_standard_are_read(void **state)
{
	(void)state;
	assert_reads("<OriginatorConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" NATO_SECRET
		     "<Category tagName='Context' "
		     "type='Permissive'><GenericValue>NATO</GenericValue></Category></ConfidentialityInformation>"
		     "<CreationDataTime>2026-01-01T00:00:00Z</CreationDataTime></OriginatorConfidentialityLabel>",
		     "NATO|SECRET|P:Context=NATO");
	assert_reads("<alternateConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" NATO_SECRET
		     "<PrimaryMark>X</PrimaryMark></ConfidentialityInformation></alternateConfidentialityLabel>",
		     "NATO|SECRET|M:X");
	assert_reads("<ConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" NATO_SECRET
		     "</ConfidentialityInformation></ConfidentialityLabel>",
		     "NATO|SECRET");
}

static void what_is_not_a_label_is_refused(void **state)
{
	(void)state;
	static const char *const malformed[] = {
		LABEL_XML(""),
		LABEL_XML("<PolicyIdentifier>NATO</PolicyIdentifier>"),
		LABEL_XML("<Classification>SECRET</Classification>"),
		LABEL_XML("<Classification>SECRET</Classification><PolicyIdentifier>NATO</PolicyIdentifier>"),
		LABEL_XML(NATO_SECRET "<Classification>RESTRICTED</Classification>"),
		LABEL_XML("<PolicyIdentifier>NATO</PolicyIdentifier>" NATO_SECRET),
		LABEL_XML("<PolicyIdentifier>NATO</PolicyIdentifier><Classification> </Classification>"),
		LABEL_XML(NATO_SECRET CONTEXT "<PrivacyMark>X</PrivacyMark>"),
		LABEL_XML(NATO_SECRET "<PrivacyMark>X</PrivacyMark><PrivacyMark>Y</PrivacyMark>"),
		LABEL_XML(NATO_SECRET CONTEXT CONTEXT),
		LABEL_XML(NATO_SECRET "<Surprise/>"),
		LABEL_XML(NATO_SECRET "text"),
		LABEL_XML(NATO_SECRET "<Category Type='PERMISSIVE'><GenericValue>NATO</GenericValue></Category>"),
		LABEL_XML(NATO_SECRET "<Category TagName='Context'><GenericValue>NATO</GenericValue></Category>"),
		LABEL_XML(NATO_SECRET
			  "<Category TagName='Context' Type='permissive'><GenericValue>NATO</GenericValue></Category>"),
		LABEL_XML(
			NATO_SECRET
			"<Category TagName='Context' Type='PERMISSIVE'><CategoryValue>NATO</CategoryValue></Category>"),
		LABEL_XML(NATO_SECRET "<Category TagName='Context' Type='PERMISSIVE'>NATO</Category>"),
		"<originatorConfidentialityLabel><ConfidentialityInformation>" NATO_SECRET
		"</ConfidentialityInformation></originatorConfidentialityLabel>",
		"<originatorConfidentialityLabel xmlns='" LABEL_NS "'/>",
		"<originatorConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" NATO_SECRET
		"</ConfidentialityInformation><ConfidentialityInformation>" NATO_SECRET
		"</ConfidentialityInformation></originatorConfidentialityLabel>",
		"<originatorConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" NATO_SECRET
		"</ConfidentialityInformation><CreationDateTime>yesterday</CreationDateTime></"
		"originatorConfidentialityLabel>",
		"<originatorConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" NATO_SECRET
		"</ConfidentialityInformation><OriginatorID>x</OriginatorID></originatorConfidentialityLabel>",
		"<originatorConfidentialityLabel xmlns='" LABEL_NS
		"' ReviewDateTime='soon'><ConfidentialityInformation>" NATO_SECRET
		"</ConfidentialityInformation></originatorConfidentialityLabel>",
		"<!DOCTYPE x [<!ENTITY e 'SECRET'>]>" LABEL_XML(NATO_SECRET),
		"<x/>",
		"",
	};
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_err(malformed[i], ERR_MALFORMED);
}

static void unknown_names_and_wrong_oids_are_unknown(void **state)
{
	(void)state;
	assert_err(LABEL_XML("<PolicyIdentifier>EU</PolicyIdentifier><Classification>SECRET</Classification>"),
		   ERR_UNKNOWN);
	assert_err(LABEL_XML("<PolicyIdentifier "
			     "URI='urn:oid:1.2.3'>NATO</PolicyIdentifier><Classification>SECRET</Classification>"),
		   ERR_UNKNOWN);
	assert_err(LABEL_XML("<PolicyIdentifier>NATO</PolicyIdentifier><Classification>ULTRA</Classification>"),
		   ERR_UNKNOWN);
	assert_err(LABEL_XML(NATO_SECRET "<Category TagName='Context' Type='RESTRICTIVE'/>"), ERR_UNKNOWN);
	assert_err(LABEL_XML(NATO_SECRET "<Category TagName='Context' Type='PERMISSIVE' URI='urn:oid:1.3.26.1.4.5'/>"),
		   ERR_UNKNOWN);
	assert_err(LABEL_XML(NATO_SECRET
			     "<Category TagName='Only' Type='PERMISSIVE'><GenericValue>PRK</GenericValue></Category>"),
		   ERR_UNKNOWN);
}

static void what_the_prose_forbids_is_invalid(void **state)
{
	(void)state;
	assert_err(LABEL_XML("<PolicyIdentifier>NATO</PolicyIdentifier><Classification "
			     "URI='urn:oid:1'>SECRET</Classification>"),
		   ERR_INVALID);
	assert_err(LABEL_XML("<PolicyIdentifier "
			     "URI='http://x'>NATO</PolicyIdentifier><Classification>SECRET</Classification>"),
		   ERR_INVALID);
	assert_err(LABEL_XML(NATO_SECRET
			     "<Category TagName='Only' Type='PERMISSIVE'><IntegerValue>1</IntegerValue></Category>"),
		   ERR_INVALID);
	assert_err(
		LABEL_XML(NATO_SECRET
			  "<Category TagName='Only' Type='PERMISSIVE'><BitStringValue>1</BitStringValue></Category>"),
		ERR_INVALID);
}

static void extensions_of_other_namespaces_are_passed_over(void **state)
{
	(void)state;
	assert_reads(LABEL_XML(NATO_SECRET CONTEXT "<x:a xmlns:x='urn:x'><x:b>text</x:b></x:a>"),
		     "NATO|SECRET|P:Context=NATO");
	assert_err(LABEL_XML(NATO_SECRET "<x:a xmlns:x='urn:x'/>" CONTEXT), ERR_MALFORMED);
}

static void only_a_permissive_category_without_value_is_kept(void **state)
{
	(void)state;
	assert_reads(LABEL_XML(NATO_SECRET "<Category TagName='Only' Type='PERMISSIVE'/>"), "NATO|SECRET|P:Only=");
	assert_reads(LABEL_XML(NATO_SECRET CONTEXT "<Category TagName='Additional Sensitivity' Type='RESTRICTIVE'/>"
						   "<Category TagName='Administrative' Type='INFORMATIVE'/>"),
		     "NATO|SECRET|P:Context=NATO");
}

#define SUCCESSION(review, rest) \
	"<originatorConfidentialityLabel xmlns='" LABEL_NS "' " review \
	"><ConfidentialityInformation>" NATO_SECRET CONTEXT \
	"</ConfidentialityInformation><CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime><SuccessionHandling>" \
	"<SuccessionDateTime>2026-06-01T00:00:00Z</" \
	"SuccessionDateTime><SuccessorConfidentialityLabel><ConfidentialityInformation>" \
	"<PolicyIdentifier>PUBLIC</PolicyIdentifier><Classification>UNMARKED</Classification></" \
	"ConfidentialityInformation>" rest \
	"</SuccessorConfidentialityLabel></SuccessionHandling></originatorConfidentialityLabel>"

static void a_successor_takes_over_when_its_time_has_come(void **state)
{
	(void)state;
	const uint64_t may = UINT64_C(1777593600000), july = UINT64_C(1782864000000);
	const struct label *label = label_of_xml(own_policies(), SUCCESSION("", ""));
	assert_string_equal(printed(label_in_force(label, may)), "NATO|SECRET|P:Context=NATO");
	assert_string_equal(printed(label_in_force(label, july)), "PUBLIC|UNMARKED");
	label = label_of_xml(own_policies(), SUCCESSION("ReviewDateTime='2030-01-01T00:00:00Z'", ""));
	assert_string_equal(printed(label_in_force(label, july)), "NATO|SECRET|P:Context=NATO");
	const struct label *plain = label_of_xml(own_policies(), LABEL_XML(NATO_SECRET));
	assert_ptr_equal(label_in_force(plain, UINT64_MAX), plain);
	assert_err(SUCCESSION("", "<SuccessionHandling/>"), ERR_UNSUPPORTED);
}

#define BINDING(metadata, data) \
	"<b:BindingInformation " \
	"xmlns:b='urn:nato:stanag:4778:bindinginformation:1:0'><b:MetadataBindingContainer><b:" \
	"MetadataBinding>" metadata "<b:Data>" data \
	"</b:Data></b:MetadataBinding></b:MetadataBindingContainer></b:BindingInformation>"
#define METADATA(label) "<b:Metadata>" label "</b:Metadata>"
#define PUBLIC_LABEL LABEL_XML("<PolicyIdentifier>PUBLIC</PolicyIdentifier><Classification>UNMARKED</Classification>")
#define FOREIGN LABEL_XML("<PolicyIdentifier>MARS</PolicyIdentifier><Classification>RED</Classification>")
#define ALTERNATIVE \
	"<alternativeConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" NATO_SECRET CONTEXT \
	"</ConfidentialityInformation></alternativeConfidentialityLabel>"

static void the_label_of_a_binding_is_found_where_it_binds(void **state)
{
	(void)state;
	assert_reads(BINDING(METADATA(LABEL_XML(NATO_SECRET CONTEXT)), "<x/>"), "NATO|SECRET|P:Context=NATO");
	/* a label inside the data is the data's own affair */
	assert_reads(BINDING(METADATA(LABEL_XML(NATO_SECRET CONTEXT)), METADATA(PUBLIC_LABEL)),
		     "NATO|SECRET|P:Context=NATO");
	assert_err(BINDING("", METADATA(PUBLIC_LABEL)), ERR_MALFORMED);
	assert_err(BINDING(METADATA(PUBLIC_LABEL) METADATA(LABEL_XML(NATO_SECRET)), ""), ERR_MALFORMED);
	assert_err(BINDING(METADATA("<x/>"), ""), ERR_MALFORMED);
	assert_err(BINDING(METADATA(LABEL_XML("<PolicyIdentifier>NATO</PolicyIdentifier>")), ""), ERR_MALFORMED);
}

static void an_alternative_label_serves_when_the_originators_policy_is_foreign(void **state)
{
	(void)state;
	assert_reads(BINDING(METADATA(FOREIGN) METADATA(ALTERNATIVE), ""), "NATO|SECRET|P:Context=NATO");
	assert_reads(BINDING(METADATA(PUBLIC_LABEL) METADATA(ALTERNATIVE), ""), "PUBLIC|UNMARKED");
	assert_err(BINDING(METADATA(FOREIGN), ""), ERR_UNKNOWN);
}

static void a_printed_label_is_complete_and_reads_the_same(void **state)
{
	(void)state;
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	assert_ok(label_print_xml(compact(own_policies(), "NATO|SECRET|P:Only=|M:A&<>\""), NOW, NOW + 1, &xml));
	assert_string_equal(
		arena_text(keep(), buf_slice(&xml)),
		"<originatorConfidentialityLabel xmlns=\"" LABEL_NS
		"\" ReviewDateTime=\"2027-01-15T08:00:00.001Z\"><ConfidentialityInformation>"
		"<PolicyIdentifier "
		"URI=\"urn:oid:1.3.26.1.3.1\">NATO</PolicyIdentifier><Classification>SECRET</Classification>"
		"<PrivacyMark>A&amp;&lt;&gt;&quot;</PrivacyMark>"
		"<Category TagName=\"Only\" Type=\"PERMISSIVE\" "
		"URI=\"urn:oid:1.3.26.1.4.5\"></Category></ConfidentialityInformation>"
		"<CreationDateTime>2027-01-15T08:00:00.000Z</CreationDateTime></originatorConfidentialityLabel>\n");
	assert_reads(arena_text(keep(), buf_slice(&xml)), "NATO|SECRET|P:Only=|M:A&<>\"");
}

static void the_size_limit_is_exact(void **state)
{
	(void)state;
	for (int more = -1; more <= 1; more++) {
		AUTO_BUF xml = buf_make(2 * LIMIT_LABEL_XML);
		buf_put_text(&xml, LABEL_XML(NATO_SECRET));
		while (xml.len < (size_t)(LIMIT_LABEL_XML + more))
			buf_put_octet(&xml, '\n');
		const struct label *label;
		assert_int_equal(label_parse_xml(own_policies(), buf_slice(&xml), keep(), &label, NULL),
				 more > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

#define AROUND(start, information, more) \
	"<originatorConfidentialityLabel xmlns='" LABEL_NS "'" start "><ConfidentialityInformation>" information \
	"</ConfidentialityInformation>" more "</originatorConfidentialityLabel>"
#define CREATED "<CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime>"
#define SUCCESSOR \
	"<SuccessorConfidentialityLabel><ConfidentialityInformation>" NATO_SECRET "</ConfidentialityInformation>" \
	"</SuccessorConfidentialityLabel>"
#define LATER "<SuccessionDateTime>2027-01-01T00:00:00Z</SuccessionDateTime>"

static void elements_out_of_place_are_refused(void **state)
{
	(void)state;
	static const char *const malformed[] = {
		AROUND("", NATO_SECRET, CREATED CREATED),
		AROUND("", NATO_SECRET, CREATED "<OriginatorID IDType='jID'>x</OriginatorID>"),
		AROUND("", NATO_SECRET, "<Surprise/>"),
		AROUND("", NATO_SECRET, CREATED "<x xmlns='u'/><x xmlns='u'/>" CREATED),
		AROUND("", "<x xmlns='u'/>" NATO_SECRET, ""),
		AROUND("", NATO_SECRET "<x xmlns='u'/>" CONTEXT, ""),
		AROUND("", NATO_SECRET "<Category TagName='Context' Type='PERMISSIVE'><GenericValue xmlns='u'>NATO</GenericValue>"
				       "</Category>", ""),
		"<originatorConfidentialityLabel xmlns='" LABEL_NS "'>" CREATED "</originatorConfidentialityLabel>",
		"<originatorConfidentialityLabel xmlns='" LABEL_NS "'><x xmlns='u'/></originatorConfidentialityLabel>",
		AROUND("", NATO_SECRET, CREATED "<SuccessionHandling/>"),
		AROUND("", NATO_SECRET, CREATED "<SuccessionHandling><x xmlns='u'/></SuccessionHandling>"),
		AROUND("", NATO_SECRET, CREATED "<SuccessionHandling>" SUCCESSOR LATER "</SuccessionHandling>"),
		AROUND("", NATO_SECRET, CREATED "<SuccessionHandling>" LATER SUCCESSOR CREATED "</SuccessionHandling>"),
		AROUND("", NATO_SECRET, CREATED "<SuccessionHandling>" LATER SUCCESSOR "</SuccessionHandling>" CREATED),
		"<BindingInformation xmlns='urn:nato:stanag:4778:bindinginformation:1:0'/>",
		"<Something xmlns='urn:nato:stanag:4778:bindinginformation:1:0'/>",
		AROUND("", NATO_SECRET, "") "<x/>",
	};
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_err(malformed[i], ERR_MALFORMED);
	assert_err(AROUND("", "<PolicyIdentifier URI='urn:oid:'>NATO</PolicyIdentifier>", ""), ERR_INVALID);
	assert_err(AROUND("", NATO_SECRET "<Category TagName='Context' Type='PERMISSIVE' URI='http://x.example'/>", ""),
		   ERR_INVALID);
	assert_reads(AROUND("", "<PolicyIdentifier URI='URN:OID:1.3.26.1.3.1'>NATO</PolicyIdentifier>"
				"<Classification>SECRET</Classification>", ""), "NATO|SECRET");
	const struct label *label;
	assert_int_equal(label_parse_xml(own_policies(), SLICE("no XML"), keep(), &label, NULL), ERR_MALFORMED);
	const struct clearance *clearance;
	assert_int_equal(clearance_parse_xml(own_policies(), SLICE("\xff"), keep(), &clearance, NULL), ERR_MALFORMED);
}

#define BOUND(labels) \
	"<b:BindingInformation xmlns:b='urn:nato:stanag:4778:bindinginformation:1:0'><b:MetadataBindingContainer>" \
	"<b:MetadataBinding><b:Metadata>" labels "</b:Metadata></b:MetadataBinding></b:MetadataBindingContainer>" \
	"</b:BindingInformation>"
#define ANOTHER(information) \
	"<alternativeConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" information \
	"</ConfidentialityInformation></alternativeConfidentialityLabel>"
#define ELSEWHERE "<PolicyIdentifier>MARS</PolicyIdentifier><Classification>RED</Classification>"

static void the_first_alternative_that_is_known_serves(void **state)
{
	(void)state;
	assert_reads(BOUND(ANOTHER(ELSEWHERE) ANOTHER(NATO_SECRET) ANOTHER(NATO_SECRET CONTEXT)), "NATO|SECRET");
	assert_err(BOUND(ANOTHER(ELSEWHERE)), ERR_MALFORMED);
	assert_err(BOUND(ANOTHER(NATO_SECRET)) "x", ERR_MALFORMED);
	assert_err(BOUND("<x xmlns='u'/>"), ERR_MALFORMED);
}

static void a_public_label_with_a_mark_or_a_level_is_not_neutral(void **state)
{
	(void)state;
	const struct policy_set *set = policies_of_text(
		"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
		"<securityPolicyId name='PUBLIC' id='1.1'/><securityClassifications>"
		"<securityClassification name='LOW' lacv='1' hierarchy='1'/>"
		"<securityClassification name='HIGH' lacv='2' hierarchy='2'/></securityClassifications>"
		"<privacyMarks><privacyMark name='m'/></privacyMarks></SPIF>");
	static const char *const lines[] = {"PUBLIC|LOW", "PUBLIC|LOW|M:m", "PUBLIC|HIGH"};
	const struct label *labels[3];
	for (size_t i = 0; i < 3; i++)
		labels[i] = compact(set, lines[i]);
	AUTO_BUF text = buf_make(100);
	assert_ok(label_mark_aggregate(set, labels, 3, slice_of(NULL, 0), &text));
	assert_slice(buf_slice(&text), "PUBLIC HIGH PORTIONS DIFFER");
}

/* ---- bad input: each is refused as a whole, with line, column and reason ---- */

static void assert_refused_at(struct slice xml, enum err err, uint32_t line, uint32_t column, const char *words)
{
	AUTO_ARENA arena = {0};
	const struct label *label = NULL;
	struct diag diag = {0};
	enum err got = label_parse_xml(own_policies(), xml, &arena, &label, &diag);
	if (got != err || diag.line != line || diag.column != column || !strstr(diag.text, words) || label)
		fail_msg("%.*s: %s at %u:%u: %s", SLICE_ARG(slice_take(xml, 600)), err_text(got), diag.line, diag.column, diag.text);
}

/* A label of four lines whose third one is given. */
#define IN_LINE_3(text) \
	"<originatorConfidentialityLabel xmlns='" LABEL_NS "'>\n<ConfidentialityInformation>\n" text \
	"\n</ConfidentialityInformation></originatorConfidentialityLabel>"

static void bad_input_is_refused_with_line_column_and_reason(void **state)
{
	(void)state;
	static const struct {
		const char *xml;
		enum err err;
		uint32_t line, column;
		const char *words;
	} rows[] = {
		{IN_LINE_3(NATO_SECRET "<Classification>SECRET</Classification>"), ERR_MALFORMED, 3, 81, "Classification stands twice"},
		{IN_LINE_3("<PolicyIdentifier>NATO</PolicyIdentifier>"), ERR_MALFORMED, 4, 1, "needs PolicyIdentifier and Classification"},
		{IN_LINE_3(NATO_SECRET) "<x/>", ERR_MALFORMED, 4, 63, "second root element"},
		{IN_LINE_3(NATO_SECRET "<Novelty/>"), ERR_MALFORMED, 3, 81, "element Novelty may not stand here"},
		{"\n<ConfidentialityLabel xmlns='urn:other'/>", ERR_MALFORMED, 2, 1, "neither a label of"},
		{"\n <!DOCTYPE x>" IN_LINE_3(NATO_SECRET), ERR_MALFORMED, 2, 2, "a DOCTYPE is refused"},
		{IN_LINE_3("<PolicyIdentifier>NATO</PolicyIdentifier><Classification>&level;</Classification>"), ERR_MALFORMED, 3, 58,
		 "an entity or character reference that is not allowed"},
		{IN_LINE_3("<PolicyIdentifier>NATO</PolicyIdentifier><Classification>SE\xff" "CRET</Classification>"), ERR_MALFORMED, 3, 60,
		 "not valid UTF-8"},
		{IN_LINE_3("<PolicyIdentifier>NATO</PolicyIdentifier><Classification>SE\x01" "CRET</Classification>"), ERR_MALFORMED, 3, 60,
		 "a character that XML does not allow"},
		{IN_LINE_3(NATO_SECRET "<Category TagName='Only' Type='PERMISSIVE'><GenericValue>K\xd0\x9eR</GenericValue></Category>"),
		 ERR_UNKNOWN, 3, 124, "is not a value of 'Only'"},
		{IN_LINE_3("<PolicyIdentifier>NATO</PolicyIdentifier><Classification>S\xd0\x95" "CRET</Classification>"), ERR_UNKNOWN, 3,
		 42, "has no classification"},
		{IN_LINE_3(NATO_SECRET "</Category>"), ERR_MALFORMED, 3, 81, "does not match its start tag"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused_at(slice_text(rows[i].xml), rows[i].err, rows[i].line, rows[i].column, rows[i].words);
	static const char nul[] = IN_LINE_3("<PolicyIdentifier>NA\0TO</PolicyIdentifier>");
	assert_refused_at(slice_of(nul, sizeof(nul) - 1), ERR_MALFORMED, 3, 21, "a character that XML does not allow");
}

static void large_input_is_refused_with_the_place_where_the_limit_is_passed(void **state)
{
	(void)state;
	enum { TEN_MB = 10 * 1024 * 1024, MANY = 100000 };
	AUTO_BUF xml = buf_make(TEN_MB);
	buf_put_text(&xml, "\n");
	while (xml.len < TEN_MB)
		buf_put_octet(&xml, ' ');
	assert_refused_at(buf_slice(&xml), ERR_TOO_LARGE, 2, LIMIT_LABEL_XML, "at most 262144 octets");
	buf_truncate(&xml, 0);
	buf_put_text(&xml, "<originatorConfidentialityLabel xmlns='" LABEL_NS "'>\n<ConfidentialityInformation>" NATO_SECRET);
	for (int i = 0; i < MANY; i++)
		buf_put_text(&xml, "\n<Category TagName='Additional Sensitivity' Type='RESTRICTIVE'/>");
	uint32_t line = 1;
	for (size_t i = 0; i < LIMIT_LABEL_XML; i++)
		line += xml.data[i] == '\n';
	struct diag diag = {0};
	const struct label *label;
	assert_int_equal(label_parse_xml(own_policies(), buf_slice(&xml), keep(), &label, &diag), ERR_TOO_LARGE);
	assert_int_equal(diag.line, line);
	/* as many as fit are read in their order, each once */
	buf_truncate(&xml, 0);
	buf_put_text(&xml, "<originatorConfidentialityLabel xmlns='" LABEL_NS "'><ConfidentialityInformation>" NATO_SECRET);
	while (xml.len < LIMIT_LABEL_XML - 400)
		buf_put_text(&xml, "<Category TagName='Additional Sensitivity' Type='RESTRICTIVE'><GenericValue>ATOMAL</GenericValue>"
				   "</Category>");
	buf_put_text(&xml, "</ConfidentialityInformation></originatorConfidentialityLabel>");
	assert_reads(arena_text(keep(), buf_slice(&xml)), "NATO|SECRET|R:Additional Sensitivity=ATOMAL");
}

/* The misprints that are read are never written: emitted labels have none of their words. */
static void the_misprints_are_never_written(void **state)
{
	(void)state;
	static const char *const misprints[] = {"CreationDataTime", "OriginatorConfidentialityLabel", "alternateConfidentialityLabel",
						"PrimaryMark",	    " tagName=", " type=", "Permissive", "Restrictive", "Informative"};
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	const struct label *label = compact(own_policies(), "NATO|SECRET|R:Additional Sensitivity=ATOMAL|P:Context=NATO|"
							    "I:Administrative=STAFF|M:MARK");
	assert_ok(label_print_xml(label, NOW, NOW, &xml));
	assert_ok(label_print_alternative_xml(label, NOW, NOW, &xml));
	const char *text = arena_text(keep(), buf_slice(&xml));
	for (size_t i = 0; i < sizeof(misprints) / sizeof(misprints[0]); i++)
		assert_null(strstr(text, misprints[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_reads_with_any_prefix_and_spacing),
		cmocka_unit_test(names_of_nato_and_public_are_read_in_either_case),
		cmocka_unit_test(the_misprints_of_the_standard_are_read),
		cmocka_unit_test(what_is_not_a_label_is_refused),
		cmocka_unit_test(unknown_names_and_wrong_oids_are_unknown),
		cmocka_unit_test(what_the_prose_forbids_is_invalid),
		cmocka_unit_test(extensions_of_other_namespaces_are_passed_over),
		cmocka_unit_test(only_a_permissive_category_without_value_is_kept),
		cmocka_unit_test(a_successor_takes_over_when_its_time_has_come),
		cmocka_unit_test(the_label_of_a_binding_is_found_where_it_binds),
		cmocka_unit_test(an_alternative_label_serves_when_the_originators_policy_is_foreign),
		cmocka_unit_test(a_printed_label_is_complete_and_reads_the_same),
		cmocka_unit_test(the_size_limit_is_exact),
		cmocka_unit_test(elements_out_of_place_are_refused),
		cmocka_unit_test(the_first_alternative_that_is_known_serves),
		cmocka_unit_test(a_public_label_with_a_mark_or_a_level_is_not_neutral),
		cmocka_unit_test(bad_input_is_refused_with_line_column_and_reason),
		cmocka_unit_test(large_input_is_refused_with_the_place_where_the_limit_is_passed),
		cmocka_unit_test(the_misprints_are_never_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
