/* Signing in and out. Must never keep, echo or log a password or a token. */
#include "present/body.h"
#include "present/route.h"
#include "present/write.h"

static enum progress session_opened(struct request *request, const void *answer)
{
	const struct msg_session *session = answer;
	struct buf *json = &request->response.body;
	AUTO_BUF token = buf_make(2 * SESSION);
	buf_put_hex(&token, SLICE_ARRAY(session->session));
	write_open(json, '{');
	write_member(json, "token", buf_slice(&token));
	write_member_moment(json, "expires", session->expires);
	write_member(json, "user", session->user);
	write_member_list(json, "roles", session->roles, ' ');
	write_member_list(json, "clearance", session->clearance, '\n');
	write_member(json, "nation", request->site->nation);
	write_member(json, "realm", request->site->realm);
	write_close(json, '}');
	explicit_bzero(token.data, token.len);
	return request_respond(request, 200, MEDIA_JSON);
}

/* Basic credentials in place of a body. */
static enum err from_authorization(struct request *request, struct msg_sign_in *sign_in)
{
	struct slice scheme, text = slice_trim(slice_split(request->head.authorization, ' ', &scheme));
	struct buf bytes = buf_make(LIMIT_USER + LIMIT_PASSWORD + 1);
	struct slice plain = {NULL, 0};
	enum err err = base64_decode(text, &bytes);
	if (err == ERR_OK)
		err = arena_copy(&request->arena, buf_slice(&bytes), &plain);
	buf_wipe(&bytes);
	if (err != ERR_OK || scheme.len != 5 || strncasecmp((const char *)scheme.data, "basic", 5) != 0)
		return ERR_SIGN_IN;
	sign_in->password = slice_split(plain, ':', &sign_in->user);
	return ERR_OK;
}

static enum err take_credentials(struct request *request, struct msg_sign_in *sign_in)
{
	const struct body_member members[] = {
		{"user", 0, true, LIMIT_USER, &sign_in->user},
		{"password", 0, true, LIMIT_PASSWORD, &sign_in->password},
	};
	if (slice_trim(request->body).len > 0)
		TRY(body_read(request, members, 2));
	else if (request->head.authorization.len > 0)
		TRY(from_authorization(request, sign_in));
	else if (request->head.certificate == CERTIFICATE_GOOD)
		sign_in->certificate_uri = request->head.certificate_uri;
	if (sign_in->certificate_uri.len > 0)
		return ERR_OK;
	bool usable = sign_in->user.len > 0 && sign_in->user.len <= LIMIT_USER && utf8_is_text(sign_in->user) &&
		      sign_in->password.len > 0;
	return usable ? ERR_OK : ERR_SIGN_IN;
}

enum progress session_open(struct request *request)
{
	struct msg_sign_in *sign_in = ARENA_NEW(&request->arena, struct msg_sign_in);
	enum err err = sign_in ? take_credentials(request, sign_in) : ERR_MEMORY;
	if (err != ERR_OK)
		return request_fail(request, err);
	return request_ask(request, MSG_SIGN_IN, sign_in, MSG_SESSION, session_opened);
}

static enum progress session_closed(struct request *request, const void *answer)
{
	(void)answer;
	return request_respond_empty(request, 204);
}

enum progress session_close(struct request *request)
{
	return request_ask_session(request, MSG_SIGN_OUT, MSG_DONE, session_closed);
}

/* ---- see as ---- */

static enum progress lens_opened(struct request *request, const void *answer)
{
	const struct msg_session *session = answer;
	const struct msg_lens *lens = request->work;
	struct buf *json = &request->response.body;
	AUTO_BUF token = buf_make(2 * SESSION);
	buf_put_hex(&token, SLICE_ARRAY(session->session));
	write_open(json, '{');
	write_member(json, "token", buf_slice(&token));
	write_member_moment(json, "expires", session->expires);
	write_member(json, "as", lens->nation);
	write_member_list(json, "clearance", session->clearance, '\n');
	write_close(json, '}');
	explicit_bzero(token.data, token.len);
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress lens_open(struct request *request)
{
	struct msg_lens *lens = request->work = ARENA_NEW(&request->arena, struct msg_lens);
	if (!lens)
		return request_fail(request, ERR_MEMORY);
	const struct body_member members[] = {{"nation", 0, true, LIMIT_NATION, &lens->nation}};
	enum err err = body_read(request, members, 1);
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(lens->session, request->session, SESSION);
	return request_ask(request, MSG_LENS, lens, MSG_SESSION, lens_opened);
}
