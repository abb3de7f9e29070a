/* The strict XML reader. It must never repair, never expand anything a document defines, never recurse. */
#include "label/xml.h"

#include <stdarg.h>

static const struct slice xml_uri = {(const uint8_t *)"http://www.w3.org/XML/1998/namespace", 36};
static const struct slice xmlns_uri = {(const uint8_t *)"http://www.w3.org/2000/xmlns/", 29};

enum {
	NAME_START = 1,
	NAME = 2,
	SPACE = 4,
};

static unsigned kind(uint8_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80)
		return NAME_START | NAME;
	if ((c >= '0' && c <= '9') || c == '-' || c == '.')
		return NAME;
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' ? SPACE : 0;
}

void xml_place(struct xml *x, size_t at, uint32_t *ret_line, uint32_t *ret_column)
{
	if (at < x->counted.at) {
		x->counted.at = 0;
		x->counted.line = x->counted.column = 1;
	}
	for (; x->counted.at < at && x->counted.at < x->document.len; x->counted.at++) {
		if (x->document.data[x->counted.at] == '\n') {
			x->counted.line++;
			x->counted.column = 1;
		} else if ((x->document.data[x->counted.at] & 0xc0) != 0x80) {
			x->counted.column++;
		}
	}
	*ret_line = x->counted.line;
	*ret_column = x->counted.column;
}

static enum err fail_at(struct xml *x, size_t at, const char *text)
{
	if (!x->diag || x->diag->text[0])
		return ERR_MALFORMED;
	uint32_t line, column;
	xml_place(x, at, &line, &column);
	return diag_fail_at(x->diag, ERR_MALFORMED, line, column, "%s", text);
}

enum err xml_fail(struct xml *x, enum err err, const char *format, ...)
{
	if (!x->diag || x->diag->text[0])
		return err;
	char text[sizeof(x->diag->text)];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	uint32_t line, column;
	xml_place(x, x->event_at, &line, &column);
	return diag_fail_at(x->diag, err, line, column, "%s", text);
}

/* Eight octets that are all within 0x20 … 0x7e need no further look. */
static bool eight_plain(const uint8_t *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof(word));
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	return !((word | (word - ones * 0x20) | (word + ones)) & tops);
}

/* spec: XML 1.0 2.2, Char */
static bool is_char(uint32_t c)
{
	return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
	       (c >= 0x10000 && c <= 0x10ffff);
}

static enum err check_characters(struct xml *x)
{
	struct slice d = x->document;
	for (size_t i = 0; i < d.len;) {
		if (d.len - i >= 8 && eight_plain(d.data + i)) {
			i += 8;
			continue;
		}
		uint32_t c;
		size_t n = utf8_next(slice_skip(d, i), &c);
		if (n == 0)
			return fail_at(x, i, "not valid UTF-8");
		if (!is_char(c))
			return fail_at(x, i, "a character that XML does not allow");
		i += n;
	}
	return ERR_OK;
}

static bool looking_at(const struct xml *x, const char *text)
{
	size_t len = strlen(text);
	return x->document.len - x->at >= len && memcmp(x->document.data + x->at, text, len) == 0;
}

static uint8_t peek(const struct xml *x)
{
	return x->at < x->document.len ? x->document.data[x->at] : 0;
}

static bool skip_space(struct xml *x)
{
	size_t from = x->at;
	while (kind(peek(x)) == SPACE)
		x->at++;
	return x->at > from;
}

/* Moves behind the next occurrence of end. */
static enum err skip_behind(struct xml *x, const char *end, const char *complaint)
{
	size_t from = x->at;
	const void *found = memmem(x->document.data + x->at, x->document.len - x->at, end, strlen(end));
	if (!found)
		return fail_at(x, from, complaint);
	x->at = (size_t)((const uint8_t *)found - x->document.data) + strlen(end);
	return ERR_OK;
}

