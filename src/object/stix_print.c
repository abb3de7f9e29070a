/* Renditions to STIX: the properties, the references shown, and our extension, in which nothing but content varies in
 * length. Must never print a number, place or name of what the rendition does not disclose. */
#include "object/stix.h"

#include "base/moment.h"
#include "object/stix_rules.h"

enum { MARK_TEXT = 2048 };

/* What one printing needs. */
struct printer {
	const struct policy_set *policies;
	const struct rendition_view *view;
	struct stix_map *map; /* or NULL */
	struct arena *arena;
	const struct label **labels; /* of each portion */
	json_t *object;              /* the result on its way; owned by stix_print */
};

/* Takes over value, as jansson's _new functions do; a failure of either is ERR_MEMORY. */
static enum err set(json_t *object, const char *name, json_t *value)
{
	return json_object_set_new(object, name, value) == 0 ? ERR_OK : ERR_MEMORY;
}

static enum err append(json_t *array, json_t *value)
{
	return json_array_append_new(array, value) == 0 ? ERR_OK : ERR_MEMORY;
}

static enum err set_text(json_t *object, const char *name, struct slice text)
{
	return set(object, name, json_text(text));
}

static enum err set_moment(json_t *object, const char *name, uint64_t ms)
{
	char text[MOMENT_TEXT + 1];
	moment_print(ms, text);
	return set_text(object, name, slice_text(text));
}

static enum err set_base64(json_t *object, const char *name, struct slice bytes)
{
	AUTO_BUF text = buf_make(LIMIT_OBJECT_BYTES);
	buf_put_base64(&text, bytes);
	TRY(text.err);
	return set_text(object, name, buf_slice(&text));
}

static enum err set_hex(json_t *object, const char *name, struct slice bytes)
{
	AUTO_BUF text = buf_make(1024);
	buf_put_hex(&text, bytes);
	TRY(text.err);
	return set_text(object, name, buf_slice(&text));
}

/* ---- labels ---- */

static enum err read_labels(struct printer *printer)
{
	const struct rendition_view *view = printer->view;
	printer->labels = ARENA_ARRAY(printer->arena, view->count, const struct label *);
	if (!printer->labels)
		return ERR_MEMORY;
	for (size_t i = 0; i < view->count; i++) {
		if (i > 0 && slice_equal(view->portions[i].label, view->portions[i - 1].label))
			printer->labels[i] = printer->labels[i - 1];
		else
			TRY(label_parse_compact(printer->policies, view->portions[i].label, printer->arena,
						&printer->labels[i], NULL));
	}
	return ERR_OK;
}

static enum err set_marking(json_t *item, const struct label *label)
{
	AUTO_BUF text = buf_make(MARK_TEXT);
	label_mark(label, SLICE("pageTopBottom"), SLICE(""), &text);
	TRY(text.err);
	return set_text(item, "marking", buf_slice(&text));
}

static json_t *marking_id(struct slice label)
{
	char id[STIX_MARKING_ID + 1];
	stix_marking_id(label, id);
	return json_string(id);
}

/* ---- items ---- */

static const char *const KIND_NAMES[] = {
	[PORTION_HEAD] = "head",	   [PORTION_TEXT] = "text",
	[PORTION_TABLE] = "table",	   [PORTION_ATTACHMENT] = "attachment",
	[PORTION_REFERENCE] = "reference",
};

/* The head's content stands in the object itself. */
static enum err set_content(json_t *item, const struct portion *portion)
{
	if (portion->kind == PORTION_HEAD)
		return portion->created ? set_moment(item, "created", portion->created) : ERR_OK;
	if (portion->kind == PORTION_TEXT)
		return set_text(item, "text", portion->content);
	json_t *content;
	TRY(json_read(portion->content, LIMIT_PORTION_BYTES, &content, NULL));
	TRY(set(item, KIND_NAMES[portion->kind], content));
	return portion->kind == PORTION_ATTACHMENT ? set_hex(item, "sha256", SLICE_ARRAY(portion->blob_sha256))
						   : ERR_OK;
}

static enum err set_text_if(json_t *item, const char *name, struct slice text)
{
	return text.len ? set_text(item, name, text) : ERR_OK;
}

static enum err set_reserved(json_t *item, const struct portion *portion)
{
	TRY(set_text_if(item, "classification_change", portion->classification_change));
	TRY(set_text_if(item, "retention", portion->retention));
	TRY(set_text_if(item, "handling", portion->handling));
	TRY(set_text_if(item, "language", portion->language));
	if (portion->legal_hold)
		TRY(set(item, "legal_hold", json_integer(portion->legal_hold)));
	if (portion->access_expires)
		TRY(set_moment(item, "access_expires", portion->access_expires));
	struct slice translation = SLICE_ARRAY(portion->translation_of);
	return slice_is_zero(translation) ? ERR_OK : set_hex(item, "translation_of", translation);
}

