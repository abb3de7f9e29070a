/* TAXII 2.1, played with plain calls: rights, filters, empty lists, errors. */
#include "../../support/test.h"
#include "object/json.h"
#include "present/taxii.h"

struct play {
	struct site site;
	struct statuses statuses;
	struct files files;
	struct policy_set *policies;
	struct request_head head;
	struct request request;
};

static struct play *play_new(const char *method, const char *target)
{
	static const uint8_t id[16] = {9};
	struct play *play = calloc(1, sizeof *play);
	assert_non_null(play);
	play->policies = policy_set_new();
	play->site = (struct site){.policies = play->policies,
				   .nation = SLICE("KOR"),
				   .realm = SLICE("real"),
				   .files = &play->files,
				   .statuses = &play->statuses};
	play->head = (struct request_head){
		.method = slice_text(method),
		.target = slice_text(target),
		.host = SLICE("node:8445"),
		.accept = SLICE("application/taxii+json;version=2.1"),
		.authorization = SLICE("Bearer 0101010101010101010101010101010101010101010101010101010101010101")};
	request_init(&play->request, &play->site, &play->head, id);
	return play;
}

static void play_free(struct play **play)
{
	request_done(&(*play)->request);
	statuses_done(&(*play)->statuses);
	policy_set_free((*play)->policies);
	free(*play);
}
#define AUTO_PLAY __attribute__((cleanup(play_free))) struct play

static struct collection known[] = {
	{.id = {(const uint8_t *)"11111111-1111-4111-8111-111111111111", 36},
	 .title = {(const uint8_t *)"both", 4},
	 .alias = {(const uint8_t *)"both", 4},
	 .can_read = 1,
	 .can_write = 1},
	{.id = {(const uint8_t *)"22222222-2222-4222-8222-222222222222", 36},
	 .title = {(const uint8_t *)"ro", 2},
	 .can_read = 1},
	{.id = {(const uint8_t *)"33333333-3333-4333-8333-333333333333", 36},
	 .title = {(const uint8_t *)"wo", 2},
	 .can_write = 1},
	{.id = {(const uint8_t *)"44444444-4444-4444-8444-444444444444", 36}, .title = {(const uint8_t *)"none", 4}},
};

static enum progress list_collections(struct play *play, size_t count)
{
	struct msg_collections_done done = {{known, count}};
	assert_int_equal(play->request.ask.type, MSG_COLLECTIONS);
	return request_answer(&play->request, MSG_COLLECTIONS_DONE, &done);
}

static unsigned status_of(struct play *play)
{
	enum progress progress = request_begin(&play->request);
	if (progress == PROGRESS_ASK)
		progress = list_collections(play, sizeof known / sizeof known[0]);
	return progress == PROGRESS_RESPOND ? play->request.response.status : 0;
}

#define BASE "/taxii2/kor/collections/"

static void rights_decide_between_403_and_404(void **state)
{
	static const struct {
		const char *method, *target;
		unsigned status; /* 0: goes on */
	} rows[] = {
		{"GET", BASE "11111111-1111-4111-8111-111111111111/objects/", 0},
		{"GET", BASE "both/objects/", 0},
		{"GET", BASE "33333333-3333-4333-8333-333333333333/objects/", 403},
		{"GET", BASE "44444444-4444-4444-8444-444444444444/objects/", 404},
		{"GET", BASE "55555555-5555-4555-8555-555555555555/objects/", 404},
		{"GET", BASE "22222222-2222-4222-8222-222222222222/manifest/", 0},
		{"GET", "/taxii2/usa/collections/both/objects/", 404},
		{"GET", "/taxii2/KOR/collections/both/objects/", 404},
		{"DELETE", BASE "both/objects/malware--1/", 0},
		{"DELETE", BASE "22222222-2222-4222-8222-222222222222/objects/malware--1/", 403},
		{"DELETE", BASE "33333333-3333-4333-8333-333333333333/objects/malware--1/", 403},
		{"DELETE", BASE "44444444-4444-4444-8444-444444444444/objects/malware--1/", 404},
		{"GET", BASE "44444444-4444-4444-8444-444444444444/", 404},
		{"GET", BASE "33333333-3333-4333-8333-333333333333/", 200},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO_PLAY *play = play_new(rows[i].method, rows[i].target);
		unsigned status = status_of(play);
		if (status != rows[i].status)
			fail_msg("%s %s: %u", rows[i].method, rows[i].target, status);
	}
}

