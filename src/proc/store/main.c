/* bices-store: the database, search, views, releases in waiting and parked frames of one nation. No sockets, no keys of
 * objects, no JSON. This file joins the parts: start, the table of messages, and the shared commit. */
#include "proc/store/store.h"

#include "os/clock.h"
#include "os/log.h"

/* ---- the shared commit ---- */

static void answers_give(struct self *self, enum err err)
{
	struct store *store = role_context(self);
	size_t count = store->answer_count;
	store->answer_count = 0;
	for (size_t i = 0; i < count; i++)
		if (err == ERR_OK)
			role_done(self, store->answers[i]);
		else
			role_refuse(self, store->answers[i], ERR_UNAVAILABLE, 0, "the store could not write: %s", err_text(err));
}

static void soon_end(struct store *store)
{
	if (store->soon)
		role_timer_free(store->soon);
	store->soon = NULL;
}

enum err store_settle(struct self *self)
{
	struct store *store = role_context(self);
	if (!store->hold || !hold_is_writing(store->hold))
		return ERR_OK;
	soon_end(store);
	enum err err = store_commit(store);
	if (err != ERR_OK)
		log_line(LOG_ERROR, "commit failed: %s", err_text(err));
	answers_give(self, err);
	if (err == ERR_OK) {
		store_receipts(self);
		store_audit(self);
		store_weigh_soon(self);
	}
	return err;
}

void store_undo(struct self *self)
{
	struct store *store = role_context(self);
	soon_end(store);
	hold_rollback(store->hold);
	answers_give(self, ERR_UNAVAILABLE);
}

static void on_soon(struct self *self, void *context)
{
	(void)context;
	if (store_settle(self) == ERR_OK)
		store_pump(self);
}

enum err store_write(struct self *self)
{
	struct store *store = role_context(self);
	if (hold_is_writing(store->hold))
		return ERR_OK;
	TRY(hold_begin(store->hold));
	enum err err = role_timer_new(self, 1, false, on_soon, NULL, &store->soon);
	if (err != ERR_OK)
		hold_rollback(store->hold);
	return err;
}

void store_done_later(struct self *self, struct role_caller caller)
{
	struct store *store = role_context(self);
	store->answers[store->answer_count++] = caller;
	if (store->answer_count == ANSWERS_MAX)
		(void)!store_settle(self);
}

enum err store_end(struct store *store, enum err err)
{
	bool refused = err == ERR_NOT_FOUND || err == ERR_CONFLICT || err == ERR_INVALID || err == ERR_REFUSED || err == ERR_USAGE;
	if (err == ERR_OK || refused) {
		enum err committed = store_commit(store);
		return committed != ERR_OK ? committed : err;
	}
	hold_rollback(store->hold);
	return err;
}

/* ---- sessions ---- */

/* What a tool may ask; whoever answers these looks at the token's scope. */
static bool serves_tools(uint16_t type)
{
	return type == MSG_COLLECTIONS || type == MSG_PAGE || type == MSG_PUT || type == MSG_DELETE;
}

bool store_session(struct self *self, const struct role_message *message, const uint8_t id[SESSION], unsigned may,
		   const struct session **ret_session)
{
	struct store *store = role_context(self);
	enum err err = store_settle(self);
	if (err == ERR_OK)
		err = session_find(store->sessions, id, clock_now_ms(), ret_session);
	if (err == ERR_OK && (*ret_session)->tool && !serves_tools(message->type)) {
		role_refuse(self, message->caller, ERR_REFUSED, 0, "a tool's token is for TAXII and its collections only");
		return false;
	}
	if (err == ERR_OK && may && !((*ret_session)->may & may)) {
		role_refuse(self, message->caller, ERR_REFUSED, 0, "your role does not allow this");
		return false;
	}
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	return err == ERR_OK;
}

enum err store_view(struct store *store, const struct session *session, struct view **ret_view)
{
	if (session->lens.len)
		return hold_lens(store->hold, session->lens, session->clearance, session->beneath, ret_view);
	return hold_view(store->hold, session->clearance, true, ret_view);
}

const struct hold_collection *store_collection(struct store *store, const struct session *session, const struct view *view,
					       struct slice name)
{
	const struct hold_collection *found = hold_collection_at(store->hold, hold_collection_find(store->hold, name));
	if (!found || !session_reaches(session, found->id, false))
		return NULL;
	return hold_collection_exists(store->hold, view, session->may, found) ? found : NULL;
}

