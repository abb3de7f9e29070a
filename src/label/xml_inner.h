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

/* Answers ERR_MALFORMED, with line and column counted out only now. */
enum err xml_fail_at(struct xml *xml, size_t at, const char *text);

/* The whole document is UTF-8 and holds only characters of XML. spec: XML 1.0 2.2 */
enum err xml_check_characters(struct xml *xml) MUST_USE;

/* Resolves the references and line ends of raw, which lies in the document; an attribute's white space becomes blanks. */
enum err xml_resolve(struct xml *xml, struct slice raw, bool attribute, struct slice *ret_text) MUST_USE;

#endif
