/* The store process: what its files share. It holds the database and applies the reader's view to every question. It has
 * no sockets and no keys but the one that keys search digests; what it proposes for release, guard decides anew.
 *
 * Answers to seal are given once they are durable; they share one commit, a millisecond after the first. Readers are
 * answered from committed rows only, so a handler that reads settles first. */
#ifndef BICES_PROC_STORE_STORE_H
#define BICES_PROC_STORE_STORE_H

#include "crypto/crypto.h"
#include "hold/alerts.h"
#include "hold/exchange.h"
#include "hold/graph.h"
#include "hold/pages.h"
#include "hold/places.h"
#include "hold/releases.h"
#include "hold/search.h"
#include "hold/users.h"
#include "ledger/record.h"
#include "os/role.h"
#include "os/settings.h"
#include "protocol/feed.h"
#include "protocol/frame.h"

enum {
	GUARD_MS = 5000,     /* patience with guard while a user waits */
	RELEASE_MS = 40000,  /* patience with guard while nobody waits */
	PARSE_MS = 40000,
	LEDGER_MS = 15000,
	RETRY_MS = 1000,
	ANSWERS_MAX = 128,   /* of one shared commit */
	ADMISSIONS_MAX = 16, /* with parse at once */
	ADMISSIONS_EACH = 3, /* of one peer: parse reads four at a time, and one place stays for the others; bulk leaves one more */
	REST_ROWS = 1000,    /* fewer new rows are not worth giving memory back */
	RECORDS_MAX = 16384, /* waiting for the ledger */
};

/* What an officer was shown, so that his decision binds it. */
struct shown {
	char user[LIMIT_USER + 1], id[LIMIT_OBJECT_ID + 1];
	uint8_t digest[DIGEST];
};
enum { SHOWN_MAX = 64 };

/* A nation that could not be served. */
struct rest {
	unsigned failures; /* in a row; while there are any, one question at a time */
	uint64_t until_ms; /* monotonic */
	bool asking;
};

/* Frames of one sequence of one peer on their way in, in the order of arrival. */
struct admission_queue {
	char peer[LIMIT_NATION + 1];
	size_t sequence;
	struct admission *first, **last;
	size_t asked; /* with parse */
};

struct audit; /* audit.c */

/* What the store holds of its nation's ledger. */
struct held_checkpoint {
	uint64_t size, kept; /* of the newest one seen, of the newest one that is durable; 0: none */
	struct buf note;     /* the newest one seen */
	uint64_t kept_ms;
	bool presenting, presented; /* to the ledger that is up now */
};

struct store {
	struct arena arena; /* as long as the process */
	struct settings settings;
	struct hold_collection collections[SETTINGS_COLLECTIONS];
	struct policy_set *policies;
	struct roster roster;
	struct hold *hold;
	struct sessions *sessions;
	struct role_timer *retry, *weigh;
	uint64_t alerts_changes, alerts_next_ms; /* as of the last look for alerts */
	uint8_t key[32];

	/* the shared commit */
	struct role_caller answers[ANSWERS_MAX];
	size_t answer_count;
	struct role_timer *soon;

	/* release */
	size_t releasing[LANE_COUNT]; /* questions at guard */
	struct rest rests[LIMIT_NATIONS]; /* by the hold's number of the nation */
	bool pausing; /* the store itself could not go on: until the next tick */

	/* recall */
	size_t ordering, receipting;
	bool orders_now; /* those that would be asked for later as well */

	/* admission: a queue for each peer and sequence */
	struct admission_queue queues[LIMIT_NATIONS * FEED_SEQUENCES];
	size_t queue_count, queue_turn;
	size_t indexing;

	struct sign_ins *sign_ins; /* those whose password waits to be verified; sign.c */
	struct shown shown[SHOWN_MAX];
	size_t shown_next;
	struct peer_status peers[LIMIT_NATIONS];
	char peer_names[LIMIT_NATIONS][LIMIT_NATION + 1];
	size_t peer_count;
	uint64_t ledger_size;
	struct held_checkpoint held;
	struct audit *audit;
	struct label_sets *label_sets;
	uint64_t rows_seen, rows_rested; /* when memory was looked at, and given back, last */
	uint64_t searches, shows, puts, admitted, refused; /* for /metrics */
};

/* ---- main.c: the shared commit ---- */
/* Joins the open transaction or begins one. */
enum err store_write(struct self *self) MUST_USE;
/* DONE to the caller once the shared transaction is durable. */
void store_done_later(struct self *self, struct role_caller caller);
/* Commits now and answers. Before every read for a user, and before anything that must not precede durability. */
enum err store_settle(struct self *self) MUST_USE;
/* Something failed: everything of the open transaction goes back, and those who wait hear ERR_UNAVAILABLE. */
void store_undo(struct self *self);

/* Ends a transaction of hold_begin: commits, or rolls back what failed. A refusal is decided before anything is written, so
 * its empty transaction ends without reading the tables anew. Answers err, or what the commit answered. */
enum err store_end(struct store *store, enum err err) MUST_USE;

/* The session of a request and its view; answers REFUSED itself. may: any of these roles, 0: all. */
bool store_session(struct self *self, const struct role_message *message, const uint8_t id[SESSION], unsigned may,
		   const struct session **ret_session);
enum err store_view(struct store *store, const struct session *session, struct view **ret_view) MUST_USE;

/* The collection of this id or alias, if it exists for this session and its view, else NULL: not configured, for others, and
 * outside a tool's scope are one answer. */
