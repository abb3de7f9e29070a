/* Between users.c and sessions.c. */
#ifndef BICES_HOLD_USERS_INSIDE_H
#define BICES_HOLD_USERS_INSIDE_H

#include "hold/users.h"

struct user_row {
	struct slice hash, roles, clearance; /* hash is terminated when it came from user_get */
};
enum err user_get(struct hold *hold, struct slice name, struct arena *arena, struct user_row *ret_row) MUST_USE;
struct token_row {
	struct slice user, scope;
	bool writes;
	uint64_t expires;
};
/* ERR_NOT_FOUND: unknown, revoked or expired. */
enum err token_find(struct hold *hold, struct slice secret, uint64_t now_ms, struct arena *arena, struct token_row *ret_row) MUST_USE;
/* hash: terminated; empty: nobody, which costs the same. */
bool password_matches(const char *hash, struct slice password);
enum err password_hash(struct slice password, struct arena *arena, struct slice *ret_hash) MUST_USE;

#endif
