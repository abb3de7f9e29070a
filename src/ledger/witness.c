/* Witness state. Must never let a smaller or another tree replace what was seen. */
#include "ledger/witness.h"

const struct witness_seen *witness_find(const struct witness *witness, struct slice origin)
{
	for (size_t i = 0; i < witness->count; i++)
		if (slice_equal(slice_of(witness->seen[i].origin, witness->seen[i].origin_len), origin))
			return &witness->seen[i];
	return NULL;
}

enum err witness_check(const struct witness *witness, const struct tree_head *checkpoint, struct slice proof)
{
	const struct witness_seen *seen = witness_find(witness, checkpoint->origin);
	if (!seen)
		return proof.len == 0 ? ERR_OK : ERR_CONFLICT;
	if (checkpoint->size < seen->size || (proof.len == 0 && checkpoint->size > seen->size && seen->size > 0))
		return ERR_CONFLICT;
	if (!merkle_consistency_verify(seen->size, checkpoint->size, seen->root, checkpoint->root, proof))
		return ERR_INVALID;
	return ERR_OK;
}

enum err witness_keep(struct witness *witness, const struct tree_head *checkpoint)
{
	const struct witness_seen *known = witness_find(witness, checkpoint->origin);
	if (!known && (witness->count == WITNESS_ORIGINS || checkpoint->origin.len > NOTE_NAME))
		return ERR_FULL;
	struct witness_seen *seen = known ? &witness->seen[known - witness->seen] : &witness->seen[witness->count++];
	if (known && checkpoint->size < known->size)
		return ERR_OK;
	memcpy(seen->origin, checkpoint->origin.data, checkpoint->origin.len);
	seen->origin_len = checkpoint->origin.len;
	seen->size = checkpoint->size;
	memcpy(seen->root, checkpoint->root, MERKLE_HASH);
	return ERR_OK;
}

struct ledger_record witness_record(const struct tree_head *checkpoint, uint64_t now_ms)
{
	struct ledger_record record = {
		.kind = LEDGER_WITNESS, .at = now_ms, .subject = checkpoint->origin, .sequence = checkpoint->size};
	memcpy(record.digest, checkpoint->root, sizeof(record.digest));
	return record;
}

bool witness_from_record(const struct ledger_record *record, struct tree_head *ret_checkpoint)
{
	if (record->kind != LEDGER_WITNESS || record->subject.len == 0 || record->subject.len > NOTE_NAME)
		return false;
	ret_checkpoint->origin = record->subject;
	ret_checkpoint->size = record->sequence;
	memcpy(ret_checkpoint->root, record->digest, MERKLE_HASH);
	return true;
}
