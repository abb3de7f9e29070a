/* The ledger on disk: durable appends, restarts, crashes, and that verification notices every changed octet. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANY = 30 };

struct place {
	char path[64];
	int directory;
	struct arena arena;
};

static int set_up(void **state)
{
	static struct place place;
	place = (struct place){.path = "/tmp/bices-ledger-XXXXXX"};
	if (!mkdtemp(place.path))
		return -1;
	place.directory = open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &place;
	return place.directory < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	unlinkat(place->directory, LEDGER_FILE, 0);
	unlinkat(place->directory, "other", 0);
	close(place->directory);
	arena_done(&place->arena);
	return rmdir(place->path);
}

static struct ledger_log *open_log(const struct place *place)
{
	struct ledger_log *log;
	struct diag diag = {.text = ""};
	bool repaired = true;
	if (ledger_log_open(place->directory, ORIGIN, unit_seed, 1000, &diag, &repaired, &log) != ERR_OK)
		fail_msg("%s", diag.text);
	assert_false(repaired);
	return log;
}

static void append(struct place *place, struct ledger_log *log, size_t count)
{
	struct slice *records = ARENA_ARRAY(&place->arena, count, struct slice);
	uint8_t(*leaves)[MERKLE_HASH] = arena_alloc(&place->arena, count, MERKLE_HASH);
	for (size_t i = 0; i < count; i++)
		records[i] = unit_record(&place->arena, LEDGER_RELEASE, "report--1");
	assert_int_equal(ledger_log_append(log, records, count, leaves, NULL), ERR_OK);
}

static enum err verify(const struct place *place, struct ledger_report *ret_report)
{
	struct diag diag = {.text = ""};
	return ledger_verify(place->directory, NULL, &diag, ret_report);
}

static int file_of(const struct place *place)
{
	int file = openat(place->directory, LEDGER_FILE, O_RDWR | O_CLOEXEC);
	assert_true(file >= 0);
	return file;
}

static void flip(int file, off_t at, uint8_t mask)
{
	uint8_t octet;
	assert_int_equal(pread(file, &octet, 1, at), 1);
	octet ^= mask;
	assert_int_equal(pwrite(file, &octet, 1, at), 1);
}

static off_t used_of(int file)
{
	static uint8_t bytes[4 * 1024 * 1024];
	ssize_t n = pread(file, bytes, sizeof(bytes), 0);
	while (n > 0 && !bytes[n - 1])
		n--;
	return n;
}

static void a_new_ledger_verifies_and_is_empty(void **state)
{
	struct ledger_report report;
	struct ledger_log *log = open_log(*state);
	assert_int_equal(ledger_log_size(log), 0);
	AUTO_BUF note = buf_make(NOTE_MAX);
	assert_int_equal(ledger_log_checkpoint(log, &note), ERR_NOT_FOUND);
	ledger_log_close(log);
	assert_int_equal(verify(*state, &report), ERR_OK);
	assert_int_equal(report.size, 0);
	assert_string_equal(report.origin, "bices/KOR/ledger");
}

static void what_was_appended_is_there_after_a_restart(void **state)
{
	struct place *place = *state;
	struct ledger_report report;
	uint8_t before[MERKLE_HASH], after[MERKLE_HASH];
	struct ledger_log *log = open_log(place);
	for (size_t count = 1; count < 40; count += 3)
		append(place, log, count);
	uint64_t size = ledger_log_size(log);
	assert_int_equal(ledger_log_root(log, size, before), ERR_OK);
	ledger_log_close(log);
	log = open_log(place);
	assert_int_equal(ledger_log_size(log), size);
	assert_int_equal(ledger_log_root(log, size, after), ERR_OK);
	assert_memory_equal(before, after, MERKLE_HASH);
	append(place, log, 1);
	ledger_log_close(log);
	assert_int_equal(verify(place, &report), ERR_OK);
	assert_int_equal(report.size, size + 1);
}

static void every_record_is_proved_in_every_size_over_several_tiles(void **state)
{
	struct place *place = *state;
	struct ledger_log *log = open_log(place);
	uint8_t leaves[600][MERKLE_HASH];
	struct slice records[600];
	for (size_t i = 0; i < 600; i++)
		records[i] = unit_record(&place->arena, LEDGER_SHOW, "x");
	assert_int_equal(ledger_log_append(log, records, 600, leaves, NULL), ERR_OK);
	static const uint64_t sizes[] = {1, 2, 255, 256, 257, 511, 512, 513, 600};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t root[MERKLE_HASH];
		assert_int_equal(ledger_log_root(log, sizes[i], root), ERR_OK);
		for (uint64_t index = 0; index < sizes[i]; index += 37) {
			AUTO_BUF proof = buf_make(4096);
			assert_int_equal(ledger_log_inclusion(log, index, sizes[i], &proof), ERR_OK);
			assert_true(merkle_inclusion_verify(index, sizes[i], leaves[index], buf_slice(&proof), root));
		}
		for (size_t j = i; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
			uint8_t later[MERKLE_HASH];
			AUTO_BUF proof = buf_make(4096);
			assert_int_equal(ledger_log_root(log, sizes[j], later), ERR_OK);
			assert_int_equal(ledger_log_consistency(log, sizes[i], sizes[j], &proof), ERR_OK);
			assert_true(merkle_consistency_verify(sizes[i], sizes[j], root, later, buf_slice(&proof)));
		}
	}
	ledger_log_close(log);
}

static void the_newest_checkpoint_is_a_note_signed_by_the_ledger(void **state)
{
	struct place *place = *state;
	struct ledger_log *log = open_log(place);
	AUTO_BUF bytes = buf_make(NOTE_MAX);
	uint8_t key[32];
	struct note note;
	struct tree_head head;
	append(place, log, 3);
	ledger_log_public_key(log, key);
	assert_int_equal(ledger_log_checkpoint(log, &bytes), ERR_OK);
	assert_int_equal(tree_head_open(buf_slice(&bytes), ORIGIN, key, &note, &head), ERR_OK);
	assert_int_equal(head.size, 3);
	ledger_log_close(log);
}

static void each_changed_octet_is_noticed(void **state)
{
	struct place *place = *state;
	struct ledger_report report;
	struct ledger_log *log = open_log(place);
	append(place, log, 2);
	append(place, log, 1);
	append(place, log, 60); /* goes over a page's end */
	ledger_log_close(log);
	assert_int_equal(verify(place, &report), ERR_OK);
	int file = file_of(place);
	off_t used = used_of(file);
	assert_true(used > 2 * PAGE);
	for (off_t at = 0; at < used; at += at % PAGE > 300 && at < PAGE ? 1021 : 61) {
		flip(file, at, 0xff);
		assert_int_equal(verify(place, &report), ERR_INVALID);
		flip(file, at, 0xff);
	}
	assert_int_equal(verify(place, &report), ERR_OK);
	close(file);
}

