/* The course of one connection. Never collects a record before its length and type were judged, never reads on while the
 * owner has no room, never sends anything but HELLO before the peer is verified. */
#include "exchange/tls.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/util.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum state { STATE_HANDSHAKE, STATE_HELLO, STATE_OPEN, STATE_CLOSED };

enum { CHUNK = 16384, ROUND = 16, HEADER = WIRE_PREFIX + 1, INPUT_MAX = WIRE_PREFIX + 1 + WIRE_BODY_MAX + CHUNK };

struct carrier {
	enum state state;
	bool inbound, refused, busy; /* busy: one of our own functions is above on the stack */
	bool stalled; /* output waited for a whole interval and nothing of it went */
	int descriptor;
	struct tls_session *session;
	struct event *readable, *writable, *silence, *ping, *retry;
	struct evbuffer *in, *out;
	const struct tls_identity *identity;
	const struct carrier_events *events;
	void *context;
};

static struct timeval interval(unsigned ms)
{
	return (struct timeval){ms / 1000, (ms % 1000) * 1000};
}

static void arm(struct event *timer, unsigned ms)
{
	struct timeval t = interval(ms);
	(void)event_add(timer, &t);
}

/* ---- the end ---- */

static void free_carrier(struct carrier *carrier)
{
	struct event *const events[] = {carrier->readable, carrier->writable, carrier->silence, carrier->ping, carrier->retry};
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i])
			event_free(events[i]);
	if (carrier->in)
		evbuffer_free(carrier->in);
	if (carrier->out)
		evbuffer_free(carrier->out);
	tls_session_free(carrier->session);
	if (carrier->descriptor >= 0)
		close(carrier->descriptor);
	free(carrier);
}

void carrier_close(struct carrier *carrier, const char *why)
{
	if (carrier->state == STATE_CLOSED)
		return;
	carrier->state = STATE_CLOSED;
	tls_session_end(carrier->session);
	carrier->events->closed(carrier, carrier->context, why);
	if (!carrier->busy)
		free_carrier(carrier);
}

/* ---- writing ---- */

static void queue(struct carrier *carrier, struct slice octets)
{
	uint8_t prefix[WIRE_PREFIX];
	wire_prefix(octets.len, prefix);
	if (evbuffer_add(carrier->out, prefix, sizeof(prefix)) || evbuffer_add(carrier->out, octets.data, octets.len))
		carrier_close(carrier, "out of memory");
}

static void queue_hello(struct carrier *carrier)
{
	struct hello hello = {WIRE_VERSION, tls_identity_nation(carrier->identity), tls_identity_realm(carrier->identity)};
	AUTO_BUF body = buf_make(1024);
	AUTO_BUF octets = buf_make(1024);
	record_encode(&hello_schema, &hello, &body);
	wire_put(WIRE_HELLO, buf_slice(&body), &octets);
	if (body.err != ERR_OK || octets.err != ERR_OK)
		carrier_close(carrier, "our own HELLO is malformed");
	else
		queue(carrier, buf_slice(&octets));
}

static void write_some(struct carrier *carrier)
{
	bool any = false;
	for (size_t left; (left = evbuffer_get_length(carrier->out)) > 0;) {
		size_t want = left < CHUNK ? left : CHUNK, len = 0;
		const unsigned char *chunk = evbuffer_pullup(carrier->out, (ev_ssize_t)want);
		if (!chunk) {
			carrier_close(carrier, "out of memory");
			return;
		}
		enum tls_result result = tls_session_write(carrier->session, slice_of(chunk, want), &len);
		if (result == TLS_WANTS_WRITE)
			(void)event_add(carrier->writable, NULL);
		else if (result != TLS_DONE && result != TLS_WANTS_READ)
			carrier_close(carrier, tls_session_fault(carrier->session));
		if (result != TLS_DONE)
			break;
		evbuffer_drain(carrier->out, len);
		any = true;
	}
	if (!any || carrier->state == STATE_CLOSED)
		return;
	carrier->stalled = false;
	arm(carrier->ping, CARRIER_PING_MS);
}

