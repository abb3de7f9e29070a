/* One connection to another nation's link: mutual TLS 1.3, then a HELLO from each end, then records both ways
 * (protocol/wire.h). Driven by libevent; single-threaded. A connection that is slow, silent or hostile costs a bounded
 * amount of memory and nobody else's time. The process must ignore SIGPIPE, as every role does. */
#ifndef BICES_EXCHANGE_TLS_H
#define BICES_EXCHANGE_TLS_H

#include "exchange/identity.h"
#include "protocol/wire.h"

struct event_base;
struct carrier; /* heap */

enum {
	CARRIER_HANDSHAKE_MS = 5000, /* from the socket to the peer's HELLO */
	CARRIER_PING_MS = 10000,     /* of our silence; who takes nothing of our output for twice as long is cut */
	CARRIER_IDLE_MS = 30000,     /* of the peer's silence: it is cut */
	CARRIER_RETRY_MS = 50,       /* until a refused record is offered again */
	CARRIER_OUTPUT = 40 * 1024 * 1024, /* octets that wait for the peer */
};

/* What the owner wants to hear. None is called from inside carrier_new() or carrier_send(). */
struct carrier_events {
	/* Peer and HELLO are verified: records may flow. */
	void (*open)(struct carrier *carrier, void *context);
	/* A record for seal, allowed in this direction. octets: type and body, borrowed. false: no room; nothing is read
	 * until it is offered again, CARRIER_RETRY_MS later or after carrier_retry(). */
	bool (*record)(struct carrier *carrier, void *context, struct slice octets);
	/* The end, once; the carrier is freed after it returns. why: for the log, static storage. */
	void (*closed)(struct carrier *carrier, void *context, const char *why);
};

/* Takes over the descriptor in every case: connected, or with a connect under way. expected: the nation dialled, or
 * empty for a connection that was accepted. identity and events must outlive it. ERR_MEMORY, ERR_IO. */
enum err carrier_new(struct event_base *base, const struct tls_identity *identity, int descriptor, struct slice expected,
		     const struct carrier_events *events, void *context, struct carrier **ret_carrier) MUST_USE;

/* Ends it from our side; closed() is called before this returns, also from inside events. */
void carrier_close(struct carrier *carrier, const char *why);

/* Queues a record: type and body. ERR_FULL beyond CARRIER_OUTPUT, ERR_UNAVAILABLE before open() and after closed(),
 * ERR_USAGE for a type that may not go this way. */
enum err carrier_send(struct carrier *carrier, struct slice octets) MUST_USE;

/* Offers a refused record again now. */
void carrier_retry(struct carrier *carrier);

struct slice carrier_peer(const struct carrier *carrier); /* of the roster; empty before the handshake */
bool carrier_is_inbound(const struct carrier *carrier);   /* the peer opened it */

/* A non-blocking socket on its way to "tls://ADDRESS:PORT" (numeric). ERR_MALFORMED, ERR_IO. */
enum err carrier_connect(struct slice address, int *ret_descriptor) MUST_USE;

#endif
