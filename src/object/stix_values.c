/* One value against its row. Must never change a value, nor report it longer than a line. */
#include "object/stix_checker.h"

#include "object/stix_rules.h"

enum { SHOWN = 60 };

#define SHOW(value) SLICE_ARG(utf8_take(json_slice(value), SHOWN))

typedef enum err value_check(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value);

static enum err wrong_type(struct stix_checker *checker, const struct stix_place *place, const char *wanted)
{
	return stix_error(checker, place, "type", "must be %s", wanted);
}

static enum err check_any(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	(void)property;
	return json_is_null(value) ? wrong_type(checker, place, "a value; STIX knows no null") : ERR_OK;
}

static enum err check_text(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	(void)property;
	return json_is_string(value) ? ERR_OK : wrong_type(checker, place, "a text");
}

static enum err check_boolean(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	(void)property;
	return json_is_boolean(value) ? ERR_OK : wrong_type(checker, place, "true or false");
}

static enum err check_integer(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	json_int_t number = json_integer_value(value);
	if (!json_is_integer(value))
		return wrong_type(checker, place, "an integer");
	if (property->min == property->max || (number >= property->min && number <= property->max))
		return ERR_OK;
	if (property->max == INT64_MAX)
		return stix_error(checker, place, "range", "must not be below %lld", (long long)property->min);
	return stix_error(checker, place, "range", "must be from %lld to %lld", (long long)property->min,
		(long long)property->max);
}

static enum err check_number(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	double number = json_number_value(value);
	if (!json_is_number(value))
		return wrong_type(checker, place, "a number");
	if (property->min == property->max || (number >= (double)property->min && number <= (double)property->max))
		return ERR_OK;
	return stix_error(checker, place, "range", "must be from %lld to %lld", (long long)property->min,
		(long long)property->max);
}

static enum err check_time(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	size_t decimals;
	if (!json_is_string(value))
		return wrong_type(checker, place, "a time");
	if (!stix_is_time(json_slice(value), &decimals))
		return stix_error(checker, place, "timestamp",
			"\"%.*s\" is no time in UTC like 2026-01-31T12:00:00.000Z", SHOW(value));
	if (property->kind == KIND_MILLI_TIME && decimals < 3)
		return stix_note(checker, place, "precision", "the standard asks for at least three decimals; it is kept");
	return ERR_OK;
}

/* Inside of a container, references are its keys. */
static enum err check_key(struct stix_checker *checker, const struct stix_place *place, json_t *value)
{
	const char *key = json_string_value(value);
	if (key && json_object_get(checker->container, key))
		return ERR_OK;
	return stix_error(checker, place, "reference", "\"%.*s\" is no key of the container", SHOW(value));
}

static enum err check_reference(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	struct slice type;
	if (!json_is_string(value))
		return wrong_type(checker, place, "an identifier");
	if (place->frame->embedded && checker->container && !stix_is_identifier(json_slice(value), &type))
		return check_key(checker, place, value);
	if (!stix_is_identifier(json_slice(value), &type))
		return stix_error(
			checker, place, "identifier", "\"%.*s\" is no identifier like type--UUID", SHOW(value));
	if (stix_allows_target(property->words, type))
		return ERR_OK;
	return stix_error(checker, place, "reference-type", "must not name an object of type %.*s",
		SLICE_ARG(utf8_take(type, SHOWN)));
}

static enum err check_enum(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	if (!json_is_string(value))
		return wrong_type(checker, place, "a text");
	if (stix_listed(property->words, json_slice(value)))
		return ERR_OK;
	const char *rule = strcmp(property->name, "spec_version") == 0 ? "spec-version" : "enum";
	return stix_error(checker, place, rule, "\"%.*s\" is none of %s", SHOW(value), property->words);
}

static enum err check_vocabulary(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	if (!json_is_string(value))
		return wrong_type(checker, place, "a text");
	if (!checker->notes || stix_listed(property->words, json_slice(value)))
		return ERR_OK;
	return stix_note(
		checker, place, "vocabulary", "\"%.*s\" is not in the standard's open vocabulary", SHOW(value));
}

