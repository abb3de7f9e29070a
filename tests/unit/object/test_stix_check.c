/* spec: STIX 2.1. Valid and invalid documents stand in tests/data/stix, one a line; what each breaks stands beside it.
 */
#include "../../support/test.h"
#include "object/stix_check.h"

static const char *root;

static json_t *read_data(const char *name)
{
	char path[1024];
	json_error_t error;
	snprintf(path, sizeof(path), "%s/tests/data/stix/%s", root, name);
	json_t *value = json_load_file(path, 0, &error);
	if (!value)
		fail_msg("%s: %s", path, error.text);
	return value;
}

static struct stix_findings check(json_t *document, struct arena *arena)
{
	struct stix_findings findings;
	struct diag diag = {0};
	assert_ok(stix_check(document, true, arena, &findings, &diag));
	return findings;
}

static void print_errors(const struct stix_findings *findings)
{
	for (size_t i = 0; i < findings->error_count && i < LIMIT_FINDINGS; i++) {
		AUTO_BUF line = buf_make(1 << 16);
		stix_print_finding(&findings->errors[i], &line);
		print_message("  %.*s\n", SLICE_ARG(buf_slice(&line)));
	}
}

static void documents_that_follow_the_standard_have_no_errors(void **state)
{
	(void)state;
	AUTO_JSON *documents = read_data("valid.json");
	json_t *document;
	size_t i, faults = 0;
	json_array_foreach(documents, i, document)
	{
		AUTO_ARENA arena = {0};
		struct stix_findings findings = check(document, &arena);
		faults += findings.error_count;
		print_errors(&findings);
	}
	assert_true(json_array_size(documents) > 50);
	assert_int_equal(faults, 0);
}

static void the_examples_of_the_standard_have_no_errors(void **state)
{
	(void)state;
	static const char *const names[] = {"apt1", "defining-campaigns-threat-actors-intrusion-sets",
		"identifying-a-threat-actor-profile", "indicator-for-malicious-url", "malware-indicator-for-file-hash",
		"poisonivy", "sighting-of-an-indicator", "sighting-of-observed-data",
		"threat-actor-leveraging-attack-patterns-and-malware", "using-granular-markings",
		"using-marking-definitions"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		AUTO_ARENA arena = {0};
		char name[128];
		snprintf(name, sizeof(name), "oasis/%s.json", names[i]);
		AUTO_JSON *document = read_data(name);
		struct stix_findings findings = check(document, &arena);
		print_errors(&findings);
		assert_int_equal(findings.error_count, 0);
	}
}

/* One case: the one error that must be told, with rule and path, and no other (but where "count" says so). */
static bool is_told(json_t *row)
{
	AUTO_ARENA arena = {0};
	json_t *document = json_object_get(row, "document"), *count = json_object_get(row, "count");
	struct stix_findings findings = check(document ? document : json_object_get(row, "object"), &arena);
	bool told = false;
	for (size_t i = 0; i < findings.error_count && i < LIMIT_FINDINGS; i++)
		told |= slice_equal(slice_text(findings.errors[i].rule), json_slice(json_object_get(row, "rule"))) &&
			slice_equal(findings.errors[i].path, json_slice(json_object_get(row, "path")));
	told = told && findings.error_count == (size_t)(count ? json_integer_value(count) : 1);
	if (!told) {
		print_message("expected %s at \"%s\", got:\n", json_string_value(json_object_get(row, "rule")),
			json_string_value(json_object_get(row, "path")));
		print_errors(&findings);
	}
	return told;
}

static void each_fault_is_told_with_its_rule_and_path_and_nothing_else_is(void **state)
{
	(void)state;
	AUTO_JSON *rows = read_data("invalid.json");
	json_t *row;
	size_t i, missed = 0;
	json_array_foreach(rows, i, row) missed += !is_told(row);
	assert_true(json_array_size(rows) >= 200);
	assert_int_equal(missed, 0);
}

static void findings_are_bounded_and_counted(void **state)
{
	(void)state;
	for (size_t faults = LIMIT_FINDINGS - 1; faults <= LIMIT_FINDINGS + 1; faults++) {
		AUTO_ARENA arena = {0};
		AUTO_JSON *objects = json_array();
		for (size_t i = 0; i < faults; i++)
			json_array_append_new(objects, json_pack("{s:s}", "type", "campaign-x"));
		AUTO_JSON *document = json_pack("{s:O}", "objects", objects);
		struct stix_findings findings = check(document, &arena);
		assert_int_equal(findings.error_count, 2 * faults); /* id and spec_version */
		assert_int_equal(findings.errors[LIMIT_FINDINGS - 1].object, (LIMIT_FINDINGS - 1) / 2);
	}
}

