/* A typed text and a stored text, separated by a line end: whatever is typed never breaks the index expression, and the
 * matcher of sparse views says of the row what the index says. */
#include "hold/inside.h"
#include "hold/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hold *store(void)
{
	static struct hold *hold;
	static struct policy_set *none;
	if (!none)
		none = policy_set_new();
	struct hold_settings settings = {.nation = SLICE("NATO"), .realm = SLICE("real"), .policies = none};
	if (!hold && hold_open(":memory:", &settings, &hold, NULL) != ERR_OK)
		abort();
	return hold;
}

static void row_put(struct hold *hold, struct slice text)
{
	AUTO_STATEMENT *body = statement_take(hold, STATEMENT_BODY_ADD);
	bind_u64(body, 1, 1);
	bind_bytes(body, 2, SLICE("x"));
	bind_text(body, 3, text);
	AUTO_STATEMENT *words = statement_take(hold, STATEMENT_WORDS_ADD);
	bind_u64(words, 1, 1);
	bind_text(words, 2, text);
	if (statement_run(hold, body) != ERR_OK || statement_run(hold, words) != ERR_OK)
		abort();
}

static bool index_finds(struct hold *hold, struct slice typed)
{
	static sqlite3_stmt *ask;
	AUTO_BUF expression = buf_make((size_t)LIMIT_SEARCH_TEXT * 16);
	if (query_make(hold, typed, &expression) != ERR_OK || !expression.len)
		return false;
	if (!ask && sqlite3_prepare_v2(hold->db, "SELECT rowid FROM words WHERE words MATCH ?1", -1, &ask, NULL) != SQLITE_OK)
		abort();
	bind_text(ask, 1, buf_slice(&expression));
	int code = sqlite3_step(ask);
	sqlite3_reset(ask);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		abort(); /* typed text became syntax */
	return code == SQLITE_ROW;
}

static bool matcher_finds(struct hold *hold, struct slice typed)
{
	AUTO_ARENA arena = {0};
	struct matcher *matcher = NULL;
	bool matches = false;
	if (matcher_make(hold, typed, &arena, &matcher) == ERR_OK && matcher_row(hold, matcher, 1, &matches) != ERR_OK)
		abort();
	return matches;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice typed, text = slice_split(slice_of(data, size), '\n', &typed);
	if (!utf8_is_text(text) || size > LIMIT_MESSAGE_INLINE)
		return 0;
	struct hold *hold = store();
	if (hold_begin(hold) != ERR_OK)
		abort();
	row_put(hold, text);
	if (index_finds(hold, typed) != matcher_finds(hold, typed))
		abort();
	hold_rollback(hold);
	return 0;
}
