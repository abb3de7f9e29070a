/* The strict XML reader: events, tags and namespaces. It must never repair, never recurse, never look at an octet
 * behind the end. Text and references are xml_text.c's. */
#include "label/xml_inner.h"

static const struct slice xml_uri = {(const uint8_t *)"http://www.w3.org/XML/1998/namespace", 36};
static const struct slice xmlns_uri = {(const uint8_t *)"http://www.w3.org/2000/xmlns/", 29};

static bool looking_at(const struct xml *x, struct slice text)
{
	return x->document.len - x->at >= text.len && octets_equal(slice_of(x->document.data + x->at, text.len), text);
}

static inline uint8_t peek(const struct xml *x)
{
	return xml_octet(x, x->at);
}

static inline size_t behind_space(const struct xml *x, size_t at)
{
	while (xml_octet_is(xml_octet(x, at), XML_SPACE))
		at++;
	return at;
}

/* Moves behind the next occurrence of end. */
static enum err skip_behind(struct xml *x, struct slice end, const char *complaint)
{
	size_t from = x->at;
	const uint8_t *found = memmem(x->document.data + from, x->document.len - from, end.data, end.len);
	if (!found)
		return xml_fail_at(x, from, complaint);
	x->at = (size_t)(found - x->document.data) + end.len;
	return ERR_OK;
}

/* True at "<?xml" that is no longer name. */
static bool at_declaration(const struct xml *x)
{
	return looking_at(x, SLICE("<?xml")) && !xml_octet_is(xml_octet(x, x->at + 5), XML_NAME);
}

/* The declaration may only say what is so: version 1.0 and UTF-8. */
static enum err declaration(struct xml *x)
{
	if (!at_declaration(x))
		return ERR_OK;
	size_t from = x->at;
	TRY(skip_behind(x, SLICE("?>"), "the XML declaration does not end"));
	struct slice text = slice_of(x->document.data + from, x->at - from);
	if (!memmem(text.data, text.len, "\"1.0\"", 5) && !memmem(text.data, text.len, "'1.0'", 5))
		return xml_fail_at(x, from, "only XML 1.0 is read");
	const uint8_t *encoding = memmem(text.data, text.len, "encoding", 8);
	if (!encoding)
		return ERR_OK;
	struct slice value = slice_skip(text, (size_t)(encoding - text.data) + 8);
	while (xml_octet_is(value.data[0], XML_SPACE) || value.data[0] == '=') /* "?>" comes at the latest */
		value = slice_skip(value, 1);
	if (value.len < 7 || strncasecmp((const char *)value.data + 1, "utf-8", 5) != 0 ||
	    value.data[6] != value.data[0])
		return xml_fail_at(x, from, "only the encoding UTF-8 is read");
	return ERR_OK;
}

enum err xml_open(struct xml *x, struct slice document, struct arena *arena, struct diag *diag)
{
	x->event = XML_DONE;
	x->uri = x->name = x->text = slice_of(NULL, 0);
	x->space = 0;
	x->document = document;
	x->at = x->depth = x->event_at = x->attribute_count = 0;
	x->arena = arena;
	x->diag = diag;
	x->empty_element = x->root_seen = false;
	x->counted.at = 0;
	x->counted.line = 1;
	x->bindings[0].prefix = SLICE("xml");
	x->bindings[0].uri = xml_uri;
	x->bindings[0].space = 0;
	x->binding_count = 1;
	x->known_count = 0;
	TRY(xml_check_characters(x));
	if (looking_at(x, SLICE("\xef\xbb\xbf")))
		x->at += 3;
	return declaration(x);
}

void xml_know(struct xml *x, const struct slice *uris, size_t count)
{
	x->known = uris;
	x->known_count = count;
}

/* ---- names ---- */

/* Tags are read with a cursor of their own, `at`; x->at moves when the tag has been read. */

struct name {
	size_t from, local, end; /* offsets; local is behind the prefix's colon, or from */
};

static inline struct slice written_name(const struct xml *x, struct name name)
{
	return slice_of(x->document.data + name.from, name.end - name.from);
}

