/* STIX documents to offers: form, common properties, head, and the order of it all.
 * Must never offer a part of a document: the first fault refuses the whole. */
#include "object/stix.h"

#include "base/moment.h"
#include "object/gist.h"
#include "object/place_head.h"
#include "object/stix_portions.h"
#include "object/stix_rules.h"
#include "object/words.h"

/* ---- form ---- */

static enum err check_id(struct stix_reader *reader, json_t *object, struct slice *ret_type)
{
	struct slice type = json_slice(json_object_get(object, "type")), id = json_slice(json_object_get(object, "id"));
	struct slice id_type;
	if (!type.len)
		return REFUSE(reader, ERR_MALFORMED, "type is missing");
	if (!id.len)
		return REFUSE(reader, ERR_MALFORMED, "id is missing");
	if (object_id_type(id, &id_type) != ERR_OK)
		return REFUSE(reader, ERR_MALFORMED, "id is not of the form type--UUID in lower case");
	if (!slice_equal(type, id_type))
		return REFUSE(reader, ERR_MALFORMED, "type and id do not match");
	*ret_type = type;
	return ERR_OK;
}

/* spec: STIX 2.1 3.2 and 2.10 */
static enum err read_time(struct stix_reader *reader, json_t *object, const char *name, bool required, uint64_t *ret_ms)
{
	json_t *value = json_object_get(object, name);
	struct slice text = json_slice(value);
	uint64_t ms = 0;
	if (!value && required)
		return REFUSE(reader, ERR_MALFORMED, "%s is missing", name);
	if (value && (!text.len || text.data[text.len - 1] != 'Z' || moment_parse(text, &ms) != ERR_OK))
		return REFUSE(reader, ERR_MALFORMED, "%s is no time in UTC like 2026-01-31T12:00:00.000Z", name);
	*ret_ms = ms;
	return ERR_OK;
}

/* A custom observable has no version of the standard. spec: STIX 2.1 7.3 (new-sco) */
static bool is_custom_observable(json_t *object)
{
	const char *key;
	json_t *extension;
	json_object_foreach (json_object_get(object, "extensions"), key, extension)
		if (slice_equal(json_slice(json_object_get(extension, "extension_type")), SLICE("new-sco")))
			return true;
	return false;
}

static enum err check_common(struct stix_reader *reader, json_t *object, struct slice type, struct offer *offer)
{
	json_t *version = json_object_get(object, "spec_version");
	bool observable = stix_is_observable(type) || is_custom_observable(object), versioned = stix_is_versioned(type);
	if (!version && !observable)
		return REFUSE(reader, ERR_MALFORMED, "spec_version is missing; STIX 2.1 is read");
	if (version && !slice_equal(json_slice(version), SLICE("2.1")))
		return REFUSE(reader, ERR_UNSUPPORTED, "spec_version is not 2.1");
	TRY(read_time(reader, object, "created", versioned, &offer->created));
	TRY(read_time(reader, object, "modified", versioned, &offer->modified));
	const char *missing = stix_missing_reference(type, object);
	if (missing)
		return REFUSE(reader, ERR_MALFORMED, "%s is missing", missing);
	struct diag inner = {0};
	enum err err = next_step_check(type, object, reader->arena, &inner);
	return err == ERR_OK ? ERR_OK : REFUSE(reader, err, "%s", inner.text);
}

/* A time that the common form does not hold is kept as written: decimals beyond the third, or fewer than three. Not where
 * portions have labels of their own: the head would change with a portion that its reader does not see. */
static enum err keep_version(struct stix_reader *reader, json_t *object, struct offer *offer)
{
	struct slice text = json_slice(json_object_get(object, "modified"));
	char common[MOMENT_TEXT + 1];
	moment_print(offer->modified, common);
	if (!text.len || slice_equal(text, slice_text(common)) ||
	    json_object_get(json_object_get(object, "extensions"), STIX_PORTIONS))
		return ERR_OK;
	if (text.len > LIMIT_USER)
		return REFUSE(reader, ERR_TOO_LARGE, "modified has more than %d characters", LIMIT_USER);
	return arena_copy(reader->arena, text, &offer->version);
}

