/* The course of requests, played with plain calls: who is asked what, and what comes back for each answer. */
#include "../../support/test.h"
#include "present/request.h"
#include "present/taxii.h"

struct play {
	struct site site;
	struct statuses statuses;
	struct files files;
	struct policy_set *policies;
	struct request_head head;
	struct request request;
};

static const uint8_t id[16] = {1, 2, 3};

static struct play *play_new(const char *method, const char *target)
{
	struct play *play = calloc(1, sizeof *play);
	assert_non_null(play);
	play->policies = policy_set_new();
	play->site = (struct site){.policies = play->policies,
				   .nation = SLICE("KOR"),
				   .realm = SLICE("real"),
				   .files = &play->files,
				   .statuses = &play->statuses};
	play->head = (struct request_head){
		.method = slice_text(method), .target = slice_text(target), .host = SLICE("node:8445")};
	return play;
}

static enum progress play_begin(struct play *play)
{
	request_init(&play->request, &play->site, &play->head, id);
	return request_begin(&play->request);
}

static void play_free(struct play **play)
{
	request_done(&(*play)->request);
	statuses_done(&(*play)->statuses);
	policy_set_free((*play)->policies);
	free(*play);
}
#define AUTO_PLAY __attribute__((cleanup(play_free))) struct play

static const char *header_of(const struct play *play, const char *name, size_t nth)
{
	for (size_t i = 0; i < play->request.response.header_count; i++)
		if (strcmp(play->request.response.headers[i].name, name) == 0 && nth-- == 0)
			return play->request.response.headers[i].value;
	return NULL;
}

static void assert_status(struct play *play, enum progress progress, unsigned status)
{
	assert_int_equal(progress, PROGRESS_RESPOND);
	assert_int_equal(play->request.response.status, status);
}

static enum progress sign_in(struct play *play)
{
	struct msg_session session = {.session = {7}, .user = SLICE("analyst"), .roles = SLICE("analyst")};
	assert_int_equal(play->request.ask.type, MSG_SIGN_IN);
	return request_answer(&play->request, MSG_SESSION, &session);
}

#define BEARER "Bearer 0101010101010101010101010101010101010101010101010101010101010101"

static void a_request_without_credentials_is_told_how_to_sign_in(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/api/v1/status");
	(void)state;
	assert_status(play, play_begin(play), 401);
	assert_string_equal(header_of(play, "WWW-Authenticate", 0), "Basic realm=\"bices\", charset=\"UTF-8\"");
	assert_string_equal(header_of(play, "WWW-Authenticate", 1), "Bearer realm=\"bices\"");
}

static void a_bad_certificate_is_refused_whatever_else_is_shown(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/api/v1/status");
	(void)state;
	play->head.certificate = CERTIFICATE_BAD;
	play->head.authorization = SLICE(BEARER);
	assert_status(play, play_begin(play), 401);
}

static void a_good_certificate_is_vouched_for_by_its_uri(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/api/v1/status");
	(void)state;
	play->head.certificate = CERTIFICATE_GOOD;
	play->head.certificate_uri = SLICE("bices://KOR/user/analyst");
	assert_int_equal(play_begin(play), PROGRESS_ASK);
	const struct msg_sign_in *asked = play->request.ask.value;
	assert_slice(asked->certificate_uri, "bices://KOR/user/analyst");
	assert_int_equal(asked->user.len + asked->password.len, 0);
	assert_int_equal(asked->transient, 1);
	assert_int_equal(sign_in(play), PROGRESS_ASK);
	assert_int_equal(play->request.ask.type, MSG_STATUS);
	assert_int_equal(((const struct msg_ask *)play->request.ask.value)->session[0], 7);
}

static void basic_credentials_may_hold_colons_and_foreign_letters(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/api/v1/status");
	(void)state;
	play->head.authorization = SLICE("basic  YW5hbHlzdDphOmLtlbQ="); /* analyst:a:b해 */
	assert_int_equal(play_begin(play), PROGRESS_ASK);
	const struct msg_sign_in *asked = play->request.ask.value;
	assert_slice(asked->user, "analyst");
	assert_slice(asked->password, "a:b해");
}

