/* The ledger process: what its files share. It records what others decided, durably, before they act on it, and proves
 * it to whoever asks. It decides nothing, opens no socket, and never changes what it wrote. */
#ifndef BICES_PROC_LEDGER_LEDGER_H
#define BICES_PROC_LEDGER_LEDGER_H

#include "ledger/proof.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/role.h"

enum {
	QUEUE_RECORDS = 4096,      /* records that are made durable together at most */
	REPLAY_ITEMS = 2000,       /* of one answer */
	REPLAY_BYTES = 512 * 1024,
};

struct event;

/* One request that waits for its records to be durable. */
struct waiting {
	struct role_caller caller;
	size_t first, count; /* its records in the queue */
};

struct ledger {
	uint8_t seed[ROLE_SEED]; /* until the ledger is open */
	struct ledger_log *log;
	struct event *commit;   /* active while the queue holds something */
	struct arena queue;     /* octets of what waits */
	struct slice records[QUEUE_RECORDS];
	size_t record_count;
	struct waiting waiting[QUEUE_RECORDS];
	size_t waiting_count;
	enum ledger_standing standing; /* against what peers and the store hold of us */
	bool presented;                /* the store has shown what it holds of us, or that it holds nothing */
	bool failing;                  /* the last commit failed; said once */
};

/* commit.c */
void ledger_on_record(struct self *self, const struct role_message *message);
/* Makes durable and answers all that waits. */
void ledger_commit(struct self *self);

/* answer.c */
void ledger_on_replay(struct self *self, const struct role_message *message);
void ledger_on_prove(struct self *self, const struct role_message *message);
void ledger_on_tree(struct self *self, const struct role_message *message);
void ledger_on_witness(struct self *self, const struct role_message *message);

#endif
