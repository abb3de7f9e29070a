/* Answers that go on (server-sent events). All streams share one beat: what was gathered until then goes out, and each is
 * asked for more; so the moment of an event tells the second, and nothing of the work behind it. A reader who takes nothing
 * gets nothing new gathered. Must never send between beats. */
#include "proc/front/exchange.h"

#define SIGN_OF_LIFE ":\n\n"

static size_t unsent(const struct exchange *exchange)
{
	return exchange->request.response.body.len - exchange->sent;
}

static void suspend(struct exchange *exchange)
{
	exchange->suspended = true;
	MHD_suspend_connection(exchange->handle);
}

static void resume(struct exchange *exchange)
{
	if (!exchange->suspended)
		return;
	exchange->suspended = false;
	carrier_resume(&exchange->connection->front->users, exchange->handle);
}

/* libmicrohttpd asks for octets. */
static ssize_t read_stream(void *context, uint64_t position, char *octets, size_t max)
{
	struct exchange *exchange = context;
	struct buf *body = &exchange->request.response.body;
	size_t len = unsent(exchange) < max ? unsent(exchange) : max;
	(void)position;
	if (len > 0) {
		memcpy(octets, body->data + exchange->sent, len);
		exchange->sent += len;
		return (ssize_t)len;
	}
	if (exchange->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	buf_truncate(body, 0);
	exchange->sent = 0;
	suspend(exchange);
	return 0;
}

struct MHD_Response *stream_open(struct exchange *exchange)
{
	struct front *front = exchange->connection->front;
	if (front->stream_count >= STREAMS_MAX)
		return NULL;
	struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, exchange, NULL);
	if (!response)
		return NULL;
	exchange->streaming = true;
	exchange->next = front->streams;
	exchange->link = &front->streams;
	if (exchange->next)
		exchange->next->link = &exchange->next;
	front->streams = exchange;
	front->stream_count++;
	front->users.active--; /* what waits for a beat needs no haste */
	return response;
}

static void leave(struct front *front, struct exchange *exchange)
{
	if (!exchange->link)
		return;
	*exchange->link = exchange->next;
	if (exchange->next)
		exchange->next->link = exchange->link;
	exchange->link = NULL;
	front->stream_count--;
}

bool stream_close(struct exchange *exchange)
{
	exchange->closed = true;
	leave(exchange->connection->front, exchange);
	return !exchange->asking;
}

void stream_answered(struct exchange *exchange)
{
	exchange->asking = false;
	if (exchange->closed)
		exchange_free(exchange->front, exchange);
	else if (exchange->request.response.status != 200)
		exchange->ended = true;
}

/* The store said no: the session ended. A problem document has no place in a stream; the reader asks anew and hears it. */
static void end(struct exchange *exchange)
{
	buf_truncate(&exchange->request.response.body, 0);
	exchange->sent = 0;
	resume(exchange);
}

static void beat_one(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	bool waits = unsent(exchange) > 0;
	if (exchange->asking)
		return;
	if (exchange->ended) {
		end(exchange);
		return;
	}
	if (!waits && ++exchange->quiet >= QUIET_BEATS)
		buf_put_text(&request->response.body, SIGN_OF_LIFE);
	if (unsent(exchange) > 0) {
		exchange->quiet = 0;
		resume(exchange);
		return;
	}
	exchange_go_on(exchange, request->response.next(request));
}

static void beat(struct self *self, void *context)
{
	struct front *front = context;
	(void)self;
	for (struct exchange *exchange = front->streams, *next; exchange; exchange = next) {
		next = exchange->next;
		beat_one(exchange);
	}
}

enum err streams_start(struct front *front)
{
	return role_timer_new(front->self, BEAT_MS, true, beat, front, &front->beat);
}

void streams_stop(struct front *front)
{
	role_timer_free(front->beat);
	for (struct exchange *exchange = front->streams; exchange; exchange = exchange->next) {
		exchange->ended = true;
		end(exchange);
	}
}
