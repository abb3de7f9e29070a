/* Guard's decisions over the project's own policies: plan, publication, release. */
#include "../object/policies.h"
#undef LABEL_PUBLIC
#undef LABEL_SECRET
#include "rules.h"
#include "starve.h"

#include "base/moment.h"

static struct world world;
static struct guard_rules rules;

static struct guard_given given(void)
{
	return rules_given(&world, TEST_ROOT);
}

static int set_up(void **context)
{
	(void)context;
	struct diag diag = {0};
	world_init(&world);
	struct guard_given all = given();
	if (guard_rules_load(&all, &world.arena, &rules, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
	return 0;
}

static int tear_down(void **context)
{
	(void)context;
	guard_rules_done(&rules);
	world_done(&world);
	return 0;
}

/* ---- loading ---- */

static void rules_name_every_nation_but_ourselves(void **context)
{
	(void)context;
	assert_int_equal(rules.count, 2);
	assert_non_null(guard_find_nation(&rules, SLICE("KOR")));
	assert_non_null(guard_find_nation(&rules, SLICE("LTU")));
	assert_null(guard_find_nation(&rules, SLICE("NATO")));
	assert_true(guard_find_nation(&rules, SLICE("LTU"))->member);
	assert_false(guard_find_nation(&rules, SLICE("KOR"))->member);
}

static void faulty_gifts_are_refused_whole(void **context)
{
	(void)context;
	struct guard_rules other;
	struct diag diag = {0};
	struct guard_given all = given();
	all.policies = slice_take(all.policies, all.policies.len - 1);
	assert_int_not_equal(guard_rules_load(&all, &world.arena, &other, &diag), ERR_OK);
	all = given();
	all.table = SLICE("no table");
	assert_int_not_equal(guard_rules_load(&all, &world.arena, &other, &diag), ERR_OK);
	all = given();
	all.roster = slice_take(all.roster, 20);
	assert_int_not_equal(guard_rules_load(&all, &world.arena, &other, &diag), ERR_OK);
	all = given();
	all.nation = SLICE("CHE");
	assert_int_not_equal(guard_rules_load(&all, &world.arena, &other, &diag), ERR_OK);
}

static void a_nation_whose_clearance_does_not_read_may_have_nothing(void **context)
{
	(void)context;
	struct label_item labels[] = {{SLICE(LABEL_PUBLIC)}};
	struct msg_plan ask = {.roles = SLICE("analyst"), .type = SLICE("report"), .labels = {labels, 1}};
	struct msg_plan_done plan;
	struct guard_rules other;
	world.rows[WORLD_LTU].clearance = SLICE("UNHEARD|OF");
	struct guard_given all = given();
	assert_ok(guard_rules_load(&all, &world.arena, &other, NULL));
	assert_ok(guard_plan(&other, &ask, WORLD_NOW, &world.arena, &plan));
	assert_int_equal(plan.answers.data[0], PLAN_AT_ONCE);
	assert_int_equal(plan.answers.data[1], PLAN_NEVER);
	guard_rules_done(&other);
}

/* ---- plan ---- */

/* The answers for one nation as letters: never, now, waits, head denied. */
static const char *plan_for(size_t nation, const char *const *labels, size_t count)
{
	static char letters[16];
	struct label_item items[16];
	struct msg_plan_done plan;
	for (size_t i = 0; i < count; i++)
		items[i].label = slice_text(labels[i]);
	struct msg_plan ask = {.author = SLICE("analyst"),
			       .roles = SLICE("analyst"),
			       .type = SLICE("report"),
			       .labels = {items, count}};
	assert_ok(guard_plan(&rules, &ask, WORLD_NOW, &world.arena, &plan));
	assert_int_equal(plan.answers.len, count * 2);
	for (size_t i = 0; i < count; i++)
		letters[i] = "-nwh"[plan.answers.data[i * 2 + nation]];
	letters[count] = 0;
	return letters;
}

static void the_example_of_the_contract_is_planned_as_it_says(void **context)
{
	(void)context;
	static const char *const labels[] = {LABEL_PUBLIC, LABEL_SECRET, LABEL_SECRET_KOR, LABEL_ONLY, LABEL_PUBLIC};
	assert_string_equal(plan_for(0, labels, 5), "n-wwn");
	assert_string_equal(plan_for(1, labels, 5), "nnnnn");
}

static void where_the_head_is_denied_nothing_is_seen(void **context)
{
	(void)context;
	static const char *const labels[] = {LABEL_SECRET, LABEL_PUBLIC, LABEL_SECRET_KOR, LABEL_SECRET};
	assert_string_equal(plan_for(0, labels, 4), "-hh-");
	assert_string_equal(plan_for(1, labels, 4), "nnnn");
}

static void where_the_head_waits_everything_waits(void **context)
{
	(void)context;
	static const char *const labels[] = {LABEL_SECRET_KOR, LABEL_PUBLIC, LABEL_SECRET};
	assert_string_equal(plan_for(0, labels, 3), "ww-");
}

static void unknown_and_invalid_labels_reach_nobody(void **context)
{
	(void)context;
	static const char *const labels[] = {LABEL_PUBLIC, "NATO|SECRETS|P:Context=NATO", "CHE|X", "", "NATO|SECRET",
					     LABEL_PUBLIC};
	assert_string_equal(plan_for(0, labels, 6), "n----n");
	assert_string_equal(plan_for(1, labels, 6), "n----n");
}

/* ---- publication ---- */

static struct portion_item portion_of(uint8_t kind, uint8_t id, const char *label)
{
	struct portion portion = {
		.kind = kind, .id = {id}, .label = slice_text(label), .changed = WORLD_NOW, .content = SLICE("{}")};
	struct portion_item item;
	AUTO_BUF buf = buf_make(65536);
	record_encode(&portion_schema, &portion, &buf);
	assert_ok(buf.err);
	assert_ok(arena_copy(&world.arena, buf_slice(&buf), &item.portion));
	return item;
}

static enum err publish(struct portion_item *items, size_t count, struct guard_publication *made, struct diag *diag)
{
	struct msg_publish ask = {.author = SLICE("analyst"),
				  .object_id = SLICE(WORLD_OBJECT),
				  .realm = SLICE("real"),
				  .after = WORLD_NOW - 1,
				  .portions = {items, count}};
	return guard_publish(&rules, &ask, WORLD_NOW, &world.arena, made, diag);
}

static void a_sound_object_gets_a_manifest_that_its_portions_fit(void **context)
{
	(void)context;
	struct portion_item items[] = {portion_of(PORTION_HEAD, 1, LABEL_PUBLIC),
				       portion_of(PORTION_TEXT, 2, LABEL_SECRET)};
	struct guard_publication made;
	assert_ok(publish(items, 2, &made, NULL));
	assert_int_equal(made.salts.len, 2 * SALT);
	assert_int_equal(made.issued, WORLD_NOW);
	struct disclosed disclosed[2];
	struct rendition rendition = {.manifest = made.manifest, .disclosed = {disclosed, 2}};
	for (size_t i = 0; i < 2; i++) {
		memcpy(disclosed[i].salt, made.salts.data + i * SALT, SALT);
		disclosed[i].portion = items[i].portion;
	}
	AUTO_BUF octets = buf_make(LIMIT_OBJECT_BYTES);
	struct rendition_view view;
	record_encode(&rendition_schema, &rendition, &octets);
	assert_ok(rendition_open(buf_slice(&octets), &world.arena, &view));
	assert_slice(view.manifest.originator, "NATO");
	assert_slice(view.manifest.realm, "real");
}

static void issued_rises_and_salts_are_never_used_twice(void **context)
{
	(void)context;
	struct portion_item items[] = {portion_of(PORTION_HEAD, 1, LABEL_PUBLIC)};
	struct guard_publication first, second;
	struct msg_publish ask = {.author = SLICE("analyst"),
				  .object_id = SLICE(WORLD_OBJECT),
				  .realm = SLICE("real"),
				  .after = WORLD_NOW + 50,
				  .portions = {items, 1}};
	assert_ok(guard_publish(&rules, &ask, WORLD_NOW, &world.arena, &first, NULL));
	assert_ok(guard_publish(&rules, &ask, WORLD_NOW, &world.arena, &second, NULL));
	assert_int_equal(first.issued, WORLD_NOW + 51);
	assert_memory_not_equal(first.salts.data, second.salts.data, SALT);
	assert_memory_not_equal(first.digest, second.digest, 32);
}

static void what_is_not_fit_to_be_signed_is_refused(void **context)
{
	(void)context;
	struct guard_publication made;
	struct portion_item head = portion_of(PORTION_HEAD, 1, LABEL_PUBLIC);
	struct portion_item no_head[] = {portion_of(PORTION_TEXT, 1, LABEL_PUBLIC)};
	struct portion_item two_heads[] = {head, portion_of(PORTION_HEAD, 2, LABEL_PUBLIC)};
	struct portion_item twice[] = {head, portion_of(PORTION_TEXT, 1, LABEL_PUBLIC)};
	struct portion_item no_id[] = {head, portion_of(PORTION_TEXT, 0, LABEL_PUBLIC)};
	struct portion_item unknown[] = {head, portion_of(PORTION_TEXT, 2, "NATO|SECRETS|P:Context=NATO")};
	struct portion_item invalid[] = {head, portion_of(PORTION_TEXT, 2, "NATO|SECRET")};
	struct portion_item broken[] = {head, {SLICE("no portion")}};
	struct diag diag = {0};
	assert_int_equal(publish(no_head, 1, &made, NULL), ERR_MALFORMED);
	assert_int_equal(publish(two_heads, 2, &made, NULL), ERR_MALFORMED);
	assert_int_equal(publish(twice, 2, &made, NULL), ERR_MALFORMED);
	assert_int_equal(publish(no_id, 2, &made, NULL), ERR_MALFORMED);
	assert_int_equal(publish(unknown, 2, &made, NULL), ERR_UNKNOWN);
	assert_int_equal(publish(invalid, 2, &made, &diag), ERR_INVALID);
	assert_non_null(strstr(diag.text, "NATO|SECRET"));
	assert_int_equal(publish(broken, 2, &made, NULL), ERR_MALFORMED);
	assert_int_equal(publish(broken, 0, &made, NULL), ERR_TOO_LARGE);
}

static void recall(const char *object, const uint8_t *portion)
{
	struct msg_order ask = {.kind = portion ? CONTROL_WITHDRAWAL : CONTROL_RECALL,
				.user = SLICE("release"),
				.object_id = slice_text(object),
				.reason = SLICE("wrong label")};
	struct ledger_record record = guard_record_order(&ask, SLICE("KOR"), portion, WORLD_NOW);
	assert_ok(guard_apply_record(&rules, &record));
}

static void recalled_ids_and_other_realms_are_not_published(void **context)
{
	(void)context;
	struct guard_publication made;
	struct portion_item items[] = {portion_of(PORTION_HEAD, 1, LABEL_PUBLIC),
				       portion_of(PORTION_TEXT, 2, LABEL_PUBLIC)};
	struct msg_publish ask = {.author = SLICE("analyst"),
				  .object_id = SLICE(WORLD_OBJECT),
				  .realm = SLICE("exercise"),
				  .portions = {items, 2}};
	uint8_t portion[PORTION_ID] = {2};
	assert_int_equal(guard_publish(&rules, &ask, WORLD_NOW, &world.arena, &made, NULL), ERR_REFUSED);
	assert_ok(publish(items, 2, &made, NULL));
	recall(WORLD_OBJECT, portion); /* from one nation: the others may go on with it */
	assert_ok(publish(items, 2, &made, NULL));
	recall(WORLD_OBJECT, NULL);
	assert_int_equal(publish(items, 1, &made, NULL), ERR_REFUSED);
}

/* ---- release ---- */

static enum err decide(const char *recipient, const char *approver, const char *second, struct slice rendition,
		       struct guard_release *made, struct diag *diag)
{
	struct msg_release ask = {.recipient = slice_text(recipient),
				  .author = SLICE("analyst"),
				  .roles = SLICE("analyst"),
				  .approver = slice_text(approver),
				  .approver2 = slice_text(second),
				  .precedence = LANE_ROUTINE,
				  .rendition = rendition};
	return guard_decide_release(&rules, &ask, WORLD_NOW, &world.arena, made, diag);
}

static struct slice with_label(const char *label, const char *handling)
{
	const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}, {label, "text", handling}};
	return world_rendition(&world, WORLD_NATO, portions, 2);
}

