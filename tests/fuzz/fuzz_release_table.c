/* The text of a release-authority table: any octets are read without harm, a refusal says why, and without any policy no row
 * exists. */
#include "release/release_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy_set *nothing;
	if (!nothing)
		nothing = policy_set_new();
	AUTO_ARENA arena = {.max_bytes = 16 * 1024 * 1024};
	struct diag diag = {0};
	struct release_table table;
	if (!nothing)
		return 0;
	enum err err = release_table_parse(slice_of(data, size), nothing, &arena, &table, &diag);
	if (err == ERR_OK && table.count)
		abort();
	if (err != ERR_OK && err != ERR_MEMORY && !diag.text[0])
		abort();
	return 0;
}
