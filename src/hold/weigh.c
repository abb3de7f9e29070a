/* The walk over rows: each object is asked once by each problem, in the order of admission. An object is asked anew when it
 * changes, and when something that it refers to comes in later. Knows no view: whatever is found here is shown to nobody
 * before warning.c has weighed its rows under the reader's. */
#include "hold/weigh.h"

#include "crypto/crypto.h"

enum {
	ROWS_A_PART = 4096,   /* looked at */
	OBJECTS_A_PART = 256, /* asked, over all problems */
	EVIDENCE_MOST = 4096, /* for one indicator by one object; of rows that show alike only one is taken */
	OTHERS_MOST = LIMIT_PROBLEMS / 2, /* problems of other nations: they leave the own their share */
};

static const struct indicator *indicators_of(const struct weighed *weighed)
{
	return weighed->problem.indicators.items;
}

const struct weighed *weighed_find(const struct hold *hold, uint32_t object)
{
	const struct weighing *weighing = hold->weighing;
	for (size_t i = 0; weighing && i < weighing->count; i++)
		if (weighing->problems[i].object == object)
			return &weighing->problems[i];
	return NULL;
}

enum err hold_gist(struct hold *hold, uint64_t row, struct arena *arena, struct gist *ret_gist)
{
	struct slice bytes;
	struct gist gist = {0};
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_GIST_GET);
	bind_u64(ask, 1, row);
	TRY(statement_row(hold, ask));
	TRY(column_copy(ask, 0, arena, &bytes));
	if (bytes.len)
		TRY(record_decode(&gist_schema, bytes, arena, &gist));
	*ret_gist = gist;
	return ERR_OK;
}

/* ---- the problems ---- */

static void weighed_done(struct weighed *weighed)
{
	free(weighed->evidence);
	free(weighed->keys);
	arena_done(&weighed->arena);
	*weighed = (struct weighed){0};
}

void hold_weigh_done(struct hold *hold)
{
	for (size_t i = 0; hold->weighing && i < hold->weighing->count; i++)
		weighed_done(&hold->weighing->problems[i]);
	if (hold->weighing)
		free(hold->weighing->problems);
	free(hold->weighing);
	hold->weighing = NULL;
}

uint64_t hold_weigh_changes(const struct hold *hold)
{
	return hold->weighing ? hold->weighing->changes + hold->sights : 0;
}

static enum err matcher_put(struct hold *hold, struct weighed *weighed, const struct pattern *pattern, size_t *at)
{
	struct matcher **place = &weighed->matchers[(*at)++];
	return pattern->text.len ? matcher_make(hold, pattern->text, &weighed->arena, place) : ERR_OK;
}

static enum err matchers_of_list(struct hold *hold, struct weighed *weighed, const struct record_list *patterns, size_t *at)
{
	const struct pattern *items = patterns->items;
	for (size_t i = 0; i < patterns->count; i++) {
		TRY(matcher_put(hold, weighed, &items[i], at));
		if (items[i].refers_to.count)
			TRY(matcher_put(hold, weighed, items[i].refers_to.items, at));
	}
	return ERR_OK;
}

static enum err matchers_make(struct hold *hold, struct weighed *weighed)
{
	size_t at = 0, most = weighed->problem.indicators.count * LIMIT_RULE_PATTERNS * 4;
	weighed->matchers = arena_alloc(&weighed->arena, most + 1, sizeof(*weighed->matchers));
	if (!weighed->matchers)
		return ERR_MEMORY;
	for (size_t i = 0; i < weighed->problem.indicators.count; i++) {
		TRY(matchers_of_list(hold, weighed, &indicators_of(weighed)[i].match, &at));
		TRY(matchers_of_list(hold, weighed, &indicators_of(weighed)[i].calm, &at));
	}
	return ERR_OK;
}

/* Where the walk of a new problem begins: what came in before could be news for no indicator. */
static enum err cursor_first(struct hold *hold, const struct problem *problem, uint64_t now_ms, uint64_t *ret_row)
{
	const struct indicator *indicators = problem->indicators.items;
	uint64_t longest = 0;
	for (size_t i = 0; i < problem->indicators.count; i++)
		longest = indicators[i].age_limit_ms > longest ? indicators[i].age_limit_ms : longest;
	*ret_row = 1;
	return now_ms > 2 * longest ? catalog_row_since(hold, (now_ms - 2 * longest) * 1000, ret_row) : ERR_OK;
}

