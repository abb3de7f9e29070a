/* The ledger's commands: verify, show, proof, verify-proof, tiles. All but proof work on files and ask no node. */
#include "cli/ledger.h"

#include "base/moment.h"
#include "cli/client.h"
#include "ledger/proof.h"
#include "protocol/frame.h"

#include <fcntl.h>
#include <unistd.h>

enum { KEY = LEDGER_PUBLIC_KEY, READ_ATTEMPTS = 5, READ_PAUSE_US = 20000 };

static const char coalition_file[] = "run/coalition.json";

int ledger_exit_code(enum err err)
{
	return err == ERR_OK ? 0 : err == ERR_INVALID || err == ERR_CRYPTO || err == ERR_CONFLICT || err == ERR_NOT_FOUND ? 1 : 2;
}

static int complain_of(const char *where, enum err err, const struct diag *diag)
{
	complain_diag(err, where, diag);
	return ledger_exit_code(err);
}

/* ---- which key ---- */

/* 64 hexadecimal digits, or a file of 32 octets. */
static enum err read_key(const char *text, uint8_t ret_key[KEY])
{
	AUTO_BUF bytes = buf_make(KEY);
	if (strlen(text) != 2 * KEY || hex_decode(slice_text(text), &bytes) != ERR_OK) {
		buf_truncate(&bytes, 0);
		TRY(file_read(text, &bytes));
	}
	if (bytes.len != KEY)
		return complain(ERR_USAGE, "--key: give 64 hexadecimal digits, or a file of 32 octets"), ERR_USAGE;
	memcpy(ret_key, bytes.data, KEY);
	return ERR_OK;
}

/* The ledger key of a nation as a roster names it. */
static enum err roster_key(const char *path, struct slice nation, uint8_t ret_key[KEY])
{
	AUTO_BUF bytes = buf_make(ROSTER_MAX);
	AUTO_ARENA arena = {0};
	struct roster roster;
	TRY(file_read(path, &bytes));
	if (record_decode(&roster_schema, buf_slice(&bytes), &arena, &roster) != ERR_OK)
		return complain(ERR_MALFORMED, "%s: not a roster", path), ERR_MALFORMED;
	const struct participant *participants = roster.participants.items;
	for (size_t i = 0; i < roster.participants.count; i++)
		if (slice_equal(participants[i].name, nation)) {
			memcpy(ret_key, participants[i].ledger_key, KEY);
			return ERR_OK;
		}
	return complain(ERR_NOT_FOUND, "%s: names no participant '%.*s'", path, SLICE_ARG(nation)), ERR_NOT_FOUND;
}

/* ---- which directory ---- */

static enum err place_from_node(struct ledger_place *place)
{
	json_t *coalition = json_load_file(coalition_file, JSON_REJECT_DUPLICATES, NULL), *entry;
	size_t i;
	const char *dir = NULL, *data = NULL;
	json_array_foreach(json_object_get(coalition, "nodes"), i, entry)
	{
		const char *name = json_string_value(json_object_get(entry, "name"));
		if (!name || strcmp(name, place->node) != 0)
			continue;
		dir = json_string_value(json_object_get(entry, "ledger_dir"));
		data = json_string_value(json_object_get(entry, "data_dir"));
	}
	place->dir = dir ? arena_text(&place->arena, slice_text(dir)) : NULL;
	place->data = data ? arena_text(&place->arena, slice_text(data)) : NULL;
	if (data && !place->roster)
		place->roster = arena_printf(&place->arena, "%s/roster", data);
	json_decref(coalition);
	if (!place->dir)
		return complain(ERR_USAGE, "%s names no ledger of node '%s'; give --dir DIR", coalition_file, place->node), ERR_USAGE;
	return place->key_text || !place->roster ? ERR_OK : roster_key(place->roster, slice_text(place->node), place->key);
}

