/* The shape of a ledger record and the names of its kinds. */
#include "ledger/record.h"

#define T struct ledger_record
static const struct field fields[] = {
	RECORD_UINT(1, T, kind),
	RECORD_UINT(2, T, at),
	RECORD_TEXT_OPT(3, T, actor, LIMIT_USER),
	RECORD_TEXT_OPT(4, T, subject, LIMIT_OBJECT_ID),
	RECORD_TEXT_OPT(5, T, recipient, LIMIT_NATION),
	RECORD_TEXT_OPT(6, T, basis, LIMIT_REASON),
	RECORD_FIXED_OPT(7, T, digest),
	RECORD_BYTES_OPT(8, T, label_digest, 32),
	RECORD_UINT_OPT(9, T, sequence),
	RECORD_TEXT_OPT(10, T, roles, LEDGER_ROLES),
	RECORD_TEXT_OPT(11, T, approver, LIMIT_USER),
	RECORD_TEXT_OPT(12, T, approver2, LIMIT_USER),
	RECORD_UINT_OPT(13, T, two_persons),
	RECORD_UINT_OPT(14, T, rules),
	RECORD_FIXED_OPT(15, T, roster_digest),
	RECORD_FIXED_OPT(16, T, table_digest),
};
#undef T

const struct schema ledger_record_schema = RECORD_SCHEMA("ledger_record", struct ledger_record, fields);

const char *ledger_kind_name(uint8_t kind)
{
	static const struct {
		uint8_t value;
		const char *name;
	} table[] = {
#define X(name_, value_, text) {value_, text},
		LEDGER_KINDS(X)
#undef X
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].value == kind)
			return table[i].name;
	return NULL;
}

enum err ledger_record_decode(struct slice bytes, struct arena *arena, struct ledger_record *ret_record)
{
	struct ledger_record record;
	if (bytes.len > LEDGER_RECORD_MAX)
		return ERR_TOO_LARGE;
	TRY(record_decode(&ledger_record_schema, bytes, arena, &record));
	if (!ledger_kind_name(record.kind) || (record.label_digest.len != 0 && record.label_digest.len != 32))
		return ERR_MALFORMED;
	*ret_record = record;
	return ERR_OK;
}
