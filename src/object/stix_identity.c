/* Deterministic ids of observables: the same thing has the same id wherever it is seen.
 * Must never depend on anything but the id-contributing properties. spec: STIX 2.1 2.9 */
#include "object/stix_checker.h"

#include "crypto/crypto.h"

/* The namespace that the standard gives: 00abedb4-aa42-466c-9c01-fed23315a9b7 */
static const uint8_t NAMESPACE[16] = {
	0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};

/* One hash speaks for all: the first of these, else the first by name. */
static json_t *choose_hash(json_t *hashes)
{
	static const char *const order[] = {"MD5", "SHA-1", "SHA-256", "SHA-512"};
	const char *first = NULL, *name;
	json_t *value;
	for (size_t i = 0; !first && i < sizeof(order) / sizeof(order[0]); i++)
		first = json_object_get(hashes, order[i]) ? order[i] : NULL;
	if (!first)
		json_object_foreach(hashes, name, value) first = !first || strcmp(name, first) < 0 ? name : first;
	return first ? json_pack("{s:O}", first, json_object_get(hashes, first)) : NULL;
}

static enum err contribute(json_t *object, const char *name, json_t *chosen)
{
	json_t *value = json_object_get(object, name);
	if (!value)
		return ERR_OK;
	if (strcmp(name, "hashes") == 0 && json_object_size(value) == 0)
		return ERR_OK;
	if (strcmp(name, "hashes") == 0)
		return json_object_set_new(chosen, name, choose_hash(value)) == 0 ? ERR_OK : ERR_MEMORY;
	return json_object_set(chosen, name, value) == 0 ? ERR_OK : ERR_MEMORY;
}

static enum err print_id(struct slice type, json_t *chosen, struct arena *arena, struct slice *ret_id)
{
	uint8_t uuid[16];
	AUTO_BUF name = buf_make(LIMIT_JSON_BYTES);
	AUTO_BUF hex = buf_make(2 * sizeof(uuid));
	json_canonical(chosen, &name);
	TRY(name.err);
	crypto_uuid5(NAMESPACE, buf_slice(&name), uuid);
	buf_put_hex(&hex, SLICE_ARRAY(uuid));
	TRY(hex.err);
	const char *digits = (const char *)hex.data;
	char *id = arena_printf(arena, "%.*s--%.8s-%.4s-%.4s-%.4s-%.12s", SLICE_ARG(type), digits, digits + 8,
		digits + 12, digits + 16, digits + 20);
	*ret_id = slice_text(id);
	return id ? ERR_OK : ERR_MEMORY;
}

enum err stix_observable_id(json_t *object, struct arena *arena, struct slice *ret_id)
{
	struct slice type = json_slice(json_object_get(object, "type"));
	const struct stix_type *row = stix_type_find(type);
	AUTO_JSON *chosen = json_object();
	if (!chosen)
		return ERR_MEMORY;
	struct slice rest = slice_text(row ? row->identity : NULL), item;
	while (rest.len) {
		char name[64];
		rest = slice_split(rest, '|', &item);
		snprintf(name, sizeof(name), "%.*s", SLICE_ARG(item));
		TRY(contribute(object, name, chosen));
	}
	if (json_object_size(chosen) == 0) {
		*ret_id = SLICE("");
		return ERR_OK;
	}
	return print_id(type, chosen, arena, ret_id);
}
