/* The guard process: what its files share. Guard decides what may be signed and what may leave, has the ledger record
 * each decision before it takes effect, and signs. It has no sockets, no files and no database. */
#ifndef BICES_PROC_GUARD_GUARD_H
#define BICES_PROC_GUARD_GUARD_H

#include "crypto/crypto.h"
#include "os/role.h"
#include "protocol/roster.h"
#include "release/guard_decide.h"

enum {
	WORKS_MAX = 4096, /* requests of the store in hand at once */
	WORK_OCTETS_MAX = 256 * 1024 * 1024,
	RECORD_MS = 15000, /* patience with the ledger */
	SEAL_MS = 30000,   /* patience with seal */
	RETRY_MS = 500,
};

struct guard {
	struct arena arena; /* as long as the process */
	struct guard_rules rules;
	struct signing_key *originator, *release;
	uint64_t fencing_epoch; /* place of our start record in the ledger, from 1; 0: not serving yet */
	uint64_t counter;	/* of tokens of this life */
	bool starting;		/* a question about our start is open */
	struct role_timer *retry;
	size_t works, work_octets;
};

/* One request of the store that waits for ledger or seal. Freed when it is answered. */
struct work {
	struct guard *guard;
	struct role_caller caller;
	struct arena arena; /* holds all below */
	const void *ask;    /* struct msg_… of the request, decoded anew */
	size_t octets;
	union {
		struct guard_publication publication;
		struct guard_release release;
	};
	size_t recalled; /* size of the recall set when it was decided */
	struct diag why; /* of a denial */
	size_t open;	 /* answers of seal still to come */
	enum err failed; /* the first that was not ERR_OK */
};

/* Keeps a request beyond its handler; NULL (and answered with REFUSED) when guard is not serving or too busy. */
struct work *work_new(struct self *self, const struct role_message *message);
void work_free(struct work *work);
/* Answers REFUSED and frees. */
void work_refuse(struct self *self, struct work *work, enum err err, const struct diag *diag);

/* The same after the ledger or seal did not do its part: nothing was decided against the request, it may be asked again.
 * ERR_UNAVAILABLE, but ERR_FULL stays; with the text of whoever refused. */
void work_refuse_for(struct self *self, struct work *work, const struct role_message *answer, enum err err);

/* Asks the ledger to make records durable. */
void work_record(struct self *self, struct work *work, const struct ledger_record *records, size_t count,
		 role_answer *answered);

/* start.c: recalls from the ledger and a start record of our own, then we serve. Safe to call again. */
void guard_start(struct self *self);

/* handlers */
void guard_on_plan(struct self *self, const struct role_message *message);
void guard_on_publish(struct self *self, const struct role_message *message);
void guard_on_release(struct self *self, const struct role_message *message);
void guard_on_order(struct self *self, const struct role_message *message);

#endif