static void a_rule_lets_it_go_at_once_and_is_named(void **context)
{
	(void)context;
	struct guard_release made;
	assert_ok(decide("LTU", NULL, NULL, with_label(LABEL_SECRET, NULL), &made, NULL));
	assert_slice(made.token.basis, "rule:analyst-member-secret");
	assert_int_equal(made.token.approver2.len, 0);
	assert_ok(decide("KOR", NULL, NULL, with_label(LABEL_RESTRICTED_KOR, NULL), &made, NULL));
	assert_slice(made.token.basis, "rule:analyst-kor-restricted");
	assert_slice(made.token.recipient, "KOR");
	assert_slice(made.object_id, WORLD_OBJECT);
}

static void what_waits_needs_an_approver_who_is_not_the_author(void **context)
{
	(void)context;
	struct guard_release made;
	struct slice rendition = with_label(LABEL_SECRET_KOR, NULL);
	assert_int_equal(decide("KOR", NULL, NULL, rendition, &made, NULL), ERR_REFUSED);
	assert_int_equal(decide("KOR", "analyst", NULL, rendition, &made, NULL), ERR_REFUSED);
	assert_int_equal(decide("KOR", "release", "analyst", rendition, &made, NULL), ERR_REFUSED);
	assert_ok(decide("KOR", "release", NULL, rendition, &made, NULL));
	assert_slice(made.token.basis, "user:release");
}

