/* How a request ends or goes on: answers, problems, questions to other processes. Must never put more into the answer
 * to a denied request than into that to a missing object. */
#include "present/problem.h"
#include "present/request.h"
#include "present/route.h"

/* ---- answers ---- */

void request_header(struct request *request, const char *name, const char *value)
{
	struct response *response = &request->response;
	if (value && response->header_count < RESPONSE_HEADERS) {
		response->headers[response->header_count].name = name;
		response->headers[response->header_count++].value = value;
	}
}

enum progress request_respond(struct request *request, unsigned status, enum media media)
{
	struct response *response = &request->response;
	if (response->body.err != ERR_OK)
		return request_fail(request, response->body.err == ERR_TOO_LARGE ? ERR_TOO_LARGE : ERR_INTERNAL);
	response->status = status;
	response->content_type = media_text(media);
	return PROGRESS_RESPOND;
}

enum progress request_respond_empty(struct request *request, unsigned status)
{
	buf_truncate(&request->response.body, 0);
	request->response.status = status;
	request->response.content_type = NULL;
	return PROGRESS_RESPOND;
}

bool request_is_taxii(const struct request *request)
{
	struct slice prefix = SLICE("/taxii2/");
	if (request->route)
		return request->route->dialect == DIALECT_TAXII;
	return slice_has_prefix(request->head.target, prefix) || slice_equal(request->head.target, SLICE("/taxii2"));
}

/* Quoted input may have been cut inside a character; an answer is always UTF-8. */
static struct slice clean_text(struct request *request, struct slice text)
{
	uint8_t *clean = arena_alloc(&request->arena, text.len + 1, 1);
	size_t len = 0;
	while (clean && text.len > 0) {
		uint32_t code_point;
		size_t step = utf8_next(text, &code_point);
		if (step == 0 || code_point == 0)
			clean[len++] = '?';
		else
			memcpy(clean + len, text.data, step), len += step;
		text = slice_skip(text, step ? step : 1);
	}
	return slice_of(clean, len);
}

static enum progress respond_problem(struct request *request, const struct problem *problem)
{
	struct response *response = &request->response;
	buf_done(&response->body);
	response->body = buf_make(RESPONSE_MAX);
	response->status = problem->status;
	if (request_is_taxii(request)) {
		problem_print_taxii(problem, &response->body);
		response->content_type = media_text(MEDIA_TAXII);
	} else {
		problem_print(problem, &response->body);
		response->content_type = "application/problem+json";
	}
	if (problem->status == 401) {
		bool bearer = slice_has_prefix(request->head.authorization, SLICE("Bearer ")) ||
			      (request->head.authorization.len == 0 && request->head.has_body);
		if (!bearer || request_is_taxii(request))
			request_header(request, "WWW-Authenticate", "Basic realm=\"bices\", charset=\"UTF-8\"");
		request_header(request, "WWW-Authenticate", "Bearer realm=\"bices\"");
	}
	if (problem->status == 503)
		request_header(request, "Retry-After", "2");
	return PROGRESS_RESPOND;
}

enum progress request_refuse(struct request *request, enum err err, struct slice text, uint32_t line, uint32_t column)
{
	struct problem problem = problem_of(err);
	problem.request_id = slice_text(request->id);
	if (problem.status != 404) {
		problem.detail = clean_text(request, text);
		problem.line = line;
		problem.column = column;
		problem.findings = request->findings;
		problem.finding_count = request->finding_count;
	}
	return respond_problem(request, &problem);
}

enum progress request_fail(struct request *request, enum err err)
{
	return request_refuse(request, err, slice_text(request->diag.text), request->diag.line, request->diag.column);
}

enum progress request_refuse_status(struct request *request, unsigned status, const char *text)
{
	struct problem problem = problem_of_status(status);
	problem.request_id = slice_text(request->id);
	problem.detail = clean_text(request, slice_text(text));
	return respond_problem(request, &problem);
}

/* ---- asking ---- */

enum progress request_ask_role(struct request *request, enum role to, enum message_type type, const void *value,
			       enum message_type expected, request_step *then)
{
	request->ask = (struct ask){.to = to, .type = type, .expected = expected, .value = value, .then = then};
	return PROGRESS_ASK;
}

enum progress request_ask(struct request *request, enum message_type type, const void *value,
			  enum message_type expected, request_step *then)
{
	return request_ask_role(request, ROLE_STORE, type, value, expected, then);
}

enum progress request_ask_session(struct request *request, enum message_type type, enum message_type expected,
				  request_step *then)
{
	struct msg_ask *ask = ARENA_NEW(&request->arena, struct msg_ask);
	if (!ask)
		return request_fail(request, ERR_MEMORY);
	memcpy(ask->session, request->session, SESSION);
	return request_ask(request, type, ask, expected, then);
}

enum progress request_ask_object(struct request *request, enum message_type type, struct slice id,
				 enum message_type expected, request_step *then)
{
	struct msg_ask_object *ask = ARENA_NEW(&request->arena, struct msg_ask_object);
	if (!ask)
		return request_fail(request, ERR_MEMORY);
	if (id.len > LIMIT_OBJECT_ID)
		return request_fail(request, ERR_NOT_FOUND);
	memcpy(ask->session, request->session, SESSION);
	ask->id = id;
	return request_ask(request, type, ask, expected, then);
}

enum progress request_answer(struct request *request, uint16_t type, const void *value)
{
	struct ask ask = request->ask;
	request->ask = (struct ask){0};
	if (type == MSG_REFUSED) {
		const struct msg_refused *refused = value;
		enum err err = refused->err == ERR_OK || refused->err >= ERR_COUNT ? ERR_INTERNAL
										   : (enum err)refused->err;
		return request_refuse(request, err, refused->text, refused->line, 0);
	}
	if (!ask.then || type != ask.expected)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	return ask.then(request, value);
}
