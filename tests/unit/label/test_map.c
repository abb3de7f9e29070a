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

/* ---- small policies, put together from pieces ---- */

#define LEVEL(name, n, rows) \
	"<securityClassification name='" name "' lacv='" n "' hierarchy='" n "'>" rows "</securityClassification>"
#define AS_OF(policy, n, applied) "<equivalentClassification policyRef='" policy "' lacv='" n "' applied='" applied "'/>"
#define AS(n, applied) AS_OF("AWAY", n, applied)
#define VALUE(name, n, rows) "<tagCategory name='" name "' lacv='" n "'>" rows "</tagCategory>"
#define LIKE_OF(policy, set, kind, n, more) \
	"<equivalentSecCategoryTag policyRef='" policy "' tagSetId='" set "' tagType='" kind "' lacv='" n "' " more "/>"
#define LIKE(set, kind, n, more) LIKE_OF("AWAY", set, kind, n, more)
#define TAGS(name, id, kind, values) \
	"<securityCategoryTagSet name='" name "' id='" id "'>" \
	"<securityCategoryTag name='t' tagType='" kind "'>" values "</securityCategoryTag></securityCategoryTagSet>"
#define NEED(operation, groups) "<requiredCategory operation='" operation "'>" groups "</requiredCategory>"
#define GROUP(set, n) "<categoryGroup tagSetRef='" set "' tagType='permissive' lacv='" n "'/>"
#define AWAY_PEER "<equivalentPolicies><equivalentPolicy name='AWAY' id='2.1'/></equivalentPolicies>"

static const char *small(const char *name, const char *oid, const char *levels, const char *sets, const char *peers)
{
	return arena_printf(keep(),
			    "<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' creationDate='20240101000000Z'>"
			    "<securityPolicyId name='%s' id='%s'/><securityClassifications>%s</securityClassifications>"
			    "<securityCategoryTagSets>%s</securityCategoryTagSets>%s</SPIF>",
			    name, oid, levels, sets, peers);
}

/* Maps a label between two policies; the compact result, or why not. */
static const char *mapped_between(const char *one, const char *two, const char *from, const char *to)
{
	struct policy_set *set = policy_set_new();
	assert_ok(policy_set_add(set, policy_of(slice_text(one))));
	assert_ok(policy_set_add(set, policy_of(slice_text(two))));
	const struct label *mapped;
	struct diag diag = {0};
	enum err err = label_map(set, compact(set, from), slice_text(to), NOW, keep(), &mapped, &diag);
	const char *answer = err == ERR_OK ? printed(mapped) : arena_printf(keep(), "%s", diag.text);
	policy_set_free(set);
	return answer;
}

static void assert_says(const char *got, const char *from, const char *answer)
{
	if (!strstr(got, answer))
		fail_msg("%s: '%s' instead of '%s'", from, got, answer);
}

/* ---- reading: the reader's policy says what foreign labels are to it ---- */

static void assert_reads(const char *reader, const char *from, const char *answer)
{
	assert_says(mapped_between(away, reader, from, "READER"), from, answer);
}

static void the_reader_says_what_foreign_labels_are(void **state)
{
	(void)state;
	static const char levels[] = LEVEL("ONE", "1", AS("10", "decrypt"))
		LEVEL("TWO", "2", AS("20", "encrypt") AS("30", "both"));
	static const char friends[] = TAGS("Friends", "3.2", "permissive",
					   VALUE("EUROPE", "1", LIKE("2.2", "permissive", "1", "applied='decrypt'"))
						   VALUE("ISLES", "2", LIKE("For", "permissive", "2", "")));
	static const char source[] = TAGS("Source", "3.3", "permissive",
					  VALUE("OURS", "1", LIKE("2.3", "permissive", "1", "applied='encrypt'")));
	const char *reader = small("READER", "3.1", levels, arena_printf(keep(), "%s%s", friends, source), AWAY_PEER);
	assert_reads(reader, "AWAY|L|P:For=EU", "READER|ONE|P:Friends=EUROPE");
	assert_reads(reader, "AWAY|L|P:For=EU,UK", "READER|ONE|P:Friends=EUROPE,ISLES");
	assert_reads(reader, "AWAY|H|P:For=EU", "READER|TWO|P:Friends=EUROPE");
	assert_reads(reader, "AWAY|M", "classification M has no equivalent");
	assert_reads(reader, "AWAY|L|P:From=HOME", "'HOME' has no equivalent");
}

