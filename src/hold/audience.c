/* Who has or may have an object, portion by portion: of those portions only that the asking reader sees himself.
 * Changes nothing; for objects of other nations it gives the labels, and guard says who they are for. */
#include "hold/inside.h"

#include "hold/releases.h"

/* What people are told of a state, wherever it is told. */
static uint8_t answer_of(uint8_t state)
{
	static const uint8_t answers[] = {
		[STATE_AT_ONCE] = PLAN_AT_ONCE,
		[STATE_AWAITING] = PLAN_WAITS,
		[STATE_APPROVED] = PLAN_AT_ONCE,
		[STATE_SENT] = PLAN_SENT,
		[STATE_REFUSED] = PLAN_REFUSED,
		[STATE_FAILED] = PLAN_REFUSED,
		[STATE_WITHDRAWN] = PLAN_WITHDRAWN,
		[STATE_AWAITING_TWO] = PLAN_WAITS_TWO,
		[STATE_AWAITING_SECOND] = PLAN_WAITS_TWO,
	};
	return state < sizeof(answers) ? answers[state] : PLAN_NEVER;
}

static const struct stored_portion *stored_of(const struct shown_rows *shown, const struct portion *portion)
{
	for (size_t i = 0; i < shown->portion_count; i++)
		if (!shown->portions[i].until && memcmp(shown->portions[i].id, portion->id, PORTION_ID) == 0)
			return &shown->portions[i];
	return NULL;
}

static enum err answers_make(
	const struct hold *hold, const struct stored_portion *stored, struct arena *arena, struct slice *ret_answers)
{
	uint8_t *answers = ARENA_ARRAY(arena, hold->nation_count + 1, uint8_t);
	if (!answers)
		return ERR_MEMORY;
	for (size_t n = 0; stored && n < hold->nation_count && n < stored->states.len; n++)
		answers[n] = answer_of(stored->states.data[n]);
	*ret_answers = slice_of(answers, hold->nation_count);
	return ERR_OK;
}

static enum err row_make(struct hold *hold, const struct portion *portion, struct slice id, struct arena *arena,
	struct shown_rows *shown)
{
	size_t i = shown->count++;
	struct plan_row *row = &shown->rows[i];
	*row = (struct plan_row){.id = id, .kind = portion->kind, .label = portion->label};
	row->number = portion->kind == PORTION_HEAD ? 0 : i ? shown->rows[i - 1].number + 1 : 1;
	shown->stored[i] = stored_of(shown, portion);
	TRY(hold_marking(hold, row->label, arena, &row->marking));
	return shown->seen.own ? answers_make(hold, shown->stored[i], arena, &row->answers) : ERR_OK;
}

enum err shown_rows_make(
	struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct shown_rows *ret_rows)
{
	struct shown_rows shown = {0};
	struct rendition_view seen;
	struct slice id;
	TRY(view_seen(hold, view, object, true, arena, &shown.seen));
	TRY(rendition_open(shown.seen.rendition, arena, &seen));
	TRY(name_text(hold, hold->catalog.objects[object].name, arena, &id));
	if (shown.seen.own)
		TRY(portions_of(hold, object, arena, &shown.portions, &shown.portion_count));
	shown.rows = ARENA_ARRAY(arena, seen.count + 1, struct plan_row);
	shown.stored = ARENA_ARRAY(arena, seen.count + 1, const struct stored_portion *);
	if (!shown.rows || !shown.stored)
		return ERR_MEMORY;
	for (size_t i = 0; i < seen.count; i++)
		TRY(row_make(hold, &seen.portions[i], id, arena, &shown));
	*ret_rows = shown;
	return ERR_OK;
}

enum err hold_nations_list(const struct hold *hold, struct arena *arena, struct record_list *ret_nations)
{
	struct nation_item *nations = ARENA_ARRAY(arena, hold->nation_count + 1, struct nation_item);
	if (!nations)
		return ERR_MEMORY;
	for (size_t n = 0; n < hold->nation_count; n++)
		nations[n].name = hold->nations[n];
	*ret_nations = (struct record_list){nations, hold->nation_count};
	return ERR_OK;
}

enum err hold_audience(struct hold *hold, struct view *view, struct slice id, struct arena *arena,
	struct msg_plan_shown *ret_shown, struct hold_seen *ret_seen)
{
	uint32_t object = 0;
	struct shown_rows shown;
	TRY(view_find(hold, view, id, &object));
	if (!object)
		return ERR_NOT_FOUND;
	TRY(shown_rows_make(hold, view, object, arena, &shown));
	ret_shown->rows = (struct record_list){shown.rows, shown.count};
	*ret_seen = shown.seen;
	return hold_nations_list(hold, arena, &ret_shown->nations);
}
