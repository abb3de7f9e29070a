/* The store beside bare SQLite, as ratios taken in one run: durable ingest, newest 50 and exact counts with and without
 * a view, counts without text, making a view anew, removing recalled words.
 *
 *   hold_bench [PORTIONS]      default 100,000; a million for the long run */
#include "crypto/crypto.h"
#include "hold/inside.h"
#include "hold/search.h"

#include <sys/stat.h>
#include <unistd.h>

enum { BUNDLE = 1000, WORDS_A_PORTION = 40, VOCABULARY = 20000, RUNS = 9, TEXT_MAX = 640, NATIONS = 3 };

#define CHECK(call) \
	do { \
		enum err check_ = (call); \
		if (check_ != ERR_OK) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, err_text(check_)); \
			exit(1); \
		} \
	} while (0)

#define LABEL_FEW "NATO|SECRET|P:Context=NATO"
#define LABEL_SOME "NATO|RESTRICTED|P:Context=NATO"
#define LABEL_RARE "PUBLIC|UNMARKED"
#define LEVELS_SOME "NATO|UNCLASSIFIED,RESTRICTED|P:Context=NATO\nPUBLIC|UNMARKED"
#define LEVELS_ALL "NATO|UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET|P:Context=NATO\nPUBLIC|UNMARKED"

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t seed = 88172645463325252u;
static uint32_t draw(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % below;
}

/* Frequent words have small numbers, as in life. */
static size_t text_make(char text[TEXT_MAX])
{
	size_t len = 0;
	for (int i = 0; i < WORDS_A_PORTION && len < TEXT_MAX - 16; i++)
		len += (size_t)snprintf(text + len, TEXT_MAX - len, "w%u ", draw(draw(VOCABULARY) + 1));
	return len;
}

static const char *label_draw(void)
{
	uint32_t at = draw(1000);
	return at < 3 ? LABEL_RARE : at < 430 ? LABEL_SOME : LABEL_FEW;
}

/* ---- policies ---- */

static struct arena forever;

static void policy_take(struct policy_set *set, const char *root, const char *name)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/policy/%s", root, name);
	FILE *file = fopen(path, "rbe");
	if (!file) {
		fprintf(stderr, "%s cannot be opened\n", path);
		exit(1);
	}
	struct buf xml = buf_make(LIMIT_POLICY_XML), compiled = buf_make(LIMIT_POLICY_XML);
	uint8_t chunk[4096];
	for (size_t n; (n = fread(chunk, 1, sizeof(chunk), file)) > 0;)
		buf_put(&xml, slice_of(chunk, n));
	fclose(file);
	struct finding *findings = NULL;
	const struct policy *policy = NULL;
	struct slice kept;
	CHECK(policy_compile(buf_slice(&xml), &forever, &findings, &compiled));
	CHECK(arena_copy(&forever, buf_slice(&compiled), &kept));
	CHECK(policy_open(kept, &forever, &policy));
	CHECK(policy_set_add(set, policy));
	buf_done(&xml);
	buf_done(&compiled);
}

/* ---- ingest ---- */

struct offered {
	struct offered_object object;
	struct offered_portion portions[2];
	char texts[2][TEXT_MAX];
};

static void offer_make(struct offered *offered)
{
	*offered = (struct offered){.object = {.type = SLICE("report"), .title = SLICE("A title of some words")}};
	for (int i = 0; i < 2; i++) {
		struct slice text = slice_of(offered->texts[i], text_make(offered->texts[i]));
		offered->portions[i] = (struct offered_portion){.kind = i ? PORTION_TEXT : PORTION_HEAD, .content = text, .index_text = text};
		offered->portions[i].label = slice_text(label_draw());
	}
	offered->portions[1].label = offered->portions[0].label;
	offered->object.portions = (struct record_list){offered->portions, 2};
}

static uint8_t manifest_octets[LIMIT_SLOTS_SMALL * DIGEST + 128], salts[2 * SALT];

