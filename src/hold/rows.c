/* Portions, manifests and objects between memory and tables. Knows no reader and no nation. */
#include "hold/inside.h"

enum { ROW_OCTETS = 8 };

uint64_t admission_moment(struct hold *hold, uint64_t now_ms)
{
	uint64_t now = now_ms * 1000, next = hold->catalog.last_added + 1;
	hold->catalog.last_added = now > next ? now : next;
	return hold->catalog.last_added;
}

enum err row_added(struct hold *hold, uint64_t row, uint64_t *ret_added)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_PORTION_ADDED);
	bind_u64(ask, 1, row);
	TRY(statement_row(hold, ask));
	*ret_added = column_u64(ask, 0);
	return ERR_OK;
}

enum err head_texts_get(struct hold *hold, uint64_t row, struct arena *arena, struct slice *ret_title, struct slice *ret_version)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_BODY_GET);
	bind_u64(ask, 1, row);
	enum err err = statement_row(hold, ask);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_IO : err;
	TRY(column_copy(ask, 2, arena, ret_title));
	return column_copy(ask, 3, arena, ret_version);
}

/* ---- reading ---- */

static enum err stored_read(sqlite3_stmt *row, struct arena *arena, struct stored_portion *ret_portion)
{
	struct slice id = column_slice(row, 1);
	if (id.len != PORTION_ID)
		return ERR_IO;
	struct stored_portion portion = {
		.row = column_u64(row, 0), .kind = (uint8_t)column_u64(row, 2), .label = (uint32_t)column_u64(row, 3),
		.changed = column_u64(row, 4), .first = column_u64(row, 5), .until = column_u64(row, 6),
		.released = column_u64(row, 7), .added = column_u64(row, 8), .target = (uint32_t)column_u64(row, 9),
		.mandatory = column_u64(row, 10) != 0,
	};
	memcpy(portion.id, id.data, PORTION_ID);
	TRY(column_copy(row, 11, arena, &portion.states));
	*ret_portion = portion;
	return ERR_OK;
}

static enum err grow(struct arena *arena, struct stored_portion **portions, size_t count, size_t *capacity)
{
	if (count < *capacity)
		return ERR_OK;
	size_t wanted = *capacity ? *capacity * 2 : 16;
	struct stored_portion *grown = ARENA_ARRAY(arena, wanted, struct stored_portion);
	if (!grown)
		return ERR_MEMORY;
	if (count)
		memcpy(grown, *portions, count * sizeof(*grown));
	*portions = grown;
	*capacity = wanted;
	return ERR_OK;
}

enum err portions_of(struct hold *hold, uint32_t object, struct arena *arena, struct stored_portion **ret_portions,
		     size_t *ret_count)
{
	struct stored_portion *portions = NULL;
	size_t count = 0, capacity = 0;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_PORTIONS_OF);
	bind_u64(ask, 1, object);
	enum err err = ERR_OK;
	while ((err = statement_row(hold, ask)) == ERR_OK) {
		TRY(grow(arena, &portions, count, &capacity));
		TRY(stored_read(ask, arena, &portions[count++]));
	}
	if (err != ERR_NOT_FOUND)
		return err;
	*ret_portions = portions;
	*ret_count = count;
	return ERR_OK;
}

enum err body_get(struct hold *hold, uint64_t row, struct arena *arena, struct slice *ret_bytes, struct slice *ret_title)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_BODY_GET);
	bind_u64(ask, 1, row);
	enum err err = statement_row(hold, ask);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_IO : err;
	if (ret_bytes)
		TRY(column_copy(ask, 0, arena, ret_bytes));
	return ret_title ? column_copy(ask, 2, arena, ret_title) : ERR_OK;
}

enum err object_get(struct hold *hold, uint32_t object, struct arena *arena, struct object_facts *ret_facts)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_OBJECT_GET);
	bind_u64(ask, 1, object);
	TRY(statement_row(hold, ask));
	struct object_facts facts = {.created = column_u64(ask, 0), .precedence = (uint8_t)column_u64(ask, 3),
				     .holders = column_u64(ask, 4)};
	TRY(column_copy(ask, 1, arena, &facts.author));
	TRY(column_copy(ask, 2, arena, &facts.roles));
	TRY(column_copy(ask, 5, arena, &facts.writers));
	*ret_facts = facts;
	return ERR_OK;
}

