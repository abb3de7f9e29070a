/* Withdrawal of single portions, at the originator and at a holder. */
#include "fixture.h"

#define WORD "zweiundvierzig"

struct pair {
	struct fixture nato, kor;
};

static int pair_setup(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	assert_non_null(pair);
	fixture_open(&pair->nato, "NATO");
	fixture_open(&pair->kor, "KOR");
	*state = pair;
	return 0;
}

static int pair_teardown(void **state)
{
	struct pair *pair = *state;
	fixture_close(&pair->nato);
	fixture_close(&pair->kor);
	free(pair);
	return 0;
}

/* Title, 1 first, 2 WORD, 3 secret, 4 waiting for KOR. */
static const char *report(struct pair *p)
{
	return PUT_TEXT(&p->nato, "Title", LABEL_PUBLIC, {LABEL_PUBLIC, "firstword"}, {LABEL_PUBLIC, WORD},
		{LABEL_SECRET, "closedword"}, {LABEL_KOR, "waitingword"});
}

static struct msg_release_shown shown_to(
	struct fixture *f, const char *clearance, const char *id, uint8_t ret_digest[DIGEST])
{
	struct msg_release_shown shown = {0};
	assert_ok(hold_release_show(f->hold, view_of(f, clearance), slice_text(id), &f->arena, &shown, ret_digest));
	return shown;
}

static int answer_of(struct fixture *f, const char *clearance, const char *id, uint32_t number, const char *nation)
{
	uint8_t digest[DIGEST];
	struct msg_release_shown shown = shown_to(f, clearance, id, digest);
	const struct plan_row *rows = shown.rows.items;
	const struct nation_item *nations = shown.nations.items;
	for (size_t i = 0; i < shown.rows.count; i++)
		for (size_t n = 0; rows[i].number == number && n < rows[i].answers.len; n++)
			if (slice_equal(nations[n].name, slice_text(nation)))
				return rows[i].answers.data[n];
	return -1;
}

static enum err order_with(
	struct fixture *f, const struct hold_withdrawal *ask, const char *clearance, struct diag *diag)
{
	assert_ok(hold_begin(f->hold));
	enum err err = hold_withdraw_order(f->hold, view_of(f, clearance), ask, ++f->now, diag);
	if (err == ERR_OK)
		assert_ok(hold_commit(f->hold));
	else
		hold_rollback(f->hold);
	return err;
}

static enum err withdraw_as(struct fixture *f, const char *clearance, const char *id, const char *portions,
	const char *nations, struct diag *diag)
{
	uint8_t digest[DIGEST];
	struct hold_withdrawal ask = {.id = slice_text(id),
		.user = SLICE("release"),
		.reason = SLICE("test"),
		.portions = slice_text(portions),
		.nations = slice_text(nations)};
	struct msg_release_shown shown;
	if (hold_release_show(f->hold, view_of(f, clearance), slice_text(id), &f->arena, &shown, digest) == ERR_OK)
		ask.digest = digest;
	return order_with(f, &ask, clearance, diag);
}

static enum err withdraw(struct fixture *f, const char *id, const char *portions, const char *nations)
{
	struct diag diag = {0};
	return withdraw_as(f, CLEARED_NATO, id, portions, nations, &diag);
}

static size_t orders_of(struct fixture *f, struct hold_order **ret_orders)
{
	size_t count = 0;
	assert_ok(hold_orders(f->hold, INT64_MAX, &f->arena, ret_orders, &count));
	return count;
}