static void no_approval_opens_what_labels_deny(void **context)
{
	(void)context;
	static const char *const labels[] = {LABEL_SECRET, LABEL_TOP_KOR,
					     "NATO|SECRET|P:Context=NATO,Releasable|P:Only=LTU,USA"};
	struct guard_release made;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct diag diag = {0};
		assert_int_equal(decide("KOR", "release", "release2", with_label(labels[i], NULL), &made, &diag),
				 ERR_REFUSED);
		assert_true(diag.text[0] != 0);
	}
}

static void two_persons_are_two_persons(void **context)
{
	(void)context;
	struct guard_release made;
	struct slice rendition = with_label(LABEL_RESTRICTED_KOR, HANDLING_TWO_PERSON);
	assert_int_equal(decide("KOR", NULL, NULL, rendition, &made, NULL), ERR_REFUSED);
	assert_int_equal(decide("KOR", "release", NULL, rendition, &made, NULL), ERR_REFUSED);
	assert_int_equal(decide("KOR", "release", "release", rendition, &made, NULL), ERR_REFUSED);
	assert_ok(decide("KOR", "release", "release2", rendition, &made, NULL));
	assert_slice(made.token.approver2, "release2");
}

static void third_party_data_needs_consent_and_is_refused(void **context)
{
	(void)context;
	static const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}};
	struct guard_release made;
	assert_int_equal(decide("KOR", "release", NULL, world_rendition(&world, WORLD_LTU, portions, 1), &made, NULL),
			 ERR_REFUSED);
}

