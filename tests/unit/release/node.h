/* Nodes with the real guard and seal processes. The test itself plays master, store, ledger and link of each, honest unless
 * told otherwise, so that it can cut, kill and lie. */
#ifndef BICES_TEST_RELEASE_NODE_H
#define BICES_TEST_RELEASE_NODE_H

#include "world.h"

#include "ipc/channel.h"
#include "ledger/record.h"

#include <sys/types.h>

enum { NODE_FRAMES = 512, NODE_ADMITTED = 512, NODE_RECORDS = 2048, NODE_ANSWERS = 512, NODE_PATIENCE_MS = 30000 };

struct node_frame {
	size_t peer; /* index of the nation */
	uint8_t feed, lane;
	uint64_t seq;
	uint8_t digest[32];
	struct slice frame;
};

struct node_admitted {
	size_t peer;
	uint8_t feed, lane;
	uint64_t seq;
	uint8_t digest[32];
	struct slice body;
};

struct node_answer {
	uint64_t request;
	uint16_t type;
	uint8_t err;
	struct slice raw;
	char text[512];
};

struct node {
	enum world_nation nation;
	pid_t guard, seal;
	struct channel *guard_master, *seal_master, *guard_store, *seal_store, *guard_ledger, *seal_ledger, *seal_link;

	/* store */
	struct node_frame parked[NODE_FRAMES];
	size_t parked_count;
	struct node_admitted admitted[NODE_ADMITTED];
	size_t admitted_count, admissions; /* durable positions; all that were asked for */
	uint64_t acknowledged;		   /* sum over sequences, of the last checkpoint */
	bool store_lies;		   /* gives changed frames back */
	bool store_full;		   /* refuses to park */

	/* ledger */
	struct slice records[NODE_RECORDS];
	uint8_t leaves[NODE_RECORDS][32];
	size_t record_count;
	size_t rolled_back_to; /* 0: honest */
	bool witnessed_larger, proves_nothing;
	bool tree_waits; /* the next tree is made at once and given when the test says so */
	struct slice late_checkpoint;
	uint64_t late_size, late_request;

	/* link */
	size_t frames_out, frames_in; /* on the wire */
	bool link_flips;	      /* one bit of every frame */

	struct node_answer answers[NODE_ANSWERS];
	size_t answer_count;
	uint64_t request;
};

struct coalition {
	struct world world;
	struct slice roster, policies, table;
	struct slice seal_key[WORLD_NATIONS], seal_certificate[WORLD_NATIONS];
	struct node nodes[WORLD_NATIONS]; /* LTU has none */
	bool connected;
};

void coalition_init(struct coalition *coalition);
void coalition_done(struct coalition *coalition);

void node_start_guard(struct coalition *coalition, struct node *node);
void node_start_seal(struct coalition *coalition, struct node *node);
void node_kill(struct coalition *coalition, struct node *node, enum role role);
void node_cut_ledger(struct coalition *coalition, struct node *node);
void node_give_ledger(struct coalition *coalition, struct node *node);
/* Both directions between NATO and KOR. */
void coalition_connect(struct coalition *coalition, bool connected);

/* Serves everybody for this long, or until done answers true; false: it did not within NODE_PATIENCE_MS. */
void coalition_run(struct coalition *coalition, unsigned ms);
bool coalition_until(struct coalition *coalition, bool (*done)(struct coalition *coalition));

/* Asks guard as the store and waits for the answer. */
struct node_answer *node_ask_guard(struct coalition *coalition, struct node *node, enum message_type type,
				   const void *value);
/* Publishes two portions, the head PUBLIC, the other with this label, and answers the rendition of both. Asks until guard
 * serves. */
struct slice node_publish(struct coalition *coalition, struct node *node, const char *object_id, const char *label);
/* Asks to release it to KOR, again while guard or seal are not ready if patient. */
struct node_answer *node_release(struct coalition *coalition, struct node *node, struct slice rendition,
				 const char *approver, bool patient);
/* ---- node_parts.c: one message for the ledger, store or link that the test plays ---- */
void node_serve_ledger(struct coalition *coalition, struct node *node, struct channel *channel,
		       const struct channel_message *message);
void node_serve_store(struct coalition *coalition, struct node *node, const struct channel_message *message);
void node_serve_link(struct coalition *coalition, struct node *node, const struct channel_message *message);
void node_take_answer(struct coalition *coalition, struct node *node, const struct channel_message *message);
/* Has the node's ledger hold this record, and puts it with its proof and its place into the case; signs the token. */
void node_put_case(struct coalition *coalition, struct node *node, struct seal_case *at, struct slice record);
struct node *node_other_end(struct coalition *coalition, const struct node *node);
struct slice coalition_keep(struct coalition *coalition, struct slice bytes);

size_t node_count_records(struct coalition *coalition, const struct node *node, enum ledger_kind kind);

#endif
