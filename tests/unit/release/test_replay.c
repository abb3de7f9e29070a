/* Deciding a ledger's decisions anew: what guard recorded agrees, and anything else is found and named. */
#include "../object/policies.h"
#undef LABEL_PUBLIC
#undef LABEL_SECRET
#include "rules.h"

#include "release/replay.h"
#include "starve.h"

enum { RECORDS = 1024 };

static struct world world;
static struct guard_rules rules;
static struct ledger_record records[RECORDS];
static size_t count;
static struct slice label_texts[RECORDS];
static size_t label_count;
static bool rules_away;
static struct slice most_labels; /* given for every digest, when there are any */

static enum err find_rules(
	void *context, const struct replay_rules *wanted, const struct guard_rules **ret_rules, struct diag *diag)
{
	(void)context;
	if (rules_away || memcmp(wanted->policies, rules.policy_digest, 32) != 0 ||
		memcmp(wanted->roster, rules.roster_digest, 32) != 0 ||
		memcmp(wanted->table, rules.table_digest, 32) != 0)
		return diag_fail(diag, ERR_NOT_FOUND, "the rules are away");
	*ret_rules = &rules;
	return ERR_OK;
}

static enum err find_labels(void *context, const uint8_t digest[32], struct arena *arena, struct slice *ret_labels)
{
	(void)context, (void)arena;
	if (most_labels.len) {
		*ret_labels = most_labels;
		return ERR_OK;
	}
	for (size_t i = 0; i < label_count; i++) {
		struct slice labels[8], rest = label_texts[i];
		size_t n = 0;
		uint8_t own[DIGEST];
		while (rest.len)
			rest = slice_split(rest, '\n', &labels[n++]);
		label_set_digest(labels, n, own);
		if (memcmp(own, digest, DIGEST) == 0) {
			*ret_labels = label_texts[i];
			return ERR_OK;
		}
	}
	return ERR_NOT_FOUND;
}

static const struct replay_source source = {.rules = find_rules, .labels = find_labels};

static int set_up(void **context)
{
	(void)context;
	world_init(&world);
	struct guard_given given = rules_given(&world, TEST_ROOT);
	assert_ok(guard_rules_load(&given, &world.arena, &rules, NULL));
	count = label_count = 0;
	rules_away = false;
	records[count++] = guard_record_start(&rules, WORLD_NOW);
	records[count++] = (struct ledger_record){
		.kind = LEDGER_PUBLISH, .at = WORLD_NOW, .actor = SLICE("analyst"), .subject = SLICE(WORLD_OBJECT)};
	return 0;
}

static int tear_down(void **context)
{
	(void)context;
	guard_rules_done(&rules);
	world_done(&world);
	return 0;
}

/* Guard decides; what it would record is the next record. */
static struct ledger_record *decided(
	const char *recipient, const char *approver, const char *second, const char *label, const char *handling)
{
	const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}, {label, "text", handling}};
	struct guard_release *made = ARENA_NEW(&world.arena, struct guard_release);
	struct msg_release ask = {.recipient = slice_text(recipient),
		.author = SLICE("analyst"),
		.roles = SLICE("analyst"),
		.approver = slice_text(approver),
		.approver2 = slice_text(second),
		.precedence = LANE_ROUTINE,
		.rendition = world_rendition(&world, WORLD_NATO, portions, 2)};
	(void)!guard_decide_release(&rules, &ask, WORLD_NOW, &world.arena, made, NULL);
	label_texts[label_count++] = slice_text(arena_printf(&world.arena, "%s\n%s", LABEL_PUBLIC, label));
	records[count] = guard_record_release(&ask, made, 1, WORLD_NOW);
	return &records[count++];
}

/* Replays all; the first error, its text in diag. */
static enum err replay_all(uint64_t *ret_agree, struct diag *diag)
{
	struct replay *replay = replay_new(&source);
	enum err err = ERR_OK;
	assert_non_null(replay);
	for (size_t i = 0; i < count && err == ERR_OK; i++)
		err = replay_take(replay, i, &records[i], diag);
	*ret_agree = replay_count(replay);
	replay_free(replay);
	return err;
}