/* ---- head ---- */

static const char *const NOT_IN_HEAD[] = {
	"id", "type", "modified", "object_marking_refs", "granular_markings", "extensions",
};

static bool stays_in_head(const char *name, const json_t *value)
{
	for (size_t i = 0; i < sizeof(NOT_IN_HEAD) / sizeof(NOT_IN_HEAD[0]); i++)
		if (strcmp(name, NOT_IN_HEAD[i]) == 0)
			return false;
	return !stix_refers(slice_text(name), value);
}

static enum err put_extensions(struct stix_reader *reader, json_t *object, json_t *head)
{
	json_t *extensions = json_object_get(object, "extensions"), *value;
	const char *name;
	if (extensions && !json_is_object(extensions))
		return REFUSE(reader, ERR_MALFORMED, "extensions must be an object");
	AUTO_JSON *kept = json_object();
	json_object_foreach(extensions, name, value)
		if (strcmp(name, STIX_PORTIONS) != 0 && json_object_set(kept, name, value) != 0)
			return ERR_MEMORY;
	if (json_object_size(kept) > 0 && json_object_set(head, "extensions", kept) != 0)
		return ERR_MEMORY;
	return kept ? ERR_OK : ERR_MEMORY;
}

/* The head as a value: the caller releases it. */
static enum err make_head(struct stix_reader *reader, json_t *object, struct slice version, json_t *refs, json_t **ret_head)
{
	AUTO_JSON *head = json_object();
	AUTO_JSON *granular = NULL;
	const char *name;
	json_t *value;
	if (!head)
		return ERR_MEMORY;
	json_object_foreach(object, name, value)
		if (stays_in_head(name, value) && json_object_set(head, name, value) != 0)
			return ERR_MEMORY;
	TRY(put_extensions(reader, object, head));
	if (version.len && json_object_set_new(head, "modified", json_text(version)) != 0)
		return ERR_MEMORY;
	TRY(stix_foreign_granular(reader, object, &granular));
	if (refs && json_object_set(head, "object_marking_refs", refs) != 0)
		return ERR_MEMORY;
	if (granular && json_object_set(head, "granular_markings", granular) != 0)
		return ERR_MEMORY;
	*ret_head = head;
	head = NULL;
	return ERR_OK;
}

static enum err print_head(struct stix_reader *reader, json_t *head, struct slice label, struct slice gist, struct portion_list *list)
{
	AUTO_BUF text = buf_make(LIMIT_PORTION_BYTES);
	json_canonical(head, &text);
	struct slice content;
	enum err err = buf_finish(&text, &content);
	if (err != ERR_OK)
		return REFUSE(reader, err, "properties of more than %d octets", LIMIT_PORTION_BYTES);
	struct offer_portion portion = {.kind = PORTION_HEAD, .label = label, .gist = gist};
	TRY(arena_copy(reader->arena, content, &portion.content));
	return stix_add_portion(reader, list, &portion);
}

/* ---- one object ---- */

/* An upper bound of its portions, within what a manifest holds. */
static size_t count_portions(json_t *object, json_t *items)
{
	size_t count = 1 + json_array_size(items);
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value)
		if (stix_refers(slice_text(name), value))
			count += json_is_array(value) ? json_array_size(value) : 1;
	return count < LIMIT_PORTIONS ? count : LIMIT_PORTIONS;
}

static enum err head_label(struct stix_reader *reader, json_t *object, struct slice of_items, struct slice of_object,
			   struct slice *ret_label)
{
	struct slice label = of_items.len ? of_items : of_object;
	if (!label.len && reader->input->map && !reader->input->asserted)
		TRY(stix_map_markings(reader, object, &label));
	if (!label.len)
		label = reader->input->label;
	if (!label.len)
		return REFUSE(reader, ERR_INVALID,
			      "no label; give it one as a marking-definition, with --marking, or by the channel");
	*ret_label = label;
	return ERR_OK;
}

