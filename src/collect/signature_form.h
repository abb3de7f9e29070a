/* Inside of binding signatures: what a document says about its signature, read by our own strict reader before any
 * other library sees it. */
#ifndef BICES_COLLECT_SIGNATURE_FORM_H
#define BICES_COLLECT_SIGNATURE_FORM_H

#include "collect/binding_signature.h"

#define DSIG_URI "http://www.w3.org/2000/09/xmldsig#"

enum {
	SIGNATURE_CERTIFICATES = 8,
	SIGNATURE_REFERENCES = 256
};

enum reference_kind {
	REFERENCE_BINDING,  /* #Id of a MetadataBinding */
	REFERENCE_DOCUMENT, /* "": the document around the signature */
	REFERENCE_PART,     /* #Id of data in the same document */
	REFERENCE_RESOURCE, /* octets that the caller gives */
	REFERENCE_OBJECT,   /* #Id within the signature itself, such as a signature property: verified, not used */
};

struct signature_reference {
	struct slice uri;
	enum reference_kind kind;
	bool is_enveloped, is_canonicalized;
	const struct binding_resource *resource; /* REFERENCE_RESOURCE */
};

struct signature_form {
	struct signature_reference *references;
	size_t reference_count;
	struct slice certificates[SIGNATURE_CERTIFICATES]; /* DER, the signer's first */
	size_t certificate_count;
};

struct signature_id {
	struct slice id;
	size_t at; /* offset of its element */
};
struct signature_ids {
	struct signature_id *items; /* in ascending order */
	size_t count, capacity;
};

/* Every Id of a document: attributes Id, ID, id without a namespace and xml:id, all in one space. ERR_INVALID: one
 * twice. */
enum err signature_ids_read(struct slice xml, struct arena *arena, struct signature_ids *ids, struct diag *diag)
	MUST_USE;
const struct signature_id *signature_id_find(const struct signature_ids *ids, struct slice id); /* NULL if absent */

const struct signature_reference *signature_reference_find(const struct signature_form *form,
							   struct slice uri); /* NULL if absent */
enum err signature_reference_add(struct signature_form *form, struct signature_reference reference, struct diag *diag)
	MUST_USE;

/* The References that a signature over this binding must have: into form, which is empty. Every binding has an Id and
 * every URI can be followed, else the errors of binding_sign. */
enum err signature_plan(const struct binding *binding, const struct signature_ids *ids,
			const struct binding_resources *resources, struct arena *arena, struct signature_form *form,
			struct diag *diag) MUST_USE;

/* Reads the one signature of a binding: its algorithms are acceptable and its References are those of the plan, each
 * once, in any order, beside others to its own objects. */
enum err signature_read(struct slice xml, const struct binding *binding, const struct binding_resources *resources,
			struct arena *arena, struct signature_form *ret_form, struct diag *diag) MUST_USE;

#endif
