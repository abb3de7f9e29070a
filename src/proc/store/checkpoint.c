/* What the store holds of its own nation's ledger: the newest checkpoint that guard or the ledger showed it. It becomes
 * durable in the same transaction as what was published or released on its word, and is presented to the ledger whenever
 * that comes up: a ledger set back alone then releases nothing. Never interprets more of it than its size. */
#include "proc/store/store.h"

#include "os/clock.h"
#include "os/log.h"

enum { CHECKPOINT_MAX = 65536, KEEP_MS = 10000 };

/* The second line of a checkpoint. */
static enum err size_read(struct slice note, uint64_t *ret_size)
{
	struct slice origin, size;
	struct slice rest = slice_split(note, '\n', &origin);
	(void)slice_split(rest, '\n', &size);
	return slice_parse_u64(size, ret_size);
}

enum err store_checkpoint_load(struct store *store)
{
	AUTO_ARENA arena = {0};
	struct slice note;
	struct held_checkpoint *held = &store->held;
	held->note = buf_make(CHECKPOINT_MAX);
	enum err err = hold_checkpoint_get(store->hold, &arena, &note);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	TRY(size_read(note, &held->size));
	held->kept = held->size;
	buf_put(&held->note, note);
	return held->note.err;
}

void store_checkpoint_take(struct self *self, uint64_t size, struct slice note)
{
	struct store *store = role_context(self);
	struct held_checkpoint *held = &store->held;
	if (size <= held->size || note.len > CHECKPOINT_MAX)
		return;
	buf_truncate(&held->note, 0);
	buf_put(&held->note, note);
	held->size = size;
	store->ledger_size = size;
}

enum err store_commit(struct store *store)
{
	struct held_checkpoint *held = &store->held;
	uint64_t size = held->size;
	enum err err = size > held->kept ? hold_checkpoint_put(store->hold, buf_slice(&held->note)) : ERR_OK;
	if (err != ERR_OK) {
		hold_rollback(store->hold);
		return err;
	}
	TRY(hold_commit(store->hold));
	held->kept = size;
	return ERR_OK;
}

/* A ledger that grew without anything being published still becomes known to the database soon. */
void store_checkpoint_keep(struct self *self, bool now)
{
	struct store *store = role_context(self);
	struct held_checkpoint *held = &store->held;
	uint64_t ms = clock_monotonic_ms();
	if (!store->hold || held->size <= held->kept || (!now && ms < held->kept_ms + KEEP_MS))
		return;
	held->kept_ms = ms;
	if (store_write(self) != ERR_OK)
		log_line(LOG_WARNING, "the newest checkpoint of the ledger could not be kept");
}

/* ---- presenting ---- */

static void on_presented(struct self *self, void *context, const struct role_message *answer)
{
	struct held_checkpoint *held = context;
	enum err err = role_answer_err(answer, MSG_DONE);
	(void)self;
	held->presenting = false;
	held->presented = err != ERR_UNAVAILABLE; /* what the ledger judged it need not judge again */
	if (err != ERR_OK && err != ERR_UNAVAILABLE)
		log_line(LOG_ERROR, "the ledger does not continue the checkpoint of size %llu that the store holds: nothing is released",
			 (unsigned long long)held->size);
}

void store_checkpoint_present(struct self *self)
{
	struct store *store = role_context(self);
	struct held_checkpoint *held = &store->held;
	if (!store->hold || held->presented || held->presenting || !role_has_neighbor(self, ROLE_LEDGER))
		return;
	struct msg_tree ask = {.size = held->size, .checkpoint = buf_slice(&held->note)};
	held->presenting = true;
	role_ask(self, ROLE_LEDGER, MSG_WITNESS, &ask, LEDGER_MS, on_presented, held);
}
