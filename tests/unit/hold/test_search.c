#include "fixture.h"

#include <time.h>

static void korean_word_is_found_inside_longer_ones(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "k", LABEL_PUBLIC, {LABEL_PUBLIC, "항만 물류망 해킹을 확인했다 k1"}, {LABEL_PUBLIC, "사이버해킹조직의 활동 k2"});
	PUT_TEXT(f, "other", LABEL_PUBLIC, {LABEL_PUBLIC, "해 킹이 아니다"});
	assert_int_equal(found(f, CLEARED_NATO, "해킹"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "해킹을"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "해킹조직"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "킹해"), 0);
	assert_int_equal(found(f, CLEARED_NATO, "조직 물류"), 0); /* words are ANDed within one portion */
	assert_int_equal(found(f, CLEARED_NATO, "해킹 k2"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "해킹 k3"), 0);
}

static void one_syllable_finds_words_that_hold_it(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "a", LABEL_PUBLIC, {LABEL_PUBLIC, "해군"});
	PUT_TEXT(f, "b", LABEL_PUBLIC, {LABEL_PUBLIC, "동해"});
	PUT_TEXT(f, "c", LABEL_PUBLIC, {LABEL_PUBLIC, "육군"});
	assert_int_equal(found(f, CLEARED_NATO, "해"), 2);
	assert_int_equal(found(f, CLEARED_NATO, "군"), 2);
}

static void decomposed_hangul_han_and_kana_are_found(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "a", LABEL_PUBLIC, {LABEL_PUBLIC, "\u1112\u1162\u110F\u1175\u11BC\u110B\u1173\u11AF"}); /* 해킹을, decomposed */
	PUT_TEXT(f, "b", LABEL_PUBLIC, {LABEL_PUBLIC, "网络攻击者"}, {LABEL_PUBLIC, "サイバー攻撃"});
	assert_int_equal(found(f, CLEARED_NATO, "해킹"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "攻击"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "サイバー"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "攻撃"), 1);
}

static void other_words_fold_case_and_accents_and_join_scripts(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "a", LABEL_PUBLIC, {LABEL_PUBLIC, "Klaipėda Harbour, K9해킹대응 APT-28 v1.2"});
	assert_int_equal(found(f, CLEARED_NATO, "klaipeda HARBOUR"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "harb"), 0);
	assert_int_equal(found(f, CLEARED_NATO, "k9해킹"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "APT-28"), 1);
	assert_int_equal(found(f, CLEARED_NATO, "28-APT"), 0);
}

static void typed_text_is_never_syntax(void **state)
{
	static const char *const hostile[] = {"\"", "a\"b", "NEAR(a b)", "a OR plainword", "NOT plainword", "index_text:plainword", "*", "^plainword",
					      "(", "{a}: b", "plainword*", "-", "\"\" AND", "a AND", "\xef\xbc\x82", "words:x"};
	struct fixture *f = *state;
	PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "plainword"});
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		uint64_t count = found(f, CLEARED_NATO, hostile[i]);
		bool same_word = strcmp(hostile[i], "^plainword") == 0 || strcmp(hostile[i], "plainword*") == 0;
		assert_int_equal(count, same_word ? 1 : 0);
	}
}

static void words_of_a_closed_version_are_not_found(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "oldword"});
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "newword"}}, .count = 1});
	assert_int_equal(found(f, CLEARED_NATO, "oldword"), 0);
	assert_int_equal(found(f, CLEARED_NATO, "newword"), 1);
}

static void hidden_word_changes_neither_count_nor_order_nor_facets(void **state)
{
	struct fixture *f = *state;
	const char *first = PUT_TEXT(f, "first", LABEL_PUBLIC, {LABEL_PUBLIC, "common"});
	const char *second = PUT_TEXT(f, "second", LABEL_PUBLIC, {LABEL_PUBLIC, "common"});
	struct msg_hits before = hits_of(f, CLEARED_PUBLIC, "common");
	fixture_put(f, &(struct put){.replaces = first, .title = "first", .label = LABEL_PUBLIC,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "common"}, {LABEL_SECRET, "common"}}, .count = 2});
	PUT_TEXT(f, "third", LABEL_SECRET, {LABEL_PUBLIC, "common"});
	struct msg_hits after = hits_of(f, CLEARED_PUBLIC, "common");
	assert_int_equal(after.count, 2);
	assert_int_equal(before.facets.count, after.facets.count);
	const struct hit *hits = after.hits.items, *old = before.hits.items;
	assert_slice(hits[0].id, second);
	assert_slice(hits[1].id, first);
	for (size_t i = 0; i < 2; i++) {
		assert_true(slice_equal(hits[i].snippet, old[i].snippet));
		assert_int_equal(hits[i].modified, old[i].modified);
		assert_int_equal(hits[i].admitted, old[i].admitted);
	}
	assert_slice(((const struct hit *)hits_of(f, CLEARED_NATO, "common").hits.items)[1].id, first); /* he sees the newer portion */
}

