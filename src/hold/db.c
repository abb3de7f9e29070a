/* The one connection: opening, pragmas, prepared constants, transactions.
 * Never builds SQL from data: values enter by binding only. */
#include "hold/inside.h"
#include "hold/warning.h"

#include <malloc.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const sql[STATEMENT_COUNT] = {
#define X(name, text) text,
	STATEMENT_TABLE(X)
#undef X
};

static const char *const pragmas[] = {
	"PRAGMA locking_mode=EXCLUSIVE", /* one connection: no shared memory file */
	"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON", "PRAGMA temp_store=MEMORY",
	"PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON", "PRAGMA wal_autocheckpoint=2000",
};

enum err sqlite_err(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_NOMEM:
		return ERR_MEMORY;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_IO;
	default:
		return ERR_INTERNAL;
	}
}

/* ---- statements ---- */

sqlite3_stmt *statement_take(struct hold *hold, enum statement which)
{
	sqlite3_stmt *taken = hold->statements[which];
	sqlite3_reset(taken);
	sqlite3_clear_bindings(taken);
	return taken;
}

void bind_u64(sqlite3_stmt *statement, int place, uint64_t value)
{
	sqlite3_bind_int64(statement, place, (sqlite3_int64)value);
}

void bind_bytes(sqlite3_stmt *statement, int place, struct slice bytes)
{
	sqlite3_bind_blob64(statement, place, bytes.data ? (const void *)bytes.data : "", bytes.len, SQLITE_STATIC);
}

void bind_text(sqlite3_stmt *statement, int place, struct slice text)
{
	sqlite3_bind_text64(statement, place, text.data ? (const char *)text.data : "", text.len, SQLITE_STATIC, SQLITE_UTF8);
}

enum err statement_run(struct hold *hold, sqlite3_stmt *statement)
{
	(void)hold;
	int code = sqlite3_step(statement);
	sqlite3_reset(statement);
	return code == SQLITE_DONE ? ERR_OK : code == SQLITE_ROW ? ERR_INTERNAL : sqlite_err(code);
}

enum err statement_row(struct hold *hold, sqlite3_stmt *statement)
{
	(void)hold;
	int code = sqlite3_step(statement);
	return code == SQLITE_ROW ? ERR_OK : code == SQLITE_DONE ? ERR_NOT_FOUND : sqlite_err(code);
}

uint64_t column_u64(sqlite3_stmt *statement, int place)
{
	return (uint64_t)sqlite3_column_int64(statement, place);
}

struct slice column_slice(sqlite3_stmt *statement, int place)
{
	const void *data = sqlite3_column_blob(statement, place);
	return slice_of(data, data ? (size_t)sqlite3_column_bytes(statement, place) : 0);
}

enum err column_copy(sqlite3_stmt *statement, int place, struct arena *arena, struct slice *ret_copy)
{
	return arena_copy(arena, column_slice(statement, place), ret_copy);
}

/* ---- visible(row): the reader's view inside the query ---- */

static void sql_visible(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct hold *hold = sqlite3_user_data(context);
	(void)count;
	sqlite3_int64 row = sqlite3_value_int64(values[0]);
	sqlite3_result_int(context, hold->asking && row > 0 && view_has(hold->asking, (uint64_t)row));
}

/* ---- opening ---- */

static enum err pragmas_set(struct hold *hold)
{
	for (size_t i = 0; i < COUNT_OF(pragmas); i++)
		TRY(sqlite_err(sqlite3_exec(hold->db, pragmas[i], NULL, NULL, NULL)));
	char cache[64];
	unsigned kib = hold->settings.cache_kib ? hold->settings.cache_kib : 8192;
	snprintf(cache, sizeof(cache), "PRAGMA cache_size=-%u", kib);
	return sqlite_err(sqlite3_exec(hold->db, cache, NULL, NULL, NULL));
}

static enum err statements_prepare(struct hold *hold, struct diag *diag)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		int code = sqlite3_prepare_v3(hold->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &hold->statements[i], NULL);
		if (code != SQLITE_OK)
			return diag_fail(diag, ERR_INTERNAL, "statement %zu: %s", i, sqlite3_errmsg(hold->db));
	}
	return ERR_OK;
}

/* One fact that must never change over the life of the database. */
static enum err fact_pin(struct hold *hold, const char *key, struct slice value, struct diag *diag)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_FACT_GET);
	bind_text(ask, 1, slice_text(key));
	enum err err = statement_row(hold, ask);
	if (err == ERR_OK) {
		struct slice kept = column_slice(ask, 0);
		return slice_equal(kept, value) ? ERR_OK
			: diag_fail(diag, ERR_INVALID, "store.db belongs to %s %.*s, not %.*s", key, SLICE_ARG(kept),
				    SLICE_ARG(value));
	}
	if (err != ERR_NOT_FOUND)
		return err;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_FACT_PUT);
	bind_text(put, 1, slice_text(key));
	bind_text(put, 2, value);
	return statement_run(hold, put);
}

