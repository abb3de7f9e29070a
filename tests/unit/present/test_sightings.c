/* GET of sightings: what others wrote as numbers never makes nonsense of the sums and of the score. */
#include "../../support/test.h"
#include "../object/build.h"
#include "present/request.h"
#include "present/taxii.h"

#define BEARER "Bearer 0101010101010101010101010101010101010101010101010101010101010101"
#define CENTRE "indicator--00000000-0000-4000-8000-000000000001"
#define SEEN "sighting--00000000-0000-4000-8000-000000000002"
#define NOW UINT64_C(1800000000000)

struct play {
	struct site site;
	struct statuses statuses;
	struct files files;
	struct request_head head;
	struct request request;
	struct build builds[3];
	size_t built;
};

static void play_begin(struct play *play)
{
	static const uint8_t id[16] = {1};
	*play = (struct play){0};
	play->site = (struct site){.policies = policy_set_new(), .nation = SLICE("KOR"), .realm = SLICE("real"),
				   .files = &play->files, .statuses = &play->statuses};
	play->head = (struct request_head){.method = SLICE("GET"), .host = SLICE("node:1"),
					   .authorization = SLICE(BEARER), .now_ms = NOW,
					   .target = SLICE("/api/v1/objects/" CENTRE "/sightings")};
	request_init(&play->request, &play->site, &play->head, id);
	assert_int_equal(request_begin(&play->request), PROGRESS_ASK);
	assert_int_equal(play->request.ask.type, MSG_GRAPH);
}

static void play_end(struct play *play)
{
	request_done(&play->request);
	statuses_done(&play->statuses);
	policy_set_free((struct policy_set *)(uintptr_t)play->site.policies);
	for (size_t i = 0; i < play->built; i++)
		build_done(&play->builds[i]);
}

static enum progress object_answer(struct play *play, const char *id, const char *content)
{
	struct build *build = &play->builds[play->built++];
	build_start(build);
	build_add(build, PORTION_HEAD, "PUBLIC|UNMARKED", content);
	assert_ok(build_manifest(build, id));
	struct msg_object object = {.rendition = build_rendition(build, (size_t[]){0}, 1), .modified = NOW};
	assert_int_equal(play->request.ask.type, MSG_GET);
	return request_answer(&play->request, MSG_OBJECT, &object);
}

/* Sightings with these heads of an object with this one. */
static const char *answered(struct play *play, const char *const *seen, size_t count, const char *centre)
{
	static char text[65536];
	struct graph_node nodes[3] = {{.id = SLICE(CENTRE), .type = SLICE("indicator")}};
	struct graph_edge edges[2];
	play_begin(play);
	for (size_t i = 0; i < count; i++) {
		nodes[i + 1] = (struct graph_node){.id = SLICE(SEEN), .type = SLICE("sighting")};
		edges[i] = (struct graph_edge){.from = (uint32_t)i + 1,
					       .reference = SLICE("{\"property\":\"sighting_of_ref\"}")};
	}
	struct msg_graph graph = {.nodes = {nodes, count + 1}, .edges = {edges, count}};
	assert_int_equal(request_answer(&play->request, MSG_GRAPH_DONE, &graph), PROGRESS_ASK);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(object_answer(play, SEEN, seen[i]), PROGRESS_ASK);
	assert_int_equal(object_answer(play, CENTRE, centre), PROGRESS_RESPOND);
	assert_int_equal(play->request.response.status, 200);
	struct slice body = buf_slice(&play->request.response.body);
	assert_true(body.len < sizeof(text));
	memcpy(text, body.data, body.len);
	text[body.len] = 0;
	play_end(play);
	return text;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s\nstands not in %s", part, text);
}

static void a_confidence_outside_of_its_range_counts_as_the_end_of_the_range(void **state)
{
	static const struct { const char *confidence, *score; } cases[] = {
		{"-1", "\"score\":0,\"base\":0,"}, {"0", "\"score\":0,\"base\":0,"}, {"1", "\"score\":1,\"base\":1,"},
		{"100", "\"score\":100,\"base\":100,"}, {"101", "\"score\":100,\"base\":100,"},
		{"4611686018427387904", "\"score\":100,\"base\":100,"}, {"\"high\"", "\"score\":50,\"base\":50,"}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct play play;
		char head[256];
		snprintf(head, sizeof(head),
			 "{\"pattern\":\"[file:size=1]\",\"valid_from\":\"2027-01-15T08:00:00Z\",\"confidence\":%s}",
			 cases[i].confidence);
		assert_says(answered(&play, NULL, 0, head), cases[i].score);
	}
}

static void a_count_outside_of_its_range_counts_as_the_end_of_the_range(void **state)
{
	static const struct { const char *first, *second, *sum; } cases[] = {
		{"{\"count\":-1}", "{\"count\":3}", "\"sightings\":2,\"count\":3,"},
		{"{\"count\":9223372036854775807}", "{\"count\":9223372036854775807}",
		 "\"sightings\":2,\"count\":1999999998,"},
		{"{\"count\":1000000000}", "{\"count\":0}", "\"sightings\":2,\"count\":999999999,"},
		{"{\"count\":999999999}", "{}", "\"sightings\":2,\"count\":1000000000,"}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct play play;
		const char *const seen[] = {cases[i].first, cases[i].second};
		assert_says(answered(&play, seen, 2, "{\"name\":\"x\"}"), cases[i].sum);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_confidence_outside_of_its_range_counts_as_the_end_of_the_range),
		cmocka_unit_test(a_count_outside_of_its_range_counts_as_the_end_of_the_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
