/* Records of reading and of users. They do not hold up what they record, so reading goes on while the ledger is down;
 * they wait here until it takes them. What must be recorded first (release, publication, recall) guard records. */
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
};

struct audit *audit_new(void)
{
	struct audit *audit = calloc(1, sizeof(*audit));
	if (audit)
		audit->last = &audit->first;
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

static void on_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct store *store = role_context(self);
	struct audit *audit = context;
	size_t asked = audit->asked;
	audit->asked = 0;
	if (role_answer_err(answer, MSG_RECORDED) != ERR_OK)
		return; /* the next tick tries again */
	store->ledger_size = ((const struct msg_recorded *)answer->value)->size;
	while (asked-- && audit->first)
		first_drop(audit);
	store_audit(self);
}

void store_audit(struct self *self)
{
	struct store *store = role_context(self);
	struct audit *audit = store->audit;
	struct record_item items[BATCH];
	size_t count = 0;
	if (audit->asked || !audit->first || !role_has_neighbor(self, ROLE_LEDGER))
		return;
	for (const struct waiting *at = audit->first; at && count < BATCH; at = at->next)
		items[count++].record = slice_of(at->octets, at->len);
	audit->asked = count;
	struct msg_record ask = {.records = {items, count}};
	role_ask(self, ROLE_LEDGER, MSG_RECORD, &ask, LEDGER_MS, on_recorded, audit);
}
