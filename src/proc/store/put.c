/* PUT, first half: check, draft, plan. A dry run ends here. Nothing is stored and nothing is signed in this file. */
#include "proc/store/put.h"

#include "os/clock.h"

void put_free(struct put *put)
{
	arena_done(&put->arena);
	free(put);
}

void put_fail(struct put *put, enum err err, const struct diag *diag)
{
	if (put->failed != ERR_OK)
		return;
	put->failed = err;
	if (diag)
		put->why = *diag;
}

bool put_end_failed(struct self *self, struct put *put)
{
	if (put->failed == ERR_OK)
		return false;
	if (put->open)
		return true;
	struct store *store = role_context(self);
	store->refused++;
	if (put->why.text[0])
		role_refuse_diag(self, put->caller, put->failed, &put->why);
	else
		role_refuse(self, put->caller, put->failed, 0, NULL);
	put_free(put);
	return true;
}

void put_fail_answer(struct put *put, const struct role_message *answer, enum err err)
{
	struct diag diag = {0};
	const struct msg_refused *refused = answer->value;
	if (err == ERR_UNAVAILABLE)
		diag_fail(&diag, err, "guard or ledger does not answer: nothing was stored; try again");
	else if (answer->type == MSG_REFUSED && refused->text.len)
		diag_fail_at(&diag, err, refused->line, 0, "%.*s", SLICE_ARG(refused->text));
	put_fail(put, err, &diag);
}

/* ---- dry run ---- */

static enum err row_show(struct store *store, struct put *put, const struct put_object *object, size_t i, struct plan_row *ret_row)
{
	const struct hold_portion *portion = &object->draft.portions[i];
	const struct msg_plan_done *plan = &object->plan->done;
	struct plan_row row = {.id = object->draft.id, .kind = portion->portion.kind, .label = portion->portion.label};
	row.excerpt = hold_excerpt(portion->index_text, &put->arena);
	const struct nation_item *nations = plan->nations.items;
	uint8_t *answers = ARENA_ARRAY(&put->arena, plan->nations.count + 1, uint8_t);
	if (!answers)
		return ERR_MEMORY;
	for (size_t n = 0; n < plan->nations.count; n++)
		answers[n] = hold_answer(store->hold, &object->draft, i, nations[n].name, plan->answers.data[i * plan->nations.count + n]);
	row.answers = slice_of(answers, plan->nations.count);
	TRY(hold_marking(store->hold, row.label, &put->arena, &row.marking));
	*ret_row = row;
	return ERR_OK;
}

static enum err rows_show(struct store *store, struct put *put, struct msg_plan_shown *ret_shown)
{
	size_t total = 0;
	for (size_t i = 0; i < put->count; i++)
		total += put->objects[i].plan ? put->objects[i].draft.count : 0;
	struct plan_row *rows = ARENA_ARRAY(&put->arena, total + 1, struct plan_row);
	if (!rows)
		return ERR_MEMORY;
	struct msg_plan_shown shown = {.rows = {rows, 0}};
	for (size_t i = 0; i < put->count; i++) {
		const struct put_object *object = &put->objects[i];
		for (size_t k = 0; object->plan && k < object->draft.count; k++) {
			if (object->draft.portions[k].hidden)
				continue;
			TRY(row_show(store, put, object, k, &rows[shown.rows.count++]));
			shown.nations = object->plan->done.nations;
		}
	}
	*ret_shown = shown;
	return ERR_OK;
}

static void dry_run_answer(struct self *self, struct put *put)
{
	struct msg_plan_shown shown;
	enum err err = rows_show(role_context(self), put, &shown);
	if (err != ERR_OK)
		role_refuse(self, put->caller, err, 0, NULL);
	else
		(void)role_reply(self, put->caller, MSG_PLAN_SHOWN, &shown);
	put_free(put);
}

/* ---- plan ---- */

struct plan_question {
	struct put *put;
	struct plan *plan;
};

static enum err plan_copy(struct put *put, const struct msg_plan_done *from, struct plan *plan)
{
	const struct nation_item *nations = from->nations.items;
	if (from->answers.len != from->nations.count * plan->count || from->nations.count > LIMIT_NATIONS)
		return ERR_INTERNAL;
	struct nation_item *copies = ARENA_ARRAY(&put->arena, from->nations.count + 1, struct nation_item);
	if (!copies)
		return ERR_MEMORY;
	for (size_t i = 0; i < from->nations.count; i++)
		TRY(arena_copy(&put->arena, nations[i].name, &copies[i].name));
	TRY(arena_copy(&put->arena, from->answers, &plan->done.answers));
	plan->done.nations = (struct record_list){copies, from->nations.count};
	return ERR_OK;
}