static void only_what_we_signed_goes(void **context)
{
	(void)context;
	struct guard_release made;
	struct slice rendition = with_label(LABEL_SECRET, NULL);
	uint8_t *octets = arena_alloc(&world.arena, rendition.len, 1);
	size_t signature = 4 + ((size_t)rendition.data[1] << 16 | (size_t)rendition.data[2] << 8 | rendition.data[3]) +
			   4;
	memcpy(octets, rendition.data, rendition.len);
	octets[signature] ^= 1;
	assert_int_equal(decide("LTU", NULL, NULL, slice_of(octets, rendition.len), &made, NULL), ERR_CRYPTO);
	assert_int_not_equal(decide("LTU", NULL, NULL, SLICE("none"), &made, NULL), ERR_OK);
}

static void no_octet_of_a_rendition_can_be_changed(void **context)
{
	(void)context;
	struct guard_release made;
	struct slice rendition = with_label(LABEL_SECRET, NULL);
	uint8_t *octets = arena_alloc(&world.arena, rendition.len, 1);
	for (size_t i = 0; i < rendition.len; i++) {
		memcpy(octets, rendition.data, rendition.len);
		octets[i] ^= 0x04;
		if (decide("LTU", NULL, NULL, slice_of(octets, rendition.len), &made, NULL) == ERR_OK)
			fail_msg("octet %zu does not count", i);
	}
}

static void nobody_outside_the_roster_gets_anything(void **context)
{
	(void)context;
	struct guard_release made;
	assert_int_equal(decide("CHE", "release", NULL, with_label(LABEL_PUBLIC, NULL), &made, NULL), ERR_REFUSED);
	assert_int_equal(decide("NATO", "release", NULL, with_label(LABEL_PUBLIC, NULL), &made, NULL), ERR_REFUSED);
	assert_int_equal(decide("", "release", NULL, with_label(LABEL_PUBLIC, NULL), &made, NULL), ERR_REFUSED);
}

static void what_was_recalled_goes_to_nobody_and_what_was_withdrawn_not_to_that_nation(void **context)
{
	(void)context;
	struct guard_release made;
	struct slice rendition = with_label(LABEL_SECRET, NULL);
	uint8_t portion[PORTION_ID] = {2};
	assert_ok(decide("LTU", NULL, NULL, rendition, &made, NULL));
	assert_int_equal(made.token.control_seq, 0);
	recall("report--00000000-0000-4000-8000-000000000000", NULL);
	assert_ok(decide("KOR", NULL, NULL, with_label(LABEL_PUBLIC, NULL), &made, NULL));
	assert_int_equal(made.token.control_seq, 1);
	assert_ok(decide("KOR", NULL, NULL, with_label(LABEL_RESTRICTED_KOR, NULL), &made, NULL));
	recall(WORLD_OBJECT, portion); /* from KOR */
	assert_ok(decide("LTU", NULL, NULL, rendition, &made, NULL));
	assert_int_equal(decide("KOR", NULL, NULL, with_label(LABEL_RESTRICTED_KOR, NULL), &made, NULL), ERR_REFUSED);
	guard_forget_records(&rules);
	recall(WORLD_OBJECT, NULL);
	assert_int_equal(decide("LTU", "release", NULL, rendition, &made, NULL), ERR_REFUSED);
}

static size_t token_length(const struct token *token)
{
	AUTO_BUF octets = buf_make(2 * LIMIT_TOKEN);
	record_encode(&token_schema, token, &octets);
	assert_ok(octets.err);
	return octets.len;
}

