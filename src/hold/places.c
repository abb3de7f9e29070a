/* Places in a table of their own, by the row of their head. Must never answer a place whose head the view does not show. */
#include "hold/inside.h"

#include "hold/places.h"
#include "object/place.h"

/* ---- writing ---- */

static enum err place_insert(struct hold *hold, uint64_t row, size_t number, const struct place *place)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_PLACE_ADD);
	bind_u64(put, 1, row);
	bind_u64(put, 2, number);
	bind_u64(put, 3, place->latitude);
	bind_u64(put, 4, place->longitude);
	bind_u64(put, 5, place->since);
	bind_u64(put, 6, place->until);
	bind_text(put, 7, place->symbol);
	return statement_run(hold, put);
}

enum err places_insert(struct hold *hold, uint64_t row, struct slice encoded)
{
	AUTO_ARENA arena = {0};
	struct places places;
	TRY(record_decode(&places_schema, encoded, &arena, &places));
	const struct place *items = places.items.items;
	for (size_t i = 0; i < places.items.count; i++)
		TRY(place_insert(hold, row, i, &items[i]));
	return ERR_OK;
}

enum err places_delete(struct hold *hold, uint64_t row)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_PLACES_DELETE);
	bind_u64(put, 1, row);
	return statement_run(hold, put);
}

/* ---- reading ---- */

struct places_pass {
	struct hold *hold;
	struct arena *arena;
	struct placed_object *objects;
	size_t count, limit;
	uint64_t row; /* of the object at hand */
	struct position positions[LIMIT_POSITIONS];
	size_t position_count;
	bool more;
};

static void ask_bind(sqlite3_stmt *find, const struct msg_ask_places *ask)
{
	bool crosses = ask->west > ask->east;
	bind_u64(find, 1, ask->south);
	bind_u64(find, 2, ask->north);
	bind_u64(find, 3, ask->west);
	bind_u64(find, 4, crosses ? UINT32_MAX : ask->east);
	bind_u64(find, 5, crosses ? 0 : ask->west);
	bind_u64(find, 6, ask->east);
	bind_u64(find, 7, ask->since);
	bind_u64(find, 8, ask->until ? ask->until : (uint64_t)INT64_MAX);
}

static enum err object_end(struct places_pass *pass)
{
	if (!pass->position_count)
		return ERR_OK;
	size_t size = pass->position_count * sizeof(struct position);
	struct slice copy;
	TRY(arena_copy(pass->arena, slice_of((const uint8_t *)pass->positions, size), &copy));
	pass->objects[pass->count - 1].positions = (struct record_list){(void *)(uintptr_t)copy.data, pass->position_count};
	pass->position_count = 0;
	return ERR_OK;
}

static enum err object_begin(struct places_pass *pass, uint64_t row, struct slice symbol)
{
	struct hold *hold = pass->hold;
	const struct catalog_object *object = &hold->catalog.objects[hold->catalog.rows[row].object];
	struct placed_object *placed = &pass->objects[pass->count++];
	pass->row = row;
	*placed = (struct placed_object){.type = term_text(hold, object->type), .originator = term_text(hold, object->originator),
					 .label = label_text(hold, hold->catalog.rows[row].label)};
	TRY(arena_copy(pass->arena, symbol, &placed->symbol));
	TRY(body_get(hold, row, pass->arena, NULL, &placed->title));
	return name_text(hold, object->name, pass->arena, &placed->id);
}

static enum err place_take(struct places_pass *pass, sqlite3_stmt *find)
{
	uint64_t row = column_u64(find, 0);
	if (row != pass->row) {
		TRY(object_end(pass));
		if (pass->count == pass->limit) {
			pass->more = true;
			return ERR_OK;
		}
		TRY(object_begin(pass, row, column_slice(find, 5)));
	}
	if (pass->position_count < LIMIT_POSITIONS)
		pass->positions[pass->position_count++] = (struct position){
			(uint32_t)column_u64(find, 1), (uint32_t)column_u64(find, 2), column_u64(find, 3), column_u64(find, 4)};
	return ERR_OK;
}

static enum err places_find(struct places_pass *pass, struct view *view, const struct msg_ask_places *ask)
{
	AUTO_STATEMENT *find = statement_take(pass->hold, STATEMENT_PLACES_FIND);
	ask_bind(find, ask);
	pass->hold->asking = view;
	enum err err = ERR_OK;
	while (err == ERR_OK && !pass->more && (err = statement_row(pass->hold, find)) == ERR_OK)
		err = place_take(pass, find);
	pass->hold->asking = NULL;
	return err == ERR_OK || err == ERR_NOT_FOUND ? object_end(pass) : err;
}

enum err hold_places(struct hold *hold, struct view *view, const struct msg_ask_places *ask, struct arena *arena,
		     struct msg_places *ret_places)
{
	struct places_pass *pass = ARENA_NEW(arena, struct places_pass);
	if (!pass)
		return ERR_MEMORY;
	pass->hold = hold;
	pass->arena = arena;
	pass->limit = ask->limit == 0 ? LIMIT_MAP_DEFAULT : ask->limit < LIMIT_MAP_FEATURES ? ask->limit : LIMIT_MAP_FEATURES;
	pass->objects = ARENA_ARRAY(arena, pass->limit, struct placed_object);
	if (!pass->objects)
		return ERR_MEMORY;
	TRY(places_find(pass, view, ask));
	*ret_places = (struct msg_places){.objects = {pass->objects, pass->count}, .more = pass->more};
	return ERR_OK;
}
