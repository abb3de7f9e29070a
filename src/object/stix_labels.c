/* Labels in STIX: marking-definitions with our extension, references to them, granular markings.
 * Must never take a marking of ours that it cannot read for one that says nothing. */
#include "object/stix_labels.h"

#include "crypto/crypto.h"
#include "object/stix_rules.h"

#include <stdarg.h>

#define MARKING_PREFIX "marking-definition--b1ce51ab-e1ab-5"

static const uint8_t MARKING_DOMAIN[] = "bices/marking/1";

void stix_marking_id(struct slice compact, char ret_id[STIX_MARKING_ID + 1])
{
	uint8_t digest[DIGEST];
	const struct slice parts[] = {SLICE_ARRAY(MARKING_DOMAIN), compact};
	crypto_sha256_parts(parts, 2, digest);
	snprintf(ret_id, STIX_MARKING_ID + 1, MARKING_PREFIX "%x%02x-%x%x%02x-%02x%02x%02x%02x%02x%02x", digest[0] & 15,
		 digest[1], 8 + (digest[2] & 3), digest[2] >> 4, digest[3], digest[4], digest[5], digest[6], digest[7],
		 digest[8], digest[9]);
}

enum err stix_refuse(struct stix_reader *reader, enum err err, const char *format, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return diag_fail(reader->diag, err, "%s: %s", reader->where, text);
}

static enum err print_label(struct stix_reader *reader, const struct label *label, struct slice *ret_label)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	label_print_compact(label, &text);
	struct slice printed;
	TRY(buf_finish(&text, &printed));
	return arena_copy(reader->arena, printed, ret_label);
}

enum err stix_read_label(struct stix_reader *reader, struct slice text, struct slice *ret_label)
{
	const struct label *label;
	struct diag reason = {0};
	enum err err = label_parse_compact(reader->input->policies, text, reader->arena, &label, &reason);
	if (err != ERR_OK)
		return REFUSE(reader, err, "the label \"%.*s\" cannot be read: %s", SLICE_ARG(slice_take(text, 120)),
			      reason.text[0] ? reason.text : err_text(err));
	return print_label(reader, label, ret_label);
}

enum err stix_read_marking(struct stix_reader *reader, struct slice line, struct slice *ret_label)
{
	const struct label *label;
	struct diag reason = {0};
	enum err err = label_parse_marking(reader->input->policies, line, reader->arena, &label, &reason);
	if (err != ERR_OK)
		return REFUSE(reader, err, "\"%.*s\" is not a marking: %s", SLICE_ARG(slice_take(line, 120)),
			      reason.text[0] ? reason.text : err_text(err));
	return print_label(reader, label, ret_label);
}

enum err stix_check_marking(struct stix_reader *reader, struct slice label, struct slice line)
{
	const struct label *parsed;
	struct slice read;
	struct stix_reader quiet = *reader;
	quiet.diag = NULL;
	TRY(label_parse_compact(reader->input->policies, label, reader->arena, &parsed, reader->diag));
	AUTO_BUF printed = buf_make(LIMIT_LABEL_TEXT);
	label_mark(parsed, SLICE("pageTopBottom"), SLICE(""), &printed);
	TRY(printed.err);
	if (slice_equal(buf_slice(&printed), line))
		return ERR_OK;
	if (stix_read_marking(&quiet, line, &read) == ERR_OK && slice_equal(read, label))
		return ERR_OK;
	return REFUSE(reader, ERR_AMBIGUOUS, "label and marking of a portion say different things");
}

static json_t *label_extension(json_t *object)
{
	json_t *type = json_object_get(object, "type");
	if (!slice_equal(json_slice(type), SLICE("marking-definition")))
		return NULL;
	return json_object_get(json_object_get(object, "extensions"), STIX_LABEL);
}

static struct slice given_label(const struct stix_input *input, struct slice id)
{
	for (size_t i = 0; i < input->labels_count; i++)
		if (slice_equal(input->labels[i].marking_id, id))
			return input->labels[i].compact;
	return SLICE("");
}

/* An id of the form that nodes write stands for one label everywhere. */
static enum err check_own_id(struct stix_reader *reader, struct slice id, struct slice label)
{
	char own[STIX_MARKING_ID + 1];
	stix_marking_id(label, own);
	if (slice_has_prefix(id, SLICE(MARKING_PREFIX)) && !slice_equal(id, slice_text(own)))
		return REFUSE(reader, ERR_INVALID, "this id stands for another label");
	return ERR_OK;
}