static void filters_are_checked_before_anybody_is_asked(void **state)
{
	static const struct {
		const char *query;
		bool good;
	} rows[] = {
		{"added_after=2026-11-24T06:00:00Z", true},
		{"added_after=2026-11-24T06:00:00.123456789Z", true},
		{"added_after=yesterday", false},
		{"added_after=2026-11-24", false},
		{"added_after=2026-13-24T06:00:00Z", false},
		{"added_after=2026-11-24T06:00:00", false},
		{"added_after=2026-11-24T06:00:00%2B09:00", false},
		{"added_after=", false},
		{"limit=1", true},
		{"limit=1000", true},
		{"limit=1001", true},
		{"limit=99999999999999999999999", true},
		{"limit=0", false},
		{"limit=-1", false},
		{"limit=ten", false},
		{"limit=", false},
		{"limit=1&limit=2", false},
		{"match[version]=all", true},
		{"match[version]=first,last", true},
		{"match[version]=last,2026-11-24T06:00:00.000Z", true},
		{"match[version]=all,last", false},
		{"match[version]=all,all", false},
		{"match[version]=newest", false},
		{"match[version]=first,", false},
		{"match%5Btype%5D=malware,indicator", true},
		{"match[type]=", false},
		{"match[spec_version]=2.1", true},
		{"unknown=1", true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO_BUF target = buf_make(1024);
		buf_printf(&target, BASE "both/objects/?%s", rows[i].query);
		buf_put_octet(&target, '\0');
		AUTO_PLAY *play = play_new("GET", (const char *)target.data);
		unsigned status = status_of(play);
		if (status != (rows[i].good ? 0 : 400))
			fail_msg("%s: %u", rows[i].query, status);
	}
}

static void a_limit_above_the_largest_page_is_served_at_that_size(void **state)
{
	static const int limits[] = {LIMIT_TAXII_PAGE - 1, LIMIT_TAXII_PAGE, LIMIT_TAXII_PAGE + 1, 100000};
	(void)state;
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		char target[128];
		snprintf(target, sizeof target, BASE "both/objects/?limit=%d", limits[i]);
		AUTO_PLAY *play = play_new("GET", target);
		assert_int_equal(status_of(play), 0);
		assert_int_equal(play->request.ask.type, MSG_PAGE);
		assert_int_equal(((const struct msg_page *)play->request.ask.value)->limit, limits[i] < LIMIT_TAXII_PAGE ? limits[i] : LIMIT_TAXII_PAGE);
	}
}

static void an_alias_asks_the_store_for_the_collection_itself(void **state)
{
	AUTO_PLAY *play = play_new("GET", BASE "both/manifest/?match[type]=malware");
	(void)state;
	assert_int_equal(status_of(play), 0);
	const struct msg_page *page = play->request.ask.value;
	assert_slice(page->collection, "11111111-1111-4111-8111-111111111111");
	assert_slice(page->match_type, "malware");
	assert_int_equal(page->manifest_only, 1);
}

static void empty_lists_are_left_out(void **state)
{
	struct msg_page_done none = {0};
	struct msg_collections_done no_collections = {0};
	AUTO_PLAY *objects = play_new("GET", BASE "both/objects/"), *list = play_new("GET", BASE);
	(void)state;
	assert_int_equal(status_of(objects), 0);
	assert_int_equal(request_answer(&objects->request, MSG_PAGE_DONE, &none), PROGRESS_RESPOND);
	assert_slice(buf_slice(&objects->request.response.body), "{\"more\":false}");
	assert_int_equal(request_begin(&list->request), PROGRESS_ASK);
	assert_int_equal(request_answer(&list->request, MSG_COLLECTIONS_DONE, &no_collections), PROGRESS_RESPOND);
	assert_slice(buf_slice(&list->request.response.body), "{}");
}

static void an_object_that_is_not_there_is_not_found(void **state)
{
	struct msg_page_done none = {0};
	AUTO_PLAY *play = play_new("GET", BASE "both/objects/malware--1/");
	(void)state;
	assert_int_equal(status_of(play), 0);
	assert_int_equal(request_answer(&play->request, MSG_PAGE_DONE, &none), PROGRESS_RESPOND);
	assert_int_equal(play->request.response.status, 404);
	assert_string_equal(play->request.response.content_type, "application/taxii+json;version=2.1");
}

