/* What waits for a release officer, and his decision. He sees and decides only on portions that he may read himself;
 * nobody decides on his own object; a decision binds the portions and the version that were shown. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/releases.h"

enum { EXCERPT_OCTETS = 160 };

/* ---- texts ---- */

enum err hold_marking(struct hold *hold, struct slice label, struct arena *arena, struct slice *ret_marking)
{
	AUTO_ARENA scratch = {0};
	const struct label *parsed = NULL;
	if (label_parse_compact(hold->settings.policies, label, &scratch, &parsed, NULL) != ERR_OK)
		return arena_copy(arena, label, ret_marking);
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	label_mark(parsed, SLICE("pageTopBottom"), (struct slice){0}, &text);
	struct slice marking;
	TRY(buf_finish(&text, &marking));
	return arena_copy(arena, marking, ret_marking);
}

struct slice hold_excerpt(struct slice text, struct arena *arena)
{
	size_t len = 0, step = 0;
	uint32_t point = 0;
	while (len < text.len && (step = utf8_next(slice_skip(text, len), &point)) && len + step <= EXCERPT_OCTETS)
		len += step;
	struct slice copy;
	if (arena_copy(arena, slice_take(text, len), &copy) != ERR_OK || !copy.len)
		return (struct slice){0};
	char *line = arena_text(arena, copy);
	for (size_t i = 0; line && i < copy.len; i++)
		if ((unsigned char)line[i] < 0x20)
			line[i] = ' ';
	return slice_text(line);
}

/* ---- what waits ---- */

struct waiting {
	uint32_t object;
	uint64_t since;
	struct stored_portion *portions;
	size_t count;
	bool *mine; /* visible to the officer and awaiting for some nation */
	size_t mine_count;
	uint64_t nations;
	uint8_t persons;       /* how many must approve: the most that any of it asks for */
	struct slice approver; /* of two, who did already; empty: nobody yet */
	struct object_facts facts;
	struct hold_seen seen;
};

/* The nations with which it stands so. */
static uint64_t nations_in(const struct stored_portion *portion, uint8_t state)
{
	uint64_t nations = 0;
	for (size_t n = 0; n < portion->states.len; n++)
		if (portion->states.data[n] == state)
			nations |= UINT64_C(1) << n;
	return nations;
}

static uint64_t awaiting_nations(const struct stored_portion *portion)
{
	return nations_in(portion, STATE_AWAITING) | nations_in(portion, STATE_AWAITING_TWO) |
	       nations_in(portion, STATE_AWAITING_SECOND);
}

/* How many persons it asks for, and who was the first of two. */
static enum err persons_find(struct hold *hold, const struct stored_portion *portion, struct arena *arena, struct waiting *w)
{
	struct approval approval;
	if (nations_in(portion, STATE_AWAITING_TWO))
		w->persons = 2;
	if (!nations_in(portion, STATE_AWAITING_SECOND))
		return ERR_OK;
	w->persons = 2;
	TRY(approval_get(hold, portion->row, arena, &approval));
	w->approver = approval.approver;
	return ERR_OK;
}

/* ERR_NOT_FOUND: the officer does not see it, or nothing waits. */
static enum err waiting_read(struct hold *hold, struct view *view, uint32_t object, struct arena *arena,
			     struct waiting *ret_waiting)
{
	struct waiting w = {.object = object, .persons = 1};
	AUTO_STATEMENT *since = statement_take(hold, STATEMENT_WAITING_GET);
	bind_u64(since, 1, object);
	TRY(statement_row(hold, since));
	w.since = column_u64(since, 0);
	TRY(view_seen(hold, view, object, false, arena, &w.seen));
	TRY(portions_of(hold, object, arena, &w.portions, &w.count));
	TRY(object_get(hold, object, arena, &w.facts));
	w.mine = ARENA_ARRAY(arena, w.count + 1, bool);
	if (!w.mine)
		return ERR_MEMORY;
	for (size_t i = 0; i < w.count; i++) {
		uint64_t nations = w.portions[i].until || !view_has(view, w.portions[i].row) ? 0 : awaiting_nations(&w.portions[i]);
		w.mine[i] = nations != 0;
		w.mine_count += nations != 0;
		w.nations |= nations;
		if (nations)
			TRY(persons_find(hold, &w.portions[i], arena, &w));
	}
	if (!w.mine_count)
		return ERR_NOT_FOUND;
	*ret_waiting = w;
	return ERR_OK;
}