static void what_the_reader_may_drop_is_dropped_unless_it_limits(void **state)
{
	(void)state;
	static const char sets[] = TAGS(
		"Friends", "3.2", "permissive",
		VALUE("EUROPE", "1", LIKE("2.2", "permissive", "1", "") LIKE("2.2", "permissive", "2", "action='discard'")
					     LIKE("2.4", "tagType7", "7", "action='discard'")));
	const char *reader = small("READER", "3.1", LEVEL("ONE", "1", AS("10", "both")), sets, AWAY_PEER);
	assert_reads(reader, "AWAY|L|P:For=EU,UK|I:Remarks=STAFF", "READER|ONE|P:Friends=EUROPE");
	assert_reads(reader, "AWAY|L|P:For=UK", "stands for the limits of For");
}

static void what_the_reader_cannot_tell_apart_is_refused(void **state)
{
	(void)state;
	const char *two = small("READER", "3.1", LEVEL("ONE", "1", AS("10", "both")) LEVEL("TWO", "2", AS("10", "decrypt")),
				"", AWAY_PEER);
	assert_reads(two, "AWAY|L", "several equivalents in policy READER: ONE, TWO");
}

static void what_an_equivalent_level_requires_is_a_condition_when_reading(void **state)
{
	(void)state;
	static const char level[] = LEVEL("ONE", "1",
					  "<equivalentClassification policyRef='AWAY' lacv='10' applied='decrypt'>" NEED(
						  "all", GROUP("2.2", "1")) "</equivalentClassification>");
	static const char friends[] =
		TAGS("Friends", "3.2", "permissive", VALUE("EUROPE", "1", LIKE("2.2", "permissive", "1", "")));
	const char *reader = small("READER", "3.1", level, friends, AWAY_PEER);
	assert_reads(reader, "AWAY|L", "classification L has no equivalent");
	assert_reads(reader, "AWAY|L|P:For=EU", "READER|ONE|P:Friends=EUROPE");
}

static void a_whole_tag_set_can_be_read(void **state)
{
	(void)state;
	static const char notes[] =
		"<securityCategoryTagSet name='Notes' id='3.4'><securityCategoryTag name='t' tagType='tagType7'>"
		"<tagCategory name='STAFF' lacv='4'/></securityCategoryTag>"
		"<equivalentSecurityCategoryTagSet policyRef='2.1' name='Remarks' id='2.4'/></securityCategoryTagSet>";
	const char *reader = small("READER", "3.1", LEVEL("ONE", "1", AS("10", "decrypt")), notes, AWAY_PEER);
	assert_reads(reader, "AWAY|L|I:Remarks=STAFF", "READER|ONE|I:Notes=STAFF");
}

static void a_namesake_with_another_oid_is_not_meant(void **state)
{
	(void)state;
	static const char peer[] = "<equivalentPolicies><equivalentPolicy name='AWAY' id='9.9'/></equivalentPolicies>";
	assert_reads(small("READER", "3.1", LEVEL("ONE", "1", AS("10", "both")), "", peer), "AWAY|L",
		     "has no equivalent");
}

/* ---- sending: limits ---- */

static void assert_sends(const char *sender, const char *from, const char *answer)
{
	assert_says(mapped_between(away, sender, from, "AWAY"), from, answer);
}