static inline struct slice local_name(const struct xml *x, struct name name)
{
	return slice_of(x->document.data + name.local, name.end - name.local);
}

static inline struct slice name_prefix(const struct xml *x, struct name name)
{
	return slice_of(x->document.data + name.from, name.local > name.from ? name.local - name.from - 1 : 0);
}

/* Reads "prefix:local" or "local". Part of its callers, because most of the reading is done here. */
__attribute__((always_inline)) static inline enum err qualified_name(struct xml *x, size_t at, struct name *ret_name)
{
	const uint8_t *data = x->document.data;
	size_t local = at, len = x->document.len;
	if (!xml_octet_is(xml_octet(x, at), XML_NAME_START))
		return xml_fail_at(x, at, "a name is expected here");
	size_t end = xml_name_end(data, at + 1, len);
	if (xml_octet(x, end) == ':' && xml_octet_is(xml_octet(x, end + 1), XML_NAME_START)) {
		local = end + 1;
		end = xml_name_end(data, end + 2, len);
	}
	if (xml_octet(x, end) == ':')
		return xml_fail_at(x, end, "a colon too many in a name");
	*ret_name = (struct name){at, local, end};
	return ERR_OK;
}

/* ---- namespaces ---- */

static uint32_t space_of(const struct xml *x, struct slice uri)
{
	for (size_t i = 0; i < x->known_count; i++)
		if (slice_equal(x->known[i], uri))
			return (uint32_t)i + 1;
	return 0;
}

static enum err bind(struct xml *x, struct slice prefix, struct slice uri, size_t at)
{
	if (slice_equal(prefix, SLICE("xmlns")) || slice_equal(uri, xmlns_uri) || (prefix.len && uri.len == 0) ||
	    slice_equal(prefix, SLICE("xml")) != slice_equal(uri, xml_uri))
		return xml_fail_at(x, at, "a namespace declaration that is not allowed");
	for (size_t i = x->open[x->depth].bindings; i < x->binding_count; i++)
		if (octets_equal(x->bindings[i].prefix, prefix))
			return xml_fail_at(x, at, "the same prefix is declared twice in one element");
	if (x->binding_count == XML_BINDINGS)
		return xml_fail_at(x, at, "too many namespace declarations");
	x->bindings[x->binding_count].prefix = prefix;
	x->bindings[x->binding_count].uri = uri;
	x->bindings[x->binding_count++].space = space_of(x, uri);
	return ERR_OK;
}

/* The binding of a prefix, written without its colon; XML_BINDINGS for no namespace. */
static enum err find_binding(struct xml *x, struct slice prefix, size_t at, uint32_t *ret_binding)
{
	for (size_t i = x->binding_count; i-- > 0;)
		if (octets_equal(x->bindings[i].prefix, prefix)) {
			*ret_binding = (uint32_t)i;
			return ERR_OK;
		}
	if (prefix.len)
		return xml_fail_at(x, at, "a prefix without a namespace declaration");
	*ret_binding = XML_BINDINGS;
	return ERR_OK;
}

static struct slice uri_of(const struct xml *x, uint32_t binding)
{
	return binding < XML_BINDINGS ? x->bindings[binding].uri : slice_of(NULL, 0);
}

/* ---- attributes ---- */

static inline enum err attribute_value(struct xml *x, size_t *at, struct slice *ret_value)
{
	const uint8_t *data = x->document.data;
	size_t from = *at + 1, i = from, end = x->document.len;
	uint8_t quote = xml_octet(x, *at);
	bool plain = true;
	if (quote != '"' && quote != '\'')
		return xml_fail_at(x, *at, "an attribute's value must stand in quotes");
	for (;; i++) {
		i = xml_next_stop(data, i, end, true);
		if (i == end)
			return xml_fail_at(x, *at, "an attribute's value does not end");
		if (data[i] == quote)
			break;
		if (data[i] == '<')
			return xml_fail_at(x, i, "'<' may not stand in an attribute");
		plain &= data[i] == '"' || data[i] == '\'';
	}
	*at = i + 1;
	*ret_value = slice_of(data + from, i - from);
	return plain ? ERR_OK : xml_resolve(x, *ret_value, true, ret_value);
}

