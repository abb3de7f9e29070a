/* Links around an object: breadth first from the centre over the catalogue, then titles and labels of what was chosen.
 * Must never let a hidden row, object or line change what is counted, chosen or ordered. */
#include "hold/inside.h"

#include "hold/graph.h"
#include "object/portion.h"

struct candidate {
	uint32_t name, row; /* row: newest visible, for the order */
	uint32_t turn;      /* place among the candidates of its type */
	uint16_t type;
};

struct graph {
	struct hold *hold;
	struct view *view;
	const struct msg_ask_graph *ask;
	struct arena *arena;
	uint16_t relationship, only; /* terms; 0: none */
	bool nothing;                /* asked for a type that nobody ever used */
	uint32_t *names;             /* of the nodes chosen, in order */
	uint8_t *depths;
	size_t count, limit;
	uint16_t *places;            /* [name] place of a node + 1; 0: not chosen */
	uint16_t *stamps;            /* [name] place + 1 of the node that counted it last */
	uint32_t *tally;             /* [term] neighbours of the node at hand */
	uint64_t linked;             /* of the node at hand */
	struct candidate *candidates;
	size_t candidate_count, candidate_capacity;
	struct buf kinds, edges;     /* struct graph_kind, struct graph_edge */
	struct graph_node *nodes;
	bool more;
};

/* ---- names, objects and lines ---- */

/* The object that a reader of this view gets for a name: as view_find chooses. */
static uint32_t object_of(const struct graph *graph, uint32_t name)
{
	const struct catalog *catalog = &graph->hold->catalog;
	uint32_t found = 0;
	for (uint32_t object = name < catalog->name_count ? catalog->names[name].object : 0; object;
	     object = catalog->objects[object].same_name)
		if (view_object_visible(graph->view, object) &&
		    (!found || catalog->objects[object].originator == graph->hold->own_term))
			found = object;
	return found;
}

struct line {
	uint32_t rows[2], names[2]; /* its two mandatory references and what they point at */
};

/* A relationship object joins two others; chosen as a node it is an object like any other. */
static bool line_of(const struct graph *graph, uint32_t object, struct line *ret_line)
{
	const struct catalog *catalog = &graph->hold->catalog;
	const uint8_t wanted = ROW_CURRENT | ROW_REFERENCE | ROW_MANDATORY;
	size_t count = 0;
	if (catalog->objects[object].type != graph->relationship || graph->places[catalog->objects[object].name])
		return false;
	for (uint32_t row = catalog->objects[object].first; row; row = catalog->rows[row].next) {
		if ((catalog->rows[row].flags & wanted) != wanted || !view_has(graph->view, row))
			continue;
		if (count == 2)
			return false;
		ret_line->rows[count] = row;
		ret_line->names[count++] = catalog_target(catalog, row);
	}
	return count == 2;
}

/* One visible link of a node. line: the relationship object that makes it, or 0. row: the reference portion. */
struct link {
	uint32_t from, to; /* names; of a line in the order of its portions */
	uint32_t line, row;
};
typedef enum err link_take(struct graph *graph, uint32_t node, const struct link *link);

static enum err links_out(struct graph *graph, uint32_t name, link_take *take)
{
	const struct catalog *catalog = &graph->hold->catalog;
	for (uint32_t object = catalog->names[name].object; object; object = catalog->objects[object].same_name)
		for (uint32_t row = catalog->objects[object].first; row; row = catalog->rows[row].next) {
			if ((catalog->rows[row].flags & (ROW_REFERENCE | ROW_MARK)) != ROW_REFERENCE || !view_has(graph->view, row))
				continue;
			struct link link = {.from = name, .to = catalog_target(catalog, row), .row = row};
			struct line line;
			uint32_t target = object_of(graph, link.to);
			if (target && !line_of(graph, target, &line))
				TRY(take(graph, name, &link));
		}
	return ERR_OK;
}