static enum err put_item(struct printer *printer, size_t i, json_t *item)
{
	const struct portion *portion = &printer->view->portions[i];
	const struct disclosed *disclosed = (const struct disclosed *)printer->view->rendition.disclosed.items + i;
	TRY(set_text(item, "kind", slice_text(KIND_NAMES[portion->kind])));
	TRY(set_hex(item, "id", SLICE_ARRAY(portion->id)));
	TRY(set_text(item, "label", portion->label));
	TRY(set_marking(item, printer->labels[i]));
	TRY(set_moment(item, "changed", portion->changed));
	TRY(set_base64(item, "salt", SLICE_ARRAY(disclosed->salt)));
	TRY(set_content(item, portion));
	return set_reserved(item, portion);
}

static enum err set_items(struct printer *printer, json_t *extension)
{
	json_t *items = json_array();
	TRY(set(extension, "portions", items));
	for (size_t i = 0; i < printer->view->count; i++) {
		json_t *item = json_object();
		TRY(append(items, item));
		TRY(put_item(printer, i, item));
	}
	return ERR_OK;
}

static enum err set_top_marking(struct printer *printer, json_t *extension)
{
	AUTO_BUF text = buf_make(MARK_TEXT);
	TRY(label_mark_aggregate(printer->policies, printer->labels, printer->view->count, SLICE(""), &text));
	TRY(text.err);
	return set_text(extension, "marking", buf_slice(&text));
}

/* The member of the object, made when it is not there. */
static json_t *member(json_t *object, const char *name, json_t *(*make)(void))
{
	json_t *value = json_object_get(object, name);
	if (!value && json_object_set_new(object, name, make()) == 0)
		value = json_object_get(object, name);
	return value;
}

static enum err set_extension(struct printer *printer)
{
	const struct rendition_view *view = printer->view;
	json_t *extensions = member(printer->object, "extensions", json_object), *extension = json_object();
	TRY(set(extensions, STIX_PORTIONS, extension));
	TRY(set_text(extension, "extension_type", SLICE("property-extension")));
	TRY(set_text(extension, "originator", view->manifest.originator));
	TRY(set_text(extension, "realm", view->manifest.realm));
	TRY(set_base64(extension, "manifest", view->rendition.manifest));
	TRY(set_base64(extension, "signature", SLICE_ARRAY(view->rendition.signature)));
	TRY(set_top_marking(printer, extension));
	return set_items(printer, extension);
}

/* ---- references ---- */

static enum err set_reference(json_t *object, const struct portion *portion)
{
	AUTO_JSON *reference = NULL;
	TRY(json_read(portion->content, LIMIT_PORTION_BYTES, &reference, NULL));
	json_t *property = json_object_get(reference, "property"), *target = json_object_get(reference, "target");
	const char *name = json_string_value(property);
	if (!name || !json_is_string(target) || !stix_is_reference(json_slice(property)))
		return ERR_MALFORMED;
	if (!slice_has_suffix(json_slice(property), SLICE("s")))
		return json_object_set(object, name, target) == 0 ? ERR_OK : ERR_MEMORY;
	json_t *list = member(object, name, json_array);
	if (!json_is_array(list))
		return ERR_MALFORMED;
	return json_array_append(list, target) == 0 ? ERR_OK : ERR_MEMORY;
}

static enum err set_references(struct printer *printer)
{
	for (size_t i = 0; i < printer->view->count; i++)
		if (printer->view->portions[i].kind == PORTION_REFERENCE)
			TRY(set_reference(printer->object, &printer->view->portions[i]));
	return ERR_OK;
}

/* ---- markings ---- */

static bool is_first_of_label(const struct rendition_view *view, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (slice_equal(view->portions[i].label, view->portions[at].label))
			return false;
	return true;
}

/* Where a portion stands in the printed object. */
static enum err add_selectors(const struct rendition_view *view, struct slice label, json_t *selectors)
{
	char text[sizeof(STIX_PORTIONS) + 64];
	for (size_t i = 0; i < view->count; i++) {
		if (!slice_equal(view->portions[i].label, label))
			continue;
		snprintf(text, sizeof(text), "extensions.%s.portions.[%zu]", STIX_PORTIONS, i);
		TRY(append(selectors, json_string(text)));
	}
	return ERR_OK;
}

/* spec: STIX 2.1 7.2: one entry for each label among the portions shown */
static enum err set_markings(struct printer *printer)
{
	const struct rendition_view *view = printer->view;
	json_t *refs = member(printer->object, "object_marking_refs", json_array);
	json_t *granular = member(printer->object, "granular_markings", json_array);
	for (size_t i = 0; i < view->count; i++) {
		if (!is_first_of_label(view, i))
			continue;
		json_t *entry = json_object(), *selectors = json_array();
		TRY(append(refs, marking_id(view->portions[i].label)));
		TRY(append(granular, entry));
		TRY(set(entry, "marking_ref", marking_id(view->portions[i].label)));
		TRY(set(entry, "selectors", selectors));
		TRY(add_selectors(view, view->portions[i].label, selectors));
	}
	return ERR_OK;
}

