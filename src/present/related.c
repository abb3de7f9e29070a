/* What else names the same things: values, hashes, addresses and domains that an object has in common with others.
 * Computed per question over what the reader sees, with a bound on everything: what he may not see adds no line and no
 * number. Relations that somebody stated are the graph's (graph.c). */
#include "present/marking.h"
#include "present/route.h"
#include "present/values.h"
#include "present/write.h"

enum { CANDIDATES_MAX = 100, HITS_MAX = 20 };

struct candidate {
	struct slice id, type, title, label, originator;
	struct values shared;
};

struct related {
	struct slice id;
	struct values values;
	struct candidate candidates[CANDIDATES_MAX];
	size_t candidate_count, searched, read_count;
	bool more;
};

/* ---- the answer ---- */

static void write_candidate(struct request *request, struct buf *json, const struct candidate *candidate)
{
	write_open(json, '{');
	write_member(json, "id", candidate->id);
	write_member(json, "type", candidate->type);
	write_member(json, "title", candidate->title);
	write_member(json, "originator", candidate->originator);
	write_marking(request, json, candidate->label);
	write_member_open(json, "shared", '[');
	for (size_t i = 0; i < candidate->shared.count; i++) {
		write_open(json, '{');
		write_member(json, "kind", slice_text(candidate->shared.items[i].kind));
		write_member(json, "value", candidate->shared.items[i].text);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
}

static enum progress answer_all(struct request *request, const struct related *related)
{
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member(json, "id", related->id);
	write_member_open(json, "related", '[');
	for (size_t i = 0; i < related->candidate_count; i++)
		if (related->candidates[i].shared.count)
			write_candidate(request, json, &related->candidates[i]);
	write_close(json, ']');
	write_member_bool(json, "more", related->more);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

/* ---- candidates ---- */

static enum progress next_candidate(struct request *request, struct related *related);

static enum progress candidate_read(struct request *request, const void *answer)
{
	struct related *related = request->work;
	struct candidate *candidate = &related->candidates[related->read_count++];
	struct values *theirs = ARENA_NEW(&request->arena, struct values);
	if (!theirs || values_read(request, answer, theirs) != ERR_OK)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	for (size_t i = 0; i < related->values.count; i++)
		for (size_t j = 0; j < theirs->count; j++)
			if (value_equal(related->values.items[i].text, theirs->items[j].text))
				candidate->shared.items[candidate->shared.count++] = related->values.items[i];
	return next_candidate(request, related);
}

static enum progress next_candidate(struct request *request, struct related *related)
{
	if (related->read_count < related->candidate_count)
		return request_ask_object(
			request, MSG_GET, related->candidates[related->read_count].id, MSG_OBJECT, candidate_read);
	return answer_all(request, related);
}

static bool is_known(const struct related *related, struct slice id)
{
	for (size_t i = 0; i < related->candidate_count; i++)
		if (slice_equal(related->candidates[i].id, id))
			return true;
	return slice_equal(related->id, id);
}

static enum err add_candidate(struct request *request, struct related *related, const struct hit *hit)
{
	if (is_known(related, hit->id))
		return ERR_OK;
	if (related->candidate_count == CANDIDATES_MAX) {
		related->more = true;
		return ERR_OK;
	}
	struct candidate *candidate = &related->candidates[related->candidate_count];
	TRY(arena_copy(&request->arena, hit->id, &candidate->id));
	TRY(arena_copy(&request->arena, hit->type, &candidate->type));
	TRY(arena_copy(&request->arena, hit->title, &candidate->title));
	TRY(arena_copy(&request->arena, hit->label, &candidate->label));
	TRY(arena_copy(&request->arena, hit->originator, &candidate->originator));
	related->candidate_count++;
	return ERR_OK;
}

static enum progress next_value(struct request *request, struct related *related);

static enum progress value_found(struct request *request, const void *answer)
{
	const struct msg_hits *hits = answer;
	const struct hit *items = hits->hits.items;
	struct related *related = request->work;
	for (size_t i = 0; i < hits->hits.count; i++)
		if (add_candidate(request, related, &items[i]) != ERR_OK)
			return request_fail(request, ERR_MEMORY);
	related->more |= hits->count > hits->hits.count;
	return next_value(request, related);
}

static enum progress next_value(struct request *request, struct related *related)
{
	if (related->searched == related->values.count)
		return next_candidate(request, related);
	struct msg_search *search = ARENA_NEW(&request->arena, struct msg_search);
	if (!search)
		return request_fail(request, ERR_MEMORY);
	memcpy(search->session, request->session, SESSION);
	search->text = related->values.items[related->searched++].text;
	search->limit = HITS_MAX;
	return request_ask(request, MSG_SEARCH, search, MSG_HITS, value_found);
}

static enum progress object_read(struct request *request, const void *answer)
{
	struct related *related = request->work;
	if (values_read(request, answer, &related->values) != ERR_OK)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	return next_value(request, related);
}

enum progress related_get(struct request *request)
{
	struct related *related = ARENA_NEW(&request->arena, struct related);
	if (!related)
		return request_fail(request, ERR_MEMORY);
	related->id = request->parameters[0];
	request->work = related;
	return request_ask_object(request, MSG_GET, related->id, MSG_OBJECT, object_read);
}