/* One attribute; its prefix stays in uri until all declarations of the element are known. A declaration is read into the
 * place of the next attribute and leaves it free again. */
static inline enum err attribute(struct xml *x, size_t *at)
{
	struct name name;
	struct xml_attribute *a = &x->attributes[x->attribute_count];
	TRY(qualified_name(x, *at, &name));
	*at = behind_space(x, name.end);
	if (xml_octet(x, *at) != '=')
		return xml_fail_at(x, *at, "'=' is expected behind an attribute's name");
	*at = behind_space(x, *at + 1);
	TRY(attribute_value(x, at, &a->value));
	if (octets_equal(name_prefix(x, name), SLICE("xmlns")))
		return bind(x, local_name(x, name), a->value, name.from);
	if (octets_equal(written_name(x, name), SLICE("xmlns")))
		return bind(x, slice_of(NULL, 0), a->value, name.from);
	if (x->attribute_count == XML_ATTRIBUTES)
		return xml_fail_at(x, name.from, "too many attributes");
	a->uri = name_prefix(x, name);
	a->name = local_name(x, name);
	a->at = name.from;
	x->attribute_count++;
	return ERR_OK;
}

/* An attribute without a prefix is in no namespace, whatever the default one. */
static enum err name_attributes(struct xml *x)
{
	for (size_t i = 0; i < x->attribute_count; i++) {
		struct xml_attribute *a = &x->attributes[i];
		uint32_t binding = XML_BINDINGS;
		if (a->uri.len)
			TRY(find_binding(x, a->uri, a->at, &binding));
		a->uri = uri_of(x, binding);
		for (size_t k = 0; k < i; k++)
			if (octets_equal(a->name, x->attributes[k].name) && slice_equal(a->uri, x->attributes[k].uri))
				return xml_fail_at(x, a->at, "the same attribute is given twice");
	}
	return ERR_OK;
}

/* ---- elements ---- */

/* The innermost open element becomes the current one. */
static inline void name_element(struct xml *x, enum xml_event event)
{
	uint32_t binding = x->open[x->depth - 1].binding;
	x->uri = uri_of(x, binding);
	x->space = binding < XML_BINDINGS ? x->bindings[binding].space : 0;
	x->name = slice_skip(x->open[x->depth - 1].written, x->open[x->depth - 1].prefix_len);
	x->event = event;
}

static enum err start_tag(struct xml *x)
{
	if (x->depth == 0 && x->root_seen)
		return xml_fail_at(x, x->at, "a second root element");
	if (x->depth == LIMIT_XML_DEPTH)
		return xml_fail_at(x, x->at, "elements are nested too deeply");
	struct name name;
	x->attribute_count = 0;
	TRY(qualified_name(x, x->at + 1, &name));
	x->open[x->depth].written = written_name(x, name);
	x->open[x->depth].prefix_len = (uint32_t)(name.local - name.from);
	x->open[x->depth].bindings = (uint32_t)x->binding_count;
	size_t at = name.end;
	for (;;) {
		size_t next = behind_space(x, at);
		uint8_t c = xml_octet(x, next);
		if (c == '>' || c == '/') {
			at = next;
			break;
		}
		if (next == at)
			return xml_fail_at(x, at, "white space or the tag's end is expected here");
		at = next;
		TRY(attribute(x, &at));
	}
	x->empty_element = xml_octet(x, at) == '/';
	at += x->empty_element;
	if (xml_octet(x, at) != '>')
		return xml_fail_at(x, at, "'>' is expected here");
	x->at = at + 1;
	TRY(find_binding(x, name_prefix(x, name), x->event_at, &x->open[x->depth].binding));
	if (x->attribute_count)
		TRY(name_attributes(x));
	x->depth++;
	x->root_seen = true;
	name_element(x, XML_START);
	return ERR_OK;
}

static enum err close_element(struct xml *x)
{
	name_element(x, XML_END);
	x->depth--;
	x->binding_count = x->open[x->depth].bindings;
	x->attribute_count = 0;
	return ERR_OK;
}

