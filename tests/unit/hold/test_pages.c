#include "fixture.h"

#include "base/moment.h"
#include "hold/inside.h"

static struct msg_page_done page_of(struct fixture *f, const char *clearance, struct msg_page ask)
{
	struct msg_page_done page = {0};
	if (!ask.collection.len)
		ask.collection = SLICE("all");
	assert_ok(hold_page(f->hold, view_of(f, clearance), &ask, &f->arena, &page));
	return page;
}

static const struct page_item *item(const struct msg_page_done *page, size_t i)
{
	return &((const struct page_item *)page->items.items)[i];
}

static void collections_are_found_by_id_and_alias(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(hold_collection_find(f->hold, SLICE("in")), 0);
	assert_int_equal(hold_collection_find(f->hold, SLICE(COLLECTION_ALL)), 1);
	assert_int_equal(hold_collection_find(f->hold, SLICE("other")), -1);
	assert_int_equal(hold_collection_find(f->hold, SLICE("")), -1);
	struct msg_page_done page;
	struct msg_page ask = {.collection = SLICE("other")};
	assert_int_equal(hold_page(f->hold, view_of(f, CLEARED_NATO), &ask, &f->arena, &page), ERR_NOT_FOUND);
	PUT_TEXT(f, "open", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	PUT_TEXT(f, "closed", LABEL_SECRET, {LABEL_PUBLIC, "x"});
	assert_ok(hold_page(f->hold, view_of(f, CLEARED_PUBLIC), &(struct msg_page){0}, &f->arena, &page)); /* without one: what he sees */
	assert_int_equal(page.items.count, 1);
}

static void pages_hold_visible_objects_oldest_first(void **state)
{
	struct fixture *f = *state;
	const char *ids[10];
	for (int i = 0; i < 10; i++)
		ids[i] = PUT_TEXT(f, "t", i % 2 ? LABEL_SECRET : LABEL_PUBLIC, {LABEL_PUBLIC, "x"}, {LABEL_SECRET, "y"});
	struct msg_page ask = {.limit = 2};
	for (int i = 0; i < 10; i += 4) {
		struct msg_page_done page = page_of(f, CLEARED_PUBLIC, ask);
		assert_int_equal(page.items.count, i == 8 ? 1 : 2);
		assert_int_equal(page.more, i != 8);
		assert_slice(item(&page, 0)->id, ids[i]);
		assert_true(item(&page, 0)->rendition.len > 0);
		ask.next = page.next;
	}
	assert_int_equal(ask.next.len, 0);
	assert_int_equal(page_of(f, CLEARED_NATO, (struct msg_page){.limit = 100}).items.count, 10);
}

static void hidden_edit_does_not_move_an_object(void **state)
{
	struct fixture *f = *state;
	const char *first = PUT_TEXT(f, "first", LABEL_PUBLIC, {LABEL_SECRET, "x"});
	const char *second = PUT_TEXT(f, "second", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct msg_page_done before = page_of(f, CLEARED_PUBLIC, (struct msg_page){.manifest_only = 1});
	fixture_put(f, &(struct put){.replaces = first, .title = "first", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_SECRET, "y"}}});
	struct msg_page_done after = page_of(f, CLEARED_PUBLIC, (struct msg_page){.manifest_only = 1});
	for (size_t i = 0; i < 2; i++) {
		assert_slice(item(&after, i)->id, i ? second : first);
		assert_int_equal(item(&after, i)->added, item(&before, i)->added);
		assert_int_equal(item(&after, i)->modified, item(&before, i)->modified);
		assert_int_equal(item(&after, i)->rendition.len, 0);
	}
	struct msg_page_done staff = page_of(f, CLEARED_NATO, (struct msg_page){.manifest_only = 1});
	assert_slice(item(&staff, 1)->id, first);
}

