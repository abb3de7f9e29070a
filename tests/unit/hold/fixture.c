#include "fixture.h"

#include <dirent.h>
#include <unistd.h>

const char *const fixture_nations[FIXTURE_NATIONS] = {"KOR", "LTU", "USA"};
static const char *const nation_clearances[FIXTURE_NATIONS] = {CLEARED_KOR, CLEARED_LTU, CLEARED_USA};

#define TEXT(text) {(const uint8_t *)(text), sizeof(text) - 1}

static const struct hold_collection collections[] = {
	{.id = TEXT(COLLECTION_IN), .alias = TEXT("in"), .title = TEXT("In"), .default_label = TEXT(LABEL_UNCLASSIFIED), .writable = true},
	{.id = TEXT(COLLECTION_ALL), .alias = TEXT("all"), .title = TEXT("All")},
	{.id = TEXT(COLLECTION_KINDS), .alias = TEXT("kinds"), .types = TEXT("indicator,malware")},
	{.id = TEXT(COLLECTION_WORDS), .alias = TEXT("words"), .words = TEXT("grey harbour")},
	{.id = TEXT(COLLECTION_FOR_KOR), .alias = TEXT("korea"), .community = TEXT("KOR"), .roles = TEXT("taxii reader"),
	 .audience = TEXT(LABEL_UNCLASSIFIED)},
	{.id = TEXT(COLLECTION_FROM), .alias = TEXT("from"), .originators = TEXT("KOR,LTU")},
};

/* ---- policies ---- */

static struct arena *forever(void)
{
	static struct arena arena;
	return &arena;
}

static struct slice file_read(const char *path)
{
	FILE *file = fopen(path, "rbe");
	if (!file)
		fail_msg("%s cannot be opened", path);
	struct buf bytes = buf_make(LIMIT_POLICY_XML);
	static uint8_t chunk[65536];
	for (size_t len; (len = fread(chunk, 1, sizeof(chunk), file)) > 0;)
		buf_put(&bytes, slice_of(chunk, len));
	fclose(file);
	struct slice copy;
	assert_ok(arena_copy(forever(), buf_slice(&bytes), &copy));
	buf_done(&bytes);
	return copy;
}

static void policy_take(struct policy_set *set, const char *path)
{
	struct finding *findings = NULL;
	struct buf compiled = buf_make(LIMIT_POLICY_XML);
	const struct policy *policy = NULL;
	struct slice kept;
	assert_ok(policy_compile(file_read(path), forever(), &findings, &compiled));
	assert_ok(arena_copy(forever(), buf_slice(&compiled), &kept));
	buf_done(&compiled);
	assert_ok(policy_open(kept, forever(), &policy));
	assert_ok(policy_set_add(set, policy));
}

const struct policy_set *fixture_policies(void)
{
	static struct policy_set *set;
	if (!set) {
		set = policy_set_new();
		assert_non_null(set);
		policy_take(set, SOURCE_ROOT "/policy/nato.xml");
		policy_take(set, SOURCE_ROOT "/policy/public.xml");
	}
	return set;
}

/* ---- opening ---- */