static enum err check_form(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	if (!json_is_string(value))
		return wrong_type(checker, place, "a text");
	/* what was made harmless on purpose has no form. spec: STIX 2.1 6 (defanged) */
	if (property->form(json_slice(value)) || json_is_true(json_object_get(checker->root, "defanged")))
		return ERR_OK;
	return stix_error(checker, place, "form", "\"%.*s\" is not %s", SHOW(value), property->expected);
}

static bool is_hex(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789abcdefABCDEF", text.data[i]) || !text.data[i])
			return false;
	return text.len > 0;
}

static enum err check_hex(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	(void)property;
	if (json_is_string(value) && is_hex(json_slice(value)) && json_string_length(value) % 2 == 0)
		return ERR_OK;
	return stix_error(checker, place, "hex", "must be pairs of hexadecimal digits");
}

static enum err check_binary(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	(void)property;
	AUTO_BUF bytes = buf_make(json_string_length(value) + 4);
	if (json_is_string(value) && json_string_length(value) > 0 &&
		base64_decode(json_slice(value), &bytes) == ERR_OK)
		return ERR_OK;
	return stix_error(checker, place, "binary", "must be base64");
}

/* ---- dictionaries ---- */

static bool is_key(const char *key, size_t min)
{
	size_t len = strlen(key);
	for (size_t i = 0; i < len; i++) {
		char c = key[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
			    c == '_'))
			return false;
	}
	return len >= min && len <= 250;
}

static enum err check_entry(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	if (!is_key(place->key, 1))
		TRY(stix_error(checker, place, "dictionary-key",
			"a key has 1 to 250 letters, digits, hyphens and underscores"));
	if (property->min == KIND_TEXT)
		return check_text(checker, place, property, value);
	if (property->min == KIND_INTEGER)
		return json_is_integer(value) ? ERR_OK : wrong_type(checker, place, "an integer");
	return ERR_OK;
}

static enum err check_dictionary(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	const char *key;
	json_t *entry;
	if (!json_is_object(value))
		return wrong_type(checker, place, "an object");
	if (json_object_size(value) == 0)
		return stix_error(checker, place, "empty", "must not be empty");
	json_object_foreach(value, key, entry)
	{
		struct stix_place inner = {place->frame, place->name, place->index, key};
		TRY(check_entry(checker, &inner, property, entry));
	}
	return ERR_OK;
}

struct hash_form {
	const char *name;
	size_t digits; /* hexadecimal; 0: another form */
};

/* spec: STIX 2.1 10.6 */
static const struct hash_form HASH_FORMS[] = {
	{"MD5", 32},
	{"SHA-1", 40},
	{"SHA-256", 64},
	{"SHA-512", 128},
	{"SHA3-256", 64},
	{"SHA3-512", 128},
	{"SSDEEP", 0},
	{"TLSH", 0},
};

static enum err check_hash(struct stix_checker *checker, const struct stix_place *place, json_t *value)
{
	if (!is_key(place->key, 3))
		return stix_error(checker, place, "dictionary-key",
			"the name of a hash has 3 to 250 letters, digits, hyphens and underscores");
	if (!json_is_string(value) || json_string_length(value) == 0)
		return wrong_type(checker, place, "a text");
	for (size_t i = 0; i < sizeof(HASH_FORMS) / sizeof(HASH_FORMS[0]); i++) {
		if (strcmp(place->key, HASH_FORMS[i].name) != 0)
			continue;
		size_t digits = HASH_FORMS[i].digits;
		bool good = !digits || (json_string_length(value) == digits && is_hex(json_slice(value)));
		return good ? ERR_OK : stix_error(checker, place, "hash", "must have %zu hexadecimal digits", digits);
	}
	return stix_note(checker, place, "vocabulary", "\"%.60s\" is no hash of the standard", place->key);
}

