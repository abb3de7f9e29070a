#include "../../support/test.h"
#include "object/text.h"

static struct arena arena;
static struct text_parts parts;
static struct diag diag;

static enum err split(const char *text)
{
	diag = (struct diag){0};
	parts = (struct text_parts){0};
	return text_split(slice_text(text), &arena, &parts, &diag);
}

static void assert_part(size_t at, const char *marking, const char *text, uint32_t line)
{
	assert_true(at < parts.count);
	assert_slice(parts.items[at].marking, marking);
	assert_slice(parts.items[at].text, text);
	assert_int_equal(parts.items[at].line, line);
}

static void a_report_is_title_and_paragraphs(void **state)
{
	(void)state;
	assert_ok(split("(NATO SECRET) Port of Aldermere\n\n(NATO SECRET) First.\nSecond line.\n(PUBLIC) Third.\n\n(PUBLIC) 넷째.\n"));
	assert_int_equal(parts.count, 4);
	assert_part(0, "NATO SECRET", "Port of Aldermere", 1);
	assert_part(1, "NATO SECRET", "First.\nSecond line.", 3);
	assert_part(2, "PUBLIC", "Third.", 5);
	assert_part(3, "PUBLIC", "넷째.", 7);
}

static void the_marking_may_stand_behind_the_title(void **state)
{
	(void)state;
	assert_ok(split("Phase \\(2) of the attack (NATO SECRET)\n\n(PUBLIC) Text"));
	assert_part(0, "NATO SECRET", "Phase (2) of the attack", 1);
	assert_ok(split("(PUBLIC) Phase (2)\n"));
	assert_part(0, "PUBLIC", "Phase (2)", 1);
	assert_ok(split("Attack, phase \\(2)"));
	assert_part(0, "", "Attack, phase (2)", 1);
	assert_null(parts.items[0].marking.data);
}

static void parts_without_a_marking_have_none(void **state)
{
	(void)state;
	assert_ok(split("Title\n\nfirst\n\n\n  \nsecond\n(PUBLIC) third\n\nfourth"));
	assert_int_equal(parts.count, 5);
	assert_part(1, "", "first", 3);
	assert_part(2, "", "second", 7);
	assert_part(3, "PUBLIC", "third", 8);
	assert_part(4, "", "fourth", 10);
}

static void an_escaped_parenthesis_is_text(void **state)
{
	(void)state;
	assert_ok(split("T\n\n(PUBLIC) a\n\\(see annex)\n\\\\(x\n \\( y\n\\n (z)"));
	assert_int_equal(parts.count, 2);
	assert_part(1, "PUBLIC", "a\n(see annex)\n\\(x\n( y\n\\n (z)", 3);
}

static void blanks_in_front_do_not_hide_a_marking(void **state)
{
	(void)state;
	assert_ok(split("T\n\n(PUBLIC) a\n \t(NATO SECRET) b\n\xe3\x80\x80(NATO SECRET) c\n\xe2\x80\x8b(NATO SECRET) d"));
	assert_int_equal(parts.count, 5);
	assert_ok(split("T\n\n(PUBLIC) a\n\r(NATO SECRET) b\n\xe3\x85\xa4(NATO SECRET) c\n\v(NATO SECRET) d"));
	assert_int_equal(parts.count, 5);
	assert_part(2, "NATO SECRET", "b", 4);
	assert_part(3, "NATO SECRET", "c", 5);
	assert_part(4, "NATO SECRET", "d", 6);
}

static void a_marking_may_stand_on_a_line_of_its_own(void **state)
{
	(void)state;
	assert_ok(split("T\n\n( PUBLIC )\nText\n"));
	assert_part(1, "PUBLIC", "Text", 3);
}

static void line_ends_and_byte_order_mark_of_other_systems_are_read(void **state)
{
	(void)state;
	assert_ok(split("\xef\xbb\xbf(PUBLIC) T\r\n\r\n(PUBLIC) a\r\nb\r\n\r\n(PUBLIC) c\r\n"));
	assert_int_equal(parts.count, 3);
	assert_part(0, "PUBLIC", "T", 1);
	assert_part(1, "PUBLIC", "a\nb", 3);
	assert_part(2, "PUBLIC", "c", 6);
}

