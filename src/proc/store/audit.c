/* Records that do not hold up what they record. Those of a change are written in its transaction and stay in the database
 * until the ledger has them; those of reading and signing in wait in memory, and go to the database when the store stops.
 * What must be recorded first (release, publication, recall) guard records. */
#include "proc/store/store.h"

#include "os/clock.h"
#include "os/log.h"

enum { BATCH = 64, RECORD_OCTETS = 4096 };

struct waiting {
	struct waiting *next;
	size_t len;
	uint8_t octets[];
};

struct audit {
	struct waiting *first, **last;
	size_t count, asked; /* asked: how many of the first are with the ledger */
	uint64_t lost;
	bool kept;         /* the database may hold some */
	uint64_t asked_to; /* the last of those that are with the ledger; 0: what is with it comes from memory */
};

struct audit *audit_new(void)
{
	struct audit *audit = calloc(1, sizeof(*audit));
	if (!audit)
		return NULL;
	audit->last = &audit->first;
	audit->kept = true;
	return audit;
}

static void first_drop(struct audit *audit)
{
	struct waiting *first = audit->first;
	audit->first = first->next;
	if (!audit->first)
		audit->last = &audit->first;
	audit->count--;
	free(first);
}

void audit_free(struct audit *audit)
{
	while (audit && audit->first)
		first_drop(audit);
	free(audit);
}

static enum err append(struct audit *audit, const struct ledger_record *record)
{
	AUTO_BUF octets = buf_make(RECORD_OCTETS);
	record_encode(&ledger_record_schema, record, &octets);
	TRY(octets.err);
	struct waiting *waiting = malloc(sizeof(*waiting) + octets.len);
	if (!waiting)
		return ERR_MEMORY;
	waiting->next = NULL;
	waiting->len = octets.len;
	memcpy(waiting->octets, octets.data, octets.len);
	*audit->last = waiting;
	audit->last = &waiting->next;
	audit->count++;
	return ERR_OK;
}

void store_record(struct self *self, const struct ledger_record *record)
{
	struct store *store = role_context(self);
	struct ledger_record timed = *record;
	if (!timed.at)
		timed.at = clock_now_ms();
	if (store->audit->count >= RECORDS_MAX || append(store->audit, &timed) != ERR_OK) {
		if (store->audit->lost++ == 0)
			log_line(LOG_ERROR, "the ledger is away for long: records of reading are being lost");
		return;
	}
	store_audit(self);
}

/* ---- with a change ---- */

enum err store_record_kept(struct self *self, const struct ledger_record *record)
{
	struct store *store = role_context(self);
	struct ledger_record timed = *record;
	AUTO_BUF octets = buf_make(RECORD_OCTETS);
	if (!timed.at)
		timed.at = clock_now_ms();
	record_encode(&ledger_record_schema, &timed, &octets);
	TRY(octets.err);
	store->audit->kept = true;
	return hold_record_put(store->hold, buf_slice(&octets));
}

static enum err all_keep(struct store *store)
{
	TRY(hold_begin(store->hold));
	enum err err = ERR_OK;
	for (const struct waiting *at = store->audit->first; err == ERR_OK && at; at = at->next)
		err = hold_record_put(store->hold, slice_of(at->octets, at->len));
	if (err == ERR_OK)
		return hold_commit(store->hold);
	hold_rollback(store->hold);
	return err;
}

void store_audit_stop(struct store *store)
{
	if (store->audit && store->audit->first && store->hold && all_keep(store) != ERR_OK)
		log_line(LOG_ERROR, "%zu records of reading are lost: the database does not take them", store->audit->count);
}

/* ---- to the ledger ---- */

static void kept_done(struct self *self, struct audit *audit)
{
	struct store *store = role_context(self);
	enum err err = store_write(self);
	if (err == ERR_OK)
		err = hold_records_done(store->hold, audit->asked_to);
	if (err != ERR_OK)
		store_undo(self); /* they are recorded twice, which harms nobody */
}

static void on_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct audit *audit = context;
	size_t asked = audit->asked;
	audit->asked = 0;
	if (role_answer_err(answer, MSG_RECORDED) != ERR_OK)
		return; /* the next tick tries again */
	const struct msg_recorded *recorded = answer->value;
	store->ledger_size = recorded->size;
	store_checkpoint_take(self, recorded->size, recorded->checkpoint);
	if (audit->asked_to)
		kept_done(self, audit);
	while (!audit->asked_to && asked-- && audit->first)
		first_drop(audit);
	store_audit(self);
}

static void ask(struct self *self, struct audit *audit, struct record_item *items, size_t count, uint64_t last)
{
	audit->asked = count;
	audit->asked_to = last;
	struct msg_record question = {.records = {items, count}};
	role_ask(self, ROLE_LEDGER, MSG_RECORD, &question, LEDGER_MS, on_recorded, audit);
}

/* False: there are none. */
static bool kept_ask(struct self *self, struct audit *audit)
{
	struct store *store = role_context(self);
	AUTO_ARENA arena = {0};
	struct record_item items[BATCH];
	struct slice *records = NULL;
	size_t count = 0;
	uint64_t last = 0;
	if (!audit->kept || !store->hold || hold_is_writing(store->hold) ||
	    hold_records(store->hold, BATCH, &arena, &records, &count, &last) != ERR_OK)
		return false;
	audit->kept = count != 0;
	for (size_t i = 0; i < count; i++)
		items[i].record = records[i];
	if (count)
		ask(self, audit, items, count, last);
	return count != 0;
}

void store_audit(struct self *self)
{
	struct store *store = role_context(self);
	struct audit *audit = store->audit;
	struct record_item items[BATCH];
	size_t count = 0;
	if (audit->asked || !role_has_neighbor(self, ROLE_LEDGER) || kept_ask(self, audit))
		return;
	for (const struct waiting *at = audit->first; at && count < BATCH; at = at->next)
		items[count++].record = slice_of(at->octets, at->len);
	if (count)
		ask(self, audit, items, count, 0);
}
