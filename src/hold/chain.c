/* The chain: requirement, evidence, warning, decision, task, outcome, walked both ways from any of them over references that
 * the view shows. Evidence is a leaf, unless it is where the walk begins. What is hidden is no link, no arrow and no gap. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/alerts.h"

enum { LINKS_MAX = 300, ARROWS_MAX = 2000, RELATION_BASIS = 6 };

struct walk {
	struct hold *hold;
	struct view *view;
	uint64_t now_ms;
	struct arena *arena;
	uint32_t objects[LINKS_MAX];
	uint8_t stages[LINKS_MAX];
	size_t count, done;
	struct arrow_item *arrows;
	size_t arrow_count;
};

static const struct { const char *type; uint8_t stage; } stages[] = {
	{TYPE_REQUIREMENT, STAGE_REQUIREMENT}, {TYPE_PROBLEM, STAGE_WARNING}, {TYPE_DECISION, STAGE_DECISION},
	{TYPE_TASK, STAGE_TASK}, {TYPE_OUTCOME, STAGE_OUTCOME}};

static uint8_t stage_of(const struct hold *hold, uint32_t object)
{
	struct slice type = term_text(hold, hold->catalog.objects[object].type);
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (slice_equal(type, slice_text(stages[i].type)))
			return stages[i].stage;
	return STAGE_EVIDENCE;
}

/* Place of an object in the chain; LINKS_MAX when there is no room. */
static size_t link_put(struct walk *walk, uint32_t object)
{
	for (size_t i = 0; i < walk->count; i++)
		if (walk->objects[i] == object)
			return i;
	if (walk->count == LINKS_MAX)
		return LINKS_MAX;
	walk->stages[walk->count] = stage_of(walk->hold, object);
	walk->objects[walk->count] = object;
	return walk->count++;
}

static void arrow_put(struct walk *walk, uint32_t from, uint32_t to, uint8_t relation)
{
	size_t a = link_put(walk, from), b = link_put(walk, to);
	struct arrow_item arrow = {(uint32_t)a, (uint32_t)b, relation};
	if (a == LINKS_MAX || b == LINKS_MAX || walk->arrow_count == ARROWS_MAX)
		return;
	for (size_t i = 0; i < walk->arrow_count; i++)
		if (walk->arrows[i].from == arrow.from && walk->arrows[i].to == arrow.to)
			return;
	walk->arrows[walk->arrow_count++] = arrow;
}

/* ---- one object's neighbours ---- */

/* from is referred to by to: is that a step of the chain? */
static void step_put(struct walk *walk, uint32_t from, uint32_t to)
{
	uint8_t a = stage_of(walk->hold, from), b = stage_of(walk->hold, to);
	if (b == STAGE_DECISION && a == STAGE_EVIDENCE)
		arrow_put(walk, from, to, RELATION_BASIS);
	else if ((a == STAGE_REQUIREMENT && b == STAGE_WARNING) || (a >= STAGE_WARNING && b == a + 1))
		arrow_put(walk, from, to, a);
}

static enum err visible_object(struct walk *walk, uint32_t name, uint32_t *ret_object)
{
	struct slice id;
	TRY(name_text(walk->hold, name, walk->arena, &id));
	return view_find(walk->hold, walk->view, id, ret_object);
}

static enum err targets_walk(struct walk *walk, uint32_t object)
{
	const struct catalog *catalog = &walk->hold->catalog;
	for (uint32_t row = catalog->objects[object].first; row; row = catalog->rows[row].next) {
		uint32_t target = 0;
		if ((catalog->rows[row].flags & (ROW_REFERENCE | ROW_MARK)) != ROW_REFERENCE ||
			!view_has(walk->view, row))
			continue;
		TRY(visible_object(walk, catalog_target(catalog, row), &target));
		if (target)
			step_put(walk, target, object);
	}
	return ERR_OK;
}

static void referrers_walk(struct walk *walk, uint32_t object)
{
	const struct catalog *catalog = &walk->hold->catalog;
	uint32_t place = catalog->names[catalog->objects[object].name].referred;
	for (; place && walk->count < LINKS_MAX; place = catalog->references[place - 1].before) {
		uint32_t row = catalog->references[place - 1].row;
		if (!(catalog->rows[row].flags & ROW_MARK) && view_has(walk->view, row))
			step_put(walk, object, catalog->rows[row].object);
	}
}

/* Requirements that a problem refers to asked for its evidence. */
static void requirements_ask(struct walk *walk, uint32_t problem, uint32_t evidence)
{
	size_t count = walk->arrow_count;
	for (size_t i = 0; i < count; i++) {
		const struct arrow_item *arrow = &walk->arrows[i];
		if (walk->objects[arrow->to] == problem && walk->stages[arrow->from] == STAGE_REQUIREMENT)
			arrow_put(walk, walk->objects[arrow->from], evidence, STAGE_REQUIREMENT);
	}
}

static enum err evidence_walk(struct walk *walk, uint32_t problem)
{
	struct hold_warning warning;
	enum err err = hold_warning(walk->hold, walk->view, problem, walk->now_ms, walk->arena, &warning);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	for (size_t i = 0; i < warning.evidence_count; i++) {
		const struct hold_evidence *each = &warning.evidence[i];
		if (each->match.calm || warning.now.indicators[each->indicator].state != INDICATOR_MET)
			continue;
		arrow_put(walk, each->object, problem, STAGE_EVIDENCE);
		requirements_ask(walk, problem, each->object);
	}
	return ERR_OK;
}

