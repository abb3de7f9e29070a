/* The inbox and the hand-over of the watch as JSON. */
#include "base/moment.h"
#include "present/next.h"

static const char *const kinds[] = {"alert", "hand-over", "task", "release", "recall"};
static const char *const hand_over_names[] = {[HAND_OVER_OFFERED] = "offered", [HAND_OVER_ACCEPTED] = "accepted", [HAND_OVER_REFUSED] = "refused",
					      [HAND_OVER_WITHDRAWN] = "withdrawn"};

/* ---- inbox ---- */

static void write_inbox_item(struct request *request, struct buf *json, const struct inbox_item *item, struct buf *labels)
{
	write_open(json, '{');
	write_member(json, "key", item->key);
	write_member(json, "kind", item->kind);
	write_member(json, "id", item->id);
	write_member(json, "title", item->title);
	if (item->label.len)
		write_label(request, json, item->label, labels);
	write_member(json, "precedence", slice_text(item->precedence < PRECEDENCES ? precedence_names[item->precedence] : "routine"));
	write_member_moment(json, "at", item->at);
	write_member(json, "due", item->due);
	write_member(json, "state", item->state);
	write_member(json, "text", item->text);
	write_member_moment(json, "snoozed", item->snoozed);
	write_close(json, '}');
}

/* Of what is not put off. */
static void write_counts(struct buf *json, const struct record_list *list)
{
	const struct inbox_item *items = list->items;
	write_member_open(json, "counts", '{');
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		uint64_t count = 0;
		for (size_t i = 0; i < list->count; i++)
			count += !items[i].snoozed && slice_equal(items[i].kind, slice_text(kinds[k]));
		write_member_number(json, kinds[k], count);
	}
	write_close(json, '}');
}

