/* Writing ADatP-4778 bindings. Labels and data go in as the octets they are: nothing is printed anew, so that what was
 * signed or hashed before stays so. Only whole XML documents without a DOCTYPE are taken in. */
#include "label/binding.h"

#include "label/xml_names.h"

#define XMIME_URI "http://www.w3.org/2005/05/xmlmime"

/* The root element of a document: all of it, and where its start tag ends. */
struct root {
	struct slice element; /* without what stands before and behind it */
	size_t at, open_end;  /* offsets in the document */
	struct slice written; /* its name with prefix */
	bool is_empty;        /* <root/> */
	struct slice uri, name;
};

static enum err read_root(struct slice document, struct arena *arena, struct root *ret_root, struct diag *diag)
{
	struct xml x;
	TRY(xml_open(&x, document, arena, diag));
	TRY(xml_next(&x));
	struct root root = {.at = x.event_at,
			    .open_end = x.at,
			    .written = x.open[0].written,
			    .is_empty = x.empty_element,
			    .uri = x.uri,
			    .name = x.name};
	while (x.depth) {
		TRY(xml_next(&x));
		if (x.event == XML_START && xml_is(&x, SLICE(BINDING_URI), "BindingInformation"))
			return xml_fail(&x, ERR_INVALID, "it holds a binding already");
	}
	root.element = slice_of(document.data + root.at, x.at - root.at);
	TRY(xml_next(&x)); /* nothing may follow */
	*ret_root = root;
	return ERR_OK;
}

static enum err put_label(struct slice label, struct arena *arena, struct buf *xml, struct diag *diag)
{
	struct root root;
	TRY(read_root(label, arena, &root, diag));
	if (!slice_equal(root.uri, SLICE(LABEL_URI)) || !slice_has_suffix(root.name, SLICE("ConfidentialityLabel")))
		return diag_fail(diag, ERR_MALFORMED, "not a label of %s", LABEL_URI);
	buf_put_text(xml, "<mb:Metadata>");
	buf_put(xml, root.element);
	buf_put_text(xml, "</mb:Metadata>");
	return xml->err;
}

static void put_content_type(struct slice type, struct buf *xml)
{
	if (!type.len)
		return;
	buf_put_text(xml, " xmime:contentType=\"");
	xml_put_text(xml, type);
	buf_put_text(xml, "\"");
}

static void put_reference(struct slice uri, struct slice content_type, struct buf *xml)
{
	buf_put_text(xml, "<mb:DataReference URI=\"");
	xml_put_text(xml, uri);
	buf_put_text(xml, "\"");
	put_content_type(content_type, xml);
	buf_put_text(xml, "/>");
}

static enum err put_data(const struct binding_parts *parts, const struct root *data, struct buf *xml)
{
	if (parts->form == BINDING_EMBEDDED)
		put_reference(slice_of(NULL, 0), parts->content_type, xml);
	for (size_t i = 0; parts->form == BINDING_DETACHED && i < parts->uri_count; i++)
		put_reference(parts->uris[i], parts->content_type, xml);
	if (parts->form == BINDING_ENCLOSED) {
		buf_put_text(xml, "<mb:Data");
		put_content_type(parts->content_type, xml);
		buf_put_text(xml, ">");
		buf_put(xml, data->element);
		buf_put_text(xml, "</mb:Data>");
	}
	return xml->err;
}

/* The default namespace is taken back in a foreign document, so that labels mean there what they mean alone. */
static enum err put_information(const struct binding_parts *parts, const struct root *data, struct arena *arena,
				struct buf *xml, struct diag *diag)
{
	buf_put_text(xml, "<mb:BindingInformation xmlns:mb=\"" BINDING_URI "\"");
	if (parts->content_type.len)
		buf_put_text(xml, " xmlns:xmime=\"" XMIME_URI "\"");
	if (parts->form == BINDING_EMBEDDED)
		buf_put_text(xml, " xmlns=\"\"");
	buf_printf(xml, "><mb:MetadataBindingContainer><mb:MetadataBinding Id=\"%.*s\">", SLICE_ARG(parts->id));
	for (size_t i = 0; i < parts->label_count; i++)
		TRY(put_label(parts->labels[i], arena, xml, diag));
	TRY(put_data(parts, data, xml));
	buf_put_text(xml, "</mb:MetadataBinding></mb:MetadataBindingContainer></mb:BindingInformation>");
	return xml->err;
}