static enum err nations_text(const struct hold *hold, uint64_t nations, struct arena *arena, struct slice *ret_text)
{
	AUTO_BUF text = buf_make(LIMIT_NATIONS * (LIMIT_NATION + 1));
	for (unsigned n = 0; n < hold->nation_count; n++)
		if (nations >> n & 1)
			buf_printf(&text, "%s%.*s", text.len ? " " : "", SLICE_ARG(hold->nations[n]));
	struct slice joined;
	TRY(buf_finish(&text, &joined));
	return arena_copy(arena, joined, ret_text);
}

static enum err objects_waiting(struct hold *hold, struct arena *arena, uint32_t **ret_objects, size_t *ret_count)
{
	size_t count = 0, capacity = 64;
	uint32_t *objects = ARENA_ARRAY(arena, capacity, uint32_t);
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_WAITING_ALL);
	enum err err = objects ? ERR_OK : ERR_MEMORY;
	while (err == ERR_OK && (err = statement_row(hold, ask)) == ERR_OK) {
		if (count == capacity) {
			uint32_t *grown = ARENA_ARRAY(arena, capacity * 2, uint32_t);
			if (!grown)
				return ERR_MEMORY;
			memcpy(grown, objects, count * sizeof(*grown));
			objects = grown;
			capacity *= 2;
		}
		objects[count++] = (uint32_t)column_u64(ask, 0);
	}
	*ret_objects = objects;
	*ret_count = count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err item_make(struct hold *hold, const struct waiting *w, struct arena *arena, struct release_item *ret_item)
{
	struct release_item item = {.title = w->seen.title, .author = w->facts.author, .since = w->since,
				    .portions = (uint32_t)w->mine_count, .persons = w->persons, .approver = w->approver};
	TRY(name_text(hold, hold->catalog.objects[w->object].name, arena, &item.id));
	TRY(hold_marking(hold, w->seen.label, arena, &item.marking));
	TRY(nations_text(hold, w->nations, arena, &item.nations));
	*ret_item = item;
	return ERR_OK;
}

enum err hold_waiting(struct hold *hold, struct view *view, struct arena *arena, struct msg_releases *ret_list)
{
	uint32_t *objects = NULL;
	size_t count = 0, used = 0;
	TRY(objects_waiting(hold, arena, &objects, &count));
	struct release_item *items = ARENA_ARRAY(arena, count + 1, struct release_item);
	if (!items)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct waiting w;
		enum err err = waiting_read(hold, view, objects[i], arena, &w);
		if (err == ERR_NOT_FOUND)
			continue;
		TRY(err);
		TRY(item_make(hold, &w, arena, &items[used++]));
	}
	ret_list->items = (struct record_list){items, used};
	return ERR_OK;
}

enum err hold_waiting_count(struct hold *hold, struct view *view, uint64_t *ret_count)
{
	AUTO_ARENA scratch = {0};
	struct msg_releases list;
	TRY(hold_waiting(hold, view, &scratch, &list));
	*ret_count = list.items.count;
	return ERR_OK;
}

/* ---- showing ---- */

static enum err excerpt_add(struct hold *hold, const struct stored_portion *portion, struct arena *arena, struct plan_row *row)
{
	AUTO_STATEMENT *body = statement_take(hold, STATEMENT_BODY_GET);
	bind_u64(body, 1, portion->row);
	TRY(statement_row(hold, body));
	row->excerpt = hold_excerpt(column_slice(body, 1), arena);
	return ERR_OK;
}

