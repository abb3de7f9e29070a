/* Making manifests: digests and decoys in ascending order, so that their number and places say nothing.
 * Must never draw randomness of its own: salts and noise are arguments. */
#include "object/portion.h"

#include "crypto/crypto.h"

enum { NOISE = 64 };

static const uint8_t PORTION_DOMAIN[] = "bices/portion/1";

static void decoy_digest(const uint8_t noise[NOISE], uint8_t ret_digest[DIGEST])
{
	const struct slice parts[] = {SLICE_ARRAY(PORTION_DOMAIN), slice_of(noise, NOISE)};
	crypto_sha256_parts(parts, sizeof(parts) / sizeof(parts[0]), ret_digest);
}

static int compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST);
}

static enum err check_slots(const struct manifest *head, size_t count, size_t slots)
{
	struct slice type;
	size_t needed;
	TRY(object_id_type(head->object_id, &type));
	TRY(manifest_slots(type, count, &needed));
	bool stepped = needed == LIMIT_SLOTS_SMALL && slots == LIMIT_PORTIONS;
	if (slots != needed && !stepped)
		return ERR_INVALID;
	return head->originator.len && head->realm.len && head->issued ? ERR_OK : ERR_INVALID;
}

enum err manifest_make(const struct manifest *head, const struct slice *portions, const uint8_t *salts, size_t count,
		       const uint8_t *noise, size_t slots, struct buf *manifest)
{
	TRY(check_slots(head, count, slots));
	AUTO_ARENA arena = {0};
	uint8_t *digests = arena_alloc(&arena, slots, DIGEST);
	if (!digests)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		portion_digest(salts + i * SALT, head->object_id, head->issued, portions[i], digests + i * DIGEST);
	for (size_t i = count; i < slots; i++)
		decoy_digest(noise + (i - count) * NOISE, digests + i * DIGEST);
	qsort(digests, slots, DIGEST, compare_digests);
	for (size_t i = 1; i < slots; i++)
		if (memcmp(digests + (i - 1) * DIGEST, digests + i * DIGEST, DIGEST) == 0)
			return ERR_CONFLICT;
	struct manifest made = *head;
	made.format = MANIFEST_FORMAT;
	made.digests = slice_of(digests, slots * DIGEST);
	record_encode(&manifest_schema, &made, manifest);
	return manifest->err;
}
