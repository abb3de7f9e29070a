/* The course of one request: route, credentials, body, handler. Must never run a handler of a closed route before the
 * store has vouched for the credentials or the session goes with each message for the store to check. */
#include "present/request.h"

#include "present/route.h"

void request_init(struct request *request, const struct site *site, const struct request_head *head,
		  const uint8_t id[16])
{
	*request = (struct request){.site = site, .head = *head};
	for (int i = 0; i < 16; i++) {
		request->id[2 * i] = "0123456789abcdef"[id[i] >> 4];
		request->id[2 * i + 1] = "0123456789abcdef"[id[i] & 15];
	}
	request->response.body = buf_make(RESPONSE_MAX);
}

void request_done(struct request *request)
{
	json_release(&request->document);
	explicit_bzero(request->session, sizeof request->session);
	buf_done(&request->response.body);
	arena_done(&request->arena);
}

/* ---- beginning ---- */

static enum progress refuse_route(struct request *request, enum err err, unsigned allowed)
{
	if (err != ERR_UNSUPPORTED)
		return request_fail(request, err);
	AUTO_BUF names = buf_make(64);
	for (unsigned i = 0; i < METHOD_COUNT; i++)
		if (allowed & 1u << i)
			buf_printf(&names, "%s%s", names.len ? ", " : "", method_name((enum method)i));
	request_header(request, "Allow", arena_text(&request->arena, buf_slice(&names)));
	return request_refuse_status(request, 405, "this path does not take that method");
}

/* A request that changes something and comes from a page of another origin is refused: certificates and Basic
 * credentials go along by themselves. */
static bool origin_is_foreign(const struct request *request)
{
	struct slice origin = request->head.origin, scheme = SLICE("https://");
	if (request->route->method == METHOD_GET || origin.len == 0)
		return false;
	return !slice_has_prefix(origin, scheme) || !slice_equal(slice_skip(origin, scheme.len), request->head.host);
}

static bool list_has(const char *list, struct slice word)
{
	struct slice rest = slice_text(list), item;
	while (rest.len > 0) {
		rest = slice_split(rest, ' ', &item);
		if (slice_equal(item, word))
			return true;
	}
	return false;
}

/* TAXII clients may send parameters of their own; of ours an unknown one is a mistake that must not pass in silence. */
static enum err check_query(struct request *request, struct slice text)
{
	TRY(query_parse(text, &request->arena, &request->query, &request->diag));
	if (request->route->dialect != DIALECT_API)
		return ERR_OK;
	for (size_t i = 0; i < request->query.count; i++)
		if (!list_has(request->route->query, request->query.parameters[i].name))
			return diag_fail(&request->diag, ERR_MALFORMED,
					 "unknown query parameter \"%.*s\"; known are: %s",
					 SLICE_ARG(slice_take(request->query.parameters[i].name, 64)),
					 request->route->query[0] ? request->route->query : "none");
	return ERR_OK;
}

/* The bare media type that the table names, without its parameters. */
static bool consumes(const struct route *route, enum media media)
{
	struct slice type;
	const char *text = media_text(media);
	if (!text)
		return false;
	slice_split(slice_text(text), ';', &type);
	return list_has(route->consumes, type);
}

static enum progress check_body(struct request *request)
{
	const struct route *route = request->route;
	if (route->body == BODY_NONE)
		return PROGRESS_BODY;
	request->body_limit = route->body == BODY_LARGE ? LIMIT_JSON_BYTES : BODY_SMALL_BYTES;
	if (request->head.has_body && !consumes(route, media_parse(request->head.content_type)))
		return request_refuse_status(request, 415,
					     arena_printf(&request->arena, "send one of: %s", route->consumes));
	return PROGRESS_BODY;
}

/* Beyond credentials: what can be refused from the head alone. PROGRESS_BODY: nothing. */
static enum progress check_head(struct request *request, struct slice query)
{
	if (origin_is_foreign(request))
		return request_fail(request, diag_fail(&request->diag, ERR_REFUSED,
						       "requests from pages of other origins may not change anything"));
	if (request->route->dialect == DIALECT_TAXII && !media_is_accepted(request->head.accept, MEDIA_TAXII))
		return request_refuse_status(request, 406, "the answer is application/taxii+json;version=2.1");
	enum err err = check_query(request, query);
	if (err != ERR_OK)
		return request_fail(request, err);
	return check_body(request);
}

/* A body that is too large is refused only now: of those who signed in it is read to its end, so that they see why. */
static enum progress after_credentials(struct request *request)
{
	if (!request->head.has_body || request->route->body == BODY_NONE)
		return request->route->handle(request);
	if (request->head.body_len != UINT64_MAX && request->head.body_len > request->body_limit)
		return request_fail(request, diag_fail(&request->diag, ERR_TOO_LARGE,
						       "the body may have at most %zu octets", request->body_limit));
	return PROGRESS_BODY;
}

static enum progress session_is_known(struct request *request, const void *answer)
{
	const struct msg_session *session = answer;
	memcpy(request->session, session->session, SESSION);
	if (arena_copy(&request->arena, session->user, &request->user) != ERR_OK ||
	    arena_copy(&request->arena, session->roles, &request->roles) != ERR_OK)
		return request_fail(request, ERR_MEMORY);
	request->signed_in = true;
	return after_credentials(request);
}

static enum progress session_vouches(struct request *request, const void *answer)
{
	const struct msg_collections_done *known = answer;
	if (arena_copy(&request->arena, known->user, &request->user) != ERR_OK)
		return request_fail(request, ERR_MEMORY);
	request->signed_in = true;
	return after_credentials(request);
}

