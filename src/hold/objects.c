/* Storing a published object: rows, manifest, search and the release plan, all within the caller's transaction.
 * Checks once more that nothing came in between; never stores a portion without its place in a signed manifest. */
#include "hold/inside.h"

static enum err object_new(struct hold *hold, const struct hold_object *object, uint32_t name, uint32_t *ret_number)
{
	uint16_t type = 0;
	TRY(term_intern(hold, object->type, &type));
	uint32_t number = (uint32_t)hold->catalog.object_count;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_OBJECT_ADD);
	bind_u64(put, 1, number);
	bind_u64(put, 2, hold->own_term);
	bind_u64(put, 3, name);
	bind_u64(put, 4, type);
	bind_u64(put, 5, object->created);
	bind_text(put, 6, object->author);
	bind_text(put, 7, object->roles);
	bind_u64(put, 8, object->precedence);
	bind_text(put, 9, object->collection);
	TRY(statement_run(hold, put));
	struct catalog_object entry = {.name = name, .type = type, .originator = hold->own_term};
	for (size_t i = 0; object->collection.len && i < hold->settings.collection_count; i++)
		if (slice_equal(hold->settings.collections[i].id, object->collection))
			entry.collection = (uint8_t)(i + 1);
	*ret_number = number;
	return catalog_add_object(hold, number, &entry);
}

/* Whoever writes the newest version answers for it; whoever ever wrote of it stays among the writers, none of whom may approve. */
static enum err object_continue(struct hold *hold, const struct hold_object *object, uint32_t number)
{
	uint64_t newest = 0;
	TRY(manifest_newest(hold, number, &newest));
	if (newest != object->base_issued || object->issued <= newest)
		return ERR_CONFLICT;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_OBJECT_WRITER);
	bind_u64(put, 1, number);
	bind_text(put, 2, object->author);
	bind_text(put, 3, object->roles);
	bind_u64(put, 4, object->precedence);
	return statement_run(hold, put);
}

uint8_t hold_answer(const struct hold *hold, const struct hold_object *object, size_t portion, struct slice nation, uint8_t answer)
{
	const struct hold_portion *mine = &object->portions[portion];
	int number = nation_find(hold, nation);
	if (number < 0)
		return answer;
	if (mine->withdrawn >> number & 1)
		return PLAN_WITHDRAWN;
	return answer == PLAN_AT_ONCE && !mine->follows && !mine->hidden && object->wary >> number & 1 ? PLAN_WAITS : answer;
}

static uint8_t state_of_answer(uint8_t answer)
{
	static const uint8_t states[] = {
		[PLAN_AT_ONCE] = STATE_AT_ONCE, [PLAN_WAITS] = STATE_AWAITING, [PLAN_WAITS_TWO] = STATE_AWAITING_TWO};
	return answer < sizeof(states) ? states[answer] : STATE_NEVER;
}

static enum err states_make(struct hold *hold, const struct hold_object *object, size_t portion, uint8_t *states)
{
	for (size_t i = 0; i < object->nation_count; i++) {
		unsigned nation = 0;
		if (slice_equal(object->nations[i].name, hold->settings.nation))
			continue;
		TRY(nation_intern(hold, object->nations[i].name, &nation));
		uint8_t answer = object->answers[portion * object->nation_count + i];
		states[nation] = state_of_answer(hold_answer(hold, object, portion, object->nations[i].name, answer));
	}
	return ERR_OK;
}

static enum err portion_new(struct hold *hold, const struct hold_object *object, uint32_t number, size_t i,
			    uint64_t added, uint64_t *ret_row)
{
	const struct hold_portion *mine = &object->portions[i];
	uint8_t states[LIMIT_NATIONS] = {0};
	TRY(states_make(hold, object, i, states));
	struct new_row row = {
		.object = number, .originator = hold->own_term, .portion = &mine->portion, .bytes = mine->bytes,
		.index_text = mine->index_text, .title = mine->title, .gist = mine->gist, .states = slice_of(states, hold->nation_count),
		.first = object->issued, .added = added, .mandatory = mine->mandatory, .version = mine->version, .places = mine->places,
	};
	if (mine->target.len)
		TRY(name_intern(hold, mine->target, &row.target));
	return row_add(hold, &row, ret_row);
}