/* Problems that an object is evidence for, whether their indicators are met or not. */
static enum err problems_walk(struct walk *walk, uint32_t evidence)
{
	uint32_t *problems = NULL;
	size_t count = 0;
	TRY(hold_problems(walk->hold, walk->view, walk->arena, &problems, &count));
	for (size_t i = 0; i < count; i++) {
		struct hold_warning warning;
		AUTO_ARENA scratch = {0};
		TRY(hold_warning(walk->hold, walk->view, problems[i], walk->now_ms, &scratch, &warning));
		for (size_t k = 0; k < warning.evidence_count; k++)
			if (warning.evidence[k].object == evidence && !warning.evidence[k].match.calm)
				arrow_put(walk, evidence, problems[i], STAGE_EVIDENCE);
	}
	return ERR_OK;
}

static enum err neighbours_walk(struct walk *walk, size_t place)
{
	uint32_t object = walk->objects[place];
	if (walk->stages[place] == STAGE_EVIDENCE && place > 0)
		return ERR_OK;
	if (walk->stages[place] != STAGE_EVIDENCE)
		TRY(targets_walk(walk, object));
	referrers_walk(walk, object);
	if (walk->stages[place] == STAGE_WARNING)
		return evidence_walk(walk, object);
	return walk->stages[place] == STAGE_EVIDENCE ? problems_walk(walk, object) : ERR_OK;
}

/* ---- the answer ---- */

static struct slice trait(const struct gist *gist, const char *name, size_t most)
{
	return utf8_take(gist_find(gist, name), most);
}

static enum err digest_make(struct hold_seen *seen, struct arena *arena, uint8_t ret_digest[DIGEST])
{
	struct rendition rendition;
	TRY(record_decode(&rendition_schema, seen->rendition, arena, &rendition));
	crypto_sha256(rendition.manifest, ret_digest);
	return ERR_OK;
}

static enum err extras_make(struct walk *walk, size_t place, struct link_item *link)
{
	struct gist gist = {0};
	struct hold_warning warning;
	uint32_t object = walk->objects[place];
	enum err err = hold_gist(walk->hold, walk->hold->catalog.objects[object].head, walk->arena, &gist);
	if (err != ERR_OK && err != ERR_MALFORMED)
		return err;
	link->due = trait(&gist, "due", LIMIT_USER);
	link->owner = trait(&gist, link->stage == STAGE_DECISION ? "authority" : "owner", LIMIT_TITLE);
	if (link->stage == STAGE_TASK)
		TRY(task_state(walk->hold, walk->view, object, walk->arena, &link->state));
	if (link->stage != STAGE_WARNING)
		return ERR_OK;
	err = hold_warning(walk->hold, walk->view, object, walk->now_ms, walk->arena, &warning);
	if (err == ERR_OK)
		link->level = ((const struct level *)warning.problem->levels.items)[warning.now.level].name;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err link_make(struct walk *walk, size_t place, struct link_item *link)
{
	struct hold *hold = walk->hold;
	uint32_t object = walk->objects[place];
	struct hold_seen seen;
	struct object_facts facts;
	TRY(view_seen(hold, walk->view, object, true, walk->arena, &seen));
	TRY(object_get(hold, object, walk->arena, &facts));
	*link = (struct link_item){.type = term_text(hold, hold->catalog.objects[object].type), .title = seen.title, .label = seen.label,
				   .originator = seen.originator, .stage = walk->stages[place], .own = seen.own, .at = facts.created};
	TRY(name_text(hold, hold->catalog.objects[object].name, walk->arena, &link->id));
	TRY(digest_make(&seen, walk->arena, link->digest));
	return extras_make(walk, place, link);
}

struct placed {
	struct link_item link;
	uint32_t from; /* place in the walk */
};

static int placed_compare(const void *a, const void *b)
{
	const struct link_item *x = &((const struct placed *)a)->link, *y = &((const struct placed *)b)->link;
	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return slice_compare(x->id, y->id);
}

static enum err chain_make(struct walk *walk, struct msg_chain *ret_chain)
{
	struct placed *placed = ARENA_ARRAY(walk->arena, walk->count + 1, struct placed);
	struct link_item *links = ARENA_ARRAY(walk->arena, walk->count + 1, struct link_item);
	uint32_t *moved = ARENA_ARRAY(walk->arena, walk->count + 1, uint32_t);
	if (!placed || !links || !moved)
		return ERR_MEMORY;
	for (size_t i = 0; i < walk->count; i++) {
		placed[i].from = (uint32_t)i;
		TRY(link_make(walk, i, &placed[i].link));
	}
	qsort(placed, walk->count, sizeof(*placed), placed_compare);
	for (size_t i = 0; i < walk->count; i++) {
		links[i] = placed[i].link;
		moved[placed[i].from] = (uint32_t)i;
	}
	for (size_t i = 0; i < walk->arrow_count; i++) {
		walk->arrows[i].from = moved[walk->arrows[i].from];
		walk->arrows[i].to = moved[walk->arrows[i].to];
	}
	*ret_chain = (struct msg_chain){{links, walk->count}, {walk->arrows, walk->arrow_count}};
	return ERR_OK;
}

enum err hold_chain(struct hold *hold, struct view *view, struct slice id, uint64_t now_ms, struct arena *arena, struct msg_chain *ret_chain)
{
	struct walk *walk = ARENA_NEW(arena, struct walk);
	uint32_t object = 0;
	if (!walk)
		return ERR_MEMORY;
	*walk = (struct walk){.hold = hold, .view = view, .now_ms = now_ms, .arena = arena, .arrows = ARENA_ARRAY(arena, ARROWS_MAX, struct arrow_item)};
	TRY(view_find(hold, view, id, &object));
	if (!walk->arrows || !object)
		return object ? ERR_MEMORY : ERR_NOT_FOUND;
	(void)link_put(walk, object);
	while (walk->done < walk->count)
		TRY(neighbours_walk(walk, walk->done++));
	return chain_make(walk, ret_chain);
}
