/* What needs two persons: the table's rows, read by guard and by seal with code of their own, and what both make of it.
 */
#include "../object/policies.h"
#undef LABEL_PUBLIC
#undef LABEL_SECRET
#include "rules.h"

#include "release/seal_table.h"

#define TWO_KOR "two-kor * * KOR two-persons NATO:SECRET,TOP SECRET\n"

static struct world world;
static struct guard_rules rules;
static const char *table_text;

static int set_up(void **context)
{
	(void)context;
	world_init(&world);
	return 0;
}

static int tear_down(void **context)
{
	(void)context;
	world_done(&world);
	return 0;
}

/* Guard's rules with these rows behind the ones that a new node begins with. */
static void load(const char *rows)
{
	struct guard_given given = rules_given(&world, TEST_ROOT);
	struct diag diag = {0};
	table_text = arena_printf(&world.arena, "%.*s%s", SLICE_ARG(given.table), rows);
	given.table = slice_text(table_text);
	if (guard_rules_load(&given, &world.arena, &rules, &diag) != ERR_OK)
		fail_msg("%u: %s", diag.line, diag.text);
}

static bool guard_asks(const char *rows, const struct seal_table_case *what, const char *label_text)
{
	const struct label *label;
	struct release_case as_guard = {SLICE("analyst"), what->type, what->recipient, what->member};
	load(rows);
	assert_ok(label_parse_compact(rules.policies, slice_text(label_text), &world.arena, &label, NULL));
	bool two = release_table_needs_two(&rules.table, &as_guard, label);
	guard_rules_done(&rules);
	return two;
}

/* Both, who must agree. */
static bool asks(const char *rows, const char *type, const char *recipient, bool member, const char *label)
{
	struct seal_table_case what = {slice_text(type), slice_text(recipient), member};
	bool guard = guard_asks(rows, &what, label);
	bool seal = seal_table_needs_two(slice_text(table_text), &what, slice_text(label));
	if (guard != seal)
		fail_msg(
			"guard says %d, seal says %d: %s to %s of %s by %s", guard, seal, type, recipient, label, rows);
	return guard;
}

static void a_row_fits_its_levels_its_type_and_its_recipient(void **context)
{
	(void)context;
	assert_true(asks(TWO_KOR, "report", "KOR", false, LABEL_SECRET_KOR));
	assert_true(asks(TWO_KOR, "report", "KOR", false, LABEL_TOP_KOR));
	assert_false(asks(TWO_KOR, "report", "KOR", false, LABEL_RESTRICTED_KOR));
	assert_false(asks(TWO_KOR, "report", "KOR", false, LABEL_PUBLIC));
	assert_false(asks(TWO_KOR, "report", "LTU", true, LABEL_SECRET));
	assert_false(asks("", "report", "KOR", false, LABEL_SECRET_KOR));
	const char *members = "x * indicator member two-persons NATO:TOP SECRET # comment\n";
	assert_true(asks(members, "indicator", "LTU", true, LABEL_TOP_KOR));
	assert_false(asks(members, "indicator", "LTU", false, LABEL_TOP_KOR));
	assert_false(asks(members, "report", "LTU", true, LABEL_TOP_KOR));
	assert_false(asks(members, "indicator", "LTU", true, LABEL_SECRET));
	assert_true(asks("all * * * two-persons PUBLIC:UNMARKED\r\n", "report", "KOR", false, LABEL_PUBLIC));
	assert_false(asks("# x * * * two-persons PUBLIC:UNMARKED\n", "report", "KOR", false, LABEL_PUBLIC));
	assert_true(
		asks("a\t*\t*\tKOR\ttwo-persons\tNATO:TOP SECRET,SECRET\n", "report", "KOR", false, LABEL_SECRET_KOR));
}

static void every_mistake_in_a_row_names_its_line(void **context)
{
	(void)context;
	static const struct {
		const char *row, *says;
		enum err err;
	} cases[] = {
		{"x analyst * KOR two-persons NATO:SECRET,TOP SECRET", "NAME * TYPE", ERR_MALFORMED},
		{"x * * KOR two-persons", "two-persons", ERR_MALFORMED},
		{"x * * KOR two-persons NATO", "two-persons", ERR_MALFORMED},
		{"x * * KOR two-persons NATO:", "two-persons", ERR_MALFORMED},
		{"x * * KOR two-persons NATO:SECRET", "TOP SECRET lies above", ERR_MALFORMED},
		{"x * * KOR two-persons NATO:RESTRICTED,SECRET,TOP SECRET", "CONFIDENTIAL lies above", ERR_MALFORMED},
		{"x * * KOR two-persons NATO:SECRETS,TOP SECRET", "no classification", ERR_UNKNOWN},
		{"x * * KOR two-persons NATO:SECRET, TOP SECRET", "no classification", ERR_UNKNOWN},
		{"x * * KOR two-persons NATO:SECRET,,TOP SECRET", "no classification", ERR_UNKNOWN},
		{"x * * KOR two-persons UNHEARD:SECRET", "no classification", ERR_UNKNOWN},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guard_given given = rules_given(&world, TEST_ROOT);
		struct diag diag = {0};
		given.table = slice_text(arena_printf(&world.arena, "# one\n%s\n", cases[i].row));
		if (guard_rules_load(&given, &world.arena, &rules, &diag) != cases[i].err || diag.line != 2 ||
			!strstr(diag.text, cases[i].says))
			fail_msg("%s: line %u: %s", cases[i].row, diag.line, diag.text);
	}
}