static void filters_come_before_paging(void **state)
{
	struct fixture *f = *state;
	const char *ids[6];
	for (int i = 0; i < 6; i++)
		ids[i] = fixture_put(f, &(struct put){.type = i % 2 ? "indicator" : "report", .title = "t", .label = LABEL_PUBLIC});
	struct msg_page_done page = page_of(f, CLEARED_PUBLIC, (struct msg_page){.limit = 2, .match_type = SLICE("indicator,malware")});
	assert_int_equal(page.items.count, 2);
	assert_true(page.more);
	assert_slice(item(&page, 1)->id, ids[3]);
	const char *both = arena_printf(&f->arena, "%s,%s,report--00000000-0000-4000-8000-000000000001", ids[4], ids[1]);
	page = page_of(f, CLEARED_PUBLIC, (struct msg_page){.match_id = slice_text(both)});
	assert_int_equal(page.items.count, 2);
	assert_slice(item(&page, 0)->id, ids[1]);
	assert_slice(item(&page, 1)->id, ids[4]);
	page = page_of(f, CLEARED_PUBLIC, (struct msg_page){.added_after = item(&page, 0)->added});
	assert_int_equal(page.items.count, 4);
	assert_int_equal(page_of(f, CLEARED_PUBLIC, (struct msg_page){.match_spec_version = SLICE("2.0")}).items.count, 0);
	assert_int_equal(page_of(f, CLEARED_PUBLIC, (struct msg_page){.match_spec_version = SLICE("2.0,2.1")}).items.count, 6);
}

static void versions_are_matched_by_word_or_moment(void **state)
{
	struct fixture *f = *state;
	char moment[MOMENT_TEXT + 1];
	fixture_put(f, &(struct put){.title = "t", .label = LABEL_PUBLIC, .modified = 86400000});
	moment_print(86400000, moment);
	assert_int_equal(page_of(f, CLEARED_PUBLIC, (struct msg_page){.match_version = SLICE("last")}).items.count, 1);
	assert_int_equal(page_of(f, CLEARED_PUBLIC, (struct msg_page){.match_version = slice_text(moment)}).items.count, 1);
	assert_int_equal(page_of(f, CLEARED_PUBLIC, (struct msg_page){.match_version = SLICE("2020-01-01T00:00:00.000Z")}).items.count, 0);
}

static size_t count_of(struct fixture *f, const char *clearance, const char *versions)
{
	return page_of(f, clearance, (struct msg_page){.match_version = slice_text(versions), .manifest_only = 1}).items.count;
}

static void all_stored_versions_are_on_offer_to_who_saw_them(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "one"}, {LABEL_SECRET, "hidden"});
	PUT_TEXT(f, "other", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "two", NULL, false}, {LABEL_SECRET, "hidden", NULL, false}}});
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "two", NULL, false}, {LABEL_SECRET, "changed", NULL, false}}});
	assert_int_equal(count_of(f, CLEARED_PUBLIC, "last"), 2);
	assert_int_equal(count_of(f, CLEARED_PUBLIC, "all"), 3); /* the hidden change made no version for him */
	assert_int_equal(count_of(f, CLEARED_NATO, "all"), 4);
	assert_int_equal(count_of(f, CLEARED_PUBLIC, "first,last"), 3);
	assert_int_equal(count_of(f, CLEARED_PUBLIC, "first"), 2);
	struct msg_page ask = {.match_id = slice_text(id), .match_version = SLICE("all"), .limit = 1};
	struct msg_page_done page = page_of(f, CLEARED_NATO, ask);
	for (uint64_t before = 0, i = 0; i < 3; i++) {
		assert_int_equal(page.items.count, 1);
		assert_true(item(&page, 0)->added > before && item(&page, 0)->rendition.len > 0);
		assert_int_equal(page.more, i < 2);
		char moment[MOMENT_TEXT + 1];
		moment_print(item(&page, 0)->modified, moment);
		assert_int_equal(count_of(f, CLEARED_NATO, moment), 1);
		before = item(&page, 0)->added;
		ask.next = page.next;
		if (page.more)
			page = page_of(f, CLEARED_NATO, ask);
	}
}

static int history_is_read(unsigned kind, void *context, void *statement, void *text)
{
	(void)kind;
	(void)statement;
	*(size_t *)context += strstr(text, "FROM portion WHERE object=?1 AND kind<>0") != NULL;
	return 0;
}

/* How often the rows of objects were read for a page of all their versions. */
static size_t readings(struct fixture *f, size_t expected)
{
	size_t count = 0;
	struct view *view = view_of(f, CLEARED_NATO);
	struct msg_page ask = {.collection = SLICE("all"), .match_version = SLICE("all"), .manifest_only = 1,
			       .limit = 100};
	struct msg_page_done page = {0};
	sqlite3_trace_v2(f->hold->db, SQLITE_TRACE_STMT, history_is_read, &count);
	assert_ok(hold_page(f->hold, view, &ask, &f->arena, &page));
	sqlite3_trace_v2(f->hold->db, 0, NULL, NULL);
	assert_int_equal(page.items.count, expected);
	return count;
}

