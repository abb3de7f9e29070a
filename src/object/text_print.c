/* Renditions for people. Must never write a control character of foreign text to a terminal. */
#include "object/text.h"

#include "object/stix.h"
#include "object/words.h"

enum { SHOWN_MAX = LIMIT_OBJECT_BYTES };

/* C0, DEL, C1, and the characters that turn the direction of what follows. */
static bool is_control(uint32_t c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static void put_clean(struct buf *text, struct slice s)
{
	while (s.len) {
		uint32_t c;
		size_t len = utf8_next(s, &c);
		if (!len || is_control(c))
			buf_put_text(text, "\xef\xbf\xbd");
		else
			buf_put(text, slice_take(s, len));
		s = slice_skip(s, len ? len : 1);
	}
}

/* A line of the portion that would read as a marking or an escape is written as one escapes it. */
static void put_body(struct buf *text, struct slice s)
{
	bool first = true;
	while (s.len) {
		struct slice line;
		s = slice_split(s, '\n', &line);
		size_t slashes = 0;
		while (slashes < line.len && line.data[slashes] == '\\')
			slashes++;
		bool escape = !first && slashes < line.len && line.data[slashes] == '(';
		buf_put_text(text, first ? "" : "\n");
		buf_put_text(text, escape ? "\\" : "");
		put_clean(text, line);
		first = false;
	}
}

static void put_marked(struct buf *text, json_t *item, struct slice body)
{
	buf_put_octet(text, '(');
	put_clean(text, json_slice(json_object_get(item, "marking")));
	buf_put_text(text, ") ");
	put_body(text, body);
	buf_put_text(text, "\n");
}

static void put_value(struct buf *text, json_t *value)
{
	AUTO_BUF shown = buf_make(SHOWN_MAX);
	if (!json_is_string(value))
		json_canonical(value, &shown);
	put_clean(text, json_is_string(value) ? json_slice(value) : buf_slice(&shown));
}

static void put_table(struct buf *text, json_t *item)
{
	json_t *table = json_object_get(item, "table"), *columns = json_object_get(table, "columns"), *row, *cell;
	size_t i, j;
	put_marked(text, item, SLICE("table"));
	json_array_foreach(columns, j, cell) {
		buf_put_text(text, j ? " | " : "  ");
		put_value(text, cell);
	}
	json_array_foreach(json_object_get(table, "rows"), i, row) {
		json_array_foreach(row, j, cell) {
			buf_put_text(text, j ? " | " : "\n  ");
			put_value(text, cell);
		}
	}
	buf_put_text(text, "\n");
}

static void put_attachment(struct buf *text, json_t *item)
{
	json_t *attachment = json_object_get(item, "attachment");
	AUTO_BUF line = buf_make(SHOWN_MAX);
	buf_put_text(&line, "attachment: ");
	put_value(&line, json_object_get(attachment, "name"));
	buf_put_text(&line, ", ");
	put_value(&line, json_object_get(attachment, "media_type"));
	buf_printf(&line, ", %" JSON_INTEGER_FORMAT " octets", json_integer_value(json_object_get(attachment, "size")));
	put_marked(text, item, buf_slice(&line));
}

static void put_reference(struct buf *text, json_t *item)
{
	json_t *reference = json_object_get(item, "reference");
	AUTO_BUF line = buf_make(SHOWN_MAX);
	put_value(&line, json_object_get(reference, "property"));
	buf_put_text(&line, ": ");
	put_value(&line, json_object_get(reference, "target"));
	put_marked(text, item, buf_slice(&line));
}

static void put_text(struct buf *text, json_t *item)
{
	put_marked(text, item, json_slice(json_object_get(item, "text")));
}

/* Members of an object that are the form's, or stand elsewhere in this text. */
static const char *const NOT_SHOWN[] = {
	"type", "id", "spec_version", "name", "object_marking_refs", "granular_markings", "extensions",
};

static bool is_shown(const char *name, const struct slice title, json_t *value)
{
	for (size_t i = 0; i < sizeof(NOT_SHOWN) / sizeof(NOT_SHOWN[0]); i++)
		if (strcmp(name, NOT_SHOWN[i]) == 0)
			return false;
	struct slice end = slice_text(name);
	bool reference = slice_has_suffix(end, SLICE("_ref")) || slice_has_suffix(end, SLICE("_refs"));
	return !reference && !slice_equal(json_slice(value), title);
}

/* The head: title, then the properties, all under the head's marking. */
static enum err put_head(struct buf *text, json_t *object, json_t *item)
{
	AUTO_ARENA arena = {0};
	struct slice title;
	const char *name;
	json_t *value;
	TRY(title_of_head(object, json_slice(json_object_get(object, "type")), &arena, &title));
	put_marked(text, item, title);
	put_clean(text, json_slice(json_object_get(object, "id")));
	buf_put_text(text, "\n");
	json_object_foreach(object, name, value) {
		if (!is_shown(name, title, value))
			continue;
		put_clean(text, slice_text(name));
		buf_put_text(text, ": ");
		put_value(text, value);
		buf_put_text(text, "\n");
	}
	return text->err;
}

struct shown_kind {
	const char *name;
	void (*put)(struct buf *text, json_t *item);
};

static const struct shown_kind SHOWN_KINDS[] = {
	{"text", put_text}, {"table", put_table}, {"attachment", put_attachment}, {"reference", put_reference}};

static void put_item(struct buf *text, json_t *item)
{
	struct slice kind = json_slice(json_object_get(item, "kind"));
	for (size_t i = 0; i < sizeof(SHOWN_KINDS) / sizeof(SHOWN_KINDS[0]); i++)
		if (slice_equal(kind, slice_text(SHOWN_KINDS[i].name))) {
			buf_put_text(text, "\n");
			SHOWN_KINDS[i].put(text, item);
		}
}

enum err text_print(json_t *object, struct buf *text)
{
	json_t *extension = json_object_get(json_object_get(object, "extensions"), STIX_PORTIONS);
	json_t *items = json_object_get(extension, "portions"), *item;
	struct slice marking = json_slice(json_object_get(extension, "marking"));
	size_t i;
	if (!marking.len || json_array_size(items) == 0)
		return ERR_MALFORMED;
	put_clean(text, marking);
	buf_put_text(text, "\n\n");
	TRY(put_head(text, object, json_array_get(items, 0)));
	json_array_foreach(items, i, item)
		put_item(text, item);
	buf_put_text(text, "\n");
	put_clean(text, marking);
	buf_put_text(text, "\n");
	return text->err;
}