static void planned(struct self *self, struct put *put)
{
	if (put_end_failed(self, put) || put->open)
		return;
	if (put->ask.dry_run)
		dry_run_answer(self, put);
	else
		put_publish(self, put);
}

static void on_planned(struct self *self, void *context, const struct role_message *answer)
{
	struct plan_question *question = context;
	struct put *put = question->put;
	enum err err = role_answer_err(answer, MSG_PLAN_DONE);
	put->open--;
	if (err != ERR_OK)
		put_fail_answer(put, answer, err);
	else
		put_fail(put, plan_copy(put, answer->value, question->plan), NULL);
	planned(self, put);
}

static enum err plan_key(const struct hold_object *draft, uint8_t ret_key[DIGEST])
{
	AUTO_BUF bytes = buf_make((size_t)LIMIT_PORTIONS * (LIMIT_LABEL_TEXT + 1) + LIMIT_OBJECT_ID + 1);
	buf_put(&bytes, draft->type);
	for (size_t i = 0; i < draft->count; i++) {
		buf_put_octet(&bytes, '\n');
		buf_put(&bytes, draft->portions[i].portion.label);
	}
	TRY(bytes.err);
	crypto_sha256(buf_slice(&bytes), ret_key);
	return ERR_OK;
}

static enum err plan_find(struct put *put, struct put_object *object)
{
	const struct hold_object *draft = &object->draft;
	uint8_t key[DIGEST];
	TRY(plan_key(draft, key));
	for (object->plan = put->plans; object->plan; object->plan = object->plan->next)
		if (memcmp(object->plan->key, key, DIGEST) == 0)
			return ERR_OK;
	struct plan *plan = ARENA_NEW(&put->arena, struct plan);
	struct label_item *labels = ARENA_ARRAY(&put->arena, draft->count, struct label_item);
	if (!plan || !labels)
		return ERR_MEMORY;
	for (size_t i = 0; i < draft->count; i++)
		labels[i].label = draft->portions[i].portion.label;
	*plan = (struct plan){.type = draft->type, .labels = labels, .count = draft->count, .next = put->plans};
	memcpy(plan->key, key, DIGEST);
	put->plans = object->plan = plan;
	return ERR_OK;
}

static void plans_ask(struct self *self, struct put *put)
{
	for (struct plan *plan = put->plans; plan; plan = plan->next) {
		struct plan_question *question = ARENA_NEW(&put->arena, struct plan_question);
		if (!question) {
			put_fail(put, ERR_MEMORY, NULL);
			break;
		}
		*question = (struct plan_question){put, plan};
		struct msg_plan ask = {.author = put->author, .roles = put->roles, .type = plan->type, .labels = {plan->labels, plan->count}};
		put->open++;
		role_ask(self, ROLE_GUARD, MSG_PLAN, &ask, GUARD_MS, on_planned, question);
	}
	planned(self, put);
}

/* ---- drafts ---- */

static enum err bundle_ids(struct put *put, struct slice **ret_ids)
{
	const struct offered_object *offered = put->ask.objects.items;
	struct slice *ids = ARENA_ARRAY(&put->arena, put->count + 1, struct slice);
	if (!ids)
		return ERR_MEMORY;
	for (size_t i = 0; i < put->count; i++)
		ids[i] = offered[i].id;
	*ret_ids = ids;
	return ERR_OK;
}

static enum err drafts_make(struct self *self, struct put *put, struct view *view, struct slice collection)
{
	struct store *store = role_context(self);
	const struct offered_object *offered = put->ask.objects.items;
	struct hold_offer offer = {.replaces = put->ask.replaces, .author = put->author, .roles = put->roles,
				   .collection = collection, .bundle_count = put->count, .precedence = put->ask.precedence,
				   .now_ms = clock_now_ms()};
	struct slice *ids = NULL;
	TRY(bundle_ids(put, &ids));
	offer.bundle = ids;
	put->objects = ARENA_ARRAY(&put->arena, put->count, struct put_object);
	if (!put->objects)
		return ERR_MEMORY;
	for (size_t i = 0; i < put->count; i++) {
		offer.object = &offered[i];
		TRY(hold_draft(store->hold, view, &offer, &put->arena, &put->objects[i].draft, &put->why));
		if (!put->objects[i].draft.unchanged)
			TRY(plan_find(put, &put->objects[i]));
	}
	return ERR_OK;
}