static void a_token_that_would_be_too_long_is_refused_before_anything_is_recorded(void **context)
{
	(void)context;
	struct guard_release made;
	struct slice rendition = with_label(LABEL_RESTRICTED_KOR, HANDLING_TWO_PERSON);
	char first[LIMIT_USER + 1] = "", second[LIMIT_USER + 1] = "";
	memset(first, 'a', 59);
	for (size_t len = 58; len <= 60; len++) {
		struct diag diag = {0};
		memset(second, 'b', len);
		enum err err = decide("KOR", first, second, rendition, &made, &diag);
		if (len <= 59) {
			assert_ok(err);
			assert_int_equal(token_length(&made.token), LIMIT_TOKEN - 59 + len);
		} else {
			assert_int_equal(err, ERR_REFUSED);
			assert_non_null(strstr(diag.text, "too long"));
		}
	}
	memset(first, 'a', LIMIT_USER);
	memset(second, 'b', LIMIT_USER);
	assert_int_equal(decide("KOR", first, second, rendition, &made, NULL), ERR_REFUSED);
}

static void roles_fit_into_a_record_or_it_is_denied(void **context)
{
	(void)context;
	static char names[LEDGER_ROLES + 2];
	struct guard_release made;
	memset(names, 'r', sizeof(names) - 1);
	for (size_t len = LEDGER_ROLES - 1; len <= LEDGER_ROLES + 1; len++) {
		struct msg_release ask = {.recipient = SLICE("KOR"), .author = SLICE("analyst"), .roles = slice_of(names, len),
					  .approver = SLICE("release"), .rendition = with_label(LABEL_SECRET_KOR, NULL)};
		AUTO_BUF octets = buf_make(LEDGER_RECORD_MAX);
		enum err err = guard_decide_release(&rules, &ask, WORLD_NOW, &world.arena, &made, NULL);
		assert_int_equal(err, len <= LEDGER_ROLES ? ERR_OK : ERR_REFUSED);
		struct ledger_record record = guard_record_release(&ask, &made, 1, WORLD_NOW);
		record_encode(&ledger_record_schema, &record, &octets);
		assert_ok(octets.err);
	}
	assert_int_equal(made.ground, GROUND_NAMES);
}

/* ---- too little memory ---- each call is tried with ever more of it; it never permits before it has enough */

enum { MEMORY_STEP = 24, MEMORY_MAX = 4 * 1024 * 1024 };

static enum err plan_in(struct arena *arena)
{
	struct label_item labels[] = {{SLICE(LABEL_PUBLIC)}, {SLICE(LABEL_SECRET)}};
	struct msg_plan ask = {.roles = SLICE("analyst"), .type = SLICE("report"), .labels = {labels, 2}};
	struct msg_plan_done plan;
	enum err err = guard_plan(&rules, &ask, WORLD_NOW, arena, &plan);
	if (err == ERR_OK) /* a label that found no room reaches nobody */
		for (size_t i = 0; i < plan.answers.len; i++)
			assert_in_range(plan.answers.data[i], PLAN_NEVER, PLAN_HEAD_DENIED);
	return err;
}

static struct portion_item publish_items[2];

static enum err publish_in(struct arena *arena)
{
	struct guard_publication made;
	struct msg_publish ask = {.author = SLICE("analyst"),
				  .object_id = SLICE(WORLD_OBJECT),
				  .realm = SLICE("real"),
				  .portions = {publish_items, 2}};
	return guard_publish(&rules, &ask, WORLD_NOW, arena, &made, NULL);
}

static struct slice release_octets;

static enum err release_in(struct arena *arena)
{
	struct guard_release made;
	struct msg_release ask = {.recipient = SLICE("KOR"),
				  .author = SLICE("analyst"),
				  .roles = SLICE("analyst"),
				  .approver = SLICE("release"),
				  .precedence = LANE_ROUTINE,
				  .rendition = release_octets};
	return guard_decide_release(&rules, &ask, WORLD_NOW, arena, &made, NULL);
}

static struct guard_given load_given;

static enum err load_in(struct arena *arena)
{
	struct guard_rules other;
	enum err err = guard_rules_load(&load_given, arena, &other, NULL);
	if (err == ERR_OK)
		guard_rules_done(&other);
	return err;
}

static void starve(enum err (*call)(struct arena *arena))
{
	size_t refused = 0, step = MEMORY_STEP;
	for (size_t bytes = 1; bytes < MEMORY_MAX; bytes += step) {
		AUTO_ARENA arena = {.max_bytes = bytes};
		if (call(&arena) == ERR_OK)
			break;
		refused++;
		step = bytes / 64 + MEMORY_STEP;
	}
	AUTO_ARENA enough = {0};
	assert_true(refused > 0);
	assert_ok(call(&enough));
}

