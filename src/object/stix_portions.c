/* The items of our extension, and references. Must never let two statements about one label pass as one. */
#include "object/stix_portions.h"

#include "object/attachment.h"
#include "object/gist.h"
#include "object/stix_rules.h"
#include "object/words.h"

static enum err check_room(struct stix_reader *reader, struct portion_list *list, const struct offer_portion *portion)
{
	if (portion->content.len > LIMIT_PORTION_BYTES)
		return REFUSE(reader, ERR_TOO_LARGE, "a portion of %zu octets; at most %d", portion->content.len,
			      LIMIT_PORTION_BYTES);
	if (list->count == list->max)
		return REFUSE(reader, ERR_TOO_LARGE, "more than %zu portions and references", list->max);
	enum { FRAME = 256 }; /* ids, salts, tags and manifest, generously */
	list->octets += portion->content.len + portion->label.len + FRAME;
	if (list->octets > LIMIT_OBJECT_BYTES)
		return REFUSE(reader, ERR_TOO_LARGE, "an object of more than %d octets", LIMIT_OBJECT_BYTES);
	return ERR_OK;
}

enum err stix_add_portion(struct stix_reader *reader, struct portion_list *list, const struct offer_portion *portion)
{
	TRY(check_room(reader, list, portion));
	AUTO_BUF words = buf_make(2 * (size_t)LIMIT_PORTION_BYTES);
	TRY(words_of_portion(portion->kind, portion->content, &words));
	struct offer_portion *added = &list->items[list->count];
	*added = *portion;
	TRY(arena_copy(reader->arena, buf_slice(&words), &added->index_text));
	list->count++;
	return ERR_OK;
}

/* ---- references ---- */

static enum err reference_content(struct stix_reader *reader, struct slice property, struct slice target,
				  bool mandatory, struct slice *ret_content)
{
	AUTO_BUF content = buf_make(4096);
	/* names in canonical order */
	buf_put_text(&content, mandatory ? "{\"mandatory\":true,\"property\":" : "{\"property\":");
	json_put_string(&content, property);
	buf_put_text(&content, ",\"target\":");
	json_put_string(&content, target);
	buf_put_octet(&content, '}');
	struct slice text;
	if (buf_finish(&content, &text) != ERR_OK)
		return REFUSE(reader, ERR_TOO_LARGE, "a reference's name is too long");
	return arena_copy(reader->arena, text, ret_content);
}

static enum err add_reference(struct stix_reader *reader, struct slice type, struct slice property, json_t *value,
			      struct slice label, struct portion_list *list)
{
	struct slice target = json_slice(value), target_type;
	if (object_id_type(target, &target_type) != ERR_OK)
		return REFUSE(reader, ERR_MALFORMED, "%.*s holds what is no identifier",
			      SLICE_ARG(slice_take(property, 100)));
	struct offer_portion portion = {
		.kind = PORTION_REFERENCE, .label = label, .mandatory = stix_is_mandatory(type, property)};
	TRY(arena_copy(reader->arena, target, &portion.target));
	TRY(reference_content(reader, property, target, portion.mandatory, &portion.content));
	TRY(gist_of_reference(property, target, reader->arena, &portion.gist));
	return stix_add_portion(reader, list, &portion);
}

/* How often the list holds this very reference already. */
static size_t count_reference(const struct portion_list *list, struct slice content)
{
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++)
		count += list->items[i].kind == PORTION_REFERENCE && slice_equal(list->items[i].content, content);
	return count;
}

static enum err add_property(struct stix_reader *reader, struct slice type, struct slice property, json_t *value,
			     struct slice label, struct portion_list *list)
{
	size_t named = list->count; /* items of our extension stand in front */
	bool many = slice_has_suffix(property, SLICE("s"));
	if (many && !json_is_array(value))
		return REFUSE(reader, ERR_MALFORMED, "%.*s must be a list", SLICE_ARG(slice_take(property, 100)));
	for (size_t i = 0; i < (many ? json_array_size(value) : 1); i++) {
		struct slice content;
		json_t *target = many ? json_array_get(value, i) : value;
		bool mandatory = stix_is_mandatory(type, property);
		TRY(reference_content(reader, property, json_slice(target), mandatory, &content));
		struct portion_list before = *list;
		before.count = named;
		if (count_reference(&before, content) == 0)
			TRY(add_reference(reader, type, property, target, label, list));
	}
	return ERR_OK;
}

