/* The gist of objects, and the form of the types of next steps. Must never take more of an object than its head says:
 * what a gist holds is shown and hidden with the head. */
#include "object/gist.h"

#include "base/moment.h"
#include "object/portion.h"
#include "object/stix.h"
#include "object/stix_rules.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const NOT_A_TRAIT[] = {
	"id", "type", "spec_version", "created", "modified", "extensions", "object_marking_refs", "granular_markings", "external_references",
	"lang", "revoked",
};

/* ---- what the types of next steps must say ---- */

enum demand_kind { DEMAND_TEXT, DEMAND_TIME, DEMAND_REFS, DEMAND_OPTIONS };
struct form_demand {
	const char *type, *member;
	uint8_t kind;
	bool required;
};
static const struct form_demand DEMANDS[] = {
	{TYPE_REQUIREMENT, "question", DEMAND_TEXT, true}, {TYPE_REQUIREMENT, "due", DEMAND_TIME, false},
	{TYPE_DECISION, "choice", DEMAND_TEXT, true}, {TYPE_DECISION, "reason", DEMAND_TEXT, true},
	{TYPE_DECISION, "options", DEMAND_OPTIONS, true}, {TYPE_TASK, "owner_nation", DEMAND_TEXT, true},
	{TYPE_TASK, "owner", DEMAND_TEXT, true}, {TYPE_TASK, "due", DEMAND_TIME, true},
	{TYPE_OUTCOME, "result", DEMAND_TEXT, true}, {TYPE_OUTCOME, "task_refs", DEMAND_REFS, true},
	{TYPE_WATCH_ENTRY, "text", DEMAND_TEXT, true},
};
static const char *const TYPES[] = {TYPE_REQUIREMENT, TYPE_PROBLEM, TYPE_DECISION, TYPE_TASK, TYPE_OUTCOME, TYPE_WATCH_ENTRY};

static bool is_next_step(struct slice type)
{
	for (size_t i = 0; i < COUNT_OF(TYPES); i++)
		if (slice_equal(type, slice_text(TYPES[i])))
			return true;
	return false;
}

static bool are_options(json_t *options, struct slice choice)
{
	bool chosen = false;
	size_t i;
	json_t *option;
	json_array_foreach(options, i, option) {
		struct slice name = json_slice(json_object_get(option, "name"));
		if (!name.len)
			return false;
		chosen |= slice_equal(name, choice);
	}
	return chosen;
}

static enum err demand_check(const struct form_demand *demand, json_t *object, struct diag *diag)
{
	json_t *value = json_object_get(object, demand->member);
	uint64_t ms;
	if (!value && !demand->required)
		return ERR_OK;
	if (!value)
		return diag_fail(diag, ERR_MALFORMED, "%s is missing", demand->member);
	if (demand->kind == DEMAND_TEXT && !slice_trim(json_slice(value)).len)
		return diag_fail(diag, ERR_MALFORMED, "%s: a text", demand->member);
	if (demand->kind == DEMAND_TIME && moment_parse(json_slice(value), &ms) != ERR_OK)
		return diag_fail(diag, ERR_MALFORMED, "%s: a time like 2026-01-31T12:00:00Z", demand->member);
	if (demand->kind == DEMAND_REFS && !json_array_size(value))
		return diag_fail(diag, ERR_MALFORMED, "%s: a list of ids", demand->member);
	if (demand->kind == DEMAND_OPTIONS && !are_options(value, json_slice(json_object_get(object, "choice"))))
		return diag_fail(diag, ERR_MALFORMED, "options: a list of objects with a name, the choice among them");
	return ERR_OK;
}

static enum err state_check(struct slice type, json_t *object, struct diag *diag)
{
	struct slice state = json_slice(json_object_get(object, "state"));
	if (!slice_equal(type, SLICE(TYPE_TASK)) || !json_object_get(object, "state") || slice_equal(state, SLICE("open")) ||
	    slice_equal(state, SLICE("cancelled")))
		return ERR_OK;
	return diag_fail(diag, ERR_MALFORMED, "state: open or cancelled; an outcome makes a task done");
}

static enum err form_check(struct slice type, json_t *object, struct diag *diag)
{
	if (!slice_trim(json_slice(json_object_get(object, "name"))).len)
		return diag_fail(diag, ERR_MALFORMED, "name is missing");
	if (!json_object_get(json_object_get(object, "extensions"), STIX_NEXT_STEPS))
		return diag_fail(diag, ERR_MALFORMED, "extensions: \"" STIX_NEXT_STEPS "\": {\"extension_type\": \"new-sdo\"} is missing");
	for (size_t i = 0; i < COUNT_OF(DEMANDS); i++) {
		/* an outcome's references stand apart from its head, where it came from elsewhere */
		if (slice_equal(type, slice_text(DEMANDS[i].type)))
			TRY(demand_check(&DEMANDS[i], object, diag));
	}
	return state_check(type, object, diag);
}

/* ---- traits ---- */

enum { RULES_MAX = LIMIT_GIST / 2, TRAITS_MAX = LIMIT_GIST / 16 }; /* with names and sources it is less than a gist */

struct making {
	struct gist gist;
	struct arena *arena;
	size_t octets; /* of traits */
	struct trait traits[LIMIT_TRAITS];
	struct name_item sources[LIMIT_TRAITS];
};

