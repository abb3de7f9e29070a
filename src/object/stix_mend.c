/* See stix_mend.h. Must never change an object without saying so. */
#include "object/stix_mend.h"

#include "crypto/crypto.h"
#include "object/stix_checker.h"

/* Of ids that are derived here: 0b1ce5d1-571c-5000-8000-6d656e646564 */
static const uint8_t NAMESPACE[16] = {
	0x0b, 0x1c, 0xe5, 0xd1, 0x57, 0x1c, 0x50, 0x00, 0x80, 0x00, 0x6d, 0x65, 0x6e, 0x64, 0x65, 0x64};

struct version {
	struct slice id, modified; /* borrowed from object, which is held */
	json_t *object;
	size_t index;
};

static int compare_versions(const void *a, const void *b)
{
	const struct version *one = a, *other = b;
	int order = slice_compare(one->id, other->id);
	if (order == 0)
		order = slice_compare(one->modified, other->modified);
	return order ? order : (one->index > other->index) - (one->index < other->index);
}

static enum err derive_id(json_t *object, char ret_id[LIMIT_OBJECT_ID + 1])
{
	uint8_t uuid[16];
	AUTO_BUF content = buf_make(LIMIT_JSON_BYTES);
	AUTO_BUF hex = buf_make(2 * sizeof(uuid));
	json_canonical(object, &content);
	TRY(content.err);
	crypto_uuid5(NAMESPACE, buf_slice(&content), uuid);
	buf_put_hex(&hex, SLICE_ARRAY(uuid));
	TRY(hex.err);
	const char *digits = (const char *)hex.data;
	snprintf(ret_id, LIMIT_OBJECT_ID + 1, "%.*s--%.8s-%.4s-%.4s-%.4s-%.12s",
		SLICE_ARG(slice_take(json_slice(json_object_get(object, "type")), 250)), digits, digits + 8,
		digits + 12, digits + 16, digits + 20);
	return ERR_OK;
}

static enum err give_own_id(const struct version *version, struct buf *said)
{
	char id[LIMIT_OBJECT_ID + 1];
	TRY(derive_id(version->object, id));
	buf_printf(said, "objects[%zu] %.*s: the id stands for another object as well; this one is now %s\n",
		version->index, SLICE_ARG(slice_take(version->id, LIMIT_OBJECT_ID)), id);
	return json_object_set_new(version->object, "id", json_string(id)) == 0 ? ERR_OK : ERR_MEMORY;
}

/* The versions from first on that share id and time: equal ones are marked by an index that no list has. */
static enum err mend_group(struct version *group, size_t count, bool *dropped, struct buf *said)
{
	for (size_t i = 1; i < count; i++) {
		bool repeated = false;
		for (size_t j = 0; j < i && !repeated; j++)
			repeated = !dropped[group[j].index] && json_equal(group[j].object, group[i].object);
		dropped[group[i].index] = repeated;
		if (repeated)
			buf_printf(said, "objects[%zu] %.*s: stands twice; kept once\n", group[i].index,
				SLICE_ARG(slice_take(group[i].id, LIMIT_OBJECT_ID)));
	}
	for (size_t i = 1; i < count; i++)
		if (!dropped[group[i].index])
			TRY(give_own_id(&group[i], said));
	return said->err;
}

static bool same_version(const struct version *a, const struct version *b)
{
	return a->id.len && slice_equal(a->id, b->id) && slice_equal(a->modified, b->modified);
}

static enum err mend_repeats(json_t *objects, struct arena *arena, struct buf *said)
{
	size_t count = json_array_size(objects);
	struct version *versions = ARENA_ARRAY(arena, count + 1, struct version);
	bool *dropped = ARENA_ARRAY(arena, count + 1, bool);
	if (!versions || !dropped)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_array_get(objects, i);
		struct slice id, modified;
		TRY(arena_copy(arena, json_slice(json_object_get(object, "id")), &id));
		TRY(arena_copy(arena, json_slice(json_object_get(object, "modified")), &modified));
		versions[i] = (struct version){id, modified, object, i};
	}
	qsort(versions, count, sizeof(*versions), compare_versions);
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;
		while (end < count && same_version(&versions[i], &versions[end]))
			end++;
		TRY(mend_group(&versions[i], end - i, dropped, said));
		i = end;
	}
	for (size_t i = count; i-- > 0;)
		if (dropped[i])
			json_array_remove(objects, i);
	return ERR_OK;
}

static enum err mend_times(json_t *objects, struct buf *said)
{
	json_t *object;
	size_t i, decimals;
	json_array_foreach(objects, i, object)
	{
		struct slice created = json_slice(json_object_get(object, "created"));
		struct slice modified = json_slice(json_object_get(object, "modified"));
		if (!stix_is_time(created, &decimals) || !stix_is_time(modified, &decimals) ||
			stix_time_compare(created, modified) <= 0)
			continue;
		buf_printf(said, "objects[%zu] %.*s: modified before it was created; modified is now %.*s\n", i,
			SLICE_ARG(slice_take(json_slice(json_object_get(object, "id")), LIMIT_OBJECT_ID)),
			SLICE_ARG(created));
		if (json_object_set(object, "modified", json_object_get(object, "created")) != 0)
			return ERR_MEMORY;
	}
	return said->err;
}

enum err stix_mend(json_t *document, struct buf *said)
{
	AUTO_ARENA arena = {0};
	json_t *objects = json_object_get(document, "objects");
	if (!json_is_array(objects))
		return ERR_OK;
	TRY(mend_times(objects, said));
	TRY(mend_repeats(objects, &arena, said));
	return said->err;
}
