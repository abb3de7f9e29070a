/* Recording by group commit: what arrives while the disk is busy is made durable together. Nobody is answered before his
 * records are durable. */
#include "proc/ledger/ledger.h"

#include <event2/event.h>

/* While somebody holds a later or another state of this ledger, or may do so, nothing is released or published on its word. */
static enum err check_standing(const struct ledger *ledger, uint8_t kind, const char **ret_text)
{
	if (kind != LEDGER_RELEASE && kind != LEDGER_PUBLISH)
		return ERR_OK;
	if (ledger->standing != LEDGER_CONSISTENT) {
		*ret_text = "the ledger is older than a checkpoint that is held of it: restore it from a backup, or have the peers agree";
		return ERR_CONFLICT;
	}
	if (!ledger->presented) {
		*ret_text = "the store has not yet shown what it holds of the ledger; ask again";
		return ERR_UNAVAILABLE;
	}
	return ERR_OK;
}

/* What keeps the records of a request out, or ERR_OK. */
static enum err check_records(const struct ledger *ledger, const struct msg_record *ask, struct arena *arena, const char **ret_text)
{
	const struct record_item *items = ask->records.items;
	if (ask->records.count == 0 || ask->records.count > QUEUE_RECORDS) {
		*ret_text = "a request holds 1 to 4096 records";
		return ERR_TOO_LARGE;
	}
	for (size_t i = 0; i < ask->records.count; i++) {
		struct ledger_record record;
		enum err err = ledger_record_decode(items[i].record, arena, &record);
		if (err != ERR_OK) {
			*ret_text = "a record is malformed";
			return err;
		}
		TRY(check_standing(ledger, record.kind, ret_text));
	}
	return ERR_OK;
}

static enum err enqueue(struct ledger *ledger, const struct msg_record *ask, struct role_caller caller)
{
	const struct record_item *items = ask->records.items;
	struct waiting *waiting = &ledger->waiting[ledger->waiting_count];
	*waiting = (struct waiting){.caller = caller, .first = ledger->record_count, .count = ask->records.count};
	for (size_t i = 0; i < ask->records.count; i++)
		TRY(arena_copy(&ledger->queue, items[i].record, &ledger->records[waiting->first + i]));
	ledger->record_count += waiting->count;
	ledger->waiting_count++;
	return ERR_OK;
}

void ledger_on_record(struct self *self, const struct role_message *message)
{
	struct ledger *ledger = role_context(self);
	const struct msg_record *ask = message->value;
	const char *text = NULL;
	enum err err = check_records(ledger, ask, message->arena, &text);
	if (err == ERR_OK && ledger->record_count + ask->records.count > QUEUE_RECORDS)
		ledger_commit(self);
	if (err == ERR_OK)
		err = enqueue(ledger, ask, message->caller);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, text ? "%s" : NULL, text);
		return;
	}
	/* runs behind the messages that wait already */
	event_active(ledger->commit, EV_TIMEOUT, 0);
}

/* What one commit made. */
struct made {
	uint8_t (*leaves)[MERKLE_HASH], (*salts)[LEDGER_SALT]; /* one a record */
	uint64_t first_index;
	struct slice checkpoint;
};

/* Answers one request out of the tree that holds all records of the commit. */
static enum err answer(struct self *self, const struct waiting *waiting, const struct made *made)
{
	struct ledger *ledger = role_context(self);
	AUTO_ARENA arena = {0};
	uint64_t size = ledger_log_size(ledger->log);
	struct record_proof *proofs = ARENA_ARRAY(&arena, waiting->count, struct record_proof);
	if (!proofs)
		return ERR_MEMORY;
	for (size_t i = 0; i < waiting->count; i++) {
		AUTO_BUF path = buf_make((size_t)MERKLE_PROOF_MAX * MERKLE_HASH);
		proofs[i].index = made->first_index + waiting->first + i;
		memcpy(proofs[i].leaf, made->leaves[waiting->first + i], MERKLE_HASH);
		memcpy(proofs[i].salt, made->salts[waiting->first + i], LEDGER_SALT);
		TRY(ledger_log_inclusion(ledger->log, proofs[i].index, size, &path));
		TRY(arena_copy(&arena, buf_slice(&path), &proofs[i].proof));
	}
	struct msg_recorded recorded = {.size = size, .checkpoint = made->checkpoint, .proofs = {proofs, waiting->count}};
	return role_reply(self, waiting->caller, MSG_RECORDED, &recorded);
}

static void refuse_all(struct self *self, enum err err)
{
	struct ledger *ledger = role_context(self);
	if (!ledger->failing)
		log_line(LOG_ERROR, "nothing is recorded any more, so nothing is released: %s", err_text(err));
	ledger->failing = true;
	for (size_t i = 0; i < ledger->waiting_count; i++)
		role_refuse(self, ledger->waiting[i].caller, err, 0, err == ERR_FULL ? "the ledger's disk is full: make room; nothing is lost"
									    : "the ledger cannot write: see the node's log");
}

static enum err commit_all(struct self *self)
{
	struct ledger *ledger = role_context(self);
	AUTO_ARENA arena = {0};
	AUTO_BUF checkpoint = buf_make(NOTE_MAX);
	struct made made = {.leaves = arena_alloc(&arena, ledger->record_count, MERKLE_HASH),
			    .salts = arena_alloc(&arena, ledger->record_count, LEDGER_SALT),
			    .first_index = ledger_log_size(ledger->log)};
	if (!made.leaves || !made.salts)
		return ERR_MEMORY;
	TRY(ledger_log_append(ledger->log, ledger->records, ledger->record_count, made.leaves, made.salts));
	TRY(ledger_log_checkpoint(ledger->log, &checkpoint));
	made.checkpoint = buf_slice(&checkpoint);
	for (size_t i = 0; i < ledger->waiting_count; i++) {
		enum err err = answer(self, &ledger->waiting[i], &made);
		if (err != ERR_OK)
			role_refuse(self, ledger->waiting[i].caller, err, 0, NULL);
	}
	return ERR_OK;
}

void ledger_commit(struct self *self)
{
	struct ledger *ledger = role_context(self);
	if (ledger->record_count == 0)
		return;
	enum err err = commit_all(self);
	if (err != ERR_OK)
		refuse_all(self, err);
	else if (ledger->failing)
		log_line(LOG_NOTICE, "recording again");
	if (err == ERR_OK)
		ledger->failing = false;
	ledger->record_count = ledger->waiting_count = 0;
	arena_done(&ledger->queue);
}
