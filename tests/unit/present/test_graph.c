/* GET and POST of a graph: what is asked of the store, and how its answer is written. */
#include "../../support/test.h"
#include "present/request.h"
#include "present/taxii.h"

#define BEARER "Bearer 0101010101010101010101010101010101010101010101010101010101010101"
#define CENTRE "malware--00000000-0000-4000-8000-000000000001"

struct play {
	struct site site;
	struct statuses statuses;
	struct files files;
	struct request_head head;
	struct request request;
};

static enum progress play_begin(struct play *play, const char *method, const char *query, const char *body)
{
	static const uint8_t id[16] = {1};
	static char target[1024];
	struct policy_set *policies = policy_set_new();
	snprintf(target, sizeof target, "/api/v1/objects/" CENTRE "/graph%s", query);
	*play = (struct play){0};
	play->site = (struct site){.policies = policies, .nation = SLICE("KOR"), .realm = SLICE("real"), .files = &play->files, .statuses = &play->statuses};
	play->head = (struct request_head){.method = slice_text(method), .target = slice_text(target), .host = SLICE("node:1"),
					   .authorization = SLICE(BEARER), .content_type = SLICE("application/json"),
					   .has_body = body != NULL, .body_len = body ? strlen(body) : 0};
	request_init(&play->request, &play->site, &play->head, id);
	enum progress progress = request_begin(&play->request);
	if (!body)
		return progress;
	while (progress == PROGRESS_ASK) { /* the token is looked at before the body is read */
		struct msg_status_done known = {0};
		progress = request_answer(&play->request, (uint16_t)play->request.ask.expected, &known);
	}
	return progress == PROGRESS_BODY ? request_body(&play->request, slice_text(body)) : progress;
}

static void play_end(struct play *play)
{
	request_done(&play->request);
	statuses_done(&play->statuses);
	policy_set_free((struct policy_set *)(uintptr_t)play->site.policies);
}

static const struct msg_ask_graph *asked(struct play *play)
{
	assert_int_equal(play->request.ask.type, MSG_GRAPH);
	return play->request.ask.value;
}

static void depth_and_limit_have_sensible_defaults_and_bounds(void **state)
{
	(void)state;
	struct play play;
	static const struct { const char *query; unsigned depth, limit; } cases[] = {
		{"", 1, LIMIT_GRAPH_DEFAULT}, {"?depth=0&limit=1", 0, 1}, {"?depth=3&limit=300", 3, 300}, {"?limit=299&type=tool", 1, 299},
		{"?depth=4", 0, 0}, {"?limit=0", 0, 0}, {"?limit=301", 0, 0}, {"?depth=-1", 0, 0}, {"?limit=x", 0, 0}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum progress progress = play_begin(&play, "GET", cases[i].query, NULL);
		if (!cases[i].limit) {
			assert_int_equal(progress, PROGRESS_RESPOND);
			assert_int_equal(play.request.response.status, 400);
		} else {
			assert_int_equal(asked(&play)->depth, cases[i].depth);
			assert_int_equal(asked(&play)->limit, cases[i].limit);
			assert_slice(asked(&play)->id, CENTRE);
		}
		play_end(&play);
	}
}

static void what_stays_is_a_list_of_ids_and_nothing_else(void **state)
{
	(void)state;
	struct play play;
	static const char *const bad[] = {"", "[]", "{}", "{\"also\":1}", "{\"also\":[1]}", "{\"also\":[\"\"]}", "{\"also\":[],\"more\":1}", "{\"also\":["};
	(void)play_begin(&play, "POST", "", "{\"also\":[\"tool--a\",\"tool--b\"]}");
	const struct id_item *also = asked(&play)->also.items;
	assert_int_equal(asked(&play)->also.count, 2);
	assert_slice(also[1].id, "tool--b");
	play_end(&play);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(play_begin(&play, "POST", "", bad[i]), PROGRESS_RESPOND);
		assert_int_equal(play.request.response.status, 400);
		play_end(&play);
	}
}

