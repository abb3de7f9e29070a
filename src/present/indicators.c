/* Lists of indicators and of sightings with what an analyst reads first: pattern, validity, values; what was seen, how
 * often, when. Computed of what the reader sees and of nothing else. */
#include "present/heads.h"
#include "present/marking.h"
#include "present/route.h"
#include "present/values.h"
#include "present/write.h"

enum { LIST_MAX = 100, LIST_DEFAULT = 25, PERCENT = 100, COUNT_MOST = 999999999 };

/* The question of a list of one type, with the bounds of these lists. */
static enum err take_question(struct request *request, struct heads *heads, const char *type)
{
	uint64_t limit;
	TRY(search_read(request, &heads->search));
	TRY(query_number(&request->query, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit, &request->diag));
	heads->search.limit = (uint32_t)limit;
	heads->search.type = slice_text(type);
	return ERR_OK;
}

static enum progress list_start(struct request *request, const char *type, head_take *take, heads_then *then)
{
	struct heads *heads = ARENA_NEW(&request->arena, struct heads);
	enum err err = heads ? take_question(request, heads, type) : ERR_MEMORY;
	if (err != ERR_OK)
		return request_fail(request, err);
	heads->take = take;
	heads->then = then;
	return heads_start(request, heads);
}

static void put_line(struct buf *lines, struct slice label)
{
	buf_put(lines, label);
	buf_put_octet(lines, '\n');
}

/* ---- indicators ---- */

struct indicator {
	struct slice pattern, pattern_type, kinds; /* kinds: one a line */
	uint64_t from, until, confidence;
	bool revoked, graded;
	struct values values;
};

static enum err take_kinds(struct request *request, json_t *head, struct slice *ret_kinds)
{
	AUTO_BUF kinds = buf_make(LIMIT_TITLE * 4);
	json_t *list = json_object_get(head, "indicator_types"), *kind;
	size_t i;
	json_array_foreach (list, i, kind) {
		if (kinds.len)
			buf_put_octet(&kinds, '\n');
		buf_put(&kinds, json_slice(kind));
	}
	return kinds.err == ERR_OK ? arena_copy(&request->arena, buf_slice(&kinds), ret_kinds) : ERR_OK;
}

static enum err indicator_take(
	struct request *request, struct head_item *item, const struct rendition_view *view, json_t *head)
{
	struct indicator *indicator = item->kept = ARENA_NEW(&request->arena, struct indicator);
	(void)view;
	if (!indicator)
		return ERR_MEMORY;
	indicator->from = head_moment(head, "valid_from");
	indicator->until = head_moment(head, "valid_until");
	indicator->graded = json_is_integer(json_object_get(head, "confidence"));
	indicator->confidence = head_number(head, "confidence", PERCENT, 0);
	indicator->revoked = json_is_true(json_object_get(head, "revoked"));
	TRY(take_kinds(request, head, &indicator->kinds));
	TRY(head_text(request, head, "pattern_type", &indicator->pattern_type));
	TRY(head_text(request, head, "pattern", &indicator->pattern));
	return values_of(item->hit.type, head, &indicator->values, &request->arena);
}