static void hold_bundle(struct hold *hold, const struct offered *offers, size_t count, uint64_t ms)
{
	static const uint8_t answers[2 * NATIONS] = {PLAN_AT_ONCE, PLAN_AT_ONCE, PLAN_NEVER, PLAN_AT_ONCE, PLAN_NEVER, PLAN_NEVER};
	struct nation_item nations[NATIONS] = {{SLICE("KOR")}, {SLICE("LTU")}, {SLICE("USA")}};
	struct arena arena = {0};
	struct view *view = NULL;
	CHECK(hold_view(hold, SLICE(LEVELS_ALL), true, &view));
	struct hold_object *drafts = ARENA_ARRAY(&arena, count, struct hold_object);
	for (size_t i = 0; i < count; i++) {
		struct hold_offer offer = {.object = &offers[i].object, .author = SLICE("analyst"), .roles = SLICE("analyst"),
					   .precedence = 4, .now_ms = ms};
		struct diag diag = {0};
		CHECK(hold_draft(hold, view, &offer, &arena, &drafts[i], &diag));
		drafts[i].issued = ms + i;
		drafts[i].manifest = SLICE_ARRAY(manifest_octets);
		drafts[i].salts = SLICE_ARRAY(salts);
		drafts[i].nations = nations;
		drafts[i].nation_count = NATIONS;
		drafts[i].answers = answers;
	}
	CHECK(hold_begin(hold));
	for (size_t i = 0; i < count; i++)
		CHECK(hold_put(hold, &drafts[i], ms));
	CHECK(hold_commit(hold));
	arena_done(&arena);
}

/* Only the inserts, into tables of the same shape. */
static const char *const bare_tables =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-2048; PRAGMA secure_delete=ON;"
	"CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT UNIQUE);"
	"CREATE TABLE object(id INTEGER PRIMARY KEY, originator, name, type, created, author, roles, precedence, collection, holders);"
	"CREATE TABLE manifest(object, issued, bytes, signature, rows, salts); CREATE UNIQUE INDEX m ON manifest(object, issued);"
	"CREATE TABLE portion(row INTEGER PRIMARY KEY, object, portion_id, kind, label, changed, first, until, released, added, target,"
	" mandatory, states); CREATE INDEX p ON portion(object);"
	"CREATE TABLE body(row INTEGER PRIMARY KEY, bytes, index_text, title);"
	"CREATE VIRTUAL TABLE words USING fts5(index_text, content='body', content_rowid='row', columnsize=0);"
	"CREATE TABLE duty(object INTEGER PRIMARY KEY, precedence, send); CREATE INDEX d ON duty(precedence, object);";
static const char *const bare_sql[] = {
	"INSERT INTO name VALUES(?1,?2)",
	"INSERT INTO object VALUES(?1,1,?1,1,1,'analyst','analyst',4,'',0)",
	"INSERT INTO manifest VALUES(?1,1,?2,?3,?4,?5)",
	"INSERT INTO portion VALUES(?1,?2,?3,1,1,1,1,0,0,1,NULL,NULL,?4)",
	"INSERT INTO body VALUES(?1,?2,?3,'A title of some words')",
	"INSERT INTO words(rowid,index_text) VALUES(?1,?2)",
	"INSERT INTO duty VALUES(?1,4,3)",
};
enum { BARE_NAME, BARE_OBJECT, BARE_MANIFEST, BARE_PORTION, BARE_BODY, BARE_WORDS, BARE_DUTY, BARE_COUNT };

struct bare {
	sqlite3 *db;
	sqlite3_stmt *statements[BARE_COUNT];
	uint64_t object, row;
};

static void bare_open(struct bare *bare, const char *path)
{
	if (sqlite3_open(path, &bare->db) != SQLITE_OK || sqlite3_exec(bare->db, bare_tables, NULL, NULL, NULL) != SQLITE_OK)
		exit(1);
	for (int i = 0; i < BARE_COUNT; i++)
		if (sqlite3_prepare_v2(bare->db, bare_sql[i], -1, &bare->statements[i], NULL) != SQLITE_OK)
			exit(1);
}

static void bare_run(sqlite3_stmt *statement)
{
	if (sqlite3_step(statement) != SQLITE_DONE)
		exit(1);
	sqlite3_reset(statement);
}

