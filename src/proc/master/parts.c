/* Processes of the roles: start, neighbours, restart with growing delay, orderly end. Ends processes by their id only. */
#include "proc/master/node.h"

#include "os/clock.h"
#include "os/log.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DELAY_MAX_S = 30, STABLE_MS = 60000, STOP_MS = 5000, END_MS = 1000, CHANNEL_IN_ROLE = 3 };

static const enum role pairs[][2] = {
	{ROLE_FRONT, ROLE_STORE}, {ROLE_FRONT, ROLE_PARSE}, {ROLE_STORE, ROLE_PARSE}, {ROLE_STORE, ROLE_GUARD},
	{ROLE_GUARD, ROLE_SEAL}, {ROLE_GUARD, ROLE_LEDGER}, {ROLE_SEAL, ROLE_STORE}, {ROLE_SEAL, ROLE_LINK},
	{ROLE_SEAL, ROLE_LEDGER}, {ROLE_STORE, ROLE_LEDGER},
};
enum { PAIR_COUNT = sizeof(pairs) / sizeof(pairs[0]) };

static struct part *other_end(struct part *part, size_t pair)
{
	if (pairs[pair][0] == part->role)
		return &part->node->parts[pairs[pair][1]];
	return pairs[pair][1] == part->role ? &part->node->parts[pairs[pair][0]] : NULL;
}

/* ---- files with process ids ---- */

static void process_file(enum role role, pid_t process)
{
	char path[64];
	snprintf(path, sizeof(path), "pid/%s", role_name(role));
	if (process == 0) {
		unlink(path);
		return;
	}
	FILE *file = fopen(path, "we");
	if (!file || fprintf(file, "%ld\n", (long)process) < 0)
		log_line(LOG_WARNING, "%s: %s", path, strerror(errno));
	if (file)
		fclose(file);
}

uint32_t parts_missing(const struct node *node)
{
	uint32_t missing = 0;
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++)
		if (!(node->held & 1u << role) && !node->parts[role].ready)
			missing |= 1u << role;
	return missing;
}

/* pid/ready exists while every role that should run is READY. Tells every role who is up. */
static void announce(struct node *node)
{
	struct msg_roles roles = {.held = node->held};
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++)
		roles.up |= node->parts[role].ready ? 1u << role : 0;
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++)
		if (node->parts[role].ready && channel_send(node->parts[role].channel, MSG_ROLES, 0, &roles, -1) != ERR_OK)
			log_line(LOG_WARNING, "%s does not take messages", role_name(role));
	if (parts_missing(node) != 0 || node->stopping) {
		unlink("pid/ready");
		return;
	}
	int file = open("pid/ready", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (file >= 0)
		close(file);
	if (!node->announced)
		node_say(node, "%.*s is ready: https://%.*s%s", SLICE_ARG(node->settings.nation), SLICE_ARG(node->settings.listen_users),
			 node->degraded ? " (DEGRADED: confinement is incomplete)" : "");
	node->announced = true;
}

/* ---- start ---- */