static void a_restrictive_value_is_never_left_out(void **state)
{
	(void)state;
	static const char must[] =
		TAGS("Must", "4.2", "restrictive",
		     VALUE("DROP", "1", "<equivalentSecCategoryTag policyRef='AWAY' action='discard'/>")
			     VALUE("NOTE", "2", LIKE("2.4", "tagType7", "7", ""))
				     VALUE("WHOM", "3", LIKE("2.2", "permissive", "1", ""))
					     VALUE("ALSO", "4", LIKE("2.2", "permissive", "2", "")));
	const char *sender = small("SENDER", "4.1", LEVEL("ONE", "1", AS("10", "both")), must, AWAY_PEER);
	assert_sends(sender, "SENDER|ONE", "AWAY|L");
	assert_sends(sender, "SENDER|ONE|R:Must=DROP", "stands for the limits of DROP");
	assert_sends(sender, "SENDER|ONE|R:Must=NOTE", "stands for the limits of NOTE");
	assert_sends(sender, "SENDER|ONE|R:Must=WHOM", "AWAY|L|P:For=EU");
	/* either would do there, both are needed here */
	assert_sends(sender, "SENDER|ONE|R:Must=ALSO,WHOM", "stands for the limits of");
}

static void alternatives_of_two_tags_do_not_mix(void **state)
{
	(void)state;
	static const char who[] = TAGS("Who", "4.2", "permissive", VALUE("EU", "1", LIKE("2.2", "permissive", "1", "")));
	static const char where[] = TAGS("Where", "4.3", "permissive",
					 VALUE("UK", "1", LIKE("2.2", "permissive", "2", ""))
						 VALUE("EU", "2", LIKE("2.2", "permissive", "1", "")));
	const char *sender = small("SENDER", "4.1", LEVEL("ONE", "1", AS("10", "both")),
				   arena_printf(keep(), "%s%s", who, where), AWAY_PEER);
	assert_sends(sender, "SENDER|ONE|P:Where=UK", "AWAY|L|P:For=UK");
	assert_sends(sender, "SENDER|ONE|P:Where=EU|P:Who=EU", "AWAY|L|P:For=EU");
	assert_sends(sender, "SENDER|ONE|P:Where=UK|P:Who=EU", "stands for the limits of");
}

static void what_is_required_does_not_widen_and_is_not_guessed(void **state)
{
	(void)state;
	static const struct {
		const char *needs, *from, *answer;
	} cases[] = {
		{NEED("all", GROUP("2.2", "2")), "SENDER|ONE", "AWAY|L|P:For=UK"},
		{NEED("all", GROUP("2.2", "2")), "SENDER|ONE|P:Who=EU", "stands for the limits of Who"},
		{NEED("oneOrMore", GROUP("2.2", "2")), "SENDER|ONE", "AWAY|L|P:For=UK"},
		{NEED("oneOrMore", GROUP("2.2", "1") GROUP("2.2", "2")), "SENDER|ONE", "people must choose"},
		{NEED("onlyOne", GROUP("2.2", "1") GROUP("2.2", "2")), "SENDER|ONE|P:Who=EU", "AWAY|L|P:For=EU"},
		{NEED("all", GROUP("2.2", "1")) NEED("all", GROUP("2.3", "1")), "SENDER|ONE|P:Who=EU",
		 "AWAY|L|P:For=EU|P:From=HOME"},
		{NEED("all", GROUP("2.2", "9")), "SENDER|ONE", "does not clearly have"},
		{NEED("oneOrMore", GROUP("2.2", "1") GROUP("2.2", "2")), "SENDER|ONE|P:Who=EU", "AWAY|L|P:For=EU"},
		{NEED("oneOrMore", GROUP("2.2", "1") GROUP("2.2", "2")), "SENDER|ONE|P:Who=EU,UK", "AWAY|L|P:For=EU,UK"},
		{NEED("onlyOne", GROUP("2.2", "1") GROUP("2.2", "2")), "SENDER|ONE|P:Who=EU,UK", "people must choose"},
	};
	static const char who[] = TAGS("Who", "4.2", "permissive",
				       VALUE("EU", "1", LIKE("2.2", "permissive", "1", ""))
					       VALUE("UK", "2", LIKE("2.2", "permissive", "2", "")));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *peer = arena_printf(keep(),
						"<equivalentPolicies><equivalentPolicy name='AWAY' id='2.1'>%s"
						"</equivalentPolicy></equivalentPolicies>",
						cases[i].needs);
		assert_sends(small("SENDER", "4.1", LEVEL("ONE", "1", AS("10", "both")), who, peer), cases[i].from,
			     cases[i].answer);
	}
}