static void expect(enum err wanted, uint64_t agree, const char *text)
{
	struct diag diag = {0};
	uint64_t counted = 0;
	enum err err = replay_all(&counted, &diag);
	if (err != wanted || counted != agree || !strstr(diag.text, text))
		fail_msg("%s, %llu agree: %s", err_text(err), (unsigned long long)counted, diag.text);
}

static void decisions_of_every_kind_agree(void **context)
{
	(void)context;
	decided("LTU", NULL, NULL, LABEL_SECRET, NULL);
	decided("KOR", NULL, NULL, LABEL_SECRET_KOR, NULL);
	decided("KOR", "release", NULL, LABEL_SECRET_KOR, NULL);
	decided("KOR", "analyst", NULL, LABEL_SECRET_KOR, NULL);
	decided("KOR", "release", "release", LABEL_SECRET_KOR, NULL);
	decided("KOR", "release", "release2", LABEL_RESTRICTED_KOR, HANDLING_TWO_PERSON);
	decided("KOR", "release", NULL, LABEL_RESTRICTED_KOR, HANDLING_TWO_PERSON);
	decided("KOR", "release", NULL, LABEL_TOP_KOR, NULL);
	decided("KOR", NULL, NULL, "NATO|NONSENSE", NULL);
	decided("CHE", NULL, NULL, LABEL_SECRET, NULL);
	const uint8_t kinds[] = {LEDGER_RELEASE, LEDGER_RELEASE_DENIED, LEDGER_RELEASE, LEDGER_RELEASE_DENIED,
		LEDGER_RELEASE_DENIED, LEDGER_RELEASE, LEDGER_RELEASE_DENIED, LEDGER_RELEASE_DENIED,
		LEDGER_RELEASE_DENIED, LEDGER_RELEASE_DENIED};
	for (size_t i = 0; i < sizeof(kinds); i++)
		assert_int_equal(records[2 + i].kind, kinds[i]);
	expect(ERR_OK, 10, "");
}

static void a_record_names_no_label(void **context)
{
	(void)context;
	AUTO_BUF octets = buf_make(LEDGER_RECORD_MAX);
	record_encode(&ledger_record_schema, decided("KOR", NULL, NULL, LABEL_TOP_KOR, NULL), &octets);
	assert_ok(octets.err);
	for (size_t i = 0; i + 4 <= octets.len; i++)
		assert_memory_not_equal(octets.data + i, "TOP ", 4);
	assert_slice(records[2].basis, "label not for the recipient");
	assert_slice(records[2].subject, WORLD_OBJECT);
}

static void a_flipped_verdict_is_found_and_named(void **context)
{
	(void)context;
	decided("LTU", NULL, NULL, LABEL_SECRET, NULL);
	struct ledger_record *record = decided("KOR", NULL, NULL, LABEL_SECRET_KOR, NULL);
	record->kind = LEDGER_RELEASE;
	record->basis = SLICE("rule:analyst-kor-restricted");
	expect(ERR_CONFLICT, 1, "record 3, release of " WORLD_OBJECT " to KOR");
	record->kind = LEDGER_RELEASE_DENIED;
	record->basis = SLICE("waits for a release officer");
	expect(ERR_OK, 2, "");
	records[2].kind = LEDGER_RELEASE_DENIED;
	records[2].basis = SLICE("label not for the recipient");
	expect(ERR_CONFLICT, 0, "permits it by rule:analyst-member-secret");
}

