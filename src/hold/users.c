/* The table of users. Passwords are kept as argon2id only; nothing here logs or keeps one. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/users.h"
#include "hold/users_inside.h"

#include <argon2.h>

enum { FIELDS = 4, HASH_TEXT = 160, SALT_OCTETS = 16, HASH_OCTETS = 32, COST_PASSES = 2, COST_KIB = 19456, COST_LANES = 1 };

static const char *const role_names[PLACE_COUNT] = {
#define X(name, text) text,
	USER_ROLE_TABLE(X)
#undef X
};

static unsigned role_bit(struct slice name)
{
	if (slice_equal(name, SLICE("release2")))
		return USER_RELEASE;
	for (unsigned i = 0; i < PLACE_COUNT; i++)
		if (slice_equal(name, slice_text(role_names[i])))
			return 1u << i;
	return 0;
}

unsigned user_roles_parse(struct slice roles)
{
	unsigned may = 0;
	struct slice name;
	while (roles.len) {
		roles = slice_split(roles, ' ', &name);
		may |= role_bit(name);
	}
	return may;
}

/* ---- passwords ---- */

/* Same cost as any hash made here; no password has it. */
static const char no_hash[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

bool password_matches(const char *hash, struct slice password)
{
	bool known = hash[0] != 0;
	bool same = argon2id_verify(known ? hash : no_hash, password.data ? (const char *)password.data : "", password.len) == ARGON2_OK;
	return known && same;
}

enum err password_hash(struct slice password, struct arena *arena, struct slice *ret_hash)
{
	uint8_t salt[SALT_OCTETS];
	char text[HASH_TEXT];
	crypto_random(salt, sizeof(salt));
	if (argon2id_hash_encoded(COST_PASSES, COST_KIB, COST_LANES, password.data, password.len, salt, sizeof(salt), HASH_OCTETS,
				  text, sizeof(text)) != ARGON2_OK)
		return ERR_MEMORY;
	return arena_copy(arena, slice_text(text), ret_hash);
}

/* ---- table ---- */

enum err user_get(struct hold *hold, struct slice name, struct arena *arena, struct user_row *ret_row)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_USER_GET);
	bind_text(ask, 1, name);
	TRY(statement_row(hold, ask));
	TRY(column_copy(ask, 0, arena, &ret_row->hash));
	TRY(column_copy(ask, 1, arena, &ret_row->roles));
	return column_copy(ask, 2, arena, &ret_row->clearance);
}

static enum err user_put(struct hold *hold, struct slice name, const struct user_row *row)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_USER_PUT);
	bind_text(put, 1, name);
	bind_text(put, 2, row->hash);
	bind_text(put, 3, row->roles);
	bind_text(put, 4, row->clearance);
	return statement_run(hold, put);
}

static enum err clearance_check(struct hold *hold, struct slice clearance, struct diag *diag)
{
	AUTO_ARENA scratch = {0};
	const struct clearance *parsed = NULL;
	return clearance.len ? clearance_parse_compact(hold->settings.policies, clearance, &scratch, &parsed, diag) : ERR_OK;
}

static enum err roles_check(struct slice roles, struct diag *diag)
{
	struct slice name;
	while (roles.len) {
		roles = slice_split(roles, ' ', &name);
		if (!role_bit(name))
			return diag_fail(diag, ERR_INVALID, "no such role: %.*s", SLICE_ARG(name));
	}
	return ERR_OK;
}

enum err user_set(struct hold *hold, const struct msg_user_set *set, struct diag *diag)
{
	AUTO_ARENA scratch = {0};
	struct user_row row = {0};
	enum err err = user_get(hold, set->user, &scratch, &row);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (!set->user.len || (err == ERR_NOT_FOUND && !set->password.len))
		return diag_fail(diag, ERR_INVALID, "a new user needs a name and a password");
	TRY(roles_check(set->roles, diag));
	TRY(clearance_check(hold, set->clearance, diag));
	if (set->password.len)
		TRY(password_hash(set->password, &scratch, &row.hash));
	row.roles = set->roles;
	row.clearance = set->clearance;
	return user_put(hold, set->user, &row);
}

