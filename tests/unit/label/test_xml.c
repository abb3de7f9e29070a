#include "engine.h"

#include "label/xml.h"

/* Reads a document to its end; answers the error and leaves the reason in diag. */
static enum err read_all(const char *text, size_t len, struct diag *diag)
{
	AUTO_ARENA arena = {0};
	struct xml xml;
	TRY(xml_open(&xml, slice_of(text, len), &arena, diag));
	do
		TRY(xml_next(&xml));
	while (xml.event != XML_DONE);
	return ERR_OK;
}

static void assert_refused(const char *text, uint32_t line, uint32_t column)
{
	struct diag diag = {0};
	assert_int_equal(read_all(text, strlen(text), &diag), ERR_MALFORMED);
	if (diag.line != line || diag.column != column || !diag.text[0])
		fail_msg("%s: refused at %u:%u with '%s'", text, diag.line, diag.column, diag.text);
}

static void what_is_no_xml_is_refused_with_its_place(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t line, column;
	} cases[] = {
		{"", 1, 1},
		{"<a>", 1, 4},
		{"<a></b>", 1, 4},
		{"<a></ab>", 1, 4},
		{"<a/><b/>", 1, 5},
		{"<a/>text", 1, 5},
		{"</a>", 1, 1},
		{"<a\n x='1' x='2'/>", 2, 8},
		{"<a x='1'y='2'/>", 1, 9},
		{"<a x=1/>", 1, 6},
		{"<a x/>", 1, 5},
		{"<a x='<'/>", 1, 7},
		{"<a x='1/>", 1, 6},
		{"<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", 1, 36},
		{"<p:a/>", 1, 1},
		{"<a p:x='1'/>", 1, 4},
		{"<a:b:c xmlns:a='u'/>", 1, 5},
		{"<a xmlns:p=''/>", 1, 4},
		{"<a xmlns:xmlns='u'/>", 1, 4},
		{"<a xmlns:xml='u'/>", 1, 4},
		{"<a xmlns:p='u' xmlns:p='v'/>", 1, 16},
		{"<a>]]></a>", 1, 4},
		{"<a>&nbsp;</a>", 1, 4},
		{"<a>&#0;</a>", 1, 4},
		{"<a>&#xD800;</a>", 1, 4},
		{"<a>&#x110000;</a>", 1, 4},
		{"<a>&#;</a>", 1, 4},
		{"<a>&lt</a>", 1, 4},
		{"<a b='&foo;'/>", 1, 7},
		{"<!DOCTYPE a><a/>", 1, 1},
		{"<!-- -- --><a/>", 1, 1},
		{"<!-- <a/>", 1, 5},
		{"<a><![CDATA[x</a>", 1, 4},
		{"<![CDATA[x]]><a/>", 1, 1},
		{"<a><?xml version='1.0'?></a>", 1, 4},
		{"<?xml version='1.1'?><a/>", 1, 1},
		{"<?xml version='1.0' encoding='latin1'?><a/>", 1, 1},
		{"<?pi <a/>", 1, 1},
		{"<!ELEMENT a ANY><a/>", 1, 2},
		{"<?xml?><a/>", 1, 1},
		{"<?xml version='1.0' encoding?><a/>", 1, 1},
		{"<?xml version='1.0' encoding='utf-8x'?><a/>", 1, 1},
		{"<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", 1, 4},
		{"<a>&#;</a>", 1, 4},
		{"<a>&#x;</a>", 1, 4},
		{"<a>&#123456789;</a>", 1, 4},
		{"<a>&#x12345678;</a>", 1, 4},
		{"<a>&#12f;</a>", 1, 4},
		{"<a>&#x1g;</a>", 1, 4},
		{"<a>&#-1;</a>", 1, 4},
		{"<a>&#12/;</a>", 1, 4},
		{"<a>&#xFFFE;</a>", 1, 4},
		{"<?xml version='1.0'", 1, 1},
		{"<a", 1, 3},
		{"<a/", 1, 4},
		{"<a></a", 1, 4},
		{"<a></a ", 1, 8},
		{"<1/>", 1, 2},
		{"<>", 1, 2},
		{"\n  \xc3\xa9<a/>", 1, 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(cases[i].text, cases[i].line, cases[i].column);
}

static void octets_that_are_no_text_are_refused(void **state)
{
	(void)state;
	static const char nul[] = "<a>\0</a>", cut[] = "<a>\xe2\x82</a>", overlong[] = "<a>\xc0\xaf</a>",
			  bell[] = "<a>01234567890\a</a>", not_char[] = "<a>\xef\xbf\xbe</a>",
			  utf16[] = "\xff\xfe<\0a\0/\0>\0";
	struct diag diag = {0};
	assert_int_equal(read_all(nul, sizeof(nul) - 1, &diag), ERR_MALFORMED);
	assert_int_equal(diag.column, 4);
	assert_int_equal(read_all(cut, sizeof(cut) - 1, NULL), ERR_MALFORMED);
	assert_int_equal(read_all(overlong, sizeof(overlong) - 1, NULL), ERR_MALFORMED);
	assert_int_equal(read_all(bell, sizeof(bell) - 1, NULL), ERR_MALFORMED);
	assert_int_equal(read_all(not_char, sizeof(not_char) - 1, NULL), ERR_MALFORMED);
	assert_int_equal(read_all(utf16, sizeof(utf16) - 1, NULL), ERR_MALFORMED);
}

static struct slice text_of_root(const char *document)
{
	struct xml *xml = ARENA_NEW(keep(), struct xml);
	struct slice text;
	assert_ok(xml_open(xml, slice_text(document), keep(), NULL));
	assert_ok(xml_next(xml));
	assert_ok(xml_text(xml, &text));
	assert_ok(xml_next(xml));
	assert_int_equal(xml->event, XML_DONE);
	return text;
}

static void text_is_joined_over_comments_and_sections(void **state)
{
	(void)state;
	assert_slice(text_of_root("<a>plain</a>"), "plain");
	assert_slice(text_of_root("<a/>"), "");
	assert_slice(text_of_root("<a>SEC<!-- x -->RET</a>"), "SECRET");
	assert_slice(text_of_root("<a><![CDATA[<&]]>b<?pi?>c</a>"), "<&bc");
	assert_slice(text_of_root("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#xAC00;</a>"), "<>&\"'AB\xea\xb0\x80");
	assert_slice(text_of_root("<a>1\r\n2\r3\r</a>"), "1\n2\n3\n");
	assert_slice(text_of_root("<a>]1]]2]></a>"), "]1]]2]>");
	assert_slice(text_of_root("<a>&#x7F;&#xe9;&#x1F600;&#9;&#xD;</a>"), "\x7f\xc3\xa9\xf0\x9f\x98\x80\t\r");
	assert_slice(text_of_root("<a>x<![CDATA[]]>y<![CDATA[]]></a>"), "xy");
	assert_slice(text_of_root("<?xml version = '1.0' encoding = 'utf-8' ?><?xmlish?><a>x</a>"), "x");
	assert_slice(text_of_root("\xef\xbb\xbf<?xml version='1.0' encoding=\"UTF-8\"?>\n<!-- c --><a>x</a>\n<?end?>"),
		     "x");
}

static void names_are_expanded_by_the_namespaces_in_force(void **state)
{
	(void)state;
	struct xml xml;
	assert_ok(xml_open(&xml,
			   SLICE("<p:a xmlns:p='u' xmlns='d' p:x='1' x='2' z2=\"it's\" z3='\"' y=' a&#10;\tb '><b xmlns=''><c "
				 "xmlns='e'/></b><b/></p:a>"),
			   keep(), NULL));
	assert_ok(xml_next(&xml));
	assert_true(xml_is(&xml, SLICE("u"), "a"));
	assert_slice(xml_attribute_in(&xml, SLICE("u"), "x")->value, "1");
	assert_slice(xml_attribute(&xml, "x")->value, "2");
	assert_slice(xml_attribute(&xml, "y")->value, " a\n b ");
	assert_slice(xml_attribute(&xml, "z2")->value, "it's");
	assert_slice(xml_attribute(&xml, "z3")->value, "\"");
	assert_null(xml_attribute(&xml, "z"));
	assert_ok(xml_next(&xml));
	assert_true(xml_is(&xml, SLICE(""), "b"));
	assert_ok(xml_next(&xml));
	assert_true(xml_is(&xml, SLICE("e"), "c"));
	assert_int_equal(xml.depth, 3);
	assert_ok(xml_next(&xml));
	assert_int_equal(xml.event, XML_END);
	assert_ok(xml_next(&xml));
	assert_true(xml.event == XML_END && xml_is(&xml, SLICE(""), "b"));
	assert_ok(xml_next(&xml));
	assert_true(xml_is(&xml, SLICE("d"), "b"));
	assert_ok(xml_skip(&xml));
	assert_ok(xml_next(&xml));
	assert_true(xml.event == XML_END && xml_is(&xml, SLICE("u"), "a"));
}

static void nested(struct buf *text, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		buf_put_text(text, "<a>");
	for (size_t i = 0; i < depth; i++)
		buf_put_text(text, "</a>");
}

static void depth_and_counts_have_limits(void **state)
{
	(void)state;
	for (int more = -1; more <= 1; more++) {
		AUTO_BUF text = buf_make(1 << 20);
		nested(&text, (size_t)(LIMIT_XML_DEPTH + more));
		assert_int_equal(read_all((const char *)text.data, text.len, NULL), more > 0 ? ERR_MALFORMED : ERR_OK);
	}
	for (int more = -1; more <= 1; more++) {
		AUTO_BUF text = buf_make(1 << 20), spaces = buf_make(1 << 20);
		buf_put_text(&text, "<a");
		buf_put_text(&spaces, "<a");
		for (int i = 0; i < XML_ATTRIBUTES + more; i++)
			buf_printf(&text, " x%d='1'", i);
		for (int i = 0; i < XML_BINDINGS - 1 + more; i++)
			buf_printf(&spaces, " xmlns:x%d='u'", i);
		buf_put_text(&text, "/>");
		buf_put_text(&spaces, "/>");
		assert_int_equal(read_all((const char *)text.data, text.len, NULL), more > 0 ? ERR_MALFORMED : ERR_OK);
		assert_int_equal(read_all((const char *)spaces.data, spaces.len, NULL),
				 more > 0 ? ERR_MALFORMED : ERR_OK);
	}
}

static void ten_thousand_pieces_of_text_cost_little_memory(void **state)
{
	(void)state;
	AUTO_BUF text = buf_make(1 << 20);
	buf_put_text(&text, "<a>");
	for (int i = 0; i < 10000; i++)
		buf_put_text(&text, "x<!---->");
	buf_put_text(&text, "</a>");
	AUTO_ARENA arena = {.max_bytes = 1 << 17};
	struct xml xml;
	struct slice joined;
	assert_ok(xml_open(&xml, buf_slice(&text), &arena, NULL));
	assert_ok(xml_next(&xml));
	assert_ok(xml_text(&xml, &joined));
	assert_int_equal(joined.len, 10000);
}

static void a_child_where_only_text_may_stand_is_refused(void **state)
{
	(void)state;
	struct xml xml;
	struct slice text;
	struct diag diag = {0};
	assert_ok(xml_open(&xml, SLICE("<a>x<b/></a>"), keep(), &diag));
	assert_ok(xml_next(&xml));
	assert_int_equal(xml_text(&xml, &text), ERR_MALFORMED);
	assert_int_equal(diag.column, 5);
}

static void white_space_collapses_as_in_a_token(void **state)
{
	(void)state;
	struct slice token;
	assert_ok(xml_collapse(SLICE("  TOP \n\t SECRET "), keep(), &token));
	assert_slice(token, "TOP SECRET");
	assert_ok(xml_collapse(SLICE("A B"), keep(), &token));
	assert_slice(token, "A B");
	assert_ok(xml_collapse(SLICE(" \n"), keep(), &token));
	assert_slice(token, "");
}

static void places_are_told_in_any_order(void **state)
{
	(void)state;
	struct xml xml;
	uint32_t line, column;
	assert_ok(xml_open(&xml, SLICE("<a>\n<b>\xc3\xa9x</b>\n\n</a>"), keep(), NULL));
	static const struct {
		size_t at;
		uint32_t line, column;
	} rows[] = {{16, 4, 1}, {9, 2, 5}, {0, 1, 1}, {3, 1, 4}, {4, 2, 1}, {1000, 4, 5}, {9, 2, 5}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		xml_place(&xml, rows[i].at, &line, &column);
		assert_int_equal(line, rows[i].line);
		assert_int_equal(column, rows[i].column);
	}
}

static void a_failure_gets_its_place_once(void **state)
{
	(void)state;
	struct diag diag = {0};
	struct xml xml;
	assert_ok(xml_open(&xml, SLICE("<a>\n<b/></a>"), keep(), &diag));
	assert_ok(xml_next(&xml));
	assert_ok(xml_next(&xml));
	assert_ok(xml_next(&xml));
	assert_int_equal(xml_placed(&xml, diag_fail(&diag, ERR_UNKNOWN, "what")), ERR_UNKNOWN);
	assert_int_equal(diag.line, 2);
	assert_int_equal(xml_placed(&xml, ERR_INVALID), ERR_INVALID);
	assert_int_equal(diag.line, 2);
	xml.diag = NULL;
	assert_int_equal(xml_placed(&xml, ERR_INVALID), ERR_INVALID);
	assert_ok(xml_placed(&xml, ERR_OK));
}

static void known_namespaces_have_numbers(void **state)
{
	(void)state;
	static const struct slice known[] = {SLICE_INIT("u"), SLICE_INIT("v")};
	struct xml xml;
	assert_ok(xml_open(&xml, SLICE("<a><b xmlns='v'><p:c xmlns:p='u'/><d xmlns='w'/></b></a>"), keep(), NULL));
	xml_know(&xml, known, 2);
	static const uint32_t spaces[] = {0, 2, 1, 1, 0, 0, 2, 0};
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		assert_ok(xml_next(&xml));
		assert_int_equal(xml.space, spaces[i]);
	}
}