/* In the child. Nothing of the master but the channel and the log survives: everything else closes on exec. */
static _Noreturn void become(const struct node *node, enum role role, int channel)
{
	static const char *const kept[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS"};
	char path[sizeof(node->programs) + 64], name[64], values[2][1024];
	char *environment[3] = {NULL}, *arguments[] = {name, NULL};
	size_t count = 0;
	for (size_t i = 0; i < 2; i++) {
		const char *value = getenv(kept[i]);
		if (value && snprintf(values[i], sizeof(values[i]), "%s=%s", kept[i], value) < (int)sizeof(values[i]))
			environment[count++] = values[i];
	}
	snprintf(name, sizeof(name), "bices-%s", role_name(role));
	snprintf(path, sizeof(path), "%s/%s", node->programs, name);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	bool good = dup2(node->nothing, STDIN_FILENO) >= 0 && dup2(node->log, STDOUT_FILENO) >= 0 && dup2(node->log, STDERR_FILENO) >= 0;
	good = good && (channel == CHANNEL_IN_ROLE ? fcntl(channel, F_SETFD, 0) == 0 : dup2(channel, CHANNEL_IN_ROLE) >= 0);
	if (good)
		execve(path, arguments, environment);
	log_line(LOG_ERROR, "%s: %s", path, strerror(errno));
	_exit(127);
}

static enum err send_neighbor(struct part *part, enum role neighbor, int end)
{
	struct msg_neighbor told = {(uint8_t)neighbor};
	return channel_send(part->channel, MSG_NEIGHBOR, 0, &told, end);
}

/* A new channel between two running roles. A lost one is noticed when its process ends. */
static void connect_parts(struct part *a, struct part *b)
{
	int ends[2];
	if (channel_pair(ends) != ERR_OK) {
		log_line(LOG_ERROR, "no channel between %s and %s: %s", role_name(a->role), role_name(b->role), strerror(errno));
		return;
	}
	if (send_neighbor(a, b->role, ends[0]) != ERR_OK || send_neighbor(b, a->role, ends[1]) != ERR_OK)
		log_line(LOG_WARNING, "no channel between %s and %s yet", role_name(a->role), role_name(b->role));
	close(ends[0]);
	close(ends[1]);
}

static enum err part_provide(struct part *part)
{
	const struct node *node = part->node;
	TRY(gifts_send(node, part));
	for (size_t i = 0; i < PAIR_COUNT; i++) {
		struct part *other = other_end(part, i);
		if (other && other->process > 0)
			connect_parts(part, other);
	}
	struct msg_begin begin = {
		.nation = node->settings.nation,
		.realm = node->settings.realm,
		.degraded = node->degraded,
		.user_id = geteuid() == 0 ? node->settings.user_id_base + part->role : 0,
	};
	return channel_send(part->channel, MSG_BEGIN, 0, &begin, -1);
}

enum err part_start(struct part *part)
{
	int ends[2];
	TRY(channel_pair(ends));
	pid_t process = fork();
	if (process == 0)
		become(part->node, part->role, ends[1]);
	close(ends[1]);
	if (process < 0) {
		close(ends[0]);
		return ERR_IO;
	}
	part->process = process;
	part->started_ms = clock_monotonic_ms();
	process_file(part->role, process);
	TRY(channel_new(ends[0], ROLE_MASTER, part->role, &part->channel));
	return part_provide(part);
}

/* ---- messages ---- */

static void on_ready(struct part *part, const struct msg_ready *ready)
{
	snprintf(part->layers, sizeof(part->layers), "%.*s", SLICE_ARG(ready->layers));
	part->ready = true;
	log_line(LOG_NOTICE, "%s is ready: %s", role_name(part->role), part->layers);
	announce(part->node);
	if (part->role == ROLE_LEDGER)
		configuration_record(part->node, part);
}

static void on_refused(struct part *part, const struct msg_refused *refused)
{
	log_line(LOG_ERROR, "%s refuses: %.*s", role_name(part->role), SLICE_ARG(refused->text));
	if (part->role == ROLE_LEDGER)
		part->node->recorded = false; /* again when it starts anew */
}

/* Only neighbours may accuse each other; the accused starts anew. */
static void on_accuse(struct part *part, const struct msg_neighbor *accused)
{
	for (size_t i = 0; i < PAIR_COUNT; i++) {
		struct part *other = other_end(part, i);
		if (!other || other->role != accused->role || other->process <= 0)
			continue;
		log_line(LOG_ERROR, "%s says that %s broke the protocol; %s is ended", role_name(part->role), role_name(other->role),
			 role_name(other->role));
		kill(other->process, SIGKILL);
	}
}

static void on_message(struct part *part, const struct channel_message *message)
{
	if (message->type == MSG_READY)
		on_ready(part, message->value);
	else if (message->type == MSG_ACCUSE)
		on_accuse(part, message->value);
	else if (message->type == MSG_REFUSED)
		on_refused(part, message->value);
}

static void part_read(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct part *part = context;
	AUTO_ARENA arena = {0};
	struct channel_message message = {.descriptor = -1};
	enum err err = channel_receive(part->channel, &arena, &message);
	if (err == ERR_OK) {
		on_message(part, &message);
		channel_message_done(&message);
	} else if (err != ERR_NOT_FOUND) {
		event_del(part->read); /* its end is handled by parts_reap */
		kill(part->process, SIGKILL);
	}
	if (channel_has_output(part->channel))
		event_add(part->write, NULL);
}

static void part_write(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct part *part = context;
	if (channel_flush(part->channel) == ERR_OK && channel_has_output(part->channel))
		event_add(part->write, NULL);
}

enum err part_watch(struct part *part)
{
	int descriptor = channel_descriptor(part->channel);
	part->read = event_new(part->node->events, descriptor, EV_READ | EV_PERSIST, part_read, part);
	part->write = event_new(part->node->events, descriptor, EV_WRITE, part_write, part);
	if (!part->read || !part->write || event_add(part->read, NULL) != 0)
		return ERR_MEMORY;
	if (channel_has_output(part->channel))
		event_add(part->write, NULL);
	return ERR_OK;
}

/* ---- end and restart ---- */

static void part_clear(struct part *part)
{
	if (part->read)
		event_free(part->read);
	if (part->write)
		event_free(part->write);
	channel_free(part->channel);
	part->read = part->write = NULL;
	part->channel = NULL;
	part->process = 0;
	part->ready = false;
	process_file(part->role, 0);
}

/* Waits until the process is gone, at most ms. */
static bool await_end(const struct part *part, unsigned ms)
{
	uint64_t end = clock_monotonic_ms() + ms;
	do {
		if (waitpid(part->process, NULL, WNOHANG) != 0)
			return true;
		poll(NULL, 0, 5);
	} while (clock_monotonic_ms() < end);
	return false;
}

void part_end(struct part *part)
{
	struct msg_empty empty = {0};
	if (part->process > 0 && (!part->channel || channel_send(part->channel, MSG_STOP, 0, &empty, -1) != ERR_OK ||
				  !await_end(part, END_MS))) {
		kill(part->process, SIGKILL);
		waitpid(part->process, NULL, 0);
	}
	part_clear(part);
}

static void schedule(struct part *part);

static void on_restart(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct part *part = context;
	if (part->node->stopping || part->process > 0)
		return;
	part->restarts++;
	enum err err = part_start(part);
	if (err == ERR_OK)
		err = part_watch(part);
	if (err == ERR_OK)
		return;
	log_line(LOG_ERROR, "%s cannot be started: %s", role_name(part->role), err_text(err));
	if (part->process > 0)
		kill(part->process, SIGKILL); /* parts_reap schedules again */
	else
		schedule(part);
}

/* 1, 2, 4 … 30 seconds; from the beginning after a stable time. */
static void schedule(struct part *part)
{
	bool stable = clock_monotonic_ms() - part->started_ms >= STABLE_MS;
	part->delay_s = stable || part->delay_s == 0 ? 1 : part->delay_s * 2;
	if (part->delay_s > DELAY_MAX_S)
		part->delay_s = DELAY_MAX_S;
	struct timeval delay = {part->delay_s, 0};
	if (!part->restart)
		part->restart = evtimer_new(part->node->events, on_restart, part);
	if (!part->restart || evtimer_add(part->restart, &delay) != 0)
		log_line(LOG_ERROR, "%s stays down: out of memory", role_name(part->role));
}

static void log_end(const struct part *part, int status)
{
	if (WIFSIGNALED(status))
		log_line(LOG_WARNING, "%s (%ld) ended by signal %d%s", role_name(part->role), (long)part->process, WTERMSIG(status),
			 WTERMSIG(status) == SIGSYS ? ": it made a call that its confinement forbids" : "");
	else
		log_line(LOG_WARNING, "%s (%ld) ended with code %d", role_name(part->role), (long)part->process, WEXITSTATUS(status));
}

static struct part *part_of(struct node *node, pid_t process)
{
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++)
		if (node->parts[role].process == process)
			return &node->parts[role];
	return NULL;
}

