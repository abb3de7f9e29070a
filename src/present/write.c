/* JSON output, see write.h. Must never emit white space or a comma too much: answers are compared octet by octet. */
#include "present/write.h"

#include "base/moment.h"
#include "object/json.h"

static void separate(struct buf *json)
{
	if (json->len == 0)
		return;
	uint8_t last = json->data[json->len - 1];
	if (last != '{' && last != '[' && last != ':')
		buf_put_octet(json, ',');
}

void write_open(struct buf *json, char bracket)
{
	separate(json);
	buf_put_octet(json, (uint8_t)bracket);
}

void write_close(struct buf *json, char bracket)
{
	buf_put_octet(json, (uint8_t)bracket);
}

void write_text(struct buf *json, struct slice text)
{
	separate(json);
	json_put_string(json, text);
}

void write_key(struct buf *json, const char *key)
{
	write_text(json, slice_text(key));
	buf_put_octet(json, ':');
}

void write_number(struct buf *json, uint64_t number)
{
	separate(json);
	buf_printf(json, "%llu", (unsigned long long)number);
}

void write_bool(struct buf *json, bool value)
{
	separate(json);
	buf_put_text(json, value ? "true" : "false");
}

void write_raw(struct buf *json, struct slice value)
{
	separate(json);
	buf_put(json, value);
}

void write_member_open(struct buf *json, const char *key, char bracket)
{
	write_key(json, key);
	write_open(json, bracket);
}

void write_member(struct buf *json, const char *key, struct slice text)
{
	write_key(json, key);
	write_text(json, text);
}

void write_member_number(struct buf *json, const char *key, uint64_t number)
{
	write_key(json, key);
	write_number(json, number);
}

void write_member_bool(struct buf *json, const char *key, bool value)
{
	write_key(json, key);
	write_bool(json, value);
}

void write_member_moment(struct buf *json, const char *key, uint64_t ms)
{
	char text[MOMENT_TEXT + 1];
	write_key(json, key);
	if (ms == 0) {
		write_raw(json, SLICE("null"));
		return;
	}
	moment_print(ms, text);
	write_text(json, slice_text(text));
}

void write_member_list(struct buf *json, const char *key, struct slice text, uint8_t separator)
{
	write_member_open(json, key, '[');
	while (text.len > 0) {
		struct slice item;
		text = slice_split(text, separator, &item);
		if (item.len > 0)
			write_text(json, item);
	}
	write_close(json, ']');
}
