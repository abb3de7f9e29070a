/* Sign-in, sign-out and the users of this node. */
#include "proc/store/store.h"

#include "os/clock.h"
#include "protocol/roster.h"

/* Verifying a password takes tens of milliseconds of this process's one thread. So they wait in a short queue and are
 * verified one at a time, each followed by a pause of its own length: a flood of wrong passwords takes at most half of the
 * time, and who is signed in already, or comes with a certificate, never waits for it. */
enum { QUEUE_MAX = 32, QUEUE_TICK_MS = 10 };

struct waiting {
	struct role_caller caller;
	struct msg_sign_in ask;
	struct buf words; /* user and password, wiped */
};

struct sign_ins {
	struct waiting waiting[QUEUE_MAX];
	size_t first, count;
	uint64_t pause_until_ms;
	struct role_timer *timer;
};

static void sign_in_refused(struct self *self, struct role_caller caller, struct slice name, enum err err)
{
	struct ledger_record record = {.kind = LEDGER_SIGN_IN_REFUSED, .actor = SLICE("store"), .subject = utf8_take(name, LIMIT_USER)};
	if (err == ERR_SIGN_IN)
		store_record(self, &record);
	role_refuse(self, caller, err, 0, NULL);
}

static void sign_in_now(struct self *self, struct role_caller caller, const struct msg_sign_in *ask)
{
	struct store *store = role_context(self);
	const struct session *session = NULL;
	bool fresh = true;
	enum err err = store_settle(self);
	if (err == ERR_OK)
		err = sign_in(store->hold, store->sessions, ask, clock_now_ms(), &session, &fresh);
	if (err != ERR_OK) {
		sign_in_refused(self, caller, ask->token.len ? SLICE("token") : ask->certificate_uri.len ? ask->certificate_uri : ask->user, err);
		return;
	}
	if (fresh) {
		struct ledger_record record = {.kind = LEDGER_SIGN_IN, .actor = session->user, .subject = session->user,
					       .basis = session->tool ? SLICE("token") : session->certificate ? SLICE("certificate") : SLICE("password")};
		store_record(self, &record);
	}
	struct msg_session answer = {.user = session->user, .roles = session->roles, .clearance = session->clearance,
				     .expires = session->expires_ms};
	memcpy(answer.session, session->id, SESSION);
	(void)role_reply(self, caller, MSG_SESSION, &answer);
}

static void queue_tick(struct self *self, void *context)
{
	struct sign_ins *queue = context;
	uint64_t began_ms = clock_monotonic_ms();
	if (began_ms < queue->pause_until_ms)
		return;
	if (queue->count == 0) {
		role_timer_free(queue->timer);
		queue->timer = NULL;
		return;
	}
	struct waiting *next = &queue->waiting[queue->first];
	queue->first = (queue->first + 1) % QUEUE_MAX;
	queue->count--;
	sign_in_now(self, next->caller, &next->ask);
	buf_wipe(&next->words);
	queue->pause_until_ms = 2 * clock_monotonic_ms() - began_ms;
}

static enum err queue_put(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_sign_in *ask = message->value;
	struct sign_ins *queue = store->sign_ins ? store->sign_ins : calloc(1, sizeof(*queue));
	store->sign_ins = queue;
	if (!queue)
		return ERR_MEMORY;
	if (queue->count == QUEUE_MAX)
		return ERR_UNAVAILABLE;
	if (!queue->timer)
		TRY(role_timer_new(self, QUEUE_TICK_MS, true, queue_tick, queue, &queue->timer));
	struct waiting *last = &queue->waiting[(queue->first + queue->count) % QUEUE_MAX];
	*last = (struct waiting){.caller = message->caller, .ask = *ask, .words = buf_make(LIMIT_USER + LIMIT_PASSWORD)};
	buf_put(&last->words, ask->user);
	buf_put(&last->words, ask->password);
	TRY(last->words.err);
	last->ask.user = slice_take(buf_slice(&last->words), ask->user.len);
	last->ask.password = slice_skip(buf_slice(&last->words), ask->user.len);
	last->ask.certificate_uri = (struct slice){0};
	queue->count++;
	return ERR_OK;
}

void store_on_sign_in(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_sign_in *ask = message->value;
	if (sign_in_is_quick(store->sessions, ask, clock_now_ms())) {
		sign_in_now(self, message->caller, ask);
		return;
	}
	enum err err = queue_put(self, message);
	if (err == ERR_OK)
		queue_tick(self, store->sign_ins);
	else
		role_refuse(self, message->caller, err, 0, "too many people sign in at once; try again in a moment");
}

void store_on_sign_out(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	session_end(store->sessions, ask->session);
	role_done(self, message->caller);
}

/* See as: a release officer reads as another nation would, of what was released to it. Its reads are recorded as his. */
static enum err lens_open(struct self *self, const struct msg_lens *ask, const struct session **session)
{
	struct store *store = role_context(self);
	const struct participant *nation = roster_find(&store->roster, ask->nation);
	struct slice officer = (*session)->user;
	if (!nation || slice_equal(ask->nation, role_nation(self)))
		return ERR_NOT_FOUND;
	struct ledger_record record = {.kind = LEDGER_SEE_AS, .actor = officer, .subject = officer, .recipient = ask->nation};
	TRY(hold_begin(store->hold));
	enum err err = store_record_kept(self, &record);
	if (err != ERR_OK) {
		hold_rollback(store->hold);
		return err;
	}
	TRY(hold_commit(store->hold));
	return session_lens(store->sessions, *session, nation->name, nation->clearance, clock_now_ms(), session);
}

void store_on_lens(struct self *self, const struct role_message *message)
{
	const struct msg_lens *ask = message->value;
	const struct session *session = NULL;
	if (!store_session(self, message, ask->session, USER_RELEASE, &session))
		return;
	enum err err = lens_open(self, ask, &session);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err == ERR_NOT_FOUND ? ERR_INVALID : err, 0,
			    err == ERR_NOT_FOUND ? "choose another nation of the roster" : NULL);
		return;
	}
	struct msg_session answer = {.user = session->user, .clearance = session->clearance, .expires = session->expires_ms};
	memcpy(answer.session, session->id, SESSION);
	(void)role_reply(self, message->caller, MSG_SESSION, &answer);
	store_audit(self);
}

static enum err user_change(struct self *self, const struct msg_user_set *ask, struct slice admin, struct diag *diag)
{
	struct store *store = role_context(self);
	struct ledger_record record = {.kind = LEDGER_USER, .actor = admin, .subject = ask->user,
				       .basis = ask->remove ? SLICE("removed") : SLICE("set")};
	TRY(hold_begin(store->hold));
	enum err err = ask->remove ? user_remove(store->hold, ask->user) : user_set(store->hold, ask, diag);
	if (err == ERR_OK)
		err = store_record_kept(self, &record);
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
	enum err err = user_change(self, ask, session->user, &diag);
	if (err != ERR_OK) {
		role_refuse_diag(self, message->caller, err, &diag);
		return;
	}
	sessions_end_user(store->sessions, ask->user);
	role_done(self, message->caller);
	store_audit(self);
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
