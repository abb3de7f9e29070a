/* What the tests of this room share: a directory of its own, a key, records. */
#ifndef BICES_TEST_LEDGER_UNIT_H
#define BICES_TEST_LEDGER_UNIT_H

#include "ledger/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ORIGIN SLICE("bices/KOR/ledger")

static const uint8_t unit_seed[32] __attribute__((unused)) = {42};

/* An encoded record about subject, in memory of the arena. */
static inline struct slice unit_record(struct arena *arena, uint8_t kind, const char *subject)
{
	struct ledger_record record = {
		.kind = kind, .at = 1790000000000, .actor = SLICE("analyst"), .subject = slice_text(subject), .recipient = SLICE("LTU")};
	AUTO_BUF bytes = buf_make(LEDGER_RECORD_MAX);
	struct slice copy;
	record_encode(&ledger_record_schema, &record, &bytes);
	assert_int_equal(bytes.err, ERR_OK);
	assert_int_equal(arena_copy(arena, buf_slice(&bytes), &copy), ERR_OK);
	return copy;
}

#endif