enum err ledger_place_find(struct ledger_place *place)
{
	if (!place->dir && !place->node)
		place->node = getenv("BICES_NODE");
	if (!place->dir && !place->node)
		return complain(ERR_USAGE, "which ledger? give --dir DIR or --node NAME"), ERR_USAGE;
	if (place->key_text)
		TRY(read_key(place->key_text, place->key));
	if (!place->dir)
		TRY(place_from_node(place));
	place->pinned = place->key_text || (place->node && place->roster);
	return ERR_OK;
}

void ledger_place_done(struct ledger_place *place)
{
	arena_done(&place->arena);
}

enum err ledger_open_directory(const char *path, int *ret_directory)
{
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return complain(ERR_IO, "%s: no directory that can be read", path), ERR_IO;
	*ret_directory = directory;
	return ERR_OK;
}

/* ---- verify ---- */

static void print_report(const struct ledger_report *report, bool pinned, bool json)
{
	AUTO_BUF root = buf_make(64), key = buf_make(64);
	char created[MOMENT_TEXT + 1], last[MOMENT_TEXT + 1];
	buf_put_base64(&root, SLICE_ARRAY(report->root));
	buf_put_hex(&key, SLICE_ARRAY(report->public_key));
	moment_print(report->created, created);
	moment_print(report->last, last);
	if (json) {
		printf("{\"origin\":\"%s\",\"size\":%llu,\"checkpoints\":%llu,\"root\":\"%.*s\",\"key\":\"%.*s\",\"pinned\":%s}\n",
		       report->origin, (unsigned long long)report->size, (unsigned long long)report->groups,
		       SLICE_ARG(buf_slice(&root)), SLICE_ARG(buf_slice(&key)), pinned ? "true" : "false");
		return;
	}
	printf("%s verifies: %llu records under %llu checkpoints\n", report->origin, (unsigned long long)report->size,
	       (unsigned long long)report->groups);
	printf("begun %s, last record %s\nroot  %.*s\nkey   %.*s%s\n", created, report->size ? last : "-", SLICE_ARG(buf_slice(&root)),
	       SLICE_ARG(buf_slice(&key)), pinned ? "" : "\n      (as the ledger itself names it; --key or --node holds it against what you know)");
}

/* Is a checkpoint that somebody kept part of this ledger's past? */
static enum err check_against(int directory, const char *path, struct diag *diag)
{
	AUTO_BUF note = buf_make(NOTE_MAX);
	struct ledger_log *log;
	enum ledger_standing standing = LEDGER_INCONSISTENT;
	uint64_t size = 0;
	TRY(file_read(path, &note));
	TRY(ledger_log_open_read(directory, diag, &log));
	enum err err = ledger_log_compare(log, buf_slice(&note), &standing, &size);
	ledger_log_close(log);
	if (err != ERR_OK)
		return diag_fail(diag, err == ERR_MALFORMED ? err : ERR_INVALID, "%s is not a checkpoint of this ledger", path);
	if (standing == LEDGER_BEHIND)
		return diag_fail(diag, ERR_CONFLICT, "%s shows %llu records, more than the ledger holds: it was rolled back", path,
				 (unsigned long long)size);
	return standing == LEDGER_CONSISTENT ? ERR_OK
					     : diag_fail(diag, ERR_CONFLICT, "%s shows another past: the ledger was rewritten", path);
}

static int verify_place(const struct ledger_place *place, const char *against, bool json)
{
	struct diag diag = {.text = ""};
	struct ledger_report report;
	int directory;
	if (ledger_open_directory(place->dir, &directory) != ERR_OK)
		return 2;
	enum err err = ledger_verify(directory, place->pinned ? place->key : NULL, &diag, &report);
	if (err == ERR_OK && against)
		err = check_against(directory, against, &diag);
	close(directory);
	if (err != ERR_OK)
		return complain_of(place->dir, err, &diag);
	print_report(&report, place->pinned, json);
	return 0;
}

