/* What an importer may mend: repeated objects, shared ids, times in the wrong order. */
#include "../../support/test.h"
#include "object/stix_check.h"
#include "object/stix_mend.h"

#define TIMES                                                                                                          \
	"\"spec_version\":\"2.1\",\"created\":\"2026-01-02T00:00:00.000Z\",\"modified\":\"2026-01-02T00:00:00.000Z\""
#define ID "tool--0b1ce5e1-0000-4000-8000-00000000000a"
#define TOOL(name) "{\"type\":\"tool\",\"id\":\"" ID "\"," TIMES ",\"name\":\"" name "\"}"
#define OBJECTS(list) "{\"objects\":[" list "]}"

static json_t *mend(const char *text, struct buf *said)
{
	json_t *document;
	assert_ok(json_read(slice_text(text), 65536, &document, NULL));
	assert_ok(stix_mend(document, said));
	return document;
}

static const char *id_at(json_t *document, size_t i)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(document, "objects"), i), "id"));
}

static void objects_that_share_an_id_get_ids_of_their_own_and_it_is_said(void **state)
{
	(void)state;
	AUTO_BUF said = buf_make(4096), again = buf_make(4096);
	AUTO_ARENA arena = {0};
	AUTO_JSON *document = mend(OBJECTS(TOOL("a") "," TOOL("b") "," TOOL("a") "," TOOL("c")), &said);
	AUTO_JSON *second = mend(OBJECTS(TOOL("a") "," TOOL("c")), &again);
	assert_int_equal(json_array_size(json_object_get(document, "objects")), 3);
	assert_string_equal(id_at(document, 0), ID);
	assert_string_not_equal(id_at(document, 1), ID);
	assert_string_not_equal(id_at(document, 2), id_at(document, 1));
	assert_string_equal(id_at(document, 2), id_at(second, 1)); /* the same object, the same id */
	struct stix_findings findings;
	assert_ok(stix_check(document, false, &arena, &findings, NULL));
	assert_int_equal(findings.error_count, 0);
	char *text = arena_text(&arena, buf_slice(&said));
	assert_non_null(strstr(text, "objects[1] " ID));
	assert_non_null(strstr(text, "objects[2] " ID ": stands twice"));
	assert_non_null(strstr(text, id_at(document, 2)));
}

static void versions_of_one_object_keep_their_id(void **state)
{
	(void)state;
	AUTO_BUF said = buf_make(4096);
	AUTO_JSON *document = mend(
		OBJECTS(TOOL("a") ",{\"type\":\"tool\",\"id\":\"" ID "\",\"modified\":\"2026-01-03T00:00:00.000Z\"}"),
		&said);
	assert_string_equal(id_at(document, 1), ID);
	assert_int_equal(said.len, 0);
}

static void a_version_from_before_its_creation_is_from_then(void **state)
{
	(void)state;
	AUTO_BUF said = buf_make(4096);
	AUTO_JSON *document = mend(
		OBJECTS("{\"type\":\"tool\",\"id\":\"" ID "\",\"created\":\"2026-01-02T00:00:00.000Z\",\"modified\":"
			"\"2026-01-01T00:00:00.000Z\"}"),
		&said);
	json_t *object = json_array_get(json_object_get(document, "objects"), 0);
	assert_string_equal(json_string_value(json_object_get(object, "modified")), "2026-01-02T00:00:00.000Z");
	assert_true(said.len > 0);
}

int main(void)
{
	json_start(3);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_that_share_an_id_get_ids_of_their_own_and_it_is_said),
		cmocka_unit_test(versions_of_one_object_keep_their_id),
		cmocka_unit_test(a_version_from_before_its_creation_is_from_then),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
