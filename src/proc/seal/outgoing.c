/* What may leave: guard's releases and control entries, and our own receipts. A release passes all fourteen checks or is
 * refused; nothing else is handed to parking.c. */
#include "proc/seal/seal.h"

#include "os/clock.h"
#include "os/log.h"

/* ---- waiting ---- */

static void wait_for_turn(struct self *self, const struct role_message *message)
{
	struct seal *seal = role_context(self);
	struct waiting *entry = seal->waiting < WAITING_MAX ? calloc(1, sizeof(*entry)) : NULL;
	if (entry) {
		entry->raw = buf_make(LIMIT_MESSAGE);
		buf_put(&entry->raw, message->raw);
	}
	if (!entry || entry->raw.err != ERR_OK) {
		role_refuse(self, message->caller, ERR_UNAVAILABLE, 0, "seal is busy; ask again");
		if (entry)
			buf_done(&entry->raw);
		free(entry);
		return;
	}
	entry->caller = message->caller;
	entry->type = message->type;
	*seal->last = entry;
	seal->last = &entry->next;
	seal->waiting++;
}

/* ---- guard's orders ---- */

static struct seal_state state_for(const struct seal *seal, const struct seal_peer *peer, struct slice realm)
{
	return (struct seal_state){.self = seal->self,
				   .peer = peer->row,
				   .realm = realm,
				   .roster_epoch = seal->epoch,
				   .orders = peer->orders,
				   .recalled = &seal->recalled,
				   .table = seal->table,
				   .fencing_epoch = seal->fencing_epoch,
				   .last_counter = seal->counter,
				   .ledger = seal->tree,
				   .now_ms = clock_now_ms()};
}

static void keep_tree(struct seal *seal, struct slice checkpoint)
{
	struct seal_tree tree;
	if (seal_ledger_read(checkpoint, seal->self->name, seal->self->ledger_key, &tree) != ERR_OK ||
	    tree.size <= seal->tree.size)
		return;
	seal->tree = tree;
}

static void refuse_check(struct self *self, struct role_caller caller, const struct seal_check *failed)
{
	log_line(LOG_WARNING, "refused to seal: check %u, %s", failed->number, failed->name);
	role_refuse(self, caller, failed->renew ? ERR_CONFLICT : ERR_REFUSED, 0, "seal refuses: check %u, %s",
		    failed->number, failed->name);
}

static enum err send_release(struct self *self, const struct role_message *message, struct seal_peer *peer)
{
	struct seal *seal = role_context(self);
	const struct msg_seal *ask = message->value;
	struct seal_state state = state_for(seal, peer, role_realm(self));
	struct seal_case at = {.recipient = ask->recipient,
			       .token_octets = ask->token,
			       .body = ask->body,
			       .proof = ask->proof,
			       .checkpoint = ask->checkpoint,
			       .record = ask->record,
			       .ledger_index = ask->ledger_index,
			       .state = &state};
	memcpy(at.salt, ask->salt, sizeof(at.salt));
	TRY(seal_case_open(&at, message->arena));
	const struct seal_check *failed = seal_check_all(&at);
	if (failed) {
		refuse_check(self, message->caller, failed);
		return ERR_OK;
	}
	seal->counter = at.token.counter;
	keep_tree(seal, ask->checkpoint);
	struct outgoing out = {.peer = peer,
			       .sequence = feed_sequence(FEED_DATA, ask->lane),
			       .body = ask->body,
			       .token = ask->token,
			       .object_id = at.manifest.object_id,
			       .caller = message->caller,
			       .answer = MSG_SEALED};
	return seal_send(self, &out);
}

/* The record is of this very order: an object to this nation, or the first of the portions withdrawn. */
static bool is_recorded(const struct msg_seal *ask, const struct control_entry *entry, struct arena *arena)
{
	struct ledger_record record;
	uint8_t key[RECALL_KEY];
	if (record_decode(&ledger_record_schema, ask->record, arena, &record) != ERR_OK ||
	    !slice_equal(record.subject, entry->subject) || !slice_equal(record.recipient, ask->recipient))
		return false;
	if (entry->kind == CONTROL_RECALL)
		return record.kind == LEDGER_RECALL;
	recall_key_portion(entry->subject, entry->body.data, key);
	return record.kind == LEDGER_WITHDRAWAL && memcmp(record.digest, key, sizeof(key)) == 0;
}

/* Recalls and withdrawals need no token: they take away. Nothing else may go this way, and nothing that could carry
 * content. */
static enum err check_order(const struct seal *seal, const struct msg_seal *ask, struct arena *arena,
			    struct control_entry *ret_entry)
{
	struct seal_tree tree;
	struct slice type;
	struct control_entry entry;
	TRY(control_entry_open(ask->body, arena, &entry));
	if ((entry.kind != CONTROL_RECALL && entry.kind != CONTROL_WITHDRAWAL) || entry.reason.len)
		return ERR_REFUSED;
	TRY(object_id_type(entry.subject, &type));
	if (!is_recorded(ask, &entry, arena))
		return ERR_REFUSED;
	TRY(seal_ledger_read(ask->checkpoint, seal->self->name, seal->self->ledger_key, &tree));
	struct seal_proof proof = {.checkpoint = ask->checkpoint,
				   .proof = ask->proof,
				   .record = ask->record,
				   .nation = seal->self->name,
				   .index = ask->ledger_index,
				   .size = tree.size,
				   .held = seal->tree};
	memcpy(proof.key, seal->self->ledger_key, sizeof(proof.key));
	memcpy(proof.salt, ask->salt, sizeof(proof.salt));
	if (seal_ledger_proves(&proof) != VERDICT_PERMIT)
		return ERR_CONFLICT;
	*ret_entry = entry;
	return ERR_OK;
}

