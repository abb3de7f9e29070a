/* Signed notes: what the format allows is read, everything else is refused, and only right signatures verify. */
#include "unit.h"

static struct signing_key *key, *witness_key;
static uint8_t public_key[32], witness_public[32];
static const char text[] = "bices/KOR/ledger\n5\nTjrrH3tHjc/nH7YxYxUZo7ynLJrvyiFhK/TME6hiZNQ=\n";

static int set_up(void **state)
{
	(void)state;
	static const uint8_t other_seed[32] = {43};
	if (signing_key_new(unit_seed, &key) != ERR_OK || signing_key_new(other_seed, &witness_key) != ERR_OK)
		return -1;
	signing_key_public(key, public_key);
	signing_key_public(witness_key, witness_public);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	signing_key_free(key);
	signing_key_free(witness_key);
	return 0;
}

static void make_note(struct buf *note)
{
	buf_put_text(note, text);
	buf_put_octet(note, '\n');
	assert_int_equal(note_sign(slice_text(text), ORIGIN, key, note), ERR_OK);
}

static void a_signed_checkpoint_is_opened_by_its_key(void **state)
{
	(void)state;
	AUTO_BUF bytes = buf_make(NOTE_MAX);
	struct note note;
	struct tree_head head;
	make_note(&bytes);
	assert_int_equal(tree_head_open(buf_slice(&bytes), ORIGIN, public_key, &note, &head), ERR_OK);
	assert_int_equal(head.size, 5);
	assert_int_equal(head.root[0], 0x4e);
	assert_int_equal(tree_head_open(buf_slice(&bytes), ORIGIN, witness_public, &note, &head), ERR_NOT_FOUND);
	assert_int_equal(tree_head_open(buf_slice(&bytes), SLICE("bices/LTU/ledger"), public_key, &note, &head), ERR_NOT_FOUND);
}

/* spec: C2SP signed-note: a known key whose signature fails rejects the note */
static void a_changed_text_or_signature_is_refused(void **state)
{
	(void)state;
	AUTO_BUF bytes = buf_make(NOTE_MAX);
	make_note(&bytes);
	for (size_t i = 0; i < bytes.len; i++) {
		struct note note;
		struct tree_head head;
		bytes.data[i] ^= 1;
		assert_int_not_equal(tree_head_open(buf_slice(&bytes), ORIGIN, public_key, &note, &head), ERR_OK);
		bytes.data[i] ^= 1;
	}
}

/* spec: the example of C2SP signed-note: a text with an empty line inside */
static void the_text_ends_at_the_last_empty_line(void **state)
{
	(void)state;
	static const char example[] =
		"first\n\nsecond.\n\n"
		"\xe2\x80\x94 quasimodo.example/salvatore "
		"NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
	struct note note;
	assert_int_equal(note_parse(slice_text(example), &note), ERR_OK);
	assert_true(slice_equal(note.text, SLICE("first\n\nsecond.\n")));
	assert_int_equal(note.count, 1);
	assert_true(slice_equal(note.signatures[0].name, SLICE("quasimodo.example/salvatore")));
}

/* spec: the example of C2SP tlog-cosignature */
static void the_published_checkpoint_with_a_cosignature_is_read(void **state)
{
	(void)state;
	static const char example[] =
		"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
		"\xe2\x80\x94 example.com/behind-the-sofa "
		"Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
		"\xe2\x80\x94 witness.example.com/w1 "
		"jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
	struct note note;
	struct tree_head head;
	assert_int_equal(note_parse(slice_text(example), &note), ERR_OK);
	assert_int_equal(note.count, 2);
	assert_int_equal(tree_head_parse(note.text, &head), ERR_OK);
	assert_int_equal(head.size, 20852163);
	AUTO_BUF again = buf_make(NOTE_MAX);
	assert_int_equal(tree_head_print(&head, &again), ERR_OK);
	assert_true(slice_equal(buf_slice(&again), note.text));
}

static void malformed_notes_are_refused(void **state)
{
	(void)state;
#define DASH "\xe2\x80\x94 "
#define SIG "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc="
	static const char *const notes[] = {
		"", "\n", "text", "text\n", "text\n\n", "text\n\n\n", "text\n" DASH "a " SIG "\n", /* no empty line */
		"text\n\n" DASH "a " SIG,                      /* no newline at the end */
		"text\n\n" DASH "a " SIG "\n\n",               /* an empty line behind */
		"text\n\n- a " SIG "\n",                       /* not an em dash */
		"text\n\n\xe2\x80\x94" "a " SIG "\n",          /* no space */
		"text\n\n" DASH " " SIG "\n",                  /* no name */
		"text\n\n" DASH "a b " SIG "\n",               /* a space in the name */
		"text\n\n" DASH "a+b " SIG "\n",               /* a plus in the name */
		"text\n\n" DASH "a\xc2\xa0" "b " SIG "\n",     /* a no-break space in the name */
		"text\n\n" DASH "a\xe3\x80\x80 " SIG "\n",     /* an ideographic space */
		"text\n\n" DASH "a " SIG " \n",                /* something behind the signature */
		"text\n\n" DASH "a AAAA\n",                    /* shorter than a key id */
		"text\n\n" DASH "a AAAAAA==\n",                /* a key id alone */
		"text\n\n" DASH "a !!!!\n",                    /* no base64 */
		"text\r\n\r\n" DASH "a " SIG "\r\n",           /* carriage returns */
		"te\txt\n\n" DASH "a " SIG "\n",               /* a control character */
		"te\xffxt\n\n" DASH "a " SIG "\n",             /* no UTF-8 */
		"text\n\n" DASH "a " SIG "\n" "x\n",           /* a line that is no signature */
	};
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		struct note note;
		assert_int_equal(note_parse(slice_text(notes[i]), &note), ERR_MALFORMED);
	}
}

