/* Admission: parse reads what a peer released (INDEX), the manifest is verified, and object and position are stored in
 * one transaction. Requests of one sequence of one peer are finished in the order in which they came; no peer and no lane
 * waits for a document of another.
 * Never trusts what parse says for more than search words and references. */
#include "proc/store/store.h"

#include "os/clock.h"
#include "os/log.h"

enum { TRIES_MAX = 2 }; /* a document that ends parse twice is refused */

struct admission {
	struct admission *next;
	struct admission_queue *queue;
	struct self *self;
	struct role_caller caller;
	struct arena arena;
	struct msg_admit ask;
	struct rendition_view view;
	struct msg_indexed indexed;
	unsigned tries;
	bool asked, ready;
	enum err err;
};

/* ---- control entries ---- */

/* A peer that passed a frame over gets what it carried once more, but not at once (hold_release_later). What it could not
 * read it would not read the next time either. */
static enum err not_admitted(struct store *store, struct slice peer, const struct control_entry *entry, uint64_t now)
{
	uint8_t lane = 0;
	uint64_t seq = 0;
	bool unreadable = slice_equal(entry->reason, SLICE("content"));
	TRY(control_get_position(entry->body, &lane, &seq));
	return hold_not_admitted(store->hold, peer, lane, seq,
				 unreadable ? SLICE("the nation could not read it") : (struct slice){0}, now);
}

static enum err receipt_take(struct store *store, const struct msg_admit *ask, const struct control_entry *entry)
{
	const struct msg_receipt receipt = {.peer = ask->peer, .object_id = entry->subject, .portion_ids = entry->body, .copies = entry->copies};
	return hold_receipt_take(store->hold, &receipt, clock_now_ms());
}

static enum err entry_apply(struct self *self, const struct msg_admit *ask, const struct control_entry *entry)
{
	struct store *store = role_context(self);
	uint64_t now = clock_now_ms();
	switch (entry->kind) {
	case CONTROL_RECALL:
		return hold_recall_apply(store->hold, ask->peer, entry->subject, now);
	case CONTROL_WITHDRAWAL:
		return hold_withdraw_apply(store->hold, ask->peer, entry->subject, entry->body, entry->issued, now);
	case CONTROL_RECEIPT:
		return receipt_take(store, ask, entry);
	case CONTROL_NOT_ADMITTED:
		return not_admitted(store, ask->peer, entry, now);
	default:
		return ERR_OK; /* roster, keys and policies are not the store's */
	}
}

static enum err entry_record(struct self *self, const struct msg_admit *ask, const struct control_entry *entry)
{
	static const uint8_t kinds[] = {[CONTROL_RECALL] = LEDGER_RECALL_APPLIED, [CONTROL_WITHDRAWAL] = LEDGER_RECALL_APPLIED,
					[CONTROL_RECEIPT] = LEDGER_RECEIPT};
	if (entry->kind >= sizeof(kinds) || !kinds[entry->kind])
		return ERR_OK;
	struct ledger_record record = {.kind = kinds[entry->kind], .actor = SLICE("store"), .subject = entry->subject,
				       .recipient = ask->peer, .sequence = ask->seq};
	return store_record_kept(self, &record);
}

/* ---- storing ---- */

static enum err body_store(struct admission *a)
{
	struct store *store = role_context(a->self);
	struct control_entry entry;
	bool fresh = false;
	if (!a->ask.body.len)
		return ERR_OK; /* passed over by seal: only the position moves */
	if (a->ask.feed == FEED_CONTROL) {
		TRY(control_entry_open(a->ask.body, &a->arena, &entry));
		TRY(entry_record(a->self, &a->ask, &entry));
		return entry_apply(a->self, &a->ask, &entry);
	}
	struct token token;
	TRY(token_open(a->ask.token, &a->arena, &token));
	TRY(hold_admit(store->hold, &a->view, &a->indexed, token.issued, clock_now_ms(), &fresh));
	store->admitted += fresh;
	struct ledger_record record = {.kind = LEDGER_RECEIVE, .actor = a->ask.peer, .subject = a->view.manifest.object_id,
				       .recipient = role_nation(a->self), .sequence = a->ask.seq};
	memcpy(record.digest, token.object_digest, sizeof(record.digest));
	return store_record_kept(a->self, &record);
}

static enum err admission_store(struct admission *a, bool *ret_written)
{
	struct store *store = role_context(a->self);
	bool known = false;
	*ret_written = false;
	TRY(a->err);
	TRY(hold_position_check(store->hold, &a->ask, &known));
	if (known)
		return ERR_OK;
	TRY(store_write(a->self));
	*ret_written = true;
	TRY(body_store(a));
	return hold_position_put(store->hold, &a->ask);
}

static void admission_free(struct admission *a)
{
	arena_done(&a->arena);
	free(a);
}

static void admission_end(struct admission *a)
{
	bool written = false;
	enum err err = admission_store(a, &written);
	if (err == ERR_OK) {
		store_done_later(a->self, a->caller);
	} else {
		if (written)
			store_undo(a->self);
		log_line(LOG_WARNING, "a frame of %.*s was not admitted: %s", SLICE_ARG(a->ask.peer), err_text(err));
		role_refuse(a->self, a->caller, err, 0, NULL);
	}
	admission_free(a);
}

/* Ends what is ready, from the front. */
static void admissions_end(struct admission_queue *queue)
{
	while (queue->first && queue->first->ready) {
		struct admission *first = queue->first;
		queue->first = first->next;
		if (!queue->first)
			queue->last = &queue->first;
		admission_end(first);
	}
}

/* ---- parse ---- */

