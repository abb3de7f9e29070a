/* Views: for one kind of reader (clearance, own staff) the bits of the rows and objects he may see.
 *
 * A row shows when its label is permitted, it is of the current version, its object shows, and, for a reference, its
 * target shows. An object shows when its current head is permitted and every target of its mandatory references shows.
 * Policy is asked once per (label, view). New objects extend the bits; whatever else changes makes a view stale, and it
 * is made anew when next asked for. Anything unknown denies. */
#include "hold/inside.h"

#include "hold/releases.h"

/* ---- verdicts per label ---- */

static uint8_t verdict_of(const struct label *label, const struct clearance *clearance, bool own_staff)
{
	uint8_t verdict = 0;
	if (label_decide(label, clearance, 0, NULL) == VERDICT_PERMIT)
		verdict |= VERDICT_FOREIGN;
	if (label_decide(label, clearance, own_staff ? DECIDE_OWN_STAFF : 0, NULL) == VERDICT_PERMIT)
		verdict |= VERDICT_OWN;
	return verdict;
}

/* Through a lens one sees what both may see. */
static uint8_t verdict_make(const struct view *view, const struct label *label)
{
	uint8_t verdict = verdict_of(label, view->parsed, view->own_staff);
	if (!view_is_lens(view))
		return verdict;
	return view->parsed_beneath ? verdict & verdict_of(label, view->parsed_beneath, true) : 0;
}

static enum err verdicts_extend(const struct hold *hold, struct view *view)
{
	size_t count = hold->labels.count;
	if (count > view->verdict_capacity) {
		size_t capacity = count * 2;
		uint8_t *grown = realloc(view->verdicts, capacity);
		if (!grown)
			return ERR_MEMORY;
		view->verdicts = grown;
		view->verdict_capacity = capacity;
	}
	for (size_t i = view->verdict_count; i < count; i++) {
		const struct label *label = label_parsed(hold, (uint32_t)i);
		view->verdicts[i] = 0;
		if (!label || !view->parsed)
			continue;
		view->verdicts[i] = verdict_make(view, label);
	}
	view->verdict_count = count;
	return ERR_OK;
}

bool view_permits_row(const struct hold *hold, const struct view *view, uint32_t row)
{
	const struct catalog_row *entry = &hold->catalog.rows[row];
	if (entry->label >= view->verdict_count)
		return false;
	if (view_is_lens(view) && entry->flags & ROW_OWN && !bit_has(&view->released, row))
		return false;
	return view->verdicts[entry->label] & (entry->flags & ROW_OWN ? VERDICT_OWN : VERDICT_FOREIGN);
}

/* ---- objects ---- */

bool view_object_visible(const struct view *view, uint32_t object)
{
	return bit_has(&view->objects, object);
}

bool view_shows_name(const struct hold *hold, const struct view *view, uint32_t name)
{
	uint32_t object = name < hold->catalog.name_count ? hold->catalog.names[name].object : 0;
	while (object && !view_object_visible(view, object))
		object = hold->catalog.objects[object].same_name;
	return object != 0;
}

static bool is_mandatory(const struct catalog_row *row)
{
	return (row->flags & (ROW_CURRENT | ROW_MANDATORY)) == (ROW_CURRENT | ROW_MANDATORY);
}

/* Objects that were hidden and whose referrers are still to be looked at. */
struct hidden {
	uint32_t *objects;
	size_t count, capacity;
};

static enum err hide(struct view *view, struct hidden *hidden, uint32_t object)
{
	if (hidden->count == hidden->capacity) {
		size_t capacity = hidden->capacity ? hidden->capacity * 2 : 64;
		uint32_t *grown = reallocarray(hidden->objects, capacity, sizeof(*grown));
		if (!grown)
			return ERR_MEMORY;
		hidden->objects = grown;
		hidden->capacity = capacity;
	}
	bit_clear(&view->objects, object);
	hidden->objects[hidden->count++] = object;
	return ERR_OK;
}

static enum err reference_weigh(const struct hold *hold, struct view *view, const struct catalog_reference *reference, struct hidden *hidden)
{
	const struct catalog_row *row = &hold->catalog.rows[reference->row];
	if (!is_mandatory(row) || !view_object_visible(view, row->object) ||
	    (view_permits_row(hold, view, reference->row) && view_shows_name(hold, view, reference->name)))
		return ERR_OK;
	return hide(view, hidden, row->object);
}

static enum err referrers_weigh(const struct hold *hold, struct view *view, uint32_t name, size_t from, struct hidden *hidden)
{
	const struct catalog *catalog = &hold->catalog;
	if (view_shows_name(hold, view, name))
		return ERR_OK;
	for (size_t place = catalog->names[name].referred; place > from; place = catalog->references[place - 1].before)
		TRY(reference_weigh(hold, view, &catalog->references[place - 1], hidden));
	return ERR_OK;
}

/* Hides objects with a hidden mandatory target, then what refers to those: an object is hidden once, and its referrers
 * are looked at once, so the work follows the number of references, however long their chains. */
