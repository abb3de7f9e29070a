/* The watch: what one officer is told of another's log follows what he sees, and a lens leaves everything as it is. */
#include "fixture.h"
#include "hold/alerts.h"
#include "hold/inside.h"

static void watch_make(struct fixture *f, const char *user, const char *clearance)
{
	const struct msg_user_set set = {.user = slice_text(user), .password = slice_text(user),
					 .roles = SLICE("watch"), .clearance = slice_text(clearance)};
	assert_ok(hold_begin(f->hold));
	assert_ok(user_set(f->hold, &set, NULL));
	assert_ok(hold_commit(f->hold));
}

/* Two officers of the watch who see everything, and one who sees little. */
static void officers_make(struct fixture *f)
{
	watch_make(f, "watch", CLEARED_NATO);
	watch_make(f, "watch2", CLEARED_NATO);
	watch_make(f, "watch3", CLEARED_PUBLIC);
}

static struct hold_person person(struct fixture *f, const char *user, const char *clearance)
{
	return (struct hold_person){.user = slice_text(user), .roles = SLICE("watch"),
				    .clearance = slice_text(clearance), .may = USER_WATCH,
				    .view = view_of(f, clearance), .now_ms = ++f->now};
}

static enum err offer(struct fixture *f, const char *user, const char *clearance, const char *to, const char *entry)
{
	struct hold_person who = person(f, user, clearance);
	struct msg_hand_over_done done = {0};
	struct diag diag = {0};
	assert_ok(hold_begin(f->hold));
	enum err err = hold_hand_over_offer(f->hold, &who, slice_text(to), slice_text(entry), &f->arena, &done, &diag);
	if (err == ERR_OK) {
		assert_int_equal(done.refused, 0);
		assert_ok(hold_commit(f->hold));
	} else {
		hold_rollback(f->hold);
	}
	return err;
}

/* The entry of the only hand-over. */
static const char *entry_for(struct fixture *f, const char *user, const char *clearance)
{
	struct hold_person who = person(f, user, clearance);
	struct msg_hand_overs all = {0};
	assert_ok(hold_hand_overs(f->hold, &who, &f->arena, &all));
	assert_int_equal(all.items.count, 1);
	return text_of(f, ((const struct hand_over_item *)all.items.items)[0].entry);
}

static const char *entry_put(struct fixture *f, const char *label)
{
	return fixture_put(f, &(struct put){.type = "bices-watch-entry", .title = "quiet night", .label = label});
}

static void the_entry_of_a_hand_over_is_told_to_those_who_see_it_and_to_nobody_else(void **state)
{
	struct fixture *f = *state;
	officers_make(f);
	const char *entry = entry_put(f, LABEL_SECRET);
	assert_ok(offer(f, "watch", CLEARED_NATO, "watch2", entry));
	assert_string_equal(entry_for(f, "watch", CLEARED_NATO), entry);
	assert_string_equal(entry_for(f, "watch2", CLEARED_NATO), entry);
	assert_string_equal(entry_for(f, "watch3", CLEARED_PUBLIC), "");
}

static void a_hand_over_names_an_entry_that_its_giver_sees_or_none(void **state)
{
	struct fixture *f = *state;
	officers_make(f);
	const char *hidden = entry_put(f, LABEL_SECRET), *open = entry_put(f, LABEL_PUBLIC);
	assert_int_equal(offer(f, "watch3", CLEARED_PUBLIC, "watch2", "watch the harbour tonight"), ERR_INVALID);
	assert_int_equal(offer(f, "watch3", CLEARED_PUBLIC, "watch2", hidden), ERR_INVALID);
	assert_ok(offer(f, "watch3", CLEARED_PUBLIC, "watch2", open));
	assert_ok(offer(f, "watch", CLEARED_NATO, "watch2", ""));
}

/* ---- through a lens ---- */

static struct hold_person looking(struct fixture *f)
{
	struct hold_person who = person(f, "watch", CLEARED_KOR);
	who.may = 0;
	assert_ok(hold_lens(f->hold, SLICE("KOR"), SLICE(CLEARED_KOR), SLICE(CLEARED_NATO), &who.view));
	return who;
}

static void row_put(struct fixture *f, const char *statement)
{
	assert_int_equal(sqlite3_exec(f->hold->db, statement, NULL, NULL, NULL), SQLITE_OK);
}

static uint64_t rows_of(struct fixture *f, const char *question)
{
	sqlite3_stmt *ask = NULL;
	assert_int_equal(sqlite3_prepare_v2(f->hold->db, question, -1, &ask, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(ask), SQLITE_ROW);
	uint64_t count = (uint64_t)sqlite3_column_int64(ask, 0);
	sqlite3_finalize(ask);
	return count;
}

static void through_a_lens_nothing_is_put_off_nor_taken_back(void **state)
{
	struct fixture *f = *state;
	struct hold_person who = looking(f);
	struct diag diag = {0};
	row_put(f, "INSERT INTO snooze(user,key,until) VALUES('watch','task:x',1)");
	assert_ok(hold_begin(f->hold));
	assert_int_equal(hold_snooze(f->hold, &who, SLICE("task:x"), 0, &f->arena, &diag), ERR_REFUSED);
	assert_int_equal(hold_snooze(f->hold, &who, SLICE("task:y"), who.now_ms + 1000, &f->arena, &diag), ERR_REFUSED);
	assert_ok(hold_commit(f->hold));
	assert_int_equal(rows_of(f, "SELECT count(*) FROM snooze WHERE user='watch' AND key='task:x'"), 1);
}

static const char *holder_of_the_task(struct fixture *f, struct view *view)
{
	struct record_list items = {0};
	const struct slice none = {0};
	assert_ok(hold_steps(f->hold, view, SLICE(TYPE_TASK), none, none, &f->arena, &items));
	assert_int_equal(items.count, 1);
	return text_of(f, ((const struct step_item *)items.items)[0].holder);
}

static void the_holder_of_a_task_is_not_told_through_a_lens(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_put(f, &(struct put){.type = TYPE_TASK, .title = "ask them", .label = LABEL_PUBLIC});
	const char *hold = arena_printf(&f->arena, "INSERT INTO charge(key,user) VALUES('task:%s','watch')", id);
	row_put(f, hold);
	assert_string_equal(holder_of_the_task(f, view_of(f, CLEARED_NATO)), "watch");
	assert_string_equal(holder_of_the_task(f, looking(f).view), "");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_entry_of_a_hand_over_is_told_to_those_who_see_it_and_to_nobody_else),
		CASE(a_hand_over_names_an_entry_that_its_giver_sees_or_none),
		CASE(through_a_lens_nothing_is_put_off_nor_taken_back),
		CASE(the_holder_of_a_task_is_not_told_through_a_lens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