/* Octets are looked at sixteen at a time: nothing may depend on where in a block they stand. */
static void names_text_and_values_of_every_length_are_read(void **state)
{
	(void)state;
	for (int len = 1; len < 70; len++)
		for (int at = 0; at < len; at += 5) {
			char name[80], document[640];
			memset(name, 'n', sizeof(name));
			name[at] = at ? '-' : '_';
			name[len] = 0;
			snprintf(document, sizeof(document), "<%s %s=\"%s'\">%s]%s</%s>", name, name, name, name, name, name);
			struct xml xml;
			struct slice text;
			assert_ok(xml_open(&xml, slice_text(document), keep(), NULL));
			assert_ok(xml_next(&xml));
			assert_slice(xml.name, name);
			assert_int_equal(xml_attribute(&xml, name)->value.len, len + 1);
			assert_ok(xml_text(&xml, &text));
			assert_int_equal(text.len, 2 * len + 1);
			assert_ok(xml_next(&xml));
			document[len + 3 + at] = '\1';
			assert_int_equal(read_all(document, strlen(document), NULL), ERR_MALFORMED);
		}
}

/* What the engine compares and looks through a word at a time must be what comparing octet by octet would say. */
static void names_are_compared_by_words_as_by_octets(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 40; n++)
		for (size_t at = 0; at <= n; at++) {
			uint8_t a[41], b[41];
			memset(a, 'x', sizeof(a));
			memset(b, 'x', sizeof(b));
			b[at] = 'y'; /* behind the name where at == n */
			assert_int_equal(octets_equal(slice_of(a, n), slice_of(b, n)), at == n);
			assert_false(octets_equal(slice_of(a, n), slice_of(b, n + 1 < 41 ? n + 1 : 0)));
			if (n == 0 || n > OCTETS)
				continue;
			struct octets_words x = octets_words(slice_of(a, n)), y = octets_words(slice_of(b, n));
			assert_int_equal(x.first == y.first && x.last == y.last, at == n);
			static const uint8_t low[] = {0, '\n', ' '}, high[] = {'!', 'x', 0x7f, 0x80, 0xa0, 0xff};
			for (size_t i = 0; i < sizeof(low); i++) {
				b[at] = low[i];
				y = octets_words(slice_of(b, n));
				assert_int_equal(octets_low(y), at < n);
			}
			for (size_t i = 0; i < sizeof(high); i++) {
				b[at] = high[i];
				y = octets_words(slice_of(b, n));
				assert_false(octets_low(y));
			}
		}
}