void parts_reap(struct node *node)
{
	int status;
	for (pid_t process; (process = waitpid(-1, &status, WNOHANG)) > 0;) {
		struct part *part = part_of(node, process);
		if (!part)
			continue;
		if (!node->stopping)
			log_end(part, status);
		part_clear(part);
		if (node->stopping || node->held & 1u << part->role)
			continue;
		schedule(part);
		announce(node);
	}
}

static bool any_running(const struct node *node)
{
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++)
		if (node->parts[role].process > 0)
			return true;
	return false;
}

void parts_stop(struct node *node)
{
	struct msg_empty empty = {0};
	node->stopping = true;
	unlink("pid/ready");
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++)
		if (node->parts[role].channel && channel_send(node->parts[role].channel, MSG_STOP, 0, &empty, -1) != ERR_OK)
			kill(node->parts[role].process, SIGKILL);
	for (uint64_t end = clock_monotonic_ms() + STOP_MS; any_running(node) && clock_monotonic_ms() < end;) {
		parts_reap(node);
		poll(NULL, 0, 20);
	}
	for (enum role role = ROLE_FRONT; role < ROLE_COUNT; role++)
		if (node->parts[role].process > 0) {
			log_line(LOG_WARNING, "%s did not stop in time and is ended", role_name(role));
			part_end(&node->parts[role]);
		}
}