static void malformed_credentials_are_a_failed_sign_in(void **state)
{
	static const char *const bad[] = {"Bearer",
					  "Bearer 01",
					  "Bearer zz",
					  "Basic !!!!",
					  "Basic OnBhc3M=",
					  "Basic dXNlcg==",
					  "Basic dXNlcjo=",
					  "Digest x",
					  "Bearer 0101010101010101010101010101010101010101010101010101010101010101ff"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO_PLAY *play = play_new("GET", "/api/v1/status");
		play->head.authorization = slice_text(bad[i]);
		assert_status(play, play_begin(play), 401);
	}
}

static void a_large_body_waits_for_the_session_to_be_vouched_for(void **state)
{
	AUTO_PLAY *play = play_new("POST", "/api/v1/objects");
	struct msg_collections_done none = {0};
	(void)state;
	play->head.authorization = SLICE(BEARER);
	play->head.content_type = SLICE("application/json");
	play->head.has_body = true;
	play->head.body_len = LIMIT_JSON_BYTES;
	assert_int_equal(play_begin(play), PROGRESS_ASK);
	assert_int_equal(play->request.ask.type, MSG_COLLECTIONS);
	assert_int_equal(request_answer(&play->request, MSG_COLLECTIONS_DONE, &none), PROGRESS_BODY);
	assert_int_equal(play->request.body_limit, LIMIT_JSON_BYTES);
}

static void a_body_above_the_limit_is_refused_by_its_head_once_signed_in(void **state)
{
	struct msg_collections_done none = {0};
	(void)state;
	for (int extra = -1; extra <= 1; extra++) {
		AUTO_PLAY *play = play_new("POST", "/api/v1/objects");
		play->head.authorization = SLICE(BEARER);
		play->head.content_type = SLICE("application/json");
		play->head.has_body = true;
		play->head.body_len = (uint64_t)LIMIT_JSON_BYTES + (uint64_t)(int64_t)extra;
		assert_int_equal(play_begin(play), PROGRESS_ASK);
		enum progress progress = request_answer(&play->request, MSG_COLLECTIONS_DONE, &none);
		if (extra > 0)
			assert_status(play, progress, 413);
		else
			assert_int_equal(progress, PROGRESS_BODY);
	}
}

static void another_media_type_is_refused_and_the_right_ones_named(void **state)
{
	AUTO_PLAY *play = play_new("POST", "/api/v1/objects");
	(void)state;
	play->head.authorization = SLICE(BEARER);
	play->head.content_type = SLICE("text/xml");
	play->head.has_body = true;
	play->head.body_len = 10;
	assert_status(play, play_begin(play), 415);
	assert_non_null(
		memmem(play->request.response.body.data, play->request.response.body.len, "application/stix+json", 21));
}

static void pages_of_other_origins_may_not_change_anything(void **state)
{
	static const struct {
		const char *origin;
		bool allowed;
	} rows[] = {{"https://node:8445", true},
		    {"https://evil:8445", false},
		    {"http://node:8445", false},
		    {"null", false},
		    {"", true}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO_PLAY *play = play_new("DELETE", "/api/v1/session");
		play->head.authorization = SLICE(BEARER);
		play->head.origin = slice_text(rows[i].origin);
		enum progress progress = play_begin(play);
		if (rows[i].allowed)
			assert_int_equal(progress, PROGRESS_ASK);
		else
			assert_status(play, progress, 403);
	}
}

static void unknown_query_parameters_are_named(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/api/v1/search?q=x&lmit=5");
	(void)state;
	play->head.authorization = SLICE(BEARER);
	assert_status(play, play_begin(play), 400);
	assert_non_null(memmem(play->request.response.body.data, play->request.response.body.len, "lmit", 4));
}

static void another_method_is_answered_with_those_allowed(void **state)
{
	AUTO_PLAY *play = play_new("PUT", "/api/v1/users");
	(void)state;
	assert_status(play, play_begin(play), 405);
	assert_string_equal(header_of(play, "Allow", 0), "GET, POST");
}

