/* Reading ADatP-4778 bindings. It must never answer metadata that the document does not bind by its structure: position
 * decides, never a name or an Id found somewhere. spec: ADatP-4778, BindingInformation */
#include "label/binding.h"

#include "label/xml_names.h"

#define DSIG_URI "http://www.w3.org/2000/09/xmldsig#"
#define XMIME_URI "http://www.w3.org/2005/05/xmlmime"

bool binding_is_id(struct slice id)
{
	for (size_t i = 0; i < id.len; i++) {
		uint8_t c = id.data[i], letter = c | 0x20;
		bool starts = (letter >= 'a' && letter <= 'z') || c == '_';
		if (!starts && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '.')))
			return false;
	}
	return id.len > 0;
}

/* Declarations are repeated in every child that is cut out: a bound on their sum keeps hostile ones from multiplying.
 */
enum {
	COPIES_MAX = 4 * LIMIT_BINDING_XML
};

struct reader {
	struct xml x;
	size_t copied;
};

/* ---- one child element as a document of its own ---- */

static bool is_shadowed(const struct xml *x, size_t binding)
{
	for (size_t i = binding + 1; i < x->binding_count; i++)
		if (slice_equal(x->bindings[i].prefix, x->bindings[binding].prefix))
			return true;
	return false;
}

/* The declarations in force at START of an element that it does not make itself. Index 0 is xml's own. */
static void put_declarations(const struct xml *x, struct buf *out)
{
	for (size_t i = 1; i < x->open[x->depth - 1].bindings; i++) {
		if (is_shadowed(x, i) || !x->bindings[i].uri.len)
			continue;
		struct slice prefix = x->bindings[i].prefix;
		buf_printf(out, " xmlns%s%.*s=\"", prefix.len ? ":" : "", SLICE_ARG(prefix));
		xml_put_text(out, x->bindings[i].uri);
		buf_put_text(out, "\"");
	}
}

/* At START of an element: passes over it; *ret_content is the element with the declarations it needs. */
static enum err cut_out(struct reader *r, struct slice *ret_content)
{
	struct xml *x = &r->x;
	AUTO_BUF out = buf_make(COPIES_MAX - r->copied);
	size_t from = x->event_at, name_end = from + 1 + x->open[x->depth - 1].written.len;
	buf_put(&out, slice_of(x->document.data + from, name_end - from));
	put_declarations(x, &out);
	TRY(xml_skip(x));
	buf_put(&out, slice_of(x->document.data + name_end, x->at - name_end));
	if (out.err == ERR_TOO_LARGE)
		return xml_fail(x, ERR_TOO_LARGE, "a binding with more namespace declarations than sense");
	TRY(out.err);
	r->copied += out.len;
	return arena_copy(x->arena, buf_slice(&out), ret_content);
}

/* ---- Metadata, Data and their references ---- */

static bool is_label(const struct xml *x)
{
	static const char *const names[] = {"originatorConfidentialityLabel", "alternativeConfidentialityLabel",
					    "metadataConfidentialityLabel",   "ConfidentialityLabel",
					    "OriginatorConfidentialityLabel", "alternateConfidentialityLabel"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (xml_is(x, SLICE(LABEL_URI), names[i]))
			return true;
	return false;
}

/* Content is mixed: text beside the one child element is passed over. */
static enum err read_content(struct reader *r, struct binding_item *item)
{
	struct xml *x = &r->x;
	struct slice name = x->name;
	for (bool found = false;;) {
		TRY(xml_next(x));
		if (x->event == XML_END)
			return found ? ERR_OK : xml_fail(x, ERR_MALFORMED, "%.*s holds no element", SLICE_ARG(name));
		if (x->event != XML_START)
			continue;
		if (found)
			return xml_fail(x, ERR_MALFORMED, "%.*s holds more than one element", SLICE_ARG(name));
		item->is_label = !item->is_data && is_label(x);
		TRY(cut_out(r, &item->content));
		found = true;
	}
}

static enum err read_reference(struct xml *x, struct binding_item *item)
{
	const struct xml_attribute *uri = xml_attribute(x, "URI");
	if (!uri)
		return xml_fail(x, ERR_MALFORMED, "%.*s needs a URI", SLICE_ARG(x->name));
	item->uri = uri->value;
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return ERR_OK;
		if (item->is_transformed || !xml_is(x, SLICE(DSIG_URI), "Transforms"))
			return xml_fail(x, ERR_MALFORMED, "a reference holds at most one ds:Transforms");
		item->is_transformed = true;
		TRY(xml_skip(x));
	}
}

static bool item_kind(const struct xml *x, struct binding_item *item)
{
	static const struct {
		const char *name;
		bool is_data, is_reference;
	} kinds[] = {{"Metadata", false, false},
		     {"MetadataReference", false, true},
		     {"Data", true, false},
		     {"DataReference", true, true}};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (xml_is(x, SLICE(BINDING_URI), kinds[i].name)) {
			item->is_data = kinds[i].is_data;
			item->is_reference = kinds[i].is_reference;
			return true;
		}
	return false;
}

static enum err read_item(struct reader *r, bool after_data, struct binding_item **ret_item)
{
	struct xml *x = &r->x;
	struct binding_item *item = ARENA_NEW(x->arena, struct binding_item);
	if (!item)
		return ERR_MEMORY;
	if (!item_kind(x, item) || (after_data && !item->is_data))
		return xml_fail(x, ERR_MALFORMED, "element %.*s may not stand here",
				SLICE_ARG(slice_take(x->name, 64)));
	const struct xml_attribute *type = xml_attribute_in(x, SLICE(XMIME_URI), "contentType");
	if (type)
		item->content_type = type->value;
	if (item->is_reference)
		TRY(read_reference(x, item));
	else
		TRY(read_content(r, item));
	*ret_item = item;
	return ERR_OK;
}

