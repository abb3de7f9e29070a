/* Counting what one phrase matches. A row that comes through an SQL statement costs a step of SQLite's machine; an
 * exact count wants only row numbers, so the index's own cursor hands them to a function here. Decides nothing: the taker
 * tests the view's bit. */
#include "hold/inside.h"

static int row_hand(const Fts5ExtensionApi *api, Fts5Context *fts, void *context)
{
	const struct tally *tally = context;
	tally->take(tally->context, (uint64_t)api->xRowid(fts));
	return SQLITE_OK;
}

/* Called once, at the first row of the statement; walks all of them. */
static void sql_tally(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context, int count, sqlite3_value **values)
{
	struct hold *hold = api->xUserData(fts);
	(void)count;
	(void)values;
	int code = SQLITE_MISUSE;
	if (hold->tally) {
		struct tally tally = *hold->tally;
		code = api->xQueryPhrase(fts, 0, &tally, row_hand);
	}
	if (code != SQLITE_OK)
		sqlite3_result_error_code(context, code);
}

enum err tally_register(struct hold *hold)
{
	fts5_api *api = NULL;
	TRY(fts_api(hold->db, &api));
	return sqlite_err(api->xCreateFunction(api, "tally", hold, sql_tally, NULL));
}

enum err tally_run(struct hold *hold, struct slice expression, const struct tally *tally)
{
	AUTO_STATEMENT *find = statement_take(hold, STATEMENT_WORDS_TALLY);
	bind_text(find, 1, expression);
	hold->tally = tally;
	enum err err = statement_row(hold, find);
	hold->tally = NULL;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}
