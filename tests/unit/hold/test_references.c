/* Mandatory references under random orders of arrival: an object shows exactly where all its targets show, and a target
 * that never came looks as one that is hidden, octet by octet. */
#include "fixture.h"

#define LABEL_KOR_LOW "NATO|UNCLASSIFIED|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"

enum { OBJECTS = 14, ROUNDS = 12, POLL_ROUNDS = 4, TARGETS = 2 };

struct node_of_graph {
	const char *id;
	struct slice rendition;
	int targets[TARGETS], target_count; /* earlier objects */
	bool open;			    /* PUBLIC, else for KOR's cleared only */
};

static uint32_t seed;
static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* What the reader of `arrived` must see: an oracle that knows nothing of views. Targets stand before what refers to them. */
static void expect(const struct node_of_graph *graph, const bool *arrived, bool cleared, bool *ret_seen)
{
	for (int i = 0; i < OBJECTS; i++) {
		ret_seen[i] = arrived[i] && (graph[i].open || cleared);
		for (int k = 0; k < graph[i].target_count; k++)
			ret_seen[i] = ret_seen[i] && ret_seen[graph[i].targets[k]];
	}
}

static void graph_make(struct fixture *nato, struct node_of_graph *graph)
{
	for (int i = 0; i < OBJECTS; i++) {
		struct node_of_graph *n = &graph[i];
		struct piece pieces[TARGETS + 1] = {{LABEL_PUBLIC, "common words", NULL, false}};
		*n = (struct node_of_graph){.open = draw(3) != 0, .target_count = i ? (int)draw(TARGETS + 1) : 0};
		for (int k = 0; k < n->target_count; k++) {
			n->targets[k] = (int)draw((uint32_t)i);
			const char *target = graph[n->targets[k]].id;
			pieces[k + 1] = (struct piece){LABEL_PUBLIC, target, target, true};
		}
		n->id = fixture_put(nato, &(struct put){.title = n->open ? "open" : "closed", .label = n->open ? LABEL_PUBLIC : LABEL_KOR_LOW,
							.pieces = pieces, .count = (size_t)n->target_count + 1});
		n->rendition = release_to(nato, "KOR", n->id, NULL);
		assert_true(n->rendition.len != 0);
	}
}

static void take(struct fixture *to, const struct fixture *from, const struct node_of_graph *n)
{
	bool fresh = false;
	assert_ok(admit_to(to, n->rendition, from, &fresh));
	assert_true(fresh);
}

static void assert_as_expected(struct fixture *f, const struct node_of_graph *graph, const bool *arrived)
{
	static const char *const clearances[] = {CLEARED_PUBLIC, CLEARED_KOR};
	for (int c = 0; c < 2; c++) {
		bool seen[OBJECTS];
		uint64_t count = 0;
		expect(graph, arrived, c == 1, seen);
		for (int i = 0; i < OBJECTS; i++) {
			assert_int_equal(is_seen(f, clearances[c], graph[i].id), seen[i]);
			count += seen[i];
		}
		assert_int_equal(found(f, clearances[c], "common"), count);
		assert_int_equal(hold_view_objects(f->hold, view_of(f, clearances[c]), (struct slice){0}), count);
	}
}

static void shuffle(int order[OBJECTS])
{
	for (int i = 0; i < OBJECTS; i++)
		order[i] = i;
	for (int i = OBJECTS - 1; i > 0; i--) {
		int k = (int)draw((uint32_t)i + 1), kept = order[i];
		order[i] = order[k];
		order[k] = kept;
	}
}

