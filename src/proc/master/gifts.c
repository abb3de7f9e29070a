/* What each role gets, as a table, and how it is opened. Files are read once, at the start, into sealed memory: a change
 * on the disk has no effect until the node is started again. */
#include "proc/master/node.h"

#include "os/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum source { FROM_FILE, FROM_SETTING, FROM_OPTION, FROM_SOCKET, FROM_WEB, FROM_DIRECTORY, FROM_NOTHING };

static const struct row {
	enum role to;
	const char *name;
	enum source source;
	const char *path; /* FROM_FILE, FROM_DIRECTORY */
	size_t setting;   /* FROM_SETTING, FROM_SOCKET: offset in struct settings */
} rows[] = {
#define SETTING(member) .setting = offsetof(struct settings, member)
	{ROLE_FRONT, "listen-users", FROM_SOCKET, SETTING(listen_users)},
	{ROLE_FRONT, "listen-admin", FROM_SOCKET, SETTING(listen_admin)},
	{ROLE_FRONT, "certificate", FROM_FILE, "keys/node.crt"},
	{ROLE_FRONT, "certificate-key", FROM_FILE, "keys/node.key"},
	{ROLE_FRONT, "ca", FROM_FILE, "keys/ca.pem"},
	{ROLE_FRONT, "files", FROM_WEB},
	{ROLE_FRONT, "marking-map", FROM_OPTION, SETTING(marking_map)},
	{ROLE_FRONT, "empty", FROM_NOTHING},
	{ROLE_STORE, "data", FROM_DIRECTORY, "data"},
	{ROLE_STORE, "settings", FROM_FILE, "node.conf"},
	{ROLE_STORE, "roster", FROM_SETTING, SETTING(roster)},
	{ROLE_STORE, "users", FROM_SETTING, SETTING(users)},
	{ROLE_STORE, "key-search", FROM_FILE, "keys/search.seed"},
	{ROLE_PARSE, "empty", FROM_NOTHING},
	{ROLE_GUARD, "roster", FROM_SETTING, SETTING(roster)},
	{ROLE_GUARD, "release-table", FROM_SETTING, SETTING(release_table)},
	{ROLE_GUARD, "key-originator", FROM_FILE, "keys/originator.seed"},
	{ROLE_GUARD, "key-release", FROM_FILE, "keys/release.seed"},
	{ROLE_GUARD, "empty", FROM_NOTHING},
	{ROLE_SEAL, "roster", FROM_SETTING, SETTING(roster)},
	{ROLE_SEAL, "release-table", FROM_SETTING, SETTING(release_table)},
	{ROLE_SEAL, "key-feed", FROM_FILE, "keys/feed.seed"},
	{ROLE_SEAL, "key-seal", FROM_FILE, "keys/seal.key"},
	{ROLE_SEAL, "seal-certificate", FROM_FILE, "keys/seal.crt"},
	{ROLE_SEAL, "ledger-key-public", FROM_FILE, "keys/ledger.public"},
	{ROLE_SEAL, "empty", FROM_NOTHING},
	{ROLE_LEDGER, "data", FROM_DIRECTORY, "ledger"},
	{ROLE_LEDGER, "key-ledger", FROM_FILE, "keys/ledger.seed"},
	{ROLE_LINK, "listen-peers", FROM_SOCKET, SETTING(listen_peers)},
	{ROLE_LINK, "roster", FROM_SETTING, SETTING(roster)},
	{ROLE_LINK, "certificate", FROM_FILE, "keys/link.crt"},
	{ROLE_LINK, "certificate-key", FROM_FILE, "keys/link.key"},
	{ROLE_LINK, "empty", FROM_NOTHING},
#undef SETTING
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]), FILE_LIMIT = 32 * 1024 * 1024 };

static const enum role readers_of_policies[] = {ROLE_FRONT, ROLE_STORE, ROLE_PARSE, ROLE_GUARD};

static enum err read_file(const char *path, struct buf *bytes, struct diag *diag)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (file < 0)
		return diag_fail(diag, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
				 "%s: %s; 'bices init' makes it, 'bices config check' lists what is missing", path, strerror(errno));
	uint8_t chunk[16384];
	ssize_t n;
	while ((n = read(file, chunk, sizeof(chunk))) > 0)
		buf_put(bytes, slice_of(chunk, (size_t)n));
	int error = errno;
	close(file);
	explicit_bzero(chunk, sizeof(chunk));
	if (n < 0)
		return diag_fail(diag, ERR_IO, "%s: %s", path, strerror(error));
	if (bytes->err != ERR_OK)
		return diag_fail(diag, bytes->err, "%s: larger than %zu octets", path, bytes->max);
	return ERR_OK;
}