/* The holder is told, its receipt comes back. */
static void carry(struct pair *p)
{
	struct hold_order *orders = NULL;
	struct msg_receipt *receipts = NULL;
	size_t count = orders_of(&p->nato, &orders), receipted = 0;
	assert_ok(hold_begin(p->kor.hold));
	for (size_t i = 0; i < count; i++)
		assert_ok(hold_withdraw_apply(p->kor.hold, SLICE("NATO"), orders[i].object_id, orders[i].portion_ids,
			p->nato.now, p->kor.now));
	assert_ok(hold_commit(p->kor.hold));
	assert_ok(hold_receipts(p->kor.hold, &p->kor.arena, &receipts, &receipted));
	assert_int_equal(receipted, count);
	assert_ok(hold_begin(p->nato.hold));
	for (size_t i = 0; i < receipted; i++) {
		receipts[i].peer = SLICE("KOR");
		assert_ok(hold_receipt_take(p->nato.hold, &receipts[i], 77));
		assert_ok(hold_order_done(p->nato.hold, orders[i].id, &orders[i].nations, p->nato.now));
	}
	assert_ok(hold_commit(p->nato.hold));
	assert_int_equal(orders_of(&p->nato, &orders), 0);
	receipts[0].peer = SLICE("NATO");
	assert_ok(hold_begin(p->kor.hold));
	for (size_t i = 0; i < receipted; i++) {
		receipts[i].peer = SLICE("NATO");
		assert_ok(hold_receipt_done(p->kor.hold, &receipts[i]));
	}
	assert_ok(hold_commit(p->kor.hold));
}

static struct slice give(struct pair *p, const char *id)
{
	bool fresh = false;
	struct slice rendition = release_to(&p->nato, "KOR", id, NULL);
	assert_true(rendition.len > 0);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	return rendition;
}

static void portion_goes_from_the_named_nation_and_stays_with_the_others(void **state)
{
	struct pair *p = *state;
	bool fresh = true;
	const char *id = report(p);
	struct slice late = give(p, id);
	release_to(&p->nato, "USA", id, NULL);
	uint64_t modified = seen_of(&p->kor, CLEARED_KOR, id).modified;
	assert_ok(withdraw(&p->nato, id, "2", "KOR"));
	assert_int_equal(answer_of(&p->nato, CLEARED_NATO, id, 2, "KOR"), PLAN_WITHDRAWN);
	assert_int_equal(answer_of(&p->nato, CLEARED_NATO, id, 2, "USA"), PLAN_SENT);
	assert_int_equal(answer_of(&p->nato, CLEARED_NATO, id, 1, "KOR"), PLAN_SENT);
	carry(p);
	assert_false(files_hold(&p->kor, WORD));
	assert_int_equal(found(&p->kor, CLEARED_KOR, WORD), 0);
	assert_int_equal(found(&p->kor, CLEARED_KOR, "firstword"), 1);
	assert_true(seen_of(&p->kor, CLEARED_KOR, id).modified > modified);
	assert_ok(admit_to(&p->kor, late, &p->nato, &fresh));
	assert_int_equal(found(&p->kor, CLEARED_KOR, WORD), 0);
	assert_int_equal(found(&p->nato, CLEARED_NATO, WORD), 1);
}

static void what_is_approved_after_a_withdrawal_shows_at_the_holder(void **state)
{
	struct pair *p = *state;
	bool fresh = false;
	uint8_t digest[DIGEST];
	const char *id =
		PUT_TEXT(&p->nato, "Title", LABEL_PUBLIC, {LABEL_PUBLIC, "firstword"}, {LABEL_KOR, "waitingword"});
	fixture_put(&p->nato, &(struct put){.replaces = id,
				      .title = "Title",
				      .label = LABEL_PUBLIC,
				      .count = 3,
				      .pieces = (const struct piece[]){{LABEL_PUBLIC, "firstword"},
					      {LABEL_PUBLIC, WORD}, {LABEL_KOR, "waitingword"}}});
	give(p, id);
	assert_ok(withdraw(&p->nato, id, "2", "KOR"));
	carry(p);
	shown_to(&p->nato, CLEARED_NATO, id, digest);
	struct hold_decision decision = {
		.id = slice_text(id), .user = SLICE("officer"), .approve = true, .digest = digest};
	assert_ok(hold_begin(p->nato.hold));
	assert_ok(hold_decide(p->nato.hold, view_of(&p->nato, CLEARED_NATO), &decision, ++p->nato.now, NULL));
	assert_ok(hold_commit(p->nato.hold));
	assert_ok(admit_to(&p->kor, release_to(&p->nato, "KOR", id, NULL), &p->nato, &fresh));
	assert_int_equal(found(&p->kor, CLEARED_KOR, "waitingword"), 1);
	assert_int_equal(found(&p->kor, CLEARED_KOR, WORD), 0);
}

