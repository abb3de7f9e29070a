/* bices init: a node's directory from nothing: keys, certificates, settings, its record as a participant. Never
 * overwrites a node: a directory that holds node.conf is refused. */
#include "cli/node_files.h"

#include "protocol/frame.h"
#include "release/release_table.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CA_DAYS = 3650, NODE_DAYS = 825, SEED = 32, PEERS_OFFSET = 200, ADMIN_OFFSET = 100, BASE_MAX = 65535 - PEERS_OFFSET };

struct init {
	const char *directory;
	const char *nation, *realm, *member, *clearance, *base, *host;
	const char *users, *admin, *peers; /* addresses; each replaces what base gives */
	const char *user_id_base, *web, *marking_map;
	struct option_list policies;
	struct arena arena;
};

/* What the participant record takes from the keys. */
struct made {
	uint8_t originator[SEED], release[SEED], feed[SEED], ledger[SEED]; /* public */
	struct slice seal_certificate, ca_certificate; /* DER */
};

static const char *inside(struct init *init, const char *name)
{
	return node_path(&init->arena, init->directory, name);
}

/* ---- arguments ---- */

/* Fills the addresses that were not given, by the base port: users, admin + 100, peers + 200. */
static enum err derive_addresses(struct init *init)
{
	char *end = NULL;
	unsigned long base = init->base ? strtoul(init->base, &end, 10) : 0;
	if (init->base && (*end || base == 0 || base > BASE_MAX))
		return complain(ERR_USAGE, "--listen-base takes a port from 1 to %d", BASE_MAX), ERR_USAGE;
	if (!init->base && !(init->users && init->admin && init->peers))
		return complain(ERR_USAGE, "--listen-base PORT is missing (or --listen-users, --listen-admin and --listen-peers)"), ERR_USAGE;
	if (!init->users)
		init->users = arena_printf(&init->arena, "%s:%lu", init->host, base);
	if (!init->admin)
		init->admin = arena_printf(&init->arena, "127.0.0.1:%lu", base + ADMIN_OFFSET);
	if (!init->peers)
		init->peers = arena_printf(&init->arena, "%s:%lu", init->host, base + PEERS_OFFSET);
	return init->users && init->admin && init->peers ? ERR_OK : ERR_MEMORY;
}

static enum err arguments_check(struct init *init, int argc, char **argv)
{
	if (argc != 1 || !init->nation || !init->clearance || init->policies.count == 0) {
		complain(ERR_USAGE, "init needs DIR, --nation, --clearance and at least one --policy; see 'bices help init'");
		return ERR_USAGE;
	}
	if (strcmp(init->member, "yes") != 0 && strcmp(init->member, "no") != 0) {
		complain(ERR_USAGE, "--member takes yes or no");
		return ERR_USAGE;
	}
	init->directory = argv[0];
	TRY(derive_addresses(init));
	const char *settings = inside(init, "node.conf");
	if (!settings)
		return ERR_MEMORY;
	if (access(settings, F_OK) != 0)
		return ERR_OK;
	complain(ERR_CONFLICT, "%s exists: this is a node already; choose another directory", settings);
	return ERR_REFUSED;
}

/* ---- directories and settings ---- */

static enum err make_directories(struct init *init)
{
	static const struct {
		const char *name;
		mode_t mode;
	} rows[] = {{"", 0755}, {"keys", 0700}, {"data", 0700}, {"ledger", 0700}, {"pid", 0755}, {"secrets", 0700}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = inside(init, rows[i].name);
		if (!path)
			return ERR_MEMORY;
		if (mkdir(path, rows[i].mode) != 0 && errno != EEXIST) {
			complain(ERR_IO, "%s: %s", path, strerror(errno));
			return ERR_IO;
		}
	}
	return ERR_OK;
}

static void print_settings(const struct init *init, struct buf *text)
{
	buf_printf(text, "# Settings of this node; 'bices config check DIR' checks them. A change takes effect at the next start.\n"
		   "nation %s\nrealm %s\nlisten-users %s\nlisten-admin %s\nlisten-peers %s\nuser-id-base %s\n",
		   init->nation, init->realm, init->users, init->admin, init->peers, init->user_id_base);
	for (size_t i = 0; i < init->policies.count; i++)
		buf_printf(text, "policy %s\n", init->policies.items[i]);
	if (init->marking_map)
		buf_printf(text, "marking-map %s\n", init->marking_map);
	buf_printf(text, "release-table release.table\nroster roster\nusers users\nweb %s\n", init->web);
}

