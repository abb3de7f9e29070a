/* A strict pull reader of XML 1.0 with namespaces, in place: what it answers points into the document, or into the
 * arena where a reference had to be resolved.
 *
 * Refuses: DOCTYPE, entities other than the predefined five, encodings other than UTF-8, invalid UTF-8, NUL and other
 * characters outside XML's, mismatched or missing tags, undeclared prefixes, an attribute given twice (by expanded
 * name), depth beyond LIMIT_XML_DEPTH. Comments and processing instructions are passed over. Never recursive. */
#ifndef BICES_LABEL_XML_H
#define BICES_LABEL_XML_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/limits.h"

enum { XML_ATTRIBUTES = 32, XML_BINDINGS = 48 }; /* per element; namespace declarations in force */

enum xml_event { XML_START, XML_TEXT, XML_END, XML_DONE };

struct xml_attribute {
	struct slice uri, name, value; /* uri is empty for an attribute without prefix */
	size_t at;
};

struct xml {
	/* what was read */
	enum xml_event event;
	struct slice uri, name;                          /* XML_START, XML_END: expanded name */
	struct slice text;                               /* XML_TEXT: a piece of character data */
	struct xml_attribute attributes[XML_ATTRIBUTES]; /* XML_START, without the namespace declarations */
	size_t attribute_count;
	size_t depth;    /* open elements, the one of XML_START included */
	size_t event_at; /* offset of the event in the document */

	/* private */
	struct slice document;
	size_t at;
	struct arena *arena;
	struct diag *diag;
	struct {
		struct slice written, uri, name; /* written: with its prefix */
		size_t bindings;
	} open[LIMIT_XML_DEPTH];
	struct {
		struct slice prefix, uri;
	} bindings[XML_BINDINGS];
	size_t binding_count;
	bool empty_element, root_seen;
	struct {
		size_t at;
		uint32_t line, column;
	} counted; /* the last place that was counted out */
};

/* Begins to read. The document and the arena must outlive what is read. ERR_MALFORMED for octets that are no XML text. */
enum err xml_open(struct xml *xml, struct slice document, struct arena *arena, struct diag *diag) MUST_USE;

/* The next event. After the root element's end: XML_DONE, once everything behind it was found empty. */
enum err xml_next(struct xml *xml) MUST_USE;

/* At XML_START: reads to that element's end and answers its character data. ERR_MALFORMED if it has child elements. */
enum err xml_text(struct xml *xml, struct slice *ret_text) MUST_USE;

/* At XML_START: passes over everything up to that element's end. */
enum err xml_skip(struct xml *xml) MUST_USE;

/* The attribute of the current element without a namespace, or with this one; NULL if absent. */
const struct xml_attribute *xml_attribute(const struct xml *xml, const char *name);
const struct xml_attribute *xml_attribute_in(const struct xml *xml, struct slice uri, const char *name);

/* True at an element of this expanded name. */
bool xml_is(const struct xml *xml, struct slice uri, const char *name);

/* Line and column (in characters) of an offset, from 1. */
void xml_place(struct xml *xml, size_t at, uint32_t *ret_line, uint32_t *ret_column);

/* Sets the diag with the place of the current event; answers err. */
enum err xml_fail(struct xml *xml, enum err err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* White space collapsed as for xs:token: in place where nothing changes. */
enum err xml_collapse(struct slice text, struct arena *arena, struct slice *ret_token) MUST_USE;

#endif
