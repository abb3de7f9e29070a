/* Requests that wait for their answer: found by number, each with a deadline of its own, each answered exactly once. */
#include "os/role_private.h"

#include "os/log.h"

#include <event2/event.h>

struct pending {
	struct pending *next;
	struct self *self;
	uint64_t request;
	enum role of;
	uint32_t generation; /* of the channel it went to */
	role_answer *answered;
	void *context;
	struct event *deadline; /* also fires at once when sending failed */
	enum err failure;       /* what the deadline says */
};

static struct pending **bucket(struct self *self, uint64_t request)
{
	return &self->pending[request % PENDING_BUCKETS];
}

static void pending_unlink(struct pending *pending)
{
	struct pending **at = bucket(pending->self, pending->request);
	while (*at != pending)
		at = &(*at)->next;
	*at = pending->next;
}

static void pending_free(struct pending *pending)
{
	if (pending->deadline)
		event_free(pending->deadline);
	free(pending);
}

/* The one path of every failure: a REFUSED that no one sent. */
static void pending_refuse(struct pending *pending, enum err err)
{
	AUTO_ARENA arena = {0};
	struct msg_refused refused = {.err = (uint8_t)err, .text = slice_text(err_text(err))};
	struct role_message message = {
		.type = MSG_REFUSED,
		.caller = {pending->of, pending->generation, pending->request},
		.value = &refused,
		.arena = &arena,
	};
	pending_unlink(pending);
	pending->answered(pending->self, pending->context, &message);
	pending_free(pending);
}

static void on_deadline(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct pending *pending = context;
	pending_refuse(pending, pending->failure);
}

static void set_deadline(struct pending *pending, enum err failure, uint32_t timeout_ms)
{
	struct timeval time = {timeout_ms / 1000, (timeout_ms % 1000) * 1000};
	pending->failure = failure;
	evtimer_add(pending->deadline, &time);
}

void role_ask_any(struct self *self, enum role to, enum message_type type, const void *value, uint32_t timeout_ms,
	      role_answer *answered, void *context)
{
	struct pending *pending = calloc(1, sizeof(*pending));
	struct event *deadline = pending ? evtimer_new(self->events, on_deadline, pending) : NULL;
	if (!deadline) {
		/* a promise that cannot be kept: better no process than a request that never ends */
		log_line(LOG_ERROR, "out of memory");
		abort();
	}
	*pending = (struct pending){
		.self = self, .request = ++self->last_request, .of = to, .answered = answered, .context = context, .deadline = deadline};
	pending->generation = role_has_neighbor(self, to) ? self->neighbors[to].generation : 0;
	struct pending **at = bucket(self, pending->request);
	pending->next = *at;
	*at = pending;
	enum err err = role_send_request(self, to, type, pending->request, value);
	if (err != ERR_OK)
		set_deadline(pending, err, 0);
	else if (timeout_ms > 0)
		set_deadline(pending, ERR_UNAVAILABLE, timeout_ms);
}

enum err pending_answer(struct self *self, const struct role_message *message)
{
	uint64_t request = message->caller.request;
	if (request == 0 || request > self->last_request)
		return ERR_MALFORMED;
	struct pending *pending = *bucket(self, request);
	while (pending && pending->request != request)
		pending = pending->next;
	if (!pending)
		return ERR_OK; /* too late */
	if (pending->of != message->caller.role || pending->generation != message->caller.generation)
		return ERR_MALFORMED; /* answers what another was asked */
	pending_unlink(pending);
	pending->answered(self, pending->context, message);
	pending_free(pending);
	return ERR_OK;
}

void pending_refuse_all(struct self *self, enum role of)
{
	/* by deadlines at once, so that callbacks that ask again do not disturb this walk */
	for (size_t i = 0; i < PENDING_BUCKETS; i++)
		for (struct pending *pending = self->pending[i]; pending; pending = pending->next)
			if (pending->of == of && pending->generation <= self->neighbors[of].generation)
				set_deadline(pending, ERR_UNAVAILABLE, 0);
}

void pending_done(struct self *self)
{
	for (size_t i = 0; i < PENDING_BUCKETS; i++)
		while (self->pending[i]) {
			struct pending *pending = self->pending[i];
			self->pending[i] = pending->next;
			pending_free(pending);
		}
}

enum err role_answer_err(const struct role_message *answer, enum message_type expected)
{
	if (answer->type == expected)
		return ERR_OK;
	if (answer->type != MSG_REFUSED)
		return ERR_INTERNAL;
	const struct msg_refused *refused = answer->value;
	return refused->err > ERR_OK && refused->err < ERR_COUNT ? (enum err)refused->err : ERR_INTERNAL;
}

/* ---- timers ---- */

struct role_timer {
	struct event *event;
	struct self *self;
	void (*tick)(struct self *self, void *context);
	void *context;
};

static void on_tick(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor, (void)what;
	struct role_timer *timer = context;
	timer->tick(timer->self, timer->context);
}

enum err role_timer_new(struct self *self, uint32_t interval_ms, bool repeat, void (*tick)(struct self *self, void *context),
			void *context, struct role_timer **ret_timer)
{
	struct role_timer *timer = calloc(1, sizeof(*timer));
	if (!timer)
		return ERR_MEMORY;
	struct timeval time = {interval_ms / 1000, (interval_ms % 1000) * 1000};
	*timer = (struct role_timer){.self = self, .tick = tick, .context = context};
	timer->event = event_new(self->events, -1, repeat ? EV_PERSIST : 0, on_tick, timer);
	if (!timer->event || event_add(timer->event, &time) != 0) {
		role_timer_free(timer);
		return ERR_MEMORY;
	}
	*ret_timer = timer;
	return ERR_OK;
}

void role_timer_free(struct role_timer *timer)
{
	if (!timer)
		return;
	if (timer->event)
		event_free(timer->event);
	free(timer);
}
