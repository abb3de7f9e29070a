/* What the files of hold share: the connection with its prepared statements, and the catalogue in memory.
 * Private to hold; nothing outside includes it. */
#ifndef BICES_HOLD_INSIDE_H
#define BICES_HOLD_INSIDE_H

#include "hold/hold.h"
#include "hold/objects.h"
#include "hold/statements.h"

#include <sqlite3.h>

/* ---- the catalogue: a few octets a row, so that views never touch a table (catalog.c) ---- */

enum { NO_ROW = 0 };
enum row_flag { ROW_CURRENT = 1, ROW_HEAD = 2, ROW_REFERENCE = 4, ROW_MANDATORY = 8, ROW_OWN = 16, ROW_MARK = 32 };

struct catalog_row {
	uint32_t label, object;
	uint32_t next; /* row of the same object, or NO_ROW */
	uint8_t flags; /* 0: no such row */
};
struct catalog_object {
	uint32_t head;        /* row of the current head, or NO_ROW */
	uint32_t first, last; /* rows; all between are reached by next */
	uint32_t name;        /* 0: no such object */
	uint32_t same_name;   /* another object of this name (other originator), or 0 */
	uint16_t type, originator;
	uint8_t collection; /* place in settings + 1, or 0 */
};
struct catalog_name {
	uint32_t object;   /* the first object of this name, or 0 */
	uint32_t referred; /* place + 1 of the newest reference to it, or 0: nothing refers to it */
};
struct catalog_reference {
	uint32_t row, name; /* ascending by row */
	uint32_t before;    /* place + 1 of the reference to the same name before this one, or 0 */
};

struct bit_set {
	uint64_t *words;
	size_t count; /* of words */
};

/* Follows the tables at once; a rollback reads it anew from them. */
struct catalog {
	struct catalog_row *rows;
	struct catalog_object *objects;
	struct catalog_name *names;
	struct catalog_reference *references;
	size_t row_count, object_count, name_count, reference_count; /* highest number in use + 1; entry 0 is unused */
	size_t row_capacity, object_capacity, name_capacity, reference_capacity;
	struct bit_set *types; /* [term]: objects of this type */
	size_t type_count;
	uint64_t last_added; /* microseconds; row numbers and times of admission rise together */
};

/* ---- interned texts (labels.c) ---- */

struct interned {
	struct slice text;
	const struct label *label; /* labels: NULL when it cannot be read, which denies */
};
struct intern {
	struct interned *items; /* from 1; entry 0 is unused */
	size_t count, committed, capacity;
	uint32_t *slots; /* open addressing by the text's hash */
	size_t slot_count;
};

enum { HOLD_VIEWS = 32 };
enum { VERDICT_FOREIGN = 1, VERDICT_OWN = 2 }; /* may be read where another nation, or this one, originated it */

struct view {
	struct slice clearance; /* heap */
	struct slice lens;	   /* not empty: as a reader of this nation has it, of what was released to it */
	struct slice beneath;	   /* of a lens: the clearance of who looks through it */
	const struct clearance *parsed_beneath;
	struct bit_set released;   /* of a lens: own rows that went or may go to that nation */
	uint64_t writes;	   /* of the database when `released` was read */
	bool own_staff, used, stale;
	uint64_t last_use;
	struct arena arena; /* holds the parsed clearance */
	const struct clearance *parsed;
	uint8_t *verdicts; /* [label] VERDICT_FOREIGN, VERDICT_OWN */
	size_t verdict_count, verdict_capacity;
	struct bit_set rows, objects;
	size_t row_count, object_count; /* how far the bits go */
	uint64_t visible_rows;
};

