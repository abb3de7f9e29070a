/* The inside of the frame of a role; role.c and pending.c only. */
#ifndef BICES_OS_ROLE_PRIVATE_H
#define BICES_OS_ROLE_PRIVATE_H

#include "os/confine.h"
#include "os/role.h"

enum { GIVEN_MAX = 32, PENDING_BUCKETS = 256 };

struct event;
struct pending;

struct neighbor {
	struct channel *channel; /* NULL: down */
	struct event *read, *write;
	uint32_t generation; /* rises with every channel */
	struct self *owner;
	enum role role;
};

struct given {
	char name[LIMIT_USER + 1];
	int descriptor; /* -1: taken or forgotten */
	bool mapped;
	struct slice bytes;
};

struct self {
	const struct role_program *program;
	void *context;
	struct event_base *events;
	struct neighbor neighbors[ROLE_COUNT]; /* the master's channel is its own row */
	struct given given[GIVEN_MAX];
	size_t given_count;
	struct arena arena; /* for the life of the process */
	struct slice nation, realm;
	bool degraded, begun, started, ended;
	uint32_t user_id, layers, up;
	int exit_code;
	struct pending *pending[PENDING_BUCKETS];
	uint64_t last_request;
};

enum err role_send_request(struct self *self, enum role to, enum message_type type, uint64_t request,
			   const void *value) MUST_USE;

/* Hands an answer to who waits for it; late answers are dropped. ERR_MALFORMED: never asked. */
enum err pending_answer(struct self *self, const struct role_message *message) MUST_USE;
/* Refuses everything that was asked of this neighbour. */
void pending_refuse_all(struct self *self, enum role of);
/* Frees what still waits, without calling anybody. */
void pending_done(struct self *self);

#endif
