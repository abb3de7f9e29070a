#include "fixture.h"

#define HIDDEN(text) {LABEL_SECRET, text}

static const char *twin(struct fixture *f, int hidden, const char *word)
{
	struct piece pieces[24];
	size_t count = 0;
	for (int i = 0; i < hidden; i++)
		pieces[count++] = (struct piece){LABEL_SECRET, word};
	pieces[count++] = (struct piece){LABEL_PUBLIC, "same words"};
	return fixture_put(f, &(struct put){.title = "Twin", .label = LABEL_PUBLIC, .pieces = pieces, .count = count});
}

static void reports_alike_but_for_hidden_portions_look_alike(void **state)
{
	static const int hidden[] = {0, 1, 3, 6, 20};
	struct fixture *f = *state;
	size_t len = 0;
	for (size_t i = 0; i < 5; i++) {
		const char *id = twin(f, hidden[i], "hiddenword");
		struct hold_seen seen = seen_of(f, CLEARED_PUBLIC, id);
		struct slice sent = release_to(f, "KOR", id, NULL);
		struct rendition_view view;
		assert_ok(rendition_open(sent, &f->arena, &view));
		assert_int_equal(view.count, 2);
		assert_int_equal(sent.len, seen.rendition.len);
		if (i)
			assert_int_equal(sent.len, len);
		len = sent.len;
	}
}

static void hidden_edit_shows_and_sends_nothing(void **state)
{
	struct fixture *f = *state;
	const char *id = twin(f, 3, "before");
	struct hold_seen before = seen_of(f, CLEARED_PUBLIC, id);
	size_t sent = 0;
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 1);
	release_to(f, "USA", id, &sent);
	fixture_put(f, &(struct put){.replaces = id, .title = "Twin", .label = LABEL_PUBLIC, .count = 3,
				     .pieces = (struct piece[]){HIDDEN("after"), HIDDEN("more"), {LABEL_PUBLIC, "same words"}}});
	struct hold_seen after = seen_of(f, CLEARED_PUBLIC, id);
	assert_true(slice_equal(before.rendition, after.rendition));
	assert_int_equal(before.modified, after.modified);
	assert_int_equal(before.admitted, after.admitted);
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 0);
	release_to(f, "USA", id, &sent);
	assert_int_equal(sent, 1);
	assert_true(seen_of(f, CLEARED_NATO, id).modified > before.modified);
}

static void visible_edit_makes_a_new_version_for_those_who_see_it(void **state)
{
	struct fixture *f = *state;
	const char *id = twin(f, 1, "hidden");
	struct hold_seen before = seen_of(f, CLEARED_PUBLIC, id);
	size_t sent = 0;
	release_to(f, "KOR", id, NULL);
	fixture_put(f, &(struct put){.replaces = id, .title = "Twin", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){HIDDEN("hidden"), {LABEL_PUBLIC, "other words"}}});
	struct hold_seen after = seen_of(f, CLEARED_PUBLIC, id);
	assert_true(after.modified > before.modified);
	assert_true(after.issued > before.issued);
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 1);
}

static void removal_of_a_visible_portion_is_a_change(void **state)
{
	struct fixture *f = *state;
	const char *id = twin(f, 1, "hidden");
	struct hold_seen before = seen_of(f, CLEARED_PUBLIC, id);
	size_t sent = 0;
	release_to(f, "KOR", id, NULL);
	fixture_put(f, &(struct put){.replaces = id, .title = "Twin", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){HIDDEN("hidden")}});
	struct hold_seen after = seen_of(f, CLEARED_PUBLIC, id);
	struct rendition_view view;
	assert_ok(rendition_open(after.rendition, &f->arena, &view));
	assert_int_equal(view.count, 1);
	assert_true(after.modified > before.modified);
	release_to(f, "KOR", id, &sent);
	assert_int_equal(sent, 1);
}

static void removal_of_a_hidden_portion_is_none(void **state)
{
	struct fixture *f = *state;
	const char *id = twin(f, 2, "hidden");
	struct hold_seen before = seen_of(f, CLEARED_PUBLIC, id);
	fixture_put(f, &(struct put){.replaces = id, .title = "Twin", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "same words"}}});
	assert_true(slice_equal(before.rendition, seen_of(f, CLEARED_PUBLIC, id).rendition));
}

static void author_who_replaces_keeps_what_he_cannot_see(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "one"}, HIDDEN("hiddenword"), {LABEL_PUBLIC, "two"});
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .clearance = CLEARED_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "one"}, {LABEL_PUBLIC, "two changed"}}});
	struct rendition_view view;
	assert_ok(rendition_open(seen_of(f, CLEARED_NATO, id).rendition, &f->arena, &view));
	assert_int_equal(view.count, 4);
	assert_slice(view.portions[1].content, "one");
	assert_slice(view.portions[2].content, "hiddenword");
	assert_slice(view.portions[3].content, "two changed");
}

