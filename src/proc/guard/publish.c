/* Plan and publication. */
#include "proc/guard/guard.h"

#include "os/clock.h"

void guard_on_plan(struct self *self, const struct role_message *message)
{
	struct guard *guard = role_context(self);
	struct msg_plan_done done;
	enum err err = guard_plan(&guard->rules, message->value, clock_now_ms(), message->arena, &done);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_PLAN_DONE, &done);
}

static void on_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct work *work = context;
	const struct guard_publication *made = &work->publication;
	const struct msg_recorded *recorded = answer->value;
	enum err err = role_answer_err(answer, MSG_RECORDED);
	struct msg_published published = {.manifest = made->manifest, .salts = made->salts, .issued = made->issued};
	if (err == ERR_OK) {
		published.ledger_size = recorded->size;
		published.checkpoint = recorded->checkpoint;
		err = signing_key_sign(work->guard->originator, MANIFEST_DOMAIN, made->manifest,
				       published.signature);
	}
	if (err != ERR_OK) {
		work_refuse_for(self, work, answer, err);
		return;
	}
	(void)role_reply(self, work->caller, MSG_PUBLISHED, &published);
	work_free(work);
}

void guard_on_publish(struct self *self, const struct role_message *message)
{
	struct guard *guard = role_context(self);
	struct work *work = work_new(self, message);
	if (!work)
		return;
	struct diag diag = {0};
	uint64_t now = clock_now_ms();
	enum err err = guard_publish(&guard->rules, work->ask, now, &work->arena, &work->publication, &diag);
	if (err != ERR_OK) {
		work_refuse(self, work, err, &diag);
		return;
	}
	struct ledger_record record = guard_record_publish(work->ask, &work->publication, now);
	work_record(self, work, &record, 1, on_recorded);
}