static void what_the_target_lacks_stops_the_mapping(void **state)
{
	(void)state;
	static const char levels[] = LEVEL("ONE", "1", AS("10", "both")) LEVEL("TWO", "2", AS("20", "both") AS("30", "both"))
		LEVEL("SIX", "3", AS("60", "both"));
	static const char who[] =
		TAGS("Who", "4.2", "permissive",
		     VALUE("EU", "1", LIKE("2.2", "permissive", "1", "") LIKE("2.2", "permissive", "9", "")));
	const char *sender = small("SENDER", "4.1", levels, who, AWAY_PEER);
	assert_sends(sender, "SENDER|ONE|P:Who=EU", "'EU' has no equivalent");
	assert_sends(sender, "SENDER|TWO", "several equivalents in policy AWAY: M, H");
	assert_sends(sender, "SENDER|SIX", "SIX has no equivalent");
}

static void an_invalid_label_has_no_equivalent(void **state)
{
	(void)state;
	static const char who[] = TAGS("Who", "4.2", "permissive", VALUE("EU", "1", LIKE("2.2", "permissive", "1", "")));
	const char *sender =
		small("SENDER", "4.1", LEVEL("ONE", "1", AS("10", "both") NEED("all", GROUP("4.2", "1"))), who, AWAY_PEER);
	assert_sends(sender, "SENDER|ONE", "the given label is not valid");
}

/* Two values of one number, and a policy whose X is that number there. */
#define TWIN(kind, level) \
	small("TWIN", "5.1", level, TAGS("To", "5.2", kind, VALUE("A", "1", "") VALUE("B", "1", "")), "")
#define ONCE(kind) \
	small("ONCE", "6.1", LEVEL("L", "1", AS_OF("TWIN", "1", "both")), \
	      TAGS("To", "6.2", kind, VALUE("X", "1", LIKE_OF("TWIN", "5.2", kind, "1", ""))), "")

static void a_number_that_two_values_share_names_nobody(void **state)
{
	(void)state;
	static const char linked[] = LEVEL("L", "1", AS_OF("ONCE", "1", "both")), plain[] = LEVEL("L", "1", "");
	static const char from[] = "ONCE|L|P:To=X", back[] = "TWIN|L|P:To=A", both_needed[] = "ONCE|L|R:To=X";
	assert_says(mapped_between(ONCE("permissive"), TWIN("permissive", linked), from, "TWIN"), from, "no equivalent");
	assert_says(mapped_between(ONCE("permissive"), TWIN("permissive", plain), back, "ONCE"), back, "no equivalent");
	assert_says(mapped_between(ONCE("permissive"), TWIN("permissive", plain), "TWIN|L", "ONCE"), "TWIN|L", "ONCE|L");
	assert_says(mapped_between(ONCE("restrictive"), TWIN("restrictive", linked), both_needed, "TWIN"), both_needed,
		    "TWIN|L|R:To=A,B");
}

/* ---- our policies ---- */