static void seal_asks_for_two_on_a_row_it_cannot_read(void **context)
{
	(void)context;
	const struct seal_table_case what = {SLICE("report"), SLICE("KOR"), false};
	static const char *const rows[] = {
		"x * * KOR two-persons", "x * * KOR two-persons NATO", "x * * * two-persons NATO:"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(seal_table_needs_two(slice_text(rows[i]), &what, SLICE(LABEL_PUBLIC)));
}

static const char *pick(const char *const *words, size_t count, uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return words[(*state >> 33) % count];
}

static void guard_and_seal_agree_on_random_tables(void **context)
{
	(void)context;
	static const char *const levels[] = {"NATO:TOP SECRET", "NATO:SECRET,TOP SECRET",
		"NATO:CONFIDENTIAL,SECRET,TOP SECRET", "PUBLIC:UNMARKED"},
				 *const types[] = {"*", "report", "indicator"},
				 *const nations[] = {"*", "member", "KOR", "LTU"},
				 *const options[] = {"two-persons ", ""},
				 *const labels[] = {LABEL_PUBLIC, LABEL_SECRET_KOR, LABEL_RESTRICTED_KOR, LABEL_TOP_KOR,
					 "NATO|CONFIDENTIAL|P:Context=NATO"};
	uint64_t state = 11;
	size_t asked = 0;
	for (size_t i = 0; i < 60; i++) {
		const char *option = pick(options, 2, &state), *level = pick(levels, 4, &state);
		if (!option[0])
			level = "NATO:SECRET";
		const char *rows = arena_printf(&world.arena, "r1 * %s %s %s%s\nr2 * %s %s two-persons %s\n",
			pick(types, 3, &state), pick(nations, 4, &state), option, level, pick(types, 3, &state),
			pick(nations, 4, &state), pick(levels, 4, &state));
		const char *recipient = pick(nations + 2, 2, &state);
		asked += asks(rows, pick(types + 1, 2, &state), recipient, strcmp(recipient, "LTU") == 0,
			pick(labels, 5, &state));
	}
	assert_in_range(asked, 10, 50);
}

/* ---- what guard makes of it ---- */

static enum err decide(
	const char *recipient, const char *approver, const char *second, const char *label, struct guard_release *made)
{
	const struct world_portion portions[] = {{LABEL_PUBLIC, NULL, NULL}, {label, "text", NULL}};
	struct msg_release ask = {.recipient = slice_text(recipient),
		.author = SLICE("analyst"),
		.roles = SLICE("analyst"),
		.writers = SLICE("analyst scribe"),
		.approver = slice_text(approver),
		.approver2 = slice_text(second),
		.rendition = world_rendition(&world, WORLD_NATO, portions, 2)};
	return guard_decide_release(&rules, &ask, WORLD_NOW, &world.arena, made, NULL);
}

static void guard_releases_only_with_two_approvers_who_are_two_and_none_a_writer(void **context)
{
	(void)context;
	struct guard_release made;
	load("two * * KOR two-persons NATO:RESTRICTED,CONFIDENTIAL,SECRET,TOP SECRET\n");
	assert_int_equal(decide("KOR", NULL, NULL, LABEL_RESTRICTED_KOR, &made), ERR_REFUSED);
	assert_int_equal(made.ground, GROUND_WAITS); /* though a row would let it go at once */
	assert_int_equal(decide("KOR", "release", NULL, LABEL_RESTRICTED_KOR, &made), ERR_REFUSED);
	assert_int_equal(made.ground, GROUND_SECOND_MISSING);
	assert_int_equal(decide("KOR", "release", "release", LABEL_RESTRICTED_KOR, &made), ERR_REFUSED);
	assert_int_equal(made.ground, GROUND_ONE_PERSON);
	assert_int_equal(decide("KOR", "release", "scribe", LABEL_RESTRICTED_KOR, &made), ERR_REFUSED);
	assert_int_equal(made.ground, GROUND_OWN_WORDS);
	assert_int_equal(decide("KOR", "analyst", "release", LABEL_RESTRICTED_KOR, &made), ERR_REFUSED);
	assert_int_equal(made.ground, GROUND_OWN_WORDS);
	assert_ok(decide("KOR", "release", "release2", LABEL_RESTRICTED_KOR, &made));
	assert_slice(made.token.basis, "user:release");
	assert_slice(made.token.approver2, "release2");
	assert_ok(decide("LTU", NULL, NULL, LABEL_RESTRICTED_KOR, &made));
	guard_rules_done(&rules);
}

static void the_record_names_both(void **context)
{
	(void)context;
	struct guard_release made;
	struct msg_release ask = {.recipient = SLICE("KOR"),
		.author = SLICE("analyst"),
		.approver = SLICE("release"),
		.approver2 = SLICE("release2")};
	load(TWO_KOR);
	assert_ok(decide("KOR", "release", "release2", LABEL_SECRET_KOR, &made));
	struct ledger_record record = guard_record_release(&ask, &made, 1, WORLD_NOW);
	assert_int_equal(record.kind, LEDGER_RELEASE);
	assert_slice(record.approver, "release");
	assert_slice(record.approver2, "release2");
	guard_rules_done(&rules);
}

static void the_plan_tells_who_waits_for_two(void **context)
{
	(void)context;
	static const char *const labels[] = {LABEL_PUBLIC, LABEL_RESTRICTED_KOR, LABEL_SECRET_KOR, LABEL_SECRET};
	static const uint8_t of_public[] = {PLAN_AT_ONCE, PLAN_AT_ONCE, PLAN_WAITS_TWO, PLAN_NEVER},
			     of_secret[] = {PLAN_WAITS_TWO, PLAN_WAITS_TWO, PLAN_WAITS_TWO, PLAN_NEVER};
	struct label_item items[4];
	struct msg_plan ask = {
		.author = SLICE("analyst"), .roles = SLICE("analyst"), .type = SLICE("report"), .labels = {items, 4}};
	struct msg_plan_done plan;
	load(TWO_KOR);
	for (size_t i = 0; i < 4; i++)
		items[i].label = slice_text(labels[i]);
	assert_ok(guard_plan(&rules, &ask, WORLD_NOW, &world.arena, &plan));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(plan.answers.data[2 * i], of_public[i]);
	items[0].label = SLICE(LABEL_SECRET_KOR);
	assert_ok(guard_plan(&rules, &ask, WORLD_NOW, &world.arena, &plan));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(plan.answers.data[2 * i], of_secret[i]);
	guard_rules_done(&rules);
}

/* ---- what seal makes of it ---- */

static unsigned failed(struct seal_case *at, const char *basis, const char *second)
{
	at->token.basis = slice_text(basis);
	at->token.approver2 = slice_text(second);
	world_sign_again(&world, at);
	const struct seal_check *check = seal_check_all(at);
	return check ? check->number : 0;
}

static void seal_passes_only_what_two_approved(void **context)
{
	(void)context;
	struct seal_state state;
	struct seal_case at = world_case(&world, &state);
	const char *all = "NATO:UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET,TOP SECRET\n";
	assert_int_equal(failed(&at, "rule:x", NULL), 0);
	state.table = slice_text(
		arena_printf(&world.arena, "x * * KOR two-persons %sy * * KOR two-persons PUBLIC:UNMARKED\n", all));
	assert_int_equal(failed(&at, "rule:x", NULL), 14);
	assert_int_equal(failed(&at, "user:release", NULL), 14);
	assert_int_equal(failed(&at, "user:release", "release"), 14);
	assert_int_equal(failed(&at, "user:release", "release2"), 0);
	state.table = slice_text(arena_printf(&world.arena, "x * * LTU two-persons %s", all));
	assert_int_equal(failed(&at, "rule:x", NULL), 0);
}

static void seal_wants_the_record_to_name_the_second_too(void **context)
{
	(void)context;
	struct seal_state state;
	struct seal_case at = world_case(&world, &state);
	at.token.basis = SLICE("user:release");
	at.token.approver2 = SLICE("release2");
	world_sign_again(&world, &at);
	assert_null(seal_check_all(&at));
	struct token kept = at.token;
	at.token.approver2 = SLICE("release3");
	world_sign_token(&world, &at);
	assert_int_equal(seal_check_all(&at)->number, 12);
	at.token = kept;
	at.token.fencing_epoch++;
	state.fencing_epoch++;
	world_sign_token(&world, &at);
	assert_int_equal(seal_check_all(&at)->number, 12); /* the record names other rules */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_row_fits_its_levels_its_type_and_its_recipient),
		TEST(every_mistake_in_a_row_names_its_line),
		TEST(seal_asks_for_two_on_a_row_it_cannot_read),
		TEST(guard_and_seal_agree_on_random_tables),
		TEST(guard_releases_only_with_two_approvers_who_are_two_and_none_a_writer),
		TEST(the_record_names_both),
		TEST(the_plan_tells_who_waits_for_two),
		TEST(seal_passes_only_what_two_approved),
		TEST(seal_wants_the_record_to_name_the_second_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
