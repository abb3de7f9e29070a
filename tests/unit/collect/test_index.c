#include "../../support/test.h"
#include "../object/build.h"
#include "../object/policies.h"
#include "collect/collect.h"
#include "object/json.h"

static struct build build;
static struct arena arena;
static const char *root;

#define UUID "0b1ce5e1-0000-1000-8000-00000000000a"

static struct slice all_of(size_t count)
{
	static const size_t POSITIONS[] = {0, 1, 2, 3, 4};
	return build_rendition(&build, POSITIONS, count);
}

static void each_portion_gives_its_own_text_and_references_their_target(void **state)
{
	(void)state;
	build_start(&build);
	build_add(&build, PORTION_HEAD, LABEL_PUBLIC, "{\"created\":\"2026-01-02T03:04:05.678Z\",\"name\":\"Title\"}");
	build_add(&build, PORTION_TEXT, LABEL_SECRET, "사이버해킹조직");
	build_add(&build, PORTION_REFERENCE, LABEL_PUBLIC, "{\"property\":\"created_by_ref\",\"target\":\"identity--" UUID "\"}");
	build_add(&build, PORTION_REFERENCE, LABEL_PUBLIC,
		  "{\"mandatory\":true,\"property\":\"x_ref\",\"target\":\"identity--" UUID "\"}");
	build_add(&build, PORTION_REFERENCE, LABEL_PUBLIC, "{\"property\":\"object_refs\",\"target\":\"url--" UUID "\"}");
	assert_ok(build_manifest(&build, "report--" UUID));
	struct msg_indexed indexed;
	assert_ok(collect_index(all_of(5), &arena, &indexed));
	assert_slice(indexed.type, "report");
	assert_slice(indexed.title, "Title");
	assert_int_equal(indexed.created, 1767323045678);
	assert_int_equal(indexed.portions.count, 5);
	const struct indexed_portion *portions = indexed.portions.items;
	assert_slice(portions[0].text, "Title");
	assert_slice(portions[1].text, "사이버해킹조직");
	assert_slice(portions[2].text, "");
	assert_slice(portions[2].target, "identity--" UUID);
	assert_int_equal(portions[2].mandatory, 0);
	assert_int_equal(portions[3].mandatory, 1);
	assert_int_equal(portions[4].mandatory, 1); /* the standard demands object_refs of a report */
	build_done(&build);
}

static void what_portion_h_does_not_allow_is_refused(void **state)
{
	(void)state;
	static const struct {
		uint8_t kind;
		const char *content;
	} CASES[] = {
		{PORTION_HEAD, "[]"}, {PORTION_HEAD, "{\"created\":\"x\"}"}, {PORTION_HEAD, "not json"},
		{PORTION_TABLE, "{\"a\":1,\"a\":2}"}, {PORTION_REFERENCE, "{\"property\":\"name\",\"target\":\"url--" UUID "\"}"},
		{PORTION_REFERENCE, "{\"property\":\"x_ref\",\"target\":\"nobody\"}"}, {PORTION_REFERENCE, "{}"},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		build_start(&build);
		bool head = CASES[i].kind == PORTION_HEAD;
		build_add(&build, PORTION_HEAD, LABEL_PUBLIC, head ? CASES[i].content : "{}");
		if (!head)
			build_add(&build, CASES[i].kind, LABEL_PUBLIC, CASES[i].content);
		assert_ok(build_manifest(&build, "report--" UUID));
		struct msg_indexed indexed;
		assert_int_equal(collect_index(all_of(head ? 1 : 2), &arena, &indexed), ERR_MALFORMED);
		build_done(&build);
	}
	struct msg_indexed indexed;
	assert_int_not_equal(collect_index(SLICE("no rendition"), &arena, &indexed), ERR_OK);
}

static void a_label_as_xml_becomes_its_compact_form(void **state)
{
	(void)state;
	const struct label *label;
	struct slice compact;
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	assert_ok(label_parse_compact(test_policies(root), SLICE(LABEL_KOREA), &arena, &label, NULL));
	assert_ok(label_print_xml(label, 1767323045678, 1798859045678, &xml));
	assert_ok(collect_label(test_policies(root), buf_slice(&xml), &arena, &compact, NULL));
	assert_slice(compact, LABEL_KOREA);
	assert_int_not_equal(collect_label(test_policies(root), SLICE("<!DOCTYPE x><x/>"), &arena, &compact, NULL), ERR_OK);
}

int main(int argc, char **argv)
{
	root = argc > 1 ? argv[1] : ".";
	json_start(1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_portion_gives_its_own_text_and_references_their_target),
		cmocka_unit_test(what_portion_h_does_not_allow_is_refused),
		cmocka_unit_test(a_label_as_xml_becomes_its_compact_form),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
