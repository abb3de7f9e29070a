/* Withdrawal at a holder: single portions of another nation's object leave every page, and their ids stay, so that
 * nothing that comes later shows them again. A reader who saw one of them stands at a later version from then on. */
#include "hold/inside.h"

#include "hold/exchange.h"

/* ---- questions ---- */

enum err withdrawn_has(
	struct hold *hold, uint16_t originator, uint32_t name, const uint8_t id[PORTION_ID], bool *ret_withdrawn)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_WITHDRAWN_HAS);
	bind_u64(ask, 1, originator);
	bind_u64(ask, 2, name);
	bind_bytes(ask, 3, slice_of(id, PORTION_ID));
	enum err err = statement_row(hold, ask);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		*ret_withdrawn = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err withdrawn_modified(
	struct hold *hold, const struct view *view, const struct catalog_object *object, uint64_t *modified)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_WITHDRAWN_OF);
	bind_u64(ask, 1, object->originator);
	bind_u64(ask, 2, object->name);
	enum err err = ERR_OK;
	while ((err = statement_row(hold, ask)) == ERR_OK) {
		uint64_t label = column_u64(ask, 0), at = column_u64(ask, 1);
		if (label && label < view->verdict_count && view->verdicts[label] & VERDICT_FOREIGN && at > *modified)
			*modified = at;
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- applying ---- */

/* One withdrawal on its way into the tables. */
struct withdrawn {
	struct slice portion_ids;
	uint64_t at, now_ms;
	uint16_t originator;
	uint32_t name, object; /* object 0: not held */
	struct stored_portion *portions;
	size_t count;
};

static bool is_listed(struct slice portion_ids, const uint8_t id[PORTION_ID])
{
	for (size_t at = 0; at + PORTION_ID <= portion_ids.len; at += PORTION_ID)
		if (memcmp(portion_ids.data + at, id, PORTION_ID) == 0)
			return true;
	return false;
}

static uint32_t label_of(const struct stored_portion *portions, size_t count, const uint8_t *id)
{
	uint32_t label = 0;
	for (size_t i = 0; i < count; i++)
		if (memcmp(portions[i].id, id, PORTION_ID) == 0)
			label = portions[i].label;
	return label;
}

static enum err withdrawn_put(struct hold *hold, const struct withdrawn *w, const uint8_t *id)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_WITHDRAWN_PUT);
	bind_u64(put, 1, w->originator);
	bind_u64(put, 2, w->name);
	bind_bytes(put, 3, slice_of(id, PORTION_ID));
	bind_u64(put, 4, w->at);
	bind_u64(put, 5, label_of(w->portions, w->count, id));
	return statement_run(hold, put);
}

/* Salts of withdrawn portions go too: with salt and guess their digest would confirm the text. */
static enum err manifest_strip(struct hold *hold, uint32_t object, uint64_t issued, struct arena *arena)
{
	struct stored_manifest manifest;
	TRY(manifest_get(hold, object, issued, arena, &manifest));
	uint8_t *salts = arena_alloc(arena, manifest.count + 1, SALT);
	if (!salts)
		return ERR_MEMORY;
	size_t kept = 0;
	for (size_t i = 0; i < manifest.count; i++) {
		if (!hold->catalog.rows[manifest.rows[i]].flags && !hold->catalog.rows[manifest.rows[i]].object)
			continue;
		manifest.rows[kept] = manifest.rows[i];
		memcpy(salts + kept++ * SALT, manifest.salts.data + i * SALT, SALT);
	}
	manifest.count = kept;
	manifest.salts = slice_of(salts, kept * SALT);
	return manifest_set(hold, object, issued, &manifest);
}

static enum err manifests_strip(struct hold *hold, uint32_t object, struct arena *arena)
{
	uint64_t issued = 0;
	for (;;) {
		AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_MANIFEST_NEXT);
		bind_u64(ask, 1, object);
		bind_u64(ask, 2, issued);
		TRY(statement_row(hold, ask));
		issued = column_u64(ask, 0);
		if (!issued)
			return ERR_OK;
		TRY(manifest_strip(hold, object, issued, arena));
	}
}

/* Its head, or a reference that it cannot stand without: that one hid it from some readers, and would not any more. */
static bool takes_whole(const struct withdrawn *w)
{
	for (size_t i = 0; i < w->count; i++)
		if ((w->portions[i].kind == PORTION_HEAD || w->portions[i].mandatory) &&
			is_listed(w->portion_ids, w->portions[i].id))
			return true;
	return false;
}

static enum err portions_remove(struct hold *hold, const struct withdrawn *w, struct arena *arena, uint64_t *ret_copies)
{
	uint64_t copies = 0;
	for (size_t i = 0; i < w->count; i++) {
		if (!is_listed(w->portion_ids, w->portions[i].id))
			continue;
		TRY(row_delete(hold, w->portions[i].row));
		catalog_drop_row(hold, (uint32_t)w->portions[i].row);
		if (!w->portions[i].until)
			TRY(mark_add(hold, w->object, w->portions[i].label, w->portions[i].target, 0, w->now_ms));
		hold->purge = true;
		copies++;
	}
	*ret_copies = copies;
	return copies ? manifests_strip(hold, w->object, arena) : ERR_OK;
}

enum err hold_withdraw_apply(struct hold *hold, struct slice originator, struct slice object_id,
	struct slice portion_ids, uint64_t at, uint64_t now_ms)
{
	AUTO_ARENA scratch = {0};
	struct withdrawn w = {.portion_ids = portion_ids, .at = at < now_ms ? at : now_ms, .now_ms = now_ms};
	struct msg_receipt receipt = {.peer = originator, .object_id = object_id, .portion_ids = portion_ids};
	TRY(term_intern(hold, originator, &w.originator));
	TRY(name_intern(hold, object_id, &w.name));
	w.object = object_find(hold, w.name, w.originator);
	if (w.object)
		TRY(portions_of(hold, w.object, &scratch, &w.portions, &w.count));
	for (size_t id = 0; id + PORTION_ID <= portion_ids.len; id += PORTION_ID)
		TRY(withdrawn_put(hold, &w, portion_ids.data + id));
	TRY(takes_whole(&w) ? object_remove(hold, w.object, &receipt.copies)
			    : portions_remove(hold, &w, &scratch, &receipt.copies));
	return receipt_put(hold, &receipt);
}
