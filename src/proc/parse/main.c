/* bices-parse: reads foreign documents, one per child process. The server takes a request, forks, and passes on what
 * the child answers; the child closes everything but one socket, confines itself further, reads the one document and
 * ends. The server itself never looks into a document. Trusted for nothing: what it answers is checked by who asked. */
#include "object/json.h"
#include "proc/parse/readers.h"

#include "os/confine.h"
#include "os/log.h"
#include "os/pack.h"
#include "os/role.h"

#include <errno.h>
#include <event2/event.h>
#include <malloc.h>
#include <sys/random.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN_MAX = 4, QUEUE_MAX = 1024, QUEUE_BYTES = 64 * 1024 * 1024, WALL_SECONDS = 30, CHILD_SOCKET = 3 };

/* A request from its arrival to its answer. */
struct job {
	struct job *next;
	struct server *server;
	struct role_caller caller;
	const struct reader *reader;
	pid_t child;
	struct channel *channel; /* to the child */
	struct event *event;
	size_t len;
	uint8_t octets[]; /* the request's body */
};

struct server {
	struct self *self;
	struct policy_set *policies;
	struct arena arena; /* of the policies */
	struct job *first, **last;
	size_t queued, queued_bytes, children;
};

/* ---- the child ---- */

/* Nothing of the server stays: not its channels, not its log. */
static bool leave_server(int socket)
{
	return dup2(STDIN_FILENO, STDOUT_FILENO) >= 0 && dup2(STDIN_FILENO, STDERR_FILENO) >= 0 &&
	       (socket == CHILD_SOCKET || dup2(socket, CHILD_SOCKET) >= 0) && close_range(CHILD_SOCKET + 1, ~0U, 0) == 0;
}

static enum err read_document(const struct job *job, struct arena *arena, union reader_answer *ret_answer, struct diag *diag)
{
	struct msg_octets document;
	TRY(confine_document(diag));
	const struct schema *schema = message_schema(job->reader->type, job->reader->from, ROLE_PARSE);
	if (!schema)
		return ERR_INTERNAL;
	TRY(record_decode(schema, slice_of(job->octets, job->len), arena, &document));
	return job->reader->read(job->server->policies, &document, arena, ret_answer, diag);
}

static _Noreturn void child_run(const struct job *job, int socket)
{
	struct channel *channel = NULL;
	struct arena arena = {0};
	struct diag diag = {0};
	union reader_answer answer = {0};
	if (!leave_server(socket) || channel_new(CHILD_SOCKET, ROLE_PARSE, job->reader->from, &channel) != ERR_OK)
		_exit(1);
	enum err err = read_document(job, &arena, &answer, &diag);
	if (err == ERR_OK)
		err = channel_send_any(channel, job->reader->answer, 0, &answer, -1);
	if (err != ERR_OK) {
		struct msg_refused refused = {.err = (uint8_t)err, .text = slice_text(diag.text[0] ? diag.text : err_text(err)), .line = diag.line};
		err = channel_send(channel, MSG_REFUSED, 0, &refused, -1);
	}
	_exit(err == ERR_OK ? 0 : 1);
}

/* ---- the server ---- */

static void start_waiting(struct server *server);

static void job_free(struct job *job)
{
	if (job->event)
		event_free(job->event);
	channel_free(job->channel);
	free(job);
}

static void job_end(struct job *job)
{
	struct server *server = job->server;
	kill(job->child, SIGKILL); /* whether it ended already or not */
	waitpid(job->child, NULL, 0);
	server->children--;
	job_free(job);
	start_waiting(server);
}

/* Passes on a good answer or a refusal; anything else counts as a crash. */
static bool relay(struct job *job, const struct channel_message *message)
{
	struct self *self = job->server->self;
	if (message->type != job->reader->answer && message->type != MSG_REFUSED)
		return false;
	enum err err = role_reply_any(self, job->caller, message->type, message->value);
	return err == ERR_OK || err == ERR_UNAVAILABLE;
}