static void ask_object(struct play *play, const char *target, struct msg_refused *refused, struct buf *body)
{
	play->head.authorization = SLICE(BEARER);
	play->head.target = slice_text(target);
	assert_int_equal(play_begin(play), PROGRESS_ASK);
	assert_int_equal(play->request.ask.type, MSG_GET);
	assert_status(play, request_answer(&play->request, MSG_REFUSED, refused), 404);
	buf_put(body, buf_slice(&play->request.response.body));
}

static void denied_and_missing_are_the_same_octets(void **state)
{
	AUTO_PLAY *denied = play_new("GET", ""), *missing = play_new("GET", "");
	struct msg_refused with_text = {.err = ERR_NOT_FOUND, .text = SLICE("compartment X is missing"), .line = 4};
	struct msg_refused without = {.err = ERR_NOT_FOUND};
	AUTO_BUF one = buf_make(4096), other = buf_make(4096);
	(void)state;
	ask_object(denied, "/api/v1/objects/report--00000000-0000-4000-8000-0000000000aa", &with_text, &one);
	ask_object(missing, "/api/v1/objects/report--00000000-0000-4000-8000-0000000000bb", &without, &other);
	assert_true(slice_equal(buf_slice(&one), buf_slice(&other)));
	assert_int_equal(denied->request.response.header_count, missing->request.response.header_count);
}

static void every_refusal_of_the_store_becomes_its_status(void **state)
{
	static const struct {
		uint8_t err;
		unsigned status;
	} rows[] = {{ERR_SIGN_IN, 401},	    {ERR_REFUSED, 403}, {ERR_CONFLICT, 409},
		    {ERR_UNAVAILABLE, 503}, {ERR_FULL, 507},	{ERR_UNKNOWN, 422},
		    {ERR_INVALID, 422},	    {ERR_OK, 500},	{200, 500}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO_PLAY *play = play_new("GET", "/api/v1/status");
		struct msg_refused refused = {.err = rows[i].err, .text = SLICE("cut \xed\x95"), .line = 3};
		play->head.authorization = SLICE(BEARER);
		assert_int_equal(play_begin(play), PROGRESS_ASK);
		assert_status(play, request_answer(&play->request, MSG_REFUSED, &refused), rows[i].status);
		assert_true(utf8_is_text(buf_slice(&play->request.response.body)));
	}
}

static void an_answer_of_another_type_is_an_internal_fault(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/api/v1/status");
	struct msg_users_done users = {0};
	(void)state;
	play->head.authorization = SLICE(BEARER);
	assert_int_equal(play_begin(play), PROGRESS_ASK);
	assert_status(play, request_answer(&play->request, MSG_USERS_DONE, &users), 500);
}

static void a_session_is_opened_with_json_and_its_token_is_hex(void **state)
{
	AUTO_PLAY *play = play_new("POST", "/api/v1/session");
	struct msg_session session = {.session = {0xab},
				      .user = SLICE("analyst"),
				      .roles = SLICE("analyst watch"),
				      .clearance = SLICE("NATO|SECRET\nPUBLIC|UNMARKED"),
				      .expires = 1};
	(void)state;
	play->head.content_type = SLICE("application/json");
	play->head.has_body = true;
	play->head.body_len = 10;
	assert_int_equal(play_begin(play), PROGRESS_BODY);
	assert_int_equal(request_body(&play->request, SLICE("{\"user\":\"analyst\",\"password\":\"p\"}")),
			 PROGRESS_ASK);
	assert_int_equal(((const struct msg_sign_in *)play->request.ask.value)->transient, 0);
	assert_status(play, request_answer(&play->request, MSG_SESSION, &session), 200);
	AUTO_JSON *json = NULL;
	assert_ok(json_read(buf_slice(&play->request.response.body), 4096, &json, NULL));
	assert_int_equal(json_string_length(json_object_get(json, "token")), 64);
	assert_slice(json_slice(json_object_get(json, "expires")), "1970-01-01T00:00:00.001Z");
	assert_int_equal(json_array_size(json_object_get(json, "roles")), 2);
}

