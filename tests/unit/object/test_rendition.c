#include "../../support/test.h"
#include "build.h"
#include "crypto/crypto.h"

#define ID "report--0b1ce5e1-0000-1000-8000-00000000000a"

static struct build build;

static void add_many(size_t count)
{
	build_start(&build);
	build_add(&build, PORTION_HEAD, "NATO|SECRET|P:Context=NATO", "{\"name\":\"title\"}");
	for (size_t i = 1; i < count; i++) {
		char content[32];
		snprintf(content, sizeof(content), "text %zu", i);
		build_add(&build, PORTION_TEXT, i % 2 ? "PUBLIC|UNMARKED" : "NATO|SECRET|P:Context=NATO", content);
	}
}

static void any_subset_with_the_head_opens_and_shows_itself(void **state)
{
	(void)state;
	enum { COUNT = 7 };
	add_many(COUNT);
	assert_ok(build_manifest(&build, ID));
	for (unsigned subset = 0; subset < 1u << (COUNT - 1); subset++) {
		size_t positions[COUNT] = {0}, count = 1;
		for (size_t i = 1; i < COUNT; i++)
			if (subset >> (i - 1) & 1)
				positions[count++] = i;
		AUTO_ARENA arena = {0};
		struct rendition_view view;
		assert_ok(rendition_open(build_rendition(&build, positions, count), &arena, &view));
		assert_int_equal(view.count, count);
		assert_ptr_equal(view.head, view.portions);
		for (size_t i = 1; i < count; i++) {
			char content[32];
			snprintf(content, sizeof(content), "text %zu", positions[i]);
			assert_slice(view.portions[i].content, content);
		}
	}
	build_done(&build);
}

static void a_rendition_without_head_or_with_the_head_behind_is_refused(void **state)
{
	(void)state;
	add_many(3);
	assert_ok(build_manifest(&build, ID));
	AUTO_ARENA arena = {0};
	struct rendition_view view;
	assert_int_equal(rendition_open(build_rendition(&build, (size_t[]){1, 2}, 2), &arena, &view), ERR_MALFORMED);
	assert_int_equal(rendition_open(build_rendition(&build, (size_t[]){1, 0}, 2), &arena, &view), ERR_MALFORMED);
	assert_int_equal(rendition_open(build_rendition(&build, NULL, 0), &arena, &view), ERR_MALFORMED);
	build_done(&build);
}

static void a_portion_disclosed_twice_is_refused(void **state)
{
	(void)state;
	add_many(3);
	assert_ok(build_manifest(&build, ID));
	AUTO_ARENA arena = {0};
	struct rendition_view view;
	assert_int_equal(rendition_open(build_rendition(&build, (size_t[]){0, 1, 1}, 3), &arena, &view), ERR_MALFORMED);
	build_done(&build);
}

static void two_portions_of_one_id_are_refused(void **state)
{
	(void)state;
	add_many(2);
	build.portions[2] = build.portions[1];
	memset(build.salts + 2 * SALT, 9, SALT);
	build.count = 3;
	assert_ok(build_manifest(&build, ID));
	AUTO_ARENA arena = {0};
	struct rendition_view view;
	assert_int_equal(rendition_open(build_rendition(&build, (size_t[]){0, 1, 2}, 3), &arena, &view), ERR_MALFORMED);
	assert_ok(rendition_open(build_rendition(&build, (size_t[]){0, 2}, 2), &arena, &view));
	build_done(&build);
}

static void two_heads_are_refused(void **state)
{
	(void)state;
	add_many(1);
	build_add(&build, PORTION_HEAD, "PUBLIC|UNMARKED", "{}");
	assert_ok(build_manifest(&build, ID));
	AUTO_ARENA arena = {0};
	struct rendition_view view;
	assert_int_equal(rendition_open(build_rendition(&build, (size_t[]){0, 1}, 2), &arena, &view), ERR_MALFORMED);
	build_done(&build);
}

/* The signature is the caller's; so a changed octet either does not open, or what was signed or the signature differ. */
static void no_changed_octet_passes_unseen(void **state)
{
	(void)state;
	add_many(3);
	assert_ok(build_manifest(&build, ID));
	struct slice good = build_rendition(&build, (size_t[]){0, 1, 2}, 3);
	AUTO_ARENA arena = {0};
	uint8_t *bytes = arena_alloc(&arena, good.len, 1);
	for (size_t i = 0; i < good.len; i++) {
		AUTO_ARENA trial = {0};
		struct rendition_view view;
		memcpy(bytes, good.data, good.len);
		bytes[i] ^= (uint8_t)(1u << i % 8);
		if (rendition_open(slice_of(bytes, good.len), &trial, &view) != ERR_OK)
			continue;
		uint8_t signature[SIGNATURE];
		memset(signature, 0x51, sizeof(signature));
		bool same_manifest = slice_equal(view.rendition.manifest, build.manifest);
		assert_false(same_manifest && memcmp(signature, view.rendition.signature, SIGNATURE) == 0);
	}
	build_done(&build);
}

