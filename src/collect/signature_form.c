/* What a signed binding claims, before anything is verified. It must never let an algorithm, a transform or a URI
 * through that is not in its tables. */
#include "collect/signature_form.h"

#include "label/xml_names.h"

#define C14N "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define C14N_11 "http://www.w3.org/2006/12/xml-c14n11"
#define EXCLUSIVE_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"

static const char *const canonicalizations[] = {EXCLUSIVE_C14N, C14N, C14N_11, NULL};
static const char *const signature_methods[] = {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
						"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
						"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", NULL};
static const char *const digest_methods[] = {"http://www.w3.org/2001/04/xmldsig-more#sha384",
					     "http://www.w3.org/2001/04/xmlenc#sha256",
					     "http://www.w3.org/2001/04/xmlenc#sha512", NULL};
static const char *const enveloped[] = {DSIG_URI "enveloped-signature", NULL};

/* ---- ds:Signature ---- */

/* The next element, which must be this one of XMLDSig. */
static enum err expect(struct xml *x, const char *name)
{
	TRY(xml_element(x));
	if (x->event != XML_START || !xml_is(x, SLICE(DSIG_URI), name))
		return xml_fail(x, ERR_MALFORMED, "element ds:%s is expected here", name);
	return ERR_OK;
}

static enum err expect_end(struct xml *x)
{
	TRY(xml_element(x));
	return x->event == XML_END ? ERR_OK
				   : xml_fail(x, ERR_UNSUPPORTED, "element %.*s is not accepted here",
					      SLICE_ARG(slice_take(x->name, 64)));
}

/* At START: is its Algorithm in the table? */
static bool has_algorithm(const struct xml *x, const char *const *table)
{
	const struct xml_attribute *algorithm = xml_attribute(x, "Algorithm");
	for (; algorithm && *table; table++)
		if (slice_equal(algorithm->value, slice_text(*table)))
			return true;
	return false;
}

static enum err refuse_algorithm(struct xml *x)
{
	const struct xml_attribute *algorithm = xml_attribute(x, "Algorithm");
	struct slice name = algorithm ? slice_take(algorithm->value, 128) : SLICE("without a name");
	return xml_fail(x, ERR_UNSUPPORTED, "the algorithm %.*s is not accepted", SLICE_ARG(name));
}

/* A method that has no parameters. */
static enum err read_method(struct xml *x, const char *name, const char *const *table)
{
	TRY(expect(x, name));
	return has_algorithm(x, table) ? expect_end(x) : refuse_algorithm(x);
}

/* At START: a canonicalization may carry an InclusiveNamespaces. */
static enum err read_canonicalization(struct xml *x)
{
	if (!has_algorithm(x, canonicalizations))
		return refuse_algorithm(x);
	TRY(xml_element(x));
	if (x->event == XML_START && xml_is(x, SLICE(EXCLUSIVE_C14N), "InclusiveNamespaces")) {
		TRY(expect_end(x));
		return expect_end(x);
	}
	return x->event == XML_END ? ERR_OK : xml_fail(x, ERR_UNSUPPORTED, "a canonicalization with parameters");
}

/* At START of Transforms: enveloped-signature, then a canonicalization, either of them at most once. */
static enum err read_transforms(struct xml *x, struct signature_reference *reference)
{
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return ERR_OK;
		if (!xml_is(x, SLICE(DSIG_URI), "Transform") || reference->is_canonicalized)
			return xml_fail(x, ERR_UNSUPPORTED, "transforms that are not accepted");
		if (has_algorithm(x, enveloped) && !reference->is_enveloped) {
			reference->is_enveloped = true;
			TRY(expect_end(x));
			continue;
		}
		TRY(read_canonicalization(x));
		reference->is_canonicalized = true;
	}
}

struct signed_document {
	const struct signature_ids *ids;
	const struct signature_form *plan;
	size_t signature_from, signature_end;
};

static bool is_in_signature(const struct signed_document *document, struct slice uri)
{
	const struct signature_id *place =
		uri.len > 1 && uri.data[0] == '#' ? signature_id_find(document->ids, slice_skip(uri, 1)) : NULL;
	return place && binding_is_id(place->id) && place->at > document->signature_from &&
	       place->at < document->signature_end;
}

/* What the Reference means by the plan, and whether its transforms suit that. */
static enum err place_reference(struct xml *x, const struct signed_document *document,
				struct signature_reference *reference)
{
	const struct signature_reference *planned = signature_reference_find(document->plan, reference->uri);
	if (!planned && !is_in_signature(document, reference->uri))
		return xml_fail(x, ERR_INVALID, "a signature over '%.*s', which the binding does not name",
				SLICE_ARG(slice_take(reference->uri, 128)));
	reference->kind = planned ? planned->kind : REFERENCE_OBJECT;
	reference->resource = planned ? planned->resource : NULL;
	bool may_envelop = reference->kind == REFERENCE_DOCUMENT || reference->kind == REFERENCE_PART;
	bool may_canonicalize = reference->kind != REFERENCE_RESOURCE;
	if ((reference->is_enveloped && !may_envelop) || (reference->is_canonicalized && !may_canonicalize))
		return xml_fail(x, ERR_UNSUPPORTED, "a transform that does not suit '%.*s'",
				SLICE_ARG(slice_take(reference->uri, 128)));
	return ERR_OK;
}