/* One plain word is tallied; two words, a prefix and a sparse view are not: they agree on everything. */
static void tally_agrees_with_the_pass_over_rows(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 120; i++)
		PUT_TEXT(f, "t", i % 3 ? LABEL_PUBLIC : LABEL_SECRET, {i % 5 ? LABEL_PUBLIC : LABEL_SECRET, "common"}, {LABEL_PUBLIC, "common again"});
	static const char *const clearances[] = {CLEARED_PUBLIC, CLEARED_NATO};
	for (int i = 0; i < 2; i++) {
		struct msg_hits one = hits_of(f, clearances[i], "common"), two = hits_of(f, clearances[i], "common common");
		const struct hit *x = one.hits.items, *y = two.hits.items;
		assert_int_equal(one.count, i ? 120 : 80);
		assert_int_equal(one.count, two.count);
		assert_int_equal(one.facets.count, two.facets.count);
		assert_int_equal(one.hits.count, 50);
		for (size_t k = 0; k < one.facets.count; k++)
			assert_int_equal(((const struct facet *)one.facets.items)[k].count, ((const struct facet *)two.facets.items)[k].count);
		for (size_t k = 0; k < 50; k++)
			assert_memory_equal(x[k].id.data, y[k].id.data, x[k].id.len);
		assert_true(slice_equal(one.next, two.next));
	}
}

static void snippet_carries_the_label_of_its_own_portion(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "head words", LABEL_PUBLIC, {LABEL_SECRET, "closedword"}, {LABEL_KOR, "openword"});
	static const struct {
		const char *word, *label;
	} expected[] = {{"closedword", LABEL_SECRET}, {"openword", LABEL_KOR}, {"head", LABEL_PUBLIC}};
	for (size_t i = 0; i < 3; i++) {
		struct msg_hits hits = hits_of(f, CLEARED_NATO, expected[i].word);
		const struct hit *hit = hits.hits.items;
		assert_int_equal(hits.hits.count, 1);
		assert_non_null(strstr(text_of(f, hit->snippet), expected[i].word));
		assert_slice(hit->snippet_label, expected[i].label);
		assert_slice(hit->label, LABEL_PUBLIC);
	}
	assert_int_equal(((const struct hit *)hits_of(f, CLEARED_NATO, "").hits.items)->snippet_label.len, 0);
}

static void pages_follow_each_other_without_gap_or_repetition(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 25; i++)
		PUT_TEXT(f, "t", i % 3 ? LABEL_PUBLIC : LABEL_SECRET, {LABEL_PUBLIC, "common"}, {LABEL_PUBLIC, "common again"});
	for (int text = 0; text < 2; text++) {
		struct hold_query query = {.text = text ? SLICE("common") : (struct slice){0}, .limit = 4};
		char ids[32][80];
		size_t total = 0;
		do {
			struct msg_hits hits;
			assert_ok(hold_search(f->hold, view_of(f, CLEARED_PUBLIC), &query, &f->arena, &hits));
			assert_int_equal(hits.count, 16);
			for (size_t i = 0; i < hits.hits.count; i++) {
				snprintf(ids[total], sizeof(ids[0]), "%.*s", SLICE_ARG(((const struct hit *)hits.hits.items)[i].id));
				for (size_t k = 0; k < total; k++)
					assert_string_not_equal(ids[k], ids[total]);
				total++;
			}
			query.cursor = hits.next;
		} while (query.cursor.len);
		assert_int_equal(total, 16);
	}
}

static void forged_cursor_is_refused(void **state)
{
	struct fixture *f = *state;
	struct msg_hits hits;
	struct slice cursor;
	assert_ok(cursor_print(f->hold, 7, SLICE("q"), &f->arena, &cursor));
	uint64_t row = 0;
	assert_ok(cursor_parse(f->hold, cursor, SLICE("q"), &row));
	assert_int_equal(row, 7);
	assert_int_equal(cursor_parse(f->hold, cursor, SLICE("another question"), &row), ERR_USAGE);
	char *forged = arena_text(&f->arena, cursor);
	forged[31] = forged[31] == '0' ? '1' : '0';
	struct hold_query query = {.limit = 4, .cursor = slice_text(forged)};
	assert_int_equal(hold_search(f->hold, view_of(f, CLEARED_NATO), &query, &f->arena, &hits), ERR_USAGE);
	query.cursor = SLICE("7");
	assert_int_equal(hold_search(f->hold, view_of(f, CLEARED_NATO), &query, &f->arena, &hits), ERR_USAGE);
}

