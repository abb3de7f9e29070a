/* spec: STIX 2.1 */
#include "../../support/test.h"
#include "object/place_head.h"
#include "object/stix.h"
#include "policies.h"

static struct arena arena;
static struct offers offers;
static struct diag diag;
static const char *root;

#define UUID "0b1ce5e1-0000-1000-8000-00000000000a"
#define UUID_B "0b1ce5e1-0000-1000-8000-00000000000b"
#define TIMES "\"created\":\"2026-01-02T03:04:05.678Z\",\"modified\":\"2026-01-03T03:04:05.678Z\",\"spec_version\":\"2.1\""
#define INDICATOR "\"type\":\"indicator\",\"id\":\"indicator--" UUID "\"," TIMES ",\"name\":\"Port scan\",\"pattern\":\"[url:value='http://example.org']\""

static enum err offer_with(const char *text, const char *label, const struct stix_label *labels, size_t count)
{
	AUTO_JSON *document = NULL;
	diag = (struct diag){0};
	offers = (struct offers){0};
	TRY(json_read(slice_text(text), LIMIT_JSON_BYTES, &document, &diag));
	struct stix_input input = {test_policies(root), slice_text(label), labels, count};
	return stix_offer(&input, document, &arena, &offers, &diag);
}

static enum err offer(const char *text)
{
	return offer_with(text, LABEL_PUBLIC, NULL, 0);
}

static const struct offer_portion *portion_at(size_t i)
{
	assert_int_equal(offers.count, 1);
	assert_true(i < offers.items[0].portions.count);
	return (const struct offer_portion *)offers.items[0].portions.items + i;
}

static void the_head_keeps_the_properties_and_nothing_of_the_frame(void **state)
{
	(void)state;
	assert_ok(offer("{" INDICATOR ",\"created_by_ref\":\"identity--" UUID "\",\"big\":9007199254740993,\"x\":[1.50,\"\\u00e9\"]}"));
	assert_slice(offers.items[0].id, "indicator--" UUID);
	assert_slice(offers.items[0].type, "indicator");
	assert_slice(offers.items[0].title, "Port scan");
	assert_int_equal(offers.items[0].created, 1767323045678);
	assert_int_equal(offers.items[0].modified, 1767409445678);
	assert_int_equal(portion_at(0)->kind, PORTION_HEAD);
	assert_slice(portion_at(0)->label, LABEL_PUBLIC);
	assert_slice(portion_at(0)->content,
		     "{\"big\":9007199254740993,\"created\":\"2026-01-02T03:04:05.678Z\",\"name\":\"Port scan\","
		     "\"pattern\":\"[url:value='http://example.org']\",\"spec_version\":\"2.1\",\"x\":[1.5,\"é\"]}");
	assert_slice(portion_at(0)->index_text, "Port scan\n[url:value='http://example.org']\né");
}

static void each_target_of_a_reference_is_a_portion(void **state)
{
	(void)state;
	assert_ok(offer("{\"type\":\"note\",\"id\":\"note--" UUID "\"," TIMES ",\"content\":\"c\",\"created_by_ref\":\"identity--" UUID "\","
			"\"object_refs\":[\"indicator--" UUID "\",\"url--" UUID_B "\"]}"));
	assert_int_equal(offers.items[0].portions.count, 4);
	assert_slice(portion_at(1)->content, "{\"property\":\"created_by_ref\",\"target\":\"identity--" UUID "\"}");
	assert_int_equal(portion_at(1)->kind, PORTION_REFERENCE);
	assert_int_equal(portion_at(1)->mandatory, 0);
	assert_slice(portion_at(1)->target, "identity--" UUID);
	assert_slice(portion_at(1)->index_text, "");
	assert_slice(portion_at(2)->content,
		     "{\"mandatory\":true,\"property\":\"object_refs\",\"target\":\"indicator--" UUID "\"}");
	assert_int_equal(portion_at(2)->mandatory, 1);
	assert_slice(portion_at(3)->target, "url--" UUID_B);
}

static void a_reference_to_nothing_is_a_plain_property(void **state)
{
	(void)state;
	assert_ok(offer("{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--" UUID "\",\"x_ref\":\"\",\"x_refs\":[]}"));
	assert_slice(portion_at(0)->content, "{\"x_ref\":\"\",\"x_refs\":[]}");
	assert_int_equal(offers.items[0].portions.count, 1);
}

