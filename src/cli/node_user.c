/* bices user add: a line in the users file of a node that has not started yet, and a certificate. From the first start on the
 * store keeps the users; then `bices user set` changes them, and what stands here only makes the certificate. The password is read from a file, hashed and wiped; it never stands in an argument. */
#include "cli/node_files.h"

#include <argon2.h>
#include <sys/stat.h>

enum { MEMORY_KIB = 19 * 1024, PASSES = 2, LANES = 1, SALT = 16, HASH = 32, ENCODED = 256, USERS_MAX = 16 * 1024 * 1024, DAYS = 825 };

static const char *const known_roles[] = {"analyst", "release", "watch", "control", "auditor", "reader", "taxii", "admin"};

struct user {
	const char *directory, *name, *roles, *clearance, *password_file;
	struct arena arena;
};

static bool name_is_good(const char *name)
{
	size_t len = strlen(name);
	return len > 0 && len <= LIMIT_USER && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len && name[0] != '.';
}

/* Roles separated by spaces or commas; printed separated by one space. */
static enum err print_roles(const char *roles, struct buf *text)
{
	for (const char *at = roles; *at;) {
		size_t len = strcspn(at, " ,"), known = 0;
		while (known < sizeof(known_roles) / sizeof(known_roles[0]) &&
		       (strlen(known_roles[known]) != len || memcmp(known_roles[known], at, len) != 0))
			known++;
		if (len > 0 && known == sizeof(known_roles) / sizeof(known_roles[0])) {
			complain(ERR_USAGE, "no role '%.*s': analyst, release, watch, control, auditor, reader, taxii or admin", (int)len, at);
			return ERR_USAGE;
		}
		if (len > 0)
			buf_printf(text, "%s%.*s", text->len ? " " : "", (int)len, at);
		at += len + (at[len] != '\0');
	}
	return text->len > 0 ? text->err : ERR_USAGE;
}

/* spec: contract 9.4: argon2id, 19 MiB, t=2, p=1 */
static enum err hash_password(const char *file, char ret_encoded[ENCODED])
{
	struct buf bytes = buf_make(LIMIT_PASSWORD + 1);
	uint8_t salt[SALT];
	enum err err = file_read(file, &bytes);
	struct slice password = buf_slice(&bytes);
	if (password.len > 0 && password.data[password.len - 1] == '\n')
		password.len--;
	crypto_random(salt, sizeof(salt));
	if (err == ERR_OK && (password.len == 0 || password.len > LIMIT_PASSWORD)) {
		complain(ERR_USAGE, "%s: a password has 1 to %d octets", file, LIMIT_PASSWORD);
		err = ERR_USAGE;
	}
	if (err == ERR_OK && argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.data, password.len, salt, SALT, HASH, ret_encoded,
						   ENCODED) != ARGON2_OK)
		err = ERR_MEMORY;
	buf_wipe(&bytes);
	return err;
}

static enum err print_clearance(struct user *user, struct buf *joined)
{
	AUTO_BUF lines = buf_make(LIMIT_LABEL_XML);
	struct settings settings;
	struct policy_set *set = NULL;
	TRY(node_settings(user->directory, &user->arena, &settings));
	if (!user->clearance)
		return ERR_OK;
	TRY(node_policies(user->directory, settings.policies, settings.policy_count, &user->arena, &set));
	enum err err = node_clearance(set, user->clearance, &lines);
	policy_set_free(set);
	TRY(err);
	for (size_t i = 0; i < lines.len; i++)
		if (lines.data[i] == '\n')
			buf_put_text(joined, ";;");
		else
			buf_put_octet(joined, lines.data[i]);
	return joined->err;
}

static bool is_there(struct slice users, const char *name)
{
	while (users.len > 0) {
		ptrdiff_t end = slice_find_octet(users, '\n');
		struct slice line = end < 0 ? users : slice_take(users, (size_t)end);
		ptrdiff_t tab = slice_find_octet(line, '\t');
		if (tab >= 0 && slice_equal(slice_take(line, (size_t)tab), slice_text(name)))
			return true;
		users = slice_skip(users, line.len + 1);
	}
	return false;
}

/* One line: name, hash, roles, clearances; separated by tabs. */
static enum err add_line(struct user *user)
{
	AUTO_BUF users = buf_make(USERS_MAX), roles = buf_make(LIMIT_TITLE), clearance = buf_make(LIMIT_LABEL_XML);
	char encoded[ENCODED] = "";
	const char *path = node_path(&user->arena, user->directory, "users");
	if (!path)
		return ERR_MEMORY;
	TRY(print_clearance(user, &clearance));
	TRY(print_roles(user->roles, &roles));
	TRY(node_read(path, 0, &users));
	if (is_there(buf_slice(&users), user->name)) {
		complain(ERR_CONFLICT, "the user %s exists already; take the line out of %s first", user->name, path);
		return ERR_CONFLICT;
	}
	TRY(hash_password(user->password_file, encoded));
	buf_printf(&users, "%s\t%s\t%.*s\t%.*s\n", user->name, encoded, SLICE_ARG(buf_slice(&roles)), SLICE_ARG(buf_slice(&clearance)));
	struct slice bytes;
	TRY(buf_finish(&users, &bytes));
	return node_write(path, bytes, 0600);
}

/* A node that has started no longer reads the file: a line added to it would silently do nothing. */
static enum err refuse_after_start(struct user *user)
{
	const char *store = node_path(&user->arena, user->directory, "data/store.db");
	struct stat found;
	if (!store)
		return ERR_MEMORY;
	if (stat(store, &found) != 0)
		return ERR_OK;
	complain(ERR_CONFLICT, "this node has started and keeps its users itself: 'bices user set %s --roles …' with --node and --user admin",
		 user->name);
	return ERR_CONFLICT;
}

static enum err make_certificate(struct user *user)
{
	struct settings settings;
	TRY(node_settings(user->directory, &user->arena, &settings));
	struct certificate_request request = {
		.common_name = user->name,
		.uri = arena_printf(&user->arena, "bices://%.*s/user/%s", SLICE_ARG(settings.nation), user->name),
		.client = true,
		.days = DAYS,
	};
	const char *folder = node_path(&user->arena, user->directory, "secrets");
	const char *base = folder ? arena_printf(&user->arena, "%s/%s", folder, user->name) : NULL;
	if (!request.uri || !base)
		return ERR_MEMORY;
	mkdir(folder, 0700); /* a failure shows when the file is written */
	return node_certificate(&user->arena, user->directory, &request, base);
}

int node_user_add(int argc, char **argv)
{
	struct user user = {0};
	const struct option_spec specs[] = {{"--roles", &user.roles, NULL, NULL},
					    {"--clearance", &user.clearance, NULL, NULL},
					    {"--password-file", &user.password_file, NULL, NULL},
					    {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && (argc != 2 || !user.roles || !user.password_file))
		return complain(ERR_USAGE, "user add needs DIR, NAME, --roles and --password-file; see 'bices help user'");
	if (err == ERR_OK && !name_is_good(argv[1]))
		return complain(ERR_USAGE, "a user's name has 1 to %d of a-z, 0-9, '.', '_', '-', and does not begin with '.'", LIMIT_USER);
	if (err == ERR_OK) {
		user.directory = argv[0];
		user.name = argv[1];
		err = refuse_after_start(&user);
	}
	if (err == ERR_OK)
		err = add_line(&user);
	if (err == ERR_OK)
		err = make_certificate(&user);
	arena_done(&user.arena);
	return err_exit_code(err);
}
