/* The store beside bare SQLite, as ratios taken in one run: durable ingest, newest 50 and exact counts with and without
 * a view, counts without text, making a view anew, removing recalled words. Fails when an aim is missed; what others do
 * on the machine is kept out by ratios, medians, and by leaving out the time spent waiting for a processor.
 *
 *   hold_bench [PORTIONS [ROOT]]      default 100,000; a million for the long run. ROOT: of the source, for policy/ */
#include "crypto/crypto.h"
#include "hold/inside.h"
#include "hold/search.h"

#include <sys/stat.h>
#include <unistd.h>

enum { BUNDLE = 1000, WORDS_A_PORTION = 40, VOCABULARY = 20000, RUNS = 31, TEXT_MAX = 640, NATIONS = 3 };

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

/* Of this process only: what a busy machine does to others does not count. */
static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How long this process was ready and had no processor: others' doing as well. 0 where the kernel does not say. */
static double queued(void)
{
	unsigned long long ran = 0, waited = 0;
	FILE *file = fopen("/proc/self/schedstat", "re");
	if (!file)
		return 0;
	if (fscanf(file, "%llu %llu", &ran, &waited) != 2)
		waited = 0;
	fclose(file);
	return (double)waited / 1e9;
}

/* ---- figures ---- */

static int missed;

enum aim { NO_AIM, AT_LEAST, AT_MOST };

static void figure(const char *name, double value, const char *unit, enum aim kind, double aim)
{
	printf("  %-46s %11.*f %-10s", name, value < 10 ? 3 : value < 1000 ? 1 : 0, value, unit);
	bool met = kind == NO_AIM || (kind == AT_LEAST ? value >= aim : value <= aim);
	if (kind != NO_AIM)
		printf(" aim %s %-6g %s", kind == AT_LEAST ? "at least" : "at most ", aim, met ? "met" : "MISSED");
	missed += !met;
	printf("\n");
	fflush(stdout);
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

struct spent {
	double wall, queued, cpu;
};

static struct spent spent_now(void)
{
	return (struct spent){now(), queued(), cpu()};
}

static void spent_add(struct spent *sum, const struct spent *since)
{
	struct spent end = spent_now();
	sum->wall += end.wall - since->wall;
	sum->queued += end.queued - since->queued;
	sum->cpu += end.cpu - since->cpu;
}

/* FTS5 takes most of the time on both sides: 10,000 objects/s are asked for where bare SQLite has a tenth to spare. */
static void ingest_figures(double objects, const struct spent *store, const struct spent *bare)
{
	enum aim rate = objects / bare->cpu >= 11000 ? AT_LEAST : NO_AIM;
	printf("ingest of %.0f objects of two portions in bundles of %d\n", objects, BUNDLE);
	figure("store, by the clock", objects / store->wall, "objects/s", NO_AIM, 0);
	figure("bare SQLite, only the inserts, by the clock", objects / bare->wall, "objects/s", NO_AIM, 0);
	figure("store, less waiting for a processor", objects / (store->wall - store->queued), "objects/s", NO_AIM, 0);
	figure("store, by its own processor time", objects / store->cpu, "objects/s", rate, 10000);
	figure("bare SQLite, by its own processor time", objects / bare->cpu, "objects/s", NO_AIM, 0);
	figure("store beside bare SQLite, both less waiting", (bare->wall - bare->queued) / (store->wall - store->queued), "times",
	       AT_LEAST, 0.7);
	figure("beside bare SQLite, by processor time", bare->cpu / store->cpu, "times", AT_LEAST, 0.7);
}

/* Both take the same bundles in turn, so that the machine's moods meet both. */
static void bench_ingest(struct hold *hold, struct bare *bare, size_t portions)
{
	struct offered *offers = calloc(BUNDLE, sizeof(*offers));
	struct spent store_sum = {0}, bare_sum = {0};
	if (!offers)
		exit(1);
	for (size_t done = 0; done < portions / 2; done += BUNDLE) {
		for (size_t i = 0; i < BUNDLE; i++)
			offer_make(&offers[i]);
		struct spent start = spent_now();
		hold_bundle(hold, offers, BUNDLE, 1800000000000 + done);
		spent_add(&store_sum, &start);
		start = spent_now();
		sqlite3_exec(bare->db, "BEGIN", NULL, NULL, NULL);
		for (size_t i = 0; i < BUNDLE; i++)
			bare_object(bare, &offers[i]);
		sqlite3_exec(bare->db, "COMMIT", NULL, NULL, NULL);
		spent_add(&bare_sum, &start);
	}
	ingest_figures((double)portions / 2, &store_sum, &bare_sum);
	free(offers);
}

/* ---- queries ---- */

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return left < right ? -1 : left > right;
}

