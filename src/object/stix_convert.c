/* Between STIX 2.0 and 2.1, see stix_convert.h. Must never lose a property without saying so. */
#include "object/stix_convert.h"

#include "crypto/crypto.h"
#include "object/stix_convert_rows.h"
#include "object/stix_schema.h"

#include <stdarg.h>

/* ---- the report ---- */

enum err stix_tell(struct stix_conversion *conversion, const char *path, const char *format, ...)
{
	char text[256];
	size_t at = conversion->report->count++;
	if (at >= LIMIT_FINDINGS)
		return ERR_OK;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	char *line = arena_printf(conversion->arena, "objects[%zu] %.*s%s%s: %s", conversion->index,
		SLICE_ARG(slice_take(conversion->id, LIMIT_OBJECT_ID)), *path ? ", " : "", path, text);
	if (!line)
		return ERR_MEMORY;
	conversion->report->lines[at] = slice_text(line);
	return ERR_OK;
}

/* ---- moving properties ---- */

static enum err move(struct stix_conversion *conversion, json_t *object, const char *from, const char *to)
{
	json_t *value = json_object_get(object, from);
	if (!value || json_object_get(object, to))
		return ERR_OK;
	if (json_object_set(object, to, value) != 0 || json_object_del(object, from) != 0)
		return ERR_MEMORY;
	return stix_tell(conversion, from, "is now %s", to);
}

static bool is_row_of(const struct stix_move *row, const char *type)
{
	return strcmp(row->type, type) == 0;
}

enum err stix_move_properties(struct stix_conversion *conversion, json_t *object, bool back)
{
	const char *type = json_string_value(json_object_get(object, "type"));
	for (const struct stix_move *row = stix_moves; type && row->type; row++)
		if (is_row_of(row, type))
			TRY(move(conversion, object, back ? row->new_name : row->old_name,
				back ? row->old_name : row->new_name));
	return ERR_OK;
}

static const char *types_property(const char *type)
{
	static const struct {
		const char *type, *property;
	} rows[] = {{"indicator", "indicator_types"}, {"malware", "malware_types"}, {"report", "report_types"},
		{"threat-actor", "threat_actor_types"}, {"tool", "tool_types"}};
	for (size_t i = 0; type && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].type, type) == 0)
			return rows[i].property;
	return NULL;
}

