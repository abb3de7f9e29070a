/* Encoding and decoding by table. */
#include "base/record.h"

#include "base/limits.h"

enum { HEADER = 4, NESTING = 6 };

static uint64_t load_uint(const void *member, size_t size)
{
	switch (size) {
	case 1: return *(const uint8_t *)member;
	case 2: return *(const uint16_t *)member;
	case 4: return *(const uint32_t *)member;
	default: return *(const uint64_t *)member;
	}
}

static void store_uint(void *member, size_t size, uint64_t value)
{
	switch (size) {
	case 1: *(uint8_t *)member = (uint8_t)value; break;
	case 2: *(uint16_t *)member = (uint16_t)value; break;
	case 4: *(uint32_t *)member = (uint32_t)value; break;
	default: *(uint64_t *)member = value; break;
	}
}

static bool all_zero(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i])
			return false;
	return true;
}

static void fail(struct buf *buf, enum err err)
{
	if (buf->err == ERR_OK)
		buf->err = err;
}

static void put_header(struct buf *buf, uint8_t tag, size_t len)
{
	if (len > LIMIT_RECORD_VALUE) {
		fail(buf, ERR_TOO_LARGE);
		return;
	}
	uint8_t header[HEADER] = {tag, (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len};
	buf_put(buf, SLICE_ARRAY(header));
}

static void encode_list(const struct field *field, const struct record_list *list, struct buf *buf)
{
	if (list->count > field->max)
		fail(buf, ERR_TOO_LARGE);
	for (size_t i = 0; i < list->count && buf->err == ERR_OK; i++) {
		size_t at = buf->len;
		put_header(buf, field->tag, 0);
		record_encode(field->of, (const uint8_t *)list->items + i * field->of->size, buf);
		size_t len = buf->len - at - HEADER;
		if (len > LIMIT_RECORD_VALUE)
			fail(buf, ERR_TOO_LARGE);
		if (buf->err != ERR_OK)
			return;
		buf->data[at + 1] = (uint8_t)(len >> 16);
		buf->data[at + 2] = (uint8_t)(len >> 8);
		buf->data[at + 3] = (uint8_t)len;
	}
}

static void encode_uint(const struct field *field, const void *member, struct buf *buf)
{
	uint64_t value = load_uint(member, field->size);
	if (field->optional && value == 0)
		return;
	uint8_t bytes[8];
	for (size_t i = 0; i < field->size; i++)
		bytes[i] = (uint8_t)(value >> 8 * (field->size - 1 - i));
	put_header(buf, field->tag, field->size);
	buf_put(buf, slice_of(bytes, field->size));
}

static void encode_octets(const struct field *field, struct slice value, struct buf *buf)
{
	bool empty = field->kind == FIELD_FIXED ? all_zero(value) : value.len == 0;
	if (field->optional && empty)
		return;
	if (field->kind != FIELD_FIXED && value.len > field->max)
		fail(buf, ERR_TOO_LARGE);
	if (field->kind == FIELD_TEXT && !utf8_is_text(value))
		fail(buf, ERR_MALFORMED);
	put_header(buf, field->tag, value.len);
	buf_put(buf, value);
}

void record_encode(const struct schema *schema, const void *value, struct buf *buf)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		const uint8_t *member = (const uint8_t *)value + field->offset;
		if (field->kind == FIELD_UINT)
			encode_uint(field, member, buf);
		else if (field->kind == FIELD_LIST)
			encode_list(field, (const struct record_list *)(const void *)member, buf);
		else if (field->kind == FIELD_FIXED)
			encode_octets(field, slice_of(member, field->size), buf);
		else
			encode_octets(field, *(const struct slice *)(const void *)member, buf);
	}
}

