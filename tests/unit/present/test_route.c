/* How paths find their rows. */
#include "../../support/test.h"
#include "present/route.h"

static void paths_find_their_rows(void **state)
{
	static const struct {
		const char *method, *path, *route, *first;
	} rows[] = {
		{"POST", "/api/v1/session", "/api/v1/session", ""},
		{"GET", "/api/v1/objects/report--1", "/api/v1/objects/{id}", "report--1"},
		{"HEAD", "/api/v1/objects/report--1", "/api/v1/objects/{id}", "report--1"},
		{"GET", "/api/v1/objects/a%2Fb", "/api/v1/objects/{id}", "a/b"},
		{"GET", "/api/v1/objects/report--1/recall", "/api/v1/objects/{id}/recall", "report--1"},
		{"POST", "/api/v1/releases/report--1/approve", "/api/v1/releases/{id}/approve", "report--1"},
		{"GET", "/taxii2/", "/taxii2/", ""},
		{"GET", "/taxii2", "/taxii2/", ""},
		{"GET", "/taxii2/kor/", "/taxii2/{root}/", "kor"},
		{"GET", "/taxii2/kor/collections/x/objects", "/taxii2/{root}/collections/{collection}/objects/", "kor"},
		{"DELETE", "/taxii2/kor/collections/x/objects/y/",
		 "/taxii2/{root}/collections/{collection}/objects/{object}/", "kor"},
		{"GET", "/", "/", ""},
		{"GET", "/app.js", "/{file}", "app.js"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		AUTO_ARENA arena = {0};
		const struct route *route = NULL;
		struct slice parameters[3] = {{NULL, 0}};
		unsigned allowed = 0;
		enum err err = route_find(slice_text(rows[i].method), slice_text(rows[i].path), &arena, &route,
					  parameters, &allowed);
		if (err != ERR_OK)
			fail_msg("%s is not found", rows[i].path);
		assert_string_equal(route->path, rows[i].route);
		assert_true(slice_equal(parameters[0], slice_text(rows[i].first)));
	}
}

static void unknown_paths_are_not_found(void **state)
{
	static const char *const paths[] = {"",
					    "x",
					    "/api/v1/nothing/at/all",
					    "/api/v1/objects//recall",
					    "//",
					    "/taxii2//",
					    "/api/v1/objects/%ff",
					    "/api/v1/objects/%0",
					    "/api/v1/objects/a/b/c/d"};
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		AUTO_ARENA arena = {0};
		const struct route *route = NULL;
		struct slice parameters[3];
		unsigned allowed = 0;
		if (route_find(SLICE("GET"), slice_text(paths[i]), &arena, &route, parameters, &allowed) !=
		    ERR_NOT_FOUND)
			fail_msg("\"%s\" is found", paths[i]);
	}
}

static void other_methods_are_named_as_allowed(void **state)
{
	AUTO_ARENA arena = {0};
	const struct route *route = NULL;
	struct slice parameters[3];
	unsigned allowed = 0;
	(void)state;
	assert_int_equal(route_find(SLICE("PUT"), SLICE("/api/v1/session"), &arena, &route, parameters, &allowed),
			 ERR_UNSUPPORTED);
	assert_true(allowed & 1u << METHOD_POST);
	assert_true(allowed & 1u << METHOD_DELETE);
}

static void every_row_is_whole_and_reached_by_its_own_path(void **state)
{
	(void)state;
	for (const struct route *route = routes; route->path; route++) {
		AUTO_ARENA arena = {0};
		const struct route *found = NULL;
		struct slice parameters[3];
		unsigned allowed = 0;
		assert_non_null(route->handle);
		assert_non_null(route->summary);
		assert_non_null(route->query);
		assert_int_equal(route->body == BODY_NONE, route->consumes[0] == '\0');
		assert_int_equal(route_find(slice_text(method_name(route->method)), slice_text(route->path), &arena,
					    &found, parameters, &allowed),
				 ERR_OK);
		if (found != route)
			fail_msg("%s is hidden behind %s", route->path, found->path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_rows),
		cmocka_unit_test(unknown_paths_are_not_found),
		cmocka_unit_test(other_methods_are_named_as_allowed),
		cmocka_unit_test(every_row_is_whole_and_reached_by_its_own_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
