/* Lists of decisions, tasks, outcomes, watch log entries and requirements as JSON. */
#include "object/portion.h"
#include "present/next.h"

static void write_refs(struct buf *json, const struct record_list *list)
{
	const struct id_item *ids = list->items;
	write_member_open(json, "refs", '[');
	for (size_t i = 0; i < list->count; i++) {
		struct slice type = {0};
		if (object_id_type(ids[i].id, &type) != ERR_OK)
			continue;
		write_open(json, '{');
		write_member(json, "id", ids[i].id);
		write_member(json, "type", type);
		write_close(json, '}');
	}
	write_close(json, ']');
}

/* Members of the answer's own; a property of the object never takes their place. */
static bool is_own(struct slice name)
{
	static const char *const names[] = {"id", "type", "title", "label", "originator", "created", "modified", "refs", "state", "holder", "outcomes"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_equal(name, slice_text(names[i])))
			return true;
	return false;
}

/* The object's own texts; of several values of one property the first. */
static enum err write_traits(struct request *request, struct buf *json, const struct record_list *list)
{
	const struct trait_item *traits = list->items;
	for (size_t i = 0; i < list->count; i++) {
		bool first = !is_own(traits[i].name);
		for (size_t k = 0; k < i && first; k++)
			first = !slice_equal(traits[k].name, traits[i].name);
		const char *name = first ? arena_text(&request->arena, traits[i].name) : "";
		if (!name)
			return ERR_MEMORY;
		if (first)
			write_member(json, name, traits[i].value);
	}
	return ERR_OK;
}

static enum err write_step(struct request *request, struct buf *json, const struct step_item *item, struct buf *labels)
{
	write_open(json, '{');
	write_member(json, "id", item->id);
	write_member(json, "type", item->type);
	write_member(json, "title", item->title);
	write_label(request, json, item->label, labels);
	write_member(json, "originator", item->originator);
	write_member_moment(json, "created", item->created);
	write_member_moment(json, "modified", item->modified);
	write_refs(json, &item->refs);
	if (slice_equal(item->type, SLICE(TYPE_TASK))) {
		write_member(json, "state", item->state);
		write_member(json, "holder", item->holder);
		write_ids(json, "outcomes", &item->outcomes);
	}
	TRY(write_traits(request, json, &item->traits));
	write_close(json, '}');
	return ERR_OK;
}

static enum progress steps_known(struct request *request, const void *answer)
{
	const struct msg_steps *known = answer;
	const struct step_item *items = known->items.items;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	write_member_open(json, "items", '[');
	for (size_t i = 0; i < known->items.count; i++)
		if (write_step(request, json, &items[i], &labels) != ERR_OK)
			return request_fail(request, ERR_MEMORY);
	write_close(json, ']');
	write_page_marking(request, json, &labels);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

static enum progress steps_ask(struct request *request, struct slice type)
{
	struct msg_steps_ask *ask = ARENA_NEW(&request->arena, struct msg_steps_ask);
	if (!ask)
		return request_fail(request, ERR_MEMORY);
	ask->type = type;
	ask->about = query_find(&request->query, "about", NULL);
	ask->state = query_find(&request->query, "state", NULL);
	if (ask->about.len > LIMIT_OBJECT_ID || ask->state.len > LIMIT_USER)
		return request_fail(request, diag_fail(&request->diag, ERR_MALFORMED, "\"about\" or \"state\" is too long"));
	memcpy(ask->session, request->session, SESSION);
	return request_ask(request, MSG_STEPS, ask, MSG_STEPS_DONE, steps_known);
}

enum progress requirement_list(struct request *request)
{
	return steps_ask(request, SLICE(TYPE_REQUIREMENT));
}

enum progress decision_list(struct request *request)
{
	return steps_ask(request, SLICE(TYPE_DECISION));
}

enum progress task_list(struct request *request)
{
	return steps_ask(request, SLICE(TYPE_TASK));
}

enum progress outcome_list(struct request *request)
{
	return steps_ask(request, SLICE(TYPE_OUTCOME));
}

enum progress watchlog_list(struct request *request)
{
	return steps_ask(request, SLICE(TYPE_WATCH_ENTRY));
}
