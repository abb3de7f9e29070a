/* A new version of an own object: which of its portions are the old ones.
 *
 * Same label and content: the same portion, unchanged. Same kind and label between two such: the same portion, changed.
 * Anything else is a new portion, so that a corrected text after a recall, a withdrawal or a change of label never carries
 * an old id.
 * What the author may not see stays where it was. Pure but for the randomness of ids, which the caller drew. */
#include "hold/inside.h"

enum { NONE = -1 };

struct matching {
	struct held_portion *held;
	size_t held_count;
	struct hold_object *object;
	int *place; /* per new portion: which held one it is, or NONE */
};

static bool is_same(const struct portion *a, const struct portion *b)
{
	return a->kind == b->kind && slice_equal(a->label, b->label) && slice_equal(a->content, b->content) &&
	       memcmp(a->blob_sha256, b->blob_sha256, sizeof(a->blob_sha256)) == 0;
}

static bool is_free(const struct held_portion *held)
{
	return !held->taken && !held->hidden;
}

uint64_t withdrawn_from(const struct stored_portion *stored)
{
	uint64_t nations = 0;
	for (size_t n = 0; n < stored->states.len && n < LIMIT_NATIONS; n++)
		if (stored->states.data[n] == STATE_WITHDRAWN)
			nations |= UINT64_C(1) << n;
	return nations;
}

static void match_same(struct matching *m)
{
	for (size_t i = 0; i < m->object->count; i++)
		for (size_t j = 0; j < m->held_count && m->place[i] == NONE; j++)
			if (is_free(&m->held[j]) && is_same(&m->object->portions[i].portion, &m->held[j].portion)) {
				m->place[i] = (int)j;
				m->held[j].taken = true;
			}
}

/* The held places between the matched neighbours of new portion i; where neighbours crossed there is nothing between. */
static void gap(const struct matching *m, size_t i, int *ret_from, int *ret_to)
{
	*ret_from = NONE;
	*ret_to = (int)m->held_count;
	for (size_t k = i; k > 0 && *ret_from == NONE; k--)
		*ret_from = m->place[k - 1];
	for (size_t k = i + 1; k < m->object->count && *ret_to == (int)m->held_count; k++)
		if (m->place[k] != NONE)
			*ret_to = m->place[k];
}

static void match_changed(struct matching *m)
{
	for (size_t i = 0; i < m->object->count; i++) {
		if (m->place[i] != NONE)
			continue;
		const struct portion *mine = &m->object->portions[i].portion;
		int from = NONE, to = NONE;
		gap(m, i, &from, &to);
		for (int j = from + 1; j < to && m->place[i] == NONE; j++)
			if (is_free(&m->held[j]) && !withdrawn_from(&m->held[j].stored) && m->held[j].portion.kind == mine->kind &&
			    slice_equal(m->held[j].portion.label, mine->label)) {
				m->place[i] = j;
				m->held[j].taken = true;
			}
	}
}

/* Time of change rises even when the clock does not. */
static void take_over(struct hold_portion *mine, const struct held_portion *held)
{
	memcpy(mine->portion.id, held->portion.id, PORTION_ID);
	mine->follows = true;
	mine->withdrawn = withdrawn_from(&held->stored);
	if (is_same(&mine->portion, &held->portion)) {
		mine->row = held->stored.row;
		mine->bytes = held->bytes;
		mine->portion = held->portion;
	} else if (mine->portion.changed <= held->portion.changed) {
		mine->portion.changed = held->portion.changed + 1;
	}
}

static struct hold_portion keep_hidden(const struct held_portion *held)
{
	return (struct hold_portion){.portion = held->portion, .bytes = held->bytes, .row = held->stored.row, .hidden = true};
}

/* Hidden portions go back behind the held portion that stood before them. */
static enum err weave(struct matching *m, struct arena *arena)
{
	size_t hidden = 0, count = 0;
	for (size_t j = 0; j < m->held_count; j++)
		hidden += m->held[j].hidden;
	struct hold_portion *woven = ARENA_ARRAY(arena, m->object->count + hidden + 1, struct hold_portion);
	bool *done = ARENA_ARRAY(arena, m->held_count + 1, bool);
	if (!woven || !done)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->object->count; i++) {
		woven[count++] = m->object->portions[i];
		if (m->place[i] == NONE)
			continue;
		for (size_t j = (size_t)m->place[i] + 1; j < m->held_count && m->held[j].hidden && !done[j]; j++) {
			woven[count++] = keep_hidden(&m->held[j]);
			done[j] = true;
		}
	}
	for (size_t j = 0; j < m->held_count; j++)
		if (m->held[j].hidden && !done[j])
			woven[count++] = keep_hidden(&m->held[j]);
	m->object->portions = woven;
	m->object->count = count;
	return ERR_OK;
}

static bool is_unchanged(const struct matching *m)
{
	size_t kept = 0;
	for (size_t i = 0; i < m->object->count; i++)
		kept += m->object->portions[i].row != 0;
	return kept == m->object->count && kept == m->held_count;
}

enum err replace_match(struct held_portion *held, size_t held_count, struct arena *arena, struct hold_object *object)
{
	struct matching m = {.held = held, .held_count = held_count, .object = object,
			     .place = ARENA_ARRAY(arena, object->count + 1, int)};
	if (!m.place)
		return ERR_MEMORY;
	for (size_t i = 0; i < object->count; i++)
		m.place[i] = NONE;
	match_same(&m);
	match_changed(&m);
	for (size_t i = 0; i < object->count; i++)
		if (m.place[i] != NONE)
			take_over(&object->portions[i], &held[m.place[i]]);
	TRY(weave(&m, arena));
	object->unchanged = is_unchanged(&m);
	return ERR_OK;
}
