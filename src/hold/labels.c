/* Interned texts: labels, terms (object types and originators) and nations become small numbers.
 * A label is parsed once, when it is interned; one that cannot be read denies for ever. Never decides access itself. */
#include "hold/inside.h"

enum { NO_TEXT = 0, FIRST_ROOM = 64 };

static uint64_t hash(struct slice text)
{
	uint64_t value = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < text.len; i++)
		value = (value ^ text.data[i]) * UINT64_C(1099511628211);
	return value;
}

static void slot_put(struct intern *intern, uint32_t number)
{
	size_t mask = intern->slot_count - 1;
	size_t at = hash(intern->items[number].text) & mask;
	while (intern->slots[at])
		at = (at + 1) & mask;
	intern->slots[at] = number;
}

static void slots_fill(struct intern *intern)
{
	memset(intern->slots, 0, intern->slot_count * sizeof(*intern->slots));
	for (uint32_t i = 1; i < intern->count; i++)
		slot_put(intern, i);
}

static uint32_t intern_find(const struct intern *intern, struct slice text)
{
	if (!intern->slot_count)
		return NO_TEXT;
	size_t mask = intern->slot_count - 1;
	for (size_t at = hash(text) & mask; intern->slots[at]; at = (at + 1) & mask)
		if (slice_equal(intern->items[intern->slots[at]].text, text))
			return intern->slots[at];
	return NO_TEXT;
}

static enum err intern_grow(struct intern *intern)
{
	if (intern->count < intern->capacity)
		return ERR_OK;
	size_t capacity = intern->capacity ? intern->capacity * 2 : FIRST_ROOM;
	struct interned *items = reallocarray(intern->items, capacity, sizeof(*items));
	if (!items)
		return ERR_MEMORY;
	intern->items = items;
	uint32_t *slots = reallocarray(intern->slots, capacity * 2, sizeof(*slots));
	if (!slots)
		return ERR_MEMORY;
	intern->slots = slots;
	intern->slot_count = capacity * 2;
	intern->capacity = capacity;
	if (!intern->count)
		intern->items[intern->count++] = (struct interned){0};
	slots_fill(intern);
	return ERR_OK;
}

/* Appends; the number is the next one. */
static enum err intern_append(struct hold *hold, struct intern *intern, struct slice text, uint32_t *ret_number)
{
	TRY(intern_grow(intern));
	struct interned item = {0};
	TRY(arena_copy(&hold->arena, text, &item.text));
	if (intern == &hold->labels &&
	    label_parse_compact(hold->settings.policies, item.text, &hold->arena, &item.label, NULL) != ERR_OK)
		item.label = NULL;
	intern->items[intern->count] = item;
	slot_put(intern, (uint32_t)intern->count);
	*ret_number = (uint32_t)intern->count++;
	return ERR_OK;
}

static enum err intern_text(struct hold *hold, struct intern *intern, enum statement add, struct slice text,
			    uint32_t *ret_number)
{
	uint32_t number = intern_find(intern, text);
	if (number != NO_TEXT) {
		*ret_number = number;
		return ERR_OK;
	}
	TRY(intern_append(hold, intern, text, &number));
	AUTO_STATEMENT *put = statement_take(hold, add);
	bind_u64(put, 1, number);
	bind_text(put, 2, text);
	TRY(statement_run(hold, put));
	*ret_number = number;
	return ERR_OK;
}

enum err label_intern(struct hold *hold, struct slice text, uint32_t *ret_label)
{
	return intern_text(hold, &hold->labels, STATEMENT_LABEL_ADD, text, ret_label);
}

enum err term_intern(struct hold *hold, struct slice text, uint16_t *ret_term)
{
	uint32_t term = 0;
	TRY(intern_text(hold, &hold->terms, STATEMENT_TERM_ADD, text, &term));
	if (term > UINT16_MAX)
		return ERR_TOO_LARGE;
	*ret_term = (uint16_t)term;
	return ERR_OK;
}

uint32_t label_find(const struct hold *hold, struct slice text)
{
	return intern_find(&hold->labels, text);
}

uint32_t term_find(const struct hold *hold, struct slice text)
{
	return intern_find(&hold->terms, text);
}

