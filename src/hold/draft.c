/* From what a user offers to a draft that guard can sign: labels checked, ids and times given, matched with what is held.
 * Writes nothing. Never lets an author write what he may not read, nor refer to what he may not see as if it were there. */
#include "hold/inside.h"

#include "crypto/crypto.h"

enum err hold_object_id(struct slice type, struct arena *arena, struct slice *ret_id)
{
	uint8_t r[16];
	crypto_random(r, sizeof(r));
	r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
	r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
	const char *text = arena_printf(arena, "%.*s--%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
					SLICE_ARG(type), r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10],
					r[11], r[12], r[13], r[14], r[15]);
	if (!text)
		return ERR_MEMORY;
	*ret_id = slice_text(text);
	return ERR_OK;
}

/* ---- one portion ---- */

static struct slice default_label(const struct hold *hold, const struct hold_offer *offer)
{
	for (size_t i = 0; offer->collection.len && i < hold->settings.collection_count; i++)
		if (slice_equal(hold->settings.collections[i].id, offer->collection))
			return hold->settings.collections[i].default_label;
	return (struct slice){0};
}

static enum err label_take(struct hold *hold, struct view *view, const struct hold_offer *offer,
			   const struct offered_portion *offered, struct slice *ret_label, struct diag *diag)
{
	struct slice label = offered->label.len ? offered->label : default_label(hold, offer);
	if (!label.len)
		return diag_fail_at(diag, ERR_INVALID, offered->line, 0,
				    "a portion has no label, and this channel has no default: mark it");
	struct diag inner = {0};
	enum err err = hold_label_check(hold, label, offer->now_ms, &inner);
	if (err != ERR_OK)
		return diag_fail_at(diag, err, offered->line, 0, "%s", inner.text[0] ? inner.text : "the label cannot be used");
	if (hold_view_permits(hold, view, label) != VERDICT_PERMIT)
		return diag_fail_at(diag, ERR_INVALID, offered->line, 0,
				    "your clearance does not cover this label: have it written by somebody who may read it");
	*ret_label = label;
	return ERR_OK;
}

static bool is_in_bundle(const struct hold_offer *offer, struct slice id)
{
	for (size_t i = 0; i < offer->bundle_count; i++)
		if (slice_equal(offer->bundle[i], id))
			return true;
	return false;
}

static enum err target_check(struct hold *hold, struct view *view, const struct hold_offer *offer,
			     const struct offered_portion *offered, struct diag *diag)
{
	struct slice type;
	if (offered->kind != PORTION_REFERENCE)
		return ERR_OK;
	if (object_id_type(offered->target, &type) != ERR_OK)
		return diag_fail_at(diag, ERR_MALFORMED, offered->line, 0, "a reference does not name an object id");
	uint32_t object = 0;
	TRY(view_find(hold, view, offered->target, &object));
	if (!offered->mandatory || object || is_in_bundle(offer, offered->target))
		return ERR_OK;
	return diag_fail_at(diag, ERR_INVALID, offered->line, 0, "it must refer to an object that is here: no such object %.*s",
			    SLICE_ARG(offered->target));
}

static enum err portion_take(struct hold *hold, struct view *view, const struct hold_offer *offer,
			     const struct offered_portion *offered, struct hold_portion *ret_portion, struct diag *diag)
{
	struct hold_portion mine = {.line = offered->line, .index_text = offered->index_text, .gist = offered->gist};
	if (offered->kind < PORTION_HEAD || offered->kind > PORTION_REFERENCE || offered->content.len > LIMIT_PORTION_BYTES)
		return diag_fail_at(diag, ERR_MALFORMED, offered->line, 0, "a portion of unknown kind or too large");
	TRY(label_take(hold, view, offer, offered, &mine.portion.label, diag));
	TRY(target_check(hold, view, offer, offered, diag));
	mine.portion.kind = offered->kind;
	mine.portion.content = offered->content;
	memcpy(mine.portion.blob_sha256, offered->blob_sha256, sizeof(mine.portion.blob_sha256));
	crypto_random(mine.portion.id, PORTION_ID);
	uint64_t modified = offer->object->modified;
	mine.portion.changed = modified && modified < offer->now_ms ? modified : offer->now_ms;
	if (offered->kind == PORTION_HEAD) {
		mine.title = offer->object->title;
		mine.version = offer->object->version;
		mine.places = offered->places;
		if (!mine.index_text.len)
			mine.index_text = mine.title;
	}
	if (offered->kind == PORTION_REFERENCE) {
		mine.target = offered->target;
		mine.mandatory = offered->mandatory != 0;
	}
	*ret_portion = mine;
	return ERR_OK;
}

