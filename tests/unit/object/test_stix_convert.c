/* STIX 2.0 in and out, and that each change is told. */
#include "../../support/test.h"
#include "object/stix_check.h"
#include "object/stix_convert.h"

#define TIMES "\"created\":\"2017-01-01T00:00:00.000Z\",\"modified\":\"2017-01-01T00:00:00.000Z\""
#define BUNDLE(list)                                                                                                   \
	"{\"type\":\"bundle\",\"id\":\"bundle--0b1ce5e1-0000-4000-8000-000000000001\",\"spec_version\":\"2.0\","       \
	"\"objects\":[" list "]}"
#define MALWARE                                                                                                        \
	"{\"type\":\"malware\",\"id\":\"malware--0b1ce5e1-0000-4000-8000-000000000002\"," TIMES                        \
	",\"name\":\"W\",\"labels\":[\"worm\"],"                                                                       \
	"\"object_marking_refs\":[\"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da\"],\"granular_"           \
	"markings\":[{\"marking_ref\":"                                                                                \
	"\"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9\",\"selectors\":[\"labels.[0]\"]}]}"
#define INDICATOR                                                                                                      \
	"{\"type\":\"indicator\",\"id\":\"indicator--0b1ce5e1-0000-4000-8000-000000000003\"," TIMES                    \
	",\"labels\":[\"malicious-activity\"],\"pattern\":\"[file:name = "                                             \
	"'x']\",\"valid_from\":\"2017-01-01T00:00:00Z\"}"
#define OBSERVED                                                                                                       \
	"{\"type\":\"observed-data\",\"id\":\"observed-data--0b1ce5e1-0000-4000-8000-000000000004\"," TIMES            \
	",\"first_observed\":\"2017-01-01T00:00:00Z\",\"last_observed\":\"2017-01-01T00:00:00Z\",\"number_observed\":" \
	"1,\"objects\":{"                                                                                              \
	"\"0\":{\"type\":\"network-traffic\",\"src_ref\":\"1\",\"dst_ref\":\"1\",\"protocols\":[\"tcp\"]},"            \
	"\"1\":{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\"},"                                                   \
	"\"2\":{\"type\":\"file\",\"name\":\"a\",\"created\":\"2016-01-01T00:00:00Z\",\"parent_directory_ref\":\"3\"}" \
	","                                                                                                            \
	"\"3\":{\"type\":\"directory\",\"path\":\"/\",\"contains_refs\":[\"2\"]}}}"

static json_t *read_json(const char *text)
{
	json_t *value;
	assert_ok(json_read(slice_text(text), 1 << 20, &value, NULL));
	return value;
}

static bool is_told(const struct stix_report *report, const char *words)
{
	for (size_t i = 0; i < report->count && i < LIMIT_FINDINGS; i++)
		if (strstr(slice_chars(report->lines[i]), words))
			return true;
	return false;
}

static json_t *find(json_t *document, const char *type)
{
	json_t *object;
	size_t i;
	json_array_foreach(json_object_get(document, "objects"), i,
		object) if (strcmp(json_string_value(json_object_get(object, "type")), type) == 0) return object;
	fail_msg("no %s", type);
	return NULL;
}

