/* A document against the tables: objects, the objects inside of them, and what holds between properties.
 * Must never stop at the first fault, and never let one document's faults fill the memory. */
#include "object/stix_checker.h"

#include <stdarg.h>

/* ---- reporting ---- */

enum { PATH_DEPTH = 16, FINDING_TEXT = 400 };

static void put_step(struct buf *path, const char *name, size_t index, const char *key)
{
	if (name)
		buf_printf(path, "%s%.250s", path->len ? "." : "", name);
	if (index != STIX_NO_INDEX)
		buf_printf(path, "%s[%zu]", path->len ? "." : "", index);
	if (key)
		buf_printf(path, "%s%.250s", path->len ? "." : "", key);
}

static enum err print_path(struct stix_checker *checker, const struct stix_place *place, struct slice *ret_path)
{
	const struct stix_frame *frames[PATH_DEPTH];
	size_t depth = 0;
	AUTO_BUF path = buf_make(16 * 1024);
	for (const struct stix_frame *at = place->frame; at && at->parent && depth < PATH_DEPTH; at = at->parent)
		frames[depth++] = at;
	while (depth-- > 0)
		put_step(&path, frames[depth]->name, frames[depth]->index, frames[depth]->inner);
	put_step(&path, place->name, place->index, place->key);
	TRY(path.err);
	return arena_copy(checker->arena, buf_slice(&path), ret_path);
}

