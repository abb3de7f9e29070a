/* Recall and withdrawal: record them for every nation that ever got a token, then put them into its control feed. The
 * store hears for which nations the entry is parked; for the others it asks again, so that no crash loses a recall. What is
 * recorded already is only sealed again, and nothing is recorded while seal is away. */
#include "proc/guard/guard.h"

#include "os/clock.h"

/* Nations of an order; the others of the request are recorded already. */
static enum err fresh_nations(struct work *work)
{
	const struct msg_order *ask = work->ask;
	const struct nation_item *nations = ask->nations.items;
	struct nation_item *fresh = ARENA_ARRAY(&work->arena, ask->nations.count + 1, struct nation_item);
	if (!fresh)
		return ERR_MEMORY;
	work->order = (struct guard_order){.fresh = *ask};
	work->order.fresh.nations = (struct record_list){fresh, 0};
	for (size_t i = 0; i < ask->nations.count; i++)
		if (!guard_order_find(work->guard, ask, nations[i].name))
			fresh[work->order.fresh.nations.count++] = nations[i];
	return ERR_OK;
}

/* Records of one order: for each nation one, or one for each portion withdrawn. */
static struct ledger_record *make_records(struct work *work, uint64_t now, size_t *ret_count)
{
	const struct msg_order *ask = &work->order.fresh;
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

/* ---- sealing ---- */

static void end_when_sealed(struct self *self, struct work *work)
{
	const struct msg_order *ask = work->ask;
	if (work->open)
		return;
	if (ask->nations.count && !work->order.done.count) {
		const struct diag again = {.text = "recorded, but not yet in any control feed; ask again"};
		work_refuse(self, work, ERR_UNAVAILABLE, &again);
		return;
	}
	struct msg_ordered ordered = {.nations = work->order.done};
	(void)role_reply(self, work->caller, MSG_ORDERED, &ordered);
	work_free(work);
}

static void nation_done(struct work *work, struct slice nation)
{
	struct nation_item *done = work->order.done.items;
	guard_order_drop(work->guard, work->ask, nation);
	done[work->order.done.count++].name = nation;
}

/* One nation of an order, with seal. */
struct sealing {
	struct work *work;
	struct slice nation;
};

static void on_sealed(struct self *self, void *context, const struct role_message *answer)
{
	struct sealing *sealing = context;
	struct work *work = sealing->work;
	enum err err = role_answer_err(answer, MSG_SEALED);
	work->open--;
	if (err == ERR_OK)
		nation_done(work, sealing->nation);
	else if (err != ERR_UNAVAILABLE) /* seal does not take this proof: it is recorded anew */
		guard_order_drop(work->guard, work->ask, sealing->nation);
	end_when_sealed(self, work);
}

static enum err seal_one(struct self *self, struct work *work, struct slice nation)
{
	if (!guard_find_nation(&work->guard->rules, nation)) {
		nation_done(work, nation); /* it left the coalition: there is no feed to it any more */
		return ERR_OK;
	}
	const struct msg_seal *kept = guard_order_find(work->guard, work->ask, nation);
	if (!kept || !guard_can_seal(self, nation, false))
		return ERR_OK; /* asked for again */
	struct sealing *sealing = ARENA_NEW(&work->arena, struct sealing);
	if (!sealing)
		return ERR_MEMORY;
	*sealing = (struct sealing){work, nation};
	work->open++;
	role_ask(self, ROLE_SEAL, MSG_SEAL, kept, SEAL_MS, on_sealed, sealing);
	return ERR_OK;
}

static void seal_for_all(struct self *self, struct work *work)
{
	const struct msg_order *ask = work->ask;
	const struct nation_item *nations = ask->nations.items;
	enum err err = ERR_OK;
	work->order.done.items = ARENA_ARRAY(&work->arena, ask->nations.count + 1, struct nation_item);
	if (!work->order.done.items) {
		work_refuse(self, work, ERR_MEMORY, NULL);
		return;
	}
	for (size_t i = 0; err == ERR_OK && i < ask->nations.count; i++)
		err = seal_one(self, work, nations[i].name);
	end_when_sealed(self, work);
}

/* ---- recording ---- */

/* The reason stays in our own ledger: it is free text without a label, and every holder would read it. */
static enum err encode_entry(struct work *work, struct slice *ret_entry)
{
	const struct msg_order *ask = work->ask;
	struct control_entry entry = {.kind = ask->kind,
				      .subject = ask->object_id,
				      .body = ask->portion_ids,
				      .issued = clock_now_ms()};
	struct slice octets;
	AUTO_BUF buf = buf_make(LIMIT_CONTROL_ENTRY);
	record_encode(&control_entry_schema, &entry, &buf);
	TRY(buf_finish(&buf, &octets));
	return arena_copy(&work->arena, octets, ret_entry);
}

static enum err keep_all(struct work *work, const struct msg_recorded *recorded)
{
	const struct msg_order *fresh = &work->order.fresh;
	const struct nation_item *nations = fresh->nations.items;
	const struct record_proof *proofs = recorded->proofs.items;
	size_t each = fresh->nations.count ? recorded->proofs.count / fresh->nations.count : 0;
	struct slice entry;
	TRY(encode_entry(work, &entry));
	for (size_t i = 0; i < fresh->nations.count; i++) {
		const struct record_proof *proof = &proofs[i * each];
		struct msg_seal seal = {.recipient = nations[i].name,
					.feed = FEED_CONTROL,
					.body = entry,
					.proof = proof->proof,
					.checkpoint = recorded->checkpoint,
					.ledger_index = proof->index,
					.record = work->records[i * each].record};
		memcpy(seal.salt, proof->salt, sizeof(seal.salt));
		TRY(guard_order_keep(work->guard, work->ask, &seal));
	}
	return ERR_OK;
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
	if (err == ERR_OK)
		err = keep_all(work, recorded);
	if (err != ERR_OK)
		work_refuse_for(self, work, answer, err);
	else
		seal_for_all(self, work);
}

static bool is_sound(const struct msg_order *ask)
{
	struct slice type;
	bool recall = ask->kind == CONTROL_RECALL && ask->portion_ids.len == 0;
	bool withdrawal = ask->kind == CONTROL_WITHDRAWAL && ask->nations.count && ask->portion_ids.len &&
			  ask->portion_ids.len % PORTION_ID == 0;
	return (recall || withdrawal) && ask->nations.count <= LIMIT_NATIONS &&
	       object_id_type(ask->object_id, &type) == ERR_OK;
}

void guard_on_order(struct self *self, const struct role_message *message)
{
	struct work *work = work_new(self, message);
	if (!work)
		return;
	const struct msg_order *ask = work->ask;
	enum err err = is_sound(ask) ? fresh_nations(work) : ERR_MALFORMED;
	if (err == ERR_OK && !role_has_neighbor(self, ROLE_SEAL))
		err = ERR_UNAVAILABLE; /* nothing is recorded again and again that nobody carries */
	if (err != ERR_OK) {
		work_refuse(self, work, err, NULL);
		return;
	}
	if (ask->nations.count && !work->order.fresh.nations.count) {
		seal_for_all(self, work);
		return;
	}
	size_t count;
	struct ledger_record *records = make_records(work, clock_now_ms(), &count);
	if (!records)
		work_refuse(self, work, ERR_MEMORY, NULL);
	else
		work_record(self, work, records, count, on_recorded);
}
