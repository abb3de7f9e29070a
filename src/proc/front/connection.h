/* One TCP connection of a user: its certificate, the target of its request, and how long its present phase may take. */
#ifndef BICES_PROC_FRONT_CONNECTION_H
#define BICES_PROC_FRONT_CONNECTION_H

#include "proc/front/front.h"

/* Listed, so that those that take too long can be ended. */
struct connection {
	struct connection *next, **link;
	struct front *front;
	int descriptor;
	uint64_t since_ms; /* when its present phase began */
	uint32_t phase_s;  /* how long that may take; 0: another process works on it */
	bool checked;
	bool known; /* somebody signed in on it */
	enum certificate_state certificate;
	struct buf uri, target;
};

/* libmicrohttpd's callbacks; context is the front. The target is kept as sent, because the library would decode it. */
void connection_notify(void *context, struct MHD_Connection *handle, void **socket_context,
		       enum MHD_ConnectionNotificationCode code);
void *connection_target(void *context, const char *target, struct MHD_Connection *handle);

/* NULL when there was no memory for it. */
struct connection *connection_of(struct MHD_Connection *handle);

/* Verifies the client's certificate, once. */
void connection_check(struct connection *connection, struct MHD_Connection *handle);

/* Begins a phase that may take so many seconds; 0: as long as another process works on it. */
void connection_phase(struct connection *connection, uint32_t seconds);

/* Ends those whose phase took too long. */
void connections_sweep(struct front *front);

#endif
