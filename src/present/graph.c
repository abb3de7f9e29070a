/* Links around an object as nodes and edges. Must never count, choose or order anything itself: the store did. */
#include "object/json.h"
#include "present/marking.h"
#include "present/route.h"
#include "present/write.h"

/* ---- the answer ---- */

static size_t write_kinds(struct buf *json, const struct msg_graph *graph, size_t place, size_t from)
{
	const struct graph_kind *kinds = graph->kinds.items;
	write_member_open(json, "kinds", '[');
	for (; from < graph->kinds.count && kinds[from].node == place; from++) {
		write_open(json, '{');
		write_member(json, "type", kinds[from].type);
		write_member_number(json, "count", kinds[from].count);
		write_close(json, '}');
	}
	write_close(json, ']');
	return from;
}

static void write_nodes(struct request *request, struct buf *json, const struct msg_graph *graph, struct buf *labels)
{
	const struct graph_node *nodes = graph->nodes.items;
	size_t kind = 0;
	write_member_open(json, "nodes", '[');
	for (size_t i = 0; i < graph->nodes.count; i++) {
		write_open(json, '{');
		write_member(json, "id", nodes[i].id);
		write_member(json, "type", nodes[i].type);
		write_member(json, "title", nodes[i].title);
		write_member(json, "label", nodes[i].label);
		write_mark(request, json, nodes[i].label);
		write_marking(request, json, nodes[i].label);
		write_member(json, "originator", nodes[i].originator);
		write_member_number(json, "depth", nodes[i].depth);
		write_member_number(json, "linked", nodes[i].linked);
		kind = write_kinds(json, graph, i, kind);
		write_close(json, '}');
		buf_put(labels, nodes[i].label);
		buf_put_octet(labels, '\n');
	}
	write_close(json, ']');
}

/* The property of a reference portion; what cannot be read is a plain "reference". */
static const char *property_of(struct request *request, struct slice content)
{
	AUTO_JSON *reference = NULL;
	struct slice property = SLICE("");
	if (json_read(content, LIMIT_MESSAGE_INLINE, &reference, NULL) == ERR_OK)
		property = json_slice(json_object_get(reference, "property"));
	char *text = property.len ? arena_text(&request->arena, property) : NULL;
	return text ? text : "reference";
}

/* A relationship's first portion says which of its ends it is; an embedded reference goes from where it lies. */
static void write_edge(struct request *request, struct buf *json, const struct graph_node *nodes, const struct graph_edge *edge)
{
	const char *property = property_of(request, edge->reference);
	bool turned = edge->id.len && strcmp(property, "target_ref") == 0;
	write_open(json, '{');
	write_member(json, "from", nodes[turned ? edge->to : edge->from].id);
	write_member(json, "to", nodes[turned ? edge->from : edge->to].id);
	write_member(json, "kind", edge->id.len ? edge->title : slice_text(property));
	if (edge->id.len)
		write_member(json, "id", edge->id);
	write_member(json, "label", edge->label);
	write_portion_marking(request, json, edge->label);
	write_close(json, '}');
}

static bool are_in_place(const struct msg_graph *graph)
{
	const struct graph_edge *edges = graph->edges.items;
	for (size_t i = 0; i < graph->edges.count; i++)
		if (edges[i].from >= graph->nodes.count || edges[i].to >= graph->nodes.count)
			return false;
	return graph->nodes.count > 0;
}

static enum progress graph_made(struct request *request, const void *answer)
{
	const struct msg_graph *graph = answer;
	const struct graph_edge *edges = graph->edges.items;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	if (!are_in_place(graph))
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	write_open(json, '{');
	write_nodes(request, json, graph, &labels);
	write_member_open(json, "edges", '[');
	for (size_t i = 0; i < graph->edges.count; i++) {
		write_edge(request, json, graph->nodes.items, &edges[i]);
		buf_put(&labels, edges[i].label);
		buf_put_octet(&labels, '\n');
	}
	write_close(json, ']');
	write_member_bool(json, "more_edges", graph->more);
	write_marking(request, json, buf_slice(&labels));
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

/* ---- the question ---- */

static enum err take_question(struct request *request, struct msg_ask_graph *ask)
{
	uint64_t depth, limit;
	TRY(query_number(&request->query, "depth", 0, LIMIT_GRAPH_DEPTH, 1, &depth, &request->diag));
	TRY(query_number(&request->query, "limit", 1, LIMIT_GRAPH_NODES, LIMIT_GRAPH_DEFAULT, &limit, &request->diag));
	ask->type = query_find(&request->query, "type", NULL);
	if (ask->type.len > LIMIT_OBJECT_ID)
		return diag_fail(&request->diag, ERR_TOO_LARGE, "\"type\" is too long");
	ask->depth = (uint8_t)depth;
	ask->limit = (uint32_t)limit;
	ask->id = request->parameters[0];
	memcpy(ask->session, request->session, SESSION);
	return ask->id.len > LIMIT_OBJECT_ID ? ERR_NOT_FOUND : ERR_OK;
}

/* {"also":["report--…", …]} */
static enum err take_also(struct request *request, struct msg_ask_graph *ask)
{
	TRY(json_read(request->body, BODY_SMALL_BYTES, &request->document, &request->diag));
	json_t *also = json_object_get(request->document, "also"), *id;
	size_t count = json_array_size(also), i;
	if (!json_is_array(also) || json_object_size(request->document) != 1)
		return diag_fail(&request->diag, ERR_MALFORMED, "the body must be {\"also\":[ids]} and nothing else");
	if (count > LIMIT_GRAPH_NODES)
		return diag_fail(&request->diag, ERR_TOO_LARGE, "\"also\" may hold at most %d ids", LIMIT_GRAPH_NODES);
	struct id_item *items = ARENA_ARRAY(&request->arena, count + 1, struct id_item);
	if (!items)
		return ERR_MEMORY;
	json_array_foreach(also, i, id) {
		items[i].id = json_slice(id);
		if (!items[i].id.len || items[i].id.len > LIMIT_OBJECT_ID)
			return diag_fail(&request->diag, ERR_MALFORMED, "\"also\" holds what is no id (item %zu)", i + 1);
	}
	ask->also = (struct record_list){items, count};
	return ERR_OK;
}

static enum progress graph_ask(struct request *request, bool with_also)
{
	struct msg_ask_graph *ask = ARENA_NEW(&request->arena, struct msg_ask_graph);
	enum err err = ask ? take_question(request, ask) : ERR_MEMORY;
	if (err == ERR_OK && with_also)
		err = take_also(request, ask);
	if (err != ERR_OK)
		return request_fail(request, err);
	return request_ask(request, MSG_GRAPH, ask, MSG_GRAPH_DONE, graph_made);
}

enum progress graph_get(struct request *request)
{
	return graph_ask(request, false);
}

enum progress graph_post(struct request *request)
{
	return graph_ask(request, true);
}
