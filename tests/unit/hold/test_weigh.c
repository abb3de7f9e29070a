/* Problems over what the store holds: evidence, next steps, alerts and how the walk goes on. */
#include "fixture.h"

#include "exploit/problem.h"
#include "hold/alerts.h"

enum { DAY_MS = 86400000 };

static struct pattern any_report(void)
{
	return (struct pattern){.type = SLICE("report")};
}

static struct indicator indicator_of(const char *id, const struct pattern *pattern)
{
	return (struct indicator){.id = slice_text(id),
		.question = SLICE("q"),
		.owner = SLICE("o"),
		.source = SLICE("s"),
		.age_limit_ms = DAY_MS,
		.within_ms = DAY_MS,
		.weight = 1,
		.count = 1,
		.nations = 1,
		.sources = 1,
		.match = {(void *)(uintptr_t)pattern, 1}};
}

static struct slice encoded(struct fixture *f, const struct schema *schema, const void *value)
{
	struct slice kept;
	struct buf bytes = buf_make(LIMIT_GIST);
	record_encode(schema, value, &bytes);
	assert_ok(bytes.err);
	assert_ok(arena_copy(&f->arena, buf_slice(&bytes), &kept));
	buf_done(&bytes);
	return kept;
}

/* The level rises as soon as one indicator is met. */
static struct slice problem_gist(struct fixture *f, struct indicator *indicators, size_t count)
{
	struct level levels[2] = {{.name = SLICE("low")}, {.name = SLICE("high"), .met = 1}};
	struct authority authority = {SLICE("NATO"), SLICE("watch")};
	struct problem problem = {.question = SLICE("q"),
		.owner = SLICE("o"),
		.authorities = {&authority, 1},
		.levels = {levels, 2},
		.indicators = {indicators, count}};
	struct diag diag = {0};
	if (problem_check(&problem, &diag) != ERR_OK)
		fail_msg("%s", diag.text);
	struct gist gist = {.problem = encoded(f, &problem_schema, &problem)};
	return encoded(f, &gist_schema, &gist);
}

static const char *problem_put(struct fixture *f, const char *label, struct indicator *indicators, size_t count)
{
	struct slice gist = problem_gist(f, indicators, count);
	return fixture_put(f, &(struct put){.title = "problem", .type = TYPE_PROBLEM, .label = label, .gist = gist});
}

static const char *problem_of(struct fixture *f, const struct pattern *pattern)
{
	struct indicator indicator = indicator_of("loader", pattern);
	return problem_put(f, LABEL_PUBLIC, &indicator, 1);
}

static void weigh(struct fixture *f)
{
	bool more = true;
	for (int i = 0; i < 1024 && more; i++)
		assert_ok(hold_weigh(f->hold, f->now, &more));
	assert_false(more);
}

static size_t evidence_of(struct fixture *f, const char *clearance, const char *problem)
{
	struct hold_warning warning;
	assert_ok(hold_warning_find(f->hold, view_of(f, clearance), slice_text(problem), f->now, &f->arena, &warning));
	assert_true(warning.settled);
	return warning.evidence_count;
}

static void reference_that_a_new_version_drops_does_not_stop_the_walk(void **state)
{
	struct fixture *f = *state;
	struct pattern pattern = any_report();
	const char *problem = problem_of(f, &pattern);
	const char *target = fixture_put(f, &(struct put){.title = "target", .type = "malware", .label = LABEL_PUBLIC});
	const struct piece pieces[] = {{LABEL_PUBLIC, "words", NULL, false}, {LABEL_PUBLIC, "{}", target, false}};
	const char *id =
		fixture_put(f, &(struct put){.title = "report", .label = LABEL_PUBLIC, .pieces = pieces, .count = 2});
	weigh(f);
	assert_int_equal(evidence_of(f, CLEARED_NATO, problem), 1);
	fixture_put(f,
		&(struct put){.replaces = id, .title = "report", .label = LABEL_PUBLIC, .pieces = pieces, .count = 1});
	PUT_TEXT(f, "another", LABEL_PUBLIC, {LABEL_PUBLIC, "words"});
	weigh(f);
	assert_int_equal(evidence_of(f, CLEARED_NATO, problem), 2);
	fixture_reopen(f);
	weigh(f);
	assert_int_equal(evidence_of(f, CLEARED_NATO, problem), 2);
}

