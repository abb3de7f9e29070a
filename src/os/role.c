/* The frame of a role: start, descriptors, neighbours and the loop. What a message means is the handlers' business. */
#include "os/role_private.h"

#include "os/log.h"

#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

enum { MASTER_DESCRIPTOR = 3, MESSAGES_PER_TURN = 32 };

/* ---- facts ---- */

void *role_context(const struct self *self)
{
	return self->context;
}

struct slice role_nation(const struct self *self)
{
	return self->nation;
}

struct slice role_realm(const struct self *self)
{
	return self->realm;
}

bool role_is_degraded(const struct self *self)
{
	return self->degraded;
}

struct event_base *role_events(const struct self *self)
{
	return self->events;
}

bool role_has_neighbor(const struct self *self, enum role neighbor)
{
	return (unsigned)neighbor < ROLE_COUNT && self->neighbors[neighbor].channel;
}

uint32_t role_up_set(const struct self *self)
{
	return self->up;
}

void role_end(struct self *self, int exit_code)
{
	self->exit_code = exit_code;
	self->ended = true;
	event_base_loopbreak(self->events);
}

/* ---- what the master gave ---- */

static struct given *given_find(struct self *self, const char *name)
{
	for (size_t i = 0; i < self->given_count; i++)
		if (self->given[i].descriptor >= 0 && strcmp(self->given[i].name, name) == 0)
			return &self->given[i];
	return NULL;
}

struct slice role_given(struct self *self, const char *name)
{
	struct given *given = given_find(self, name);
	if (!given)
		return (struct slice){0};
	if (!given->mapped && sealed_memory_map(given->descriptor, SIZE_MAX, &given->bytes) != ERR_OK) {
		log_line(LOG_ERROR, "the given '%s' is not sealed memory", name);
		return (struct slice){0};
	}
	given->mapped = true;
	return given->bytes;
}

enum err role_seed(struct self *self, const char *name, uint8_t ret_seed[ROLE_SEED], struct diag *diag)
{
	struct slice seed = role_given(self, name);
	if (seed.len != ROLE_SEED)
		return diag_fail(diag, ERR_MALFORMED, "%s was not given or is not %d octets long", name, ROLE_SEED);
	memcpy(ret_seed, seed.data, ROLE_SEED);
	role_forget(self, name);
	return ERR_OK;
}

int role_descriptor(struct self *self, const char *name)
{
	struct given *given = given_find(self, name);
	return given ? given->descriptor : -1;
}

void role_forget(struct self *self, const char *name)
{
	struct given *given = given_find(self, name);
	if (!given)
		return;
	if (given->mapped)
		sealed_memory_unmap(given->bytes);
	close(given->descriptor);
	*given = (struct given){.descriptor = -1};
}

static enum err take_given(struct self *self, const struct msg_give *give, int *descriptor)
{
	if (self->given_count == GIVEN_MAX || give->name.len >= sizeof(self->given[0].name) || *descriptor < 0)
		return ERR_MALFORMED;
	struct given *given = &self->given[self->given_count++];
	*given = (struct given){.descriptor = *descriptor};
	memcpy(given->name, give->name.data, give->name.len);
	*descriptor = -1;
	return ERR_OK;
}

/* ---- neighbours ---- */

static void watch_output(struct self *self, enum role peer)
{
	struct neighbor *neighbor = &self->neighbors[peer];
	if (neighbor->channel && neighbor->write && channel_has_output(neighbor->channel))
		event_add(neighbor->write, NULL);
}

static void neighbor_close(struct neighbor *neighbor)
{
	if (neighbor->read)
		event_free(neighbor->read);
	if (neighbor->write)
		event_free(neighbor->write);
	channel_free(neighbor->channel);
	*neighbor = (struct neighbor){.generation = neighbor->generation};
}

/* The neighbour is gone: its requests die, ours are refused, the role is told. */
static void neighbor_lost(struct self *self, enum role peer)
{
	neighbor_close(&self->neighbors[peer]);
	pending_refuse_all(self, peer);
	if (self->started && self->program->neighbor_down)
		self->program->neighbor_down(self, peer);
}