static void an_object_without_any_label_is_refused_by_name(void **state)
{
	(void)state;
	assert_int_equal(offer_with("{" INDICATOR "}", "", NULL, 0), ERR_INVALID);
	assert_non_null(strstr(diag.text, "indicator--" UUID));
	assert_non_null(strstr(diag.text, "no label"));
	assert_null(offers.items);
}

#define MARKING "marking-definition--" UUID_B
#define LABEL_OBJECT(id, members) \
	"{\"type\":\"marking-definition\",\"id\":\"" id "\",\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00.000Z\"," \
	"\"extensions\":{\"" STIX_LABEL "\":{\"extension_type\":\"property-extension\"," members "}}}"
#define BUNDLE(objects) "{\"type\":\"bundle\",\"id\":\"bundle--" UUID "\",\"objects\":[" objects "]}"

static void a_label_in_the_bundle_decides_and_is_not_offered(void **state)
{
	(void)state;
	assert_ok(offer_with(BUNDLE("{" INDICATOR ",\"object_marking_refs\":[\"" MARKING "\"]}," LABEL_OBJECT(
				     MARKING, "\"label\":\"" LABEL_KOREA "\"")),
			     LABEL_PUBLIC, NULL, 0));
	assert_slice(portion_at(0)->label, LABEL_KOREA);
	assert_null(strstr((const char *)arena_text(&arena, portion_at(0)->content), "object_marking_refs"));
}

static void a_label_in_xml_only_is_asked_for_and_then_used(void **state)
{
	(void)state;
	const char *text = BUNDLE("{" INDICATOR ",\"object_marking_refs\":[\"" MARKING "\"]}," LABEL_OBJECT(
		MARKING, "\"label_4774\":\"PHg+\""));
	AUTO_JSON *document = NULL;
	struct stix_document *documents;
	size_t count;
	assert_ok(json_read(slice_text(text), LIMIT_JSON_BYTES, &document, NULL));
	assert_ok(stix_label_documents(document, &arena, &documents, &count, &diag));
	assert_int_equal(count, 1);
	assert_slice(documents[0].marking_id, MARKING);
	assert_slice(documents[0].xml, "<x>");
	assert_int_equal(offer(text), ERR_UNSUPPORTED);
	struct stix_label label = {SLICE(MARKING), SLICE(LABEL_ONLY)};
	assert_ok(offer_with(text, LABEL_PUBLIC, &label, 1));
	assert_slice(portion_at(0)->label, LABEL_ONLY);
}

static void a_label_of_ours_that_is_not_in_the_bundle_is_never_taken_for_a_foreign_marking(void **state)
{
	(void)state;
	char id[STIX_MARKING_ID + 1];
	stix_marking_id(SLICE(LABEL_SECRET), id);
	char *text = arena_printf(&arena, "{%s,\"object_marking_refs\":[\"%s\"]}", INDICATOR, id);
	assert_int_equal(offer(text), ERR_UNKNOWN);
	assert_non_null(strstr(diag.text, id));
	text = arena_printf(&arena, "{%s,\"granular_markings\":[{\"marking_ref\":\"%s\",\"selectors\":[\"name\"]}]}", INDICATOR, id);
	assert_int_equal(offer(text), ERR_UNKNOWN);
}

static void foreign_markings_stay_in_the_head(void **state)
{
	(void)state;
	assert_ok(offer("{" INDICATOR ",\"object_marking_refs\":[\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\"],"
			"\"granular_markings\":[{\"marking_ref\":\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\","
			"\"selectors\":[\"name\"]}]}"));
	assert_int_equal(offers.items[0].portions.count, 1);
	const char *head = arena_text(&arena, portion_at(0)->content);
	assert_non_null(strstr(head, "\"object_marking_refs\":[\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\"]"));
	assert_non_null(strstr(head, "\"selectors\":[\"name\"]"));
}

static void a_granular_marking_on_a_reference_is_refused(void **state)
{
	(void)state;
	assert_int_equal(offer("{" INDICATOR ",\"x_refs\":[\"url--" UUID "\"],\"granular_markings\":[{\"marking_ref\":"
			       "\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\",\"selectors\":[\"x_refs.[0]\"]}]}"),
			 ERR_UNSUPPORTED);
	assert_int_equal(offer("{" INDICATOR ",\"granular_markings\":[{\"marking_ref\":"
			       "\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\",\"selectors\":[\"extensions." STIX_PORTIONS
			       ".portions.[2]\"]}]}"),
			 ERR_UNSUPPORTED);
}

