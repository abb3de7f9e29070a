/* bices ledger replay: all decisions of a ledger anew, from files. It verifies the ledger first: what was changed is
 * not replayed. */
#include "cli/ledger.h"
#include "cli/ledger_labels.h"
#include "cli/node_files.h"

#include "os/pack.h"
#include "release/replay.h"

#include <jansson.h>
#include <unistd.h>

enum { VERSIONS = 65, TABLE_MAX = 32 * 1024 * 1024 };

/* The versions of one part of the rules that are at hand. */
struct part {
	const char *name, *option;
	struct slice octets[VERSIONS];
	uint8_t digests[VERSIONS][32];
	size_t count;
};

struct loaded {
	struct loaded *next;
	struct replay_rules names;
	struct guard_rules rules;
};

struct rerun {
	struct ledger_place place;
	struct option_list policies, rosters, tables;
	const char *rules_dir, *labels_path;
	bool json;

	struct slice nation;
	struct part packs, roster, table;
	struct loaded *loaded;
	struct label_sets *labels;
	struct replay *replay;
	uint64_t fault; /* index of the record that could not be agreed with */
	struct diag diag;
	enum err err;
};

/* ---- what is at hand ---- */

static enum err part_add(struct part *part, struct slice octets)
{
	if (part->count == VERSIONS)
		return ERR_TOO_LARGE;
	crypto_sha256(octets, part->digests[part->count]);
	part->octets[part->count++] = octets;
	return ERR_OK;
}

static enum err part_read(struct rerun *rerun, struct part *part, const char *path)
{
	AUTO_BUF bytes = buf_make(TABLE_MAX);
	struct slice kept;
	if (!path)
		return ERR_MEMORY;
	TRY(file_read(path, &bytes));
	TRY(arena_copy(&rerun->place.arena, buf_slice(&bytes), &kept));
	return part_add(part, kept);
}

static enum err pack_add(struct rerun *rerun, const char *directory, const struct slice *paths, size_t count)
{
	AUTO_BUF pack = buf_make(LIMIT_MESSAGE);
	struct slice kept;
	for (size_t i = 0; i < count; i++) {
		AUTO_BUF compiled = buf_make(LIMIT_RECORD_VALUE);
		const char *name = arena_text(&rerun->place.arena, paths[i]);
		const char *path = name ? node_path(&rerun->place.arena, directory, name) : NULL;
		if (!path)
			return ERR_MEMORY;
		TRY(node_policy_compile(path, &rerun->place.arena, &compiled));
		pack_put(&pack, buf_slice(&compiled));
	}
	TRY(pack.err);
	TRY(arena_copy(&rerun->place.arena, buf_slice(&pack), &kept));
	return part_add(&rerun->packs, kept);
}

static enum err options_add(struct rerun *rerun)
{
	struct slice paths[VERSIONS];
	for (size_t i = 0; i < rerun->policies.count; i++)
		paths[i] = slice_text(rerun->policies.items[i]);
	if (rerun->policies.count)
		TRY(pack_add(rerun, ".", paths, rerun->policies.count));
	for (size_t i = 0; i < rerun->rosters.count; i++)
		TRY(part_read(rerun, &rerun->roster, rerun->rosters.items[i]));
	for (size_t i = 0; i < rerun->tables.count; i++)
		TRY(part_read(rerun, &rerun->table, rerun->tables.items[i]));
	return ERR_OK;
}

static enum err node_add(struct rerun *rerun)
{
	const char *directory = rerun->rules_dir;
	struct arena *arena = &rerun->place.arena;
	struct settings settings;
	TRY(node_settings(directory, arena, &settings));
	TRY(pack_add(rerun, directory, settings.policies, settings.policy_count));
	TRY(part_read(rerun, &rerun->roster, node_path(arena, directory, (const char *)settings.roster.data)));
	return part_read(rerun, &rerun->table, node_path(arena, directory, (const char *)settings.release_table.data));
}

/* Where node.conf stands: as said, or the node's directory, or around the ledger's. */
static enum err gather(struct rerun *rerun)
{
	struct ledger_place *place = &rerun->place;
	if (!rerun->rules_dir)
		rerun->rules_dir = place->data ? place->data : arena_printf(&place->arena, "%s/..", place->dir);
	if (!rerun->labels_path && rerun->rules_dir)
		rerun->labels_path = arena_printf(&place->arena, "%s/data/label-sets", rerun->rules_dir);
	if (!rerun->rules_dir || !rerun->labels_path)
		return ERR_MEMORY;
	TRY(options_add(rerun));
	const char *settings = node_path(&place->arena, rerun->rules_dir, "node.conf");
	bool needed = !rerun->packs.count || !rerun->roster.count || !rerun->table.count;
	if (needed || (settings && access(settings, R_OK) == 0))
		TRY(node_add(rerun));
	return label_sets_open(rerun->labels_path, &rerun->labels);
}

/* ---- the replay's source ---- */

static enum err part_find(
	const struct part *part, const uint8_t digest[32], struct slice *ret_octets, struct diag *diag)
{
	AUTO_BUF hex = buf_make(65);
	for (size_t i = 0; i < part->count; i++)
		if (memcmp(part->digests[i], digest, 32) == 0) {
			*ret_octets = part->octets[i];
			return ERR_OK;
		}
	buf_put_hex(&hex, slice_of(digest, 32));
	return diag_fail(diag, ERR_NOT_FOUND, "the %s in force then (SHA-256 %.*s) is not at hand; name it with %s",
		part->name, SLICE_ARG(buf_slice(&hex)), part->option);
}

