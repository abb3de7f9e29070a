/* Saved searches of who is signed in. Tools and lenses have none. */
#include "proc/store/store.h"

#include "hold/saved.h"
#include "os/clock.h"

static bool begin(struct self *self, const struct role_message *message, const uint8_t id[SESSION], const struct session **ret_session)
{
	if (!store_session(self, message, id, 0, ret_session))
		return false;
	if (!(*ret_session)->tool && !(*ret_session)->lens.len)
		return true;
	role_refuse(self, message->caller, ERR_REFUSED, 0, NULL);
	return false;
}

void store_on_saved_searches(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	const struct session *session = NULL;
	struct msg_saved_searches_done done = {0};
	if (!begin(self, message, ask->session, &session))
		return;
	enum err err = hold_saved_list(store->hold, session->user, message->arena, &done.searches);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_SAVED_SEARCHES_DONE, &done);
}

static enum err change(struct store *store, struct slice user, const struct msg_saved_search_put *ask, struct diag *diag)
{
	const struct saved_search search = {.name = ask->name, .query = ask->query, .opened = clock_now_ms()};
	TRY(hold_begin(store->hold));
	return store_end(store, ask->query.len ? hold_saved_put(store->hold, user, &search, diag)
					       : hold_saved_forget(store->hold, user, ask->name));
}

void store_on_saved_search_put(struct self *self, const struct role_message *message)
{
	const struct msg_saved_search_put *ask = message->value;
	const struct session *session = NULL;
	struct diag diag = {0};
	if (!begin(self, message, ask->session, &session))
		return;
	enum err err = change(role_context(self), session->user, ask, &diag);
	if (err != ERR_OK)
		role_refuse_diag(self, message->caller, err, &diag);
	else
		role_done(self, message->caller);
}
