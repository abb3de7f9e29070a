/* Release officers: what waits, one object in full, the decision, what is taken back. */
#include "proc/store/store.h"

#include "os/clock.h"

static bool begin(struct self *self, const struct role_message *message, const uint8_t id[SESSION], unsigned may,
		  const struct session **ret_session, struct view **ret_view)
{
	if (!store_session(self, message, id, may, ret_session))
		return false;
	enum err err = store_view(role_context(self), *ret_session, ret_view);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	return err == ERR_OK;
}

void store_on_release_list(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_releases list = {0};
	if (!begin(self, message, ask->session, USER_RELEASE | USER_ANALYST, &session, &view))
		return;
	enum err err = hold_waiting(store->hold, view, message->arena, &list);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_RELEASES, &list);
}

/* ---- what he was shown ---- */

static struct shown *shown_find(struct store *store, struct slice user, struct slice id)
{
	for (size_t i = 0; i < SHOWN_MAX; i++)
		if (store->shown[i].user[0] && slice_equal(slice_text(store->shown[i].user), user) &&
		    slice_equal(slice_text(store->shown[i].id), id))
			return &store->shown[i];
	return NULL;
}

static void shown_put(struct store *store, struct slice user, struct slice id, const uint8_t digest[DIGEST])
{
	struct shown *shown = shown_find(store, user, id);
	if (!shown)
		shown = &store->shown[store->shown_next++ % SHOWN_MAX];
	snprintf(shown->user, sizeof(shown->user), "%.*s", SLICE_ARG(user));
	snprintf(shown->id, sizeof(shown->id), "%.*s", SLICE_ARG(id));
	memcpy(shown->digest, digest, DIGEST);
}

void store_on_release_show(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_release_shown shown = {0};
	uint8_t digest[DIGEST];
	if (!begin(self, message, ask->session, USER_RELEASE | USER_ANALYST, &session, &view))
		return;
	enum err err = hold_release_show(store->hold, view, ask->id, message->arena, &shown, digest);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	shown_put(store, session->user, ask->id, digest);
	memcpy(shown.digest, digest, DIGEST);
	(void)role_reply(self, message->caller, MSG_RELEASE_SHOWN, &shown);
}

/* What the request says it was shown with, or what this officer was shown last. */
static const uint8_t *digest_of(const uint8_t asked[DIGEST], const struct shown *shown)
{
	static const uint8_t none[DIGEST];
	return memcmp(asked, none, DIGEST) != 0 ? asked : shown ? shown->digest : NULL;
}

/* ---- the decision ---- */

static enum err decide(struct self *self, struct view *view, const struct hold_decision *decision, struct diag *diag)
{
	struct store *store = role_context(self);
	struct ledger_record record = {.kind = decision->approve ? LEDGER_APPROVE : LEDGER_REFUSE, .actor = decision->user,
				       .subject = decision->id, .basis = utf8_take(decision->reason, LIMIT_USER)};
	TRY(hold_begin(store->hold));
	enum err err = hold_decide(store->hold, view, decision, clock_now_ms(), diag);
	if (err == ERR_OK)
		err = store_record_kept(self, &record);
	if (err == ERR_OK)
		return hold_commit(store->hold);
	hold_rollback(store->hold);
	return err;
}

void store_on_release_decide(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_release_decide *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct diag diag = {0};
	if (!begin(self, message, ask->session, USER_RELEASE, &session, &view))
		return;
	struct shown *shown = shown_find(store, session->user, ask->id);
	const uint8_t *digest = digest_of(ask->digest, shown);
	struct hold_decision decision = {.id = ask->id, .user = session->user, .reason = ask->reason, .approve = ask->approve != 0,
					 .digest = digest};
	enum err err = decide(self, view, &decision, &diag);
	if (shown && err == ERR_OK) /* after a conflict it stays, so that saying it again does not help: look again */
		*shown = (struct shown){0};
	if (err != ERR_OK) {
		role_refuse_diag(self, message->caller, err, &diag);
		return;
	}
	role_done(self, message->caller);
	store_audit(self);
	store_pump(self);
}

/* ---- withdrawal ---- */

static enum err withdraw(struct store *store, struct view *view, const struct hold_withdrawal *ask, struct diag *diag)
{
	TRY(hold_begin(store->hold));
	enum err err = hold_withdraw_order(store->hold, view, ask, clock_now_ms(), diag);
	if (err == ERR_OK)
		return hold_commit(store->hold);
	hold_rollback(store->hold);
	return err;
}

/* Guard records it, as it records a recall, before a nation hears of it. */
void store_on_withdraw(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_withdraw *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct diag diag = {0};
	if (!begin(self, message, ask->session, USER_RELEASE, &session, &view))
		return;
	struct hold_withdrawal withdrawal = {.id = ask->id, .user = session->user, .reason = ask->reason, .portions = ask->portions,
					     .nations = ask->nations,
					     .digest = digest_of(ask->digest, shown_find(store, session->user, ask->id))};
	enum err err = withdraw(store, view, &withdrawal, &diag);
	if (err != ERR_OK) {
		role_refuse_diag(self, message->caller, err, &diag);
		return;
	}
	role_done(self, message->caller);
	store_orders(self);
	store_pump(self);
}

void store_on_withdraw_status(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_withdrawals list = {0};
	if (!begin(self, message, ask->session, USER_RELEASE | USER_ANALYST | USER_WATCH, &session, &view))
		return;
	enum err err = hold_withdrawals(store->hold, view, ask->id, message->arena, &list);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_WITHDRAWALS, &list);
}
