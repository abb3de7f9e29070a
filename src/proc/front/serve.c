/* Users' connections: each request is begun, suspended while another process works on it, and answered.
 * Must never log a target's query, a header or a body. */
#include "crypto/crypto.h"
#include "os/clock.h"
#include "proc/front/exchange.h"

#include <malloc.h>

#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305"
#define PAGE_POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; " \
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

/* ---- the course of a request ---- */

static void answered(struct self *self, void *context, const struct role_message *answer)
{
	struct exchange *exchange = context;
	(void)self;
	exchange_go_on(exchange, request_answer(&exchange->request, answer->type, answer->value));
}

static void ask(struct exchange *exchange)
{
	const struct ask *ask = &exchange->request.ask;
	exchange->asking = exchange->streaming;
	if (!exchange->suspended && !exchange->streaming) {
		MHD_suspend_connection(exchange->handle);
		exchange->suspended = true;
		connection_phase(exchange->connection, 0);
	}
	role_ask_any(exchange->front->self, ask->to, ask->type, ask->value, ASK_MS, answered, exchange);
}

void exchange_go_on(struct exchange *exchange, enum progress progress)
{
	exchange->progress = progress;
	if (exchange->streaming && progress != PROGRESS_ASK) {
		stream_answered(exchange);
		return;
	}
	if (progress == PROGRESS_ASK) {
		ask(exchange);
		return;
	}
	connection_phase(exchange->connection, progress == PROGRESS_BODY ? BODY_S : SEND_S);
	if (exchange->suspended) {
		exchange->suspended = false;
		carrier_resume(&exchange->connection->front->users, exchange->handle);
	}
}

static struct slice header(struct MHD_Connection *handle, const char *name)
{
	return slice_text(MHD_lookup_connection_value(handle, MHD_HEADER_KIND, name));
}

static enum MHD_Result join_accept(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct buf *accept = context;
	(void)kind;
	if (strcasecmp(name, MHD_HTTP_HEADER_ACCEPT) == 0) {
		if (accept->len > 0)
			buf_put_text(accept, ", ");
		buf_put_text(accept, value ? value : "");
	}
	return MHD_YES;
}

/* How the end of the body is told. A request that says it twice could be read in two ways, by us and by what stands before
 * us, so that its rest is taken for another request. spec: RFC 9112 6.3 */
struct framing {
	unsigned lengths, encodings;
};

static enum MHD_Result count_framing(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct framing *framing = context;
	(void)kind, (void)value;
	framing->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
	framing->encodings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
	return MHD_YES;
}

static bool is_ambiguous(struct MHD_Connection *handle)
{
	struct framing framing = {0};
	MHD_get_connection_values(handle, MHD_HEADER_KIND, count_framing, &framing);
	return framing.lengths + framing.encodings > 1;
}

static void read_head(struct exchange *exchange, const char *method)
{
	struct MHD_Connection *handle = exchange->handle;
	struct connection *connection = exchange->connection;
	struct slice length = header(handle, MHD_HTTP_HEADER_CONTENT_LENGTH);
	bool chunked = header(handle, MHD_HTTP_HEADER_TRANSFER_ENCODING).len > 0;
	uint64_t body_len = 0;
	if (length.len > 0 && slice_parse_u64(length, &body_len) != ERR_OK)
		body_len = UINT64_MAX;
	MHD_get_connection_values(handle, MHD_HEADER_KIND, join_accept, &exchange->accept);
	exchange->head = (struct request_head){.method = slice_text(method),
					       .target = buf_slice(&connection->target),
					       .accept = buf_slice(&exchange->accept),
					       .authorization = header(handle, MHD_HTTP_HEADER_AUTHORIZATION),
					       .content_type = header(handle, MHD_HTTP_HEADER_CONTENT_TYPE),
					       .origin = header(handle, MHD_HTTP_HEADER_ORIGIN),
					       .host = header(handle, MHD_HTTP_HEADER_HOST),
					       .if_none_match = header(handle, MHD_HTTP_HEADER_IF_NONE_MATCH),
					       .has_body = chunked || body_len > 0,
					       .body_len = chunked ? UINT64_MAX : body_len,
					       .ambiguous = is_ambiguous(handle),
					       .certificate = connection->certificate,
					       .certificate_uri = buf_slice(&connection->uri),
					       .now_ms = clock_now_ms()};
}