static enum err check_hashes(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	const char *key;
	json_t *hash;
	(void)property;
	if (!json_is_object(value))
		return wrong_type(checker, place, "an object of hashes by algorithm");
	if (json_object_size(value) == 0)
		return stix_error(checker, place, "empty", "must not be empty");
	json_object_foreach(value, key, hash)
	{
		struct stix_place inner = {place->frame, place->name, place->index, key};
		TRY(check_hash(checker, &inner, hash));
	}
	return ERR_OK;
}

static enum err check_shape(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	if (!json_is_object(value))
		return wrong_type(checker, place, "an object");
	return stix_wait(checker, place, property->shape, value);
}

/* ---- kinds with rules of their own ---- */

#define SPECIAL_CHECK(name, function)                                                                                  \
	static enum err name(struct stix_checker *checker, const struct stix_place *place,                             \
		const struct stix_property *property, json_t *value)                                                   \
	{                                                                                                              \
		(void)property;                                                                                        \
		return function(checker, place, value);                                                                \
	}
SPECIAL_CHECK(check_extensions, stix_check_extensions)
SPECIAL_CHECK(check_container, stix_check_container)
SPECIAL_CHECK(check_selector, stix_check_selector)
SPECIAL_CHECK(check_contents, stix_check_contents)

static value_check *const CHECKS[] = {
	[KIND_ANY] = check_any,
	[KIND_TEXT] = check_text,
	[KIND_BOOLEAN] = check_boolean,
	[KIND_INTEGER] = check_integer,
	[KIND_NUMBER] = check_number,
	[KIND_TIME] = check_time,
	[KIND_MILLI_TIME] = check_time,
	[KIND_REFERENCE] = check_reference,
	[KIND_ENUM] = check_enum,
	[KIND_VOCABULARY] = check_vocabulary,
	[KIND_FORM] = check_form,
	[KIND_HASHES] = check_hashes,
	[KIND_HEX] = check_hex,
	[KIND_BINARY] = check_binary,
	[KIND_DICTIONARY] = check_dictionary,
	[KIND_SHAPE] = check_shape,
	[KIND_EXTENSIONS] = check_extensions,
	[KIND_CONTAINER] = check_container,
	[KIND_SELECTOR] = check_selector,
	[KIND_CONTENTS] = check_contents,
};

enum err stix_check_value(struct stix_checker *checker, const struct stix_place *place,
	const struct stix_property *property, json_t *value)
{
	value_check *check = CHECKS[property->kind];
	if (!(property->flags & STIX_LIST))
		return check(checker, place, property, value);
	if (!json_is_array(value))
		return wrong_type(checker, place, "a list");
	if (json_array_size(value) == 0)
		return stix_error(checker, place, "empty", "a list must not be empty");
	for (size_t i = 0; i < json_array_size(value); i++) {
		struct stix_place entry = {place->frame, place->name, i, NULL};
		TRY(check(checker, &entry, property, json_array_get(value, i)));
	}
	return ERR_OK;
}

static enum err check_custom_references(struct stix_checker *checker, const struct stix_place *place, json_t *value)
{
	static const struct stix_property any = {.kind = KIND_REFERENCE};
	if (!json_is_array(value))
		return check_reference(checker, place, &any, value);
	for (size_t i = 0; i < json_array_size(value); i++) {
		struct stix_place entry = {place->frame, place->name, i, NULL};
		TRY(check_reference(checker, &entry, &any, json_array_get(value, i)));
	}
	return ERR_OK;
}

static bool is_property_name(const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < len; i++)
		if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') || name[i] == '_'))
			return false;
	return len >= 3 && len <= 250;
}

enum err stix_check_custom(struct stix_checker *checker, const struct stix_place *place, json_t *value)
{
	if (!is_property_name(place->name))
		TRY(stix_error(checker, place, "property-name",
			"a property's name has 3 to 250 lower-case letters, digits and underscores"));
	if (json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0))
		return stix_note(checker, place, "empty", "an empty value; it is kept");
	if (!place->frame->parent && stix_refers(slice_text(place->name), value))
		return check_custom_references(checker, place, value);
	return place->frame->shape == &stix_custom_shape
		       ? ERR_OK
		       : stix_note(checker, place, "custom", "no property of the standard; it is kept");
}
