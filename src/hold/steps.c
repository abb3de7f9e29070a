/* Lists of decisions, tasks, outcomes, watch log entries and requirements under a view. A task is done when an outcome that
 * the reader sees refers to it; what he does not see closes nothing for him. */
#include "hold/inside.h"

#include "hold/alerts.h"

enum { LIST_MAX = LIMIT_SEARCH_RESULTS, REFS_MAX = 64 };

struct steps {
	struct hold *hold;
	struct view *view;
	struct arena *arena;
	uint32_t about;   /* name that items must refer to; 0: any */
	bool about_given;
	struct slice state;
};

/* Ids that the object refers to, of what the view shows. *ret_about: the one asked for is among them. */
static enum err refs_make(struct steps *steps, uint32_t object, struct record_list *ret_refs, bool *ret_about)
{
	const struct catalog *catalog = &steps->hold->catalog;
	struct id_item *ids = ARENA_ARRAY(steps->arena, REFS_MAX, struct id_item);
	size_t count = 0;
	if (!ids)
		return ERR_MEMORY;
	*ret_about = false;
	for (uint32_t row = catalog->objects[object].first; row; row = catalog->rows[row].next) {
		if ((catalog->rows[row].flags & (ROW_REFERENCE | ROW_MARK)) != ROW_REFERENCE ||
			!view_has(steps->view, row))
			continue;
		uint32_t name = catalog_target(catalog, row);
		*ret_about |= name == steps->about;
		if (count < REFS_MAX)
			TRY(name_text(steps->hold, name, steps->arena, &ids[count++].id));
	}
	*ret_refs = (struct record_list){ids, count};
	return ERR_OK;
}

/* Visible objects of this type that refer to the name; newest reference first. */
static enum err outcomes_make(struct steps *steps, uint32_t name, struct record_list *ret_outcomes)
{
	const struct catalog *catalog = &steps->hold->catalog;
	uint32_t type = term_find(steps->hold, SLICE(TYPE_OUTCOME)), place = catalog->names[name].referred;
	struct id_item *ids = ARENA_ARRAY(steps->arena, REFS_MAX, struct id_item);
	size_t count = 0;
	if (!ids)
		return ERR_MEMORY;
	for (; place && type && count < REFS_MAX; place = catalog->references[place - 1].before) {
		const struct catalog_reference *reference = &catalog->references[place - 1];
		const struct catalog_row *row = &catalog->rows[reference->row];
		const struct catalog_object *object = &catalog->objects[row->object];
		if (object->type == type && !(row->flags & ROW_MARK) && view_has(steps->view, reference->row))
			TRY(name_text(steps->hold, object->name, steps->arena, &ids[count++].id));
	}
	*ret_outcomes = (struct record_list){ids, count};
	return ERR_OK;
}

static enum err traits_make(struct steps *steps, uint32_t object, struct record_list *ret_traits)
{
	struct gist gist = {0};
	enum err err = hold_gist(steps->hold, steps->hold->catalog.objects[object].head, steps->arena, &gist);
	if (err != ERR_OK && err != ERR_MALFORMED)
		return err;
	const struct trait *from = gist.traits.items;
	struct trait_item *traits = ARENA_ARRAY(steps->arena, gist.traits.count + 1, struct trait_item);
	if (!traits)
		return ERR_MEMORY;
	for (size_t i = 0; i < gist.traits.count; i++)
		traits[i] = (struct trait_item){from[i].name, from[i].value};
	*ret_traits = (struct record_list){traits, gist.traits.count};
	return ERR_OK;
}

static struct slice trait_of(const struct record_list *traits, struct slice name)
{
	const struct trait_item *items = traits->items;
	for (size_t i = 0; i < traits->count; i++)
		if (slice_equal(items[i].name, name))
			return items[i].value;
	return (struct slice){0};
}