static void accuse(struct self *self, enum role peer, const char *what)
{
	log_line(LOG_ERROR, "%s broke the protocol: %s", role_name(peer), what);
	if (peer != ROLE_MASTER) {
		struct msg_neighbor accused = {(uint8_t)peer};
		enum err err = channel_send(self->neighbors[ROLE_MASTER].channel, MSG_ACCUSE, 0, &accused, -1);
		if (err != ERR_OK)
			role_end(self, 1);
	}
}

static const struct role_handler *handler_find(const struct self *self, uint16_t type, enum role from)
{
	for (const struct role_handler *h = self->program->handlers; h && h->handle; h++)
		if (h->type == type && h->from == from)
			return h;
	return NULL;
}

/* ERR_MALFORMED: nobody waits for it and nobody handles it. */
static enum err dispatch(struct self *self, enum role peer, const struct channel_message *received, struct arena *arena)
{
	struct role_message message = {
		.type = received->type,
		.caller = {peer, self->neighbors[peer].generation, received->request},
		.value = received->value,
		.raw = received->body,
		.arena = arena,
	};
	const struct role_handler *handler = handler_find(self, received->type, peer);
	if (!handler)
		return pending_answer(self, &message);
	handler->handle(self, &message);
	return ERR_OK;
}

static enum err from_master(struct self *self, struct channel_message *message);

/* Handles what waits on a channel, a bounded number of messages. */
static void neighbor_read(struct self *self, enum role peer)
{
	for (int i = 0; i < MESSAGES_PER_TURN && self->neighbors[peer].channel && !self->ended; i++) {
		AUTO_ARENA arena = {0};
		struct channel_message message = {.descriptor = -1};
		enum err err = channel_receive(self->neighbors[peer].channel, &arena, &message);
		if (err == ERR_NOT_FOUND)
			return;
		uint16_t type = message.type;
		if (err == ERR_OK) {
			err = peer == ROLE_MASTER ? from_master(self, &message) : dispatch(self, peer, &message, &arena);
			channel_message_done(&message);
		}
		if (err == ERR_OK)
			continue;
		if (peer == ROLE_MASTER) {
			role_end(self, err == ERR_UNAVAILABLE ? 0 : 1);
			return;
		}
		if (err != ERR_UNAVAILABLE)
			accuse(self, peer, type ? message_name(type) : err_text(err));
		neighbor_lost(self, peer);
	}
}

static void on_readable(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct neighbor *neighbor = context;
	neighbor_read(neighbor->owner, neighbor->role);
}

static void on_writable(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct neighbor *neighbor = context;
	/* a broken channel is noticed by reading */
	if (channel_flush(neighbor->channel) == ERR_OK)
		watch_output(neighbor->owner, neighbor->role);
}

/* Takes over descriptor. */
static enum err neighbor_open(struct self *self, enum role peer, int descriptor)
{
	if (self->neighbors[peer].channel)
		neighbor_lost(self, peer);
	struct neighbor *neighbor = &self->neighbors[peer];
	TRY(channel_new(descriptor, self->program->role, peer, &neighbor->channel));
	neighbor->generation++;
	neighbor->owner = self;
	neighbor->role = peer;
	neighbor->read = event_new(self->events, descriptor, EV_READ | EV_PERSIST, on_readable, neighbor);
	neighbor->write = event_new(self->events, descriptor, EV_WRITE, on_writable, neighbor);
	return neighbor->read && neighbor->write ? ERR_OK : ERR_MEMORY;
}

/* ---- the master's messages ---- */

static enum err take_neighbor(struct self *self, const struct msg_neighbor *told, int *descriptor)
{
	enum role peer = told->role;
	if (peer == ROLE_MASTER || peer >= ROLE_COUNT || *descriptor < 0)
		return ERR_MALFORMED;
	int taken = *descriptor;
	*descriptor = -1;
	TRY(neighbor_open(self, peer, taken));
	if (!self->started)
		return ERR_OK;
	event_add(self->neighbors[peer].read, NULL);
	if (self->program->neighbor_up)
		self->program->neighbor_up(self, peer);
	return ERR_OK;
}