enum err stix_take_label(struct stix_reader *reader, json_t *object, bool *ret_taken)
{
	json_t *extension = label_extension(object);
	if (!extension) {
		*ret_taken = false;
		return ERR_OK;
	}
	struct slice id = json_slice(json_object_get(object, "id")), type, label;
	if (object_id_type(id, &type) != ERR_OK || !slice_equal(type, SLICE("marking-definition")))
		return REFUSE(reader, ERR_MALFORMED, "id is not of the form marking-definition--UUID");
	struct slice compact = json_slice(json_object_get(extension, "label")), given = given_label(reader->input, id);
	if (!compact.len && !given.len)
		return REFUSE(reader, ERR_UNSUPPORTED, "the label stands here as XML only and was not read");
	TRY(stix_read_label(reader, compact.len ? compact : given, &label));
	if (compact.len && given.len && !slice_equal(label, given))
		return REFUSE(reader, ERR_AMBIGUOUS, "label and label_4774 say different things");
	char *key = arena_text(reader->arena, id);
	json_t *known = key ? json_object_get(reader->labels, key) : NULL;
	if (known && !slice_equal(json_slice(known), label))
		return REFUSE(reader, ERR_CONFLICT, "this id stands for two labels in the document");
	TRY(check_own_id(reader, id, label));
	if (!key || json_object_set_new(reader->labels, key, json_text(label)) != 0)
		return ERR_MEMORY;
	*ret_taken = true;
	return ERR_OK;
}

enum err stix_find_label(struct stix_reader *reader, struct slice marking_id, struct slice *ret_label)
{
	char *key = arena_text(reader->arena, marking_id);
	if (!key)
		return ERR_MEMORY;
	struct slice label = json_slice(json_object_get(reader->labels, key));
	if (!label.len && slice_has_prefix(marking_id, SLICE(MARKING_PREFIX)))
		return REFUSE(reader, ERR_UNKNOWN,
			      "the label %s is not in this document; send its marking-definition along", key);
	/* the document's values do not outlive its reading */
	return arena_copy(reader->arena, label, ret_label);
}

static enum err append(json_t **array, json_t *value)
{
	if (!*array)
		*array = json_array();
	return *array && json_array_append(*array, value) == 0 ? ERR_OK : ERR_MEMORY;
}

static bool is_portion_label(struct stix_reader *reader, struct slice label)
{
	char *name = arena_text(reader->arena, label);
	return name && json_object_get(reader->portioned, name);
}

static enum err read_marking_ref(struct stix_reader *reader, json_t *ref, struct slice *label, json_t **foreign)
{
	struct slice id = json_slice(ref), type, found;
	if (object_id_type(id, &type) != ERR_OK || !slice_equal(type, SLICE("marking-definition")))
		return REFUSE(reader, ERR_MALFORMED, "object_marking_refs holds what is no marking-definition's id");
	TRY(stix_find_label(reader, id, &found));
	if (!found.len)
		return append(foreign, ref);
	if (reader->portioned)
		return is_portion_label(reader, found)
			       ? ERR_OK
			       : REFUSE(reader, ERR_AMBIGUOUS, "object_marking_refs holds a label that no portion has");
	if (label->len && !slice_equal(*label, found))
		return REFUSE(reader, ERR_AMBIGUOUS, "two labels on one object: give each part its label as a portion");
	*label = found;
	return ERR_OK;
}

/* In an object with portions, each of them registers its label's id first, so that these are found here. */
enum err stix_object_label(struct stix_reader *reader, json_t *object, struct slice *ret_label,
			   json_t **ret_foreign)
{
	AUTO_JSON *foreign = NULL;
	struct slice label = SLICE("");
	json_t *refs = json_object_get(object, "object_marking_refs"), *ref;
	size_t i;
	if (refs && (!json_is_array(refs) || json_array_size(refs) == 0))
		return REFUSE(reader, ERR_MALFORMED, "object_marking_refs must be a list with entries");
	struct slice ours = json_slice(json_object_get(
		json_object_get(json_object_get(object, "extensions"), STIX_PORTIONS), "tlp"));
	json_array_foreach(refs, i, ref) {
		/* what a node added, the next one adds anew */
		if (ours.len && slice_equal(json_slice(ref), ours))
			continue;
		TRY(read_marking_ref(reader, ref, &label, &foreign));
	}
	*ret_label = label;
	*ret_foreign = foreign;
	foreign = NULL;
	return ERR_OK;
}

