/* What readers of a vocabulary need above the events: text, attributes, skipping, and complaints with a place. Line and
 * column are counted out only when somebody is told. */
#include "label/xml_inner.h"

#include <stdarg.h>

static uint32_t count_lines(struct slice text)
{
	uint32_t lines = 0;
	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	return lines;
}

/* Lines are counted on from the last place that was asked for, in either direction. */
void xml_place(struct xml *x, size_t at, uint32_t *ret_line, uint32_t *ret_column)
{
	struct slice before = slice_take(x->document, at);
	if (before.len >= x->counted.at)
		x->counted.line += count_lines(slice_skip(before, x->counted.at));
	else
		x->counted.line -= count_lines(slice_skip(slice_take(x->document, x->counted.at), before.len));
	x->counted.at = before.len;
	*ret_line = x->counted.line;
	*ret_column = 1;
	for (size_t i = before.len; i > 0 && before.data[i - 1] != '\n'; i--)
		*ret_column += (before.data[i - 1] & 0xc0) != 0x80;
}

enum err xml_fail_at(struct xml *x, size_t at, const char *text)
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

enum err xml_placed(struct xml *x, enum err err)
{
	if (err != ERR_OK && x->diag && x->diag->line == 0)
		xml_place(x, x->event_at, &x->diag->line, &x->diag->column);
	return err;
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
		if (!first.len) {
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

const struct xml_attribute *xml_attribute_named(const struct xml *x, struct slice uri, struct slice name)
{
	for (size_t i = 0; i < x->attribute_count; i++)
		if (octets_equal(x->attributes[i].name, name) && slice_equal(x->attributes[i].uri, uri))
			return &x->attributes[i];
	return NULL;
}