/* The field at the front of *rest: false at the end or when it is cut off. */
static bool next_field(struct slice *rest, uint8_t *ret_tag, struct slice *ret_value)
{
	if (rest->len < HEADER)
		return false;
	size_t len = (size_t)rest->data[1] << 16 | (size_t)rest->data[2] << 8 | rest->data[3];
	if (len > rest->len - HEADER)
		return false;
	*ret_tag = rest->data[0];
	*ret_value = slice_of(rest->data + HEADER, len);
	*rest = slice_skip(*rest, HEADER + len);
	return true;
}

static enum err decode_at(const struct schema *, struct slice, struct arena *, unsigned depth, void *);

/* Counts the run of fields with this tag at the front of rest. */
static size_t count_run(struct slice rest, uint8_t tag)
{
	size_t count = 0;
	uint8_t found;
	struct slice value;
	while (next_field(&rest, &found, &value) && found == tag)
		count++;
	return count;
}

static enum err decode_list(const struct field *field, struct slice *rest, struct arena *arena, unsigned depth, void *member)
{
	struct record_list list = {.count = count_run(*rest, field->tag)};
	if (list.count > field->max)
		return ERR_TOO_LARGE;
	list.items = arena_alloc(arena, list.count, field->of->size);
	if (!list.items)
		return ERR_MEMORY;
	for (size_t i = 0; i < list.count; i++) {
		uint8_t tag;
		struct slice value;
		if (!next_field(rest, &tag, &value))
			return ERR_MALFORMED;
		TRY(decode_at(field->of, value, arena, depth + 1, (uint8_t *)list.items + i * field->of->size));
	}
	memcpy(member, &list, sizeof(list));
	return ERR_OK;
}

static enum err decode_uint(const struct field *field, struct slice value, void *member)
{
	if (value.len != field->size)
		return ERR_MALFORMED;
	uint64_t number = 0;
	for (size_t i = 0; i < value.len; i++)
		number = number << 8 | value.data[i];
	if (field->optional && number == 0)
		return ERR_MALFORMED;
	store_uint(member, field->size, number);
	return ERR_OK;
}

static enum err decode_octets(const struct field *field, struct slice value, void *member)
{
	if (field->kind == FIELD_FIXED) {
		if (value.len != field->size || (field->optional && all_zero(value)))
			return ERR_MALFORMED;
		memcpy(member, value.data, value.len);
		return ERR_OK;
	}
	if (value.len > field->max)
		return ERR_TOO_LARGE;
	if ((field->optional && value.len == 0) || (field->kind == FIELD_TEXT && !utf8_is_text(value)))
		return ERR_MALFORMED;
	memcpy(member, &value, sizeof(value));
	return ERR_OK;
}

static enum err decode_field(const struct field *field, struct slice *rest, struct arena *arena, unsigned depth, void *member)
{
	if (!rest->len || rest->data[0] != field->tag)
		return field->optional ? ERR_OK : ERR_MALFORMED;
	if (field->kind == FIELD_LIST)
		return decode_list(field, rest, arena, depth, member);
	uint8_t tag;
	struct slice value;
	if (!next_field(rest, &tag, &value))
		return ERR_MALFORMED;
	return field->kind == FIELD_UINT ? decode_uint(field, value, member) : decode_octets(field, value, member);
}

static enum err decode_at(const struct schema *schema, struct slice rest, struct arena *arena, unsigned depth, void *ret_value)
{
	if (depth > NESTING)
		return ERR_INTERNAL;
	uint8_t *value = arena_alloc(arena, 1, schema->size);
	if (!value)
		return ERR_MEMORY;
	for (size_t i = 0; i < schema->count; i++)
		TRY(decode_field(&schema->fields[i], &rest, arena, depth, value + schema->fields[i].offset));
	if (rest.len)
		return ERR_MALFORMED;
	memcpy(ret_value, value, schema->size);
	return ERR_OK;
}

enum err record_decode(const struct schema *schema, struct slice bytes, struct arena *arena, void *ret_value)
{
	return decode_at(schema, bytes, arena, 0, ret_value);
}