static double median(double times[RUNS])
{
	qsort(times, RUNS, sizeof(*times), by_size);
	return times[RUNS / 2];
}

/* Statements of the bare index, or a question to the store: its whole answer, or only the rows of it. */
struct question {
	struct hold *hold;
	struct view *view;
	sqlite3_stmt *sql, *more_sql;
	struct hold_query query;
	bool rows_only;
};

static void statement_spend(sqlite3_stmt *sql)
{
	while (sqlite3_step(sql) == SQLITE_ROW)
		(void)sqlite3_column_int64(sql, 0);
	sqlite3_reset(sql);
}

static double ask_ms(const struct question *question)
{
	struct arena arena = {0};
	struct msg_hits hits;
	struct slice rows;
	uint64_t count;
	double start = now();
	if (question->sql)
		statement_spend(question->sql);
	if (question->more_sql)
		statement_spend(question->more_sql);
	if (!question->sql && question->rows_only)
		CHECK(search_rows(question->hold, question->view, &question->query, &arena, &rows, &count));
	else if (!question->sql)
		CHECK(hold_search(question->hold, question->view, &question->query, &arena, &hits));
	double took = (now() - start) * 1e3;
	arena_done(&arena);
	return took;
}

/* In turn, so that both meet the same moods; medians. */
static void compare(const struct question *plain, const struct question *viewed, const char *name, enum aim kind, double aim)
{
	double plain_times[RUNS], viewed_times[RUNS];
	char text[96];
	for (int i = 0; i < RUNS; i++) {
		plain_times[i] = ask_ms(plain);
		viewed_times[i] = ask_ms(viewed);
	}
	double plain_ms = median(plain_times), viewed_ms = median(viewed_times);
	snprintf(text, sizeof(text), "%s (%.3f ms, unfiltered %.3f)", name, viewed_ms, plain_ms);
	figure(text, viewed_ms / plain_ms, "times", kind, aim);
}

static sqlite3_stmt *prepared(struct hold *hold, const char *sql, const char *match)
{
	sqlite3_stmt *statement = NULL;
	CHECK(sqlite_err(sqlite3_prepare_v2(hold->db, sql, -1, &statement, NULL)));
	bind_text(statement, 1, slice_text(match));
	return statement;
}

#define PLAIN "FROM words WHERE words MATCH ?1 "
#define NEWEST "ORDER BY rowid DESC LIMIT 50"

/* What a page of hits needs, the newest rows and the exact count, beside the bare index asked for both. */
static void bench_newest(struct hold *hold, struct view *view, const char *name, const char *match, const char *typed)
{
	struct question plain = {.hold = hold, .sql = prepared(hold, "SELECT rowid " PLAIN NEWEST, match),
				 .more_sql = prepared(hold, "SELECT count(*) " PLAIN, match)};
	struct question viewed = {.hold = hold, .view = view, .query = {.text = slice_text(typed), .limit = 50}, .rows_only = true};
	compare(&plain, &viewed, name, AT_MOST, 1.25);
	sqlite3_finalize(plain.sql);
	sqlite3_finalize(plain.more_sql);
}

/* A sparse view's rows are asked one by one, so that the time tells nothing about the hidden ones: no aim. */
static void bench_count(struct hold *hold, struct view *view, const char *name, const char *match, const char *typed, double aim)
{
	struct question plain = {.hold = hold, .sql = prepared(hold, "SELECT count(*) " PLAIN, match)};
	struct question viewed = {.hold = hold, .view = view,
				  .query = {.text = slice_text(typed), .limit = 50, .count_only = true}};
	compare(&plain, &viewed, name, aim > 0 ? AT_MOST : NO_AIM, aim);
	sqlite3_finalize(plain.sql);
}

static void bench_search(struct hold *hold, struct view *view, const char *name, struct hold_query query, double aim)
{
	struct question question = {.hold = hold, .view = view, .query = query};
	double times[RUNS];
	for (int i = 0; i < RUNS; i++)
		times[i] = ask_ms(&question);
	figure(name, median(times), "ms", AT_MOST, aim);
}

