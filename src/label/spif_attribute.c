/* The attributes of a SPIF's elements as values. What is missing or broken is reported where it stands, and a neutral
 * value is answered: the caller goes on, so that one reading finds everything. */
#include "label/spif.h"

#include "base/moment.h"

struct slice spif_attribute(struct spif *s, const char *name)
{
	const struct xml_attribute *a = xml_attribute(&s->xml, name);
	return a ? a->value : slice_of(NULL, 0);
}

struct slice spif_token(struct spif *s, const char *name)
{
	struct slice value;
	if (xml_collapse(spif_attribute(s, name), s->arena, &value) != ERR_OK) {
		s->err = ERR_MEMORY;
		return slice_of(NULL, 0);
	}
	return value;
}

struct slice spif_name(struct spif *s, const char *attribute_name)
{
	struct slice name = spif_token(s, attribute_name);
	size_t characters = 0;
	for (size_t i = 0; i < name.len; i++)
		characters += (name.data[i] & 0xc0) != 0x80;
	if (characters == 0 || characters > SPIF_NAME)
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "%.*s needs the attribute %s with 1 to %d characters",
			     SLICE_ARG(slice_take(s->xml.name, 64)), attribute_name, SPIF_NAME);
	return slice_take(name, 4 * SPIF_NAME);
}

/* Decimal; "004" is 4. */
static bool number_of(struct slice text, uint32_t *ret_number)
{
	uint64_t value;
	while (text.len > 1 && text.data[0] == '0')
		text = slice_skip(text, 1);
	if (slice_parse_u64(text, &value) != ERR_OK || value >= FORM_NONE)
		return false;
	*ret_number = (uint32_t)value;
	return true;
}

uint32_t spif_number(struct spif *s, const char *name, bool required)
{
	struct slice text = spif_token(s, name);
	uint32_t value = 0;
	if ((text.len || required) && !number_of(text, &value))
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "%.*s needs a number in the attribute %s",
			     SLICE_ARG(s->xml.name), name);
	return value;
}

bool spif_flag(struct spif *s, const char *name)
{
	struct slice text = spif_token(s, name);
	bool yes = slice_equal(text, SLICE("true")) || slice_equal(text, SLICE("1"));
	if (text.len && !yes && !slice_equal(text, SLICE("false")) && !slice_equal(text, SLICE("0")))
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "attribute %s is neither true nor false", name);
	return yes;
}

/* GeneralizedTime (YYYYMMDDHHMMSS[Z]) or RFC 3339. */
bool spif_moment_of(struct slice text, uint64_t *ret_ms)
{
	if (moment_parse(text, ret_ms) == ERR_OK)
		return true;
	char rfc[32];
	const char *t = (const char *)text.data;
	if (text.len != 15 || t[14] != 'Z')
		return false;
	snprintf(rfc, sizeof(rfc), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t + 8, t + 10, t + 12);
	return moment_parse(slice_text(rfc), ret_ms) == ERR_OK;
}

struct form_moment spif_moment(struct spif *s, const char *name)
{
	struct slice text = spif_token(s, name);
	uint64_t ms = 0;
	if (text.len && !spif_moment_of(text, &ms))
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "attribute %s is not a moment such as 20240131120000Z", name);
	return (struct form_moment){(uint32_t)(ms >> 32), (uint32_t)ms};
}

bool spif_tag_type(struct spif *s, enum tag_type *ret_type)
{
	static const struct {
		const char *tag, *enumerated;
		enum tag_type type;
	} types[] = {
		{"restrictive", NULL, TAG_RESTRICTIVE},
		{"permissive", NULL, TAG_PERMISSIVE},
		{"enumerated", "restrictive", TAG_RESTRICTIVE},
		{"enumerated", "permissive", TAG_PERMISSIVE},
		{"tagType7", NULL, TAG_INFORMATIVE},
		{"informative", NULL, TAG_INFORMATIVE},
		{"notApplicable", NULL, TAG_NOT_APPLICABLE},
	};
	struct slice tag = spif_token(s, "tagType"), enumerated = spif_token(s, "enumType");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_equal(tag, slice_text(types[i].tag)) &&
		    (!types[i].enumerated || slice_equal(enumerated, slice_text(types[i].enumerated)))) {
			*ret_type = types[i].type;
			return true;
		}
	return false;
}

struct slice spif_oid(struct spif *s, const char *name)
{
	struct slice oid = spif_name(s, name), rest = oid, arc;
	bool good = oid.len > 0 && oid.data[0] <= '2' && memchr(oid.data, '.', oid.len);
	while (rest.len) {
		rest = slice_split(rest, '.', &arc);
		good &= arc.len > 0 && (arc.len == 1 || arc.data[0] != '0');
		for (size_t i = 0; i < arc.len; i++)
			good &= arc.data[i] >= '0' && arc.data[i] <= '9';
	}
	if (oid.len && (!good || oid.data[oid.len - 1] == '.'))
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "'%.*s' is not an object identifier such as 1.3.26.1.3.1",
			     SLICE_ARG(slice_take(oid, 64)));
	return oid;
}
