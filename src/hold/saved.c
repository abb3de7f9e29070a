/* Saved searches of a user. Must never answer with those of another. */
#include "hold/inside.h"

#include "hold/saved.h"

enum err hold_saved_list(struct hold *hold, struct slice user, struct arena *arena, struct record_list *ret_searches)
{
	struct saved_search *searches = ARENA_ARRAY(arena, LIMIT_SAVED_SEARCHES, struct saved_search);
	size_t count = 0;
	enum err err = ERR_OK;
	if (!searches)
		return ERR_MEMORY;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_SAVED_LIST);
	bind_text(ask, 1, user);
	while (count < LIMIT_SAVED_SEARCHES && (err = statement_row(hold, ask)) == ERR_OK) {
		struct saved_search *search = &searches[count++];
		TRY(column_copy(ask, 0, arena, &search->name));
		TRY(column_copy(ask, 1, arena, &search->query));
		search->opened = column_u64(ask, 2);
	}
	*ret_searches = (struct record_list){searches, count};
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err others_count(struct hold *hold, struct slice user, struct slice name, uint64_t *ret_count)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_SAVED_COUNT);
	bind_text(ask, 1, user);
	bind_text(ask, 2, name);
	TRY(statement_row(hold, ask));
	*ret_count = column_u64(ask, 0);
	return ERR_OK;
}

enum err hold_saved_put(struct hold *hold, struct slice user, const struct saved_search *search, struct diag *diag)
{
	uint64_t others = 0;
	TRY(others_count(hold, user, search->name, &others));
	if (others >= LIMIT_SAVED_SEARCHES)
		return diag_fail(diag, ERR_CONFLICT, "at most %d searches can be saved: remove one first", LIMIT_SAVED_SEARCHES);
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_SAVED_PUT);
	bind_text(put, 1, user);
	bind_text(put, 2, search->name);
	bind_text(put, 3, search->query);
	bind_u64(put, 4, search->opened);
	return statement_run(hold, put);
}

enum err hold_saved_forget(struct hold *hold, struct slice user, struct slice name)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_SAVED_DELETE);
	bind_text(put, 1, user);
	bind_text(put, 2, name);
	TRY(statement_run(hold, put));
	return sqlite3_changes(hold->db) ? ERR_OK : ERR_NOT_FOUND;
}
