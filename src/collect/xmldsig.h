/* Inside of binding signatures: libxml2 and libxmlsec1 with nothing but what a binding needs. */
#ifndef BICES_COLLECT_XMLDSIG_H
#define BICES_COLLECT_XMLDSIG_H

#include "collect/signature_form.h"
#include "collect/signature_key.h"

#include <libxml/tree.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmldsig.h>

void xmldsig_document_done(xmlDocPtr *document);
void xmldsig_context_done(xmlSecDSigCtxPtr *context);
#define AUTO_DOCUMENT __attribute__((cleanup(xmldsig_document_done))) xmlDocPtr
#define AUTO_SIGNING __attribute__((cleanup(xmldsig_context_done))) xmlSecDSigCtxPtr

/* Starts the libraries once. ERR_INTERNAL when they do not start. */
enum err xmldsig_start(void) MUST_USE;

/* A document that our own reader has read before: no DOCTYPE, no entity, valid UTF-8. NULL if it is refused. */
xmlDocPtr xmldsig_parse(struct slice xml) MUST_USE;

/* The signature of the first BindingInformation, its first child element; NULL if absent. Makes the document's Ids
 * known. */
xmlNodePtr xmldsig_find(xmlDocPtr document);

/* A context with this key, which it takes over, no way to another, and only the algorithms that are accepted. NULL on
 * failure. */
xmlSecDSigCtxPtr xmldsig_context(EVP_PKEY **key) MUST_USE;

/* Signs or verifies; the form's resources are the only input beside the document. */
bool xmldsig_sign(xmlSecDSigCtxPtr context, xmlNodePtr signature, const struct signature_form *form) MUST_USE;
bool xmldsig_verify(xmlSecDSigCtxPtr context, xmlNodePtr signature, const struct signature_form *form) MUST_USE;

#endif