static void a_cut_rendition_is_refused_or_shows_less(void **state)
{
	(void)state;
	add_many(3);
	assert_ok(build_manifest(&build, ID));
	struct slice good = build_rendition(&build, (size_t[]){0, 1, 2}, 3);
	size_t opened = 0;
	for (size_t len = 0; len < good.len; len++) {
		AUTO_ARENA trial = {0};
		struct rendition_view view;
		if (rendition_open(slice_of(good.data, len), &trial, &view) == ERR_OK)
			assert_int_equal(view.count, ++opened);
	}
	assert_int_equal(opened, 2);
	build_done(&build);
}

static void a_portion_of_another_manifest_is_refused(void **state)
{
	(void)state;
	add_many(3);
	assert_ok(build_manifest(&build, ID));
	struct slice first = build.manifest;
	assert_ok(build_manifest(&build, "report--1b1ce5e1-0000-1000-8000-00000000000a"));
	assert_false(slice_equal(first, build.manifest));
	/* the digests of the second object do not serve the first */
	AUTO_ARENA arena = {0};
	struct manifest head, other;
	assert_ok(record_decode(&manifest_schema, first, &arena, &head));
	assert_ok(record_decode(&manifest_schema, build.manifest, &arena, &other));
	head.digests = other.digests;
	AUTO_BUF mixed = buf_make(LIMIT_OBJECT_BYTES);
	record_encode(&manifest_schema, &head, &mixed);
	build.manifest = buf_slice(&mixed);
	struct rendition_view view;
	assert_int_equal(rendition_open(build_rendition(&build, (size_t[]){0}, 1), &arena, &view), ERR_CRYPTO);
	build_done(&build);
}

static void renditions_are_alike_whatever_is_hidden(void **state)
{
	(void)state;
	static const size_t HIDDEN[] = {0, 1, 3, 6, 20, 62};
	size_t len = 0;
	for (size_t i = 0; i < sizeof(HIDDEN) / sizeof(HIDDEN[0]); i++) {
		add_many(2 + HIDDEN[i]);
		assert_ok(build_manifest(&build, ID));
		struct slice rendition = build_rendition(&build, (size_t[]){0, 1}, 2);
		assert_true(i == 0 || rendition.len == len);
		len = rendition.len;
		build_done(&build);
	}
}

static void manifests_have_1_64_or_1024_slots_and_no_more(void **state)
{
	(void)state;
	static const struct {
		size_t portions, slots;
	} CASES[] = {{1, 64}, {64, 64}, {65, 1024}, {1024, 1024}};
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		add_many(CASES[i].portions);
		assert_ok(build_manifest(&build, ID));
		assert_int_equal(build.slots, CASES[i].slots);
		size_t *positions = ARENA_ARRAY(&build.arena, CASES[i].portions, size_t);
		for (size_t at = 0; at < CASES[i].portions; at++)
			positions[at] = at;
		AUTO_ARENA arena = {0};
		struct rendition_view view;
		assert_ok(rendition_open(build_rendition(&build, positions, CASES[i].portions), &arena, &view));
		assert_int_equal(view.manifest.digests.len, CASES[i].slots * DIGEST);
		build_done(&build);
	}
	add_many(1025);
	assert_int_equal(build_manifest(&build, ID), ERR_TOO_LARGE);
	build_done(&build);
	add_many(1);
	assert_ok(build_manifest(&build, "url--0b1ce5e1-0000-1000-8000-00000000000a"));
	assert_int_equal(build.slots, 1);
	build_done(&build);
	add_many(2);
	assert_int_equal(build_manifest(&build, "url--0b1ce5e1-0000-1000-8000-00000000000a"), ERR_INVALID);
	build_done(&build);
}

/* A manifest with these digests in place of its own. */
static enum err open_with_digests(struct slice digests)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF bytes = buf_make(LIMIT_OBJECT_BYTES);
	struct manifest manifest;
	assert_ok(record_decode(&manifest_schema, build.manifest, &arena, &manifest));
	manifest.digests = digests;
	record_encode(&manifest_schema, &manifest, &bytes);
	struct slice kept = build.manifest;
	build.manifest = buf_slice(&bytes);
	struct rendition_view view;
	enum err err = rendition_open(build_rendition(&build, (size_t[]){0}, 1), &arena, &view);
	build.manifest = kept;
	return err;
}