static enum err hide_by_target(const struct hold *hold, struct view *view, size_t from)
{
	const struct catalog *catalog = &hold->catalog;
	struct hidden hidden = {0};
	enum err err = ERR_OK;
	for (size_t i = from; err == ERR_OK && i < catalog->reference_count; i++)
		err = reference_weigh(hold, view, &catalog->references[i], &hidden);
	while (err == ERR_OK && hidden.count)
		err = referrers_weigh(hold, view, catalog->objects[hidden.objects[--hidden.count]].name, from, &hidden);
	free(hidden.objects);
	return err;
}

static size_t first_reference(const struct catalog *catalog, size_t row)
{
	size_t i = catalog->reference_count;
	while (i > 0 && catalog->references[i - 1].row >= row)
		i--;
	return i;
}

static bool row_shows(const struct hold *hold, const struct view *view, uint32_t row)
{
	const struct catalog_row *entry = &hold->catalog.rows[row];
	if (!(entry->flags & ROW_CURRENT) || !view_object_visible(view, entry->object) || !view_permits_row(hold, view, row))
		return false;
	return !(entry->flags & ROW_REFERENCE) || view_shows_name(hold, view, catalog_target(&hold->catalog, row));
}

/* Adds the objects and rows behind those the view knows. */
static enum err extend(const struct hold *hold, struct view *view)
{
	const struct catalog *catalog = &hold->catalog;
	TRY(verdicts_extend(hold, view));
	TRY(bit_reserve(&view->objects, catalog->object_count));
	TRY(bit_reserve(&view->rows, catalog->row_count));
	for (size_t i = view->object_count; i < catalog->object_count; i++)
		if (catalog->objects[i].head && view_permits_row(hold, view, catalog->objects[i].head))
			bit_put(&view->objects, i);
	TRY(hide_by_target(hold, view, first_reference(catalog, view->row_count)));
	for (size_t i = view->row_count; i < catalog->row_count; i++)
		if (row_shows(hold, view, (uint32_t)i)) {
			bit_put(&view->rows, i);
			view->visible_rows++;
		}
	view->object_count = catalog->object_count;
	view->row_count = catalog->row_count;
	return ERR_OK;
}

static void clear(struct bit_set *set)
{
	if (set->count)
		memset(set->words, 0, set->count * sizeof(*set->words));
}

/* ---- lenses ---- */

bool view_is_lens(const struct view *view)
{
	return view->lens.len != 0;
}

