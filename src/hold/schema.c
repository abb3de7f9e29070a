/* The tables. A database belongs to one nation and one realm for ever; nothing joins across realms.
 *
 * Small facts of a portion stand apart from its octets, so that a start reads only the small ones. `words` reads its
 * text from `body` (external content): no word is stored twice, and deleting a row needs its old text. */
#include "hold/inside.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { SCHEMA_VERSION = 6 };

static const char *const tables[] = {
	"CREATE TABLE fact(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
	"CREATE TABLE label(id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
	"CREATE TABLE term(id INTEGER PRIMARY KEY, text TEXT NOT NULL)",   /* object types and originators */
	"CREATE TABLE nation(id INTEGER PRIMARY KEY, name TEXT NOT NULL)", /* place in portion.states */
	"CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)", /* object ids, held or referred to */
	"CREATE TABLE object(id INTEGER PRIMARY KEY, originator INTEGER NOT NULL, name INTEGER NOT NULL, "
	"type INTEGER NOT NULL, created INTEGER NOT NULL, author TEXT, roles TEXT, precedence INTEGER NOT NULL, "
	"collection TEXT, holders INTEGER NOT NULL DEFAULT 0, writers TEXT)", /* writers: names separated by one space */
	"CREATE TABLE manifest(object INTEGER NOT NULL, issued INTEGER NOT NULL, bytes BLOB NOT NULL, "
	"signature BLOB NOT NULL, rows BLOB NOT NULL, salts BLOB NOT NULL)", /* rows: 8 octets each, reading order */
	"CREATE UNIQUE INDEX manifest_version ON manifest(object, issued)",
	"CREATE TABLE portion(row INTEGER PRIMARY KEY, object INTEGER NOT NULL, portion_id BLOB NOT NULL, "
	"kind INTEGER NOT NULL, label INTEGER NOT NULL, changed INTEGER NOT NULL, first INTEGER NOT NULL, "
	"until INTEGER NOT NULL, released INTEGER NOT NULL, added INTEGER NOT NULL, target INTEGER, "
	"mandatory INTEGER, states BLOB)", /* valid over manifests [first, until); until 0: still; states: one octet a nation;
					       * added: microseconds, rising with row; kind 0: a mark (marks.c) */
	"CREATE INDEX portion_object ON portion(object)",
	"CREATE INDEX portion_target ON portion(target) WHERE target IS NOT NULL",
	"CREATE TABLE body(row INTEGER PRIMARY KEY, bytes BLOB NOT NULL, index_text TEXT NOT NULL, title TEXT, "
	"version TEXT, gist BLOB)", /* head: `modified` as its author wrote it, where it has not three decimals */
	"CREATE VIRTUAL TABLE words USING fts5(index_text, content='body', content_rowid='row', columnsize=0, "
	"tokenize='bices')",
	"CREATE TABLE place(row INTEGER, number INTEGER, latitude INTEGER NOT NULL, longitude INTEGER NOT NULL, "
	"since INTEGER NOT NULL, until INTEGER NOT NULL, symbol TEXT, PRIMARY KEY(row DESC, number)) WITHOUT ROWID", /* of current heads */
	"CREATE TABLE duty(object INTEGER PRIMARY KEY, precedence INTEGER NOT NULL, send INTEGER NOT NULL)",
	"CREATE INDEX duty_order ON duty(precedence, object)",
	"CREATE TABLE pace(object INTEGER, nation INTEGER, tries INTEGER NOT NULL, at INTEGER NOT NULL, again INTEGER NOT NULL, "
	"PRIMARY KEY(object, nation)) WITHOUT ROWID", /* releases that came back; again: due at this moment, 0: under way */
	"CREATE INDEX pace_again ON pace(again) WHERE again>0",
	"CREATE TABLE waiting(object INTEGER PRIMARY KEY, since INTEGER NOT NULL)",
	"CREATE TABLE approval(row INTEGER PRIMARY KEY, approver TEXT NOT NULL, at INTEGER NOT NULL, "
	"approver2 TEXT)", /* at: of the latest of the two */
	"CREATE TABLE refusal(object INTEGER, nation INTEGER, reason TEXT NOT NULL, at INTEGER NOT NULL, "
	"PRIMARY KEY(object, nation)) WITHOUT ROWID",
	"CREATE TABLE tombstone(originator INTEGER, name INTEGER, at INTEGER NOT NULL, reason TEXT, "
	"label INTEGER NOT NULL, " /* of the head: who may know of it; 0: nobody */
	"PRIMARY KEY(originator, name)) WITHOUT ROWID",
	"CREATE TABLE holder(name INTEGER, nation TEXT, ordered INTEGER NOT NULL, at INTEGER NOT NULL, "
	"copies INTEGER NOT NULL, PRIMARY KEY(name, nation)) WITHOUT ROWID",
	"CREATE TABLE parked(peer TEXT NOT NULL, feed INTEGER NOT NULL, lane INTEGER NOT NULL, seq INTEGER NOT NULL, "
	"object_id TEXT, digest BLOB NOT NULL, frame BLOB NOT NULL)",
	"CREATE UNIQUE INDEX parked_sequence ON parked(peer, feed, lane, seq)",
	"CREATE TABLE head(sent INTEGER, peer TEXT, feed INTEGER, lane INTEGER, seq INTEGER NOT NULL, "
	"digest BLOB NOT NULL, acknowledged INTEGER NOT NULL, PRIMARY KEY(sent, peer, feed, lane)) WITHOUT ROWID",
	"CREATE TABLE receipt(peer TEXT, object_id TEXT, portion_ids BLOB, copies INTEGER NOT NULL, "
	"PRIMARY KEY(peer, object_id, portion_ids)) WITHOUT ROWID",
	"CREATE TABLE recall_order(id INTEGER PRIMARY KEY, name INTEGER NOT NULL, portion_ids BLOB NOT NULL, user TEXT NOT NULL, "
	"reason TEXT, nations INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, again INTEGER NOT NULL DEFAULT 0)",
	/* portion_ids: withdrawn, none: a recall; nations: whose feed does not hold it yet; asked for from again on */
	"CREATE UNIQUE INDEX recall_order_of ON recall_order(name, portion_ids)",
	"CREATE TABLE withdrawn(originator INTEGER, name INTEGER, portion_id BLOB, at INTEGER NOT NULL, label INTEGER NOT NULL, "
	"PRIMARY KEY(originator, name, portion_id)) WITHOUT ROWID", /* from us; label: of what we held, 0: nothing */
	"CREATE TABLE withdrawal(name INTEGER, nation TEXT, portion_id BLOB, kind INTEGER NOT NULL, label INTEGER NOT NULL, "
	"ordered INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(name, nation, portion_id)) WITHOUT ROWID", /* by us */
	"CREATE TABLE record(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)", /* on its way to the ledger */
	"CREATE TABLE standing(object INTEGER, clearance TEXT, level TEXT NOT NULL, alert TEXT NOT NULL, "
	"PRIMARY KEY(object, clearance)) WITHOUT ROWID", /* the level of a problem that the watch of this clearance was told last */
	"CREATE TABLE alert(id TEXT PRIMARY KEY, object INTEGER NOT NULL, clearance TEXT NOT NULL, key BLOB NOT NULL, "
	"at INTEGER NOT NULL, was TEXT NOT NULL, level TEXT NOT NULL, rising INTEGER NOT NULL, precedence INTEGER NOT NULL, "
	"causes TEXT NOT NULL, by TEXT, acknowledged INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0, reason TEXT) "
	"WITHOUT ROWID",
	"CREATE UNIQUE INDEX alert_key ON alert(clearance, key)",
	"CREATE INDEX alert_object ON alert(object)",
	"CREATE TABLE charge(key TEXT PRIMARY KEY, user TEXT NOT NULL) WITHOUT ROWID", /* who holds an alert or a task */
	"CREATE TABLE saved_search(user TEXT, name TEXT, query TEXT NOT NULL, opened INTEGER NOT NULL, PRIMARY KEY(user, name)) WITHOUT ROWID",
	"CREATE TABLE snooze(user TEXT, key TEXT, until INTEGER NOT NULL, PRIMARY KEY(user, key)) WITHOUT ROWID",
	"CREATE TABLE hand_over(id TEXT PRIMARY KEY, giver TEXT NOT NULL, taker TEXT NOT NULL, entry TEXT, state INTEGER NOT NULL, "
	"at INTEGER NOT NULL, ended INTEGER NOT NULL, keys TEXT NOT NULL) WITHOUT ROWID",
	"CREATE INDEX hand_over_at ON hand_over(at)",
	"CREATE TABLE token(id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, user TEXT NOT NULL, name TEXT NOT NULL, "
	"scope TEXT NOT NULL, writes INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL)", /* scope: collections */
	"CREATE TABLE user(name TEXT PRIMARY KEY, hash TEXT NOT NULL, roles TEXT NOT NULL, clearance TEXT NOT NULL) "
	"WITHOUT ROWID",
};