static void a_manifest_carries_dates_cursor_and_headers(void **state)
{
	struct page_item items[] = {{.id = SLICE("malware--1"), .added = 1000001, .modified = 500},
				    {.id = SLICE("malware--2"), .added = 2000000, .version = SLICE("1970-01-01T00:00:02.12Z")}};
	struct msg_page_done done = {.more = 1, .next = SLICE("n\"1"), .items = {items, 2}};
	AUTO_PLAY *play = play_new("GET", BASE "both/manifest/");
	(void)state;
	assert_int_equal(status_of(play), 0);
	assert_int_equal(request_answer(&play->request, MSG_PAGE_DONE, &done), PROGRESS_RESPOND);
	assert_slice(buf_slice(&play->request.response.body),
		     "{\"more\":true,\"next\":\"n\\\"1\",\"objects\":["
		     "{\"id\":\"malware--1\",\"date_added\":\"1970-01-01T00:00:01.000001Z\",\"version\":\"1970-01-01T00:"
		     "00:00.500Z\","
		     "\"media_type\":\"application/stix+json;version=2.1\"},"
		     "{\"id\":\"malware--2\",\"date_added\":\"1970-01-01T00:00:02.000000Z\",\"version\":\"1970-01-01T00:"
		     "00:02.12Z\","
		     "\"media_type\":\"application/stix+json;version=2.1\"}]}");
	assert_string_equal(play->request.response.headers[0].value, "1970-01-01T00:00:01.000001Z");
	assert_string_equal(play->request.response.headers[1].value, "1970-01-01T00:00:02.000000Z");
}

static void a_client_that_cannot_read_taxii_is_told_so(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/taxii2/");
	(void)state;
	play->request.head.accept = SLICE("application/taxii+json;version=2.0, text/html");
	assert_int_equal(request_begin(&play->request), PROGRESS_RESPOND);
	assert_int_equal(play->request.response.status, 406);
}

static void envelopes_must_have_objects(void **state)
{
	static const char *const bad[] = {"{}", "{\"objects\":[]}", "{\"objects\":{}}", "[]", "{\"objects\":\"x\"}"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO_PLAY *play = play_new("POST", BASE "both/objects/");
		play->request.head.content_type = SLICE("application/taxii+json;version=2.1");
		play->request.head.has_body = true;
		play->request.head.body_len = 10;
		assert_int_equal(request_begin(&play->request), PROGRESS_ASK);
		assert_int_equal(list_collections(play, 1), PROGRESS_BODY);
		assert_int_equal(request_body(&play->request, slice_text(bad[i])), PROGRESS_ASK);
		assert_int_equal(list_collections(play, 1), PROGRESS_RESPOND);
		assert_int_equal(play->request.response.status, 422);
	}
}

static void statuses_belong_to_their_poster(void **state)
{
	AUTO_PLAY *one = play_new("GET", "/"), *other = play_new("GET", "/");
	struct slice json;
	(void)state;
	one->request.user = SLICE("taxii");
	other->request.user = SLICE("analyst");
	statuses_put(&one->statuses, "00000000-0000-4000-8000-000000000001", &one->request, SLICE("{}"));
	assert_ok(statuses_find(&one->statuses, SLICE("00000000-0000-4000-8000-000000000001"), &one->request, &json));
	assert_slice(json, "{}");
	assert_int_equal(
		statuses_find(&one->statuses, SLICE("00000000-0000-4000-8000-000000000001"), &other->request, &json),
		ERR_NOT_FOUND);
	assert_int_equal(statuses_find(&one->statuses, SLICE(""), &one->request, &json), ERR_NOT_FOUND);
}

static void old_statuses_make_room(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/");
	struct slice json;
	char id[STATUS_ID + 1];
	(void)state;
	for (int i = 0; i <= STATUSES; i++) {
		snprintf(id, sizeof id, "00000000-0000-4000-8000-%012d", i);
		statuses_put(&play->statuses, id, &play->request, SLICE("{}"));
	}
	assert_int_equal(
		statuses_find(&play->statuses, SLICE("00000000-0000-4000-8000-000000000000"), &play->request, &json),
		ERR_NOT_FOUND);
	assert_ok(statuses_find(&play->statuses, SLICE("00000000-0000-4000-8000-000000000001"), &play->request, &json));
	assert_int_equal(play->statuses.bytes, 2 * STATUSES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights_decide_between_403_and_404),
		cmocka_unit_test(filters_are_checked_before_anybody_is_asked),
		cmocka_unit_test(a_limit_above_the_largest_page_is_served_at_that_size),
		cmocka_unit_test(an_alias_asks_the_store_for_the_collection_itself),
		cmocka_unit_test(empty_lists_are_left_out),
		cmocka_unit_test(an_object_that_is_not_there_is_not_found),
		cmocka_unit_test(a_manifest_carries_dates_cursor_and_headers),
		cmocka_unit_test(a_client_that_cannot_read_taxii_is_told_so),
		cmocka_unit_test(envelopes_must_have_objects),
		cmocka_unit_test(statuses_belong_to_their_poster),
		cmocka_unit_test(old_statuses_make_room),
	};
	json_start(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
