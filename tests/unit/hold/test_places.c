/* Places by area and time: what is found, that it goes with its head, and that nothing hidden moves the answer. */
#include "fixture.h"
#include "hold/places.h"
#include "object/place.h"

enum { T1 = 1000000, T2 = 2000000, T3 = 3000000 };
#define D(degrees, zero) ((uint32_t)((degrees) * (int64_t)PLACE_DEGREE + (zero)))
#define LAT(degrees) D(degrees, PLACE_LATITUDE_ZERO)
#define LON(degrees) D(degrees, PLACE_LONGITUDE_ZERO)
#define WORLD .south = LAT(-90), .north = LAT(90), .west = LON(-180), .east = LON(180)

static struct slice encoded(struct fixture *f, const struct place *items, size_t count)
{
	struct place copy[LIMIT_POSITIONS];
	struct slice bytes;
	memcpy(copy, items, count * sizeof(*items));
	AUTO_BUF buf = buf_make(LIMIT_PLACES_BYTES);
	record_encode(&places_schema, &(struct places){{copy, count}}, &buf);
	assert_ok(buf.err);
	assert_ok(arena_copy(&f->arena, buf_slice(&buf), &bytes));
	return bytes;
}

#define PUT_PLACED(f, title_, label_, ...) \
	fixture_put(f, &(struct put){.type = "location", .title = (title_), .label = (label_), \
				     .places = encoded(f, (const struct place[]){__VA_ARGS__}, sizeof((struct place[]){__VA_ARGS__}) / sizeof(struct place))})

static struct msg_places places_of(struct fixture *f, const char *clearance, const struct msg_ask_places *ask)
{
	struct msg_places places = {0};
	assert_ok(hold_places(f->hold, view_of(f, clearance), ask, &f->arena, &places));
	return places;
}

static size_t count_of(struct fixture *f, const char *clearance, const struct msg_ask_places *ask)
{
	return places_of(f, clearance, ask).objects.count;
}

static void a_place_is_found_where_it_is_and_not_beside(void **state)
{
	struct fixture *f = *state;
	PUT_PLACED(f, "port", LABEL_PUBLIC, {LAT(55), LON(20), 0, 0, SLICE("10031000001211000000")});
	struct msg_places places = places_of(f, CLEARED_PUBLIC, &(struct msg_ask_places){WORLD});
	const struct placed_object *found_object = places.objects.items;
	assert_int_equal(places.objects.count, 1);
	assert_slice(found_object->title, "port");
	assert_slice(found_object->symbol, "10031000001211000000");
	assert_slice(found_object->label, LABEL_PUBLIC);
	struct msg_ask_places at = {.south = LAT(55), .north = LAT(55), .west = LON(20), .east = LON(20)};
	assert_int_equal(count_of(f, CLEARED_PUBLIC, &at), 1);
	at.south = at.north = LAT(55) + 1;
	assert_int_equal(count_of(f, CLEARED_PUBLIC, &at), 0);
	at.south = at.north = LAT(55);
	at.west = at.east = LON(20) - 1;
	assert_int_equal(count_of(f, CLEARED_PUBLIC, &at), 0);
}

static void an_area_may_cross_the_180th_meridian(void **state)
{
	struct fixture *f = *state;
	PUT_PLACED(f, "east of it", LABEL_PUBLIC, {LAT(0), LON(-179), 0, 0, {0}});
	PUT_PLACED(f, "west of it", LABEL_PUBLIC, {LAT(0), LON(179), 0, 0, {0}});
	PUT_PLACED(f, "far away", LABEL_PUBLIC, {LAT(0), LON(0), 0, 0, {0}});
	struct msg_ask_places ask = {.south = LAT(-1), .north = LAT(1), .west = LON(178), .east = LON(-178)};
	assert_int_equal(count_of(f, CLEARED_PUBLIC, &ask), 2);
	ask.west = LON(-178);
	ask.east = LON(178);
	assert_int_equal(count_of(f, CLEARED_PUBLIC, &ask), 1);
}

static void a_track_is_where_it_was_at_that_time(void **state)
{
	struct fixture *f = *state;
	PUT_PLACED(f, "ship", LABEL_PUBLIC, {LAT(1), LON(1), T1, T2, {0}}, {LAT(2), LON(2), T2, T3, {0}});
	static const struct { uint64_t since, until; size_t positions; } cases[] = {
		{0, 0, 2}, {0, T1 - 1, 0}, {0, T1, 1}, {T1, T2 - 1, 1}, {T2, T2, 2}, {T2 + 1, 0, 1}, {T3, 0, 1}, {T3 + 1, 0, 0}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct msg_places places = places_of(f, CLEARED_PUBLIC, &(struct msg_ask_places){WORLD, .since = cases[i].since, .until = cases[i].until});
		assert_int_equal(places.objects.count, cases[i].positions != 0);
		if (cases[i].positions)
			assert_int_equal(((const struct placed_object *)places.objects.items)->positions.count, cases[i].positions);
	}
}

