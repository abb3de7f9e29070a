/* What the standard demands of single types beyond their tables. Must never demand more than the standard does. */
#include "object/pattern.h"
#include "object/stix_checker.h"

static struct slice text_of(const struct stix_frame *frame, const char *name)
{
	return json_slice(json_object_get(frame->object, name));
}

static enum err fault(struct stix_checker *checker, const struct stix_frame *frame, const char *name, const char *rule,
	const char *text)
{
	struct stix_place place = {frame, name, STIX_NO_INDEX, NULL};
	return stix_error(checker, &place, rule, "%s", text);
}

/* spec: STIX 2.1 4.11 */
enum err stix_check_family(struct stix_checker *checker, const struct stix_frame *frame)
{
	if (json_is_true(json_object_get(frame->object, "is_family")) && !json_object_get(frame->object, "name"))
		return fault(checker, frame, "name", "needs", "is missing; a family of malware has a name");
	return ERR_OK;
}

/* spec: STIX 2.1 4.7, 9 */
enum err stix_check_pattern(struct stix_checker *checker, const struct stix_frame *frame)
{
	AUTO_ARENA arena = {0};
	const struct pattern_node *pattern;
	struct diag diag = {0};
	struct slice text = text_of(frame, "pattern");
	if (!slice_equal(text_of(frame, "pattern_type"), SLICE("stix")) || !text.len)
		return ERR_OK;
	enum err err = pattern_parse(text, &arena, &pattern, &diag);
	if (err == ERR_OK || err == ERR_MEMORY)
		return err;
	struct stix_place place = {frame, "pattern", STIX_NO_INDEX, NULL};
	/* an expression that cannot be matched here may be matched elsewhere */
	if (err == ERR_UNSUPPORTED)
		return stix_note(checker, &place, "pattern", "%s", diag.text);
	return stix_error(checker, &place, "pattern", "line %u, column %u: %s", diag.line, diag.column, diag.text);
}

/* ---- external references ---- */

static size_t count_digits(struct slice text)
{
	size_t len = 0;
	while (len < text.len && text.data[len] >= '0' && text.data[len] <= '9')
		len++;
	return len;
}

static bool is_cve(struct slice id)
{
	struct slice rest = slice_skip(id, 4);
	if (!slice_has_prefix(id, SLICE("CVE-")) || count_digits(rest) != 4 || rest.len < 5 || rest.data[4] != '-')
		return false;
	rest = slice_skip(rest, 5);
	return rest.len >= 4 && count_digits(rest) == rest.len;
}

static bool is_capec(struct slice id)
{
	struct slice rest = slice_skip(id, 6);
	return slice_has_prefix(id, SLICE("CAPEC-")) && rest.len > 0 && count_digits(rest) == rest.len;
}

/* spec: STIX 2.1 2.5.2 */
enum err stix_check_reference(struct stix_checker *checker, const struct stix_frame *frame)
{
	struct slice source = text_of(frame, "source_name"), id = text_of(frame, "external_id");
	if (slice_equal(source, SLICE("cve")) && !is_cve(id))
		return fault(
			checker, frame, "external_id", "form", "must be like CVE-2024-1234 when source_name is cve");
	if (slice_equal(source, SLICE("capec")) && !is_capec(id))
		return fault(checker, frame, "external_id", "form", "must be like CAPEC-123 when source_name is capec");
	return ERR_OK;
}

/* ---- markings ---- */

/* spec: STIX 2.1 7.2.1.4: the only four there are */
static const struct {
	const char *level, *id;
} TLP[] = {
	{"white", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"},
	{"green", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"},
	{"amber", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"},
	{"red", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"},
};

static bool is_tlp(struct slice level, struct slice id)
{
	for (size_t i = 0; i < sizeof(TLP) / sizeof(TLP[0]); i++)
		if (slice_equal(level, slice_text(TLP[i].level)))
			return slice_equal(id, slice_text(TLP[i].id));
	return false;
}

enum err stix_check_marking_definition(struct stix_checker *checker, const struct stix_frame *frame)
{
	json_t *definition = json_object_get(frame->object, "definition");
	struct slice type = text_of(frame, "definition_type");
	if (json_object_get(frame->object, "modified"))
		TRY(fault(checker, frame, "modified", "excludes", "a marking has no versions"));
	if (!definition)
		return ERR_OK;
	if (!json_is_object(definition))
		return fault(checker, frame, "definition", "type", "must be an object");
	if (slice_equal(type, SLICE("statement")) && !json_is_string(json_object_get(definition, "statement")))
		return fault(checker, frame, "definition", "marking", "a statement marking has the text \"statement\"");
	struct slice level = json_slice(json_object_get(definition, "tlp"));
	if (slice_equal(type, SLICE("tlp")) && !is_tlp(level, checker->id))
		return fault(checker, frame, "definition", "marking",
			"a TLP marking is one of the four of the standard, with its id");
	return ERR_OK;
}

/* spec: STIX 2.1 7.3.2 */
enum err stix_check_definition(struct stix_checker *checker, const struct stix_frame *frame)
{
	json_t *types = json_object_get(frame->object, "extension_types"), *type;
	size_t i;
	if (!json_object_get(frame->object, "extension_properties"))
		return ERR_OK;
	json_array_foreach(
		types, i, type) if (slice_equal(json_slice(type), SLICE("toplevel-property-extension"))) return ERR_OK;
	return fault(checker, frame, "extension_properties", "excludes",
		"needs the type toplevel-property-extension beside it");
}

/* ---- observables ---- */

/* spec: STIX 2.1 6.6 */
enum err stix_check_message(struct stix_checker *checker, const struct stix_frame *frame)
{
	json_t *multipart = json_object_get(frame->object, "is_multipart");
	if (json_is_true(multipart) && json_object_get(frame->object, "body"))
		return fault(checker, frame, "body", "excludes", "must not stand in a message of several parts");
	if (json_is_false(multipart) && json_object_get(frame->object, "body_multipart"))
		return fault(checker, frame, "body_multipart", "excludes", "must not stand in a message of one part");
	return ERR_OK;
}

/* spec: STIX 2.1 6.12 */
enum err stix_check_traffic(struct stix_checker *checker, const struct stix_frame *frame)
{
	if (json_is_true(json_object_get(frame->object, "is_active")) && json_object_get(frame->object, "end"))
		return fault(checker, frame, "end", "excludes", "traffic that is active has not ended");
	return ERR_OK;
}
