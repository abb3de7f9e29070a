/* GET of the map: what is asked of the store, and how its answer is written. */
#include "../../support/test.h"
#include "object/place.h"
#include "present/request.h"
#include "present/taxii.h"

#define BEARER "Bearer 0101010101010101010101010101010101010101010101010101010101010101"

struct play {
	struct site site;
	struct statuses statuses;
	struct files files;
	struct request_head head;
	struct request request;
};

static enum progress play_begin(struct play *play, const char *query)
{
	static const uint8_t id[16] = {1};
	static char target[1024];
	struct policy_set *policies = policy_set_new();
	snprintf(target, sizeof target, "/api/v1/map%s", query);
	*play = (struct play){0};
	play->site = (struct site){.policies = policies, .nation = SLICE("KOR"), .realm = SLICE("real"), .files = &play->files, .statuses = &play->statuses};
	play->head = (struct request_head){.method = SLICE("GET"), .target = slice_text(target), .host = SLICE("node:1"), .authorization = SLICE(BEARER)};
	request_init(&play->request, &play->site, &play->head, id);
	return request_begin(&play->request);
}

static void play_end(struct play *play)
{
	request_done(&play->request);
	statuses_done(&play->statuses);
	policy_set_free((struct policy_set *)(uintptr_t)play->site.policies);
}

static const struct msg_ask_places *asked(struct play *play)
{
	assert_int_equal(play->request.ask.type, MSG_PLACES);
	return play->request.ask.value;
}

static void without_a_box_the_whole_world_is_asked_for(void **state)
{
	(void)state;
	struct play play;
	assert_int_equal(play_begin(&play, ""), PROGRESS_ASK);
	assert_int_equal(asked(&play)->south + asked(&play)->west, 0);
	assert_int_equal(asked(&play)->north, 1800000000);
	assert_int_equal(asked(&play)->east, 3600000000u);
	assert_int_equal(asked(&play)->limit, LIMIT_MAP_DEFAULT);
	play_end(&play);
}

static void a_box_is_read_to_the_seventh_decimal(void **state)
{
	(void)state;
	struct play play;
	assert_int_equal(play_begin(&play, "?bbox=-10.5,-0.0000001,170,55.1234567&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z"), PROGRESS_ASK);
	assert_int_equal(asked(&play)->west, 1695000000);
	assert_int_equal(asked(&play)->south, 899999999);
	assert_int_equal(asked(&play)->east, 3500000000u);
	assert_int_equal(asked(&play)->north, 1451234567);
	assert_int_equal(asked(&play)->until - asked(&play)->since, 86400000);
	play_end(&play);
}

static void what_is_no_box_time_or_limit_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"?bbox=", "?bbox=1,2,3", "?bbox=1,2,3,4,5", "?bbox=1,2,3,4,", "?bbox=a,0,1,1", "?bbox=0,0,1,90.0000001", "?bbox=0,5,1,4",
					  "?bbox=-180.0000001,0,1,1", "?bbox=1e1,0,20,1", "?bbox=.5,0,1,1", "?bbox=5.,0,6,1", "?bbox=0,0,1.12345678,1", "?bbox=-,0,1,1",
					  "?bbox=0,0,9999999999999,1", "?limit=0", "?limit=2001", "?from=now", "?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct play play;
		assert_int_equal(play_begin(&play, bad[i]), PROGRESS_RESPOND);
		assert_int_equal(play.request.response.status, 400);
		play_end(&play);
	}
	struct play play;
	assert_int_equal(play_begin(&play, "?limit=2000&bbox=170,-90,-170,90"), PROGRESS_ASK);
	assert_true(asked(&play)->west > asked(&play)->east);
	play_end(&play);
}

static void the_answer_is_geojson_with_a_marking_on_each_feature(void **state)
{
	(void)state;
	struct play play;
	struct position positions[] = {{1455000000, 2000000000, 1000, 2000}, {900000000 - 5000000, 1800000000u - 1, 2000, 0}};
	struct placed_object objects[] = {{.id = SLICE("bices-track--a"), .type = SLICE("bices-track"), .title = SLICE("t"), .label = SLICE("X|Y"),
					   .symbol = SLICE("10033000001400000000"), .positions = {positions, 2}}};
	assert_int_equal(play_begin(&play, ""), PROGRESS_ASK);
	assert_int_equal(request_answer(&play.request, MSG_PLACES_DONE, &(struct msg_places){.objects = {objects, 1}, .more = 1}), PROGRESS_RESPOND);
	assert_string_equal(play.request.response.content_type, "application/geo+json");
	buf_put_octet(&play.request.response.body, 0);
	const char *text = (const char *)play.request.response.body.data;
	assert_non_null(strstr(text, "\"geometry\":{\"type\":\"Point\",\"coordinates\":[-0.0000001,-0.5000000]}"));
	assert_non_null(strstr(text, "\"marking\":\"UNKNOWN LABEL\""));
	assert_non_null(strstr(text, "\"sidc\":\"10033000001400000000\""));
	assert_non_null(strstr(text, "{\"coordinates\":[20.0000000,55.5000000],\"since\":\"1970-01-01T00:00:01.000Z\",\"until\":\"1970-01-01T00:00:02.000Z\"}"));
	assert_non_null(strstr(text, "\"until\":null"));
	assert_non_null(strstr(text, "\"more\":true"));
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_box_the_whole_world_is_asked_for),
		cmocka_unit_test(a_box_is_read_to_the_seventh_decimal),
		cmocka_unit_test(what_is_no_box_time_or_limit_is_refused),
		cmocka_unit_test(the_answer_is_geojson_with_a_marking_on_each_feature),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