static void database_open(struct fixture *fixture)
{
	struct diag diag = {0};
	char path[96];
	struct hold_settings settings = {.nation = slice_text(fixture->nation), .realm = SLICE("real"), .policies = fixture_policies(),
					 .collections = collections,
					 .collection_count = sizeof(collections) / sizeof(collections[0]), .key = {1, 2, 3}};
	snprintf(path, sizeof(path), "%s/store.db", fixture->path);
	if (hold_open(path, &settings, &fixture->hold, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
}

void fixture_open(struct fixture *fixture, const char *nation)
{
	uint8_t seed[32] = {(uint8_t)nation[0], (uint8_t)nation[1]};
	*fixture = (struct fixture){.nation = nation, .now = UINT64_C(1800000000000)};
	snprintf(fixture->path, sizeof(fixture->path), "/tmp/bices-hold-XXXXXX");
	assert_non_null(mkdtemp(fixture->path));
	assert_ok(signing_key_new(seed, &fixture->key));
	signing_key_public(fixture->key, fixture->public_key);
	database_open(fixture);
}

void fixture_leave(struct fixture *fixture)
{
	hold_close(fixture->hold);
	fixture->hold = NULL;
}

void fixture_reopen(struct fixture *fixture)
{
	fixture_leave(fixture);
	database_open(fixture);
}

void fixture_close(struct fixture *fixture)
{
	static const char *const names[] = {"store.db", "store.db-wal", "store.db-shm", "store.db-journal"};
	char path[96];
	fixture_leave(fixture);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", fixture->path, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(fixture->path);
	signing_key_free(fixture->key);
	arena_done(&fixture->arena);
}

int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	assert_non_null(fixture);
	fixture_open(fixture, "NATO");
	*state = fixture;
	return 0;
}

int fixture_teardown(void **state)
{
	fixture_close(*state);
	free(*state);
	return 0;
}

const char *text_of(struct fixture *fixture, struct slice slice)
{
	const char *text = arena_text(&fixture->arena, slice);
	assert_non_null(text);
	return text;
}

/* ---- guard ---- */

static uint8_t plan_answer(const char *label_text, size_t nation, uint8_t head)
{
	struct arena arena = {0};
	const struct label *label = NULL;
	const struct clearance *clearance = NULL;
	assert_ok(label_parse_compact(fixture_policies(), slice_text(label_text), &arena, &label, NULL));
	assert_ok(clearance_parse_compact(fixture_policies(), slice_text(nation_clearances[nation]), &arena, &clearance, NULL));
	bool permits = label_decide(label, clearance, 0, NULL) == VERDICT_PERMIT;
	bool waits = strcmp(fixture_nations[nation], "KOR") == 0 && strstr(label_text, "SECRET") != NULL;
	arena_done(&arena);
	if (!permits)
		return PLAN_NEVER;
	if (head == PLAN_NEVER)
		return PLAN_HEAD_DENIED;
	return waits || head == PLAN_WAITS || head == PLAN_WAITS_TWO ? PLAN_WAITS : PLAN_AT_ONCE;
}

static void plan_make(struct fixture *fixture, struct hold_object *draft)
{
	struct nation_item *nations = ARENA_ARRAY(&fixture->arena, FIXTURE_NATIONS, struct nation_item);
	uint8_t *answers = ARENA_ARRAY(&fixture->arena, draft->count * FIXTURE_NATIONS, uint8_t);
	assert_true(nations && answers);
	for (size_t n = 0; n < FIXTURE_NATIONS; n++)
		nations[n].name = slice_text(fixture_nations[n]);
	for (size_t i = 0; i < draft->count; i++)
		for (size_t n = 0; n < FIXTURE_NATIONS; n++) {
			uint8_t head = i ? answers[n] : PLAN_AT_ONCE;
			uint8_t answer = plan_answer(text_of(fixture, draft->portions[i].portion.label), n, head);
			answers[i * FIXTURE_NATIONS + n] = fixture->two_persons && answer == PLAN_WAITS ? PLAN_WAITS_TWO : answer;
		}
	draft->nations = nations;
	draft->nation_count = FIXTURE_NATIONS;
	draft->answers = answers;
}

static void publish(struct fixture *fixture, struct hold_object *draft)
{
	size_t slots = 0;
	struct slice *portions = ARENA_ARRAY(&fixture->arena, draft->count, struct slice);
	uint8_t *salts = arena_alloc(&fixture->arena, draft->count, SALT);
	assert_ok(manifest_slots(draft->type, draft->count, &slots));
	uint8_t *noise = arena_alloc(&fixture->arena, slots, 64);
	assert_true(portions && salts && noise);
	crypto_random(salts, draft->count * SALT);
	crypto_random(noise, slots * 64);
	for (size_t i = 0; i < draft->count; i++)
		portions[i] = draft->portions[i].bytes;
	draft->issued = fixture->now > draft->after ? fixture->now : draft->after + 1;
	struct manifest head = {.format = MANIFEST_FORMAT, .originator = slice_text(fixture->nation), .realm = SLICE("real"),
				.object_id = draft->id, .issued = draft->issued};
	struct buf manifest = buf_make(65536);
	assert_ok(manifest_make(&head, portions, salts, draft->count, noise, slots, &manifest));
	assert_ok(arena_copy(&fixture->arena, buf_slice(&manifest), &draft->manifest));
	buf_done(&manifest);
	draft->salts = slice_of(salts, draft->count * SALT);
	assert_ok(signing_key_sign(fixture->key, "bices/manifest/1", draft->manifest, draft->signature));
}

/* ---- putting ---- */

static struct offered_object *offered_make(struct fixture *fixture, const struct put *put)
{
	struct offered_object *object = ARENA_NEW(&fixture->arena, struct offered_object);
	struct offered_portion *portions = ARENA_ARRAY(&fixture->arena, put->count + 1, struct offered_portion);
	assert_true(object && portions);
	*object = (struct offered_object){.id = slice_text(put->id), .type = slice_text(put->type ? put->type : "report"),
					  .title = slice_text(put->title), .modified = put->modified,
					  .version = slice_text(put->version ? put->version : "")};
	portions[0] = (struct offered_portion){.kind = PORTION_HEAD, .label = slice_text(put->label), .line = 1};
	portions[0].content = slice_text(arena_printf(&fixture->arena, "{\"name\":\"%s\"}", put->title));
	portions[0].index_text = slice_text(put->title);
	portions[0].places = put->places;
	portions[0].gist = put->gist;
	for (size_t i = 0; i < put->count; i++) {
		const struct piece *piece = &put->pieces[i];
		portions[i + 1] = (struct offered_portion){
			.kind = piece->target ? PORTION_REFERENCE : PORTION_TEXT, .label = slice_text(piece->label),
			.content = slice_text(piece->text), .index_text = slice_text(piece->target ? NULL : piece->text),
			.target = slice_text(piece->target), .mandatory = piece->mandatory, .line = (uint32_t)i + 3};
	}
	object->portions = (struct record_list){portions, put->count + 1};
	return object;
}

enum err fixture_draft(struct fixture *fixture, const struct put *put, struct hold_object *ret_draft, struct diag *diag)
{
	struct view *view = view_of(fixture, put->clearance ? put->clearance : CLEARED_NATO);
	struct hold_offer offer = {.object = offered_make(fixture, put), .replaces = slice_text(put->replaces),
				   .author = slice_text(put->author ? put->author : "analyst"), .roles = SLICE("analyst"),
				   .collection = slice_text(put->collection), .precedence = put->precedence ? put->precedence : 4, .now_ms = ++fixture->now};
	return hold_draft(fixture->hold, view, &offer, &fixture->arena, ret_draft, diag);
}

enum err fixture_try(struct fixture *fixture, const struct put *put, const char **ret_id, struct diag *diag)
{
	struct hold_object draft;
	TRY(fixture_draft(fixture, put, &draft, diag));
	*ret_id = text_of(fixture, draft.id);
	if (draft.unchanged)
		return ERR_OK;
	plan_make(fixture, &draft);
	fixture->now++;
	publish(fixture, &draft);
	TRY(hold_begin(fixture->hold));
	enum err err = hold_put(fixture->hold, &draft, ++fixture->now);
	if (err == ERR_OK)
		return hold_commit(fixture->hold);
	hold_rollback(fixture->hold);
	return err;
}

const char *fixture_put(struct fixture *fixture, const struct put *put)
{
	struct diag diag = {0};
	const char *id = NULL;
	enum err err = fixture_try(fixture, put, &id, &diag);
	if (err != ERR_OK)
		fail_msg("put: %s: %s", err_text(err), diag.text);
	return id;
}

/* ---- reading ---- */

struct view *view_of(struct fixture *fixture, const char *clearance)
{
	struct view *view = NULL;
	assert_ok(hold_view(fixture->hold, slice_text(clearance), true, &view));
	return view;
}

struct msg_hits hits_of(struct fixture *fixture, const char *clearance, const char *text)
{
	struct msg_hits hits = {0};
	struct hold_query query = {.text = slice_text(text), .limit = 50, .facets = true};
	assert_ok(hold_search(fixture->hold, view_of(fixture, clearance), &query, &fixture->arena, &hits));
	return hits;
}

uint64_t found(struct fixture *fixture, const char *clearance, const char *text)
{
	struct msg_hits hits = hits_of(fixture, clearance, text);
	assert_int_equal(hits.count, hits.hits.count);
	return hits.count;
}

bool is_seen(struct fixture *fixture, const char *clearance, const char *id)
{
	struct hold_seen seen;
	enum err err = hold_get(fixture->hold, view_of(fixture, clearance), slice_text(id), &fixture->arena, &seen);
	assert_true(err == ERR_OK || err == ERR_NOT_FOUND);
	return err == ERR_OK;
}

struct hold_seen seen_of(struct fixture *fixture, const char *clearance, const char *id)
{
	struct hold_seen seen = {0};
	assert_ok(hold_get(fixture->hold, view_of(fixture, clearance), slice_text(id), &fixture->arena, &seen));
	return seen;
}

/* ---- exchange ---- */

struct slice release_to(struct fixture *fixture, const char *nation, const char *id, size_t *ret_count)
{
	struct hold_duty *duties = NULL;
	struct slice last = {0};
	size_t count = 0, sent = 0;
	assert_ok(hold_duties(fixture->hold, UINT64_MAX, LANE_COUNT, 1000, &fixture->arena, &duties, &count));
	for (size_t i = 0; i < count; i++)
		for (unsigned n = 0; n < hold_nation_count(fixture->hold); n++) {
			struct hold_release release;
			if (!(duties[i].nations >> n & 1) || !slice_equal(hold_nation_name(fixture->hold, n), slice_text(nation)))
				continue;
			assert_ok(hold_release_make(fixture->hold, &duties[i], n, &fixture->arena, &release));
			assert_ok(hold_begin(fixture->hold));
			assert_ok(hold_release_tried(fixture->hold, duties[i].object, UINT64_C(1) << n));
			assert_ok(hold_release_sent(fixture->hold, &release, ++fixture->now));
			assert_ok(hold_commit(fixture->hold));
			sent++;
			if (!id || slice_equal(release.object_id, slice_text(id)))
				last = release.rendition;
		}
	if (ret_count)
		*ret_count = sent;
	return last;
}

static void index_make(struct fixture *to, const struct rendition_view *view, struct msg_indexed *indexed)
{
	struct indexed_portion *portions = ARENA_ARRAY(&to->arena, view->count, struct indexed_portion);
	assert_non_null(portions);
	for (size_t i = 0; i < view->count; i++)
		if (view->portions[i].kind == PORTION_REFERENCE)
			portions[i] = (struct indexed_portion){.target = view->portions[i].content, .mandatory = 1};
		else
			portions[i].text = view->portions[i].content;
	*indexed = (struct msg_indexed){.type = SLICE("report"), .title = SLICE("received"), .created = 1,
					.portions = {portions, view->count}};
}

enum err admit_to(struct fixture *to, struct slice rendition, const struct fixture *from, bool *ret_new)
{
	struct rendition_view view;
	struct msg_indexed indexed;
	TRY(hold_received_check(to->hold, rendition, from->public_key, &to->arena, &view, NULL));
	index_make(to, &view, &indexed);
	TRY(hold_begin(to->hold));
	to->now += 10;
	enum err err = hold_admit(to->hold, &view, &indexed, to->now, to->now, ret_new);
	if (err == ERR_OK)
		return hold_commit(to->hold);
	hold_rollback(to->hold);
	return err;
}

/* ---- files ---- */

static bool file_holds(const char *path, const char *octets)
{
	FILE *file = fopen(path, "rbe");
	if (!file)
		return false;
	struct buf bytes = buf_make(256 * 1024 * 1024);
	static uint8_t chunk[65536];
	for (size_t len; (len = fread(chunk, 1, sizeof(chunk), file)) > 0;)
		buf_put(&bytes, slice_of(chunk, len));
	fclose(file);
	bool holds = bytes.len && memmem(bytes.data, bytes.len, octets, strlen(octets)) != NULL;
	buf_done(&bytes);
	return holds;
}

bool files_hold(const struct fixture *fixture, const char *octets)
{
	bool holds = false;
	DIR *directory = opendir(fixture->path);
	assert_non_null(directory);
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
		char path[384];
		snprintf(path, sizeof(path), "%s/%s", fixture->path, entry->d_name);
		holds |= entry->d_type == DT_REG && file_holds(path, octets);
	}
	closedir(directory);
	return holds;
}
