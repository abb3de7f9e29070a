/* Users of this node: passwords (argon2id), roles, clearances, and sessions in memory.
 *
 * An unknown user costs the same work and gets the same answer as a wrong password. Five failures in a row close a name
 * for one second, each further one for twice as long, never longer than 30 s, whether it exists or not; a quarter of an
 * hour without a failure, or a success, ends it. A right password within that time answers as a wrong one. Certificates
 * are never held up. */
#ifndef BICES_HOLD_USERS_H
#define BICES_HOLD_USERS_H

#include "hold/hold.h"

/* name in files and answers, what it may do */
#define USER_ROLE_TABLE(X) \
	X(ANALYST, "analyst") X(RELEASE, "release") X(WATCH, "watch") X(CONTROL, "control") X(AUDITOR, "auditor") \
	X(READER, "reader") X(TAXII, "taxii") X(ADMIN, "admin")

enum user_role_place {
#define X(name, text) PLACE_##name,
	USER_ROLE_TABLE(X)
#undef X
	PLACE_COUNT
};
enum user_role {
#define X(name, text) USER_##name = 1u << PLACE_##name,
	USER_ROLE_TABLE(X)
#undef X
};

/* Bit set of user_role; unknown names count for nothing. "release2" is a release officer as well. */
unsigned user_roles_parse(struct slice roles);

struct session {
	uint8_t id[SESSION];
	struct slice user, roles, clearance; /* owned by the session */
	unsigned may; /* enum user_role */
	uint64_t expires_ms;
	bool certificate;
	bool tool, writes;    /* tool: made by a token: TAXII only, within scope */
	struct slice scope;   /* of a tool: ids of collections, separated by one space; empty: all */
	struct slice lens;    /* not empty: reads as this nation would, and nothing else */
	struct slice beneath; /* of a lens: the clearance of who looks */
	uint8_t parent[SESSION]; /* of a lens: the session it was opened from, with which it ends */
};

struct sessions;
struct sessions *sessions_new(uint32_t minutes) MUST_USE; /* NULL when memory is exhausted */
void sessions_free(struct sessions *sessions);            /* wipes */

/* Password or certificate URI ("bices://NATION/user/NAME", verified by front). A transient sign-in is answered from a
 * cache of keyed hashes for a minute. *ret_fresh: it was not in the cache. ERR_SIGN_IN for every kind of failure.
 * The session is borrowed until the next call. */
enum err sign_in(struct hold *hold, struct sessions *sessions, const struct msg_sign_in *ask, uint64_t now_ms,
		 const struct session **ret_session, bool *ret_fresh) MUST_USE;
/* True when sign_in would verify no password: a certificate, a credential of the cache, a name that is closed. */
bool sign_in_is_quick(struct sessions *sessions, const struct msg_sign_in *ask, uint64_t now_ms);
/* ERR_SIGN_IN: unknown or expired. */
enum err session_find(struct sessions *sessions, const uint8_t id[SESSION], uint64_t now_ms,
		      const struct session **ret_session) MUST_USE;
/* A session that reads as another nation would: no rights, the nation's clearance. It ends with the one it is opened from. */
enum err session_lens(struct sessions *sessions, const struct session *from, struct slice nation, struct slice clearance, uint64_t now_ms,
		      const struct session **ret_session) MUST_USE;
void session_end(struct sessions *sessions, const uint8_t id[SESSION]);
void sessions_end_tools(struct sessions *sessions, struct slice user); /* those made by his tokens */
void sessions_end_user(struct sessions *sessions, struct slice user); /* after any change of the user */

/* ---- tokens of tools (tokens.c) ---- the store keeps their digests only */

enum { TOKENS_A_USER = 64, TOKEN_DAYS_MAX = 730 };
struct token_maker {
	struct slice user;
	const struct view *view;
	unsigned may;
};
/* Within a transaction. scope: names collections that exist for the maker; kept as ids. ERR_INVALID says what is wrong. */
enum err token_make(struct hold *hold, const struct msg_token_make *ask, const struct token_maker *maker, uint64_t now_ms,
		    struct msg_token_made *ret_made, struct diag *diag) MUST_USE;
/* user empty: everybody's. */
enum err tokens_list(struct hold *hold, struct slice user, struct arena *arena, struct msg_tokens_done *ret_tokens) MUST_USE;
/* Within a transaction. user empty: anybody's; *ret_user: whose it was. ERR_NOT_FOUND: none, or another's. */
enum err token_revoke(struct hold *hold, uint64_t id, struct slice user, struct arena *arena, struct slice *ret_user) MUST_USE;
/* May this session use this collection (by id)? */
bool session_reaches(const struct session *session, struct slice collection, bool to_write);

/* First start: takes the users of the file (name, encoded argon2id hash, roles, clearance lines joined by ";;"; tab
 * separated) when the table is empty. Begins and commits. ERR_MALFORMED names the line. */
enum err users_import(struct hold *hold, struct slice file, struct diag *diag) MUST_USE;

/* Within a transaction. An empty password keeps the old one; ERR_INVALID for a new user without one, an unknown role or a
 * clearance that does not read. */
enum err user_set(struct hold *hold, const struct msg_user_set *set, struct diag *diag) MUST_USE;
enum err user_remove(struct hold *hold, struct slice user) MUST_USE;
enum err users_list(struct hold *hold, struct arena *arena, struct msg_users_done *ret_users) MUST_USE;

#endif
