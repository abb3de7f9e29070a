/* A sighting in one line: of an object, or of a value that indicators name or observables are. Must never tell of an
 * indicator that its writer may not read: a value that only hidden ones name is a value that nobody names. */
#include "base/moment.h"
#include "crypto/crypto.h"
#include "object/stix.h"
#include "present/publish.h"
#include "present/route.h"
#include "present/values.h"
#include "present/write.h"
#include "protocol/frame.h"

enum { TARGETS_MAX = 20, TEXT_MAX = 1024 };

struct target {
	struct slice id, label; /* of the head */
};

struct sighting {
	struct publish publish; /* first: request->work while it runs */
	struct slice of, first, last, description;
	json_int_t count;
	bool marked;
	struct target targets[TARGETS_MAX];
	size_t target_count, read_count, kept_count, type_count;
};

/* ---- the request ---- */

static enum err take_text(struct request *request, json_t *body, const char *name, struct slice *ret_text)
{
	json_t *value = json_object_get(body, name);
	if (value && (!json_is_string(value) || json_string_length(value) == 0 || json_string_length(value) > TEXT_MAX))
		return diag_fail(
			&request->diag, ERR_MALFORMED, "\"%s\" must be a text of 1 to %d octets", name, TEXT_MAX);
	return arena_copy(&request->arena, json_slice(value), ret_text);
}

static enum err take_moment(struct request *request, json_t *body, const char *name, struct slice *ret_text)
{
	uint64_t ms;
	TRY(take_text(request, body, name, ret_text));
	if (ret_text->len && (ret_text->data[ret_text->len - 1] != 'Z' || moment_parse(*ret_text, &ms) != ERR_OK))
		return diag_fail(
			&request->diag, ERR_MALFORMED, "\"%s\" is no time in UTC like 2026-01-31T12:00:00Z", name);
	return ERR_OK;
}

static enum err check_members(struct request *request, json_t *body)
{
	static const char *const known[] = {"of", "count", "first", "last", "marking", "description"};
	const char *name;
	json_t *value;
	json_object_foreach(body, name, value)
	{
		bool found = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found |= strcmp(name, known[i]) == 0;
		if (!found)
			return diag_fail(&request->diag, ERR_MALFORMED, "unknown member \"%.64s\"", name);
	}
	return json_is_object(body) ? ERR_OK
				    : diag_fail(&request->diag, ERR_MALFORMED, "the body must be a JSON object");
}

static enum err take_count(struct request *request, json_t *body, json_int_t *ret_count)
{
	json_t *count = json_object_get(body, "count");
	*ret_count = count ? json_integer_value(count) : 1;
	if ((count && !json_is_integer(count)) || *ret_count < 0 || *ret_count > 999999999)
		return diag_fail(&request->diag, ERR_MALFORMED, "\"count\" is a number from 0 to 999999999");
	return ERR_OK;
}

static enum err take_body(struct request *request, struct sighting *sighting)
{
	AUTO_JSON *body = NULL;
	struct slice marking;
	TRY(json_read(request->body, BODY_SMALL_BYTES, &body, &request->diag));
	TRY(check_members(request, body));
	TRY(take_text(request, body, "of", &sighting->of));
	TRY(take_text(request, body, "description", &sighting->description));
	TRY(take_text(request, body, "marking", &marking));
	TRY(take_moment(request, body, "first", &sighting->first));
	TRY(take_moment(request, body, "last", &sighting->last));
	TRY(take_count(request, body, &sighting->count));
	if (!sighting->of.len)
		return diag_fail(&request->diag, ERR_MALFORMED,
			"\"of\" is missing: an id, or a value that an indicator names or an observable is");
	sighting->marked = marking.len > 0;
	return sighting->marked ? publish_marking(request, marking, &sighting->publish.label) : ERR_OK;
}

/* ---- the document ---- */