static void digests_in_any_other_order_or_number_are_refused(void **state)
{
	(void)state;
	add_many(2);
	assert_ok(build_manifest(&build, ID));
	AUTO_ARENA arena = {0};
	struct manifest manifest;
	assert_ok(record_decode(&manifest_schema, build.manifest, &arena, &manifest));
	uint8_t digests[64 * DIGEST];
	assert_int_equal(manifest.digests.len, sizeof(digests));
	memcpy(digests, manifest.digests.data, sizeof(digests));
	assert_ok(open_with_digests(SLICE_ARRAY(digests)));
	assert_int_equal(open_with_digests(slice_of(digests, 63 * DIGEST)), ERR_MALFORMED);
	assert_int_equal(open_with_digests(slice_of(digests, DIGEST)), ERR_MALFORMED);
	assert_int_equal(open_with_digests(slice_of(digests, 64 * DIGEST - 1)), ERR_MALFORMED);
	assert_int_equal(open_with_digests(SLICE("")), ERR_MALFORMED);
	memcpy(digests + 62 * DIGEST, manifest.digests.data + 63 * DIGEST, DIGEST);
	assert_int_equal(open_with_digests(SLICE_ARRAY(digests)), ERR_MALFORMED);
	memcpy(digests + 63 * DIGEST, manifest.digests.data + 62 * DIGEST, DIGEST);
	assert_int_equal(open_with_digests(SLICE_ARRAY(digests)), ERR_MALFORMED);
	build_done(&build);
}

static void equal_digests_are_not_signed(void **state)
{
	(void)state;
	add_many(2);
	build.portions[1] = build.portions[0];
	memcpy(build.salts + SALT, build.salts, SALT);
	assert_int_equal(build_manifest(&build, ID), ERR_CONFLICT);
	build_done(&build);
}

static void the_label_digest_covers_the_labels_shown_in_order(void **state)
{
	(void)state;
	add_many(3);
	assert_ok(build_manifest(&build, ID));
	AUTO_ARENA arena = {0};
	struct rendition_view view;
	uint8_t digest[DIGEST], other[DIGEST], want[DIGEST];
	assert_ok(rendition_open(build_rendition(&build, (size_t[]){0, 1}, 2), &arena, &view));
	rendition_label_digest(&view, digest);
	crypto_sha256(SLICE("\0\0\0\x1aNATO|SECRET|P:Context=NATO\0\0\0\x0fPUBLIC|UNMARKED"), want);
	assert_memory_equal(digest, want, DIGEST);
	assert_ok(rendition_open(build_rendition(&build, (size_t[]){0, 1, 2}, 3), &arena, &view));
	rendition_label_digest(&view, other);
	assert_memory_not_equal(digest, other, DIGEST);
	assert_ok(rendition_open(build_rendition(&build, (size_t[]){0, 2, 1}, 3), &arena, &view));
	rendition_label_digest(&view, digest);
	assert_memory_not_equal(digest, other, DIGEST);
	build_done(&build);
}

static void an_encoded_rendition_beyond_the_limit_is_refused(void **state)
{
	(void)state;
	AUTO_ARENA arena = {0};
	struct rendition_view view;
	uint8_t *bytes = arena_alloc(&arena, LIMIT_OBJECT_BYTES + 1, 1);
	assert_int_equal(rendition_open(slice_of(bytes, LIMIT_OBJECT_BYTES + 1), &arena, &view), ERR_TOO_LARGE);
	assert_int_equal(rendition_open(slice_of(bytes, LIMIT_OBJECT_BYTES), &arena, &view), ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_subset_with_the_head_opens_and_shows_itself),
		cmocka_unit_test(a_rendition_without_head_or_with_the_head_behind_is_refused),
		cmocka_unit_test(a_portion_disclosed_twice_is_refused),
		cmocka_unit_test(two_portions_of_one_id_are_refused),
		cmocka_unit_test(two_heads_are_refused),
		cmocka_unit_test(no_changed_octet_passes_unseen),
		cmocka_unit_test(a_cut_rendition_is_refused_or_shows_less),
		cmocka_unit_test(a_portion_of_another_manifest_is_refused),
		cmocka_unit_test(renditions_are_alike_whatever_is_hidden),
		cmocka_unit_test(manifests_have_1_64_or_1024_slots_and_no_more),
		cmocka_unit_test(digests_in_any_other_order_or_number_are_refused),
		cmocka_unit_test(equal_digests_are_not_signed),
		cmocka_unit_test(the_label_digest_covers_the_labels_shown_in_order),
		cmocka_unit_test(an_encoded_rendition_beyond_the_limit_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
