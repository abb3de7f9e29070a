/* The versions of one object, as its reader sees them: a version that changed nothing he may see is none. */
#include "base/moment.h"
#include "present/route.h"
#include "present/write.h"

static enum progress versions_known(struct request *request, const void *answer)
{
	const struct msg_page_done *versions = answer;
	const struct page_item *items = versions->items.items;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member(json, "id", request->parameters[0]);
	write_member_open(json, "versions", '[');
	for (size_t i = versions->items.count; i > 0; i--) {
		const struct page_item *item = &items[i - 1];
		char text[MOMENT_TEXT + 1];
		moment_print(item->modified, text);
		write_open(json, '{');
		write_member(json, "version", item->version.len ? item->version : slice_text(text));
		write_member_moment(json, "modified", item->modified);
		write_member_moment(json, "admitted", item->added / 1000);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress versions_get(struct request *request)
{
	return request_ask_object(request, MSG_VERSIONS, request->parameters[0], MSG_PAGE_DONE, versions_known);
}
