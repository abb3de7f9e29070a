/* The admin listener: plain HTTP on loopback for those who run the node. Must never answer anything about objects or
 * users. */
#include "proc/front/front.h"

enum { LISTENER_CONNECTIONS = 64, TEXT_MAX = 256 * 1024 };

struct question {
	struct front *front;
	struct MHD_Connection *handle;
	struct buf text;
	unsigned status;
	bool suspended, decided, metrics;
};

/* name, help, value */
static void put_counters(const struct front *front, struct buf *text)
{
	const struct {
		const char *name, *kind, *help;
		uint64_t value;
	} rows[] = {
		{"bices_front_requests_total", "counter", "Requests of users.", front->count.requests},
		{"bices_front_connections_total", "counter", "Connections of users.", front->count.connections},
		{"bices_front_bad_certificates_total", "counter", "Client certificates that did not verify.",
		 front->count.bad_certificates},
		{"bices_front_timeouts_total", "counter", "Connections ended because they took too long.",
		 front->count.timeouts},
		{"bices_front_body_bytes", "gauge", "Octets of bodies in memory.", front->body_bytes},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", rows[i].name, rows[i].help, rows[i].name,
			   rows[i].kind, rows[i].name, (unsigned long long)rows[i].value);
	buf_put_text(text, "# HELP bices_front_responses_total Answers by class of status.\n# TYPE "
			   "bices_front_responses_total counter\n");
	for (int class = 1; class < 6; class ++)
		buf_printf(text, "bices_front_responses_total{class=\"%dxx\"} %llu\n", class,
			   (unsigned long long)front->count.by_class[class]);
}

static void answered(struct self *self, void *context, const struct role_message *answer)
{
	struct question *question = context;
	bool works = role_answer_err(answer, MSG_TEXT) == ERR_OK;
	(void)self;
	question->decided = true;
	question->status = works || question->metrics ? 200 : 503;
	if (question->metrics) {
		put_counters(question->front, &question->text);
		buf_printf(&question->text,
			   "# HELP bices_ready Whether the store answers.\n# TYPE bices_ready gauge\nbices_ready %d\n",
			   works);
		if (works)
			buf_put(&question->text, ((const struct msg_text *)answer->value)->text);
	} else {
		buf_put_text(&question->text, works ? "ready\n" : "the store does not answer\n");
	}
	question->suspended = false;
	carrier_resume(&question->front->admin, question->handle);
}

static void decide(struct question *question, unsigned status, const char *text)
{
	question->decided = true;
	question->status = status;
	buf_put_text(&question->text, text);
}

static void begin(struct question *question, const char *url, const char *method)
{
	static const struct msg_empty empty = {0};
	bool ready = strcmp(url, "/ready") == 0, metrics = strcmp(url, "/metrics") == 0;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		decide(question, 405, "GET only\n");
	} else if (strcmp(url, "/live") == 0) {
		decide(question, 200, "live\n");
	} else if (ready || metrics) {
		question->metrics = metrics;
		question->suspended = true;
		MHD_suspend_connection(question->handle);
		role_ask(question->front->self, ROLE_STORE, MSG_METRICS, &empty, READY_MS, answered, question);
	} else {
		decide(question, 404, "no such path: /live, /ready, /metrics\n");
	}
}

static enum MHD_Result respond(struct question *question)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(question->text.len, question->text.data,
									MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				question->metrics ? "text/plain; version=0.0.4; charset=utf-8"
						  : "text/plain; charset=utf-8");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Cache-Control", "no-store");
	enum MHD_Result result = MHD_queue_response(question->handle, question->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result handle_request(void *context, struct MHD_Connection *handle, const char *url, const char *method,
				      const char *version, const char *data, size_t *size, void **request_context)
{
	struct question *question = *request_context;
	(void)version, (void)data;
	if (!question) {
		*request_context = question = calloc(1, sizeof *question);
		if (!question)
			return MHD_NO;
		*question = (struct question){.front = context, .handle = handle, .text = buf_make(TEXT_MAX)};
		begin(question, url, method);
		return MHD_YES;
	}
	if (*size > 0) {
		*size = 0;
		return MHD_YES;
	}
	return question->decided ? respond(question) : MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *handle, void **request_context,
			 enum MHD_RequestTerminationCode code)
{
	struct question *question = *request_context;
	(void)context, (void)handle, (void)code;
	*request_context = NULL;
	if (!question)
		return;
	buf_done(&question->text);
	free(question);
}

enum err admin_start(struct front *front, struct diag *diag)
{
	struct MHD_OptionItem options[] = {
		{MHD_OPTION_CONNECTION_LIMIT, LISTENER_CONNECTIONS, NULL},
		{MHD_OPTION_CONNECTION_TIMEOUT, INACTIVE_S, NULL},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, front},
		{MHD_OPTION_END, 0, NULL},
	};
	enum err err = carrier_start(front, &front->admin, 0, role_descriptor(front->self, "listen-admin"),
				     handle_request, options);
	return err == ERR_OK ? ERR_OK : diag_fail(diag, err, "the admin listener does not start");
}