static enum progress inbox_known(struct request *request, const void *answer)
{
	const struct msg_inbox *inbox = answer;
	const struct inbox_item *items = inbox->items.items;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	bool snoozed = request->work != NULL;
	write_open(json, '{');
	write_member_open(json, "items", '[');
	for (size_t i = 0; i < inbox->items.count; i++)
		if (snoozed || !items[i].snoozed)
			write_inbox_item(request, json, &items[i], &labels);
	write_close(json, ']');
	write_counts(json, &inbox->items);
	write_page_marking(request, json, &labels);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress inbox_get(struct request *request)
{
	bool snoozed = false;
	enum err err = query_flag(&request->query, "snoozed", &snoozed, &request->diag);
	if (err != ERR_OK)
		return request_fail(request, err);
	request->work = snoozed ? request : NULL;
	return request_ask_session(request, MSG_INBOX, MSG_INBOX_DONE, inbox_known);
}

enum progress inbox_snooze(struct request *request)
{
	struct msg_act *act = ARENA_NEW(&request->arena, struct msg_act);
	struct slice until;
	if (!act)
		return request_fail(request, ERR_MEMORY);
	const struct body_member members[] = {{"key", 0, true, LIMIT_OBJECT_ID, &act->id}, {"until", 0, true, LIMIT_USER, &until}};
	enum err err = body_read(request, members, 2);
	if (err == ERR_OK && moment_parse(until, &act->until) != ERR_OK)
		err = diag_fail(&request->diag, ERR_MALFORMED, "\"until\" must be a moment like 2026-01-31T12:00:00Z");
	if (err != ERR_OK)
		return request_fail(request, err);
	act->act = ACT_SNOOZE;
	return next_act(request, MSG_SNOOZE, act, MSG_DONE, NULL);
}

enum progress inbox_wake(struct request *request)
{
	struct msg_act *act = ARENA_NEW(&request->arena, struct msg_act);
	if (!act)
		return request_fail(request, ERR_MEMORY);
	act->act = ACT_SNOOZE;
	act->id = request->parameters[0];
	return next_act(request, MSG_SNOOZE, act, MSG_DONE, NULL);
}

/* ---- hand-over ---- */

static void write_charges(struct request *request, struct buf *json, const char *key, const struct record_list *list, struct buf *labels)
{
	const struct charge_item *items = list->items;
	write_member_open(json, key, '[');
	for (size_t i = 0; i < list->count; i++) {
		write_open(json, '{');
		write_member(json, "key", items[i].key);
		write_member(json, "kind", items[i].kind);
		write_member(json, "id", items[i].id);
		write_member(json, "title", items[i].title);
		write_label(request, json, items[i].label, labels);
		write_member(json, "holder", items[i].holder);
		if (items[i].why.len)
			write_member(json, "why", items[i].why);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_hand_over(struct request *request, struct buf *json, const struct hand_over_item *item, struct buf *labels)
{
	write_open(json, '{');
	write_member(json, "id", item->id);
	write_member(json, "from", item->from);
	write_member(json, "to", item->to);
	write_member_moment(json, "at", item->at);
	write_member(json, "state", slice_text(item->state <= HAND_OVER_WITHDRAWN ? hand_over_names[item->state] : "?"));
	write_member(json, "entry", item->entry);
	write_member_moment(json, "ended", item->ended);
	write_charges(request, json, "items", &item->items, labels);
	write_close(json, '}');
}

static enum progress hand_overs_known(struct request *request, const void *answer)
{
	const struct msg_hand_overs *all = answer;
	const struct hand_over_item *items = all->items.items;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	write_ids(json, "on_watch", &all->watch);
	write_charges(request, json, "mine", &all->mine, &labels);
	write_member_open(json, "handovers", '[');
	for (size_t i = 0; i < all->items.count; i++)
		write_hand_over(request, json, &items[i], &labels);
	write_close(json, ']');
	write_page_marking(request, json, &labels);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress handover_list(struct request *request)
{
	return request_ask_session(request, MSG_HAND_OVERS, MSG_HAND_OVERS_DONE, hand_overs_known);
}

/* The first of them in words, for who reads no lists. */
static void write_detail(struct buf *json, const struct msg_hand_over_done *done)
{
	enum { NAMED = 20 };
	const struct charge_item *items = done->items.items;
	AUTO_BUF text = buf_make(LIMIT_MESSAGE);
	buf_put(&text, done->text);
	for (size_t i = 0; i < done->items.count && i < NAMED; i++)
		buf_printf(&text, "%s%.*s \"%.*s\" (%.*s)", i ? "; " : ": ", SLICE_ARG(items[i].key), SLICE_ARG(items[i].title), SLICE_ARG(items[i].why));
	if (done->items.count > NAMED)
		buf_printf(&text, "; and %zu more", done->items.count - NAMED);
	write_member(json, "detail", buf_slice(&text));
}

/* A refusal carries its list: a problem document with one member more. */
static enum progress offered(struct request *request, const void *answer)
{
	const struct msg_hand_over_done *done = answer;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	if (done->refused) {
		write_member(json, "type", SLICE("urn:bices:problem:conflict"));
		write_member(json, "title", SLICE("something would be left without an owner"));
		write_member_number(json, "status", 409);
		write_detail(json, done);
		write_member(json, "request_id", slice_text(request->id));
	} else {
		write_member(json, "id", done->id);
	}
	write_charges(request, json, done->refused ? "left" : "items", &done->items, &labels);
	write_page_marking(request, json, &labels);
	write_close(json, '}');
	enum progress progress = request_respond(request, done->refused ? 409 : 201, MEDIA_JSON);
	if (done->refused)
		request->response.content_type = "application/problem+json";
	return progress;
}

enum progress handover_offer(struct request *request)
{
	struct msg_act *act = ARENA_NEW(&request->arena, struct msg_act);
	if (!act)
		return request_fail(request, ERR_MEMORY);
	const struct body_member members[] = {{"to", 0, false, LIMIT_USER, &act->to}, {"entry", 0, false, LIMIT_OBJECT_ID, &act->text}};
	enum err err = body_read(request, members, 2);
	if (err != ERR_OK)
		return request_fail(request, err);
	act->act = ACT_OFFER;
	return next_act(request, MSG_HAND_OVER, act, MSG_HAND_OVER_DONE, offered);
}

static enum progress ended(struct request *request, const void *answer)
{
	(void)answer;
	return request_respond_empty(request, 204);
}

static enum progress hand_over_end(struct request *request, enum act kind)
{
	struct msg_act *act = ARENA_NEW(&request->arena, struct msg_act);
	if (!act)
		return request_fail(request, ERR_MEMORY);
	act->act = (uint8_t)kind;
	act->id = request->parameters[0];
	return next_act(request, MSG_HAND_OVER, act, MSG_HAND_OVER_DONE, ended);
}

enum progress handover_accept(struct request *request)
{
	return hand_over_end(request, ACT_ACCEPT);
}

enum progress handover_refuse(struct request *request)
{
	return hand_over_end(request, ACT_REFUSE);
}

enum progress handover_withdraw(struct request *request)
{
	return hand_over_end(request, ACT_WITHDRAW);
}
