/* Release: decide, record, sign the token, hand it to seal, answer. The order is the promise: no token is signed before
 * its decision is durable in the ledger. */
#include "proc/guard/guard.h"

#include "os/clock.h"

enum { DAY_MS = 86400000 };

static void decide_and_record(struct self *self, struct work *work);

static void on_sealed(struct self *self, void *context, const struct role_message *answer)
{
	struct work *work = context;
	enum err err = role_answer_err(answer, MSG_SEALED);
	if (err == ERR_REFUSED || err == ERR_MALFORMED || err == ERR_TOO_LARGE) {
		const struct diag why = {.text = "seal's own checks refuse it; see the node's log"};
		work_refuse(self, work, ERR_REFUSED, &why);
		return;
	}
	if (err != ERR_OK) {
		/* a conflict: what seal knows moved on; a decision made anew may pass */
		work_refuse_for(self, work, answer, err);
		return;
	}
	struct msg_released released = {.ledger_index = work->release.token.ledger_index,
					.ledger_size = work->ledger_size,
					.checkpoint = work->checkpoint};
	memcpy(released.object_digest, work->release.token.object_digest, sizeof(released.object_digest));
	(void)role_reply(self, work->caller, MSG_RELEASED, &released);
	work_free(work);
}

/* Completes and signs the token; appends its encoding. */
static enum err sign_token(struct guard *guard, struct token *token, const struct record_proof *proof, uint64_t size,
			   struct buf *buf)
{
	struct slice octets;
	uint64_t now = clock_now_ms();
	AUTO_BUF unsigned_buf = buf_make(LIMIT_TOKEN);
	crypto_random(token->id, sizeof(token->id));
	token->fencing_epoch = guard->fencing_epoch;
	token->issued = now;
	token->not_after = now + (uint64_t)TOKEN_DAYS * DAY_MS;
	token->counter = ++guard->counter;
	token->ledger_index = proof->index;
	token->ledger_size = size;
	record_encode(&token_unsigned_schema, token, &unsigned_buf);
	TRY(buf_finish(&unsigned_buf, &octets));
	TRY(signing_key_sign(guard->release, TOKEN_DOMAIN, octets, token->signature));
	record_encode(&token_schema, token, buf);
	return buf->err;
}

static void hand_to_seal(struct self *self, struct work *work, const struct msg_recorded *recorded)
{
	const struct msg_release *ask = work->ask;
	const struct record_proof *proof = recorded->proofs.items;
	AUTO_BUF token = buf_make(LIMIT_TOKEN);
	enum err err = sign_token(work->guard, &work->release.token, proof, recorded->size, &token);
	if (err != ERR_OK) {
		work_refuse(self, work, err, NULL);
		return;
	}
	struct msg_seal seal = {.recipient = ask->recipient,
				.feed = FEED_DATA,
				.lane = ask->precedence,
				.token = buf_slice(&token),
				.body = ask->rendition,
				.proof = proof->proof,
				.checkpoint = recorded->checkpoint,
				.ledger_index = proof->index,
				.record = work->records[0].record};
	memcpy(seal.salt, proof->salt, sizeof(seal.salt));
	role_ask(self, ROLE_SEAL, MSG_SEAL, &seal, SEAL_MS, on_sealed, work);
}

static void on_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct work *work = context;
	const struct msg_recorded *recorded = answer->value;
	enum err err = role_answer_err(answer, MSG_RECORDED);
	if (err == ERR_OK && recorded->proofs.count != 1)
		err = ERR_INTERNAL;
	if (err != ERR_OK) {
		work_refuse_for(self, work, answer, err);
		return;
	}
	work->ledger_size = recorded->size;
	err = arena_copy(&work->arena, recorded->checkpoint, &work->checkpoint);
	if (err != ERR_OK)
		work_refuse(self, work, err, NULL);
	else if (work->guard->rules.recalled.count != work->recalled)
		decide_and_record(self, work); /* what was recalled between decision and record must not go */
	else
		hand_to_seal(self, work, recorded);
}

static void on_denial_recorded(struct self *self, void *context, const struct role_message *answer)
{
	struct work *work = context;
	enum err err = role_answer_err(answer, MSG_RECORDED);
	if (err == ERR_OK)
		work_refuse(self, work, work->failed, &work->why);
	else
		work_refuse_for(self, work, answer, err);
}

static void decide_and_record(struct self *self, struct work *work)
{
	struct guard *guard = work->guard;
	uint64_t now = clock_now_ms();
	work->recalled = guard->rules.recalled.count;
	work->failed = guard_decide_release(&guard->rules, work->ask, now, &work->arena, &work->release, &work->why);
	if (work->failed == ERR_MEMORY) { /* nothing was decided */
		work_refuse(self, work, ERR_MEMORY, NULL);
		return;
	}
	struct ledger_record record = guard_record_release(work->ask, &work->release, guard->fencing_epoch, now);
	work_record(self, work, &record, 1, work->failed == ERR_OK ? on_recorded : on_denial_recorded);
}

void guard_on_release(struct self *self, const struct role_message *message)
{
	struct work *work = work_new(self, message);
	if (!work)
		return;
	const struct msg_release *ask = work->ask;
	if (!guard_can_seal(self, ask->recipient, true)) /* no record of a release that cannot happen */
		work_refuse(self, work, ERR_UNAVAILABLE, NULL);
	else
		decide_and_record(self, work);
}