static void write_indicator(struct request *request, struct buf *json, const struct head_item *item)
{
	const struct indicator *indicator = item->kept;
	write_open(json, '{');
	write_hit_members(request, json, &item->hit);
	write_member(json, "pattern", indicator->pattern);
	write_member(json, "pattern_type", indicator->pattern_type);
	write_member_moment(json, "valid_from", indicator->from);
	write_member_moment(json, "valid_until", indicator->until);
	write_member_bool(json, "revoked", indicator->revoked);
	if (indicator->graded)
		write_member_number(json, "confidence", indicator->confidence);
	write_member_list(json, "kinds", indicator->kinds, '\n');
	write_member_open(json, "values", '[');
	for (size_t i = 0; i < indicator->values.count; i++) {
		write_open(json, '{');
		write_member(json, "kind", slice_text(indicator->values.items[i].kind));
		write_member(json, "value", indicator->values.items[i].text);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
}

static enum progress indicators_read(struct request *request, struct heads *heads)
{
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	write_member_number(json, "count", heads->total);
	write_member_open(json, "indicators", '[');
	for (size_t i = 0; i < heads->count; i++) {
		write_indicator(request, json, &heads->items[i]);
		put_line(&labels, heads->items[i].hit.label);
	}
	write_close(json, ']');
	write_marking(request, json, buf_slice(&labels));
	write_next(json, heads->next);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress indicator_list(struct request *request)
{
	return list_start(request, "indicator", indicator_take, indicators_read);
}

/* ---- sightings ---- */

struct seen {
	struct slice of, reference_label, description;
	uint64_t count, first, last;
	bool revoked; /* taken back by its writer: it counts nowhere */
};

struct seen_list {
	struct heads *heads;
	struct msg_ask_graph ask;
};

static enum err seen_take(struct request *request, struct head_item *item, const struct rendition_view *view, json_t *head)
{
	struct seen *seen = item->kept = ARENA_NEW(&request->arena, struct seen);
	if (!seen)
		return ERR_MEMORY;
	seen->count = head_number(head, "count", COUNT_MOST, 1);
	seen->first = head_moment(head, "first_seen");
	seen->last = head_moment(head, "last_seen");
	seen->revoked = json_is_true(json_object_get(head, "revoked"));
	TRY(head_text(request, head, "description", &seen->description));
	for (size_t i = 0; i < view->count && !seen->of.len; i++) {
		TRY(head_reference(request, &view->portions[i], "sighting_of_ref", &seen->of));
		if (seen->of.len)
			TRY(arena_copy(&request->arena, view->portions[i].label, &seen->reference_label));
	}
	return ERR_OK;
}

static const struct graph_node *node_of(const struct msg_graph *graph, struct slice id)
{
	const struct graph_node *nodes = graph->nodes.items;
	for (size_t i = 0; i < graph->nodes.count; i++)
		if (slice_equal(nodes[i].id, id))
			return &nodes[i];
	return NULL;
}

static void write_seen(struct request *request, struct buf *json, const struct head_item *item, const struct graph_node *of)
{
	const struct seen *seen = item->kept;
	write_open(json, '{');
	write_hit_members(request, json, &item->hit);
	write_member_number(json, "times", seen->count);
	write_member_moment(json, "first", seen->first);
	write_member_moment(json, "last", seen->last);
	write_member_bool(json, "revoked", seen->revoked);
	if (seen->description.len)
		write_member(json, "description", seen->description);
	if (of) {
		write_member_open(json, "of", '{');
		write_member(json, "id", of->id);
		write_member(json, "type", of->type);
		write_member(json, "title", of->title);
		write_member(json, "label", of->label);
		write_mark(request, json, of->label);
		write_marking(request, json, of->label);
		write_close(json, '}');
	}
	write_close(json, '}');
}

static enum progress answer_seen(struct request *request, const struct heads *heads, const struct msg_graph *graph)
{
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	write_member_number(json, "count", heads->total);
	write_member_open(json, "sightings", '[');
	for (size_t i = 0; i < heads->count; i++) {
		const struct seen *seen = heads->items[i].kept;
		const struct graph_node *of = seen->of.len && graph ? node_of(graph, seen->of) : NULL;
		write_seen(request, json, &heads->items[i], of);
		put_line(&labels, heads->items[i].hit.label);
		if (of) {
			put_line(&labels, of->label);
			put_line(&labels, seen->reference_label);
		}
	}
	write_close(json, ']');
	write_marking(request, json, buf_slice(&labels));
	write_next(json, heads->next);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

static enum progress targets_known(struct request *request, const void *answer)
{
	const struct seen_list *list = request->work;
	return answer_seen(request, list->heads, answer);
}

/* What was seen is asked for in one go: nodes kept in a picture around the first sighting. */
static enum progress seen_read(struct request *request, struct heads *heads)
{
	struct seen_list *list = ARENA_NEW(&request->arena, struct seen_list);
	struct id_item *ids = ARENA_ARRAY(&request->arena, heads->count + 1, struct id_item);
	size_t count = 0;
	if (!list || !ids)
		return request_fail(request, ERR_MEMORY);
	for (size_t i = 0; i < heads->count; i++) {
		const struct seen *seen = heads->items[i].kept;
		if (seen->of.len && seen->of.len <= LIMIT_OBJECT_ID)
			ids[count++].id = seen->of;
	}
	if (!count)
		return answer_seen(request, heads, NULL);
	list->heads = heads;
	list->ask = (struct msg_ask_graph){
		.id = heads->items[0].hit.id, .limit = LIMIT_GRAPH_NODES, .also = {ids, count}};
	memcpy(list->ask.session, request->session, SESSION);
	request->work = list;
	return request_ask(request, MSG_GRAPH, &list->ask, MSG_GRAPH_DONE, targets_known);
}

enum progress sighting_list(struct request *request)
{
	return list_start(request, "sighting", seen_take, seen_read);
}
