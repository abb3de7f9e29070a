/* Search. The words go to the store and nowhere else. Must never count or order anything itself. */
#include "present/search.h"

#include "present/marking.h"
#include "present/route.h"
#include "present/write.h"

/* Words from a portion never stand without that portion's marking. */
static void write_snippet(struct request *request, struct buf *json, const struct hit *hit)
{
	if (hit->snippet.len == 0 || hit->snippet_label.len == 0)
		return;
	write_member_open(json, "snippet", '{');
	write_member(json, "text", hit->snippet);
	write_member(json, "label", hit->snippet_label);
	write_portion_marking(request, json, hit->snippet_label);
	write_close(json, '}');
}

void write_hit_members(struct request *request, struct buf *json, const struct hit *hit)
{
	write_member(json, "id", hit->id);
	write_member(json, "type", hit->type);
	write_member(json, "title", hit->title);
	write_member(json, "label", hit->label);
	write_mark(request, json, hit->label);
	write_marking(request, json, hit->label);
	write_member(json, "originator", hit->originator);
	write_member_moment(json, "admitted", hit->admitted);
	write_member_moment(json, "modified", hit->modified);
}

static void write_hit(struct request *request, struct buf *json, const struct hit *hit)
{
	write_open(json, '{');
	write_hit_members(request, json, hit);
	write_snippet(request, json, hit);
	write_close(json, '}');
}

void write_next(struct buf *json, struct slice next)
{
	AUTO_BUF text = buf_make(2 * LIMIT_TITLE);
	buf_put_hex(&text, next);
	if (text.len > 0)
		write_member(json, "next", buf_slice(&text));
}

/* The banner of a list: all labels of its titles and snippets together. */
static void write_hits(struct request *request, struct buf *json, const struct record_list *list)
{
	const struct hit *hits = list->items;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_member_open(json, "objects", '[');
	for (size_t i = 0; i < list->count; i++) {
		write_hit(request, json, &hits[i]);
		buf_put(&labels, hits[i].label);
		buf_put_octet(&labels, '\n');
		if (hits[i].snippet.len > 0) {
			buf_put(&labels, hits[i].snippet_label);
			buf_put_octet(&labels, '\n');
		}
	}
	write_close(json, ']');
	write_marking(request, json, buf_slice(&labels));
}

static void write_facets(struct request *request, struct buf *json, const struct record_list *list)
{
	const struct facet *facets = list->items;
	write_member_open(json, "facets", '[');
	for (size_t i = 0; i < list->count; i++) {
		write_open(json, '{');
		write_member(json, "name", facets[i].name);
		write_member(json, "value", facets[i].value);
		if (slice_equal(facets[i].name, SLICE("label"))) {
			write_mark(request, json, facets[i].value);
			write_marking(request, json, facets[i].value);
		}
		write_member_number(json, "count", facets[i].count);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static enum progress found(struct request *request, const void *answer)
{
	const struct msg_hits *hits = answer;
	const struct msg_search *search = request->work;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member_number(json, "count", hits->count);
	if (!search->count_only)
		write_hits(request, json, &hits->hits);
	if (search->facets)
		write_facets(request, json, &hits->facets);
	write_next(json, hits->next);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

static enum err take_cursor(struct request *request, struct msg_search *search)
{
	struct slice text = query_find(&request->query, "cursor", NULL);
	AUTO_BUF bytes = buf_make(LIMIT_TITLE);
	if (hex_decode(text, &bytes) != ERR_OK)
		return diag_fail(&request->diag, ERR_MALFORMED, "\"cursor\" is not one that this node gave");
	return arena_copy(&request->arena, buf_slice(&bytes), &search->cursor);
}

enum err search_read(struct request *request, struct msg_search *search)
{
	const struct query *query = &request->query;
	uint64_t limit;
	bool count_only, facets;
	search->text = query_find(query, "q", NULL);
	search->type = query_find(query, "type", NULL);
	if (search->text.len > LIMIT_SEARCH_TEXT)
		return diag_fail(&request->diag, ERR_TOO_LARGE, "\"q\" may have at most %d octets", LIMIT_SEARCH_TEXT);
	search->originator = query_find(query, "originator", NULL);
	search->label = query_find(query, "label", NULL);
	if (search->originator.len > LIMIT_NATION || search->label.len > LIMIT_LABEL_TEXT)
		return diag_fail(&request->diag, ERR_TOO_LARGE, "\"originator\" or \"label\" is too long");
	if (search->type.len > LIMIT_OBJECT_ID)
		return diag_fail(&request->diag, ERR_TOO_LARGE, "\"type\" is too long");
	TRY(query_moment(query, "since", &search->since, &request->diag));
	TRY(query_number(query, "limit", 1, LIMIT_SEARCH_RESULTS, LIMIT_SEARCH_DEFAULT, &limit, &request->diag));
	TRY(query_flag(query, "count", &count_only, &request->diag));
	TRY(query_flag(query, "facets", &facets, &request->diag));
	search->limit = (uint32_t)limit;
	search->count_only = count_only;
	search->facets = facets;
	return take_cursor(request, search);
}

enum progress search_get(struct request *request)
{
	struct msg_search *search = ARENA_NEW(&request->arena, struct msg_search);
	enum err err = search ? search_read(request, search) : ERR_MEMORY;
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(search->session, request->session, SESSION);
	request->work = search;
	return request_ask(request, MSG_SEARCH, search, MSG_HITS, found);
}
