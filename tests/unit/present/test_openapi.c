/* The OpenAPI document holds exactly the route table. */
#include "../../support/test.h"
#include "object/json.h"
#include "present/route.h"

static json_t *document(void)
{
	AUTO_BUF text = buf_make(1024 * 1024);
	json_t *json = NULL;
	openapi_print(&text);
	assert_int_equal(text.err, ERR_OK);
	assert_int_equal(json_read(buf_slice(&text), 1024 * 1024, &json, NULL), ERR_OK);
	return json;
}

static const char *verb(enum method method)
{
	static const char *const verbs[METHOD_COUNT] = {"get", "post", "delete"};
	return verbs[method];
}

static void every_route_is_described(void **state)
{
	AUTO_JSON *json = document();
	(void)state;
	assert_string_equal(json_string_value(json_object_get(json, "openapi")), "3.1.0");
	for (const struct route *route = routes; route->path; route++) {
		const json_t *operation = json_object_get(json_object_get(json_object_get(json, "paths"), route->path),
							  verb(route->method));
		if (!operation)
			fail_msg("%s %s is missing", method_name(route->method), route->path);
		assert_string_equal(json_string_value(json_object_get(operation, "summary")), route->summary);
		assert_int_equal(json_array_size(json_object_get(operation, "security")) == 0, route->open);
		assert_int_equal(json_object_get(operation, "requestBody") == NULL, route->body == BODY_NONE);
	}
}

static void nothing_is_described_that_is_no_route(void **state)
{
	AUTO_JSON *json = document();
	size_t described = 0, there = 0;
	const char *path;
	json_t *item;
	(void)state;
	json_object_foreach (json_object_get(json, "paths"), path, item)
		described += json_object_size(item);
	for (const struct route *route = routes; route->path; route++)
		there++;
	assert_int_equal(described, there);
}

static void every_parameter_of_a_path_is_described(void **state)
{
	AUTO_JSON *json = document();
	const char *path, *method;
	json_t *item, *operation;
	(void)state;
	json_object_foreach (json_object_get(json, "paths"), path, item) {
		json_object_foreach (item, method, operation) {
			size_t i, in_path = 0, braces = 0;
			json_t *parameter;
			json_array_foreach (json_object_get(operation, "parameters"), i, parameter)
				in_path += strcmp(json_string_value(json_object_get(parameter, "in")), "path") == 0;
			for (const char *c = path; *c; c++)
				braces += *c == '{';
			assert_int_equal(in_path, braces);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_is_described),
		cmocka_unit_test(nothing_is_described_that_is_no_route),
		cmocka_unit_test(every_parameter_of_a_path_is_described),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