static void all_takes_the_whole_object_and_what_waits_of_it(void **state)
{
	struct pair *p = *state;
	bool fresh = true;
	uint64_t waiting = 1;
	const char *id = report(p);
	struct slice late = give(p, id);
	assert_ok(withdraw(&p->nato, id, "all", "all"));
	carry(p);
	assert_false(is_seen(&p->kor, CLEARED_KOR, id));
	assert_false(files_hold(&p->kor, WORD));
	assert_false(files_hold(&p->kor, "firstword"));
	assert_ok(admit_to(&p->kor, late, &p->nato, &fresh));
	assert_false(is_seen(&p->kor, CLEARED_KOR, id));
	assert_false(files_hold(&p->kor, "firstword"));
	assert_ok(hold_waiting_count(p->nato.hold, view_of(&p->nato, CLEARED_NATO), &waiting));
	assert_int_equal(waiting, 0);
	assert_int_equal(release_to(&p->nato, "KOR", id, NULL).len, 0);
}

static void a_corrected_text_is_a_new_portion_and_waits(void **state)
{
	struct pair *p = *state;
	const char *id = report(p);
	give(p, id);
	assert_ok(withdraw(&p->nato, id, "2", "KOR"));
	fixture_put(&p->nato, &(struct put){.replaces = id,
				      .title = "Title",
				      .label = LABEL_PUBLIC,
				      .count = 2,
				      .pieces = (const struct piece[]){
					      {LABEL_PUBLIC, "firstword"}, {LABEL_PUBLIC, "correctedword"}}});
	assert_int_equal(answer_of(&p->nato, CLEARED_NATO, id, 2, "KOR"), PLAN_WAITS);
	assert_int_equal(answer_of(&p->nato, CLEARED_NATO, id, 2, "USA"), PLAN_AT_ONCE);
	assert_int_equal(answer_of(&p->nato, CLEARED_NATO, id, 1, "KOR"), PLAN_SENT);
}

static void a_dry_run_says_of_a_withdrawn_portion_that_it_stays_so(void **state)
{
	struct pair *p = *state;
	struct hold_object draft;
	const char *id = report(p);
	give(p, id);
	assert_ok(withdraw(&p->nato, id, "2", "KOR"));
	const struct piece pieces[] = {
		{LABEL_PUBLIC, "firstword changed"}, {LABEL_PUBLIC, WORD}, {LABEL_PUBLIC, "newword"}};
	const struct put put = {.replaces = id, .title = "Title", .label = LABEL_PUBLIC, .pieces = pieces, .count = 3};
	assert_ok(fixture_draft(&p->nato, &put, &draft, NULL));
	assert_int_equal(hold_answer(p->nato.hold, &draft, 1, SLICE("KOR"), PLAN_AT_ONCE), PLAN_AT_ONCE);
	assert_int_equal(hold_answer(p->nato.hold, &draft, 2, SLICE("KOR"), PLAN_AT_ONCE), PLAN_WITHDRAWN);
	assert_int_equal(hold_answer(p->nato.hold, &draft, 3, SLICE("KOR"), PLAN_AT_ONCE), PLAN_WAITS);
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(hold_answer(p->nato.hold, &draft, i, SLICE("USA"), PLAN_AT_ONCE), PLAN_AT_ONCE);
}

