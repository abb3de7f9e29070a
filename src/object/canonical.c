/* The canonical form of JSON: one spelling for each value, so that octets can be compared, digested and signed.
 * spec: RFC 8785. Walks with a stack of its own; must never call itself over input. */
#include "object/json.h"

#include "base/arena.h"

#include <math.h>

enum { SURROGATES = 0xd800, BEYOND_BASIC = 0x10000, DOUBLE_DIGITS = 17, NUMBER_TEXT = 40 };

/* Where UTF-8 and UTF-16 order differ: characters beyond the basic plane are surrogates and so stand before U+E000. */
static uint32_t utf16_rank(uint32_t code_point)
{
	return code_point >= BEYOND_BASIC ? SURROGATES : code_point;
}

int json_name_compare(struct slice a, struct slice b)
{
	size_t i = 0;
	while (i < a.len && i < b.len && a.data[i] == b.data[i])
		i++;
	if (i == a.len || i == b.len)
		return (a.len > b.len) - (a.len < b.len);
	while (i > 0 && (a.data[i] & 0xc0) == 0x80)
		i--; /* back to the start of the character that differs */
	uint32_t left = 0, right = 0;
	if (!utf8_next(slice_skip(a, i), &left) || !utf8_next(slice_skip(b, i), &right))
		return slice_compare(a, b);
	uint32_t left_rank = utf16_rank(left), right_rank = utf16_rank(right);
	if (left_rank == right_rank)
		return (left > right) - (left < right);
	return left_rank < right_rank ? -1 : 1;
}

void json_put_string(struct buf *text, struct slice s)
{
	static const char SHORT[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
				     ['"'] = '"', ['\\'] = '\\'};
	buf_put_octet(text, '"');
	size_t from = 0;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_put(text, slice_of(s.data + from, i - from));
		if (SHORT[c])
			buf_printf(text, "\\%c", SHORT[c]);
		else
			buf_printf(text, "\\u%04x", c);
		from = i + 1;
	}
	if (s.len > from)
		buf_put(text, slice_of(s.data + from, s.len - from));
	buf_put_octet(text, '"');
}

/* The digits of ECMAScript's Number::toString: places them around the decimal point.
 * digits: significant digits without sign; exponent: of the first one. */
static void put_digits(struct buf *text, const char *digits, int exponent)
{
	int count = (int)strlen(digits), point = exponent + 1;
	if (count <= point && point <= 21) {
		buf_printf(text, "%s%.*s", digits, point - count, "000000000000000000000");
	} else if (point > 0 && point <= 21) {
		buf_printf(text, "%.*s.%s", point, digits, digits + point);
	} else if (point > -6 && point <= 0) {
		buf_printf(text, "0.%.*s%s", -point, "000000", digits);
	} else {
		buf_printf(text, "%c%s%se%c%d", digits[0], count > 1 ? "." : "", digits + 1, exponent < 0 ? '-' : '+',
			   abs(exponent));
	}
}

/* spec: RFC 8785 3.2.2.3: the shortest digits that read back as the same double */
static void put_real(struct buf *text, double value)
{
	if (value < 0)
		buf_put_octet(text, '-');
	double size = fabs(value);
	char shown[NUMBER_TEXT] = "0e0";
	for (int digits = 0; digits < DOUBLE_DIGITS && size > 0; digits++) {
		snprintf(shown, sizeof(shown), "%.*e", digits, size);
		if (strtod(shown, NULL) == size)
			break;
	}
	char digits[NUMBER_TEXT];
	size_t count = 0;
	const char *at = shown;
	for (; *at && *at != 'e'; at++)
		if (*at != '.')
			digits[count++] = *at;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	digits[count] = 0;
	put_digits(text, digits, (int)strtol(at + 1, NULL, 10));
}

static void put_scalar(const json_t *value, struct buf *text)
{
	switch (json_typeof(value)) {
	case JSON_STRING: json_put_string(text, json_slice(value)); break;
	case JSON_INTEGER: buf_printf(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value)); break;
	case JSON_REAL: put_real(text, json_real_value(value)); break;
	case JSON_TRUE: buf_put_text(text, "true"); break;
	case JSON_FALSE: buf_put_text(text, "false"); break;
	default: buf_put_text(text, "null"); break;
	}
}

struct member {
	struct slice name;
	json_t *value;
};

/* One open array or object on the way down. */
struct level {
	json_t *value;
	struct member *members; /* object: sorted */
	size_t next, count;
};

static int compare_members(const void *a, const void *b)
{
	return json_name_compare(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static enum err sort_members(json_t *object, struct arena *arena, struct level *level)
{
	level->members = ARENA_ARRAY(arena, level->count ? level->count : 1, struct member);
	if (!level->members)
		return ERR_MEMORY;
	size_t i = 0;
	for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
		level->members[i++] = (struct member){
			slice_of(json_object_iter_key(at), json_object_iter_key_len(at)), json_object_iter_value(at)};
	qsort(level->members, level->count, sizeof(struct member), compare_members);
	return ERR_OK;
}

static enum err open_level(json_t *value, struct arena *arena, struct buf *text, struct level *ret_level)
{
	struct level level = {.value = value};
	if (json_is_object(value)) {
		level.count = json_object_size(value);
		TRY(sort_members(value, arena, &level));
	} else {
		level.count = json_array_size(value);
	}
	buf_put_octet(text, json_is_object(value) ? '{' : '[');
	*ret_level = level;
	return ERR_OK;
}

static json_t *next_item(struct level *level, struct buf *text)
{
	if (level->next > 0)
		buf_put_octet(text, ',');
	size_t at = level->next++;
	if (!level->members)
		return json_array_get(level->value, at);
	json_put_string(text, level->members[at].name);
	buf_put_octet(text, ':');
	return level->members[at].value;
}

static void fail(struct buf *text, enum err err)
{
	if (text->err == ERR_OK)
		text->err = err;
}

void json_canonical(json_t *value, struct buf *text)
{
	AUTO_ARENA arena = {0};
	struct level levels[JSON_PRINT_DEPTH];
	size_t depth = 0;
	while (text->err == ERR_OK) {
		enum err err = ERR_OK;
		if (!json_is_object(value) && !json_is_array(value))
			put_scalar(value, text);
		else if (depth == JSON_PRINT_DEPTH)
			err = ERR_TOO_LARGE;
		else
			err = open_level(value, &arena, text, &levels[depth++]);
		if (err != ERR_OK) {
			fail(text, err);
			return;
		}
		for (; depth > 0 && levels[depth - 1].next == levels[depth - 1].count; depth--)
			buf_put_octet(text, levels[depth - 1].members ? '}' : ']');
		if (depth == 0)
			return;
		value = next_item(&levels[depth - 1], text);
	}
}