struct hold {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENT_COUNT];
	struct hold_settings settings;
	struct arena arena; /* interned texts and labels: few, kept for the life of the store */
	struct intern labels, terms;
	struct slice nations[LIMIT_NATIONS];
	size_t nation_count, nation_committed;
	struct catalog catalog;
	bool writing;
	size_t began_at; /* row_count when the transaction began: nobody was answered of rows from there on */
	bool broken;    /* memory does not follow the tables any more: nothing works until the next start */
	bool purge;     /* recalled words must leave the index at the end of this transaction */
	bool log_holds; /* the write-ahead log may still hold recalled words */
	struct tokenizer *tokenizer; /* the index's own, for texts outside it */
	struct texts *texts;         /* texts.c; NULL: none kept */
	const struct tally *tally;   /* who takes the rows of the statement that runs */
	bool waiting_any; /* the table of what waits for an officer may hold something */
	struct view views[HOLD_VIEWS];
	struct view *asking; /* under which visible() answers */
	uint64_t uses;
	uint16_t own_term; /* this nation as an originator */
	struct weighing *weighing; /* weigh.c */
	uint64_t sights;           /* moves with every change that views must follow */
	uint64_t reloads;          /* of the catalogue: row numbers may have been given anew */
};

/* ---- db.c ---- */
/* A statement ready for binding. Must be ended, so that no read transaction stays open. */
sqlite3_stmt *statement_take(struct hold *hold, enum statement which);
static inline void statement_end(sqlite3_stmt **statement)
{
	if (*statement)
		sqlite3_reset(*statement);
}
#define AUTO_STATEMENT __attribute__((cleanup(statement_end))) sqlite3_stmt
void bind_u64(sqlite3_stmt *statement, int place, uint64_t value);
void bind_bytes(sqlite3_stmt *statement, int place, struct slice bytes);
void bind_text(sqlite3_stmt *statement, int place, struct slice text);
enum err statement_run(struct hold *hold, sqlite3_stmt *statement) MUST_USE; /* no rows expected */
/* Next row; ERR_NOT_FOUND at the end. */
enum err statement_row(struct hold *hold, sqlite3_stmt *statement) MUST_USE;
uint64_t column_u64(sqlite3_stmt *statement, int place);
struct slice column_slice(sqlite3_stmt *statement, int place); /* until the statement moves */
enum err column_copy(sqlite3_stmt *statement, int place, struct arena *arena, struct slice *ret_copy) MUST_USE;
enum err sqlite_err(int code);

/* ---- schema.c ---- */
enum err schema_make(struct hold *hold, struct diag *diag) MUST_USE;

/* ---- tokenizer.c, search.c ---- */
enum err tokenizer_register(sqlite3 *db) MUST_USE;
enum err fts_api(sqlite3 *db, fts5_api **ret_api) MUST_USE;
/* A tokenizer of one's own: the same tokens as the index makes. sink answers SQLITE_OK to go on. */
struct tokenizer;
typedef int token_sink(void *context, int flags, const char *token, int len, int from, int to);
enum err tokenizer_open(sqlite3 *db, struct tokenizer **ret_tokenizer) MUST_USE;
void tokenizer_close(struct tokenizer *tokenizer);
enum err tokenizer_run(struct tokenizer *tokenizer, int flags, struct slice text, token_sink *sink, void *context) MUST_USE;
/* ---- tally.c: all rows that match one phrase, ascending, without a step of the statement machine each ---- */
typedef void tally_row(void *context, uint64_t row);
struct tally {
	tally_row *take;
	void *context;
};
enum err tally_register(struct hold *hold) MUST_USE;
/* expression: exactly one phrase, not a prefix. Rows are handed over whether visible or not. */
enum err tally_run(struct hold *hold, struct slice expression, const struct tally *tally) MUST_USE;

/* ---- search.c ---- */
struct hold_query;
/* The part of hold_search that depends on how much is held: the rows that bring the hits (uint64_t each, newest first)
 * and the exact count, without the facts of a hit. */
enum err search_rows(struct hold *hold, struct view *view, const struct hold_query *query, struct arena *arena,
		     struct slice *ret_rows, uint64_t *ret_count) MUST_USE;

/* ---- query.c ---- */
struct query_word {
	struct slice text;
	bool prefix; /* its last token finds all that begin with it */
};
enum { QUERY_WORDS = 64 };
enum err query_words(struct hold *hold, struct slice text, struct query_word ret_words[QUERY_WORDS], size_t *ret_count) MUST_USE;
enum err query_print(const struct query_word *words, size_t count, struct buf *expression) MUST_USE;

