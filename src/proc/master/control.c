/* The control socket: DIR/control, mode 0600. One line comes in, facts go out as lines "name value…", then it closes.
 * It gives facts only: a node is stopped by a signal, never from here. */
#include "proc/master/node.h"

#include "os/confine.h"
#include "os/log.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_MAX = 64, ANSWER_MAX = 16384, PATIENCE_US = 200000 };

static void put_part(const struct node *node, enum role role, struct buf *answer)
{
	const struct part *part = &node->parts[role];
	const char *state = part->ready ? "ready" : part->process > 0 ? "starting" : node->held & 1u << role ? "held" : "down";
	buf_printf(answer, "role %s %s %ld %u %s\n", role_name(role), state, (long)part->process, part->restarts, part->layers);
}

/* "role NAME STATE PID RESTARTS LAYERS…" for each role, after the node's own facts. */
static void put_status(const struct node *node, struct buf *answer)
{
	buf_printf(answer, "nation %.*s\nrealm %.*s\nprocess %ld\ndegraded %d\nready %d\n", SLICE_ARG(node->settings.nation),
		   SLICE_ARG(node->settings.realm), (long)getpid(), node->degraded, parts_missing(node) == 0);
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++)
		put_part(node, role, answer);
}

static const struct {
	const char *request;
	void (*put)(const struct node *node, struct buf *answer);
} requests[] = {{"status\n", put_status}};

static void on_connection(struct evconnlistener *listener, evutil_socket_t peer, struct sockaddr *from, int len, void *context)
{
	(void)listener, (void)from, (void)len;
	const struct timeval patience = {0, PATIENCE_US};
	char request[REQUEST_MAX + 1] = {0};
	AUTO_BUF answer = buf_make(ANSWER_MAX);
	if (setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
	    setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == 0 && recv(peer, request, REQUEST_MAX, 0) > 0) {
		for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
			if (strcmp(request, requests[i].request) == 0)
				requests[i].put(context, &answer);
		if (answer.len == 0)
			buf_put_text(&answer, "error unknown request\n");
		if (send(peer, answer.data, answer.len, MSG_NOSIGNAL) < 0)
			log_line(LOG_DEBUG, "control: %s", strerror(errno));
	}
	close(peer);
}

enum err control_open(struct node *node, struct diag *diag)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "control"};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unlink("control"); /* of an earlier life; a running node holds pid/bicesd locked */
	mode_t mask = umask(0177);
	bool good = listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0;
	umask(mask);
	/* connections are accepted blocking: the answer is short and its reader is the node's own administrator */
	if (!good || !evconnlistener_new(node->events, on_connection, node, LEV_OPT_LEAVE_SOCKETS_BLOCKING | LEV_OPT_CLOSE_ON_EXEC,
					 8, listener))
		return diag_fail(diag, ERR_IO, "control: %s", strerror(errno));
	return ERR_OK;
}