static uint64_t counted(struct fixture *f, struct hold_query query)
{
	struct msg_hits hits;
	query.limit = 50;
	assert_ok(hold_search(f->hold, view_of(f, CLEARED_NATO), &query, &f->arena, &hits));
	assert_int_equal(hits.hits.count, query.count_only ? 0 : hits.count);
	return hits.count;
}

static void type_and_time_of_admission_narrow_the_search(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 5; i++)
		fixture_put(f, &(struct put){.type = i % 2 ? "indicator" : "report", .title = "common", .label = LABEL_PUBLIC});
	uint64_t moment = f->now + 1;
	f->now += 100;
	fixture_put(f, &(struct put){.type = "indicator", .title = "common", .label = LABEL_PUBLIC});
	for (int text = 0; text < 2; text++) {
		struct slice words = text ? SLICE("common") : (struct slice){0};
		assert_int_equal(counted(f, (struct hold_query){.text = words}), 6);
		assert_int_equal(counted(f, (struct hold_query){.text = words, .type = SLICE("indicator")}), 3);
		assert_int_equal(counted(f, (struct hold_query){.text = words, .type = SLICE("indicator"), .count_only = true}), 3);
		assert_int_equal(counted(f, (struct hold_query){.text = words, .type = SLICE("malware")}), 0);
		assert_int_equal(counted(f, (struct hold_query){.text = words, .since_ms = moment}), 1);
		assert_int_equal(counted(f, (struct hold_query){.text = words, .since_ms = f->now + 1}), 0);
		assert_int_equal(counted(f, (struct hold_query){.text = words, .since_ms = 1, .count_only = true}), 6);
	}
}

/* The same texts seen by a view that sees almost nothing else, and by one that sees everything. */
static void sparse_view_finds_the_same_as_a_full_pass(void **state)
{
	static const char *const texts[] = {"common rare word", "항만 해킹을 확인했다", "사이버해킹조직 K9해킹대응", "APT-28 of Klaipėda", "해 킹"};
	static const char *const typed[] = {"common", "rare common", "absent", "rare word", "\"word rare\"", "해킹", "해킹조직", "해", "킹", "k9해킹",
					    "apt-28", "28-apt", "klaipeda", "rare-word", "word-rare", "확인 항만", "항만해킹", "-", "\xe2\x80\x94", "rar", "\xe2\x80\x94 rare", "- rare"};
	struct fixture *f = *state;
	for (int i = 0; i < 600; i++)
		PUT_TEXT(f, "t", LABEL_SECRET, {LABEL_SECRET, "filler"});
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		fixture_put(f, &(struct put){.title = texts[i], .label = LABEL_PUBLIC});
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		assert_int_equal(found(f, CLEARED_PUBLIC, typed[i]), found(f, CLEARED_NATO, typed[i]));
	assert_int_equal(found(f, CLEARED_PUBLIC, "해킹"), 2);
	assert_int_equal(found(f, CLEARED_PUBLIC, "filler"), 0);
}

/* Though the texts of its rows are kept from the question before. */
static void a_sparse_view_finds_no_word_that_was_recalled_or_replaced(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 600; i++)
		PUT_TEXT(f, "t", LABEL_SECRET, {LABEL_SECRET, "filler"});
	const char *id = fixture_put(f, &(struct put){.title = "first words", .label = LABEL_PUBLIC});
	assert_int_equal(found(f, CLEARED_PUBLIC, "first"), 1);
	fixture_put(f, &(struct put){.replaces = id, .title = "second words", .label = LABEL_PUBLIC});
	assert_int_equal(found(f, CLEARED_PUBLIC, "first"), 0);
	assert_int_equal(found(f, CLEARED_PUBLIC, "second"), 1);
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_recall_order(f->hold, view_of(f, CLEARED_NATO), slice_text(id), SLICE("release"), SLICE("test"), ++f->now));
	assert_ok(hold_recall_apply(f->hold, SLICE("NATO"), slice_text(id), ++f->now));
	assert_ok(hold_commit(f->hold));
	assert_int_equal(found(f, CLEARED_PUBLIC, "words"), 0);
	fixture_reopen(f);
	fixture_put(f, &(struct put){.title = "third", .label = LABEL_PUBLIC});
	assert_int_equal(found(f, CLEARED_PUBLIC, "words"), 0);
	assert_int_equal(found(f, CLEARED_PUBLIC, "third"), 1);
	fixture_put(f, &(struct put){.title = "fourth", .label = LABEL_PUBLIC});
	assert_int_equal(found(f, CLEARED_PUBLIC, "fourth"), 1);
}

