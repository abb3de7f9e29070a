/* The ledger records of guard's decisions. A record must never hold content or labels: digests of them only, since
 * whoever is given the proof of a decision reads all of its record. */
#include "release/guard_decide.h"

struct ledger_record guard_record_publish(
	const struct msg_publish *ask, const struct guard_publication *made, uint64_t at)
{
	struct ledger_record record = {
		.kind = LEDGER_PUBLISH, .at = at, .actor = ask->author, .subject = ask->object_id};
	memcpy(record.digest, made->digest, sizeof(record.digest));
	return record;
}

struct ledger_record guard_record_release(
	const struct msg_release *ask, const struct guard_release *made, uint64_t rules, uint64_t at)
{
	bool permitted = made->verdict == VERDICT_PERMIT;
	struct ledger_record record = {.kind = permitted ? LEDGER_RELEASE : LEDGER_RELEASE_DENIED,
		.at = at,
		.actor = ask->author,
		.subject = made->object_id,
		.recipient = ask->recipient,
		.basis = permitted ? made->token.basis : slice_text(guard_ground_name(made->ground)),
		.roles = ask->roles.len <= LEDGER_ROLES ? ask->roles : (struct slice){0},
		.approver = ask->approver,
		.approver2 = ask->approver2,
		.two_persons = made->two_persons,
		.rules = rules};
	if (made->object_id.len)
		record.label_digest = SLICE_ARRAY(made->token.label_digest);
	memcpy(record.digest, made->token.object_digest, sizeof(record.digest));
	return record;
}

struct ledger_record guard_record_start(const struct guard_rules *rules, uint64_t at)
{
	struct ledger_record record = {
		.kind = LEDGER_START, .at = at, .actor = SLICE("guard"), .subject = rules->nation};
	memcpy(record.digest, rules->policy_digest, sizeof(record.digest));
	memcpy(record.roster_digest, rules->roster_digest, sizeof(record.roster_digest));
	memcpy(record.table_digest, rules->table_digest, sizeof(record.table_digest));
	return record;
}

struct ledger_record guard_record_order(
	const struct msg_order *ask, struct slice nation, const uint8_t *portion_id, uint64_t at)
{
	struct ledger_record record = {.kind = portion_id ? LEDGER_WITHDRAWAL : LEDGER_RECALL,
		.at = at,
		.actor = ask->user,
		.subject = ask->object_id,
		.recipient = nation,
		.basis = ask->reason};
	if (portion_id)
		recall_key_portion(ask->object_id, portion_id, record.digest);
	return record;
}
