/* Any octets as a 4774 label or 4778 binding: refused, or a label that prints and reads back. */
#include "label_policies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 64 * 1024 * 1024};
	struct diag diag = {0};
	const struct label *label;
	if (label_parse_xml(fuzz_policies(), slice_of(data, size), &arena, &label, &diag) == ERR_OK)
		fuzz_label(label, &arena);
	else if (!diag.text[0])
		abort();
	return 0;
}