static struct step_item only_step(struct fixture *f, const char *type)
{
	struct record_list items = {0};
	assert_ok(hold_steps(f->hold, view_of(f, CLEARED_NATO), slice_text(type), (struct slice){0}, (struct slice){0},
		&f->arena, &items));
	assert_int_equal(items.count, 1);
	return *(const struct step_item *)items.items;
}

static size_t links_of(struct fixture *f, const char *id)
{
	struct msg_chain chain;
	assert_ok(hold_chain(f->hold, view_of(f, CLEARED_NATO), slice_text(id), f->now, &f->arena, &chain));
	return chain.links.count;
}

static void reference_that_a_new_version_drops_leaves_lists_and_chain(void **state)
{
	struct fixture *f = *state;
	const char *task = fixture_put(f, &(struct put){.title = "task", .type = TYPE_TASK, .label = LABEL_PUBLIC});
	const struct piece pieces[] = {{LABEL_PUBLIC, "words", NULL, false}, {LABEL_PUBLIC, "{}", task, false}};
	const char *outcome = fixture_put(f,
		&(struct put){
			.title = "outcome", .type = TYPE_OUTCOME, .label = LABEL_PUBLIC, .pieces = pieces, .count = 2});
	assert_slice(only_step(f, TYPE_TASK).state, "done");
	assert_int_equal(only_step(f, TYPE_OUTCOME).refs.count, 1);
	assert_int_equal(links_of(f, task), 2);
	fixture_put(f, &(struct put){.replaces = outcome,
			       .title = "outcome",
			       .type = TYPE_OUTCOME,
			       .label = LABEL_PUBLIC,
			       .pieces = pieces,
			       .count = 1});
	assert_slice(only_step(f, TYPE_TASK).state, "open");
	assert_int_equal(only_step(f, TYPE_TASK).outcomes.count, 0);
	assert_int_equal(only_step(f, TYPE_OUTCOME).refs.count, 0);
	assert_int_equal(links_of(f, task), 1);
	assert_int_equal(links_of(f, outcome), 1);
}

static void most_and_longest_indicators_alert(void **state)
{
	static char ids[LIMIT_INDICATORS][LIMIT_USER + 1], type[251];
	static struct indicator indicators[LIMIT_INDICATORS];
	struct fixture *f = *state;
	struct pattern pattern = {.type = slice_text(memset(type, 'x', sizeof(type) - 1))};
	struct hold_alert alert = {0};
	bool due = false, fresh = false;
	for (size_t i = 0; i < LIMIT_INDICATORS; i++) {
		memset(ids[i], 'x', LIMIT_USER);
		ids[i][0] = (char)('a' + i % 26);
		ids[i][1] = (char)('a' + i / 26);
		indicators[i] = indicator_of(ids[i], &pattern);
	}
	problem_put(f, LABEL_PUBLIC, indicators, LIMIT_INDICATORS);
	fixture_put(f, &(struct put){.title = "thing", .type = type, .label = LABEL_PUBLIC});
	weigh(f);
	uint32_t *objects = NULL;
	size_t count = 0;
	assert_ok(hold_problems(f->hold, view_of(f, CLEARED_NATO), &f->arena, &objects, &count));
	assert_int_equal(count, 1);
	assert_ok(hold_alert_due(f->hold, SLICE(CLEARED_NATO), objects[0], f->now, &f->arena, &alert, &due));
	assert_true(due);
	assert_true(alert.causes.len > LIMIT_INDICATORS * (LIMIT_USER + sizeof(type)));
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_alert_put(f->hold, &alert, &fresh));
	assert_ok(hold_commit(f->hold));
	assert_true(fresh);
}

/* More than any bound on what one object may bring. */
enum { MANY = 300 };

