/* Marks: places in the order of admission that are no portions, see inside.h. Without them a tool that polls for what was
 * added after a moment would never learn what it came to see later. Must never stand where the change it marks is hidden:
 * a mark is a row of the changed portion's label and target, and views treat it like one. */
#include "hold/inside.h"

enum err mark_add(struct hold *hold, uint32_t object, uint32_t label, uint32_t target, uint64_t issued, uint64_t now_ms)
{
	size_t row = hold->catalog.row_count;
	if (row >= UINT32_MAX)
		return ERR_TOO_LARGE;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_MARK_ADD);
	bind_u64(put, 1, row);
	bind_u64(put, 2, object);
	bind_u64(put, 3, label);
	bind_u64(put, 4, issued);
	bind_u64(put, 5, admission_moment(hold, now_ms));
	if (target)
		bind_u64(put, 6, target);
	TRY(statement_run(hold, put));
	bool own = hold->catalog.objects[object].originator == hold->own_term;
	struct catalog_row entry = {.label = label, .object = object,
				    .flags = (uint8_t)(ROW_CURRENT | ROW_MARK | (target ? ROW_REFERENCE : 0) | (own ? ROW_OWN : 0))};
	return catalog_add_row(hold, (uint32_t)row, &entry, target);
}

/* ---- arrivals ---- */

struct arrivals {
	struct arena arena;
	uint32_t *names; /* whose referrers are still to be moved */
	size_t count, capacity;
	struct bit_set seen;
};

static enum err arrival_put(struct arrivals *arrivals, uint32_t name)
{
	if (bit_has(&arrivals->seen, name))
		return ERR_OK;
	bit_put(&arrivals->seen, name);
	if (arrivals->count == arrivals->capacity) {
		size_t capacity = arrivals->capacity ? arrivals->capacity * 2 : 16;
		uint32_t *grown = ARENA_ARRAY(&arrivals->arena, capacity, uint32_t);
		if (!grown)
			return ERR_MEMORY;
		if (arrivals->count)
			memcpy(grown, arrivals->names, arrivals->count * sizeof(*grown));
		arrivals->names = grown;
		arrivals->capacity = capacity;
	}
	arrivals->names[arrivals->count++] = name;
	return ERR_OK;
}

/* A referrer of this transaction stands behind every answer already. */
static enum err referrer_move(struct hold *hold, struct arrivals *arrivals, const struct catalog_reference *reference, uint64_t now_ms)
{
	struct catalog_row row = hold->catalog.rows[reference->row];
	if ((row.flags & (ROW_CURRENT | ROW_MARK)) != ROW_CURRENT || reference->row >= hold->began_at)
		return ERR_OK;
	if (row.flags & ROW_MANDATORY)
		TRY(arrival_put(arrivals, hold->catalog.objects[row.object].name));
	return mark_add(hold, row.object, row.label, reference->name, 0, now_ms);
}

/* New marks go before `place` in the list, so it ends. */
static enum err referrers_move(struct hold *hold, struct arrivals *arrivals, uint32_t name, uint64_t now_ms)
{
	uint32_t place = hold->catalog.names[name].referred;
	while (place) {
		struct catalog_reference reference = hold->catalog.references[place - 1];
		TRY(referrer_move(hold, arrivals, &reference, now_ms));
		place = reference.before;
	}
	return ERR_OK;
}

static enum err arrivals_run(struct hold *hold, struct arrivals *arrivals, uint32_t name, uint64_t now_ms)
{
	arrivals->seen.count = hold->catalog.name_count / 64 + 1;
	arrivals->seen.words = ARENA_ARRAY(&arrivals->arena, arrivals->seen.count, uint64_t);
	if (!arrivals->seen.words)
		return ERR_MEMORY;
	TRY(arrival_put(arrivals, name));
	for (size_t i = 0; i < arrivals->count; i++)
		TRY(referrers_move(hold, arrivals, arrivals->names[i], now_ms));
	return ERR_OK;
}

enum err marks_of_arrival(struct hold *hold, uint32_t object, uint64_t now_ms)
{
	struct arrivals arrivals = {0};
	uint32_t name = hold->catalog.objects[object].name;
	if (!hold->catalog.names[name].referred)
		return ERR_OK;
	enum err err = arrivals_run(hold, &arrivals, name, now_ms);
	arena_done(&arrivals.arena);
	return err;
}

/* ---- reading ---- */

enum err marks_of(struct hold *hold, uint32_t object, struct arena *arena, struct mark **ret_marks, size_t *ret_count)
{
	size_t count = 0, capacity = 0;
	struct mark *marks = NULL;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_MARKS_OF);
	bind_u64(ask, 1, object);
	enum err err = ERR_OK;
	while ((err = statement_row(hold, ask)) == ERR_OK) {
		if (count == capacity) {
			capacity = capacity ? capacity * 2 : 8;
			struct mark *grown = ARENA_ARRAY(arena, capacity, struct mark);
			if (!grown)
				return ERR_MEMORY;
			if (count)
				memcpy(grown, marks, count * sizeof(*grown));
			marks = grown;
		}
		marks[count++] = (struct mark){column_u64(ask, 0), column_u64(ask, 1)};
	}
	*ret_marks = marks;
	*ret_count = count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}
