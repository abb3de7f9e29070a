/* Which octets a signature over a binding must cover, and where in a document an Id stands. It must never let one Id
 * mean two elements. */
#include "collect/signature_form.h"

#include "label/xml.h"

/* ---- Ids ---- */

static bool is_id_attribute(const struct xml_attribute *a)
{
	if (slice_equal(a->uri, SLICE("http://www.w3.org/XML/1998/namespace")))
		return slice_equal(a->name, SLICE("id"));
	return !a->uri.len && a->name.len == 2 && (a->name.data[0] | 0x20) == 'i' && (a->name.data[1] | 0x20) == 'd' &&
	       !slice_equal(a->name, SLICE("iD"));
}

static enum err add_id(struct signature_ids *ids, struct slice id, size_t at, struct arena *arena)
{
	if (ids->count == ids->capacity) {
		size_t capacity = ids->capacity ? 2 * ids->capacity : 64;
		struct signature_id *items = ARENA_ARRAY(arena, capacity, struct signature_id);
		if (!items)
			return ERR_MEMORY;
		if (ids->count)
			memcpy(items, ids->items, ids->count * sizeof(*items));
		ids->items = items;
		ids->capacity = capacity;
	}
	ids->items[ids->count++] = (struct signature_id){id, at};
	return ERR_OK;
}

static int by_id(const void *a, const void *b)
{
	return slice_compare(((const struct signature_id *)a)->id, ((const struct signature_id *)b)->id);
}

/* Every Id of the document in order; the same twice is refused, whoever means it. */
enum err signature_ids_read(struct slice xml, struct arena *arena, struct signature_ids *ids, struct diag *diag)
{
	struct xml x;
	TRY(xml_open(&x, xml, arena, diag));
	do {
		TRY(xml_next(&x));
		for (size_t i = 0; x.event == XML_START && i < x.attribute_count; i++)
			if (is_id_attribute(&x.attributes[i]))
				TRY(add_id(ids, slice_trim(x.attributes[i].value), x.event_at, arena));
	} while (x.event != XML_DONE);
	if (ids->count)
		qsort(ids->items, ids->count, sizeof(*ids->items), by_id);
	for (size_t i = 1; i < ids->count; i++)
		if (slice_equal(ids->items[i].id, ids->items[i - 1].id))
			return diag_fail(diag, ERR_INVALID, "the Id '%.*s' is given twice",
					 SLICE_ARG(slice_take(ids->items[i].id, 64)));
	return ERR_OK;
}

const struct signature_id *signature_id_find(const struct signature_ids *ids, struct slice id)
{
	struct signature_id wanted = {id, 0};
	return ids->count ? bsearch(&wanted, ids->items, ids->count, sizeof(*ids->items), by_id) : NULL;
}

/* ---- the plan ---- */

const struct signature_reference *signature_reference_find(const struct signature_form *form, struct slice uri)
{
	for (size_t i = 0; i < form->reference_count; i++)
		if (slice_equal(form->references[i].uri, uri))
			return &form->references[i];
	return NULL;
}

enum err signature_reference_add(struct signature_form *form, struct signature_reference reference, struct diag *diag)
{
	if (form->reference_count == SIGNATURE_REFERENCES)
		return diag_fail(diag, ERR_TOO_LARGE, "a signature has at most %d references", SIGNATURE_REFERENCES);
	form->references[form->reference_count++] = reference;
	return ERR_OK;
}

static enum err plan_binding(struct signature_form *form, struct slice id, struct arena *arena, struct diag *diag)
{
	if (!binding_is_id(id))
		return diag_fail(diag, ERR_INVALID, "a MetadataBinding without a plain Id cannot be signed");
	struct signature_reference reference = {.kind = REFERENCE_BINDING, .is_canonicalized = true};
	const char *uri = arena_printf(arena, "#%.*s", SLICE_ARG(id));
	if (!uri)
		return ERR_MEMORY;
	reference.uri = slice_text(uri);
	return signature_reference_add(form, reference, diag);
}

static enum err plan_resource(struct signature_form *form, struct slice uri, const struct binding_resources *resources,
			      struct diag *diag)
{
	struct signature_reference reference = {.uri = uri, .kind = REFERENCE_RESOURCE};
	if (slice_find_octet(uri, '#') >= 0)
		return diag_fail(diag, ERR_UNSUPPORTED, "a part of another document cannot be signed");
	for (size_t i = 0; i < resources->count && !reference.resource; i++)
		if (slice_equal(resources->items[i].uri, uri))
			reference.resource = &resources->items[i];
	if (!reference.resource)
		return diag_fail(diag, ERR_NOT_FOUND, "the data '%.*s' are not given", SLICE_ARG(slice_take(uri, 256)));
	return signature_reference_add(form, reference, diag);
}

/* Data in the same document: all of it, or the element of an Id. */
static enum err plan_part(struct signature_form *form, struct slice uri, const struct signature_ids *ids,
			  struct diag *diag)
{
	struct signature_reference reference = {
		.uri = uri, .kind = REFERENCE_DOCUMENT, .is_enveloped = true, .is_canonicalized = true};
	if (uri.len == 0)
		return signature_reference_add(form, reference, diag);
	reference.kind = REFERENCE_PART;
	reference.is_enveloped = false;
	if (!binding_is_id(slice_skip(uri, 1)) || !signature_id_find(ids, slice_skip(uri, 1)))
		return diag_fail(diag, ERR_NOT_FOUND, "no element '%.*s' in the document",
				 SLICE_ARG(slice_take(uri, 256)));
	return signature_reference_add(form, reference, diag);
}

static enum err plan_item(struct signature_form *form, const struct binding_item *item, const struct signature_ids *ids,
			  const struct binding_resources *resources, struct diag *diag)
{
	if (!item->is_reference)
		return ERR_OK; /* inside of the MetadataBinding */
	if (!item->is_data || item->is_transformed)
		return diag_fail(diag, ERR_UNSUPPORTED,
				 "a reference to metadata, or one with transforms, is not followed");
	const struct signature_reference *there = signature_reference_find(form, item->uri);
	if (there && there->kind == REFERENCE_BINDING)
		return diag_fail(diag, ERR_INVALID, "a binding that names a binding as its data");
	if (there)
		return ERR_OK; /* bound twice, signed once */
	if (item->uri.len && item->uri.data[0] != '#')
		return plan_resource(form, item->uri, resources, diag);
	return plan_part(form, item->uri, ids, diag);
}

enum err signature_plan(const struct binding *binding, const struct signature_ids *ids,
			const struct binding_resources *resources, struct arena *arena, struct signature_form *form,
			struct diag *diag)
{
	form->references = ARENA_ARRAY(arena, SIGNATURE_REFERENCES, struct signature_reference);
	if (!form->references)
		return ERR_MEMORY;
	for (const struct metadata_binding *b = binding->bindings; b; b = b->next)
		TRY(plan_binding(form, b->id, arena, diag));
	for (const struct metadata_binding *b = binding->bindings; b; b = b->next)
		for (const struct binding_item *i = b->items; i; i = i->next)
			TRY(plan_item(form, i, ids, resources, diag));
	return ERR_OK;
}
