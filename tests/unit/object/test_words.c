#include "../../support/test.h"
#include "object/words.h"

static struct arena arena;

static void assert_words(uint8_t kind, const char *content, const char *want)
{
	AUTO_BUF text = buf_make(65536);
	assert_ok(words_of_portion(kind, slice_text(content), &text));
	assert_slice(buf_slice(&text), want);
}

static void strings_at_any_depth_are_words_and_names_are_not(void **state)
{
	(void)state;
	assert_words(PORTION_HEAD,
		     "{\"aliases\":[\"Brine Crab\",\"염전게\"],\"hashes\":{\"SHA-256\":\"ab12\"},\"name\":\"Tidewrack\",\"n\":5,\"revoked\":false,"
		     "\"x\":[[{\"y\":\"deep\"}],null]}",
		     "Brine Crab\n염전게\nab12\nTidewrack\ndeep");
}

static void ids_times_and_the_formats_own_words_are_left_out(void **state)
{
	(void)state;
	assert_words(PORTION_HEAD,
		     "{\"created\":\"2026-01-02T03:04:05.678Z\",\"spec_version\":\"2.1\",\"lang\":\"ko\","
		     "\"object_marking_refs\":[\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\"],"
		     "\"x\":\"identity--94868c89-83c2-464b-929b-a1a8aa3c8487\",\"name\":\"n\","
		     "\"extensions\":{\"e\":{\"extension_type\":\"new-sdo\"}}}",
		     "n");
}

static void each_kind_gives_its_own_text(void **state)
{
	(void)state;
	assert_words(PORTION_TEXT, "{\"not\":\"json\"", "{\"not\":\"json\"");
	assert_words(PORTION_TABLE, "{\"columns\":[\"host\"],\"rows\":[[\"crane-7\"],[3]]}", "host\ncrane-7");
	assert_words(PORTION_ATTACHMENT, "{\"media_type\":\"text/csv\",\"name\":\"log.csv\",\"size\":3}", "log.csv");
	assert_words(PORTION_REFERENCE, "{\"property\":\"x_ref\",\"target\":\"y\"}", "");
	AUTO_BUF text = buf_make(100);
	assert_int_equal(words_of_portion(PORTION_HEAD, SLICE("{"), &text), ERR_MALFORMED);
}

static void assert_title(const char *head, const char *want)
{
	AUTO_JSON *value = NULL;
	struct slice title;
	assert_ok(json_read(slice_text(head), 65536, &value, NULL));
	assert_ok(title_of_head(value, SLICE("x-type"), &arena, &title));
	assert_slice(title, want);
}

static void the_title_is_the_name_or_what_stands_for_it(void **state)
{
	(void)state;
	assert_title("{\"name\":\"N\",\"value\":\"V\"}", "N");
	assert_title("{\"name\":\"  \",\"value\":\"V\"}", "V");
	assert_title("{\"relationship_type\":\"uses\"}", "uses");
	assert_title("{\"name\":7}", "x-type");
	assert_title("{\"content\":\"two\\nlines\"}", "two lines");
}

static void a_title_is_cut_at_a_character(void **state)
{
	(void)state;
	for (size_t ascii = LIMIT_TITLE - 4; ascii <= LIMIT_TITLE + 1; ascii++) {
		AUTO_BUF name = buf_make(65536);
		memset(buf_grow(&name, ascii), 'a', ascii);
		buf_put_text(&name, "한글");
		AUTO_JSON *head = json_object();
		struct slice title;
		assert_int_equal(json_object_set_new(head, "name", json_text(buf_slice(&name))), 0);
		assert_ok(title_of_head(head, SLICE("t"), &arena, &title));
		assert_true(title.len <= LIMIT_TITLE && title.len > LIMIT_TITLE - 3);
		assert_true(utf8_is_text(title));
	}
}

int main(void)
{
	json_start(1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_at_any_depth_are_words_and_names_are_not),
		cmocka_unit_test(ids_times_and_the_formats_own_words_are_left_out),
		cmocka_unit_test(each_kind_gives_its_own_text),
		cmocka_unit_test(the_title_is_the_name_or_what_stands_for_it),
		cmocka_unit_test(a_title_is_cut_at_a_character),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
