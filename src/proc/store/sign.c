/* Sign-in, sign-out and the users of this node. */
#include "proc/store/store.h"

#include "os/clock.h"

void store_on_sign_in(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_sign_in *ask = message->value;
	const struct session *session = NULL;
	bool fresh = true;
	struct slice name = ask->certificate_uri.len ? ask->certificate_uri : ask->user;
	enum err err = store_settle(self);
	if (err == ERR_OK)
		err = sign_in(store->hold, store->sessions, ask, clock_now_ms(), &session, &fresh);
	if (err != ERR_OK) {
		struct ledger_record record = {.kind = LEDGER_SIGN_IN_REFUSED, .actor = SLICE("store"),
					       .subject = slice_take(name, LIMIT_USER)};
		if (err == ERR_SIGN_IN)
			store_record(self, &record);
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	if (fresh) {
		struct ledger_record record = {.kind = LEDGER_SIGN_IN, .actor = session->user, .subject = session->user,
					       .basis = session->certificate ? SLICE("certificate") : SLICE("password")};
		store_record(self, &record);
	}
	struct msg_session answer = {.user = session->user, .roles = session->roles, .clearance = session->clearance,
				     .expires = session->expires_ms};
	memcpy(answer.session, session->id, SESSION);
	(void)role_reply(self, message->caller, MSG_SESSION, &answer);
}

void store_on_sign_out(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	session_end(store->sessions, ask->session);
	role_done(self, message->caller);
}

static enum err user_change(struct store *store, const struct msg_user_set *ask, struct diag *diag)
{
	TRY(hold_begin(store->hold));
	enum err err = ask->remove ? user_remove(store->hold, ask->user) : user_set(store->hold, ask, diag);
	if (err == ERR_OK)
		return hold_commit(store->hold);
	hold_rollback(store->hold);
	return err;
}

void store_on_user_set(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_user_set *ask = message->value;
	const struct session *session = NULL;
	struct diag diag = {0};
	if (!store_session(self, message, ask->session, USER_ADMIN, &session))
		return;
	struct ledger_record record = {.kind = LEDGER_USER, .actor = session->user, .subject = ask->user,
				       .basis = ask->remove ? SLICE("removed") : SLICE("set")};
	store_record(self, &record);
	enum err err = user_change(store, ask, &diag);
	if (err != ERR_OK) {
		role_refuse_diag(self, message->caller, err, &diag);
		return;
	}
	sessions_end_user(store->sessions, ask->user);
	role_done(self, message->caller);
}

void store_on_users(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	const struct session *session = NULL;
	struct msg_users_done done = {0};
	if (!store_session(self, message, ask->session, USER_ADMIN, &session))
		return;
	enum err err = users_list(store->hold, message->arena, &done);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_USERS_DONE, &done);
}
