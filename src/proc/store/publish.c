/* PUT, second half: guard signs each manifest, a window of objects at a time; then everything is stored in one
 * transaction, or nothing. */
#include "proc/store/put.h"

#include "os/clock.h"

struct publish_question {
	struct put *put;
	struct put_object *object;
};

/* ---- storing ---- */

static enum err objects_store(struct store *store, struct put *put)
{
	uint64_t now = clock_now_ms();
	for (size_t i = 0; i < put->count; i++) {
		if (!put->objects[i].plan)
			continue;
		enum err err = hold_put(store->hold, &put->objects[i].draft, now);
		if (err == ERR_CONFLICT)
			return diag_fail(&put->why, err, "%.*s changed meanwhile, or comes twice: nothing was stored; try again",
					 SLICE_ARG(put->objects[i].draft.id));
		TRY(err);
	}
	return ERR_OK;
}

static enum err store_all(struct self *self, struct put *put)
{
	struct store *store = role_context(self);
	TRY(store_settle(self));
	TRY(hold_begin(store->hold));
	enum err err = objects_store(store, put);
	if (err == ERR_OK)
		return store_commit(store);
	hold_rollback(store->hold);
	return err;
}

/* As far as the author may know: what he may not see may wait without him. */
static bool is_waiting(const struct store *store, const struct put_object *object)
{
	const struct msg_plan_done *plan = object->plan ? &object->plan->done : NULL;
	const struct nation_item *nations = plan ? plan->nations.items : NULL;
	size_t columns = plan ? plan->nations.count : 0;
	for (size_t i = 0; plan && i < plan->answers.len; i++) {
		uint8_t answer = hold_answer(store->hold, &object->draft, i / columns, nations[i % columns].name, plan->answers.data[i]);
		bool waits = answer == PLAN_WAITS || answer == PLAN_WAITS_TWO;
		if (waits && !object->draft.portions[i / columns].hidden)
			return true;
	}
	return false;
}

static void done_answer(struct self *self, struct put *put)
{
	const struct store *store = role_context(self);
	struct msg_put_done done = {0};
	struct id_item *ids = ARENA_ARRAY(&put->arena, put->count + 1, struct id_item);
	if (!ids) {
		role_refuse(self, put->caller, ERR_MEMORY, 0, NULL);
		return;
	}
	for (size_t i = 0; i < put->count; i++) {
		ids[i].id = put->objects[i].draft.id;
		done.waiting += is_waiting(store, &put->objects[i]);
	}
	done.ids = (struct record_list){ids, put->count};
	(void)role_reply(self, put->caller, MSG_PUT_DONE, &done);
}

static void finish(struct self *self, struct put *put)
{
	struct store *store = role_context(self);
	put_fail(put, store_all(self, put), put->why.text[0] ? &put->why : NULL);
	if (put_end_failed(self, put))
		return;
	store->puts += put->count;
	done_answer(self, put);
	put_free(put);
	store_pump(self);
	store_weigh_soon(self);
}

/* ---- asking ---- */

static enum err published_take(struct put *put, const struct msg_published *published, struct hold_object *draft)
{
	if (published->salts.len != draft->count * SALT || published->issued <= draft->after)
		return ERR_INTERNAL;
	draft->issued = published->issued;
	memcpy(draft->signature, published->signature, SIGNATURE);
	TRY(arena_copy(&put->arena, published->manifest, &draft->manifest));
	return arena_copy(&put->arena, published->salts, &draft->salts);
}

static void checkpoint_take(struct self *self, const struct msg_published *published)
{
	store_checkpoint_take(self, published->ledger_size, published->checkpoint);
}

static void publish_more(struct self *self, struct put *put);

static void on_published(struct self *self, void *context, const struct role_message *answer)
{
	struct publish_question *question = context;
	struct put *put = question->put;
	enum err err = role_answer_err(answer, MSG_PUBLISHED);
	put->open--;
	if (err != ERR_OK)
		put_fail_answer(put, answer, err);
	else
		put_fail(put, published_take(put, answer->value, &question->object->draft), NULL);
	if (err == ERR_OK)
		checkpoint_take(self, answer->value);
	if (!put_end_failed(self, put))
		publish_more(self, put);
}

static enum err publish_one(struct self *self, struct put *put, struct put_object *object)
{
	const struct hold_object *draft = &object->draft;
	struct publish_question *question = ARENA_NEW(&put->arena, struct publish_question);
	struct portion_item *portions = ARENA_ARRAY(&put->arena, draft->count, struct portion_item);
	if (!question || !portions)
		return ERR_MEMORY;
	for (size_t i = 0; i < draft->count; i++)
		portions[i].portion = draft->portions[i].bytes;
	*question = (struct publish_question){put, object};
	struct msg_publish ask = {.author = put->author, .object_id = draft->id, .realm = role_realm(self),
				  .after = draft->after, .portions = {portions, draft->count}};
	put->open++;
	role_ask(self, ROLE_GUARD, MSG_PUBLISH, &ask, GUARD_MS, on_published, question);
	return ERR_OK;
}

static void publish_more(struct self *self, struct put *put)
{
	while (put->failed == ERR_OK && put->open < PUBLISH_WINDOW && put->published < put->count) {
		struct put_object *object = &put->objects[put->published++];
		struct plan *plan = object->plan;
		if (!plan)
			continue;
		object->draft.nations = plan->done.nations.items;
		object->draft.nation_count = plan->done.nations.count;
		object->draft.answers = plan->done.answers.data;
		put_fail(put, publish_one(self, put, object), NULL);
	}
	if (put_end_failed(self, put) || put->open)
		return;
	finish(self, put);
}

void put_publish(struct self *self, struct put *put)
{
	publish_more(self, put);
}
