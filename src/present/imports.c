/* See imports.h. Must never tell one person what another published. */
#include "present/imports.h"

#include "present/route.h"
#include "present/write.h"

static void put_text(struct slice text, size_t max, char *ret_text)
{
	memcpy(ret_text, text.data, text.len < max ? text.len : max);
	ret_text[text.len < max ? text.len : max] = '\0';
}

void imports_note(const struct request *request, enum import_way way, uint64_t count, struct slice first)
{
	struct imports *imports = request->site->imports;
	if (!imports || request->user.len == 0 || request->user.len > LIMIT_USER || first.len > LIMIT_OBJECT_ID)
		return;
	struct import *import = &imports->items[imports->next++ % IMPORTS];
	*import = (struct import){.at_ms = request->head.now_ms, .count = count, .way = way};
	put_text(request->user, LIMIT_USER, import->user);
	put_text(first, LIMIT_OBJECT_ID, import->first);
}

static void write_import(struct buf *json, const struct import *import)
{
	write_open(json, '{');
	write_member_moment(json, "at", import->at_ms);
	write_member(json, "way", import->way == IMPORT_TAXII ? SLICE("taxii") : SLICE("api"));
	write_member_number(json, "count", import->count);
	write_member(json, "first", slice_text(import->first));
	write_close(json, '}');
}

static enum progress user_known(struct request *request, const void *answer)
{
	const struct msg_collections_done *known = answer;
	const struct imports *imports = request->site->imports;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member_open(json, "imports", '[');
	for (uint64_t back = 1, told = 0; imports && back <= IMPORTS && back <= imports->next && told < IMPORTS_TOLD; back++) {
		const struct import *import = &imports->items[(imports->next - back) % IMPORTS];
		if (known->user.len == 0 || !slice_equal(slice_text(import->user), known->user))
			continue;
		write_import(json, import);
		told++;
	}
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress import_list(struct request *request)
{
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, user_known);
}