static void national_labels_map_to_nato_and_back(void **state)
{
	(void)state;
	static const char *const files[] = {"nato", "usa", "kor", "ltu", "exercise", "bilateral"};
	struct policy_set *set = policy_set_new();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_ok(policy_set_add(set, policy_of(file_of(arena_printf(keep(), "policy/%s.xml", files[i])))));
	static const struct {
		const char *from, *to, *answer;
	} cases[] = {
		{"USA|SECRET", "NATO", "NATO|SECRET|P:Context=NATO|P:Only=USA"},
		{"USA|SECRET|P:Releasable To=KOR,USA", "NATO", "NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,USA"},
		{"USA|SECRET|R:Special Handling=CRYPTO", "NATO",
		 "NATO|SECRET|R:Additional Sensitivity=CRYPTO|P:Context=NATO|P:Only=USA"},
		{"USA|SECRET|R:Special Handling=NOFORN", "NATO", "'NOFORN' has no equivalent"},
		{"USA|SECRET|P:Foreign Government Information=NATO|P:Releasable To=KOR,USA", "NATO",
		 "limits of Foreign Government"},
		{"USA|SECRET|P:Releasable To=KOR,USA", "KOR", "SECRET has no equivalent in policy KOR"},
		{"NATO|RESTRICTED|P:Context=NATO", "USA", "USA|CONFIDENTIAL|P:Foreign Government Information=NATO"},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO", "USA",
		 "USA|SECRET|P:Foreign Government Information=NATO,NATO PARTNERS|P:Releasable To=KOR,NATO,USA"},
		{"NATO|SECRET|R:Additional Sensitivity=DEMO|P:Context=NATO", "USA", "'DEMO' has no equivalent"},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU", "KOR",
		 "KOR|SECRET|P:Foreign Origin=NATO,NATO PARTNERS|P:Releasable To=KOR,LTU"},
		{"NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU", "USA", "not valid: KOR requires"},
		{"KOR|TOP SECRET", "NATO", "NATO|TOP SECRET|P:Context=NATO,Releasable|P:Only=KOR"},
		{"LTU|RESTRICTED|P:Releasable To=LTU,NATO", "NATO", "NATO|RESTRICTED|P:Context=NATO|P:Only=LTU,NATO"},
		{"LTU|SECRET|I:Administrative=STAFF", "NATO",
		 "NATO|SECRET|P:Context=NATO|P:Only=LTU|I:Administrative=STAFF"},
		{"NATO|SECRET|P:Context=NATO", "EXERCISE", "no equivalent"},
		{"EXERCISE|SECRET|P:Side=BLUE", "NATO", "no equivalent"},
		{"KOR-LTU|SECRET", "LTU", "LTU|SECRET|P:Releasable To=KOR,LTU"},
		{"KOR-LTU|SECRET|R:Compartment=AMBER", "LTU", "'AMBER' has no equivalent"},
		{"LTU|SECRET|P:Releasable To=KOR,LTU", "KOR-LTU", "no equivalent"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct label *mapped;
		struct diag diag = {0};
		enum err err = label_map(set, compact(set, cases[i].from), slice_text(cases[i].to), NOW, keep(), &mapped,
					 &diag);
		const char *got = err == ERR_OK ? printed(mapped) : diag.text;
		if (err == ERR_OK ? strcmp(got, cases[i].answer) != 0 : !strstr(got, cases[i].answer))
			fail_msg("%s to %s: '%s' instead of '%s'", cases[i].from, cases[i].to, got, cases[i].answer);
	}
	policy_set_free(set);
}

static void an_equivalent_is_printed_as_an_alternative_label(void **state)
{
	(void)state;
	const struct label *mapped, *again;
	const char *from = "<originatorConfidentialityLabel xmlns='urn:nato:stanag:4774:confidentialitymetadatalabel:1:0' "
			   "ReviewDateTime='2031-02-03T00:00:00Z'><ConfidentialityInformation><PolicyIdentifier>HOME</PolicyIdentifier>"
			   "<Classification>LOW</Classification></ConfidentialityInformation>"
			   "<CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime></originatorConfidentialityLabel>";
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	assert_ok(label_map(both(), label_of_xml(both(), from), SLICE("AWAY"), NOW, keep(), &mapped, NULL));
	assert_ok(label_print_alternative_xml(mapped, NOW, label_review_ms(mapped), &xml));
	const char *text = arena_text(keep(), buf_slice(&xml));
	assert_ptr_equal(strstr(text, "<alternativeConfidentialityLabel "), text);
	assert_non_null(strstr(text, "ReviewDateTime=\"2031-02-03T00:00:00"));
	again = label_of_xml(both(), text);
	assert_string_equal(printed(again), "AWAY|L|P:From=HOME");
}

static void the_same_policy_is_the_same_label(void **state)
{
	(void)state;
	const struct label *label = compact(both(), "AWAY|L"), *mapped;
	assert_ok(label_map(both(), label, SLICE("AWAY"), NOW, keep(), &mapped, NULL));
	assert_ptr_equal(label, mapped);
}

/* A policy need not list the others: then it means them by their name or their OID. */
static void a_policy_that_is_not_listed_is_meant_by_name_or_oid(void **state)
{
	(void)state;
	static const char *const refs[] = {"AWAY", "2.1", "9.9"};
	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		const char *level = arena_printf(keep(),
						 "<securityClassification name='ONE' lacv='1' hierarchy='1'>"
						 "<equivalentClassification policyRef='%s' lacv='10' applied='both'/>"
						 "</securityClassification>",
						 refs[i]);
		assert_sends(small("SENDER", "4.1", level, "", ""), "SENDER|ONE", i < 2 ? "AWAY|L" : "no equivalent");
	}
}

