/* Proofs as files, and records. */
#include "unit.h"


#include <fcntl.h>
#include <unistd.h>

static struct ledger_log *ledger;
static char path[] = "/tmp/bices-proof-XXXXXX";
static int directory;

static int set_up(void **state)
{
	static const struct {
		uint8_t kind;
		const char *subject;
	} entries[] = {{LEDGER_START, "KOR"}, {LEDGER_PUBLISH, "report--a"}, {LEDGER_RELEASE, "report--a"}, {LEDGER_SHOW, "report--a"},
		       {LEDGER_SHOW, "report--b"}, {LEDGER_RELEASE, "report--ab"}};
	enum { COUNT = sizeof(entries) / sizeof(entries[0]) };
	(void)state;
	AUTO_ARENA arena = {0};
	struct slice records[COUNT];
	uint8_t leaves[COUNT][MERKLE_HASH];
	bool repaired;
	if (!mkdtemp(path) || (directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	for (size_t i = 0; i < COUNT; i++)
		records[i] = unit_record(&arena, entries[i].kind, entries[i].subject);
	return ledger_log_open(directory, ORIGIN, unit_seed, 1, NULL, &repaired, &ledger) != ERR_OK ||
	       ledger_log_append(ledger, records, COUNT, leaves, NULL) != ERR_OK;
}

static int tear_down(void **state)
{
	(void)state;
	ledger_log_close(ledger);
	unlinkat(directory, LEDGER_FILE, 0);
	close(directory);
	return rmdir(path);
}

static void a_printed_proof_verifies_and_shows_its_record(void **state)
{
	(void)state;
	for (uint64_t index = 0; index < ledger_log_size(ledger); index++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF text = buf_make(PROOF_TEXT_MAX);
		struct ledger_proof proof;
		uint8_t key[32];
		ledger_log_public_key(ledger, key);
		assert_int_equal(proof_print(ledger, index, &text), ERR_OK);
		assert_true(slice_has_prefix(buf_slice(&text), SLICE("c2sp.org/tlog-proof@v1\nextra ")));
		assert_int_equal(proof_verify(buf_slice(&text), key, &arena, NULL, &proof), ERR_OK);
		assert_int_equal(proof.index, index);
		assert_true(slice_equal(proof.record.actor, SLICE("analyst")));
		key[5] ^= 1;
		assert_int_equal(proof_verify(buf_slice(&text), key, &arena, NULL, &proof), ERR_INVALID);
	}
	AUTO_BUF text = buf_make(PROOF_TEXT_MAX);
	assert_int_equal(proof_print(ledger, ledger_log_size(ledger), &text), ERR_INVALID);
}

static void every_changed_octet_of_a_proof_is_refused(void **state)
{
	(void)state;
	AUTO_BUF text = buf_make(PROOF_TEXT_MAX);
	assert_int_equal(proof_print(ledger, 2, &text), ERR_OK);
	for (size_t i = 0; i < text.len; i++) {
		AUTO_ARENA arena = {0};
		struct ledger_proof proof;
		text.data[i] ^= 1;
		assert_int_not_equal(proof_verify(buf_slice(&text), NULL, &arena, NULL, &proof), ERR_OK);
		text.data[i] ^= 1;
	}
}

static void the_newest_decision_about_an_object_is_found_before_mere_looks(void **state)
{
	(void)state;
	uint64_t index;
	assert_int_equal(ledger_find(ledger, SLICE("report--a"), &index), ERR_OK);
	assert_int_equal(index, 2);
	assert_int_equal(ledger_find(ledger, SLICE("report--b"), &index), ERR_OK);
	assert_int_equal(index, 4);
	assert_int_equal(ledger_find(ledger, SLICE("#3"), &index), ERR_OK);
	assert_int_equal(index, 3);
	assert_int_equal(ledger_find(ledger, SLICE("report--"), &index), ERR_NOT_FOUND);
	assert_int_equal(ledger_find(ledger, SLICE("#6"), &index), ERR_NOT_FOUND);
	assert_int_equal(ledger_find(ledger, SLICE(""), &index), ERR_NOT_FOUND);
}

static void the_publication_of_one_manifest_is_found_whatever_came_later(void **state)
{
	(void)state;
	uint8_t digest[32] = {0};
	uint64_t index;
	assert_int_equal(ledger_find_publication(ledger, SLICE("report--a"), SLICE_ARRAY(digest), &index), ERR_OK);
	assert_int_equal(index, 1);
	assert_int_equal(ledger_find_publication(ledger, SLICE("report--ab"), SLICE_ARRAY(digest), &index), ERR_NOT_FOUND);
	digest[7] = 1;
	assert_int_equal(ledger_find_publication(ledger, SLICE("report--a"), SLICE_ARRAY(digest), &index), ERR_NOT_FOUND);
	assert_int_equal(ledger_find_publication(ledger, SLICE("report--a"), (struct slice){0}, &index), ERR_NOT_FOUND);
}

static void a_record_of_unknown_kind_or_with_a_short_label_digest_is_refused(void **state)
{
	(void)state;
	struct ledger_record bad[] = {{.kind = 200, .at = 1}, {.kind = LEDGER_SHOW, .at = 1, .label_digest = SLICE("short")}};
	for (size_t i = 0; i < 2; i++) {
		AUTO_ARENA arena = {0};
		AUTO_BUF bytes = buf_make(LEDGER_RECORD_MAX);
		struct ledger_record record;
		record_encode(&ledger_record_schema, &bad[i], &bytes);
		assert_int_equal(bytes.err, ERR_OK);
		assert_int_equal(ledger_record_decode(buf_slice(&bytes), &arena, &record), ERR_MALFORMED);
	}
}

static void printed_records_hold_no_control_characters(void **state)
{
	(void)state;
	struct ledger_record record = {.kind = LEDGER_RECALL, .at = 0, .actor = SLICE("a\x1b[2J\nb"), .subject = SLICE("s")};
	AUTO_BUF line = buf_make(4096);
	ledger_record_print(7, &record, &line);
	assert_true(slice_equal(buf_slice(&line), SLICE("7\t1970-01-01T00:00:00.000Z\trecall\ta\\x1b[2J\\x0ab\ts\t-\t-\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_printed_proof_verifies_and_shows_its_record),
		cmocka_unit_test(every_changed_octet_of_a_proof_is_refused),
		cmocka_unit_test(the_newest_decision_about_an_object_is_found_before_mere_looks),
		cmocka_unit_test(the_publication_of_one_manifest_is_found_whatever_came_later),
		cmocka_unit_test(a_record_of_unknown_kind_or_with_a_short_label_digest_is_refused),
		cmocka_unit_test(printed_records_hold_no_control_characters),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