static enum err open_file(const char *path, const char *name, int *ret_descriptor, struct diag *diag)
{
	struct buf bytes = buf_make(FILE_LIMIT);
	enum err err = read_file(path, &bytes, diag);
	if (err == ERR_OK) {
		err = sealed_memory_new(name, buf_slice(&bytes), ret_descriptor);
		if (err != ERR_OK)
			err = diag_fail(diag, err, "no sealed memory for %s: %s", path, strerror(errno));
	}
	buf_wipe(&bytes); /* it may be a key */
	return err;
}

/* ---- listening sockets ---- */

static enum err listen_on(const struct addrinfo *address, int *ret_descriptor)
{
	int on = 1;
	int listener = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener < 0)
		return ERR_IO;
	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(listener, address->ai_addr, address->ai_addrlen) != 0 || listen(listener, 512) != 0) {
		int error = errno;
		close(listener);
		errno = error;
		return ERR_IO;
	}
	*ret_descriptor = listener;
	return ERR_OK;
}

static enum err open_socket(struct slice where, const char *name, int *ret_descriptor, struct diag *diag)
{
	char host[256];
	const char *text = (const char *)where.data, *colon = strrchr(text, ':');
	size_t len = (size_t)(colon - text);
	bool bracketed = len >= 2 && text[0] == '[' && text[len - 1] == ']';
	if (snprintf(host, sizeof(host), "%.*s", (int)(len - 2 * bracketed), text + bracketed) >= (int)sizeof(host))
		return diag_fail(diag, ERR_MALFORMED, "%s: the address %s is too long", name, text);
	struct addrinfo wanted = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found = NULL;
	int failed = getaddrinfo(host, colon + 1, &wanted, &found);
	if (failed)
		return diag_fail(diag, ERR_MALFORMED, "%s: %s is not a numeric address: %s", name, text, gai_strerror(failed));
	enum err err = listen_on(found, ret_descriptor);
	int error = errno;
	freeaddrinfo(found);
	if (err == ERR_OK)
		return ERR_OK;
	if (error == EADDRINUSE)
		return diag_fail(diag, err, "%s: the address %s is in use by another program; stop that program, or set another port in "
				 "node.conf ('ss -ltnp' shows who has it)", name, text);
	return diag_fail(diag, err, "%s: cannot listen on %s: %s", name, text, strerror(error));
}

/* ---- directories ---- */