static void history_of_an_object_is_read_once_for_a_page_however_long_it_is(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "0"});
	size_t once = readings(f, 1);
	for (int i = 1; i < 20; i++) {
		const char *text = arena_printf(&f->arena, "%d", i);
		fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 1,
					     .pieces = (struct piece[]){{LABEL_PUBLIC, text, NULL, false}}});
	}
	assert_int_equal(readings(f, 20), once);
	PUT_TEXT(f, "other", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	assert_int_equal(readings(f, 21), 2 * once);
}

static void cursor_of_another_question_is_refused(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 4; i++)
		PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct msg_page ask = {.collection = SLICE("all"), .limit = 1};
	struct msg_page_done page = page_of(f, CLEARED_PUBLIC, ask);
	ask.next = page.next;
	ask.limit = 3;
	assert_int_equal(page_of(f, CLEARED_PUBLIC, ask).items.count, 3);
	struct msg_page others[] = {ask, ask, ask, ask};
	others[0].match_type = SLICE("report");
	others[1].added_after = 1;
	others[2].match_version = SLICE("all");
	others[3].collection = SLICE("in");
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(hold_page(f->hold, view_of(f, CLEARED_PUBLIC), &others[i], &f->arena, &page), ERR_USAGE);
	assert_int_equal(hold_page(f->hold, view_of(f, CLEARED_NATO), &ask, &f->arena, &page), ERR_USAGE);
}

static void ended_portion_moves_its_object_for_those_who_saw_it(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_TEXT(f, "t", LABEL_PUBLIC, {LABEL_PUBLIC, "stays"}, {LABEL_SECRET, "goes"});
	PUT_TEXT(f, "later", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct msg_page ask = {.manifest_only = 1};
	struct msg_page_done before = page_of(f, CLEARED_PUBLIC, ask), staff = page_of(f, CLEARED_NATO, ask);
	uint64_t open = item(&before, 1)->added, newest = item(&staff, 1)->added;
	fixture_put(f, &(struct put){.replaces = id, .title = "t", .label = LABEL_PUBLIC, .count = 1,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "stays", NULL, false}}});
	ask.added_after = open;
	assert_int_equal(page_of(f, CLEARED_PUBLIC, ask).items.count, 0);
	ask.added_after = newest;
	struct msg_page_done after = page_of(f, CLEARED_NATO, ask);
	assert_int_equal(after.items.count, 1);
	assert_slice(item(&after, 0)->id, id);
	fixture_reopen(f);
	assert_int_equal(page_of(f, CLEARED_NATO, ask).items.count, 1);
}

static void version_is_kept_as_it_was_written(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_put(f, &(struct put){.title = "t", .label = LABEL_PUBLIC, .modified = 86400000, .version = "1970-01-02T00:00:00.000001Z"});
	struct msg_page_done page = page_of(f, CLEARED_PUBLIC, (struct msg_page){.manifest_only = 1});
	assert_slice(item(&page, 0)->version, "1970-01-02T00:00:00.000001Z");
	assert_int_equal(count_of(f, CLEARED_PUBLIC, "1970-01-02T00:00:00.0000010Z"), 1);
	assert_int_equal(count_of(f, CLEARED_PUBLIC, "1970-01-02T00:00:00Z"), 0);
	fixture_put(f, &(struct put){.id = id, .title = "t", .label = LABEL_PUBLIC, .modified = 86500000});
	assert_int_equal(count_of(f, CLEARED_PUBLIC, "all"), 2); /* nothing but its time is new, and the author says so */
	assert_int_equal(count_of(f, CLEARED_PUBLIC, "1970-01-02T00:00:00.000001Z"), 1);
}