static void with_too_little_memory_nothing_is_permitted(void **context)
{
	(void)context;
	publish_items[0] = portion_of(PORTION_HEAD, 1, LABEL_PUBLIC);
	publish_items[1] = portion_of(PORTION_TEXT, 2, LABEL_SECRET);
	release_octets = with_label(LABEL_SECRET_KOR, NULL);
	load_given = given();
	starve(plan_in);
	starve(publish_in);
	starve(release_in);
	starve(load_in);
}

static void what_is_too_large_is_refused(void **context)
{
	(void)context;
	static uint8_t octets[LIMIT_OBJECT_BYTES + 1];
	static struct label_item labels[LIMIT_PORTIONS + 1];
	struct guard_release made;
	struct guard_publication publication;
	struct msg_plan_done plan;
	struct msg_plan ask = {.roles = SLICE("analyst"), .type = SLICE("report"), .labels = {labels, LIMIT_PORTIONS + 1}};
	assert_int_equal(guard_plan(&rules, &ask, WORLD_NOW, &world.arena, &plan), ERR_TOO_LARGE);
	ask.labels.count = LIMIT_PORTIONS;
	assert_ok(guard_plan(&rules, &ask, WORLD_NOW, &world.arena, &plan));
	assert_int_equal(decide("KOR", "release", NULL, SLICE_ARRAY(octets), &made, NULL), ERR_TOO_LARGE);
	assert_int_equal(decide("KOR", "release", NULL, slice_of(octets, LIMIT_OBJECT_BYTES), &made, NULL), ERR_MALFORMED);
	struct portion_item items[] = {portion_of(PORTION_HEAD, 1, LABEL_PUBLIC)};
	struct msg_publish bad_id = {
		.author = SLICE("analyst"), .object_id = SLICE("no id"), .realm = SLICE("real"), .portions = {items, 1}};
	struct diag diag = {0};
	assert_int_not_equal(guard_publish(&rules, &bad_id, WORLD_NOW, &world.arena, &publication, &diag), ERR_OK);
	assert_true(diag.text[0] != 0);
	bad_id.object_id = SLICE(WORLD_OBJECT);
	bad_id.portions.count = LIMIT_PORTIONS + 1;
	assert_int_equal(guard_publish(&rules, &bad_id, WORLD_NOW, &world.arena, &publication, NULL), ERR_TOO_LARGE);
}

static void broken_policies_keep_guard_from_starting(void **context)
{
	(void)context;
	static const uint8_t cut[] = {0, 0, 1}, nonsense[] = {0, 0, 0, 2, 'a', 'b'};
	struct guard_given all = given();
	struct guard_rules other;
	all.policies = SLICE_ARRAY(cut);
	assert_int_equal(guard_rules_load(&all, &world.arena, &other, NULL), ERR_MALFORMED);
	all.policies = SLICE_ARRAY(nonsense);
	assert_int_not_equal(guard_rules_load(&all, &world.arena, &other, NULL), ERR_OK);
	struct ledger_record record = {.kind = LEDGER_RECALL, .subject = SLICE(WORLD_OBJECT), .recipient = SLICE("CHE")};
	assert_ok(guard_apply_record(&rules, &record)); /* of a nation that left: still recalled */
	record.kind = LEDGER_SHOW;
	assert_ok(guard_apply_record(&rules, &record));
	assert_int_equal(rules.recalled.count, 1);
}

static struct slice encoded_record(const struct ledger_record *record)
{
	struct slice copy;
	AUTO_BUF buf = buf_make(LEDGER_RECORD_MAX);
	record_encode(&ledger_record_schema, record, &buf);
	assert_ok(buf.err);
	assert_ok(arena_copy(&world.arena, buf_slice(&buf), &copy));
	return copy;
}

static void guards_token_passes_seals_checks(void **context)
{
	(void)context;
	struct seal_state state;
	struct guard_release made;
	struct seal_case at = world_case(&world, &state);
	assert_ok(decide("KOR", "release", NULL, at.body, &made, NULL));
	struct token own = at.token;
	at.token = made.token;
	at.token.fencing_epoch = own.fencing_epoch;
	at.token.control_seq = own.control_seq;
	at.token.issued = own.issued;
	at.token.not_after = own.not_after;
	at.token.counter = own.counter;
	at.token.ledger_index = own.ledger_index;
	at.token.ledger_size = own.ledger_size;
	at.token.id[0] = 1;
	world_sign_token(&world, &at);
	struct msg_release ask = {.recipient = SLICE("KOR"), .author = SLICE("analyst"), .rendition = at.body};
	struct ledger_record record = guard_record_release(&ask, &made, own.fencing_epoch, WORLD_NOW);
	world_put_record(&world, &at, encoded_record(&record));
	const struct seal_check *failed = seal_check_all(&at);
	if (failed)
		fail_msg("check %u, %s", failed->number, failed->name);
	made.verdict = VERDICT_DENY;
	record = guard_record_release(&ask, &made, own.fencing_epoch, WORLD_NOW);
	world_put_record(&world, &at, encoded_record(&record));
	assert_int_equal(seal_check_all(&at)->number, 12);
	struct msg_publish publication = {.author = SLICE("analyst"), .object_id = made.object_id};
	record = guard_record_publish(&publication, &(struct guard_publication){.issued = WORLD_NOW}, WORLD_NOW);
	world_put_record(&world, &at, encoded_record(&record));
	assert_int_equal(seal_check_all(&at)->number, 12);
}

