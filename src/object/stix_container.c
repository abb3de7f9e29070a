/* Observables out of the containers of STIX 2.0: each becomes an object with the id that follows from its properties,
 * so that the same thing seen twice is one object. Must never leave a reference to a key of the container behind. */
#include "object/stix_convert_rows.h"

#include "crypto/crypto.h"
#include "object/stix_check.h"
#include "object/stix_schema.h"

const struct stix_move stix_moves[] = {
	{"file", "created", "ctime"},
	{"file", "modified", "mtime"},
	{"file", "accessed", "atime"},
	{"directory", "created", "ctime"},
	{"directory", "modified", "mtime"},
	{"directory", "accessed", "atime"},
	{"process", "created", "created_time"},
	{"process", "binary_ref", "image_ref"},
	{"windows-registry-key", "modified", "modified_time"},
	{"user-account", "password_last_changed", "credential_last_changed"},
	{NULL, NULL, NULL},
};

struct contained {
	const char *key;
	json_t *object;
	char *id; /* once known */
};

struct container {
	struct contained *items;
	size_t count;
};

static const char *id_of(const struct container *container, const char *key)
{
	for (size_t i = 0; key && i < container->count; i++)
		if (strcmp(container->items[i].key, key) == 0)
			return container->items[i].id;
	return NULL;
}

static bool is_key(const struct container *container, const char *key)
{
	for (size_t i = 0; key && i < container->count; i++)
		if (strcmp(container->items[i].key, key) == 0)
			return true;
	return false;
}

static bool is_reference(const char *name)
{
	size_t len = strlen(name);
	return (len > 4 && strcmp(name + len - 4, "_ref") == 0) || (len > 5 && strcmp(name + len - 5, "_refs") == 0);
}

/* Puts ids for keys where they are known; *ret_open: whether a key remains in a property that makes the id. */
static enum err resolve(const struct container *container, json_t *object, const char *identity, bool *ret_open)
{
	const char *name;
	json_t *value, *item;
	size_t i;
	bool open = false;
	json_object_foreach(object, name, value)
	{
		if (!is_reference(name))
			continue;
		const char *id = id_of(container, json_string_value(value));
		if (id && json_string_set(value, id) != 0)
			return ERR_MEMORY;
		open |= !id && is_key(container, json_string_value(value)) && identity &&
			stix_listed(identity, slice_text(name));
		json_array_foreach(value, i, item)
		{
			id = id_of(container, json_string_value(item));
			if (id && json_string_set(item, id) != 0)
				return ERR_MEMORY;
		}
	}
	*ret_open = open;
	return ERR_OK;
}

/* An id from all properties, for what has none by the standard. */
static char *own_id(struct stix_conversion *conversion, json_t *object)
{
	static const uint8_t space[16] = {
		0x0b, 0x1c, 0xe5, 0xd1, 0x57, 0x1c, 0x50, 0x00, 0x80, 0x00, 0x63, 0x6f, 0x6e, 0x74, 0x61, 0x69};
	uint8_t uuid[16];
	AUTO_BUF text = buf_make(LIMIT_PORTION_BYTES), hex = buf_make(32);
	buf_printf(&text, "%.*s ", SLICE_ARG(slice_take(conversion->id, LIMIT_OBJECT_ID)));
	json_canonical(object, &text);
	if (text.err != ERR_OK)
		return NULL;
	crypto_uuid5(space, buf_slice(&text), uuid);
	buf_put_hex(&hex, SLICE_ARRAY(uuid));
	const char *d = (const char *)hex.data;
	return hex.err != ERR_OK
		       ? NULL
		       : arena_printf(conversion->arena, "%.250s--%.8s-%.4s-%.4s-%.4s-%.12s",
				 json_string_value(json_object_get(object, "type")), d, d + 8, d + 12, d + 16, d + 20);
}

static enum err name_one(struct stix_conversion *conversion, struct contained *item)
{
	struct slice id;
	TRY(stix_observable_id(item->object, conversion->arena, &id));
	item->id = id.len ? arena_text(conversion->arena, id) : own_id(conversion, item->object);
	return item->id ? ERR_OK : ERR_MEMORY;
}

/* Names what depends on nothing unnamed, again and again; what depends on itself in a circle is named as it stands. */
static enum err name_all(struct stix_conversion *conversion, struct container *container)
{
	for (size_t named = 0; named < container->count;) {
		size_t before = named;
		for (int forced = 0; forced < 2 && named == before; forced++)
			for (size_t i = 0; i < container->count && !(forced && named > before); i++) {
				struct contained *item = &container->items[i];
				bool open;
				const struct stix_type *type =
					stix_type_find(json_slice(json_object_get(item->object, "type")));
				if (item->id)
					continue;
				TRY(resolve(container, item->object, type ? type->identity : NULL, &open));
				if (open && !forced)
					continue;
				TRY(name_one(conversion, item));
				named++;
			}
	}
	return ERR_OK;
}

static enum err add_objects(
	struct stix_conversion *conversion, const struct container *container, json_t *observed, json_t *refs)
{
	json_t *markings = json_object_get(observed, "object_marking_refs");
	for (size_t i = 0; i < container->count; i++) {
		const struct contained *item = &container->items[i];
		bool open;
		TRY(resolve(container, item->object, NULL, &open));
		if (json_object_set_new(item->object, "id", json_string(item->id)) != 0 ||
			json_object_set_new(item->object, "spec_version", json_string("2.1")) != 0 ||
			(markings && json_object_set(item->object, "object_marking_refs", markings) != 0) ||
			json_array_append_new(refs, json_string(item->id)) != 0 ||
			json_array_append(conversion->added, item->object) != 0)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

static enum err read_container(struct stix_conversion *conversion, json_t *objects, struct container *ret_container)
{
	struct container container = {
		ARENA_ARRAY(conversion->arena, json_object_size(objects) + 1, struct contained), 0};
	const char *key;
	json_t *object;
	if (!container.items)
		return ERR_MEMORY;
	json_object_foreach(objects, key, object)
	{
		if (!json_is_object(object) || !json_is_string(json_object_get(object, "type")))
			continue;
		char *name = arena_text(conversion->arena, slice_text(key));
		if (!name)
			return ERR_MEMORY;
		container.items[container.count++] = (struct contained){name, object, NULL};
		TRY(stix_move_properties(conversion, object, false));
	}
	*ret_container = container;
	return ERR_OK;
}

enum err stix_free_observables(struct stix_conversion *conversion, json_t *observed)
{
	json_t *objects = json_object_get(observed, "objects");
	struct container container;
	if (!json_is_object(objects) || json_object_get(observed, "object_refs"))
		return ERR_OK;
	TRY(read_container(conversion, objects, &container));
	if (container.count == 0 || container.count != json_object_size(objects))
		return ERR_OK; /* not what it should be: the check tells */
	json_t *refs = json_array();
	enum err err = refs ? name_all(conversion, &container) : ERR_MEMORY;
	if (err == ERR_OK)
		err = add_objects(conversion, &container, observed, refs);
	if (err == ERR_OK && json_object_set(observed, "object_refs", refs) != 0)
		err = ERR_MEMORY;
	json_decref(refs);
	TRY(err);
	json_object_del(observed, "objects");
	return stix_tell(conversion, "objects", "%zu observables are now objects of their own", container.count);
}
