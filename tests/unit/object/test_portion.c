#include "../../support/test.h"
#include "object/portion.h"

#define UUID "0b1ce5e1-0000-1000-8000-00000000000a"

static void an_id_is_type_two_dashes_and_a_lower_case_uuid(void **state)
{
	(void)state;
	struct slice type;
	assert_ok(object_id_type(SLICE("x-mitre-tactic--" UUID), &type));
	assert_slice(type, "x-mitre-tactic");
	static const char *const WRONG[] = {
		"", "report", "report-" UUID, "report--0B1CE5E1-0000-1000-8000-00000000000A", "Report--" UUID,
		"re port--" UUID, "--" UUID, "ab--" UUID, "-ab--" UUID, "ab---" UUID, "report--" UUID "0",
		"report--0b1ce5e1-0000-1000-8000-00000000000", "report--0b1ce5e100001000800000000000000a----",
		"report--0b1ce5e1_0000-1000-8000-00000000000a", "re_port--" UUID,
	};
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
		assert_int_equal(object_id_type(slice_text(WRONG[i]), &type), ERR_MALFORMED);
	assert_slice(type, "x-mitre-tactic");
}

static void a_type_of_250_characters_is_read_and_one_of_251_is_not(void **state)
{
	(void)state;
	char id[LIMIT_OBJECT_ID + 1];
	struct slice type;
	for (int len = 249; len <= 251; len++) {
		memset(id, 'x', sizeof(id));
		snprintf(id + len, sizeof(id) - (size_t)len, "--" UUID);
		assert_int_equal(object_id_type(slice_text(id), &type), len <= 250 ? ERR_OK : ERR_MALFORMED);
	}
}

static void slots_follow_the_type_and_step_once(void **state)
{
	(void)state;
	static const struct {
		const char *type;
		size_t portions, slots;
		enum err err;
	} CASES[] = {
		{"report", 1, 64, ERR_OK}, {"report", 64, 64, ERR_OK}, {"report", 65, 1024, ERR_OK},
		{"report", 1023, 1024, ERR_OK}, {"report", 1024, 1024, ERR_OK}, {"report", 1025, 0, ERR_TOO_LARGE},
		{"report", 0, 0, ERR_INVALID}, {"url", 1, 1, ERR_OK}, {"url", 2, 0, ERR_INVALID},
		{"ipv4-addr", 1, 64, ERR_OK}, {"artifact", 1, 1, ERR_OK}, {"mutex", 1, 1, ERR_OK},
		{"x-unheard-of", 1, 64, ERR_OK}, {"bices-report", 1, 64, ERR_OK}, {"file", 1, 64, ERR_OK},
	};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		size_t slots = 0;
		assert_int_equal(manifest_slots(slice_text(CASES[i].type), CASES[i].portions, &slots), CASES[i].err);
		assert_int_equal(slots, CASES[i].slots);
	}
}

static void a_portion_must_be_whole(void **state)
{
	(void)state;
	struct portion portion = {.kind = PORTION_TEXT, .label = SLICE("PUBLIC|UNMARKED")};
	assert_ok(portion_check(&portion));
	portion.label = SLICE("");
	assert_int_equal(portion_check(&portion), ERR_MALFORMED);
	portion.label = SLICE("PUBLIC|UNMARKED");
	portion.created = 1;
	assert_int_equal(portion_check(&portion), ERR_MALFORMED);
	portion.kind = PORTION_HEAD;
	assert_ok(portion_check(&portion));
	portion.blob_sha256[31] = 1;
	assert_int_equal(portion_check(&portion), ERR_MALFORMED);
	portion.created = 0;
	portion.kind = PORTION_ATTACHMENT;
	assert_ok(portion_check(&portion));
	portion.blob_sha256[31] = 0;
	assert_int_equal(portion_check(&portion), ERR_MALFORMED);
	portion.kind = 0;
	assert_int_equal(portion_check(&portion), ERR_MALFORMED);
	portion.kind = PORTION_REFERENCE + 1;
	assert_int_equal(portion_check(&portion), ERR_MALFORMED);
}

static void the_digest_is_bound_to_salt_object_time_and_portion(void **state)
{
	(void)state;
	uint8_t salt[SALT] = {1}, digest[DIGEST], other[DIGEST];
	struct slice id = SLICE("report--" UUID), portion = SLICE("portion");
	portion_digest(salt, id, 256, portion, digest);
	portion_digest(salt, id, 256, portion, other);
	assert_memory_equal(digest, other, DIGEST);
	portion_digest(salt, id, 257, portion, other);
	assert_memory_not_equal(digest, other, DIGEST);
	portion_digest(salt, SLICE("report--1b1ce5e1-0000-1000-8000-00000000000a"), 256, portion, other);
	assert_memory_not_equal(digest, other, DIGEST);
	portion_digest(salt, id, 256, SLICE("portioN"), other);
	assert_memory_not_equal(digest, other, DIGEST);
	salt[31] = 1;
	portion_digest(salt, id, 256, portion, other);
	assert_memory_not_equal(digest, other, DIGEST);
}

static void the_digest_has_the_published_form(void **state)
{
	(void)state;
	/* computed with another program from the formula in portion.h */
	static const uint8_t WANT[DIGEST] = {
		0xe3, 0xd8, 0x8e, 0x3e, 0x46, 0xb6, 0x04, 0x13, 0x88, 0x3d, 0x49, 0x78, 0x25, 0x92, 0xd1, 0x17,
		0xa0, 0x1a, 0x3b, 0xc6, 0x33, 0x52, 0x87, 0xab, 0xef, 0xed, 0xef, 0x17, 0xee, 0x3b, 0x7c, 0xa5,
	};
	uint8_t salt[SALT], digest[DIGEST];
	memset(salt, 7, sizeof(salt));
	portion_digest(salt, SLICE("report--" UUID), 1790000005000, SLICE("portion"), digest);
	assert_memory_equal(digest, WANT, DIGEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_type_two_dashes_and_a_lower_case_uuid),
		cmocka_unit_test(a_type_of_250_characters_is_read_and_one_of_251_is_not),
		cmocka_unit_test(slots_follow_the_type_and_step_once),
		cmocka_unit_test(a_portion_must_be_whole),
		cmocka_unit_test(the_digest_is_bound_to_salt_object_time_and_portion),
		cmocka_unit_test(the_digest_has_the_published_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
