/* What the node looks like: for its users, and as numbers for the operator. Never names an object. */
#include "proc/store/store.h"

#include "os/clock.h"

enum { TREE_MS = 500 };

/* ---- status ---- */

static enum err peers_fill(struct self *self, struct peer_status *peers, size_t *ret_count)
{
	struct store *store = role_context(self);
	const struct participant *items = store->roster.participants.items;
	size_t count = 0;
	for (size_t i = 0; i < store->roster.participants.count && count < LIMIT_NATIONS; i++) {
		uint64_t due = 0;
		if (slice_equal(items[i].name, role_nation(self)))
			continue;
		struct peer_status *peer = &peers[count++];
		*peer = (struct peer_status){.nation = items[i].name};
		for (size_t k = 0; k < store->peer_count; k++)
			if (slice_equal(slice_text(store->peer_names[k]), items[i].name)) {
				peer->connected = store->peers[k].connected;
				peer->last_receipt = store->peers[k].last_receipt;
			}
		TRY(hold_peer_counts(store->hold, items[i].name, peer));
		TRY(hold_duty_count(store->hold, items[i].name, &due));
		peer->backlog += due;
	}
	*ret_count = count;
	return ERR_OK;
}

static size_t roles_fill(struct self *self, struct role_status *roles)
{
	size_t count = 0;
	for (int role = ROLE_FRONT; role < ROLE_COUNT; role++)
		roles[count++] = (struct role_status){slice_text(role_name((enum role)role)), (uint8_t)(role_up_set(self) >> role & 1)};
	return count;
}

/* Counts and times move with everything that is hidden, too: they are for those whose duty is the node itself. */
static const unsigned told_numbers = USER_RELEASE | USER_ADMIN | USER_AUDITOR | USER_WATCH;

static void numbers_clear(struct peer_status *peers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		peers[i] = (struct peer_status){.nation = peers[i].nation, .connected = peers[i].connected};
}

static enum err status_make(struct self *self, const struct session *session, struct peer_status *peers, struct role_status *roles,
			    struct msg_status_done *ret_done)
{
	struct store *store = role_context(self);
	struct view *view = NULL;
	struct msg_status_done done = {.nation = role_nation(self), .realm = role_realm(self), .degraded = role_is_degraded(self),
				       .numbers = (session->may & told_numbers) != 0};
	TRY(store_view(store, session, &view));
	done.objects_visible = hold_view_objects(store->hold, view, (struct slice){0});
	if (session->may & (USER_RELEASE | USER_ANALYST))
		TRY(hold_waiting_count(store->hold, view, &done.waiting));
	size_t count = 0;
	TRY(peers_fill(self, peers, &count));
	if (done.numbers)
		done.ledger_size = store->ledger_size;
	else
		numbers_clear(peers, count);
	done.peers = (struct record_list){peers, count};
	done.roles = (struct record_list){roles, roles_fill(self, roles)};
	if (role_is_degraded(self))
		done.notice = SLICE("degraded: this node runs without confinement");
	*ret_done = done;
	return ERR_OK;
}

struct question {
	struct role_caller caller;
	uint8_t session[SESSION];
};

static void status_answer(struct self *self, const struct question *question)
{
	struct store *store = role_context(self);
	const struct session *session = NULL;
	struct peer_status peers[LIMIT_NATIONS];
	struct role_status roles[ROLE_COUNT];
	struct msg_status_done done;
	enum err err = store_settle(self);
	if (err == ERR_OK)
		err = session_find(store->sessions, question->session, clock_now_ms(), &session);
	if (err == ERR_OK)
		err = status_make(self, session, peers, roles, &done);
	if (err != ERR_OK)
		role_refuse(self, question->caller, err, 0, NULL);
	else
		(void)role_reply(self, question->caller, MSG_STATUS_DONE, &done);
}

static void on_tree(struct self *self, void *context, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct question *question = context;
	if (role_answer_err(answer, MSG_TREE_DONE) == ERR_OK)
		store->ledger_size = ((const struct msg_tree *)answer->value)->size;
	status_answer(self, question);
	free(question);
}

/* The ledger is asked for its size first; without it the last one known is told. */
void store_on_status(struct self *self, const struct role_message *message)
{
	const struct msg_ask *ask = message->value;
	const struct session *session = NULL;
	if (!store_session(self, message, ask->session, 0, &session))
		return;
	struct question *question = malloc(sizeof(*question));
	if (!question) {
		role_refuse(self, message->caller, ERR_MEMORY, 0, NULL);
		return;
	}
	question->caller = message->caller;
	memcpy(question->session, ask->session, SESSION);
	role_ask(self, ROLE_LEDGER, MSG_TREE, &(struct msg_ask_tree){0}, TREE_MS, on_tree, question);
}

/* ---- metrics ---- Prometheus text */

struct metric {
	const char *name, *kind, *help;
	uint64_t value;
};

static void metrics_put(const struct metric *metrics, size_t count, struct buf *text)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(text, "# HELP bices_store_%s %s\n# TYPE bices_store_%s %s\nbices_store_%s %llu\n", metrics[i].name, metrics[i].help,
			   metrics[i].name, metrics[i].kind, metrics[i].name, (unsigned long long)metrics[i].value);
}

void store_on_metrics(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	struct peer_status peers[LIMIT_NATIONS];
	size_t count = 0;
	enum err err = store_settle(self);
	if (err == ERR_OK)
		err = peers_fill(self, peers, &count);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	const struct metric metrics[] = {
		{"rows", "gauge", "Portion versions admitted so far.", hold_rows(store->hold)},
		{"published_total", "counter", "Objects published since the start.", store->puts},
		{"admitted_total", "counter", "Renditions of other nations admitted since the start.", store->admitted},
		{"shown_total", "counter", "Objects shown since the start.", store->shows},
		{"searches_total", "counter", "Searches since the start.", store->searches},
		{"put_refused_total", "counter", "Publications refused since the start.", store->refused},
		{"ledger_size", "gauge", "Records of the ledger, as last heard.", store->ledger_size},
	};
	AUTO_BUF text = buf_make(LIMIT_MESSAGE_INLINE);
	metrics_put(metrics, sizeof(metrics) / sizeof(metrics[0]), &text);
	buf_put_text(&text, "# HELP bices_store_backlog Renditions and frames that a peer still has to acknowledge.\n# TYPE bices_store_backlog gauge\n");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "bices_store_backlog{peer=\"%.*s\"} %llu\n", SLICE_ARG(peers[i].nation), (unsigned long long)peers[i].backlog);
	struct msg_text answer = {.text = buf_slice(&text)};
	(void)role_reply(self, message->caller, MSG_TEXT, &answer);
}
