/* Texts that must have a form: times, identifiers, addresses. Must never accept by half: a form is the whole text. */
#include "object/stix_checker.h"

#include "object/portion.h"

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_letter(uint8_t c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool is_lower_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* ---- times ---- */

enum { SECOND_TEXT = 19 }; /* "2026-01-31T12:00:00" */

static unsigned number_at(struct slice text, size_t at, size_t count)
{
	unsigned number = 0;
	for (size_t i = at; i < at + count; i++)
		number = number * 10 + (text.data[i] - '0');
	return number;
}

static bool fits_picture(struct slice text, const char *picture)
{
	for (size_t i = 0; picture[i]; i++)
		if (picture[i] == '0' ? !is_digit(text.data[i]) : text.data[i] != (uint8_t)picture[i])
			return false;
	return true;
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static bool is_calendar(struct slice text)
{
	unsigned year = number_at(text, 0, 4), month = number_at(text, 5, 2), day = number_at(text, 8, 2);
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month) &&
	       number_at(text, 11, 2) <= 23 && number_at(text, 14, 2) <= 59 && number_at(text, 17, 2) <= 60;
}

bool stix_is_time(struct slice text, size_t *ret_decimals)
{
	if (text.len < SECOND_TEXT + 1 || !fits_picture(text, "0000-00-00T00:00:00") ||
		text.data[text.len - 1] != 'Z' || !is_calendar(text))
		return false;
	struct slice rest = slice_skip(slice_take(text, text.len - 1), SECOND_TEXT);
	*ret_decimals = rest.len ? rest.len - 1 : 0;
	if (rest.len == 1 || (rest.len && rest.data[0] != '.'))
		return false;
	for (size_t i = 1; i < rest.len; i++)
		if (!is_digit(rest.data[i]))
			return false;
	return true;
}

int stix_time_compare(struct slice a, struct slice b)
{
	int order = slice_compare(slice_take(a, SECOND_TEXT), slice_take(b, SECOND_TEXT));
	size_t longest = a.len > b.len ? a.len : b.len;
	for (size_t i = SECOND_TEXT + 1; order == 0 && i < longest; i++) {
		int in_a = i < a.len && is_digit(a.data[i]) ? a.data[i] : '0';
		int in_b = i < b.len && is_digit(b.data[i]) ? b.data[i] : '0';
		order = in_a - in_b;
	}
	return order;
}

bool stix_form_second(struct slice text)
{
	size_t decimals;
	return stix_is_time(text, &decimals) && decimals == 0 && text.len == SECOND_TEXT + 1;
}

/* ---- identifiers ---- */

/* spec: STIX 2.1 2.9, RFC 4122 4.1: variant 10, versions 1 to 5 */
bool stix_is_identifier(struct slice text, struct slice *ret_type)
{
	enum { UUID_TEXT = 36, VERSION = 14, VARIANT = 19 };
	struct slice type;
	if (object_id_type(text, &type) != ERR_OK)
		return false;
	const uint8_t *uuid = text.data + text.len - UUID_TEXT;
	uint8_t variant = uuid[VARIANT];
	*ret_type = type;
	return uuid[VERSION] >= '1' && uuid[VERSION] <= '5' &&
	       (variant == '8' || variant == '9' || variant == 'a' || variant == 'b');
}

bool stix_form_relation(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_lower(text.data[i]) && !is_digit(text.data[i]) && text.data[i] != '-')
			return false;
	return text.len > 0;
}

/* ---- addresses ---- */

bool stix_form_filled(struct slice text)
{
	return slice_trim(text).len > 0;
}

/* A scheme, a colon and something behind it; no white space. spec: RFC 3986 3 */
bool stix_form_url(struct slice text)
{
	ptrdiff_t colon = slice_find_octet(text, ':');
	if (colon < 1 || (size_t)colon + 1 == text.len || !is_letter(text.data[0]))
		return false;
	for (ptrdiff_t i = 0; i < colon; i++)
		if (!is_letter(text.data[i]) && !is_digit(text.data[i]) && !strchr("+-.", text.data[i]))
			return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] <= ' ' || text.data[i] == 0x7f)
			return false;
	return true;
}