static void writable_collection_holds_what_was_posted_to_it(void **state)
{
	struct fixture *f = *state;
	struct slice author, channel;
	bool own = false;
	PUT_TEXT(f, "elsewhere", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	const char *id = fixture_put(f, &(struct put){.title = "t", .label = "", .collection = COLLECTION_IN, .author = "taxii"});
	struct msg_page_done page = page_of(f, CLEARED_NATO, (struct msg_page){.collection = SLICE("in")});
	assert_int_equal(page.items.count, 1);
	assert_slice(item(&page, 0)->id, id);
	assert_slice(seen_of(f, CLEARED_NATO, id).label, LABEL_UNCLASSIFIED); /* the channel's default is written into it */
	assert_ok(hold_author(f->hold, view_of(f, CLEARED_NATO), slice_text(id), &f->arena, &author, &channel, &own));
	assert_slice(author, "taxii");
	assert_slice(channel, COLLECTION_IN);
	assert_int_equal(page_of(f, CLEARED_NATO, (struct msg_page){0}).items.count, 2);
	fixture_reopen(f);
	assert_int_equal(page_of(f, CLEARED_NATO, (struct msg_page){.collection = SLICE("in")}).items.count, 1);
}

/* ---- virtual collections ---- */

static size_t listed(struct fixture *f, const char *clearance, const char *collection)
{
	return page_of(f, clearance, (struct msg_page){.collection = slice_text(collection), .manifest_only = 1}).items.count;
}

static void collection_of_types_holds_these_types_only(void **state)
{
	static const char *const types[] = {"report", "indicator", "malware", "identity"};
	struct fixture *f = *state;
	const char *ids[8];
	for (int i = 0; i < 8; i++)
		ids[i] = fixture_put(f, &(struct put){.type = types[i % 4], .title = "t", .label = i < 4 ? LABEL_SECRET : LABEL_PUBLIC});
	assert_int_equal(listed(f, CLEARED_NATO, "kinds"), 4);
	struct msg_page_done page = page_of(f, CLEARED_PUBLIC, (struct msg_page){.collection = SLICE("kinds"), .limit = 1});
	assert_true(page.more);
	assert_slice(item(&page, 0)->id, ids[5]);
	page = page_of(f, CLEARED_PUBLIC, (struct msg_page){.collection = SLICE("kinds"), .limit = 1, .next = page.next});
	assert_false(page.more);
	assert_slice(item(&page, 0)->id, ids[6]);
	page = page_of(f, CLEARED_NATO, (struct msg_page){.collection = SLICE("kinds"), .match_type = SLICE("malware,report")});
	assert_int_equal(page.items.count, 2); /* the collection's question and the asker's both hold */
	page = page_of(f, CLEARED_NATO, (struct msg_page){.collection = SLICE("kinds"), .match_id = slice_text(ids[0])});
	assert_int_equal(page.items.count, 0);
}

static void collection_of_words_is_asked_of_what_the_reader_sees(void **state)
{
	struct fixture *f = *state;
	const char *open = PUT_TEXT(f, "open", LABEL_PUBLIC, {LABEL_PUBLIC, "the grey harbour"}, {LABEL_SECRET, "x"});
	PUT_TEXT(f, "closed", LABEL_PUBLIC, {LABEL_SECRET, "the harbour is grey"});
	PUT_TEXT(f, "torn", LABEL_PUBLIC, {LABEL_PUBLIC, "grey"}, {LABEL_PUBLIC, "harbour"}); /* not within one portion */
	assert_int_equal(listed(f, CLEARED_PUBLIC, "words"), 1);
	assert_int_equal(listed(f, CLEARED_NATO, "words"), 2);
	struct msg_page ask = {.collection = SLICE("words"), .match_version = SLICE("all"), .manifest_only = 1};
	assert_int_equal(page_of(f, CLEARED_PUBLIC, ask).items.count, 1);
	fixture_put(f, &(struct put){.replaces = open, .title = "open", .label = LABEL_PUBLIC, .count = 2,
				     .pieces = (struct piece[]){{LABEL_PUBLIC, "the white harbour", NULL, false}, {LABEL_SECRET, "x", NULL, false}}});
	assert_int_equal(listed(f, CLEARED_PUBLIC, "words"), 0); /* it does not answer any more, and its versions left with it */
	assert_int_equal(page_of(f, CLEARED_PUBLIC, ask).items.count, 0);
}

/* An object of so many rows, the head among them, none of which answers the question. */
static void rows_put(struct fixture *f, size_t rows)
{
	static struct piece pieces[LIMIT_PORTIONS];
	for (size_t i = 0; i + 1 < rows; i++)
		pieces[i] = (struct piece){LABEL_PUBLIC, "grey", NULL, false};
	fixture_put(f, &(struct put){.title = "t", .label = LABEL_PUBLIC, .pieces = pieces, .count = rows - 1});
}

static void page_over_words_ends_after_so_many_rows_and_goes_on(void **state)
{
	enum { LARGE = 1000 };
	struct fixture *f = *state;
	for (int i = 0; i < LIMIT_COLLECTION_READS / LARGE; i++)
		rows_put(f, LARGE);
	rows_put(f, LIMIT_COLLECTION_READS % LARGE - 1);
	PUT_TEXT(f, "grey harbour", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct msg_page ask = {.collection = SLICE("words"), .manifest_only = 1};
	assert_int_equal(page_of(f, CLEARED_PUBLIC, ask).items.count, 1); /* one row was left to be read */
	assert_false(page_of(f, CLEARED_PUBLIC, ask).more);
	PUT_TEXT(f, "another grey harbour", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct msg_page_done page = page_of(f, CLEARED_PUBLIC, ask);
	assert_int_equal(page.items.count, 1);
	assert_true(page.more && page.next.len);
	ask.next = page.next;
	page = page_of(f, CLEARED_PUBLIC, ask);
	assert_int_equal(page.items.count, 1);
	assert_false(page.more);
}

static void page_over_words_may_be_empty_and_go_on(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 5; i++)
		rows_put(f, 1000);
	PUT_TEXT(f, "grey harbour", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct msg_page ask = {.collection = SLICE("words"), .manifest_only = 1};
	struct msg_page_done page = page_of(f, CLEARED_PUBLIC, ask);
	assert_int_equal(page.items.count, 0);
	assert_true(page.more && page.next.len);
	ask.next = page.next;
	assert_int_equal(page_of(f, CLEARED_PUBLIC, ask).items.count, 1);
}

static void hidden_rows_neither_fill_nor_shorten_a_page_over_words(void **state)
{
	struct fixture *f = *state;
	static struct piece pieces[1000];
	for (size_t i = 0; i < 1000; i++)
		pieces[i] = (struct piece){LABEL_SECRET, "grey harbour", NULL, false};
	for (int i = 0; i < 5; i++)
		fixture_put(f, &(struct put){.title = "t", .label = LABEL_PUBLIC, .pieces = pieces, .count = 1000});
	PUT_TEXT(f, "grey harbour", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	struct msg_page_done page = page_of(f, CLEARED_PUBLIC, (struct msg_page){.collection = SLICE("words"), .manifest_only = 1});
	assert_int_equal(page.items.count, 1);
	assert_false(page.more);
}

static void collection_of_a_community_holds_what_a_label_names_it(void **state)
{
	struct fixture *f = *state;
	const char *named = PUT_TEXT(f, "named", LABEL_KOR, {LABEL_PUBLIC, "x"});
	const char *only = PUT_TEXT(f, "only", LABEL_ONLY, {LABEL_PUBLIC, "x"});
	PUT_TEXT(f, "not the head", LABEL_PUBLIC, {LABEL_KOR, "x"});
	PUT_TEXT(f, "member", LABEL_SECRET, {LABEL_PUBLIC, "x"});
	struct msg_page_done page = page_of(f, CLEARED_NATO, (struct msg_page){.collection = SLICE("korea"), .manifest_only = 1});
	assert_int_equal(page.items.count, 2);
	assert_slice(item(&page, 0)->id, named);
	assert_slice(item(&page, 1)->id, only);
	assert_int_equal(listed(f, CLEARED_PUBLIC, "korea"), 0);
}

static void collection_of_originators_holds_what_these_nations_wrote(void **state)
{
	struct fixture *f = *state, kor;
	fixture_open(&kor, "KOR");
	const char *id = PUT_TEXT(&kor, "theirs", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	PUT_TEXT(f, "ours", LABEL_PUBLIC, {LABEL_PUBLIC, "x"});
	assert_int_equal(listed(f, CLEARED_NATO, "from"), 0);
	struct hold_seen seen = seen_of(&kor, CLEARED_KOR, id);
	bool is_new = false;
	assert_ok(admit_to(f, seen.rendition, &kor, &is_new));
	struct msg_page_done page = page_of(f, CLEARED_NATO, (struct msg_page){.collection = SLICE("from"), .manifest_only = 1});
	assert_int_equal(page.items.count, 1);
	assert_slice(item(&page, 0)->id, id);
	fixture_close(&kor);
}

static void collection_exists_for_its_roles_and_its_audience_alone(void **state)
{
	struct fixture *f = *state;
	const struct hold_collection *all = hold_collection_at(f->hold, 1), *korea = hold_collection_at(f->hold, 4);
	assert_true(hold_collection_exists(f->hold, view_of(f, CLEARED_PUBLIC), 0, all));
	assert_true(hold_collection_exists(f->hold, view_of(f, CLEARED_NATO), USER_TAXII, korea));
	assert_true(hold_collection_exists(f->hold, view_of(f, CLEARED_NATO), USER_READER | USER_ANALYST, korea));
	assert_false(hold_collection_exists(f->hold, view_of(f, CLEARED_NATO), USER_ANALYST, korea));
	assert_false(hold_collection_exists(f->hold, view_of(f, CLEARED_KOR), USER_TAXII, korea)); /* own staff is no member for that */
	assert_false(hold_collection_exists(f->hold, view_of(f, CLEARED_PUBLIC), USER_TAXII, korea));
	assert_false(hold_collection_exists(f->hold, view_of(f, ""), USER_TAXII, korea));
	struct hold_collection odd = *korea;
	odd.audience = SLICE("NATO|NONSENSE");
	assert_false(hold_collection_exists(f->hold, view_of(f, CLEARED_NATO), USER_TAXII, &odd));
	odd.roles = SLICE("clerk");
	odd.audience = (struct slice){0};
	assert_false(hold_collection_exists(f->hold, view_of(f, CLEARED_NATO), USER_TAXII, &odd));
	struct view *lens = NULL;
	assert_ok(hold_lens(f->hold, SLICE("KOR"), SLICE(CLEARED_KOR), SLICE(CLEARED_NATO), &lens));
	assert_false(hold_collection_exists(f->hold, lens, USER_TAXII, korea));
	assert_ok(hold_lens(f->hold, SLICE("USA"), SLICE(CLEARED_USA), SLICE(CLEARED_PUBLIC), &lens));
	assert_false(hold_collection_exists(f->hold, lens, USER_TAXII, korea));
}

static void page_of_large_objects_ends_before_it_outgrows_a_message(void **state)
{
	enum { OBJECTS = 7, TEXT = 3 * 1024 * 1024 };
	struct fixture *f = *state;
	char *text = arena_alloc(&f->arena, TEXT + 1, 1);
	assert_non_null(text);
	memset(text, 'x', TEXT);
	text[TEXT] = '\0';
	for (int i = 0; i < OBJECTS; i++)
		PUT_TEXT(f, "large", LABEL_PUBLIC, {LABEL_PUBLIC, text});
	struct msg_page ask = {.limit = 100};
	struct msg_page_done page = page_of(f, CLEARED_PUBLIC, ask);
	size_t octets = 0, first = page.items.count;
	for (size_t i = 0; i < first; i++)
		octets += item(&page, i)->rendition.len;
	assert_true(first > 0 && first < OBJECTS && octets <= (16U << 20));
	assert_true(page.more && page.next.len);
	ask.next = page.next;
	page = page_of(f, CLEARED_PUBLIC, ask);
	assert_int_equal(first + page.items.count, OBJECTS);
	assert_false(page.more);
	ask = (struct msg_page){.limit = 100, .manifest_only = 1};
	assert_int_equal(page_of(f, CLEARED_PUBLIC, ask).items.count, OBJECTS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(collections_are_found_by_id_and_alias), CASE(pages_hold_visible_objects_oldest_first),
		CASE(hidden_edit_does_not_move_an_object), CASE(filters_come_before_paging),
		CASE(versions_are_matched_by_word_or_moment), CASE(writable_collection_holds_what_was_posted_to_it),
		CASE(all_stored_versions_are_on_offer_to_who_saw_them),
		CASE(history_of_an_object_is_read_once_for_a_page_however_long_it_is),
		CASE(all_stored_versions_are_on_offer_to_who_saw_them), CASE(cursor_of_another_question_is_refused),
		CASE(ended_portion_moves_its_object_for_those_who_saw_it), CASE(version_is_kept_as_it_was_written),
		CASE(collection_of_types_holds_these_types_only), CASE(collection_of_words_is_asked_of_what_the_reader_sees),
		CASE(page_over_words_ends_after_so_many_rows_and_goes_on), CASE(page_over_words_may_be_empty_and_go_on),
		CASE(hidden_rows_neither_fill_nor_shorten_a_page_over_words),
		CASE(collection_of_a_community_holds_what_a_label_names_it),
		CASE(collection_of_originators_holds_what_these_nations_wrote),
		CASE(collection_exists_for_its_roles_and_its_audience_alone),
		CASE(page_of_large_objects_ends_before_it_outgrows_a_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
