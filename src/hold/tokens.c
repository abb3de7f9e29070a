/* Tokens of tools: 32 random octets shown once, kept as their digest, narrower than their maker and never longer than
 * two years. Must never give a tool more than its user has at the moment it asks. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/pages.h"
#include "hold/users.h"
#include "hold/users_inside.h"

enum { SCOPE_OCTETS = HOLD_COLLECTIONS * (LIMIT_USER + 1) };
static const uint64_t day_ms = UINT64_C(24) * 3600 * 1000;

static bool names_word(struct slice list, struct slice word)
{
	struct slice item;
	while (list.len) {
		list = slice_split(list, ' ', &item);
		if (item.len && slice_equal(item, word))
			return true;
	}
	return false;
}

bool session_reaches(const struct session *session, struct slice collection, bool to_write)
{
	if (!session->tool)
		return true;
	return (session->writes || !to_write) && (!session->scope.len || names_word(session->scope, collection));
}

/* Ids or aliases to ids, of collections that exist for the maker. */
static enum err scope_read(struct hold *hold, const struct token_maker *maker, struct slice list, struct buf *scope, struct diag *diag)
{
	while (list.len) {
		struct slice name;
		list = slice_split(list, ' ', &name);
		const struct hold_collection *collection = hold_collection_at(hold, hold_collection_find(hold, name));
		if (!collection || !hold_collection_exists(hold, maker->view, maker->may, collection))
			return diag_fail(diag, ERR_INVALID, "no such collection: %.*s; name it by id or alias", SLICE_ARG(slice_take(name, 64)));
		if (names_word(buf_slice(scope), collection->id))
			continue;
		if (scope->len)
			buf_put_octet(scope, ' ');
		buf_put(scope, collection->id);
	}
	return scope->err;
}

static enum err token_check(struct hold *hold, const struct msg_token_make *ask, struct slice user, struct diag *diag)
{
	if (!ask->name.len)
		return diag_fail(diag, ERR_INVALID, "a token needs a name: that of the tool");
	if (ask->days < 1 || ask->days > TOKEN_DAYS_MAX)
		return diag_fail(diag, ERR_INVALID, "a token is valid for 1 to %d days", TOKEN_DAYS_MAX);
	AUTO_STATEMENT *count = statement_take(hold, STATEMENT_TOKEN_COUNT);
	bind_text(count, 1, user);
	TRY(statement_row(hold, count));
	return column_u64(count, 0) < TOKENS_A_USER ? ERR_OK
		: diag_fail(diag, ERR_INVALID, "you have %d tokens; revoke one first", TOKENS_A_USER);
}

enum err token_make(struct hold *hold, const struct msg_token_make *ask, const struct token_maker *maker, uint64_t now_ms,
		    struct msg_token_made *ret_made, struct diag *diag)
{
	struct msg_token_made made = {.expires = now_ms + ask->days * day_ms};
	uint8_t digest[DIGEST];
	AUTO_BUF scope = buf_make(SCOPE_OCTETS);
	TRY(token_check(hold, ask, maker->user, diag));
	TRY(scope_read(hold, maker, ask->scope, &scope, diag));
	crypto_random(made.secret, sizeof(made.secret));
	crypto_sha256(SLICE_ARRAY(made.secret), digest);
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_TOKEN_ADD);
	bind_bytes(put, 1, SLICE_ARRAY(digest));
	bind_text(put, 2, maker->user);
	bind_text(put, 3, ask->name);
	bind_text(put, 4, buf_slice(&scope));
	bind_u64(put, 5, ask->writes != 0);
	bind_u64(put, 6, now_ms);
	bind_u64(put, 7, made.expires);
	TRY(statement_run(hold, put));
	made.id = (uint64_t)sqlite3_last_insert_rowid(hold->db);
	*ret_made = made;
	return ERR_OK;
}

enum err token_find(struct hold *hold, struct slice secret, uint64_t now_ms, struct arena *arena, struct token_row *ret_row)
{
	uint8_t digest[DIGEST];
	if (secret.len != TOKEN_SECRET)
		return ERR_NOT_FOUND;
	crypto_sha256(secret, digest);
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_TOKEN_FIND);
	bind_bytes(ask, 1, SLICE_ARRAY(digest));
	bind_u64(ask, 2, now_ms);
	TRY(statement_row(hold, ask));
	struct token_row row = {.writes = column_u64(ask, 2) != 0, .expires = column_u64(ask, 3)};
	TRY(column_copy(ask, 0, arena, &row.user));
	TRY(column_copy(ask, 1, arena, &row.scope));
	*ret_row = row;
	return ERR_OK;
}

static enum err item_read(sqlite3_stmt *row, struct arena *arena, struct token_item *item)
{
	*item = (struct token_item){.id = column_u64(row, 0), .writes = (uint8_t)column_u64(row, 4), .created = column_u64(row, 5),
				    .expires = column_u64(row, 6)};
	TRY(column_copy(row, 1, arena, &item->user));
	TRY(column_copy(row, 2, arena, &item->name));
	return column_copy(row, 3, arena, &item->scope);
}

enum err tokens_list(struct hold *hold, struct slice user, struct arena *arena, struct msg_tokens_done *ret_tokens)
{
	enum { MOST = 4096 };
	struct token_item *items = ARENA_ARRAY(arena, MOST, struct token_item);
	size_t count = 0;
	if (!items)
		return ERR_MEMORY;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_TOKENS_ALL);
	bind_text(ask, 1, user);
	enum err err = ERR_OK;
	while (count < MOST && (err = statement_row(hold, ask)) == ERR_OK)
		TRY(item_read(ask, arena, &items[count++]));
	ret_tokens->tokens = (struct record_list){items, count};
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err token_revoke(struct hold *hold, uint64_t id, struct slice user, struct arena *arena, struct slice *ret_user)
{
	struct slice owner;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_TOKEN_USER);
	bind_u64(ask, 1, id);
	TRY(statement_row(hold, ask));
	TRY(column_copy(ask, 0, arena, &owner));
	if (user.len && !slice_equal(owner, user))
		return ERR_NOT_FOUND;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_TOKEN_DELETE);
	bind_u64(put, 1, id);
	TRY(statement_run(hold, put));
	*ret_user = owner;
	return ERR_OK;
}
