/* Content negotiation, see media.h. Must never guess a type from content. */
#include "present/media.h"

#include "base/arena.h"

enum { SPECIFIC_NONE, SPECIFIC_ANY, SPECIFIC_MAJOR, SPECIFIC_TYPE, SPECIFIC_VERSION };

struct range {
	struct slice major, minor;
	struct slice version, charset; /* without quotes; empty when absent */
	bool has_version;
	unsigned weight; /* thousandths */
};

static const struct {
	const char *text, *major, *minor, *version;
} types[MEDIA_COUNT] = {
	[MEDIA_JSON] = {"application/json", "application", "json", NULL},
	[MEDIA_STIX] = {"application/stix+json;version=2.1", "application", "stix+json", "2.1"},
	[MEDIA_TAXII] = {"application/taxii+json;version=2.1", "application", "taxii+json", "2.1"},
	[MEDIA_TEXT] = {"text/plain;charset=utf-8", "text", "plain", NULL},
	[MEDIA_XML] = {"application/xml", "application", "xml", NULL},
	[MEDIA_GEOJSON] = {"application/geo+json", "application", "geo+json", NULL},
};

const char *media_text(enum media media)
{
	return media < MEDIA_COUNT ? types[media].text : NULL;
}

static uint8_t lower(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + 32) : octet;
}

static bool is_word(struct slice s, const char *word)
{
	size_t len = strlen(word);
	if (s.len != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(s.data[i]) != lower((uint8_t)word[i]))
			return false;
	return true;
}

static bool is_token(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= 0x20 || s.data[i] >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", s.data[i]))
			return false;
	return s.len > 0;
}

/* Cuts the next element off at separator, but not inside a quoted string. */
static struct slice next_element(struct slice *rest, uint8_t separator)
{
	bool quoted = false;
	size_t i = 0;
	for (; i < rest->len; i++) {
		uint8_t octet = rest->data[i];
		if (quoted && octet == '\\' && i + 1 < rest->len)
			i++;
		else if (octet == '"')
			quoted = !quoted;
		else if (octet == separator && !quoted)
			break;
	}
	struct slice element = slice_take(*rest, i);
	*rest = slice_skip(*rest, i < rest->len ? i + 1 : i);
	return slice_trim(element);
}

static struct slice unquote(struct slice value)
{
	if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
		return slice_of(value.data + 1, value.len - 2);
	return value;
}

/* spec: RFC 9110 12.4.2: 0, 1, or either with up to three decimals. */
static bool parse_weight(struct slice text, unsigned *ret_weight)
{
	if (text.len == 0 || text.len > 5 || (text.data[0] != '0' && text.data[0] != '1'))
		return false;
	unsigned weight = text.data[0] == '1' ? 1000 : 0, unit = 100;
	if (text.len > 1 && text.data[1] != '.')
		return false;
	for (size_t i = 2; i < text.len; i++, unit /= 10) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		weight += unit * (unsigned)(text.data[i] - '0');
	}
	*ret_weight = weight;
	return weight <= 1000;
}

static bool parse_parameter(struct slice parameter, struct range *range)
{
	struct slice name, value = slice_split(parameter, '=', &name);
	name = slice_trim(name);
	value = unquote(slice_trim(value));
	if (!is_token(name))
		return false;
	if (is_word(name, "q"))
		return parse_weight(value, &range->weight);
	if (is_word(name, "version")) {
		range->version = value;
		range->has_version = true;
	} else if (is_word(name, "charset")) {
		range->charset = value;
	}
	return true;
}

static bool parse_range(struct slice text, struct range *ret_range)
{
	struct range range = {.weight = 1000};
	struct slice rest = text, type = next_element(&rest, ';');
	range.minor = slice_split(type, '/', &range.major);
	if (!is_token(range.major) || !is_token(range.minor))
		return false;
	while (rest.len > 0) {
		struct slice parameter = next_element(&rest, ';');
		if (parameter.len > 0 && !parse_parameter(parameter, &range))
			return false;
	}
	*ret_range = range;
	return true;
}

enum media media_parse(struct slice content_type)
{
	struct range range;
	if (!parse_range(content_type, &range))
		return MEDIA_NONE;
	if (range.charset.len > 0 && !is_word(range.charset, "utf-8"))
		return MEDIA_NONE;
	for (int i = MEDIA_NONE + 1; i < MEDIA_COUNT; i++) {
		if (!is_word(range.major, types[i].major) || !is_word(range.minor, types[i].minor))
			continue;
		bool version_fits = !range.has_version || !types[i].version || is_word(range.version, types[i].version);
		return version_fits ? (enum media)i : MEDIA_NONE;
	}
	return MEDIA_NONE;
}

static int specificity(const struct range *range, enum media media)
{
	bool any_major = is_word(range->major, "*"), any_minor = is_word(range->minor, "*");
	if (any_major)
		return any_minor ? SPECIFIC_ANY : SPECIFIC_NONE;
	if (!is_word(range->major, types[media].major))
		return SPECIFIC_NONE;
	if (any_minor)
		return SPECIFIC_MAJOR;
	if (!is_word(range->minor, types[media].minor))
		return SPECIFIC_NONE;
	if (!range->has_version)
		return SPECIFIC_TYPE;
	return types[media].version && is_word(range->version, types[media].version) ? SPECIFIC_VERSION : SPECIFIC_NONE;
}

bool media_is_accepted(struct slice accept, enum media media)
{
	int best = SPECIFIC_NONE;
	unsigned weight = 0;
	if (slice_trim(accept).len == 0)
		return true;
	while (accept.len > 0) {
		struct range range;
		if (!parse_range(next_element(&accept, ','), &range))
			continue;
		int here = specificity(&range, media);
		if (here > best || (here == best && here != SPECIFIC_NONE && range.weight > weight)) {
			best = here;
			weight = range.weight;
		}
	}
	return best != SPECIFIC_NONE && weight > 0;
}