static enum err trait_put(struct making *making, const char *name, struct slice value)
{
	struct gist *gist = &making->gist;
	value = utf8_take(value, LIMIT_TRAIT);
	if (!value.len || gist->traits.count == LIMIT_TRAITS || strlen(name) > LIMIT_USER || making->octets + value.len > TRAITS_MAX)
		return ERR_OK;
	making->octets += value.len;
	struct trait *trait = &making->traits[gist->traits.count++];
	trait->name = slice_text(name);
	return arena_copy(making->arena, value, &trait->value);
}

static enum err value_put(struct making *making, const char *name, json_t *value)
{
	if (json_is_string(value))
		return trait_put(making, name, json_slice(value));
	if (json_is_boolean(value))
		return trait_put(making, name, json_is_true(value) ? SLICE("true") : SLICE("false"));
	if (!json_is_integer(value))
		return ERR_OK;
	const char *text = arena_printf(making->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return text ? trait_put(making, name, slice_text(text)) : ERR_MEMORY;
}

static bool is_trait(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(NOT_A_TRAIT); i++)
		if (strcmp(name, NOT_A_TRAIT[i]) == 0)
			return false;
	return !stix_is_reference(slice_text(name));
}

static enum err traits_make(struct making *making, json_t *object)
{
	const char *name;
	json_t *value, *item;
	size_t i;
	json_object_foreach(object, name, value) {
		if (!is_trait(name))
			continue;
		TRY(value_put(making, name, value));
		json_array_foreach(value, i, item)
			TRY(value_put(making, name, item));
	}
	return ERR_OK;
}

/* ---- sources and times ---- */

static enum err sources_make(struct making *making, json_t *object)
{
	struct gist *gist = &making->gist;
	size_t i;
	json_t *reference;
	json_array_foreach(json_object_get(object, "external_references"), i, reference) {
		struct slice name = json_slice(json_object_get(reference, "source_name")), id = json_slice(json_object_get(reference, "external_id"));
		if (!id.len)
			id = json_slice(json_object_get(reference, "url"));
		if (!name.len || !id.len || gist->sources.count == LIMIT_TRAITS || name.len + id.len + 1 > LIMIT_RULE_TEXT)
			continue;
		const char *text = arena_printf(making->arena, "%.*s\n%.*s", SLICE_ARG(name), SLICE_ARG(id));
		if (!text)
			return ERR_MEMORY;
		making->sources[gist->sources.count++].name = slice_text(text);
	}
	return ERR_OK;
}

static uint64_t seen_find(json_t *object)
{
	static const char *const names[] = {"last_seen", "last_observed", "first_seen", "first_observed"};
	uint64_t ms = 0;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (moment_parse(json_slice(json_object_get(object, names[i])), &ms) == ERR_OK)
			return ms;
	return 0;
}

static bool says_nothing(struct slice type, json_t *object)
{
	json_t *count = json_object_get(object, "count");
	return slice_equal(type, SLICE("sighting")) && json_is_integer(count) && json_integer_value(count) == 0;
}

static enum err encode(const struct schema *schema, const void *value, struct arena *arena, struct slice *ret_bytes)
{
	AUTO_BUF bytes = buf_make(schema == &problem_schema ? RULES_MAX : LIMIT_GIST);
	record_encode(schema, value, &bytes);
	TRY(bytes.err);
	return arena_copy(arena, buf_slice(&bytes), ret_bytes);
}

/* Rules that do not read are no rules: such a problem is shown as an object and never computed. */
static enum err rules_make(json_t *object, struct arena *arena, struct slice *ret_rules, struct diag *diag)
{
	struct problem problem;
	TRY(problem_read(object, arena, &problem, diag));
	enum err err = encode(&problem_schema, &problem, arena, ret_rules);
	return err == ERR_TOO_LARGE ? diag_fail(diag, err, "the rules have more than %d octets", RULES_MAX) : err;
}

enum err next_step_check(struct slice type, json_t *object, struct arena *arena, struct diag *diag)
{
	struct slice rules;
	if (!is_next_step(type))
		return ERR_OK;
	TRY(form_check(type, object, diag));
	return slice_equal(type, SLICE(TYPE_PROBLEM)) ? rules_make(object, arena, &rules, diag) : ERR_OK;
}

enum err gist_make(struct slice type, json_t *head, struct arena *arena, struct slice *ret_gist)
{
	struct making *making = ARENA_NEW(arena, struct making);
	if (!making)
		return ERR_MEMORY;
	making->arena = arena;
	making->gist = (struct gist){.seen_ms = seen_find(head), .nothing = says_nothing(type, head)};
	if (slice_equal(type, SLICE(TYPE_PROBLEM)) && rules_make(head, arena, &making->gist.problem, NULL) != ERR_OK)
		making->gist.problem = (struct slice){0};
	TRY(traits_make(making, head));
	TRY(sources_make(making, head));
	making->gist.traits.items = making->traits;
	making->gist.sources.items = making->sources;
	return encode(&gist_schema, &making->gist, arena, ret_gist);
}

enum err gist_of_reference(struct slice property, struct slice target, struct arena *arena, struct slice *ret_gist)
{
	struct name_item source = {target};
	struct gist gist = {.sources = {&source, 1}};
	if (!slice_equal(property, SLICE("created_by_ref")) && !slice_equal(property, SLICE("observed_data_refs"))) {
		*ret_gist = (struct slice){0};
		return ERR_OK;
	}
	return encode(&gist_schema, &gist, arena, ret_gist);
}