enum err carrier_send(struct carrier *carrier, struct slice octets)
{
	uint8_t type;
	struct slice body;
	if (carrier->state != STATE_OPEN)
		return ERR_UNAVAILABLE;
	TRY(wire_get(octets, &type, &body));
	if (!wire_is_allowed(type, !carrier->inbound))
		return ERR_USAGE;
	if (evbuffer_get_length(carrier->out) + octets.len > CARRIER_OUTPUT)
		return ERR_FULL;
	bool idle = evbuffer_get_length(carrier->out) == 0;
	uint8_t prefix[WIRE_PREFIX];
	wire_prefix(octets.len, prefix);
	if (evbuffer_add(carrier->out, prefix, sizeof(prefix)) || evbuffer_add(carrier->out, octets.data, octets.len))
		return ERR_MEMORY;
	if (idle)
		event_active(carrier->writable, EV_WRITE, 0); /* in the next turn of the loop: no call back from here */
	return ERR_OK;
}

/* ---- records ---- */

static const char *check_hello(const struct carrier *carrier, struct slice body)
{
	AUTO_ARENA arena = {0};
	struct hello hello;
	if (record_decode(&hello_schema, body, &arena, &hello) != ERR_OK)
		return "its HELLO is malformed";
	if (hello.version != WIRE_VERSION)
		return "it speaks another version of the protocol";
	if (!slice_equal(hello.nation, carrier_peer(carrier)))
		return "its HELLO names another nation than its certificate";
	if (!slice_equal(hello.realm, tls_identity_realm(carrier->identity)))
		return "it belongs to another realm";
	return NULL;
}

static void take_hello(struct carrier *carrier, struct slice body)
{
	const char *fault = carrier->state == STATE_HELLO ? check_hello(carrier, body) : "it said HELLO twice";
	if (fault) {
		carrier_close(carrier, fault);
		return;
	}
	carrier->state = STATE_OPEN;
	arm(carrier->silence, CARRIER_IDLE_MS);
	arm(carrier->ping, CARRIER_PING_MS);
	carrier->events->open(carrier, carrier->context);
}

/* False: the record has to wait. */
static bool take_record(struct carrier *carrier, struct slice octets)
{
	uint8_t type;
	struct slice body;
	if (wire_get(octets, &type, &body) != ERR_OK || !wire_is_allowed(type, carrier->inbound))
		carrier_close(carrier, "it sent a record that may not go this way");
	else if (type == WIRE_HELLO)
		take_hello(carrier, body);
	else if (carrier->state != STATE_OPEN)
		carrier_close(carrier, "it sent a record before its HELLO");
	else if (wire_is_for_seal(type))
		return carrier->events->record(carrier, carrier->context, octets);
	return true;
}

/* The record at the front of the input, made contiguous only once all of it is there. */
static enum err find_record(struct carrier *carrier, struct slice *ret_record, size_t *ret_used)
{
	uint8_t head[HEADER];
	ev_ssize_t n = evbuffer_copyout(carrier->in, head, sizeof(head));
	if (n <= 0)
		return ERR_NOT_FOUND;
	enum err err = wire_find(slice_of(head, (size_t)n), ret_record, ret_used);
	if (err != ERR_NOT_FOUND && err != ERR_OK)
		return err;
	size_t whole = 0;
	for (size_t i = 0; n == HEADER && i < WIRE_PREFIX; i++)
		whole = whole << 8 | head[i];
	whole += WIRE_PREFIX;
	if (n < HEADER || evbuffer_get_length(carrier->in) < whole)
		return ERR_NOT_FOUND;
	const unsigned char *bytes = evbuffer_pullup(carrier->in, (ev_ssize_t)whole);
	return bytes ? wire_find(slice_of(bytes, whole), ret_record, ret_used) : ERR_MEMORY;
}