/* The head's place is kept free in front while the items are read. */
static enum err read_portions(struct stix_reader *reader, json_t *object, const struct offer *offer, struct portion_list *list,
			      json_t **ret_head)
{
	json_t *extension = json_object_get(json_object_get(object, "extensions"), STIX_PORTIONS);
	struct slice item_label = SLICE(""), object_label, label, gist;
	struct portion_list rest = {list->items + 1, 0, list->max - 1, list->octets};
	AUTO_JSON *refs = NULL;
	if (extension)
		TRY(stix_read_items(reader, object, json_object_get(extension, "portions"), &rest, &item_label));
	TRY(stix_object_label(reader, object, &object_label, &refs));
	TRY(head_label(reader, object, item_label, object_label, &label));
	TRY(stix_add_references(reader, object, offer->type, label, &rest));
	TRY(make_head(reader, object, offer->version, refs, ret_head));
	list->octets = rest.octets;
	TRY(gist_make(offer->type, *ret_head, reader->arena, &gist));
	TRY(print_head(reader, *ret_head, label, gist, list));
	list->count += rest.count;
	return ERR_OK;
}

static enum err check_size(struct stix_reader *reader, struct slice type, size_t count)
{
	size_t slots;
	enum err err = manifest_slots(type, count, &slots);
	if (err == ERR_INVALID)
		return REFUSE(reader, ERR_UNSUPPORTED, "an object of this type has one portion and refers to nothing");
	return err == ERR_OK ? ERR_OK : REFUSE(reader, err, "more than %d portions and references", LIMIT_PORTIONS);
}

static enum err find_places(struct stix_reader *reader, json_t *head, struct slice type, struct slice *ret_places)
{
	struct diag why = {0};
	enum err err = places_of_head(head, type, reader->arena, ret_places, &why);
	return err == ERR_OK ? ERR_OK : REFUSE(reader, err, "%s", why.text);
}

static enum err offer_parts(struct stix_reader *reader, json_t *object, struct offer *offer)
{
	json_t *extension = json_object_get(json_object_get(object, "extensions"), STIX_PORTIONS);
	struct portion_list list = {.max = count_portions(object, json_object_get(extension, "portions"))};
	list.items = ARENA_ARRAY(reader->arena, list.max, struct offer_portion);
	AUTO_JSON *portioned = extension ? json_object() : NULL;
	AUTO_JSON *head = NULL;
	if (!list.items || (extension && !portioned))
		return ERR_MEMORY;
	reader->portioned = portioned;
	enum err err = read_portions(reader, object, offer, &list, &head);
	reader->portioned = NULL;
	TRY(err);
	TRY(check_size(reader, offer->type, list.count));
	TRY(find_places(reader, head, offer->type, &list.items[0].places));
	TRY(title_of_head(head, offer->type, reader->arena, &offer->title));
	offer->portions = (struct record_list){list.items, list.count};
	return ERR_OK;
}

static enum err offer_object(struct stix_reader *reader, json_t *object, struct offer *ret_offer)
{
	struct offer offer = {0};
	struct slice type;
	TRY(check_id(reader, object, &type));
	if (slice_equal(type, SLICE("bundle")))
		return REFUSE(reader, ERR_MALFORMED, "a bundle within a bundle");
	TRY(check_common(reader, object, type, &offer));
	TRY(arena_copy(reader->arena, json_slice(json_object_get(object, "id")), &offer.id));
	TRY(arena_copy(reader->arena, type, &offer.type));
	TRY(keep_version(reader, object, &offer));
	TRY(offer_parts(reader, object, &offer));
	*ret_offer = offer;
	return ERR_OK;
}

/* ---- the document ---- */