static enum err portions_take(struct hold *hold, struct view *view, const struct hold_offer *offer, struct arena *arena,
			      struct hold_object *object, struct diag *diag)
{
	const struct offered_portion *offered = offer->object->portions.items;
	size_t count = offer->object->portions.count;
	if (!count || offered[0].kind != PORTION_HEAD)
		return diag_fail(diag, ERR_MALFORMED, "an object begins with its head");
	if (count > LIMIT_PORTIONS)
		return diag_fail(diag, ERR_TOO_LARGE, "an object has at most %d portions", LIMIT_PORTIONS);
	object->portions = ARENA_ARRAY(arena, count, struct hold_portion);
	if (!object->portions)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (i && offered[i].kind == PORTION_HEAD)
			return diag_fail_at(diag, ERR_MALFORMED, offered[i].line, 0, "an object has one head");
		TRY(portion_take(hold, view, offer, &offered[i], &object->portions[i], diag));
	}
	object->count = count;
	return ERR_OK;
}

/* Of the rendition that shows everything: what a reader or a nation may have of it is never larger. */
static size_t rendition_size(const struct hold *hold, const struct hold_object *object, size_t slots)
{
	enum { FIELD = 4, MANIFEST_FIELDS = 6 * FIELD + 1 + 8, RENDITION_FIELDS = 2 * FIELD + SIGNATURE, DISCLOSED_FIELDS = 3 * FIELD + SALT };
	size_t size = MANIFEST_FIELDS + hold->settings.nation.len + hold->settings.realm.len + object->id.len + slots * DIGEST + RENDITION_FIELDS;
	for (size_t i = 0; i < object->count; i++)
		size += DISCLOSED_FIELDS + object->portions[i].bytes.len;
	return size;
}

static enum err portions_encode(const struct hold *hold, struct hold_object *object, struct arena *arena, struct diag *diag)
{
	AUTO_BUF bytes = buf_make(LIMIT_OBJECT_BYTES);
	for (size_t i = 0; i < object->count; i++) {
		struct hold_portion *mine = &object->portions[i];
		struct slice encoded;
		if (mine->row)
			continue;
		buf_truncate(&bytes, 0);
		record_encode(&portion_schema, &mine->portion, &bytes);
		enum err err = buf_finish(&bytes, &encoded);
		if (err != ERR_OK)
			return diag_fail_at(diag, err, mine->line, 0, "a portion cannot be stored: %s", err_text(err));
		TRY(arena_copy(arena, encoded, &mine->bytes));
	}
	size_t slots = 0;
	enum err err = manifest_slots(object->type, object->count, &slots);
	if (err != ERR_OK)
		return diag_fail(diag, err, "an object of type %.*s cannot have that many portions", SLICE_ARG(object->type));
	if (rendition_size(hold, object, slots) > LIMIT_OBJECT_BYTES) /* says no number: it would count what the author does not see */
		return diag_fail(diag, ERR_TOO_LARGE, "the object is too large: it may have %d MB with its labels and signatures; divide it",
				 LIMIT_OBJECT_BYTES / 1024 / 1024);
	return ERR_OK;
}

/* ---- the version held ---- */

static enum err held_read(struct hold *hold, const struct view *view, uint32_t number, struct arena *arena,
			  struct held_portion **ret_held, size_t *ret_count, uint64_t *ret_wary)
{
	struct stored_portion *stored = NULL;
	struct stored_manifest newest;
	size_t count = 0, used = 0;
	uint64_t issued = 0;
	TRY(portions_of(hold, number, arena, &stored, &count));
	TRY(manifest_newest(hold, number, &issued));
	TRY(manifest_get(hold, number, issued, arena, &newest));
	struct held_portion *held = ARENA_ARRAY(arena, newest.count + 1, struct held_portion);
	if (!held)
		return ERR_MEMORY;
	*ret_wary = 0;
	for (size_t j = 0; j < count; j++)
		if (view_permits_row(hold, view, (uint32_t)stored[j].row))
			*ret_wary |= withdrawn_from(&stored[j]);
	for (size_t i = 0; i < newest.count; i++)
		for (size_t j = 0; j < count; j++) {
			if (stored[j].row != newest.rows[i] || stored[j].until)
				continue;
			struct held_portion *next = &held[used++];
			next->stored = stored[j];
			next->hidden = !view_has(view, stored[j].row);
			TRY(body_get(hold, stored[j].row, arena, &next->bytes, NULL));
			TRY(record_decode(&portion_schema, next->bytes, arena, &next->portion));
		}
	*ret_held = held;
	*ret_count = used;
	return ERR_OK;
}