static void padding_that_is_not_zero_is_noticed(void **state)
{
	struct place *place = *state;
	struct ledger_report report;
	struct ledger_log *log = open_log(place);
	append(place, log, 1);
	ledger_log_close(log);
	int file = file_of(place);
	off_t used = used_of(file), end = lseek(file, 0, SEEK_END);
	const off_t places[] = {used, used + 1, PAGE - 1, 2 * PAGE - 1, 2 * PAGE, 3 * PAGE + 5, end / 3, end - 1};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		flip(file, places[i], 1);
		assert_int_equal(verify(place, &report), ERR_INVALID);
		flip(file, places[i], 1);
	}
	assert_int_equal(verify(place, &report), ERR_OK);
	close(file);
}

static void a_file_that_was_cut_or_lengthened_is_noticed_and_made_whole_at_the_start(void **state)
{
	struct place *place = *state;
	struct ledger_report report;
	struct ledger_log *log = open_log(place);
	append(place, log, 1);
	ledger_log_close(log);
	int file = file_of(place);
	const off_t sizes[] = {STEP - 1, STEP - PAGE, STEP / 2, used_of(file), STEP + 1, STEP + PAGE};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(ftruncate(file, sizes[i]), 0);
		assert_int_equal(verify(place, &report), ERR_INVALID);
	}
	ledger_log_close(open_log(place));
	assert_int_equal(lseek(file, 0, SEEK_END), 2 * STEP);
	assert_int_equal(verify(place, &report), ERR_OK);
	assert_int_equal(report.size, 1);
	assert_int_equal(ftruncate(file, used_of(file) - 1), 0);
	assert_int_equal(verify(place, &report), ERR_INVALID);
	assert_int_equal(ftruncate(file, 0), 0);
	assert_int_equal(verify(place, &report), ERR_INVALID);
	close(file);
}

