/* Links around an object: what is drawn, what is counted, and that nothing hidden moves either, octet by octet. */
#include "fixture.h"
#include "hold/graph.h"
#include "hold/inside.h"

#include <time.h>

static const struct schema *answer_schema(void)
{
	return message_schema(MSG_GRAPH_DONE, ROLE_STORE, ROLE_FRONT);
}

static struct msg_graph graph_of(struct fixture *f, const char *clearance, const struct msg_ask_graph *ask)
{
	struct msg_graph graph = {0};
	assert_ok(hold_graph(f->hold, view_of(f, clearance), ask, &f->arena, &graph));
	return graph;
}

static struct msg_graph around(struct fixture *f, const char *clearance, const char *id, unsigned depth, unsigned limit)
{
	return graph_of(f, clearance, &(struct msg_ask_graph){.id = slice_text(id), .depth = (uint8_t)depth, .limit = limit});
}

static const char *put_object(struct fixture *f, const char *type, const char *title, const char *label)
{
	return fixture_put(f, &(struct put){.type = type, .title = title, .label = label, .clearance = CLEARED_NATO});
}

static const char *put_relation(struct fixture *f, const char *source, const char *target, const char *label)
{
	const struct piece pieces[] = {{label, "first", source, true}, {label, "second", target, true}};
	return fixture_put(f, &(struct put){.type = "relationship", .title = "uses", .label = label, .pieces = pieces, .count = 2});
}

static const char *put_note(struct fixture *f, const char *about, const char *label)
{
	const struct piece pieces[] = {{label, "about", about, false}};
	return fixture_put(f, &(struct put){.type = "note", .title = "remark", .label = label, .pieces = pieces, .count = 1});
}

static bool has_node(const struct msg_graph *graph, const char *id)
{
	const struct graph_node *nodes = graph->nodes.items;
	for (size_t i = 0; i < graph->nodes.count; i++)
		if (slice_equal(nodes[i].id, slice_text(id)))
			return true;
	return false;
}

static void relationship_is_a_line_and_a_reference_is_one_too(void **state)
{
	struct fixture *f = *state;
	const char *malware = put_object(f, "malware", "tidewrack", LABEL_PUBLIC), *tool = put_object(f, "tool", "pump", LABEL_SECRET);
	const char *line = put_relation(f, malware, tool, LABEL_SECRET), *note = put_note(f, malware, LABEL_PUBLIC);
	struct msg_graph graph = around(f, CLEARED_NATO, malware, 1, 10);
	const struct graph_node *nodes = graph.nodes.items;
	const struct graph_edge *edges = graph.edges.items;
	assert_int_equal(graph.nodes.count, 3);
	assert_true(slice_equal(nodes[0].id, slice_text(malware)));
	assert_int_equal(nodes[0].linked, 2);
	assert_true(has_node(&graph, tool) && has_node(&graph, note));
	assert_int_equal(graph.edges.count, 2);
	for (int i = 0; i < 2; i++)
		if (edges[i].id.len) {
			assert_true(slice_equal(edges[i].id, slice_text(line)));
			assert_slice(edges[i].title, "uses");
			assert_slice(edges[i].label, LABEL_SECRET);
			assert_int_equal(edges[i].from, 0);
		} else {
			assert_true(slice_equal(nodes[edges[i].from].id, slice_text(note)));
			assert_int_equal(edges[i].to, 0);
		}
}

static void relationship_asked_for_itself_is_a_node_between_its_ends(void **state)
{
	struct fixture *f = *state;
	const char *a = put_object(f, "malware", "a", LABEL_PUBLIC), *b = put_object(f, "tool", "b", LABEL_PUBLIC);
	const char *line = put_relation(f, a, b, LABEL_PUBLIC);
	struct msg_graph graph = around(f, CLEARED_NATO, line, 1, 10);
	assert_int_equal(graph.nodes.count, 3);
	assert_int_equal(graph.edges.count, 2);
}