/* ---- start ---- */

/* "policies": each compiled policy behind its length (4 octets, big endian). */
static enum err policies_load(struct self *self, struct store *store, struct diag *diag)
{
	struct slice given = role_given(self, "policies");
	store->policies = policy_set_new();
	if (!store->policies)
		return ERR_MEMORY;
	while (given.len) {
		const struct policy *policy = NULL;
		uint32_t len = 0;
		for (int i = 0; i < 4 && given.len >= 4; i++)
			len = len << 8 | given.data[i];
		if (given.len < 4 || len > given.len - 4)
			return diag_fail(diag, ERR_MALFORMED, "the given policies are cut off");
		TRY(policy_open(slice_of(given.data + 4, len), &store->arena, &policy));
		TRY(policy_set_add(store->policies, policy));
		given = slice_skip(given, 4 + (size_t)len);
	}
	return ERR_OK;
}

static void collections_take(struct store *store)
{
	for (size_t i = 0; i < store->settings.collection_count; i++) {
		const struct setting_collection *from = &store->settings.collections[i];
		store->collections[i] = (struct hold_collection){
			.id = from->id, .alias = from->alias, .title = from->title, .description = from->description,
			.default_label = from->default_label, .writable = from->writable, .types = from->types,
			.originators = from->originators, .community = from->community, .words = from->words,
			.roles = from->roles, .audience = from->audience};
	}
}

static enum err prepare(struct self *self, struct diag *diag)
{
	struct store *store = role_context(self);
	TRY(settings_parse(role_given(self, "settings"), &store->arena, &store->settings, diag));
	collections_take(store);
	TRY(policies_load(self, store, diag));
	TRY(record_decode(&roster_schema, role_given(self, "roster"), &store->arena, &store->roster));
	TRY(role_seed(self, "key-search", store->key, diag));
	store->audit = audit_new();
	store->sessions = sessions_new(store->settings.session_minutes ? store->settings.session_minutes : 480);
	return store->audit && store->sessions ? ERR_OK : ERR_MEMORY;
}

/* A second without new rows after many of them: what that took goes back to the system. */
static void rest(struct store *store)
{
	uint64_t rows = hold_rows(store->hold);
	if (rows == store->rows_seen && rows - store->rows_rested > REST_ROWS) {
		hold_rest(store->hold);
		store->rows_rested = rows;
	}
	store->rows_seen = rows;
}

static void on_retry(struct self *self, void *context)
{
	(void)context;
	struct store *store = role_context(self);
	if (store_settle(self) != ERR_OK)
		return;
	store_pump_tick(self);
	store_orders(self);
	store_receipts(self);
	store_index(self);
	store_weigh(self);
	store_audit(self);
	store_checkpoint_keep(self, false);
	store_checkpoint_present(self);
	rest(store);
}

static enum err start(struct self *self, struct diag *diag)
{
	struct store *store = role_context(self);
	struct hold_settings settings = {.nation = store->settings.nation, .realm = store->settings.realm, .policies = store->policies,
					 .collections = store->collections, .collection_count = store->settings.collection_count};
	memcpy(settings.key, store->key, sizeof(settings.key));
	TRY(hold_open("store.db", &settings, &store->hold, diag));
	TRY(label_sets_open("label-sets", &store->label_sets, diag));
	TRY(store_checkpoint_load(store));
	TRY(users_import(store->hold, role_given(self, "users"), diag));
	role_forget(self, "users");
	return role_timer_new(self, RETRY_MS, true, on_retry, NULL, &store->retry);
}

static void stop(struct self *self)
{
	struct store *store = role_context(self);
	(void)!store_settle(self);
	store_checkpoint_keep(self, true);
	(void)!store_settle(self);
	store_audit_stop(store);
	buf_done(&store->held.note);
	role_timer_free(store->retry);
	label_sets_close(store->label_sets);
	if (store->weigh)
		role_timer_free(store->weigh);
	hold_close(store->hold);
	sessions_free(store->sessions);
	audit_free(store->audit);
	policy_set_free(store->policies);
	explicit_bzero(store->key, sizeof(store->key));
	arena_done(&store->arena);
}

static void neighbor_up(struct self *self, enum role neighbor)
{
	struct store *store = role_context(self);
	if (neighbor == ROLE_LEDGER)
		store->held.presented = false;
	store_pump_wake(store);
	on_retry(self, NULL);
}