/* Written last: its presence says that the directory is a whole node. */
static enum err make_settings(struct init *init, struct settings *ret_settings, struct slice *ret_text)
{
	AUTO_BUF text = buf_make(SETTINGS_TEXT);
	struct diag diag = {0};
	print_settings(init, &text);
	struct slice bytes;
	TRY(buf_finish(&text, &bytes));
	TRY(arena_copy(&init->arena, bytes, ret_text));
	enum err err = settings_parse(*ret_text, &init->arena, ret_settings, &diag);
	if (err != ERR_OK)
		complain_diag(ERR_USAGE, NULL, &diag);
	return err == ERR_OK ? ERR_OK : ERR_USAGE;
}

/* ---- keys ---- */

static enum err make_seed(struct init *init, const char *name, uint8_t ret_public[SEED])
{
	const char *path = inside(init, name);
	if (!path)
		return ERR_MEMORY;
	uint8_t seed[SEED];
	struct signing_key *key = NULL;
	crypto_random(seed, sizeof(seed));
	enum err err = node_write(path, SLICE_ARRAY(seed), 0600);
	if (err == ERR_OK && ret_public)
		err = signing_key_new(seed, &key);
	if (err == ERR_OK && ret_public)
		signing_key_public(key, ret_public);
	signing_key_free(key);
	explicit_bzero(seed, sizeof(seed));
	return err;
}

static enum err make_seeds(struct init *init, struct made *made)
{
	TRY(make_seed(init, "keys/originator.seed", made->originator));
	TRY(make_seed(init, "keys/release.seed", made->release));
	TRY(make_seed(init, "keys/feed.seed", made->feed));
	TRY(make_seed(init, "keys/ledger.seed", made->ledger));
	TRY(make_seed(init, "keys/search.seed", NULL)); /* for keyed digests of search text */
	const char *path = inside(init, "keys/ledger.public");
	return path ? node_write(path, SLICE_ARRAY(made->ledger), 0644) : ERR_MEMORY;
}

static enum err make_ca(struct init *init)
{
	const char *name = arena_printf(&init->arena, "%s certificate authority", init->nation);
	const char *key_path = inside(init, "keys/ca.key"), *path = inside(init, "keys/ca.pem"), *copy = inside(init, "ca.pem");
	if (!name || !key_path || !path || !copy)
		return ERR_MEMORY;
	struct buf key = buf_make(65536);
	AUTO_BUF certificate = buf_make(65536);
	enum err err = certificate_new_ca(name, CA_DAYS, &key, &certificate);
	if (err == ERR_OK)
		err = node_write(key_path, buf_slice(&key), 0600);
	if (err == ERR_OK)
		err = node_write(path, buf_slice(&certificate), 0644);
	if (err == ERR_OK)
		err = node_write(copy, buf_slice(&certificate), 0644); /* for clients, who cannot enter keys/ */
	buf_wipe(&key);
	return err;
}

