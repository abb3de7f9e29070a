/* Warning problems from JSON, by tables of members. Must never pass over a member: a rule is read whole or refused. */
#include "object/gist.h"

enum kind { KIND_TEXT, KIND_COUNT, KIND_FLAG, KIND_DURATION, KIND_PRECEDENCE, KIND_TEST, KIND_LIST, KIND_ONE, KIND_NAMES };

struct member {
	const char *name;
	uint8_t kind; /* enum kind */
	bool required;
	uint32_t least, most; /* of a count; of a list: most items; of a test: its how */
	size_t offset, size;
	const struct form *of; /* KIND_LIST, KIND_ONE */
};

struct form {
	const struct member *members;
	size_t count, size;
	const void *defaults; /* NULL: zero */
	bool open;            /* further members are somebody else's */
};

struct reader {
	struct arena *arena;
	struct diag *diag;
	const char *where;
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define AT(type, member) offsetof(type, member), sizeof(((type *)0)->member)
#define FORM(name, type, members_, defaults_, open_) static const struct form name = {members_, COUNT_OF(members_), sizeof(type), defaults_, open_}

static const struct member test_members[] = {
	{"name", KIND_TEXT, true, 0, 0, AT(struct property_test, name), NULL},
	{"equals", KIND_TEST, false, TEST_EQUALS, 0, 0, 0, NULL},
	{"contains", KIND_TEST, false, TEST_CONTAINS, 0, 0, 0, NULL},
	{"prefix", KIND_TEST, false, TEST_PREFIX, 0, 0, 0, NULL}};
FORM(test_form, struct property_test, test_members, NULL, false);

#define PATTERN_MEMBERS \
	{"type", KIND_TEXT, false, 0, 0, AT(struct pattern, type), NULL}, {"originator", KIND_TEXT, false, 0, 0, AT(struct pattern, originator), NULL}, \
		{"text", KIND_TEXT, false, 0, 0, AT(struct pattern, text), NULL}, {"id", KIND_TEXT, false, 0, 0, AT(struct pattern, id), NULL}, \
		{"properties", KIND_LIST, false, 0, LIMIT_RULE_TESTS, AT(struct pattern, tests), &test_form}
static const struct member target_members[] = {PATTERN_MEMBERS};
FORM(target_form, struct pattern, target_members, NULL, false);
static const struct member pattern_members[] = {
	PATTERN_MEMBERS, {"refers_to", KIND_ONE, false, 0, 1, AT(struct pattern, refers_to), &target_form}};
FORM(pattern_form, struct pattern, pattern_members, NULL, false);

/* The rule is an object of its own in JSON and the same struct here. */
static const struct member rule_members[] = {
	{"match", KIND_LIST, true, 0, LIMIT_RULE_PATTERNS, AT(struct indicator, match), &pattern_form},
	{"calm", KIND_LIST, false, 0, LIMIT_RULE_PATTERNS, AT(struct indicator, calm), &pattern_form},
	{"count", KIND_COUNT, false, 1, 1000, AT(struct indicator, count), NULL},
	{"nations", KIND_COUNT, false, 1, LIMIT_NATIONS, AT(struct indicator, nations), NULL},
	{"sources", KIND_COUNT, false, 1, LIMIT_NATIONS, AT(struct indicator, sources), NULL},
	{"within", KIND_DURATION, false, 0, 0, AT(struct indicator, within_ms), NULL}};
FORM(rule_form, struct indicator, rule_members, NULL, false);

static const struct indicator indicator_defaults = {.weight = 1, .count = 1, .nations = 1, .sources = 1};
static const struct member indicator_members[] = {
	{"id", KIND_TEXT, true, 0, 0, AT(struct indicator, id), NULL}, {"question", KIND_TEXT, true, 0, 0, AT(struct indicator, question), NULL},
	{"owner", KIND_TEXT, true, 0, 0, AT(struct indicator, owner), NULL}, {"source", KIND_TEXT, true, 0, 0, AT(struct indicator, source), NULL},
	{"scenario", KIND_COUNT, false, 1, LIMIT_RULE_PATTERNS, AT(struct indicator, scenario), NULL},
	{"age_limit", KIND_DURATION, true, 0, 0, AT(struct indicator, age_limit_ms), NULL},
	{"weight", KIND_COUNT, false, 0, 100, AT(struct indicator, weight), NULL},
	{"critical", KIND_FLAG, false, 0, 0, AT(struct indicator, critical), NULL},
	{"rule", KIND_ONE, true, 0, 0, 0, 0, &rule_form}};
FORM(indicator_form, struct indicator, indicator_members, &indicator_defaults, false);

static const struct level level_defaults = {.precedence = PRECEDENCE_ROUTINE};
static const struct member level_members[] = {
	{"name", KIND_TEXT, true, 0, 0, AT(struct level, name), NULL},
	{"weight", KIND_COUNT, false, 1, 6400, AT(struct level, weight), NULL},
	{"met", KIND_COUNT, false, 1, LIMIT_INDICATORS, AT(struct level, met), NULL},
	{"critical", KIND_COUNT, false, 1, LIMIT_INDICATORS, AT(struct level, critical), NULL},
	{"nations", KIND_COUNT, false, 1, LIMIT_NATIONS, AT(struct level, nations), NULL},
	{"sources", KIND_COUNT, false, 1, LIMIT_NATIONS, AT(struct level, sources), NULL},
	{"indicators", KIND_NAMES, false, 0, LIMIT_RULE_PATTERNS, AT(struct level, indicators), NULL},
	{"precedence", KIND_PRECEDENCE, false, 0, 0, AT(struct level, precedence), NULL}};
FORM(level_form, struct level, level_members, &level_defaults, false);

static const struct member authority_members[] = {
	{"nation", KIND_TEXT, true, 0, 0, AT(struct authority, nation), NULL}, {"role", KIND_TEXT, true, 0, 0, AT(struct authority, role), NULL}};
FORM(authority_form, struct authority, authority_members, NULL, false);

static const struct member problem_members[] = {
	{"question", KIND_TEXT, true, 0, 0, AT(struct problem, question), NULL}, {"owner", KIND_TEXT, true, 0, 0, AT(struct problem, owner), NULL},
	{"authorities", KIND_LIST, true, 0, LIMIT_NATIONS, AT(struct problem, authorities), &authority_form},
	{"scenarios", KIND_NAMES, false, 0, LIMIT_RULE_PATTERNS, AT(struct problem, scenarios), NULL},
	{"levels", KIND_LIST, true, 0, LIMIT_LEVELS, AT(struct problem, levels), &level_form},
	{"indicators", KIND_LIST, true, 0, LIMIT_INDICATORS, AT(struct problem, indicators), &indicator_form}};
FORM(problem_form, struct problem, problem_members, NULL, true);

/* ---- values ---- */

static enum err refuse(struct reader *reader, const char *name, const char *what)
{
	return diag_fail(reader->diag, ERR_MALFORMED, "%s%s%s: %s", reader->where, reader->where[0] && name[0] ? "." : "", name, what);
}

static enum err text_read(struct reader *reader, const char *name, json_t *value, struct slice *ret_text)
{
	struct slice text = slice_trim(json_slice(value));
	if (!text.len || text.len > LIMIT_RULE_TEXT)
		return refuse(reader, name, "a text of 1 to 512 octets");
	return arena_copy(reader->arena, text, ret_text);
}

static void count_put(void *to, size_t size, uint64_t value)
{
	uint8_t octet = (uint8_t)value;
	uint16_t pair = (uint16_t)value;
	if (size == sizeof(octet))
		memcpy(to, &octet, size);
	else
		memcpy(to, &pair, size);
}

static enum err count_read(struct reader *reader, const struct member *member, json_t *value, void *to)
{
	json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;
	if (number < (json_int_t)member->least || number > (json_int_t)member->most)
		return diag_fail(reader->diag, ERR_MALFORMED, "%s.%s: a whole number from %u to %u", reader->where, member->name, member->least, member->most);
	count_put(to, member->size, (uint64_t)number);
	return ERR_OK;
}

static enum err duration_read(struct reader *reader, const char *name, json_t *value, void *to)
{
	uint64_t ms = 0;
	if (duration_parse(json_slice(value), &ms) != ERR_OK)
		return refuse(reader, name, "a time such as \"90s\", \"15m\", \"24h\" or \"30d\", at most 3660 days");
	memcpy(to, &ms, sizeof(ms));
	return ERR_OK;
}

static enum err precedence_read(struct reader *reader, const char *name, json_t *value, void *to)
{
	for (size_t i = 0; i <= PRECEDENCE_ROUTINE; i++)
		if (slice_equal(json_slice(value), slice_text(precedence_names[i]))) {
			count_put(to, 1, i);
			return ERR_OK;
		}
	return refuse(reader, name, "override, flash, immediate, priority or routine");
}

static enum err names_read(struct reader *reader, const struct member *member, json_t *value, struct record_list *ret_list)
{
	size_t count = json_array_size(value), i;
	json_t *item;
	if (!json_is_array(value) || count > member->most)
		return diag_fail(reader->diag, ERR_MALFORMED, "%s.%s: a list of at most %u texts", reader->where, member->name, member->most);
	struct name_item *names = ARENA_ARRAY(reader->arena, count + 1, struct name_item);
	if (!names)
		return ERR_MEMORY;
	json_array_foreach(value, i, item)
		TRY(text_read(reader, member->name, item, &names[i].name));
	*ret_list = (struct record_list){names, count};
	return ERR_OK;
}

static enum err test_read(struct reader *reader, const struct member *member, json_t *value, struct property_test *test)
{
	if (test->how)
		return refuse(reader, member->name, "a test has one of equals, contains and prefix");
	test->how = (uint8_t)member->least;
	return text_read(reader, member->name, value, &test->value);
}

/* ---- objects and lists; how deep they go is in the tables, not in the input ---- */

static enum err form_read(struct reader *reader, const struct form *form, json_t *object, void *to);

static enum err within(struct reader *reader, const char *where, const struct form *form, json_t *object, void *to)
{
	struct reader inner = {reader->arena, reader->diag, where};
	return where ? form_read(&inner, form, object, to) : ERR_MEMORY;
}

static enum err list_read(struct reader *reader, const struct member *member, json_t *value, struct record_list *ret_list)
{
	size_t count = json_array_size(value), i;
	const char *dot = reader->where[0] ? "." : "";
	json_t *item;
	if (!json_is_array(value) || !count || count > member->most)
		return diag_fail(reader->diag, ERR_MALFORMED, "%s%s%s: a list of 1 to %u", reader->where, dot, member->name, member->most);
	uint8_t *items = arena_alloc(reader->arena, count, member->of->size);
	if (!items)
		return ERR_MEMORY;
	json_array_foreach(value, i, item)
		TRY(within(reader, arena_printf(reader->arena, "%s%s%s[%zu]", reader->where, dot, member->name, i), member->of, item,
			   items + i * member->of->size));
	*ret_list = (struct record_list){items, count};
	return ERR_OK;
}

/* An object as a list of one; without a place of its own its members belong to the struct around it. */
static enum err one_read(struct reader *reader, const struct member *member, json_t *value, uint8_t *base)
{
	const char *where = arena_printf(reader->arena, "%s.%s", reader->where, member->name);
	if (!member->size)
		return within(reader, where, member->of, value, base);
	void *item = arena_alloc(reader->arena, 1, member->of->size);
	if (!item)
		return ERR_MEMORY;
	TRY(within(reader, where, member->of, value, item));
	struct record_list list = {item, 1};
	memcpy(base + member->offset, &list, sizeof(list));
	return ERR_OK;
}

static enum err member_read(struct reader *reader, const struct member *member, json_t *value, uint8_t *base)
{
	void *to = base + member->offset;
	switch ((enum kind)member->kind) {
	case KIND_TEXT:
		return text_read(reader, member->name, value, to);
	case KIND_COUNT:
		return count_read(reader, member, value, to);
	case KIND_FLAG:
		count_put(to, member->size, json_is_true(value));
		return json_is_boolean(value) ? ERR_OK : refuse(reader, member->name, "true or false");
	case KIND_DURATION:
		return duration_read(reader, member->name, value, to);
	case KIND_PRECEDENCE:
		return precedence_read(reader, member->name, value, to);
	case KIND_TEST:
		return test_read(reader, member, value, (struct property_test *)(void *)base);
	case KIND_LIST:
		return list_read(reader, member, value, to);
	case KIND_ONE:
		return one_read(reader, member, value, base);
	case KIND_NAMES:
		return names_read(reader, member, value, to);
	}
	return ERR_INTERNAL;
}

static enum err members_known(struct reader *reader, const struct form *form, json_t *object)
{
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value) {
		bool known = form->open;
		for (size_t i = 0; i < form->count && !known; i++)
			known = strcmp(name, form->members[i].name) == 0;
		if (!known)
			return diag_fail(reader->diag, ERR_MALFORMED, "%s: unknown member \"%.60s\"; docs/protocol/next-steps.md lists them", reader->where, name);
	}
	return ERR_OK;
}

static enum err form_read(struct reader *reader, const struct form *form, json_t *object, void *to)
{
	if (!json_is_object(object))
		return refuse(reader, "", "an object");
	TRY(members_known(reader, form, object));
	if (form->defaults)
		memcpy(to, form->defaults, form->size);
	for (size_t i = 0; i < form->count; i++) {
		const struct member *member = &form->members[i];
		json_t *value = json_object_get(object, member->name);
		if (value)
			TRY(member_read(reader, member, value, to));
		else if (member->required)
			return refuse(reader, member->name, "is missing");
	}
	return ERR_OK;
}

enum err problem_read(json_t *object, struct arena *arena, struct problem *ret_problem, struct diag *diag)
{
	struct reader reader = {arena, diag, ""};
	struct problem problem = {0};
	TRY(form_read(&reader, &problem_form, object, &problem));
	struct indicator *indicators = problem.indicators.items;
	for (size_t i = 0; i < problem.indicators.count; i++)
		if (!indicators[i].within_ms)
			indicators[i].within_ms = indicators[i].age_limit_ms;
	TRY(problem_check(&problem, diag));
	*ret_problem = problem;
	return ERR_OK;
}