static enum err find_rules(
	void *context, const struct replay_rules *wanted, const struct guard_rules **ret_rules, struct diag *diag)
{
	struct rerun *rerun = context;
	struct guard_given given = {
		.nation = rerun->nation, .realm = SLICE("-")}; /* no decision looks at the realm: octets do */
	for (struct loaded *at = rerun->loaded; at; at = at->next)
		if (memcmp(&at->names, wanted, sizeof(*wanted)) == 0) {
			*ret_rules = &at->rules;
			return ERR_OK;
		}
	TRY(part_find(&rerun->packs, wanted->policies, &given.policies, diag));
	TRY(part_find(&rerun->roster, wanted->roster, &given.roster, diag));
	TRY(part_find(&rerun->table, wanted->table, &given.table, diag));
	struct loaded *loaded = ARENA_NEW(&rerun->place.arena, struct loaded);
	if (!loaded)
		return ERR_MEMORY;
	TRY(guard_rules_load(&given, &rerun->place.arena, &loaded->rules, diag));
	loaded->names = *wanted;
	loaded->next = rerun->loaded;
	rerun->loaded = loaded;
	*ret_rules = &loaded->rules;
	return ERR_OK;
}

static enum err find_labels(void *context, const uint8_t digest[32], struct arena *arena, struct slice *ret_labels)
{
	return label_sets_find(((struct rerun *)context)->labels, digest, arena, ret_labels);
}

/* ---- the run ---- */

static bool take(void *context, uint64_t index, const struct ledger_entry *entry)
{
	struct rerun *rerun = context;
	AUTO_ARENA arena = {0};
	struct ledger_record record;
	rerun->err = ledger_record_decode(entry->record, &arena, &record);
	if (rerun->err == ERR_OK)
		rerun->err = replay_take(rerun->replay, index, &record, &rerun->diag);
	rerun->fault = index;
	return rerun->err == ERR_OK;
}

static enum err verify(struct rerun *rerun)
{
	struct ledger_report report;
	int directory;
	TRY(ledger_open_directory(rerun->place.dir, &directory));
	enum err err = ledger_verify(directory, rerun->place.pinned ? rerun->place.key : NULL, &rerun->diag, &report);
	close(directory);
	if (err == ERR_OK)
		return arena_copy(&rerun->place.arena, ledger_nation(slice_text(report.origin)), &rerun->nation);
	complain_diag(err, rerun->place.dir, &rerun->diag);
	return err;
}

static enum err visit(struct rerun *rerun)
{
	const struct replay_source source = {.context = rerun, .rules = find_rules, .labels = find_labels};
	struct ledger_log *log = NULL;
	rerun->replay = replay_new(&source);
	if (!rerun->replay)
		return ERR_MEMORY;
	TRY(ledger_open_log(rerun->place.dir, &log));
	enum err err = ledger_log_visit(log, 0, take, rerun);
	ledger_log_close(log);
	return err;
}

static void report(const struct rerun *rerun)
{
	uint64_t agree = replay_count(rerun->replay);
	bool fault = rerun->err != ERR_OK;
	if (fault)
		complain_diag(rerun->err, rerun->place.dir, &rerun->diag);
	if (!rerun->json) {
		printf("%llu decisions, %llu agree\n", (unsigned long long)agree + fault, (unsigned long long)agree);
		return;
	}
	json_t *all = json_pack("{sIsI}", "decisions", (json_int_t)(agree + fault), "agree", (json_int_t)agree);
	if (fault)
		json_object_set_new(all, "fault",
			json_pack("{sIss}", "record", (json_int_t)rerun->fault, "text", rerun->diag.text));
	json_dumpf(all, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(all);
}

static int rerun_all(struct rerun *rerun)
{
	enum err err = ledger_place_find(&rerun->place);
	if (err == ERR_OK)
		err = verify(rerun);
	if (err == ERR_OK)
		err = gather(rerun);
	if (err == ERR_OK)
		err = visit(rerun);
	if (err != ERR_OK)
		return ledger_exit_code(err);
	report(rerun);
	return rerun->err == ERR_OK ? 0 : 1;
}

static void done(struct rerun *rerun)
{
	for (struct loaded *at = rerun->loaded; at; at = at->next)
		guard_rules_done(&at->rules);
	replay_free(rerun->replay);
	label_sets_close(rerun->labels);
	ledger_place_done(&rerun->place);
}

int ledger_run_replay(int argc, char **argv)
{
	static struct rerun rerun = {
		.packs = {.name = "set of policies", .option = "--policy (each file, in the order of node.conf)"},
		.roster = {.name = "roster", .option = "--roster"},
		.table = {.name = "release-authority table", .option = "--table"}};
	const struct option_spec specs[] = {{"--dir", &rerun.place.dir, NULL, NULL},
		{"--node", &rerun.place.node, NULL, NULL}, {"--key", &rerun.place.key_text, NULL, NULL},
		{"--rules", &rerun.rules_dir, NULL, NULL}, {"--policy", NULL, NULL, &rerun.policies},
		{"--roster", NULL, NULL, &rerun.rosters}, {"--table", NULL, NULL, &rerun.tables},
		{"--labels", &rerun.labels_path, NULL, NULL}, {"--json", NULL, &rerun.json, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 0)
		err = (complain(ERR_USAGE, "ledger replay takes options only: --node NAME, or --dir DIR of a ledger"),
			ERR_USAGE);
	int code = err == ERR_OK ? rerun_all(&rerun) : ledger_exit_code(err);
	done(&rerun);
	return code;
}