static void at_most_three_hundred_objects_stay(void **state)
{
	(void)state;
	for (int count = LIMIT_GRAPH_NODES - 1; count <= LIMIT_GRAPH_NODES + 1; count++) {
		struct play play;
		AUTO_BUF body = buf_make(65536);
		buf_put_text(&body, "{\"also\":[\"a\"");
		for (int i = 1; i < count; i++)
			buf_put_text(&body, ",\"a\"");
		buf_put(&body, slice_of((const uint8_t *)"]}", 3)); /* with its NUL */
		enum progress progress = play_begin(&play, "POST", "", (const char *)body.data);
		assert_int_equal(progress, count <= LIMIT_GRAPH_NODES ? PROGRESS_ASK : PROGRESS_RESPOND);
		play_end(&play);
	}
}

static const char *answered(struct play *play, const struct msg_graph *graph)
{
	assert_int_equal(play_begin(play, "GET", "", NULL), PROGRESS_ASK);
	assert_int_equal(request_answer(&play->request, MSG_GRAPH_DONE, graph), PROGRESS_RESPOND);
	buf_put_octet(&play->request.response.body, 0);
	return (const char *)play->request.response.body.data;
}

static void a_line_runs_from_its_source_whichever_end_comes_first(void **state)
{
	(void)state;
	struct play play;
	struct graph_node nodes[] = {{.id = SLICE(CENTRE), .type = SLICE("malware")}, {.id = SLICE("tool--b"), .type = SLICE("tool")}};
	struct graph_edge edges[] = {
		{.from = 0, .to = 1, .id = SLICE("relationship--r"), .title = SLICE("uses"), .reference = SLICE("{\"property\":\"source_ref\"}")},
		{.from = 0, .to = 1, .id = SLICE("relationship--s"), .title = SLICE("drops"), .reference = SLICE("{\"property\":\"target_ref\"}")},
		{.from = 1, .to = 0, .reference = SLICE("{\"property\":\"object_refs\"}")},
		{.from = 1, .to = 0, .reference = SLICE("not JSON")}};
	struct graph_kind kinds[] = {{0, SLICE("tool"), 1}, {1, SLICE("malware"), 1}};
	const char *text = answered(&play, &(struct msg_graph){.nodes = {nodes, 2}, .edges = {edges, 4}, .kinds = {kinds, 2}});
	assert_int_equal(play.request.response.status, 200);
	assert_non_null(strstr(text, "{\"from\":\"" CENTRE "\",\"to\":\"tool--b\",\"kind\":\"uses\",\"id\":\"relationship--r\""));
	assert_non_null(strstr(text, "{\"from\":\"tool--b\",\"to\":\"" CENTRE "\",\"kind\":\"drops\""));
	assert_non_null(strstr(text, "\"kind\":\"object_refs\""));
	assert_non_null(strstr(text, "\"kind\":\"reference\""));
	assert_non_null(strstr(text, "\"kinds\":[{\"type\":\"tool\",\"count\":1}]"));
	play_end(&play);
}

static void an_edge_that_leads_nowhere_is_an_internal_fault(void **state)
{
	(void)state;
	struct play play;
	struct graph_node nodes[] = {{.id = SLICE(CENTRE)}};
	struct graph_edge edges[] = {{.from = 0, .to = 1}};
	(void)answered(&play, &(struct msg_graph){.nodes = {nodes, 1}, .edges = {edges, 1}});
	assert_int_equal(play.request.response.status, 500);
	play_end(&play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_and_limit_have_sensible_defaults_and_bounds),
		cmocka_unit_test(what_stays_is_a_list_of_ids_and_nothing_else),
		cmocka_unit_test(at_most_three_hundred_objects_stay),
		cmocka_unit_test(a_line_runs_from_its_source_whichever_end_comes_first),
		cmocka_unit_test(an_edge_that_leads_nowhere_is_an_internal_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
