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
#include "label/octets.h"

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
	uint32_t space;                                  /* number of uri among those of xml_know(), or 0 */
	struct slice text;                               /* XML_TEXT: a piece of character data */
	struct xml_attribute attributes[XML_ATTRIBUTES + 1]; /* XML_START, without the namespace declarations */
	size_t attribute_count;
	size_t depth;    /* open elements, the one of XML_START included */
	size_t event_at; /* offset of the event in the document */

	/* private */
	struct slice document;
	size_t at;
	struct arena *arena;
	struct diag *diag;
	struct {
		struct slice written;              /* with its prefix */
		uint32_t prefix_len;               /* its colon included */
		uint32_t binding;                  /* what its namespace is, of the bindings; or XML_BINDINGS for none */
		uint32_t bindings;                 /* in force around it */
	} open[LIMIT_XML_DEPTH];
	struct {
		struct slice prefix, uri;
		uint32_t space;
	} bindings[XML_BINDINGS];
	size_t binding_count;
	const struct slice *known;
	size_t known_count;
	bool empty_element, root_seen;
	struct {
		size_t at;
		uint32_t line;
	} counted; /* the last place that was counted out */
};

/* Declares a reader. xml_open() sets all that is read before it is written, so the compiler need not clear the tables. */
#define XML_READER __attribute__((uninitialized)) struct xml

/* Begins to read. The document and the arena must outlive what is read. ERR_MALFORMED for octets that are no XML text. */
enum err xml_open(struct xml *xml, struct slice document, struct arena *arena, struct diag *diag) MUST_USE;

/* Right behind xml_open(): the namespaces that get numbers, from 1 on, so that they need not be compared again and again.
 * The list must outlive what is read. */
void xml_know(struct xml *xml, const struct slice *uris, size_t count);

/* The next event. After the root element's end: XML_DONE, once everything behind it was found empty. */
enum err xml_next(struct xml *xml) MUST_USE;

/* At XML_START: reads to that element's end and answers its character data. ERR_MALFORMED if it has child elements. */
enum err xml_text(struct xml *xml, struct slice *ret_text) MUST_USE;

/* At XML_START: passes over everything up to that element's end. */
enum err xml_skip(struct xml *xml) MUST_USE;

/* The attribute of the current element with this namespace, or without one; NULL if absent. */
const struct xml_attribute *xml_attribute_named(const struct xml *xml, struct slice uri, struct slice name);
static inline const struct xml_attribute *xml_attribute_in(const struct xml *xml, struct slice uri, const char *name)
{
	return xml_attribute_named(xml, uri, slice_of(name, strlen(name)));
}
static inline const struct xml_attribute *xml_attribute(const struct xml *xml, const char *name)
{
	return xml_attribute_in(xml, slice_of(NULL, 0), name);
}

/* True at an element of this expanded name. */
static inline bool xml_is(const struct xml *xml, struct slice uri, const char *name)
{
	return octets_equal(xml->name, slice_of(name, strlen(name))) && slice_equal(xml->uri, uri);
}

/* A table of words with what they mean, from 1 on. Answers 0 for a word that is not in it. */
struct xml_word {
	struct slice text;
	int meaning;
};
static inline int xml_meaning(const struct xml_word *words, size_t count, struct slice text)
{
	for (size_t i = 0; i < count; i++)
		if (octets_equal(words[i].text, text))
			return words[i].meaning;
	return 0;
}
#define XML_MEANING(words, text) xml_meaning((words), sizeof(words) / sizeof((words)[0]), (text))

/* Line and column (in characters) of an offset, from 1. */
void xml_place(struct xml *xml, size_t at, uint32_t *ret_line, uint32_t *ret_column);

/* Sets the diag with the place of the current event; answers err. */
enum err xml_fail(struct xml *xml, enum err err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* After a failure that a function without knowledge of the document put into the diag: adds the place of the current
 * event. Answers err. */
enum err xml_placed(struct xml *xml, enum err err);

/* White space collapsed as for xs:token. */
enum err xml_collapse_copy(struct slice text, struct arena *arena, struct slice *ret_token) MUST_USE;

/* The same, in place where nothing changes. Most tokens are short and hold no white space at all. */
static inline enum err xml_collapse(struct slice text, struct arena *arena, struct slice *ret_token)
{
	if (text.len - 1 >= OCTETS)
		return xml_collapse_copy(text, arena, ret_token);
	if (octets_low(octets_words(text)))
		return xml_collapse_copy(text, arena, ret_token);
	*ret_token = text;
	return ERR_OK;
}

#endif
