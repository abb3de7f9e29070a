/* A node with the real store process. The test plays master, front, guard, ledger and seal. */
#ifndef BICES_TEST_STORE_NODE_H
#define BICES_TEST_STORE_NODE_H

#include "../../support/test.h"
#include "crypto/crypto.h"
#include "ipc/channel.h"
#include "ledger/record.h"
#include "object/portion.h"
#include "protocol/frame.h"

#include <sys/types.h>

enum { NODE_KINDS = 32, NODE_PATIENCE_MS = 15000 };

struct store_node {
	struct arena arena;
	char directory[64];
	pid_t store;
	struct channel *master, *front, *guard, *ledger, *seal;
	uint64_t request;

	/* how guard behaves */
	uint8_t plan_answer; /* for every portion and nation */
	bool guard_silent;
	size_t refuse_publish_at; /* the n-th question from now on, from 1; 0: none */
	size_t published;	  /* questions */
	size_t ordered, released;
	struct signing_key *key;

	bool ledger_silent;
	size_t records[NODE_KINDS]; /* by kind */
	size_t receipts;	    /* at seal */
};

struct store_answer {
	uint16_t type;
	uint8_t err;
	char text[512];
	struct slice body; /* as received; in the node's arena */
	const void *value; /* decoded from it */
};

void store_node_open(struct store_node *node, const char *users);
void store_node_kill(struct store_node *node);	 /* as by a power cut */
void store_node_start(struct store_node *node);	 /* after a kill */
void store_node_close(struct store_node *node);
void store_node_run(struct store_node *node, unsigned ms);

/* Asks as this role and waits; a test fails when nothing comes. */
struct store_answer store_node_ask(struct store_node *node, struct channel *channel, enum message_type type, const void *value);
/* The session of this user; the password is the name. */
void store_node_sign_in(struct store_node *node, const char *user, uint8_t ret_session[SESSION]);

#endif
