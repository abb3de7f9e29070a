/* Connections of users, see connection.h. Must never keep one that stalls: each phase of a request has its time. */
#include "proc/front/connection.h"

#include "os/clock.h"

#include <sys/socket.h>

void connection_phase(struct connection *connection, uint32_t seconds)
{
	connection->since_ms = clock_monotonic_ms();
	connection->phase_s = seconds;
}

/* A stranger is who never signed in on his connection. The list is youngest first. */
static void oldest_stranger_gives_way(struct front *front)
{
	struct connection *oldest = NULL;
	for (struct connection *connection = front->connections; connection; connection = connection->next)
		if (!connection->known && connection->phase_s != 0)
			oldest = connection;
	if (!oldest)
		return;
	front->count.timeouts++;
	oldest->phase_s = 0;
	shutdown(oldest->descriptor, SHUT_RDWR);
}

static void open_connection(struct front *front, struct MHD_Connection *handle, void **context)
{
	struct connection *connection = calloc(1, sizeof *connection);
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
	*context = connection;
	if (!connection)
		return;
	*connection = (struct connection){.next = front->connections,
					  .link = &front->connections,
					  .front = front,
					  .descriptor = info ? info->connect_fd : -1,
					  .uri = buf_make(LIMIT_TITLE),
					  .target = buf_make(CONNECTION_MEMORY)};
	if (connection->next)
		connection->next->link = &connection->next;
	front->connections = connection;
	front->count.connections++;
	connection_phase(connection, FIRST_S);
	if (++front->open_connections > CONNECTIONS_CROWDED)
		oldest_stranger_gives_way(front);
}

static void close_connection(struct connection *connection)
{
	if (!connection)
		return;
	connection->front->open_connections--;
	*connection->link = connection->next;
	if (connection->next)
		connection->next->link = connection->link;
	buf_done(&connection->uri);
	buf_done(&connection->target);
	free(connection);
}

void connection_notify(void *context, struct MHD_Connection *handle, void **socket_context,
		       enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		open_connection(context, handle, socket_context);
		return;
	}
	close_connection(*socket_context);
	*socket_context = NULL;
}

struct connection *connection_of(struct MHD_Connection *handle)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

void *connection_target(void *context, const char *target, struct MHD_Connection *handle)
{
	struct connection *connection = connection_of(handle);
	(void)context;
	if (connection) {
		buf_truncate(&connection->target, 0);
		buf_put_text(&connection->target, target);
	}
	return NULL;
}

void connection_check(struct connection *connection, struct MHD_Connection *handle)
{
	if (connection->checked)
		return;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	connection->certificate = certificate_check(info ? info->tls_session : NULL, connection->front->site.nation,
						    &connection->uri);
	connection->checked = true;
	if (connection->certificate == CERTIFICATE_BAD)
		connection->front->count.bad_certificates++;
}

void connections_sweep(struct front *front)
{
	uint64_t now_ms = clock_monotonic_ms();
	for (struct connection *connection = front->connections; connection; connection = connection->next) {
		if (connection->phase_s == 0 || now_ms - connection->since_ms < connection->phase_s * 1000ull)
			continue;
		front->count.timeouts++;
		connection->phase_s = 0;
		shutdown(connection->descriptor, SHUT_RDWR);
	}
}
