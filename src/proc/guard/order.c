/* Recall and withdrawal: record them for every nation that ever got a token, then put them into its control feed. The
 * store hears DONE once each entry is parked; until then it asks again, so that no crash loses a recall. */
#include "proc/guard/guard.h"

#include "os/clock.h"

/* Records of one order: for each nation one, or one for each portion withdrawn. */
static struct ledger_record *make_records(struct work *work, uint64_t now, size_t *ret_count)
{
	const struct msg_order *ask = work->ask;
	const struct nation_item *nations = ask->nations.items;
	size_t each = ask->kind == CONTROL_RECALL ? 1 : ask->portion_ids.len / PORTION_ID;
	size_t rows = ask->nations.count ? ask->nations.count : 1;
	struct ledger_record *records = ARENA_ARRAY(&work->arena, rows * each, struct ledger_record);
	for (size_t i = 0; records && i < rows * each; i++) {
		struct slice nation = ask->nations.count ? nations[i / each].name : (struct slice){0};
		const uint8_t *portion = ask->kind == CONTROL_RECALL ? NULL
								     : ask->portion_ids.data + i % each * PORTION_ID;
		records[i] = guard_record_order(ask, nation, portion, now);
	}
	*ret_count = rows * each;
	return records;
}

static void end_when_sealed(struct self *self, struct work *work)
{
	if (work->open)
		return;
	if (work->failed != ERR_OK) {
		const struct diag again = {.text = "recorded, but not yet in every control feed; ask again"};
		work_refuse(self, work, ERR_UNAVAILABLE, &again);
		return;
	}
	role_done(self, work->caller);
	work_free(work);
}

static void on_sealed(struct self *self, void *context, const struct role_message *answer)
{
	struct work *work = context;
	enum err err = role_answer_err(answer, MSG_SEALED);
	work->open--;
	if (err != ERR_OK && work->failed == ERR_OK)
		work->failed = err;
	end_when_sealed(self, work);
}

static enum err encode_entry(struct work *work, struct slice *ret_entry)
{
	const struct msg_order *ask = work->ask;
	struct control_entry entry = {.kind = ask->kind,
				      .subject = ask->object_id,
				      .body = ask->portion_ids,
				      .issued = clock_now_ms(),
				      .reason = ask->reason};
	struct slice octets;
	AUTO_BUF buf = buf_make(LIMIT_CONTROL_ENTRY);
	record_encode(&control_entry_schema, &entry, &buf);
	TRY(buf_finish(&buf, &octets));
	return arena_copy(&work->arena, octets, ret_entry);
}

static void seal_for_all(struct self *self, struct work *work, const struct msg_recorded *recorded)
{
	const struct msg_order *ask = work->ask;
	const struct nation_item *nations = ask->nations.items;
	const struct record_proof *proofs = recorded->proofs.items;
	size_t each = ask->nations.count ? recorded->proofs.count / ask->nations.count : 0;
	struct slice entry;
	work->failed = encode_entry(work, &entry);
	for (size_t i = 0; work->failed == ERR_OK && i < ask->nations.count; i++) {
		const struct record_proof *proof = &proofs[i * each];
		struct msg_seal seal = {.recipient = nations[i].name,
					.feed = FEED_CONTROL,
					.body = entry,
					.proof = proof->proof,
					.checkpoint = recorded->checkpoint,
					.ledger_index = proof->index};
		if (!guard_find_nation(&work->guard->rules, nations[i].name))
			continue; /* it left the coalition: there is no feed to it any more */
		memcpy(seal.leaf, proof->leaf, sizeof(seal.leaf));
		work->open++;
		role_ask(self, ROLE_SEAL, MSG_SEAL, &seal, SEAL_MS, on_sealed, work);
	}
	end_when_sealed(self, work);
}

static void on_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct work *work = context;
	const struct msg_recorded *recorded = answer->value;
	size_t count;
	struct ledger_record *records = make_records(work, clock_now_ms(), &count);
	enum err err = records ? role_answer_err(answer, MSG_RECORDED) : ERR_MEMORY;
	if (err == ERR_OK && recorded->proofs.count != count)
		err = ERR_INTERNAL;
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = guard_apply_record(&work->guard->rules, &records[i]);
	if (err != ERR_OK)
		work_refuse_for(self, work, answer, err);
	else
		seal_for_all(self, work, recorded);
}

static bool is_sound(const struct msg_order *ask)
{
	struct slice type;
	bool recall = ask->kind == CONTROL_RECALL && ask->portion_ids.len == 0;
	bool withdrawal = ask->kind == CONTROL_WITHDRAWAL && ask->portion_ids.len &&
			  ask->portion_ids.len % PORTION_ID == 0;
	return (recall || withdrawal) && ask->nations.count <= LIMIT_NATIONS &&
	       object_id_type(ask->object_id, &type) == ERR_OK;
}

void guard_on_order(struct self *self, const struct role_message *message)
{
	struct work *work = work_new(self, message);
	if (!work)
		return;
	size_t count;
	if (!is_sound(work->ask)) {
		work_refuse(self, work, ERR_MALFORMED, NULL);
		return;
	}
	struct ledger_record *records = make_records(work, clock_now_ms(), &count);
	if (!records)
		work_refuse(self, work, ERR_MEMORY, NULL);
	else
		work_record(self, work, records, count, on_recorded);
}