static struct exchange *begin(struct front *front, struct MHD_Connection *handle, const char *method)
{
	struct connection *connection = connection_of(handle);
	struct exchange *exchange = connection ? calloc(1, sizeof *exchange) : NULL;
	uint8_t id[16];
	if (!exchange)
		return NULL;
	connection_check(connection, handle);
	exchange->handle = handle;
	exchange->front = front;
	exchange->connection = connection;
	exchange->accept = buf_make(CONNECTION_MEMORY);
	exchange->body = buf_make(LIMIT_JSON_BYTES);
	read_head(exchange, method);
	crypto_random(id, sizeof id);
	request_init(&exchange->request, &front->site, &exchange->head, id);
	front->count.requests++;
	front->users.active++;
	return exchange;
}

void exchange_free(struct front *front, struct exchange *exchange)
{
	front->body_bytes -= exchange->body.len;
	bool large = exchange->body.len > TRIM_MIN || exchange->request.response.body.len > TRIM_MIN;
	request_done(&exchange->request);
	buf_wipe(&exchange->body);
	buf_done(&exchange->accept);
	free(exchange);
	if (large)
		malloc_trim(0);
}

static void on_completed(void *context, struct MHD_Connection *handle, void **request_context,
			 enum MHD_RequestTerminationCode code)
{
	struct front *front = context;
	struct exchange *exchange = *request_context;
	(void)handle, (void)code;
	*request_context = NULL;
	if (!exchange)
		return;
	exchange->connection->known |= exchange->request.signed_in;
	connection_phase(exchange->connection, HEAD_S);
	front->users.active -= !exchange->streaming;
	front->users.runs = 0;
	if (stream_close(exchange))
		exchange_free(front, exchange);
}

/* ---- answering ---- */

static void add_headers(struct MHD_Response *response, const struct exchange *exchange)
{
	const struct response *answer = &exchange->request.response;
	static const char *const fixed[][2] = {
		{"X-Content-Type-Options", "nosniff"},		 {"Referrer-Policy", "no-referrer"},
		{"Content-Security-Policy", PAGE_POLICY},	 {"Strict-Transport-Security", "max-age=31536000"},
		{"Cross-Origin-Resource-Policy", "same-origin"}, {"Cross-Origin-Opener-Policy", "same-origin"}};
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		MHD_add_response_header(response, fixed[i][0], fixed[i][1]);
	MHD_add_response_header(response, "Cache-Control",
				answer->file || answer->status == 304 ? "no-cache" : "no-store");
	MHD_add_response_header(response, "X-Request-Id", exchange->request.id);
	if (answer->content_type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type);
	for (size_t i = 0; i < answer->header_count; i++)
		MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
}