static bool has_note(const struct stix_findings *findings, const char *rule, const char *path)
{
	for (size_t i = 0; i < findings->note_count && i < LIMIT_FINDINGS; i++)
		if (strcmp(findings->notes[i].rule, rule) == 0 &&
			slice_equal(findings->notes[i].path, slice_text(path)))
			return true;
	return false;
}

#define UNSURE "\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00Z\""

static void what_is_unusual_is_a_note_and_no_error(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_JSON *document = NULL;
	assert_ok(json_read(
		slice_text("{\"type\":\"malware\",\"id\":\"malware--0b1ce5e1-0000-4000-8000-00000000000a\"," UNSURE
			   ",\"is_family\":false,\"malware_types\":[\"worm\",\"mole\"],\"x_none\":[],\"x_null\":null,"
			   "\"x_own\":1}"),
		4096, &document, NULL));
	struct stix_findings findings = check(document, &arena);
	assert_int_equal(findings.error_count, 0);
	assert_true(has_note(&findings, "vocabulary", "malware_types.[1]"));
	assert_false(has_note(&findings, "vocabulary", "malware_types.[0]"));
	assert_true(has_note(&findings, "empty", "x_none"));
	assert_true(has_note(&findings, "empty", "x_null"));
	assert_true(has_note(&findings, "custom", "x_own"));
	assert_false(has_note(&findings, "precision", "created"));
	assert_true(has_note(&findings, "precision", "modified"));
}

/* Made with another implementation of RFC 4122 and RFC 8785. */
static void ids_of_observables_follow_from_their_properties(void **state)
{
	(void)state;
	static const struct {
		const char *object, *id;
	} rows[] = {
		{"{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"}",
			"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"},
		{"{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\",\"resolves_to_refs\":[\"x\"],\"defanged\":true}",
			"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"},
		{"{\"type\":\"domain-name\",\"value\":\"example.com\"}",
			"domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"},
		{"{\"type\":\"process\",\"pid\":1}", ""},
		{"{\"type\":\"software\",\"languages\":[\"eng\"]}", ""},
		{"{\"type\":\"malware\",\"name\":\"x\"}", ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO_ARENA arena = {0};
		AUTO_JSON *object = NULL;
		struct slice id;
		assert_ok(json_read(slice_text(rows[i].object), 4096, &object, NULL));
		assert_ok(stix_observable_id(object, &arena, &id));
		assert_slice(id, rows[i].id);
	}
}

static struct slice file_id(const char *hashes, struct arena *arena)
{
	AUTO_JSON *object = json_pack("{s:s, s:o}", "type", "file", "hashes", json_loads(hashes, 0, NULL));
	struct slice id;
	assert_ok(stix_observable_id(object, arena, &id));
	return id;
}

static void one_hash_speaks_for_a_file_whatever_stands_beside_it(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct slice alone = file_id("{\"MD5\":\"aa\"}", &arena);
	assert_true(slice_equal(alone, file_id("{\"SHA-256\":\"cc\",\"MD5\":\"aa\",\"SHA-1\":\"bb\"}", &arena)));
	assert_false(slice_equal(alone, file_id("{\"SHA-256\":\"cc\"}", &arena)));
	assert_true(
		slice_equal(file_id("{\"ZZ9\":\"z\",\"TLSH\":\"t\"}", &arena), file_id("{\"TLSH\":\"t\"}", &arena)));
}

static void what_is_no_document_is_refused_with_a_reason(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"[]", "{\"type\":\"bundle\"}", "{\"type\":\"bundle\",\"objects\":[]}", "{\"objects\":{}}"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		AUTO_ARENA arena = {0};
		AUTO_JSON *document = NULL;
		struct stix_findings findings;
		struct diag diag = {0};
		assert_ok(json_read(slice_text(texts[i]), 4096, &document, NULL));
		assert_int_equal(stix_check(document, true, &arena, &findings, &diag), ERR_MALFORMED);
		assert_true(diag.text[0] != 0);
	}
}

int main(int argc, char **argv)
{
	root = argc > 1 ? argv[1] : ".";
	json_start(7);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_that_follow_the_standard_have_no_errors),
		cmocka_unit_test(the_examples_of_the_standard_have_no_errors),
		cmocka_unit_test(each_fault_is_told_with_its_rule_and_path_and_nothing_else_is),
		cmocka_unit_test(findings_are_bounded_and_counted),
		cmocka_unit_test(what_is_unusual_is_a_note_and_no_error),
		cmocka_unit_test(ids_of_observables_follow_from_their_properties),
		cmocka_unit_test(one_hash_speaks_for_a_file_whatever_stands_beside_it),
		cmocka_unit_test(what_is_no_document_is_refused_with_a_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
