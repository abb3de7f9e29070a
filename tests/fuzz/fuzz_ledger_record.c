/* A page of the ledger's file and a record in it: any octets are read without harm, what is read has one form. */
#include "ledger/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_record(struct slice bytes)
{
	AUTO_ARENA arena = {.max_bytes = 1024 * 1024};
	AUTO_BUF again = buf_make(LEDGER_RECORD_MAX);
	struct ledger_record record;
	if (ledger_record_decode(bytes, &arena, &record) != ERR_OK)
		return;
	record_encode(&ledger_record_schema, &record, &again);
	if (again.err != ERR_OK || !slice_equal(buf_slice(&again), bytes))
		abort();
}

static void check_group(const struct group *group, struct slice rest)
{
	struct group_writer writer;
	group_begin(&writer, PAGE);
	for (size_t i = 0; i < group->count; i++) {
		check_record(group->entries[i].record);
		if (!group_fits(&writer, group->entries[i].record.len))
			abort();
		group_add(&writer, group->entries[i].salted.data, group->entries[i].record);
	}
	group_end(&writer, group->signature);
	if (!slice_equal(slice_of(writer.octets, writer.len), slice_take(rest, group->len)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t page[PAGE] = {0};
	struct ledger_head head;
	struct group group;
	size_t at = 0;
	check_record(slice_of(data, size));
	memcpy(page, data, size < PAGE ? size : PAGE);
	if (head_decode(page, &head) == ERR_OK && head.origin.len > NOTE_NAME)
		abort();
	for (struct slice rest; rest = slice_of(page + at, PAGE - at), group_decode(rest, &group) == ERR_OK; at += group.len)
		check_group(&group, rest);
	return 0;
}