static void hidden_portions_push_out_no_visible_one(void **state)
{
	static struct piece pieces[MANY + 1];
	struct fixture *f = *state;
	struct pattern pattern = {.text = SLICE("loader")};
	const char *problem = problem_of(f, &pattern);
	for (size_t i = 0; i < MANY; i++)
		pieces[i] = (struct piece){LABEL_SECRET, "loader", NULL, false};
	pieces[MANY] = (struct piece){LABEL_PUBLIC, "loader", NULL, false};
	fixture_put(f, &(struct put){.title = "report", .label = LABEL_PUBLIC, .pieces = pieces, .count = MANY + 1});
	weigh(f);
	assert_int_equal(evidence_of(f, CLEARED_PUBLIC, problem), 1);
	assert_int_equal(evidence_of(f, CLEARED_NATO, problem), 1);
}

static void hidden_references_push_out_no_visible_one(void **state)
{
	static struct piece pieces[MANY + 1];
	struct fixture *f = *state;
	struct pattern target = {.type = SLICE("malware")};
	struct pattern pattern = {.type = SLICE("report"), .refers_to = {&target, 1}};
	const char *problem = problem_of(f, &pattern);
	const char *id = fixture_put(f, &(struct put){.title = "target", .type = "malware", .label = LABEL_PUBLIC});
	for (size_t i = 0; i < MANY; i++)
		pieces[i] = (struct piece){LABEL_SECRET, "{}", id, false};
	pieces[MANY] = (struct piece){LABEL_PUBLIC, "{}", id, false};
	fixture_put(f, &(struct put){.title = "report", .label = LABEL_PUBLIC, .pieces = pieces, .count = MANY + 1});
	weigh(f);
	assert_int_equal(evidence_of(f, CLEARED_PUBLIC, problem), 1);
}

static void all_that_refer_to_an_object_are_asked_anew(void **state)
{
	struct fixture *f = *state;
	struct pattern target = {.type = SLICE("malware"), .text = SLICE("loader")};
	struct pattern pattern = {.type = SLICE("report"), .refers_to = {&target, 1}};
	const char *problem = problem_of(f, &pattern);
	const char *id = fixture_put(f, &(struct put){.title = "target", .type = "malware", .label = LABEL_PUBLIC});
	for (size_t i = 0; i <= MANY; i++) { /* the first is the oldest */
		const struct piece piece = {LABEL_PUBLIC, "{}", id, false};
		fixture_put(f, &(struct put){.title = "report",
				       .label = i ? LABEL_SECRET : LABEL_PUBLIC,
				       .pieces = &piece,
				       .count = 1});
	}
	weigh(f);
	assert_int_equal(evidence_of(f, CLEARED_PUBLIC, problem), 0);
	fixture_put(f, &(struct put){.replaces = id, .title = "loader", .type = "malware", .label = LABEL_PUBLIC});
	weigh(f);
	assert_int_equal(evidence_of(f, CLEARED_PUBLIC, problem), 1);
}

static void hidden_alerts_push_out_no_visible_one(void **state)
{
	enum { ALERTS = 1001 };
	struct fixture *f = *state;
	struct pattern pattern = any_report();
	struct indicator indicator = indicator_of("loader", &pattern);
	struct record_list alerts = {0};
	struct hold_alert alert = {0};
	struct hold_person person = {.clearance = SLICE(CLEARED_PUBLIC), .now_ms = f->now};
	uint32_t *objects = NULL;
	size_t count = 0;
	bool fresh = false;
	problem_put(f, LABEL_PUBLIC, &indicator, 1);
	problem_put(f, LABEL_SECRET, &indicator, 1);
	weigh(f);
	assert_ok(hold_problems(f->hold, view_of(f, CLEARED_NATO), &f->arena, &objects, &count));
	assert_int_equal(count, 2);
	assert_ok(hold_clearance_key(person.clearance, &f->arena, &alert.clearance));
	alert.was = SLICE("low");
	alert.level = SLICE("high");
	assert_ok(hold_begin(f->hold));
	for (unsigned i = 0; i <= ALERTS; i++) {
		alert.object = objects[i ? 1 : 0];
		alert.at = f->now + i;
		snprintf(alert.id, sizeof(alert.id), "%032x", i);
		memcpy(alert.key, &i, sizeof(i));
		assert_ok(hold_alert_put(f->hold, &alert, &fresh));
		assert_true(fresh);
	}
	assert_ok(hold_commit(f->hold));
	person.view = view_of(f, CLEARED_PUBLIC);
	assert_ok(hold_alerts(f->hold, &person, 0, &f->arena, &alerts));
	assert_int_equal(alerts.count, 1);
}

