/* libxml2 and libxmlsec1, held to what a binding needs. They must never open a file or a connection, load a DTD, follow
 * a KeyInfo or write to a terminal. */
#include "collect/xmldsig.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <openssl/err.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/io.h>
#include <xmlsec/openssl/evp.h>

#define BINDING_URI "urn:nato:stanag:4778:bindinginformation:1:0"

/* ---- what xmlsec may read ---- */

/* The resources of the call in progress: the only input there is. */
static const struct signature_form *in_hand;

struct reading {
	struct slice rest;
};

static const struct binding_resource *resource_in_hand(const char *uri)
{
	for (size_t i = 0; in_hand && i < in_hand->reference_count; i++)
		if (in_hand->references[i].kind == REFERENCE_RESOURCE &&
		    slice_equal(in_hand->references[i].uri, slice_text(uri)))
			return in_hand->references[i].resource;
	return NULL;
}

static int input_match(const char *uri)
{
	return resource_in_hand(uri) != NULL;
}

static void *input_open(const char *uri)
{
	const struct binding_resource *resource = resource_in_hand(uri);
	struct reading *reading = resource ? malloc(sizeof(*reading)) : NULL;
	if (reading)
		reading->rest = resource->octets;
	return reading;
}

static int input_read(void *context, char *to, int len)
{
	struct reading *reading = context;
	struct slice piece = slice_take(reading->rest, len > 0 ? (size_t)len : 0);
	if (piece.len)
		memcpy(to, piece.data, piece.len);
	reading->rest = slice_skip(reading->rest, piece.len);
	return (int)piece.len;
}

static int input_close(void *context)
{
	free(context);
	return 0;
}

enum err xmldsig_start(void)
{
	static bool started;
	if (started)
		return ERR_OK;
	xmlInitParser();
	if (xmlSecInit() < 0 || xmlSecCryptoInit() < 0)
		return ERR_INTERNAL;
	xmlSecErrorsSetCallback(NULL); /* or it would write to standard error */
	xmlSecIOCleanupCallbacks();
	if (xmlSecIORegisterCallbacks(input_match, input_open, input_read, input_close) < 0)
		return ERR_INTERNAL;
	started = true;
	return ERR_OK;
}

/* ---- documents ---- */

void xmldsig_document_done(xmlDocPtr *document)
{
	xmlFreeDoc(*document);
}

void xmldsig_context_done(xmlSecDSigCtxPtr *context)
{
	if (*context)
		xmlSecDSigCtxDestroy(*context);
}

static void be_silent(void *context, xmlErrorPtr error)
{
	(void)context, (void)error;
}

xmlDocPtr xmldsig_parse(struct slice xml)
{
	xmlSetStructuredErrorFunc(NULL, be_silent);
	return xmlReadMemory((const char *)xml.data, (int)xml.len, NULL, "UTF-8",
			     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
}

static bool is_element(const xmlNode *node, const char *uri, const char *name)
{
	return node && node->type == XML_ELEMENT_NODE && node->ns && strcmp((const char *)node->name, name) == 0 &&
	       strcmp((const char *)node->ns->href, uri) == 0;
}

/* The next node in document order, or NULL. */
static xmlNodePtr following(xmlNodePtr node)
{
	if (node->children && node->type == XML_ELEMENT_NODE)
		return node->children;
	while (node && !node->next)
		node = node->parent && node->parent->type == XML_ELEMENT_NODE ? node->parent : NULL;
	return node ? node->next : NULL;
}

/* Makes the Ids known that our reader found to be unique. */
static void declare_ids(xmlDocPtr document, xmlNodePtr node)
{
	static const char *const names[] = {"Id", "ID", "id"};
	for (xmlAttrPtr a = node->properties; a; a = a->next)
		for (size_t i = 0; !a->ns && i < sizeof(names) / sizeof(names[0]); i++) {
			xmlChar *value = strcmp((const char *)a->name, names[i]) == 0
						 ? xmlNodeListGetString(document, a->children, 1)
						 : NULL;
			if (value)
				xmlAddID(NULL, document, value, a);
			xmlFree(value);
		}
}

xmlNodePtr xmldsig_find(xmlDocPtr document)
{
	xmlNodePtr information = NULL;
	for (xmlNodePtr node = xmlDocGetRootElement(document); node; node = following(node)) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		declare_ids(document, node);
		if (!information && is_element(node, BINDING_URI, "BindingInformation"))
			information = node;
	}
	xmlNodePtr first = information ? xmlFirstElementChild(information) : NULL;
	return is_element(first, DSIG_URI, "Signature") ? first : NULL;
}

static bool enable_algorithms(xmlSecDSigCtxPtr context)
{
	const xmlSecTransformId references[] = {xmlSecTransformExclC14NId,   xmlSecTransformInclC14NId,
						xmlSecTransformInclC14N11Id, xmlSecTransformEnvelopedId,
						xmlSecTransformSha256Id,     xmlSecTransformSha384Id,
						xmlSecTransformSha512Id};
	const xmlSecTransformId signatures[] = {xmlSecTransformExclC14NId,    xmlSecTransformInclC14NId,
						xmlSecTransformInclC14N11Id,  xmlSecTransformEcdsaSha256Id,
						xmlSecTransformEcdsaSha384Id, xmlSecTransformRsaSha256Id};
	bool enabled = true;
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++)
		enabled &= xmlSecDSigCtxEnableReferenceTransform(context, references[i]) == 0;
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
		enabled &= xmlSecDSigCtxEnableSignatureTransform(context, signatures[i]) == 0;
	return enabled;
}

xmlSecDSigCtxPtr xmldsig_context(EVP_PKEY **key)
{
	xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
	xmlSecKeyDataPtr data = context ? xmlSecOpenSSLEvpKeyAdopt(*key) : NULL;
	if (data) {
		*key = NULL;
		context->signKey = xmlSecKeyCreate();
	}
	bool has_key = data && context->signKey && xmlSecKeySetValue(context->signKey, data) == 0;
	if (data && !has_key)
		xmlSecKeyDataDestroy(data);
	if (has_key && enable_algorithms(context)) {
		context->flags = XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS | XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
		return context;
	}
	if (context)
		xmlSecDSigCtxDestroy(context);
	return NULL;
}

/* Runs with the resources of this form as the only input. */
static bool run(int (*work)(xmlSecDSigCtxPtr, xmlNodePtr), xmlSecDSigCtxPtr context, xmlNodePtr signature,
		const struct signature_form *form)
{
	in_hand = form;
	bool done = work(context, signature) == 0 && context->status == xmlSecDSigStatusSucceeded;
	in_hand = NULL;
	ERR_clear_error();
	return done;
}

bool xmldsig_sign(xmlSecDSigCtxPtr context, xmlNodePtr signature, const struct signature_form *form)
{
	return run(xmlSecDSigCtxSign, context, signature, form);
}

bool xmldsig_verify(xmlSecDSigCtxPtr context, xmlNodePtr signature, const struct signature_form *form)
{
	return run(xmlSecDSigCtxVerify, context, signature, form);
}