/* The declaration may only say what is so: version 1.0 and UTF-8. */
static enum err declaration(struct xml *x)
{
	if (!looking_at(x, "<?xml") || kind(x->at + 5 < x->document.len ? x->document.data[x->at + 5] : 0) != SPACE)
		return ERR_OK;
	size_t from = x->at;
	TRY(skip_behind(x, "?>", "the XML declaration does not end"));
	struct slice text = slice_of(x->document.data + from, x->at - from);
	if (!memmem(text.data, text.len, "\"1.0\"", 5) && !memmem(text.data, text.len, "'1.0'", 5))
		return fail_at(x, from, "only XML 1.0 is read");
	const uint8_t *encoding = memmem(text.data, text.len, "encoding", 8);
	if (!encoding)
		return ERR_OK;
	struct slice value = slice_skip(text, (size_t)(encoding - text.data) + 8);
	while (value.len && (kind(value.data[0]) == SPACE || value.data[0] == '='))
		value = slice_skip(value, 1);
	if (value.len < 7 || (strncasecmp((const char *)value.data + 1, "utf-8", 5) != 0) ||
	    value.data[6] != value.data[0])
		return fail_at(x, from, "only the encoding UTF-8 is read");
	return ERR_OK;
}

enum err xml_open(struct xml *x, struct slice document, struct arena *arena, struct diag *diag)
{
	x->event = XML_DONE;
	x->document = document;
	x->at = x->depth = x->event_at = x->attribute_count = 0;
	x->arena = arena;
	x->diag = diag;
	x->empty_element = x->root_seen = false;
	x->counted.at = 0;
	x->counted.line = x->counted.column = 1;
	x->bindings[0].prefix = SLICE("xml");
	x->bindings[0].uri = xml_uri;
	x->binding_count = 1;
	TRY(check_characters(x));
	if (looking_at(x, "\xef\xbb\xbf"))
		x->at += 3;
	return declaration(x);
}

/* Reads "prefix:local" or "local". */
static enum err qualified_name(struct xml *x, struct slice *ret_written, struct slice *ret_prefix,
			       struct slice *ret_local)
{
	const uint8_t *data = x->document.data;
	size_t from = x->at, colon = 0, end = x->document.len, i = from;
	if (i >= end || !(kind(data[i]) & NAME_START))
		return fail_at(x, from, "a name is expected here");
	for (; i < end; i++) {
		if (data[i] == ':' && !colon && i + 1 < end && (kind(data[i + 1]) & NAME_START))
			colon = i;
		else if (!(kind(data[i]) & NAME))
			break;
	}
	if (i < end && data[i] == ':')
		return fail_at(x, i, "a colon too many in a name");
	x->at = i;
	*ret_written = slice_of(data + from, i - from);
	*ret_prefix = colon ? slice_of(data + from, colon - from) : slice_of(NULL, 0);
	*ret_local = colon ? slice_of(data + colon + 1, i - colon - 1) : *ret_written;
	return ERR_OK;
}

/* Code point behind "&#", or 0. digits excludes "&#" and ";". */
static uint32_t character_reference(struct slice digits)
{
	uint32_t base = 10, value = 0;
	if (digits.len && digits.data[0] == 'x') {
		base = 16;
		digits = slice_skip(digits, 1);
	}
	if (digits.len == 0 || digits.len > 8)
		return 0;
	for (size_t i = 0; i < digits.len; i++) {
		uint8_t c = digits.data[i];
		uint32_t d = 99;
		if (c >= '0' && c <= '9')
			d = c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			d = (c | 0x20u) - 'a' + 10;
		if (d >= base || value > 0x10ffff)
			return 0;
		value = value * base + d;
	}
	return is_char(value) ? value : 0;
}

static size_t put_utf8(uint8_t *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (uint8_t)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		to[i] = (uint8_t)(0x80 | (c & 0x3f));
	to[0] = (uint8_t)((0xf00u >> n) | c);
	return n;
}

static uint32_t predefined(struct slice name)
{
	static const struct {
		const char *name;
		uint8_t c;
	} entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (slice_equal(name, slice_text(entities[i].name)))
			return entities[i].c;
	return 0;
}

/* Resolves references and line ends of raw; a reference is never shorter than what it stands for. */
static enum err resolve(struct xml *x, struct slice raw, bool attribute, struct slice *ret_text)
{
	uint8_t *to = arena_alloc(x->arena, raw.len ? raw.len : 1, 1);
	if (!to)
		return ERR_MEMORY;
	size_t n = 0;
	for (size_t i = 0; i < raw.len; i++) {
		uint8_t c = raw.data[i];
		size_t at = (size_t)(raw.data - x->document.data) + i;
		if (c == '&') {
			struct slice rest = slice_skip(raw, i + 1);
			ptrdiff_t end = slice_find_octet(slice_take(rest, 16), ';');
			struct slice name = slice_take(rest, end < 0 ? 0 : (size_t)end);
			bool numeric = name.len && name.data[0] == '#';
			uint32_t point = numeric ? character_reference(slice_skip(name, 1)) : predefined(name);
			if (!point)
				return fail_at(x, at, "an entity or character reference that is not allowed here");
			n += put_utf8(to + n, point);
			i += (size_t)end + 1;
		} else if (c == '\r') {
			if (i + 1 < raw.len && raw.data[i + 1] == '\n')
				i++;
			to[n++] = attribute ? ' ' : '\n';
		} else {
			to[n++] = attribute && (c == '\n' || c == '\t') ? ' ' : c;
		}
	}
	*ret_text = slice_of(to, n);
	return ERR_OK;
}