/* As admitted by a node that reads the problem itself. */
static void problem_give(struct fixture *from, struct fixture *to, const char *id, struct slice gist)
{
	struct rendition_view view;
	struct indexed_portion head = {.text = SLICE("problem"), .gist = gist};
	struct msg_indexed indexed = {
		.type = SLICE(TYPE_PROBLEM), .title = SLICE("problem"), .created = 1, .portions = {&head, 1}};
	bool fresh = false;
	assert_ok(hold_received_check(
		to->hold, release_to(from, to->nation, id, NULL), from->public_key, &to->arena, &view, NULL));
	assert_ok(hold_begin(to->hold));
	to->now += 10;
	assert_ok(hold_admit(to->hold, &view, &indexed, to->now, to->now, &fresh));
	assert_ok(hold_commit(to->hold));
	assert_true(fresh);
}

static void problems_of_others_leave_the_own_their_share(void **state)
{
	(void)state;
	struct fixture nato, kor;
	struct pattern pattern = any_report();
	struct indicator indicator = indicator_of("loader", &pattern);
	uint32_t *objects = NULL;
	size_t count = 0;
	fixture_open(&nato, "NATO");
	fixture_open(&kor, "KOR");
	struct slice gist = problem_gist(&nato, &indicator, 1);
	for (size_t i = 0; i <= LIMIT_PROBLEMS; i++)
		problem_give(&nato, &kor, problem_put(&nato, LABEL_PUBLIC, &indicator, 1), gist);
	weigh(&kor);
	problem_put(&kor, LABEL_SECRET, &indicator, 1);
	weigh(&kor);
	assert_ok(hold_problems(kor.hold, view_of(&kor, CLEARED_NATO), &kor.arena, &objects, &count));
	size_t own = 0;
	for (size_t i = 0; i < count; i++) {
		struct hold_warning warning;
		assert_ok(
			hold_warning(kor.hold, view_of(&kor, CLEARED_NATO), objects[i], kor.now, &kor.arena, &warning));
		own += warning.seen.own;
	}
	assert_int_equal(own, 1);
	assert_true(count > 1);
	fixture_close(&kor);
	fixture_close(&nato);
}

static void chain_tells_the_state_of_a_task_that_no_list_reaches(void **state)
{
	struct fixture *f = *state;
	struct msg_chain chain;
	const char *task = fixture_put(f, &(struct put){.title = "task", .type = TYPE_TASK, .label = LABEL_PUBLIC});
	for (size_t i = 0; i < LIMIT_SEARCH_RESULTS; i++)
		fixture_put(f, &(struct put){.title = "task", .type = TYPE_TASK, .label = LABEL_PUBLIC});
	assert_ok(hold_chain(f->hold, view_of(f, CLEARED_NATO), slice_text(task), f->now, &f->arena, &chain));
	assert_int_equal(chain.links.count, 1);
	assert_slice(((const struct link_item *)chain.links.items)->state, "open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			reference_that_a_new_version_drops_does_not_stop_the_walk, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			reference_that_a_new_version_drops_leaves_lists_and_chain, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(most_and_longest_indicators_alert, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			hidden_portions_push_out_no_visible_one, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			hidden_references_push_out_no_visible_one, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			all_that_refer_to_an_object_are_asked_anew, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(hidden_alerts_push_out_no_visible_one, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			chain_tells_the_state_of_a_task_that_no_list_reaches, fixture_setup, fixture_teardown),
		cmocka_unit_test(problems_of_others_leave_the_own_their_share),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
