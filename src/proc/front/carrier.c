/* libmicrohttpd inside the role's loop: its epoll descriptor is watched, and it runs when that has something. */
#include "proc/front/front.h"

#include <fcntl.h>

enum { EAGER_RUNS = 8, LAZY_MS = 20, EAGER_RUNS_ACTIVE = 1024, LAZY_MS_ACTIVE = 1, IDLE_MS = 1000 };

/* While a handshake waits for its client, the library says that it has work and has none: after some runs without news
 * it gets its turn only now and then; more often while a body or an answer is on its way. */
static void plan_next(struct carrier *carrier)
{
	MHD_UNSIGNED_LONG_LONG wait_ms = IDLE_MS;
	if (MHD_get_timeout(carrier->daemon, &wait_ms) != MHD_YES || wait_ms > IDLE_MS)
		wait_ms = IDLE_MS;
	if (wait_ms == 0 && carrier->runs++ >= (carrier->active ? EAGER_RUNS_ACTIVE : EAGER_RUNS))
		wait_ms = carrier->active ? LAZY_MS_ACTIVE : LAZY_MS;
	const struct timeval wait = {.tv_sec = (time_t)(wait_ms / 1000),
				     .tv_usec = (suseconds_t)(wait_ms % 1000 * 1000)};
	event_add(carrier->again, &wait);
}

static void on_readable(evutil_socket_t descriptor, short what, void *context)
{
	struct carrier *carrier = context;
	(void)descriptor, (void)what;
	carrier->runs = 0;
	MHD_run(carrier->daemon);
	plan_next(carrier);
}

static void on_again(evutil_socket_t descriptor, short what, void *context)
{
	struct carrier *carrier = context;
	(void)descriptor, (void)what;
	MHD_run(carrier->daemon);
	plan_next(carrier);
}

void carrier_resume(struct carrier *carrier, struct MHD_Connection *handle)
{
	const struct timeval now = {0};
	MHD_resume_connection(handle);
	carrier->runs = 0;
	event_add(carrier->again, &now);
}

static enum err watch(struct front *front, struct carrier *carrier)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(carrier->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return ERR_INTERNAL;
	carrier->readable = event_new(role_events(front->self), info->epoll_fd, EV_READ | EV_PERSIST, on_readable,
				      carrier);
	carrier->again = evtimer_new(role_events(front->self), on_again, carrier);
	if (!carrier->readable || !carrier->again || event_add(carrier->readable, NULL) != 0)
		return ERR_MEMORY;
	plan_next(carrier);
	return ERR_OK;
}

enum err carrier_start(struct front *front, struct carrier *carrier, unsigned flags, int listener,
		       MHD_AccessHandlerCallback handler, struct MHD_OptionItem *options)
{
	if (listener < 0 || fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK) != 0)
		return ERR_IO;
	carrier->daemon = MHD_start_daemon(flags | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL,
					   NULL, handler, front, MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_ARRAY,
					   options, MHD_OPTION_END);
	return carrier->daemon ? watch(front, carrier) : ERR_INTERNAL;
}

void carrier_stop(struct carrier *carrier)
{
	if (carrier->readable)
		event_free(carrier->readable);
	if (carrier->again)
		event_free(carrier->again);
	if (carrier->daemon)
		MHD_stop_daemon(carrier->daemon);
	*carrier = (struct carrier){0};
}
