/* The catalogue: thirteen octets a row and thirty an object in memory, so that a view is made and asked without touching
 * a table. It follows the tables at once; after a rollback it is read anew. Holds no content and decides nothing. */
#include "hold/inside.h"

static enum err room(void **array, size_t *capacity, size_t need, size_t size)
{
	if (need <= *capacity)
		return ERR_OK;
	size_t wanted = *capacity ? *capacity * 2 : 1024;
	while (wanted < need)
		wanted *= 2;
	void *grown = reallocarray(*array, wanted, size);
	if (!grown)
		return ERR_MEMORY;
	memset((uint8_t *)grown + *capacity * size, 0, (wanted - *capacity) * size);
	*array = grown;
	*capacity = wanted;
	return ERR_OK;
}

#define ROOM(catalog, name, need) \
	room((void **)&(catalog)->name##s, &(catalog)->name##_capacity, (need), sizeof(*(catalog)->name##s))

/* ---- bits ---- */

enum err bit_reserve(struct bit_set *set, uint64_t bits)
{
	return room((void **)&set->words, &set->count, bits / 64 + 1, sizeof(*set->words));
}

uint64_t bit_count(const struct bit_set *set)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < set->count; i++)
		sum += (uint64_t)__builtin_popcountll(set->words[i]);
	return sum;
}

/* ---- changes ---- */

enum err catalog_begin(struct catalog *catalog)
{
	TRY(ROOM(catalog, row, 1));
	TRY(ROOM(catalog, object, 1));
	TRY(ROOM(catalog, name, 1));
	catalog->row_count = catalog->row_count ? catalog->row_count : 1;
	catalog->object_count = catalog->object_count ? catalog->object_count : 1;
	catalog->name_count = catalog->name_count ? catalog->name_count : 1;
	return ERR_OK;
}

enum err catalog_add_name(struct hold *hold, uint32_t name)
{
	struct catalog *catalog = &hold->catalog;
	TRY(ROOM(catalog, name, (size_t)name + 1));
	if (catalog->name_count <= name)
		catalog->name_count = (size_t)name + 1;
	return ERR_OK;
}

static enum err type_put(struct catalog *catalog, uint16_t type, uint32_t object)
{
	TRY(room((void **)&catalog->types, &catalog->type_count, (size_t)type + 1, sizeof(*catalog->types)));
	TRY(bit_reserve(&catalog->types[type], (uint64_t)object + 1));
	bit_put(&catalog->types[type], object);
	return ERR_OK;
}

enum err catalog_add_object(struct hold *hold, uint32_t object, const struct catalog_object *facts)
{
	struct catalog *catalog = &hold->catalog;
	TRY(ROOM(catalog, object, (size_t)object + 1));
	TRY(type_put(catalog, facts->type, object));
	struct catalog_name *name = &catalog->names[facts->name];
	if (name->referred || name->object)
		views_stale(hold);
	catalog->objects[object] = *facts;
	catalog->objects[object].same_name = name->object;
	name->object = object;
	if (catalog->object_count <= object)
		catalog->object_count = (size_t)object + 1;
	return ERR_OK;
}

static enum err reference_put(struct catalog *catalog, uint32_t row, uint32_t target)
{
	TRY(ROOM(catalog, reference, catalog->reference_count + 1));
	catalog->references[catalog->reference_count++] = (struct catalog_reference){row, target, catalog->names[target].referred};
	catalog->names[target].referred = (uint32_t)catalog->reference_count;
	return ERR_OK;
}

enum err catalog_add_row(struct hold *hold, uint32_t row, const struct catalog_row *facts, uint32_t target)
{
	struct catalog *catalog = &hold->catalog;
	TRY(ROOM(catalog, row, (size_t)row + 1));
	if (target)
		TRY(reference_put(catalog, row, target));
	catalog->rows[row] = *facts;
	catalog->rows[row].next = NO_ROW;
	struct catalog_object *object = &catalog->objects[facts->object];
	if (object->last)
		catalog->rows[object->last].next = row;
	else
		object->first = row;
	object->last = row;
	if (facts->flags & ROW_HEAD && facts->flags & ROW_CURRENT)
		object->head = row;
	if (catalog->row_count <= row)
		catalog->row_count = (size_t)row + 1;
	for (size_t i = 0; i < HOLD_VIEWS; i++) /* a row of an object that a view has weighed already */
		if (hold->views[i].used && facts->object < hold->views[i].object_count)
			hold->views[i].stale = true;
	return ERR_OK;
}

void catalog_close_row(struct hold *hold, uint32_t row)
{
	struct catalog_row *entry = &hold->catalog.rows[row];
	entry->flags &= (uint8_t)~ROW_CURRENT;
	if (hold->catalog.objects[entry->object].head == row)
		hold->catalog.objects[entry->object].head = NO_ROW;
	views_stale(hold);
}

