/* The chain as JSON: links by stage, arrows between them. */
#include "present/next.h"

static const char *const stage_names[] = {
	[STAGE_REQUIREMENT] = "requirement", [STAGE_EVIDENCE] = "evidence", [STAGE_WARNING] = "warning",
	[STAGE_DECISION] = "decision", [STAGE_TASK] = "task", [STAGE_OUTCOME] = "outcome"};
static const char *const relation_names[] = {
	[STAGE_REQUIREMENT] = "asked for", [STAGE_EVIDENCE] = "raised", [STAGE_WARNING] = "led to",
	[STAGE_DECISION] = "gave", [STAGE_TASK] = "ends in", [STAGE_OUTCOME] = "", "basis"};

static struct slice name_at(const char *const *names, size_t count, size_t place)
{
	return place < count ? slice_text(names[place]) : SLICE("");
}
#define NAME_AT(names, place) name_at(names, sizeof(names) / sizeof((names)[0]), place)

static void write_text_if(struct buf *json, const char *key, struct slice text)
{
	if (text.len)
		write_member(json, key, text);
}

static void write_link(struct request *request, struct buf *json, const struct link_item *link, struct buf *labels)
{
	AUTO_BUF digest = buf_make(2 * sizeof(link->digest));
	buf_put_hex(&digest, SLICE_ARRAY(link->digest));
	write_open(json, '{');
	write_member(json, "id", link->id);
	write_member(json, "stage", NAME_AT(stage_names, link->stage));
	write_member(json, "type", link->type);
	write_member(json, "title", link->title);
	write_label(request, json, link->label, labels);
	write_member(json, "originator", link->originator);
	write_member_bool(json, "own", link->own != 0);
	write_member_moment(json, "at", link->at);
	write_text_if(json, "level", link->level);
	write_text_if(json, "state", link->state);
	write_text_if(json, "owner", link->owner);
	write_text_if(json, "due", link->due);
	write_member(json, "ledger", buf_slice(&digest));
	write_close(json, '}');
}

static void write_arrows(struct buf *json, const struct msg_chain *chain)
{
	const struct link_item *links = chain->links.items;
	const struct arrow_item *arrows = chain->arrows.items;
	write_member_open(json, "arrows", '[');
	for (size_t i = 0; i < chain->arrows.count; i++) {
		if (arrows[i].from >= chain->links.count || arrows[i].to >= chain->links.count)
			continue;
		write_open(json, '{');
		write_member(json, "from", links[arrows[i].from].id);
		write_member(json, "to", links[arrows[i].to].id);
		write_member(json, "relation", NAME_AT(relation_names, arrows[i].relation));
		write_close(json, '}');
	}
	write_close(json, ']');
}

static enum progress chain_known(struct request *request, const void *answer)
{
	const struct msg_chain *chain = answer;
	const struct link_item *links = chain->links.items;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	write_member(json, "id", request->parameters[0]);
	write_member_open(json, "links", '[');
	for (size_t i = 0; i < chain->links.count; i++)
		write_link(request, json, &links[i], &labels);
	write_close(json, ']');
	write_arrows(json, chain);
	write_page_marking(request, json, &labels);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress chain_get(struct request *request)
{
	return request_ask_object(request, MSG_CHAIN, request->parameters[0], MSG_CHAIN_DONE, chain_known);
}