/* spec: RFC 9562 5.4 */
static json_t *new_id(void)
{
	uint8_t octets[16];
	AUTO_BUF hex = buf_make(32);
	crypto_random(octets, sizeof octets);
	octets[6] = (octets[6] & 0x0f) | 0x40;
	octets[8] = (octets[8] & 0x3f) | 0x80;
	buf_put_hex(&hex, SLICE_ARRAY(octets));
	const char *d = (const char *)hex.data;
	return hex.err != ERR_OK
		       ? NULL
		       : json_sprintf("sighting--%.8s-%.4s-%.4s-%.4s-%.12s", d, d + 8, d + 12, d + 16, d + 20);
}

static enum err set(json_t *object, const char *name, json_t *value)
{
	return json_object_set_new(object, name, value) == 0 ? ERR_OK : ERR_MEMORY;
}

/* It has its indicator's label unless it was marked: who may read the one may read the other. */
static enum err make_one(
	struct request *request, const struct sighting *sighting, const struct target *target, json_t *objects)
{
	char now[MOMENT_TEXT + 1];
	moment_print(request->head.now_ms, now);
	json_t *object = json_pack("{s:s, s:s, s:o, s:s, s:s, s:I, s:o}", "type", "sighting", "spec_version", "2.1",
		"id", new_id(), "created", now, "modified", now, "count", sighting->count, "sighting_of_ref",
		json_text(target->id));
	if (json_array_append_new(objects, object) != 0)
		return ERR_MEMORY;
	struct slice first = sighting->first.len  ? sighting->first
			     : sighting->last.len ? sighting->last
						  : slice_text(now);
	struct slice last = sighting->last.len ? sighting->last : first;
	TRY(set(object, "first_seen", json_text(first)));
	TRY(set(object, "last_seen", json_text(last)));
	if (sighting->description.len)
		TRY(set(object, "description", json_text(sighting->description)));
	if (sighting->marked)
		return ERR_OK;
	return set(object, "extensions",
		json_pack("{s:{s:s, s:[{s:s, s:o}]}}", STIX_PORTIONS, "extension_type", "property-extension",
			"portions", "kind", "head", "label", json_text(target->label)));
}

static enum progress published(struct request *request, const void *answer)
{
	const struct msg_put_done *done = answer;
	const struct sighting *sighting = request->work;
	const struct id_item *ids = done->ids.items;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member_open(json, "ids", '[');
	for (size_t i = 0; i < done->ids.count; i++)
		write_text(json, ids[i].id);
	write_close(json, ']');
	write_member_open(json, "of", '[');
	for (size_t i = 0; i < sighting->target_count; i++)
		write_text(json, sighting->targets[i].id);
	write_close(json, ']');
	write_member_number(json, "waiting", done->waiting);
	write_close(json, '}');
	return request_respond(request, 201, MEDIA_JSON);
}

static enum err make_document(struct request *request, const struct sighting *sighting)
{
	AUTO_JSON *objects = json_array();
	AUTO_JSON *document = json_pack("{s:O}", "objects", objects);
	AUTO_BUF text = buf_make(LIMIT_MESSAGE_INLINE);
	if (!document)
		return ERR_MEMORY;
	for (size_t i = 0; i < sighting->target_count; i++)
		TRY(make_one(request, sighting, &sighting->targets[i], objects));
	json_canonical(document, &text);
	TRY(text.err);
	return arena_copy(&request->arena, buf_slice(&text), &request->body);
}

static enum progress publish(struct request *request, struct sighting *sighting)
{
	if (sighting->target_count == 0)
		return request_fail(request, ERR_NOT_FOUND);
	enum err err = make_document(request, sighting);
	if (err != ERR_OK)
		return request_fail(request, err);
	sighting->publish.asserted = sighting->marked;
	sighting->publish.put.precedence = LANE_ROUTINE;
	sighting->publish.then = published;
	return publish_start(request, &sighting->publish);
}

/* ---- an object by its id ---- */