/* The author says that it is a new version, though nothing but its time is new: the head takes the time. Only where every
 * portion has the head's label, so that nobody learns of a change that he does not see. */
static void version_renew(const struct hold_offer *offer, struct hold_object *object)
{
	struct hold_portion *head = &object->portions[0];
	uint64_t modified = offer->object->modified < offer->now_ms ? offer->object->modified : offer->now_ms;
	for (size_t i = 0; i < object->count; i++)
		if (object->portions[i].hidden || !slice_equal(object->portions[i].portion.label, head->portion.label))
			return;
	if (modified <= head->portion.changed)
		return;
	head->portion.changed = modified;
	head->row = 0;
	object->unchanged = false;
}

static enum err held_match(struct hold *hold, struct view *view, const struct hold_offer *offer, uint32_t number,
			   struct arena *arena, struct hold_object *object, struct diag *diag)
{
	const struct catalog_object *entry = &hold->catalog.objects[number];
	struct slice channel = entry->collection ? hold->settings.collections[entry->collection - 1].id : (struct slice){0};
	if (offer->collection.len && !slice_equal(offer->collection, channel))
		return diag_fail(diag, ERR_CONFLICT, "an object of this id came in through another channel");
	struct held_portion *held = NULL;
	size_t count = 0;
	TRY(held_read(hold, view, number, arena, &held, &count, &object->wary));
	TRY(manifest_newest(hold, number, &object->base_issued));
	struct hold_seen seen;
	TRY(view_seen(hold, view, number, false, arena, &seen));
	if (!offer->replaces.len && offer->object->modified && offer->object->modified <= seen.modified) {
		object->unchanged = true; /* the same or an older version of what is held */
		return ERR_OK;
	}
	struct object_facts facts;
	TRY(object_get(hold, number, arena, &facts));
	object->created = facts.created;
	TRY(replace_match(held, count, arena, object));
	if (object->unchanged && offer->object->modified > seen.modified)
		version_renew(offer, object);
	return ERR_OK;
}

/* The own object that is continued, if the author sees one of this id; the others are only counted. */
static enum err held_find(struct hold *hold, struct view *view, const struct hold_offer *offer, struct hold_object *object, struct diag *diag)
{
	uint32_t name = 0;
	bool recalled = false;
	TRY(name_find(hold, object->id, &name));
	TRY(tombstone_has(hold, hold->own_term, name, &object->recalled));
	TRY(view_sees_recall(hold, view, name, &recalled));
	object->number = view_find_own(hold, view, name);
	if (offer->replaces.len && !object->number)
		return ERR_NOT_FOUND;
	if (recalled)
		return diag_fail(diag, ERR_CONFLICT, "this id was recalled: give the object a new one");
	for (uint32_t each = object_find(hold, name, hold->own_term); each; each = object_find_next(hold, each)) {
		uint64_t issued = 0;
		TRY(manifest_newest(hold, each, &issued));
		object->after = issued > object->after ? issued : object->after;
		object->namesakes++;
	}
	return ERR_OK;
}

enum err hold_draft(struct hold *hold, struct view *view, const struct hold_offer *offer, struct arena *arena,
		    struct hold_object *ret_object, struct diag *diag)
{
	struct slice type;
	struct hold_object object = {
		.id = offer->replaces.len ? offer->replaces : offer->object->id, .type = offer->object->type,
		.author = offer->author, .roles = offer->roles, .collection = offer->collection,
		.precedence = offer->precedence, .created = offer->object->created ? offer->object->created : offer->now_ms,
	};
	if (!object.id.len)
		TRY(hold_object_id(object.type, arena, &object.id));
	if (object_id_type(object.id, &type) != ERR_OK || !slice_equal(type, object.type))
		return diag_fail(diag, ERR_MALFORMED, "the id %.*s is not one of type %.*s", SLICE_ARG(object.id),
				 SLICE_ARG(object.type));
	TRY(held_find(hold, view, offer, &object, diag));
	TRY(portions_take(hold, view, offer, arena, &object, diag));
	if (object.number)
		TRY(held_match(hold, view, offer, object.number, arena, &object, diag));
	if (!object.unchanged)
		TRY(portions_encode(hold, &object, arena, diag));
	*ret_object = object;
	return ERR_OK;
}