static enum err end_tag(struct xml *x)
{
	if (x->depth == 0)
		return xml_fail_at(x, x->at, "an end tag without its start tag");
	x->at += 2;
	struct slice written = x->open[x->depth - 1].written;
	uint8_t behind = xml_octet(x, x->at + written.len);
	if (!looking_at(x, written) || (behind != '>' && !xml_octet_is(behind, XML_SPACE)))
		return xml_fail_at(x, x->event_at, "an end tag that does not match its start tag");
	size_t at = behind_space(x, x->at + written.len);
	if (xml_octet(x, at) != '>')
		return xml_fail_at(x, at, "'>' is expected here");
	x->at = at + 1;
	return close_element(x);
}

/* ---- what stands between tags ---- */

static enum err character_data(struct xml *x)
{
	const uint8_t *data = x->document.data;
	size_t from = x->at, i = from, end = x->document.len;
	bool plain = true;
	for (;; i++) {
		i = xml_next_stop(data, i, end, false);
		if (i == end || data[i] == '<')
			break;
		if (data[i] == ']' && xml_octet(x, i + 1) == ']' && xml_octet(x, i + 2) == '>')
			return xml_fail_at(x, from, "']]>' may not stand in text");
		plain &= data[i] == ']';
	}
	x->at = i;
	x->event = XML_TEXT;
	x->text = slice_of(data + from, i - from);
	if (x->depth == 0 && slice_trim(x->text).len)
		return xml_fail_at(x, from, "text outside the root element");
	return plain ? ERR_OK : xml_resolve(x, x->text, false, &x->text);
}

static enum err cdata(struct xml *x)
{
	if (x->depth == 0)
		return xml_fail_at(x, x->at, "character data outside the root element");
	size_t from = x->at + 9;
	TRY(skip_behind(x, SLICE("]]>"), "a CDATA section does not end"));
	x->text = slice_of(x->document.data + from, x->at - 3 - from);
	x->event = XML_TEXT;
	return ERR_OK;
}

static enum err comment(struct xml *x)
{
	size_t from = x->at;
	x->at += 4;
	TRY(skip_behind(x, SLICE("--"), "a comment does not end"));
	if (peek(x) != '>')
		return xml_fail_at(x, from, "'--' may not stand in a comment");
	x->at++;
	return ERR_OK;
}

static enum err instruction(struct xml *x)
{
	if (at_declaration(x))
		return xml_fail_at(x, x->at, "an XML declaration that is not at the beginning");
	return skip_behind(x, SLICE("?>"), "a processing instruction does not end");
}

/* What begins with '<'; *ret_event is false for what is passed over. */
static enum err markup(struct xml *x, bool *ret_event)
{
	uint8_t next = xml_octet(x, x->at + 1);
	*ret_event = true;
	if (next == '/')
		return end_tag(x);
	if (next != '!' && next != '?')
		return start_tag(x);
	if (looking_at(x, SLICE("<![CDATA[")))
		return cdata(x);
	if (looking_at(x, SLICE("<!DOCTYPE")))
		return xml_fail_at(x, x->at, "a DOCTYPE is refused: it can define entities");
	*ret_event = false;
	if (looking_at(x, SLICE("<!--")))
		return comment(x);
	return next == '?' ? instruction(x) : xml_fail_at(x, x->at + 1, "a name is expected here");
}

enum err xml_next(struct xml *x)
{
	x->event_at = x->at;
	if (x->empty_element) {
		x->empty_element = false;
		return close_element(x);
	}
	while (x->at < x->document.len) {
		bool event = x->depth > 0;
		x->event_at = x->at;
		if (peek(x) == '<')
			TRY(markup(x, &event));
		else
			TRY(character_data(x));
		if (event)
			return ERR_OK;
	}
	if (x->depth)
		return xml_fail_at(x, x->at, "the document ends inside an element");
	if (!x->root_seen)
		return xml_fail_at(x, x->at, "there is no element");
	x->event = XML_DONE;
	return ERR_OK;
}
