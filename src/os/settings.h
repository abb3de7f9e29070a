/* Settings of a node: DIR/node.conf, one "key value" a line, '#' begins a comment line. One table says
 * what there is (settings_info); `bices config list` and bices-node.conf(5) print it.
 * Paths are relative to DIR. The same text is given to roles as "settings". */
#ifndef BICES_OS_SETTINGS_H
#define BICES_OS_SETTINGS_H

#include "base/diag.h"
#include "ipc/messages.h"

enum { SETTINGS_POLICIES = 16, SETTINGS_COLLECTIONS = 32, SETTINGS_TEXT = 256 * 1024 };

struct setting_collection {
	struct slice id, alias, title, description;
	bool writable;
	struct slice default_label; /* compact, with '|'; empty: none */
	struct slice types, originators, community, words; /* of a virtual one: its question, each part empty where it does not matter */
	struct slice roles, audience;			   /* for whom it exists: names of roles, compact label; empty: anybody */
};

/* All slices are terminated behind their end and live in the arena, so .data may be used as a C string. */
struct settings {
	struct slice nation, realm;
	struct slice listen_users, listen_admin, listen_peers; /* "address:port" */
	uint32_t user_id_base;
	struct slice policies[SETTINGS_POLICIES];
	size_t policy_count;
	struct slice release_table, roster, users, web, marking_map; /* paths; the last two may be empty */
	struct setting_collection collections[SETTINGS_COLLECTIONS];
	size_t collection_count;
	uint32_t session_minutes;
	uint32_t hold; /* bit set of 1 << enum role */
};

/* Errors name line, key and what would be right: ERR_MALFORMED, ERR_TOO_LARGE, ERR_MEMORY. */
enum err settings_parse(struct slice text, struct arena *arena, struct settings *ret_settings, struct diag *diag) MUST_USE;

/* What people read of one setting. */
struct setting_info {
	const char *key, *value, *help;
	bool required, repeats;
};
/* The i-th setting in the order of the manual; NULL behind the last. */
const struct setting_info *settings_info(size_t i);

/* The role of this name, or ROLE_COUNT. */
enum role role_find(struct slice name);

#endif
