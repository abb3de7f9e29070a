/* Any octets as a 4774 clearance, in XML or in the compact form: refused, or a clearance whose compact form is stable. */
#include "label_policies.h"

static void check(const struct clearance *clearance, struct arena *arena)
{
	AUTO_BUF lines = buf_make(LIMIT_LABEL_XML), again = buf_make(LIMIT_LABEL_XML);
	clearance_print_compact(clearance, &lines);
	if (lines.err != ERR_OK ||
	    clearance_parse_compact(fuzz_policies(), buf_slice(&lines), arena, &clearance, NULL) != ERR_OK)
		abort();
	clearance_print_compact(clearance, &again);
	if (!slice_equal(buf_slice(&lines), buf_slice(&again)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 64 * 1024 * 1024};
	const struct clearance *clearance;
	if (clearance_parse_xml(fuzz_policies(), slice_of(data, size), &arena, &clearance, NULL) == ERR_OK)
		check(clearance, &arena);
	if (clearance_parse_compact(fuzz_policies(), slice_of(data, size), &arena, &clearance, NULL) == ERR_OK)
		check(clearance, &arena);
	return 0;
}
