/* Status, proofs and users. Must never show a user more than the store answered. */
#include "present/body.h"
#include "present/route.h"
#include "present/write.h"

/* ---- status ---- */

static void write_peers(struct buf *json, const struct record_list *list, bool numbers)
{
	const struct peer_status *peers = list->items;
	write_member_open(json, "peers", '[');
	for (size_t i = 0; i < list->count; i++) {
		write_open(json, '{');
		write_member(json, "node", peers[i].nation);
		write_member_bool(json, "connected", peers[i].connected);
		if (numbers) {
			write_member_number(json, "backlog", peers[i].backlog);
			write_member_number(json, "sent", peers[i].sent);
			write_member_number(json, "received", peers[i].received);
			write_member_moment(json, "last_receipt", peers[i].last_receipt);
		}
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_roles(struct buf *json, const struct record_list *list)
{
	const struct role_status *roles = list->items;
	write_member_open(json, "roles", '[');
	for (size_t i = 0; i < list->count; i++) {
		write_open(json, '{');
		write_member(json, "role", roles[i].role);
		write_member_bool(json, "up", roles[i].up);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static enum progress status_known(struct request *request, const void *answer)
{
	const struct msg_status_done *status = answer;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member(json, "nation", status->nation);
	write_member(json, "realm", status->realm);
	write_member_number(json, "objects", status->objects_visible);
	write_member_number(json, "waiting", status->waiting);
	if (status->numbers)
		write_member_number(json, "ledger_size", status->ledger_size);
	write_member_bool(json, "degraded", status->degraded);
	if (status->notice.len > 0)
		write_member(json, "notice", status->notice);
	write_peers(json, &status->peers, status->numbers);
	write_roles(json, &status->roles);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress status_get(struct request *request)
{
	return request_ask_session(request, MSG_STATUS, MSG_STATUS_DONE, status_known);
}

/* ---- proof ---- */

static enum progress proof_known(struct request *request, const void *answer)
{
	buf_put(&request->response.body, ((const struct msg_text *)answer)->text);
	return request_respond(request, 200, MEDIA_TEXT);
}

enum progress proof_get(struct request *request)
{
	return request_ask_object(request, MSG_PROOF, request->parameters[0], MSG_TEXT, proof_known);
}

/* ---- users ---- */

static enum progress users_known(struct request *request, const void *answer)
{
	const struct msg_users_done *list = answer;
	const struct user_item *users = list->users.items;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member_open(json, "users", '[');
	for (size_t i = 0; i < list->users.count; i++) {
		write_open(json, '{');
		write_member(json, "name", users[i].user);
		write_member_list(json, "roles", users[i].roles, ' ');
		write_member_list(json, "clearance", users[i].clearance, '\n');
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress users_list(struct request *request)
{
	return request_ask_session(request, MSG_USERS, MSG_USERS_DONE, users_known);
}

static enum progress user_done(struct request *request, const void *answer)
{
	(void)answer;
	return request_respond_empty(request, 204);
}

enum progress user_set(struct request *request)
{
	struct msg_user_set *user = ARENA_NEW(&request->arena, struct msg_user_set);
	if (!user)
		return request_fail(request, ERR_MEMORY);
	const struct body_member members[] = {
		{"name", 0, true, LIMIT_USER, &user->user},
		{"password", 0, false, LIMIT_PASSWORD, &user->password},
		{"roles", ' ', true, LIMIT_TITLE, &user->roles},
		{"clearance", '\n', false, BODY_SMALL_BYTES, &user->clearance},
	};
	enum err err = body_read(request, members, sizeof members / sizeof members[0]);
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(user->session, request->session, SESSION);
	return request_ask(request, MSG_USER_SET, user, MSG_DONE, user_done);
}

enum progress user_remove(struct request *request)
{
	struct msg_user_set *user = ARENA_NEW(&request->arena, struct msg_user_set);
	if (!user)
		return request_fail(request, ERR_MEMORY);
	if (request->parameters[0].len > LIMIT_USER)
		return request_fail(request, ERR_NOT_FOUND);
	memcpy(user->session, request->session, SESSION);
	user->user = request->parameters[0];
	user->remove = 1;
	return request_ask(request, MSG_USER_SET, user, MSG_DONE, user_done);
}
