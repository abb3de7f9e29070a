/* Checkpoints of feeds: one statement has one spelling. */
#include "made.h"

#include "crypto/crypto.h"
#include "protocol/checkpoint.h"
#include "starve.h"

static struct buf good_note(void)
{
	struct checkpoint checkpoint = made_checkpoint(SEQUENCE_CONTROL, 3);
	checkpoint.positions[6] = made_position(6, 40);
	uint8_t key[32] = {1}, signature[64] = {2};
	AUTO_BUF text = buf_make(CHECKPOINT_TEXT_MAX);
	struct buf note = buf_make(CHECKPOINT_TEXT_MAX);
	checkpoint_print(&checkpoint, &text);
	checkpoint_print_note(buf_slice(&text), SLICE("LTU"), key, signature, &note);
	assert_int_equal(note.err, ERR_OK);
	return note;
}

static void checkpoint_is_read_as_it_was_printed(void **state)
{
	(void)state;
	struct checkpoint_note read;
	uint8_t key[32] = {1}, id[NOTE_KEY_ID];
	AUTO_BUF note = good_note();
	assert_int_equal(checkpoint_parse(buf_slice(&note), &read), ERR_OK);
	checkpoint_key_id(SLICE("LTU"), key, id);
	assert_memory_equal(read.key_id, id, NOTE_KEY_ID);
	assert_int_equal(read.signature[0], 2);
	assert_true(slice_equal(read.checkpoint.from, SLICE("KOR")));
	assert_true(slice_equal(read.checkpoint.to, SLICE("LTU")));
	assert_int_equal(read.checkpoint.time, 1000);
	assert_int_equal(read.checkpoint.epoch, 1);
	assert_int_equal(read.checkpoint.positions[0].seq, 3);
	assert_int_equal(read.checkpoint.positions[6].seq, 40);
	assert_true(slice_has_prefix(buf_slice(&note), SLICE("bices/feed/KOR/LTU\n43\n")));
	assert_true(slice_has_suffix(read.text, SLICE("\n")));
	assert_true(slice_has_prefix(slice_skip(buf_slice(&note), read.text.len), SLICE("\n\xe2\x80\x94 LTU ")));
}

static void every_changed_octet_is_another_statement_or_refused(void **state)
{
	(void)state;
	AUTO_BUF good = good_note();
	AUTO_BUF note = good_note();
	struct checkpoint_note read, original;
	assert_int_equal(checkpoint_parse(buf_slice(&good), &original), ERR_OK);
	for (size_t i = 0; i < note.len; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			note.data[i] ^= (uint8_t)(1u << bit);
			if (checkpoint_parse(buf_slice(&note), &read) == ERR_OK)
				assert_false(slice_equal(read.text, original.text) &&
					     memcmp(read.signature, original.signature, 64) == 0 &&
					     memcmp(read.key_id, original.key_id, NOTE_KEY_ID) == 0);
			note.data[i] ^= (uint8_t)(1u << bit);
		}
}

/* good_note() with the first `from` replaced by `to`. */
static enum err parses_with(const char *from, const char *to)
{
	AUTO_BUF good = good_note();
	AUTO_BUF note = buf_make(65536);
	struct checkpoint_note read;
	struct slice rest = buf_slice(&good), pattern = slice_text(from);
	while (rest.len && !slice_has_prefix(rest, pattern)) {
		buf_put_octet(&note, rest.data[0]);
		rest = slice_skip(rest, 1);
	}
	assert_true(rest.len > 0);
	buf_put_text(&note, to);
	buf_put(&note, slice_skip(rest, pattern.len));
	return checkpoint_parse(buf_slice(&note), &read);
}

static void other_spellings_are_refused(void **state)
{
	(void)state;
	static const char *const changes[][2] = {
		{"bices/feed/", "bices/feeds/"}, {"KOR/LTU", "KOR/lTU"}, {"KOR/LTU", "KOR/"}, {"KOR/LTU", "KOR/LTU/X"},
		{"\n43\n", "\n42\n"},           {"\n43\n", "\n043\n"},   {"time 1000", "time  1000"}, {"time 1000", "time -1"},
		{"control 3 ", "control 4 "},    {"control 3 ", "control 03 "}, {"flash 0", "flash 1"}, {"override", "Override"},
		{"\n\n", "\n"},                  {"\n\n", "\n\n\n"},         {"\n\n", "\nextra line\n\n"}, {"\n\xe2\x80\x94 LTU", "\n- LTU"},
		{"\n\xe2\x80\x94 LTU", "\n\xe2\x80\x94 KOR"}, {"time", "\rtime"}, {"control 3 ", "control\n"},
		{"control 3 ", "control=3 "}, {"KOR/LTU", "/LTU"}, {"KOR/LTU", "KORKORKORKORKORKORKORKORKORKORKOR/LTU"},
		{"KOR/LTU", "K[R/LTU"}, {"KOR/LTU", "K@R/LTU"}, {"KOR/LTU", "K:R/LTU"}, {"\n43\n", "\n43\n\n"}, {"deferred 40", "deferred 18446744073709551615"},
	};
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		assert_int_not_equal(parses_with(changes[i][0], changes[i][1]), ERR_OK);
	assert_int_equal(parses_with("time 1000", "time 1001"), ERR_OK);
}

static void notes_cut_short_or_too_long_are_refused(void **state)
{
	(void)state;
	AUTO_BUF note = good_note();
	struct checkpoint_note read;
	for (size_t len = 0; len < note.len; len++)
		assert_int_not_equal(checkpoint_parse(slice_take(buf_slice(&note), len), &read), ERR_OK);
	static uint8_t large[CHECKPOINT_TEXT_MAX + 1];
	assert_int_equal(checkpoint_parse(SLICE_ARRAY(large), &read), ERR_TOO_LARGE);
}

static int parses(void *context)
{
	struct checkpoint_note read;
	return checkpoint_parse(buf_slice(context), &read) == ERR_OK;
}

static void without_memory_no_note_is_read(void **state)
{
	(void)state;
	AUTO_BUF note = good_note();
	assert_true(starve_each(parses, &note) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoint_is_read_as_it_was_printed),
		cmocka_unit_test(every_changed_octet_is_another_statement_or_refused),
		cmocka_unit_test(other_spellings_are_refused),
		cmocka_unit_test(notes_cut_short_or_too_long_are_refused),
		cmocka_unit_test(without_memory_no_note_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
