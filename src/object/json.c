/* Strict reading of JSON. Depth is measured before jansson sees the text, because its reader calls itself.
 * Must never let through what two readers could understand in two ways. */
#include "object/json.h"

#include <math.h>

void json_release(json_t **value)
{
	json_decref(*value);
	*value = NULL;
}

void json_start(uint64_t seed)
{
	/* zero would ask jansson to find randomness by itself */
	json_object_seed((size_t)seed ? (size_t)seed : 1);
}

struct place {
	uint32_t line, column;
};

static void step(struct place *place, uint8_t c)
{
	if (c == '\n') {
		place->line++;
		place->column = 0;
	}
	/* columns count characters: continuation octets do not move */
	if ((c & 0xc0) != 0x80)
		place->column++;
}

/* Walks over the text once, strings apart, and counts the open brackets. */
static enum err check_depth(struct slice text, struct diag *diag)
{
	struct place place = {1, 1};
	unsigned depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		if (c == 0)
			return diag_fail_at(diag, ERR_MALFORMED, place.line, place.column, "a NUL octet in JSON text");
		if (in_string && c == '\\' && i + 1 < text.len) {
			step(&place, c);
			c = text.data[++i];
		} else if (c == '"') {
			in_string = !in_string;
		} else if (!in_string && (c == '{' || c == '[')) {
			if (++depth > LIMIT_JSON_DEPTH)
				return diag_fail_at(diag, ERR_TOO_LARGE, place.line, place.column,
						    "JSON nested deeper than %d levels", LIMIT_JSON_DEPTH);
		} else if (!in_string && (c == '}' || c == ']') && depth > 0) {
			depth--;
		}
		step(&place, c);
	}
	return ERR_OK;
}

static enum err check_utf8(struct slice text, struct diag *diag)
{
	struct place place = {1, 1};
	for (size_t i = 0; i < text.len;) {
		uint32_t code_point;
		size_t len = text.data[i] < 0x80 ? 1 : utf8_next(slice_skip(text, i), &code_point);
		if (len == 0)
			return diag_fail_at(diag, ERR_MALFORMED, place.line, place.column,
					    "invalid UTF-8 in JSON text");
		step(&place, text.data[i]);
		i += len;
	}
	return ERR_OK;
}

static uint32_t place_of(int number)
{
	return number > 0 ? (uint32_t)number : 0;
}

/* ---- integers ---- */

enum { INTEGER_DIGITS = 19 }; /* more may be beyond 64 bits */

static bool is_number_octet(uint8_t c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* The number that begins at the start of text. */
static struct slice number_at(struct slice text)
{
	size_t len = 0;
	while (len < text.len && is_number_octet(text.data[len]))
		len++;
	return slice_take(text, len);
}

/* An integer beyond 64 bits that is the canonical spelling of a double: the canonical form writes doubles up to 1e21
 * that way, and what it writes must read back. */
static bool is_wide_real(struct slice number)
{
	char digits[32];
	bool integer = slice_find_octet(number, '.') < 0 && slice_find_octet(number, 'e') < 0 &&
		       slice_find_octet(number, 'E') < 0;
	if (!integer || number.len < INTEGER_DIGITS || number.len >= sizeof(digits))
		return false;
	memcpy(digits, number.data, number.len);
	digits[number.len] = 0;
	AUTO_JSON *real = json_real(strtod(digits, NULL));
	AUTO_BUF shown = buf_make(sizeof(digits));
	json_canonical(real, &shown);
	return fabs(json_real_value(real)) >= 0x1p63 && slice_equal(buf_slice(&shown), number);
}

/* Copies the text with ".0" behind each such number. */
static enum err mark_reals(struct slice text, struct buf *marked)
{
	bool in_string = false;
	for (size_t i = 0; i < text.len;) {
		struct slice rest = slice_skip(text, i), piece = slice_take(rest, 1);
		bool number = !in_string && is_number_octet(rest.data[0]);
		if (number)
			piece = number_at(rest);
		else if (in_string && rest.data[0] == '\\')
			piece = slice_take(rest, 2);
		else if (rest.data[0] == '"')
			in_string = !in_string;
		buf_put(marked, piece);
		if (number && is_wide_real(piece))
			buf_put_text(marked, ".0");
		i += piece.len;
	}
	return marked->err;
}

/* Whether jansson could meet an integer that it cannot hold. */
static bool has_long_number(struct slice text)
{
	size_t digits = 0;
	for (size_t i = 0; i < text.len; i++) {
		digits = text.data[i] >= '0' && text.data[i] <= '9' ? digits + 1 : 0;
		if (digits >= INTEGER_DIGITS)
			return true;
	}
	return false;
}

/* ---- reading ---- */

static enum err load(struct slice text, json_t **ret_value, struct diag *diag)
{
	json_error_t error;
	json_t *value = json_loadb((const char *)(text.data ? text.data : (const uint8_t *)""), text.len,
				   JSON_REJECT_DUPLICATES, &error);
	if (!value)
		return diag_fail_at(diag, ERR_MALFORMED, place_of(error.line), place_of(error.column),
				    "not valid JSON: %s", error.text);
	*ret_value = value;
	return ERR_OK;
}

enum err json_read(struct slice text, size_t max, json_t **ret_value, struct diag *diag)
{
	if (text.len > max)
		return diag_fail(diag, ERR_TOO_LARGE, "JSON text of %zu octets; at most %zu are read", text.len, max);
	TRY(check_utf8(text, diag));
	TRY(check_depth(text, diag));
	if (!has_long_number(text))
		return load(text, ret_value, diag);
	AUTO_BUF marked = buf_make(2 * text.len + 2);
	TRY(mark_reals(text, &marked));
	return load(buf_slice(&marked), ret_value, diag);
}

struct slice json_slice(const json_t *value)
{
	return json_is_string(value) ? slice_of(json_string_value(value), json_string_length(value)) : SLICE("");
}

json_t *json_text(struct slice s)
{
	return json_stringn(s.data ? (const char *)s.data : "", s.len);
}
