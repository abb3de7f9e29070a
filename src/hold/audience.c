/* Who has or may have an object, portion by portion: of those portions only that the asking reader sees himself. Changes
 * nothing; for objects of other nations it gives the labels, and guard says who they are for. */
#include "hold/inside.h"

#include "hold/releases.h"

static uint8_t answer_of(uint8_t state)
{
	static const uint8_t answers[] = {
		[STATE_AT_ONCE] = PLAN_AT_ONCE, [STATE_AWAITING] = PLAN_WAITS, [STATE_APPROVED] = PLAN_AT_ONCE,
		[STATE_SENT] = PLAN_SENT, [STATE_REFUSED] = PLAN_REFUSED, [STATE_FAILED] = PLAN_REFUSED,
		[STATE_WITHDRAWN] = PLAN_NEVER,
	};
	return state < sizeof(answers) ? answers[state] : PLAN_NEVER;
}

static const struct stored_portion *stored_of(const struct stored_portion *portions, size_t count, const struct portion *portion)
{
	for (size_t i = 0; i < count; i++)
		if (!portions[i].until && memcmp(portions[i].id, portion->id, PORTION_ID) == 0)
			return &portions[i];
	return NULL;
}

static enum err answers_make(const struct hold *hold, const struct stored_portion *stored, struct arena *arena,
			     struct slice *ret_answers)
{
	uint8_t *answers = ARENA_ARRAY(arena, hold->nation_count + 1, uint8_t);
	if (!answers)
		return ERR_MEMORY;
	for (size_t n = 0; stored && n < hold->nation_count && n < stored->states.len; n++)
		answers[n] = answer_of(stored->states.data[n]);
	*ret_answers = slice_of(answers, hold->nation_count);
	return ERR_OK;
}

static enum err nations_list(const struct hold *hold, struct arena *arena, struct record_list *ret_nations)
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
	struct stored_portion *portions = NULL;
	struct rendition_view seen;
	size_t count = 0;
	TRY(hold_get(hold, view, id, arena, ret_seen));
	TRY(rendition_open(ret_seen->rendition, arena, &seen));
	TRY(view_find(hold, view, id, &object));
	if (ret_seen->own)
		TRY(portions_of(hold, object, arena, &portions, &count));
	struct plan_row *rows = ARENA_ARRAY(arena, seen.count + 1, struct plan_row);
	if (!rows)
		return ERR_MEMORY;
	for (size_t i = 0; i < seen.count; i++) {
		rows[i] = (struct plan_row){.id = id, .kind = seen.portions[i].kind, .label = seen.portions[i].label};
		TRY(hold_marking(hold, rows[i].label, arena, &rows[i].marking));
		if (ret_seen->own)
			TRY(answers_make(hold, stored_of(portions, count, &seen.portions[i]), arena, &rows[i].answers));
	}
	ret_shown->rows = (struct record_list){rows, seen.count};
	return nations_list(hold, arena, &ret_shown->nations);
}