static void as_many_signatures_as_the_limit_and_no_more(void **state)
{
	(void)state;
	AUTO_BUF bytes = buf_make(2 * NOTE_MAX);
	struct note note;
	make_note(&bytes);
	for (int i = 1; i < NOTE_SIGNATURES; i++)
		buf_put_text(&bytes, DASH "a " SIG "\n");
	assert_int_equal(note_parse(buf_slice(&bytes), &note), ERR_OK);
	assert_int_equal(note.count, NOTE_SIGNATURES);
	assert_int_equal(note_verify(&note, ORIGIN, public_key), ERR_OK);
	buf_put_text(&bytes, DASH "a " SIG "\n");
	assert_int_equal(note_parse(buf_slice(&bytes), &note), ERR_TOO_LARGE);
}

static void a_known_key_with_a_bad_signature_beside_a_good_one_rejects_the_note(void **state)
{
	(void)state;
	AUTO_BUF bytes = buf_make(NOTE_MAX);
	struct note note;
	uint8_t wrong[64] = {1};
	make_note(&bytes);
	assert_int_equal(note_put_signature(ORIGIN, public_key, wrong, &bytes), ERR_OK);
	assert_int_equal(note_parse(buf_slice(&bytes), &note), ERR_OK);
	assert_int_equal(note_verify(&note, ORIGIN, public_key), ERR_CRYPTO);
}

static void a_cosignature_verifies_with_its_time_and_not_as_a_signature(void **state)
{
	(void)state;
	AUTO_BUF bytes = buf_make(NOTE_MAX);
	struct note note;
	uint64_t seconds = 0;
	make_note(&bytes);
	assert_int_equal(note_cosign(slice_text(text), SLICE("bices/LTU/ledger"), witness_key, 1679315147, &bytes), ERR_OK);
	assert_int_equal(note_parse(buf_slice(&bytes), &note), ERR_OK);
	assert_int_equal(note_verify_cosignature(&note, SLICE("bices/LTU/ledger"), witness_public, &seconds), ERR_OK);
	assert_int_equal(seconds, 1679315147);
	assert_int_equal(note_verify(&note, SLICE("bices/LTU/ledger"), witness_public), ERR_NOT_FOUND);
	assert_int_equal(note_verify(&note, ORIGIN, public_key), ERR_OK);
}

static void a_cosignature_over_another_text_fails(void **state)
{
	(void)state;
	AUTO_BUF bytes = buf_make(NOTE_MAX);
	struct note note;
	uint64_t seconds;
	make_note(&bytes);
	assert_int_equal(note_cosign(SLICE("another\n"), SLICE("w"), witness_key, 1, &bytes), ERR_OK);
	assert_int_equal(note_parse(buf_slice(&bytes), &note), ERR_OK);
	assert_int_equal(note_verify_cosignature(&note, SLICE("w"), witness_public, &seconds), ERR_CRYPTO);
}

static void checkpoints_with_other_lines_are_refused(void **state)
{
	(void)state;
#define ROOT "TjrrH3tHjc/nH7YxYxUZo7ynLJrvyiFhK/TME6hiZNQ="
	static const char *const texts[] = {
		"", "o\n", "o\n5\n", "o\n5\n" ROOT, "\n5\n" ROOT "\n", "o\n05\n" ROOT "\n", "o\n-5\n" ROOT "\n", "o\n5 \n" ROOT "\n",
		"o\n5\n" ROOT "\nextension\n", "o\n5\n" ROOT "\n\n", "o\n18446744073709551615\n" ROOT "\n",
		"o\n5\nTjrrH3tHjc/nH7YxYxUZo7ynLJrvyiFhK/TME6hiZNR=\n", /* spare bits */
		"o\n5\nTjrrH3tHjc/nH7YxYxUZo7ynLJrvyiFhK/TME6hiZA==\n",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct tree_head head;
		assert_int_not_equal(tree_head_parse(slice_text(texts[i]), &head), ERR_OK);
	}
}

static void an_origin_is_made_of_a_plain_name_only(void **state)
{
	(void)state;
	AUTO_BUF origin = buf_make(64);
	assert_int_equal(ledger_origin(SLICE("KOR"), &origin), ERR_OK);
	assert_true(slice_equal(buf_slice(&origin), ORIGIN));
	assert_int_equal(ledger_origin(SLICE(""), &origin), ERR_INVALID);
	assert_int_equal(ledger_origin(SLICE("K R"), &origin), ERR_INVALID);
	assert_int_equal(ledger_origin(SLICE("K/R"), &origin), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_checkpoint_is_opened_by_its_key),
		cmocka_unit_test(a_changed_text_or_signature_is_refused),
		cmocka_unit_test(the_text_ends_at_the_last_empty_line),
		cmocka_unit_test(the_published_checkpoint_with_a_cosignature_is_read),
		cmocka_unit_test(malformed_notes_are_refused),
		cmocka_unit_test(as_many_signatures_as_the_limit_and_no_more),
		cmocka_unit_test(a_known_key_with_a_bad_signature_beside_a_good_one_rejects_the_note),
		cmocka_unit_test(a_cosignature_verifies_with_its_time_and_not_as_a_signature),
		cmocka_unit_test(a_cosignature_over_another_text_fails),
		cmocka_unit_test(checkpoints_with_other_lines_are_refused),
		cmocka_unit_test(an_origin_is_made_of_a_plain_name_only),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
