/* A coalition of seven nodes in one process: the machines of src/protocol with a small model of store, guard, seal and link
 * around them, a network that cuts, delays, loses, duplicates, reorders and alters, and nodes that crash. Everything
 * follows from one seed. spec: trust 4.2 */
#ifndef BICES_TESTS_SIMULATE_H
#define BICES_TESTS_SIMULATE_H

#include "protocol/feed_receiver.h"
#include "protocol/feed_sender.h"

enum { NODES = 7, OBJECTS_MAX = 96, VERSIONS_MAX = 3, ROWS_MAX = 512, OPERATIONS_MAX = 1024, BAG_MAX = 256, BODY = 32 };

/* ---- truth: what really happened, known to nobody in the coalition ---- */
struct truth {
	size_t origin, versions;
	uint8_t body[VERSIONS_MAX][BODY];
	bool recalled;
	int replaces; /* object that was recalled for it, or -1 */
};

/* ---- one node ---- */
/* What one node has to tell another: a release, or a control entry. Durable; kept for good. */
struct row {
	uint8_t kind; /* 0: a release; else enum control_kind */
	uint8_t lane;
	uint16_t object, version;
	uint64_t number;    /* roster epoch, or the passed number */
	bool cancelled, parked;
	bool sealing;       /* volatile: on its way to the store */
	uint64_t seq;       /* once parked */
};

struct parked {
	uint8_t *octets;
	size_t len;
};

struct outgoing { /* durable */
	struct parked *frames[FEED_SEQUENCES]; /* seq - 1 */
	size_t count[FEED_SEQUENCES], capacity[FEED_SEQUENCES];
	uint64_t acknowledged[FEED_SEQUENCES];
	uint64_t announced; /* newest roster epoch that is in this control feed */
	struct row control[ROWS_MAX], data[ROWS_MAX];
	size_t control_count, data_count;
};

enum operation_kind { OPERATION_PARK, OPERATION_UNPARK, OPERATION_REPORT, OPERATION_ADMIT, OPERATION_ADOPT };
struct operation { /* asked of the store and not yet answered: volatile */
	enum operation_kind kind;
	size_t peer;
	struct feed_frame frame;
	struct parked octets; /* PARK */
	struct row *row;      /* PARK */
	struct feed_range range; /* UNPARK */
	bool empty;           /* ADMIT: passed over */
	uint8_t body[BODY];   /* ADMIT of data */
	struct row entry;     /* ADMIT of control */
};

struct node {
	/* durable */
	uint64_t epoch;
	struct outgoing to[NODES];
	struct feed_position received[NODES][FEED_SEQUENCES];
	uint8_t held[OBJECTS_MAX][VERSIONS_MAX]; /* rows in the store */
	bool tombstone[OBJECTS_MAX];
	uint32_t receipts[OBJECTS_MAX]; /* own objects: who receipted, one bit a node */
	/* volatile */
	bool up;
	struct feed_sender sender[NODES];
	struct feed_receiver receiver[NODES];
	struct feed_position sealed[NODES][FEED_SEQUENCES];
	uint64_t announcing[NODES];
	struct operation operations[OPERATIONS_MAX]; /* ring, first in first out */
	size_t operation_first, operation_count;
};

/* ---- the world ---- */
enum event_kind { EVENT_RECORD, EVENT_STORE, EVENT_TICK, EVENT_CONNECT, EVENT_START, EVENT_ACTION };
enum record_kind { RECORD_FRAME, RECORD_CHECKPOINT, RECORD_RESUME };
struct event {
	uint64_t at, number;
	enum event_kind kind;
	size_t node, peer;
	uint64_t life; /* EVENT_STORE: of the node; EVENT_RECORD: of the connection, 0 for a bundle */
	enum record_kind record;
	struct parked octets;
	struct checkpoint *checkpoint; /* owned */
};

struct world {
	uint64_t seed, random, now;
	struct node *nodes;
	struct truth objects[OBJECTS_MAX];
	size_t object_count;
	uint64_t epoch; /* newest roster anywhere */
	struct event *heap;
	size_t heap_count, heap_capacity;
	uint64_t numbers, lives;
	uint64_t node_life[NODES], connection[NODES][NODES]; /* 0: cut. [from][to] */
	uint64_t cut_until[NODES][NODES], last_due[NODES][NODES][2], store_due[NODES];
	struct event bag[BAG_MAX]; /* old bundles that turn up later */
	size_t bag_count;
	bool faults;        /* false: the coalition heals */
	const char *broken; /* the first invariant that did not hold, */
	uint64_t broken_at; /* and when */
	uint64_t frames_sent, admitted, passed, crashes, recalls;
};

/* world.c */
uint64_t draw(struct world *world, uint64_t below); /* 0 to below - 1 */
bool chance(struct world *world, uint64_t percent);
void broken(struct world *world, const char *what);
void world_schedule(struct world *world, const struct event *event);
void world_send(struct world *world, size_t from, size_t to, struct event record); /* over their connection, with faults */
void world_cut(struct world *world, size_t from, size_t to, uint64_t ms);
void world_run(struct world *world, uint64_t seed);

/* node.c */
void node_start(struct world *world, size_t self);
void node_crash(struct world *world, size_t self);
void node_connected(struct world *world, size_t from, size_t to);
void node_record(struct world *world, const struct event *event);
void node_store_done(struct world *world, size_t self);
void node_tick(struct world *world, size_t self);
void node_free(struct node *node);

/* seal.c: model of guard and seal, and the form of frames */
void seal_pending(struct world *world, size_t self);
bool seal_verify(size_t from, size_t to, struct slice octets, struct arena *arena, struct frame *ret_frame);
bool seal_open(const struct frame *frame, struct operation *operation);

/* store.c: model of the store */
void store_ask(struct world *world, size_t self, const struct operation *operation);
bool store_commit(struct world *world, size_t self, struct operation *operation);
struct row *store_row(struct world *world, size_t self, size_t peer, const struct row *row);
void store_adopt(struct world *world, size_t self, uint64_t epoch);

/* actions.c: what users and misfortune do */
void action_random(struct world *world);

/* check.c */
void check_admission(struct world *world, size_t self, const struct operation *operation);
void check_all(struct world *world);
void check_converged(struct world *world);

#endif