static void line_needs_itself_and_both_its_ends_to_be_visible(void **state)
{
	struct fixture *f = *state;
	const char *a = put_object(f, "malware", "a", LABEL_PUBLIC), *b = put_object(f, "tool", "b", LABEL_PUBLIC);
	const char *c = put_object(f, "tool", "c", LABEL_SECRET);
	put_relation(f, a, b, LABEL_SECRET); /* hidden line */
	put_relation(f, a, c, LABEL_SECRET); /* hidden end */
	put_note(f, a, LABEL_SECRET);
	struct msg_graph graph = around(f, CLEARED_PUBLIC, a, 3, 10);
	assert_int_equal(graph.nodes.count, 1);
	assert_int_equal(graph.edges.count + graph.kinds.count, 0);
	assert_int_equal(((const struct graph_node *)graph.nodes.items)->linked, 0);
	assert_int_equal(around(f, CLEARED_NATO, a, 3, 10).nodes.count, 4);
}

static void reference_in_a_hidden_portion_of_a_visible_object_is_no_line(void **state)
{
	struct fixture *f = *state;
	const char *a = put_object(f, "malware", "a", LABEL_PUBLIC);
	const struct piece pieces[] = {{LABEL_SECRET, "about", a, false}};
	const char *note = fixture_put(f, &(struct put){.type = "note", .title = "remark", .label = LABEL_PUBLIC, .pieces = pieces, .count = 1});
	const char *ends[] = {a, note};
	for (int i = 0; i < 2; i++) {
		struct msg_graph graph = around(f, CLEARED_PUBLIC, ends[i], 1, 10);
		assert_int_equal(graph.nodes.count, 1);
		assert_int_equal(graph.kinds.count + graph.edges.count, 0);
		assert_int_equal(around(f, CLEARED_NATO, ends[i], 1, 10).edges.count, 1);
	}
}

static void hidden_centre_answers_as_a_missing_one(void **state)
{
	struct fixture *f = *state;
	const char *hidden = put_object(f, "malware", "a", LABEL_SECRET);
	const char *ids[] = {hidden, "malware--99999999-9999-4999-8999-999999999999", "", "x"};
	for (int i = 0; i < 4; i++) {
		struct msg_graph graph;
		struct msg_ask_graph ask = {.id = slice_text(ids[i]), .depth = 1, .limit = 10};
		assert_int_equal(hold_graph(f->hold, view_of(f, CLEARED_PUBLIC), &ask, &f->arena, &graph), ERR_NOT_FOUND);
	}
}

static void neighbours_are_counted_once_and_by_type(void **state)
{
	struct fixture *f = *state;
	const char *a = put_object(f, "malware", "a", LABEL_PUBLIC);
	for (int i = 0; i < 3; i++) {
		const char *tool = put_object(f, "tool", "t", LABEL_PUBLIC);
		put_relation(f, a, tool, LABEL_PUBLIC);
		put_relation(f, tool, a, LABEL_PUBLIC); /* a second line to the same neighbour */
	}
	put_relation(f, a, a, LABEL_PUBLIC); /* to itself: drawn once, no neighbour */
	put_note(f, a, LABEL_PUBLIC);
	struct msg_graph graph = around(f, CLEARED_PUBLIC, a, 1, 2);
	const struct graph_kind *kinds = graph.kinds.items;
	assert_int_equal(((const struct graph_node *)graph.nodes.items)[0].linked, 4);
	assert_slice(kinds[0].type, "note");
	assert_int_equal(kinds[0].count, 1);
	assert_slice(kinds[1].type, "tool");
	assert_int_equal(kinds[1].count, 3);
	assert_int_equal(around(f, CLEARED_PUBLIC, a, 1, 10).edges.count, 3 * 2 + 1 + 1);
}

static void each_type_gets_its_turn_when_room_is_short(void **state)
{
	struct fixture *f = *state;
	const char *a = put_object(f, "malware", "a", LABEL_PUBLIC), *note = put_note(f, a, LABEL_PUBLIC), *last = NULL;
	for (int i = 0; i < 8; i++) {
		last = put_object(f, "tool", "t", LABEL_PUBLIC);
		put_relation(f, a, last, LABEL_PUBLIC);
	}
	struct msg_graph graph = around(f, CLEARED_PUBLIC, a, 1, 3);
	assert_int_equal(graph.nodes.count, 3);
	assert_true(has_node(&graph, note) && has_node(&graph, last));
}

