/* Patterns against observations: each part gives the sets of observations by which it holds, and the parts above
 * combine them. Must never leave a combination out in silence: what is too much is an error. spec: STIX 2.1 9.3, 9.4 */
#include "object/pattern.h"

#include "base/moment.h"
#include "object/stix_schema.h"

enum { WORDS = LIMIT_PATTERN_OBSERVATIONS / 64 };

struct match {
	uint64_t first_ms, last_ms;
	uint64_t number; /* how often, of a single observation; else 1 */
	uint64_t bits[WORDS];
};

struct matches {
	struct match *items;
	size_t count, capacity;
};

struct matching {
	const struct pattern_observation *observations;
	size_t count;
	struct arena *arena;
};

static enum err put(struct matching *matching, struct matches *matches, const struct match *match)
{
	if (matches->count == LIMIT_PATTERN_MATCHES)
		return ERR_TOO_LARGE;
	if (matches->count == matches->capacity) {
		size_t capacity = matches->capacity ? matches->capacity * 2 : 16;
		struct match *items = ARENA_ARRAY(matching->arena, capacity, struct match);
		if (!items)
			return ERR_MEMORY;
		if (matches->count)
			memcpy(items, matches->items, matches->count * sizeof(*items));
		matches->items = items;
		matches->capacity = capacity;
	}
	matches->items[matches->count++] = *match;
	return ERR_OK;
}

/* ---- parts ---- */

static enum err holds_in(const struct pattern_node *node, const struct pattern_observation *observation, bool *ret_true)
{
	const char *key;
	json_t *object;
	*ret_true = false;
	json_object_foreach(observation->objects, key, object)
	{
		TRY(pattern_test_object(node->left, object, observation->known, ret_true));
		if (*ret_true)
			return ERR_OK;
	}
	return ERR_OK;
}

static enum err match_observation(struct matching *matching, const struct pattern_node *node, struct matches *into)
{
	for (size_t i = 0; i < matching->count; i++) {
		const struct pattern_observation *observation = &matching->observations[i];
		bool yes;
		TRY(holds_in(node, observation, &yes));
		if (!yes)
			continue;
		struct match match = {observation->first_ms, observation->last_ms, observation->number, {0}};
		match.bits[i / 64] = UINT64_C(1) << i % 64;
		TRY(put(matching, into, &match));
	}
	return ERR_OK;
}

static bool join(const struct match *a, const struct match *b, struct match *ret_both)
{
	struct match both = {a->first_ms < b->first_ms ? a->first_ms : b->first_ms,
		a->last_ms > b->last_ms ? a->last_ms : b->last_ms, 1, {0}};
	for (size_t i = 0; i < WORDS; i++) {
		if (a->bits[i] & b->bits[i])
			return false;
		both.bits[i] = a->bits[i] | b->bits[i];
	}
	*ret_both = both;
	return true;
}

/* AND and FOLLOWEDBY speak of different observations. */
static enum err match_pairs(struct matching *matching, const struct matches *left, const struct matches *right,
	bool followed, struct matches *into)
{
	for (size_t i = 0; i < left->count; i++)
		for (size_t j = 0; j < right->count; j++) {
			struct match both;
			if (followed && right->items[j].first_ms < left->items[i].last_ms)
				continue;
			if (join(&left->items[i], &right->items[j], &both))
				TRY(put(matching, into, &both));
		}
	return ERR_OK;
}

/* The left list is not needed any more: it grows. */
static enum err match_either(
	struct matching *matching, const struct matches *left, const struct matches *right, struct matches *into)
{
	*into = *left;
	for (size_t i = 0; i < right->count; i++)
		TRY(put(matching, into, &right->items[i]));
	return ERR_OK;
}

static int by_last(const void *a, const void *b)
{
	const struct match *one = a, *other = b;
	if (one->last_ms != other->last_ms)
		return one->last_ms < other->last_ms ? -1 : 1;
	return (one->first_ms > other->first_ms) - (one->first_ms < other->first_ms);
}