static enum err refusals_text(struct hold *hold, uint32_t object, struct arena *arena, struct slice *ret_text)
{
	AUTO_BUF text = buf_make(LIMIT_NATIONS * (LIMIT_REASON + LIMIT_NATION + 32));
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_REFUSALS_OF);
	bind_u64(ask, 1, object);
	enum err err = ERR_OK;
	while ((err = statement_row(hold, ask)) == ERR_OK)
		buf_printf(&text, "%.*s: refused before: %.*s\n",
			   SLICE_ARG(hold_nation_name(hold, (unsigned)column_u64(ask, 0))), SLICE_ARG(column_slice(ask, 1)));
	if (err != ERR_NOT_FOUND)
		return err;
	struct slice joined;
	TRY(buf_finish(&text, &joined));
	return arena_copy(arena, joined, ret_text);
}

enum err shown_digest(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, uint8_t ret_digest[DIGEST])
{
	struct hold_seen seen;
	struct stored_portion *portions = NULL;
	size_t count = 0;
	TRY(view_seen(hold, view, object, false, arena, &seen));
	TRY(portions_of(hold, object, arena, &portions, &count));
	AUTO_BUF bytes = buf_make((LIMIT_PORTIONS + 1) * (sizeof(uint64_t) * 3));
	buf_put(&bytes, slice_of(&seen.issued, sizeof(seen.issued)));
	for (size_t i = 0; i < count; i++)
		if (!portions[i].until && view_has(view, portions[i].row)) {
			uint64_t facts[3] = {portions[i].row, awaiting_nations(&portions[i]),
					     nations_in(&portions[i], STATE_AWAITING_SECOND)};
			buf_put(&bytes, slice_of(facts, sizeof(facts)));
		}
	TRY(bytes.err);
	crypto_sha256(buf_slice(&bytes), ret_digest);
	return ERR_OK;
}

/* Since when it waits, for how many persons, and who of two approved already; all zero when nothing waits. */
static enum err waiting_facts(struct hold *hold, struct view *view, uint32_t object, struct arena *arena,
			      struct msg_release_shown *shown)
{
	struct waiting w;
	enum err err = waiting_read(hold, view, object, arena, &w);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	shown->since = w.since;
	shown->persons = w.persons;
	shown->approver = w.approver;
	return ERR_OK;
}

enum err hold_release_show(struct hold *hold, struct view *view, struct slice id, struct arena *arena,
			   struct msg_release_shown *ret_shown, uint8_t ret_digest[DIGEST])
{
	uint32_t object = 0;
	struct shown_rows rows;
	struct object_facts facts;
	TRY(view_find(hold, view, id, &object));
	if (!object || hold->catalog.objects[object].originator != hold->own_term)
		return ERR_NOT_FOUND;
	TRY(shown_rows_make(hold, view, object, arena, &rows));
	TRY(object_get(hold, object, arena, &facts));
	struct msg_release_shown shown = {.id = id, .title = rows.seen.title, .author = facts.author, .rows = {rows.rows, rows.count}};
	TRY(waiting_facts(hold, view, object, arena, &shown));
	for (size_t i = 0; i < rows.count; i++)
		if (rows.stored[i])
			TRY(excerpt_add(hold, rows.stored[i], arena, &rows.rows[i]));
	TRY(hold_nations_list(hold, arena, &shown.nations));
	TRY(refusals_text(hold, object, arena, &shown.precedents));
	TRY(shown_digest(hold, view, object, arena, ret_digest));
	*ret_shown = shown;
	return ERR_OK;
}

/* ---- deciding ---- */

static enum err states_put(struct hold *hold, const struct stored_portion *portion, const struct hold_decision *decision)
{
	uint8_t states[LIMIT_NATIONS] = {0};
	memcpy(states, portion->states.data, portion->states.len);
	for (size_t n = 0; n < portion->states.len; n++)
		if (state_waits(states[n]))
			states[n] = !decision->approve			? STATE_REFUSED
				    : states[n] == STATE_AWAITING_TWO ? STATE_AWAITING_SECOND
								      : STATE_APPROVED;
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_PORTION_STATES);
	bind_u64(put, 1, portion->row);
	bind_bytes(put, 2, slice_of(states, portion->states.len));
	return statement_run(hold, put);
}

