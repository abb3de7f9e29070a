/* Where a reference may point: the nations to which its target goes, with all that the target cannot stand without. A
 * nation must never learn the id of an object that is withheld from it, so whatever is missing, fails or is too far to
 * follow denies. Objects that stand only by each other go together. */
#include "hold/inside.h"

enum { WALK_NAMES = 512, WALK_LEVELS = 8 };

struct stop {
	uint32_t name;
	uint8_t level;
	uint64_t needs, done; /* nations: for which it matters, for which it was looked at */
};
struct walk {
	struct stop stops[WALK_NAMES];
	size_t count;
	uint64_t withheld; /* nations to which something does not go */
	bool again;
};

static uint64_t nations_all(const struct hold *hold)
{
	return hold->nation_count < 64 ? (UINT64_C(1) << hold->nation_count) - 1 : UINT64_MAX;
}

static enum err row_nations(struct hold *hold, uint32_t row, uint64_t *ret_nations)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_PORTION_GET);
	bind_u64(ask, 1, row);
	TRY(statement_row(hold, ask));
	struct slice states = column_slice(ask, 10);
	*ret_nations = 0;
	for (size_t n = 0; n < states.len && n < hold->nation_count; n++)
		if (state_goes(states.data[n]))
			*ret_nations |= UINT64_C(1) << n;
	return ERR_OK;
}

/* Nations from which an object of this name came: they have it. */
static uint64_t nations_of_origin(const struct hold *hold, uint32_t name)
{
	uint64_t nations = 0;
	uint32_t object = name < hold->catalog.name_count ? hold->catalog.names[name].object : 0;
	for (; object; object = hold->catalog.objects[object].same_name) {
		uint16_t originator = hold->catalog.objects[object].originator;
		int nation = originator == hold->own_term ? -1 : nation_find(hold, term_text(hold, originator));
		nations |= nation < 0 ? 0 : UINT64_C(1) << nation;
	}
	return nations;
}

static void stop_add(const struct hold *hold, struct walk *walk, uint32_t name, uint64_t needs, unsigned level)
{
	size_t i = 0;
	needs &= ~nations_of_origin(hold, name);
	if (!needs)
		return;
	while (i < walk->count && walk->stops[i].name != name)
		i++;
	if (i == WALK_NAMES || (i == walk->count && level >= WALK_LEVELS)) {
		walk->withheld |= needs;
		return;
	}
	if (i == walk->count)
		walk->stops[walk->count++] = (struct stop){.name = name, .level = (uint8_t)level};
	walk->stops[i].needs |= needs;
	walk->again = true;
}

/* To which nations one object goes by its own rows: its head and the references that it cannot stand without. */
static enum err object_nations(struct hold *hold, uint32_t object, uint64_t *ret_nations)
{
	const struct catalog *catalog = &hold->catalog;
	uint64_t nations = 0, each = 0;
	if (catalog->objects[object].head)
		TRY(row_nations(hold, catalog->objects[object].head, &nations));
	for (uint32_t row = catalog->objects[object].first; row && nations; row = catalog->rows[row].next)
		if (catalog->rows[row].flags & ROW_CURRENT && catalog->rows[row].flags & ROW_MANDATORY) {
			TRY(row_nations(hold, row, &each));
			nations &= each;
		}
	*ret_nations = nations;
	return ERR_OK;
}

static void object_follow(const struct hold *hold, struct walk *walk, uint32_t object, uint64_t needs, unsigned level)
{
	const struct catalog *catalog = &hold->catalog;
	for (uint32_t row = catalog->objects[object].first; row && needs; row = catalog->rows[row].next)
		if (catalog->rows[row].flags & ROW_CURRENT && catalog->rows[row].flags & ROW_MANDATORY)
			stop_add(hold, walk, catalog_target(catalog, row), needs, level + 1);
}

static enum err stop_take(struct hold *hold, struct walk *walk, size_t i)
{
	struct stop *stop = &walk->stops[i];
	uint64_t needs = stop->needs & ~stop->done & ~walk->withheld, there = 0;
	stop->done = stop->needs;
	for (uint32_t object = object_find(hold, stop->name, hold->own_term); object && needs; object = object_find_next(hold, object)) {
		uint64_t nations = 0;
		TRY(object_nations(hold, object, &nations));
		there |= nations;
		object_follow(hold, walk, object, needs & nations, stop->level);
	}
	walk->withheld |= needs & ~there;
	return ERR_OK;
}

static enum err name_nations(struct hold *hold, uint32_t name, uint64_t *ret_nations)
{
	struct walk walk;
	walk.count = 0;
	walk.withheld = 0;
	uint64_t all = nations_all(hold);
	stop_add(hold, &walk, name, all, 0);
	for (walk.again = true; walk.again;) {
		walk.again = false;
		for (size_t i = 0; i < walk.count && walk.withheld != all; i++)
			if (walk.stops[i].needs & ~walk.stops[i].done)
				TRY(stop_take(hold, &walk, i));
	}
	*ret_nations = all & ~walk.withheld;
	return ERR_OK;
}

enum err targets_find(struct hold *hold, const struct stored_portion *portions, size_t count, struct arena *arena,
		      uint64_t **ret_nations)
{
	uint64_t *nations = ARENA_ARRAY(arena, count + 1, uint64_t);
	if (!nations)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		if (portions[i].kind == PORTION_REFERENCE)
			TRY(name_nations(hold, portions[i].target, &nations[i]));
	*ret_nations = nations;
	return ERR_OK;
}
