/* Reading: objects, search, TAXII pages. One path for what is denied and what is missing: the view answers NOT_FOUND,
 * and REFUSED without a text goes out. */
#include "proc/store/store.h"


static bool begin(struct self *self, const struct role_message *message, const uint8_t id[SESSION],
		  const struct session **ret_session, struct view **ret_view)
{
	struct store *store = role_context(self);
	if (!store_session(self, message, id, 0, ret_session))
		return false;
	enum err err = store_view(store, *ret_session, ret_view);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	return err == ERR_OK;
}

/* ---- one object ---- */

void store_on_get(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct hold_seen seen;
	if (!begin(self, message, ask->session, &session, &view))
		return;
	enum err err = ask->version.len ? hold_get_version(store->hold, view, ask->id, ask->version, message->arena, &seen)
					: hold_get(store->hold, view, ask->id, message->arena, &seen);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct ledger_record record = {.kind = LEDGER_SHOW, .actor = session->user, .subject = ask->id};
	crypto_sha256(seen.rendition, record.digest);
	store->shows++;
	store_record(self, &record);
	struct msg_object answer = {.rendition = seen.rendition, .admitted = seen.admitted, .modified = seen.modified,
				    .originator = seen.originator, .own = seen.own};
	(void)role_reply(self, message->caller, MSG_OBJECT, &answer);
}

void store_on_versions(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_page_done versions = {0};
	if (!begin(self, message, ask->session, &session, &view))
		return;
	enum err err = hold_versions(store->hold, view, ask->id, message->arena, &versions);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct ledger_record record = {.kind = LEDGER_SHOW, .actor = session->user, .subject = ask->id, .basis = SLICE("versions"),
				       .sequence = versions.items.count};
	store->shows++;
	store_record(self, &record);
	(void)role_reply(self, message->caller, MSG_PAGE_DONE, &versions);
}

/* ---- search ---- */

/* The text itself is never written: the ledger holds a keyed digest. */
static void search_record(struct self *self, const struct session *session, struct slice text)
{
	struct store *store = role_context(self);
	struct ledger_record record = {.kind = LEDGER_SEARCH, .actor = session->user};
	crypto_hmac_sha256(SLICE_ARRAY(store->key), text, record.digest);
	store->searches++;
	store_record(self, &record);
}

void store_on_search(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_search *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_hits hits = {0};
	if (!begin(self, message, ask->session, &session, &view))
		return;
	uint32_t limit = ask->limit ? ask->limit : LIMIT_SEARCH_DEFAULT;
	struct hold_query query = {.text = ask->text, .type = ask->type, .cursor = ask->cursor, .since_ms = ask->since,
				   .limit = limit < LIMIT_SEARCH_RESULTS ? limit : LIMIT_SEARCH_RESULTS,
				   .count_only = ask->count_only, .facets = ask->facets, .originator = ask->originator,
				   .label = ask->label};
	enum err err = hold_search(store->hold, view, &query, message->arena, &hits);
	search_record(self, session, ask->text);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, err == ERR_USAGE ? "the cursor is not one of this node" : NULL);
	else
		(void)role_reply(self, message->caller, MSG_HITS, &hits);
}

/* ---- links ---- */

void store_on_graph(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_graph *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_graph graph = {0};
	if (!begin(self, message, ask->session, &session, &view))
		return;
	enum err err = hold_graph(store->hold, view, ask, message->arena, &graph);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct ledger_record record = {.kind = LEDGER_SHOW, .actor = session->user, .subject = ask->id, .basis = SLICE("graph"),
				       .sequence = graph.nodes.count};
	store->shows++;
	store_record(self, &record);
	(void)role_reply(self, message->caller, MSG_GRAPH_DONE, &graph);
}

/* ---- places ---- */

void store_on_places(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_places *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_places places = {0};
	if (!begin(self, message, ask->session, &session, &view))
		return;
	enum err err = hold_places(store->hold, view, ask, message->arena, &places);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct ledger_record record = {.kind = LEDGER_SHOW, .actor = session->user, .basis = SLICE("map"),
				       .sequence = places.objects.count};
	store->shows++;
	store_record(self, &record);
	(void)role_reply(self, message->caller, MSG_PLACES_DONE, &places);
}