/* Rules that do not read are passed over: the problem is shown as an object and never computed. */
static enum err weighed_load(struct hold *hold, uint32_t object, uint64_t now_ms, struct weighed *weighed)
{
	struct gist gist;
	*weighed = (struct weighed){.object = object, .head = hold->catalog.objects[object].head};
	TRY(hold_gist(hold, weighed->head, &weighed->arena, &gist));
	if (!gist.problem.len || problem_decode(gist.problem, &weighed->arena, &weighed->problem) != ERR_OK) {
		weighed->problem = (struct problem){0};
		return ERR_OK;
	}
	TRY(matchers_make(hold, weighed));
	return cursor_first(hold, &weighed->problem, now_ms, &weighed->cursor);
}

static bool is_problem(const struct hold *hold, uint32_t type, uint32_t object)
{
	return type && type < hold->catalog.type_count && bit_has(&hold->catalog.types[type], object) &&
	       object < hold->catalog.object_count && hold->catalog.objects[object].name && hold->catalog.objects[object].head;
}

static bool is_own(const struct hold *hold, uint32_t object)
{
	return hold->catalog.objects[object].originator == hold->own_term;
}

static bool has_room(const struct hold *hold, const struct weighing *weighing, uint32_t object)
{
	size_t others = 0;
	for (size_t i = 0; i < weighing->count; i++)
		others += !is_own(hold, weighing->problems[i].object);
	return weighing->count < LIMIT_PROBLEMS && (is_own(hold, object) || others < OTHERS_MOST);
}

static void drop_stale(struct hold *hold, struct weighing *weighing, uint32_t type)
{
	size_t kept = 0;
	for (size_t i = 0; i < weighing->count; i++) {
		struct weighed *each = &weighing->problems[i];
		if (is_problem(hold, type, each->object) && hold->catalog.objects[each->object].head == each->head)
			weighing->problems[kept++] = *each;
		else
			weighed_done(each);
	}
	weighing->changes += weighing->count - kept;
	weighing->count = kept;
}

static enum err add_new(struct hold *hold, struct weighing *weighing, uint32_t type, uint64_t now_ms)
{
	const struct bit_set *set = type && type < hold->catalog.type_count ? &hold->catalog.types[type] : NULL;
	for (size_t word = 0; set && word < set->count; word++)
		for (uint64_t bits = set->words[word]; bits; bits &= bits - 1) {
			uint32_t object = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(bits));
			if (!is_problem(hold, type, object) || weighed_find(hold, object) ||
				!has_room(hold, weighing, object))
				continue;
			struct weighed *place = &weighing->problems[weighing->count];
			enum err err = weighed_load(hold, object, now_ms, place);
			if (err != ERR_OK) {
				weighed_done(place);
				return err;
			}
			weighing->count++;
			weighing->changes++;
		}
	return ERR_OK;
}

static enum err problems_find(struct hold *hold, uint64_t now_ms)
{
	if (hold->weighing && hold->weighing->reloads != hold->reloads)
		hold_weigh_done(hold);
	if (!hold->weighing) {
		hold->weighing = calloc(1, sizeof(*hold->weighing));
		struct weighed *problems = calloc(LIMIT_PROBLEMS, sizeof(*problems));
		if (!hold->weighing || !problems) {
			free(problems);
			hold_weigh_done(hold);
			return ERR_MEMORY;
		}
		*hold->weighing = (struct weighing){.problems = problems, .reloads = hold->reloads, .changes = ++hold->sights};
	}
	uint32_t type = term_find(hold, SLICE(TYPE_PROBLEM));
	drop_stale(hold, hold->weighing, type);
	return add_new(hold, hold->weighing, type, now_ms);
}

/* ---- one object ---- */

struct asking {
	struct hold *hold;
	struct weighed *weighed;
	uint32_t object;
	struct arena arena;
	struct subject subject;
	struct gist gist;
	uint32_t *via; /* current reference rows; first those that are followed: one for each label and target */
	size_t via_count, followed;
	uint32_t *labels; /* of rows that were taken, room for LIMIT_PORTIONS */
	uint32_t first_key;
	uint16_t key_count;
	bool ready; /* gist and keys were read */
	size_t matcher; /* place of the pattern at hand */
	unsigned found; /* for the indicator at hand */
};

