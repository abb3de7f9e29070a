#include "fixture.h"

#include <argon2.h>

enum { MINUTES = 10 };

static struct slice hash_of(struct fixture *f, const char *password)
{
	char text[128];
	assert_int_equal(argon2id_hash_encoded(1, 64, 1, password, strlen(password), "saltsaltsalt", 12, 32, text, sizeof(text)), ARGON2_OK);
	struct slice copy;
	assert_ok(arena_copy(&f->arena, slice_text(text), &copy));
	return copy;
}

static void import(struct fixture *f)
{
	struct diag diag = {0};
	const char *file = arena_printf(&f->arena,
					"# name, hash, roles, clearance\n"
					"analyst\t%.*s\tanalyst\tNATO|SECRET|P:Context=NATO;;PUBLIC|UNMARKED\n"
					"release2\t%.*s\trelease2\tPUBLIC|UNMARKED\n"
					"admin\t%.*s\tadmin\tPUBLIC|UNMARKED\n",
					SLICE_ARG(hash_of(f, "secret one")), SLICE_ARG(hash_of(f, "two")), SLICE_ARG(hash_of(f, "three")));
	enum err err = users_import(f->hold, slice_text(file), &diag);
	if (err != ERR_OK)
		fail_msg("%s", diag.text);
}

static enum err enter(struct fixture *f, struct sessions *sessions, const char *user, const char *password, bool transient, uint64_t now,
		      const struct session **ret_session)
{
	bool fresh;
	struct msg_sign_in ask = {.user = slice_text(user), .password = slice_text(password), .transient = transient};
	return sign_in(f->hold, sessions, &ask, now, ret_session, &fresh);
}

static void right_password_opens_a_session_for_its_time(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL, *again = NULL;
	uint8_t id[SESSION];
	import(f);
	assert_ok(enter(f, sessions, "analyst", "secret one", false, 1000, &session));
	assert_slice(session->user, "analyst");
	assert_int_equal(session->may, USER_ANALYST);
	assert_slice(session->clearance, "NATO|SECRET|P:Context=NATO\nPUBLIC|UNMARKED");
	memcpy(id, session->id, SESSION);
	assert_ok(session_find(sessions, id, 1000 + MINUTES * 60000 - 1, &again));
	assert_int_equal(session_find(sessions, id, 1000 + MINUTES * 60000, &again), ERR_SIGN_IN);
	assert_ok(enter(f, sessions, "analyst", "secret one", false, 1000, &session));
	memcpy(id, session->id, SESSION);
	session_end(sessions, id);
	assert_int_equal(session_find(sessions, id, 1001, &again), ERR_SIGN_IN);
	sessions_free(sessions);
}

static void wrong_password_and_unknown_user_get_the_same_answer(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	uint8_t none[SESSION] = {0};
	import(f);
	assert_int_equal(enter(f, sessions, "analyst", "secret two", false, 1, &session), ERR_SIGN_IN);
	assert_int_equal(enter(f, sessions, "nobody", "secret one", false, 1, &session), ERR_SIGN_IN);
	assert_int_equal(enter(f, sessions, "analyst", "", false, 1, &session), ERR_SIGN_IN);
	assert_int_equal(enter(f, sessions, "", "", false, 1, &session), ERR_SIGN_IN);
	assert_int_equal(session_find(sessions, none, 1, &session), ERR_SIGN_IN);
	sessions_free(sessions);
}

static void five_failures_close_a_name_whether_it_exists_or_not(void **state)
{
	static const char *const names[] = {"release2", "nobody"};
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	import(f);
	for (size_t i = 0; i < 2; i++)
		for (int k = 0; k < 5; k++)
			assert_int_equal(enter(f, sessions, names[i], "wrong", false, 1000, &session), ERR_SIGN_IN);
	assert_int_equal(enter(f, sessions, "release2", "two", false, 1000, &session), ERR_SIGN_IN);
	assert_ok(enter(f, sessions, "analyst", "secret one", false, 1000, &session));
	assert_ok(enter(f, sessions, "release2", "two", false, 1000 + 31000, &session));
	assert_int_equal(session->may, USER_RELEASE);
	sessions_free(sessions);
}

/* How long a name stays closed after this many failures, each given as soon as the one before allowed it. */
static uint64_t closed_ms(struct fixture *f, struct sessions *sessions, int failures, uint64_t *now)
{
	const struct session *session = NULL;
	uint64_t closed = 0;
	for (int i = 0; i < failures; i++)
		assert_int_equal(enter(f, sessions, "release2", "wrong", false, *now += 30000, &session), ERR_SIGN_IN);
	while (enter(f, sessions, "release2", "two", false, *now + closed, &session) == ERR_SIGN_IN)
		closed += 500;
	return closed;
}

