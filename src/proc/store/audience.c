/* AUDIENCE: who has or may have an object. What went, waits, was refused or taken back is told from the release plan, to those
 * of the originator's staff who write or release; others, and everybody of other nations' objects, are told whom the labels are
 * for, as guard says. Answers what is denied as what is missing. */
#include "proc/store/store.h"

struct audience {
	struct role_caller caller;
	struct arena arena;
	struct slice originator;
	struct msg_plan_shown shown;
	struct label_item *labels;
};

static void audience_free(struct audience *audience)
{
	arena_done(&audience->arena);
	free(audience);
}

/* A label is for somebody or not; what this node's officers would have to decide says nothing about another's object. */
static enum err take_answers(struct audience *audience, const struct msg_plan_done *plan)
{
	struct plan_row *rows = (struct plan_row *)(uintptr_t)audience->shown.rows.items;
	const struct nation_item *nations = plan->nations.items;
	size_t columns = plan->nations.count, count = audience->shown.rows.count;
	uint8_t *answers = ARENA_ARRAY(&audience->arena, count * columns + 1, uint8_t);
	if (!answers)
		return ERR_MEMORY;
	if (plan->answers.len != count * columns)
		return ERR_INTERNAL;
	for (size_t i = 0; i < count * columns; i++) {
		bool made = slice_equal(nations[i % columns].name, audience->originator);
		uint8_t answer = plan->answers.data[i];
		answers[i] = made || answer == PLAN_WAITS || answer == PLAN_WAITS_TWO ? PLAN_AT_ONCE : answer;
	}
	for (size_t i = 0; i < count; i++)
		rows[i].answers = slice_of(answers + i * columns, columns);
	audience->shown.nations = plan->nations;
	return ERR_OK;
}

static void on_planned(struct self *self, void *context, const struct role_message *answer)
{
	struct audience *audience = context;
	enum err err = role_answer_err(answer, MSG_PLAN_DONE);
	if (err == ERR_OK)
		err = take_answers(audience, answer->value);
	if (err != ERR_OK)
		role_refuse(self, audience->caller, err, 0, err == ERR_UNAVAILABLE ? "guard does not answer" : NULL);
	else
		(void)role_reply(self, audience->caller, MSG_PLAN_SHOWN, &audience->shown);
	audience_free(audience);
}

static enum err plan_ask(struct self *self, struct audience *audience, struct slice id)
{
	const struct plan_row *rows = audience->shown.rows.items;
	size_t count = audience->shown.rows.count;
	struct slice type;
	audience->labels = ARENA_ARRAY(&audience->arena, count + 1, struct label_item);
	if (!audience->labels)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		audience->labels[i].label = rows[i].label;
	TRY(object_id_type(id, &type));
	struct msg_plan ask = {.type = type, .labels = {audience->labels, count}};
	role_ask(self, ROLE_GUARD, MSG_PLAN, &ask, GUARD_MS, on_planned, audience);
	return ERR_OK;
}

void store_on_audience(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	const struct session *session = NULL;
	struct view *view = NULL;
	struct hold_seen seen;
	if (!store_session(self, message, ask->session, 0, &session))
		return;
	struct audience *audience = calloc(1, sizeof(*audience));
	enum err err = audience ? store_view(store, session, &view) : ERR_MEMORY;
	struct slice id;
	if (err == ERR_OK)
		err = arena_copy(&audience->arena, ask->id, &id);
	if (err == ERR_OK)
		err = hold_audience(store->hold, view, id, &audience->arena, &audience->shown, &seen);
	if (err == ERR_OK && !(seen.own && session->may & (USER_ANALYST | USER_RELEASE))) {
		audience->caller = message->caller;
		audience->originator = seen.originator;
		err = plan_ask(self, audience, id);
		if (err == ERR_OK)
			return;
	}
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_PLAN_SHOWN, &audience->shown);
	if (audience)
		audience_free(audience);
}