static void faults_name_their_line(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t line;
	} CASES[] = {
		{"", 1}, {"\n\n(PUBLIC) a", 1}, {"T\n(PUBLIC) a", 2}, {"T\n\n(PUBLIC a\nb", 3}, {"T\n\n(PUBLIC) a\n()", 4},
		{"T\n\n(PUBLIC) a\n\n(PUBLIC)\n\nb", 5}, {"T\n\n(PUBLIC)", 3}, {"() T", 1}, {"T ()", 1}, {"(PUBLIC)\n\na", 1},
		{"T\n\n(PUBLIC) a\n\xef\xbc\x88NATO SECRET\xef\xbc\x89 b", 4}, {"\xef\xbc\x88PUBLIC\xef\xbc\x89 T\n", 1},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		assert_int_equal(split(CASES[i].text), ERR_MALFORMED);
		assert_int_equal(diag.line, CASES[i].line);
		assert_null(parts.items);
	}
	assert_int_equal(split("T\n\n\xff"), ERR_MALFORMED);
}

static enum err split_many(size_t portions, size_t title)
{
	AUTO_BUF text = buf_make(1 << 20);
	memset(buf_grow(&text, title), 'T', title);
	buf_put_text(&text, "\n\n");
	for (size_t i = 0; i < portions; i++)
		buf_put_text(&text, "(PUBLIC) a\n");
	AUTO_ARENA own = {0};
	struct text_parts many;
	return text_split(buf_slice(&text), &own, &many, NULL);
}

static void a_report_has_at_most_1023_paragraphs_and_a_title_of_1024_octets(void **state)
{
	(void)state;
	assert_ok(split_many(LIMIT_PORTIONS - 2, 1));
	assert_ok(split_many(LIMIT_PORTIONS - 1, 1));
	assert_int_equal(split_many(LIMIT_PORTIONS, 1), ERR_TOO_LARGE);
	assert_ok(split_many(1, LIMIT_TITLE - 1));
	assert_ok(split_many(1, LIMIT_TITLE));
	assert_int_equal(split_many(1, LIMIT_TITLE + 1), ERR_TOO_LARGE);
}

/* A paragraph of so many octets, behind its marking on one line, or on a line of its own. */
static enum err split_long(const char *head, size_t octets)
{
	AUTO_BUF text = buf_make(LIMIT_PORTION_BYTES + 1024);
	buf_put_text(&text, head);
	memset(buf_grow(&text, octets), 'a', octets);
	AUTO_ARENA own = {0};
	struct text_parts long_parts;
	diag = (struct diag){0};
	return text_split(buf_slice(&text), &own, &long_parts, &diag);
}

static void a_portion_has_at_most_4_mebibytes_and_the_refusal_says_so(void **state)
{
	(void)state;
	const char *const heads[] = {"T\n\n(PUBLIC) ", "T\n\n(PUBLIC)\n"};
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		assert_ok(split_long(heads[i], LIMIT_PORTION_BYTES - 1));
		assert_ok(split_long(heads[i], LIMIT_PORTION_BYTES));
		assert_int_equal(split_long(heads[i], LIMIT_PORTION_BYTES + 1), ERR_TOO_LARGE);
		assert_non_null(strstr(diag.text, "4 MiB"));
	}
}

static void octets_that_are_not_text_are_named_by_their_line(void **state)
{
	(void)state;
	diag = (struct diag){0};
	const char nul[] = "(PUBLIC) T\n\n(PUBLIC) a\0b\n";
	assert_int_equal(text_split(slice_of(nul, sizeof(nul) - 1), &arena, &parts, &diag), ERR_MALFORMED);
	assert_string_equal(diag.text, "line 3: not valid UTF-8, or a NUL");
	assert_int_equal(split("(PUBLIC) \xff"), ERR_MALFORMED);
	assert_int_equal(diag.line, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_title_and_paragraphs),
		cmocka_unit_test(the_marking_may_stand_behind_the_title),
		cmocka_unit_test(parts_without_a_marking_have_none),
		cmocka_unit_test(an_escaped_parenthesis_is_text),
		cmocka_unit_test(blanks_in_front_do_not_hide_a_marking),
		cmocka_unit_test(a_marking_may_stand_on_a_line_of_its_own),
		cmocka_unit_test(line_ends_and_byte_order_mark_of_other_systems_are_read),
		cmocka_unit_test(faults_name_their_line),
		cmocka_unit_test(a_report_has_at_most_1023_paragraphs_and_a_title_of_1024_octets),
		cmocka_unit_test(a_portion_has_at_most_4_mebibytes_and_the_refusal_says_so),
		cmocka_unit_test(octets_that_are_not_text_are_named_by_their_line),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