static void bare_object(struct bare *bare, const struct offered *offered)
{
	uint8_t signature[64] = {0}, id[16], octets[TEXT_MAX + 128] = {0};
	char name[48];
	sqlite3_stmt **s = bare->statements;
	bare->object++;
	crypto_random(id, sizeof(id));
	snprintf(name, sizeof(name), "report--%016llx%016llx", (unsigned long long)draw(UINT32_MAX), (unsigned long long)bare->object);
	bind_u64(s[BARE_NAME], 1, bare->object);
	bind_text(s[BARE_NAME], 2, slice_text(name));
	bind_u64(s[BARE_OBJECT], 1, bare->object);
	bind_u64(s[BARE_MANIFEST], 1, bare->object);
	bind_bytes(s[BARE_MANIFEST], 2, SLICE_ARRAY(manifest_octets));
	bind_bytes(s[BARE_MANIFEST], 3, SLICE_ARRAY(signature));
	bind_bytes(s[BARE_MANIFEST], 4, SLICE_ARRAY(id));
	bind_bytes(s[BARE_MANIFEST], 5, SLICE_ARRAY(salts));
	bind_u64(s[BARE_DUTY], 1, bare->object);
	bare_run(s[BARE_NAME]);
	bare_run(s[BARE_OBJECT]);
	for (int i = 0; i < 2; i++) {
		struct slice text = offered->portions[i].content;
		bare->row++;
		for (int k = BARE_PORTION; k <= BARE_WORDS; k++)
			bind_u64(s[k], 1, bare->row);
		bind_u64(s[BARE_PORTION], 2, bare->object);
		bind_bytes(s[BARE_PORTION], 3, SLICE_ARRAY(id));
		bind_bytes(s[BARE_PORTION], 4, slice_of(id, NATIONS));
		bind_bytes(s[BARE_BODY], 2, slice_of(octets, text.len + 100));
		bind_text(s[BARE_BODY], 3, text);
		bind_text(s[BARE_WORDS], 2, text);
		bare_run(s[BARE_PORTION]);
		bare_run(s[BARE_BODY]);
		bare_run(s[BARE_WORDS]);
	}
	bare_run(s[BARE_MANIFEST]);
	bare_run(s[BARE_DUTY]);
}

/* Both take the same bundles in turn, so that the machine's moods meet both. */
static void bench_ingest(struct hold *hold, struct bare *bare, size_t portions)
{
	struct offered *offers = calloc(BUNDLE, sizeof(*offers));
	double hold_s = 0, bare_s = 0;
	for (size_t done = 0; done < portions / 2; done += BUNDLE) {
		for (size_t i = 0; i < BUNDLE; i++)
			offer_make(&offers[i]);
		double start = now();
		hold_bundle(hold, offers, BUNDLE, 1800000000000 + done);
		hold_s += now() - start;
		start = now();
		sqlite3_exec(bare->db, "BEGIN", NULL, NULL, NULL);
		for (size_t i = 0; i < BUNDLE; i++)
			bare_object(bare, &offers[i]);
		sqlite3_exec(bare->db, "COMMIT", NULL, NULL, NULL);
		bare_s += now() - start;
	}
	double objects = (double)portions / 2;
	printf("ingest, bundles of %d        %8.0f objects/s   bare SQLite %8.0f   ratio %.2f (aim 0.70)\n", BUNDLE, objects / hold_s,
	       objects / bare_s, bare_s / hold_s);
	free(offers);
}

/* ---- queries ---- */

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return left < right ? -1 : left > right;
}

static double query_ms(struct hold *hold, const char *sql, const char *match)
{
	sqlite3_stmt *statement = NULL;
	double times[RUNS];
	CHECK(sqlite_err(sqlite3_prepare_v2(hold->db, sql, -1, &statement, NULL)));
	for (int i = 0; i < RUNS; i++) {
		double start = now();
		bind_text(statement, 1, slice_text(match));
		while (sqlite3_step(statement) == SQLITE_ROW)
			(void)sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
		times[i] = (now() - start) * 1e3;
	}
	sqlite3_finalize(statement);
	qsort(times, RUNS, sizeof(*times), by_size);
	return times[RUNS / 2];
}

