/* Lists and the chain of next steps, as readers ask for them. */
#include "proc/store/store.h"

#include "os/clock.h"

void store_on_steps(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_steps_ask *ask = message->value;
	struct hold_person person;
	struct msg_steps all = {0};
	if (!store_person(self, message, ask->session, 0, &person))
		return;
	enum err err = hold_steps(store->hold, person.view, ask->type, ask->about, ask->state, message->arena, &all.items);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct ledger_record record = {.kind = LEDGER_SHOW, .actor = person.user, .subject = ask->type, .basis = SLICE("list"), .sequence = all.items.count};
	store_record(self, &record);
	(void)role_reply(self, message->caller, MSG_STEPS_DONE, &all);
}

void store_on_chain(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	struct hold_person person;
	struct msg_chain chain = {0};
	if (!store_person(self, message, ask->session, 0, &person))
		return;
	enum err err = hold_chain(store->hold, person.view, ask->id, person.now_ms, message->arena, &chain);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct ledger_record record = {.kind = LEDGER_SHOW, .actor = person.user, .subject = ask->id, .basis = SLICE("chain"), .sequence = chain.links.count};
	store_record(self, &record);
	(void)role_reply(self, message->caller, MSG_CHAIN_DONE, &chain);
}