static bool is_kept(const struct hold_object *object, uint64_t row)
{
	for (size_t i = 0; i < object->count; i++)
		if (object->portions[i].row == row)
			return true;
	return false;
}

static bool is_followed(const struct hold_object *object, const uint8_t id[PORTION_ID])
{
	for (size_t i = 0; i < object->count; i++)
		if (memcmp(object->portions[i].portion.id, id, PORTION_ID) == 0)
			return true;
	return false;
}

/* Ends what the new version leaves out; answers the nations that had it or were about to. */
static enum err close_others(struct hold *hold, const struct hold_object *object, uint32_t number, uint64_t now_ms,
			     struct arena *arena, uint64_t *nations)
{
	struct stored_portion *stored = NULL;
	size_t count = 0;
	TRY(portions_of(hold, number, arena, &stored, &count));
	for (size_t i = 0; i < count; i++) {
		if (stored[i].until || is_kept(object, stored[i].row))
			continue;
		TRY(row_close(hold, stored[i].row, object->issued));
		if (!is_followed(object, stored[i].id))
			TRY(mark_add(hold, number, stored[i].label, stored[i].target, object->issued, now_ms));
		for (size_t n = 0; n < stored[i].states.len; n++)
			if (stored[i].states.data[n] == STATE_SENT)
				*nations |= UINT64_C(1) << n;
	}
	return ERR_OK;
}

static enum err manifest_store(struct hold *hold, const struct hold_object *object, uint32_t number, uint64_t *rows)
{
	if (object->salts.len != object->count * SALT)
		return ERR_INTERNAL;
	struct stored_manifest manifest = {.bytes = object->manifest, .signature = SLICE_ARRAY(object->signature),
					   .rows = rows, .salts = object->salts, .count = object->count};
	return manifest_add(hold, number, object->issued, &manifest);
}

static enum err portions_store(struct hold *hold, const struct hold_object *object, uint32_t number, uint64_t now_ms,
			       uint64_t *rows)
{
	uint64_t added = admission_moment(hold, now_ms);
	for (size_t i = 0; i < object->count; i++) {
		rows[i] = object->portions[i].row;
		if (!rows[i])
			TRY(portion_new(hold, object, number, i, added, &rows[i]));
	}
	return ERR_OK;
}

/* Nothing of this id came or went since it was drafted. */
static enum err draft_check(struct hold *hold, const struct hold_object *object, uint32_t name)
{
	uint32_t namesakes = 0;
	bool recalled = false, held = object->number == 0;
	TRY(tombstone_has(hold, hold->own_term, name, &recalled));
	for (uint32_t each = object_find(hold, name, hold->own_term); each; each = object_find_next(hold, each)) {
		namesakes++;
		held |= each == object->number;
	}
	return recalled == object->recalled && namesakes == object->namesakes && held ? ERR_OK : ERR_CONFLICT;
}

enum err hold_put(struct hold *hold, const struct hold_object *object, uint64_t now_ms)
{
	AUTO_ARENA scratch = {0};
	uint32_t name = 0, number = object->number;
	TRY(name_intern(hold, object->id, &name));
	TRY(draft_check(hold, object, name));
	uint64_t nations = 0;
	uint32_t head_label = number ? head_label_of(hold, number) : 0;
	if (number) {
		TRY(object_continue(hold, object, number));
		TRY(close_others(hold, object, number, now_ms, &scratch, &nations));
		TRY(pace_reset(hold, number));
	} else {
		TRY(object_new(hold, object, name, &number));
	}
	uint64_t *rows = ARENA_ARRAY(&scratch, object->count + 1, uint64_t);
	if (!rows)
		return ERR_MEMORY;
	TRY(portions_store(hold, object, number, now_ms, rows));
	TRY(manifest_store(hold, object, number, rows));
	if (head_label_of(hold, number) != head_label)
		TRY(marks_of_arrival(hold, number, now_ms));
	TRY(release_plan(hold, number, nations, now_ms));
	return release_plan_referrers(hold, number, now_ms);
}
