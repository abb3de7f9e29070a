/* The stream of events of one reader: server-sent events, asked for at fixed beats under his view. An event says that
 * something changed and which objects; what they hold is then read as always. Must never send anything, nor wake a reader,
 * for a change that he may not see. spec: HTML Living Standard 9.2 */
#include "present/route.h"
#include "present/write.h"

struct events {
	struct msg_watch ask;
	struct watch_mark mark;
};

static enum progress keep_mark(struct request *request, const struct msg_watched *watched)
{
	struct events *events = request->work;
	if (watched->marks.count != 1)
		return request_fail(request, ERR_INTERNAL);
	events->mark = *(const struct watch_mark *)watched->marks.items;
	events->ask.marks = (struct record_list){&events->mark, 1};
	return PROGRESS_RESPOND;
}

static void print_change(struct buf *body, const struct msg_watched *watched)
{
	const struct id_item *ids = watched->ids.items;
	buf_put_text(body, "event: change\ndata: {");
	write_member_open(body, "objects", '[');
	for (size_t i = 0; i < watched->ids.count; i++)
		write_text(body, ids[i].id);
	write_close(body, ']');
	write_member_bool(body, "more", watched->more);
	write_member_bool(body, "gone", watched->gone);
	write_member_bool(body, "releases", watched->releases);
	write_member_bool(body, "recalls", watched->recalls);
	write_member_bool(body, "node", watched->node);
	write_close(body, '}');
	buf_put_text(body, "\n\n");
}

static enum progress told(struct request *request, const void *answer)
{
	const struct msg_watched *watched = answer;
	if (watched->ids.count || watched->more || watched->gone || watched->releases || watched->recalls || watched->node)
		print_change(&request->response.body, watched);
	return keep_mark(request, watched);
}

static enum progress events_next(struct request *request)
{
	struct events *events = request->work;
	return request_ask(request, MSG_WATCH, &events->ask, MSG_WATCHED, told);
}

static enum progress begun(struct request *request, const void *answer)
{
	struct response *response = &request->response;
	buf_put_text(&response->body, "retry: 2000\nevent: begin\ndata: {}\n\n");
	response->status = 200;
	response->content_type = "text/event-stream";
	response->next = events_next;
	return keep_mark(request, answer);
}

enum progress events_get(struct request *request)
{
	struct events *events = request->work = ARENA_NEW(&request->arena, struct events);
	if (!events)
		return request_fail(request, ERR_MEMORY);
	memcpy(events->ask.session, request->session, SESSION);
	return request_ask(request, MSG_WATCH, &events->ask, MSG_WATCHED, begun);
}