/* Gives all that stands in the tree to the role's user id, never following a link. */
static enum err own_tree(const char *path, uid_t user, struct diag *diag)
{
	char copy[256];
	snprintf(copy, sizeof(copy), "%s", path);
	char *roots[] = {copy, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	if (!walk)
		return diag_fail(diag, ERR_IO, "%s: %s", path, strerror(errno));
	enum err err = ERR_OK;
	for (FTSENT *entry; err == ERR_OK && (entry = fts_read(walk));)
		if (entry->fts_info != FTS_DP && entry->fts_statp->st_uid != user && lchown(entry->fts_accpath, user, user) != 0)
			err = diag_fail(diag, ERR_IO, "%s: cannot be given to user id %u: %s", entry->fts_path, user, strerror(errno));
	fts_close(walk);
	return err;
}

static enum err open_directory(const struct node *node, const struct row *row, int *ret_descriptor, struct diag *diag)
{
	if (mkdir(row->path, 0700) != 0 && errno != EEXIST)
		return diag_fail(diag, ERR_IO, "%s: %s", row->path, strerror(errno));
	if (geteuid() == 0)
		TRY(own_tree(row->path, node->settings.user_id_base + row->to, diag));
	*ret_descriptor = open(row->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return *ret_descriptor >= 0 ? ERR_OK : diag_fail(diag, ERR_IO, "%s: %s", row->path, strerror(errno));
}

/* A directory that holds nothing and never will: it is removed while open. */
static enum err open_nothing(int *ret_descriptor, struct diag *diag)
{
	char name[] = "pid/.empty-XXXXXX";
	if (!mkdtemp(name))
		return diag_fail(diag, ERR_IO, "pid: %s", strerror(errno));
	*ret_descriptor = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = *ret_descriptor >= 0 && fchmod(*ret_descriptor, 0555) == 0 && rmdir(name) == 0;
	return good ? ERR_OK : diag_fail(diag, ERR_IO, "%s: %s", name, strerror(errno));
}

/* ---- the workbench's files ---- */

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Packs every regular file below root, with its path relative to it. */
static enum err pack_tree(const char *root, struct buf *pack, struct diag *diag)
{
	char copy[4096];
	snprintf(copy, sizeof(copy), "%s", root);
	char *roots[] = {copy, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	enum err err = walk ? ERR_OK : ERR_IO;
	for (FTSENT *entry; err == ERR_OK && (entry = fts_read(walk));) {
		if (entry->fts_info != FTS_F)
			continue;
		AUTO_BUF bytes = buf_make(FILE_LIMIT);
		err = read_file(entry->fts_accpath, &bytes, diag);
		const char *path = entry->fts_path + strlen(copy);
		pack_put(pack, slice_text(path + strspn(path, "/")));
		pack_put(pack, buf_slice(&bytes));
	}
	if (walk)
		fts_close(walk);
	return err != ERR_OK ? err : pack->err;
}

static enum err open_web(const struct node *node, int *ret_descriptor, struct diag *diag)
{
	AUTO_BUF pack = buf_make(LIMIT_MESSAGE);
	const char *root = (const char *)node->settings.web.data;
	struct stat facts;
	if (root && stat(root, &facts) == 0 && S_ISDIR(facts.st_mode))
		TRY(pack_tree(root, &pack, diag));
	else if (root)
		node_say(node, "the workbench's directory %s is missing; the node runs without pages", root);
	return sealed_memory_new("files", buf_slice(&pack), ret_descriptor);
}

/* ---- all of it ---- */

static struct slice setting_of(const struct node *node, const struct row *row)
{
	struct slice value;
	memcpy(&value, (const uint8_t *)&node->settings + row->setting, sizeof(value));
	return value;
}

static enum err open_row(const struct node *node, const struct row *row, int *ret_descriptor, struct diag *diag)
{
	switch (row->source) {
	case FROM_FILE:
		return open_file(row->path, row->name, ret_descriptor, diag);
	case FROM_SETTING:
		return open_file((const char *)setting_of(node, row).data, row->name, ret_descriptor, diag);
	case FROM_OPTION:
		if (setting_of(node, row).len == 0)
			return sealed_memory_new(row->name, (struct slice){NULL, 0}, ret_descriptor);
		return open_file((const char *)setting_of(node, row).data, row->name, ret_descriptor, diag);
	case FROM_SOCKET:
		return open_socket(setting_of(node, row), row->name, ret_descriptor, diag);
	case FROM_WEB:
		return open_web(node, ret_descriptor, diag);
	case FROM_DIRECTORY:
		return open_directory(node, row, ret_descriptor, diag);
	default:
		return open_nothing(ret_descriptor, diag);
	}
}

static enum err add(struct node *node, enum role to, const char *name, int descriptor)
{
	if (node->gift_count == GIFTS_MAX)
		return ERR_INTERNAL;
	node->gifts[node->gift_count++] = (struct gift){to, name, descriptor};
	return ERR_OK;
}

enum err gifts_open(struct node *node, struct diag *diag)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		int descriptor = -1;
		TRY(open_row(node, &rows[i], &descriptor, diag));
		TRY(add(node, rows[i].to, rows[i].name, descriptor));
	}
	return ERR_OK;
}

enum err gifts_add_policies(struct node *node, struct slice policies, struct diag *diag)
{
	for (size_t i = 0; i < sizeof(readers_of_policies) / sizeof(readers_of_policies[0]); i++) {
		int descriptor = -1;
		if (sealed_memory_new("policies", policies, &descriptor) != ERR_OK)
			return diag_fail(diag, ERR_IO, "no sealed memory for the policies: %s", strerror(errno));
		TRY(add(node, readers_of_policies[i], "policies", descriptor));
	}
	return ERR_OK;
}

enum err gifts_send(const struct node *node, struct part *part)
{
	for (size_t i = 0; i < node->gift_count; i++) {
		const struct gift *gift = &node->gifts[i];
		struct msg_give give = {slice_text(gift->name)};
		if (gift->to == part->role)
			TRY(channel_send(part->channel, MSG_GIVE, 0, &give, gift->descriptor));
	}
	return ERR_OK;
}