static void a_place_goes_with_its_head(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_PLACED(f, "port", LABEL_PUBLIC, {LAT(55), LON(20), 0, 0, {0}});
	const struct place moved = {LAT(10), LON(10), 0, 0, {0}};
	fixture_put(f, &(struct put){.replaces = id, .type = "location", .title = "port moved", .label = LABEL_PUBLIC, .places = encoded(f, &moved, 1)});
	struct msg_places places = places_of(f, CLEARED_PUBLIC, &(struct msg_ask_places){WORLD});
	assert_int_equal(places.objects.count, 1);
	assert_int_equal(((const struct position *)((const struct placed_object *)places.objects.items)->positions.items)->latitude, LAT(10));
	fixture_put(f, &(struct put){.replaces = id, .type = "location", .title = "port of no place", .label = LABEL_PUBLIC});
	assert_int_equal(count_of(f, CLEARED_PUBLIC, &(struct msg_ask_places){WORLD}), 0);
}

static void a_recalled_place_is_on_no_map_and_in_no_file(void **state)
{
	struct fixture *f = *state;
	const char *id = PUT_PLACED(f, "port", LABEL_PUBLIC, {LAT(55), LON(20), 0, 0, SLICE("10031000009998887776")});
	assert_true(files_hold(f, "10031000009998887776"));
	assert_ok(hold_begin(f->hold));
	assert_ok(hold_recall_order(f->hold, view_of(f, CLEARED_NATO), slice_text(id), SLICE("release"), SLICE("test"), ++f->now));
	assert_ok(hold_commit(f->hold));
	assert_int_equal(count_of(f, CLEARED_NATO, &(struct msg_ask_places){WORLD}), 0);
	assert_false(files_hold(f, "10031000009998887776"));
}

static struct slice answer(struct fixture *f, const struct msg_ask_places *ask)
{
	struct msg_places places = places_of(f, CLEARED_PUBLIC, ask);
	struct slice copy;
	AUTO_BUF bytes = buf_make(LIMIT_MESSAGE);
	record_encode(message_schema(MSG_PLACES_DONE, ROLE_STORE, ROLE_FRONT), &places, &bytes);
	assert_ok(bytes.err);
	assert_ok(arena_copy(&f->arena, buf_slice(&bytes), &copy));
	return copy;
}

static void hidden_places_change_no_octet_of_the_answer(void **state)
{
	(void)state;
	struct fixture worlds[2];
	struct slice answers[2][3];
	static const struct msg_ask_places asks[3] = {{WORLD}, {WORLD, .limit = 2}, {WORLD, .since = 5, .until = 6}};
	for (int w = 0; w < 2; w++) {
		struct fixture *f = &worlds[w];
		fixture_open(f, "NATO");
		for (int i = 0; i < 4; i++) {
			char id[64];
			const struct place here = {LAT(1), LON(1), 0, 0, {0}};
			snprintf(id, sizeof(id), "location--00000000-0000-4000-8000-00000000000%d", i);
			if (w)
				PUT_PLACED(f, "hidden", LABEL_SECRET, {LAT(1), LON(1), 0, 0, {0}});
			fixture_put(f, &(struct put){.id = id, .type = "location", .title = "open", .label = LABEL_PUBLIC, .places = encoded(f, &here, 1)});
		}
		if (w)
			PUT_PLACED(f, "hidden", LABEL_SECRET, {LAT(1), LON(1), 0, 0, {0}});
		for (int i = 0; i < 3; i++)
			answers[w][i] = answer(f, &asks[i]);
	}
	for (int i = 0; i < 3; i++)
		assert_true(slice_equal(answers[0][i], answers[1][i]));
	fixture_close(&worlds[0]);
	fixture_close(&worlds[1]);
}

static void a_limit_says_that_there_is_more(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 3; i++)
		PUT_PLACED(f, "port", LABEL_PUBLIC, {LAT(55), LON(20), 0, 0, {0}});
	for (uint32_t limit = 2; limit <= 4; limit++) {
		struct msg_places places = places_of(f, CLEARED_PUBLIC, &(struct msg_ask_places){WORLD, .limit = limit});
		assert_int_equal(places.objects.count, limit < 3 ? limit : 3);
		assert_int_equal(places.more, limit < 3);
	}
}

int main(void)
{
#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		WITH_STORE(a_place_is_found_where_it_is_and_not_beside),
		WITH_STORE(an_area_may_cross_the_180th_meridian),
		WITH_STORE(a_track_is_where_it_was_at_that_time),
		WITH_STORE(a_place_goes_with_its_head),
		WITH_STORE(a_recalled_place_is_on_no_map_and_in_no_file),
		cmocka_unit_test(hidden_places_change_no_octet_of_the_answer),
		WITH_STORE(a_limit_says_that_there_is_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