static void anything_else_in_the_directory_is_noticed(void **state)
{
	struct place *place = *state;
	struct ledger_report report;
	ledger_log_close(open_log(place));
	assert_int_equal(verify(place, &report), ERR_OK);
	int other = openat(place->directory, "other", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(other >= 0);
	close(other);
	assert_int_equal(verify(place, &report), ERR_INVALID);
	unlinkat(place->directory, "other", 0);
	unlinkat(place->directory, LEDGER_FILE, 0);
	assert_int_equal(verify(place, &report), ERR_INVALID);
	assert_int_equal(symlinkat("/dev/null", place->directory, LEDGER_FILE), 0);
	assert_int_equal(verify(place, &report), ERR_INVALID);
}

static void another_key_is_noticed(void **state)
{
	struct place *place = *state;
	struct diag diag = {.text = ""};
	struct ledger_report report;
	struct ledger_log *log = open_log(place);
	uint8_t key[32];
	static const uint8_t other_seed[32] = {9};
	bool repaired;
	append(place, log, 1);
	ledger_log_public_key(log, key);
	ledger_log_close(log);
	assert_int_equal(ledger_verify(place->directory, key, &diag, &report), ERR_OK);
	key[0] ^= 1;
	assert_int_equal(ledger_verify(place->directory, key, &diag, &report), ERR_CRYPTO);
	assert_int_equal(ledger_log_open(place->directory, ORIGIN, other_seed, 1, &diag, &repaired, &log), ERR_CRYPTO);
	assert_int_equal(ledger_log_open(place->directory, SLICE("bices/LTU/ledger"), unit_seed, 1, &diag, &repaired, &log), ERR_CRYPTO);
}

/* A write that the crash cut at any octet is taken back at the next start, and all before it stays. */
static void a_torn_group_is_taken_back_at_the_start(void **state)
{
	struct place *place = *state;
	struct ledger_log *log = open_log(place);
	append(place, log, 2);
	ledger_log_close(log);
	int file = file_of(place);
	off_t first = used_of(file);
	log = open_log(place);
	append(place, log, 1);
	ledger_log_close(log);
	off_t end = used_of(file);
	static uint8_t group[PAGE];
	assert_int_equal(pread(file, group, (size_t)(end - first), first), end - first);
	for (off_t cut = 1; cut < end - first; cut += 5) {
		static const uint8_t zeros[PAGE];
		struct diag diag = {.text = ""};
		struct ledger_report report;
		bool repaired = false;
		/* the first or the last part of the group is missing */
		bool head = cut % 2;
		assert_int_equal(pwrite(file, group, (size_t)(end - first), first), end - first);
		assert_true(pwrite(file, zeros, (size_t)(head ? cut : end - first - cut), head ? first : first + cut) > 0);
		if (head && cut == 1) /* it is zero anyway */
			continue;
		assert_int_equal(verify(place, &report), ERR_INVALID);
		if (ledger_log_open(place->directory, ORIGIN, unit_seed, 1, &diag, &repaired, &log) != ERR_OK)
			fail_msg("cut %ld: %s", (long)cut, diag.text);
		assert_true(repaired);
		assert_int_equal(ledger_log_size(log), 2);
		ledger_log_close(log);
		assert_int_equal(verify(place, &report), ERR_OK);
		assert_int_equal(report.size, 2);
	}
	close(file);
}

static void damage_before_the_last_group_is_not_repaired(void **state)
{
	struct place *place = *state;
	struct diag diag = {.text = ""};
	bool repaired;
	struct ledger_log *log = open_log(place);
	append(place, log, 2);
	append(place, log, 3);
	append(place, log, 1);
	ledger_log_close(log);
	int file = file_of(place);
	const off_t places[] = {PAGE, PAGE + 1, PAGE + 3, PAGE + 40, PAGE + 100, 3 * PAGE + 9, lseek(file, 0, SEEK_END) - 1};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		flip(file, places[i], 0x55);
		if (ledger_log_open(place->directory, ORIGIN, unit_seed, 1, &diag, &repaired, &log) != ERR_INVALID)
			fail_msg("damage at octet %ld goes unnoticed", (long)places[i]);
		flip(file, places[i], 0x55);
	}
	ledger_log_close(open_log(place));
	close(file);
}