static void an_id_of_ours_stands_for_its_own_label_only(void **state)
{
	(void)state;
	char id[STIX_MARKING_ID + 1];
	stix_marking_id(SLICE(LABEL_SECRET), id);
	static const char FORM[] = "{\"objects\":[{\"type\":\"marking-definition\",\"id\":\"%s\",\"extensions\":{\"%s\":{\"label\":\"%s\"}}},"
				   "{\"type\":\"url\",\"id\":\"url--%s\",\"object_marking_refs\":[\"%s\"]}]}";
	assert_ok(offer(arena_printf(&arena, FORM, id, STIX_LABEL, LABEL_SECRET, UUID, id)));
	assert_int_equal(offer(arena_printf(&arena, FORM, id, STIX_LABEL, LABEL_PUBLIC, UUID, id)), ERR_INVALID);
}

static void what_a_refusal_quotes_is_always_text(void **state)
{
	(void)state;
	AUTO_BUF id = buf_make(4096);
	for (size_t i = 0; i < 200; i++)
		buf_put_text(&id, i % 2 ? "한" : "\\u001b");
	char *text = arena_printf(&arena, "{\"type\":\"url\",\"id\":\"%s\"}", arena_text(&arena, buf_slice(&id)));
	assert_int_equal(offer(text), ERR_MALFORMED);
	assert_true(utf8_is_text(slice_text(diag.text)));
	assert_null(strchr(diag.text, 0x1b));
}

static void two_labels_on_one_object_are_ambiguous(void **state)
{
	(void)state;
	char id[STIX_MARKING_ID + 1];
	stix_marking_id(SLICE(LABEL_SECRET), id);
	AUTO_BUF document = buf_make(65536);
	buf_printf(&document, "{\"objects\":[{%s,\"object_marking_refs\":[\"%s\",\"%s\"]},%s,", INDICATOR, MARKING, id,
		   LABEL_OBJECT(MARKING, "\"label\":\"" LABEL_KOREA "\""));
	buf_printf(&document, "{\"type\":\"marking-definition\",\"id\":\"%s\",\"extensions\":{\"%s\":{\"label\":\"%s\"}}}]}", id,
		   STIX_LABEL, LABEL_SECRET);
	assert_int_equal(offer(arena_text(&arena, buf_slice(&document))), ERR_AMBIGUOUS);
}

#define PORTIONS(items) \
	"{\"type\":\"bices-report\",\"id\":\"bices-report--" UUID "\"," TIMES ",\"name\":\"Title\",\"extensions\":{\"" STIX_PORTIONS \
	"\":{\"extension_type\":\"property-extension\",\"portions\":[" items "]},\"" STIX_REPORT \
	"\":{\"extension_type\":\"new-sdo\"}},\"x_ref\":\"url--" UUID "\"}"

static void portions_written_by_hand_have_labels_of_their_own(void **state)
{
	(void)state;
	assert_ok(offer(PORTIONS("{\"kind\":\"head\",\"marking\":\"NATO SECRET\"},{\"kind\":\"text\",\"marking\":\"PUBLIC\",\"text\":\"a b\"},"
				 "{\"kind\":\"reference\",\"label\":\"" LABEL_KOREA "\",\"reference\":{\"property\":\"x_ref\",\"target\":\"url--" UUID
				 "\"}},{\"kind\":\"table\",\"label\":\"" LABEL_ONLY
				 "\",\"table\":{\"rows\":[[\"host\",1]],\"columns\":[\"name\",\"n\"]}}")));
	assert_int_equal(offers.items[0].portions.count, 4);
	assert_slice(portion_at(0)->label, LABEL_SECRET);
	assert_slice(portion_at(0)->content,
		     "{\"created\":\"2026-01-02T03:04:05.678Z\",\"extensions\":{\"" STIX_REPORT
		     "\":{\"extension_type\":\"new-sdo\"}},\"name\":\"Title\",\"spec_version\":\"2.1\"}");
	assert_slice(portion_at(1)->label, LABEL_PUBLIC);
	assert_slice(portion_at(1)->content, "a b");
	assert_slice(portion_at(1)->index_text, "a b");
	assert_slice(portion_at(2)->label, LABEL_KOREA);
	assert_slice(portion_at(2)->target, "url--" UUID);
	assert_slice(portion_at(3)->content, "{\"columns\":[\"name\",\"n\"],\"rows\":[[\"host\",1]]}");
	assert_slice(portion_at(3)->index_text, "name\nn\nhost");
}