static enum err check_parts(const struct binding_parts *parts, struct diag *diag)
{
	if (parts->label_count == 0)
		return diag_fail(diag, ERR_USAGE, "a binding needs a label");
	if (!binding_is_id(parts->id))
		return diag_fail(diag, ERR_USAGE, "a binding needs an Id of ASCII letters, digits, '.', '-' and '_'");
	if (parts->form == BINDING_DETACHED && parts->uri_count == 0)
		return diag_fail(diag, ERR_USAGE, "a detached binding needs the URI of its data");
	for (size_t i = 0; i < parts->uri_count; i++)
		if (!utf8_is_text(parts->uris[i]) || !parts->uris[i].len)
			return diag_fail(diag, ERR_USAGE, "not a URI");
	return ERR_OK;
}

enum err binding_print(const struct binding_parts *parts, struct arena *arena, struct buf *xml, struct diag *diag)
{
	struct root data = {0};
	TRY(check_parts(parts, diag));
	if (parts->form == BINDING_DETACHED) {
		TRY(put_information(parts, &data, arena, xml, diag));
		buf_put_text(xml, "\n");
		return xml->err;
	}
	TRY(read_root(parts->data, arena, &data, diag));
	if (parts->form == BINDING_ENCLOSED) {
		TRY(put_information(parts, &data, arena, xml, diag));
		buf_put_text(xml, "\n");
		return xml->err;
	}
	buf_put(xml, slice_take(parts->data, data.open_end - (data.is_empty ? 2 : 0)));
	buf_put_text(xml, data.is_empty ? ">" : "");
	TRY(put_information(parts, &data, arena, xml, diag));
	if (data.is_empty)
		buf_printf(xml, "</%.*s>", SLICE_ARG(data.written));
	buf_put(xml, slice_skip(parts->data, data.open_end));
	return xml->err;
}

/* True for a binding of a label to the data of this URI, or to any for an empty one. */
static bool has_label_for(const struct metadata_binding *binding, struct slice uri)
{
	bool has_label = false, has_data = false;
	for (const struct binding_item *i = binding->items; i; i = i->next) {
		has_label |= i->is_label;
		has_data |= i->is_data && (!uri.len || (i->is_reference && slice_equal(i->uri, uri)));
	}
	return has_label && has_data;
}

static void put_labels(const struct metadata_binding *binding, struct slice uri, struct buf *xml)
{
	buf_put_text(xml, "<mb:MetadataBinding>");
	for (const struct binding_item *i = binding->items; i; i = i->next) {
		if (!i->is_label)
			continue;
		buf_put_text(xml, "<mb:Metadata>");
		buf_put(xml, i->content);
		buf_put_text(xml, "</mb:Metadata>");
	}
	put_reference(uri, slice_of(NULL, 0), xml);
	buf_put_text(xml, "</mb:MetadataBinding>");
}

enum err binding_labels(const struct metadata_binding *bindings, struct slice uri, struct buf *xml, struct diag *diag)
{
	size_t count = 0;
	buf_put_text(xml, "<mb:BindingInformation xmlns:mb=\"" BINDING_URI "\"><mb:MetadataBindingContainer>");
	for (const struct metadata_binding *b = bindings; b; b = b->next)
		if (has_label_for(b, uri)) {
			put_labels(b, uri, xml);
			count++;
		}
	buf_put_text(xml, "</mb:MetadataBindingContainer></mb:BindingInformation>\n");
	TRY(xml->err);
	return count ? ERR_OK : diag_fail(diag, ERR_NOT_FOUND, "the binding holds no label for that");
}