static void take_records(struct carrier *carrier)
{
	struct slice record;
	size_t used;
	while (carrier->state != STATE_CLOSED) {
		enum err err = find_record(carrier, &record, &used);
		if (err == ERR_NOT_FOUND)
			return;
		if (err != ERR_OK) {
			carrier_close(carrier, "it sent a record that is malformed or too large");
			return;
		}
		carrier->refused = !take_record(carrier, record);
		if (carrier->refused) {
			event_del(carrier->readable);
			event_del(carrier->silence); /* it is we who are silent */
			arm(carrier->retry, CARRIER_RETRY_MS);
			return;
		}
		evbuffer_drain(carrier->in, used);
	}
}

/* ---- reading ---- */

/* One chunk. False when there is nothing more to read now. */
static bool read_chunk(struct carrier *carrier)
{
	uint8_t chunk[CHUNK];
	size_t len = 0;
	enum tls_result result = tls_session_read(carrier->session, chunk, sizeof(chunk), &len);
	if (result == TLS_DONE) {
		if (evbuffer_add(carrier->in, chunk, len))
			carrier_close(carrier, "out of memory");
		else if (carrier->state == STATE_OPEN)
			arm(carrier->silence, CARRIER_IDLE_MS);
		return true;
	}
	if (result == TLS_WANTS_WRITE)
		(void)event_add(carrier->writable, NULL);
	else if (result != TLS_WANTS_READ)
		carrier_close(carrier, result == TLS_CLOSED ? "it ended the connection" : tls_session_fault(carrier->session));
	return false;
}

/* Some chunks, then the others' turn: what is left in memory is announced to ourselves. */
static void read_some(struct carrier *carrier)
{
	for (int i = 0; i < ROUND && carrier->state != STATE_CLOSED; i++) {
		if (carrier->refused || evbuffer_get_length(carrier->in) >= INPUT_MAX || !read_chunk(carrier))
			return;
		take_records(carrier);
	}
	if (carrier->state != STATE_CLOSED && !carrier->refused && tls_session_has_more(carrier->session))
		event_active(carrier->readable, EV_READ, 0);
}

static void shake_hands(struct carrier *carrier)
{
	enum tls_result result = tls_session_handshake(carrier->session);
	if (result == TLS_WANTS_WRITE) {
		(void)event_add(carrier->writable, NULL);
	} else if (result == TLS_DONE) {
		carrier->state = STATE_HELLO;
		queue_hello(carrier);
	} else if (result != TLS_WANTS_READ) {
		carrier_close(carrier, tls_session_fault(carrier->session));
	}
}

static void work(struct carrier *carrier)
{
	carrier->busy = true;
	if (carrier->state == STATE_HANDSHAKE)
		shake_hands(carrier);
	if (carrier->state == STATE_HELLO || carrier->state == STATE_OPEN)
		read_some(carrier);
	if (carrier->state == STATE_HELLO || carrier->state == STATE_OPEN)
		write_some(carrier);
	carrier->busy = false;
	if (carrier->state == STATE_CLOSED)
		free_carrier(carrier);
}

/* ---- events ---- */

static void on_socket(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	work(context);
}

static void on_silence(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct carrier *carrier = context;
	carrier_close(carrier, carrier->state == STATE_OPEN ? "it was silent for too long" : "it did not introduce itself in time");
}

static void on_ping(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct carrier *carrier = context;
	static const uint8_t ping[] = {WIRE_PING};
	bool waiting = evbuffer_get_length(carrier->out) > 0;
	arm(carrier->ping, CARRIER_PING_MS);
	if (waiting && carrier->stalled)
		carrier_close(carrier, "it took nothing for too long");
	else if (waiting)
		carrier->stalled = true;
	else if (carrier_send(carrier, SLICE_ARRAY(ping)) != ERR_OK)
		carrier_close(carrier, "out of memory");
}