static void on_child(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	struct job *job = context;
	AUTO_ARENA arena = {0};
	struct channel_message message = {.descriptor = -1};
	enum err err = what & EV_TIMEOUT ? ERR_UNAVAILABLE : channel_receive(job->channel, &arena, &message);
	if (err == ERR_NOT_FOUND)
		return;
	bool good = err == ERR_OK && relay(job, &message);
	if (err == ERR_OK)
		channel_message_done(&message);
	if (!good) {
		log_line(LOG_WARNING, "a document for %s could not be read: %s", role_name(job->caller.role),
			 what & EV_TIMEOUT ? "it took too long" : "its reader ended");
		role_refuse(job->server->self, job->caller, ERR_MALFORMED, 0, "the document cannot be read within its limits of time and memory");
	}
	job_end(job);
}

static enum err job_start(struct job *job)
{
	struct server *server = job->server;
	int ends[2];
	TRY(channel_pair(ends));
	job->child = fork();
	if (job->child == 0)
		child_run(job, ends[1]);
	close(ends[1]);
	if (job->child < 0) {
		close(ends[0]);
		return ERR_UNAVAILABLE;
	}
	server->children++;
	const struct timeval wall = {WALL_SECONDS, 0};
	enum err err = channel_new(ends[0], job->reader->from, ROLE_PARSE, &job->channel);
	if (err == ERR_OK)
		job->event = event_new(role_events(server->self), channel_descriptor(job->channel), EV_READ | EV_PERSIST, on_child, job);
	return err == ERR_OK && job->event && event_add(job->event, &wall) == 0 ? ERR_OK : ERR_MEMORY;
}

static void start_waiting(struct server *server)
{
	while (server->first && server->children < CHILDREN_MAX) {
		struct job *job = server->first;
		server->first = job->next;
		if (!server->first)
			server->last = &server->first;
		server->queued--;
		server->queued_bytes -= job->len;
		enum err err = job_start(job);
		if (err == ERR_OK)
			continue;
		log_line(LOG_ERROR, "no process for a document: %s", strerror(errno));
		role_refuse(server->self, job->caller, err, 0, NULL);
		if (job->child > 0) {
			kill(job->child, SIGKILL);
			waitpid(job->child, NULL, 0);
			server->children--;
		}
		job_free(job);
	}
}

static void handle(struct self *self, const struct role_message *message)
{
	struct server *server = role_context(self);
	const struct reader *reader = reader_find(message->type, message->caller.role);
	bool full = server->queued >= QUEUE_MAX || server->queued_bytes + message->raw.len > QUEUE_BYTES;
	if (!reader || full) {
		role_refuse(self, message->caller, full ? ERR_FULL : ERR_UNSUPPORTED, 0, full ? "too many documents wait" : NULL);
		return;
	}
	struct job *job = calloc(1, sizeof(*job) + message->raw.len);
	if (!job) {
		role_refuse(self, message->caller, ERR_MEMORY, 0, NULL);
		return;
	}
	*job = (struct job){.server = server, .caller = message->caller, .reader = reader, .len = message->raw.len};
	if (job->len > 0)
		memcpy(job->octets, message->raw.data, job->len);
	*server->last = job;
	server->last = &job->next;
	server->queued++;
	server->queued_bytes += job->len;
	start_waiting(server);
}

static enum err prepare(struct self *self, struct diag *diag)
{
	struct server *server = role_context(self);
	uint64_t seed;
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return ERR_IO;
	json_start(seed);
	server->self = self;
	server->last = &server->first;
	/* what is freed is overwritten, so that a child finds nothing of documents before its own */
	mallopt(M_PERTURB, 0xa5);
	server->policies = policy_set_new();
	if (!server->policies)
		return ERR_MEMORY;
	struct slice rest = role_given(self, "policies"), compiled;
	enum err err;
	while ((err = pack_next(&rest, &compiled)) == ERR_OK) {
		const struct policy *policy;
		err = policy_open(compiled, &server->arena, &policy);
		if (err == ERR_OK)
			err = policy_set_add(server->policies, policy);
		if (err != ERR_OK)
			return diag_fail(diag, err, "a compiled policy cannot be used: %s", err_text(err));
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

int main(void)
{
	static const struct role_handler handlers[] = {
		{MSG_INDEX, ROLE_STORE, handle}, {MSG_LABEL_XML, ROLE_FRONT, handle}, {MSG_COMPILE, ROLE_MASTER, handle}, {0}};
	static const struct role_program program = {.role = ROLE_PARSE, .handlers = handlers, .prepare = prepare};
	static struct server server;
	return role_run(&program, &server);
}