static void assert_refused(
	struct pair *p, const char *id, const char *portions, const char *nations, enum err err, const char *words)
{
	struct diag diag = {0};
	assert_int_equal(withdraw_as(&p->nato, CLEARED_NATO, id, portions, nations, &diag), err);
	if (words && !strstr(diag.text, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.text, words);
}

static void what_cannot_be_withdrawn_is_refused_with_its_reason(void **state)
{
	struct pair *p = *state;
	const char *id = report(p);
	give(p, id);
	assert_refused(p, "report--00000000-0000-4000-8000-000000000009", "all", "KOR", ERR_NOT_FOUND, NULL);
	assert_refused(p, id, "2", "XYZ", ERR_USAGE, "\"XYZ\"");
	assert_refused(p, id, "2", "NATO", ERR_USAGE, "this nation");
	assert_refused(p, id, "2", "", ERR_USAGE, "from which nation");
	assert_refused(p, id, "", "KOR", ERR_USAGE, "which portions");
	assert_refused(p, id, "0", "KOR", ERR_USAGE, "1 to 4");
	assert_refused(p, id, "5", "KOR", ERR_USAGE, "1 to 4");
	assert_refused(p, id, "2 x", "KOR", ERR_USAGE, "\"x\"");
	assert_refused(p, id, "title", "KOR", ERR_USAGE, "recall");
	assert_refused(p, id, "3", "KOR", ERR_CONFLICT, "KOR does not have portion 3");
	assert_refused(p, id, "4", "KOR", ERR_CONFLICT, "refuse");
	assert_refused(p, id, "2 3", "KOR", ERR_CONFLICT, "portion 3");
	assert_ok(withdraw(&p->nato, id, "2", "KOR"));
	assert_refused(p, id, "2", "KOR", ERR_CONFLICT, "already");
	assert_refused(&(struct pair){.nato = p->kor}, id, "2", "all", ERR_REFUSED, "originator");
}

static void numbers_bind_the_version_that_was_shown(void **state)
{
	struct pair *p = *state;
	uint8_t digest[DIGEST];
	const char *id = report(p);
	give(p, id);
	struct hold_withdrawal ask = {.id = slice_text(id),
		.user = SLICE("release"),
		.reason = SLICE("test"),
		.portions = SLICE("2"),
		.nations = SLICE("KOR")};
	assert_int_equal(order_with(&p->nato, &ask, CLEARED_NATO, NULL), ERR_UNSEEN);
	shown_to(&p->nato, CLEARED_NATO, id, digest);
	ask.digest = digest;
	fixture_put(&p->nato, &(struct put){.replaces = id,
				      .title = "Title",
				      .label = LABEL_PUBLIC,
				      .count = 3,
				      .pieces = (const struct piece[]){{LABEL_SECRET, "before"},
					      {LABEL_PUBLIC, "firstword"}, {LABEL_PUBLIC, WORD}}});
	assert_int_equal(order_with(&p->nato, &ask, CLEARED_NATO, NULL), ERR_CONFLICT);
	ask.portions = SLICE("all");
	ask.digest = NULL;
	assert_ok(order_with(&p->nato, &ask, CLEARED_NATO, NULL));
}

static void numbers_are_those_of_what_the_officer_sees(void **state)
{
	struct pair *p = *state;
	struct diag diag = {0};
	const char *id = PUT_TEXT(&p->nato, "Title", LABEL_PUBLIC, {LABEL_SECRET, "closedword"}, {LABEL_PUBLIC, WORD});
	release_to(&p->nato, "USA", id, NULL);
	assert_int_equal(withdraw_as(&p->nato, CLEARED_PUBLIC, id, "2", "USA", &diag), ERR_USAGE);
	assert_non_null(strstr(diag.text, "1 to 1"));
	assert_ok(withdraw_as(&p->nato, CLEARED_PUBLIC, id, "1", "USA", &diag));
	assert_int_equal(answer_of(&p->nato, CLEARED_NATO, id, 2, "USA"), PLAN_WITHDRAWN);
	assert_int_equal(answer_of(&p->nato, CLEARED_NATO, id, 1, "USA"), PLAN_SENT);
}

static void what_never_went_is_stopped_and_its_nation_told_nothing(void **state)
{
	struct pair *p = *state;
	struct hold_order *orders = NULL;
	const char *id = report(p);
	assert_ok(withdraw(&p->nato, id, "2", "KOR"));
	assert_int_equal(orders_of(&p->nato, &orders), 0);
	give(p, id);
	assert_int_equal(found(&p->kor, CLEARED_KOR, WORD), 0);
	assert_int_equal(found(&p->kor, CLEARED_KOR, "firstword"), 1);
}

static struct msg_withdrawals status_for(struct pair *p, const char *clearance, const char *id)
{
	struct msg_withdrawals list = {0};
	assert_ok(hold_withdrawals(p->nato.hold, view_of(&p->nato, clearance), slice_text(id), &p->nato.arena, &list));
	return list;
}

static void status_names_who_has_confirmed_of_what_the_reader_may_see(void **state)
{
	struct pair *p = *state;
	struct msg_withdrawals list;
	const char *id = report(p), *hidden = PUT_TEXT(&p->nato, "Closed", LABEL_SECRET, {LABEL_SECRET, "x"});
	give(p, id);
	release_to(&p->nato, "USA", id, NULL);
	assert_int_equal(status_for(p, CLEARED_NATO, id).items.count, 0);
	assert_ok(withdraw(&p->nato, id, "3", "USA"));
	assert_ok(withdraw(&p->nato, id, "2", "KOR USA"));
	list = status_for(p, CLEARED_NATO, id);
	assert_int_equal(list.items.count, 3);
	list = status_for(p, CLEARED_PUBLIC, id);
	const struct withdrawal *items = list.items.items;
	assert_int_equal(list.items.count, 2);
	assert_slice(items[0].nation, "KOR");
	assert_int_equal(items[0].number, 2);
	assert_int_equal(items[0].state, HOLDER_OUTSTANDING);
	assert_int_equal(hold_withdrawals(p->nato.hold, view_of(&p->nato, CLEARED_PUBLIC), slice_text(hidden),
				 &p->nato.arena, &list),
		ERR_NOT_FOUND);
	struct hold_order *orders = NULL;
	size_t count = orders_of(&p->nato, &orders);
	assert_int_equal(count, 2); /* KOR and USA share the order for 2 */
	struct msg_receipt receipt = {
		.peer = SLICE("KOR"), .object_id = slice_text(id), .portion_ids = orders[1].portion_ids, .copies = 1};
	assert_ok(hold_begin(p->nato.hold));
	assert_ok(hold_receipt_take(p->nato.hold, &receipt, 77));
	assert_ok(hold_commit(p->nato.hold));
	list = status_for(p, CLEARED_NATO, id);
	items = list.items.items;
	assert_int_equal(items[0].state, HOLDER_RECEIPTED);
	assert_int_equal(items[0].at, 77);
	assert_int_equal(items[1].state, HOLDER_OUTSTANDING);
	assert_int_equal(items[2].state, HOLDER_OUTSTANDING);
}

static void withdraw_at_kor(struct pair *p, const char *id, const uint8_t portion[PORTION_ID], uint64_t at)
{
	assert_ok(hold_begin(p->kor.hold));
	assert_ok(hold_withdraw_apply(
		p->kor.hold, SLICE("NATO"), slice_text(id), slice_of(portion, PORTION_ID), at, ++p->kor.now));
	assert_ok(hold_commit(p->kor.hold));
}

static void a_peer_does_not_set_the_clock_of_what_is_admitted_here(void **state)
{
	static const uint64_t times[] = {UINT64_C(7258118400000), UINT64_MAX / 1000 + 1, UINT64_MAX};
	struct pair *p = *state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct rendition_view view;
		const char *id = report(p);
		assert_ok(rendition_open(give(p, id), &p->nato.arena, &view));
		withdraw_at_kor(p, id, view.portions[2].id, times[i]);
		assert_int_equal(seen_of(&p->kor, CLEARED_KOR, id).modified, p->kor.now);
		assert_int_equal(seen_of(&p->kor, CLEARED_KOR, id).admitted, p->kor.now);
		const char *later = PUT_TEXT(&p->kor, "Later", LABEL_PUBLIC, {LABEL_PUBLIC, "laterword"});
		assert_int_equal(seen_of(&p->kor, CLEARED_KOR, later).admitted, p->kor.now);
	}
}

