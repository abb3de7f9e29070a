/* Between users.c and sessions.c. */
#ifndef BICES_HOLD_USERS_INSIDE_H
#define BICES_HOLD_USERS_INSIDE_H

#include "hold/users.h"

struct user_row {
	struct slice hash, roles, clearance; /* hash is terminated when it came from user_get */
};
enum err user_get(struct hold *hold, struct slice name, struct arena *arena, struct user_row *ret_row) MUST_USE;
/* hash: terminated; empty: nobody, which costs the same. */
bool password_matches(const char *hash, struct slice password);
enum err password_hash(struct slice password, struct arena *arena, struct slice *ret_hash) MUST_USE;

#endif