static enum err attribute_value(struct xml *x, struct slice *ret_value)
{
	uint8_t quote = peek(x);
	if (quote != '"' && quote != '\'')
		return fail_at(x, x->at, "an attribute's value must stand in quotes");
	size_t from = ++x->at, i = from, end = x->document.len;
	const uint8_t *data = x->document.data;
	bool plain = true;
	for (; i < end && data[i] != quote; i++) {
		if (data[i] == '<')
			return fail_at(x, i, "'<' may not stand in an attribute");
		plain &= data[i] != '&' && data[i] >= 0x20;
	}
	if (i == end)
		return fail_at(x, from - 1, "an attribute's value does not end");
	x->at = i + 1;
	struct slice raw = slice_of(data + from, i - from);
	if (!plain)
		return resolve(x, raw, true, ret_value);
	*ret_value = raw;
	return ERR_OK;
}

static enum err bind(struct xml *x, struct slice prefix, struct slice uri, size_t at)
{
	if (slice_equal(prefix, SLICE("xmlns")) || slice_equal(uri, xmlns_uri) || (prefix.len && uri.len == 0) ||
	    slice_equal(prefix, SLICE("xml")) != slice_equal(uri, xml_uri))
		return fail_at(x, at, "a namespace declaration that is not allowed");
	for (size_t i = x->open[x->depth].bindings; i < x->binding_count; i++)
		if (slice_equal(x->bindings[i].prefix, prefix))
			return fail_at(x, at, "the same prefix is declared twice in one element");
	if (x->binding_count == XML_BINDINGS)
		return fail_at(x, at, "too many namespace declarations");
	x->bindings[x->binding_count].prefix = prefix;
	x->bindings[x->binding_count++].uri = uri;
	return ERR_OK;
}

static enum err find_namespace(struct xml *x, struct slice prefix, size_t at, struct slice *ret_uri)
{
	for (size_t i = x->binding_count; i-- > 0;)
		if (slice_equal(x->bindings[i].prefix, prefix)) {
			*ret_uri = x->bindings[i].uri;
			return ERR_OK;
		}
	if (prefix.len)
		return fail_at(x, at, "a prefix without a namespace declaration");
	*ret_uri = slice_of(NULL, 0);
	return ERR_OK;
}

/* One attribute; its prefix stays in uri until all declarations of the element are known. */
static enum err attribute(struct xml *x)
{
	size_t at = x->at;
	struct slice written, prefix, local, value;
	TRY(qualified_name(x, &written, &prefix, &local));
	skip_space(x);
	if (peek(x) != '=')
		return fail_at(x, x->at, "'=' is expected behind an attribute's name");
	x->at++;
	skip_space(x);
	TRY(attribute_value(x, &value));
	if (slice_equal(prefix, SLICE("xmlns")))
		return bind(x, local, value, at);
	if (slice_equal(written, SLICE("xmlns")))
		return bind(x, slice_of(NULL, 0), value, at);
	if (x->attribute_count == XML_ATTRIBUTES)
		return fail_at(x, at, "too many attributes");
	x->attributes[x->attribute_count++] = (struct xml_attribute){prefix, local, value, at};
	return ERR_OK;
}

static enum err name_attributes(struct xml *x)
{
	for (size_t i = 0; i < x->attribute_count; i++) {
		struct xml_attribute *a = &x->attributes[i];
		if (a->uri.len)
			TRY(find_namespace(x, a->uri, a->at, &a->uri));
		for (size_t k = 0; k < i; k++)
			if (slice_equal(a->name, x->attributes[k].name) && slice_equal(a->uri, x->attributes[k].uri))
				return fail_at(x, a->at, "the same attribute is given twice");
	}
	return ERR_OK;
}