enum err tombstone_has(struct hold *hold, uint16_t originator, uint32_t name, bool *ret_recalled)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_TOMBSTONE_GET);
	bind_u64(ask, 1, originator);
	bind_u64(ask, 2, name);
	enum err err = statement_row(hold, ask);
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		*ret_recalled = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- writing ---- */

static enum err portion_insert(struct hold *hold, uint64_t row, uint32_t label, const struct new_row *facts)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_PORTION_ADD);
	const uint64_t numbers[] = {facts->portion->kind, label, facts->portion->changed, facts->first, facts->until,
				    facts->released, facts->added};
	bind_u64(put, 1, row);
	bind_u64(put, 2, facts->object);
	bind_bytes(put, 3, SLICE_ARRAY(facts->portion->id));
	for (int i = 0; i < (int)(sizeof(numbers) / sizeof(numbers[0])); i++)
		bind_u64(put, 4 + i, numbers[i]);
	if (facts->target)
		bind_u64(put, 11, facts->target);
	if (facts->mandatory)
		bind_u64(put, 12, 1);
	bind_bytes(put, 13, facts->states);
	return statement_run(hold, put);
}

static enum err body_insert(struct hold *hold, uint64_t row, const struct new_row *facts)
{
	AUTO_STATEMENT *body = statement_take(hold, STATEMENT_BODY_ADD);
	bind_u64(body, 1, row);
	bind_bytes(body, 2, facts->bytes);
	bind_text(body, 3, facts->index_text);
	if (facts->title.len)
		bind_text(body, 4, facts->title);
	if (facts->version.len)
		bind_text(body, 5, facts->version);
	if (facts->gist.len)
		bind_bytes(body, 6, facts->gist);
	TRY(statement_run(hold, body));
	if (facts->until || !facts->index_text.len)
		return ERR_OK;
	AUTO_STATEMENT *words = statement_take(hold, STATEMENT_WORDS_ADD);
	bind_u64(words, 1, row);
	bind_text(words, 2, facts->index_text);
	return statement_run(hold, words);
}

static uint8_t flags_of(const struct hold *hold, const struct new_row *facts)
{
	return (uint8_t)((facts->until ? 0 : ROW_CURRENT) | (facts->portion->kind == PORTION_HEAD ? ROW_HEAD : 0) |
			 (facts->portion->kind == PORTION_REFERENCE ? ROW_REFERENCE : 0) |
			 (facts->mandatory ? ROW_MANDATORY : 0) | (facts->originator == hold->own_term ? ROW_OWN : 0));
}

enum err row_add(struct hold *hold, const struct new_row *facts, uint64_t *ret_row)
{
	uint32_t label = 0;
	TRY(label_intern(hold, facts->portion->label, &label));
	size_t row = hold->catalog.row_count;
	if (row >= UINT32_MAX)
		return ERR_TOO_LARGE;
	TRY(portion_insert(hold, row, label, facts));
	TRY(body_insert(hold, row, facts));
	if (facts->places.len)
		TRY(places_insert(hold, row, facts->places));
	struct catalog_row entry = {.label = label, .object = facts->object, .flags = flags_of(hold, facts)};
	TRY(catalog_add_row(hold, (uint32_t)row, &entry, facts->target));
	*ret_row = row;
	return ERR_OK;
}

static enum err words_delete(struct hold *hold, uint64_t row)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_BODY_GET);
	bind_u64(ask, 1, row);
	enum err err = statement_row(hold, ask);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	struct slice text = column_slice(ask, 1);
	if (!text.len)
		return ERR_OK;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_WORDS_DELETE);
	bind_u64(put, 1, row);
	bind_text(put, 2, text);
	return statement_run(hold, put);
}

