/* One request on a connection, from its head to the last octet of its answer. */
#ifndef BICES_PROC_FRONT_EXCHANGE_H
#define BICES_PROC_FRONT_EXCHANGE_H

#include "proc/front/connection.h"

enum phase { PHASE_HEAD, PHASE_BODY };

/* One request on it. */
struct exchange {
	struct request request;
	struct request_head head;
	struct front *front;
	struct connection *connection; /* while it is open */
	struct MHD_Connection *handle;
	enum phase phase;
	enum progress progress;
	bool suspended, draining;
	bool streaming, asking; /* the answer goes on; another process is at work on it */
	bool ended, closed;	/* nothing more comes; the connection is gone */
	unsigned quiet;		/* beats without an octet */
	size_t sent;		/* of the body */
	struct exchange *next, **link; /* in the list of streams */
	size_t drained;
	struct buf accept; /* all Accept headers, joined */
	struct buf body;
};

/* The request's next step is done. */
void exchange_go_on(struct exchange *exchange, enum progress progress);
void exchange_free(struct front *front, struct exchange *exchange);

/* ---- stream.c ---- */
/* The answer goes on: it joins the list of streams. NULL: too many, or no memory. */
struct MHD_Response *stream_open(struct exchange *exchange);
/* Another process answered: what it said goes out at the next beat, so that the time of its work tells nothing. */
void stream_answered(struct exchange *exchange);
/* The connection is gone. True: nobody works on it any more, free it; false: it is freed when the answer comes. */
bool stream_close(struct exchange *exchange);

#endif