/* A relationship of an object that only KOR's cleared readers see and one that everybody sees; both are at KOR. */
static struct slice relationship(struct pair *p, const char **ret_id)
{
	bool fresh = false;
	const char *closed =
		fixture_put(&p->nato, &(struct put){.title = "closed", .type = "malware", .label = LABEL_KOR});
	const char *open =
		fixture_put(&p->nato, &(struct put){.title = "open", .type = "malware", .label = LABEL_PUBLIC});
	const struct piece ends[] = {{LABEL_PUBLIC, closed, closed, true}, {LABEL_PUBLIC, open, open, true}};
	*ret_id = fixture_put(&p->nato, &(struct put){.title = "uses",
						.type = "relationship",
						.label = LABEL_PUBLIC,
						.pieces = ends,
						.count = 2});
	assert_ok(admit_to(&p->kor, seen_of(&p->nato, CLEARED_NATO, closed).rendition, &p->nato, &fresh));
	assert_ok(admit_to(&p->kor, seen_of(&p->nato, CLEARED_NATO, open).rendition, &p->nato, &fresh));
	return seen_of(&p->nato, CLEARED_NATO, *ret_id).rendition;
}

static void what_an_object_cannot_stand_without_takes_it_along(void **state)
{
	struct pair *p = *state;
	struct rendition_view view;
	bool fresh = false;
	const char *id = NULL;
	struct slice rendition = relationship(p, &id);
	assert_ok(rendition_open(rendition, &p->nato.arena, &view));
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_true(is_seen(&p->kor, CLEARED_KOR, id));
	assert_false(is_seen(&p->kor, CLEARED_PUBLIC, id));
	withdraw_at_kor(p, id, view.portions[1].id, p->nato.now);
	assert_false(is_seen(&p->kor, CLEARED_PUBLIC, id));
	assert_false(is_seen(&p->kor, CLEARED_KOR, id));
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_false(is_seen(&p->kor, CLEARED_PUBLIC, id));
	assert_false(is_seen(&p->kor, CLEARED_KOR, id));
}

