/* Seal's reader of two-person rows: any octets are read without harm, and a label that does not read is among no
 * levels. Input: a label, a zero octet, a table. */
#include "release/seal_label.h"
#include "release/seal_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct seal_table_case what = {SLICE("report"), SLICE("KOR"), false};
	struct slice label, table = slice_split(slice_of(data, size), 0, &label);
	bool two = seal_table_needs_two(table, &what, label);
	if (two && !table.len)
		abort();
	if (!seal_label_is_canonical(label) && seal_label_is_among(label, SLICE("NATO"), SLICE("SECRET")))
		abort();
	return 0;
}