enum err row_close(struct hold *hold, uint64_t row, uint64_t until)
{
	TRY(words_delete(hold, row));
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_PORTION_CLOSE);
	bind_u64(put, 1, row);
	bind_u64(put, 2, until);
	TRY(statement_run(hold, put));
	TRY(places_delete(hold, row));
	catalog_close_row(hold, (uint32_t)row);
	return ERR_OK;
}

enum err row_delete(struct hold *hold, uint64_t row)
{
	static const enum statement each[] = {STATEMENT_BODY_DELETE, STATEMENT_PLACES_DELETE, STATEMENT_APPROVAL_DELETE, STATEMENT_PORTION_DELETE};
	if (hold->catalog.rows[row].flags & ROW_CURRENT) /* closed rows left the index already */
		TRY(words_delete(hold, row));
	texts_forget(hold);
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		AUTO_STATEMENT *put = statement_take(hold, each[i]);
		bind_u64(put, 1, row);
		TRY(statement_run(hold, put));
	}
	return ERR_OK;
}

/* ---- manifests ---- */

static enum err rows_encode(const struct stored_manifest *manifest, struct buf *rows)
{
	for (size_t i = 0; i < manifest->count; i++)
		for (int shift = 56; shift >= 0; shift -= 8)
			buf_put_octet(rows, (uint8_t)(manifest->rows[i] >> shift));
	return rows->err;
}

static enum err rows_decode(struct slice bytes, struct arena *arena, struct stored_manifest *manifest)
{
	manifest->count = bytes.len / ROW_OCTETS;
	if (bytes.len % ROW_OCTETS || manifest->salts.len != manifest->count * SALT)
		return ERR_IO;
	manifest->rows = ARENA_ARRAY(arena, manifest->count + 1, uint64_t);
	if (!manifest->rows)
		return ERR_MEMORY;
	for (size_t i = 0; i < bytes.len; i++)
		manifest->rows[i / ROW_OCTETS] = manifest->rows[i / ROW_OCTETS] << 8 | bytes.data[i];
	return ERR_OK;
}

enum err manifest_add(struct hold *hold, uint32_t object, uint64_t issued, const struct stored_manifest *manifest)
{
	AUTO_BUF rows = buf_make(LIMIT_PORTIONS * ROW_OCTETS);
	TRY(rows_encode(manifest, &rows));
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_MANIFEST_ADD);
	bind_u64(put, 1, object);
	bind_u64(put, 2, issued);
	bind_bytes(put, 3, manifest->bytes);
	bind_bytes(put, 4, manifest->signature);
	bind_bytes(put, 5, buf_slice(&rows));
	bind_bytes(put, 6, manifest->salts);
	return statement_run(hold, put);
}

enum err manifest_set(struct hold *hold, uint32_t object, uint64_t issued, const struct stored_manifest *manifest)
{
	AUTO_BUF rows = buf_make(LIMIT_PORTIONS * ROW_OCTETS);
	TRY(rows_encode(manifest, &rows));
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_MANIFEST_SET);
	bind_u64(put, 1, object);
	bind_u64(put, 2, issued);
	bind_bytes(put, 3, buf_slice(&rows));
	bind_bytes(put, 4, manifest->salts);
	return statement_run(hold, put);
}

enum err manifest_get(struct hold *hold, uint32_t object, uint64_t issued, struct arena *arena,
		      struct stored_manifest *ret_manifest)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_MANIFEST_GET);
	bind_u64(ask, 1, object);
	bind_u64(ask, 2, issued);
	TRY(statement_row(hold, ask));
	struct stored_manifest manifest = {0};
	struct slice rows;
	TRY(column_copy(ask, 0, arena, &manifest.bytes));
	TRY(column_copy(ask, 1, arena, &manifest.signature));
	TRY(column_copy(ask, 2, arena, &rows));
	TRY(column_copy(ask, 3, arena, &manifest.salts));
	TRY(rows_decode(rows, arena, &manifest));
	*ret_manifest = manifest;
	return ERR_OK;
}

enum err manifest_newest(struct hold *hold, uint32_t object, uint64_t *ret_issued)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_MANIFEST_NEWEST);
	bind_u64(ask, 1, object);
	TRY(statement_row(hold, ask));
	*ret_issued = column_u64(ask, 0);
	return ERR_OK;
}