static void the_same_equivalent_twice_is_one(void **state)
{
	(void)state;
	assert_sends(small("SENDER", "4.1", LEVEL("ONE", "1", AS("10", "both") AS("10", "encrypt")), "", AWAY_PEER),
		     "SENDER|ONE", "AWAY|L");
}

static void what_an_equivalent_level_requires_and_the_target_lacks_stops_the_mapping(void **state)
{
	(void)state;
	static const char level[] =
		LEVEL("ONE", "1",
		      "<equivalentClassification policyRef='AWAY' lacv='10' applied='both'>" NEED("all", GROUP("2.2", "9"))
		      "</equivalentClassification>");
	assert_sends(small("SENDER", "4.1", level, "", AWAY_PEER), "SENDER|ONE", "does not clearly have");
}

/* A tag set that is the equivalent of another one's as a whole, or of one that the policy in question is not about. */
static void a_whole_tag_set_counts_for_its_policy_only(void **state)
{
	(void)state;
#define NOTES(rows) \
	"<securityCategoryTagSet name='Notes' id='4.4'><securityCategoryTag name='t' tagType='tagType7'>" \
	"<tagCategory name='STAFF' lacv='4'/></securityCategoryTag>" rows "</securityCategoryTagSet>"
#define WHOLE(policy, set) "<equivalentSecurityCategoryTagSet policyRef='" policy "' tagSetId='" set "'/>"
	static const struct {
		const char *sets, *answer;
	} cases[] = {{NOTES(WHOLE("MARS", "2.4") WHOLE("AWAY", "2.2")), "'STAFF' has no equivalent"},
		     {NOTES(WHOLE("MARS", "2.4") WHOLE("AWAY", "2.4")), "AWAY|L|I:Remarks=STAFF"}};
	for (size_t i = 0; i < 2; i++)
		assert_sends(small("SENDER", "4.1", LEVEL("ONE", "1", AS("10", "both")), cases[i].sets, AWAY_PEER),
			     "SENDER|ONE|I:Notes=STAFF", cases[i].answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equivalents_are_applied),
		cmocka_unit_test(what_has_no_equivalent_stops_the_mapping),
		cmocka_unit_test(the_result_must_be_valid_there),
		cmocka_unit_test(a_limit_never_vanishes_on_the_way),
		cmocka_unit_test(the_reader_says_what_foreign_labels_are),
		cmocka_unit_test(what_the_reader_may_drop_is_dropped_unless_it_limits),
		cmocka_unit_test(what_the_reader_cannot_tell_apart_is_refused),
		cmocka_unit_test(what_an_equivalent_level_requires_is_a_condition_when_reading),
		cmocka_unit_test(a_whole_tag_set_can_be_read),
		cmocka_unit_test(a_namesake_with_another_oid_is_not_meant),
		cmocka_unit_test(a_restrictive_value_is_never_left_out),
		cmocka_unit_test(alternatives_of_two_tags_do_not_mix),
		cmocka_unit_test(what_is_required_does_not_widen_and_is_not_guessed),
		cmocka_unit_test(what_the_target_lacks_stops_the_mapping),
		cmocka_unit_test(an_invalid_label_has_no_equivalent),
		cmocka_unit_test(a_number_that_two_values_share_names_nobody),
		cmocka_unit_test(national_labels_map_to_nato_and_back),
		cmocka_unit_test(an_equivalent_is_printed_as_an_alternative_label),
		cmocka_unit_test(the_same_policy_is_the_same_label),
		cmocka_unit_test(a_policy_that_is_not_listed_is_meant_by_name_or_oid),
		cmocka_unit_test(the_same_equivalent_twice_is_one),
		cmocka_unit_test(what_an_equivalent_level_requires_and_the_target_lacks_stops_the_mapping),
		cmocka_unit_test(a_whole_tag_set_counts_for_its_policy_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
