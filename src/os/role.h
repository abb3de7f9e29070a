/* The common frame of a role: takes what the master gives, confines itself, then hands each message to its handler.
 *
 * A role's main is: int main(void) { return role_run(&program, &state); }
 * Order of events: the master gives descriptors and neighbours and says BEGIN. prepare() runs with full rights: load keys,
 * initialise libraries that load further ones; no network. Then the process confines itself by its row of the table
 * (os/confine.h), with the role's data directory as its root and working directory. start() runs confined: open the
 * database by a relative path, or by the descriptor "data", which closes afterwards. READY goes to the master, and the
 * loop runs until STOP. An error from prepare or start ends the process with its text in the log. Single-threaded. */
#ifndef BICES_OS_ROLE_H
#define BICES_OS_ROLE_H

#include "base/diag.h"
#include "ipc/channel.h"

struct self; /* the running frame: one per process */
struct event_base;

/* Who asked: enough to answer later. An answer to a caller that died meanwhile is dropped. */
struct role_caller {
	enum role role;
	uint32_t generation; /* of the channel */
	uint64_t request;
};

/* One message in hand. All of it ends when the handler returns; copy what must live longer. */
struct role_message {
	uint16_t type; /* enum message_type */
	struct role_caller caller;
	const void *value;   /* decoded: const struct msg_… of the type's shape */
	struct slice raw;    /* the body's octets */
	struct arena *arena; /* scratch that ends with the message */
};

struct role_handler {
	enum message_type type;
	enum role from;
	/* check state, decode all, decide, record, act, reply: at once or later by role_reply(message->caller) */
	void (*handle)(struct self *self, const struct role_message *message);
};

struct role_program {
	enum role role;
	const struct role_handler *handlers; /* ended by handle == NULL */
	enum err (*prepare)(struct self *self, struct diag *diag) MUST_USE; /* hooks may be NULL */
	enum err (*start)(struct self *self, struct diag *diag) MUST_USE;
	void (*stop)(struct self *self); /* before a regular end: flush, close, wipe */
	void (*neighbor_up)(struct self *self, enum role neighbor);   /* also again after a restart of the neighbour */
	void (*neighbor_down)(struct self *self, enum role neighbor); /* after its pending requests were refused */
};

/* Runs the role on descriptor 3; answers the exit code of the process. */
int role_run(const struct role_program *program, void *context);

/* ---- facts ---- */
void *role_context(const struct self *self);
struct slice role_nation(const struct self *self);
struct slice role_realm(const struct self *self);
bool role_is_degraded(const struct self *self);
struct event_base *role_events(const struct self *self); /* for own sockets and events; from prepare on */
bool role_has_neighbor(const struct self *self, enum role neighbor);
/* Roles that are READY, as the master told last: a bit set of 1 << enum role. */
uint32_t role_up_set(const struct self *self);
void role_end(struct self *self, int exit_code); /* leaves the loop after the current handler */

/* ---- what the master gave ---- */
/* A memfd's octets, mapped read-only and immutable until role_forget; an empty slice when it was not given. */
struct slice role_given(struct self *self, const char *name);
/* A socket or directory, or -1. Stays open and owned by the frame. */
int role_descriptor(struct self *self, const char *name);
/* Unmaps and closes: for keys that have been loaded. */
void role_forget(struct self *self, const char *name);
/* A key of 32 octets: copied, then forgotten. The caller wipes its copy. ERR_MALFORMED. */
enum { ROLE_SEED = 32 };
enum err role_seed(struct self *self, const char *name, uint8_t ret_seed[ROLE_SEED], struct diag *diag) MUST_USE;

/* ---- sending ---- ERR_UNAVAILABLE when that neighbour is down; ERR_FULL when it does not read; see channel_send */
/* Where the type is written out, MSG_…, a value of another shape does not compile; the forms with _any take any type. */
/* A message without an answer (request 0). */
#define role_send(self, to, type, value) role_send_any(self, to, type, message_body_##type(value))
enum err role_send_any(struct self *self, enum role to, enum message_type type, const void *value);
/* An answer. One that cannot be encoded or is too large is logged, and REFUSED goes out in its place. */
#define role_reply(self, to, type, value) role_reply_any(self, to, type, message_body_##type(value))
enum err role_reply_any(struct self *self, struct role_caller to, enum message_type type, const void *value);
/* Answers REFUSED. format NULL: the text of err; with ERR_NOT_FOUND no text is sent at all. */
void role_refuse(struct self *self, struct role_caller to, enum err err, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Answers REFUSED with the diag's text and line. */
void role_refuse_diag(struct self *self, struct role_caller to, enum err err, const struct diag *diag);
/* Answers DONE. */
void role_done(struct self *self, struct role_caller to);

/* ---- asking ---- */
/* Called exactly once per role_ask and never before it returns. Whatever goes wrong (neighbour down, died meanwhile,
 * deadline) arrives as MSG_REFUSED with ERR_UNAVAILABLE, so there is one path for failure. */
typedef void role_answer(struct self *self, void *context, const struct role_message *answer);

/* Sends a request and remembers it. timeout_ms 0: none. An answer that comes too late is dropped. value is encoded at once. */
#define role_ask(self, to, type, value, timeout_ms, answered, context) \
	role_ask_any(self, to, type, message_body_##type(value), timeout_ms, answered, context)
void role_ask_any(struct self *self, enum role to, enum message_type type, const void *value, uint32_t timeout_ms,
		  role_answer *answered, void *context);

/* The err of an answer: ERR_OK when it is of the expected type; what REFUSED says; ERR_INTERNAL for any other type. */
enum err role_answer_err(const struct role_message *answer, enum message_type expected);

/* ---- time ---- */
struct role_timer; /* heap */
/* Calls back every interval_ms until freed, or once for repeat == false (still to be freed). ERR_MEMORY. */
enum err role_timer_new(struct self *self, uint32_t interval_ms, bool repeat, void (*tick)(struct self *self, void *context),
			void *context, struct role_timer **ret_timer) MUST_USE;
void role_timer_free(struct role_timer *timer);

#endif
