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
		    "</CreationDateTime></SuccessorConfidentialityLabel><z xmlns='u'><y/></z></SuccessionHandling><w xmlns='u'>t</w>"

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
static const char whole[] =
	"<b:BindingInformation xmlns:b='" BINDING_NS "'><b:MetadataBindingContainer><b:MetadataBinding><b:Metadata>"
	"<originatorConfidentialityLabel xmlns='" LABEL_NS "'>" INFORMATION "</originatorConfidentialityLabel></b:Metadata>"
	"<b:DataReference URI=''/></b:MetadataBinding></b:MetadataBindingContainer></b:BindingInformation>";
static const char held[] =
	"<ConfidentialityClearance xmlns='" CLEARANCE_NS "' xmlns:s='" LABEL_NS
	"'><s:PolicyIdentifier>RULES</s:PolicyIdentifier><ClassificationList><s:Classification>LOW</s:Classification>"
	"<x xmlns='u'><y/></x></ClassificationList><s:Category TagName='Any' Type='PERMISSIVE'><s:GenericValue>A</s:GenericValue>"
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

#define KIND "tagType='enumerated' enumType='permissive'"

/* A policy in which every element of a SPIF occurs, with white space that has to be collapsed. */
static const char full_policy[] =
	"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='3.0' creationDate='20240101000000Z' version=' 1  a '>"
	"<defaultSecurityPolicyId/><securityPolicyId name='FULL  NAME' id='1.1'/><securityClassifications>"
	"<securityClassification name='LOW' lacv='1' hierarchy='1' color='red' obsolete='1'>"
	"<equivalentClassification policyRef='RULES' lacv='1' applied='both'><requiredCategory operation='oneOrMore'>"
	"<categoryGroup tagSetRef='1.3' " KIND " lacv='1'/><categoryGroup tagSetId='1.3' " KIND " lacv='2'/></requiredCategory>"
	"</equivalentClassification><markingData phrase='low  words' xml:lang='en'><code> page<!---->Top </code></markingData>"
	"<markingQualifier><qualifier qualifierCode='prefix' markingQualifier='('/></markingQualifier>"
	"<requiredCategory operation='all'><categoryGroup tagSetRef='1.2' tagType='restrictive' lacv='1'/></requiredCategory>"
	"</securityClassification><securityClassification name='HIGH' lacv='2' hierarchy='2'/></securityClassifications>"
	"<securityCategoryTagSets><securityCategoryTagSet name='Must' id='1.2'><securityCategoryTag name='t' "
	"tagType='restrictive' singleSelection='true'><tagCategory name='a' lacv='1' requiredClass='LOW' userInput='date' "
	"obsolete='true'><equivalentSecCategoryTag policyRef='RULES' tagSetId='1.2' tagType='restrictive' lacv='5'/>"
	"<markingData shortPhrase='A' inputPhrase='an A' simplePhrase='AN  A'/><markingQualifier markingCode='pageTop'><qualifier "
	"qualifierCode='suffix' markingQualifier=')'/></markingQualifier><excludedClass> HI<!---->GH </excludedClass>"
	"<requiredCategory operation='onlyOne'><categoryGroup tagSetRef='1.3' tagType='tagType7' lacv='1'/></requiredCategory>"
	"<excludedCategory tagSetRef='1.2' tagType='restrictive' lacv='2'/></tagCategory><tagCategory name='b' lacv='2'/>"
	"<tagCategory name='b' lacv='3'/><markingQualifier><qualifier qualifierCode='separator' markingQualifier=', '/>"
	"</markingQualifier></securityCategoryTag><equivalentSecurityCategoryTagSet policyRef='RULES' tagSetId='1.2'/>"
	"</securityCategoryTagSet><securityCategoryTagSet name='Note' id='1.3'><securityCategoryTag name='n' tagType='tagType7'>"
	"<tagCategory name='c' lacv='1'/></securityCategoryTag></securityCategoryTagSet></securityCategoryTagSets>"
	"<privacyMarks><privacyMark name='m'><markingData phrase='mark'/></privacyMark></privacyMarks>"
	"<equivalentPolicies><equivalentPolicy name='RULES' id='1.1'><requiredCategory operation='all'>"
	"<categoryGroup tagSetRef='1.3' " KIND " lacv='1'/></requiredCategory></equivalentPolicy></equivalentPolicies>"
	"<markingData phrase='FULL'/><markingQualifier><qualifier qualifierCode='separator' markingQualifier=' '/></markingQualifier>"
	"<extensions><r:markingRules xmlns:r='urn:openbices:spif:marking:1'><r:default tagSetRef='1.3' lacv='1'/>"
	"<r:implied tagSetRef='1.2' lacv='1' unless='no a'><r:when tagSetRef='1.3' lacv='1'/></r:implied></r:markingRules>"
	"</extensions></SPIF>";

