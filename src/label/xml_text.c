/* Characters, references and white space of XML. It must never expand anything a document defines. */
#include "label/xml_inner.h"

enum {
	LETTER = XML_NAME_START | XML_NAME,
	BREAK = XML_SPACE | XML_VALUE_STOP,
	MARKUP = XML_VALUE_STOP | XML_TEXT_STOP,
};

#define LETTERS_4 LETTER, LETTER, LETTER, LETTER
#define LETTERS_16 LETTERS_4, LETTERS_4, LETTERS_4, LETTERS_4
#define LETTERS_128 \
	LETTERS_16, LETTERS_16, LETTERS_16, LETTERS_16, LETTERS_16, LETTERS_16, LETTERS_16, LETTERS_16
#define DIGITS_10 \
	XML_NAME, XML_NAME, XML_NAME, XML_NAME, XML_NAME, XML_NAME, XML_NAME, XML_NAME, XML_NAME, XML_NAME
#define ALPHABET LETTERS_16, LETTERS_4, LETTERS_4, LETTER, LETTER

const uint8_t xml_octet_classes[256] = {
	['\t'] = BREAK,
	['\n'] = BREAK,
	['\r'] = BREAK | XML_TEXT_STOP,
	[' '] = XML_SPACE,
	['"'] = XML_VALUE_STOP,
	['&'] = MARKUP,
	['\''] = XML_VALUE_STOP,
	['-'] = XML_NAME,
	['.'] = XML_NAME,
	['0'] = DIGITS_10,
	['<'] = MARKUP,
	['A'] = ALPHABET,
	[']'] = XML_TEXT_STOP,
	['_'] = LETTER,
	['a'] = ALPHABET,
	[0x80] = LETTERS_128,
};

/* spec: XML 1.0 2.2, Char */
static bool is_char(uint32_t c)
{
	return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
	       (c >= 0x10000 && c <= 0x10ffff);
}

/* Octets that are not ASCII or no characters of XML. */
static octets_mask odd_octets(octets_block v)
{
	return (v >= 0x80) | ((v < 0x20) & (v != '\t') & (v != '\n') & (v != '\r'));
}

/* Octets that may be odd: one comparison, since as signed numbers those beyond ASCII are less than zero. */
static octets_mask suspect_octets(octets_block v)
{
	return (octets_mask)v < 0x20;
}

/* True if one of four blocks holds an odd octet. */
static bool are_odd(const uint8_t *at)
{
	octets_block a = octets_at(at), b = octets_at(at + OCTETS), c = octets_at(at + 2 * OCTETS), d = octets_at(at + 3 * OCTETS);
	return octets_any(suspect_octets(a) | suspect_octets(b) | suspect_octets(c) | suspect_octets(d)) &&
	       octets_any(odd_octets(a) | odd_octets(b) | odd_octets(c) | odd_octets(d));
}

/* Position of the first octet, from `at` on, that needs a closer look; or of one of the last few. */
static size_t plain_until(struct slice d, size_t at)
{
	while (d.len - at >= 4 * OCTETS && !are_odd(d.data + at))
		at += 4 * OCTETS;
	while (d.len - at >= OCTETS) {
		size_t plain = octets_before(odd_octets(octets_at(d.data + at)));
		at += plain;
		if (plain < OCTETS)
			break;
	}
	return at;
}

enum err xml_check_characters(struct xml *x)
{
	struct slice d = x->document;
	for (size_t i = plain_until(d, 0); i < d.len; i = plain_until(d, i)) {
		uint32_t c;
		size_t n = utf8_next(slice_skip(d, i), &c);
		if (n == 0)
			return xml_fail_at(x, i, "not valid UTF-8");
		if (!is_char(c))
			return xml_fail_at(x, i, "a character that XML does not allow");
		i += n;
	}
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
		struct slice name;
		uint8_t c;
	} entities[] = {{SLICE_INIT("lt"), '<'},
			{SLICE_INIT("gt"), '>'},
			{SLICE_INIT("amp"), '&'},
			{SLICE_INIT("quot"), '"'},
			{SLICE_INIT("apos"), '\''}};
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (slice_equal(name, entities[i].name))
			return entities[i].c;
	return 0;
}

/* The reference at the beginning of raw ("&…;"): its code point and its length, or 0. */
static uint32_t reference(struct slice raw, size_t *ret_len)
{
	struct slice rest = slice_take(slice_skip(raw, 1), 16);
	ptrdiff_t end = slice_find_octet(rest, ';');
	if (end <= 0)
		return 0;
	struct slice name = slice_take(rest, (size_t)end);
	*ret_len = name.len + 2;
	return name.data[0] == '#' ? character_reference(slice_skip(name, 1)) : predefined(name);
}

/* A reference is never shorter than what it stands for, so the copy is never longer than raw. */
enum err xml_resolve(struct xml *x, struct slice raw, bool attribute, struct slice *ret_text)
{
	uint8_t *to = arena_alloc(x->arena, raw.len, 1);
	if (!to)
		return ERR_MEMORY;
	size_t n = 0;
	for (size_t i = 0, taken; i < raw.len; i += taken) {
		uint8_t c = raw.data[i];
		taken = 1;
		if (c == '&') {
			uint32_t point = reference(slice_skip(raw, i), &taken);
			if (!point)
				return xml_fail_at(x, (size_t)(raw.data - x->document.data) + i,
						   "an entity or character reference that is not allowed here");
			n += put_utf8(to + n, point);
			continue;
		}
		if (c == '\r') { /* spec: XML 1.0 2.11 */
			taken += i + 1 < raw.len && raw.data[i + 1] == '\n';
			c = '\n';
		}
		to[n++] = attribute && xml_octet_is(c, XML_SPACE) ? ' ' : c;
	}
	*ret_text = slice_of(to, n);
	return ERR_OK;
}

/* True if every white space is a single blank between other octets. */
static bool is_collapsed(struct slice text)
{
	bool before = text.len > 0; /* a leading one must go */
	for (size_t i = 0; i < text.len; i++) {
		bool space = xml_octet_is(text.data[i], XML_SPACE);
		if (space && (before || text.data[i] != ' '))
			return false;
		before = space;
	}
	return !before;
}

enum err xml_collapse_copy(struct slice text, struct arena *arena, struct slice *ret_token)
{
	if (is_collapsed(text)) {
		*ret_token = text;
		return ERR_OK;
	}
	text = slice_trim(text);
	uint8_t *to = arena_alloc(arena, text.len, 1);
	if (!to)
		return ERR_MEMORY;
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		bool space = xml_octet_is(text.data[i], XML_SPACE);
		if (!space)
			to[n++] = text.data[i];
		else if (to[n - 1] != ' ')
			to[n++] = ' ';
	}
	*ret_token = slice_of(to, n);
	return ERR_OK;
}
