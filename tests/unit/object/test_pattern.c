/* spec: STIX 2.1 9. Patterns, what they match, and what is no pattern stand in tests/data/stix/patterns.json. */
#include "../../support/test.h"
#include "object/pattern.h"

static const char *root;
static json_t *data;

static const char *text_at(json_t *row, size_t i)
{
	return json_string_value(json_array_get(row, i));
}

static enum err parse(const char *text, struct arena *arena, const struct pattern_node **ret_pattern, struct diag *diag)
{
	*diag = (struct diag){0};
	return pattern_parse(slice_text(text), arena, ret_pattern, diag);
}

static void the_examples_of_the_standard_parse(void **state)
{
	(void)state;
	json_t *row;
	size_t i, failed = 0;
	json_array_foreach(json_object_get(data, "valid"), i, row)
	{
		AUTO_ARENA arena = {0};
		struct diag diag;
		const struct pattern_node *pattern;
		if (parse(json_string_value(row), &arena, &pattern, &diag) == ERR_OK)
			continue;
		print_message("%s: %u:%u %s\n", json_string_value(row), diag.line, diag.column, diag.text);
		failed++;
	}
	assert_true(json_array_size(json_object_get(data, "valid")) > 30);
	assert_int_equal(failed, 0);
}

static void what_is_no_pattern_is_refused_with_a_reason(void **state)
{
	(void)state;
	json_t *row;
	size_t i, failed = 0;
	json_array_foreach(json_object_get(data, "invalid"), i, row)
	{
		AUTO_ARENA arena = {0};
		struct diag diag;
		const struct pattern_node *pattern;
		enum err err = parse(text_at(row, 0), &arena, &pattern, &diag);
		if (err != ERR_OK && strstr(diag.text, text_at(row, 1)))
			continue;
		print_message("%s: expected \"%s\", got %d %s\n", text_at(row, 0), text_at(row, 1), err, diag.text);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void patterns_match_what_was_observed_and_nothing_else(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_JSON *keep = NULL;
	struct pattern_observation *observations;
	struct diag diag = {0};
	size_t count, i, failed = 0;
	json_t *row;
	assert_ok(pattern_observations(json_object_get(data, "document"), &arena, &observations, &count, &keep, &diag));
	assert_int_equal(count, 9);
	json_array_foreach(json_object_get(data, "matches"), i, row)
	{
		const struct pattern_node *pattern;
		bool matches, *matched;
		assert_ok(parse(text_at(row, 0), &arena, &pattern, &diag));
		assert_ok(pattern_match(pattern, observations, count, &arena, &matches, &matched));
		if (matches == json_is_true(json_array_get(row, 1)))
			continue;
		print_message("%s: %s\n", text_at(row, 0), matches ? "matches" : "does not match");
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void a_match_names_its_observations(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_JSON *keep = NULL;
	struct pattern_observation *observations;
	const struct pattern_node *pattern;
	struct diag diag = {0};
	size_t count;
	bool matches, *matched;
	assert_ok(pattern_observations(json_object_get(data, "document"), &arena, &observations, &count, &keep, &diag));
	assert_ok(parse("[ipv4-addr:value = '198.51.100.5'] AND [file:name = 'foo.dll']", &arena, &pattern, &diag));
	assert_ok(pattern_match(pattern, observations, count, &arena, &matches, &matched));
	for (size_t i = 0; i < count; i++)
		assert_int_equal(matched[i], i == 0 || i == 2);
}

static void regular_expressions_find_what_they_say(void **state)
{
	(void)state;
	json_t *row;
	size_t i, failed = 0;
	json_array_foreach(json_object_get(data, "regexes"), i, row)
	{
		AUTO_ARENA arena = {0};
		struct diag diag = {0};
		struct regex *regex;
		bool found = false;
		assert_ok(regex_parse(slice_text(text_at(row, 0)), &arena, &regex, &diag));
		assert_ok(regex_find(regex, slice_text(text_at(row, 1)), &arena, &found));
		if (found == json_is_true(json_array_get(row, 2)))
			continue;
		print_message("/%s/ in \"%s\": %d\n", text_at(row, 0), text_at(row, 1), found);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void limits_hold_at_their_edge(void **state)
{
	(void)state;
	for (int beyond = -1; beyond <= 1; beyond++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(2 * LIMIT_PATTERN);
		const struct pattern_node *pattern;
		struct diag diag = {0};
		buf_put_text(&text, "[a:b = 1]");
		while (text.len < (size_t)(LIMIT_PATTERN + beyond))
			buf_put_octet(&text, ' ');
		assert_int_equal(
			pattern_parse(buf_slice(&text), &arena, &pattern, &diag), beyond > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
	for (int beyond = -1; beyond <= 1; beyond++) {
		AUTO_ARENA arena = {0};
		AUTO_JSON *objects = json_object();
		size_t count = (size_t)(LIMIT_PATTERN_OBSERVATIONS + beyond);
		struct pattern_observation *list = ARENA_ARRAY(&arena, count, struct pattern_observation);
		const struct pattern_node *pattern;
		struct diag diag;
		bool matches, *matched;
		for (size_t i = 0; i < count; i++)
			list[i] = (struct pattern_observation){.number = 1, .objects = objects, .known = objects};
		assert_ok(parse("[a:b = 1]", &arena, &pattern, &diag));
		assert_int_equal(pattern_match(pattern, list, count, &arena, &matches, &matched),
			beyond > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static void many_regular_expressions_in_one_pattern_are_bounded_together(void **state)
{
	(void)state;
	for (int count = 32; count <= 34; count++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(LIMIT_PATTERN);
		const struct pattern_node *pattern;
		struct diag diag;
		buf_put_octet(&text, '[');
		for (int i = 0; i < count; i++)
			buf_printf(&text, "%sa:b MATCHES '(abcdefg){250}(abc){70}abcdef'", i ? " OR " : "");
		buf_put_octet(&text, ']');
		buf_put_octet(&text, 0);
		assert_int_equal(
			parse((const char *)text.data, &arena, &pattern, &diag), count > 33 ? ERR_TOO_LARGE : ERR_OK);
		assert_true(arena.used_bytes < 4 * 1024 * 1024);
	}
}

/* Sixty-four times each observation is what may be combined. */
static void ways_to_match_hold_at_their_edge(void **state)
{
	(void)state;
	for (int beyond = -1; beyond <= 1; beyond++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(LIMIT_PATTERN);
		AUTO_JSON *objects = json_pack("{s:{s:s, s:i}}", "0", "type", "a", "b", 1);
		AUTO_JSON *other = json_pack("{s:{s:s, s:i}}", "0", "type", "a", "b", 2);
		struct pattern_observation *list =
			ARENA_ARRAY(&arena, LIMIT_PATTERN_OBSERVATIONS, struct pattern_observation);
		const struct pattern_node *pattern;
		struct diag diag;
		bool matches, *matched;
		for (size_t i = 0; i < LIMIT_PATTERN_OBSERVATIONS; i++)
			list[i] = (struct pattern_observation){
				.number = 1, .objects = i ? objects : other, .known = objects};
		for (int i = 0; i < LIMIT_PATTERN_MATCHES / LIMIT_PATTERN_OBSERVATIONS - 1; i++)
			buf_printf(&text, "%s[EXISTS a:b]", i ? " OR " : "");
		buf_printf(&text, " OR %s%s", beyond < 0 ? "[a:b = 1]" : "[EXISTS a:b]",
			beyond > 0 ? " OR [a:b = 2]" : "");
		assert_ok(text.err);
		buf_put_octet(&text, 0);
		assert_ok(parse((const char *)text.data, &arena, &pattern, &diag));
		assert_int_equal(pattern_match(pattern, list, LIMIT_PATTERN_OBSERVATIONS, &arena, &matches, &matched),
			beyond > 0 ? ERR_TOO_LARGE : ERR_OK);
	}
}

static void too_much_to_combine_is_an_error_and_not_a_no(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	AUTO_JSON *objects = json_pack("{s:{s:s, s:i}}", "0", "type", "a", "b", 1);
	struct pattern_observation *list = ARENA_ARRAY(&arena, 1000, struct pattern_observation);
	const struct pattern_node *pattern;
	struct diag diag;
	bool matches, *matched;
	for (size_t i = 0; i < 1000; i++)
		list[i] = (struct pattern_observation){.number = 1, .objects = objects, .known = objects};
	assert_ok(parse("[a:b = 1] AND [a:b = 1]", &arena, &pattern, &diag));
	assert_int_equal(pattern_match(pattern, list, 1000, &arena, &matches, &matched), ERR_TOO_LARGE);
}

int main(int argc, char **argv)
{
	char path[1024];
	root = argc > 1 ? argv[1] : ".";
	json_start(5);
	snprintf(path, sizeof(path), "%s/tests/data/stix/patterns.json", root);
	data = json_load_file(path, 0, NULL);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_standard_parse),
		cmocka_unit_test(what_is_no_pattern_is_refused_with_a_reason),
		cmocka_unit_test(patterns_match_what_was_observed_and_nothing_else),
		cmocka_unit_test(a_match_names_its_observations),
		cmocka_unit_test(regular_expressions_find_what_they_say),
		cmocka_unit_test(limits_hold_at_their_edge),
		cmocka_unit_test(many_regular_expressions_in_one_pattern_are_bounded_together),
		cmocka_unit_test(ways_to_match_hold_at_their_edge),
		cmocka_unit_test(too_much_to_combine_is_an_error_and_not_a_no),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	json_decref(data);
	return failed;
}