static enum err take_begin(struct self *self, const struct msg_begin *begin)
{
	if (self->begun)
		return ERR_MALFORMED;
	TRY(arena_copy(&self->arena, begin->nation, &self->nation));
	TRY(arena_copy(&self->arena, begin->realm, &self->realm));
	self->degraded = begin->degraded != 0;
	self->user_id = begin->user_id;
	self->begun = true;
	return ERR_OK;
}

static enum err from_master(struct self *self, struct channel_message *message)
{
	const struct msg_roles *roles = message->value;
	switch (message->type) {
	case MSG_GIVE:
		return take_given(self, message->value, &message->descriptor);
	case MSG_NEIGHBOR:
		return take_neighbor(self, message->value, &message->descriptor);
	case MSG_BEGIN:
		return take_begin(self, message->value);
	case MSG_ROLES:
		self->up = roles->up;
		return ERR_OK;
	case MSG_STOP:
		role_end(self, 0);
		return ERR_OK;
	default: {
		AUTO_ARENA arena = {0};
		return dispatch(self, ROLE_MASTER, message, &arena);
	}
	}
}

/* ---- start ---- */

/* Waits for the master's messages until BEGIN. */
static enum err await_begin(struct self *self)
{
	struct channel *master = self->neighbors[ROLE_MASTER].channel;
	while (!self->begun && !self->ended) {
		AUTO_ARENA arena = {0};
		struct channel_message message = {.descriptor = -1};
		enum err err = channel_receive(master, &arena, &message);
		if (err == ERR_NOT_FOUND) {
			struct pollfd wait = {channel_descriptor(master), POLLIN, 0};
			poll(&wait, 1, -1);
			continue;
		}
		TRY(err);
		err = from_master(self, &message);
		channel_message_done(&message);
		TRY(err);
	}
	return self->ended ? ERR_UNAVAILABLE : ERR_OK;
}

static enum err confine_self(struct self *self, struct diag *diag)
{
	int directory = role_descriptor(self, "data");
	struct confine_options options = {
		.directory = directory >= 0 ? directory : role_descriptor(self, "empty"),
		.user_id = self->user_id,
		.degraded = self->degraded,
	};
	return confine(self->program->role, &options, &self->layers, diag);
}

static enum err report_ready(struct self *self)
{
	AUTO_BUF layers = buf_make(LIMIT_TITLE);
	for (enum layer layer = 0; layer < LAYER_COUNT; layer++)
		if (self->layers & 1u << layer)
			buf_printf(&layers, "%s%s", layers.len ? " " : "", layer_name(layer));
	struct msg_ready ready = {buf_slice(&layers)};
	return channel_send(self->neighbors[ROLE_MASTER].channel, MSG_READY, 0, &ready, -1);
}

static enum err role_begin(struct self *self, struct diag *diag)
{
	TRY(await_begin(self));
	if (self->program->prepare)
		TRY(self->program->prepare(self, diag));
	TRY(confine_self(self, diag));
	if (self->program->start)
		TRY(self->program->start(self, diag));
	role_forget(self, "data"); /* the root now; what start opened stays open */
	role_forget(self, "empty");
	TRY(report_ready(self));
	self->started = true;
	for (enum role peer = ROLE_MASTER; peer < ROLE_COUNT; peer++) {
		if (!self->neighbors[peer].channel)
			continue;
		event_add(self->neighbors[peer].read, NULL);
		watch_output(self, peer);
		if (peer != ROLE_MASTER && self->program->neighbor_up)
			self->program->neighbor_up(self, peer);
	}
	return ERR_OK;
}

static void role_close(struct self *self)
{
	if (self->started && self->program->stop)
		self->program->stop(self);
	pending_done(self);
	for (enum role peer = ROLE_MASTER; peer < ROLE_COUNT; peer++) {
		if (self->neighbors[peer].channel && channel_flush(self->neighbors[peer].channel) != ERR_OK)
			log_line(LOG_DEBUG, "%s took nothing more", role_name(peer));
		neighbor_close(&self->neighbors[peer]);
	}
	for (size_t i = 0; i < self->given_count; i++)
		if (self->given[i].descriptor >= 0)
			role_forget(self, self->given[i].name);
	event_base_free(self->events);
	arena_done(&self->arena);
}