static void a_nation_without_a_clearance_and_a_precedence_that_is_none_get_nothing(void **context)
{
	(void)context;
	struct guard_release made;
	struct slice rendition = with_label(LABEL_PUBLIC, NULL);
	struct msg_release ask = {.recipient = SLICE("LTU"), .author = SLICE("analyst"), .roles = SLICE("analyst"),
				  .precedence = LANE_COUNT, .rendition = rendition};
	assert_int_equal(guard_decide_release(&rules, &ask, WORLD_NOW, &world.arena, &made, NULL), ERR_MALFORMED);
	assert_int_equal(made.ground, GROUND_PRECEDENCE);
	assert_ok(decide("LTU", NULL, NULL, rendition, &made, NULL));
	guard_find_nation(&rules, SLICE("LTU"))->clearance = NULL;
	assert_int_equal(decide("LTU", "release", NULL, rendition, &made, NULL), ERR_REFUSED);
	assert_int_equal(made.ground, GROUND_LABEL_DENIED);
}

static void the_first_label_that_denies_ends_it(void **context)
{
	(void)context;
	static const struct world_portion portions[] = {{LABEL_TOP_KOR, NULL, NULL}, {LABEL_PUBLIC, "text", NULL}};
	struct guard_release made;
	assert_int_equal(decide("KOR", "release", NULL, world_rendition(&world, WORLD_NATO, portions, 2), &made, NULL), ERR_REFUSED);
	assert_int_equal(made.ground, GROUND_LABEL_DENIED);
}

static void portions_out_of_form_are_not_signed(void **context)
{
	(void)context;
	struct guard_publication made;
	struct portion_item head = portion_of(PORTION_HEAD, 1, LABEL_PUBLIC), items[3] = {head, head, head};
	struct portion odd = {.kind = 77, .id = {2}, .label = SLICE(LABEL_PUBLIC), .changed = WORLD_NOW, .content = SLICE("x")};
	for (size_t i = 0; i < 3; i++) {
		AUTO_BUF octets = buf_make(4096);
		odd.kind = i == 0 ? 77 : PORTION_TEXT;
		odd.changed = i == 1 ? 0 : WORLD_NOW;
		odd.id[0] = i == 2 ? 0 : 2;
		record_encode(&portion_schema, &odd, &octets);
		assert_ok(octets.err);
		items[1].portion = buf_slice(&octets);
		assert_int_equal(publish(items, 2, &made, NULL), ERR_MALFORMED);
	}
	items[1] = portion_of(PORTION_TEXT, 2, LABEL_PUBLIC);
	struct msg_publish ask = {.author = SLICE("analyst"), .realm = SLICE("real"), .portions = {items, 2},
				  .object_id = SLICE("url--6f1f4c2e-0b7e-4c55-8d7c-3a51f2a3b0c1")};
	assert_int_equal(guard_publish(&rules, &ask, WORLD_NOW, &world.arena, &made, NULL), ERR_INVALID); /* one slot, two portions */
}

static int releases(void *context)
{
	(void)context;
	AUTO_ARENA arena = {0};
	struct guard_release made;
	struct msg_release ask = {.recipient = SLICE("KOR"), .author = SLICE("analyst"), .roles = SLICE("analyst"),
				  .approver = SLICE("release"), .rendition = *(const struct slice *)context};
	enum err err = guard_decide_release(&rules, &ask, WORLD_NOW, &arena, &made, NULL);
	assert_int_equal(err == ERR_OK, made.verdict == VERDICT_PERMIT);
	return err == ERR_OK;
}

static int publishes(void *context)
{
	AUTO_ARENA arena = {0};
	struct guard_publication made;
	struct msg_publish ask = {.author = SLICE("analyst"), .object_id = SLICE(WORLD_OBJECT), .realm = SLICE("real"),
				  .portions = {context, 2}};
	return guard_publish(&rules, &ask, WORLD_NOW, &arena, &made, NULL) == ERR_OK;
}