static enum err subject_make(struct hold *hold, uint32_t object, struct arena *arena, struct gist *gist, struct subject *subject)
{
	const struct catalog_object *entry = &hold->catalog.objects[object];
	enum err err = hold_gist(hold, entry->head, arena, gist);
	if (err != ERR_OK && err != ERR_MALFORMED)
		return err;
	*subject = (struct subject){.type = term_text(hold, entry->type), .originator = term_text(hold, entry->originator), .gist = gist};
	return name_text(hold, entry->name, arena, &subject->id);
}

static enum err key_put(struct asking *asking, uint64_t key, uint32_t row)
{
	struct weighed *weighed = asking->weighed;
	if (asking->key_count == UINT16_MAX)
		return ERR_OK;
	if (weighed->key_count == weighed->key_capacity) {
		size_t capacity = weighed->key_capacity ? weighed->key_capacity * 2 : 256;
		struct source_key *grown = reallocarray(weighed->keys, capacity, sizeof(*grown));
		if (!grown)
			return ERR_MEMORY;
		weighed->keys = grown;
		weighed->key_capacity = capacity;
	}
	weighed->keys[weighed->key_count++] = (struct source_key){key, row};
	asking->key_count++;
	return ERR_OK;
}

static enum err keys_of_gist(struct asking *asking, const struct gist *gist, uint32_t row)
{
	const struct name_item *sources = gist->sources.items;
	for (size_t i = 0; i < gist->sources.count; i++) {
		uint8_t digest[DIGEST];
		uint64_t key;
		crypto_sha256(sources[i].name, digest);
		memcpy(&key, digest, sizeof(key));
		TRY(key_put(asking, key, row));
	}
	return ERR_OK;
}

/* The id itself, what the head names, and what references name. */
static enum err keys_make(struct asking *asking)
{
	struct hold *hold = asking->hold;
	struct gist self = {0}, each = {0};
	struct name_item id = {asking->subject.id};
	self.sources = (struct record_list){&id, 1};
	asking->first_key = (uint32_t)asking->weighed->key_count;
	TRY(keys_of_gist(asking, &self, hold->catalog.objects[asking->object].head));
	TRY(keys_of_gist(asking, &asking->gist, hold->catalog.objects[asking->object].head));
	for (size_t i = 0; i < asking->via_count; i++) {
		enum err err = hold_gist(hold, asking->via[i], &asking->arena, &each);
		if (err == ERR_OK)
			TRY(keys_of_gist(asking, &each, asking->via[i]));
		else if (err != ERR_MALFORMED)
			return err;
	}
	return ERR_OK;
}

static bool is_followed(const struct asking *asking, uint32_t row)
{
	const struct catalog *catalog = &asking->hold->catalog;
	for (size_t i = 0; i < asking->followed; i++)
		if (catalog->rows[asking->via[i]].label == catalog->rows[row].label &&
			catalog_target(catalog, asking->via[i]) == catalog_target(catalog, row))
			return true;
	return false;
}

static enum err references_find(struct asking *asking)
{
	const struct catalog *catalog = &asking->hold->catalog;
	asking->via = ARENA_ARRAY(&asking->arena, LIMIT_PORTIONS, uint32_t);
	asking->labels = ARENA_ARRAY(&asking->arena, LIMIT_PORTIONS, uint32_t);
	if (!asking->via || !asking->labels)
		return ERR_MEMORY;
	for (uint32_t row = catalog->objects[asking->object].first; row && asking->via_count < LIMIT_PORTIONS;
		row = catalog->rows[row].next) {
		if ((catalog->rows[row].flags & (ROW_CURRENT | ROW_REFERENCE | ROW_MARK)) !=
			(ROW_CURRENT | ROW_REFERENCE))
			continue;
		asking->via[asking->via_count++] = row;
		if (is_followed(asking, row))
			continue;
		asking->via[asking->via_count - 1] = asking->via[asking->followed];
		asking->via[asking->followed++] = row;
	}
	return ERR_OK;
}

static enum err make_ready(struct asking *asking)
{
	if (asking->ready)
		return ERR_OK;
	TRY(references_find(asking));
	TRY(subject_make(asking->hold, asking->object, &asking->arena, &asking->gist, &asking->subject));
	asking->ready = true;
	return keys_make(asking);
}