static void closing_grows_to_half_a_minute_and_ends_with_a_success(void **state)
{
	static const uint64_t expected[] = {0, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
	struct fixture *f = *state;
	import(f);
	for (int i = 0; i < 9; i++) {
		struct sessions *sessions = sessions_new(MINUTES);
		uint64_t now = 1000;
		assert_int_equal(closed_ms(f, sessions, 4 + i, &now), expected[i]);
		assert_int_equal(closed_ms(f, sessions, 4, &now), 0); /* the success before began anew */
		sessions_free(sessions);
	}
}

static void failures_are_forgotten_after_a_quarter_of_an_hour(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	import(f);
	for (int i = 0; i < 4; i++)
		assert_int_equal(enter(f, sessions, "release2", "wrong", false, 1000, &session), ERR_SIGN_IN);
	assert_int_equal(enter(f, sessions, "release2", "wrong", false, 1000 + 900001, &session), ERR_SIGN_IN);
	assert_ok(enter(f, sessions, "release2", "two", false, 1000 + 900002, &session));
	sessions_free(sessions);
}

static void closed_name_holds_up_neither_certificates_nor_long_after_the_clock_was_set_back(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	bool fresh;
	uint64_t now = 100000000;
	import(f);
	assert_ok(enter(f, sessions, "analyst", "secret one", true, now, &session)); /* in the cache from now on */
	for (int k = 0; k < 40; k++)
		assert_int_equal(enter(f, sessions, "analyst", "wrong", false, now, &session), ERR_SIGN_IN);
	assert_int_equal(enter(f, sessions, "analyst", "secret one", true, now, &session), ERR_SIGN_IN);
	struct msg_sign_in ask = {.certificate_uri = SLICE("bices://NATO/user/analyst")};
	assert_ok(sign_in(f->hold, sessions, &ask, now, &session, &fresh));
	assert_ok(enter(f, sessions, "analyst", "secret one", false, now - 50000000, &session));
	sessions_free(sessions);
}

static double seconds_for(struct fixture *f, struct sessions *sessions, const char *user)
{
	const struct session *session = NULL;
	struct timespec from, to;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (uint64_t k = 0; k < 4; k++)
		assert_int_equal(enter(f, sessions, user, "wrong", false, 1000000 * (k + 1), &session), ERR_SIGN_IN);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Of processor time; wide, because the machine is shared. */
static void unknown_user_costs_as_much_as_a_known_one(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	struct msg_user_set ask = {.user = SLICE("known"), .password = SLICE("pw"), .roles = SLICE("reader"),
				   .clearance = SLICE(CLEARED_PUBLIC)};
	assert_ok(hold_begin(f->hold));
	assert_ok(user_set(f->hold, &ask, NULL));
	assert_ok(hold_commit(f->hold));
	double known = seconds_for(f, sessions, "known"), unknown = seconds_for(f, sessions, "unknown");
	assert_true(unknown > known / 2 && unknown < known * 2);
	sessions_free(sessions);
}

static void a_user_has_a_limit_of_sessions_and_a_new_one_ends_his_oldest(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL, *found = NULL;
	uint8_t ids[LIMIT_USER_SESSIONS + 1][SESSION], other[SESSION];
	import(f);
	assert_ok(enter(f, sessions, "release2", "two", false, 1, &session));
	memcpy(other, session->id, SESSION);
	for (uint64_t i = 0; i < LIMIT_USER_SESSIONS + 1; i++) {
		assert_ok(enter(f, sessions, "analyst", "secret one", false, 1000 - i, &session)); /* the clock may go back */
		memcpy(ids[i], session->id, SESSION);
		assert_int_equal(session_find(sessions, ids[0], 1000, &found), i < LIMIT_USER_SESSIONS ? ERR_OK : ERR_SIGN_IN);
	}
	for (size_t i = 1; i < LIMIT_USER_SESSIONS + 1; i++)
		assert_ok(session_find(sessions, ids[i], 1000, &found));
	assert_ok(session_find(sessions, other, 1000, &found));
	sessions_free(sessions);
}

static void a_user_who_looks_through_many_lenses_ends_only_his_oldest_one(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL, *lens = NULL, *found = NULL;
	uint8_t parent[SESSION], first[SESSION] = {0};
	import(f);
	assert_ok(enter(f, sessions, "analyst", "secret one", false, 1, &session));
	memcpy(parent, session->id, SESSION);
	for (int i = 0; i < LIMIT_USER_SESSIONS + 1; i++) {
		assert_ok(session_find(sessions, parent, 2, &session));
		assert_ok(session_lens(sessions, session, SLICE("KOR"), SLICE(CLEARED_PUBLIC), 2, &lens));
		if (i == 0)
			memcpy(first, lens->id, SESSION);
		assert_int_equal(session_find(sessions, first, 2, &found), i < LIMIT_USER_SESSIONS ? ERR_OK : ERR_SIGN_IN);
	}
	assert_ok(session_find(sessions, parent, 2, &session));
	sessions_free(sessions);
}

static void transient_sign_in_is_answered_from_the_cache_until_the_user_changes(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *one = NULL, *two = NULL;
	uint8_t id[SESSION];
	import(f);
	assert_ok(enter(f, sessions, "analyst", "secret one", true, 1000, &one));
	memcpy(id, one->id, SESSION);
	assert_ok(enter(f, sessions, "analyst", "secret one", true, 2000, &two));
	assert_memory_equal(id, two->id, SESSION);
	assert_int_equal(enter(f, sessions, "analyst", "secret onf", true, 2000, &two), ERR_SIGN_IN);
	assert_ok(enter(f, sessions, "analyst", "secret one", true, 62000, &two));
	assert_memory_not_equal(id, two->id, SESSION);
	sessions_end_user(sessions, SLICE("analyst"));
	assert_int_equal(session_find(sessions, id, 2000, &two), ERR_SIGN_IN);
	assert_ok(hold_begin(f->hold));
	assert_ok(user_remove(f->hold, SLICE("analyst")));
	assert_ok(hold_commit(f->hold));
	assert_int_equal(enter(f, sessions, "analyst", "secret one", true, 62001, &two), ERR_SIGN_IN);
	sessions_free(sessions);
}

/* The place of a session that ended is taken by the next one. */
static void cached_sign_in_never_answers_with_who_took_the_place_of_its_session(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	const struct msg_sign_in ask = {.user = SLICE("analyst"), .password = SLICE("secret one"), .transient = 1};
	uint8_t id[SESSION];
	import(f);
	assert_ok(enter(f, sessions, "analyst", "secret one", true, 1000, &session));
	memcpy(id, session->id, SESSION);
	session_end(sessions, id);
	assert_ok(enter(f, sessions, "release2", "two", false, 2000, &session));
	assert_false(sign_in_is_quick(sessions, &ask, 3000));
	assert_ok(enter(f, sessions, "analyst", "secret one", true, 3000, &session));
	assert_slice(session->user, "analyst");
	assert_int_equal(session->may, USER_ANALYST);
	sessions_free(sessions);
}

static void certificate_of_this_nation_signs_in_its_user(void **state)
{
	static const char *const bad[] = {"bices://KOR/user/analyst", "bices://NATO/user/nobody", "bices://NATO/user/", "bices://NATO",
					  "https://NATO/user/analyst", "bices://NATO/host/analyst", "bices://NATO/user/analyst/x"};
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	bool fresh;
	import(f);
	struct msg_sign_in ask = {.certificate_uri = SLICE("bices://NATO/user/analyst")};
	assert_ok(sign_in(f->hold, sessions, &ask, 1, &session, &fresh));
	assert_true(session->certificate);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ask.certificate_uri = slice_text(bad[i]);
		assert_int_equal(sign_in(f->hold, sessions, &ask, 1, &session, &fresh), ERR_SIGN_IN);
	}
	sessions_free(sessions);
}

static void administrator_sees_no_object_whatever_the_table_says(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	import(f);
	assert_ok(enter(f, sessions, "admin", "three", false, 1, &session));
	assert_int_equal(session->clearance.len, 0);
	sessions_free(sessions);
}

static enum err set(struct fixture *f, const char *user, const char *password, const char *roles, const char *clearance)
{
	struct msg_user_set ask = {.user = slice_text(user), .password = slice_text(password), .roles = slice_text(roles),
				   .clearance = slice_text(clearance)};
	assert_ok(hold_begin(f->hold));
	enum err err = user_set(f->hold, &ask, NULL);
	if (err == ERR_OK)
		assert_ok(hold_commit(f->hold));
	else
		hold_rollback(f->hold);
	return err;
}

static void users_are_set_with_known_roles_and_readable_clearances_only(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	struct msg_users_done users;
	import(f);
	assert_int_equal(set(f, "new", "", "reader", CLEARED_PUBLIC), ERR_INVALID);
	assert_int_equal(set(f, "new", "pw", "king", CLEARED_PUBLIC), ERR_INVALID);
	assert_int_not_equal(set(f, "new", "pw", "reader", "NATO|ULTRA"), ERR_OK);
	assert_ok(set(f, "new", "pw", "reader watch", CLEARED_PUBLIC));
	assert_ok(enter(f, sessions, "new", "pw", false, 1, &session));
	assert_int_equal(session->may, USER_READER | USER_WATCH);
	assert_ok(set(f, "new", "", "reader", CLEARED_PUBLIC)); /* keeps the password */
	assert_ok(enter(f, sessions, "new", "pw", false, 1, &session));
	assert_ok(users_list(f->hold, &f->arena, &users));
	assert_int_equal(users.users.count, 4);
	sessions_free(sessions);
}

static void broken_users_file_is_refused_whole_and_names_its_line(void **state)
{
	struct fixture *f = *state;
	struct diag diag = {0};
	struct msg_users_done users;
	const char *file = arena_printf(&f->arena, "a\t%.*s\treader\tPUBLIC|UNMARKED\nb\tplain\treader\tPUBLIC|UNMARKED\n",
					SLICE_ARG(hash_of(f, "x")));
	assert_int_equal(users_import(f->hold, slice_text(file), &diag), ERR_MALFORMED);
	assert_int_equal(diag.line, 2);
	assert_ok(users_list(f->hold, &f->arena, &users));
	assert_int_equal(users.users.count, 0);
}

static enum err enter_by_token(struct fixture *f, struct sessions *sessions, const struct msg_token_made *made, uint64_t now,
			       const struct session **ret_session)
{
	bool fresh;
	struct msg_sign_in ask = {.token = SLICE_ARRAY(made->secret), .transient = 1};
	return sign_in(f->hold, sessions, &ask, now, ret_session, &fresh);
}

static struct msg_token_made token(struct fixture *f, const char *scope, bool writes)
{
	struct msg_token_make ask = {.name = SLICE("sensor"), .scope = slice_text(scope), .writes = writes, .days = 1};
	struct msg_token_made made;
	struct diag diag = {0};
	assert_ok(hold_begin(f->hold));
	assert_ok(token_make(f->hold, &ask, &(struct token_maker){SLICE("analyst"), view_of(f, CLEARED_NATO), USER_ANALYST}, 1000, &made, &diag));
	assert_ok(hold_commit(f->hold));
	return made;
}

static void token_is_a_narrow_session_until_its_day_ends(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	const uint64_t end = 1000 + 24 * 3600 * 1000;
	uint8_t id[SESSION];
	import(f);
	struct msg_token_made made = token(f, "in", false), other = made;
	assert_int_equal(made.expires, end);
	assert_ok(enter_by_token(f, sessions, &made, end - 1000, &session));
	assert_true(session->tool && !session->writes && session->expires_ms == end);
	assert_slice(session->user, "analyst");
	assert_true(session_reaches(session, SLICE(COLLECTION_IN), false));
	assert_false(session_reaches(session, SLICE(COLLECTION_IN), true));
	assert_false(session_reaches(session, SLICE(COLLECTION_ALL), false));
	memcpy(id, session->id, SESSION);
	assert_int_equal(session_find(sessions, id, end, &session), ERR_SIGN_IN);
	assert_int_equal(enter_by_token(f, sessions, &made, end, &session), ERR_SIGN_IN);
	other.secret[0] ^= 1;
	assert_int_equal(enter_by_token(f, sessions, &other, 2000, &session), ERR_SIGN_IN);
	sessions_free(sessions);
}

static void token_that_ended_never_answers_with_who_took_the_place_of_its_session(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	const uint64_t end = 1000 + 24 * 3600 * 1000;
	import(f);
	struct msg_token_made made = token(f, "in", false);
	assert_ok(enter_by_token(f, sessions, &made, end - 1000, &session));
	assert_ok(enter(f, sessions, "release2", "two", false, end, &session));
	assert_int_equal(enter_by_token(f, sessions, &made, end + 1000, &session), ERR_SIGN_IN);
	sessions_free(sessions);
}

/* The limit ends the oldest session of its user, and his next one, with all his rights, takes its place. */
static void token_pushed_out_by_the_limit_stays_as_narrow_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	import(f);
	struct msg_token_made made = token(f, "in", false);
	assert_ok(enter_by_token(f, sessions, &made, 2000, &session));
	for (int i = 0; i < LIMIT_USER_SESSIONS; i++)
		assert_ok(enter(f, sessions, "analyst", "secret one", false, 3000, &session));
	assert_false(session->tool);
	assert_ok(enter_by_token(f, sessions, &made, 4000, &session));
	assert_true(session->tool && !session->writes);
	sessions_free(sessions);
}