enum err user_remove(struct hold *hold, struct slice user)
{
	AUTO_STATEMENT *tokens = statement_take(hold, STATEMENT_TOKENS_DELETE);
	bind_text(tokens, 1, user);
	TRY(statement_run(hold, tokens));
	AUTO_STATEMENT *saved = statement_take(hold, STATEMENT_SAVED_CLEAR);
	bind_text(saved, 1, user);
	TRY(statement_run(hold, saved));
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_USER_DELETE);
	bind_text(put, 1, user);
	TRY(statement_run(hold, put));
	return sqlite3_changes(hold->db) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err user_count(struct hold *hold, uint64_t *ret_count)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_USER_COUNT);
	TRY(statement_row(hold, ask));
	*ret_count = column_u64(ask, 0);
	return ERR_OK;
}

enum err users_list(struct hold *hold, struct arena *arena, struct msg_users_done *ret_users)
{
	uint64_t count = 0;
	TRY(user_count(hold, &count));
	struct user_item *items = ARENA_ARRAY(arena, count + 1, struct user_item);
	if (!items)
		return ERR_MEMORY;
	size_t used = 0;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_USERS_ALL);
	enum err err = ERR_OK;
	while (used < count && (err = statement_row(hold, ask)) == ERR_OK) {
		TRY(column_copy(ask, 0, arena, &items[used].user));
		TRY(column_copy(ask, 1, arena, &items[used].roles));
		TRY(column_copy(ask, 2, arena, &items[used++].clearance));
	}
	ret_users->users = (struct record_list){items, used};
	return err == ERR_OK || err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- import ---- */

/* ";;" joins the lines of a clearance in the file. */
static enum err clearance_lines(struct slice joined, struct arena *arena, struct slice *ret_lines)
{
	AUTO_BUF lines = buf_make(LIMIT_LABEL_TEXT * 16);
	for (size_t i = 0; i < joined.len; i++) {
		bool both = joined.data[i] == ';' && i + 1 < joined.len && joined.data[i + 1] == ';';
		buf_put_octet(&lines, both ? '\n' : joined.data[i]);
		i += both;
	}
	struct slice text;
	TRY(buf_finish(&lines, &text));
	return arena_copy(arena, text, ret_lines);
}

static enum err line_import(struct hold *hold, struct slice line, uint32_t number, struct diag *diag)
{
	AUTO_ARENA scratch = {0};
	struct slice fields[FIELDS];
	for (int i = 0; i < FIELDS; i++)
		line = slice_split(line, '\t', &fields[i]);
	struct user_row row = {.hash = fields[1], .roles = fields[2]};
	if (!fields[0].len || fields[0].len > LIMIT_USER || !slice_has_prefix(fields[1], SLICE("$argon2id$")) || line.len)
		return diag_fail_at(diag, ERR_MALFORMED, number, 0, "users: name, argon2id hash, roles, clearance; tab separated");
	TRY(clearance_lines(fields[3], &scratch, &row.clearance));
	if (roles_check(row.roles, diag) != ERR_OK || clearance_check(hold, row.clearance, diag) != ERR_OK)
		return diag_fail_at(diag, ERR_MALFORMED, number, 0, "users: unknown role or clearance");
	return user_put(hold, fields[0], &row);
}

enum err users_import(struct hold *hold, struct slice file, struct diag *diag)
{
	uint64_t count = 0;
	TRY(user_count(hold, &count));
	if (count)
		return ERR_OK;
	TRY(hold_begin(hold));
	enum err err = ERR_OK;
	for (uint32_t number = 1; err == ERR_OK && file.len; number++) {
		struct slice line;
		file = slice_split(file, '\n', &line);
		if (line.len && line.data[0] != '#')
			err = line_import(hold, line, number, diag);
	}
	if (err == ERR_OK)
		return hold_commit(hold);
	hold_rollback(hold);
	return err;
}
