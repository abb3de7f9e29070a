/* Reading: replays, proofs, the tree's head, and what others hold of it. Goes on when the disk takes no more. */
#include "proc/ledger/ledger.h"

struct replay {
	struct slice kinds;
	struct arena *arena;
	struct replay_item items[REPLAY_ITEMS];
	size_t count, bytes;
	uint64_t next_index;
	enum err err;
};

static bool replay_entry(void *context, uint64_t index, const struct ledger_entry *entry)
{
	struct replay *replay = context;
	AUTO_ARENA scratch = {.max_bytes = LIMIT_MESSAGE_INLINE};
	struct ledger_record record;
	replay->next_index = index + 1;
	replay->err = ledger_record_decode(entry->record, &scratch, &record);
	if (replay->err != ERR_OK)
		return false;
	if (slice_find_octet(replay->kinds, record.kind) < 0)
		return true;
	struct replay_item *item = &replay->items[replay->count++];
	item->index = index;
	replay->bytes += entry->record.len;
	replay->err = arena_copy(replay->arena, entry->record, &item->record);
	return replay->err == ERR_OK && replay->count < REPLAY_ITEMS && replay->bytes < REPLAY_BYTES;
}

void ledger_on_replay(struct self *self, const struct role_message *message)
{
	struct ledger *ledger = role_context(self);
	const struct msg_replay *ask = message->value;
	struct replay *replay = ARENA_NEW(message->arena, struct replay);
	if (!replay) {
		role_refuse(self, message->caller, ERR_MEMORY, 0, NULL);
		return;
	}
	replay->kinds = ask->kinds;
	replay->arena = message->arena;
	replay->next_index = ask->from_index;
	enum err err = ledger_log_visit(ledger->log, ask->from_index, replay_entry, replay);
	if (err == ERR_OK)
		err = replay->err;
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, "the ledger cannot be read: see the node's log");
		return;
	}
	struct msg_replayed replayed = {.next_index = replay->next_index, .size = ledger_log_size(ledger->log),
					.items = {replay->items, replay->count}};
	role_reply(self, message->caller, MSG_REPLAYED, &replayed);
}

void ledger_on_prove(struct self *self, const struct role_message *message)
{
	struct ledger *ledger = role_context(self);
	const struct msg_prove *ask = message->value;
	AUTO_BUF text = buf_make(PROOF_TEXT_MAX);
	uint64_t index;
	enum err err = ask->digest.len ? ledger_find_publication(ledger->log, ask->subject, ask->digest, &index)
				       : ledger_find(ledger->log, ask->subject, &index);
	if (err == ERR_OK)
		err = proof_print(ledger->log, index, &text);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct msg_text proof = {.text = buf_slice(&text)};
	role_reply(self, message->caller, MSG_TEXT, &proof);
}

void ledger_on_tree(struct self *self, const struct role_message *message)
{
	struct ledger *ledger = role_context(self);
	const struct msg_ask_tree *ask = message->value;
	AUTO_BUF checkpoint = buf_make(NOTE_MAX);
	AUTO_BUF proof = buf_make((size_t)MERKLE_PROOF_MAX * MERKLE_HASH);
	uint64_t size = ledger_log_size(ledger->log);
	enum err err = ledger_log_consistency(ledger->log, ask->from_size, size, &proof);
	if (err == ERR_OK)
		err = ledger_log_checkpoint(ledger->log, &checkpoint);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct msg_tree tree = {.size = size, .checkpoint = buf_slice(&checkpoint), .proof = buf_slice(&proof)};
	role_reply(self, message->caller, MSG_TREE_DONE, &tree);
}

void ledger_on_witness(struct self *self, const struct role_message *message)
{
	struct ledger *ledger = role_context(self);
	const struct msg_tree *held = message->value;
	enum ledger_standing standing;
	uint64_t size;
	bool store = message->caller.role == ROLE_STORE;
	if (store && held->checkpoint.len == 0) { /* a store that has never seen any */
		ledger->presented = true;
		role_done(self, message->caller);
		return;
	}
	enum err err = ledger_log_compare(ledger->log, held->checkpoint, &standing, &size);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, "this is not a checkpoint of our ledger");
		return;
	}
	ledger->presented |= store;
	if (standing == LEDGER_CONSISTENT) {
		role_done(self, message->caller);
		return;
	}
	/* stays so until the process starts anew with a ledger that agrees */
	if (ledger->standing == LEDGER_CONSISTENT)
		log_line(LOG_ERROR, "a checkpoint of size %llu is held elsewhere, our ledger of size %llu %s: nothing is released",
			 (unsigned long long)size, (unsigned long long)ledger_log_size(ledger->log),
			 standing == LEDGER_BEHIND ? "is older (rolled back?)" : "is not the one it was made from");
	ledger->standing = standing;
	role_refuse(self, message->caller, ERR_CONFLICT, 0, "the ledger is older than, or other than, a checkpoint that is held of it");
}
