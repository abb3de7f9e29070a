/* Verifying bindings. It must never answer anything but octets that were digested for a signature that holds. */
#include "collect/binding_signature.h"

#include "collect/xmldsig.h"

/* Which part of a signature does not hold, in words. */
static enum err refuse(xmlSecDSigCtxPtr context, const struct signature_form *form, struct diag *diag)
{
	for (size_t i = 0; i < xmlSecPtrListGetSize(&context->signedInfoReferences) && i < form->reference_count; i++) {
		const xmlSecDSigReferenceCtx *reference =
			xmlSecPtrListGetItem(&context->signedInfoReferences, (xmlSecSize)i);
		if (reference && reference->status == xmlSecDSigStatusInvalid)
			return diag_fail(diag, ERR_CRYPTO, "'%.*s' is not what was signed",
					 SLICE_ARG(slice_take(form->references[i].uri, 128)));
	}
	return diag_fail(diag, ERR_CRYPTO, "the signature does not verify");
}

/* What was digested for a Reference. A resource must have been digested exactly as it was given. */
static enum err digested_octets(xmlSecDSigReferenceCtxPtr reference, const struct signature_reference *expected,
				struct arena *arena, struct slice *ret_octets)
{
	xmlSecBufferPtr buffer = reference ? xmlSecDSigReferenceCtxGetPreDigestBuffer(reference) : NULL;
	if (!buffer || reference->status != xmlSecDSigStatusSucceeded ||
	    !slice_equal(slice_text((const char *)reference->uri), expected->uri))
		return ERR_CRYPTO;
	struct slice octets = slice_of(xmlSecBufferGetData(buffer), xmlSecBufferGetSize(buffer));
	if (expected->kind == REFERENCE_RESOURCE && !slice_equal(octets, expected->resource->octets))
		return ERR_CRYPTO;
	return arena_copy(arena, octets, ret_octets);
}

/* A MetadataBinding is read from its verified octets, and is the one that the Reference names. */
static enum err take_binding(struct slice uri, struct slice octets, struct arena *arena,
			     struct metadata_binding **ret_binding, struct diag *diag)
{
	struct metadata_binding *binding;
	TRY(metadata_binding_read(octets, arena, &binding, diag));
	if (!slice_equal(binding->id, slice_skip(uri, 1)))
		return diag_fail(diag, ERR_INVALID, "'%.*s' is another element", SLICE_ARG(slice_take(uri, 128)));
	*ret_binding = binding;
	return ERR_OK;
}

static enum err take_octets(struct slice uri, struct slice octets, struct arena *arena,
			    struct verified_octets **ret_octets)
{
	struct verified_octets *taken = ARENA_NEW(arena, struct verified_octets);
	if (!taken)
		return ERR_MEMORY;
	taken->uri = uri;
	taken->octets = octets;
	*ret_octets = taken;
	return ERR_OK;
}

static enum err take_verified(xmlSecDSigCtxPtr context, const struct signature_form *form, struct arena *arena,
			      struct verified_binding *verified, struct diag *diag)
{
	struct metadata_binding **last_binding = &verified->bindings;
	struct verified_octets **last_data = &verified->data;
	if (xmlSecPtrListGetSize(&context->signedInfoReferences) != form->reference_count)
		return diag_fail(diag, ERR_CRYPTO, "the signature does not verify");
	for (size_t i = 0; i < form->reference_count; i++) {
		struct slice octets;
		const struct signature_reference *expected = &form->references[i];
		enum err err = digested_octets(xmlSecPtrListGetItem(&context->signedInfoReferences, (xmlSecSize)i),
					       expected, arena, &octets);
		if (err != ERR_OK)
			return diag_fail(diag, err, "'%.*s' is not what was signed",
					 SLICE_ARG(slice_take(expected->uri, 128)));
		if (expected->kind == REFERENCE_BINDING) {
			TRY(take_binding(expected->uri, octets, arena, last_binding, diag));
			last_binding = &(*last_binding)->next;
		} else if (expected->kind != REFERENCE_OBJECT) {
			TRY(take_octets(expected->uri, octets, arena, last_data));
			last_data = &(*last_data)->next;
		}
	}
	return ERR_OK;
}

static const struct verified_octets *find_octets(const struct verified_binding *verified, struct slice uri)
{
	const struct verified_octets *data = verified->data;
	while (data && !slice_equal(data->uri, uri))
		data = data->next;
	return data;
}

/* What the verified bindings name was verified as well: the plan came from the document, this from what was signed. */
static enum err check_data(const struct verified_binding *verified, struct diag *diag)
{
	for (const struct metadata_binding *b = verified->bindings; b; b = b->next)
		for (const struct binding_item *i = b->items; i; i = i->next)
			if (i->is_reference && (!i->is_data || i->is_transformed || !find_octets(verified, i->uri)))
				return diag_fail(diag, ERR_INVALID, "'%.*s' is not signed",
						 SLICE_ARG(slice_take(i->uri, 128)));
	return verified->bindings ? ERR_OK : diag_fail(diag, ERR_INVALID, "nothing is signed");
}

static enum err verify_document(struct slice xml, const struct signature_form *form, EVP_PKEY **key,
				struct arena *arena, struct verified_binding *verified, struct diag *diag)
{
	AUTO_DOCUMENT
	document = xmldsig_parse(xml);
	xmlNodePtr node = document ? xmldsig_find(document) : NULL;
	if (!node)
		return diag_fail(diag, ERR_MALFORMED, "the document cannot be read");
	AUTO_SIGNING context = xmldsig_context(key);
	if (!context)
		return ERR_INTERNAL;
	if (!xmldsig_verify(context, node, form))
		return refuse(context, form, diag);
	TRY(take_verified(context, form, arena, verified, diag));
	return check_data(verified, diag);
}

enum err binding_verify(struct slice xml, const struct binding_trust *trust, const struct binding_resources *resources,
			struct arena *arena, struct verified_binding *ret_verified, struct diag *diag)
{
	struct binding claimed;
	struct signature_form form;
	struct verified_binding verified = {0};
	AUTO_KEY *key = NULL;
	TRY(binding_read(xml, arena, &claimed, diag));
	TRY(signature_read(xml, &claimed, resources, arena, &form, diag));
	TRY(signature_key_trusted(&form, trust, arena, &key, &verified.signer, diag));
	TRY(xmldsig_start());
	TRY(verify_document(xml, &form, &key, arena, &verified, diag));
	*ret_verified = verified;
	return ERR_OK;
}