static const char *describe(struct stix_reader *reader, json_t *object, size_t i, bool bundled)
{
	struct slice id = slice_take(json_slice(json_object_get(object, "id")), 100);
	char *text = bundled ? arena_printf(reader->arena, "objects[%zu] %.*s", i, SLICE_ARG(id))
			     : arena_printf(reader->arena, "%.*s", SLICE_ARG(id.len ? id : SLICE("object")));
	return text ? text : "object";
}

static enum err keep_foreign(struct stix_reader *reader, json_t *object)
{
	const char *id = json_string_value(json_object_get(object, "id"));
	return !id || json_object_set(reader->foreign, id, object) == 0 ? ERR_OK : ERR_MEMORY;
}

static enum err take_labels(struct stix_reader *reader, json_t *objects, bool bundled, bool *taken)
{
	json_t *object;
	size_t i;
	json_array_foreach(objects, i, object) {
		reader->where = describe(reader, object, i, bundled);
		if (!json_is_object(object))
			return REFUSE(reader, ERR_MALFORMED, "not an object");
		TRY(stix_take_label(reader, object, &taken[i]));
		struct slice type = json_slice(json_object_get(object, "type"));
		if (!taken[i] && slice_equal(type, SLICE("marking-definition")))
			TRY(keep_foreign(reader, object));
	}
	return ERR_OK;
}

static enum err offer_all(struct stix_reader *reader, json_t *objects, bool bundled, struct offers *ret_offers)
{
	size_t size = json_array_size(objects), count = 0, i;
	bool *taken = ARENA_ARRAY(reader->arena, size, bool);
	struct offer *items = ARENA_ARRAY(reader->arena, size, struct offer);
	json_t *object;
	if (!taken || !items)
		return ERR_MEMORY;
	TRY(take_labels(reader, objects, bundled, taken));
	json_array_foreach(objects, i, object) {
		reader->where = describe(reader, object, i, bundled);
		if (taken[i])
			continue;
		TRY(offer_object(reader, object, &items[count]));
		count++;
	}
	if (count == 0)
		return diag_fail(reader->diag, ERR_INVALID, "labels only; there is nothing to store");
	*ret_offers = (struct offers){items, count};
	return ERR_OK;
}

/* The objects of a bundle or a TAXII envelope, or one object as a list; the caller releases it. */
static enum err list_objects(json_t *document, json_t **ret_objects, bool *ret_bundled, struct diag *diag)
{
	json_t *type = json_object_get(document, "type"), *objects = json_object_get(document, "objects");
	bool bundled = slice_equal(json_slice(type), SLICE("bundle")) || (!type && objects);
	if (!json_is_object(document))
		return diag_fail(diag, ERR_MALFORMED, "a STIX object or bundle is one JSON object");
	if (bundled && (!json_is_array(objects) || json_array_size(objects) == 0))
		return diag_fail(diag, ERR_MALFORMED, "a bundle without objects");
	if (bundled && json_array_size(objects) > LIMIT_BUNDLE_OBJECTS)
		return diag_fail(diag, ERR_TOO_LARGE, "a bundle of %zu objects; at most %d are read",
				 json_array_size(objects), LIMIT_BUNDLE_OBJECTS);
	*ret_objects = bundled ? json_incref(objects) : json_pack("[O]", document);
	*ret_bundled = bundled;
	return *ret_objects ? ERR_OK : ERR_MEMORY;
}

enum err stix_offer(const struct stix_input *input, json_t *document, struct arena *arena, struct offers *ret_offers,
		    struct diag *diag)
{
	AUTO_JSON *objects = NULL;
	AUTO_JSON *labels = json_object();
	AUTO_JSON *foreign = json_object();
	bool bundled;
	TRY(list_objects(document, &objects, &bundled, diag));
	if (!labels || !foreign)
		return ERR_MEMORY;
	struct stix_reader reader = {
		.input = input, .arena = arena, .diag = diag, .labels = labels, .foreign = foreign, .where = "bundle"};
	return offer_all(&reader, objects, bundled, ret_offers);
}