/* ---- the frame ---- */

/* At START of a MetadataBinding. */
static enum err read_metadata_binding(struct reader *r, struct metadata_binding **ret_binding)
{
	struct xml *x = &r->x;
	struct metadata_binding *binding = ARENA_NEW(x->arena, struct metadata_binding);
	if (!binding)
		return ERR_MEMORY;
	const struct xml_attribute *id = xml_attribute(x, "Id");
	if (id)
		binding->id = id->value;
	const struct binding_item *last = NULL;
	for (struct binding_item **end = &binding->items;; end = &(*end)->next) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			break;
		if (!last && !xml_is(x, SLICE(BINDING_URI), "Metadata") &&
		    !xml_is(x, SLICE(BINDING_URI), "MetadataReference"))
			return xml_fail(x, ERR_MALFORMED, "a MetadataBinding begins with Metadata");
		TRY(read_item(r, last && last->is_data, end));
		last = *end;
	}
	if (!last || !last->is_data)
		return xml_fail(x, ERR_MALFORMED, "a MetadataBinding needs Metadata and Data");
	*ret_binding = binding;
	return ERR_OK;
}

/* An element that the standard leaves to others; one of the binding namespace is in the wrong place. */
static enum err pass_over(struct xml *x)
{
	if (slice_equal(x->uri, SLICE(BINDING_URI)))
		return xml_fail(x, ERR_MALFORMED, "element %.*s may not stand here",
				SLICE_ARG(slice_take(x->name, 64)));
	return xml_skip(x);
}

/* At START of a MetadataBindingContainer. *end is where the next binding goes. */
static enum err read_container(struct reader *r, struct metadata_binding ***end)
{
	struct xml *x = &r->x;
	bool found = false, others = false;
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return found ? ERR_OK
				     : xml_fail(x, ERR_MALFORMED,
						"a MetadataBindingContainer without a MetadataBinding");
		if (others || !xml_is(x, SLICE(BINDING_URI), "MetadataBinding")) {
			others = true;
			TRY(pass_over(x));
			continue;
		}
		found = true;
		TRY(read_metadata_binding(r, *end));
		*end = &(**end)->next;
	}
}

enum stage {
	STAGE_SIGNATURE,
	STAGE_CONTAINER,
	STAGE_OTHER
};

static enum stage stage_of(const struct xml *x)
{
	if (xml_is(x, SLICE(DSIG_URI), "Signature"))
		return STAGE_SIGNATURE;
	return xml_is(x, SLICE(BINDING_URI), "MetadataBindingContainer") ? STAGE_CONTAINER : STAGE_OTHER;
}

/* At START of BindingInformation. */
static enum err read_information(struct reader *r, struct binding *binding)
{
	struct xml *x = &r->x;
	struct metadata_binding **end = &binding->bindings;
	enum stage before = STAGE_SIGNATURE;
	binding->signature_at = x->at;
	for (;;) {
		TRY(xml_element(x));
		if (x->event == XML_END)
			return binding->bindings
				       ? ERR_OK
				       : xml_fail(x, ERR_MALFORMED, "a binding without a MetadataBindingContainer");
		enum stage stage = stage_of(x);
		if (stage < before || (stage == STAGE_OTHER && before == STAGE_SIGNATURE))
			return xml_fail(x, ERR_MALFORMED, "element %.*s may not stand here",
					SLICE_ARG(slice_take(x->name, 64)));
		before = stage;
		if (stage == STAGE_CONTAINER) {
			TRY(read_container(r, &end));
			continue;
		}
		if (stage == STAGE_SIGNATURE && binding->signatures++ == 0)
			binding->signature_at = x->event_at;
		TRY(pass_over(x));
	}
}

static enum err open_document(struct xml *x, struct slice document, struct arena *arena, struct diag *diag)
{
	if (document.len > LIMIT_BINDING_XML)
		return diag_fail(diag, ERR_TOO_LARGE, "a binding has at most %d octets", LIMIT_BINDING_XML);
	return xml_open(x, document, arena, diag);
}

enum err binding_read(struct slice document, struct arena *arena, struct binding *ret_binding, struct diag *diag)
{
	struct reader r = {.copied = 0};
	struct xml *x = &r.x;
	struct binding binding = {0};
	bool found = false;
	TRY(open_document(x, document, arena, diag));
	do {
		TRY(xml_next(x));
		if (x->event != XML_START || !xml_is(x, SLICE(BINDING_URI), "BindingInformation"))
			continue;
		if (found)
			return xml_fail(x, ERR_MALFORMED, "more than one BindingInformation: it is open which counts");
		found = true;
		binding.is_embedded = x->depth > 1;
		TRY(read_information(&r, &binding));
	} while (x->event != XML_DONE);
	if (!found)
		return diag_fail(diag, ERR_NOT_FOUND, "no BindingInformation of %s", BINDING_URI);
	*ret_binding = binding;
	return ERR_OK;
}

enum err metadata_binding_read(struct slice document, struct arena *arena, struct metadata_binding **ret_binding,
			       struct diag *diag)
{
	struct reader r = {.copied = 0};
	struct xml *x = &r.x;
	struct metadata_binding *binding;
	TRY(open_document(x, document, arena, diag));
	TRY(xml_next(x));
	if (!xml_is(x, SLICE(BINDING_URI), "MetadataBinding"))
		return xml_fail(x, ERR_MALFORMED, "not a MetadataBinding of %s", BINDING_URI);
	TRY(read_metadata_binding(&r, &binding));
	TRY(xml_next(x)); /* nothing may follow */
	*ret_binding = binding;
	return ERR_OK;
}