static enum err waiting_load(struct hold *hold)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_WAITING_ALL);
	enum err err = statement_row(hold, ask);
	hold->waiting_any = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err open_in_steps(struct hold *hold, const char *path, struct diag *diag)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
	int code = sqlite3_open_v2(path, &hold->db, flags, NULL);
	if (code != SQLITE_OK)
		return diag_fail(diag, sqlite_err(code), "store.db: %s", sqlite3_errstr(code));
	TRY(pragmas_set(hold));
	TRY(tokenizer_register(hold->db));
	TRY(tally_register(hold));
	TRY(sqlite_err(sqlite3_create_function(hold->db, "visible", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, hold, sql_visible,
					       NULL, NULL)));
	TRY(schema_make(hold, diag));
	TRY(statements_prepare(hold, diag));
	TRY(fact_pin(hold, "nation", hold->settings.nation, diag));
	TRY(fact_pin(hold, "realm", hold->settings.realm, diag));
	TRY(tokenizer_open(hold->db, &hold->tokenizer));
	TRY(intern_load(hold));
	TRY(catalog_load(hold));
	TRY(waiting_load(hold));
	TRY(hold_begin(hold));
	enum err err = term_intern(hold, hold->settings.nation, &hold->own_term);
	if (err == ERR_OK)
		return hold_commit(hold);
	hold_rollback(hold);
	return err;
}

enum err hold_open(const char *path, const struct hold_settings *settings, struct hold **ret_hold, struct diag *diag)
{
	struct hold *hold = calloc(1, sizeof(*hold));
	if (!hold)
		return ERR_MEMORY;
	hold->settings = *settings;
	enum err err = open_in_steps(hold, path, diag);
	if (err != ERR_OK) {
		hold_close(hold);
		return diag_fail(diag, err, "store.db cannot be opened: %s", err_text(err));
	}
	*ret_hold = hold;
	return ERR_OK;
}

void hold_close(struct hold *hold)
{
	if (!hold)
		return;
	if (hold->writing)
		hold_rollback(hold);
	hold_forget_views(hold);
	hold_weigh_done(hold);
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(hold->statements[i]);
	tokenizer_close(hold->tokenizer);
	texts_forget(hold);
	sqlite3_close(hold->db);
	catalog_done(&hold->catalog);
	intern_done(hold);
	free(hold);
}

/* ---- transactions ---- */

bool hold_is_writing(const struct hold *hold)
{
	return hold->writing;
}

enum err hold_begin(struct hold *hold)
{
	if (hold->writing || hold->broken)
		return ERR_INTERNAL;
	TRY(statement_run(hold, statement_take(hold, STATEMENT_BEGIN)));
	hold->writing = true;
	hold->began_at = hold->catalog.row_count;
	return ERR_OK;
}

void hold_rollback(struct hold *hold)
{
	if (!hold->writing)
		return;
	hold->writing = hold->purge = false;
	enum err err = ERR_OK;
	if (!sqlite3_get_autocommit(hold->db)) /* an error may have rolled back already */
		err = statement_run(hold, statement_take(hold, STATEMENT_ROLLBACK));
	intern_settle(hold, false);
	hold->reloads++;
	texts_forget(hold);
	if (err == ERR_OK)
		err = catalog_load(hold);
	hold->broken = err != ERR_OK;
	hold_forget_views(hold);
}

/* The write-ahead log keeps nothing of what was recalled. Tried again after every commit until it succeeds. */
static void log_empty(struct hold *hold)
{
	if (hold->log_holds &&
	    sqlite3_wal_checkpoint_v2(hold->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK)
		hold->log_holds = false;
}

enum err hold_commit(struct hold *hold)
{
	enum err err = hold->writing ? ERR_OK : ERR_INTERNAL;
	if (err == ERR_OK && hold->purge)
		err = statement_run(hold, statement_take(hold, STATEMENT_WORDS_OPTIMIZE));
	if (err == ERR_OK)
		err = statement_run(hold, statement_take(hold, STATEMENT_COMMIT));
	if (err != ERR_OK) {
		hold_rollback(hold);
		return err;
	}
	hold->log_holds |= hold->purge;
	hold->writing = hold->purge = false;
	intern_settle(hold, true);
	log_empty(hold);
	return ERR_OK;
}

bool hold_is_purged(const struct hold *hold)
{
	return !hold->log_holds;
}

void hold_rest(struct hold *hold)
{
	sqlite3_db_release_memory(hold->db);
	malloc_trim(0);
}