__attribute__((format(printf, 4, 0))) static enum err report(struct stix_checker *checker,
	const struct stix_place *place, struct stix_finding *finding,
	const char *format, va_list arguments)
{
	char text[FINDING_TEXT];
	int len = vsnprintf(text, sizeof(text), format, arguments);
	finding->object = checker->object;
	finding->id = slice_take(checker->id, LIMIT_OBJECT_ID);
	TRY(arena_copy(checker->arena, finding->id, &finding->id));
	TRY(print_path(checker, place, &finding->path));
	struct slice whole = slice_of(text, len < 0 ? 0 : (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
	return arena_copy(checker->arena, utf8_take(whole, FINDING_TEXT - 4), &finding->text);
}

enum err stix_error(
	struct stix_checker *checker, const struct stix_place *place, const char *rule, const char *format, ...)
{
	size_t at = checker->findings->error_count++;
	if (at >= LIMIT_FINDINGS)
		return ERR_OK;
	va_list arguments;
	va_start(arguments, format);
	checker->findings->errors[at].rule = rule;
	enum err err = report(checker, place, &checker->findings->errors[at], format, arguments);
	va_end(arguments);
	return err;
}

enum err stix_note(
	struct stix_checker *checker, const struct stix_place *place, const char *rule, const char *format, ...)
{
	if (!checker->notes)
		return ERR_OK;
	size_t at = checker->findings->note_count++;
	if (at >= LIMIT_FINDINGS)
		return ERR_OK;
	va_list arguments;
	va_start(arguments, format);
	checker->findings->notes[at].rule = rule;
	enum err err = report(checker, place, &checker->findings->notes[at], format, arguments);
	va_end(arguments);
	return err;
}

void stix_print_finding(const struct stix_finding *finding, struct buf *text)
{
	if (finding->object != STIX_NO_OBJECT)
		buf_printf(text, "objects[%zu]%s", finding->object, finding->id.len ? " " : "");
	else
		buf_put_text(text, "bundle");
	buf_put(text, finding->id);
	if (finding->path.len)
		buf_printf(text, ", %.*s", SLICE_ARG(finding->path));
	buf_printf(text, ": %.*s (%s)", SLICE_ARG(finding->text), finding->rule);
}

/* ---- one JSON object ---- */

enum err stix_wait(
	struct stix_checker *checker, const struct stix_place *place, const struct stix_shape *shape, json_t *object)
{
	struct stix_frame *frame = ARENA_NEW(checker->arena, struct stix_frame);
	if (!frame)
		return ERR_MEMORY;
	*frame = (struct stix_frame){.shape = shape,
		.object = object,
		.parent = place->frame,
		.name = place->name,
		.index = place->index,
		.inner = place->key,
		.embedded = place->frame && place->frame->embedded,
		.next = checker->waiting};
	checker->waiting = frame;
	return ERR_OK;
}

static const struct stix_property *find_property(const struct stix_property *rows, const char *name)
{
	for (; rows && rows->name; rows++)
		if (rows->name[0] == name[0] && strcmp(rows->name, name) == 0)
			return rows;
	return NULL;
}

static enum err check_properties(struct stix_checker *checker, const struct stix_frame *frame)
{
	const char *name;
	json_t *value;
	json_object_foreach(frame->object, name, value)
	{
		struct stix_place place = {frame, name, STIX_NO_INDEX, NULL};
		const struct stix_property *row = find_property(frame->shape->properties, name);
		if (!row)
			row = find_property(frame->shape->common, name);
		TRY(row ? stix_check_value(checker, &place, row, value) : stix_check_custom(checker, &place, value));
	}
	return ERR_OK;
}

/* id and type were looked at before, and what stands in a container has no id. */
static enum err check_required(
	struct stix_checker *checker, const struct stix_frame *frame, const struct stix_property *rows)
{
	for (; rows && rows->name; rows++) {
		if (!(rows->flags & STIX_REQUIRED) || json_object_get(frame->object, rows->name))
			continue;
		if (strcmp(rows->name, "id") == 0 || strcmp(rows->name, "type") == 0)
			continue;
		struct stix_place place = {frame, rows->name, STIX_NO_INDEX, NULL};
		TRY(stix_error(checker, &place, "required", "is missing"));
	}
	return ERR_OK;
}

/* ---- what holds between properties ---- */

static const char *name_at(struct slice *rest, char text[64])
{
	struct slice name;
	*rest = slice_split(*rest, '|', &name);
	snprintf(text, 64, "%.*s", SLICE_ARG(name));
	return text;
}

static size_t count_present(const struct stix_frame *frame, struct slice names)
{
	char name[64];
	size_t count = 0;
	while (names.len)
		count += json_object_get(frame->object, name_at(&names, name)) != NULL;
	return count;
}

static enum err check_choice(struct stix_checker *checker, const struct stix_frame *frame, const struct stix_rule *rule)
{
	size_t count = count_present(frame, slice_text(rule->names));
	struct stix_place place = {frame, NULL, STIX_NO_INDEX, NULL};
	if (count == 0)
		return stix_error(checker, &place, "one-of", "needs %s of %s",
			rule->kind == RULE_ONE_OF ? "exactly one" : "at least one", rule->names);
	if (rule->kind == RULE_ONE_OF && count > 1)
		return stix_error(checker, &place, "one-of", "must have only one of %s", rule->names);
	return ERR_OK;
}

static enum err check_needs(struct stix_checker *checker, const struct stix_frame *frame, const struct stix_rule *rule)
{
	char first[64], name[64];
	struct slice rest = slice_text(rule->names);
	name_at(&rest, first);
	if (!json_object_get(frame->object, first))
		return ERR_OK;
	while (rest.len) {
		bool present = json_object_get(frame->object, name_at(&rest, name)) != NULL;
		struct stix_place place = {frame, name, STIX_NO_INDEX, NULL};
		if (rule->kind == RULE_NEEDS && !present)
			TRY(stix_error(checker, &place, "needs", "is missing beside %s", first));
		if (rule->kind == RULE_EXCLUDES && present)
			TRY(stix_error(checker, &place, "excludes", "must not stand beside %s", first));
	}
	return ERR_OK;
}

static enum err check_order(struct stix_checker *checker, const struct stix_frame *frame, const struct stix_rule *rule)
{
	char first[64], second[64];
	size_t decimals;
	struct slice rest = slice_text(rule->names);
	name_at(&rest, first);
	name_at(&rest, second);
	struct slice a = json_slice(json_object_get(frame->object, first));
	struct slice b = json_slice(json_object_get(frame->object, second));
	if (!stix_is_time(a, &decimals) || !stix_is_time(b, &decimals))
		return ERR_OK;
	int order = stix_time_compare(a, b);
	if (order < 0 || (order == 0 && rule->kind == RULE_ORDER))
		return ERR_OK;
	struct stix_place place = {frame, second, STIX_NO_INDEX, NULL};
	return stix_error(checker, &place, "order", "must %s before %s",
		rule->kind == RULE_LATER ? "be later than, not at or" : "not be", first);
}

static enum err check_something(
	struct stix_checker *checker, const struct stix_frame *frame, const struct stix_rule *rule)
{
	(void)rule;
	const char *name;
	json_t *value;
	json_object_foreach(frame->object, name, value) if (find_property(frame->shape->properties, name) ||
							    strcmp(name, "extensions") == 0) return ERR_OK;
	struct stix_place place = {frame, NULL, STIX_NO_INDEX, NULL};
	return stix_error(checker, &place, "one-of", "needs at least one property of its own");
}

static enum err check_function(
	struct stix_checker *checker, const struct stix_frame *frame, const struct stix_rule *rule)
{
	return rule->check(checker, frame);
}

static enum err (*const RULES[])(
	struct stix_checker *checker, const struct stix_frame *frame, const struct stix_rule *rule) = {
	[RULE_ANY_OF] = check_choice,
	[RULE_ONE_OF] = check_choice,
	[RULE_NEEDS] = check_needs,
	[RULE_EXCLUDES] = check_needs,
	[RULE_ORDER] = check_order,
	[RULE_LATER] = check_order,
	[RULE_SOMETHING] = check_something,
	[RULE_CHECK] = check_function,
};

static enum err check_frame(struct stix_checker *checker, const struct stix_frame *frame)
{
	TRY(check_properties(checker, frame));
	TRY(check_required(checker, frame, frame->shape->properties));
	if (!frame->embedded)
		TRY(check_required(checker, frame, frame->shape->common));
	for (size_t i = 0; i < frame->shape->rules_count; i++)
		TRY(RULES[frame->shape->rules[i].kind](checker, frame, &frame->shape->rules[i]));
	return ERR_OK;
}

/* ---- one STIX object ---- */

/* spec: STIX 2.1 3.5, 3.2 (type) */
static bool is_type_name(struct slice type)
{
	for (size_t i = 0; i < type.len; i++)
		if (!((type.data[i] >= 'a' && type.data[i] <= 'z') || (type.data[i] >= '0' && type.data[i] <= '9') ||
			    type.data[i] == '-'))
			return false;
	return type.len >= 3 && type.len <= 250;
}

static enum err check_identity(struct stix_checker *checker, const struct stix_frame *frame, bool *ret_usable)
{
	struct slice of_id;
	struct stix_place type = {frame, "type", STIX_NO_INDEX, NULL}, id = {frame, "id", STIX_NO_INDEX, NULL};
	size_t before = checker->findings->error_count;
	if (!checker->type.len)
		TRY(stix_error(checker, &type, "required", "is missing"));
	else if (!is_type_name(checker->type) || slice_equal(checker->type, SLICE("bundle")))
		TRY(stix_error(checker, &type, "type-name", "is no type of an object"));
	if (!checker->id.len)
		TRY(stix_error(checker, &id, "required", "is missing"));
	else if (!stix_is_identifier(checker->id, &of_id))
		TRY(stix_error(checker, &id, "identifier", "is no identifier like type--UUID (RFC 4122, lower case)"));
	else if (checker->type.len && !slice_equal(of_id, checker->type))
		TRY(stix_error(checker, &id, "id-type", "must begin with the object's type"));
	*ret_usable = checker->findings->error_count == before;
	return ERR_OK;
}

/* Custom observables have no version of the standard; all others say which they follow. */
static enum err check_custom_type(struct stix_checker *checker, const struct stix_frame *frame)
{
	json_t *extensions = json_object_get(frame->object, "extensions"), *extension;
	const char *key;
	if (!json_object_get(frame->object, "spec_version")) {
		bool observable = false;
		json_object_foreach(extensions, key, extension) observable |=
			slice_equal(json_slice(json_object_get(extension, "extension_type")), SLICE("new-sco"));
		struct stix_place place = {frame, "spec_version", STIX_NO_INDEX, NULL};
		if (!observable)
			TRY(stix_error(checker, &place, "required", "is missing"));
	}
	struct stix_place place = {frame, "type", STIX_NO_INDEX, NULL};
	return stix_note(checker, &place, "custom", "no type of the standard; it is kept");
}

/* spec: STIX 2.1 2.9 */
static enum err note_identity(
	struct stix_checker *checker, const struct stix_frame *frame, const struct stix_type *type)
{
	struct slice id;
	if (!checker->notes || !type || type->class != STIX_OBSERVABLE)
		return ERR_OK;
	TRY(stix_observable_id(frame->object, checker->arena, &id));
	if (!id.len || slice_equal(id, checker->id))
		return ERR_OK;
	struct stix_place place = {frame, "id", STIX_NO_INDEX, NULL};
	return stix_note(
		checker, &place, "deterministic-id", "the id from its properties would be %.*s", SLICE_ARG(id));
}

static enum err check_object(struct stix_checker *checker, json_t *object, size_t index)
{
	checker->object = index;
	checker->root = object;
	checker->id = json_slice(json_object_get(object, "id"));
	checker->type = json_slice(json_object_get(object, "type"));
	checker->container = NULL;
	checker->waiting = NULL;
	const struct stix_type *type = stix_type_find(checker->type);
	struct stix_frame frame = {
		.shape = type ? type->shape : &stix_custom_shape, .object = object, .index = STIX_NO_INDEX};
	struct stix_place whole = {&frame, NULL, STIX_NO_INDEX, NULL};
	bool usable;
	if (!json_is_object(object))
		return stix_error(checker, &whole, "type", "must be an object");
	TRY(check_identity(checker, &frame, &usable));
	if (!checker->type.len)
		return ERR_OK;
	if (!type)
		TRY(check_custom_type(checker, &frame));
	TRY(check_frame(checker, &frame));
	while (checker->waiting) {
		struct stix_frame *inner = checker->waiting;
		checker->waiting = inner->next;
		TRY(check_frame(checker, inner));
	}
	return usable ? note_identity(checker, &frame, type) : ERR_OK;
}

/* ---- the document ---- */

struct version {
	struct slice id, modified;
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

/* One version of one object must not stand twice with different content. spec: STIX 2.1 3.1, 3.6 */
static enum err check_repeated(struct stix_checker *checker, json_t *objects)
{
	size_t count = json_array_size(objects);
	struct version *versions = ARENA_ARRAY(checker->arena, count + 1, struct version);
	if (!versions)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_array_get(objects, i);
		versions[i] = (struct version){json_slice(json_object_get(object, "id")),
			json_slice(json_object_get(object, "modified")), object, i};
	}
	qsort(versions, count, sizeof(*versions), compare_versions);
	for (size_t i = 1; i < count; i++) {
		if (!versions[i].id.len || !slice_equal(versions[i].id, versions[i - 1].id) ||
			!slice_equal(versions[i].modified, versions[i - 1].modified) ||
			json_equal(versions[i].object, versions[i - 1].object))
			continue;
		struct stix_frame frame = {.index = STIX_NO_INDEX};
		struct stix_place place = {&frame, "id", STIX_NO_INDEX, NULL};
		checker->object = versions[i].index;
		checker->id = versions[i].id;
		TRY(stix_error(checker, &place, "duplicate-id", "stands at objects[%zu] with other content",
			versions[i - 1].index));
	}
	return ERR_OK;
}

static enum err check_bundle(struct stix_checker *checker, json_t *bundle)
{
	struct stix_frame frame = {.object = bundle, .index = STIX_NO_INDEX};
	struct stix_place place = {&frame, "id", STIX_NO_INDEX, NULL};
	struct slice type;
	checker->object = STIX_NO_OBJECT;
	checker->id = json_slice(json_object_get(bundle, "id"));
	if (!checker->id.len)
		return stix_error(checker, &place, "required", "is missing");
	if (!stix_is_identifier(checker->id, &type))
		return stix_error(
			checker, &place, "identifier", "is no identifier like bundle--UUID (RFC 4122, lower case)");
	return slice_equal(type, SLICE("bundle")) ? ERR_OK
						  : stix_error(checker, &place, "id-type", "must begin with bundle--");
}

enum err stix_check(
	json_t *document, bool notes, struct arena *arena, struct stix_findings *ret_findings, struct diag *diag)
{
	json_t *type = json_object_get(document, "type"), *objects = json_object_get(document, "objects");
	bool bundle = slice_equal(json_slice(type), SLICE("bundle")), many = bundle || (!type && objects);
	struct stix_findings *findings = ARENA_NEW(arena, struct stix_findings);
	if (!findings)
		return ERR_MEMORY;
	struct stix_checker checker = {.arena = arena, .findings = findings, .notes = notes};
	if (!json_is_object(document))
		return diag_fail(diag, ERR_MALFORMED, "a STIX object or bundle is one JSON object");
	if (many && (!json_is_array(objects) || json_array_size(objects) == 0))
		return diag_fail(diag, ERR_MALFORMED, "a bundle without objects");
	if (json_array_size(objects) > LIMIT_BUNDLE_OBJECTS && many)
		return diag_fail(diag, ERR_TOO_LARGE, "a bundle of %zu objects; at most %d are read",
			json_array_size(objects), LIMIT_BUNDLE_OBJECTS);
	if (bundle)
		TRY(check_bundle(&checker, document));
	for (size_t i = 0; i < (many ? json_array_size(objects) : 1); i++)
		TRY(check_object(&checker, many ? json_array_get(objects, i) : document, i));
	if (many)
		TRY(check_repeated(&checker, objects));
	*ret_findings = *findings;
	return ERR_OK;
}