static void portions_that_contradict_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum err err;
	} CASES[] = {
		{PORTIONS("{\"kind\":\"head\",\"label\":\"" LABEL_SECRET "\",\"marking\":\"PUBLIC\"}"), ERR_AMBIGUOUS},
		{PORTIONS("{\"kind\":\"head\"},{\"kind\":\"head\"}"), ERR_MALFORMED},
		{PORTIONS("{\"kind\":\"text\"}"), ERR_MALFORMED},
		{PORTIONS("{\"kind\":\"txt\",\"text\":\"a\"}"), ERR_MALFORMED},
		{PORTIONS("{\"kind\":\"text\",\"text\":\"a\",\"colour\":1}"), ERR_MALFORMED},
		{PORTIONS("{\"kind\":\"text\",\"text\":\"a\",\"label\":\"NATO|VERY SECRET\"}"), ERR_UNKNOWN},
		{PORTIONS("{\"kind\":\"text\",\"text\":\"a\",\"marking\":\"NATO BLUE\"}"), ERR_UNKNOWN},
		{PORTIONS("{\"kind\":\"reference\",\"reference\":{\"property\":\"x_ref\",\"target\":\"url--" UUID_B "\"}}"), ERR_MALFORMED},
		{PORTIONS("{\"kind\":\"table\",\"table\":{\"columns\":[\"a\"],\"rows\":[[1,2]]}}"), ERR_MALFORMED},
		{PORTIONS("{\"kind\":\"attachment\",\"attachment\":{\"name\":\"a\",\"media_type\":\"b\",\"size\":1}}"), ERR_MALFORMED},
		{PORTIONS(""), ERR_MALFORMED},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
		assert_int_equal(offer(CASES[i].text), CASES[i].err);
}

static void malformed_objects_are_refused_with_their_place(void **state)
{
	(void)state;
	static const struct {
		const char *text, *place;
	} CASES[] = {
		{"[]", "one JSON object"},
		{"{}", "type"},
		{"{\"type\":\"indicator\"}", "id"},
		{"{\"type\":\"indicator\",\"id\":\"malware--" UUID "\"}", "match"},
		{"{\"type\":\"indicator\",\"id\":\"indicator--1\"}", "type--UUID"},
		{"{\"type\":\"indicator\",\"id\":\"indicator--" UUID "\"}", "spec_version"},
		{"{\"type\":\"indicator\",\"id\":\"indicator--" UUID "\",\"spec_version\":\"2.1\"}", "created"},
		{"{\"type\":\"indicator\",\"id\":\"indicator--" UUID "\",\"spec_version\":\"2.1\",\"created\":\"yesterday\"}", "created"},
		{"{\"type\":\"indicator\",\"id\":\"indicator--" UUID "\",\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00+01:00\"}", "created"},
		{"{\"type\":\"indicator\",\"id\":\"indicator--" UUID "\",\"spec_version\":\"2.1\",\"created\":\"2026-01-01T00:00:00Z\"}", "modified"},
		{"{\"type\":\"relationship\",\"id\":\"relationship--" UUID "\"," TIMES ",\"source_ref\":\"url--" UUID "\"}", "target_ref"},
		{"{" INDICATOR ",\"created_by_ref\":\"somebody\"}", "created_by_ref"},
		{"{" INDICATOR ",\"created_by_ref\":7}", "created_by_ref"},
		{"{" INDICATOR ",\"x_refs\":\"url--" UUID "\"}", "x_refs"},
		{"{\"type\":\"report\",\"id\":\"report--" UUID "\"," TIMES ",\"object_refs\":[]}", "object_refs"},
		{"{" INDICATOR ",\"x_ref\":null}", "x_ref"},
		{"{" INDICATOR ",\"object_marking_refs\":[]}", "object_marking_refs"},
		{"{" INDICATOR ",\"object_marking_refs\":[\"url--" UUID "\"]}", "object_marking_refs"},
		{"{" INDICATOR ",\"extensions\":[]}", "extensions"},
		{"{\"type\":\"bundle\",\"id\":\"bundle--" UUID "\"}", "bundle"},
		{"{\"type\":\"bundle\",\"id\":\"bundle--" UUID "\",\"objects\":[]}", "bundle"},
		{BUNDLE("{" INDICATOR "},7"), "objects[1]"},
		{BUNDLE("{" INDICATOR "},{\"type\":\"bundle\",\"id\":\"bundle--" UUID "\",\"objects\":[]}"), "objects[1] bundle--" UUID},
		{BUNDLE("{" INDICATOR "},{\"type\":\"malware\",\"id\":\"malware--" UUID "\"," "\"spec_version\":\"2.1\"}"),
		 "objects[1] malware--" UUID ": created"},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		assert_int_equal(offer(CASES[i].text), ERR_MALFORMED);
		if (!strstr(diag.text, CASES[i].place))
			fail_msg("case %zu: \"%s\" does not name \"%s\"", i, diag.text, CASES[i].place);
		assert_null(offers.items);
	}
	assert_int_equal(offer("{\"type\":\"indicator\",\"id\":\"indicator--" UUID "\",\"spec_version\":\"2.0\"}"), ERR_UNSUPPORTED);
	assert_int_equal(offer("{\"type\":\"url\",\"id\":\"url--" UUID "\",\"value\":\"x\",\"x_ref\":\"url--" UUID "\"}"),
			 ERR_UNSUPPORTED);
}