static enum progress object_found(struct request *request, const void *answer)
{
	const struct msg_graph *graph = answer;
	struct sighting *sighting = request->work;
	const struct graph_node *node = graph->nodes.items;
	struct target *target = &sighting->targets[0];
	if (graph->nodes.count == 0)
		return request_fail(request, ERR_NOT_FOUND);
	if (arena_copy(&request->arena, node->id, &target->id) != ERR_OK ||
		arena_copy(&request->arena, node->label, &target->label) != ERR_OK)
		return request_fail(request, ERR_MEMORY);
	sighting->target_count = 1;
	return publish(request, sighting);
}

static enum progress ask_object(struct request *request, struct sighting *sighting)
{
	struct msg_ask_graph *ask = ARENA_NEW(&request->arena, struct msg_ask_graph);
	if (!ask)
		return request_fail(request, ERR_MEMORY);
	memcpy(ask->session, request->session, SESSION);
	ask->id = sighting->of;
	ask->limit = 1;
	return request_ask(request, MSG_GRAPH, ask, MSG_GRAPH_DONE, object_found);
}

/* ---- what a value names ---- */

/* Indicators that name the value, else observables that are it. */
static const char *const VALUE_TYPES[] = {
	"indicator", "ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "file", "mac-addr", "mutex"};
enum { VALUE_TYPE_COUNT = sizeof(VALUE_TYPES) / sizeof(VALUE_TYPES[0]) };

static enum progress next_type(struct request *request, struct sighting *sighting);
static enum progress next_candidate(struct request *request, struct sighting *sighting);

static enum progress candidate_read(struct request *request, const void *answer)
{
	struct sighting *sighting = request->work;
	struct values *values = ARENA_NEW(&request->arena, struct values);
	if (!values || values_read(request, answer, values) != ERR_OK)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	bool names = false;
	for (size_t i = 0; i < values->count; i++)
		names |= value_equal(values->items[i].text, sighting->of);
	if (names)
		sighting->targets[sighting->kept_count++] = sighting->targets[sighting->read_count];
	sighting->read_count++;
	return next_candidate(request, sighting);
}

static enum progress next_candidate(struct request *request, struct sighting *sighting)
{
	if (sighting->read_count < sighting->target_count)
		return request_ask_object(
			request, MSG_GET, sighting->targets[sighting->read_count].id, MSG_OBJECT, candidate_read);
	sighting->target_count = sighting->kept_count;
	return sighting->kept_count ? publish(request, sighting) : next_type(request, sighting);
}

static enum progress candidates_found(struct request *request, const void *answer)
{
	const struct msg_hits *hits = answer;
	const struct hit *items = hits->hits.items;
	struct sighting *sighting = request->work;
	sighting->target_count = sighting->read_count = 0;
	for (size_t i = 0; i < hits->hits.count && i < TARGETS_MAX; i++) {
		struct target *target = &sighting->targets[sighting->target_count++];
		if (arena_copy(&request->arena, items[i].id, &target->id) != ERR_OK ||
			arena_copy(&request->arena, items[i].label, &target->label) != ERR_OK)
			return request_fail(request, ERR_MEMORY);
	}
	return next_candidate(request, sighting);
}

static enum progress next_type(struct request *request, struct sighting *sighting)
{
	struct msg_search *search = ARENA_NEW(&request->arena, struct msg_search);
	if (!search)
		return request_fail(request, ERR_MEMORY);
	if (sighting->type_count == VALUE_TYPE_COUNT)
		return request_fail(request, ERR_NOT_FOUND);
	memcpy(search->session, request->session, SESSION);
	search->text = sighting->of;
	search->type = slice_text(VALUE_TYPES[sighting->type_count++]);
	search->limit = TARGETS_MAX;
	return request_ask(request, MSG_SEARCH, search, MSG_HITS, candidates_found);
}

enum progress sighting_post(struct request *request)
{
	struct sighting *sighting = ARENA_NEW(&request->arena, struct sighting);
	struct slice type;
	enum err err = sighting ? take_body(request, sighting) : ERR_MEMORY;
	if (err != ERR_OK)
		return request_fail(request, err);
	request->work = sighting;
	return object_id_type(sighting->of, &type) == ERR_OK ? ask_object(request, sighting)
							     : next_type(request, sighting);
}