static enum err links_in(struct graph *graph, uint32_t name, link_take *take)
{
	const struct catalog *catalog = &graph->hold->catalog;
	for (size_t place = catalog->names[name].referred; place; place = catalog->references[place - 1].before) {
		uint32_t row = catalog->references[place - 1].row;
		if (catalog->rows[row].flags & ROW_MARK || !view_has(graph->view, row))
			continue;
		uint32_t object = catalog->rows[row].object;
		struct link link = {.from = catalog->objects[object].name, .to = name, .row = row};
		struct line line;
		if (!line_of(graph, object, &line)) {
			if (link.from == name)
				continue; /* found on the way out */
		} else {
			if (row != line.rows[0] && row != line.rows[1])
				continue; /* who made the line is not joined by it */
			link = (struct link){line.names[0], line.names[1], object, line.rows[0]};
			if (row == line.rows[1] && link.from == link.to)
				continue;
		}
		TRY(take(graph, name, &link));
	}
	return ERR_OK;
}

static enum err links_of(struct graph *graph, uint32_t name, link_take *take)
{
	TRY(links_out(graph, name, take));
	return links_in(graph, name, take);
}

/* ---- choosing ---- */

static enum err candidate_add(struct graph *graph, uint32_t name, uint32_t object)
{
	if (graph->candidate_count == graph->candidate_capacity) {
		size_t capacity = graph->candidate_capacity ? graph->candidate_capacity * 2 : 256;
		struct candidate *grown = reallocarray(graph->candidates, capacity, sizeof(*grown));
		if (!grown)
			return ERR_MEMORY;
		graph->candidates = grown;
		graph->candidate_capacity = capacity;
	}
	graph->candidates[graph->candidate_count++] = (struct candidate){
		.name = name, .row = view_last_row(graph->hold, graph->view, object),
		.type = graph->hold->catalog.objects[object].type};
	return ERR_OK;
}

/* Each neighbour once, however many links lead to it. */
static enum err neighbour_take(struct graph *graph, uint32_t node, const struct link *link)
{
	uint32_t other = link->from == node ? link->to : link->from;
	uint16_t stamp = graph->places[node];
	uint32_t object = object_of(graph, other);
	if (other == node || !object || graph->stamps[other] == stamp)
		return ERR_OK;
	graph->stamps[other] = stamp;
	uint16_t type = graph->hold->catalog.objects[object].type;
	graph->tally[type]++;
	graph->linked++;
	if (graph->places[other] || graph->nothing || (graph->only && type != graph->only))
		return ERR_OK;
	return candidate_add(graph, other, object);
}

static int by_type(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;
	if (left->type != right->type)
		return left->type < right->type ? -1 : 1;
	return left->row > right->row ? -1 : left->row < right->row;
}

static int by_turn(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;
	if (left->turn != right->turn)
		return left->turn < right->turn ? -1 : 1;
	return left->row > right->row ? -1 : left->row < right->row;
}

static void node_add(struct graph *graph, uint32_t name, uint8_t depth)
{
	if (graph->count == graph->limit || graph->places[name])
		return;
	graph->names[graph->count] = name;
	graph->depths[graph->count++] = depth;
	graph->places[name] = (uint16_t)graph->count;
}

/* Every type gets its turn, the newest of it first: a thousand indicators do not hide the one report. */
static void candidates_choose(struct graph *graph, uint8_t depth, size_t share)
{
	struct candidate *all = graph->candidates;
	size_t count = graph->candidate_count;
	if (count > share) {
		qsort(all, count, sizeof(*all), by_type);
		for (size_t i = 1; i < count; i++)
			all[i].turn = all[i].type == all[i - 1].type ? all[i - 1].turn + 1 : 0;
	}
	if (count)
		qsort(all, count, sizeof(*all), by_turn);
	for (size_t i = 0; i < count && i < share; i++)
		node_add(graph, all[i].name, depth);
}

static int by_text(const void *a, const void *b)
{
	const struct graph_kind *left = a, *right = b;
	size_t shorter = left->type.len < right->type.len ? left->type.len : right->type.len;
	int order = memcmp(left->type.data, right->type.data, shorter);
	return order ? order : left->type.len < right->type.len ? -1 : left->type.len > right->type.len;
}