static void bench_view(struct hold *hold, const char *name, const char *clearance)
{
	struct view *view = NULL;
	hold_forget_views(hold);
	double start = now();
	CHECK(hold_view(hold, slice_text(clearance), true, &view));
	double made = (now() - start) * 1e3;
	uint64_t rows = hold_view_rows(hold, view);
	bool sparse = rows * 100 < hold_rows(hold);
	printf("view of %s: %.1f %% of %llu rows\n", name, 100.0 * (double)rows / (double)hold_rows(hold), (unsigned long long)hold_rows(hold));
	figure("made anew", made, "ms", NO_AIM, 0);
	if (!sparse) {
		bench_newest(hold, view, "newest 50 and count, one term", "w3", "w3");
		bench_newest(hold, view, "newest 50 and count, two terms", "w3 AND w7", "w3 w7");
	}
	bench_count(hold, view, "count, one term", "w3", "w3", sparse ? 0 : 1.3);
	bench_count(hold, view, "count, two terms", "w3 AND w7", "w3 w7", sparse ? 0 : 1.1);
	bench_search(hold, view, "search, one term: hits, count, snippets", (struct hold_query){.text = SLICE("w3"), .limit = 50}, 5);
	bench_search(hold, view, "search, two terms: hits, count, snippets", (struct hold_query){.text = SLICE("w3 w7"), .limit = 50}, 5);
	bench_search(hold, view, "newest 50 without text", (struct hold_query){.limit = 50}, 5);
	bench_search(hold, view, "count without text", (struct hold_query){.limit = 50, .count_only = true}, 1);
}

/* ---- recall, memory, start ---- */

static double resident_mib(void)
{
	unsigned long size = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	if (!file || fscanf(file, "%lu %lu", &size, &resident) != 2)
		exit(1);
	fclose(file);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1024 * 1024);
}

static void bench_purge(struct hold *hold)
{
	double start = now();
	CHECK(hold_begin(hold));
	hold->purge = true;
	CHECK(hold_commit(hold));
	printf("recall\n");
	figure("words out of every page", (now() - start) * 1e3, "ms", NO_AIM, 0);
}

static void bench_start(struct hold **hold, const char *path, const struct hold_settings *settings)
{
	struct diag diag = {0};
	hold_close(*hold);
	double start = now();
	CHECK(hold_open(path, settings, hold, &diag));
	printf("start\n");
	figure("opened with its catalogue", (now() - start) * 1e3, "ms", AT_MOST, 3000);
}

static void bench_all(struct hold **hold, struct bare *bare, const char *path, const struct hold_settings *settings, uint64_t portions)
{
	double before = resident_mib();
	bench_ingest(*hold, bare, portions);
	sqlite3_db_release_memory(bare->db);
	hold_rest(*hold);
	figure("kept in memory afterwards", resident_mib() - before, "MiB", NO_AIM, 0);
	bench_view(*hold, "all", LEVELS_ALL);
	bench_view(*hold, "some", LEVELS_SOME);
	bench_view(*hold, "few", "PUBLIC|UNMARKED");
	bench_purge(*hold);
	bench_start(hold, path, settings);
}

static void bare_close(struct bare *bare)
{
	for (int i = 0; i < BARE_COUNT; i++)
		sqlite3_finalize(bare->statements[i]);
	sqlite3_close(bare->db);
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/bices-bench-XXXXXX", path[64], bare_path[64];
	const char *root = argc > 2 ? argv[2] : ".";
	uint64_t portions = 100000;
	if (argc > 1)
		CHECK(slice_parse_u64(slice_text(argv[1]), &portions));
	if (portions < 2 * BUNDLE || !mkdtemp(directory)) {
		fprintf(stderr, "hold_bench [PORTIONS] [ROOT]: at least %d portions\n", 2 * BUNDLE);
		return 2;
	}
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
	bench_all(&hold, &bare, path, &settings, portions);
	hold_close(hold);
	bare_close(&bare);
	unlink(path);
	unlink(bare_path);
	rmdir(directory);
	policy_set_free(policies);
	arena_done(&forever);
	if (missed)
		printf("%d aims missed\n", missed);
	return missed != 0;
}