static void every_fact_of_a_decision_counts(void **context)
{
	(void)context;
	struct ledger_record *record = decided("KOR", "release", "release2", LABEL_SECRET_KOR, HANDLING_TWO_PERSON),
			     kept = *record;
	static const struct ledger_record none;
	expect(ERR_OK, 1, "");
	record->recipient = SLICE("LTU");
	expect(ERR_OK, 1, ""); /* Lithuania may have it too: with two approvers */
	record->basis = SLICE("user:release2");
	expect(ERR_CONFLICT, 0, "permits it by user:release");
	*record = kept;
	record->approver2 = none.approver;
	expect(ERR_CONFLICT, 0, "two approvers");
	*record = kept;
	record->approver2 = SLICE("analyst");
	expect(ERR_CONFLICT, 0, "his own");
	*record = kept;
	record->basis = SLICE("rule:nobody");
	expect(ERR_CONFLICT, 0, "permits it by user:release");
	*record = kept;
	record->subject = SLICE("no id");
	expect(ERR_CONFLICT, 0, "names no object");
	*record = kept;
	record->label_digest = none.basis;
	expect(ERR_CONFLICT, 0, "names no labels");
}

static void whoever_the_ledger_saw_writing_may_not_have_approved(void **context)
{
	(void)context;
	decided("KOR", "release", NULL, LABEL_SECRET_KOR, NULL);
	expect(ERR_OK, 1, "");
	records[count] = records[2];
	records[2] = records[1];
	records[2].actor = SLICE("release");
	count++;
	expect(ERR_CONFLICT, 0, "nobody approves his own");
}

static void rules_and_labels_that_are_not_at_hand_are_said_so(void **context)
{
	(void)context;
	struct ledger_record *record = decided("LTU", NULL, NULL, LABEL_SECRET, NULL);
	rules_away = true;
	expect(ERR_NOT_FOUND, 0, "the rules are away");
	rules_away = false;
	label_count = 0;
	expect(ERR_NOT_FOUND, 0, "labels it names are not at hand");
	label_count = 1;
	record->rules = 2;
	expect(ERR_CONFLICT, 0, "names no start of guard");
	record->rules = 0;
	expect(ERR_CONFLICT, 0, "names no start of guard");
}

static enum err other_labels(void *context, const uint8_t digest[32], struct arena *arena, struct slice *ret_labels)
{
	(void)context, (void)digest, (void)arena;
	*ret_labels = SLICE(LABEL_PUBLIC);
	return ERR_OK;
}

static void labels_of_another_digest_do_not_serve(void **context)
{
	(void)context;
	const struct replay_source lying = {.rules = find_rules, .labels = other_labels};
	struct diag diag = {0};
	struct replay *replay = replay_new(&lying);
	decided("LTU", NULL, NULL, LABEL_SECRET, NULL);
	assert_ok(replay_take(replay, 0, &records[0], &diag));
	assert_int_equal(replay_take(replay, 2, &records[2], &diag), ERR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "not those that it names"));
	replay_free(replay);
}

static void a_denial_for_a_recall_needs_one_in_the_ledger(void **context)
{
	(void)context;
	struct ledger_record recall = {
		.kind = LEDGER_RECALL, .subject = SLICE(WORLD_OBJECT), .recipient = SLICE("LTU")};
	assert_ok(guard_apply_record(&rules, &recall));
	records[count++] = recall;
	decided("LTU", NULL, NULL, LABEL_SECRET, NULL);
	assert_slice(records[3].basis, "recalled or withdrawn");
	expect(ERR_OK, 1, "");
	records[2].subject = SLICE("report--00000000-0000-4000-8000-000000000000");
	expect(ERR_CONFLICT, 0, "no recall or withdrawal");
	records[2].subject = SLICE(WORLD_OBJECT);
	records[2].kind = LEDGER_WITHDRAWAL;
	expect(ERR_OK, 1, "");
}

static void a_denial_of_octets_that_are_no_rendition_counts_as_one(void **context)
{
	(void)context;
	struct guard_release made;
	struct msg_release ask = {.recipient = SLICE("LTU"), .author = SLICE("analyst"), .rendition = SLICE("none")};
	assert_int_not_equal(guard_decide_release(&rules, &ask, WORLD_NOW, &world.arena, &made, NULL), ERR_OK);
	records[count++] = guard_record_release(&ask, &made, 1, WORLD_NOW);
	assert_slice(records[2].basis, "no rendition");
	assert_int_equal(records[2].subject.len, 0);
	assert_int_equal(records[2].label_digest.len, 0);
	expect(ERR_OK, 1, "");
	records[2].kind = LEDGER_RELEASE;
	expect(ERR_CONFLICT, 0, "names no object");
	records[2].kind = LEDGER_RELEASE_DENIED;
	records[2].basis = SLICE("no ground at all");
	expect(ERR_CONFLICT, 0, "of no object to LTU");
}

