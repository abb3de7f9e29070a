/* bices config check: everything the master will open, looked at beforehand. Names every problem, not only the first. */
#include "cli/node_files.h"

#include "object/stix_map.h"
#include "protocol/roster.h"
#include "release/release_table.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

struct check {
	const char *directory;
	struct arena arena;
	struct settings settings;
	struct policy_set *policies;
	unsigned problems;
};

/* Counts a problem that was complained about already. */
static void count(struct check *check, enum err err)
{
	check->problems += err != ERR_OK;
}

static const struct file_row {
	const char *name;
	off_t size; /* 0: any but empty */
	bool secret;
} file_rows[] = {
	{"keys/originator.seed", 32, true}, {"keys/release.seed", 32, true}, {"keys/feed.seed", 32, true},
	{"keys/ledger.seed", 32, true},	    {"keys/search.seed", 32, true},  {"keys/ledger.public", 32, false},
	{"keys/seal.key", 0, true},	    {"keys/seal.crt", 0, false},     {"keys/node.key", 0, true},
	{"keys/node.crt", 0, false},	    {"keys/link.key", 0, true},	     {"keys/link.crt", 0, false},
	{"keys/ca.pem", 0, false},
};

static void check_file(struct check *check, const struct file_row *row)
{
	struct stat facts;
	const char *path = node_path(&check->arena, check->directory, row->name);
	if (!path || stat(path, &facts) != 0) {
		complain(ERR_NOT_FOUND, "%s/%s: %s; 'bices init' makes it", check->directory, row->name, strerror(errno));
		check->problems++;
	} else if (row->size ? facts.st_size != row->size : facts.st_size == 0) {
		complain(ERR_MALFORMED, "%s: has %lld octets%s", path, (long long)facts.st_size, row->size ? ", not 32" : "");
		check->problems++;
	} else if (row->secret && facts.st_mode & 077) {
		complain(ERR_INVALID, "%s: others may read this key; 'chmod 600' it", path);
		check->problems++;
	}
}

static void check_table(struct check *check)
{
	const char *path = node_path(&check->arena, check->directory, (const char *)check->settings.release_table.data);
	AUTO_BUF text = buf_make(1024 * 1024);
	struct release_table table;
	struct diag diag = {0};
	enum err err = path ? file_read(path, &text) : ERR_MEMORY;
	count(check, err);
	if (err != ERR_OK)
		return;
	if (!text.len)
		err = diag_fail(&diag, ERR_MALFORMED, "empty; a line with a comment is the least, seal asks for it");
	else
		err = release_table_parse(buf_slice(&text), check->policies, &check->arena, &table, &diag);
	if (err != ERR_OK)
		complain_diag(err, path, &diag);
	count(check, err);
}

static void check_map(struct check *check)
{
	AUTO_BUF text = buf_make(STIX_MAP_TEXT + 1);
	struct stix_map map;
	struct diag diag = {0};
	if (!check->settings.marking_map.len)
		return;
	const char *path = node_path(&check->arena, check->directory, (const char *)check->settings.marking_map.data);
	enum err err = path ? file_read(path, &text) : ERR_MEMORY;
	if (err == ERR_OK) {
		err = stix_map_parse(check->policies, buf_slice(&text), &check->arena, &map, &diag);
		if (err != ERR_OK)
			complain_diag(err, path, &diag);
	}
	count(check, err);
}

static void check_roster(struct check *check)
{
	const char *path = node_path(&check->arena, check->directory, (const char *)check->settings.roster.data);
	AUTO_BUF octets = buf_make(LIMIT_NATIONS * 65536);
	struct roster roster;
	struct diag diag = {0};
	if (path && access(path, F_OK) != 0) {
		complain(ERR_NOT_FOUND, "%s: missing; 'bices roster make' makes the first one of a coalition", path);
		check->problems++;
		return;
	}
	enum err err = path ? file_read(path, &octets) : ERR_MEMORY;
	if (err == ERR_OK) {
		err = roster_open(buf_slice(&octets), &check->arena, &roster, &diag);
		if (err == ERR_OK && !roster_find(&roster, check->settings.nation))
			err = diag_fail(&diag, ERR_INVALID, "the nation %.*s takes no part", SLICE_ARG(check->settings.nation));
		if (err != ERR_OK)
			complain_diag(err, path, &diag);
	}
	count(check, err);
}

static void check_collection_label(struct check *check, struct slice alias, const char *what, struct slice text)
{
	const struct label *label;
	struct diag diag = {0};
	if (text.len == 0)
		return;
	enum err err = label_parse_compact(check->policies, text, &check->arena, &label, &diag);
	if (err != ERR_OK)
		complain(err, "node.conf: collection %.*s: %s %.*s: %s", SLICE_ARG(alias), what, SLICE_ARG(text),
			 diag.text[0] ? diag.text : err_text(err));
	count(check, err);
}

/* A channel's default label, and the label of who may know of a collection, have to be valid under the node's own policies. */
static void check_collections(struct check *check)
{
	for (size_t i = 0; i < check->settings.collection_count; i++) {
		const struct setting_collection *collection = &check->settings.collections[i];
		check_collection_label(check, collection->alias, "default label", collection->default_label);
		check_collection_label(check, collection->alias, "label of its readers", collection->audience);
	}
}

static void check_all(struct check *check)
{
	for (size_t i = 0; i < sizeof(file_rows) / sizeof(file_rows[0]); i++)
		check_file(check, &file_rows[i]);
	check_roster(check);
	enum err err = node_policies(check->directory, check->settings.policies, check->settings.policy_count, &check->arena, &check->policies);
	count(check, err);
	if (err != ERR_OK)
		return;
	check_table(check);
	check_map(check);
	check_collections(check);
	policy_set_free(check->policies);
}

int node_config_check(int argc, char **argv)
{
	struct check check = {0};
	const struct option_spec specs[] = {{0}};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (argc != 1)
		return complain(ERR_USAGE, "config check needs DIR");
	check.directory = argv[0];
	err = node_settings(check.directory, &check.arena, &check.settings);
	if (err == ERR_OK)
		check_all(&check);
	if (err == ERR_OK && check.problems == 0)
		printf("%.*s: the settings and all they name are usable\n", SLICE_ARG(check.settings.nation));
	arena_done(&check.arena);
	return err == ERR_NOT_FOUND ? err_exit_code(ERR_USAGE) : err != ERR_OK ? err_exit_code(err) : check.problems ? 1 : 0;
}

int node_config_list(int argc, char **argv)
{
	(void)argv;
	if (argc != 0)
		return complain(ERR_USAGE, "config list takes nothing");
	const struct setting_info *info;
	for (size_t i = 0; (info = settings_info(i)) != NULL; i++)
		printf("%s %s\t%s\t%s\t%s\n", info->key, info->value, info->required ? "required" : "optional",
		       info->repeats ? "repeats" : "once", info->help);
	return 0;
}
