/* What the ledger has not taken yet. Opaque here. */
#include "hold/inside.h"

#include "hold/exchange.h"

enum err hold_record_put(struct hold *hold, struct slice record)
{
	if (!hold->writing)
		return ERR_INTERNAL;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_RECORD_ADD);
	bind_bytes(put, 1, record);
	return statement_run(hold, put);
}

enum err hold_records(struct hold *hold, size_t max, struct arena *arena, struct slice **ret_records, size_t *ret_count,
		      uint64_t *ret_last)
{
	if (hold->writing)
		return ERR_INTERNAL;
	struct slice *records = ARENA_ARRAY(arena, max + 1, struct slice);
	if (!records)
		return ERR_MEMORY;
	size_t count = 0;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_RECORDS_FIRST);
	bind_u64(ask, 1, max);
	enum err err = ERR_OK;
	while (count < max && (err = statement_row(hold, ask)) == ERR_OK) {
		*ret_last = column_u64(ask, 0);
		TRY(column_copy(ask, 1, arena, &records[count++]));
	}
	*ret_records = records;
	*ret_count = count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err hold_records_done(struct hold *hold, uint64_t last)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_RECORDS_DELETE);
	bind_u64(put, 1, last);
	return statement_run(hold, put);
}