static enum err make_certificates(struct init *init)
{
	const char *uri = arena_printf(&init->arena, "bices://%s", init->nation);
	char host[64];
	const char *colon = strrchr(init->users, ':');
	snprintf(host, sizeof(host), "%.*s", (int)(colon ? colon - init->users : 0), init->users);
	const struct {
		const char *base;
		struct certificate_request request;
	} rows[] = {
		{"keys/node", {.ip = host, .server = true}},
		{"keys/link", {.server = true, .client = true}},
		{"keys/seal", {.key_agreement = true}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct certificate_request request = rows[i].request;
		request.common_name = init->nation;
		request.uri = uri;
		request.days = NODE_DAYS;
		const char *base = inside(init, rows[i].base);
		if (!uri || !base)
			return ERR_MEMORY;
		TRY(node_certificate(&init->arena, init->directory, &request, base));
	}
	return ERR_OK;
}

static enum err read_der(struct init *init, const char *name, struct slice *ret_der)
{
	const char *path = inside(init, name);
	AUTO_BUF pem = buf_make(65536), der = buf_make(65536);
	if (!path)
		return ERR_MEMORY;
	TRY(node_read(path, 0, &pem));
	TRY(pem_to_der(buf_slice(&pem), &der));
	return arena_copy(&init->arena, buf_slice(&der), ret_der);
}

/* ---- the participant's record and the rest ---- */

static enum err write_participant(struct init *init, const struct made *made, struct slice clearance)
{
	struct participant participant = {
		.name = slice_text(init->nation),
		.clearance = clearance,
		.member = strcmp(init->member, "yes") == 0,
		.seal_certificate = made->seal_certificate,
		.ca_certificate = made->ca_certificate,
		.peer_address = slice_text(arena_printf(&init->arena, "tls://%s", init->peers)),
	};
	memcpy(participant.originator_key, made->originator, SEED);
	memcpy(participant.release_key, made->release, SEED);
	memcpy(participant.feed_key, made->feed, SEED);
	memcpy(participant.ledger_key, made->ledger, SEED);
	AUTO_BUF octets = buf_make(LIMIT_CONTROL_ENTRY);
	struct slice encoded;
	record_encode(&participant_schema, &participant, &octets);
	TRY(buf_finish(&octets, &encoded));
	const char *path = inside(init, "participant");
	return path ? node_write(path, encoded, 0644) : ERR_MEMORY;
}

static enum err write_rest(struct init *init)
{
	AUTO_BUF table = buf_make(65536);
	release_table_print_default(&table);
	const char *table_path = inside(init, "release.table"), *users = inside(init, "users");
	if (!table_path || !users)
		return ERR_MEMORY;
	TRY(node_write(table_path, buf_slice(&table), 0644));
	return node_write(users, (struct slice){0}, 0600);
}

static enum err read_clearance(struct init *init, const struct settings *settings, struct buf *lines)
{
	struct policy_set *set = NULL;
	TRY(node_policies(init->directory, settings->policies, settings->policy_count, &init->arena, &set));
	enum err err = node_clearance(set, init->clearance, lines);
	policy_set_free(set);
	return err;
}

static enum err make_node(struct init *init)
{
	struct settings settings;
	struct slice text;
	struct made made = {0};
	AUTO_BUF clearance = buf_make(LIMIT_LABEL_XML);
	TRY(make_settings(init, &settings, &text));
	TRY(make_directories(init));
	TRY(read_clearance(init, &settings, &clearance));
	TRY(make_seeds(init, &made));
	TRY(make_ca(init));
	TRY(make_certificates(init));
	TRY(read_der(init, "keys/seal.crt", &made.seal_certificate));
	TRY(read_der(init, "keys/ca.pem", &made.ca_certificate));
	TRY(write_participant(init, &made, buf_slice(&clearance)));
	TRY(write_rest(init));
	const char *path = inside(init, "node.conf");
	return path ? node_write(path, text, 0644) : ERR_MEMORY;
}

int node_init(int argc, char **argv)
{
	struct init init = {.realm = "real", .member = "yes", .host = "127.0.0.1", .user_id_base = "61000", .web = "../../web/dist"};
	const struct option_spec specs[] = {
		{"--nation", &init.nation, NULL, NULL}, {"--realm", &init.realm, NULL, NULL}, {"--member", &init.member, NULL, NULL},
		{"--clearance", &init.clearance, NULL, NULL}, {"--listen-base", &init.base, NULL, NULL}, {"--host", &init.host, NULL, NULL},
		{"--listen-users", &init.users, NULL, NULL}, {"--listen-admin", &init.admin, NULL, NULL},
		{"--listen-peers", &init.peers, NULL, NULL}, {"--user-id-base", &init.user_id_base, NULL, NULL},
		{"--web", &init.web, NULL, NULL}, {"--marking-map", &init.marking_map, NULL, NULL}, {"--policy", NULL, NULL, &init.policies}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK)
		err = arguments_check(&init, argc, argv);
	if (err == ERR_OK)
		err = make_node(&init);
	arena_done(&init.arena);
	return err_exit_code(err);
}