/* Into the set at once; the count follows from the ledger. */
static enum err take_order(struct seal *seal, const struct control_entry *entry, struct slice nation)
{
	uint8_t portion[RECALL_KEY], key[RECALL_KEY];
	if (entry->kind == CONTROL_RECALL) {
		recall_key_object(entry->subject, key);
		TRY(recall_set_put(&seal->recalled, key));
	}
	for (size_t at = 0; at + PORTION_ID <= entry->body.len; at += PORTION_ID) {
		recall_key_portion(entry->subject, entry->body.data + at, portion);
		recall_key_withdrawn(portion, nation, key);
		TRY(recall_set_put(&seal->recalled, key));
	}
	return ERR_OK;
}

static enum err send_order(struct self *self, const struct role_message *message, struct seal_peer *peer)
{
	struct seal *seal = role_context(self);
	const struct msg_seal *ask = message->value;
	struct control_entry entry;
	TRY(check_order(seal, ask, message->arena, &entry));
	TRY(take_order(seal, &entry, ask->recipient));
	keep_tree(seal, ask->checkpoint);
	seal_refresh(self);
	struct outgoing out = {.peer = peer,
			       .sequence = SEQUENCE_CONTROL,
			       .body = ask->body,
			       .object_id = entry.subject,
			       .caller = message->caller,
			       .answer = MSG_SEALED};
	return seal_send(self, &out);
}

static bool is_newer_guard(const struct seal *seal, const struct role_message *message)
{
	const struct msg_seal *ask = message->value;
	struct token token;
	return ask->token.len && token_open(ask->token, message->arena, &token) == ERR_OK &&
	       token.fencing_epoch > seal->fencing_epoch;
}

static void handle_seal(struct self *self, const struct role_message *message)
{
	struct seal *seal = role_context(self);
	const struct msg_seal *ask = message->value;
	struct seal_peer *peer = seal_find_peer(seal, ask->recipient);
	enum err err = ERR_MALFORMED;
	if (!peer)
		err = ERR_REFUSED;
	else if (ask->feed == FEED_CONTROL && ask->lane == 0)
		err = send_order(self, message, peer);
	else if (ask->feed == FEED_DATA && ask->lane < LANE_COUNT)
		err = seal->rolled_back ? ERR_UNAVAILABLE : send_release(self, message, peer);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
}

void seal_on_seal(struct self *self, const struct role_message *message)
{
	struct seal *seal = role_context(self);
	if (!seal_is_serving(seal)) {
		role_refuse(self, message->caller, ERR_UNAVAILABLE, 0,
			    "seal has not yet read store and ledger; ask again");
		return;
	}
	if (!seal->first && !is_newer_guard(seal, message)) {
		handle_seal(self, message);
		return;
	}
	wait_for_turn(self, message);
	seal_refresh(self);
}

/* ---- receipts ---- */

static void handle_receipt(struct self *self, const struct role_message *message)
{
	struct seal *seal = role_context(self);
	const struct msg_receipt *ask = message->value;
	struct seal_peer *peer = seal_find_peer(seal, ask->peer);
	struct control_entry entry = {
		.kind = CONTROL_RECEIPT, .subject = ask->object_id, .body = ask->portion_ids, .copies = ask->copies, .issued = clock_now_ms()};
	AUTO_BUF body = buf_make(LIMIT_CONTROL_ENTRY);
	record_encode(&control_entry_schema, &entry, &body);
	enum err err = peer ? body.err : ERR_NOT_FOUND;
	if (err == ERR_OK) {
		struct outgoing out = {.peer = peer,
				       .sequence = SEQUENCE_CONTROL,
				       .body = buf_slice(&body),
				       .object_id = ask->object_id,
				       .caller = message->caller,
				       .answer = MSG_DONE};
		err = seal_send(self, &out);
	}
	if (err != ERR_OK && message->caller.request)
		role_refuse(self, message->caller, err, 0, NULL);
}

void seal_on_receipt(struct self *self, const struct role_message *message)
{
	struct seal *seal = role_context(self);
	if (seal_is_serving(seal) && !seal->first)
		handle_receipt(self, message);
	else
		wait_for_turn(self, message);
}

static void handle_waiting(struct self *self, const struct waiting *entry)
{
	AUTO_ARENA arena = {0};
	bool order = entry->type == MSG_SEAL;
	const struct schema *schema = message_schema(entry->type, order ? ROLE_GUARD : ROLE_STORE, ROLE_SEAL);
	struct role_message message = {
		.type = entry->type, .caller = entry->caller, .raw = buf_slice(&entry->raw), .arena = &arena};
	void *value = schema ? arena_alloc(&arena, 1, schema->size) : NULL;
	if (!value || record_decode(schema, message.raw, &arena, value) != ERR_OK)
		return;
	message.value = value;
	if (order)
		handle_seal(self, &message);
	else
		handle_receipt(self, &message);
}

void seal_drain(struct self *self)
{
	struct seal *seal = role_context(self);
	while (seal->first && seal_is_serving(seal) && !seal->replaying) {
		struct waiting *entry = seal->first;
		seal->first = entry->next;
		if (!seal->first)
			seal->last = &seal->first;
		seal->waiting--;
		handle_waiting(self, entry);
		buf_done(&entry->raw);
		free(entry);
	}
}