static enum err start_tag(struct xml *x)
{
	if (x->depth == 0 && x->root_seen)
		return fail_at(x, x->at, "a second root element");
	if (x->depth == LIMIT_XML_DEPTH)
		return fail_at(x, x->at, "elements are nested too deeply");
	struct slice prefix, local;
	x->at++;
	x->attribute_count = 0;
	TRY(qualified_name(x, &x->open[x->depth].written, &prefix, &local));
	x->open[x->depth].bindings = x->binding_count;
	bool space = skip_space(x);
	while (peek(x) != '>' && peek(x) != '/') {
		if (!space)
			return fail_at(x, x->at, "white space or the tag's end is expected here");
		TRY(attribute(x));
		space = skip_space(x);
	}
	x->empty_element = peek(x) == '/';
	x->at += x->empty_element;
	if (peek(x) != '>')
		return fail_at(x, x->at, "'>' is expected here");
	x->at++;
	TRY(find_namespace(x, prefix, x->event_at, &x->uri));
	TRY(name_attributes(x));
	x->name = local;
	x->open[x->depth].uri = x->uri;
	x->open[x->depth].name = local;
	x->depth++;
	x->root_seen = true;
	x->event = XML_START;
	return ERR_OK;
}

static enum err close_element(struct xml *x)
{
	x->depth--;
	x->uri = x->open[x->depth].uri;
	x->name = x->open[x->depth].name;
	x->binding_count = x->open[x->depth].bindings;
	x->attribute_count = 0;
	x->event = XML_END;
	return ERR_OK;
}

static enum err end_tag(struct xml *x)
{
	if (x->depth == 0)
		return fail_at(x, x->at, "an end tag without its start tag");
	x->at += 2;
	struct slice written = x->open[x->depth - 1].written;
	struct slice rest = slice_skip(x->document, x->at);
	uint8_t behind = rest.len > written.len ? rest.data[written.len] : 0;
	if (!slice_has_prefix(rest, written) || (behind != '>' && kind(behind) != SPACE))
		return fail_at(x, x->event_at, "an end tag that does not match its start tag");
	x->at += written.len;
	skip_space(x);
	if (peek(x) != '>')
		return fail_at(x, x->at, "'>' is expected here");
	x->at++;
	return close_element(x);
}

static enum err cdata(struct xml *x)
{
	if (x->depth == 0)
		return fail_at(x, x->at, "character data outside the root element");
	size_t from = x->at + 9;
	TRY(skip_behind(x, "]]>", "a CDATA section does not end"));
	struct slice raw = slice_of(x->document.data + from, x->at - 3 - from);
	x->text = raw;
	x->event = XML_TEXT;
	return ERR_OK;
}

static enum err comment(struct xml *x)
{
	size_t from = x->at;
	x->at += 4;
	TRY(skip_behind(x, "--", "a comment does not end"));
	if (peek(x) != '>')
		return fail_at(x, from, "'--' may not stand in a comment");
	x->at++;
	return ERR_OK;
}

static enum err instruction(struct xml *x)
{
	if (looking_at(x, "<?xml") && !(kind(x->at + 5 < x->document.len ? x->document.data[x->at + 5] : 0) & NAME))
		return fail_at(x, x->at, "an XML declaration that is not at the beginning");
	return skip_behind(x, "?>", "a processing instruction does not end");
}

static enum err character_data(struct xml *x)
{
	const uint8_t *data = x->document.data;
	size_t from = x->at, i = from, end = x->document.len;
	bool plain = true, blank = true;
	for (; i < end && data[i] != '<'; i++) {
		plain &= data[i] != '&' && data[i] != '\r';
		blank &= kind(data[i]) == SPACE;
	}
	x->at = i;
	if (x->depth == 0 && !blank)
		return fail_at(x, from, "text outside the root element");
	struct slice raw = slice_of(data + from, i - from);
	if (memmem(raw.data, raw.len, "]]>", 3))
		return fail_at(x, from, "']]>' may not stand in text");
	x->event = XML_TEXT;
	x->text = raw;
	return plain ? ERR_OK : resolve(x, raw, false, &x->text);
}