/* The name in front of the first "." or "[" of a selector. */
static struct slice selected_property(struct slice selector)
{
	size_t len = 0;
	while (len < selector.len && selector.data[len] != '.' && selector.data[len] != '[')
		len++;
	return slice_take(selector, len);
}

static enum err check_selectors(struct stix_reader *reader, json_t *marking)
{
	json_t *selectors = json_object_get(marking, "selectors"), *selector;
	size_t i;
	if (!json_is_array(selectors) || json_array_size(selectors) == 0)
		return REFUSE(reader, ERR_MALFORMED, "a granular marking without selectors");
	json_array_foreach(selectors, i, selector) {
		struct slice property = selected_property(json_slice(selector));
		if (!property.len)
			return REFUSE(reader, ERR_MALFORMED, "a granular marking with an empty selector");
		if (slice_has_prefix(json_slice(selector), SLICE("extensions." STIX_PORTIONS)))
			return REFUSE(reader, ERR_UNSUPPORTED, "a foreign granular marking on a portion");
		if (stix_is_reference(property))
			return REFUSE(reader, ERR_UNSUPPORTED,
				      "a granular marking on %.*s: give the reference a label as a portion",
				      SLICE_ARG(slice_take(property, 100)));
	}
	return ERR_OK;
}

static enum err read_granular(struct stix_reader *reader, json_t *marking, json_t **foreign)
{
	struct slice id = json_slice(json_object_get(marking, "marking_ref")), label = SLICE("");
	if (!json_is_object(marking))
		return REFUSE(reader, ERR_MALFORMED, "granular_markings holds what is no object");
	if (id.len)
		TRY(stix_find_label(reader, id, &label));
	if (label.len)
		return reader->portioned ? ERR_OK
					 : REFUSE(reader, ERR_UNSUPPORTED,
						  "a label on a part of an object: make the part a portion");
	TRY(check_selectors(reader, marking));
	return append(foreign, marking);
}

enum err stix_foreign_granular(struct stix_reader *reader, json_t *object, json_t **ret_foreign)
{
	AUTO_JSON *foreign = NULL;
	json_t *markings = json_object_get(object, "granular_markings"), *marking;
	size_t i;
	if (markings && !json_is_array(markings))
		return REFUSE(reader, ERR_MALFORMED, "granular_markings must be a list");
	json_array_foreach(markings, i, marking)
		TRY(read_granular(reader, marking, &foreign));
	*ret_foreign = foreign;
	foreign = NULL;
	return ERR_OK;
}

/* ---- labels as XML ---- */

static enum err decode_document(struct stix_reader *reader, json_t *object, struct stix_document *ret_document)
{
	struct slice text = json_slice(json_object_get(label_extension(object), "label_4774"));
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	if (!text.len || base64_decode(text, &xml) != ERR_OK)
		return REFUSE(reader, ERR_MALFORMED, "label_4774 is not base64 of a label");
	struct stix_document document;
	TRY(arena_copy(reader->arena, buf_slice(&xml), &document.xml));
	TRY(arena_copy(reader->arena, json_slice(json_object_get(object, "id")), &document.marking_id));
	*ret_document = document;
	return ERR_OK;
}

enum err stix_label_documents(json_t *document, struct arena *arena, struct stix_document **ret_documents,
			      size_t *ret_count, struct diag *diag)
{
	struct stix_reader reader = {.arena = arena, .diag = diag, .where = "marking-definition"};
	json_t *objects = json_object_get(document, "objects"), *object;
	size_t i, count = 0, max = json_array_size(objects);
	struct stix_document *documents = ARENA_ARRAY(arena, max ? max : 1, struct stix_document);
	if (!documents)
		return ERR_MEMORY;
	json_array_foreach(objects, i, object) {
		json_t *extension = label_extension(object);
		if (!extension || json_object_get(extension, "label"))
			continue;
		TRY(decode_document(&reader, object, &documents[count]));
		count++;
	}
	*ret_documents = documents;
	*ret_count = count;
	return ERR_OK;
}