static void custom_types_and_observables_need_no_times(void **state)
{
	(void)state;
	assert_ok(offer("{\"type\":\"x-port\",\"id\":\"x-port--" UUID "\",\"spec_version\":\"2.1\",\"a\":1}"));
	assert_slice(offers.items[0].title, "x-port");
	assert_ok(offer("{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--" UUID "\",\"value\":\"192.0.2.1\"}"));
	assert_slice(offers.items[0].title, "192.0.2.1");
	assert_int_equal(offers.items[0].created, 0);
	assert_slice(portion_at(0)->content, "{\"value\":\"192.0.2.1\"}");
}

static enum err offer_bundle(size_t count)
{
	AUTO_BUF text = buf_make(LIMIT_JSON_BYTES);
	buf_put_text(&text, "{\"objects\":[");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s{\"type\":\"url\",\"id\":\"url--0b1ce5e1-0000-1000-8000-%012zx\"}", i ? "," : "", i);
	buf_put_text(&text, "]}");
	return offer(arena_text(&arena, buf_slice(&text)));
}

static void a_bundle_has_at_most_20000_objects(void **state)
{
	(void)state;
	assert_ok(offer_bundle(LIMIT_BUNDLE_OBJECTS - 1));
	assert_ok(offer_bundle(LIMIT_BUNDLE_OBJECTS));
	assert_int_equal(offers.count, LIMIT_BUNDLE_OBJECTS);
	assert_int_equal(offer_bundle(LIMIT_BUNDLE_OBJECTS + 1), ERR_TOO_LARGE);
}

static enum err offer_texts(size_t len, size_t count)
{
	AUTO_BUF text = buf_make(LIMIT_JSON_BYTES);
	buf_put_text(&text, "{\"type\":\"x-a\",\"id\":\"x-a--" UUID "\",\"spec_version\":\"2.1\",\"extensions\":{\"" STIX_PORTIONS
			    "\":{\"portions\":[{\"kind\":\"head\"}");
	for (size_t i = 0; i < count; i++) {
		buf_put_text(&text, ",{\"kind\":\"text\",\"text\":\"");
		memset(buf_grow(&text, len), 'a', len);
		buf_put_text(&text, "\"}");
	}
	buf_put_text(&text, "]}}}");
	AUTO_ARENA own = {0};
	AUTO_JSON *document = NULL;
	struct offers many;
	assert_ok(json_read(buf_slice(&text), LIMIT_JSON_BYTES, &document, NULL));
	struct stix_input input = {test_policies(root), SLICE(LABEL_PUBLIC), NULL, 0};
	return stix_offer(&input, document, &own, &many, &diag);
}