/* The allocator of the library, which fails at some call, or from then on. The linker puts these in place of the C library's. */
static size_t calls_left = SIZE_MAX;
static bool fails_once, has_failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);

static bool is_exhausted(void)
{
	if (calls_left > 0) {
		calls_left--;
		return false;
	}
	has_failed = true;
	if (fails_once)
		calls_left = SIZE_MAX;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return is_exhausted() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_exhausted() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return is_exhausted() ? NULL : __real_reallocarray(old, count, size);
}

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
	static const struct label *two[2];
	const struct label *label;
	if (!two[0]) {
		two[1] = compact(own_policies(), "NATO|RESTRICTED|P:Context=NATO");
		two[0] = compact(own_policies(), "NATO|SECRET|P:Context=NATO");
	}
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
	return policy_compile(slice_text(full_policy), arena, &findings, &compiled);
}

static const struct policy_set *full_and_rules(void)
{
	static struct policy_set *set;
	if (!set) {
		set = policy_set_new();
		assert_ok(policy_set_add(set, policy_of(slice_text(full_policy))));
		assert_ok(policy_set_add(set, policy_set_at(own_policies(), 0)));
		assert_ok(policy_set_add(set, policy_set_at(own_policies(), 1)));
	}
	return set;
}

static enum err try_map(struct arena *arena)
{
	static const struct policy_set *set;
	static const struct label *label;
	if (!label) {
		struct policy_set *both = policy_set_new();
		assert_ok(policy_set_add(both, policy_of(file_of("policy/usa.xml"))));
		assert_ok(policy_set_add(both, policy_set_at(own_policies(), 0)));
		set = both;
		label = compact(set, "USA|SECRET");
	}
	const struct label *mapped;
	return label_map(set, label, SLICE("NATO"), NOW, arena, &mapped, NULL);
}

static enum err try_aggregate(struct arena *arena)
{
	static const struct label *two[2];
	(void)arena; /* it has its own */
	if (!two[0]) {
		two[0] = compact(full_and_rules(), "NATO|SECRET|P:Context=NATO");
		two[1] = compact(full_and_rules(), "FULL NAME|HIGH");
	}
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	return label_mark_aggregate(full_and_rules(), two, 2, slice_of(NULL, 0), &text);
}

static enum err try_document(struct arena *arena)
{
	static const char *text;
	if (!text) /* what stands before the binding needs memory too */
		text = arena_printf(keep(), "<r>&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;%s</r>", whole);
	const struct label *label;
	return label_parse_document(rules(), slice_text(text), arena, &label, NULL);
}

static enum err try_set(struct arena *arena)
{
	(void)arena;
	struct policy_set *set = policy_set_new();
	if (!set)
		return ERR_MEMORY;
	enum err err = policy_set_add(set, policy_set_at(own_policies(), 0));
	policy_set_free(set);
	return err;
}

static enum err (*const attempts[])(struct arena *) = {
	try_plain,    try_bound, try_clearance,		try_compact, try_clearances, try_marking,  try_dominant,
	try_open,     try_open_oddly_placed, try_compile, try_map,   try_aggregate,  try_document, try_set,
};

static void memory_that_runs_out_is_an_error_and_never_an_answer(void **state)
{
	(void)state;
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

static void an_allocator_that_fails_at_any_call_is_an_error_and_never_an_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		AUTO_ARENA before = {0};
		assert_ok(attempts[i](&before)); /* what the attempt itself needs is there from now on */
		for (int once = 0; once < 2; once++) {
			has_failed = true;
			for (size_t calls = 0; has_failed; calls++) {
				AUTO_ARENA arena = {0};
				fails_once = once;
				has_failed = false;
				calls_left = calls;
				enum err err = attempts[i](&arena);
				calls_left = SIZE_MAX;
				if (err != (has_failed ? ERR_MEMORY : ERR_OK))
					fail_msg("attempt %zu, call %zu: %s", i, calls, err_text(err));
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_that_ends_early_is_refused_wherever_it_ends),
		cmocka_unit_test(memory_that_runs_out_is_an_error_and_never_an_answer),
		cmocka_unit_test(an_allocator_that_fails_at_any_call_is_an_error_and_never_an_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
