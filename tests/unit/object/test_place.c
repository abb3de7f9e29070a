/* Places of heads: each bound, each form, and that nothing half is taken. */
#include "../../support/test.h"
#include "object/place_head.h"

static struct arena arena;
static struct diag diag;

#define SIDC "\"sidc\":\"10033500001100000000\""
#define AT(lat, lon, at) "{\"latitude\":" lat ",\"longitude\":" lon ",\"at\":\"" at "\"}"

static enum err read(const char *type, const char *head, struct places *ret_places)
{
	AUTO_JSON *value = NULL;
	struct slice encoded = {0};
	diag = (struct diag){0};
	*ret_places = (struct places){0};
	assert_ok(json_read(slice_text(head), 1 << 20, &value, NULL));
	TRY(places_of_head(value, slice_text(type), &arena, &encoded, &diag));
	return encoded.len ? record_decode(&places_schema, encoded, &arena, ret_places) : ERR_OK;
}

static const struct place *item(const struct places *places, size_t i)
{
	assert_true(i < places->items.count);
	return (const struct place *)places->items.items + i;
}

static void a_location_is_everywhere_in_time_with_or_without_a_symbol(void **state)
{
	(void)state;
	struct places places;
	assert_ok(read("location", "{\"latitude\":-54.5,\"longitude\":20.1234567}", &places));
	assert_int_equal(item(&places, 0)->since + item(&places, 0)->until + item(&places, 0)->symbol.len, 0);
	assert_true(place_latitude(item(&places, 0)) == -54.5);
	assert_true(place_longitude(item(&places, 0)) > 20.12345665 && place_longitude(item(&places, 0)) < 20.12345675);
	assert_ok(read("location", "{\"latitude\":1,\"longitude\":2,\"extensions\":{\"" STIX_PLACES "\":{" SIDC "}}}", &places));
	assert_slice(item(&places, 0)->symbol, "10033500001100000000");
	assert_ok(read("location", "{\"region\":\"northern-europe\"}", &places));
	assert_int_equal(places.items.count, 0);
	assert_int_equal(read("location", "{\"latitude\":1}", &places), ERR_MALFORMED);
}

static void other_types_have_no_place(void **state)
{
	(void)state;
	struct places places;
	assert_ok(read("malware", "{\"latitude\":1,\"longitude\":2,\"positions\":7}", &places));
	assert_int_equal(places.items.count, 0);
}

