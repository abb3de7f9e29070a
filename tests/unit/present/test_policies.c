/* What policies offer, and markings read and written by the label engine. */
#include "../../support/test.h"
#include "../object/policies.h"
#include "object/json.h"
#include "present/request.h"
#include "present/taxii.h"

#define BEARER "Bearer 0000000000000000000000000000000000000000000000000000000000000000"

/* The answer of a request to a store that knows the session; status other than 200: NULL. */
static json_t *ask(const char *method, const char *target, const char *body, unsigned status)
{
	static const uint8_t id[16] = {1};
	struct files files = {0};
	struct statuses statuses = {0};
	struct site site = {.policies = test_policies(SOURCE_ROOT), .nation = SLICE("NATO"), .realm = SLICE("real"),
			    .files = &files, .statuses = &statuses};
	struct request_head head = {.method = slice_text(method), .target = slice_text(target), .host = SLICE("node:8445"),
				    .authorization = SLICE(BEARER), .content_type = SLICE("application/json"),
				    .has_body = body != NULL, .body_len = body ? strlen(body) : 0, .now_ms = 1795000000000ull};
	struct request request;
	struct msg_collections_done known = {0};
	json_t *answer = NULL;
	request_init(&request, &site, &head, id);
	enum progress progress = request_begin(&request);
	if (progress == PROGRESS_BODY)
		progress = request_body(&request, slice_text(body));
	if (progress == PROGRESS_ASK) {
		assert_int_equal(request.ask.type, MSG_COLLECTIONS);
		progress = request_answer(&request, MSG_COLLECTIONS_DONE, &known);
	}
	assert_int_equal(progress, PROGRESS_RESPOND);
	assert_int_equal(request.response.status, status);
	if (status == 200)
		assert_int_equal(json_read(buf_slice(&request.response.body), LIMIT_MESSAGE, &answer, NULL), ERR_OK);
	request_done(&request);
	statuses_done(&statuses);
	return answer;
}

static const char *text_in(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const json_t *named(const json_t *list, const char *name)
{
	size_t i;
	json_t *item;
	json_array_foreach (list, i, item)
		if (strcmp(text_in(item, "name"), name) == 0)
			return item;
	return NULL;
}

static void policies_offer_their_classifications_with_marks_and_their_values(void **state)
{
	AUTO_JSON *answer = ask("GET", "/api/v1/policies", NULL, 200);
	(void)state;
	const json_t *nato = named(json_object_get(answer, "policies"), "NATO");
	const json_t *secret = named(json_object_get(nato, "classifications"), "SECRET");
	const json_t *top = named(json_object_get(nato, "classifications"), "TOP SECRET");
	assert_string_equal(text_in(secret, "mark"), "NS");
	assert_string_equal(text_in(secret, "color"), "#C8102E");
	assert_string_equal(text_in(top, "marking"), "COSMIC TOP SECRET");
	const json_t *release = named(json_object_get(nato, "sets"), "Releasable To");
	assert_string_equal(text_in(release, "type"), "PERMISSIVE");
	assert_true(json_array_size(json_object_get(release, "values")) > 30);
	const json_t *public = named(json_object_get(answer, "policies"), "PUBLIC");
	assert_string_equal(text_in(json_array_get(json_object_get(public, "classifications"), 0), "marking"), "PUBLIC");
}

static void marking_lines_become_labels_and_the_line_over_them_all(void **state)
{
	AUTO_JSON *answer = ask("POST", "/api/v1/labels/mark", "{\"lines\":[\"NATO RESTRICTED\",\"" LABEL_SECRET "\"]}", 200);
	(void)state;
	const json_t *labels = json_object_get(answer, "labels");
	assert_string_equal(text_in(json_array_get(labels, 0), "mark"), "NR");
	assert_string_equal(text_in(json_array_get(labels, 1), "label"), LABEL_SECRET);
	assert_string_equal(text_in(answer, "marking"), "NATO SECRET");
	assert_int_equal(json_integer_value(json_object_get(answer, "level")), 4);
}

static void a_line_that_may_not_stand_says_why_and_raises_nothing(void **state)
{
	AUTO_JSON *answer = ask("POST", "/api/v1/labels/mark", "{\"lines\":[\"NATO RESTRICTED\",\"NATO UNCLASSIFIED ATOMAL\",\"FOO\"]}", 200);
	(void)state;
	const json_t *labels = json_object_get(answer, "labels");
	for (size_t i = 1; i < 3; i++) {
		assert_null(json_object_get(json_array_get(labels, i), "label"));
		assert_true(json_array_size(json_object_get(json_array_get(labels, i), "problems")) > 0);
	}
	assert_string_equal(text_in(answer, "marking"), "NATO RESTRICTED");
}

static void too_many_lines_are_refused(void **state)
{
	AUTO_BUF body = buf_make(65536);
	(void)state;
	buf_put_text(&body, "{\"lines\":[\"PUBLIC\"");
	for (int i = 0; i < 256; i++)
		buf_put_text(&body, ",\"PUBLIC\"");
	buf_put(&body, slice_of("]}\0", 3));
	assert_null(ask("POST", "/api/v1/labels/mark", (const char *)body.data, 413));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_offer_their_classifications_with_marks_and_their_values),
		cmocka_unit_test(marking_lines_become_labels_and_the_line_over_them_all),
		cmocka_unit_test(a_line_that_may_not_stand_says_why_and_raises_nothing),
		cmocka_unit_test(too_many_lines_are_refused),
	};
	json_start(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
