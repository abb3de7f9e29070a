/* What foreign markings mean here, by the table of the policies. Must never take the more open of two meanings. */
#include "object/stix_labels.h"

#include "object/stix_rules.h"

/* The strictest label so far. */
struct meaning {
	const struct label *label;
	struct slice key; /* of the marking it comes from */
};

static enum err merge(struct stix_reader *reader, struct meaning *meaning, const struct stix_map_row *row)
{
	const struct policy_set *policies = reader->input->map->policies;
	if (row->meaning == MEANING_KEEP)
		return ERR_OK;
	if (row->meaning == MEANING_REFUSE)
		return REFUSE(reader, ERR_INVALID, "%.*s has no label here; give the object a label of ours",
			SLICE_ARG(slice_take(row->key, 100)));
	if (meaning->label && stix_map_is_stricter(policies, meaning->label, row->label))
		return ERR_OK;
	if (meaning->label && !stix_map_is_stricter(policies, row->label, meaning->label))
		return REFUSE(reader, ERR_AMBIGUOUS,
			"%.*s and %.*s have no common label here; give the object a label of ours",
			SLICE_ARG(slice_take(meaning->key, 100)), SLICE_ARG(slice_take(row->key, 100)));
	*meaning = (struct meaning){row->label, row->key};
	return ERR_OK;
}

static enum err add_marking(struct stix_reader *reader, json_t *ref, struct meaning *meaning)
{
	const char *id = json_string_value(ref);
	AUTO_BUF key = buf_make(LIMIT_JSON_BYTES);
	if (!id)
		return ERR_OK;
	stix_map_key(slice_text(id), json_object_get(reader->foreign, id), &key);
	TRY(key.err);
	const struct stix_map_row *row = key.len ? stix_map_find(reader->input->map, buf_slice(&key)) : NULL;
	return row ? merge(reader, meaning, row) : ERR_OK;
}

static enum err print(struct stix_reader *reader, const struct label *label, struct slice *ret_label)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	label_print_compact(label, &text);
	TRY(text.err);
	return arena_copy(reader->arena, buf_slice(&text), ret_label);
}

enum err stix_map_markings(struct stix_reader *reader, json_t *object, struct slice *ret_label)
{
	struct meaning meaning = {0};
	json_t *ref, *marking;
	size_t i;
	json_array_foreach(json_object_get(object, "object_marking_refs"), i, ref)
		TRY(add_marking(reader, ref, &meaning));
	json_array_foreach(json_object_get(object, "granular_markings"), i, marking)
		TRY(add_marking(reader, json_object_get(marking, "marking_ref"), &meaning));
	if (meaning.label)
		return print(reader, meaning.label, ret_label);
	*ret_label = SLICE("");
	return ERR_OK;
}
