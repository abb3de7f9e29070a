/* The workbench's files: found by their path, and nothing else. */
#include "../../support/test.h"
#include "present/files.h"

#include "os/pack.h"

static void files_are_found_by_path(void **state)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF blob = buf_make(4096);
	struct files files;
	(void)state;
	pack_put(&blob, SLICE("app.js"));
	pack_put(&blob, SLICE("let x;"));
	pack_put(&blob, SLICE("index.html"));
	pack_put(&blob, SLICE("<p>"));
	assert_int_equal(files_open(buf_slice(&blob), &arena, &files), ERR_OK);
	assert_int_equal(files.count, 2);
	assert_string_equal(files_find(&files, SLICE("/"))->type, "text/html;charset=utf-8");
	assert_true(slice_equal(files_find(&files, SLICE("/app.js"))->content, SLICE("let x;")));
	assert_int_equal(strlen(files_find(&files, SLICE("/app.js"))->etag), 34);
	assert_null(files_find(&files, SLICE("/other.js")));
	assert_null(files_find(&files, SLICE("/../app.js")));
	assert_null(files_find(&files, SLICE("/App.js")));
}

static void an_empty_blob_has_no_files(void **state)
{
	AUTO_ARENA arena = {0};
	struct files files;
	(void)state;
	assert_int_equal(files_open(SLICE(""), &arena, &files), ERR_OK);
	assert_null(files_find(&files, SLICE("/")));
}

static void cut_and_untyped_blobs_are_refused(void **state)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF blob = buf_make(4096), untyped = buf_make(4096);
	struct files files;
	(void)state;
	pack_put(&blob, SLICE("app.js"));
	pack_put(&blob, SLICE("let x;"));
	for (size_t len = 1; len < blob.len; len++)
		assert_int_equal(files_open(slice_take(buf_slice(&blob), len), &arena, &files), ERR_MALFORMED);
	pack_put(&untyped, SLICE("passwd"));
	pack_put(&untyped, SLICE("x"));
	assert_int_equal(files_open(buf_slice(&untyped), &arena, &files), ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_found_by_path),
		cmocka_unit_test(an_empty_blob_has_no_files),
		cmocka_unit_test(cut_and_untyped_blobs_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