static int plans(void *context)
{
	AUTO_ARENA arena = {0};
	struct label_item labels[] = {{SLICE(LABEL_PUBLIC)}};
	struct msg_plan ask = {.roles = SLICE("analyst"), .type = SLICE("report"), .labels = {labels, 1}};
	struct msg_plan_done plan;
	(void)context;
	return guard_plan(&rules, &ask, WORLD_NOW, &arena, &plan) == ERR_OK && plan.answers.data[0] == PLAN_AT_ONCE;
}

static int loads(void *context)
{
	AUTO_ARENA arena = {0};
	struct guard_rules other;
	struct label_item labels[] = {{SLICE(LABEL_PUBLIC)}};
	struct msg_plan ask = {.roles = SLICE("analyst"), .type = SLICE("report"), .labels = {labels, 1}};
	struct msg_plan_done plan;
	if (guard_rules_load(context, &arena, &other, NULL) != ERR_OK)
		return 0;
	/* a clearance that found no room is none */
	bool all = guard_plan(&other, &ask, WORLD_NOW, &arena, &plan) == ERR_OK && plan.answers.data[0] == PLAN_AT_ONCE &&
		   plan.answers.data[1] == PLAN_AT_ONCE;
	guard_rules_done(&other);
	return all;
}

static int recalls(void *context)
{
	struct ledger_record record = {.kind = LEDGER_RECALL, .subject = SLICE(WORLD_OBJECT), .recipient = SLICE("KOR")};
	(void)context;
	guard_forget_records(&rules);
	return guard_apply_record(&rules, &record) == ERR_OK;
}

static void whichever_allocation_fails_nothing_is_permitted(void **context)
{
	(void)context;
	struct portion_item items[] = {portion_of(PORTION_HEAD, 1, LABEL_PUBLIC), portion_of(PORTION_TEXT, 2, LABEL_SECRET)};
	struct slice rendition = with_label(LABEL_SECRET_KOR, NULL);
	struct guard_given all = given();
	assert_true(starve_each(releases, &rendition) > 5);
	assert_true(starve_each(publishes, items) > 5);
	assert_true(starve_each(plans, NULL) > 2);
	assert_true(starve_each(loads, &all) > 5);
	assert_true(starve_each(recalls, NULL) >= 1);
}

static void the_version_of_the_policies_is_their_highest_leading_number(void **context)
{
	(void)context;
	assert_int_equal(rules.policy_version, 1);
	static const struct {
		const char *version;
		uint32_t number;
	} cases[] = {{"version=\"88\"", 88}, {"version=\"3.7\"", 3}, {"version=\"v9\"", 1}, {"version=\"123456789012\"", 123456789}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guard_rules other;
		struct guard_given all = rules_given_version(&world, TEST_ROOT, cases[i].version);
		assert_ok(guard_rules_load(&all, &world.arena, &other, NULL));
		assert_int_equal(other.policy_version, cases[i].number);
		guard_rules_done(&other);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(rules_name_every_nation_but_ourselves),
		TEST(faulty_gifts_are_refused_whole),
		TEST(a_nation_whose_clearance_does_not_read_may_have_nothing),
		TEST(the_example_of_the_contract_is_planned_as_it_says),
		TEST(where_the_head_is_denied_nothing_is_seen),
		TEST(where_the_head_waits_everything_waits),
		TEST(unknown_and_invalid_labels_reach_nobody),
		TEST(a_sound_object_gets_a_manifest_that_its_portions_fit),
		TEST(issued_rises_and_salts_are_never_used_twice),
		TEST(what_is_not_fit_to_be_signed_is_refused),
		TEST(recalled_ids_and_other_realms_are_not_published),
		TEST(a_rule_lets_it_go_at_once_and_is_named),
		TEST(a_nation_without_a_clearance_and_a_precedence_that_is_none_get_nothing),
		TEST(the_first_label_that_denies_ends_it),
		TEST(portions_out_of_form_are_not_signed),
		TEST(whichever_allocation_fails_nothing_is_permitted),
		TEST(the_version_of_the_policies_is_their_highest_leading_number),
		TEST(what_waits_needs_an_approver_who_is_not_the_author),
		TEST(no_approval_opens_what_labels_deny),
		TEST(two_persons_are_two_persons),
		TEST(roles_fit_into_a_record_or_it_is_denied),
		TEST(a_token_that_would_be_too_long_is_refused_before_anything_is_recorded),
		TEST(third_party_data_needs_consent_and_is_refused),
		TEST(only_what_we_signed_goes),
		TEST(no_octet_of_a_rendition_can_be_changed),
		TEST(nobody_outside_the_roster_gets_anything),
		TEST(what_was_recalled_goes_to_nobody_and_what_was_withdrawn_not_to_that_nation),
		TEST(with_too_little_memory_nothing_is_permitted),
		TEST(what_is_too_large_is_refused),
		TEST(broken_policies_keep_guard_from_starting),
		TEST(guards_token_passes_seals_checks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
