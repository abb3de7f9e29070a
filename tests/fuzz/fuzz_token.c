/* A release token that opens encodes to the same octets. */
#include "protocol/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 64 * 1024 * 1024};
	struct token value;
	if (token_open(slice_of(data, size), &arena, &value) != ERR_OK)
		return 0;
	AUTO_BUF again = buf_make(LIMIT_MESSAGE);
	record_encode(&token_schema, &value, &again);
	if (again.err != ERR_OK || !slice_equal(buf_slice(&again), slice_of(data, size)))
		abort();
	return 0;
}
