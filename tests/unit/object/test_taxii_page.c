/* Foreign pages: read when they have the standard's shape, refused whole otherwise. */
#include "../../support/test.h"

#include "object/taxii_page.h"

static void a_page_says_how_it_goes_on(void **unused)
{
	(void)unused;
	struct taxii_page page;
	assert_ok(taxii_page_read(SLICE("{\"more\":true,\"next\":\"n\",\"objects\":[{\"id\":\"a--1\"},{\"id\":\"a--2\"}]}"), 1000, &page, NULL));
	assert_true(page.more);
	assert_int_equal(page.objects, 2);
	assert_slice(page.next, "n");
	taxii_page_done(&page);
	assert_ok(taxii_page_read(SLICE("{}"), 1000, &page, NULL));
	assert_false(page.more);
	assert_int_equal(page.objects, 0);
	taxii_page_done(&page);
}

static void another_shape_refuses_the_page(void **unused)
{
	(void)unused;
	static const char *const bad[] = {"[]", "", "null", "{\"more\":1}", "{\"more\":\"true\"}", "{\"next\":7}", "{\"objects\":{}}", "{\"objects\":[1]}",
					  "{\"objects\":[{\"id\":1}]}", "{\"objects\":[{}]}", "{\"more\":true,\"more\":false}", "{} {}"};
	struct taxii_page page;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(taxii_page_read(slice_text(bad[i]), 1000, &page, NULL), ERR_MALFORMED);
}

static void size_and_depth_are_bounded(void **unused)
{
	(void)unused;
	struct taxii_page page;
	assert_ok(taxii_page_read(SLICE("{}"), 2, &page, NULL));
	taxii_page_done(&page);
	assert_int_equal(taxii_page_read(SLICE("{} "), 2, &page, NULL), ERR_TOO_LARGE);
	AUTO_BUF deep = buf_make(200000);
	buf_put_text(&deep, "{\"objects\":");
	for (int i = 0; i < 100000; i++)
		buf_put_octet(&deep, '[');
	assert_int_equal(taxii_page_read(buf_slice(&deep), 200000, &page, NULL), ERR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_page_says_how_it_goes_on), cmocka_unit_test(another_shape_refuses_the_page),
					   cmocka_unit_test(size_and_depth_are_bounded)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