static enum err version_get(struct hold *hold, int *ret_version)
{
	sqlite3_stmt *prepared = NULL;
	int code = sqlite3_prepare_v2(hold->db, "PRAGMA user_version", -1, &prepared, NULL);
	if (code != SQLITE_OK)
		return sqlite_err(code);
	code = sqlite3_step(prepared);
	if (code == SQLITE_ROW)
		*ret_version = sqlite3_column_int(prepared, 0);
	sqlite3_finalize(prepared);
	return code == SQLITE_ROW ? ERR_OK : sqlite_err(code);
}

static enum err run(struct hold *hold, const char *sql)
{
	return sqlite_err(sqlite3_exec(hold->db, sql, NULL, NULL, NULL));
}

static enum err tables_make(struct hold *hold)
{
	TRY(run(hold, "BEGIN IMMEDIATE"));
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		TRY(run(hold, tables[i]));
	char version[64];
	snprintf(version, sizeof(version), "PRAGMA user_version=%d", SCHEMA_VERSION);
	TRY(run(hold, version));
	return run(hold, "COMMIT");
}

enum err schema_make(struct hold *hold, struct diag *diag)
{
	int version = 0;
	TRY(version_get(hold, &version));
	if (version == SCHEMA_VERSION)
		return ERR_OK;
	if (version != 0)
		return diag_fail(diag, ERR_INVALID, "store.db has schema version %d; this program knows %d: use the newer program",
				 version, SCHEMA_VERSION);
	return tables_make(hold);
}