/* In the order of their names: that of the terms would tell which type came first, hidden ones too. */
static void kinds_put(struct graph *graph, size_t place)
{
	size_t before = graph->kinds.len;
	for (size_t term = 1; term < graph->hold->terms.count; term++) {
		if (!graph->tally[term])
			continue;
		struct graph_kind kind = {(uint32_t)place, term_text(graph->hold, (uint32_t)term), graph->tally[term]};
		buf_put(&graph->kinds, slice_of((const uint8_t *)&kind, sizeof(kind)));
		graph->tally[term] = 0;
	}
	if (graph->kinds.len > before)
		qsort(graph->kinds.data + before, (graph->kinds.len - before) / sizeof(struct graph_kind), sizeof(struct graph_kind), by_text);
}

static enum err node_visit(struct graph *graph, size_t place, uint8_t depth, size_t share)
{
	graph->candidate_count = 0;
	graph->linked = 0;
	TRY(links_of(graph, graph->names[place], neighbour_take));
	graph->nodes[place].linked = graph->linked;
	kinds_put(graph, place);
	if (graph->depths[place] < depth)
		candidates_choose(graph, (uint8_t)(graph->depths[place] + 1), share);
	return ERR_OK;
}

/* Level by level; beyond the first, no node may take all the room that is left. */
static enum err nodes_choose(struct graph *graph, uint8_t depth)
{
	size_t level_end = graph->count;
	for (size_t i = 0; i < graph->count; i++) {
		if (i == level_end)
			level_end = graph->count;
		size_t room = graph->limit - graph->count, share = room / (level_end - i);
		TRY(node_visit(graph, i, depth, graph->depths[i] == 0 ? room : share ? share : 1));
	}
	return graph->kinds.err;
}

/* ---- lines of the picture ---- */

static enum err edge_fill(struct graph *graph, const struct link *link, struct graph_edge *edge)
{
	struct hold *hold = graph->hold;
	struct slice bytes, label = label_text(hold, hold->catalog.rows[link->row].label);
	struct portion portion;
	TRY(body_get(hold, link->row, graph->arena, &bytes, NULL));
	TRY(record_decode(&portion_schema, bytes, graph->arena, &portion));
	edge->reference = portion.content;
	edge->label = label;
	if (!link->line)
		return ERR_OK;
	uint32_t head = hold->catalog.objects[link->line].head;
	edge->label = label_text(hold, hold->catalog.rows[head].label);
	TRY(body_get(hold, head, graph->arena, NULL, &edge->title));
	return name_text(hold, hold->catalog.objects[link->line].name, graph->arena, &edge->id);
}

/* Each link lies in one portion: an embedded one is taken where it goes out, a line where its first portion points. */
static enum err edge_take(struct graph *graph, uint32_t node, const struct link *link)
{
	if (!graph->places[link->from] || !graph->places[link->to] || link->from != node)
		return ERR_OK;
	if (graph->edges.len / sizeof(struct graph_edge) == LIMIT_GRAPH_EDGES) {
		graph->more = true;
		return ERR_OK;
	}
	struct graph_edge edge = {.from = graph->places[link->from] - 1u, .to = graph->places[link->to] - 1u};
	TRY(edge_fill(graph, link, &edge));
	buf_put(&graph->edges, slice_of((const uint8_t *)&edge, sizeof(edge)));
	return graph->edges.err;
}

static enum err edges_find(struct graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		TRY(links_out(graph, graph->names[i], edge_take));
		TRY(links_in(graph, graph->names[i], edge_take));
	}
	return ERR_OK;
}

/* ---- the answer ---- */

static enum err node_fill(struct graph *graph, size_t place)
{
	struct hold *hold = graph->hold;
	const struct catalog_object *object = &hold->catalog.objects[object_of(graph, graph->names[place])];
	struct graph_node *node = &graph->nodes[place];
	node->depth = graph->depths[place];
	node->type = term_text(hold, object->type);
	node->originator = term_text(hold, object->originator);
	node->label = label_text(hold, hold->catalog.rows[object->head].label);
	TRY(body_get(hold, object->head, graph->arena, NULL, &node->title));
	return name_text(hold, graph->names[place], graph->arena, &node->id);
}