/* ---- evidence ---- */

static enum err times_of(struct hold *hold, uint32_t row, uint64_t *ret_changed, uint64_t *ret_added)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_PORTION_GET);
	bind_u64(ask, 1, row);
	TRY(statement_row(hold, ask));
	*ret_changed = column_u64(ask, 3);
	*ret_added = column_u64(ask, 7) / 1000;
	return ERR_OK;
}

static enum err times_make(struct asking *asking, struct evidence *evidence)
{
	const uint32_t rows[] = {evidence->row, evidence->via, evidence->target};
	uint64_t changed = 0, added = 0;
	for (size_t i = 0; i < 3; i++) {
		uint64_t other = 0;
		if (!rows[i])
			continue;
		TRY(times_of(asking->hold, rows[i], i ? &other : &changed, &added));
		evidence->known_ms = added > evidence->known_ms ? added : evidence->known_ms;
	}
	evidence->seen_ms = asking->gist.seen_ms ? asking->gist.seen_ms : changed;
	if (evidence->seen_ms > evidence->known_ms)
		evidence->seen_ms = evidence->known_ms;
	return ERR_OK;
}

static enum err evidence_put(struct asking *asking, struct evidence evidence)
{
	struct weighed *weighed = asking->weighed;
	if (asking->found++ >= EVIDENCE_MOST)
		return ERR_OK;
	evidence.object = asking->object;
	evidence.first_key = asking->first_key;
	evidence.key_count = asking->key_count;
	TRY(times_make(asking, &evidence));
	if (weighed->count == weighed->capacity) {
		size_t capacity = weighed->capacity ? weighed->capacity * 2 : 64;
		struct evidence *grown = reallocarray(weighed->evidence, capacity, sizeof(*grown));
		if (!grown)
			return ERR_MEMORY;
		weighed->evidence = grown;
		weighed->capacity = capacity;
	}
	weighed->evidence[weighed->count++] = evidence;
	return ERR_OK;
}

static void evidence_forget(struct weighed *weighed, uint32_t object)
{
	size_t kept = 0;
	for (size_t i = 0; i < weighed->count; i++)
		if (weighed->evidence[i].object != object)
			weighed->evidence[kept++] = weighed->evidence[i];
	weighed->count = kept;
}

/* ---- patterns ---- */

/* Rows of an object that hold the words, one for each label: the oldest stands for all that show where it does. */
struct rows {
	const struct matcher *matcher; /* NULL: the head alone */
	uint32_t object, *labels;
	size_t count;
};

static bool is_taken(const struct rows *rows, uint32_t label)
{
	for (size_t i = 0; i < rows->count; i++)
		if (rows->labels[i] == label)
			return true;
	return rows->count == LIMIT_PORTIONS;
}

/* The next one behind `after`. 0: none. */
static enum err row_next(struct hold *hold, struct rows *rows, uint32_t after, uint32_t *ret_row)
{
	const struct catalog *catalog = &hold->catalog;
	*ret_row = 0;
	if (!rows->matcher) {
		*ret_row = after ? 0 : catalog->objects[rows->object].head;
		return ERR_OK;
	}
	for (uint32_t row = after ? catalog->rows[after].next : catalog->objects[rows->object].first; row;
		row = catalog->rows[row].next) {
		bool matches = false;
		if ((catalog->rows[row].flags & (ROW_CURRENT | ROW_REFERENCE | ROW_MARK)) != ROW_CURRENT ||
			is_taken(rows, catalog->rows[row].label))
			continue;
		TRY(matcher_row(hold, rows->matcher, row, &matches));
		if (matches) {
			rows->labels[rows->count++] = catalog->rows[row].label;
			*ret_row = row;
			return ERR_OK;
		}
	}
	return ERR_OK;
}