enum err stix_add_references(struct stix_reader *reader, json_t *object, struct slice type, struct slice label,
			     struct portion_list *list)
{
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value) {
		struct slice property = slice_text(name);
		if (stix_refers(property, value))
			TRY(add_property(reader, type, property, value, label, list));
	}
	return ERR_OK;
}

/* ---- items of our extension ---- */

static bool has_target(json_t *object, struct slice property, struct slice target, struct arena *arena)
{
	char *name = arena_text(arena, property);
	json_t *value = name ? json_object_get(object, name) : NULL, *item;
	size_t i;
	if (json_is_string(value))
		return slice_equal(json_slice(value), target);
	json_array_foreach(value, i, item)
		if (slice_equal(json_slice(item), target))
			return true;
	return false;
}

static enum err read_reference(struct stix_reader *reader, json_t *object, json_t *item, struct slice label,
			       struct portion_list *list)
{
	json_t *reference = json_object_get(item, "reference");
	struct slice property = json_slice(json_object_get(reference, "property"));
	struct slice target = json_slice(json_object_get(reference, "target"));
	if (!stix_is_reference(property) || !has_target(object, property, target, reader->arena))
		return REFUSE(reader, ERR_MALFORMED, "a portion names a reference that the object does not have");
	return add_reference(reader, json_slice(json_object_get(object, "type")), property,
			     json_object_get(reference, "target"), label, list);
}

static enum err canonical_copy(struct stix_reader *reader, json_t *value, struct slice *ret_text)
{
	AUTO_BUF text = buf_make(LIMIT_PORTION_BYTES);
	json_canonical(value, &text);
	struct slice printed;
	enum err err = buf_finish(&text, &printed);
	if (err != ERR_OK)
		return REFUSE(reader, err, "a portion of more than %d octets", LIMIT_PORTION_BYTES);
	return arena_copy(reader->arena, printed, ret_text);
}

static enum err read_text(struct stix_reader *reader, json_t *item, struct offer_portion *portion)
{
	json_t *text = json_object_get(item, "text");
	if (!json_is_string(text) || json_string_length(text) == 0)
		return REFUSE(reader, ERR_MALFORMED, "a text portion without \"text\"");
	return arena_copy(reader->arena, json_slice(text), &portion->content);
}

static bool is_table(json_t *table)
{
	json_t *columns = json_object_get(table, "columns"), *rows = json_object_get(table, "rows"), *row;
	size_t i;
	if (!json_is_array(columns) || !json_is_array(rows) || json_object_size(table) != 2)
		return false;
	json_array_foreach(rows, i, row)
		if (!json_is_array(row) || json_array_size(row) != json_array_size(columns))
			return false;
	return true;
}

static enum err read_table(struct stix_reader *reader, json_t *item, struct offer_portion *portion)
{
	json_t *table = json_object_get(item, "table");
	if (!is_table(table))
		return REFUSE(reader, ERR_MALFORMED, "\"table\" needs columns, and rows of as many cells");
	return canonical_copy(reader, table, &portion->content);
}

static enum err read_attachment(struct stix_reader *reader, json_t *item, struct offer_portion *portion)
{
	json_t *attachment = json_object_get(item, "attachment");
	AUTO_BUF hash = buf_make(sizeof(portion->blob_sha256));
	struct diag diag = {0};
	struct slice hex = json_slice(json_object_get(item, "sha256"));
	if (hex.len && (hex_decode(hex, &hash) != ERR_OK || hash.len != sizeof(portion->blob_sha256)))
		return REFUSE(reader, ERR_MALFORMED, "an attachment's \"sha256\" must have 64 lower-case hexadecimal digits");
	if (hex.len)
		memcpy(portion->blob_sha256, hash.data, hash.len);
	enum err err = attachment_check(attachment, portion->blob_sha256, &diag);
	if (err != ERR_OK)
		return REFUSE(reader, err, "%s", diag.text);
	return canonical_copy(reader, attachment, &portion->content);
}

struct item_kind {
	const char *name;
	uint8_t kind;
	enum err (*read)(struct stix_reader *reader, json_t *item, struct offer_portion *portion);
};

