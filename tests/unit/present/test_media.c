/* Content negotiation: what is accepted and what a body may be. spec: RFC 9110 12.5.1, TAXII 2.1 1.6.8 */
#include "../../support/test.h"
#include "present/media.h"

static void accept_follows_the_table(void **state)
{
	static const struct {
		const char *accept;
		enum media media;
		bool accepted;
	} rows[] = {
		{"", MEDIA_TAXII, true},
		{"   ", MEDIA_TAXII, true},
		{"application/taxii+json;version=2.1", MEDIA_TAXII, true},
		{"application/taxii+json; version=2.1", MEDIA_TAXII, true},
		{"application/taxii+json ; version = 2.1", MEDIA_TAXII, true},
		{"application/taxii+json;version=\"2.1\"", MEDIA_TAXII, true},
		{"Application/TAXII+JSON;Version=2.1", MEDIA_TAXII, true},
		{"application/taxii+json", MEDIA_TAXII, true},
		{"application/taxii+json;version=2.0", MEDIA_TAXII, false},
		{"application/taxii+json;version=2.1;q=0", MEDIA_TAXII, false},
		{"application/taxii+json;version=2.1;q=0.0, */*", MEDIA_TAXII, false},
		{"application/taxii+json;version=2.0, application/taxii+json;version=2.1;q=0.5", MEDIA_TAXII, true},
		{"text/html, application/taxii+json;version=2.1;q=0.001", MEDIA_TAXII, true},
		{"*/*", MEDIA_TAXII, true},
		{"*/*;q=0.1", MEDIA_TAXII, true},
		{"*/*;q=0", MEDIA_TAXII, false},
		{"application/*", MEDIA_TAXII, true},
		{"application/*;q=0, */*", MEDIA_TAXII, false},
		{"text/*", MEDIA_TAXII, false},
		{"application/json", MEDIA_TAXII, false},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", MEDIA_TAXII, true},
		{"nonsense, application/taxii+json", MEDIA_TAXII, true},
		{"nonsense", MEDIA_TAXII, false},
		{",,,", MEDIA_TAXII, false},
		{"application/taxii+json;q=2", MEDIA_TAXII, false},
		{"application/vnd.oasis.taxii+json", MEDIA_TAXII, false},
		{"application/json;charset=\"a,b\", text/plain", MEDIA_TEXT, true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (media_is_accepted(slice_text(rows[i].accept), rows[i].media) != rows[i].accepted)
			fail_msg("\"%s\" is judged wrongly", rows[i].accept);
}

static void content_type_follows_the_table(void **state)
{
	static const struct {
		const char *type;
		enum media media;
	} rows[] = {
		{"application/json", MEDIA_JSON},
		{"application/json; charset=UTF-8", MEDIA_JSON},
		{"application/json; charset=latin1", MEDIA_NONE},
		{"APPLICATION/JSON", MEDIA_JSON},
		{"application/stix+json;version=2.1", MEDIA_STIX},
		{"application/stix+json;version=2.0", MEDIA_NONE},
		{"application/taxii+json", MEDIA_TAXII},
		{"application/taxii+json; version=2.1", MEDIA_TAXII},
		{"application/taxii+json; version=\"2.1\"", MEDIA_TAXII},
		{"application/taxii+json; version=2", MEDIA_NONE},
		{"text/plain; charset=utf-8", MEDIA_TEXT},
		{"text/plain;charset=\"utf-8\"", MEDIA_TEXT},
		{"application/xml", MEDIA_XML},
		{"application/x-www-form-urlencoded", MEDIA_NONE},
		{"", MEDIA_NONE},
		{"application", MEDIA_NONE},
		{"application/", MEDIA_NONE},
		{"application/json;", MEDIA_JSON},
		{"application/json garbage", MEDIA_NONE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (media_parse(slice_text(rows[i].type)) != rows[i].media)
			fail_msg("\"%s\" is read wrongly", rows[i].type);
}

static void every_type_reads_as_itself(void **state)
{
	(void)state;
	for (int i = MEDIA_NONE + 1; i < MEDIA_COUNT; i++)
		assert_int_equal(media_parse(slice_text(media_text((enum media)i))), i);
	assert_null(media_text(MEDIA_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accept_follows_the_table),
		cmocka_unit_test(content_type_follows_the_table),
		cmocka_unit_test(every_type_reads_as_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
