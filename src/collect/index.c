/* Renditions to search rows. Must never mix the text of two portions: each row has the label of its own portion. */
#include "collect/collect.h"

#include "base/moment.h"
#include "object/gist.h"
#include "object/place_head.h"
#include "object/portion.h"
#include "object/stix_rules.h"
#include "object/words.h"

static enum err index_head(const struct rendition_view *view, struct arena *arena, struct msg_indexed *indexed, struct slice *ret_gist,
	struct slice *ret_places)
{
	AUTO_JSON *head = NULL;
	TRY(json_read(view->head->content, LIMIT_PORTION_BYTES, &head, NULL));
	if (!json_is_object(head))
		return ERR_MALFORMED;
	struct slice created = json_slice(json_object_get(head, "created"));
	indexed->created = view->head->created;
	if (created.len)
		TRY(moment_parse(created, &indexed->created));
	struct slice version = json_slice(json_object_get(head, "modified"));
	if (version.len > LIMIT_USER)
		return ERR_TOO_LARGE;
	TRY(arena_copy(arena, version, &indexed->version));
	TRY(object_id_type(view->manifest.object_id, &indexed->type));
	TRY(gist_make(indexed->type, head, arena, ret_gist));
	/* what another node let pass and this one would not is no reason to lose the object: it has no place here */
	enum err err = places_of_head(head, indexed->type, arena, ret_places, NULL);
	if (err == ERR_MEMORY)
		return err;
	return title_of_head(head, indexed->type, arena, &indexed->title);
}

static enum err index_reference(struct slice content, struct slice type, struct arena *arena,
				struct indexed_portion *indexed)
{
	AUTO_JSON *reference = NULL;
	struct slice target_type;
	TRY(json_read(content, LIMIT_PORTION_BYTES, &reference, NULL));
	struct slice target = json_slice(json_object_get(reference, "target"));
	struct slice property = json_slice(json_object_get(reference, "property"));
	if (!stix_is_reference(property))
		return ERR_MALFORMED;
	TRY(object_id_type(target, &target_type));
	/* the standard's word counts as well as the originator's: a demanded reference hides whoever says so */
	indexed->mandatory = stix_is_mandatory(type, property) || json_is_true(json_object_get(reference, "mandatory"));
	TRY(gist_of_reference(property, target, arena, &indexed->gist));
	return arena_copy(arena, target, &indexed->target);
}

static enum err index_portion(const struct portion *portion, struct slice type, struct arena *arena,
			      struct indexed_portion *indexed)
{
	if (portion->kind == PORTION_REFERENCE)
		return index_reference(portion->content, type, arena, indexed);
	AUTO_BUF text = buf_make(2 * (size_t)LIMIT_PORTION_BYTES);
	TRY(words_of_portion(portion->kind, portion->content, &text));
	return arena_copy(arena, buf_slice(&text), &indexed->text);
}

enum err collect_index(struct slice rendition, struct arena *arena, struct msg_indexed *ret_indexed)
{
	struct rendition_view view;
	struct msg_indexed indexed = {0};
	struct slice gist, places = {0};
	TRY(rendition_open(rendition, arena, &view));
	TRY(index_head(&view, arena, &indexed, &gist, &places));
	struct indexed_portion *portions = ARENA_ARRAY(arena, view.count, struct indexed_portion);
	if (!portions)
		return ERR_MEMORY;
	for (size_t i = 0; i < view.count; i++) {
		TRY(index_portion(&view.portions[i], indexed.type, arena, &portions[i]));
		if (&view.portions[i] == view.head) {
			portions[i].gist = gist;
			portions[i].places = places;
		}
	}
	indexed.portions = (struct record_list){portions, view.count};
	*ret_indexed = indexed;
	return ERR_OK;
}
