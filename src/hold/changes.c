/* Changes under a view, see changes.h. Must never answer from anything but bits and lists of that view. */
#include "hold/changes.h"

#include "hold/inside.h"
#include "hold/releases.h"

/* FNV-1a over whole words: two states that differ are told apart, nothing more is asked of it. */
static uint64_t mix(uint64_t digest, uint64_t word)
{
	return (digest ^ word) * UINT64_C(0x100000001b3) ^ word >> 32;
}

static uint64_t mix_slice(uint64_t digest, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		digest = mix(digest, bytes.data[i]);
	return mix(digest, bytes.len);
}

/* The rows up to and including last, as this view shows them. Places of nothing add nothing, so that hidden rows at the
 * end leave it as it is. */
static uint64_t rows_digest(const struct view *view, uint64_t last)
{
	uint64_t digest = 1;
	for (uint64_t i = 0; i <= last / 64 && i < view->rows.count; i++) {
		uint64_t word = view->rows.words[i];
		if (i == last / 64 && last % 64 != 63)
			word &= (UINT64_C(2) << last % 64) - 1;
		if (word)
			digest = mix(mix(digest, i), word);
	}
	return digest;
}

static bool is_listed(const uint32_t *objects, size_t count, uint32_t object)
{
	for (size_t i = 0; i < count; i++)
		if (objects[i] == object)
			return true;
	return false;
}

static enum err ids_fill(struct hold *hold, struct view *view, uint64_t after, struct arena *arena, struct hold_changes *changes)
{
	uint32_t objects[CHANGES_IDS];
	size_t count = 0;
	for (uint64_t row = after + 1; row < view->row_count && !changes->more; row++) {
		uint32_t object = view_has(view, row) ? hold->catalog.rows[row].object : 0;
		if (!object || is_listed(objects, count, object))
			continue;
		if (count == CHANGES_IDS)
			changes->more = true;
		else
			objects[count++] = object;
	}
	struct id_item *items = ARENA_ARRAY(arena, count + 1, struct id_item);
	if (!items)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		TRY(name_text(hold, hold->catalog.objects[objects[i]].name, arena, &items[i].id));
	changes->ids = (struct record_list){items, count};
	return ERR_OK;
}

static enum err waiting_digest(struct hold *hold, struct view *view, uint64_t *ret_digest)
{
	AUTO_ARENA scratch = {0};
	struct msg_releases list;
	uint64_t digest = 1;
	TRY(hold_waiting(hold, view, &scratch, &list));
	const struct release_item *items = list.items.items;
	for (size_t i = 0; i < list.items.count; i++)
		digest = mix(mix(mix_slice(mix_slice(digest, items[i].id), items[i].nations), items[i].since), items[i].portions);
	*ret_digest = digest;
	return ERR_OK;
}

static enum err recalls_digest(struct hold *hold, struct view *view, uint64_t *ret_digest)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_HOLDERS_ALL);
	uint64_t digest = 1, name = 0;
	bool known = false;
	enum err err;
	while ((err = statement_row(hold, ask)) == ERR_OK) {
		if (column_u64(ask, 0) != name) {
			name = column_u64(ask, 0);
			known = false;
			TRY(view_sees_recall(hold, view, (uint32_t)name, &known));
		}
		if (known)
			digest = mix(mix_slice(mix(digest, name), column_slice(ask, 1)), column_u64(ask, 2));
	}
	*ret_digest = digest;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err hold_changes(struct hold *hold, struct view *view, const struct hold_mark *since, bool officer, bool knows_recalls,
		      struct arena *arena, struct hold_changes *ret_changes)
{
	struct hold_changes changes = {.mark = *since};
	bool told = since->shown != 0;
	changes.mark.writes = (uint64_t)sqlite3_total_changes64(hold->db) + 1;
	changes.mark.rows = view->row_count ? view->row_count - 1 : 0;
	changes.mark.shown = rows_digest(view, changes.mark.rows);
	if (told && changes.mark.shown != since->shown) {
		changes.gone = rows_digest(view, since->rows) != since->shown;
		TRY(ids_fill(hold, view, since->rows, arena, &changes));
	}
	if (changes.mark.writes != since->writes) {
		if (officer)
			TRY(waiting_digest(hold, view, &changes.mark.waiting));
		if (knows_recalls)
			TRY(recalls_digest(hold, view, &changes.mark.recalls));
	}
	changes.waiting = told && changes.mark.waiting != since->waiting;
	changes.recalls = told && changes.mark.recalls != since->recalls;
	*ret_changes = changes;
	return ERR_OK;
}