static void white_space_is_collapsed_wherever_it_stands(void **state)
{
	(void)state;
	static const struct {
		const char *text, *token;
	} rows[] = {{"", ""}, {" ", ""}, {"a", "a"}, {" a", "a"}, {"a ", "a"}, {"a b", "a b"}, {"a  b", "a b"}, {"a\tb", "a b"},
		    {"\n a \r\n b\t", "a b"}, {"four", "four"}, {"fo ur", "fo ur"}, {"fo\nur", "fo ur"},
		    {"sixteen octets !", "sixteen octets !"}, {"sixteen  octets!", "sixteen octets!"},
		    {"seventeen octets!", "seventeen octets!"}, {" seventeen  octets ", "seventeen octets"},
		    {"\xc3\xa4 \xc3\xb6", "\xc3\xa4 \xc3\xb6"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice token, text = slice_text(rows[i].text);
		assert_ok(xml_collapse(text, keep(), &token));
		assert_slice(token, rows[i].token);
		assert_int_equal(token.data == text.data, slice_equal(token, text)); /* in place where nothing changes */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_xml_is_refused_with_its_place),
		cmocka_unit_test(octets_that_are_no_text_are_refused),
		cmocka_unit_test(text_is_joined_over_comments_and_sections),
		cmocka_unit_test(names_are_expanded_by_the_namespaces_in_force),
		cmocka_unit_test(depth_and_counts_have_limits),
		cmocka_unit_test(ten_thousand_pieces_of_text_cost_little_memory),
		cmocka_unit_test(a_child_where_only_text_may_stand_is_refused),
		cmocka_unit_test(white_space_collapses_as_in_a_token),
		cmocka_unit_test(places_are_told_in_any_order),
		cmocka_unit_test(a_failure_gets_its_place_once),
		cmocka_unit_test(known_namespaces_have_numbers),
		cmocka_unit_test(names_text_and_values_of_every_length_are_read),
		cmocka_unit_test(names_are_compared_by_words_as_by_octets),
		cmocka_unit_test(white_space_is_collapsed_wherever_it_stands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
