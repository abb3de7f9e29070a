/* Tokens of tools. A secret is answered once, to whom made it, and stands in no other answer. */
#include "present/body.h"
#include "present/route.h"
#include "present/write.h"

enum { DAYS_DEFAULT = 90 };

static enum progress token_made(struct request *request, const void *answer)
{
	const struct msg_token_made *made = answer;
	struct buf *json = &request->response.body;
	AUTO_BUF text = buf_make(LIMIT_TITLE);
	buf_put_text(&text, "bices_");
	buf_put_hex(&text, SLICE_ARRAY(made->secret));
	write_open(json, '{');
	write_member_number(json, "id", made->id);
	write_member(json, "token", buf_slice(&text));
	write_member_moment(json, "expires", made->expires);
	write_close(json, '}');
	buf_wipe(&text);
	return request_respond(request, 201, MEDIA_JSON);
}

static enum err token_read(struct request *request, struct msg_token_make *token)
{
	struct slice access = {NULL, 0}, days = {NULL, 0};
	uint64_t number = DAYS_DEFAULT;
	const struct body_member members[] = {
		{"name", 0, true, LIMIT_USER, &token->name},
		{"collections", ' ', false, LIMIT_TITLE * 4, &token->scope},
		{"access", 0, false, LIMIT_USER, &access},
		{"days", 0, false, LIMIT_USER, &days},
	};
	TRY(body_read(request, members, sizeof members / sizeof members[0]));
	bool writes = slice_equal(access, SLICE("write"));
	if (access.len > 0 && !writes && !slice_equal(access, SLICE("read")))
		return diag_fail(&request->diag, ERR_MALFORMED, "\"access\" is \"read\" or \"write\" (which reads as well)");
	if (days.len > 0 && (slice_parse_u64(days, &number) != ERR_OK || number > UINT32_MAX))
		return diag_fail(&request->diag, ERR_MALFORMED, "\"days\" must be a whole number in quotes");
	token->writes = writes;
	token->days = (uint32_t)number;
	return ERR_OK;
}

enum progress token_make(struct request *request)
{
	struct msg_token_make *token = ARENA_NEW(&request->arena, struct msg_token_make);
	enum err err = token ? token_read(request, token) : ERR_MEMORY;
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(token->session, request->session, SESSION);
	return request_ask(request, MSG_TOKEN_MAKE, token, MSG_TOKEN_MADE, token_made);
}

static enum progress tokens_known(struct request *request, const void *answer)
{
	const struct msg_tokens_done *list = answer;
	const struct token_item *items = list->tokens.items;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member_open(json, "tokens", '[');
	for (size_t i = 0; i < list->tokens.count; i++) {
		write_open(json, '{');
		write_member_number(json, "id", items[i].id);
		write_member(json, "name", items[i].name);
		write_member(json, "user", items[i].user);
		write_member_list(json, "collections", items[i].scope, ' ');
		write_member(json, "access", items[i].writes ? SLICE("write") : SLICE("read"));
		write_member_moment(json, "created", items[i].created);
		write_member_moment(json, "expires", items[i].expires);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress token_list(struct request *request)
{
	return request_ask_session(request, MSG_TOKENS, MSG_TOKENS_DONE, tokens_known);
}

static enum progress token_revoked(struct request *request, const void *answer)
{
	(void)answer;
	return request_respond_empty(request, 204);
}

enum progress token_revoke(struct request *request)
{
	struct msg_token_revoke *token = ARENA_NEW(&request->arena, struct msg_token_revoke);
	if (!token)
		return request_fail(request, ERR_MEMORY);
	if (slice_parse_u64(request->parameters[0], &token->id) != ERR_OK)
		return request_fail(request, ERR_NOT_FOUND);
	memcpy(token->session, request->session, SESSION);
	return request_ask(request, MSG_TOKEN_REVOKE, token, MSG_DONE, token_revoked);
}