/* A tool's token: "bices_" and its octets in hexadecimal digits; the store makes a session of it, as of a password. */
static enum progress begin_token(struct request *request, struct slice token)
{
	AUTO_BUF bytes = buf_make(TOKEN_SECRET);
	struct msg_sign_in *sign_in = ARENA_NEW(&request->arena, struct msg_sign_in);
	enum err err = sign_in ? hex_decode(token, &bytes) : ERR_MEMORY;
	if (err == ERR_OK)
		err = bytes.len == TOKEN_SECRET ? arena_copy(&request->arena, buf_slice(&bytes), &sign_in->token) : ERR_SIGN_IN;
	buf_wipe(&bytes);
	if (err != ERR_OK)
		return request_fail(request, err == ERR_MEMORY ? err : ERR_SIGN_IN);
	sign_in->transient = 1;
	return request_ask(request, MSG_SIGN_IN, sign_in, MSG_SESSION, session_is_known);
}

/* Bearer: the store checks the session with every message. Before a large body is taken in, it is asked once more. */
static enum progress begin_bearer(struct request *request, struct slice token)
{
	AUTO_BUF bytes = buf_make(SESSION);
	struct slice tool = SLICE("bices_");
	if (slice_has_prefix(token, tool))
		return begin_token(request, slice_skip(token, tool.len));
	if (hex_decode(token, &bytes) != ERR_OK || bytes.len != SESSION)
		return request_fail(request, ERR_SIGN_IN);
	memcpy(request->session, bytes.data, SESSION);
	buf_wipe(&bytes);
	if (request->route->body != BODY_LARGE || !request->head.has_body)
		return after_credentials(request);
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, session_vouches);
}

static enum progress begin_basic(struct request *request, struct slice text)
{
	struct buf bytes = buf_make(LIMIT_USER + LIMIT_PASSWORD + 1);
	struct msg_sign_in *sign_in = ARENA_NEW(&request->arena, struct msg_sign_in);
	struct slice plain = {NULL, 0};
	enum err err = base64_decode(text, &bytes);
	if (err == ERR_OK)
		err = arena_copy(&request->arena, buf_slice(&bytes), &plain);
	buf_wipe(&bytes);
	if (err != ERR_OK || !sign_in || slice_find_octet(plain, ':') < 1)
		return request_fail(request, ERR_SIGN_IN);
	sign_in->password = slice_split(plain, ':', &sign_in->user);
	sign_in->transient = 1;
	if (sign_in->user.len > LIMIT_USER || !utf8_is_text(sign_in->user) || sign_in->password.len == 0)
		return request_fail(request, ERR_SIGN_IN);
	return request_ask(request, MSG_SIGN_IN, sign_in, MSG_SESSION, session_is_known);
}

static enum progress begin_certificate(struct request *request)
{
	struct msg_sign_in *sign_in = ARENA_NEW(&request->arena, struct msg_sign_in);
	if (!sign_in)
		return request_fail(request, ERR_MEMORY);
	sign_in->certificate_uri = request->head.certificate_uri;
	sign_in->transient = 1;
	return request_ask(request, MSG_SIGN_IN, sign_in, MSG_SESSION, session_is_known);
}

/* The scheme's name in any case, then spaces: what stands behind, or an empty slice. */
static struct slice credentials(struct slice authorization, const char *scheme)
{
	struct slice name, rest = slice_split(authorization, ' ', &name);
	if (name.len != strlen(scheme) || strncasecmp((const char *)name.data, scheme, name.len) != 0)
		return (struct slice){NULL, 0};
	return slice_trim(rest);
}

static enum progress begin_credentials(struct request *request)
{
	struct slice authorization = request->head.authorization;
	struct slice bearer = credentials(authorization, "bearer"), basic = credentials(authorization, "basic");
	if (bearer.len > 0)
		return begin_bearer(request, bearer);
	if (basic.len > 0)
		return begin_basic(request, basic);
	if (authorization.len == 0 && request->head.certificate == CERTIFICATE_GOOD)
		return begin_certificate(request);
	return request_fail(request, ERR_SIGN_IN);
}

enum progress request_begin(struct request *request)
{
	struct slice path, query = slice_split(request->head.target, '?', &path);
	unsigned allowed = 0;
	if (request->head.ambiguous) {
		diag_fail(&request->diag, ERR_MALFORMED, "the length of the body is given more than once, or in two ways");
		return request_fail(request, ERR_MALFORMED);
	}
	enum err err = route_find(request->head.method, path, &request->arena, &request->route, request->parameters,
				  &allowed);
	if (err != ERR_OK)
		return refuse_route(request, err, allowed);
	if (request->head.certificate == CERTIFICATE_BAD) {
		diag_fail(&request->diag, ERR_SIGN_IN, "the client certificate does not verify");
		return request_fail(request, ERR_SIGN_IN);
	}
	bool nothing_shown = request->head.authorization.len == 0 && request->head.certificate == CERTIFICATE_NONE;
	if (!request->route->open && nothing_shown)
		return request_fail(request, ERR_SIGN_IN);
	enum progress progress = check_head(request, query);
	if (progress != PROGRESS_BODY)
		return progress;
	return request->route->open ? after_credentials(request) : begin_credentials(request);
}

enum progress request_body(struct request *request, struct slice body)
{
	request->body = body;
	return request->route->handle(request);
}