static int run_verify(int argc, char **argv)
{
	struct ledger_place place = {.dir = NULL};
	const char *against = NULL;
	bool json = false;
	const struct option_spec specs[] = {{"--dir", &place.dir, NULL, NULL}, {"--node", &place.node, NULL, NULL},
		{"--key", &place.key_text, NULL, NULL}, {"--against", &against, NULL, NULL}, {"--json", NULL, &json, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 0)
		err = (complain(ERR_USAGE, "ledger verify takes options only: --dir DIR or --node NAME"), ERR_USAGE);
	if (err == ERR_OK)
		err = ledger_place_find(&place);
	int code = err == ERR_OK ? verify_place(&place, against, json) : ledger_exit_code(err);
	ledger_place_done(&place);
	return code;
}

/* ---- show and tiles ---- */

enum err ledger_open_log(const char *path, struct ledger_log **ret_log)
{
	struct diag diag;
	enum err err = ERR_IO;
	int directory;
	TRY(ledger_open_directory(path, &directory));
	for (int attempt = 0; attempt < READ_ATTEMPTS && err != ERR_OK; attempt++) {
		if (attempt)
			usleep(READ_PAUSE_US);
		diag = (struct diag){.text = ""};
		err = ledger_log_open_read(directory, &diag, ret_log);
	}
	close(directory);
	if (err != ERR_OK)
		complain_diag(err, path, &diag);
	return err;
}

static bool show_entry(void *context, uint64_t index, const struct ledger_entry *entry)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF line = buf_make(16384);
	struct ledger_record record;
	(void)context;
	if (ledger_record_decode(entry->record, &arena, &record) != ERR_OK)
		return false;
	ledger_record_print(index, &record, &line);
	fwrite(line.data, 1, line.len, stdout);
	return true;
}