static void what_comes_after_the_withdrawal_of_what_it_cannot_stand_without_does_not_show(void **state)
{
	struct pair *p = *state;
	struct rendition_view view;
	bool fresh = false;
	const char *id = NULL;
	struct slice rendition = relationship(p, &id);
	assert_ok(rendition_open(rendition, &p->nato.arena, &view));
	withdraw_at_kor(p, id, view.portions[1].id, p->nato.now);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_false(fresh);
	assert_false(is_seen(&p->kor, CLEARED_PUBLIC, id));
	assert_false(is_seen(&p->kor, CLEARED_KOR, id));
}

static void a_reference_that_an_object_cannot_stand_without_is_not_withdrawn_alone(void **state)
{
	struct pair *p = *state;
	const char *id = NULL;
	relationship(p, &id);
	assert_refused(p, id, "1", "KOR", ERR_USAGE, "without portion 1");
	assert_refused(p, id, "2", "USA", ERR_USAGE, "without portion 2");
}

static void a_withdrawal_changes_nothing_for_who_never_saw_the_portion(void **state)
{
	struct pair *p = *state;
	struct rendition_view view;
	bool fresh = false;
	const char *id = report(p);
	struct slice rendition = seen_of(&p->nato, CLEARED_NATO, id).rendition;
	assert_ok(rendition_open(rendition, &p->nato.arena, &view));
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	uint64_t modified = seen_of(&p->kor, CLEARED_KOR, id).modified;
	assert_int_equal(found(&p->kor, CLEARED_KOR, "closedword"), 0);
	withdraw_at_kor(p, id, view.portions[3].id, UINT64_MAX);
	assert_int_equal(seen_of(&p->kor, CLEARED_KOR, id).modified, modified);
	assert_true(seen_of(&p->kor, CLEARED_NATO, id).modified > modified);
}

#define PAIR(name) cmocka_unit_test_setup_teardown(name, pair_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR(portion_goes_from_the_named_nation_and_stays_with_the_others),
		PAIR(what_is_approved_after_a_withdrawal_shows_at_the_holder),
		PAIR(all_takes_the_whole_object_and_what_waits_of_it),
		PAIR(a_corrected_text_is_a_new_portion_and_waits),
		PAIR(a_dry_run_says_of_a_withdrawn_portion_that_it_stays_so),
		PAIR(what_cannot_be_withdrawn_is_refused_with_its_reason),
		PAIR(numbers_bind_the_version_that_was_shown),
		PAIR(numbers_are_those_of_what_the_officer_sees),
		PAIR(what_never_went_is_stopped_and_its_nation_told_nothing),
		PAIR(status_names_who_has_confirmed_of_what_the_reader_may_see),
		PAIR(a_peer_does_not_set_the_clock_of_what_is_admitted_here),
		PAIR(what_an_object_cannot_stand_without_takes_it_along),
		PAIR(what_comes_after_the_withdrawal_of_what_it_cannot_stand_without_does_not_show),
		PAIR(a_reference_that_an_object_cannot_stand_without_is_not_withdrawn_alone),
		PAIR(a_withdrawal_changes_nothing_for_who_never_saw_the_portion),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
