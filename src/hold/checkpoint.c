/* The newest checkpoint of the nation's own ledger that the store was shown, kept beside what it vouches for. A ledger that
 * was set back alone is found by it at the next start. Never judged here: the ledger compares. */
#include "hold/exchange.h"
#include "hold/inside.h"

#define KEY SLICE("ledger checkpoint")

enum err hold_checkpoint_put(struct hold *hold, struct slice note)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_FACT_SET);
	bind_text(put, 1, KEY);
	bind_text(put, 2, note);
	return statement_run(hold, put);
}

enum err hold_checkpoint_get(struct hold *hold, struct arena *arena, struct slice *ret_note)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_FACT_GET);
	bind_text(ask, 1, KEY);
	TRY(statement_row(hold, ask));
	return column_copy(ask, 0, arena, ret_note);
}
