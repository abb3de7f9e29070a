/* Saved searches: names and questions of who asks, never of anybody else. */
#include "present/body.h"
#include "present/route.h"
#include "present/write.h"

static enum progress searches_known(struct request *request, const void *answer)
{
	const struct msg_saved_searches_done *done = answer;
	const struct saved_search *items = done->searches.items;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member_open(json, "searches", '[');
	for (size_t i = 0; i < done->searches.count; i++) {
		write_open(json, '{');
		write_member(json, "name", items[i].name);
		write_member(json, "query", items[i].query);
		write_member_moment(json, "opened", items[i].opened);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress saved_list(struct request *request)
{
	return request_ask_session(request, MSG_SAVED_SEARCHES, MSG_SAVED_SEARCHES_DONE, searches_known);
}

static enum progress changed(struct request *request, const void *answer)
{
	(void)answer;
	return request_respond_empty(request, 204);
}

enum progress saved_put(struct request *request)
{
	struct msg_saved_search_put *put = ARENA_NEW(&request->arena, struct msg_saved_search_put);
	if (!put)
		return request_fail(request, ERR_MEMORY);
	const struct body_member members[] = {{"name", 0, true, LIMIT_USER, &put->name}, {"query", 0, true, LIMIT_SAVED_QUERY, &put->query}};
	enum err err = body_read(request, members, 2);
	if (err == ERR_OK && (put->name.len == 0 || put->query.len == 0))
		err = diag_fail(&request->diag, ERR_MALFORMED, "\"name\" and \"query\" must not be empty");
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(put->session, request->session, SESSION);
	return request_ask(request, MSG_SAVED_SEARCH_PUT, put, MSG_DONE, changed);
}

enum progress saved_forget(struct request *request)
{
	struct msg_saved_search_put *put = ARENA_NEW(&request->arena, struct msg_saved_search_put);
	if (!put)
		return request_fail(request, ERR_MEMORY);
	if (request->parameters[0].len > LIMIT_USER)
		return request_fail(request, ERR_NOT_FOUND);
	put->name = request->parameters[0];
	memcpy(put->session, request->session, SESSION);
	return request_ask(request, MSG_SAVED_SEARCH_PUT, put, MSG_DONE, changed);
}