void carrier_retry(struct carrier *carrier)
{
	if (carrier->state != STATE_OPEN || !carrier->refused)
		return;
	event_active(carrier->retry, EV_TIMEOUT, 0);
}

static void on_retry(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct carrier *carrier = context;
	carrier->busy = true;
	carrier->refused = false;
	take_records(carrier);
	carrier->busy = false;
	if (carrier->state == STATE_CLOSED) {
		free_carrier(carrier);
	} else if (!carrier->refused) {
		(void)event_add(carrier->readable, NULL);
		arm(carrier->silence, CARRIER_IDLE_MS);
		work(carrier);
	}
}

/* ---- the beginning ---- */

enum err carrier_new(struct event_base *base, const struct tls_identity *identity, int descriptor, struct slice expected,
		     const struct carrier_events *events, void *context, struct carrier **ret_carrier)
{
	const int on = 1;
	struct carrier *carrier = calloc(1, sizeof(*carrier));
	if (!carrier) {
		close(descriptor);
		return ERR_MEMORY;
	}
	*carrier = (struct carrier){.inbound = expected.len == 0, .descriptor = descriptor, .identity = identity, .events = events,
				    .context = context};
	/* frames are written whole: nothing is gained by waiting for more */
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	carrier->session = tls_session_new(identity, descriptor, expected);
	carrier->in = evbuffer_new();
	carrier->out = evbuffer_new();
	carrier->readable = event_new(base, descriptor, EV_READ | EV_PERSIST, on_socket, carrier);
	carrier->writable = event_new(base, descriptor, EV_WRITE, on_socket, carrier);
	carrier->silence = event_new(base, -1, 0, on_silence, carrier);
	carrier->ping = event_new(base, -1, 0, on_ping, carrier);
	carrier->retry = event_new(base, -1, 0, on_retry, carrier);
	if (!carrier->session || !carrier->in || !carrier->out || !carrier->readable || !carrier->writable || !carrier->silence ||
	    !carrier->ping || !carrier->retry || evutil_make_socket_nonblocking(descriptor) != 0) {
		free_carrier(carrier);
		return ERR_MEMORY;
	}
	arm(carrier->silence, CARRIER_HANDSHAKE_MS);
	(void)event_add(carrier->readable, NULL);
	(void)event_add(carrier->writable, NULL); /* a connect under way announces itself so */
	*ret_carrier = carrier;
	return ERR_OK;
}

struct slice carrier_peer(const struct carrier *carrier)
{
	return tls_session_peer(carrier->session);
}

bool carrier_is_inbound(const struct carrier *carrier)
{
	return carrier->inbound;
}

static uint16_t port_of(const struct sockaddr_storage *storage)
{
	if (storage->ss_family == AF_INET)
		return ((const struct sockaddr_in *)storage)->sin_port;
	return ((const struct sockaddr_in6 *)storage)->sin6_port;
}

enum err carrier_connect(struct slice address, int *ret_descriptor)
{
	struct sockaddr_storage storage;
	int len = sizeof(storage);
	char text[128];
	struct slice prefix = SLICE("tls://");
	if (!slice_has_prefix(address, prefix) || address.len - prefix.len >= sizeof(text))
		return ERR_MALFORMED;
	memset(&storage, 0, sizeof(storage));
	memcpy(text, address.data + prefix.len, address.len - prefix.len);
	text[address.len - prefix.len] = '\0';
	struct sockaddr *to = (struct sockaddr *)&storage;
	if (evutil_parse_sockaddr_port(text, to, &len) != 0 || port_of(&storage) == 0)
		return ERR_MALFORMED;
	int descriptor = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return ERR_IO;
	if (connect(descriptor, to, (socklen_t)len) != 0 && errno != EINPROGRESS) {
		close(descriptor);
		return ERR_IO;
	}
	*ret_descriptor = descriptor;
	return ERR_OK;
}