static void small_bodies_must_be_exactly_what_is_known(void **state)
{
	static const char *const bad[] = {"[]",
					  "{",
					  "{\"user\":1,\"password\":\"p\"}",
					  "{\"user\":\"a\"}",
					  "{\"user\":\"a\",\"user\":\"b\",\"password\":\"p\"}",
					  "{\"user\":\"a\",\"password\":\"p\",\"admin\":\"yes\"}",
					  "{\"user\":[\"a\"],\"password\":\"p\"}"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		AUTO_PLAY *play = play_new("POST", "/api/v1/session");
		play->head.content_type = SLICE("application/json");
		play->head.has_body = true;
		play->head.body_len = 10;
		assert_int_equal(play_begin(play), PROGRESS_BODY);
		assert_status(play, request_body(&play->request, slice_text(bad[i])), 400);
	}
}

static void a_search_passes_its_limits_on(void **state)
{
	AUTO_PLAY *play = play_new(
		"GET", "/api/v1/search?q=%ED%95%B4%ED%82%B9&limit=7&count=true&cursor=0aff&since=2026-01-01T00:00:00Z");
	struct msg_hits hits = {.count = 3};
	(void)state;
	play->head.authorization = SLICE(BEARER);
	assert_int_equal(play_begin(play), PROGRESS_ASK);
	const struct msg_search *search = play->request.ask.value;
	assert_slice(search->text, "해킹");
	assert_int_equal(search->limit, 7);
	assert_int_equal(search->cursor.len, 2);
	assert_int_equal(search->since, 1767225600000ull);
	assert_status(play, request_answer(&play->request, MSG_HITS, &hits), 200);
	assert_slice(buf_slice(&play->request.response.body), "{\"count\":3}");
}

static unsigned posted(const char *target, const char *before, size_t len, const char *after)
{
	AUTO_PLAY *play = play_new("POST", target);
	AUTO_BUF body = buf_make(8192);
	play->head.content_type = SLICE("application/json");
	play->head.authorization = SLICE(BEARER);
	play->head.has_body = true;
	play->head.body_len = 10;
	buf_put_text(&body, before);
	for (size_t i = 0; i < len; i++)
		buf_put_octet(&body, 'x');
	buf_put_text(&body, after);
	assert_int_equal(play_begin(play), PROGRESS_BODY);
	enum progress progress = request_body(&play->request, buf_slice(&body));
	return progress == PROGRESS_RESPOND ? play->request.response.status : 0;
}