/* The centre first, then what is to stay. */
static enum err nodes_given(struct graph *graph, uint8_t depth)
{
	const struct id_item *also = graph->ask->also.items;
	uint32_t object = 0;
	TRY(view_find(graph->hold, graph->view, graph->ask->id, &object));
	if (!object)
		return ERR_NOT_FOUND;
	node_add(graph, graph->hold->catalog.objects[object].name, 0);
	for (size_t i = 0; i < graph->ask->also.count; i++) {
		TRY(view_find(graph->hold, graph->view, also[i].id, &object));
		if (object)
			node_add(graph, graph->hold->catalog.objects[object].name, depth);
	}
	return ERR_OK;
}

static enum err graph_prepare(struct graph *graph)
{
	const struct catalog *catalog = &graph->hold->catalog;
	const struct msg_ask_graph *ask = graph->ask;
	graph->limit = ask->limit == 0 ? LIMIT_GRAPH_DEFAULT : ask->limit < LIMIT_GRAPH_NODES ? ask->limit : LIMIT_GRAPH_NODES;
	graph->relationship = (uint16_t)term_find(graph->hold, SLICE("relationship"));
	graph->only = ask->type.len ? (uint16_t)term_find(graph->hold, ask->type) : 0;
	graph->nothing = ask->type.len && !graph->only;
	graph->names = ARENA_ARRAY(graph->arena, graph->limit, uint32_t);
	graph->depths = ARENA_ARRAY(graph->arena, graph->limit, uint8_t);
	graph->nodes = ARENA_ARRAY(graph->arena, graph->limit, struct graph_node);
	graph->tally = ARENA_ARRAY(graph->arena, graph->hold->terms.count + 1, uint32_t);
	graph->places = calloc(catalog->name_count + 1, sizeof(*graph->places));
	graph->stamps = calloc(catalog->name_count + 1, sizeof(*graph->stamps));
	return graph->names && graph->depths && graph->nodes && graph->tally && graph->places && graph->stamps ? ERR_OK : ERR_MEMORY;
}

static enum err graph_make(struct graph *graph, struct msg_graph *ret_graph)
{
	uint8_t depth = graph->ask->depth < LIMIT_GRAPH_DEPTH ? graph->ask->depth : LIMIT_GRAPH_DEPTH;
	TRY(graph_prepare(graph));
	TRY(nodes_given(graph, depth));
	TRY(nodes_choose(graph, depth));
	TRY(edges_find(graph));
	for (size_t i = 0; i < graph->count; i++)
		TRY(node_fill(graph, i));
	struct slice kinds, edges;
	TRY(arena_copy(graph->arena, buf_slice(&graph->kinds), &kinds));
	TRY(arena_copy(graph->arena, buf_slice(&graph->edges), &edges));
	struct msg_graph made = {.nodes = {graph->nodes, graph->count}, .more = graph->more,
				 .kinds = {(void *)(uintptr_t)kinds.data, kinds.len / sizeof(struct graph_kind)},
				 .edges = {(void *)(uintptr_t)edges.data, edges.len / sizeof(struct graph_edge)}};
	*ret_graph = made;
	return ERR_OK;
}

enum err hold_graph(struct hold *hold, struct view *view, const struct msg_ask_graph *ask, struct arena *arena,
		    struct msg_graph *ret_graph)
{
	struct graph graph = {.hold = hold, .view = view, .ask = ask, .arena = arena,
			      .kinds = buf_make(LIMIT_MESSAGE), .edges = buf_make(LIMIT_MESSAGE)};
	enum err err = graph_make(&graph, ret_graph);
	free(graph.places);
	free(graph.stamps);
	free(graph.candidates);
	buf_done(&graph.kinds);
	buf_done(&graph.edges);
	return err;
}