/* close: a body stands unread behind the head, so that nothing else may be read from this connection. */
static enum MHD_Result respond(struct exchange *exchange, bool close)
{
	struct response *answer = &exchange->request.response;
	struct front *front = exchange->connection->front;
	struct slice body = answer->file ? answer->file->content : buf_slice(&answer->body);
	struct MHD_Response *response = answer->next ? stream_open(exchange)
						     : MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.data,
										       MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	add_headers(response, exchange);
	if (close)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	front->count.by_class[answer->status / 100 < 6 ? answer->status / 100 : 0]++;
	connection_phase(exchange->connection, exchange->streaming ? 0 : SEND_S);
	enum MHD_Result result = MHD_queue_response(exchange->handle, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

/* Whether the request is read to its end before the answer: always without a body, because the library closes a
 * connection that is answered early; with a body that nobody wants, so that its sender sees the answer and not a
 * reset. */
static bool wants_drain(const struct exchange *exchange)
{
	const struct request *request = &exchange->request;
	uint64_t max = request->signed_in ? DRAIN_SIGNED_IN_MAX : DRAIN_MAX;
	if (exchange->head.ambiguous)
		return false;
	if (!exchange->head.has_body)
		return true;
	if (header(exchange->handle, MHD_HTTP_HEADER_EXPECT).len > 0)
		return false;
	return exchange->head.body_len == UINT64_MAX || exchange->head.body_len <= max;
}

/* The head is there, and perhaps credentials have been verified since. */
static enum MHD_Result after_head(struct exchange *exchange)
{
	if (exchange->suspended)
		return MHD_YES;
	if (exchange->progress == PROGRESS_RESPOND && !wants_drain(exchange))
		return respond(exchange, true);
	exchange->draining = exchange->progress == PROGRESS_RESPOND;
	exchange->phase = PHASE_BODY;
	connection_phase(exchange->connection, exchange->head.has_body ? BODY_S : SEND_S);
	return MHD_YES;
}

static void refuse_body(struct exchange *exchange, enum err err, const char *text)
{
	struct front *front = exchange->connection->front;
	front->body_bytes -= exchange->body.len;
	buf_wipe(&exchange->body);
	exchange->body = buf_make(0);
	exchange->draining = true;
	exchange->progress = request_refuse(&exchange->request, err, slice_text(text), 0, 0);
}

static enum MHD_Result take_body(struct exchange *exchange, const char *data, size_t *size)
{
	struct front *front = exchange->connection->front;
	struct slice piece = slice_of(data, *size);
	*size = 0;
	if (exchange->draining) {
		exchange->drained += piece.len;
		return exchange->drained <= (exchange->request.signed_in ? DRAIN_SIGNED_IN_MAX : DRAIN_MAX) ? MHD_YES
													    : MHD_NO;
	}
	if (exchange->body.len + piece.len > exchange->request.body_limit) {
		refuse_body(exchange, ERR_TOO_LARGE, "the body exceeds the limit of this path");
	} else if (front->body_bytes + piece.len > BODIES_MAX) {
		refuse_body(exchange, ERR_UNAVAILABLE, "too many bodies at once; send it again later");
	} else {
		size_t before = exchange->body.len;
		buf_put(&exchange->body, piece);
		front->body_bytes += exchange->body.len - before;
		if (exchange->body.err != ERR_OK)
			refuse_body(exchange, exchange->body.err, "");
	}
	return MHD_YES;
}

static enum MHD_Result after_body(struct exchange *exchange)
{
	if (exchange->suspended)
		return MHD_YES;
	if (exchange->progress == PROGRESS_BODY)
		exchange_go_on(exchange, request_body(&exchange->request, buf_slice(&exchange->body)));
	return exchange->suspended ? MHD_YES : respond(exchange, false);
}

static enum MHD_Result handle_request(void *context, struct MHD_Connection *handle, const char *url, const char *method,
				      const char *version, const char *data, size_t *size, void **request_context)
{
	struct exchange *exchange = *request_context;
	struct front *front = context;
	(void)url, (void)version;
	front->users.runs = 0;
	if (!exchange) {
		exchange = *request_context = begin(front, handle, method);
		if (!exchange)
			return MHD_NO;
		exchange_go_on(exchange, request_begin(&exchange->request));
		return after_head(exchange);
	}
	if (exchange->phase == PHASE_HEAD)
		return after_head(exchange);
	return *size > 0 ? take_body(exchange, data, size) : after_body(exchange);
}

/* ---- start and stop ---- */

static char *given_text(struct front *front, const char *name)
{
	struct slice text = role_given(front->self, name);
	return text.len > 0 ? arena_text(&front->arena, text) : NULL;
}

enum err serve_start(struct front *front, struct diag *diag)
{
	char *certificate = given_text(front, "certificate"), *key = given_text(front, "certificate-key"),
	     *ca = given_text(front, "ca");
	if (!certificate || !key || !ca)
		return diag_fail(diag, ERR_MALFORMED, "certificate, certificate-key and ca must be given");
	struct MHD_OptionItem options[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, certificate},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, key},
		{MHD_OPTION_HTTPS_MEM_TRUST, 0, ca},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (char *)(uintptr_t)PRIORITIES},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
		{MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, NULL},
		{MHD_OPTION_PER_IP_CONNECTION_LIMIT, CONNECTIONS_PER_ADDRESS, NULL},
		{MHD_OPTION_CONNECTION_TIMEOUT, INACTIVE_S, NULL},
		{MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
		{MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_notify, front},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, front},
		{MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)connection_target, front},
		{MHD_OPTION_END, 0, NULL},
	};
	enum err err = carrier_start(front, &front->users, MHD_USE_TLS, role_descriptor(front->self, "listen-users"),
				     handle_request, options);
	explicit_bzero(key, strlen(key));
	role_forget(front->self, "certificate-key");
	return err == ERR_OK ? ERR_OK
			     : diag_fail(diag, err, "the users' listener does not start: check certificate and key");
}

void serve_stop(struct front *front)
{
	carrier_stop(&front->users);
}