/* Which channel, and may he use it? TAXII users write to writable collections only, and nowhere else. */
static enum err channel_find(struct store *store, const struct session *session, const struct view *view, struct slice asked,
			     struct slice *ret_id, struct diag *diag)
{
	*ret_id = (struct slice){0};
	if (!asked.len)
		return session->may & (USER_ANALYST | USER_WATCH) && !session->tool ? ERR_OK
			: diag_fail(diag, ERR_REFUSED, "your role publishes through its collection only");
	const struct hold_collection *collection = store_collection(store, session, view, asked);
	if (!collection)
		return ERR_NOT_FOUND;
	if (!collection->writable || !session_reaches(session, collection->id, true))
		return diag_fail(diag, ERR_REFUSED, "this collection cannot be written to");
	*ret_id = collection->id;
	return ERR_OK;
}

/* Who may write which type. A type that has no row is an analyst's, or comes through a channel. */
static enum err types_check(const struct session *session, const struct msg_put *ask, struct diag *diag)
{
	static const struct { const char *type; unsigned may; const char *who; } rows[] = {
		{TYPE_DECISION, USER_WATCH, "the watch decides"}, {TYPE_TASK, USER_WATCH, "the watch gives tasks"},
		{TYPE_WATCH_ENTRY, USER_WATCH, "the watch writes its log"},
		{TYPE_OUTCOME, USER_WATCH | USER_ANALYST, "the watch and analysts report outcomes"}};
	const struct offered_object *objects = ask->objects.items;
	for (size_t i = 0; i < ask->objects.count; i++) {
		unsigned may = USER_ANALYST | USER_TAXII;
		const char *who = "analysts write it; the watch writes decisions, tasks, outcomes and its log";
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			if (slice_equal(objects[i].type, slice_text(rows[k].type))) {
				may = rows[k].may;
				who = rows[k].who;
			}
		if (!(session->may & may))
			return diag_fail(diag, ERR_REFUSED, "your role does not write %.*s: %s", SLICE_ARG(objects[i].type), who);
	}
	return ERR_OK;
}

static enum err ask_check(const struct msg_put *ask, struct diag *diag)
{
	if (!ask->objects.count)
		return diag_fail(diag, ERR_INVALID, "there is no object to publish");
	if (ask->objects.count > LIMIT_BUNDLE_OBJECTS)
		return diag_fail(diag, ERR_TOO_LARGE, "a bundle may have at most %d objects", LIMIT_BUNDLE_OBJECTS);
	if (ask->replaces.len && ask->objects.count != 1)
		return diag_fail(diag, ERR_USAGE, "one object replaces one");
	return ask->precedence < LANE_COUNT ? ERR_OK : diag_fail(diag, ERR_USAGE, "no such precedence");
}

static enum err begin(struct self *self, struct put *put, const struct session *session, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct schema *schema = message_schema(MSG_PUT, ROLE_FRONT, ROLE_STORE);
	struct slice raw, collection;
	struct view *view = NULL;
	if (!schema)
		return ERR_INTERNAL;
	TRY(arena_copy(&put->arena, message->raw, &raw));
	TRY(record_decode(schema, raw, &put->arena, &put->ask));
	TRY(arena_copy(&put->arena, session->user, &put->author));
	TRY(arena_copy(&put->arena, session->roles, &put->roles));
	TRY(ask_check(&put->ask, &put->why));
	TRY(types_check(session, &put->ask, &put->why));
	TRY(store_view(store, session, &view));
	TRY(channel_find(store, session, view, put->ask.collection, &collection, &put->why));
	put->count = put->ask.objects.count;
	return drafts_make(self, put, view, collection);
}

void store_on_put(struct self *self, const struct role_message *message)
{
	const struct msg_put *ask = message->value;
	const struct session *session = NULL;
	if (!store_session(self, message, ask->session, USER_ANALYST | USER_TAXII | USER_WATCH, &session))
		return;
	struct put *put = calloc(1, sizeof(*put));
	if (!put) {
		role_refuse(self, message->caller, ERR_MEMORY, 0, NULL);
		return;
	}
	put->caller = message->caller;
	put->failed = begin(self, put, session, message);
	if (!put_end_failed(self, put))
		plans_ask(self, put);
}
