#include "base/limits.h"
#include "base/record.h"
#include "../../support/test.h"

struct item {
	struct slice name;
};
struct sample {
	uint8_t small;
	uint64_t large;
	uint8_t fixed[4];
	struct slice text, bytes;
	struct record_list items;
};
static const struct field item_fields[] = {RECORD_TEXT(1, struct item, name, 8)};
static const struct schema item_schema = RECORD_SCHEMA("item", struct item, item_fields);
static const struct field sample_fields[] = {
	RECORD_UINT(1, struct sample, small), RECORD_UINT_OPT(2, struct sample, large), RECORD_FIXED_OPT(3, struct sample, fixed),
	RECORD_TEXT(4, struct sample, text, 8), RECORD_BYTES_OPT(5, struct sample, bytes, 8), RECORD_LIST(6, struct sample, items, 2, &item_schema)};
static const struct schema sample_schema = RECORD_SCHEMA("sample", struct sample, sample_fields);

static void a_full_record_round_trips(void **state)
{
	(void)state;
	struct item items[2] = {{SLICE("one")}, {SLICE("")}};
	struct sample in = {7, UINT64_MAX, {1, 2, 3, 4}, SLICE("해킹"), SLICE("\0\xff"), {items, 2}}, out;
	AUTO_BUF buf = buf_make(1000);
	AUTO_ARENA arena = {0};
	record_encode(&sample_schema, &in, &buf);
	assert_ok(buf.err);
	assert_ok(record_decode(&sample_schema, buf_slice(&buf), &arena, &out));
	assert_int_equal(out.small, 7);
	assert_true(out.large == UINT64_MAX);
	assert_memory_equal(out.fixed, in.fixed, 4);
	assert_slice(out.text, "해킹");
	assert_int_equal(out.bytes.len, 2);
	assert_int_equal(out.items.count, 2);
	assert_slice(((struct item *)out.items.items)[0].name, "one");
	AUTO_BUF again = buf_make(1000);
	record_encode(&sample_schema, &out, &again);
	assert_true(slice_equal(buf_slice(&buf), buf_slice(&again)));
}

static enum err decode(const char *bytes, size_t len)
{
	AUTO_ARENA arena = {0};
	struct sample out = {.small = 99};
	enum err err = record_decode(&sample_schema, slice_of(bytes, len), &arena, &out);
	if (err != ERR_OK)
		assert_int_equal(out.small, 99); /* untouched */
	return err;
}
#define DECODE(literal) decode(literal, sizeof(literal) - 1)

static void one_value_has_one_encoding(void **state)
{
	(void)state;
	assert_ok(DECODE("\1\0\0\1\7\4\0\0\1a"));
	assert_int_equal(DECODE(""), ERR_MALFORMED);
	assert_int_equal(DECODE("\1\0\0\1\7"), ERR_MALFORMED);                                 /* text missing */
	assert_int_equal(DECODE("\1\0\0\2\0\7\4\0\0\1a"), ERR_MALFORMED);                      /* wrong width */
	assert_int_equal(DECODE("\4\0\0\1a\1\0\0\1\7"), ERR_MALFORMED);                        /* wrong order */
	assert_int_equal(DECODE("\1\0\0\1\7\4\0\0\1a\7\0\0\0"), ERR_MALFORMED);                /* unknown tag */
	assert_int_equal(DECODE("\1\0\0\1\7\4\0\0\1ax"), ERR_MALFORMED);                       /* trailing octet */
	assert_int_equal(DECODE("\1\0\0\1\7\1\0\0\1\7\4\0\0\1a"), ERR_MALFORMED);              /* twice */
	assert_int_equal(DECODE("\1\0\0\1\7\2\0\0\10\0\0\0\0\0\0\0\0\4\0\0\1a"), ERR_MALFORMED); /* optional zero */
	assert_int_equal(DECODE("\1\0\0\1\7\3\0\0\4\0\0\0\0\4\0\0\1a"), ERR_MALFORMED);        /* optional zero */
	assert_int_equal(DECODE("\1\0\0\1\7\4\0\0\1a\5\0\0\0"), ERR_MALFORMED);                /* optional empty */
	assert_int_equal(DECODE("\1\0\0\1\7\4\0\0\1\xff"), ERR_MALFORMED);                     /* not UTF-8 */
	assert_int_equal(DECODE("\1\0\0\1\7\4\0\0\2a"), ERR_MALFORMED);                        /* cut off */
	assert_int_equal(DECODE("\1\0\0\1\7\4\xff\xff\xff" "a"), ERR_MALFORMED);               /* lying length */
}

static void limits_hold_at_the_edge(void **state)
{
	(void)state;
	assert_ok(DECODE("\1\0\0\1\7\4\0\0\7aaaaaaa"));
	assert_ok(DECODE("\1\0\0\1\7\4\0\0\10aaaaaaaa"));
	assert_int_equal(DECODE("\1\0\0\1\7\4\0\0\11aaaaaaaaa"), ERR_TOO_LARGE);
	struct item items[3] = {{SLICE("a")}, {SLICE("b")}, {SLICE("c")}};
	for (size_t count = 1; count <= 3; count++) {
		struct sample in = {.text = SLICE("a"), .items = {items, count}};
		AUTO_BUF buf = buf_make(1000);
		record_encode(&sample_schema, &in, &buf);
		assert_int_equal(buf.err, count <= 2 ? ERR_OK : ERR_TOO_LARGE);
	}
	assert_int_equal(DECODE("\1\0\0\1\7\4\0\0\1a\6\0\0\5\1\0\0\1a\6\0\0\5\1\0\0\1b\6\0\0\5\1\0\0\1c"), ERR_TOO_LARGE);
	assert_ok(DECODE("\1\0\0\1\7\4\0\0\1a\6\0\0\5\1\0\0\1a\6\0\0\5\1\0\0\1b"));
}

struct large {
	struct slice value;
};

static void a_value_has_no_more_octets_than_its_length_can_say(void **state)
{
	(void)state;
	static const struct field fields[] = {RECORD_BYTES(1, struct large, value, UINT32_MAX)};
	static const struct schema schema = RECORD_SCHEMA("large", struct large, fields);
	uint8_t *octets = calloc(LIMIT_RECORD_VALUE + 1, 1);
	assert_non_null(octets);
	for (size_t len = LIMIT_RECORD_VALUE - 1; len <= LIMIT_RECORD_VALUE + 1; len++) {
		struct large in = {slice_of(octets, len)}, out = {0};
		AUTO_ARENA arena = {0};
		AUTO_BUF buf = buf_make(2 * (size_t)LIMIT_RECORD_VALUE);
		record_encode(&schema, &in, &buf);
		assert_int_equal(buf.err, len <= LIMIT_RECORD_VALUE ? ERR_OK : ERR_TOO_LARGE);
		if (buf.err != ERR_OK)
			continue;
		assert_ok(record_decode(&schema, buf_slice(&buf), &arena, &out));
		assert_int_equal(out.value.len, len);
	}
	free(octets);
}

static void text_that_is_not_utf8_does_not_encode(void **state)
{
	(void)state;
	struct sample in = {.text = SLICE("\xff")};
	AUTO_BUF buf = buf_make(1000);
	record_encode(&sample_schema, &in, &buf);
	assert_int_equal(buf.err, ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_full_record_round_trips), cmocka_unit_test(one_value_has_one_encoding),
					   cmocka_unit_test(limits_hold_at_the_edge), cmocka_unit_test(a_value_has_no_more_octets_than_its_length_can_say),
					    cmocka_unit_test(text_that_is_not_utf8_does_not_encode)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
