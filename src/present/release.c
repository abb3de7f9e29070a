/* Release, withdrawal and recall: what waits, decisions, holders. Must never decide: the store checks rights, guard decides. */
#include "present/body.h"
#include "present/marking.h"
#include "present/plan.h"
#include "present/route.h"
#include "present/write.h"

enum { NAMES_MAX = 16384 }; /* a list of nations or numbers */

/* ---- releases ---- */

/* How many officers must approve it, and who of two did already. */
static void write_persons(struct buf *json, uint8_t persons, struct slice approver)
{
	write_member_number(json, "persons", persons);
	write_member_list(json, "approved_by", approver, ' ');
}

static enum progress listed(struct request *request, const void *answer)
{
	const struct msg_releases *releases = answer;
	const struct release_item *items = releases->items.items;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member_open(json, "releases", '[');
	for (size_t i = 0; i < releases->items.count; i++) {
		write_open(json, '{');
		write_member(json, "id", items[i].id);
		write_member(json, "title", items[i].title);
		write_line_marking(request, json, items[i].marking);
		write_member(json, "author", items[i].author);
		write_member_list(json, "nations", items[i].nations, ' ');
		write_member_moment(json, "since", items[i].since);
		write_member_number(json, "portions", items[i].portions);
		write_persons(json, items[i].persons, items[i].approver);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

static enum progress shown(struct request *request, const void *answer)
{
	const struct msg_release_shown *release = answer;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member(json, "id", release->id);
	write_member(json, "title", release->title);
	write_member(json, "author", release->author);
	write_member_moment(json, "since", release->since);
	write_persons(json, release->persons, release->approver);
	write_plan(request, json, &release->nations, &release->rows);
	write_member_list(json, "precedents", release->precedents, '\n');
	AUTO_BUF shown_text = buf_make(2 * sizeof(release->digest));
	buf_put_hex(&shown_text, SLICE_ARRAY(release->digest));
	write_member(json, "shown", buf_slice(&shown_text));
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

static enum progress done(struct request *request, const void *answer)
{
	(void)answer;
	return request_respond_empty(request, 204);
}

/* "shown": as a release was answered, 64 hexadecimal digits; absent: what this officer looked at last. */
static enum err shown_read(struct request *request, struct slice text, uint8_t ret_digest[32])
{
	AUTO_BUF bytes = buf_make(32);
	if (text.len == 0)
		return ERR_OK;
	if (hex_decode(text, &bytes) != ERR_OK || bytes.len != 32)
		return diag_fail(&request->diag, ERR_MALFORMED, "\"shown\" takes the 64 digits that the release was shown with");
	memcpy(ret_digest, bytes.data, 32);
	return ERR_OK;
}

static enum progress decide(struct request *request, bool approve)
{
	struct msg_release_decide *decision = ARENA_NEW(&request->arena, struct msg_release_decide);
	if (!decision)
		return request_fail(request, ERR_MEMORY);
	struct slice shown_text = {0};
	const struct body_member members[] = {{"reason", 0, !approve, LIMIT_REASON, &decision->reason},
					      {"shown", 0, false, 2 * sizeof(decision->digest), &shown_text}};
	enum err err = body_read(request, members, 2);
	if (err == ERR_OK)
		err = shown_read(request, shown_text, decision->digest);
	if (err == ERR_OK && !approve && slice_trim(decision->reason).len == 0)
		err = diag_fail(&request->diag, ERR_INVALID, "a refusal needs a reason: the author reads it");
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(decision->session, request->session, SESSION);
	decision->id = request->parameters[0];
	decision->approve = approve;
	return request_ask(request, MSG_RELEASE_DECIDE, decision, MSG_DONE, done);
}

enum progress release_list(struct request *request)
{
	return request_ask_session(request, MSG_RELEASE_LIST, MSG_RELEASES, listed);
}

enum progress release_show(struct request *request)
{
	return request_ask_object(request, MSG_RELEASE_SHOW, request->parameters[0], MSG_RELEASE_SHOWN, shown);
}

enum progress release_approve(struct request *request)
{
	return decide(request, true);
}

enum progress release_refuse(struct request *request)
{
	return decide(request, false);
}

/* ---- an order: recall or withdrawal ---- */

static enum progress ordered(struct request *request, const void *answer)
{
	struct buf *json = &request->response.body;
	(void)answer;
	write_open(json, '{');
	write_member(json, "id", request->parameters[0]);
	write_close(json, '}');
	return request_respond(request, 202, MEDIA_JSON);
}

/* ---- withdrawal ---- */

static void write_withdrawal(struct request *request, struct buf *json, const struct withdrawal *item)
{
	write_open(json, '{');
	write_member(json, "node", item->nation);
	if (item->number)
		write_member_number(json, "portion", item->number);
	write_member(json, "kind", portion_kind_name(item->kind));
	write_portion_marking(request, json, item->label);
	write_member(json, "state", item->state == HOLDER_RECEIPTED ? SLICE("receipted") : SLICE("outstanding"));
	write_member_moment(json, "ordered", item->ordered);
	write_member_moment(json, "at", item->at);
	write_close(json, '}');
}

static enum progress withdrawals(struct request *request, const void *answer)
{
	const struct msg_withdrawals *list = answer;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member(json, "id", list->id);
	write_member_open(json, "holders", '[');
	for (size_t i = 0; i < list->items.count; i++)
		write_withdrawal(request, json, (const struct withdrawal *)list->items.items + i);
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress withdraw_order(struct request *request)
{
	struct msg_withdraw *order = ARENA_NEW(&request->arena, struct msg_withdraw);
	if (!order)
		return request_fail(request, ERR_MEMORY);
	struct slice shown_text = {0};
	const struct body_member members[] = {{"from", ' ', true, NAMES_MAX, &order->nations},
					      {"portions", ' ', true, NAMES_MAX, &order->portions},
					      {"reason", 0, true, LIMIT_REASON, &order->reason},
					      {"shown", 0, false, 2 * sizeof(order->digest), &shown_text}};
	enum err err = body_read(request, members, 4);
	if (err == ERR_OK)
		err = shown_read(request, shown_text, order->digest);
	if (err == ERR_OK && slice_trim(order->reason).len == 0)
		err = diag_fail(&request->diag, ERR_INVALID, "a withdrawal needs a reason: the ledger keeps it");
	if (err == ERR_OK && request->parameters[0].len > LIMIT_OBJECT_ID)
		err = ERR_NOT_FOUND;
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(order->session, request->session, SESSION);
	order->id = request->parameters[0];
	return request_ask(request, MSG_WITHDRAW, order, MSG_DONE, ordered);
}

enum progress withdraw_status(struct request *request)
{
	return request_ask_object(request, MSG_WITHDRAW_STATUS, request->parameters[0], MSG_WITHDRAWALS, withdrawals);
}

/* ---- recall ---- */

static enum progress holders(struct request *request, const void *answer)
{
	const struct msg_holders *known = answer;
	const struct holder *items = known->holders.items;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member(json, "id", known->id);
	write_member_moment(json, "ordered", known->ordered);
	write_member_open(json, "holders", '[');
	for (size_t i = 0; i < known->holders.count; i++) {
		write_open(json, '{');
		write_member(json, "node", items[i].nation);
		write_member(json, "state",
			     items[i].state == HOLDER_RECEIPTED ? SLICE("receipted") : SLICE("outstanding"));
		write_member_moment(json, "at", items[i].at);
		write_member_number(json, "copies", items[i].copies);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress recall_order(struct request *request)
{
	struct msg_recall *recall = ARENA_NEW(&request->arena, struct msg_recall);
	if (!recall)
		return request_fail(request, ERR_MEMORY);
	const struct body_member members[] = {{"reason", 0, true, LIMIT_REASON, &recall->reason}};
	enum err err = body_read(request, members, 1);
	if (err == ERR_OK && slice_trim(recall->reason).len == 0)
		err = diag_fail(&request->diag, ERR_INVALID, "a recall needs a reason: the ledger keeps it");
	if (err == ERR_OK && request->parameters[0].len > LIMIT_OBJECT_ID)
		err = ERR_NOT_FOUND;
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(recall->session, request->session, SESSION);
	recall->id = request->parameters[0];
	return request_ask(request, MSG_RECALL, recall, MSG_DONE, ordered);
}

enum progress recall_status(struct request *request)
{
	return request_ask_object(request, MSG_RECALL_STATUS, request->parameters[0], MSG_HOLDERS, holders);
}
