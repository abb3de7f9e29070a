/* Documents that end too early and memory that runs out: an error in every place, an answer in none. */
#include "engine.h"

#define CLEARANCE_NS "urn:nato:stanag:4774:confidentialityclearance:1:0"
#define BINDING_NS "urn:nato:stanag:4778:bindinginformation:1:0"
#define INFORMATION \
	"<ConfidentialityInformation><PolicyIdentifier URI='urn:oid:1.1'>RU<!---->LES</PolicyIdentifier><Classification>HI<?x?>GH" \
	"</Classification><PrivacyMark>IN  CONFIDENCE</PrivacyMark><Category TagName=' Any ' Type='PERMISSIVE' URI='urn:oid:1.3'>" \
	"<GenericValue>&#65;</GenericValue><GenericValue><![CDATA[B]]></GenericValue></Category><x xmlns='u'><y/></x>" \
	"</ConfidentialityInformation>"
#define BODY \
	INFORMATION "<OriginatorID IDType='jID'>a@b</OriginatorID><CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime>" \
		    "<SuccessionHandling><SuccessionDateTime>2027-01-01T00:00:00Z</SuccessionDateTime>" \
		    "<SuccessorConfidentialityLabel>" INFORMATION "<CreationDateTime>2026-01-01T00:00:00Z" \
		    "</CreationDateTime></SuccessorConfidentialityLabel><z xmlns='u'/></SuccessionHandling><w xmlns='u'>t</w>"

static const char plain[] = "<originatorConfidentialityLabel xmlns='" LABEL_NS "' ReviewDateTime='2030-01-01T00:00:00Z'>" BODY
			    "</originatorConfidentialityLabel>";
static const char bound[] =
	"<b:BindingInformation xmlns:b='" BINDING_NS "'><b:MetadataBindingContainer><b:MetadataBinding><b:Metadata>"
	"<metadataConfidentialityLabel xmlns='" LABEL_NS "'>" INFORMATION "</metadataConfidentialityLabel></b:Metadata><b:Metadata>"
	"<originatorConfidentialityLabel xmlns='" LABEL_NS
	"'><ConfidentialityInformation><PolicyIdentifier>MARS</PolicyIdentifier><Classification>RED</Classification>"
	"</ConfidentialityInformation></originatorConfidentialityLabel></b:Metadata><b:Metadata>"
	"<alternativeConfidentialityLabel xmlns='" LABEL_NS "'>" BODY "</alternativeConfidentialityLabel></b:Metadata>"
	"<b:Data><x/></b:Data></b:MetadataBinding></b:MetadataBindingContainer><o xmlns='u'/></b:BindingInformation>";
static const char held[] =
	"<ConfidentialityClearance xmlns='" CLEARANCE_NS "' xmlns:s='" LABEL_NS
	"'><s:PolicyIdentifier>RULES</s:PolicyIdentifier><ClassificationList><s:Classification>LOW</s:Classification>"
	"<x xmlns='u'/></ClassificationList><s:Category TagName='Any' Type='PERMISSIVE'><s:GenericValue>A</s:GenericValue>"
	"</s:Category><ConfidentialityClearanceExtensions><y/></ConfidentialityClearanceExtensions></ConfidentialityClearance>";

static enum err read_label(struct slice text, struct arena *arena)
{
	const struct label *label = NULL;
	enum err err = label_parse_xml(rules(), text, arena, &label, NULL);
	assert_int_equal(err == ERR_OK, label != NULL);
	return err;
}

static enum err read_clearance(struct slice text, struct arena *arena)
{
	const struct clearance *clearance = NULL;
	enum err err = clearance_parse_xml(rules(), text, arena, &clearance, NULL);
	assert_int_equal(err == ERR_OK, clearance != NULL);
	return err;
}

static void a_document_that_ends_early_is_refused_wherever_it_ends(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum err (*read)(struct slice, struct arena *);
	} rows[] = {{plain, read_label}, {bound, read_label}, {held, read_clearance}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		for (size_t n = 0; n <= len; n++) {
			AUTO_ARENA arena = {0};
			assert_int_equal(rows[i].read(slice_of(rows[i].text, n), &arena),
					 n == len ? ERR_OK : ERR_MALFORMED);
		}
	}
}

/* ---- memory ---- */

static enum err try_plain(struct arena *arena)
{
	return read_label(slice_text(plain), arena);
}

static enum err try_bound(struct arena *arena)
{
	return read_label(slice_text(bound), arena);
}

static enum err try_clearance(struct arena *arena)
{
	return read_clearance(slice_text(held), arena);
}

static enum err try_compact(struct arena *arena)
{
	const struct label *label;
	return label_parse_compact(rules(), SLICE("RULES|HIGH|P:Any=A,B|M:A%2C B"), arena, &label, NULL);
}

static enum err try_clearances(struct arena *arena)
{
	const struct clearance *clearance;
	return clearance_parse_compact(own_policies(), SLICE("NATO|SECRET|P:Context=NATO\nPUBLIC|UNMARKED"), arena,
				       &clearance, NULL);
}

static enum err try_marking(struct arena *arena)
{
	const struct label *label;
	return label_parse_marking(own_policies(), SLICE("NATO SECRET REL TO KOR"), arena, &label, NULL);
}

static enum err try_dominant(struct arena *arena)
{
	const struct label *label, *two[] = {compact(own_policies(), "NATO|SECRET|P:Context=NATO"),
					     compact(own_policies(), "NATO|RESTRICTED|P:Context=NATO")};
	return label_dominant(own_policies(), two, 2, arena, &label, NULL);
}

static struct slice compiled_rules(void)
{
	static struct slice kept;
	struct finding *findings;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	if (!kept.len) {
		assert_ok(policy_compile(slice_text(rules_policy), keep(), &findings, &compiled));
		assert_ok(arena_copy(keep(), buf_slice(&compiled), &kept));
	}
	return kept;
}

static enum err try_open(struct arena *arena)
{
	const struct policy *policy;
	return policy_open(compiled_rules(), arena, &policy);
}

static enum err try_open_oddly_placed(struct arena *arena)
{
	static uint8_t *odd;
	const struct policy *policy;
	struct slice compiled = compiled_rules();
	if (!odd) {
		odd = arena_alloc(keep(), compiled.len + 1, 1);
		memcpy(odd + 1, compiled.data, compiled.len);
	}
	return policy_open(slice_of(odd + 1, compiled.len), arena, &policy);
}

static enum err try_compile(struct arena *arena)
{
	struct finding *findings;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	return policy_compile(slice_text(rules_policy), arena, &findings, &compiled);
}

static void memory_that_runs_out_is_an_error_and_never_an_answer(void **state)
{
	(void)state;
	static enum err (*const attempts[])(struct arena *) = {
		try_plain,    try_bound, try_clearance,		try_compact, try_clearances, try_marking,
		try_dominant, try_open,	 try_open_oddly_placed, try_compile,
	};
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		enum err err = ERR_MEMORY;
		for (size_t max = 1; err != ERR_OK; max += 16) {
			AUTO_ARENA arena = {.max_bytes = max};
			err = attempts[i](&arena);
			if (err != ERR_OK && err != ERR_MEMORY)
				fail_msg("attempt %zu with %zu octets: %s", i, max, err_text(err));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_that_ends_early_is_refused_wherever_it_ends),
		cmocka_unit_test(memory_that_runs_out_is_an_error_and_never_an_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
