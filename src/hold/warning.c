/* Problems under a view: evidence whose rows the view shows, and what follows from it. Never counts, orders or cuts off
 * anything before the view has been asked. */
#include "hold/weigh.h"

enum err hold_problems(struct hold *hold, const struct view *view, struct arena *arena, uint32_t **ret_objects, size_t *ret_count)
{
	const struct weighing *weighing = hold->weighing;
	size_t count = 0;
	uint32_t *objects = ARENA_ARRAY(arena, LIMIT_PROBLEMS, uint32_t);
	if (!objects)
		return ERR_MEMORY;
	for (size_t i = 0; weighing && i < weighing->count; i++)
		if (weighing->problems[i].problem.indicators.count && view_object_visible(view, weighing->problems[i].object))
			objects[count++] = weighing->problems[i].object;
	*ret_objects = objects;
	*ret_count = count;
	return ERR_OK;
}

/* ---- evidence ---- */

struct gathering {
	struct hold *hold;
	const struct view *view;
	const struct weighed *weighed;
	struct arena *arena;
	uint16_t nations[LIMIT_NATIONS]; /* place: term of an originator */
	size_t nation_count;
};

static bool shows(const struct gathering *g, const struct evidence *evidence)
{
	return view_has(g->view, evidence->row) && (!evidence->via || view_has(g->view, evidence->via)) &&
	       (!evidence->target || view_has(g->view, evidence->target));
}

/* Whoever comes behind the last place shares it: too few nations are counted then, never too many. */
static uint8_t nation_place(struct gathering *g, uint16_t term)
{
	size_t i = 0;
	while (i < g->nation_count && g->nations[i] != term)
		i++;
	if (i == LIMIT_NATIONS)
		return LIMIT_NATIONS - 1;
	if (i == g->nation_count)
		g->nations[g->nation_count++] = term;
	return (uint8_t)i;
}

static enum err match_make(struct gathering *g, const struct evidence *evidence, struct hold_evidence *ret_evidence)
{
	const struct source_key *keys = &g->weighed->keys[evidence->first_key];
	uint64_t *shown = ARENA_ARRAY(g->arena, evidence->key_count + 1u, uint64_t);
	size_t count = 0;
	if (!shown)
		return ERR_MEMORY;
	for (size_t i = 0; i < evidence->key_count; i++)
		if (view_has(g->view, keys[i].row))
			shown[count++] = keys[i].key;
	*ret_evidence = (struct hold_evidence){
		.row = evidence->row, .object = evidence->object, .indicator = evidence->indicator,
		.match = {.seen_ms = evidence->seen_ms, .known_ms = evidence->known_ms, .calm = evidence->calm, .keys = shown, .key_count = count,
			  .nation = nation_place(g, g->hold->catalog.objects[evidence->object].originator)}};
	return ERR_OK;
}

/* By indicator; of one object what is no calm first, then what was known first; then the newest first. */
static int object_compare(const void *a, const void *b)
{
	const struct hold_evidence *x = a, *y = b;
	if (x->indicator != y->indicator)
		return x->indicator < y->indicator ? -1 : 1;
	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	if (x->match.calm != y->match.calm)
		return x->match.calm ? 1 : -1;
	return (x->match.known_ms > y->match.known_ms) - (x->match.known_ms < y->match.known_ms);
}

static int newest_compare(const void *a, const void *b)
{
	const struct hold_evidence *x = a, *y = b;
	if (x->indicator != y->indicator)
		return x->indicator < y->indicator ? -1 : 1;
	if (x->match.seen_ms != y->match.seen_ms)
		return x->match.seen_ms > y->match.seen_ms ? -1 : 1;
	return (x->row < y->row) - (x->row > y->row);
}

static size_t one_an_object(struct hold_evidence *items, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!kept || items[kept - 1].object != items[i].object || items[kept - 1].indicator != items[i].indicator)
			items[kept++] = items[i];
	return kept;
}

static size_t newest_only(struct hold_evidence *items, size_t count)
{
	size_t kept = 0, same = 0;
	for (size_t i = 0; i < count; i++) {
		same = i && items[i].indicator == items[i - 1].indicator ? same + 1 : 0;
		if (same < LIMIT_MATCHES)
			items[kept++] = items[i];
	}
	return kept;
}

static enum err gather(struct gathering *g, struct hold_evidence **ret_items, size_t *ret_count)
{
	size_t count = 0;
	for (size_t i = 0; i < g->weighed->count; i++)
		count += shows(g, &g->weighed->evidence[i]);
	struct hold_evidence *items = ARENA_ARRAY(g->arena, count + 1, struct hold_evidence);
	if (!items)
		return ERR_MEMORY;
	count = 0;
	for (size_t i = 0; i < g->weighed->count; i++)
		if (shows(g, &g->weighed->evidence[i]))
			TRY(match_make(g, &g->weighed->evidence[i], &items[count++]));
	qsort(items, count, sizeof(*items), object_compare);
	count = one_an_object(items, count);
	qsort(items, count, sizeof(*items), newest_compare);
	*ret_items = items;
	*ret_count = newest_only(items, count);
	return ERR_OK;
}

static enum err reports_make(const struct problem *problem, const struct hold_evidence *items, size_t count, struct arena *arena,
			     struct reports **ret_reports)
{
	struct reports *reports = ARENA_ARRAY(arena, problem->indicators.count + 1, struct reports);
	struct match *matches = ARENA_ARRAY(arena, count + 1, struct match);
	if (!reports || !matches)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct reports *mine = &reports[items[i].indicator];
		matches[i] = items[i].match;
		if (!mine->count++)
			mine->matches = &matches[i];
	}
	*ret_reports = reports;
	return ERR_OK;
}

/* ---- the problem ---- */

enum err hold_warning(struct hold *hold, struct view *view, uint32_t object, uint64_t now_ms, struct arena *arena,
		      struct hold_warning *ret_warning)
{
	struct gathering g = {.hold = hold, .view = view, .weighed = weighed_find(hold, object), .arena = arena};
	struct hold_warning warning = {.object = object};
	struct reports *reports = NULL;
	if (!g.weighed || !g.weighed->problem.indicators.count || g.weighed->head != hold->catalog.objects[object].head)
		return ERR_NOT_FOUND;
	TRY(view_seen(hold, view, object, false, arena, &warning.seen));
	TRY(name_text(hold, hold->catalog.objects[object].name, arena, &warning.id));
	warning.problem = &g.weighed->problem;
	warning.settled = g.weighed->cursor >= hold->catalog.row_count;
	TRY(gather(&g, &warning.evidence, &warning.evidence_count));
	TRY(reports_make(warning.problem, warning.evidence, warning.evidence_count, arena, &reports));
	TRY(assess(warning.problem, reports, now_ms, arena, &warning.now));
	*ret_warning = warning;
	return ERR_OK;
}

enum err hold_warning_find(struct hold *hold, struct view *view, struct slice id, uint64_t now_ms, struct arena *arena,
			   struct hold_warning *ret_warning)
{
	uint32_t object = 0;
	TRY(view_find(hold, view, id, &object));
	return object ? hold_warning(hold, view, object, now_ms, arena, ret_warning) : ERR_NOT_FOUND;
}