static void a_portion_has_at_most_4_mib_and_an_object_8(void **state)
{
	(void)state;
	assert_ok(offer_texts(LIMIT_PORTION_BYTES - 1, 1));
	assert_ok(offer_texts(LIMIT_PORTION_BYTES, 1));
	assert_int_equal(offer_texts(LIMIT_PORTION_BYTES + 1, 1), ERR_TOO_LARGE);
	assert_int_equal(offer_texts(LIMIT_PORTION_BYTES, 2), ERR_TOO_LARGE);
}

static void the_published_definitions_are_offered_whole(void **state)
{
	(void)state;
	struct slice text = test_file(root, "docs/protocol/schemas/extension-definitions.json", &arena);
	assert_ok(offer(arena_text(&arena, text)));
	assert_int_equal(offers.count, 6);
	static const char *const IDS[] = {STIX_PORTIONS, STIX_REPORT, STIX_LABEL, STIX_NEXT_STEPS, STIX_PLACES};
	for (size_t i = 0; i < 5; i++)
		assert_slice(offers.items[i + 1].id, IDS[i]);
}

static void a_place_that_is_not_whole_refuses_the_document(void **state)
{
	(void)state;
#define EVENT "{\"type\":\"bices-event\",\"id\":\"bices-event--" UUID "\"," TIMES ",\"name\":\"e\",\"sidc\":\"10033500001100000000\"," \
	"\"start\":\"2026-03-01T00:00:00Z\",\"longitude\":20.5"
	assert_ok(offer(EVENT ",\"latitude\":55.5}"));
	assert_true(portion_at(0)->places.len > 0);
	assert_int_equal(offer(EVENT ",\"latitude\":95.5}"), ERR_MALFORMED);
	assert_non_null(strstr(diag.text, "bices-event--" UUID));
	assert_non_null(strstr(diag.text, "latitude is no number from -90 to 90"));
}

static enum err offer_references(size_t count)
{
	AUTO_BUF text = buf_make(1 << 20);
	buf_put_text(&text, "{" INDICATOR ",\"x_refs\":[");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s\"url--0b1ce5e1-0000-1000-8000-%012zx\"", i ? "," : "", i);
	buf_put_text(&text, "]}");
	return offer(arena_text(&arena, buf_slice(&text)));
}

static void an_object_has_at_most_1023_references(void **state)
{
	(void)state;
	assert_ok(offer_references(LIMIT_PORTIONS - 2));
	assert_ok(offer_references(LIMIT_PORTIONS - 1));
	assert_int_equal(offers.items[0].portions.count, LIMIT_PORTIONS);
	assert_int_equal(offer_references(LIMIT_PORTIONS), ERR_TOO_LARGE);
}

int main(int argc, char **argv)
{
	root = argc > 1 ? argv[1] : ".";
	json_start(1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_keeps_the_properties_and_nothing_of_the_frame),
		cmocka_unit_test(each_target_of_a_reference_is_a_portion),
		cmocka_unit_test(a_reference_to_nothing_is_a_plain_property),
		cmocka_unit_test(an_object_without_any_label_is_refused_by_name),
		cmocka_unit_test(a_label_in_the_bundle_decides_and_is_not_offered),
		cmocka_unit_test(a_label_in_xml_only_is_asked_for_and_then_used),
		cmocka_unit_test(a_label_of_ours_that_is_not_in_the_bundle_is_never_taken_for_a_foreign_marking),
		cmocka_unit_test(foreign_markings_stay_in_the_head),
		cmocka_unit_test(a_granular_marking_on_a_reference_is_refused),
		cmocka_unit_test(an_id_of_ours_stands_for_its_own_label_only),
		cmocka_unit_test(what_a_refusal_quotes_is_always_text),
		cmocka_unit_test(two_labels_on_one_object_are_ambiguous),
		cmocka_unit_test(portions_written_by_hand_have_labels_of_their_own),
		cmocka_unit_test(portions_that_contradict_are_refused),
		cmocka_unit_test(malformed_objects_are_refused_with_their_place),
		cmocka_unit_test(custom_types_and_observables_need_no_times),
		cmocka_unit_test(a_bundle_has_at_most_20000_objects),
		cmocka_unit_test(a_portion_has_at_most_4_mib_and_an_object_8),
		cmocka_unit_test(the_published_definitions_are_offered_whole),
		cmocka_unit_test(a_place_that_is_not_whole_refuses_the_document),
		cmocka_unit_test(an_object_has_at_most_1023_references),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
