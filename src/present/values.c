/* See values.h. Must never read more of an object than its head. */
#include "present/values.h"

#include "object/pattern.h"
#include "object/portion.h"

static bool is_hex(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789abcdefABCDEF", text.data[i]) || !text.data[i])
			return false;
	return text.len == 32 || text.len == 40 || text.len == 64 || text.len == 128;
}

static const char *kind_of(struct slice type, struct slice text)
{
	static const char *const infrastructure[] = {"ipv4-addr", "ipv6-addr", "domain-name", "url", "network-traffic"};
	if (is_hex(text))
		return "hash";
	for (size_t i = 0; i < sizeof(infrastructure) / sizeof(infrastructure[0]); i++)
		if (slice_equal(type, slice_text(infrastructure[i])))
			return "infrastructure";
	return "value";
}

bool value_equal(struct slice a, struct slice b)
{
	return a.len == b.len && strncasecmp(slice_chars(a), slice_chars(b), a.len) == 0;
}

static enum err put_value(struct values *values, struct slice type, struct slice text, struct arena *arena)
{
	if (text.len < VALUE_MIN || text.len > VALUE_MAX || values->count == VALUES_MAX)
		return ERR_OK;
	for (size_t i = 0; i < values->count; i++)
		if (value_equal(values->items[i].text, text))
			return ERR_OK;
	struct value *added = &values->items[values->count];
	added->kind = kind_of(type, text);
	TRY(arena_copy(arena, text, &added->text));
	values->count++;
	return ERR_OK;
}

static enum err values_of_pattern(struct slice text, struct values *values, struct arena *arena)
{
	AUTO_ARENA work = {0};
	const struct pattern_node *root, **nodes;
	size_t count;
	if (!text.len || pattern_parse(text, &work, &root, NULL) != ERR_OK)
		return ERR_OK;
	TRY(pattern_list(root, true, &work, &nodes, &count));
	for (size_t i = 0; i < count; i++) {
		bool equals = nodes[i]->kind == PATTERN_TEST && !nodes[i]->negated &&
			      (nodes[i]->comparator == OPERATOR_EQUAL || nodes[i]->comparator == OPERATOR_IN);
		for (const struct pattern_literal *literal = equals ? nodes[i]->literal : NULL; literal;
			literal = literal->next)
			if (literal->kind == LITERAL_TEXT)
				TRY(put_value(values, nodes[i]->type, literal->text, arena));
	}
	return ERR_OK;
}

/* Observables by their value or what stands for it, and their hashes; indicators by what their pattern names. */
enum err values_of(struct slice type, json_t *head, struct values *values, struct arena *arena)
{
	static const char *const names[] = {"value", "key", "serial_number"};
	const char *algorithm;
	json_t *hash;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		TRY(put_value(values, type, json_slice(json_object_get(head, names[i])), arena));
	if (slice_equal(type, SLICE("mutex")))
		TRY(put_value(values, type, json_slice(json_object_get(head, "name")), arena));
	json_object_foreach(json_object_get(head, "hashes"), algorithm, hash)
		TRY(put_value(values, type, json_slice(hash), arena));
	return values_of_pattern(json_slice(json_object_get(head, "pattern")), values, arena);
}

enum err values_read(struct request *request, const struct msg_object *object, struct values *values)
{
	struct rendition_view view;
	struct slice type;
	AUTO_JSON *head = NULL;
	TRY(rendition_open(object->rendition, &request->arena, &view));
	TRY(object_id_type(view.manifest.object_id, &type));
	TRY(json_read(view.head->content, LIMIT_PORTION_BYTES, &head, NULL));
	return values_of(type, head, values, &request->arena);
}
