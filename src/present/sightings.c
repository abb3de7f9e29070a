/* Sightings of an object, by nation, and what time leaves of an indicator. Computed of what the reader sees and of
 * nothing else: a hidden sighting changes no number here. */
#include "object/pattern.h"
#include "present/heads.h"
#include "present/route.h"
#include "present/write.h"

enum { DAY_MS = 24 * 3600 * 1000, CONFIDENCE_MOST = 100, COUNT_MOST = 999999999 /* of one sighting */ };

struct nation_count {
	struct slice nation;
	uint64_t sightings, count, first_ms, last_ms;
};

struct sightings {
	struct slice id;
	uint64_t now_ms;
	struct slice ids[LIMIT_GRAPH_NODES];
	size_t id_count, read_count;
	uint64_t linked; /* of the type, seen by the reader; more than id_count where the limit cut */
	struct nation_count nations[LIMIT_NATIONS];
	size_t nation_count;
	uint64_t last_ms; /* of all */
};

/* ---- decay ---- */

/* How long what an indicator names stays worth looking for. docs/protocol/http.md holds the same table. */
static const struct {
	const char *type;
	unsigned days;
} LIFETIMES[] = {
	{"ipv4-addr", 30},
	{"ipv6-addr", 30},
	{"network-traffic", 30},
	{"url", 60},
	{"email-addr", 180},
	{"email-message", 180},
	{"domain-name", 180},
	{"file", 720},
};
enum { LIFETIME_OTHER = 365, BASE_DEFAULT = 50 };

/* Of the types in the pattern the one that ages fastest. */
static unsigned lifetime_days(struct slice text)
{
	AUTO_ARENA arena = {0};
	const struct pattern_node *root, **nodes;
	unsigned days = LIFETIME_OTHER;
	bool known = false;
	size_t count;
	if (pattern_parse(text, &arena, &root, NULL) != ERR_OK ||
		pattern_list(root, true, &arena, &nodes, &count) != ERR_OK)
		return LIFETIME_OTHER;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; nodes[i]->kind == PATTERN_TEST && j < sizeof(LIFETIMES) / sizeof(LIFETIMES[0]); j++)
			if (slice_equal(nodes[i]->type, slice_text(LIFETIMES[j].type)) &&
				(!known || LIFETIMES[j].days < days)) {
				days = LIFETIMES[j].days;
				known = true;
			}
	return days;
}

static bool has_ended(const struct sightings *sightings, json_t *head)
{
	uint64_t until = head_moment(head, "valid_until");
	return json_is_true(json_object_get(head, "revoked")) || (until && until <= sightings->now_ms);
}

static void write_decay(struct buf *json, const struct sightings *sightings, json_t *head)
{
	uint64_t base = head_number(head, "confidence", CONFIDENCE_MOST, BASE_DEFAULT);
	uint64_t since = head_moment(head, "valid_from"),
		 days = lifetime_days(json_slice(json_object_get(head, "pattern")));
	since = sightings->last_ms > since ? sightings->last_ms : since;
	uint64_t age = sightings->now_ms > since ? sightings->now_ms - since : 0, life = days * DAY_MS;
	uint64_t score = has_ended(sightings, head) || age >= life ? 0 : base * (life - age) / life;
	write_member_open(json, "decay", '{');
	write_member_number(json, "score", score);
	write_member_number(json, "base", base);
	write_member_moment(json, "since", since);
	write_member_number(json, "age_days", age / DAY_MS);
	write_member_number(json, "lifetime_days", days);
	write_member_bool(json, "ended", has_ended(sightings, head));
	write_member(json, "formula",
		SLICE("score = base x (1 - age / lifetime), 0 from the end of its lifetime or validity on; base "
		      "is the confidence, else 50; age counts from the last sighting, else from valid_from"));
	write_close(json, '}');
}

/* ---- the answer ---- */

static void write_nations(struct buf *json, const struct sightings *sightings)
{
	uint64_t all = 0;
	write_member_open(json, "nations", '[');
	for (size_t i = 0; i < sightings->nation_count; i++) {
		const struct nation_count *nation = &sightings->nations[i];
		write_open(json, '{');
		write_member(json, "nation", nation->nation);
		write_member_number(json, "sightings", nation->sightings);
		write_member_number(json, "count", nation->count);
		write_member_moment(json, "first", nation->first_ms);
		write_member_moment(json, "last", nation->last_ms);
		write_close(json, '}');
		all += nation->count;
	}
	write_close(json, ']');
	write_member_number(json, "count", all);
	write_member_bool(json, "more", sightings->linked > sightings->id_count);
}

