/* Signing bindings. It must never change an octet of the document but for the signature that it puts in. */
#include "collect/binding_signature.h"

#include "base/limits.h"
#include "collect/xmldsig.h"

#define EXCLUSIVE_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"
#define SHA384 "http://www.w3.org/2001/04/xmldsig-more#sha384"

static void output_done(xmlBufferPtr *output)
{
	xmlBufferFree(*output);
}

#define AUTO_OUTPUT __attribute__((cleanup(output_done))) xmlBufferPtr

static void put_uri(struct slice uri, struct buf *xml)
{
	for (size_t i = 0; i < uri.len; i++)
		switch (uri.data[i]) {
		case '&': buf_put_text(xml, "&amp;"); break;
		case '<': buf_put_text(xml, "&lt;"); break;
		case '"': buf_put_text(xml, "&quot;"); break;
		default: buf_put_octet(xml, uri.data[i]);
		}
}

static void put_reference(const struct signature_reference *reference, struct buf *xml)
{
	buf_put_text(xml, "<ds:Reference URI=\"");
	put_uri(reference->uri, xml);
	buf_put_text(xml, "\">");
	if (reference->is_canonicalized) {
		buf_put_text(xml, "<ds:Transforms>");
		if (reference->is_enveloped)
			buf_put_text(xml, "<ds:Transform Algorithm=\"" DSIG_URI "enveloped-signature\"/>");
		buf_put_text(xml, "<ds:Transform Algorithm=\"" EXCLUSIVE_C14N "\"/></ds:Transforms>");
	}
	buf_put_text(xml, "<ds:DigestMethod Algorithm=\"" SHA384 "\"/><ds:DigestValue/></ds:Reference>");
}

/* The document with a signature that has no values yet. */
static void put_template(struct slice xml, size_t at, const struct signature_form *form, const char *method,
			 struct buf *out)
{
	buf_put(out, slice_take(xml, at));
	buf_put_text(out, "<ds:Signature xmlns:ds=\"" DSIG_URI
			  "\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"" EXCLUSIVE_C14N "\"/>");
	buf_printf(out, "<ds:SignatureMethod Algorithm=\"%s\"/>", method);
	for (size_t i = 0; i < form->reference_count; i++)
		put_reference(&form->references[i], out);
	buf_put_text(out, "</ds:SignedInfo><ds:SignatureValue/></ds:Signature>");
	buf_put(out, slice_skip(xml, at));
}

/* The signature in the document with its values, as text without its end tag. */
static enum err sign_template(struct slice template, const struct signature_form *form, EVP_PKEY **key,
			      struct buf *signature)
{
	AUTO_DOCUMENT
	document = xmldsig_parse(template);
	xmlNodePtr node = document ? xmldsig_find(document) : NULL;
	AUTO_SIGNING context = node ? xmldsig_context(key) : NULL;
	AUTO_OUTPUT output = xmlBufferCreate();
	if (!context || !output)
		return ERR_INTERNAL;
	if (!xmldsig_sign(context, node, form) || xmlNodeDump(output, document, node, 0, 0) < 0)
		return ERR_CRYPTO;
	struct slice text = slice_text((const char *)xmlBufferContent(output)), end = SLICE("</ds:Signature>");
	if (!slice_has_suffix(text, end))
		return ERR_INTERNAL;
	buf_put(signature, slice_take(text, text.len - end.len));
	return signature->err;
}

enum err binding_sign(struct slice xml, const struct binding_signer *signer, const struct binding_resources *resources,
		      struct arena *arena, struct buf *signed_xml, struct diag *diag)
{
	struct binding binding;
	struct signature_ids ids = {0};
	struct signature_form form = {0};
	AUTO_KEY *key = NULL;
	const char *method;
	AUTO_BUF template = buf_make(2 * (size_t)LIMIT_BINDING_XML), signature = buf_make(LIMIT_BINDING_XML),
		 certificates = buf_make(LIMIT_BINDING_XML);
	TRY(binding_read(xml, arena, &binding, diag));
	if (binding.signatures)
		return diag_fail(diag, ERR_CONFLICT, "the binding is signed already");
	TRY(signature_ids_read(xml, arena, &ids, diag));
	TRY(signature_plan(&binding, &ids, resources, arena, &form, diag));
	TRY(signature_key_open(signer, &key, &method, &certificates, diag));
	TRY(xmldsig_start());
	put_template(xml, binding.signature_at, &form, method, &template);
	TRY(template.err);
	enum err err = sign_template(buf_slice(&template), &form, &key, &signature);
	if (err != ERR_OK)
		return diag_fail(diag, err, "the binding could not be signed");
	buf_put(signed_xml, slice_take(xml, binding.signature_at));
	buf_put(signed_xml, buf_slice(&signature));
	buf_put_text(signed_xml, "<ds:KeyInfo><ds:X509Data>");
	buf_put(signed_xml, buf_slice(&certificates));
	buf_put_text(signed_xml, "</ds:X509Data></ds:KeyInfo></ds:Signature>");
	buf_put(signed_xml, slice_skip(xml, binding.signature_at));
	return signed_xml->err;
}
