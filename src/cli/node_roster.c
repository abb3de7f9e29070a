/* bices roster make: the first roster of a coalition, from the participants' own records, signed by all. For one machine
 * that holds every directory, as in a demo or an exercise; afterwards rosters change by signed control entries only. */
#include "cli/node_files.h"

#include "protocol/roster.h"

enum { ROSTER_MAX = LIMIT_NATIONS * 65536 };

struct making {
	struct arena arena;
	const char *directories[LIMIT_NATIONS];
	struct participant participants[LIMIT_NATIONS]; /* ascending by name, as are the directories */
	struct roster_signature signatures[LIMIT_NATIONS];
	size_t count;
};

/* Inserts in ascending order. */
static void insert(struct making *making, const char *directory, const struct participant *participant)
{
	size_t at = making->count++;
	for (; at > 0 && slice_compare(making->participants[at - 1].name, participant->name) > 0; at--) {
		making->participants[at] = making->participants[at - 1];
		making->directories[at] = making->directories[at - 1];
	}
	making->participants[at] = *participant;
	making->directories[at] = directory;
}

static enum err read_participant(struct making *making, const char *directory)
{
	const char *path = node_path(&making->arena, directory, "participant");
	AUTO_BUF bytes = buf_make(LIMIT_CONTROL_ENTRY);
	struct participant participant;
	struct slice kept;
	if (!path)
		return ERR_MEMORY;
	TRY(node_read(path, 0, &bytes));
	TRY(arena_copy(&making->arena, buf_slice(&bytes), &kept));
	enum err err = record_decode(&participant_schema, kept, &making->arena, &participant);
	if (err != ERR_OK) {
		complain(err, "%s: not a participant's record; 'bices init' writes it", path);
		return err;
	}
	insert(making, directory, &participant);
	return ERR_OK;
}

static enum err sign(struct making *making, size_t i, struct slice octets)
{
	const char *path = node_path(&making->arena, making->directories[i], "keys/originator.seed");
	struct buf seed = buf_make(32);
	struct signing_key *key = NULL;
	enum err err = path ? node_read(path, 32, &seed) : ERR_MEMORY;
	if (err == ERR_OK)
		err = signing_key_new(seed.data, &key);
	if (err == ERR_OK)
		err = signing_key_sign(key, ROSTER_DOMAIN, octets, making->signatures[i].signature);
	making->signatures[i].name = making->participants[i].name;
	signing_key_free(key);
	buf_wipe(&seed);
	return err;
}

static enum err make_roster(struct making *making, struct buf *octets)
{
	struct roster roster = {.epoch = 1, .participants = {making->participants, making->count}};
	struct roster opened;
	struct diag diag = {0};
	AUTO_BUF covered = buf_make(ROSTER_MAX);
	roster_signed_part(&roster, &covered);
	TRY(covered.err);
	for (size_t i = 0; i < making->count; i++)
		TRY(sign(making, i, buf_slice(&covered)));
	roster.signatures = (struct record_list){making->signatures, making->count};
	record_encode(&roster_schema, &roster, octets);
	TRY(octets->err);
	enum err err = roster_open(buf_slice(octets), &making->arena, &opened, &diag);
	if (err == ERR_OK && roster_count_signatures(&opened, &opened) != making->count)
		err = diag_fail(&diag, ERR_CRYPTO, "a signature of the new roster does not verify: a key does not belong to its participant");
	if (err != ERR_OK)
		complain_diag(err, NULL, &diag);
	return err;
}

static enum err run(struct making *making, int argc, char **argv, const char *out)
{
	AUTO_BUF octets = buf_make(ROSTER_MAX);
	for (int i = 0; i < argc; i++)
		TRY(read_participant(making, argv[i]));
	TRY(make_roster(making, &octets));
	return node_write(out, buf_slice(&octets), 0644);
}

int node_roster_make(int argc, char **argv)
{
	const char *out = NULL;
	const struct option_spec specs[] = {{"--out", &out, NULL, NULL}, {0}};
	enum err err = options_take(specs, &argc, argv);
	if (err != ERR_OK)
		return err_exit_code(err);
	if (!out || argc < 1 || argc > LIMIT_NATIONS)
		return complain(ERR_USAGE, "roster make needs --out FILE and 1 to %d directories", LIMIT_NATIONS);
	struct making *making = calloc(1, sizeof(*making));
	err = making ? run(making, argc, argv, out) : ERR_MEMORY;
	if (making)
		arena_done(&making->arena);
	free(making);
	return err_exit_code(err);
}
