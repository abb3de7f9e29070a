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
	GUARD_KEPT_LISTS = 256,
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

	struct kept_order *kept[GUARD_KEPT_LISTS]; /* kept.c */
	size_t kept_count;
	char frozen[LIMIT_NATIONS][LIMIT_NATION + 1]; /* feeds that take nothing */
	size_t frozen_count;
	bool seal_serves, seal_releases; /* as seal told last */
};

/* An order: what of it has no record yet, and the nations that have it. */
struct guard_order {
	struct msg_order fresh;
	struct record_list done; /* struct nation_item */
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
		struct guard_order order;
	};
	struct record_item *records; /* what the ledger was asked to record, encoded */
	uint64_t ledger_size;	     /* after that */
	struct slice checkpoint;
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

/* Asks the ledger to make records durable. They stay in work->records. */
void work_record(struct self *self, struct work *work, const struct ledger_record *records, size_t count,
		 role_answer *answered);

/* start.c: recalls from the ledger and a start record of our own, then we serve. Safe to call again. */
void guard_start(struct self *self);

/* ---- kept.c ---- */
/* Could seal send it to this nation now? Asked before anything is recorded. release: data, not an order. */
bool guard_can_seal(struct self *self, struct slice nation, bool release);
/* The order to this nation, if it is recorded and not yet in its feed; NULL otherwise. Borrowed until it is dropped. */
const struct msg_seal *guard_order_find(struct guard *guard, const struct msg_order *ask, struct slice nation);
enum err guard_order_keep(struct guard *guard, const struct msg_order *ask, const struct msg_seal *seal) MUST_USE;
void guard_order_drop(struct guard *guard, const struct msg_order *ask, struct slice nation);
void guard_orders_done(struct guard *guard);

/* handlers */
void guard_on_feeds(struct self *self, const struct role_message *message);
void guard_on_plan(struct self *self, const struct role_message *message);
void guard_on_publish(struct self *self, const struct role_message *message);
void guard_on_release(struct self *self, const struct role_message *message);
void guard_on_order(struct self *self, const struct role_message *message);

#endif