static int run_show(int argc, char **argv)
{
	struct ledger_place place = {.dir = NULL};
	const char *from_text = "0";
	uint64_t from = 0;
	struct ledger_log *log = NULL;
	const struct option_spec specs[] = {
		{"--dir", &place.dir, NULL, NULL}, {"--node", &place.node, NULL, NULL}, {"--from", &from_text, NULL, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && (argc != 0 || slice_parse_u64(slice_text(from_text), &from) != ERR_OK))
		err = (complain(ERR_USAGE, "ledger show takes --dir DIR or --node NAME, and --from INDEX"), ERR_USAGE);
	if (err == ERR_OK)
		err = ledger_place_find(&place);
	if (err == ERR_OK)
		err = ledger_open_log(place.dir, &log);
	if (err == ERR_OK)
		err = ledger_log_visit(log, from, show_entry, NULL);
	ledger_log_close(log);
	ledger_place_done(&place);
	return ledger_exit_code(err);
}

static int run_tiles(int argc, char **argv)
{
	struct ledger_place place = {.dir = NULL};
	const char *out = NULL;
	struct ledger_log *log = NULL;
	const struct option_spec specs[] = {
		{"--dir", &place.dir, NULL, NULL}, {"--node", &place.node, NULL, NULL}, {"--out", &out, NULL, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && (argc != 0 || !out))
		err = (complain(ERR_USAGE, "ledger tiles takes --dir DIR or --node NAME, and --out DIR"), ERR_USAGE);
	if (err == ERR_OK)
		err = ledger_place_find(&place);
	if (err == ERR_OK)
		err = ledger_open_log(place.dir, &log);
	if (err == ERR_OK)
		err = tiles_write(log, out);
	ledger_log_close(log);
	ledger_place_done(&place);
	return ledger_exit_code(err);
}

/* ---- proof ---- */

static int run_proof(int argc, char **argv)
{
	struct client_options common = {0};
	const struct option_spec specs[] = {CLIENT_OPTION_SPECS(common), {0}};
	AUTO_CLIENT *client = NULL;
	AUTO_ANSWER answer = {0};
	AUTO_BUF path = buf_make(4096);
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		err = (complain(ERR_USAGE, "ledger proof takes the id of one object"), ERR_USAGE);
	if (err == ERR_OK)
		err = client_open(&common, &client);
	if (err != ERR_OK)
		return err_exit_code(err);
	buf_put_text(&path, "/api/v1/objects/");
	client_put_encoded(&path, argv[0]);
	buf_put_text(&path, "/proof");
	buf_put_octet(&path, 0);
	if (path.err != ERR_OK)
		return err_exit_code(path.err);
	struct client_request request = {.method = "GET", .path = (const char *)path.data};
	err = client_send(client, &request, &answer);
	if (err == ERR_OK)
		fwrite(answer.body.data, 1, answer.body.len, stdout);
	return err_exit_code(err);
}

struct slice ledger_nation(struct slice origin)
{
	struct slice nation, rest = slice_skip(origin, sizeof("bices/") - 1);
	(void)slice_split(rest, '/', &nation);
	return nation;
}

static void print_proof(const struct ledger_proof *proof, bool pinned)
{
	AUTO_BUF line = buf_make(16384), key = buf_make(64);
	ledger_record_print(proof->index, &proof->record, &line);
	buf_put_hex(&key, SLICE_ARRAY(proof->extra.public_key));
	printf("%.*s holds as record %llu of %llu:\n%.*s", SLICE_ARG(proof->tree.origin), (unsigned long long)proof->index,
	       (unsigned long long)proof->tree.size, SLICE_ARG(buf_slice(&line)));
	printf("key   %.*s\n", SLICE_ARG(buf_slice(&key)));
	if (!pinned)
		fprintf(stderr, "bices: the key is the one that the proof itself names; hold it against the nation's (--key or --roster)\n");
}

static enum err verify_proof(const char *path, const char *key_text, const char *roster)
{
	AUTO_BUF text = buf_make(PROOF_TEXT_MAX);
	AUTO_ARENA arena = {0};
	struct diag diag = {.text = ""};
	struct ledger_proof proof;
	uint8_t key[KEY];
	TRY(file_read(path, &text) == ERR_OK ? ERR_OK : ERR_IO);
	if (key_text)
		TRY(read_key(key_text, key));
	enum err err = proof_verify(buf_slice(&text), key_text ? key : NULL, &arena, &diag, &proof);
	if (err == ERR_OK && roster)
		TRY(roster_key(roster, ledger_nation(proof.tree.origin), key));
	if (err == ERR_OK && roster && memcmp(key, proof.extra.public_key, KEY) != 0)
		err = diag_fail(&diag, ERR_INVALID, "the roster names another ledger key");
	if (err != ERR_OK)
		complain_diag(err, path, &diag);
	else
		print_proof(&proof, key_text || roster);
	return err;
}

static int run_verify_proof(int argc, char **argv)
{
	const char *key_text = NULL, *roster = NULL;
	const struct option_spec specs[] = {{"--key", &key_text, NULL, NULL}, {"--roster", &roster, NULL, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err == ERR_OK && argc != 1)
		err = (complain(ERR_USAGE, "ledger verify-proof takes one file made by 'ledger proof'"), ERR_USAGE);
	return ledger_exit_code(err == ERR_OK ? verify_proof(argv[0], key_text, roster) : err);
}

const struct command ledger_commands[] = {
	{"ledger", "verify", "--dir DIR | --node NAME [--key HEX|FILE] [--against CHECKPOINT] [--json]",
	 "check every octet, record and checkpoint of a ledger; may be in use", run_verify},
	{"ledger", "show", "--dir DIR | --node NAME [--from INDEX]",
	 "its records: index, time, kind, actor, subject, recipient, basis", run_show},
	{"ledger", "proof", "ID [node options]", "the newest decision about an object, with the proof that it is recorded", run_proof},
	{"ledger", "verify-proof", "FILE [--key HEX|FILE] [--roster FILE]", "check such a proof; needs no node", run_verify_proof},
	{"ledger", "replay",
	 "--node NAME | --dir DIR [--rules NODE_DIR] [--policy FILE…] [--roster FILE…] [--table FILE…] [--labels FILE] [--json]",
	 "decide every release and denial in a ledger anew, offline, and compare; exit 1 at the first that differs", ledger_run_replay},
	{"ledger", "tiles", "--dir DIR | --node NAME --out DIR", "write the ledger as C2SP tlog-tiles for other programs", run_tiles},
	{NULL, NULL, NULL, NULL, NULL},
};
