/* Problem documents: complete for every error, and the same octets for denied and missing. */
#include "../../support/test.h"
#include "present/problem.h"

#include "object/json.h"

static void every_error_has_a_status_a_name_and_a_title(void **state)
{
	(void)state;
	for (int err = 0; err < ERR_COUNT; err++) {
		struct problem problem = problem_of((enum err)err);
		assert_true(problem.status >= 400 && problem.status < 600);
		assert_non_null(problem.name);
		assert_non_null(problem.title);
	}
	assert_int_equal(problem_of((enum err)ERR_COUNT).status, 500);
	assert_int_equal(problem_of(ERR_OK).status, 500);
}

static void a_problem_reads_as_strict_json(void **state)
{
	AUTO_BUF text = buf_make(4096);
	AUTO_JSON *json = NULL;
	struct problem problem = problem_of(ERR_MALFORMED);
	(void)state;
	problem.detail = SLICE("a \"quoted\"\nline");
	problem.request_id = SLICE("0123");
	problem.line = 3;
	problem.column = 7;
	problem_print(&problem, &text);
	assert_int_equal(json_read(buf_slice(&text), 4096, &json, NULL), ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(json, "status")), 400);
	assert_int_equal(json_integer_value(json_object_get(json, "line")), 3);
	assert_true(slice_equal(json_slice(json_object_get(json, "detail")), problem.detail));
	assert_true(slice_equal(json_slice(json_object_get(json, "type")), SLICE("urn:bices:problem:malformed")));
}

static void a_taxii_error_has_its_title_and_the_status_as_text(void **state)
{
	AUTO_BUF text = buf_make(4096);
	AUTO_JSON *json = NULL;
	struct problem problem = problem_of(ERR_NOT_FOUND);
	(void)state;
	problem.request_id = SLICE("0123");
	problem_print_taxii(&problem, &text);
	assert_int_equal(json_read(buf_slice(&text), 4096, &json, NULL), ERR_OK);
	assert_true(slice_equal(json_slice(json_object_get(json, "title")), SLICE("no such object")));
	assert_true(slice_equal(json_slice(json_object_get(json, "http_status")), SLICE("404")));
}

static void statuses_without_an_error_of_their_own_are_internal_faults(void **state)
{
	(void)state;
	assert_int_equal(problem_of_status(405).status, 405);
	assert_int_equal(problem_of_status(406).status, 406);
	assert_int_equal(problem_of_status(415).status, 415);
	assert_int_equal(problem_of_status(418).status, 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_a_status_a_name_and_a_title),
		cmocka_unit_test(a_problem_reads_as_strict_json),
		cmocka_unit_test(a_taxii_error_has_its_title_and_the_status_as_text),
		cmocka_unit_test(statuses_without_an_error_of_their_own_are_internal_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