static void portion_keeps_its_id_over_an_edit_but_not_over_a_new_label(void **state)
{
	struct fixture *f = *state;
	struct rendition_view one, two;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "a"}, {LABEL_PUBLIC, "b"}, {LABEL_SECRET, "c"});
	assert_ok(rendition_open(seen_of(f, CLEARED_NATO, id).rendition, &f->arena, &one));
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 3,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "a"}, {LABEL_PUBLIC, "B"}, {LABEL_PUBLIC, "c"}}});
	assert_ok(rendition_open(seen_of(f, CLEARED_NATO, id).rendition, &f->arena, &two));
	assert_memory_equal(one.portions[1].id, two.portions[1].id, PORTION_ID);
	assert_int_equal(one.portions[1].changed, two.portions[1].changed);
	assert_memory_equal(one.portions[2].id, two.portions[2].id, PORTION_ID);
	assert_true(two.portions[2].changed > one.portions[2].changed);
	assert_memory_not_equal(one.portions[3].id, two.portions[3].id, PORTION_ID);
}

static void same_content_again_is_no_new_version(void **state)
{
	struct fixture *f = *state;
	struct put put = {.title = "t", .label = LABEL_PUBLIC, .pieces = (struct piece[]){{LABEL_PUBLIC, "a"}}, .count = 1};
	const char *id = fixture_put(f, &put);
	struct hold_object draft;
	put.replaces = id;
	assert_ok(fixture_draft(f, &put, &draft, NULL));
	assert_true(draft.unchanged);
}

static void imported_version_moves_forward_only(void **state)
{
	struct fixture *f = *state;
	struct put put = {.id = "malware--00000000-0000-4000-8000-000000000001", .type = "malware", .title = "one", .label = LABEL_PUBLIC,
			  .modified = 1000};
	fixture_put(f, &put);
	assert_int_equal(seen_of(f, CLEARED_NATO, put.id).modified, 1000);
	put.title = "older";
	put.modified = 999;
	fixture_put(f, &put);
	assert_slice(seen_of(f, CLEARED_NATO, put.id).title, "one");
	put.title = "newer";
	put.modified = 2000;
	fixture_put(f, &put);
	assert_slice(seen_of(f, CLEARED_NATO, put.id).title, "newer");
	assert_int_equal(seen_of(f, CLEARED_NATO, put.id).modified, 2000);
}

/* ---- at the receiver ---- */

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

static void approve(struct fixture *f, const char *id)
{
	struct msg_release_shown shown;
	uint8_t digest[DIGEST];
	assert_ok(hold_release_show(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &shown, digest));
	struct hold_decision decision = {.id = slice_text(id), .user = SLICE("release"), .approve = true, .digest = digest};
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_decide(f->hold, view_of(f, CLEARED_NATO), &decision, ++f->now, NULL));
	assert_ok(hold_commit(f->hold));
}

#define KOREA CLEARED_KOR

static void korea_gets_the_rest_after_approval(void **state)
{
	struct pair *p = *state;
	bool fresh = false;
	const char *id = PUT_TEXT(&p->nato, "Harbour", LABEL_PUBLIC, {LABEL_SECRET, "closedword"}, {LABEL_KOR, "openword"},
				  {LABEL_ONLY, "narrowword"}, {LABEL_PUBLIC, "plainword"});
	assert_ok(admit_to(&p->kor, release_to(&p->nato, "KOR", id, NULL), &p->nato, &fresh));
	assert_true(fresh);
	assert_int_equal(found(&p->kor, KOREA, "plainword"), 1);
	assert_int_equal(found(&p->kor, KOREA, "openword"), 0);
	struct hold_seen before = seen_of(&p->kor, KOREA, id);
	approve(&p->nato, id);
	assert_ok(admit_to(&p->kor, release_to(&p->nato, "KOR", id, NULL), &p->nato, &fresh));
	assert_true(fresh);
	assert_int_equal(found(&p->kor, KOREA, "openword"), 1);
	assert_int_equal(found(&p->kor, KOREA, "narrowword"), 1);
	assert_int_equal(found(&p->kor, KOREA, "closedword"), 0);
	struct hold_seen after = seen_of(&p->kor, KOREA, id);
	struct rendition_view view;
	assert_int_equal(after.issued, before.issued);
	assert_true(after.modified > before.modified); /* released later: a change for Korea */
	assert_ok(rendition_open(after.rendition, &p->kor.arena, &view));
	assert_int_equal(view.count, 4);
	assert_slice(view.portions[1].content, "openword");
	assert_slice(view.portions[3].content, "plainword");
}