void catalog_drop_row(struct hold *hold, uint32_t row)
{
	struct catalog *catalog = &hold->catalog;
	struct catalog_object *object = &catalog->objects[catalog->rows[row].object];
	uint32_t before = NO_ROW;
	for (uint32_t at = object->first; at && at != row; at = catalog->rows[at].next)
		before = at;
	if (before)
		catalog->rows[before].next = catalog->rows[row].next;
	else
		object->first = catalog->rows[row].next;
	if (object->last == row)
		object->last = before;
	if (object->head == row)
		object->head = NO_ROW;
	catalog->rows[row] = (struct catalog_row){0};
	views_stale(hold);
}

static void name_unlink(struct catalog *catalog, uint32_t object)
{
	uint32_t *link = &catalog->names[catalog->objects[object].name].object;
	while (*link && *link != object)
		link = &catalog->objects[*link].same_name;
	if (*link)
		*link = catalog->objects[object].same_name;
}

void catalog_drop_object(struct hold *hold, uint32_t object)
{
	struct catalog *catalog = &hold->catalog;
	uint32_t next = NO_ROW;
	for (uint32_t row = catalog->objects[object].first; row; row = next) {
		next = catalog->rows[row].next;
		catalog->rows[row] = (struct catalog_row){0};
	}
	name_unlink(catalog, object);
	bit_clear(&catalog->types[catalog->objects[object].type], object);
	catalog->objects[object] = (struct catalog_object){0};
	views_stale(hold);
}

/* ---- questions ---- */

uint32_t catalog_target(const struct catalog *catalog, uint32_t row)
{
	size_t low = 0, high = catalog->reference_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (catalog->references[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low < catalog->reference_count && catalog->references[low].row == row ? catalog->references[low].name : 0;
}

uint32_t object_find(const struct hold *hold, uint32_t name, uint16_t originator)
{
	const struct catalog *catalog = &hold->catalog;
	uint32_t object = name < catalog->name_count ? catalog->names[name].object : 0;
	while (object && catalog->objects[object].originator != originator)
		object = catalog->objects[object].same_name;
	return object;
}

uint32_t object_find_next(const struct hold *hold, uint32_t object)
{
	const struct catalog *catalog = &hold->catalog;
	uint16_t originator = catalog->objects[object].originator;
	do
		object = catalog->objects[object].same_name;
	while (object && catalog->objects[object].originator != originator);
	return object;
}

/* Row numbers and times rise together, so the place is found by halving. */
enum err catalog_row_since(struct hold *hold, uint64_t since_us, uint64_t *ret_row)
{
	uint64_t low = 1, high = hold->catalog.row_count;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		AUTO_STATEMENT *after = statement_take(hold, STATEMENT_PORTION_AFTER);
		bind_u64(after, 1, middle);
		enum err err = statement_row(hold, after);
		if (err != ERR_OK && err != ERR_NOT_FOUND)
			return err;
		uint64_t row = err == ERR_OK ? column_u64(after, 0) : high;
		AUTO_STATEMENT *added = statement_take(hold, STATEMENT_PORTION_ADDED);
		bind_u64(added, 1, row);
		if (row < high && statement_row(hold, added) == ERR_OK && column_u64(added, 0) < since_us)
			low = row + 1;
		else
			high = middle;
	}
	*ret_row = low;
	return ERR_OK;
}

/* ---- names ---- */

enum err name_find(struct hold *hold, struct slice object_id, uint32_t *ret_name)
{
	AUTO_STATEMENT *find = statement_take(hold, STATEMENT_NAME_FIND);
	bind_text(find, 1, object_id);
	enum err err = statement_row(hold, find);
	if (err == ERR_OK)
		*ret_name = (uint32_t)column_u64(find, 0);
	else if (err == ERR_NOT_FOUND)
		*ret_name = 0;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err name_intern(struct hold *hold, struct slice object_id, uint32_t *ret_name)
{
	uint32_t name = 0;
	TRY(name_find(hold, object_id, &name));
	if (!name) {
		name = (uint32_t)hold->catalog.name_count;
		AUTO_STATEMENT *put = statement_take(hold, STATEMENT_NAME_ADD);
		bind_u64(put, 1, name);
		bind_text(put, 2, object_id);
		TRY(statement_run(hold, put));
		TRY(catalog_add_name(hold, name));
	}
	*ret_name = name;
	return ERR_OK;
}

enum err name_text(struct hold *hold, uint32_t name, struct arena *arena, struct slice *ret_text)
{
	AUTO_STATEMENT *find = statement_take(hold, STATEMENT_NAME_TEXT);
	bind_u64(find, 1, name);
	TRY(statement_row(hold, find));
	return column_copy(find, 0, arena, ret_text);
}

uint64_t hold_rows(const struct hold *hold)
{
	return hold->catalog.row_count ? hold->catalog.row_count - 1 : 0;
}
