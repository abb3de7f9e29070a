/* Every message shape decodes any octets without harm, and what decodes encodes to the same octets.
 * Input: message number (2 octets), sender, receiver, body. */
#include "ipc/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 4)
		return 0;
	const struct schema *schema = message_schema((enum message_type)(data[0] << 8 | data[1]), data[2] % ROLE_COUNT, data[3] % ROLE_COUNT);
	if (!schema)
		return 0;
	AUTO_ARENA arena = {.max_bytes = 64 * 1024 * 1024};
	struct slice bytes = slice_of(data + 4, size - 4);
	void *value = arena_alloc(&arena, 1, schema->size);
	if (!value || record_decode(schema, bytes, &arena, value) != ERR_OK)
		return 0;
	AUTO_BUF again = buf_make(64 * 1024 * 1024);
	record_encode(schema, value, &again);
	if (again.err != ERR_OK || !slice_equal(buf_slice(&again), bytes))
		abort();
	return 0;
}