static void passwords_and_reasons_have_their_limits(void **state)
{
	static const struct {
		const char *target, *before, *after;
		size_t limit;
	} rows[] = {
		{"/api/v1/session", "{\"user\":\"a\",\"password\":\"", "\"}", LIMIT_PASSWORD},
		{"/api/v1/session", "{\"password\":\"a\",\"user\":\"", "\"}", LIMIT_USER},
		{"/api/v1/users", "{\"name\":\"a\",\"roles\":[\"reader\"],\"clearance\":[\"PUBLIC|UNMARKED\"],\"password\":\"", "\"}", LIMIT_PASSWORD},
		{"/api/v1/releases/report--1/refuse", "{\"reason\":\"", "\"}", LIMIT_REASON},
		{"/api/v1/releases/report--1/approve", "{\"reason\":\"", "\"}", LIMIT_REASON},
		{"/api/v1/releases/report--1/withdraw", "{\"from\":[\"all\"],\"portions\":[\"all\"],\"reason\":\"", "\"}", LIMIT_REASON},
		{"/api/v1/objects/report--1/recall", "{\"reason\":\"", "\"}", LIMIT_REASON},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (size_t len = rows[i].limit - 1; len <= rows[i].limit + 1; len++)
			assert_int_equal(posted(rows[i].target, rows[i].before, len, rows[i].after), len <= rows[i].limit ? 0 : 413);
}

static void a_basic_password_has_its_limit(void **state)
{
	(void)state;
	for (size_t len = LIMIT_PASSWORD - 1; len <= LIMIT_PASSWORD + 1; len++) {
		AUTO_PLAY *play = play_new("GET", "/api/v1/status");
		AUTO_BUF plain = buf_make(4096), text = buf_make(8192);
		for (size_t i = 0; i < LIMIT_USER; i++)
			buf_put_octet(&plain, 'u');
		buf_put_octet(&plain, ':');
		for (size_t i = 0; i < len; i++)
			buf_put_octet(&plain, 'p');
		buf_put_text(&text, "Basic ");
		buf_put_base64(&text, buf_slice(&plain));
		play->head.authorization = buf_slice(&text);
		assert_int_equal(play_begin(play), len <= LIMIT_PASSWORD ? PROGRESS_ASK : PROGRESS_RESPOND);
	}
}

static void a_search_has_at_most_its_limit_of_results_and_a_default(void **state)
{
	(void)state;
	for (int limit = LIMIT_SEARCH_RESULTS - 1; limit <= LIMIT_SEARCH_RESULTS + 1; limit++) {
		char target[64];
		snprintf(target, sizeof target, "/api/v1/search?q=a&limit=%d", limit);
		AUTO_PLAY *play = play_new("GET", target);
		play->head.authorization = SLICE(BEARER);
		if (limit <= LIMIT_SEARCH_RESULTS) {
			assert_int_equal(play_begin(play), PROGRESS_ASK);
			assert_int_equal(((const struct msg_search *)play->request.ask.value)->limit, limit);
		} else {
			assert_int_equal(play_begin(play), PROGRESS_RESPOND);
		}
	}
	AUTO_PLAY *play = play_new("GET", "/api/v1/search?q=a");
	play->head.authorization = SLICE(BEARER);
	assert_int_equal(play_begin(play), PROGRESS_ASK);
	assert_int_equal(((const struct msg_search *)play->request.ask.value)->limit, LIMIT_SEARCH_DEFAULT);
}

static void a_length_that_is_said_twice_is_refused_before_anything_else(void **state)
{
	AUTO_PLAY *play = play_new("GET", "/api/v1/nothing");
	(void)state;
	play->head.ambiguous = true;
	assert_status(play, play_begin(play), 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_without_credentials_is_told_how_to_sign_in),
		cmocka_unit_test(a_bad_certificate_is_refused_whatever_else_is_shown),
		cmocka_unit_test(a_good_certificate_is_vouched_for_by_its_uri),
		cmocka_unit_test(basic_credentials_may_hold_colons_and_foreign_letters),
		cmocka_unit_test(malformed_credentials_are_a_failed_sign_in),
		cmocka_unit_test(a_large_body_waits_for_the_session_to_be_vouched_for),
		cmocka_unit_test(a_body_above_the_limit_is_refused_by_its_head_once_signed_in),
		cmocka_unit_test(another_media_type_is_refused_and_the_right_ones_named),
		cmocka_unit_test(pages_of_other_origins_may_not_change_anything),
		cmocka_unit_test(unknown_query_parameters_are_named),
		cmocka_unit_test(another_method_is_answered_with_those_allowed),
		cmocka_unit_test(denied_and_missing_are_the_same_octets),
		cmocka_unit_test(every_refusal_of_the_store_becomes_its_status),
		cmocka_unit_test(an_answer_of_another_type_is_an_internal_fault),
		cmocka_unit_test(a_session_is_opened_with_json_and_its_token_is_hex),
		cmocka_unit_test(small_bodies_must_be_exactly_what_is_known),
		cmocka_unit_test(passwords_and_reasons_have_their_limits),
		cmocka_unit_test(a_basic_password_has_its_limit),
		cmocka_unit_test(a_search_has_at_most_its_limit_of_results_and_a_default),
		cmocka_unit_test(a_length_that_is_said_twice_is_refused_before_anything_else),
		cmocka_unit_test(a_search_passes_its_limits_on),
	};
	json_start(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