static const struct {
	const char *name, *match, *plain, *viewed;
} queries[] = {
	{"newest 50, one term", "w3", "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT 50",
	 "SELECT rowid FROM words WHERE words MATCH ?1 AND visible(rowid) ORDER BY rowid DESC LIMIT 50"},
	{"count, one term", "w3", "SELECT count(*) FROM words WHERE words MATCH ?1",
	 "SELECT count(*) FROM words WHERE words MATCH ?1 AND visible(rowid)"},
	{"count, two terms", "w3 AND w7", "SELECT count(*) FROM words WHERE words MATCH ?1",
	 "SELECT count(*) FROM words WHERE words MATCH ?1 AND visible(rowid)"},
};

static double search_ms(struct hold *hold, struct view *view, struct slice text, bool count_only)
{
	struct hold_query query = {.text = text, .limit = 50, .count_only = count_only};
	double times[RUNS];
	for (int i = 0; i < RUNS; i++) {
		struct arena arena = {0};
		struct msg_hits hits;
		double start = now();
		CHECK(hold_search(hold, view, &query, &arena, &hits));
		times[i] = (now() - start) * 1e3;
		arena_done(&arena);
	}
	qsort(times, RUNS, sizeof(*times), by_size);
	return times[RUNS / 2];
}

static void bench_view(struct hold *hold, const char *name, const char *clearance)
{
	struct view *view = NULL;
	hold_forget_views(hold);
	double start = now();
	CHECK(hold_view(hold, slice_text(clearance), true, &view));
	double made = (now() - start) * 1e3;
	uint64_t rows = hold_view_rows(hold, view);
	printf("view %s: %.1f %% of %llu rows, made anew in %.2f ms\n", name, 100.0 * (double)rows / (double)hold_rows(hold),
	       (unsigned long long)hold_rows(hold), made);
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		double plain = query_ms(hold, queries[i].plain, queries[i].match);
		hold->asking = view;
		double viewed = query_ms(hold, queries[i].viewed, queries[i].match);
		hold->asking = NULL;
		printf("  %-24s %8.3f ms   unfiltered %8.3f ms   ratio %.2f\n", queries[i].name, viewed, plain, viewed / plain);
	}
	printf("  %-24s %8.3f ms (hits, exact count, titles, snippets)\n", "search, two terms", search_ms(hold, view, SLICE("w3 w7"), false));
	printf("  %-24s %8.3f ms\n", "newest 50 without text", search_ms(hold, view, (struct slice){0}, false));
	printf("  %-24s %8.4f ms (aim 1)\n", "count without text", search_ms(hold, view, (struct slice){0}, true));
}

static void bench_purge(struct hold *hold)
{
	double start = now();
	CHECK(hold_begin(hold));
	hold->purge = true;
	CHECK(hold_commit(hold));
	printf("recall: words out of every page in %.0f ms\n", (now() - start) * 1e3);
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/bices-bench-XXXXXX", path[64], bare_path[64];
	const char *root = argc > 2 ? argv[2] : ".";
	uint64_t portions = 100000;
	if (argc > 1)
		CHECK(slice_parse_u64(slice_text(argv[1]), &portions));
	if (!mkdtemp(directory))
		return 1;
	snprintf(path, sizeof(path), "%s/store.db", directory);
	snprintf(bare_path, sizeof(bare_path), "%s/bare.db", directory);
	struct policy_set *policies = policy_set_new();
	policy_take(policies, root, "nato.xml");
	policy_take(policies, root, "public.xml");
	struct hold_settings settings = {.nation = SLICE("NATO"), .realm = SLICE("real"), .policies = policies};
	struct hold *hold = NULL;
	struct bare bare = {0};
	struct diag diag = {0};
	CHECK(hold_open(path, &settings, &hold, &diag));
	bare_open(&bare, bare_path);
	bench_ingest(hold, &bare, portions);
	bench_view(hold, "all", LEVELS_ALL);
	bench_view(hold, "some", LEVELS_SOME);
	bench_view(hold, "few", "PUBLIC|UNMARKED");
	bench_purge(hold);
	double start = now();
	hold_close(hold);
	CHECK(hold_open(path, &settings, &hold, &diag));
	printf("closed and opened again in %.0f ms\n", (now() - start) * 1e3);
	hold_close(hold);
	for (int i = 0; i < BARE_COUNT; i++)
		sqlite3_finalize(bare.statements[i]);
	sqlite3_close(bare.db);
	unlink(path);
	unlink(bare_path);
	rmdir(directory);
	policy_set_free(policies);
	arena_done(&forever);
	return 0;
}
