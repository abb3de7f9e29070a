/* The front: users' TLS connections and the admin listener, carried by libmicrohttpd in the role's event loop.
 * It holds no database, no object keys and no way to peers; what it trusts itself with are the sessions in hand and the
 * verification of client certificates. */
#ifndef BICES_PROC_FRONT_H
#define BICES_PROC_FRONT_H

#include "os/role.h"
#include "present/imports.h"
#include "present/request.h"
#include "present/taxii.h"

#include <event2/event.h>
#include <microhttpd.h>

enum {
	CONNECTIONS_MAX = 1024, /* over all addresses */
	CONNECTIONS_PER_ADDRESS = 512,
	CONNECTIONS_CROWDED = 768, /* from here on the oldest stranger gives way to each newcomer */
	CONNECTION_MEMORY = 64 * 1024, /* head of a request and buffers */
	INACTIVE_S = 30,	       /* without an octet in either direction */
	FIRST_S = 10,		       /* from the connection to the first whole head, handshake included */
	HEAD_S = 60,		       /* from the first octet, or the last answer, to a whole head */
	BODY_S = 300,		       /* for a whole body */
	SEND_S = 600,		       /* for a whole answer */
	SWEEP_MS = 1000,
	BEAT_MS = 1000,	  /* of streams: the same whatever happens */
	QUIET_BEATS = 15, /* then a stream that has nothing to tell shows that it is there */
	STREAMS_MAX = 512,
	ASK_MS = 30000, /* the store's time for one answer */
	READY_MS = 2000,
	BODIES_MAX = 256 * 1024 * 1024, /* bodies in memory, all requests together */
	TRIM_MIN = 1024 * 1024,		/* a larger body or answer: freed memory goes back to the kernel */
	DRAIN_MAX = 1024 * 1024,	/* octets of a refused body that are read before the answer */
	DRAIN_SIGNED_IN_MAX = 256 * 1024 * 1024,
};

struct connection;
struct exchange;

/* A libmicrohttpd daemon in the loop. */
struct carrier {
	struct MHD_Daemon *daemon;
	struct event *readable, *again;
	unsigned runs;	 /* since the last news */
	unsigned active; /* requests in hand */
};

struct front {
	struct self *self;
	struct arena arena;
	struct site site;
	struct policy_set *policies;
	struct stix_map map; /* of the table "marking-map" */
	struct files files;
	struct statuses statuses;
	struct imports imports;
	struct carrier users, admin;
	struct role_timer *sweep;
	struct connection *connections; /* of the users' listener, youngest first */
	size_t open_connections;
	struct role_timer *beat;
	struct exchange *streams; /* answers that go on, see exchange.h */
	size_t stream_count;
	size_t body_bytes;		/* in memory now */
	struct {
		uint64_t requests, by_class[6], connections, bad_certificates, timeouts;
	} count;
};

/* Starts a daemon on a listening socket with these options and puts it into the loop. */
enum err carrier_start(struct front *front, struct carrier *carrier, unsigned flags, int listener,
		       MHD_AccessHandlerCallback handler, struct MHD_OptionItem *options) MUST_USE;
void carrier_stop(struct carrier *carrier);
/* Resumes a suspended connection and has the daemon run at once: without a thread it does not notice by itself. */
void carrier_resume(struct carrier *carrier, struct MHD_Connection *handle);

/* Users' listener: TLS. */
enum err serve_start(struct front *front, struct diag *diag) MUST_USE;
void serve_stop(struct front *front);

/* Streams: what was gathered goes out, then each is asked for more. See stream.c. */
enum err streams_start(struct front *front) MUST_USE;
void streams_stop(struct front *front); /* before serve_stop */

/* Admin listener: /live, /ready, /metrics. */
enum err admin_start(struct front *front, struct diag *diag) MUST_USE;

/* What the client showed: nothing, a certificate of our authority with the URI bices://NATION/user/NAME (put into
 * uri), or anything else. session is the gnutls_session_t of a finished handshake. */
enum certificate_state certificate_check(void *session, struct slice nation, struct buf *uri);

#endif
