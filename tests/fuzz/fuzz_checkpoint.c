/* A checkpoint note that is read holds a text that prints the same. */
#include "protocol/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct checkpoint_note note;
	if (checkpoint_parse(slice_of(data, size), &note) != ERR_OK)
		return 0;
	AUTO_BUF text = buf_make(CHECKPOINT_TEXT_MAX);
	checkpoint_print(&note.checkpoint, &text);
	if (text.err != ERR_OK || !slice_equal(buf_slice(&text), note.text))
		abort();
	return 0;
}
