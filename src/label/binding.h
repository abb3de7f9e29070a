/* ADatP-4778 bindings: which metadata belong to which data, written around labels and read strictly. Signatures
 * over bindings are not made or verified here: `bices binding` does that, with other libraries.
 *
 * Pure: no files, nothing is fetched. A binding that is read proves nothing about who made it. */
#ifndef BICES_LABEL_BINDING_H
#define BICES_LABEL_BINDING_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

/* ---- out ---- */

enum binding_form {
	BINDING_DETACHED, /* a document of its own (sidecar NAME.EXT.bdo); the data are named by URI */
	BINDING_EMBEDDED, /* inside the XML document that it binds: first child of the root, DataReference URI="" */
	BINDING_ENCLOSED, /* encapsulating: the XML document stands inside Data */
};

struct binding_parts {
	enum binding_form form;
	const struct slice *labels; /* ADatP-4774 label documents, each bound to all the data; at least one */
	size_t label_count;
	const struct slice *uris; /* detached: what the DataReferences name ("./report.pdf"); at least one */
	size_t uri_count;
	struct slice data;         /* embedded, enclosed: an XML document */
	struct slice content_type; /* media type of the data, or empty */
	struct slice id;           /* Id of the MetadataBinding, as binding_is_id(): what a signature refers to */
};

/* Appends the binding; embedded: the data with the binding inside, its octets otherwise as they were.
 * ERR_MALFORMED: a label or data that is no such XML document (DOCTYPE included); ERR_USAGE: parts that do not fit the
 * form. */
enum err binding_print(const struct binding_parts *parts, struct arena *arena, struct buf *xml, struct diag *diag)
	MUST_USE;

/* ---- in ---- all results live in the arena or point into the document */

struct binding_item {
	bool is_data;        /* Data or DataReference; else Metadata or MetadataReference */
	bool is_reference;   /* named by uri; else content stands inside */
	bool is_transformed; /* a reference with ds:Transforms: this project does not follow it */
	bool is_label;       /* Metadata whose one child is an ADatP-4774 label */
	struct slice uri, content_type;
	struct slice content; /* the one child element as a document of its own, its namespace declarations added */
	struct binding_item *next;
};
struct metadata_binding {
	struct slice id; /* empty without one */
	struct binding_item *items;
	struct metadata_binding *next;
};
struct binding {
	struct metadata_binding *bindings;
	size_t signatures; /* ds:Signature elements that stand where a binding's signature stands; not verified here */
	size_t signature_at; /* offset where the first one stands, or is to be put */
	bool is_embedded;    /* BindingInformation is not the root of the document */
};

/* Reads the one BindingInformation of a document, as its root or embedded anywhere. What stands inside Data is somebody
 * else's. spec: ADatP-4778 schema: signatures first, containers, no element of the binding namespace elsewhere, exactly
 * one child in Metadata and Data, metadata before data, at least one of each.
 * ERR_MALFORMED; ERR_NOT_FOUND: no binding in it; ERR_TOO_LARGE beyond LIMIT_BINDING_XML. */
enum err binding_read(struct slice xml, struct arena *arena, struct binding *ret_binding, struct diag *diag) MUST_USE;

/* The same for a document that is one MetadataBinding: what a signature covers. */
enum err metadata_binding_read(struct slice xml, struct arena *arena, struct metadata_binding **ret_binding,
			       struct diag *diag) MUST_USE;

/* Appends a detached binding that holds only the labels bound to the data of this URI (empty: to any data), for
 * label_parse_xml to choose from. ERR_NOT_FOUND: there are none. */
enum err binding_labels(const struct metadata_binding *bindings, struct slice uri, struct buf *xml, struct diag *diag)
	MUST_USE;

/* True for an Id that this project writes and follows: a name of ASCII letters, digits, '.', '-', '_'. */
bool binding_is_id(struct slice id);

#endif
