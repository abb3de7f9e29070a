/* Any octets as a compact label: refused, or exactly what is printed again. */
#include "label_policies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 64 * 1024 * 1024};
	const struct label *label;
	if (label_parse_compact(fuzz_policies(), slice_of(data, size), &arena, &label, NULL) != ERR_OK)
		return 0;
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	label_print_compact(label, &text);
	if (!slice_equal(buf_slice(&text), slice_of(data, size)))
		abort();
	fuzz_label(label, &arena);
	return 0;
}