static void nodes_to_keep_stay_with_the_lines_between_them(void **state)
{
	struct fixture *f = *state;
	const char *a = put_object(f, "malware", "a", LABEL_PUBLIC), *b = put_object(f, "tool", "b", LABEL_PUBLIC);
	const char *c = put_object(f, "tool", "c", LABEL_PUBLIC), *hidden = put_object(f, "tool", "h", LABEL_SECRET);
	put_relation(f, b, c, LABEL_PUBLIC);
	struct id_item also[] = {{slice_text(b)}, {slice_text(hidden)}, {slice_text("tool--none")}, {slice_text(c)}, {slice_text(a)}};
	struct msg_graph graph = graph_of(f, CLEARED_PUBLIC, &(struct msg_ask_graph){.id = slice_text(a), .depth = 1, .limit = 10, .also = {also, 5}});
	assert_int_equal(graph.nodes.count, 3);
	assert_int_equal(graph.edges.count, 1);
}

static void only_the_type_asked_for_is_added(void **state)
{
	struct fixture *f = *state;
	const char *a = put_object(f, "malware", "a", LABEL_PUBLIC), *note = put_note(f, a, LABEL_PUBLIC);
	put_relation(f, a, put_object(f, "tool", "b", LABEL_PUBLIC), LABEL_PUBLIC);
	struct msg_ask_graph ask = {.id = slice_text(a), .depth = 1, .limit = 10, .type = SLICE("note")};
	struct msg_graph graph = graph_of(f, CLEARED_PUBLIC, &ask);
	assert_int_equal(graph.nodes.count, 2);
	assert_true(has_node(&graph, note));
	assert_int_equal(graph.kinds.count, 3); /* of the centre: note and tool, of the note: malware */
	ask.type = SLICE("never-used");
	assert_int_equal(graph_of(f, CLEARED_PUBLIC, &ask).nodes.count, 1);
}

static void build(struct fixture *f, const char **ids)
{
	static const char *const open_ids[] = {
		"malware--00000000-0000-4000-8000-000000000001", "tool--00000000-0000-4000-8000-000000000002",
		"indicator--00000000-0000-4000-8000-000000000003", "campaign--00000000-0000-4000-8000-000000000004",
		"identity--00000000-0000-4000-8000-000000000005", "report--00000000-0000-4000-8000-000000000006"};
	for (int i = 0; i < 6; i++) {
		char type[32] = {0};
		memcpy(type, open_ids[i], strcspn(open_ids[i], "-"));
		ids[i] = fixture_put(f, &(struct put){.id = open_ids[i], .type = type, .title = "open", .label = LABEL_PUBLIC});
	}
}

static void line_put(struct fixture *f, const char *id, const char *from, const char *to, const char *label)
{
	const struct piece pieces[] = {{label, "first", from, true}, {label, "second", to, true}};
	fixture_put(f, &(struct put){.id = id, .type = "relationship", .title = "uses", .label = label, .pieces = pieces, .count = 2});
}

static void hidden_things_put(struct fixture *f, const char *a, const char *b)
{
	const char *hidden = put_object(f, "threat-actor", "hidden", LABEL_SECRET);
	put_relation(f, a, hidden, LABEL_SECRET);
	put_relation(f, a, b, LABEL_SECRET);
	put_note(f, a, LABEL_SECRET);
	put_note(f, b, LABEL_SECRET);
}

static struct slice encoded(struct fixture *f, const struct msg_graph *graph)
{
	AUTO_BUF bytes = buf_make(LIMIT_MESSAGE);
	struct slice copy;
	record_encode(answer_schema(), graph, &bytes);
	assert_ok(bytes.err);
	assert_ok(arena_copy(&f->arena, buf_slice(&bytes), &copy));
	return copy;
}

