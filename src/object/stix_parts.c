/* The parts of STIX objects that have rules of their own: extensions, containers of observables, contents in other
 * languages, selectors. Must never follow what a document says deeper than its own JSON goes. */
#include "object/stix_checker.h"

/* ---- extensions ---- */

#define DEFINITION "extension-definition"
#define EXTENSION_TYPES "new-sdo|new-sco|new-sro|property-extension|toplevel-property-extension"

static enum err check_defined(struct stix_checker *checker, const struct stix_place *place, json_t *extension)
{
	json_t *type = json_object_get(extension, "extension_type");
	struct stix_place inner = {place->frame, place->name, STIX_NO_INDEX, place->key};
	if (!type)
		return stix_error(checker, &inner, "extension", "extension_type is missing");
	if (!stix_listed(EXTENSION_TYPES, json_slice(type)))
		return stix_error(checker, &inner, "extension", "extension_type is none of %s", EXTENSION_TYPES);
	return ERR_OK;
}

static bool is_extension_name(const char *key)
{
	size_t len = strlen(key);
	for (size_t i = 0; i < len; i++)
		if (!((key[i] >= 'a' && key[i] <= 'z') || (key[i] >= '0' && key[i] <= '9') || key[i] == '-' ||
			    key[i] == '_'))
			return false;
	return len >= 3 && len <= 250;
}

/* The type of the object that the frame is: an observable within a container names its own. */
static struct slice type_of(const struct stix_frame *frame)
{
	return json_slice(json_object_get(frame->object, "type"));
}

static enum err check_extension(struct stix_checker *checker, const struct stix_place *place, json_t *extension)
{
	struct slice name = slice_text(place->key), type;
	const char *owner;
	if (!json_is_object(extension) || json_object_size(extension) == 0)
		return stix_error(checker, place, "extension", "must be an object with properties");
	if (slice_has_prefix(name, SLICE(DEFINITION "--"))) {
		if (!stix_is_identifier(name, &type))
			return stix_error(
				checker, place, "extension", "the key is no identifier of an extension-definition");
		return check_defined(checker, place, extension);
	}
	const struct stix_shape *shape = stix_extension_find(name, &owner);
	if (shape && !slice_equal(type_of(place->frame), slice_text(owner)))
		return stix_error(checker, place, "extension", "belongs to %s", owner);
	if (shape)
		return stix_wait(checker, place, shape, extension);
	if (!is_extension_name(place->key))
		return stix_error(checker, place, "extension", "the key is no name of an extension");
	return stix_note(checker, place, "custom", "no extension of the standard; it is kept");
}

enum err stix_check_extensions(struct stix_checker *checker, const struct stix_place *place, json_t *value)
{
	const char *key;
	json_t *extension;
	if (!json_is_object(value))
		return stix_error(checker, place, "type", "must be an object");
	if (json_object_size(value) == 0)
		return stix_error(checker, place, "empty", "must not be empty");
	json_object_foreach(value, key, extension)
	{
		struct stix_place inner = {place->frame, place->name, STIX_NO_INDEX, key};
		TRY(check_extension(checker, &inner, extension));
	}
	return ERR_OK;
}

/* ---- observables in a container (deprecated "objects") ---- */

static enum err check_contained(struct stix_checker *checker, const struct stix_place *place, json_t *object)
{
	const struct stix_type *type = stix_type_find(json_slice(json_object_get(object, "type")));
	if (!json_is_object(object) || !json_is_string(json_object_get(object, "type")))
		return stix_error(checker, place, "type", "must be an observable with its type");
	if (type && type->class != STIX_OBSERVABLE)
		return stix_error(checker, place, "type-name", "is no observable");
	if (!type)
		return stix_note(checker, place, "custom", "no type of the standard; it is kept");
	TRY(stix_wait(checker, place, type->shape, object));
	checker->waiting->embedded = true;
	return ERR_OK;
}

enum err stix_check_container(struct stix_checker *checker, const struct stix_place *place, json_t *value)
{
	const char *key;
	json_t *object;
	if (!json_is_object(value))
		return stix_error(checker, place, "type", "must be an object");
	if (json_object_size(value) == 0)
		return stix_error(checker, place, "empty", "must not be empty");
	checker->container = value;
	json_object_foreach(value, key, object)
	{
		struct stix_place inner = {place->frame, place->name, STIX_NO_INDEX, key};
		TRY(check_contained(checker, &inner, object));
	}
	return ERR_OK;
}

/* ---- contents in other languages ---- */

enum err stix_check_contents(struct stix_checker *checker, const struct stix_place *place, json_t *value)
{
	const char *key;
	json_t *texts;
	if (!json_is_object(value))
		return stix_error(checker, place, "type", "must be an object");
	if (json_object_size(value) == 0)
		return stix_error(checker, place, "empty", "must not be empty");
	json_object_foreach(value, key, texts)
	{
		struct stix_place inner = {place->frame, place->name, STIX_NO_INDEX, key};
		if (!stix_form_language(slice_text(key)))
			TRY(stix_error(
				checker, &inner, "dictionary-key", "the key is no language like \"en\" or \"pt-BR\""));
		if (!json_is_object(texts) || json_object_size(texts) == 0)
			TRY(stix_error(checker, &inner, "type", "must be an object of the translated properties"));
	}
	return ERR_OK;
}

/* ---- selectors ---- */

/* The entry that "[12]" names; NULL for anything else. */
static json_t *entry_at(json_t *list, struct slice step)
{
	uint64_t index;
	struct slice digits = slice_take(slice_skip(step, 1), step.len >= 2 ? step.len - 2 : 0);
	if (step.len < 3 || step.data[step.len - 1] != ']' || slice_parse_u64(digits, &index) != ERR_OK)
		return NULL;
	return json_array_get(list, index);
}

/* spec: STIX 2.1 7.2.3.1 */
enum err stix_check_selector(struct stix_checker *checker, const struct stix_place *place, json_t *value)
{
	struct slice rest = json_slice(value), step;
	json_t *at = checker->root;
	if (!rest.len || rest.data[rest.len - 1] == '.')
		return stix_error(checker, place, "selector", "must be a text that names a property");
	while (rest.len && at) {
		rest = slice_split(rest, '.', &step);
		if (step.len && step.data[0] == '[') {
			at = entry_at(at, step);
			continue;
		}
		at = step.len ? json_object_getn(at, (const char *)step.data, step.len) : NULL;
	}
	return at ? ERR_OK
		  : stix_error(checker, place, "selector", "\"%.*s\" selects nothing in this object",
			    SLICE_ARG(utf8_take(json_slice(value), 100)));
}