/* From each match on, the next ones that share nothing, until there are enough: of all ways the one that ends first. */
static enum err match_repeats(
	struct matching *matching, const struct pattern_node *node, const struct matches *left, struct matches *into)
{
	if (left->count)
		qsort(left->items, left->count, sizeof(*left->items), by_last);
	for (size_t i = 0; i < left->count; i++) {
		struct match all = left->items[i];
		uint64_t times = all.number;
		for (size_t j = 0; j < left->count && times < node->times; j++) {
			struct match both;
			bool earlier = left->items[j].first_ms < left->items[i].first_ms;
			if (j == i || earlier || !join(&all, &left->items[j], &both))
				continue;
			all = both;
			times += left->items[j].number;
		}
		all.number = 1;
		if (times >= node->times)
			TRY(put(matching, into, &all));
	}
	return ERR_OK;
}

static enum err match_qualified(
	struct matching *matching, const struct pattern_node *node, const struct matches *left, struct matches *into)
{
	if (node->kind == PATTERN_REPEATS)
		return match_repeats(matching, node, left, into);
	for (size_t i = 0; i < left->count; i++) {
		const struct match *match = &left->items[i];
		bool yes = node->kind == PATTERN_WITHIN
				   ? (double)(match->last_ms - match->first_ms) <= node->seconds * 1000
				   : match->first_ms >= node->start_ms && match->last_ms < node->stop_ms;
		if (yes)
			TRY(put(matching, into, match));
	}
	return ERR_OK;
}

static enum err match_node(
	struct matching *matching, const struct pattern_node *node, struct matches *stack, size_t *top)
{
	struct matches result = {0};
	if (node->kind == PATTERN_OBSERVATION) {
		TRY(match_observation(matching, node, &result));
		stack[(*top)++] = result;
		return ERR_OK;
	}
	if (node->kind >= PATTERN_WITHIN) {
		TRY(match_qualified(matching, node, &stack[*top - 1], &result));
		stack[*top - 1] = result;
		return ERR_OK;
	}
	const struct matches *left = &stack[*top - 2], *right = &stack[*top - 1];
	if (node->kind == PATTERN_EITHER)
		TRY(match_either(matching, left, right, &result));
	else
		TRY(match_pairs(matching, left, right, node->kind == PATTERN_FOLLOWED, &result));
	stack[*top - 2] = result;
	(*top)--;
	return ERR_OK;
}

enum err pattern_match(const struct pattern_node *pattern, const struct pattern_observation *observations, size_t count,
	struct arena *arena, bool *ret_matches, bool **ret_matched)
{
	AUTO_ARENA work = {.max_bytes = (size_t)512 * 1024 * 1024};
	const struct pattern_node **nodes;
	size_t node_count, top = 0;
	struct matching matching = {observations, count, &work};
	if (count > LIMIT_PATTERN_OBSERVATIONS)
		return ERR_TOO_LARGE;
	TRY(pattern_list(pattern, false, &work, &nodes, &node_count));
	struct matches *stack = ARENA_ARRAY(&work, node_count + 1, struct matches);
	bool *matched = ARENA_ARRAY(arena, count + 1, bool);
	if (!stack || !matched)
		return ERR_MEMORY;
	for (size_t i = 0; i < node_count; i++)
		TRY(match_node(&matching, nodes[i], stack, &top));
	bool yes = stack[0].count > 0;
	for (size_t i = 0; yes && i < count; i++)
		matched[i] = stack[0].items[0].bits[i / 64] >> i % 64 & 1;
	*ret_matches = yes;
	*ret_matched = matched;
	return ERR_OK;
}

/* ---- observations of a document ---- */

static bool is_observable(json_t *object)
{
	struct slice type = json_slice(json_object_get(object, "type"));
	const struct stix_type *row = stix_type_find(type);
	if (!json_is_string(json_object_get(object, "id")) || !type.len)
		return false;
	return row ? row->class == STIX_OBSERVABLE : !json_object_get(object, "modified");
}

static enum err read_times(json_t *observed, struct pattern_observation *observation, struct diag *diag)
{
	json_t *number = json_object_get(observed, "number_observed");
	observation->id = json_slice(json_object_get(observed, "id"));
	observation->number =
		json_is_integer(number) && json_integer_value(number) > 0 ? (uint64_t)json_integer_value(number) : 1;
	if (moment_parse(json_slice(json_object_get(observed, "first_observed")), &observation->first_ms) != ERR_OK ||
		moment_parse(json_slice(json_object_get(observed, "last_observed")), &observation->last_ms) != ERR_OK ||
		observation->last_ms < observation->first_ms)
		return diag_fail(diag, ERR_MALFORMED, "%.*s: first_observed and last_observed must be times in order",
			SLICE_ARG(slice_take(observation->id, 100)));
	return ERR_OK;
}