static void object_shows_once_its_last_target_is_there_in_any_order(void **state)
{
	(void)state;
	for (uint32_t round = 1; round <= ROUNDS; round++) {
		struct fixture nato, kor;
		struct node_of_graph graph[OBJECTS];
		bool arrived[OBJECTS] = {false};
		int order[OBJECTS];
		seed = round;
		fixture_open(&nato, "NATO");
		fixture_open(&kor, "KOR");
		graph_make(&nato, graph);
		shuffle(order);
		for (int i = 0; i < OBJECTS; i++) {
			take(&kor, &nato, &graph[order[i]]);
			arrived[order[i]] = true;
			if (draw(4) == 0)
				fixture_reopen(&kor);
			assert_as_expected(&kor, graph, arrived);
		}
		fixture_close(&kor);
		fixture_close(&nato);
	}
}

/* A tool that asks for what was added after the last date it saw, and never follows a cursor. */
struct poller {
	const char *clearance;
	uint64_t after;
	bool got[OBJECTS];
};

static void poll(struct fixture *f, const struct node_of_graph *graph, struct poller *poller)
{
	struct msg_page_done page;
	do {
		struct msg_page ask = {.collection = SLICE("all"), .added_after = poller->after, .limit = 2, .manifest_only = 1};
		assert_ok(hold_page(f->hold, view_of(f, poller->clearance), &ask, &f->arena, &page));
		const struct page_item *items = page.items.items;
		for (size_t k = 0; k < page.items.count; k++) {
			assert_true(items[k].added > poller->after);
			poller->after = items[k].added;
			for (int i = 0; i < OBJECTS; i++)
				poller->got[i] |= slice_equal(items[k].id, slice_text(graph[i].id));
		}
	} while (page.more);
}

static void who_polls_by_time_of_admission_misses_nothing_in_any_order(void **state)
{
	(void)state;
	for (uint32_t round = 1; round <= POLL_ROUNDS; round++) {
		struct fixture nato, kor;
		struct node_of_graph graph[OBJECTS];
		struct poller pollers[2] = {{.clearance = CLEARED_PUBLIC}, {.clearance = CLEARED_KOR}};
		int order[OBJECTS];
		seed = 100 + round;
		fixture_open(&nato, "NATO");
		fixture_open(&kor, "KOR");
		graph_make(&nato, graph);
		shuffle(order);
		for (int i = 0; i < OBJECTS; i++) {
			take(&kor, &nato, &graph[order[i]]);
			if (draw(4) == 0)
				fixture_reopen(&kor);
			for (int p = 0; p < 2; p++) {
				poll(&kor, graph, &pollers[p]);
				for (int k = 0; k < OBJECTS; k++)
					assert_int_equal(pollers[p].got[k], is_seen(&kor, pollers[p].clearance, graph[k].id));
			}
		}
		fixture_close(&kor);
		fixture_close(&nato);
	}
}

static void assert_same_slice(struct slice a, struct slice b)
{
	assert_int_equal(a.len, b.len);
	if (a.len)
		assert_memory_equal(a.data, b.data, a.len);
}

/* All that a reader of PUBLIC can ask for. */
static void assert_same_answers(struct fixture *a, struct fixture *b, const struct node_of_graph *graph)
{
	struct msg_hits left = hits_of(a, CLEARED_PUBLIC, "common"), right = hits_of(b, CLEARED_PUBLIC, "common");
	assert_int_equal(left.count, right.count);
	assert_int_equal(left.hits.count, right.hits.count);
	assert_int_equal(left.facets.count, right.facets.count);
	const struct hit *x = left.hits.items, *y = right.hits.items;
	for (size_t i = 0; i < left.hits.count; i++) {
		assert_same_slice(x[i].id, y[i].id);
		assert_same_slice(x[i].snippet, y[i].snippet);
		assert_int_equal(x[i].modified, y[i].modified);
	}
	for (int i = 0; i < OBJECTS; i++) {
		assert_int_equal(is_seen(a, CLEARED_PUBLIC, graph[i].id), is_seen(b, CLEARED_PUBLIC, graph[i].id));
		if (is_seen(a, CLEARED_PUBLIC, graph[i].id))
			assert_same_slice(seen_of(a, CLEARED_PUBLIC, graph[i].id).rendition,
					  seen_of(b, CLEARED_PUBLIC, graph[i].id).rendition);
	}
}