static enum err holder_get(struct hold *hold, struct slice id, struct arena *arena, struct slice *ret_holder)
{
	const char *key = arena_printf(arena, "task:%.*s", SLICE_ARG(id));
	if (!key)
		return ERR_MEMORY;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_CHARGE_GET);
	bind_text(ask, 1, slice_text(key));
	enum err err = statement_row(hold, ask);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	return column_copy(ask, 0, arena, ret_holder);
}

static struct slice state_of(const struct step_item *item)
{
	bool cancelled = slice_equal(trait_of(&item->traits, SLICE("state")), SLICE("cancelled"));
	return cancelled ? SLICE("cancelled") : item->outcomes.count ? SLICE("done") : SLICE("open");
}

static enum err task_make(struct steps *steps, uint32_t name, struct step_item *item)
{
	TRY(outcomes_make(steps, name, &item->outcomes));
	item->state = state_of(item);
	if (view_is_lens(steps->view)) /* a user of this node, whom no other nation knows */
		return ERR_OK;
	return holder_get(steps->hold, item->id, steps->arena, &item->holder);
}

enum err task_state(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct slice *ret_state)
{
	struct steps steps = {.hold = hold, .view = view, .arena = arena};
	struct step_item item = {0};
	TRY(traits_make(&steps, object, &item.traits));
	TRY(outcomes_make(&steps, hold->catalog.objects[object].name, &item.outcomes));
	*ret_state = state_of(&item);
	return ERR_OK;
}

static enum err step_make(struct steps *steps, uint32_t object, struct step_item *ret_item, bool *ret_fits)
{
	struct hold *hold = steps->hold;
	const struct catalog_object *entry = &hold->catalog.objects[object];
	struct hold_seen seen;
	struct object_facts facts;
	struct step_item item = {.type = term_text(hold, entry->type)};
	bool about = false;
	*ret_fits = false;
	TRY(refs_make(steps, object, &item.refs, &about));
	if (steps->about_given && !about)
		return ERR_OK;
	TRY(view_seen(hold, steps->view, object, false, steps->arena, &seen));
	TRY(object_get(hold, object, steps->arena, &facts));
	TRY(name_text(hold, entry->name, steps->arena, &item.id));
	item.title = seen.title;
	item.label = seen.label;
	item.originator = seen.originator;
	item.created = facts.created;
	item.modified = seen.modified;
	TRY(traits_make(steps, object, &item.traits));
	if (slice_equal(item.type, SLICE(TYPE_TASK)))
		TRY(task_make(steps, entry->name, &item));
	*ret_fits = !steps->state.len || slice_equal(steps->state, item.state);
	*ret_item = item;
	return ERR_OK;
}

enum err hold_steps(struct hold *hold, struct view *view, struct slice type, struct slice about, struct slice state, struct arena *arena,
		    struct record_list *ret_items)
{
	struct steps steps = {.hold = hold, .view = view, .arena = arena, .about_given = about.len != 0, .state = state};
	uint32_t term = term_find(hold, type);
	const struct bit_set *set = term && term < hold->catalog.type_count ? &hold->catalog.types[term] : NULL;
	struct step_item *items = ARENA_ARRAY(arena, LIST_MAX + 1, struct step_item);
	size_t count = 0;
	if (!items)
		return ERR_MEMORY;
	if (about.len)
		TRY(name_find(hold, about, &steps.about));
	for (size_t word = set ? set->count : 0; word-- > 0;)
		for (uint64_t bits = set->words[word]; bits && count < LIST_MAX;) {
			unsigned top = 63u - (unsigned)__builtin_clzll(bits);
			uint32_t object = (uint32_t)(word * 64 + top);
			bool fits = false;
			bits &= ~(UINT64_C(1) << top);
			if (!view_object_visible(view, object))
				continue;
			TRY(step_make(&steps, object, &items[count], &fits));
			count += fits;
		}
	*ret_items = (struct record_list){items, count};
	return ERR_OK;
}