/* Whatever is written may change what went where: a lens is made anew after each write. One pass over the small facts. */
static enum err released_load(struct hold *hold, struct view *view)
{
	int nation = nation_find(hold, view->lens);
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_ROWS_STATES);
	enum err err;
	clear(&view->released);
	TRY(bit_reserve(&view->released, hold->catalog.row_count));
	while ((err = statement_row(hold, ask)) == ERR_OK) {
		struct slice states = column_slice(ask, 1);
		if (nation >= 0 && (size_t)nation < states.len && state_goes(states.data[nation]))
			bit_put(&view->released, column_u64(ask, 0));
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err lens_follow(struct hold *hold, struct view *view)
{
	uint64_t writes = (uint64_t)sqlite3_total_changes64(hold->db) + 1;
	if (!view_is_lens(view) || view->writes == writes)
		return ERR_OK;
	view->stale = true;
	TRY(released_load(hold, view));
	view->writes = writes;
	return ERR_OK;
}

enum err view_refresh(struct hold *hold, struct view *view)
{
	TRY(lens_follow(hold, view));
	if (view->stale) {
		clear(&view->rows);
		clear(&view->objects);
		view->row_count = view->object_count = 0;
		view->visible_rows = 0;
		view->stale = false;
	}
	if (view->row_count == hold->catalog.row_count && view->object_count == hold->catalog.object_count)
		return verdicts_extend(hold, view);
	enum err err = extend(hold, view);
	view->stale = err != ERR_OK;
	return err;
}

void views_stale(struct hold *hold)
{
	hold->sights++;
	for (size_t i = 0; i < HOLD_VIEWS; i++)
		hold->views[i].stale = true;
}

/* ---- keeping them ---- */

void view_done(struct view *view)
{
	free(view->verdicts);
	free(view->released.words);
	free(view->rows.words);
	free(view->objects.words);
	arena_done(&view->arena);
	*view = (struct view){0};
}

void hold_forget_views(struct hold *hold)
{
	hold->sights++;
	hold->asking = NULL;
	for (size_t i = 0; i < HOLD_VIEWS; i++)
		view_done(&hold->views[i]);
}

/* What makes a view another one. */
struct view_key {
	struct slice clearance, lens, beneath;
	bool own_staff;
};

static bool is_key_of(const struct view_key *key, const struct view *view)
{
	return view->used && view->own_staff == key->own_staff && slice_equal(view->clearance, key->clearance) &&
	       slice_equal(view->lens, key->lens) && slice_equal(view->beneath, key->beneath);
}

static struct view *view_place(struct hold *hold, const struct view_key *key)
{
	struct view *oldest = &hold->views[0];
	for (size_t i = 0; i < HOLD_VIEWS; i++) {
		struct view *view = &hold->views[i];
		if (is_key_of(key, view))
			return view;
		if (view->last_use < oldest->last_use)
			oldest = view;
	}
	view_done(oldest);
	return oldest;
}

static const struct clearance *clearance_read(struct hold *hold, struct view *view, struct slice text)
{
	const struct clearance *parsed = NULL;
	return clearance_parse_compact(hold->settings.policies, text, &view->arena, &parsed, NULL) == ERR_OK ? parsed : NULL;
}

static enum err view_make(struct hold *hold, struct view *view, const struct view_key *key)
{
	TRY(arena_copy(&view->arena, key->clearance, &view->clearance));
	TRY(arena_copy(&view->arena, key->lens, &view->lens));
	TRY(arena_copy(&view->arena, key->beneath, &view->beneath));
	view->parsed = clearance_read(hold, view, view->clearance);
	view->parsed_beneath = view_is_lens(view) ? clearance_read(hold, view, view->beneath) : NULL;
	view->own_staff = key->own_staff;
	view->used = view->stale = true;
	return ERR_OK;
}

static enum err view_take(struct hold *hold, const struct view_key *key, struct view **ret_view)
{
	if (hold->broken)
		return ERR_INTERNAL;
	struct view *view = view_place(hold, key);
	if (!view->used)
		TRY(view_make(hold, view, key));
	view->last_use = ++hold->uses;
	TRY(view_refresh(hold, view));
	*ret_view = view;
	return ERR_OK;
}

enum err hold_view(struct hold *hold, struct slice clearance, bool own_staff, struct view **ret_view)
{
	return view_take(hold, &(struct view_key){.clearance = clearance, .own_staff = own_staff}, ret_view);
}

enum err hold_lens(struct hold *hold, struct slice nation, struct slice clearance, struct slice beneath, struct view **ret_view)
{
	if (nation.len == 0)
		return ERR_NOT_FOUND;
	return view_take(hold, &(struct view_key){.clearance = clearance, .lens = nation, .beneath = beneath}, ret_view);
}

enum verdict hold_view_permits(struct hold *hold, const struct view *view, struct slice label)
{
	AUTO_ARENA scratch = {0};
	uint32_t known = label_find(hold, label);
	if (known && known < view->verdict_count)
		return view->verdicts[known] & VERDICT_OWN ? VERDICT_PERMIT : VERDICT_DENY;
	const struct label *parsed = NULL;
	if (!view->parsed || label_parse_compact(hold->settings.policies, label, &scratch, &parsed, NULL) != ERR_OK)
		return VERDICT_DENY;
	return label_decide(parsed, view->parsed, view->own_staff ? DECIDE_OWN_STAFF : 0, NULL);
}

/* ---- questions ---- */

uint64_t hold_view_objects(struct hold *hold, struct view *view, struct slice type)
{
	if (!type.len)
		return bit_count(&view->objects);
	uint32_t term = term_find(hold, type);
	if (!term || term >= hold->catalog.type_count)
		return 0;
	const struct bit_set *of_type = &hold->catalog.types[term];
	uint64_t sum = 0;
	for (size_t i = 0; i < of_type->count && i < view->objects.count; i++)
		sum += (uint64_t)__builtin_popcountll(of_type->words[i] & view->objects.words[i]);
	return sum;
}

uint64_t hold_view_rows(struct hold *hold, struct view *view)
{
	(void)hold;
	return view->visible_rows;
}

uint32_t view_last_row(const struct hold *hold, const struct view *view, uint32_t object)
{
	uint32_t last = NO_ROW;
	for (uint32_t row = hold->catalog.objects[object].first; row; row = hold->catalog.rows[row].next)
		if (view_has(view, row))
			last = row;
	return last;
}

enum err view_find(struct hold *hold, const struct view *view, struct slice id, uint32_t *ret_object)
{
	uint32_t name = 0, found = 0;
	TRY(name_find(hold, id, &name));
	uint32_t object = name < hold->catalog.name_count ? hold->catalog.names[name].object : 0;
	for (; object; object = hold->catalog.objects[object].same_name)
		if (view_object_visible(view, object) &&
		    (!found || hold->catalog.objects[object].originator == hold->own_term))
			found = object;
	*ret_object = found;
	return ERR_OK;
}

uint32_t view_find_own(const struct hold *hold, const struct view *view, uint32_t name)
{
	uint32_t found = 0;
	for (uint32_t object = object_find(hold, name, hold->own_term); object; object = object_find_next(hold, object))
		if (view_object_visible(view, object))
			found = object;
	return found;
}

enum err view_sees_recall(struct hold *hold, const struct view *view, uint32_t name, bool *ret_recalled)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_TOMBSTONE_GET);
	bind_u64(ask, 1, hold->own_term);
	bind_u64(ask, 2, name);
	enum err err = statement_row(hold, ask);
	uint64_t label = err == ERR_OK ? column_u64(ask, 1) : 0;
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		*ret_recalled = label && label < view->verdict_count && view->verdicts[label] & VERDICT_OWN;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}