/* At START of a Reference. */
static enum err read_reference(struct xml *x, const struct signed_document *document, struct signature_form *form)
{
	struct slice digest;
	struct signature_reference reference = {0};
	const struct xml_attribute *uri = xml_attribute(x, "URI");
	if (!uri)
		return xml_fail(x, ERR_UNSUPPORTED, "a ds:Reference without a URI");
	reference.uri = uri->value;
	if (signature_reference_find(form, reference.uri))
		return xml_fail(x, ERR_INVALID, "two references to '%.*s'", SLICE_ARG(slice_take(reference.uri, 128)));
	TRY(xml_element(x));
	if (x->event == XML_START && xml_is(x, SLICE(DSIG_URI), "Transforms")) {
		TRY(read_transforms(x, &reference));
		TRY(xml_element(x));
	}
	if (x->event != XML_START || !xml_is(x, SLICE(DSIG_URI), "DigestMethod"))
		return xml_fail(x, ERR_MALFORMED, "a ds:Reference needs a DigestMethod");
	if (!has_algorithm(x, digest_methods))
		return refuse_algorithm(x);
	TRY(expect_end(x));
	TRY(expect(x, "DigestValue"));
	TRY(xml_text(x, &digest));
	TRY(expect_end(x));
	TRY(place_reference(x, document, &reference));
	return signature_reference_add(form, reference, x->diag);
}

static enum err read_signed_info(struct xml *x, const struct signed_document *document, struct signature_form *form)
{
	TRY(expect(x, "SignedInfo"));
	TRY(expect(x, "CanonicalizationMethod"));
	TRY(read_canonicalization(x));
	TRY(read_method(x, "SignatureMethod", signature_methods));
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return ERR_OK;
		if (!xml_is(x, SLICE(DSIG_URI), "Reference"))
			return xml_fail(x, ERR_MALFORMED, "element ds:Reference is expected here");
		TRY(read_reference(x, document, form));
	}
}

/* At START of an X509Certificate: base64 with line ends. */
static enum err read_certificate(struct xml *x, struct signature_form *form)
{
	struct slice text;
	AUTO_BUF base64 = buf_make(65536), der = buf_make(65536);
	if (form->certificate_count == SIGNATURE_CERTIFICATES)
		return xml_fail(x, ERR_TOO_LARGE, "more than %d certificates", SIGNATURE_CERTIFICATES);
	TRY(xml_text(x, &text));
	for (size_t i = 0; i < text.len; i++)
		if (!memchr(" \t\r\n", text.data[i], 4))
			buf_put_octet(&base64, text.data[i]);
	if (base64.err != ERR_OK || base64_decode(buf_slice(&base64), &der) != ERR_OK)
		return xml_fail(x, ERR_MALFORMED, "a certificate that is not base64");
	return arena_copy(x->arena, buf_slice(&der), &form->certificates[form->certificate_count++]);
}

/* KeyInfo says who signed by certificates alone. */
static enum err read_key_info(struct xml *x, struct signature_form *form)
{
	TRY(expect(x, "KeyInfo"));
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return form->certificate_count
				       ? ERR_OK
				       : xml_fail(x, ERR_UNSUPPORTED, "a signature without an X509Certificate");
		if (!xml_is(x, SLICE(DSIG_URI), "X509Data"))
			return xml_fail(x, ERR_UNSUPPORTED, "a KeyInfo with something else than X509Data");
		for (;;) {
			TRY(xml_element(x));
			if (x->event == XML_END)
				break;
			if (xml_is(x, SLICE(DSIG_URI), "X509Certificate"))
				TRY(read_certificate(x, form));
			else
				TRY(xml_skip(x));
		}
	}
}

/* At START of the signature. */
static enum err read_signature(struct xml *x, const struct signed_document *document, struct signature_form *form)
{
	struct slice value;
	TRY(read_signed_info(x, document, form));
	TRY(expect(x, "SignatureValue"));
	TRY(xml_text(x, &value));
	TRY(read_key_info(x, form));
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return ERR_OK;
		if (!xml_is(x, SLICE(DSIG_URI), "Object"))
			return xml_fail(x, ERR_MALFORMED, "element %.*s may not stand here",
					SLICE_ARG(slice_take(x->name, 64)));
		TRY(xml_skip(x));
	}
}

static enum err check_coverage(const struct signature_form *plan_, const struct signature_form *form, struct diag *diag)
{
	for (size_t i = 0; i < plan_->reference_count; i++)
		if (!signature_reference_find(form, plan_->references[i].uri))
			return diag_fail(diag, ERR_INVALID, "'%.*s' is not signed",
					 SLICE_ARG(slice_take(plan_->references[i].uri, 128)));
	return ERR_OK;
}

enum err signature_read(struct slice xml, const struct binding *binding, const struct binding_resources *resources,
			struct arena *arena, struct signature_form *ret_form, struct diag *diag)
{
	struct xml x;
	struct signature_ids ids = {0};
	struct signature_form planned = {0}, form = {0};
	struct signed_document document = {.ids = &ids, .plan = &planned, .signature_from = binding->signature_at};
	if (binding->signatures != 1)
		return diag_fail(diag, binding->signatures ? ERR_UNSUPPORTED : ERR_CRYPTO, "%s",
				 binding->signatures ? "more than one signature" : "the binding is not signed");
	TRY(signature_ids_read(xml, arena, &ids, diag));
	TRY(signature_plan(binding, &ids, resources, arena, &planned, diag));
	form.references = ARENA_ARRAY(arena, SIGNATURE_REFERENCES, struct signature_reference);
	if (!form.references)
		return ERR_MEMORY;
	TRY(xml_open(&x, xml, arena, diag));
	do
		TRY(xml_next(&x));
	while (x.event != XML_DONE && (x.event != XML_START || x.event_at != binding->signature_at));
	if (x.event == XML_DONE)
		return ERR_INTERNAL;
	struct xml at_signature = x;
	TRY(xml_skip(&x));
	document.signature_end = x.at;
	TRY(read_signature(&at_signature, &document, &form));
	TRY(check_coverage(&planned, &form, diag));
	*ret_form = form;
	return ERR_OK;
}