static void a_start_that_was_cut_before_the_head_begins_anew(void **state)
{
	struct place *place = *state;
	int file = openat(place->directory, LEDGER_FILE, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(file, 3 * PAGE), 0);
	close(file);
	struct ledger_log *log = open_log(place);
	append(place, log, 1);
	ledger_log_close(log);
	struct ledger_report report;
	assert_int_equal(verify(place, &report), ERR_OK);
	assert_int_equal(report.size, 1);
}

static void records_at_the_limit_fit_and_beyond_are_refused(void **state)
{
	struct place *place = *state;
	static uint8_t octets[LEDGER_RECORD_MAX + 1] = {1};
	uint8_t leaf[2][MERKLE_HASH];
	struct ledger_log *log = open_log(place);
	struct slice records[2] = {slice_of(octets, LEDGER_RECORD_MAX), slice_of(octets, LEDGER_RECORD_MAX)};
	assert_int_equal(ledger_log_append(log, records, 2, leaf, NULL), ERR_OK);
	records[1] = slice_of(octets, LEDGER_RECORD_MAX + 1);
	assert_int_equal(ledger_log_append(log, records, 2, leaf, NULL), ERR_TOO_LARGE);
	records[1] = slice_of(octets, 0);
	assert_int_equal(ledger_log_append(log, records, 2, leaf, NULL), ERR_TOO_LARGE);
	assert_int_equal(ledger_log_size(log), 2);
	ledger_log_close(log);
	log = open_log(place);
	assert_int_equal(ledger_log_size(log), 2);
	ledger_log_close(log);
}

/* The bound on file sizes plays the full disk. */
static void a_full_disk_refuses_appends_and_goes_on_when_there_is_room(void **state)
{
	struct place *place = *state;
	struct rlimit before, small;
	struct slice records[MANY];
	uint8_t leaves[MANY][MERKLE_HASH];
	for (size_t i = 0; i < MANY; i++)
		records[i] = unit_record(&place->arena, LEDGER_RELEASE, "report--1");
	struct ledger_log *log = open_log(place);
	append(place, log, 1);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 1024 * 1024;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum err err = ERR_OK;
	uint64_t accepted = 1;
	while ((err = ledger_log_append(log, records, MANY, leaves, NULL)) == ERR_OK && accepted < 100000)
		accepted += MANY;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(err, ERR_FULL);
	uint64_t size = ledger_log_size(log);
	assert_true(size >= accepted && size < accepted + MANY);
	AUTO_BUF proof = buf_make(4096);
	assert_int_equal(ledger_log_inclusion(log, 0, size, &proof), ERR_OK);
	assert_int_equal(ledger_log_append(log, records, MANY, leaves, NULL), ERR_OK);
	ledger_log_close(log);
	struct ledger_report report;
	assert_int_equal(verify(place, &report), ERR_OK);
	assert_int_equal(report.size, size + MANY);
}

struct writer {
	struct place *place;
	struct ledger_log *log;
	volatile bool stop;
};

static void *write_on(void *context)
{
	struct writer *writer = context;
	uint8_t leaves[7][MERKLE_HASH];
	struct slice records[7];
	for (size_t i = 0; i < 7; i++)
		records[i] = unit_record(&writer->place->arena, LEDGER_SHOW, "x");
	while (!writer->stop) {
		if (ledger_log_append(writer->log, records, 7, leaves, NULL) != ERR_OK)
			return writer;
		usleep(1000); /* slower than verification, or that would take longer each time */
	}
	return NULL;
}

