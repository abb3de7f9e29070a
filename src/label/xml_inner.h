/* Inside of the XML reader: what octets may be, and failures at an offset. */
#ifndef BICES_LABEL_XML_INNER_H
#define BICES_LABEL_XML_INNER_H

#include "label/xml.h"

enum xml_octet_class {
	XML_NAME_START = 1, /* a name may begin with it; every octet of a longer UTF-8 sequence is taken for such */
	XML_NAME = 2,       /* a name may go on with it; the colon is no part of a name */
	XML_SPACE = 4,
	XML_TEXT_STOP = 8,   /* needs a look in character data: < & ] CR */
	XML_VALUE_STOP = 16, /* needs a look in an attribute's value: quotes < & and white space other than a blank */
};
extern const uint8_t xml_octet_classes[256];

static inline bool xml_octet_is(uint8_t octet, unsigned classes)
{
	return xml_octet_classes[octet] & classes;
}

/* The octet at an offset; zero, which stands in no document, behind the end. */
static inline uint8_t xml_octet(const struct xml *xml, size_t at)
{
	return at < xml->document.len ? xml->document.data[at] : 0;
}

/* Position of the next octet, from `at` on, that needs a look in text or, with in_value, in an attribute's value; end if
 * there is none. */
static inline size_t xml_next_stop(const uint8_t *data, size_t at, size_t end, bool in_value)
{
	while (end - at >= OCTETS) {
		octets_block v = octets_at(data + at);
		octets_mask stop = (v == '&') | (v == '<');
		stop |= in_value ? (v < 0x20) | (v == '"') | (v == '\'') : (v == ']') | (v == '\r');
		size_t plain = octets_before(stop);
		at += plain;
		if (plain < OCTETS)
			return at;
	}
	while (at < end && !xml_octet_is(data[at], in_value ? XML_VALUE_STOP : XML_TEXT_STOP))
		at++;
	return at;
}

/* Position of the next octet, from `at` on, that is no part of a name; end if there is none. */
static inline size_t xml_name_end(const uint8_t *data, size_t at, size_t end)
{
	while (end - at >= OCTETS) {
		octets_block v = octets_at(data + at);
		octets_mask name = octets_within(v | 0x20, 'a', 26) | octets_within(v, '0', 10) | (v == '-') | (v == '.') |
				   (v == '_') | (v >= 0x80);
		size_t names = octets_before(~name);
		at += names;
		if (names < OCTETS)
			return at;
	}
	while (at < end && xml_octet_is(data[at], XML_NAME))
		at++;
	return at;
}

/* Answers ERR_MALFORMED, with line and column counted out only now. */
enum err xml_fail_at(struct xml *xml, size_t at, const char *text);

/* The whole document is UTF-8 and holds only characters of XML. spec: XML 1.0 2.2 */
enum err xml_check_characters(struct xml *xml) MUST_USE;

/* Resolves the references and line ends of raw, which lies in the document; an attribute's white space becomes blanks. */
enum err xml_resolve(struct xml *xml, struct slice raw, bool attribute, struct slice *ret_text) MUST_USE;

#endif