static void neighbor_down(struct self *self, enum role neighbor)
{
	struct store *store = role_context(self);
	if (neighbor == ROLE_LEDGER)
		store->held.presented = false;
	if (neighbor == ROLE_SEAL)
		for (size_t i = 0; i < store->peer_count; i++)
			store->peers[i].connected = 0;
}

static const struct role_handler handlers[] = {
	{MSG_SIGN_IN, ROLE_FRONT, store_on_sign_in},
	{MSG_SIGN_OUT, ROLE_FRONT, store_on_sign_out},
	{MSG_LENS, ROLE_FRONT, store_on_lens},
	{MSG_PUT, ROLE_FRONT, store_on_put},
	{MSG_GET, ROLE_FRONT, store_on_get},
	{MSG_SEARCH, ROLE_FRONT, store_on_search},
	{MSG_PAGE, ROLE_FRONT, store_on_page},
	{MSG_VERSIONS, ROLE_FRONT, store_on_versions},
	{MSG_SAVED_SEARCHES, ROLE_FRONT, store_on_saved_searches},
	{MSG_SAVED_SEARCH_PUT, ROLE_FRONT, store_on_saved_search_put},
	{MSG_GRAPH, ROLE_FRONT, store_on_graph},
	{MSG_PLACES, ROLE_FRONT, store_on_places},
	{MSG_COLLECTIONS, ROLE_FRONT, store_on_collections},
	{MSG_RELEASE_LIST, ROLE_FRONT, store_on_release_list},
	{MSG_RELEASE_SHOW, ROLE_FRONT, store_on_release_show},
	{MSG_RELEASE_DECIDE, ROLE_FRONT, store_on_release_decide},
	{MSG_WITHDRAW, ROLE_FRONT, store_on_withdraw},
	{MSG_WITHDRAW_STATUS, ROLE_FRONT, store_on_withdraw_status},
	{MSG_RECALL, ROLE_FRONT, store_on_recall},
	{MSG_AUDIENCE, ROLE_FRONT, store_on_audience},
	{MSG_RECALL_STATUS, ROLE_FRONT, store_on_recall_status},
	{MSG_STATUS, ROLE_FRONT, store_on_status},
	{MSG_WATCH, ROLE_FRONT, store_on_watch},
	{MSG_PROOF, ROLE_FRONT, store_on_proof},
	{MSG_USER_SET, ROLE_FRONT, store_on_user_set},
	{MSG_USERS, ROLE_FRONT, store_on_users},
	{MSG_TOKEN_MAKE, ROLE_FRONT, store_on_token_make},
	{MSG_TOKENS, ROLE_FRONT, store_on_tokens},
	{MSG_TOKEN_REVOKE, ROLE_FRONT, store_on_token_revoke},
	{MSG_DELETE, ROLE_FRONT, store_on_delete},
	{MSG_WARNINGS, ROLE_FRONT, store_on_warnings},
	{MSG_WARNING_SHOW, ROLE_FRONT, store_on_warning_show},
	{MSG_ALERTS, ROLE_FRONT, store_on_alerts},
	{MSG_ALERT_ACT, ROLE_FRONT, store_on_alert_act},
	{MSG_STEPS, ROLE_FRONT, store_on_steps},
	{MSG_CHAIN, ROLE_FRONT, store_on_chain},
	{MSG_INBOX, ROLE_FRONT, store_on_inbox},
	{MSG_SNOOZE, ROLE_FRONT, store_on_snooze},
	{MSG_HAND_OVERS, ROLE_FRONT, store_on_hand_overs},
	{MSG_HAND_OVER, ROLE_FRONT, store_on_hand_over},
	{MSG_METRICS, ROLE_FRONT, store_on_metrics},
	{MSG_PARK, ROLE_SEAL, store_on_park},
	{MSG_HEADS, ROLE_SEAL, store_on_heads},
	{MSG_UNPARK, ROLE_SEAL, store_on_unpark},
	{MSG_ADMIT, ROLE_SEAL, store_on_admit},
	{MSG_ACKNOWLEDGED, ROLE_SEAL, store_on_acknowledged},
	{MSG_PEERS, ROLE_SEAL, store_on_peers},
	{0, 0, NULL},
};

int main(void)
{
	static const struct role_program program = {.role = ROLE_STORE, .handlers = handlers, .prepare = prepare, .start = start,
						    .stop = stop, .neighbor_up = neighbor_up, .neighbor_down = neighbor_down};
	static struct store store;
	return role_run(&program, &store);
}
