/* A stream of records: each that is found lies within the stream and is of a known type and size. */
#include "protocol/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_of(data, size), record, body;
	size_t used;
	uint8_t type;
	while (wire_find(rest, &record, &used) == ERR_OK) {
		if (used > rest.len || record.len + WIRE_PREFIX != used || record.data != rest.data + WIRE_PREFIX)
			abort();
		if (wire_get(record, &type, &body) != ERR_OK || body.len > LIMIT_FRAME)
			abort();
		AUTO_ARENA arena = {0};
		struct hello hello;
		if (type == WIRE_HELLO && record_decode(&hello_schema, body, &arena, &hello) == ERR_OK &&
		    hello.nation.len > LIMIT_NATION)
			abort();
		rest = slice_skip(rest, used);
	}
	return 0;
}