/* Is it the second of two approvals that waits for its portions? ERR_REFUSED: the first was his own. */
static enum err second_find(struct hold *hold, const struct stored_portion *portion, const struct hold_decision *decision,
			    bool *ret_second)
{
	AUTO_ARENA scratch = {0};
	struct approval first;
	*ret_second = decision->approve && nations_in(portion, STATE_AWAITING_SECOND);
	if (!*ret_second)
		return ERR_OK;
	TRY(approval_get(hold, portion->row, &scratch, &first));
	return slice_equal(first.approver, decision->user) ? ERR_REFUSED : ERR_OK;
}

static enum err row_decide(struct hold *hold, const struct stored_portion *portion, const struct hold_decision *decision,
			   uint64_t now_ms)
{
	bool second = false;
	TRY(second_find(hold, portion, decision, &second));
	TRY(states_put(hold, portion, decision));
	if (!decision->approve)
		return ERR_OK;
	AUTO_STATEMENT *approval = statement_take(hold, second ? STATEMENT_APPROVAL_SECOND : STATEMENT_APPROVAL_PUT);
	bind_u64(approval, 1, portion->row);
	bind_text(approval, 2, decision->user);
	bind_u64(approval, 3, now_ms);
	return statement_run(hold, approval);
}

/* All that waits and he sees; what he approved before as the first of two stays as it is. */
static enum err rows_decide(struct hold *hold, const struct waiting *w, const struct hold_decision *decision, uint64_t now_ms,
			    struct diag *diag)
{
	bool any = false;
	for (size_t i = 0; i < w->count; i++) {
		if (!w->mine[i])
			continue;
		enum err err = row_decide(hold, &w->portions[i], decision, now_ms);
		if (err != ERR_OK && err != ERR_REFUSED)
			return err;
		any |= err == ERR_OK;
	}
	return any ? ERR_OK
		   : diag_fail(diag, ERR_REFUSED, "you approved it already: the second approval is another release officer's");
}

static enum err refusal_note(struct hold *hold, const struct waiting *w, const struct hold_decision *decision, uint64_t now_ms)
{
	for (unsigned n = 0; n < hold->nation_count; n++) {
		if (!(w->nations >> n & 1))
			continue;
		AUTO_STATEMENT *put = statement_take(hold, STATEMENT_REFUSAL_PUT);
		bind_u64(put, 1, w->object);
		bind_u64(put, 2, n);
		bind_text(put, 3, decision->reason);
		bind_u64(put, 4, now_ms);
		TRY(statement_run(hold, put));
	}
	return ERR_OK;
}

enum err hold_decide(struct hold *hold, struct view *view, const struct hold_decision *decision, uint64_t now_ms,
		     struct diag *diag)
{
	AUTO_ARENA scratch = {0};
	uint32_t object = 0;
	struct waiting w;
	uint8_t digest[DIGEST];
	TRY(view_find(hold, view, decision->id, &object));
	if (!object)
		return ERR_NOT_FOUND;
	enum err err = waiting_read(hold, view, object, &scratch, &w);
	if (err == ERR_NOT_FOUND && decision->digest)
		return diag_fail(diag, ERR_CONFLICT, "nothing of it waits, or not any more: somebody decided, or it changed");
	TRY(err);
	if (word_stands_in(w.facts.writers, decision->user))
		return diag_fail(diag, ERR_REFUSED, "nobody decides on the release of his own words: ask another release officer");
	if (!decision->digest)
		return diag_fail(diag, ERR_UNSEEN, "look at it first: bices release show %.*s", SLICE_ARG(decision->id));
	TRY(shown_digest(hold, view, object, &scratch, digest));
	if (memcmp(digest, decision->digest, DIGEST) != 0)
		return diag_fail(diag, ERR_CONFLICT, "it changed since it was shown: look at it again");
	TRY(rows_decide(hold, &w, decision, now_ms, diag));
	if (!decision->approve)
		TRY(refusal_note(hold, &w, decision, now_ms));
	TRY(release_plan(hold, object, 0, now_ms));
	return release_plan_referrers(hold, object, now_ms);
}