static void angles_hold_at_their_bounds(void **state)
{
	(void)state;
	struct places places;
	static const struct { const char *head; enum err err; } cases[] = {
		{"{\"latitude\":90,\"longitude\":180}", ERR_OK}, {"{\"latitude\":-90,\"longitude\":-180}", ERR_OK},
		{"{\"latitude\":90.0000001,\"longitude\":0}", ERR_MALFORMED}, {"{\"latitude\":0,\"longitude\":-180.0000001}", ERR_MALFORMED},
		{"{\"latitude\":\"1\",\"longitude\":0}", ERR_MALFORMED}, {"{\"latitude\":null,\"longitude\":0}", ERR_MALFORMED},
		{"{\"latitude\":1e300,\"longitude\":0}", ERR_MALFORMED}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(read("location", cases[i].head, &places), cases[i].err);
	assert_ok(read("location", cases[0].head, &places));
	assert_int_equal(item(&places, 0)->longitude, 3600000000u);
	assert_ok(read("location", cases[1].head, &places));
	assert_int_equal(item(&places, 0)->longitude + item(&places, 0)->latitude, 0);
}

static void each_position_of_a_track_holds_until_the_next(void **state)
{
	(void)state;
	struct places places;
	assert_ok(read("bices-track", "{" SIDC ",\"positions\":[" AT("55", "20", "2026-03-01T00:00:00Z") "," AT("56", "21", "2026-03-02T00:00:00Z") "],"
				      "\"valid_until\":\"2026-03-03T00:00:00Z\"}", &places));
	assert_int_equal(places.items.count, 2);
	assert_int_equal(item(&places, 0)->until, item(&places, 1)->since);
	assert_int_equal(item(&places, 1)->until - item(&places, 1)->since, 86400000);
	assert_ok(read("bices-track", "{" SIDC ",\"positions\":[" AT("55", "20", "2026-03-01T00:00:00Z") "]}", &places));
	assert_int_equal(item(&places, 0)->until, 0);
}

static void whatever_is_not_whole_is_refused_with_its_property(void **state)
{
	(void)state;
	struct places places;
	static const struct { const char *type, *head, *names; } cases[] = {
		{"bices-track", "{\"positions\":[" AT("1", "2", "2026-03-01T00:00:00Z") "]}", "sidc"},
		{"bices-track", "{" SIDC "}", "positions"}, {"bices-track", "{" SIDC ",\"positions\":[]}", "positions"},
		{"bices-track", "{" SIDC ",\"positions\":[7]}", "latitude"},
		{"bices-track", "{" SIDC ",\"positions\":[" AT("1", "2", "yesterday") "]}", "at"},
		{"bices-track", "{" SIDC ",\"positions\":[" AT("1", "2", "2026-03-01T00:00:00Z") "," AT("1", "2", "2026-03-01T00:00:00Z") "]}", "rise"},
		{"bices-track", "{" SIDC ",\"positions\":[" AT("1", "2", "2026-03-01T00:00:00Z") "],\"valid_until\":\"2026-02-01T00:00:00Z\"}", "valid_until"},
		{"bices-event", "{" SIDC ",\"latitude\":1,\"longitude\":2}", "start"},
		{"bices-event", "{" SIDC ",\"latitude\":1,\"longitude\":2,\"start\":\"2026-03-01T00:00:00Z\",\"stop\":\"2026-02-01T00:00:00Z\"}", "stop"},
		{"bices-event", "{" SIDC ",\"latitude\":1,\"start\":\"2026-03-01T00:00:00Z\"}", "longitude"},
		{"location", "{\"latitude\":1,\"longitude\":2,\"extensions\":{\"" STIX_PLACES "\":{\"sidc\":\"1\"}}}", "sidc"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(read(cases[i].type, cases[i].head, &places), ERR_MALFORMED);
		assert_non_null(strstr(diag.text, cases[i].names));
	}
}

static void a_track_has_at_most_64_positions(void **state)
{
	(void)state;
	for (int count = LIMIT_POSITIONS - 1; count <= LIMIT_POSITIONS + 1; count++) {
		struct places places;
		AUTO_BUF head = buf_make(65536);
		buf_put_text(&head, "{\"sidc\":\"100335000011000000001234567890\",\"positions\":[");
		for (int i = 0; i < count; i++)
			buf_printf(&head, "%s{\"latitude\":1,\"longitude\":179.9999999,\"at\":\"2026-03-01T00:%02d:%02dZ\"}", i ? "," : "", i / 60, i % 60);
		buf_put_text(&head, "]}");
		buf_put_octet(&head, 0);
		assert_int_equal(read("bices-track", (const char *)head.data, &places), count <= LIMIT_POSITIONS ? ERR_OK : ERR_TOO_LARGE);
		assert_int_equal(places.items.count, count <= LIMIT_POSITIONS ? count : 0);
	}
}

static void a_symbol_code_has_twenty_or_thirty_digits_of_known_meaning(void **state)
{
	(void)state;
	static const char *const good[] = {"10031000001211000000", "13061100001100000000", "100335000011000000001234567890", "10230100001100000000", "10036050001100000000"};
	static const char *const bad[] = {"", "1003100000121100000", "100310000012110000000", "SFGPUCI----D---", "1003100000121100000x", "20031000001211000000",
					  "16031000001211000000", "10331000001211000000", "10071000001211000000", "10037000001211000000", "10031060001211000000"};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(place_is_symbol(slice_text(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(place_is_symbol(slice_text(bad[i])));
}

int main(void)
{
	json_start(1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_location_is_everywhere_in_time_with_or_without_a_symbol),
		cmocka_unit_test(other_types_have_no_place),
		cmocka_unit_test(angles_hold_at_their_bounds),
		cmocka_unit_test(each_position_of_a_track_holds_until_the_next),
		cmocka_unit_test(whatever_is_not_whole_is_refused_with_its_property),
		cmocka_unit_test(a_track_has_at_most_64_positions),
		cmocka_unit_test(a_symbol_code_has_twenty_or_thirty_digits_of_known_meaning),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