bool stix_form_email(struct slice text)
{
	size_t at = text.len;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < ' ' || text.data[i] == '<' || text.data[i] == '>')
			return false;
		at = text.data[i] == '@' ? i : at;
	}
	return at > 0 && at + 1 < text.len && text.data[at + 1] != ' ';
}

bool stix_form_mac(struct slice text)
{
	if (text.len != 17)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (i % 3 == 2 ? text.data[i] != ':' : !is_lower_hex(text.data[i]))
			return false;
	return true;
}

/* The prefix length behind the address, at most max; true without one. */
static bool takes_prefix(struct slice address, uint64_t max, struct slice *ret_address)
{
	uint64_t prefix = 0;
	ptrdiff_t slash = slice_find_octet(address, '/');
	*ret_address = slash < 0 ? address : slice_take(address, (size_t)slash);
	return slash < 0 ||
	       (slice_parse_u64(slice_skip(address, (size_t)slash + 1), &prefix) == ERR_OK && prefix <= max);
}

static bool is_dotted(struct slice text)
{
	for (int i = 0; i < 4; i++) {
		struct slice part;
		uint64_t number;
		bool last = slice_find_octet(text, '.') < 0;
		text = slice_split(text, '.', &part);
		if (slice_parse_u64(part, &number) != ERR_OK || number > 255 || last != (i == 3))
			return false;
	}
	return true;
}

bool stix_form_ipv4(struct slice text)
{
	struct slice address;
	return takes_prefix(text, 32, &address) && is_dotted(address);
}

static bool is_group(struct slice group)
{
	for (size_t i = 0; i < group.len; i++)
		if (!is_lower_hex(group.data[i] | 0x20) && !is_digit(group.data[i]))
			return false;
	return group.len >= 1 && group.len <= 4;
}

/* How many 16-bit groups stand in the text; -1 for anything else. */
static int count_groups(struct slice text, bool may_be_dotted)
{
	int count = 0;
	while (text.len) {
		struct slice group;
		bool last = slice_find_octet(text, ':') < 0;
		text = slice_split(text, ':', &group);
		bool dotted = last && may_be_dotted && is_dotted(group);
		if (!dotted && !is_group(group))
			return -1;
		if (!last && text.len == 0)
			return -1;
		count += dotted ? 2 : 1;
	}
	return count;
}

/* spec: RFC 4291 2.2 */
bool stix_form_ipv6(struct slice text)
{
	struct slice address;
	if (!takes_prefix(text, 128, &address) || address.len < 2)
		return false;
	for (size_t i = 0; i + 1 < address.len; i++) {
		if (address.data[i] != ':' || address.data[i + 1] != ':')
			continue;
		int before = count_groups(slice_take(address, i), false),
		    behind = count_groups(slice_skip(address, i + 2), true);
		return before >= 0 && behind >= 0 && before + behind <= 7;
	}
	return count_groups(address, true) == 8;
}

/* ---- others ---- */

/* Subtags of one to eight letters or digits, the first of letters. spec: RFC 5646 2.1 */
bool stix_form_language(struct slice text)
{
	bool first = true;
	if (text.len == 0 || text.data[text.len - 1] == '-')
		return false;
	while (text.len) {
		struct slice tag;
		text = slice_split(text, '-', &tag);
		for (size_t i = 0; i < tag.len; i++)
			if (!is_letter(tag.data[i]) && (first || !is_digit(tag.data[i])))
				return false;
		if (tag.len == 0 || tag.len > 8 || (first && tag.len < 2))
			return false;
		first = false;
	}
	return true;
}

/* spec: STIX 2.1 6.17: hives are written in full */
bool stix_form_key(struct slice text)
{
	static const char *const shorts[] = {"HKLM", "HKCC", "HKCR", "HKCU", "HKU"};
	struct slice hive;
	slice_split(text, '\\', &hive);
	for (size_t i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++)
		if (hive.len == strlen(shorts[i]) && strncasecmp(slice_chars(hive), shorts[i], hive.len) == 0)
			return false;
	return text.len > 0;
}
