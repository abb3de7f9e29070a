/* Reading the catalogue from the tables: at the start and after a rollback. */
#include "hold/inside.h"

void catalog_done(struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->type_count; i++)
		free(catalog->types[i].words);
	free(catalog->types);
	free(catalog->rows);
	free(catalog->objects);
	free(catalog->names);
	free(catalog->references);
	*catalog = (struct catalog){0};
}

static enum err name_row(struct hold *hold, sqlite3_stmt *row)
{
	return catalog_add_name(hold, (uint32_t)column_u64(row, 0));
}

static uint8_t collection_place(const struct hold *hold, struct slice id)
{
	for (size_t i = 0; id.len && i < hold->settings.collection_count; i++)
		if (slice_equal(hold->settings.collections[i].id, id))
			return (uint8_t)(i + 1);
	return 0;
}

static enum err object_row(struct hold *hold, sqlite3_stmt *row)
{
	struct catalog_object object = {
		.originator = (uint16_t)column_u64(row, 1),
		.name = (uint32_t)column_u64(row, 2),
		.type = (uint16_t)column_u64(row, 3),
		.collection = collection_place(hold, column_slice(row, 4)),
	};
	if (object.name >= hold->catalog.name_count)
		return ERR_IO;
	return catalog_add_object(hold, (uint32_t)column_u64(row, 0), &object);
}

static uint8_t flags_of(const struct hold *hold, sqlite3_stmt *row, uint32_t object)
{
	uint64_t kind = column_u64(row, 2);
	return (uint8_t)((column_u64(row, 4) == 0 ? ROW_CURRENT : 0) | (kind == PORTION_HEAD ? ROW_HEAD : 0) |
			 (kind == PORTION_REFERENCE || (!kind && column_u64(row, 5)) ? ROW_REFERENCE : 0) | (kind ? 0 : ROW_MARK) | (column_u64(row, 6) ? ROW_MANDATORY : 0) |
			 (hold->catalog.objects[object].originator == hold->own_term ? ROW_OWN : 0));
}

static enum err portion_row(struct hold *hold, sqlite3_stmt *row)
{
	uint32_t object = (uint32_t)column_u64(row, 1), target = (uint32_t)column_u64(row, 5);
	if (object >= hold->catalog.object_count || target >= hold->catalog.name_count)
		return ERR_IO;
	struct catalog_row entry = {.label = (uint32_t)column_u64(row, 3), .object = object,
				    .flags = flags_of(hold, row, object)};
	hold->catalog.last_added = column_u64(row, 7);
	return catalog_add_row(hold, (uint32_t)column_u64(row, 0), &entry, target);
}

static const struct {
	const char *query;
	enum err (*each)(struct hold *hold, sqlite3_stmt *row);
} passes[] = {
	{"SELECT id FROM name ORDER BY id", name_row},
	{"SELECT id,originator,name,type,collection FROM object ORDER BY id", object_row},
	{"SELECT row,object,kind,label,until,target,mandatory,added FROM portion ORDER BY row", portion_row},
};

static enum err pass(struct hold *hold, const char *query, enum err (*each)(struct hold *hold, sqlite3_stmt *row))
{
	sqlite3_stmt *ask = NULL;
	TRY(sqlite_err(sqlite3_prepare_v2(hold->db, query, -1, &ask, NULL)));
	enum err err = ERR_OK;
	while (err == ERR_OK && (err = statement_row(hold, ask)) == ERR_OK)
		err = each(hold, ask);
	sqlite3_finalize(ask);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err catalog_load(struct hold *hold)
{
	catalog_done(&hold->catalog);
	hold->own_term = (uint16_t)term_find(hold, hold->settings.nation);
	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++)
		TRY(pass(hold, passes[i].query, passes[i].each));
	return catalog_begin(&hold->catalog);
}