static enum err target_ask(struct asking *asking, const struct pattern *pattern, uint32_t target, struct evidence evidence)
{
	AUTO_ARENA scratch = {0};
	struct subject subject;
	struct gist gist = {0};
	if (!asking->hold->catalog.objects[target].head || !pattern_takes_type(pattern, term_text(asking->hold, asking->hold->catalog.objects[target].type)))
		return ERR_OK;
	TRY(subject_make(asking->hold, target, &scratch, &gist, &subject));
	if (!pattern_fits(pattern, &subject))
		return ERR_OK;
	struct rows rows = {asking->weighed->matchers[asking->matcher + 1], target,
		ARENA_ARRAY(&scratch, LIMIT_PORTIONS, uint32_t), 0};
	if (!rows.labels)
		return ERR_MEMORY;
	TRY(row_next(asking->hold, &rows, 0, &evidence.target));
	while (evidence.target) {
		TRY(evidence_put(asking, evidence));
		TRY(row_next(asking->hold, &rows, evidence.target, &evidence.target));
	}
	return ERR_OK;
}

static enum err targets_ask(struct asking *asking, const struct pattern *pattern, struct evidence evidence)
{
	const struct catalog *catalog = &asking->hold->catalog;
	for (size_t i = 0; i < asking->followed && asking->found < EVIDENCE_MOST; i++) {
		uint32_t target = catalog->names[catalog_target(catalog, asking->via[i])].object;
		evidence.via = asking->via[i];
		for (; target; target = catalog->objects[target].same_name)
			TRY(target_ask(asking, pattern, target, evidence));
	}
	return ERR_OK;
}

static enum err pattern_ask(struct asking *asking, const struct pattern *pattern, struct evidence evidence)
{
	if (!pattern_takes_type(pattern, term_text(asking->hold, asking->hold->catalog.objects[asking->object].type)))
		return ERR_OK;
	TRY(make_ready(asking));
	if (!pattern_fits(pattern, &asking->subject))
		return ERR_OK;
	evidence.calm |= asking->gist.nothing != 0;
	struct rows rows = {asking->weighed->matchers[asking->matcher], asking->object, asking->labels, 0};
	TRY(row_next(asking->hold, &rows, 0, &evidence.row));
	while (evidence.row) {
		TRY(pattern->refers_to.count ? targets_ask(asking, pattern->refers_to.items, evidence) : evidence_put(asking, evidence));
		TRY(row_next(asking->hold, &rows, evidence.row, &evidence.row));
	}
	return ERR_OK;
}

static enum err patterns_ask(struct asking *asking, const struct record_list *patterns, struct evidence evidence)
{
	const struct pattern *items = patterns->items;
	for (size_t i = 0; i < patterns->count; i++) {
		TRY(pattern_ask(asking, &items[i], evidence));
		asking->matcher += 1 + items[i].refers_to.count;
	}
	return ERR_OK;
}

static enum err indicators_ask(struct asking *asking)
{
	const struct indicator *indicators = indicators_of(asking->weighed);
	for (size_t i = 0; i < asking->weighed->problem.indicators.count; i++) {
		struct evidence evidence = {.indicator = (uint16_t)i};
		asking->found = 0;
		TRY(patterns_ask(asking, &indicators[i].match, evidence));
		evidence.calm = true;
		asking->found = 0;
		TRY(patterns_ask(asking, &indicators[i].calm, evidence));
	}
	return ERR_OK;
}

/* Keys of evidence that was forgotten are dropped when they are most of all. */
static enum err keys_compact(struct weighed *weighed)
{
	enum { KEYS_SPARE = 4096 };
	size_t live = 0, used = 0;
	if (weighed->key_count < KEYS_SPARE)
		return ERR_OK;
	for (size_t i = 0; i < weighed->count; i++)
		live += weighed->evidence[i].key_count;
	if (weighed->key_count < KEYS_SPARE + 2 * live)
		return ERR_OK;
	struct source_key *keys = reallocarray(NULL, live + 1, sizeof(*keys));
	if (!keys)
		return ERR_MEMORY;
	for (size_t i = 0; i < weighed->count; i++) {
		struct evidence *each = &weighed->evidence[i];
		memcpy(keys + used, weighed->keys + each->first_key, each->key_count * sizeof(*keys));
		each->first_key = (uint32_t)used;
		used += each->key_count;
	}
	free(weighed->keys);
	weighed->keys = keys;
	weighed->key_count = used;
	weighed->key_capacity = live + 1;
	return ERR_OK;
}

/* An object that cannot be read is no evidence, and the walk goes on behind it. */
static bool is_of_object(enum err err)
{
	return err == ERR_NOT_FOUND || err == ERR_MALFORMED || err == ERR_TOO_LARGE;
}

