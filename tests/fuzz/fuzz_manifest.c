/* Any octets as a manifest and as a portion: what decodes has one encoding. */
#include "object/portion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct schema *schema, void *value, struct slice bytes)
{
	AUTO_ARENA arena = {.max_bytes = 1 << 26};
	AUTO_BUF again = buf_make(1 << 26);
	if (record_decode(schema, bytes, &arena, value) != ERR_OK)
		return;
	record_encode(schema, value, &again);
	if (again.err != ERR_OK || !slice_equal(buf_slice(&again), bytes))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest manifest = {0};
	struct portion portion = {0};
	struct slice bytes = slice_of(data, size), type;
	size_t slots;
	check(&manifest_schema, &manifest, bytes);
	if (object_id_type(manifest.object_id, &type) == ERR_OK && manifest_slots(type, 1, &slots) != ERR_OK)
		abort();
	check(&portion_schema, &portion, bytes);
	if (portion_check(&portion) == ERR_OK && portion.label.len == 0)
		abort();
	return 0;
}