static void same_rendition_twice_is_admitted_once(void **state)
{
	struct pair *p = *state;
	bool fresh = false;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "plainword"});
	struct slice rendition = release_to(&p->nato, "KOR", id, NULL);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	uint64_t rows = hold_rows(p->kor.hold);
	assert_ok(admit_to(&p->kor, rendition, &p->nato, &fresh));
	assert_false(fresh);
	assert_int_equal(hold_rows(p->kor.hold), rows);
	assert_true(slice_equal(seen_of(&p->kor, KOREA, id).rendition, rendition));
}

static void versions_in_any_order_give_the_same_view(void **state)
{
	struct pair *p = *state;
	struct fixture late;
	bool fresh = false;
	fixture_open(&late, "KOR");
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "keptword"}, {LABEL_PUBLIC, "oldword"});
	struct slice first = release_to(&p->nato, "KOR", id, NULL);
	fixture_put(&p->nato, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 2,
					    .pieces = (struct piece[]){{LABEL_PUBLIC, "keptword"}, {LABEL_PUBLIC, "newword"}}});
	struct slice second = release_to(&p->nato, "KOR", id, NULL);
	assert_ok(admit_to(&p->kor, first, &p->nato, &fresh));
	assert_ok(admit_to(&p->kor, second, &p->nato, &fresh));
	assert_ok(admit_to(&late, second, &p->nato, &fresh));
	assert_ok(admit_to(&late, first, &p->nato, &fresh));
	assert_true(slice_equal(seen_of(&p->kor, KOREA, id).rendition, second));
	assert_true(slice_equal(seen_of(&late, KOREA, id).rendition, second));
	assert_int_equal(found(&late, KOREA, "oldword"), 0);
	assert_int_equal(found(&late, KOREA, "newword"), 1);
	assert_int_equal(found(&p->kor, KOREA, "oldword"), 0);
	fixture_close(&late);
}

static void lower_reader_at_the_receiver_stands_at_his_own_version(void **state)
{
	struct pair *p = *state;
	bool fresh = false;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "plainword"}, {LABEL_KOR, "openword"});
	approve(&p->nato, id);
	assert_ok(admit_to(&p->kor, release_to(&p->nato, "KOR", id, NULL), &p->nato, &fresh));
	struct hold_seen before = seen_of(&p->kor, CLEARED_PUBLIC, id);
	fixture_put(&p->nato, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 2,
					    .pieces = (struct piece[]){{LABEL_PUBLIC, "plainword"}, {LABEL_KOR, "openword changed"}}});
	approve(&p->nato, id);
	assert_ok(admit_to(&p->kor, release_to(&p->nato, "KOR", id, NULL), &p->nato, &fresh));
	assert_true(slice_equal(before.rendition, seen_of(&p->kor, CLEARED_PUBLIC, id).rendition));
	assert_int_equal(before.modified, seen_of(&p->kor, CLEARED_PUBLIC, id).modified);
	assert_int_equal(found(&p->kor, KOREA, "changed"), 1);
}

static void forged_or_foreign_renditions_are_refused(void **state)
{
	struct pair *p = *state;
	struct rendition_view view;
	const char *id = PUT_TEXT(&p->nato, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "plainword"});
	struct slice rendition = release_to(&p->nato, "KOR", id, NULL);
	assert_int_equal(hold_received_check(p->kor.hold, rendition, p->kor.public_key, &p->kor.arena, &view, NULL), ERR_CRYPTO);
	assert_int_equal(hold_received_check(p->nato.hold, rendition, p->nato.public_key, &p->kor.arena, &view, NULL), ERR_INVALID);
	for (size_t i = 0; i < rendition.len; i += 7) {
		uint8_t *copy = arena_alloc(&p->kor.arena, rendition.len, 1);
		assert_non_null(copy);
		memcpy(copy, rendition.data, rendition.len);
		copy[i] ^= 0x10;
		assert_int_not_equal(hold_received_check(p->kor.hold, slice_of(copy, rendition.len), p->nato.public_key, &p->kor.arena, &view, NULL),
				     ERR_OK);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
#define PAIR(name) cmocka_unit_test_setup_teardown(name, pair_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(reports_alike_but_for_hidden_portions_look_alike),
		CASE(hidden_edit_shows_and_sends_nothing),
		CASE(visible_edit_makes_a_new_version_for_those_who_see_it),
		CASE(removal_of_a_visible_portion_is_a_change),
		CASE(removal_of_a_hidden_portion_is_none),
		CASE(author_who_replaces_keeps_what_he_cannot_see),
		CASE(portion_keeps_its_id_over_an_edit_but_not_over_a_new_label),
		CASE(same_content_again_is_no_new_version),
		CASE(imported_version_moves_forward_only),
		PAIR(korea_gets_the_rest_after_approval),
		PAIR(same_rendition_twice_is_admitted_once),
		PAIR(versions_in_any_order_give_the_same_view),
		PAIR(lower_reader_at_the_receiver_stands_at_his_own_version),
		PAIR(forged_or_foreign_renditions_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
