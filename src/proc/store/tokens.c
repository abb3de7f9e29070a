/* Tokens of tools: made by the user for whom the tool works, listed and revoked by him or an administrator. Each making and
 * revoking is recorded with it. Must never answer a secret twice. */
#include "proc/store/store.h"

#include "os/clock.h"

static enum err finish(struct self *self, enum err err, struct slice actor, struct slice subject, const char *what, uint64_t id)
{
	struct store *store = role_context(self);
	if (err == ERR_INVALID || err == ERR_NOT_FOUND) { /* nothing was written, and a rollback reads the whole catalogue anew */
		TRY(hold_commit(store->hold));
		return err;
	}
	struct ledger_record record = {.kind = LEDGER_TOKEN, .actor = actor, .subject = subject, .basis = slice_text(what), .sequence = id};
	if (err == ERR_OK)
		err = store_record_kept(self, &record);
	if (err == ERR_OK)
		return hold_commit(store->hold);
	hold_rollback(store->hold);
	return err;
}

void store_on_token_make(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_token_make *ask = message->value;
	const struct session *session = NULL;
	struct msg_token_made made = {0};
	struct diag diag = {0};
	struct view *view = NULL;
	if (!store_session(self, message, ask->session, USER_TAXII | USER_ANALYST | USER_READER, &session))
		return;
	enum err err = store_view(store, session, &view);
	if (err == ERR_OK)
		err = hold_begin(store->hold);
	if (err == ERR_OK) {
		struct token_maker maker = {session->user, view, session->may};
		enum err done = token_make(store->hold, ask, &maker, clock_now_ms(), &made, &diag);
		err = finish(self, done, session->user, session->user, "made", made.id);
	}
	if (err != ERR_OK)
		role_refuse_diag(self, message->caller, err, &diag);
	else
		(void)role_reply(self, message->caller, MSG_TOKEN_MADE, &made);
	explicit_bzero(&made, sizeof(made));
	store_audit(self);
}

void store_on_tokens(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	const struct session *session = NULL;
	struct msg_tokens_done done = {0};
	if (!store_session(self, message, ask->session, USER_TAXII | USER_ANALYST | USER_READER | USER_ADMIN, &session))
		return;
	struct slice whose = session->may & USER_ADMIN ? (struct slice){0} : session->user;
	enum err err = tokens_list(store->hold, whose, message->arena, &done);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_TOKENS_DONE, &done);
}

void store_on_token_revoke(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_token_revoke *ask = message->value;
	const struct session *session = NULL;
	struct slice owner = {0};
	if (!store_session(self, message, ask->session, USER_TAXII | USER_ANALYST | USER_READER | USER_ADMIN, &session))
		return;
	AUTO_ARENA kept = {0}; /* his own sessions end below */
	struct slice actor = {0}, whose = session->may & USER_ADMIN ? (struct slice){0} : session->user;
	enum err err = arena_copy(&kept, session->user, &actor);
	if (err == ERR_OK)
		err = hold_begin(store->hold);
	if (err == ERR_OK) {
		enum err revoked = token_revoke(store->hold, ask->id, whose, &kept, &owner);
		err = finish(self, revoked, actor, owner, "revoked", ask->id);
	}
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	sessions_end_tools(store->sessions, owner);
	role_done(self, message->caller);
	store_audit(self);
}
