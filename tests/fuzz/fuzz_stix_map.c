/* Any octets as a table of markings: refused with a reason, or rows that are found by their keys. */
#include "label_policies.h"
#include "object/stix_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 64 * 1024 * 1024};
	struct stix_map map;
	struct diag diag = {0};
	if (stix_map_parse(fuzz_policies(), slice_of(data, size), &arena, &map, &diag) != ERR_OK) {
		if (!diag.text[0])
			abort();
		return 0;
	}
	for (size_t i = 0; i < map.count; i++)
		if (stix_map_find(&map, map.rows[i].key) != &map.rows[i] ||
			(map.rows[i].meaning == MEANING_LABEL) != (map.rows[i].label != NULL))
			abort();
	if (stix_map_export(&map, SLICE("PUBLIC|UNMARKED")) >= TLP_COUNT)
		abort();
	return 0;
}
