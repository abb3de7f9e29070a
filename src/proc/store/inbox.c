/* The inbox, what a person put off, and the hand-over of the watch, as users ask for them. A hand-over and its record for the
 * ledger are one transaction. */
#include "proc/store/store.h"

#include "os/clock.h"

void store_on_inbox(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	struct msg_inbox inbox = {0};
	struct hold_person person;
	if (!store_person(self, message, ask->session, 0, &person))
		return;
	enum err err = hold_inbox(store->hold, &person, message->arena, &inbox);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_INBOX_DONE, &inbox);
}

static enum err snooze(struct store *store, const struct hold_person *person, const struct msg_act *ask, struct arena *arena, struct diag *diag)
{
	TRY(hold_begin(store->hold));
	return store_end(store, hold_snooze(store->hold, person, ask->id, ask->until, arena, diag));
}

void store_on_snooze(struct self *self, const struct role_message *message)
{
	const struct msg_act *ask = message->value;
	struct hold_person person;
	struct diag diag = {0};
	if (!store_person(self, message, ask->session, 0, &person))
		return;
	enum err err = snooze(role_context(self), &person, ask, message->arena, &diag);
	if (err != ERR_OK)
		role_refuse_diag(self, message->caller, err, &diag);
	else
		role_done(self, message->caller);
}

/* ---- hand-over ---- */

void store_on_hand_overs(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	struct msg_hand_overs all = {0};
	struct hold_person person;
	if (!store_person(self, message, ask->session, USER_WATCH, &person))
		return;
	enum err err = hold_hand_overs(store->hold, &person, message->arena, &all);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_HAND_OVERS_DONE, &all);
}

static struct slice act_name(uint8_t act)
{
	static const char *const names[] = {[ACT_OFFER] = "offer", [ACT_ACCEPT] = "accept", [ACT_REFUSE] = "refuse", [ACT_WITHDRAW] = "withdraw"};
	return act < sizeof(names) / sizeof(names[0]) && names[act] ? slice_text(names[act]) : SLICE("?");
}

static enum err hand_over_record(struct self *self, const struct hold_person *person, const struct msg_act *ask, const struct msg_hand_over_done *done)
{
	const struct ledger_record record = {.kind = LEDGER_HAND_OVER, .actor = person->user, .subject = done->id, .basis = act_name(ask->act),
					     .sequence = done->items.count};
	return done->refused ? ERR_OK : store_record_kept(self, &record);
}

static enum err hand_over(struct self *self, const struct hold_person *person, const struct msg_act *ask, struct arena *arena,
			  struct msg_hand_over_done *ret_done, struct diag *diag)
{
	struct store *store = role_context(self);
	TRY(hold_begin(store->hold));
	enum err err = ask->act == ACT_OFFER ? hold_hand_over_offer(store->hold, person, ask->to, ask->text, arena, ret_done, diag)
					     : hold_hand_over_end(store->hold, person, ask, arena, ret_done, diag);
	if (err == ERR_OK)
		err = hand_over_record(self, person, ask, ret_done);
	return store_end(store, err);
}

void store_on_hand_over(struct self *self, const struct role_message *message)
{
	const struct msg_act *ask = message->value;
	struct msg_hand_over_done done = {0};
	struct hold_person person;
	struct diag diag = {0};
	if (!store_person(self, message, ask->session, USER_WATCH, &person))
		return;
	enum err err = hand_over(self, &person, ask, message->arena, &done, &diag);
	if (err != ERR_OK) {
		role_refuse_diag(self, message->caller, err, &diag);
		return;
	}
	(void)role_reply(self, message->caller, MSG_HAND_OVER_DONE, &done);
	store_audit(self);
}
