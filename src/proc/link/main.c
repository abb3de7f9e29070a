/* The entry of link: roster, certificate, peers, table of messages. It must never hold an object key or see a plaintext. */
#include "proc/link/link.h"

#include "os/log.h"

#include <event2/event.h>

static void on_call(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	link_on_call(context);
}

static void on_redial(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	link_dial(context);
}

static enum err make_peers(struct link *link)
{
	size_t participants = link->roster.participants.count;
	link->peers = ARENA_ARRAY(&link->arena, participants, struct link_peer);
	if (!link->peers)
		return ERR_MEMORY;
	for (size_t i = 0; i < participants; i++) {
		const struct participant *row = roster_at(&link->roster, i);
		if (slice_equal(row->name, role_nation(link->self)))
			continue;
		struct link_peer *peer = &link->peers[link->count++];
		*peer = (struct link_peer){.link = link, .row = row, .redial_ms = REDIAL_MIN_MS};
		peer->redial = event_new(role_events(link->self), -1, 0, on_redial, peer);
		if (!peer->redial)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

static enum err prepare(struct self *self, struct diag *diag)
{
	struct link *link = role_context(self);
	int listener = role_descriptor(self, "listen-peers");
	link->self = self;
	if (listener < 0)
		return diag_fail(diag, ERR_UNAVAILABLE, "the socket listen-peers was not given");
	TRY(roster_open(role_given(self, "roster"), &link->arena, &link->roster, diag));
	if (!roster_find(&link->roster, role_nation(self)))
		return diag_fail(diag, ERR_INVALID, "%.*s is not on its own roster", SLICE_ARG(role_nation(self)));
	TRY(tls_identity_new(role_given(self, "certificate"), role_given(self, "certificate-key"), &link->roster, role_nation(self),
			     role_realm(self), &link->identity, diag));
	role_forget(self, "certificate-key");
	link->listener = event_new(role_events(self), listener, EV_READ | EV_PERSIST, on_call, link);
	return link->listener ? make_peers(link) : ERR_MEMORY;
}

static enum err start(struct self *self, struct diag *diag)
{
	bool good = evutil_make_socket_nonblocking(role_descriptor(self, "listen-peers")) == 0;
	return good ? ERR_OK : diag_fail(diag, ERR_IO, "the socket listen-peers cannot be used");
}

static void stop(struct self *self)
{
	struct link *link = role_context(self);
	link_down(link, "we stop");
	for (size_t i = 0; i < link->count; i++)
		event_free(link->peers[i].redial);
	event_free(link->listener);
	tls_identity_free(link->identity);
	arena_done(&link->arena);
}

static void neighbor_up(struct self *self, enum role neighbor)
{
	if (neighbor == ROLE_SEAL)
		link_up(role_context(self));
}

static void neighbor_down(struct self *self, enum role neighbor)
{
	if (neighbor == ROLE_SEAL)
		link_down(role_context(self), "our seal is down");
}

static const struct role_handler handlers[] = {{MSG_WIRE, ROLE_SEAL, link_on_wire}, {0, 0, NULL}};

int main(void)
{
	static const struct role_program program = {.role = ROLE_LINK, .handlers = handlers, .prepare = prepare, .start = start,
						    .stop = stop, .neighbor_up = neighbor_up, .neighbor_down = neighbor_down};
	static struct link link;
	return role_run(&program, &link);
}