static void records_of_other_kinds_decide_nothing(void **context)
{
	(void)context;
	records[0].actor = SLICE("ledger"); /* names no rules */
	records[count++] = (struct ledger_record){.kind = LEDGER_SHOW, .subject = SLICE(WORLD_OBJECT)};
	records[count++] = records[1];
	expect(ERR_OK, 0, "");
	decided("LTU", NULL, NULL, LABEL_SECRET, NULL);
	expect(ERR_CONFLICT, 0, "names no start of guard");
}

static int replays(void *context)
{
	struct diag diag = {0};
	struct replay *replay = replay_new(&source);
	enum err err = replay ? ERR_OK : ERR_MEMORY;
	(void)context;
	for (size_t i = 0; i < count && err == ERR_OK; i++)
		err = replay_take(replay, i, &records[i], &diag);
	bool all = err == ERR_OK && replay_count(replay) == 2;
	replay_free(replay);
	return all;
}

static void whichever_allocation_fails_no_decision_is_counted_that_was_not_made(void **context)
{
	(void)context;
	decided("LTU", NULL, NULL, LABEL_SECRET, NULL);
	decided("KOR", "release", NULL, LABEL_SECRET_KOR, NULL);
	assert_true(starve_each(replays, NULL) > 10);
}

static void a_denial_for_another_reason_and_more_labels_than_an_object_has_are_found(void **context)
{
	(void)context;
	struct ledger_record *record = decided("KOR", NULL, NULL, LABEL_SECRET_KOR, NULL);
	AUTO_BUF many = buf_make((LIMIT_PORTIONS + 1) * sizeof(LABEL_PUBLIC));
	record->basis = SLICE("label not for the recipient");
	expect(ERR_CONFLICT, 0, "the engine denies it: no row lets this go at once");
	record->basis = SLICE("waits for a release officer");
	expect(ERR_OK, 1, "");
	for (size_t i = 0; i <= LIMIT_PORTIONS; i++)
		buf_put_text(&many, LABEL_PUBLIC "\n");
	most_labels = buf_slice(&many);
	expect(ERR_NOT_FOUND, 0, "not those that it names");
	most_labels = (struct slice){0};
}

static void notes_of_many_objects_are_kept_apart(void **context)
{
	(void)context;
	struct ledger_record published = records[1];
	for (unsigned i = 0; i < 500; i++) {
		published.subject = slice_text(arena_printf(&world.arena, "report--%08x-0b7e-4c55-8d7c-3a51f2a3b0c1", i));
		published.actor = SLICE("release");
		records[count++] = published;
	}
	records[count++] = records[1];
	published = records[1];
	published.actor = SLICE("scribe");
	records[count++] = published;
	decided("KOR", "release", NULL, LABEL_SECRET_KOR, NULL);
	expect(ERR_OK, 1, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(decisions_of_every_kind_agree),
		TEST(a_record_names_no_label),
		TEST(a_flipped_verdict_is_found_and_named),
		TEST(every_fact_of_a_decision_counts),
		TEST(whoever_the_ledger_saw_writing_may_not_have_approved),
		TEST(rules_and_labels_that_are_not_at_hand_are_said_so),
		TEST(labels_of_another_digest_do_not_serve),
		TEST(a_denial_for_a_recall_needs_one_in_the_ledger),
		TEST(a_denial_of_octets_that_are_no_rendition_counts_as_one),
		TEST(records_of_other_kinds_decide_nothing),
		TEST(whichever_allocation_fails_no_decision_is_counted_that_was_not_made),
		TEST(a_denial_for_another_reason_and_more_labels_than_an_object_has_are_found),
		TEST(notes_of_many_objects_are_kept_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