/* ---- TAXII ---- */

void store_on_page(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_page *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_page_done page = {0};
	if (!begin(self, message, ask->session, &session, &view))
		return;
	bool everywhere = !ask->collection.len && !session->tool;
	enum err err = everywhere || store_collection(store, session, view, ask->collection) ? ERR_OK : ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = hold_page(store->hold, view, ask, message->arena, &page);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, err == ERR_USAGE ? "\"next\" is not one of this node, or belongs to another question: begin again without it" : NULL);
		return;
	}
	struct ledger_record record = {.kind = LEDGER_SHOW, .actor = session->user, .subject = ask->collection,
				       .basis = everywhere ? SLICE("pattern") : SLICE("taxii"), .sequence = page.items.count};
	store->shows += page.items.count;
	store_record(self, &record);
	(void)role_reply(self, message->caller, MSG_PAGE_DONE, &page);
}

void store_on_collections(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct collection items[SETTINGS_COLLECTIONS];
	size_t count = 0;
	if (!begin(self, message, ask->session, &session, &view))
		return;
	for (size_t i = 0; i < store->settings.collection_count; i++) {
		const struct hold_collection *from = store_collection(store, session, view, store->collections[i].id);
		if (!from)
			continue;
		items[count++] = (struct collection){
			.id = from->id, .title = from->title, .description = from->description, .alias = from->alias,
			.default_label = from->default_label, .can_read = session->clearance.len != 0,
			.can_write = from->writable && session_reaches(session, from->id, true) && session->may & (USER_TAXII | USER_ANALYST)};
	}
	struct msg_collections_done done = {.collections = {items, count}};
	(void)role_reply(self, message->caller, MSG_COLLECTIONS_DONE, &done);
}

/* ---- proofs ---- */

struct question {
	struct role_caller caller;
};

static void on_proved(struct self *self, void *context, const struct role_message *answer)
{
	struct question *question = context;
	enum err err = role_answer_err(answer, MSG_TEXT);
	if (err != ERR_OK)
		role_refuse(self, question->caller, err, 0, err == ERR_UNAVAILABLE ? "the ledger does not answer" : NULL);
	else
		(void)role_reply(self, question->caller, MSG_TEXT, answer->value);
	free(question);
}

/* The manifest that this reader sees: its record tells nothing that the rendition does not, and stays the same when
 * something hidden changes. What another nation published stands in its ledger, and how it came in here is no reader's. */
static enum err manifest_seen(struct store *store, struct view *view, struct slice id, struct arena *arena, struct slice *ret_digest)
{
	struct hold_seen seen;
	struct rendition rendition;
	uint8_t digest[DIGEST];
	TRY(hold_get(store->hold, view, id, arena, &seen));
	if (!seen.own)
		return ERR_REFUSED;
	TRY(record_decode(&rendition_schema, seen.rendition, arena, &rendition));
	crypto_sha256(rendition.manifest, digest);
	return arena_copy(arena, SLICE_ARRAY(digest), ret_digest);
}

static void proof_refuse(struct self *self, struct role_caller caller, enum err err)
{
	role_refuse(self, caller, err, 0,
		    err == ERR_REFUSED ? "another nation published it: its ledger has the record; of how it came here an auditor has the proof" : NULL);
}

/* An auditor sees the newest record of everything; others that of the publication of what they see. */
void store_on_proof(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct msg_prove prove = {.subject = ask->id};
	if (!begin(self, message, ask->session, &session, &view))
		return;
	enum err err = session->may & USER_AUDITOR ? ERR_OK : manifest_seen(store, view, ask->id, message->arena, &prove.digest);
	struct question *question = err == ERR_OK ? malloc(sizeof(*question)) : NULL;
	if (!question) {
		proof_refuse(self, message->caller, err != ERR_OK ? err : ERR_MEMORY);
		return;
	}
	question->caller = message->caller;
	struct ledger_record record = {.kind = LEDGER_READ, .actor = session->user, .subject = ask->id};
	store_record(self, &record);
	role_ask(self, ROLE_LEDGER, MSG_PROVE, &prove, LEDGER_MS, on_proved, question);
}
