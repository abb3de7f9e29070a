/* The master's view of its node: what was read and opened at the start, and one part per role. */
#ifndef BICES_PROC_MASTER_NODE_H
#define BICES_PROC_MASTER_NODE_H

#include "ipc/channel.h"
#include "os/settings.h"

#include <sys/types.h>

struct event;
struct event_base;
struct node;

/* One role: its process, its channel, and when it is started again. */
struct part {
	struct node *node;
	enum role role;
	pid_t process; /* 0: none */
	struct channel *channel;
	struct event *read, *write, *restart;
	bool ready;
	char layers[LIMIT_TITLE + 1]; /* as READY told */
	uint64_t started_ms;          /* monotonic */
	unsigned delay_s, restarts;
};

enum { GIFTS_MAX = 48 };

/* A descriptor kept open to be given, now and after each restart. */
struct gift {
	enum role to;
	const char *name;
	int descriptor;
};

struct node {
	struct arena arena;
	struct settings settings;
	struct slice settings_text;
	bool degraded, stopping, announced;
	bool owned; /* pid/bicesd is locked by us: the directory is ours */
	uint32_t held; /* bit set of 1 << enum role */
	char programs[4096]; /* directory of the executables */
	int log, terminal, nothing; /* DIR/log; where the one who started us reads; /dev/null */
	struct gift gifts[GIFTS_MAX];
	size_t gift_count;
	struct part parts[ROLE_COUNT];
	struct event_base *events;
	uint8_t configuration[32]; /* SHA-256 of settings and compiled policies */
	bool recorded;             /* the ledger was told */
};

/* ---- gifts.c ---- opens what the roles need; the working directory is DIR. Errors say what and what to do. */
enum err gifts_open(struct node *node, struct diag *diag) MUST_USE;
/* Adds the compiled policies once they are there. */
enum err gifts_add_policies(struct node *node, struct slice policies, struct diag *diag) MUST_USE;
enum err gifts_send(const struct node *node, struct part *part) MUST_USE;

/* ---- policies.c ---- has parse compile every policy, before any other role runs */
enum err policies_compile(struct node *node, struct diag *diag) MUST_USE;

/* ---- record.c ---- has the ledger record with which configuration the node runs, once per start */
void configuration_digest(struct node *node, struct slice policies);
void configuration_record(struct node *node, struct part *ledger);

/* ---- parts.c ---- processes */
/* Starts the process, gives it everything and says BEGIN. Without events its channel has to be read by the caller. */
enum err part_start(struct part *part) MUST_USE;
/* Asks the process to stop, ends it when it does not, and forgets it. */
void part_end(struct part *part);
/* Puts the channel into the loop. */
enum err part_watch(struct part *part) MUST_USE;
/* Reaps what ended and schedules its next start. */
void parts_reap(struct node *node);
/* Asks all to stop; ends what does not. */
void parts_stop(struct node *node);
/* Roles that should run and are not ready. */
uint32_t parts_missing(const struct node *node);

/* ---- control.c ---- DIR/control: one line asked, text answered */
enum err control_open(struct node *node, struct diag *diag) MUST_USE;

/* Writes to the terminal and the log. */
void node_say(const struct node *node, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