static enum progress object_read(struct request *request, const void *answer)
{
	const struct msg_object *object = answer;
	const struct sightings *sightings = request->work;
	struct buf *json = &request->response.body;
	struct rendition_view view;
	AUTO_JSON *head = NULL;
	if (rendition_open(object->rendition, &request->arena, &view) != ERR_OK ||
		json_read(view.head->content, LIMIT_PORTION_BYTES, &head, NULL) != ERR_OK)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	write_open(json, '{');
	write_member(json, "id", sightings->id);
	write_nations(json, sightings);
	if (json_object_get(head, "pattern"))
		write_decay(json, sightings, head);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

/* ---- one sighting after another ---- */

static struct nation_count *nation_of(struct sightings *sightings, struct slice nation, struct arena *arena)
{
	for (size_t i = 0; i < sightings->nation_count; i++)
		if (slice_equal(sightings->nations[i].nation, nation))
			return &sightings->nations[i];
	if (sightings->nation_count == LIMIT_NATIONS)
		return NULL;
	struct nation_count *added = &sightings->nations[sightings->nation_count];
	if (arena_copy(arena, nation, &added->nation) != ERR_OK)
		return NULL;
	sightings->nation_count++;
	return added;
}

static enum err count_one(struct request *request, struct sightings *sightings, const struct msg_object *object)
{
	struct rendition_view view;
	AUTO_JSON *head = NULL;
	TRY(rendition_open(object->rendition, &request->arena, &view));
	TRY(json_read(view.head->content, LIMIT_PORTION_BYTES, &head, NULL));
	if (json_is_true(json_object_get(head, "revoked"))) /* taken back by its writer */
		return ERR_OK;
	uint64_t first = head_moment(head, "first_seen"), last = head_moment(head, "last_seen");
	struct nation_count *nation = nation_of(sightings, view.manifest.originator, &request->arena);
	if (!nation)
		return ERR_MEMORY;
	last = last ? last : first ? first : object->modified;
	first = first ? first : last;
	nation->sightings++;
	nation->count += head_number(head, "count", COUNT_MOST, 1);
	nation->first_ms = !nation->first_ms || first < nation->first_ms ? first : nation->first_ms;
	nation->last_ms = last > nation->last_ms ? last : nation->last_ms;
	sightings->last_ms = last > sightings->last_ms ? last : sightings->last_ms;
	return ERR_OK;
}

static enum progress next_one(struct request *request, struct sightings *sightings);

static enum progress sighting_read(struct request *request, const void *answer)
{
	struct sightings *sightings = request->work;
	if (count_one(request, sightings, answer) != ERR_OK)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	return next_one(request, sightings);
}

static enum progress next_one(struct request *request, struct sightings *sightings)
{
	if (sightings->read_count < sightings->id_count)
		return request_ask_object(
			request, MSG_GET, sightings->ids[sightings->read_count++], MSG_OBJECT, sighting_read);
	return request_ask_object(request, MSG_GET, sightings->id, MSG_OBJECT, object_read);
}

/* A sighting is of the object when its own sighting_of_ref says so; it may be linked to it otherwise as well. */
static bool is_of_centre(const struct graph_edge *edge)
{
	AUTO_JSON *reference = NULL;
	if (edge->id.len || edge->to != 0 ||
		json_read(edge->reference, LIMIT_MESSAGE_INLINE, &reference, NULL) != ERR_OK)
		return false;
	return slice_equal(json_slice(json_object_get(reference, "property")), SLICE("sighting_of_ref"));
}

static enum progress linked(struct request *request, const void *answer)
{
	const struct msg_graph *graph = answer;
	const struct graph_node *nodes = graph->nodes.items;
	const struct graph_edge *edges = graph->edges.items;
	const struct graph_kind *kinds = graph->kinds.items;
	struct sightings *sightings = request->work;
	for (size_t i = 0; i < graph->kinds.count; i++)
		if (kinds[i].node == 0 && slice_equal(kinds[i].type, SLICE("sighting")))
			sightings->linked = kinds[i].count;
	for (size_t i = 0; i < graph->edges.count && sightings->id_count < LIMIT_GRAPH_NODES; i++) {
		if (edges[i].from >= graph->nodes.count || !is_of_centre(&edges[i]))
			continue;
		if (arena_copy(&request->arena, nodes[edges[i].from].id, &sightings->ids[sightings->id_count]) !=
			ERR_OK)
			return request_fail(request, ERR_MEMORY);
		sightings->id_count++;
	}
	return next_one(request, sightings);
}

enum progress sightings_get(struct request *request)
{
	struct sightings *sightings = ARENA_NEW(&request->arena, struct sightings);
	struct msg_ask_graph *ask = ARENA_NEW(&request->arena, struct msg_ask_graph);
	if (!sightings || !ask)
		return request_fail(request, ERR_MEMORY);
	if (request->parameters[0].len > LIMIT_OBJECT_ID)
		return request_fail(request, ERR_NOT_FOUND);
	sightings->id = request->parameters[0];
	sightings->now_ms = request->head.now_ms;
	memcpy(ask->session, request->session, SESSION);
	ask->id = sightings->id;
	ask->type = SLICE("sighting");
	ask->depth = 1;
	ask->limit = LIMIT_GRAPH_NODES;
	request->work = sightings;
	return request_ask(request, MSG_GRAPH, ask, MSG_GRAPH_DONE, linked);
}