static const char *text_of(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void a_bundle_of_20_becomes_valid_21(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_JSON *document = read_json(BUNDLE(MALWARE "," INDICATOR "," OBSERVED));
	struct stix_report report;
	struct stix_findings findings;
	assert_true(stix_is_20(document));
	assert_ok(stix_to_21(document, &arena, &report));
	assert_false(stix_is_20(document));
	assert_ok(stix_check(document, false, &arena, &findings, NULL));
	assert_int_equal(findings.error_count, 0);
	json_t *malware = find(document, "malware");
	assert_string_equal(json_string_value(json_array_get(json_object_get(malware, "malware_types"), 0)), "worm");
	assert_null(json_object_get(malware, "labels"));
	assert_true(json_is_true(json_object_get(malware, "is_family")));
	assert_string_equal(
		json_string_value(json_array_get(
			json_object_get(json_array_get(json_object_get(malware, "granular_markings"), 0), "selectors"),
			0)),
		"malware_types.[0]");
	assert_string_equal(text_of(find(document, "indicator"), "pattern_type"), "stix");
	assert_true(is_told(&report, "is_family: 2.0 does not say it; it is assumed"));
	assert_true(is_told(&report, "labels: is now malware_types"));
	assert_true(is_told(&report, "4 observables are now objects of their own"));
}

static void observables_get_deterministic_ids_and_references_follow(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_JSON *document = read_json(BUNDLE(OBSERVED));
	AUTO_JSON *again = read_json(BUNDLE(OBSERVED));
	struct stix_report report;
	assert_ok(stix_to_21(document, &arena, &report));
	assert_ok(stix_to_21(again, &arena, &report));
	assert_true(json_equal(document, again));
	json_t *traffic = find(document, "network-traffic"), *file = find(document, "file");
	assert_string_equal(
		text_of(find(document, "ipv4-addr"), "id"), "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
	assert_string_equal(text_of(traffic, "src_ref"), "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
	assert_string_equal(text_of(file, "parent_directory_ref"), text_of(find(document, "directory"), "id"));
	assert_string_equal(text_of(file, "ctime"), "2016-01-01T00:00:00Z");
	struct slice id;
	assert_ok(stix_observable_id(traffic, &arena, &id));
	assert_slice(id, text_of(traffic, "id"));
	assert_int_equal(json_array_size(json_object_get(find(document, "observed-data"), "object_refs")), 4);
}

#define NOTE                                                                                                           \
	"{\"type\":\"note\",\"spec_version\":\"2.1\",\"id\":\"note--0b1ce5e1-0000-4000-8000-000000000005\"," TIMES     \
	",\"content\":\"c\",\"lang\":\"en\",\"object_refs\":[\"grouping--0b1ce5e1-0000-4000-8000-000000000006\","      \
	"\"malware--0b1ce5e1-0000-4000-8000-000000000002\"]}"
#define SNORT                                                                                                          \
	"{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--0b1ce5e1-0000-4000-8000-"                \
	"000000000007\"," TIMES ",\"indicator_types\":[\"benign\"],\"pattern\":\"alert\",\"pattern_type\":\"snort\","  \
				"\"valid_from\":\"2017-01-01T00:00:00Z\"}"

static void what_20_does_not_know_is_custom_there_and_told(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_JSON *objects = read_json("[" NOTE "," SNORT "]");
	AUTO_JSON *bundle = NULL;
	struct stix_report report;
	assert_ok(stix_to_20(objects, &arena, &report, &bundle));
	assert_string_equal(text_of(bundle, "spec_version"), "2.0");
	json_t *note = find(bundle, "x-note"), *indicator = find(bundle, "indicator");
	assert_string_equal(text_of(note, "id"), "x-note--0b1ce5e1-0000-4000-8000-000000000005");
	assert_string_equal(json_string_value(json_array_get(json_object_get(note, "object_refs"), 0)),
		"x-grouping--0b1ce5e1-0000-4000-8000-000000000006");
	assert_string_equal(json_string_value(json_array_get(json_object_get(note, "object_refs"), 1)),
		"malware--0b1ce5e1-0000-4000-8000-000000000002");
	assert_string_equal(text_of(note, "x_lang"), "en");
	assert_null(json_object_get(note, "spec_version"));
	assert_string_equal(text_of(indicator, "x_pattern"), "alert");
	assert_string_equal(json_string_value(json_array_get(json_object_get(indicator, "labels"), 0)), "benign");
	assert_true(is_told(&report, "2.0 has no note"));
	assert_true(is_told(&report, "this snort rule is now x_pattern"));
}

static void what_came_from_20_goes_back_as_it_was(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_JSON *document = read_json(BUNDLE(INDICATOR));
	AUTO_JSON *original = read_json(INDICATOR);
	AUTO_JSON *bundle = NULL;
	struct stix_report report;
	assert_ok(stix_to_21(document, &arena, &report));
	assert_ok(stix_to_20(json_object_get(document, "objects"), &arena, &report, &bundle));
	assert_true(json_equal(find(bundle, "indicator"), original));
}

int main(void)
{
	json_start(11);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_of_20_becomes_valid_21),
		cmocka_unit_test(observables_get_deterministic_ids_and_references_follow),
		cmocka_unit_test(what_20_does_not_know_is_custom_there_and_told),
		cmocka_unit_test(what_came_from_20_goes_back_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
