/* Before guard serves: it reads all recalls and withdrawals back from the ledger and records its own start there. The
 * place of that record is its fencing epoch: seal refuses the tokens of every earlier guard. */
#include "os/log.h"
#include "proc/guard/guard.h"

#include "os/clock.h"

static void ask_replay(struct self *self, uint64_t from_index);

static void try_later(struct self *self, void *context)
{
	(void)context;
	guard_start(self);
}

static void wait_and_retry(struct self *self)
{
	struct guard *guard = role_context(self);
	guard->starting = false;
	role_timer_free(guard->retry);
	guard->retry = NULL;
	if (role_timer_new(self, RETRY_MS, false, try_later, NULL, &guard->retry) != ERR_OK)
		role_end(self, 1);
}

static void on_start_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct guard *guard = context;
	const struct msg_recorded *recorded = answer->value;
	if (role_answer_err(answer, MSG_RECORDED) != ERR_OK || recorded->proofs.count != 1) {
		wait_and_retry(self);
		return;
	}
	const struct record_proof *proof = recorded->proofs.items;
	guard->starting = false;
	guard->fencing_epoch = proof->index + 1;
	log_line(LOG_NOTICE, "serving with fencing epoch %llu, %zu recalled", (unsigned long long)guard->fencing_epoch,
		 guard->rules.recalled.count);
}

static void record_start(struct self *self)
{
	struct guard *guard = role_context(self);
	struct ledger_record record = guard_record_start(&guard->rules, clock_now_ms());
	AUTO_BUF buf = buf_make(LIMIT_MESSAGE_INLINE);
	record_encode(&ledger_record_schema, &record, &buf);
	struct record_item item = {.record = buf_slice(&buf)};
	struct msg_record ask = {.records = {&item, 1}};
	role_ask(self, ROLE_LEDGER, MSG_RECORD, &ask, RECORD_MS, on_start_recorded, guard);
}

static enum err apply(struct guard *guard, const struct msg_replayed *replayed, struct arena *arena)
{
	const struct replay_item *items = replayed->items.items;
	for (size_t i = 0; i < replayed->items.count; i++) {
		struct ledger_record record;
		TRY(record_decode(&ledger_record_schema, items[i].record, arena, &record));
		TRY(guard_apply_record(&guard->rules, &record));
	}
	return ERR_OK;
}

static void on_replayed(struct self *self, void *context, const struct role_message *answer)
{
	struct guard *guard = context;
	const struct msg_replayed *replayed = answer->value;
	if (role_answer_err(answer, MSG_REPLAYED) != ERR_OK) {
		wait_and_retry(self);
		return;
	}
	if (apply(guard, replayed, answer->arena) != ERR_OK) {
		log_line(LOG_ERROR, "the ledger holds a record that does not read: guard does not serve");
		role_end(self, 1);
		return;
	}
	if (replayed->items.count)
		ask_replay(self, replayed->next_index);
	else
		record_start(self);
}

static void ask_replay(struct self *self, uint64_t from_index)
{
	static const uint8_t kinds[] = {LEDGER_RECALL, LEDGER_WITHDRAWAL};
	struct msg_replay ask = {.from_index = from_index, .kinds = SLICE_ARRAY(kinds)};
	role_ask(self, ROLE_LEDGER, MSG_REPLAY, &ask, RECORD_MS, on_replayed, role_context(self));
}

void guard_start(struct self *self)
{
	struct guard *guard = role_context(self);
	if (guard->starting || guard->fencing_epoch || !role_has_neighbor(self, ROLE_LEDGER))
		return;
	guard->starting = true;
	guard_forget_records(&guard->rules);
	ask_replay(self, 0);
}