/* What begins with '<'; *ret_event is false for what is passed over. */
static enum err markup(struct xml *x, bool *ret_event)
{
	*ret_event = true;
	if (looking_at(x, "</"))
		return end_tag(x);
	if (looking_at(x, "<![CDATA["))
		return cdata(x);
	if (looking_at(x, "<!DOCTYPE"))
		return fail_at(x, x->at, "a DOCTYPE is refused: it can define entities");
	*ret_event = false;
	if (looking_at(x, "<!--"))
		return comment(x);
	if (looking_at(x, "<?"))
		return instruction(x);
	*ret_event = true;
	return start_tag(x);
}

enum err xml_next(struct xml *x)
{
	x->event_at = x->at;
	if (x->empty_element) {
		x->empty_element = false;
		return close_element(x);
	}
	for (bool event = false; x->at < x->document.len;) {
		x->event_at = x->at;
		if (peek(x) == '<') {
			TRY(markup(x, &event));
		} else {
			TRY(character_data(x));
			event = x->depth > 0;
		}
		if (event)
			return ERR_OK;
	}
	if (x->depth)
		return fail_at(x, x->at, "the document ends inside an element");
	if (!x->root_seen)
		return fail_at(x, x->at, "there is no element");
	x->event = XML_DONE;
	return ERR_OK;
}

/* Text in several pieces (comments, CDATA) is joined in a copy that doubles, so the cost stays linear. */
struct joined {
	uint8_t *data;
	size_t len, capacity;
};

static enum err join(struct xml *x, struct joined *text, struct slice piece)
{
	if (piece.len > text->capacity - text->len) {
		size_t capacity = 2 * (text->len + piece.len);
		uint8_t *data = arena_alloc(x->arena, capacity, 1);
		if (!data)
			return ERR_MEMORY;
		if (text->len)
			memcpy(data, text->data, text->len);
		text->data = data;
		text->capacity = capacity;
	}
	if (piece.len)
		memcpy(text->data + text->len, piece.data, piece.len);
	text->len += piece.len;
	return ERR_OK;
}

enum err xml_text(struct xml *x, struct slice *ret_text)
{
	struct slice first = slice_of(NULL, 0);
	struct joined joined = {0};
	for (;;) {
		TRY(xml_next(x));
		if (x->event == XML_START)
			return xml_fail(x, ERR_MALFORMED, "element %.*s stands where only text may",
					SLICE_ARG(slice_take(x->name, 64)));
		if (x->event == XML_END)
			break;
		if (!first.len && !joined.len) {
			first = x->text;
			continue;
		}
		if (!joined.len)
			TRY(join(x, &joined, first));
		TRY(join(x, &joined, x->text));
	}
	*ret_text = joined.len ? slice_of(joined.data, joined.len) : first;
	return ERR_OK;
}

enum err xml_skip(struct xml *x)
{
	size_t depth = x->depth;
	do
		TRY(xml_next(x));
	while (x->event != XML_END || x->depth >= depth);
	return ERR_OK;
}

const struct xml_attribute *xml_attribute_in(const struct xml *x, struct slice uri, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < x->attribute_count; i++)
		if (x->attributes[i].name.len == len && memcmp(x->attributes[i].name.data, name, len) == 0 &&
		    slice_equal(x->attributes[i].uri, uri))
			return &x->attributes[i];
	return NULL;
}

const struct xml_attribute *xml_attribute(const struct xml *x, const char *name)
{
	return xml_attribute_in(x, slice_of(NULL, 0), name);
}

bool xml_is(const struct xml *x, struct slice uri, const char *name)
{
	return slice_equal(x->name, slice_text(name)) && slice_equal(x->uri, uri);
}

static bool is_collapsed(struct slice text)
{
	bool space = true; /* a leading one is not allowed */
	for (size_t i = 0; i < text.len; i++) {
		bool here = kind(text.data[i]) == SPACE;
		if (here && (space || text.data[i] != ' '))
			return false;
		space = here;
	}
	return text.len == 0 || !space;
}

enum err xml_collapse(struct slice text, struct arena *arena, struct slice *ret_token)
{
	text = slice_trim(text);
	if (is_collapsed(text)) {
		*ret_token = text;
		return ERR_OK;
	}
	uint8_t *to = arena_alloc(arena, text.len, 1);
	if (!to)
		return ERR_MEMORY;
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		bool space = kind(text.data[i]) == SPACE;
		if (!space)
			to[n++] = text.data[i];
		else if (to[n - 1] != ' ')
			to[n++] = ' ';
	}
	*ret_token = slice_of(to, n);
	return ERR_OK;
}
