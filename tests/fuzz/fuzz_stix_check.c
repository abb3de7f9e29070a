/* Any JSON as STIX: checked to the end, twice with the same findings, each of which prints; whatever is found. */
#include "object/stix_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		json_start(1);
	started = true;
	AUTO_JSON *document = NULL;
	if (json_read(slice_of(data, size), 1 << 20, &document, NULL) != ERR_OK)
		return 0;
	AUTO_ARENA arena = {.max_bytes = 1 << 28};
	struct stix_findings *first = ARENA_NEW(&arena, struct stix_findings),
			     *second = ARENA_NEW(&arena, struct stix_findings);
	struct diag diag = {0};
	if (!first || !second || stix_check(document, true, &arena, first, &diag) != ERR_OK)
		return 0;
	if (stix_check(document, false, &arena, second, &diag) != ERR_OK || first->error_count != second->error_count ||
	    second->note_count != 0)
		abort();
	for (size_t i = 0; i < first->error_count && i < LIMIT_FINDINGS; i++) {
		AUTO_BUF text = buf_make(1 << 20);
		stix_print_finding(&first->errors[i], &text);
		if (text.err != ERR_OK || !utf8_is_text(buf_slice(&text)))
			abort();
	}
	return 0;
}
