/* A note that is read is what its parts say: text, an empty line, signature lines, nothing else. */
#include "ledger/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct note *note, struct buf *bytes)
{
	buf_put(bytes, note->text);
	buf_put_octet(bytes, '\n');
	for (size_t i = 0; i < note->count; i++) {
		buf_put_text(bytes, "\xe2\x80\x94 ");
		buf_put(bytes, note->signatures[i].name);
		buf_put_octet(bytes, ' ');
		buf_put(bytes, note->signatures[i].encoded);
		buf_put_octet(bytes, '\n');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[32] = {1};
	struct note note;
	struct tree_head head;
	AUTO_BUF again = buf_make(2 * NOTE_MAX);
	if (note_parse(slice_of(data, size), &note) != ERR_OK)
		return 0;
	print(&note, &again);
	if (again.err != ERR_OK || !slice_equal(buf_slice(&again), slice_of(data, size)))
		abort();
	uint64_t seconds;
	if (note_verify(&note, note.signatures[0].name, key) == ERR_OK ||
	    note_verify_cosignature(&note, note.signatures[0].name, key, &seconds) == ERR_OK)
		abort();
	if (tree_head_parse(note.text, &head) != ERR_OK)
		return 0;
	buf_truncate(&again, 0);
	if (tree_head_print(&head, &again) != ERR_OK || !slice_equal(buf_slice(&again), note.text))
		abort();
	return 0;
}