static struct slice text_at(const struct intern *intern, uint32_t number)
{
	return number < intern->count ? intern->items[number].text : (struct slice){0};
}

struct slice term_text(const struct hold *hold, uint32_t term)
{
	return text_at(&hold->terms, term);
}

struct slice label_text(const struct hold *hold, uint32_t label)
{
	return text_at(&hold->labels, label);
}

const struct label *label_parsed(const struct hold *hold, uint32_t label)
{
	return label < hold->labels.count ? hold->labels.items[label].label : NULL;
}

int nation_find(const struct hold *hold, struct slice name)
{
	for (size_t i = 0; i < hold->nation_count; i++)
		if (slice_equal(hold->nations[i], name))
			return (int)i;
	return -1;
}

enum err nation_intern(struct hold *hold, struct slice name, unsigned *ret_nation)
{
	int found = nation_find(hold, name);
	if (found < 0) {
		if (hold->nation_count == LIMIT_NATIONS)
			return ERR_TOO_LARGE;
		struct slice kept;
		TRY(arena_copy(&hold->arena, name, &kept));
		AUTO_STATEMENT *put = statement_take(hold, STATEMENT_NATION_ADD);
		bind_u64(put, 1, hold->nation_count);
		bind_text(put, 2, name);
		TRY(statement_run(hold, put));
		found = (int)hold->nation_count;
		hold->nations[hold->nation_count++] = kept;
	}
	*ret_nation = (unsigned)found;
	return ERR_OK;
}

/* Reads one table of (id, text); numbers are dense, so that the order of rows gives them. */
static enum err load(struct hold *hold, const char *query, struct intern *intern)
{
	sqlite3_stmt *ask = NULL;
	TRY(sqlite_err(sqlite3_prepare_v2(hold->db, query, -1, &ask, NULL)));
	enum err err = ERR_OK;
	uint32_t number = 0;
	while (err == ERR_OK && (err = statement_row(hold, ask)) == ERR_OK)
		if (intern)
			err = intern_append(hold, intern, column_slice(ask, 1), &number);
		else if (hold->nation_count < LIMIT_NATIONS)
			err = arena_copy(&hold->arena, column_slice(ask, 1), &hold->nations[hold->nation_count++]);
	sqlite3_finalize(ask);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err intern_load(struct hold *hold)
{
	TRY(load(hold, "SELECT id,text FROM label ORDER BY id", &hold->labels));
	TRY(load(hold, "SELECT id,text FROM term ORDER BY id", &hold->terms));
	TRY(load(hold, "SELECT id,name FROM nation ORDER BY id", NULL));
	intern_settle(hold, true);
	return ERR_OK;
}

static void settle(struct intern *intern, bool committed)
{
	if (committed) {
		intern->committed = intern->count;
		return;
	}
	if (intern->count > intern->committed) {
		intern->count = intern->committed ? intern->committed : 1;
		slots_fill(intern);
	}
}

void intern_settle(struct hold *hold, bool committed)
{
	settle(&hold->labels, committed);
	settle(&hold->terms, committed);
	if (committed)
		hold->nation_committed = hold->nation_count;
	else
		hold->nation_count = hold->nation_committed;
}

void intern_done(struct hold *hold)
{
	free(hold->labels.items);
	free(hold->labels.slots);
	free(hold->terms.items);
	free(hold->terms.slots);
	arena_done(&hold->arena);
}

enum err hold_label_check(struct hold *hold, struct slice label, uint64_t now_ms, struct diag *diag)
{
	AUTO_ARENA scratch = {0};
	const struct label *parsed = NULL;
	uint32_t known = label_find(hold, label);
	if (known)
		parsed = label_parsed(hold, known);
	if (!parsed)
		TRY(label_parse_compact(hold->settings.policies, label, &scratch, &parsed, diag));
	AUTO_BUF reasons = buf_make(LIMIT_LABEL_TEXT);
	enum err err = label_check(parsed, LABEL_NEW, now_ms, &reasons);
	if (err == ERR_OK)
		return ERR_OK;
	return diag_fail(diag, err, "the label is not valid: %.*s", SLICE_ARG(slice_trim(buf_slice(&reasons))));
}
