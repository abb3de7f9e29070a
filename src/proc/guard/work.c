/* Requests that wait for another process. Each is answered exactly once; nothing is kept when it is. */
#include "proc/guard/guard.h"

static bool is_busy(const struct guard *guard, size_t octets)
{
	return guard->works >= WORKS_MAX || (guard->works && guard->work_octets + octets > WORK_OCTETS_MAX);
}

static enum err keep_request(struct work *work, const struct role_message *message)
{
	const struct schema *schema = message_schema(message->type, ROLE_STORE, ROLE_GUARD);
	struct slice copy;
	if (!schema)
		return ERR_INTERNAL;
	void *ask = arena_alloc(&work->arena, 1, schema->size);
	if (!ask)
		return ERR_MEMORY;
	TRY(arena_copy(&work->arena, message->raw, &copy));
	TRY(record_decode(schema, copy, &work->arena, ask));
	work->ask = ask;
	return ERR_OK;
}

struct work *work_new(struct self *self, const struct role_message *message)
{
	struct guard *guard = role_context(self);
	if (!guard->fencing_epoch || is_busy(guard, message->raw.len)) {
		role_refuse(self, message->caller, ERR_UNAVAILABLE, 0,
			    guard->fencing_epoch ? "guard is busy; ask again"
						 : "guard has not yet read the ledger; ask again");
		return NULL;
	}
	struct work *work = calloc(1, sizeof(*work));
	enum err err = work ? keep_request(work, message) : ERR_MEMORY;
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		if (work)
			arena_done(&work->arena);
		free(work);
		return NULL;
	}
	work->guard = guard;
	work->caller = message->caller;
	work->octets = message->raw.len;
	guard->works++;
	guard->work_octets += work->octets;
	return work;
}

void work_free(struct work *work)
{
	work->guard->works--;
	work->guard->work_octets -= work->octets;
	arena_done(&work->arena);
	free(work);
}

void work_refuse(struct self *self, struct work *work, enum err err, const struct diag *diag)
{
	if (diag && diag->text[0])
		role_refuse_diag(self, work->caller, err, diag);
	else
		role_refuse(self, work->caller, err, 0, NULL);
	work_free(work);
}

void work_refuse_for(struct self *self, struct work *work, const struct role_message *answer, enum err err)
{
	const struct msg_refused *refused = answer->value;
	struct diag diag = {0};
	if (answer->type == MSG_REFUSED && refused->text.len)
		(void)diag_fail(&diag, err, "%.*s", SLICE_ARG(refused->text));
	work_refuse(self, work, err == ERR_FULL ? ERR_FULL : ERR_UNAVAILABLE, &diag);
}

void work_record(struct self *self, struct work *work, const struct ledger_record *records, size_t count,
		 role_answer *answered)
{
	struct record_item *items = ARENA_ARRAY(&work->arena, count, struct record_item);
	for (size_t i = 0; items && i < count; i++) {
		AUTO_BUF buf = buf_make(LIMIT_MESSAGE_INLINE);
		struct slice octets;
		record_encode(&ledger_record_schema, &records[i], &buf);
		if (buf_finish(&buf, &octets) != ERR_OK || arena_copy(&work->arena, octets, &items[i].record) != ERR_OK)
			items = NULL;
	}
	if (!items) {
		work_refuse(self, work, ERR_INTERNAL, NULL);
		return;
	}
	work->records = items;
	struct msg_record ask = {.records = {items, count}};
	role_ask(self, ROLE_LEDGER, MSG_RECORD, &ask, RECORD_MS, answered, work);
}