static void token_goes_with_its_user(void **state)
{
	struct fixture *f = *state;
	struct sessions *sessions = sessions_new(MINUTES);
	const struct session *session = NULL;
	struct msg_tokens_done list;
	import(f);
	struct msg_token_made made = token(f, "", true);
	assert_ok(tokens_list(f->hold, SLICE("analyst"), &f->arena, &list));
	assert_int_equal(list.tokens.count, 1);
	assert_ok(hold_begin(f->hold));
	assert_ok(user_remove(f->hold, SLICE("analyst")));
	assert_ok(hold_commit(f->hold));
	assert_ok(tokens_list(f->hold, (struct slice){0}, &f->arena, &list));
	assert_int_equal(list.tokens.count, 0);
	assert_int_equal(enter_by_token(f, sessions, &made, 2000, &session), ERR_SIGN_IN);
	sessions_free(sessions);
}

static void tokens_have_a_name_an_end_and_known_collections(void **state)
{
	struct fixture *f = *state;
	struct msg_token_made made;
	struct diag diag = {0};
	const struct msg_token_make bad[] = {{.days = 1}, {.name = SLICE("x")}, {.name = SLICE("x"), .days = TOKEN_DAYS_MAX + 1},
					     {.name = SLICE("x"), .days = 1, .scope = SLICE("elsewhere")}};
	import(f);
	assert_ok(hold_begin(f->hold));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(token_make(f->hold, &bad[i], &(struct token_maker){SLICE("analyst"), view_of(f, CLEARED_NATO), USER_ANALYST}, 1, &made, &diag), ERR_INVALID);
	const struct msg_token_make good = {.name = SLICE("x"), .days = TOKEN_DAYS_MAX};
	for (size_t i = 0; i < TOKENS_A_USER; i++)
		assert_ok(token_make(f->hold, &good, &(struct token_maker){SLICE("analyst"), view_of(f, CLEARED_NATO), USER_ANALYST}, 1, &made, &diag));
	assert_int_equal(token_make(f->hold, &good, &(struct token_maker){SLICE("analyst"), view_of(f, CLEARED_NATO), USER_ANALYST}, 1, &made, &diag), ERR_INVALID);
	assert_ok(token_make(f->hold, &good, &(struct token_maker){SLICE("release2"), view_of(f, CLEARED_NATO), USER_ANALYST}, 1, &made, &diag));
	assert_ok(hold_commit(f->hold));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(right_password_opens_a_session_for_its_time),
		CASE(wrong_password_and_unknown_user_get_the_same_answer),
		CASE(five_failures_close_a_name_whether_it_exists_or_not),
		CASE(closing_grows_to_half_a_minute_and_ends_with_a_success),
		CASE(failures_are_forgotten_after_a_quarter_of_an_hour),
		CASE(closed_name_holds_up_neither_certificates_nor_long_after_the_clock_was_set_back),
		CASE(unknown_user_costs_as_much_as_a_known_one),
		CASE(a_user_has_a_limit_of_sessions_and_a_new_one_ends_his_oldest),
		CASE(a_user_who_looks_through_many_lenses_ends_only_his_oldest_one),
		CASE(transient_sign_in_is_answered_from_the_cache_until_the_user_changes),
		CASE(cached_sign_in_never_answers_with_who_took_the_place_of_its_session),
		CASE(certificate_of_this_nation_signs_in_its_user),
		CASE(administrator_sees_no_object_whatever_the_table_says),
		CASE(users_are_set_with_known_roles_and_readable_clearances_only),
		CASE(broken_users_file_is_refused_whole_and_names_its_line),
		CASE(token_is_a_narrow_session_until_its_day_ends),
		CASE(token_that_ended_never_answers_with_who_took_the_place_of_its_session),
		CASE(token_pushed_out_by_the_limit_stays_as_narrow_as_it_was),
		CASE(token_goes_with_its_user),
		CASE(tokens_have_a_name_an_end_and_known_collections),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