int role_run(const struct role_program *program, void *context)
{
	struct self self = {.program = program, .context = context};
	struct diag diag = {0};
	log_start(role_name(program->role));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* Ctrl-C reaches all; the master stops its roles in order */
	if (fcntl(MASTER_DESCRIPTOR, F_GETFD) < 0) {
		fprintf(stderr, "bices-%s is a part of bicesd and is started by it; see 'bices help run'\n", role_name(program->role));
		return 2;
	}
	self.events = event_base_new();
	if (!self.events || neighbor_open(&self, ROLE_MASTER, MASTER_DESCRIPTOR) != ERR_OK)
		return 1;
	enum err err = role_begin(&self, &diag);
	if (err == ERR_OK && !self.ended)
		event_base_dispatch(self.events);
	else if (err != ERR_OK && !self.ended)
		log_line(LOG_ERROR, "cannot start: %s", diag.text[0] ? diag.text : err_text(err));
	role_close(&self);
	return err != ERR_OK && !self.ended ? 1 : self.exit_code;
}

/* ---- sending ---- */

static enum err send_to(struct self *self, enum role to, enum message_type type, uint64_t request, const void *value)
{
	if (!role_has_neighbor(self, to))
		return ERR_UNAVAILABLE;
	enum err err = channel_send_any(self->neighbors[to].channel, type, request, value, -1);
	watch_output(self, to);
	return err;
}

enum err role_send_any(struct self *self, enum role to, enum message_type type, const void *value)
{
	return send_to(self, to, type, 0, value);
}

enum err role_send_request(struct self *self, enum role to, enum message_type type, uint64_t request, const void *value)
{
	return send_to(self, to, type, request, value);
}

enum err role_reply_any(struct self *self, struct role_caller to, enum message_type type, const void *value)
{
	if ((unsigned)to.role >= ROLE_COUNT || self->neighbors[to.role].generation != to.generation)
		return ERR_UNAVAILABLE;
	enum err err = send_to(self, to.role, type, to.request, value);
	if (err != ERR_OK)
		log_line(LOG_WARNING, "no answer %s to %s: %s", message_name((uint16_t)type), role_name(to.role), err_text(err));
	if (err != ERR_OK && err != ERR_UNAVAILABLE && type != MSG_REFUSED)
		role_refuse(self, to, err == ERR_NOT_FOUND ? ERR_INTERNAL : err, 0, NULL);
	return err;
}

static void refuse(struct self *self, struct role_caller to, enum err err, uint32_t line, const char *text)
{
	struct msg_refused refused = {
		.err = (uint8_t)(err == ERR_OK ? ERR_INTERNAL : err),
		.text = err == ERR_NOT_FOUND ? (struct slice){0} : slice_text(text),
		.line = err == ERR_NOT_FOUND ? 0 : line,
	};
	if (role_reply(self, to, MSG_REFUSED, &refused) == ERR_MALFORMED) {
		refused.text = slice_text(err_text(err)); /* the text quoted input that is not UTF-8 */
		enum err again = role_reply(self, to, MSG_REFUSED, &refused);
		(void)again; /* logged */
	}
}

void role_refuse(struct self *self, struct role_caller to, enum err err, uint32_t line, const char *format, ...)
{
	char text[512];
	if (format) {
		va_list list;
		va_start(list, format);
		if (vsnprintf(text, sizeof(text), format, list) < 0)
			text[0] = '\0';
		va_end(list);
	}
	refuse(self, to, err, line, format ? text : err_text(err));
}

void role_refuse_diag(struct self *self, struct role_caller to, enum err err, const struct diag *diag)
{
	refuse(self, to, err, diag->line, diag->text[0] ? diag->text : err_text(err));
}

void role_done(struct self *self, struct role_caller to)
{
	struct msg_empty empty = {0};
	enum err err = role_reply(self, to, MSG_DONE, &empty);
	(void)err; /* logged */
}