/* ---- match.c: the same question as the index answers, asked of one row ---- */
struct matcher;
enum err matcher_make(struct hold *hold, struct slice text, struct arena *arena, struct matcher **ret_matcher) MUST_USE;
enum err matcher_row(struct hold *hold, const struct matcher *matcher, uint64_t row, bool *ret_matches) MUST_USE;
/* The same of a row that a sparse view shows: its text is kept for the next question. */
enum err matcher_row_kept(struct hold *hold, const struct matcher *matcher, uint64_t row, bool *ret_matches) MUST_USE;
/* The words of a row around the first match of the first phrase; leaves *ret_snippet where nothing matches. */
enum err matcher_snippet(struct hold *hold, const struct matcher *matcher, uint64_t row, struct arena *arena,
			 struct slice *ret_snippet) MUST_USE;

/* ---- texts.c: texts of rows that sparse views asked for lately; at most 16 MiB, then all are forgotten ---- */
bool texts_find(const struct hold *hold, uint64_t row, struct slice *ret_text); /* borrowed until texts are kept or forgotten */
void texts_keep(struct hold *hold, uint64_t row, struct slice text); /* not yet kept */
void texts_forget(struct hold *hold); /* whenever a row is deleted or may get another number */

/* Written without spaces between words: indexed by grams. */
bool is_dense_script(uint32_t point);

/* ---- labels.c ---- */
enum err intern_load(struct hold *hold) MUST_USE;
enum err label_intern(struct hold *hold, struct slice text, uint32_t *ret_label) MUST_USE;
enum err term_intern(struct hold *hold, struct slice text, uint16_t *ret_term) MUST_USE;
uint32_t label_find(const struct hold *hold, struct slice text); /* 0: none */
uint32_t term_find(const struct hold *hold, struct slice text); /* 0: none */
struct slice term_text(const struct hold *hold, uint32_t term);
struct slice label_text(const struct hold *hold, uint32_t label);
const struct label *label_parsed(const struct hold *hold, uint32_t label);
enum err nation_intern(struct hold *hold, struct slice name, unsigned *ret_nation) MUST_USE;
int nation_find(const struct hold *hold, struct slice name); /* -1: none */
void intern_settle(struct hold *hold, bool committed);
void intern_done(struct hold *hold);

/* ---- catalog.c ---- */
enum err catalog_load(struct hold *hold) MUST_USE;
enum err catalog_begin(struct catalog *catalog) MUST_USE; /* the unused entries 0 */
void catalog_done(struct catalog *catalog);
enum err catalog_add_name(struct hold *hold, uint32_t name) MUST_USE;
enum err catalog_add_object(struct hold *hold, uint32_t object, const struct catalog_object *facts) MUST_USE;
/* target: the name a reference points at, or 0. */
enum err catalog_add_row(struct hold *hold, uint32_t row, const struct catalog_row *facts, uint32_t target) MUST_USE;
void catalog_close_row(struct hold *hold, uint32_t row);
void catalog_drop_object(struct hold *hold, uint32_t object);
void catalog_drop_row(struct hold *hold, uint32_t row); /* of an object that stays */
/* The smallest row admitted at or after this moment (microseconds); beyond the last row when there is none. */
enum err catalog_row_since(struct hold *hold, uint64_t since_us, uint64_t *ret_row) MUST_USE;
/* The name a reference row points at, or 0. */
uint32_t catalog_target(const struct catalog *catalog, uint32_t row);
/* Number of an object id, 0 when nobody ever named it; the second form gives it one. */
enum err name_find(struct hold *hold, struct slice object_id, uint32_t *ret_name) MUST_USE;
enum err name_intern(struct hold *hold, struct slice object_id, uint32_t *ret_name) MUST_USE;
enum err name_text(struct hold *hold, uint32_t name, struct arena *arena, struct slice *ret_text) MUST_USE;
/* The object of this name from this originator; 0: none. Of own ones there may be several (hold_draft): the newest. */
uint32_t object_find(const struct hold *hold, uint32_t name, uint16_t originator);
/* The next one, older; 0: none. */
uint32_t object_find_next(const struct hold *hold, uint32_t object);