static void facets_count_visible_objects(void **state)
{
	struct fixture *f = *state;
	fixture_put(f, &(struct put){.type = "indicator", .title = "common", .label = LABEL_PUBLIC});
	fixture_put(f, &(struct put){.type = "report", .title = "common", .label = LABEL_SECRET});
	struct msg_hits hits = hits_of(f, CLEARED_PUBLIC, "common");
	assert_int_equal(hits.facets.count, 3); /* type, originator, label: one value each */
	const struct facet *facets = hits.facets.items;
	assert_slice(facets[0].name, "type");
	assert_slice(facets[0].value, "indicator");
	assert_int_equal(facets[0].count, 1);
	assert_slice(facets[1].value, "NATO");
	assert_slice(facets[2].value, LABEL_PUBLIC);
}

static void search_text_beyond_its_limit_is_refused(void **state)
{
	struct fixture *f = *state;
	char text[LIMIT_SEARCH_TEXT + 1];
	memset(text, 'a', sizeof(text));
	struct buf expression = buf_make(65536);
	assert_ok(query_make(f->hold, slice_of(text, LIMIT_SEARCH_TEXT - 1), &expression));
	assert_ok(query_make(f->hold, slice_of(text, LIMIT_SEARCH_TEXT), &expression));
	assert_int_equal(query_make(f->hold, slice_of(text, LIMIT_SEARCH_TEXT + 1), &expression), ERR_TOO_LARGE);
	assert_int_equal(query_make(f->hold, SLICE("a\xff"), &expression), ERR_MALFORMED);
	buf_done(&expression);
}

static double search_seconds(struct fixture *f, const char *text)
{
	struct timespec from, to;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	assert_int_equal(found(f, CLEARED_PUBLIC, text), 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Of several runs the shortest: what a busy machine adds is not of the search. */
static void word_of_many_hidden_portions_takes_as_long_as_one_of_none(void **state)
{
	enum { OBJECTS = 30, VISIBLE = 3, PIECES = 60, RUNS = 15 };
	struct fixture *f = *state;
	struct piece pieces[PIECES];
	double hidden = 1e9, absent = 1e9;
	for (int i = 0; i < PIECES; i++)
		pieces[i] = (struct piece){.label = i < VISIBLE ? LABEL_PUBLIC : LABEL_SECRET,
					   .text = arena_printf(&f->arena, "%s number%d and more words", i < VISIBLE ? "openword" : "closedword", i)};
	for (int i = 0; i < OBJECTS; i++)
		fixture_put(f, &(struct put){.title = "t", .label = LABEL_PUBLIC, .pieces = pieces, .count = PIECES});
	assert_int_equal(found(f, CLEARED_PUBLIC, "openword"), OBJECTS);
	for (int i = 0; i < RUNS; i++) {
		double a = search_seconds(f, "closedword"), b = search_seconds(f, "absentword");
		hidden = a < hidden ? a : hidden;
		absent = b < absent ? b : absent;
	}
	assert_true(hidden < absent * 2);
}

static void name_that_nobody_ever_used_filters_everything_out(void **state)
{
	struct fixture *f = *state;
	PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "someword"});
	struct hold_query queries[] = {{.limit = 5, .originator = SLICE("ZZZ")}, {.limit = 5, .label = SLICE(LABEL_TOP)}, {.limit = 5, .type = SLICE("tool")},
				       {.text = SLICE("someword"), .limit = 5, .originator = SLICE("ZZZ")}};
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct msg_hits hits = {0};
		assert_ok(hold_search(f->hold, view_of(f, CLEARED_PUBLIC), &queries[i], &f->arena, &hits));
		assert_int_equal(hits.count, 0);
		assert_int_equal(hits.hits.count, 0);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(korean_word_is_found_inside_longer_ones),
		CASE(one_syllable_finds_words_that_hold_it),
		CASE(decomposed_hangul_han_and_kana_are_found),
		CASE(other_words_fold_case_and_accents_and_join_scripts),
		CASE(typed_text_is_never_syntax),
		CASE(words_of_a_closed_version_are_not_found),
		CASE(hidden_word_changes_neither_count_nor_order_nor_facets),
		CASE(tally_agrees_with_the_pass_over_rows),
		CASE(snippet_carries_the_label_of_its_own_portion),
		CASE(pages_follow_each_other_without_gap_or_repetition),
		CASE(forged_cursor_is_refused),
		CASE(type_and_time_of_admission_narrow_the_search),
		CASE(sparse_view_finds_the_same_as_a_full_pass),
		CASE(a_sparse_view_finds_no_word_that_was_recalled_or_replaced),
		CASE(word_of_many_hidden_portions_takes_as_long_as_one_of_none),
		CASE(name_that_nobody_ever_used_filters_everything_out),
		CASE(facets_count_visible_objects),
		CASE(search_text_beyond_its_limit_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