/* Selectors follow the property that moved. */
static enum err move_selectors(json_t *object, const char *from, const char *to)
{
	json_t *marking, *selector;
	size_t i, j, len = strlen(from);
	json_array_foreach(json_object_get(object, "granular_markings"), i, marking)
		json_array_foreach(json_object_get(marking, "selectors"), j, selector)
	{
		const char *text = json_string_value(selector);
		if (!text || strncmp(text, from, len) != 0 || (text[len] && text[len] != '.'))
			continue;
		if (json_array_set_new(
			    json_object_get(marking, "selectors"), j, json_sprintf("%s%s", to, text + len)) != 0)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

static enum err move_types(struct stix_conversion *conversion, json_t *object, bool back)
{
	const char *property = types_property(json_string_value(json_object_get(object, "type")));
	const char *from = back ? property : "labels", *to = back ? "labels" : property;
	if (!property || !json_object_get(object, from) || json_object_get(object, to))
		return ERR_OK;
	TRY(move(conversion, object, from, to));
	return move_selectors(object, from, to);
}

/* ---- 2.0 to 2.1 ---- */

bool stix_is_20(json_t *document)
{
	return slice_equal(json_slice(json_object_get(document, "spec_version")), SLICE("2.0"));
}

static enum err assume(struct stix_conversion *conversion, json_t *object, const char *name, json_t *value)
{
	if (json_object_get(object, name)) {
		json_decref(value);
		return ERR_OK;
	}
	if (json_object_set_new(object, name, value) != 0)
		return ERR_MEMORY;
	return stix_tell(conversion, name, "2.0 does not say it; it is assumed");
}

static enum err upgrade_object(struct stix_conversion *conversion, json_t *object)
{
	struct slice type = json_slice(json_object_get(object, "type"));
	conversion->id = json_slice(json_object_get(object, "id"));
	if (json_object_set_new(object, "spec_version", json_string("2.1")) != 0)
		return ERR_MEMORY;
	TRY(move_types(conversion, object, false));
	if (slice_equal(type, SLICE("indicator"))) {
		if (!json_object_get(object, "pattern_type"))
			TRY(json_object_set_new(object, "pattern_type", json_string("stix")) == 0 ? ERR_OK
												  : ERR_MEMORY);
		if (!json_object_get(object, "pattern_version"))
			TRY(json_object_set_new(object, "pattern_version", json_string("2.0")) == 0 ? ERR_OK
												    : ERR_MEMORY);
	}
	if (slice_equal(type, SLICE("malware")))
		TRY(assume(conversion, object, "is_family", json_true()));
	if (slice_equal(type, SLICE("observed-data")))
		return stix_free_observables(conversion, object);
	return ERR_OK;
}

static enum err upgrade_all(struct stix_conversion *conversion, json_t *objects)
{
	size_t count = json_array_size(objects);
	conversion->added = json_array();
	if (!conversion->added)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		conversion->index = i;
		if (json_is_object(json_array_get(objects, i)))
			TRY(upgrade_object(conversion, json_array_get(objects, i)));
	}
	if (json_array_size(objects) + json_array_size(conversion->added) > LIMIT_BUNDLE_OBJECTS)
		return ERR_TOO_LARGE;
	return json_array_extend(objects, conversion->added) == 0 ? ERR_OK : ERR_MEMORY;
}

enum err stix_to_21(json_t *document, struct arena *arena, struct stix_report *ret_report)
{
	struct stix_report report = {.count = 0};
	struct stix_conversion conversion = {.arena = arena, .report = &report};
	json_t *objects = json_object_get(document, "objects");
	bool many = json_is_array(objects) &&
		    !slice_equal(json_slice(json_object_get(document, "type")), SLICE("observed-data"));
	AUTO_JSON *single = many ? NULL : json_pack("[O]", document);
	json_object_del(document, "spec_version");
	enum err err = !many && !single ? ERR_MEMORY : upgrade_all(&conversion, many ? objects : single);
	if (err == ERR_OK && !many && json_array_size(conversion.added) > 0)
		err = stix_tell(&conversion, "objects", "observables need a bundle to stand beside this object");
	json_decref(conversion.added);
	TRY(err);
	*ret_report = report;
	return ERR_OK;
}

/* ---- 2.1 to 2.0 ---- */

static bool is_known_20(const char *type)
{
	return stix_listed("attack-pattern|campaign|course-of-action|identity|indicator|intrusion-set|malware|observed-"
			   "data|report|"
			   "threat-actor|tool|vulnerability|relationship|sighting|marking-definition",
		slice_text(type));
}

/* "x-TYPE--UUID" where 2.0 does not know the type; NULL where it does or the text is no id. */
static char *custom_id(struct stix_conversion *conversion, const char *id)
{
	const char *end = id ? strstr(id, "--") : NULL;
	if (!end || strncmp(id, "x-", 2) == 0)
		return NULL;
	char *type = arena_text(conversion->arena, slice_of(id, (size_t)(end - id)));
	return type && !is_known_20(type) ? arena_printf(conversion->arena, "x-%s", id) : NULL;
}

static enum err rename_references(struct stix_conversion *conversion, json_t *object)
{
	const char *name;
	json_t *value, *item;
	size_t i;
	json_object_foreach(object, name, value)
	{
		size_t len = strlen(name);
		bool one = len > 4 && strcmp(name + len - 4, "_ref") == 0,
		     list = len > 5 && strcmp(name + len - 5, "_refs") == 0;
		char *id = one ? custom_id(conversion, json_string_value(value)) : NULL;
		if (id && json_string_set(value, id) != 0)
			return ERR_MEMORY;
		if (list)
			json_array_foreach(value, i, item) if ((id = custom_id(conversion, json_string_value(item))) &&
							       json_string_set(item, id) != 0) return ERR_MEMORY;
	}
	return ERR_OK;
}

static enum err rename_type(struct stix_conversion *conversion, json_t *object)
{
	const char *type = json_string_value(json_object_get(object, "type"));
	char *id = custom_id(conversion, json_string_value(json_object_get(object, "id")));
	if (!id || !type)
		return ERR_OK;
	TRY(stix_tell(conversion, "type", "2.0 has no %s; it is now the custom type x-%s", type, type));
	if (json_object_set_new(object, "type", json_sprintf("x-%s", type)) != 0 ||
		json_object_set_new(object, "id", json_string(id)) != 0)
		return ERR_MEMORY;
	return ERR_OK;
}

/* 2.0 has no extensions and gives nothing else this name. */
static enum err rename_extensions(struct stix_conversion *conversion, json_t *object)
{
	static const char *const names[] = {"extensions", "lang", "confidence"};
	static const char *const customs[] = {"x_extensions", "x_lang", "x_confidence"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		TRY(move(conversion, object, names[i], customs[i]));
	return ERR_OK;
}

static enum err downgrade_indicator(struct stix_conversion *conversion, json_t *object)
{
	struct slice language = json_slice(json_object_get(object, "pattern_type"));
	if (language.len && !slice_equal(language, SLICE("stix"))) {
		TRY(stix_tell(conversion, "pattern", "2.0 has STIX patterns only; this %.*s rule is now x_pattern",
			SLICE_ARG(slice_take(language, 60))));
		TRY(move(conversion, object, "pattern", "x_pattern"));
		TRY(move(conversion, object, "pattern_type", "x_pattern_type"));
		return move(conversion, object, "pattern_version", "x_pattern_version");
	}
	json_object_del(object, "pattern_type");
	json_object_del(object, "pattern_version");
	return ERR_OK;
}

/* Granular markings of languages do not exist in 2.0. */
static enum err drop_languages(struct stix_conversion *conversion, json_t *object)
{
	json_t *markings = json_object_get(object, "granular_markings");
	for (size_t i = json_array_size(markings); i-- > 0;) {
		if (json_object_get(json_array_get(markings, i), "marking_ref"))
			continue;
		TRY(stix_tell(conversion, "granular_markings", "2.0 marks no languages; this one is left out"));
		json_array_remove(markings, i);
	}
	if (markings && json_array_size(markings) == 0)
		json_object_del(object, "granular_markings");
	return ERR_OK;
}

static enum err downgrade_marking(struct stix_conversion *conversion, json_t *object)
{
	struct slice name = json_slice(json_object_get(object, "name"));
	if (json_object_get(object, "definition"))
		return ERR_OK;
	TRY(stix_tell(conversion, "definition", "2.0 has no such marking; its name is now a statement"));
	json_t *definition = json_pack("{s:o}", "statement", json_text(name.len ? name : SLICE("marked")));
	if (json_object_set_new(object, "definition_type", json_string("statement")) != 0 ||
		json_object_set_new(object, "definition", definition) != 0)
		return ERR_MEMORY;
	return ERR_OK;
}

static enum err downgrade_object(struct stix_conversion *conversion, json_t *object)
{
	struct slice type = json_slice(json_object_get(object, "type"));
	json_object_del(object, "spec_version");
	TRY(move_types(conversion, object, true));
	if (slice_equal(type, SLICE("indicator")))
		TRY(downgrade_indicator(conversion, object));
	if (slice_equal(type, SLICE("marking-definition")))
		TRY(downgrade_marking(conversion, object));
	TRY(drop_languages(conversion, object));
	TRY(rename_extensions(conversion, object));
	TRY(rename_references(conversion, object));
	return rename_type(conversion, object);
}

static enum err bundle_id(json_t *objects, char ret_id[64])
{
	static const uint8_t space[16] = {
		0x0b, 0x1c, 0xe5, 0xd1, 0x57, 0x1c, 0x50, 0x00, 0x80, 0x00, 0x73, 0x74, 0x69, 0x78, 0x32, 0x30};
	uint8_t uuid[16];
	AUTO_BUF text = buf_make(LIMIT_MESSAGE), hex = buf_make(32);
	json_canonical(objects, &text);
	TRY(text.err);
	crypto_uuid5(space, buf_slice(&text), uuid);
	buf_put_hex(&hex, SLICE_ARRAY(uuid));
	TRY(hex.err);
	const char *d = (const char *)hex.data;
	snprintf(ret_id, 64, "bundle--%.8s-%.4s-%.4s-%.4s-%.12s", d, d + 8, d + 12, d + 16, d + 20);
	return ERR_OK;
}

enum err stix_to_20(json_t *objects, struct arena *arena, struct stix_report *ret_report, json_t **ret_bundle)
{
	struct stix_report report = {.count = 0};
	struct stix_conversion conversion = {.arena = arena, .report = &report};
	char id[64];
	for (size_t i = 0; i < json_array_size(objects); i++) {
		json_t *object = json_array_get(objects, i);
		struct slice written = json_slice(json_object_get(object, "id"));
		conversion.index = i;
		TRY(arena_copy(arena, written, &conversion.id));
		TRY(downgrade_object(&conversion, object));
	}
	TRY(bundle_id(objects, id));
	json_t *bundle = json_pack(
		"{s:s, s:s, s:s, s:O}", "type", "bundle", "id", id, "spec_version", "2.0", "objects", objects);
	if (!bundle)
		return ERR_MEMORY;
	*ret_report = report;
	*ret_bundle = bundle;
	return ERR_OK;
}