static void check_copy(const struct place *place)
{
	char command[256], copy[80];
	struct ledger_report report;
	struct diag diag = {.text = ""};
	snprintf(copy, sizeof(copy), "%s.copy", place->path);
	snprintf(command, sizeof(command), "cp -r %s %s", place->path, copy);
	assert_int_equal(system(command), 0);
	int directory = open(copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(directory >= 0);
	if (ledger_verify(directory, NULL, &diag, &report) != ERR_OK)
		fail_msg("a copy does not verify: %s", diag.text);
	close(directory);
	snprintf(command, sizeof(command), "rm -r %s", copy);
	assert_int_equal(system(command), 0);
}

static void verification_and_copies_are_right_while_the_ledger_grows(void **state)
{
	struct place *place = *state;
	struct writer writer = {place, open_log(place), false};
	struct ledger_report report;
	pthread_t thread;
	void *failed;
	uint64_t last = 0;
	append(place, writer.log, 5);
	assert_int_equal(pthread_create(&thread, NULL, write_on, &writer), 0);
	for (int i = 0; i < 15; i++) {
		assert_int_equal(verify(place, &report), ERR_OK);
		assert_true(report.size >= last);
		last = report.size;
		check_copy(place);
	}
	writer.stop = true;
	pthread_join(thread, &failed);
	assert_null(failed);
	assert_true(last > 5);
	ledger_log_close(writer.log);
}

static void a_rolled_back_or_rewritten_ledger_is_told_from_a_consistent_one(void **state)
{
	struct place *place = *state;
	struct ledger_log *log = open_log(place);
	AUTO_BUF early = buf_make(NOTE_MAX), late = buf_make(NOTE_MAX);
	enum ledger_standing standing;
	uint64_t size;
	append(place, log, 4);
	assert_int_equal(ledger_log_checkpoint(log, &early), ERR_OK);
	append(place, log, 4);
	assert_int_equal(ledger_log_checkpoint(log, &late), ERR_OK);
	assert_int_equal(ledger_log_compare(log, buf_slice(&early), &standing, &size), ERR_OK);
	assert_int_equal(standing, LEDGER_CONSISTENT);
	assert_int_equal(ledger_log_compare(log, buf_slice(&late), &standing, &size), ERR_OK);
	assert_int_equal(standing, LEDGER_CONSISTENT);
	ledger_log_close(log);
	/* another ledger under the same key, as a restored backup would make it */
	unlinkat(place->directory, LEDGER_FILE, 0);
	log = open_log(place);
	append(place, log, 6);
	assert_int_equal(ledger_log_compare(log, buf_slice(&late), &standing, &size), ERR_OK);
	assert_int_equal(standing, LEDGER_BEHIND);
	assert_int_equal(size, 8);
	assert_int_equal(ledger_log_compare(log, buf_slice(&early), &standing, &size), ERR_OK);
	assert_int_equal(standing, LEDGER_INCONSISTENT);
	assert_int_not_equal(ledger_log_compare(log, SLICE("nonsense"), &standing, &size), ERR_OK);
	ledger_log_close(log);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_new_ledger_verifies_and_is_empty),
		TEST(what_was_appended_is_there_after_a_restart),
		TEST(every_record_is_proved_in_every_size_over_several_tiles),
		TEST(the_newest_checkpoint_is_a_note_signed_by_the_ledger),
		TEST(each_changed_octet_is_noticed),
		TEST(padding_that_is_not_zero_is_noticed),
		TEST(a_file_that_was_cut_or_lengthened_is_noticed_and_made_whole_at_the_start),
		TEST(anything_else_in_the_directory_is_noticed),
		TEST(another_key_is_noticed),
		TEST(a_torn_group_is_taken_back_at_the_start),
		TEST(damage_before_the_last_group_is_not_repaired),
		TEST(a_start_that_was_cut_before_the_head_begins_anew),
		TEST(records_at_the_limit_fit_and_beyond_are_refused),
		TEST(a_full_disk_refuses_appends_and_goes_on_when_there_is_room),
		TEST(verification_and_copies_are_right_while_the_ledger_grows),
		TEST(a_rolled_back_or_rewritten_ledger_is_told_from_a_consistent_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