/* ---- bits ---- */
static inline bool bit_has(const struct bit_set *set, uint64_t bit)
{
	return bit / 64 < set->count && set->words[bit / 64] >> (bit % 64) & 1;
}
static inline void bit_clear(struct bit_set *set, uint64_t bit)
{
	if (bit / 64 < set->count)
		set->words[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}
enum err bit_reserve(struct bit_set *set, uint64_t bits) MUST_USE; /* room for this many, new ones zero */
static inline void bit_put(struct bit_set *set, uint64_t bit) /* within the room */
{
	set->words[bit / 64] |= UINT64_C(1) << (bit % 64);
}
uint64_t bit_count(const struct bit_set *set);

/* ---- views.c ---- */
static inline bool view_has(const struct view *view, uint64_t row)
{
	return bit_has(&view->rows, row);
}
enum err view_refresh(struct hold *hold, struct view *view) MUST_USE;
bool view_is_lens(const struct view *view);
void views_stale(struct hold *hold); /* a change that only a full pass can follow */
bool view_object_visible(const struct view *view, uint32_t object);
/* Would a portion of this label, seen by itself, be permitted? Used for rows that are not current any more. */
bool view_permits_row(const struct hold *hold, const struct view *view, uint32_t row);
bool view_shows_name(const struct hold *hold, const struct view *view, uint32_t name);
/* The own object of this name that this view sees; of several the oldest. 0: none. */
uint32_t view_find_own(const struct hold *hold, const struct view *view, uint32_t name);
/* Was an own object of this name recalled, as far as this view may know? */
enum err view_sees_recall(struct hold *hold, const struct view *view, uint32_t name, bool *ret_recalled) MUST_USE;
/* The highest visible row of an object, or NO_ROW. */
uint32_t view_last_row(const struct hold *hold, const struct view *view, uint32_t object);
/* The object of this id that this view sees (own first), or 0. */
enum err view_find(struct hold *hold, const struct view *view, struct slice id, uint32_t *ret_object) MUST_USE;
void view_done(struct view *view);

/* ---- places.c ---- */
enum err places_insert(struct hold *hold, uint64_t row, struct slice encoded) MUST_USE;
enum err places_delete(struct hold *hold, uint64_t row) MUST_USE;

/* ---- rows.c: portions and manifests as they stand in the tables ---- */
struct stored_portion {
	uint64_t row;
	uint8_t id[PORTION_ID];
	uint8_t kind;
	uint32_t label, target;
	uint64_t changed, first, until, released, added;
	bool mandatory;
	struct slice states;
};
struct new_row {
	uint32_t object, target; /* target: name, or 0 */
	uint16_t originator;
	const struct portion *portion;
	struct slice bytes, index_text, title, gist, states, version, places;
	uint64_t first, until, released, added;
	bool mandatory;
};
/* All portion versions of an object, by row. */
enum err portions_of(struct hold *hold, uint32_t object, struct arena *arena, struct stored_portion **ret_portions,
		     size_t *ret_count) MUST_USE;
enum err row_add(struct hold *hold, const struct new_row *facts, uint64_t *ret_row) MUST_USE;
/* The row belongs to older versions only: it leaves the index. */
enum err row_close(struct hold *hold, uint64_t row, uint64_t until) MUST_USE;
enum err row_delete(struct hold *hold, uint64_t row) MUST_USE;
enum err body_get(struct hold *hold, uint64_t row, struct arena *arena, struct slice *ret_bytes, struct slice *ret_title) MUST_USE;
/* Microseconds, behind every earlier one: times rise with row numbers, and no two objects share one, so that who asks for
 * what was added after a moment never loses the rest of a bundle. */
uint64_t admission_moment(struct hold *hold, uint64_t now_ms);
/* When a row came in; microseconds. */
enum err row_added(struct hold *hold, uint64_t row, uint64_t *ret_added) MUST_USE;
/* Title of a head, and `modified` as its author wrote it, or empty. */
enum err head_texts_get(struct hold *hold, uint64_t row, struct arena *arena, struct slice *ret_title, struct slice *ret_version) MUST_USE;

/* ---- marks.c: a place in the order of admission that is no portion ----
 * An object moves behind everything when somebody comes to see something else of it without a new portion: a target that
 * arrives shows a reference, a portion that ends is gone. The mark has that portion's label and target, so it moves the
 * object for those who saw the change and for nobody else. */
enum err mark_add(struct hold *hold, uint32_t object, uint32_t label, uint32_t target, uint64_t issued, uint64_t now_ms) MUST_USE;
static inline uint32_t head_label_of(const struct hold *hold, uint32_t object) /* 0: no head */
{
	return hold->catalog.rows[hold->catalog.objects[object].head].label;
}
/* After an object arrived, or a head of another label came: what refers to it moves, and what refers to that where it must. */
enum err marks_of_arrival(struct hold *hold, uint32_t object, uint64_t now_ms) MUST_USE;
struct mark {
	uint64_t row;
	uint64_t issued; /* of the manifest that ended the portion; 0: a target came */
};
enum err marks_of(struct hold *hold, uint32_t object, struct arena *arena, struct mark **ret_marks, size_t *ret_count) MUST_USE;

struct stored_manifest {
	struct slice bytes, signature;
	uint64_t *rows; /* reading order */
	struct slice salts;
	size_t count;
};
enum err manifest_add(struct hold *hold, uint32_t object, uint64_t issued, const struct stored_manifest *manifest) MUST_USE;
enum err manifest_get(struct hold *hold, uint32_t object, uint64_t issued, struct arena *arena,
		      struct stored_manifest *ret_manifest) MUST_USE;
enum err manifest_set(struct hold *hold, uint32_t object, uint64_t issued, const struct stored_manifest *manifest) MUST_USE;
enum err manifest_newest(struct hold *hold, uint32_t object, uint64_t *ret_issued) MUST_USE; /* 0: none */

struct object_facts {
	uint64_t created, holders;
	struct slice author, roles;
	struct slice writers; /* everybody who ever wrote of it, separated by one space */
	uint8_t precedence;
};
enum err object_get(struct hold *hold, uint32_t object, struct arena *arena, struct object_facts *ret_facts) MUST_USE;
enum err tombstone_has(struct hold *hold, uint16_t originator, uint32_t name, bool *ret_recalled) MUST_USE;

/* ---- versions.c ---- */
/* Which of the stored versions somebody has, and the moment of the manifest he stands at. */
struct standing {
	uint64_t issued;   /* 0: he has nothing */
	uint64_t modified;
	bool *shown;       /* per stored portion */
};
/* May he have this version, current or not? SIGHT_PAST: no more, but he had it, so his standing never goes back behind it. */
enum sight { SIGHT_NONE = 0, SIGHT_PAST, SIGHT_HAS };
typedef enum sight portion_shows(const struct hold *hold, const void *reader, const struct stored_portion *portion);
enum { AT_NEWEST = 0 };
/* at: as things stood with the manifest issued then. */
enum err standing_find(struct hold *hold, const struct stored_portion *portions, size_t count, portion_shows *shows,
		       const void *reader, uint64_t at, struct arena *arena, struct standing *ret_standing) MUST_USE;
enum err rendition_make(struct hold *hold, uint32_t object, const struct stored_portion *portions, size_t count,
			const struct standing *standing, struct arena *arena, struct slice *ret_rendition) MUST_USE;

/* What a view sees of an object; ERR_NOT_FOUND when nothing. */
enum err view_seen(struct hold *hold, struct view *view, uint32_t object, bool with_bytes, struct arena *arena,
		   struct hold_seen *ret_seen) MUST_USE;

/* All versions of an object that a view sees, oldest first: as hold_seen says of each. ERR_NOT_FOUND when it sees nothing. */
enum err view_versions(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct hold_seen **ret_versions,
		       size_t *ret_count) MUST_USE;
/* Makes the rendition of one of them. */
enum err version_rendition(struct hold *hold, struct view *view, uint32_t object, uint64_t issued, struct arena *arena,
			   struct slice *ret_rendition) MUST_USE;

/* ---- replace.c ---- */
uint64_t withdrawn_from(const struct stored_portion *stored); /* nations (bits) */
struct held_portion { /* of the version that is replaced */
	struct stored_portion stored;
	struct slice bytes;
	struct portion portion;
	bool hidden; /* from the author: stays untouched */
	bool taken;
};
/* Gives kept rows, ids and times to the new portions and puts hidden ones back to their places. */
enum err replace_match(struct held_portion *held, size_t held_count, struct arena *arena,
		       struct hold_object *object) MUST_USE;

/* ---- targets.c ---- */
static inline bool state_goes(uint8_t state)
{
	return state == STATE_AT_ONCE || state == STATE_APPROVED || state == STATE_SENT;
}
static inline bool state_waits(uint8_t state)
{
	return state == STATE_AWAITING || state == STATE_AWAITING_TWO || state == STATE_AWAITING_SECOND;
}
/* Per portion that is a reference: the nations (bits) to which its target goes. */
enum err targets_find(struct hold *hold, const struct stored_portion *portions, size_t count, struct arena *arena,
		      uint64_t **ret_nations) MUST_USE;

/* ---- recall.c, receipts.c ---- */
/* All of it: rows, words, manifests, what was to be sent. *ret_copies: rows. */
enum err object_remove(struct hold *hold, uint32_t object, uint64_t *ret_copies) MUST_USE;
struct new_order {
	uint32_t name;
	struct slice portion_ids; /* none: a recall */
	struct slice user, reason;
	uint64_t nations;
};
enum err order_put(struct hold *hold, const struct new_order *order) MUST_USE;
enum err receipt_put(struct hold *hold, const struct msg_receipt *receipt) MUST_USE;

/* ---- withdrawn.c ---- */
/* Was this portion of this originator's object taken back from us? */
enum err withdrawn_has(struct hold *hold, uint16_t originator, uint32_t name, const uint8_t id[PORTION_ID], bool *ret_withdrawn) MUST_USE;
/* Raises *modified to the latest withdrawal of something that this view saw. */
enum err withdrawn_modified(struct hold *hold, const struct view *view, const struct catalog_object *object, uint64_t *modified) MUST_USE;

/* ---- steps.c ---- */
/* What hold_steps says of a task that the view sees. */
enum err task_state(
	struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct slice *ret_state) MUST_USE;

/* ---- audience.c ---- */
/* The rows of an object as a view sees it, in reading order, numbered behind the head. */
struct shown_rows {
	struct plan_row *rows;
	const struct stored_portion **stored; /* per row; NULL: of another nation */
	size_t count;
	struct stored_portion *portions; /* all versions of all portions, hidden ones too; none of another nation's */
	size_t portion_count;
	struct hold_seen seen;
};
enum err shown_rows_make(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct shown_rows *ret_rows) MUST_USE;
enum err hold_nations_list(const struct hold *hold, struct arena *arena, struct record_list *ret_nations) MUST_USE; /* struct nation_item */

/* ---- decide.c ---- */
/* What an officer was shown of an own object: a change of anything in it changes the digest. */
enum err shown_digest(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, uint8_t ret_digest[DIGEST]) MUST_USE;

/* ---- pace.c ---- */
/* A new version: how often others came back says nothing about it. */
enum err pace_reset(struct hold *hold, uint32_t object) MUST_USE;
/* It is not waiting any more; how often it came back is kept. */
enum err pace_end(struct hold *hold, uint32_t object, unsigned nation) MUST_USE;

/* ---- releases.c ---- */
/* Who approved a portion version; approver2 is empty where one did, or has so far. */
struct approval {
	struct slice approver, approver2;
	uint64_t at; /* ms, of the latest */
};
enum err approval_get(struct hold *hold, uint64_t row, struct arena *arena, struct approval *ret_approval) MUST_USE; /* ERR_NOT_FOUND */
enum err duty_put(struct hold *hold, uint32_t object, uint64_t nations) MUST_USE; /* within a transaction */
/* After an object's versions or states changed: what is to be sent to whom, and whether it waits. */
enum err release_plan(struct hold *hold, uint32_t object, uint64_t changed_nations, uint64_t now_ms) MUST_USE;
enum err release_plan_referrers(struct hold *hold, uint32_t object, uint64_t now_ms) MUST_USE;
enum err state_set(struct hold *hold, uint64_t row, struct slice states, unsigned nation, uint8_t state) MUST_USE;

#endif
