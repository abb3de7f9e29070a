/* Connections come and go: dialling with growing distance, accepting with few strangers at a time. */
#include "proc/link/link.h"

#include "os/clock.h"
#include "os/log.h"

#include <errno.h>
#include <event2/event.h>
#include <sys/socket.h>

static void on_open(struct carrier *carrier, void *context);
static void on_closed(struct carrier *carrier, void *context, const char *why);
static const struct carrier_events events = {.open = on_open, .record = link_record, .closed = on_closed};

/* ---- strangers ---- */

static bool forget_stranger(struct link *link, const struct carrier *carrier)
{
	for (size_t i = 0; i < link->stranger_count; i++) {
		if (link->strangers[i] != carrier)
			continue;
		memmove(link->strangers + i, link->strangers + i + 1, (link->stranger_count - i - 1) * sizeof(struct carrier *));
		link->stranger_count--;
		return true;
	}
	return false;
}

static void log_stranger(struct link *link, const char *why)
{
	uint64_t now = clock_monotonic_ms();
	if (link->stranger_logged_ms && now < link->stranger_logged_ms + 1000)
		return; /* a flood of callers is no flood of lines */
	link->stranger_logged_ms = now;
	log_line(LOG_WARNING, "a caller was refused: %s", why);
}

void link_on_call(struct link *link)
{
	int listener = role_descriptor(link->self, "listen-peers");
	for (int i = 0; i < STRANGERS; i++) {
		int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (descriptor < 0)
			return;
		if (link->stranger_count == STRANGERS)
			carrier_close(link->strangers[0], "too many callers at a time");
		struct carrier *carrier;
		if (carrier_new(role_events(link->self), link->identity, descriptor, (struct slice){0}, &events, link, &carrier) == ERR_OK)
			link->strangers[link->stranger_count++] = carrier;
	}
}

/* ---- dialling ---- */

static void dial_later(struct link_peer *peer)
{
	struct timeval after = {peer->redial_ms / 1000, (peer->redial_ms % 1000) * 1000};
	if (!peer->link->running)
		return;
	(void)event_add(peer->redial, &after);
	peer->redial_ms = peer->redial_ms * 2 > REDIAL_MAX_MS ? REDIAL_MAX_MS : peer->redial_ms * 2;
}

void link_dial(struct link_peer *peer)
{
	int descriptor;
	struct link *link = peer->link;
	if (peer->dialled || !link->running)
		return;
	enum err err = carrier_connect(peer->row->peer_address, &descriptor);
	if (err == ERR_OK)
		err = carrier_new(role_events(link->self), link->identity, descriptor, peer->row->name, &events, link, &peer->dialled);
	if (err == ERR_OK)
		return;
	if (!peer->silent)
		log_line(LOG_WARNING, "%.*s cannot be dialled at %.*s: %s", SLICE_ARG(peer->row->name), SLICE_ARG(peer->row->peer_address),
			 err_text(err));
	peer->silent = true;
	dial_later(peer);
}

/* ---- what the carriers say ---- */

static void on_open(struct carrier *carrier, void *context)
{
	struct link *link = context;
	struct link_peer *peer = link_find(link, carrier_peer(carrier));
	if (!peer) {
		carrier_close(carrier, "it is not on the roster");
		return;
	}
	if (carrier_is_inbound(carrier)) {
		(void)forget_stranger(link, carrier);
		if (peer->accepted)
			carrier_close(peer->accepted, "it opened another one");
		peer->accepted = carrier;
	} else {
		peer->dialled_open = true;
		peer->redial_ms = REDIAL_MIN_MS;
		peer->silent = false;
	}
	link_tell(peer, carrier_is_inbound(carrier), true);
}

static void dialled_closed(struct link_peer *peer, const char *why)
{
	bool was_open = peer->dialled_open;
	peer->dialled = NULL;
	peer->dialled_open = false;
	if (!peer->silent)
		log_line(LOG_NOTICE, "%.*s: our connection %s: %s", SLICE_ARG(peer->row->name), was_open ? "closes" : "failed", why);
	peer->silent = true;
	if (was_open)
		link_tell(peer, false, false);
	dial_later(peer);
}

static void on_closed(struct carrier *carrier, void *context, const char *why)
{
	struct link *link = context;
	if (forget_stranger(link, carrier)) {
		log_stranger(link, why);
		return;
	}
	for (size_t i = 0; i < link->count; i++) {
		struct link_peer *peer = &link->peers[i];
		if (peer->dialled == carrier) {
			dialled_closed(peer, why);
		} else if (peer->accepted == carrier) {
			peer->accepted = NULL;
			log_line(LOG_NOTICE, "%.*s: its connection closes: %s", SLICE_ARG(peer->row->name), why);
			link_tell(peer, true, false);
		}
	}
}

/* ---- seal comes and goes ---- */

void link_up(struct link *link)
{
	if (link->running)
		link_down(link, "our seal starts anew"); /* its memory of what was sent is gone: the feeds resume */
	link->running = true;
	(void)event_add(link->listener, NULL);
	for (size_t i = 0; i < link->count; i++) {
		link->peers[i].redial_ms = REDIAL_MIN_MS;
		link->peers[i].silent = false;
		link_dial(&link->peers[i]);
	}
}

void link_down(struct link *link, const char *why)
{
	link->running = false;
	(void)event_del(link->listener);
	while (link->stranger_count)
		carrier_close(link->strangers[0], why);
	for (size_t i = 0; i < link->count; i++) {
		struct link_peer *peer = &link->peers[i];
		(void)event_del(peer->redial);
		if (peer->dialled)
			carrier_close(peer->dialled, why);
		if (peer->accepted)
			carrier_close(peer->accepted, why);
	}
}