static void world_without_what_is_hidden_gives_the_same_answer_octet_by_octet(void **state)
{
	(void)state;
	struct fixture worlds[2];
	struct slice answers[2][6][4];
	for (int w = 0; w < 2; w++) {
		const char *ids[6];
		struct fixture *f = &worlds[w];
		fixture_open(f, "NATO");
		if (w)
			put_object(f, "tool", "of a type that comes first here only", LABEL_SECRET);
		build(f, ids);
		for (int i = 0; i < 6; i++)
			for (int k = 0; k < i; k++) {
				char id[64];
				snprintf(id, sizeof(id), "relationship--00000000-0000-4000-8000-0000000001%d%d", i, k);
				if (w)
					hidden_things_put(f, ids[i], ids[k]);
				line_put(f, id, ids[i], ids[k], LABEL_PUBLIC);
				if (w)
					hidden_things_put(f, ids[k], ids[i]);
			}
		for (int i = 0; i < 6; i++)
			for (unsigned depth = 0; depth < 4; depth++) {
				struct msg_graph graph = around(f, CLEARED_PUBLIC, ids[i], depth, 4);
				answers[w][i][depth] = encoded(f, &graph);
			}
	}
	for (int i = 0; i < 6; i++)
		for (int depth = 0; depth < 4; depth++)
			assert_true(slice_equal(answers[0][i][depth], answers[1][i][depth]));
	fixture_close(&worlds[0]);
	fixture_close(&worlds[1]);
}

/* ---- a hub, written straight into the tables ---- */

enum { HUB = 100000 };

static uint32_t hub_object(struct fixture *f, const char *type, unsigned number)
{
	char id[64];
	uint32_t name = 0;
	uint16_t term = 0, originator = f->hold->own_term;
	snprintf(id, sizeof(id), "%s--00000000-0000-4000-8000-%012u", type, number);
	assert_ok(name_intern(f->hold, slice_text(id), &name));
	assert_ok(term_intern(f->hold, slice_text(type), &term));
	uint32_t object = (uint32_t)f->hold->catalog.object_count;
	assert_ok(catalog_add_object(f->hold, object, &(struct catalog_object){.name = name, .type = term, .originator = originator}));
	return object;
}

static void hub_row(struct fixture *f, uint32_t object, const char *label, uint32_t target)
{
	struct portion portion = {.kind = target ? PORTION_REFERENCE : PORTION_HEAD, .label = slice_text(label), .content = SLICE("{}"), .id = {1}};
	AUTO_BUF bytes = buf_make(4096);
	uint64_t row = 0;
	record_encode(&portion_schema, &portion, &bytes);
	assert_ok(row_add(f->hold, &(struct new_row){.object = object, .target = target, .originator = f->hold->own_term,
						     .portion = &portion, .bytes = buf_slice(&bytes), .title = SLICE("t"), .mandatory = target != 0}, &row));
}

static uint64_t now_us(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (uint64_t)at.tv_sec * 1000000 + (uint64_t)at.tv_nsec / 1000;
}

static void hub_fill(struct fixture *f, uint32_t hub, const char *label, unsigned from, unsigned count)
{
	const struct catalog *catalog = &f->hold->catalog;
	for (unsigned i = from; i < from + count; i++) {
		uint32_t tool = hub_object(f, "tool", i);
		hub_row(f, tool, label, 0);
		uint32_t line = hub_object(f, "relationship", i);
		hub_row(f, line, label, 0);
		hub_row(f, line, label, catalog->objects[hub].name);
		hub_row(f, line, label, catalog->objects[tool].name);
	}
}

static void hub_with_a_hundred_thousand_lines_answers_quickly_and_hidden_lines_take_next_to_nothing(void **state)
{
	struct fixture *f = *state;
	assert_ok(hold_begin(f->hold));
	uint32_t hub = hub_object(f, "identity", 0);
	hub_row(f, hub, LABEL_PUBLIC, 0);
	hub_fill(f, hub, LABEL_SECRET, 1, HUB);
	assert_ok(hold_commit(f->hold));
	const char *id = "identity--00000000-0000-4000-8000-000000000000";
	assert_int_equal(around(f, CLEARED_PUBLIC, id, 1, 300).nodes.count, 1); /* makes the views */
	around(f, CLEARED_NATO, id, 0, 1);
	uint64_t start = now_us();
	assert_int_equal(around(f, CLEARED_PUBLIC, id, 2, 300).nodes.count, 1);
	uint64_t hidden_us = now_us() - start;
	start = now_us();
	struct msg_graph graph = around(f, CLEARED_NATO, id, 2, 300);
	uint64_t seen_us = now_us() - start;
	print_message("a hub of %d lines: %llu us with all visible, %llu us with all hidden\n", HUB, (unsigned long long)seen_us,
		      (unsigned long long)hidden_us);
	assert_int_equal(graph.nodes.count, 300);
	assert_int_equal(graph.edges.count, 299);
	assert_int_equal(((const struct graph_node *)graph.nodes.items)[0].linked, HUB);
	assert_true(seen_us < 2000000); /* generous: a shared machine under a sanitizer */
}

