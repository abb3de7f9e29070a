/* What else names the same things: values, hashes, addresses and domains that an object has in common with others.
 * Computed per question over what the reader sees, with a bound on everything: what he may not see adds no line and no
 * number. Relations that somebody stated are the graph's (graph.c). */
#include "object/json.h"
#include "object/pattern.h"
#include "object/portion.h"
#include "present/marking.h"
#include "present/route.h"
#include "present/write.h"

enum { VALUES_MAX = 16, CANDIDATES_MAX = 100, HITS_MAX = 20, VALUE_MIN = 4, VALUE_MAX = 512 };

struct value {
	struct slice text;
	const char *kind; /* "hash", "infrastructure", "value" */
};

struct values {
	struct value items[VALUES_MAX];
	size_t count;
};

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

/* ---- the values of an object ---- */

static bool is_hex(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789abcdefABCDEF", text.data[i]) || !text.data[i])
			return false;
	return text.len == 32 || text.len == 40 || text.len == 64 || text.len == 128;
}

static const char *kind_of(struct slice type, struct slice text)
{
	static const char *const infrastructure[] = {"ipv4-addr", "ipv6-addr", "domain-name", "url", "network-traffic"};
	if (is_hex(text))
		return "hash";
	for (size_t i = 0; i < sizeof(infrastructure) / sizeof(infrastructure[0]); i++)
		if (slice_equal(type, slice_text(infrastructure[i])))
			return "infrastructure";
	return "value";
}

static bool same(struct slice a, struct slice b)
{
	return a.len == b.len && strncasecmp(slice_chars(a), slice_chars(b), a.len) == 0;
}

static enum err put_value(struct values *values, struct slice type, struct slice text, struct arena *arena)
{
	if (text.len < VALUE_MIN || text.len > VALUE_MAX || values->count == VALUES_MAX)
		return ERR_OK;
	for (size_t i = 0; i < values->count; i++)
		if (same(values->items[i].text, text))
			return ERR_OK;
	struct value *added = &values->items[values->count];
	added->kind = kind_of(type, text);
	TRY(arena_copy(arena, text, &added->text));
	values->count++;
	return ERR_OK;
}

static enum err values_of_pattern(struct slice text, struct values *values, struct arena *arena)
{
	AUTO_ARENA work = {0};
	const struct pattern_node *root, **nodes;
	size_t count;
	if (!text.len || pattern_parse(text, &work, &root, NULL) != ERR_OK)
		return ERR_OK;
	TRY(pattern_list(root, true, &work, &nodes, &count));
	for (size_t i = 0; i < count; i++) {
		bool equals = nodes[i]->kind == PATTERN_TEST && !nodes[i]->negated &&
			      (nodes[i]->comparator == OPERATOR_EQUAL || nodes[i]->comparator == OPERATOR_IN);
		for (const struct pattern_literal *literal = equals ? nodes[i]->literal : NULL; literal;
			literal = literal->next)
			if (literal->kind == LITERAL_TEXT)
				TRY(put_value(values, nodes[i]->type, literal->text, arena));
	}
	return ERR_OK;
}

/* Observables by their value or what stands for it, and their hashes; indicators by what their pattern names. */
static enum err values_of(struct slice type, json_t *head, struct values *values, struct arena *arena)
{
	static const char *const names[] = {"value", "key", "serial_number"};
	const char *algorithm;
	json_t *hash;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		TRY(put_value(values, type, json_slice(json_object_get(head, names[i])), arena));
	if (slice_equal(type, SLICE("mutex")))
		TRY(put_value(values, type, json_slice(json_object_get(head, "name")), arena));
	json_object_foreach(json_object_get(head, "hashes"), algorithm, hash)
		TRY(put_value(values, type, json_slice(hash), arena));
	return values_of_pattern(json_slice(json_object_get(head, "pattern")), values, arena);
}

static enum err read_values(struct request *request, const struct msg_object *object, struct values *values)
{
	struct rendition_view view;
	struct slice type;
	AUTO_JSON *head = NULL;
	TRY(rendition_open(object->rendition, &request->arena, &view));
	TRY(object_id_type(view.manifest.object_id, &type));
	TRY(json_read(view.head->content, LIMIT_PORTION_BYTES, &head, NULL));
	return values_of(type, head, values, &request->arena);
}

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
	if (!theirs || read_values(request, answer, theirs) != ERR_OK)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	for (size_t i = 0; i < related->values.count; i++)
		for (size_t j = 0; j < theirs->count; j++)
			if (same(related->values.items[i].text, theirs->items[j].text))
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
	if (read_values(request, answer, &related->values) != ERR_OK)
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