static enum err indexed_copy(struct admission *a, const struct role_message *answer)
{
	const struct schema *schema = message_schema(MSG_INDEXED, ROLE_PARSE, ROLE_STORE);
	struct slice raw;
	if (!schema)
		return ERR_INTERNAL;
	TRY(arena_copy(&a->arena, answer->raw, &raw));
	TRY(record_decode(schema, raw, &a->arena, &a->indexed));
	return a->indexed.portions.count == a->view.count ? ERR_OK : ERR_MALFORMED;
}

static void on_indexed(struct self *self, void *context, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct admission *a = context;
	enum err err = role_answer_err(answer, MSG_INDEXED);
	store->indexing--;
	a->queue->asked--;
	a->asked = false;
	if (err == ERR_UNAVAILABLE && ++a->tries < TRIES_MAX)
		return; /* asked again by store_index */
	a->err = err == ERR_OK ? indexed_copy(a, answer) : err;
	a->ready = true;
	admissions_end(a->queue);
	store_index(self);
}

static bool has_room(const struct store *store, const struct admission_queue *queue)
{
	size_t asked = 0, most = queue->sequence == feed_sequence(FEED_DATA, LANE_DEFERRED) ? ADMISSIONS_EACH - 1 : ADMISSIONS_EACH;
	for (size_t i = 0; i < store->queue_count; i++)
		if (strcmp(store->queues[i].peer, queue->peer) == 0)
			asked += store->queues[i].asked;
	return asked < most;
}

static bool index_ask(struct self *self, struct admission_queue *queue)
{
	struct store *store = role_context(self);
	struct admission *a = queue->first;
	while (a && (a->ready || a->asked))
		a = a->next;
	if (!a || !has_room(store, queue))
		return false;
	struct msg_octets ask = {.octets = a->ask.body};
	a->asked = true;
	queue->asked++;
	store->indexing++;
	role_ask(self, ROLE_PARSE, MSG_INDEX, &ask, PARSE_MS, on_indexed, a);
	return true;
}

/* One of each peer in turn, as long as there are any. */
static void lane_index(struct self *self, size_t sequence)
{
	struct store *store = role_context(self);
	for (size_t idle = 0; idle < store->queue_count && store->indexing < ADMISSIONS_MAX; idle++) {
		struct admission_queue *queue = &store->queues[store->queue_turn++ % store->queue_count];
		if (queue->sequence == sequence && index_ask(self, queue))
			idle = 0;
	}
}

void store_index(struct self *self)
{
	struct store *store = role_context(self);
	if (!store->hold || !role_has_neighbor(self, ROLE_PARSE))
		return;
	for (size_t sequence = 0; sequence < FEED_SEQUENCES; sequence++)
		lane_index(self, sequence);
}

/* ---- arrival ---- */

static const struct participant *participant_find(const struct store *store, struct slice name)
{
	const struct participant *items = store->roster.participants.items;
	for (size_t i = 0; i < store->roster.participants.count; i++)
		if (slice_equal(items[i].name, name))
			return &items[i];
	return NULL;
}

static enum err data_check(struct admission *a)
{
	struct store *store = role_context(a->self);
	struct rendition_view opened;
	TRY(rendition_open(a->ask.body, &a->arena, &opened));
	const struct participant *originator = participant_find(store, opened.manifest.originator);
	if (!originator)
		return ERR_UNKNOWN;
	return hold_received_check(store->hold, a->ask.body, originator->originator_key, &a->arena, &a->view, NULL);
}

static enum err admission_read(struct admission *a, const struct role_message *message)
{
	const struct schema *schema = message_schema(MSG_ADMIT, ROLE_SEAL, ROLE_STORE);
	struct slice raw;
	if (!schema)
		return ERR_INTERNAL;
	TRY(arena_copy(&a->arena, message->raw, &raw));
	return record_decode(schema, raw, &a->arena, &a->ask);
}

static struct admission_queue *queue_find(struct store *store, const struct msg_admit *ask)
{
	size_t sequence = feed_sequence(ask->feed, ask->lane);
	for (size_t i = 0; i < store->queue_count; i++)
		if (store->queues[i].sequence == sequence && slice_equal(slice_text(store->queues[i].peer), ask->peer))
			return &store->queues[i];
	if (sequence == FEED_SEQUENCES || ask->peer.len > LIMIT_NATION || store->queue_count == sizeof(store->queues) / sizeof(store->queues[0]))
		return NULL;
	struct admission_queue *queue = &store->queues[store->queue_count++];
	snprintf(queue->peer, sizeof(queue->peer), "%.*s", SLICE_ARG(ask->peer));
	queue->sequence = sequence;
	queue->last = &queue->first;
	return queue;
}

void store_on_admit(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	struct admission *a = calloc(1, sizeof(*a));
	if (!a) {
		role_refuse(self, message->caller, ERR_MEMORY, 0, NULL);
		return;
	}
	a->self = self;
	a->caller = message->caller;
	a->err = admission_read(a, message);
	a->queue = a->err == ERR_OK ? queue_find(store, &a->ask) : NULL;
	if (!a->queue) {
		role_refuse(self, message->caller, a->err == ERR_OK ? ERR_UNAVAILABLE : a->err, 0, NULL);
		admission_free(a);
		return;
	}
	bool data = a->err == ERR_OK && a->ask.feed == FEED_DATA && a->ask.body.len;
	if (data)
		a->err = data_check(a);
	a->ready = !data || a->err != ERR_OK;
	*a->queue->last = a;
	a->queue->last = &a->next;
	admissions_end(a->queue);
	store_index(self);
}