const struct hold_collection *store_collection(struct store *store, const struct session *session, const struct view *view,
					       struct slice name);

/* The same as a person, with everything that came in weighed (up to a bound), for warnings and next steps. */
bool store_person(struct self *self, const struct role_message *message, const uint8_t id[SESSION], unsigned may, struct hold_person *ret_person);

/* ---- handlers ---- */
void store_on_sign_in(struct self *self, const struct role_message *message);
void store_on_sign_out(struct self *self, const struct role_message *message);
void store_on_lens(struct self *self, const struct role_message *message);
void store_on_user_set(struct self *self, const struct role_message *message);
void store_on_users(struct self *self, const struct role_message *message);
void store_on_token_make(struct self *self, const struct role_message *message);
void store_on_tokens(struct self *self, const struct role_message *message);
void store_on_token_revoke(struct self *self, const struct role_message *message);
void store_on_put(struct self *self, const struct role_message *message);
void store_on_get(struct self *self, const struct role_message *message);
void store_on_search(struct self *self, const struct role_message *message);
void store_on_page(struct self *self, const struct role_message *message);
void store_on_places(struct self *self, const struct role_message *message);
void store_on_versions(struct self *self, const struct role_message *message);
void store_on_saved_searches(struct self *self, const struct role_message *message);
void store_on_saved_search_put(struct self *self, const struct role_message *message);
void store_on_graph(struct self *self, const struct role_message *message);
void store_on_collections(struct self *self, const struct role_message *message);
void store_on_delete(struct self *self, const struct role_message *message);
void store_on_proof(struct self *self, const struct role_message *message);
void store_on_release_list(struct self *self, const struct role_message *message);
void store_on_release_show(struct self *self, const struct role_message *message);
void store_on_release_decide(struct self *self, const struct role_message *message);
void store_on_withdraw(struct self *self, const struct role_message *message);
void store_on_withdraw_status(struct self *self, const struct role_message *message);
void store_on_recall(struct self *self, const struct role_message *message);
void store_on_audience(struct self *self, const struct role_message *message);
void store_on_recall_status(struct self *self, const struct role_message *message);
void store_on_watch(struct self *self, const struct role_message *message);
void store_on_status(struct self *self, const struct role_message *message);
void store_on_warnings(struct self *self, const struct role_message *message);
void store_on_warning_show(struct self *self, const struct role_message *message);
void store_on_alerts(struct self *self, const struct role_message *message);
void store_on_alert_act(struct self *self, const struct role_message *message);
void store_on_steps(struct self *self, const struct role_message *message);
void store_on_chain(struct self *self, const struct role_message *message);
void store_on_inbox(struct self *self, const struct role_message *message);
void store_on_snooze(struct self *self, const struct role_message *message);
void store_on_hand_overs(struct self *self, const struct role_message *message);
void store_on_hand_over(struct self *self, const struct role_message *message);
void store_on_metrics(struct self *self, const struct role_message *message);
void store_on_park(struct self *self, const struct role_message *message);
void store_on_heads(struct self *self, const struct role_message *message);
void store_on_unpark(struct self *self, const struct role_message *message);
void store_on_admit(struct self *self, const struct role_message *message);
void store_on_acknowledged(struct self *self, const struct role_message *message);
void store_on_peers(struct self *self, const struct role_message *message);

/* ---- work that goes on by itself; all safe to call at any time ---- */
void store_pump(struct self *self);      /* releases to guard */
void store_pump_tick(struct self *self); /* the same once a second: what had to wait is due again */
/* Something changed: nations that could not be served, and orders that wait, are asked for at once. */
void store_pump_wake(struct store *store);
void store_orders(struct self *self);    /* recalls to guard */
void store_receipts(struct self *self);  /* receipts to seal */
void store_weigh(struct self *self);      /* warnings and alerts */
void store_weigh_soon(struct self *self); /* the same in a moment, after something came in */
void store_index(struct self *self);     /* admissions to parse */

/* ---- checkpoint.c ---- */
enum err store_checkpoint_load(struct store *store) MUST_USE;
void store_checkpoint_take(struct self *self, uint64_t size, struct slice note); /* before the commit of what it vouches for */
void store_checkpoint_keep(struct self *self, bool now);
void store_checkpoint_present(struct self *self);
/* hold_commit, and the newest checkpoint with it. */
enum err store_commit(struct store *store) MUST_USE;

/* ---- label_sets.c ---- the labels of what goes to guard, by the digest that the ledger will name */
/* Reads what is there. ERR_IO, ERR_MEMORY, ERR_TOO_LARGE. */
enum err label_sets_open(const char *path, struct label_sets **ret_sets, struct diag *diag) MUST_USE;
void label_sets_close(struct label_sets *sets);
/* labels: separated by "\n". */
enum err label_sets_put(struct label_sets *sets, const uint8_t digest[DIGEST], struct slice labels) MUST_USE;
/* Makes durable what was put. ERR_FULL, ERR_IO: it is tried again by the next call. */
enum err label_sets_keep(struct label_sets *sets) MUST_USE;

/* ---- audit.c ---- records that need not precede what they record; kept while the ledger is down */
struct audit *audit_new(void) MUST_USE;
void audit_free(struct audit *audit);
void store_record(struct self *self, const struct ledger_record *record);
/* Within the transaction of what it records: kept in the database until the ledger has it. */
enum err store_record_kept(struct self *self, const struct ledger_record *record) MUST_USE;
void store_audit(struct self *self);
void store_audit_stop(struct store *store); /* what waits in memory goes to the database; no transaction may be open */

#endif
