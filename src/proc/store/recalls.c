/* Recall and withdrawal: it is done here at once; the order is kept and put to guard until it stands in every control feed;
 * the receipts for those of others go to seal once no page and no log holds a word of them. */
#include "proc/store/store.h"

#include "os/clock.h"

struct order {
	uint64_t id;
};

struct receipt {
	struct arena arena;
	struct msg_receipt sent;
};

/* ---- orders to guard ---- */

static void on_ordered(struct self *self, void *context, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct order *order = context;
	store->ordering--;
	const struct msg_ordered *ordered = answer->value;
	bool done = role_answer_err(answer, MSG_ORDERED) == ERR_OK;
	enum err err = store_write(self);
	if (err == ERR_OK)
		err = hold_order_done(store->hold, order->id, done ? &ordered->nations : NULL, clock_now_ms());
	if (err != ERR_OK)
		store_undo(self);
	free(order);
}

static void order_ask(struct self *self, const struct hold_order *from)
{
	struct store *store = role_context(self);
	struct order *order = calloc(1, sizeof(*order));
	if (!order)
		return;
	order->id = from->id;
	struct msg_order ask = {.kind = from->portion_ids.len ? CONTROL_WITHDRAWAL : CONTROL_RECALL, .portion_ids = from->portion_ids, .user = from->user, .object_id = from->object_id, .reason = from->reason,
				.nations = from->nations};
	store->ordering++;
	role_ask(self, ROLE_GUARD, MSG_ORDER_RECALL, &ask, RELEASE_MS, on_ordered, order);
}

void store_orders(struct self *self)
{
	struct store *store = role_context(self);
	AUTO_ARENA arena = {0};
	struct hold_order *orders = NULL;
	size_t count = 0;
	if (store->ordering || !store->hold || !role_has_neighbor(self, ROLE_GUARD))
		return;
	if (hold_orders(store->hold, store->orders_now ? INT64_MAX : clock_now_ms(), &arena, &orders, &count) != ERR_OK)
		return;
	store->orders_now = false;
	for (size_t i = 0; i < count; i++)
		order_ask(self, &orders[i]);
}

/* ---- from users ---- */

/* record: of a deletion; a recall guard records. */
static enum err recall(struct self *self, struct view *view, struct slice id, struct slice user, struct slice reason,
		       const struct ledger_record *record)
{
	struct store *store = role_context(self);
	TRY(hold_begin(store->hold));
	enum err err = hold_recall_order(store->hold, view, id, user, reason, clock_now_ms());
	if (err == ERR_OK && record)
		err = store_record_kept(self, record);
	if (err == ERR_OK)
		return hold_commit(store->hold);
	hold_rollback(store->hold);
	return err;
}

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

void store_on_recall(struct self *self, const struct role_message *message)
{
	const struct msg_recall *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	if (!begin(self, message, ask->session, USER_RELEASE, &session, &view))
		return;
	enum err err = recall(self, view, ask->id, session->user, ask->reason, NULL);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	role_done(self, message->caller);
	store_orders(self);
}

/* What went to other nations is recalled whole; of several versions none goes alone. */
static enum err versions_check(struct store *store, struct view *view, const struct msg_ask_object *ask, struct arena *arena,
			       const char **ret_why)
{
	size_t matching = 0, count = 0;
	if (!ask->version.len)
		return ERR_OK;
	TRY(hold_versions_match(store->hold, view, ask->id, ask->version, arena, &matching, &count));
	if (!matching)
		return ERR_NOT_FOUND;
	*ret_why = "an object is deleted with all its versions: delete it without match[version], or with \"all\"";
	return matching == count ? ERR_OK : ERR_REFUSED;
}

/* TAXII: what the caller posted himself to this collection; where it went, it is recalled. */
void store_on_delete(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct slice author, channel;
	bool own = false;
	if (!begin(self, message, ask->session, USER_TAXII | USER_ANALYST, &session, &view))
		return;
	const struct hold_collection *collection = store_collection(store, session, view, ask->collection);
	enum err err = hold_author(store->hold, view, ask->id, message->arena, &author, &channel, &own);
	if (err == ERR_OK && (!collection || !own || !slice_equal(channel, collection->id)))
		err = ERR_NOT_FOUND;
	if (err == ERR_OK && (!collection->writable || !session_reaches(session, collection->id, true) || !slice_equal(author, session->user)))
		err = ERR_REFUSED;
	const char *why = "only its author may delete it";
	if (err == ERR_OK)
		err = versions_check(store, view, ask, message->arena, &why);
	struct ledger_record record = {.kind = LEDGER_DELETE, .actor = session->user, .subject = ask->id};
	if (err == ERR_OK)
		err = recall(self, view, ask->id, session->user, SLICE("deleted"), &record);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, err == ERR_REFUSED ? "%s" : NULL, why);
		return;
	}
	role_done(self, message->caller);
	store_audit(self);
	store_orders(self);
}

void store_on_recall_status(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_holders holders = {0};
	if (!begin(self, message, ask->session, USER_RELEASE | USER_ANALYST | USER_AUDITOR | USER_WATCH, &session, &view))
		return;
	enum err err = hold_holders(store->hold, session->may & USER_AUDITOR ? NULL : view, ask->id, message->arena, &holders);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_HOLDERS, &holders);
}

/* ---- receipts to seal ---- */

static void on_receipt_sent(struct self *self, void *context, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct receipt *receipt = context;
	store->receipting--;
	if (role_answer_err(answer, MSG_DONE) == ERR_OK) {
		enum err err = store_write(self);
		if (err == ERR_OK)
			err = hold_receipt_done(store->hold, &receipt->sent);
		if (err != ERR_OK)
			store_undo(self);
	}
	arena_done(&receipt->arena);
	free(receipt);
}

static void receipt_ask(struct self *self, const struct msg_receipt *from)
{
	struct store *store = role_context(self);
	struct receipt *receipt = calloc(1, sizeof(*receipt));
	if (!receipt || arena_copy(&receipt->arena, from->peer, &receipt->sent.peer) != ERR_OK ||
	    arena_copy(&receipt->arena, from->object_id, &receipt->sent.object_id) != ERR_OK ||
	    arena_copy(&receipt->arena, from->portion_ids, &receipt->sent.portion_ids) != ERR_OK) {
		if (receipt)
			arena_done(&receipt->arena);
		free(receipt);
		return;
	}
	store->receipting++;
	role_ask(self, ROLE_SEAL, MSG_RECEIPT, from, RELEASE_MS, on_receipt_sent, receipt);
}

void store_receipts(struct self *self)
{
	struct store *store = role_context(self);
	AUTO_ARENA arena = {0};
	struct msg_receipt *receipts = NULL;
	size_t count = 0;
	if (store->receipting || !store->hold || hold_is_writing(store->hold) || !hold_is_purged(store->hold) ||
	    !role_has_neighbor(self, ROLE_SEAL))
		return;
	if (hold_receipts(store->hold, &arena, &receipts, &count) != ERR_OK)
		return;
	for (size_t i = 0; i < count; i++)
		receipt_ask(self, &receipts[i]);
}