static enum err object_ask(struct hold *hold, struct weighed *weighed, uint32_t object)
{
	struct asking asking = {.hold = hold, .weighed = weighed, .object = object};
	evidence_forget(weighed, object);
	if (!hold->catalog.objects[object].head)
		return ERR_OK;
	size_t before = weighed->count, keys = weighed->key_count;
	enum err err = indicators_ask(&asking);
	arena_done(&asking.arena);
	if (is_of_object(err)) {
		evidence_forget(weighed, object);
		err = ERR_OK;
	}
	if (weighed->count == before)
		weighed->key_count = keys;
	else
		hold->weighing->changes++;
	return err == ERR_OK ? keys_compact(weighed) : err;
}

/* ---- the walk ---- */

static bool asks_references(const struct weighed *weighed)
{
	for (size_t i = 0; i < weighed->problem.indicators.count; i++) {
		const struct record_list *lists[] = {&indicators_of(weighed)[i].match, &indicators_of(weighed)[i].calm};
		for (size_t k = 0; k < 2; k++)
			for (size_t p = 0; p < lists[k]->count; p++)
				if (((const struct pattern *)lists[k]->items)[p].refers_to.count)
					return true;
	}
	return false;
}

/* What referred to this object before it came, or to its older words: as many as this part may still ask. */
static enum err referrers_ask(struct hold *hold, struct weighed *weighed, uint32_t object, size_t left, size_t *asked)
{
	const struct catalog *catalog = &hold->catalog;
	while (weighed->referrer && *asked < left) {
		const struct catalog_reference *reference = &catalog->references[weighed->referrer - 1];
		const struct catalog_row *row = &catalog->rows[reference->row];
		if ((row->flags & (ROW_CURRENT | ROW_MARK)) == ROW_CURRENT && row->object != object &&
			reference->row < weighed->cursor) {
			TRY(object_ask(hold, weighed, row->object));
			(*asked)++;
		}
		weighed->referrer = reference->before;
	}
	return ERR_OK;
}

/* The object of a row, unless all that it has now was asked already. */
static enum err row_ask(struct hold *hold, struct weighed *weighed, uint32_t row, size_t *asked)
{
	const struct catalog *catalog = &hold->catalog;
	uint32_t object = catalog->rows[row].object;
	if (!(catalog->rows[row].flags & ROW_CURRENT) || !object ||
		(object == weighed->last && row < weighed->last_until))
		return ERR_OK;
	TRY(object_ask(hold, weighed, object));
	(*asked)++;
	weighed->last = object;
	weighed->last_until = catalog->row_count;
	weighed->referrer = asks_references(weighed) ? catalog->names[catalog->objects[object].name].referred : 0;
	return ERR_OK;
}

/* left: objects that this part may still ask, over all problems. */
static enum err problem_walk(struct hold *hold, struct weighed *weighed, size_t *left, bool *ret_more)
{
	const struct catalog *catalog = &hold->catalog;
	size_t asked = 0, looked = 0;
	while (weighed->problem.indicators.count && weighed->cursor < catalog->row_count && asked < *left && looked++ < ROWS_A_PART) {
		uint32_t row = (uint32_t)weighed->cursor;
		if (!weighed->referrer)
			TRY(row_ask(hold, weighed, row, &asked));
		TRY(referrers_ask(hold, weighed, catalog->rows[row].object, *left, &asked));
		weighed->cursor += !weighed->referrer;
	}
	*left -= asked < *left ? asked : *left;
	*ret_more |= weighed->problem.indicators.count && weighed->cursor < catalog->row_count;
	return ERR_OK;
}

enum err hold_weigh(struct hold *hold, uint64_t now_ms, bool *ret_more)
{
	size_t left = OBJECTS_A_PART;
	bool more = false;
	if (hold->writing || hold->broken)
		return ERR_INTERNAL;
	TRY(problems_find(hold, now_ms));
	for (size_t i = 0; i < 2 * hold->weighing->count; i++) { /* the own first */
		struct weighed *each = &hold->weighing->problems[i % hold->weighing->count];
		if (is_own(hold, each->object) == (i < hold->weighing->count))
			TRY(problem_walk(hold, each, &left, &more));
	}
	*ret_more = more;
	return ERR_OK;
}