static void target_that_never_came_looks_as_one_that_is_hidden(void **state)
{
	(void)state;
	for (uint32_t round = 1; round <= ROUNDS; round++) {
		struct fixture nato, with, without;
		struct node_of_graph graph[OBJECTS];
		int order[OBJECTS];
		seed = 1000 + round;
		fixture_open(&nato, "NATO");
		fixture_open(&with, "KOR");
		fixture_open(&without, "KOR");
		graph_make(&nato, graph);
		shuffle(order);
		for (int i = 0; i < OBJECTS; i++) {
			take(&with, &nato, &graph[order[i]]);
			if (graph[order[i]].open)
				take(&without, &nato, &graph[order[i]]);
			assert_same_answers(&with, &without, graph);
		}
		fixture_close(&without);
		fixture_close(&with);
		fixture_close(&nato);
	}
}

/* The author hears the same of both, word for word. */
static void author_is_refused_alike_for_a_hidden_and_a_missing_target(void **state)
{
	static const char missing[] = "report--99999999-9999-4999-8999-999999999999";
	struct fixture *f = *state;
	const char *hidden = PUT_TEXT(f, "closed", LABEL_SECRET, {LABEL_SECRET, "x"}), *id = NULL;
	const char *targets[] = {hidden, missing};
	for (int optional = 0; optional < 2; optional++) {
		struct diag diag[2];
		memset(diag, 0, sizeof(diag));
		enum err err[2];
		for (int i = 0; i < 2; i++)
			err[i] = fixture_try(f, &(struct put){.title = "t", .label = LABEL_PUBLIC, .clearance = CLEARED_PUBLIC, .count = 1,
							      .pieces = (struct piece[]){{LABEL_PUBLIC, "{}", targets[i], !optional}}},
					     &id, &diag[i]);
		assert_int_equal(err[0], err[1]);
		assert_int_equal(err[0], optional ? ERR_OK : ERR_INVALID);
		assert_int_equal(diag[0].line, diag[1].line);
		assert_int_equal(strlen(diag[0].text), strlen(diag[1].text)); /* alike but for the id */
	}
}

/* A reference of ours to what comes from another nation goes back there once it is here. */
static void optional_reference_goes_to_a_nation_when_its_target_comes_from_there(void **state)
{
	(void)state;
	struct fixture nato, kor;
	bool fresh;
	fixture_open(&nato, "NATO");
	fixture_open(&kor, "KOR");
	const char *target = "report--99999999-9999-4999-8999-999999999999";
	const char *id = PUT_TEXT(&nato, "note", LABEL_PUBLIC, {LABEL_PUBLIC, "{}", target, false});
	struct rendition_view view;
	assert_ok(rendition_open(release_to(&nato, "KOR", id, NULL), &nato.arena, &view));
	assert_int_equal(view.count, 1);
	/* KOR's own guard would serve NATO; in the fixture every nation serves LTU and USA */
	fixture_put(&kor, &(struct put){.id = target, .title = "t", .label = LABEL_PUBLIC});
	assert_ok(admit_to(&nato, release_to(&kor, "LTU", target, NULL), &kor, &fresh));
	struct slice again = release_to(&nato, "KOR", id, NULL);
	assert_true(again.len != 0);
	assert_ok(rendition_open(again, &nato.arena, &view));
	assert_int_equal(view.count, 2);
	fixture_close(&kor);
	fixture_close(&nato);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(object_shows_once_its_last_target_is_there_in_any_order),
		cmocka_unit_test(who_polls_by_time_of_admission_misses_nothing_in_any_order),
		cmocka_unit_test(target_that_never_came_looks_as_one_that_is_hidden),
		cmocka_unit_test_setup_teardown(author_is_refused_alike_for_a_hidden_and_a_missing_target, fixture_setup, fixture_teardown),
		cmocka_unit_test(optional_reference_goes_to_a_nation_when_its_target_comes_from_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
