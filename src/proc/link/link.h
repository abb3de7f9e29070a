/* The link process: what its files share. Link holds the sockets to other nations and carries sealed octets between them
 * and seal. It has no key that opens or seals an object, no file, no database; it cannot tell what it carries. */
#ifndef BICES_PROC_LINK_LINK_H
#define BICES_PROC_LINK_LINK_H

#include "exchange/tls.h"
#include "os/role.h"

enum {
	REDIAL_MIN_MS = 200,
	REDIAL_MAX_MS = 5000,
	STRANGERS = 64, /* accepted connections whose peer is not verified yet; the oldest gives way */
	/* what a peer may send before seal has answered with a checkpoint; an honest one never comes near */
	CREDIT_FRAMES = 4 * LIMIT_WINDOW_FRAMES,
	CREDIT_OCTETS = 48 * 1024 * 1024,
};

/* Another nation: the connection we opened and the one it opened. */
struct link_peer {
	struct link *link;
	const struct participant *row;
	struct carrier *dialled, *accepted;
	bool dialled_open;
	struct event *redial;
	unsigned redial_ms;
	bool silent; /* the last failure was logged; the next like it is not */
	size_t frames, octets; /* taken from it since the last checkpoint went back */
};

struct link {
	struct self *self;
	struct arena arena; /* as long as the process */
	struct roster roster;
	struct tls_identity *identity;
	struct link_peer *peers;
	size_t count;
	struct event *listener;
	bool running; /* seal is there */
	struct carrier *strangers[STRANGERS]; /* in the order of arrival */
	size_t stranger_count;
	uint64_t stranger_logged_ms;
};

struct link_peer *link_find(struct link *link, struct slice name);

/* peers.c: connections come and go */
void link_up(struct link *link);                    /* seal is there: listen and dial */
void link_down(struct link *link, const char *why); /* seal is gone: nothing is carried */
void link_on_call(struct link *link);               /* the listening socket has something */
void link_dial(struct link_peer *peer);

/* carry.c: records between carriers and seal */
bool link_record(struct carrier *carrier, void *context, struct slice octets);
void link_on_wire(struct self *self, const struct role_message *message);
void link_tell(struct link_peer *peer, bool inbound, bool connected);

#endif
