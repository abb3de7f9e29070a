/* Opening renditions: what a reader or a peer holds is checked against the signed manifest, octet by octet.
 * Must never accept a portion that the manifest does not name, nor one portion twice. */
#include "object/portion.h"

#include "crypto/crypto.h"

static enum err check_manifest(const struct manifest *manifest)
{
	struct slice type;
	size_t smallest, slots = manifest->digests.len / DIGEST;
	if (manifest->format != MANIFEST_FORMAT)
		return ERR_UNSUPPORTED;
	if (!manifest->originator.len || !manifest->realm.len || !manifest->issued || manifest->digests.len % DIGEST)
		return ERR_MALFORMED;
	TRY(object_id_type(manifest->object_id, &type));
	TRY(manifest_slots(type, 1, &smallest));
	if (slots != smallest && !(smallest == LIMIT_SLOTS_SMALL && slots == LIMIT_PORTIONS))
		return ERR_MALFORMED;
	for (size_t i = 1; i < slots; i++)
		if (memcmp(manifest->digests.data + (i - 1) * DIGEST, manifest->digests.data + i * DIGEST, DIGEST) >= 0)
			return ERR_MALFORMED;
	return ERR_OK;
}

static int compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST);
}

/* The slot of this portion, each slot once. used: one octet a slot. */
static enum err take_slot(const struct manifest *manifest, const struct disclosed *disclosed, uint8_t *used)
{
	uint8_t digest[DIGEST];
	portion_digest(disclosed->salt, manifest->object_id, manifest->issued, disclosed->portion, digest);
	const uint8_t *slot =
		bsearch(digest, manifest->digests.data, manifest->digests.len / DIGEST, DIGEST, compare_digests);
	if (!slot)
		return ERR_CRYPTO;
	size_t at = (size_t)(slot - manifest->digests.data) / DIGEST;
	if (used[at])
		return ERR_MALFORMED;
	used[at] = 1;
	return ERR_OK;
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, PORTION_ID);
}

static enum err check_ids(const struct rendition_view *view, struct arena *arena)
{
	uint8_t *ids = arena_alloc(arena, view->count, PORTION_ID);
	if (!ids)
		return ERR_MEMORY;
	for (size_t i = 0; i < view->count; i++)
		memcpy(ids + i * PORTION_ID, view->portions[i].id, PORTION_ID);
	qsort(ids, view->count, PORTION_ID, compare_ids);
	for (size_t i = 1; i < view->count; i++)
		if (compare_ids(ids + (i - 1) * PORTION_ID, ids + i * PORTION_ID) == 0)
			return ERR_MALFORMED;
	return ERR_OK;
}

static enum err open_portion(struct rendition_view *view, size_t i, uint8_t *used, struct arena *arena)
{
	const struct disclosed *disclosed = (const struct disclosed *)view->rendition.disclosed.items + i;
	TRY(take_slot(&view->manifest, disclosed, used));
	TRY(record_decode(&portion_schema, disclosed->portion, arena, &view->portions[i]));
	TRY(portion_check(&view->portions[i]));
	/* the head comes first, and nothing else is a head */
	return (view->portions[i].kind == PORTION_HEAD) == (i == 0) ? ERR_OK : ERR_MALFORMED;
}

enum err rendition_open(struct slice bytes, struct arena *arena, struct rendition_view *ret_view)
{
	struct rendition_view view = {0};
	if (bytes.len > LIMIT_OBJECT_BYTES)
		return ERR_TOO_LARGE;
	TRY(record_decode(&rendition_schema, bytes, arena, &view.rendition));
	TRY(record_decode(&manifest_schema, view.rendition.manifest, arena, &view.manifest));
	TRY(check_manifest(&view.manifest));
	view.count = view.rendition.disclosed.count;
	size_t slots = view.manifest.digests.len / DIGEST;
	if (view.count == 0 || view.count > slots)
		return ERR_MALFORMED;
	view.portions = ARENA_ARRAY(arena, view.count, struct portion);
	uint8_t *used = arena_alloc(arena, slots, 1);
	if (!view.portions || !used)
		return ERR_MEMORY;
	for (size_t i = 0; i < view.count; i++)
		TRY(open_portion(&view, i, used, arena));
	TRY(check_ids(&view, arena));
	view.head = view.portions;
	*ret_view = view;
	return ERR_OK;
}

void label_set_digest(const struct slice *labels, size_t count, uint8_t ret_digest[DIGEST])
{
	struct slice parts[2 * LIMIT_PORTIONS];
	uint8_t lengths[LIMIT_PORTIONS][4];
	count = count <= LIMIT_PORTIONS ? count : LIMIT_PORTIONS;
	for (size_t i = 0; i < count; i++) {
		for (size_t octet = 0; octet < sizeof(lengths[i]); octet++)
			lengths[i][octet] = (uint8_t)(labels[i].len >> 8 * (sizeof(lengths[i]) - 1 - octet));
		parts[2 * i] = SLICE_ARRAY(lengths[i]);
		parts[2 * i + 1] = labels[i];
	}
	crypto_sha256_parts(parts, 2 * count, ret_digest);
}

void rendition_label_digest(const struct rendition_view *view, uint8_t ret_digest[DIGEST])
{
	struct slice labels[LIMIT_PORTIONS];
	size_t count = view->count <= LIMIT_PORTIONS ? view->count : 0; /* rendition_open lets no more through */
	for (size_t i = 0; i < count; i++)
		labels[i] = view->portions[i].label;
	label_set_digest(labels, count, ret_digest);
}