/* keep: a JSON object: "known" all observables by id, "loose" those that nobody named, and one entry for each
 * observation. */
static enum err name_objects(json_t *observed, json_t *keep, size_t at, struct pattern_observation *observation)
{
	char key[32];
	json_t *known = json_object_get(keep, "known"), *loose = json_object_get(keep, "loose"), *ref,
	       *named = json_object();
	size_t i;
	snprintf(key, sizeof(key), "%zu", at);
	if (!named || json_object_set_new(keep, key, named) != 0)
		return ERR_MEMORY;
	json_array_foreach(json_object_get(observed, "object_refs"), i, ref)
	{
		json_t *object = json_is_string(ref) ? json_object_get(known, json_string_value(ref)) : NULL;
		if (object && json_object_set(named, json_string_value(ref), object) != 0)
			return ERR_MEMORY;
		if (object)
			json_object_del(loose, json_string_value(ref));
	}
	observation->objects = named;
	observation->known = known;
	return ERR_OK;
}

static enum err add_observed(
	json_t *observed, json_t *keep, struct pattern_observation *list, size_t *count, struct diag *diag)
{
	struct pattern_observation *observation = &list[*count];
	json_t *container = json_object_get(observed, "objects");
	TRY(read_times(observed, observation, diag));
	if (json_is_object(container))
		observation->objects = observation->known = container;
	else
		TRY(name_objects(observed, keep, *count, observation));
	(*count)++;
	return ERR_OK;
}

static enum err add_loose(json_t *keep, struct pattern_observation *list, size_t *count)
{
	const char *id;
	json_t *object;
	char key[32];
	json_object_foreach(json_object_get(keep, "loose"), id, object)
	{
		snprintf(key, sizeof(key), "%zu", *count);
		json_t *single = json_pack("{s:O}", id, object);
		if (!single || json_object_set_new(keep, key, single) != 0)
			return ERR_MEMORY;
		list[(*count)++] = (struct pattern_observation){
			.number = 1, .objects = single, .known = json_object_get(keep, "known"), .id = slice_text(id)};
	}
	return ERR_OK;
}

enum err pattern_observations(json_t *document, struct arena *arena, struct pattern_observation **ret_observations,
	size_t *ret_count, json_t **ret_keep, struct diag *diag)
{
	json_t *objects = json_object_get(document, "objects");
	AUTO_JSON *list = json_is_array(objects) ? json_incref(objects) : json_pack("[O]", document);
	AUTO_JSON *keep = json_pack("{s:{}, s:{}}", "known", "loose");
	size_t size = json_array_size(list), count = 0, i;
	struct pattern_observation *observations = ARENA_ARRAY(arena, size + 1, struct pattern_observation);
	json_t *object;
	if (!list || !keep || !observations)
		return ERR_MEMORY;
	json_array_foreach(
		list, i, object) if (is_observable(object) &&
				     (json_object_set(json_object_get(keep, "known"),
					      json_string_value(json_object_get(object, "id")), object) != 0 ||
					     json_object_set(json_object_get(keep, "loose"),
						     json_string_value(json_object_get(object, "id")),
						     object) != 0)) return ERR_MEMORY;
	json_array_foreach(
		list, i, object) if (slice_equal(json_slice(json_object_get(object, "type")), SLICE("observed-data")))
		TRY(add_observed(object, keep, observations, &count, diag));
	TRY(add_loose(keep, observations, &count));
	if (count > LIMIT_PATTERN_OBSERVATIONS)
		return diag_fail(diag, ERR_TOO_LARGE, "%zu observations; at most %d are matched at once", count,
			LIMIT_PATTERN_OBSERVATIONS);
	*ret_observations = observations;
	*ret_count = count;
	*ret_keep = keep;
	keep = NULL;
	return ERR_OK;
}