static void limits_hold_at_their_bounds(void **state)
{
	struct fixture *f = *state;
	assert_ok(hold_begin(f->hold));
	uint32_t hub = hub_object(f, "identity", 0);
	hub_row(f, hub, LABEL_PUBLIC, 0);
	hub_fill(f, hub, LABEL_PUBLIC, 1, 310);
	for (unsigned i = 0; i < LIMIT_GRAPH_EDGES - 299; i++) { /* more lines between the newest and the hub */
		uint32_t line = hub_object(f, "relationship", 1000 + i);
		hub_row(f, line, LABEL_PUBLIC, 0);
		hub_row(f, line, LABEL_PUBLIC, f->hold->catalog.objects[hub].name);
		hub_row(f, line, LABEL_PUBLIC, f->hold->catalog.objects[hub].name + 2 * 310 - 1);
	}
	assert_ok(hold_commit(f->hold));
	const char *id = "identity--00000000-0000-4000-8000-000000000000";
	for (unsigned limit = LIMIT_GRAPH_NODES - 1; limit <= LIMIT_GRAPH_NODES + 1; limit++) {
		struct msg_graph graph = around(f, CLEARED_PUBLIC, id, 1, limit);
		assert_int_equal(graph.nodes.count, limit < LIMIT_GRAPH_NODES ? limit : LIMIT_GRAPH_NODES);
		assert_int_equal(graph.more, 0);
	}
	assert_int_equal(around(f, CLEARED_PUBLIC, id, 1, 0).nodes.count, LIMIT_GRAPH_DEFAULT);
	assert_int_equal(around(f, CLEARED_PUBLIC, id, LIMIT_GRAPH_DEPTH + 1, 5).nodes.count, 5);
	struct msg_graph full = around(f, CLEARED_PUBLIC, id, 1, 300);
	assert_int_equal(full.edges.count, LIMIT_GRAPH_EDGES);
	assert_ok(hold_begin(f->hold));
	hub_fill(f, hub, LABEL_PUBLIC, 9000, 1);
	uint32_t line = hub_object(f, "relationship", 8000);
	hub_row(f, line, LABEL_PUBLIC, 0);
	hub_row(f, line, LABEL_PUBLIC, f->hold->catalog.objects[hub].name);
	hub_row(f, line, LABEL_PUBLIC, f->hold->catalog.objects[hub].name);
	assert_ok(hold_commit(f->hold));
	full = around(f, CLEARED_PUBLIC, id, 1, 300);
	assert_int_equal(full.edges.count, LIMIT_GRAPH_EDGES);
	assert_int_equal(full.more, 1);
}

int main(void)
{
#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		WITH_STORE(relationship_is_a_line_and_a_reference_is_one_too),
		WITH_STORE(relationship_asked_for_itself_is_a_node_between_its_ends),
		WITH_STORE(line_needs_itself_and_both_its_ends_to_be_visible),
		WITH_STORE(reference_in_a_hidden_portion_of_a_visible_object_is_no_line),
		WITH_STORE(hidden_centre_answers_as_a_missing_one),
		WITH_STORE(neighbours_are_counted_once_and_by_type),
		WITH_STORE(each_type_gets_its_turn_when_room_is_short),
		WITH_STORE(nodes_to_keep_stay_with_the_lines_between_them),
		WITH_STORE(only_the_type_asked_for_is_added),
		cmocka_unit_test(world_without_what_is_hidden_gives_the_same_answer_octet_by_octet),
		WITH_STORE(hub_with_a_hundred_thousand_lines_answers_quickly_and_hidden_lines_take_next_to_nothing),
		WITH_STORE(limits_hold_at_their_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
