/* spec: STIX 2.1; docs/protocol/stix-carriage.md */
#include "../../support/test.h"
#include "build.h"
#include "base/moment.h"
#include "object/stix.h"
#include "object/stix_rules.h"
#include "policies.h"

static struct arena arena;
static struct build build;
static const char *root;

#define UUID "0b1ce5e1-0000-1000-8000-00000000000a"
#define UUID_B "0b1ce5e1-0000-1000-8000-00000000000b"
#define MODIFIED 1790000006000
#define MODIFIED_TEXT "2026-09-21T14:13:26.000Z"

static json_t *read_json(struct slice text)
{
	json_t *value = NULL;
	struct diag diag = {0};
	if (json_read(text, LIMIT_JSON_BYTES, &value, &diag) != ERR_OK)
		fail_msg("%s in %.*s", diag.text, SLICE_ARG(text));
	return value;
}

static struct offer offer_json(json_t *document, const char *label)
{
	struct stix_input input = {test_policies(root), slice_text(label), NULL, 0};
	struct offers offers;
	struct diag diag = {0};
	if (stix_offer(&input, document, &arena, &offers, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
	return offers.items[0];
}

/* Publishes the offer and discloses these positions; count 0: all. */
static struct rendition_view publish(const struct offer *offer, const size_t *positions, size_t count)
{
	static size_t all[LIMIT_PORTIONS];
	build_done(&build);
	build_start(&build);
	for (size_t i = 0; i < offer->portions.count; i++) {
		all[i] = i;
		build_add_offered(&build, (const struct offer_portion *)offer->portions.items + i);
	}
	char *id = arena_text(&arena, offer->id.len ? offer->id : SLICE("bices-report--" UUID));
	assert_ok(build_manifest(&build, id));
	struct slice bytes = build_rendition(&build, count ? positions : all, count ? count : offer->portions.count);
	struct rendition_view view;
	assert_ok(rendition_open(bytes, &arena, &view));
	return view;
}

static json_t *print(const struct rendition_view *view)
{
	AUTO_BUF text = buf_make(LIMIT_OBJECT_BYTES * 4);
	assert_ok(stix_print(test_policies(root), view, MODIFIED, &text));
	return read_json(buf_slice(&text));
}

static json_t *extension_of(json_t *object)
{
	return json_object_get(json_object_get(object, "extensions"), STIX_PORTIONS);
}

/* Takes our frame off again: extension, our markings. */
static void strip(json_t *object)
{
	json_t *extensions = json_object_get(object, "extensions");
	json_object_del(extensions, STIX_PORTIONS);
	if (json_object_size(extensions) == 0)
		json_object_del(object, "extensions");
	static const char *const LISTS[] = {"object_marking_refs", "granular_markings"};
	for (size_t list = 0; list < 2; list++) {
		json_t *items = json_object_get(object, LISTS[list]);
		for (size_t i = json_array_size(items); i-- > 0;) {
			json_t *item = json_array_get(items, i);
			json_t *id = json_is_object(item) ? json_object_get(item, "marking_ref") : item;
			if (slice_has_prefix(json_slice(id), SLICE("marking-definition--b1ce51ab-e1ab-5")))
				json_array_remove(items, i);
		}
		if (json_array_size(items) == 0)
			json_object_del(object, LISTS[list]);
	}
}

static void assert_same(json_t *a, json_t *b)
{
	AUTO_BUF left = buf_make(1 << 20), right = buf_make(1 << 20);
	json_canonical(a, &left);
	json_canonical(b, &right);
	buf_put_octet(&right, 0);
	assert_ok(right.err);
	assert_slice(buf_slice(&left), (const char *)right.data);
}

#define TIMES "\"created\":\"2020-01-02T03:04:05.678Z\",\"modified\":\"" MODIFIED_TEXT "\",\"spec_version\":\"2.1\""

static void every_property_comes_back_as_it_was(void **state)
{
	(void)state;
	static const char *const OBJECTS[] = {
		"{\"type\":\"indicator\",\"id\":\"indicator--" UUID "\"," TIMES ",\"name\":\"n\",\"pattern\":\"p\",\"n\":[9007199254740993,-0.5,1e30],"
		"\"created_by_ref\":\"identity--" UUID "\",\"x_refs\":[\"url--" UUID_B "\",\"url--" UUID "\"],\"revoked\":false,"
		"\"extensions\":{\"extension-definition--" UUID "\":{\"extension_type\":\"property-extension\",\"a\":{}}},"
		"\"object_marking_refs\":[\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\"],"
		"\"granular_markings\":[{\"lang\":\"ko\",\"selectors\":[\"name\"]}]}",
		"{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--" UUID "\",\"value\":\"192.0.2.1\",\"resolves_to_refs\":[\"mac-addr--" UUID "\"]}",
		"{\"type\":\"url\",\"id\":\"url--" UUID "\",\"value\":\"http://example.org/한글\"}",
		"{\"type\":\"marking-definition\",\"id\":\"marking-definition--" UUID "\",\"spec_version\":\"2.1\","
		"\"created\":\"2020-01-02T03:04:05Z\",\"definition_type\":\"statement\",\"definition\":{\"statement\":\"s\"}}",
		"{\"type\":\"relationship\",\"id\":\"relationship--" UUID "\"," TIMES ",\"relationship_type\":\"uses\",\"source_ref\":\"malware--" UUID
		"\",\"target_ref\":\"tool--" UUID "\"}",
		"{\"type\":\"x-custom\",\"id\":\"x-custom--" UUID "\"," TIMES ",\"o\":{\"z\":null,\"a\":[[],{}]}}",
	};
	for (size_t i = 0; i < sizeof(OBJECTS) / sizeof(OBJECTS[0]); i++) {
		AUTO_JSON *given = read_json(slice_text(OBJECTS[i]));
		struct offer offer = offer_json(given, LABEL_PUBLIC);
		struct rendition_view view = publish(&offer, NULL, 0);
		AUTO_JSON *printed = print(&view);
		strip(printed);
		assert_same(printed, given);
	}
}

#define REPORT \
	"{\"type\":\"bices-report\",\"id\":\"bices-report--" UUID "\"," TIMES ",\"name\":\"Title\",\"extensions\":{\"" STIX_PORTIONS \
	"\":{\"extension_type\":\"property-extension\",\"portions\":[{\"kind\":\"head\",\"marking\":\"PUBLIC\"}," \
	"{\"kind\":\"text\",\"marking\":\"NATO SECRET\",\"text\":\"first\\nline\"}," \
	"{\"kind\":\"table\",\"label\":\"" LABEL_KOREA "\",\"table\":{\"columns\":[\"a\"],\"rows\":[[1],[\"x\"]]}}," \
	"{\"kind\":\"attachment\",\"marking\":\"PUBLIC\",\"attachment\":{\"name\":\"f.pdf\",\"media_type\":\"application/pdf\",\"size\":7}," \
	"\"sha256\":\"00000000000000000000000000000000000000000000000000000000000000ff\"}," \
	"{\"kind\":\"reference\",\"label\":\"" LABEL_ONLY "\",\"reference\":{\"property\":\"x_refs\",\"target\":\"url--" UUID_B "\"}}," \
	"{\"kind\":\"reference\",\"marking\":\"PUBLIC\",\"reference\":{\"property\":\"x_refs\",\"target\":\"url--" UUID "\"}}]}," \
	"\"" STIX_REPORT "\":{\"extension_type\":\"new-sdo\"}},\"x_refs\":[\"url--" UUID_B "\",\"url--" UUID "\"]}"

static void a_printed_rendition_reads_back_with_labels_and_portions(void **state)
{
	(void)state;
	AUTO_JSON *given = read_json(SLICE(REPORT));
	struct offer offer = offer_json(given, "");
	assert_int_equal(offer.portions.count, 6);
	struct rendition_view view = publish(&offer, NULL, 0);
	AUTO_JSON *printed = print(&view);
	struct offer again = offer_json(printed, "");
	assert_int_equal(again.portions.count, offer.portions.count);
	for (size_t i = 0; i < offer.portions.count; i++) {
		const struct offer_portion *a = (const struct offer_portion *)offer.portions.items + i;
		const struct offer_portion *b = (const struct offer_portion *)again.portions.items + i;
		assert_int_equal(a->kind, b->kind);
		assert_true(slice_equal(a->label, b->label));
		assert_true(slice_equal(a->content, b->content));
		assert_memory_equal(a->blob_sha256, b->blob_sha256, 32);
		assert_true(slice_equal(a->target, b->target));
	}
}

static void a_changed_marking_on_a_printed_rendition_is_not_overlooked(void **state)
{
	(void)state;
	AUTO_JSON *given = read_json(SLICE(REPORT));
	struct offer offer = offer_json(given, "");
	struct rendition_view view = publish(&offer, (size_t[]){0, 1}, 2);
	AUTO_JSON *printed = print(&view);
	char id[STIX_MARKING_ID + 1];
	stix_marking_id(SLICE(LABEL_KOREA), id);
	json_array_append_new(json_object_get(printed, "object_marking_refs"), json_string(id));
	struct stix_input input = {.policies = test_policies(root)};
	struct offers offers;
	assert_int_not_equal(stix_offer(&input, printed, &arena, &offers, NULL), ERR_OK);
}

static void a_hidden_reference_is_not_there(void **state)
{
	(void)state;
	AUTO_JSON *given = read_json(SLICE(REPORT));
	struct offer offer = offer_json(given, "");
	struct rendition_view view = publish(&offer, (size_t[]){0, 5}, 2);
	AUTO_JSON *one = print(&view);
	AUTO_JSON *want = json_pack("[s]", "url--" UUID);
	assert_same(json_object_get(one, "x_refs"), want);
	view = publish(&offer, (size_t[]){0}, 1);
	AUTO_JSON *none = print(&view);
	assert_null(json_object_get(none, "x_refs"));
}

static struct offer report_with(size_t hidden, const char *word)
{
	AUTO_BUF text = buf_make(1 << 20);
	buf_put_text(&text, "{\"type\":\"bices-report\",\"id\":\"bices-report--" UUID "\"," TIMES ",\"name\":\"Title\",\"extensions\":{\""
			    STIX_PORTIONS "\":{\"portions\":[{\"kind\":\"head\",\"marking\":\"PUBLIC\"}");
	for (size_t i = 0; i < hidden; i++)
		buf_printf(&text, ",{\"kind\":\"text\",\"marking\":\"NATO SECRET\",\"text\":\"%s %zu\"}", word, i);
	buf_put_text(&text, ",{\"kind\":\"text\",\"marking\":\"PUBLIC\",\"text\":\"seen\"}]}}}");
	AUTO_JSON *document = read_json(buf_slice(&text));
	return offer_json(document, "");
}

static void shape_and_length_do_not_depend_on_what_is_hidden(void **state)
{
	(void)state;
	static const size_t HIDDEN[] = {0, 1, 3, 6, 20};
	size_t len = 0;
	for (size_t i = 0; i < 5; i++) {
		struct offer offer = report_with(HIDDEN[i], "hidden");
		struct rendition_view view = publish(&offer, (size_t[]){0, HIDDEN[i] + 1}, 2);
		AUTO_BUF text = buf_make(1 << 20);
		assert_ok(stix_print(test_policies(root), &view, MODIFIED, &text));
		assert_true(i == 0 || text.len == len);
		len = text.len;
		AUTO_JSON *object = read_json(buf_slice(&text));
		json_object_del(extension_of(object), "manifest");
		/* what is left differs in the portion's own id, time and salt only, which here follow from its position */
		assert_int_equal(json_array_size(json_object_get(extension_of(object), "portions")), 2);
		AUTO_BUF rest = buf_make(1 << 20);
		json_canonical(object, &rest);
		buf_put_octet(&rest, 0);
		assert_null(strstr((const char *)rest.data, "hidden"));
		assert_null(strstr((const char *)rest.data, "SECRET"));
	}
}

static void times_have_three_decimals_and_modified_is_the_readers(void **state)
{
	(void)state;
	AUTO_JSON *given = read_json(SLICE("{\"type\":\"malware\",\"id\":\"malware--" UUID "\",\"spec_version\":\"2.1\",\"name\":\"m\","
					   "\"created\":\"2020-01-02T03:04:05.678Z\",\"modified\":\"2021-01-02T03:04:05.678Z\"}"));
	struct offer offer = offer_json(given, LABEL_PUBLIC);
	struct rendition_view view = publish(&offer, NULL, 0);
	AUTO_JSON *printed = print(&view);
	assert_slice(json_slice(json_object_get(printed, "modified")), MODIFIED_TEXT);
	assert_slice(json_slice(json_object_get(printed, "created")), "2020-01-02T03:04:05.678Z");
	json_t *item = json_array_get(json_object_get(extension_of(printed), "portions"), 0);
	assert_slice(json_slice(json_object_get(item, "changed")), "2026-09-21T14:13:20.000Z");
}

static void each_label_shown_marks_its_portions(void **state)
{
	(void)state;
	AUTO_JSON *given = read_json(SLICE(REPORT));
	struct offer offer = offer_json(given, "");
	struct rendition_view view = publish(&offer, (size_t[]){0, 1, 3}, 3);
	AUTO_JSON *printed = print(&view);
	char public_id[STIX_MARKING_ID + 1], secret_id[STIX_MARKING_ID + 1];
	stix_marking_id(SLICE(LABEL_PUBLIC), public_id);
	stix_marking_id(SLICE(LABEL_SECRET), secret_id);
	AUTO_JSON *refs = json_pack("[s,s]", public_id, secret_id);
	assert_same(json_object_get(printed, "object_marking_refs"), refs);
	AUTO_JSON *granular = json_pack("[{s:s,s:[s,s]},{s:s,s:[s]}]", "marking_ref", public_id, "selectors",
					"extensions." STIX_PORTIONS ".portions.[0]", "extensions." STIX_PORTIONS ".portions.[2]",
					"marking_ref", secret_id, "selectors", "extensions." STIX_PORTIONS ".portions.[1]");
	assert_same(json_object_get(printed, "granular_markings"), granular);
}

/* What docs/protocol/stix-carriage.md says about content, read backwards. */
static void put_content(json_t *object, json_t *item, struct portion *portion)
{
	static const char *const KINDS[] = {"", "head", "text", "table", "attachment", "reference"};
	for (portion->kind = 1; strcmp(KINDS[portion->kind], json_string_value(json_object_get(item, "kind"))) != 0; portion->kind++)
		;
	json_t *content = json_object_get(item, KINDS[portion->kind]);
	AUTO_JSON *head = NULL;
	if (portion->kind == PORTION_TEXT) {
		portion->content = json_slice(content);
		return;
	}
	if (portion->kind == PORTION_HEAD) {
		content = head = json_deep_copy(object);
		strip(head);
		const char *name;
		json_t *value;
		void *next;
		json_object_foreach_safe(head, next, name, value)
			if (stix_refers(slice_text(name), value) || strcmp(name, "id") == 0 || strcmp(name, "type") == 0 ||
			    strcmp(name, "modified") == 0)
				json_object_del(head, name);
	}
	AUTO_BUF text = buf_make(1 << 20), hash = buf_make(32);
	json_canonical(content, &text);
	assert_ok(arena_copy(&arena, buf_slice(&text), &portion->content));
	if (portion->kind == PORTION_ATTACHMENT) {
		assert_ok(hex_decode(json_slice(json_object_get(item, "sha256")), &hash));
		memcpy(portion->blob_sha256, hash.data, hash.len);
	}
}

static void every_digest_can_be_made_again_from_the_printed_form(void **state)
{
	(void)state;
	AUTO_JSON *given = read_json(SLICE(REPORT));
	struct offer offer = offer_json(given, "");
	struct rendition_view view = publish(&offer, NULL, 0);
	AUTO_JSON *printed = print(&view);
	json_t *items = json_object_get(extension_of(printed), "portions"), *item;
	AUTO_BUF bytes = buf_make(1 << 20);
	assert_ok(base64_decode(json_slice(json_object_get(extension_of(printed), "manifest")), &bytes));
	struct manifest manifest;
	assert_ok(record_decode(&manifest_schema, buf_slice(&bytes), &arena, &manifest));
	size_t i;
	json_array_foreach(items, i, item) {
		struct portion portion = {.label = json_slice(json_object_get(item, "label"))};
		AUTO_BUF id = buf_make(PORTION_ID), salt = buf_make(SALT), encoded = buf_make(1 << 20);
		assert_ok(hex_decode(json_slice(json_object_get(item, "id")), &id));
		assert_ok(base64_decode(json_slice(json_object_get(item, "salt")), &salt));
		assert_ok(moment_parse(json_slice(json_object_get(item, "changed")), &portion.changed));
		memcpy(portion.id, id.data, PORTION_ID);
		put_content(printed, item, &portion);
		record_encode(&portion_schema, &portion, &encoded);
		uint8_t digest[DIGEST];
		portion_digest(salt.data, manifest.object_id, manifest.issued, buf_slice(&encoded), digest);
		size_t found = 0;
		for (size_t slot = 0; slot < manifest.digests.len; slot += DIGEST)
			found += memcmp(manifest.digests.data + slot, digest, DIGEST) == 0;
		assert_int_equal(found, 1);
	}
	assert_int_equal(i, 6);
}

static void a_label_that_no_policy_knows_shows_nothing(void **state)
{
	(void)state;
	build_done(&build);
	build_start(&build);
	build_add(&build, PORTION_HEAD, "MARS|SECRET", "{\"name\":\"x\"}");
	assert_ok(build_manifest(&build, "bices-report--" UUID));
	struct rendition_view view;
	assert_ok(rendition_open(build_rendition(&build, (size_t[]){0}, 1), &arena, &view));
	AUTO_BUF text = buf_make(65536);
	assert_int_equal(stix_print(test_policies(root), &view, MODIFIED, &text), ERR_UNKNOWN);
	assert_int_equal(text.len, 0);
}

static void the_id_of_a_label_has_the_published_form(void **state)
{
	(void)state;
	char id[STIX_MARKING_ID + 1], other[STIX_MARKING_ID + 1];
	struct slice type;
	stix_marking_id(SLICE(LABEL_PUBLIC), id);
	stix_marking_id(SLICE(LABEL_SECRET), other);
	assert_string_equal(id, "marking-definition--b1ce51ab-e1ab-5b12-9561-bc6ca084605b");
	assert_string_not_equal(id, other);
	assert_ok(object_id_type(slice_text(id), &type));
	assert_slice(type, "marking-definition");
}

static void the_marking_definition_of_a_label_reads_back(void **state)
{
	(void)state;
	AUTO_BUF text = buf_make(1 << 20);
	buf_put_text(&text, "{\"objects\":[");
	assert_ok(stix_print_marking(test_policies(root), SLICE(LABEL_KOREA), &text));
	char id[STIX_MARKING_ID + 1];
	stix_marking_id(SLICE(LABEL_KOREA), id);
	buf_printf(&text, ",{\"type\":\"url\",\"id\":\"url--" UUID "\",\"value\":\"x\",\"object_marking_refs\":[\"%s\"]}]}", id);
	AUTO_JSON *document = read_json(buf_slice(&text));
	json_t *marking = json_array_get(json_object_get(document, "objects"), 0);
	assert_slice(json_slice(json_object_get(marking, "name")), "NATO SECRET REL TO KOR");
	json_t *extension = json_object_get(json_object_get(marking, "extensions"), STIX_LABEL);
	assert_slice(json_slice(json_object_get(extension, "label")), LABEL_KOREA);
	assert_true(json_string_length(json_object_get(extension, "label_4774")) > 0);
	struct offer offer = offer_json(document, LABEL_PUBLIC);
	assert_slice(offer.id, "url--" UUID);
	assert_slice(((const struct offer_portion *)offer.portions.items)->label, LABEL_KOREA);
}

int main(int argc, char **argv)
{
	root = argc > 1 ? argv[1] : ".";
	json_start(1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_property_comes_back_as_it_was),
		cmocka_unit_test(a_printed_rendition_reads_back_with_labels_and_portions),
		cmocka_unit_test(a_changed_marking_on_a_printed_rendition_is_not_overlooked),
		cmocka_unit_test(a_hidden_reference_is_not_there),
		cmocka_unit_test(shape_and_length_do_not_depend_on_what_is_hidden),
		cmocka_unit_test(times_have_three_decimals_and_modified_is_the_readers),
		cmocka_unit_test(each_label_shown_marks_its_portions),
		cmocka_unit_test(every_digest_can_be_made_again_from_the_printed_form),
		cmocka_unit_test(a_label_that_no_policy_knows_shows_nothing),
		cmocka_unit_test(the_id_of_a_label_has_the_published_form),
		cmocka_unit_test(the_marking_definition_of_a_label_reads_back),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	build_done(&build);
	arena_done(&arena);
	return failed;
}