/* The strictest TLP that a marking in the list says; -1: none. */
static int tlp_of(const json_t *refs)
{
	int strictest = -1;
	for (size_t i = 0; i < json_array_size(refs); i++) {
		int tlp = stix_tlp_of_id(json_slice(json_array_get(refs, i)));
		strictest = tlp > strictest ? tlp : strictest;
	}
	return strictest;
}

/* The level for all portions shown, unless the author said one as strict. */
static enum err set_tlp(struct printer *printer)
{
	const struct rendition_view *view = printer->view;
	json_t *refs = json_object_get(printer->object, "object_marking_refs");
	json_t *extension = json_object_get(json_object_get(printer->object, "extensions"), STIX_PORTIONS);
	int tlp = 0;
	if (!printer->map)
		return ERR_OK;
	for (size_t i = 0; i < view->count; i++) {
		int one = is_first_of_label(view, i) ? stix_map_export(printer->map, view->portions[i].label) : 0;
		tlp = one > tlp ? one : tlp;
	}
	if (tlp_of(refs) >= tlp)
		return ERR_OK;
	TRY(append(refs, json_string(stix_tlp_id(tlp))));
	return set(extension, "tlp", json_string(stix_tlp_id(tlp)));
}

/* ---- the object ---- */

static enum err set_times(struct printer *printer, struct slice type, uint64_t modified)
{
	const struct portion *head = printer->view->head;
	bool has_created = json_object_get(printer->object, "created");
	bool untimed = stix_is_observable(type) || slice_equal(type, SLICE("marking-definition"));
	if (untimed && !(has_created && stix_is_observable(type)))
		return ERR_OK;
	if (!has_created)
		TRY(set_moment(printer->object, "created", head->created ? head->created : head->changed));
	if (json_object_get(printer->object, "modified") && head->changed == modified)
		return ERR_OK; /* the version as its author wrote it */
	return set_moment(printer->object, "modified", modified);
}

static enum err assemble(struct printer *printer, uint64_t modified)
{
	struct slice type;
	TRY(object_id_type(printer->view->manifest.object_id, &type));
	TRY(set_text(printer->object, "type", type));
	TRY(set_text(printer->object, "id", printer->view->manifest.object_id));
	TRY(set_times(printer, type, modified));
	TRY(set_references(printer));
	TRY(set_markings(printer));
	TRY(set_extension(printer));
	return set_tlp(printer);
}

enum err stix_print(const struct policy_set *policies, const struct rendition_view *view, uint64_t modified,
		    struct buf *json)
{
	return stix_print_mapped(policies, NULL, view, modified, json);
}

enum err stix_print_mapped(const struct policy_set *policies, struct stix_map *map, const struct rendition_view *view,
			   uint64_t modified, struct buf *json)
{
	AUTO_ARENA arena = {0};
	AUTO_JSON *object = NULL;
	struct printer printer = {.policies = policies, .view = view, .map = map, .arena = &arena};
	TRY(read_labels(&printer));
	TRY(json_read(view->head->content, LIMIT_PORTION_BYTES, &object, NULL));
	if (!json_is_object(object))
		return ERR_MALFORMED;
	printer.object = object;
	TRY(assemble(&printer, modified));
	json_canonical(object, json);
	return json->err;
}

/* ---- marking-definitions ---- */

/* A marking-definition says what a label means, for all objects and all times: its dates are constants, so that every
 * node prints the same octets. */
#define MARKING_CREATED "2026-01-01T00:00:00.000Z"
enum { DAY_MS = 24 * 3600 * 1000, REVIEW_DAYS = 25 * 365 };

static enum err set_label_xml(json_t *extension, const struct label *label)
{
	uint64_t created;
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	TRY(moment_parse(SLICE(MARKING_CREATED), &created));
	TRY(label_print_xml(label, created, created + (uint64_t)REVIEW_DAYS * DAY_MS, &xml));
	TRY(xml.err);
	return set_base64(extension, "label_4774", buf_slice(&xml));
}

enum err stix_print_marking(const struct policy_set *policies, struct slice compact, struct buf *json)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF name = buf_make(MARK_TEXT);
	AUTO_JSON *object = json_pack("{s:s, s:s, s:s, s:{s:{s:s}}}", "type", "marking-definition", "spec_version",
				      "2.1", "created", MARKING_CREATED, "extensions", STIX_LABEL, "extension_type",
				      "property-extension");
	const struct label *label;
	if (!object)
		return ERR_MEMORY;
	TRY(label_parse_compact(policies, compact, &arena, &label, NULL));
	label_mark(label, SLICE("pageTopBottom"), SLICE(""), &name);
	TRY(name.err);
	json_t *extension = json_object_get(json_object_get(object, "extensions"), STIX_LABEL);
	TRY(set(object, "id", marking_id(compact)));
	TRY(set_text(object, "name", buf_slice(&name)));
	TRY(set_text(extension, "label", compact));
	TRY(set_label_xml(extension, label));
	json_canonical(object, json);
	return json->err;
}