static const struct item_kind ITEM_KINDS[] = {
	{"head", PORTION_HEAD, NULL},
	{"text", PORTION_TEXT, read_text},
	{"table", PORTION_TABLE, read_table},
	{"attachment", PORTION_ATTACHMENT, read_attachment},
	{"reference", PORTION_REFERENCE, NULL},
};

static const struct item_kind *find_kind(struct slice name)
{
	for (size_t i = 0; i < sizeof(ITEM_KINDS) / sizeof(ITEM_KINDS[0]); i++)
		if (slice_equal(name, slice_text(ITEM_KINDS[i].name)))
			return &ITEM_KINDS[i];
	return NULL;
}

/* Members that a rendition has and an offer may bring along. */
static const char *const ITEM_MEMBERS[] = {
	"kind", "id", "label", "marking", "changed", "salt", "created", "text", "table", "attachment", "sha256", "reference",
	"classification_change", "retention", "legal_hold", "handling", "language", "translation_of", "access_expires",
};

static enum err check_members(struct stix_reader *reader, json_t *item)
{
	const char *name;
	json_t *value;
	json_object_foreach(item, name, value) {
		bool known = false;
		for (size_t i = 0; i < sizeof(ITEM_MEMBERS) / sizeof(ITEM_MEMBERS[0]); i++)
			known = known || strcmp(name, ITEM_MEMBERS[i]) == 0;
		if (!known)
			return REFUSE(reader, ERR_MALFORMED, "a portion has the unknown member \"%.60s\"", name);
	}
	return ERR_OK;
}

/* From then on the label's marking-definition id means something in this document. */
static enum err register_label(struct stix_reader *reader, struct slice label)
{
	char id[STIX_MARKING_ID + 1];
	stix_marking_id(label, id);
	char *name = arena_text(reader->arena, label);
	if (!name || json_object_set_new(reader->labels, id, json_text(label)) != 0 ||
	    json_object_set_new(reader->portioned, name, json_true()) != 0)
		return ERR_MEMORY;
	return ERR_OK;
}

static enum err read_item_label(struct stix_reader *reader, json_t *item, struct slice *ret_label)
{
	struct slice text = json_slice(json_object_get(item, "label"));
	struct slice marking = json_slice(json_object_get(item, "marking")), label;
	if (text.len) {
		TRY(stix_read_label(reader, text, &label));
	} else if (marking.len) {
		TRY(stix_read_marking(reader, marking, &label));
	} else if (reader->input->label.len) {
		label = reader->input->label;
	} else {
		return REFUSE(reader, ERR_INVALID, "a portion has no label");
	}
	if (text.len && marking.len)
		TRY(stix_check_marking(reader, label, marking));
	*ret_label = label;
	return register_label(reader, label);
}

static enum err read_item(struct stix_reader *reader, json_t *object, json_t *item, struct portion_list *list,
			  struct slice *head_label)
{
	const struct item_kind *kind = find_kind(json_slice(json_object_get(item, "kind")));
	if (!kind)
		return REFUSE(reader, ERR_MALFORMED, "a portion of unknown kind");
	TRY(check_members(reader, item));
	struct offer_portion portion = {.kind = kind->kind};
	TRY(read_item_label(reader, item, &portion.label));
	if (kind->kind == PORTION_HEAD) {
		if (head_label->len)
			return REFUSE(reader, ERR_MALFORMED, "two portions of kind head");
		*head_label = portion.label;
		return ERR_OK;
	}
	if (kind->kind == PORTION_REFERENCE)
		return read_reference(reader, object, item, portion.label, list);
	TRY(kind->read(reader, item, &portion));
	return stix_add_portion(reader, list, &portion);
}

enum err stix_read_items(struct stix_reader *reader, json_t *object, json_t *items, struct portion_list *list,
			 struct slice *ret_head_label)
{
	struct slice head_label = SLICE("");
	json_t *item;
	size_t i;
	if (!json_is_array(items) || json_array_size(items) == 0)
		return REFUSE(reader, ERR_MALFORMED, "portions must be a list with entries");
	json_array_foreach(items, i, item)
		TRY(read_item(reader, object, item, list, &head_label));
	*ret_head_label = head_label;
	return ERR_OK;
}
