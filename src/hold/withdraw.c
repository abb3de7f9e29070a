/* Withdrawal by the originator: portions taken back from some nations, for good. Here they stay, and with the nations
 * that are not named. What is on its way is withdrawn with what went; the rest of the plan stays as it is. Never says
 * of a portion that the officer may not see more than "all" says: that it goes too. */
#include "hold/inside.h"

#include "hold/exchange.h"
#include "hold/releases.h"

enum { ORDER_PORTIONS = 32 }; /* of one control entry: each is a record of its own for each nation */

struct withdrawing {
	struct hold *hold;
	const struct hold_withdrawal *ask;
	uint32_t object, name;
	struct shown_rows shown;
	struct object_facts facts;
	bool all, everybody;
	uint64_t nations;	       /* bits: named, or every one */
	bool named[LIMIT_PORTIONS];    /* per shown row */
	uint64_t taken[LIMIT_NATIONS]; /* portion versions withdrawn, per nation */
	struct diag *diag;
};

static uint8_t state_at(const struct stored_portion *portion, unsigned nation)
{
	return nation < portion->states.len ? portion->states.data[nation] : STATE_NEVER;
}

/* May the nation hold it, or get it any moment? */
static bool may_hold(const struct stored_portion *portion, unsigned nation)
{
	return state_goes(state_at(portion, nation));
}

/* ---- what is named ---- */

static enum err nations_read(struct withdrawing *w)
{
	const struct hold *hold = w->hold;
	struct slice rest = w->ask->nations, one;
	w->everybody = slice_equal(rest, SLICE("all"));
	if (w->everybody)
		w->nations = UINT64_MAX;
	while (!w->everybody && rest.len) {
		rest = slice_split(rest, ' ', &one);
		int nation = nation_find(hold, one);
		if (slice_equal(one, hold->settings.nation))
			return diag_fail(w->diag, ERR_USAGE, "%.*s is this nation: a withdrawal takes back from others",
				SLICE_ARG(one));
		if (nation < 0)
			return diag_fail(w->diag, ERR_USAGE,
				"nothing was ever released to \"%.*s\": name a nation, or all", SLICE_ARG(one));
		w->nations |= UINT64_C(1) << nation;
	}
	return w->nations ? ERR_OK : diag_fail(w->diag, ERR_USAGE, "from which nation? name one or more, or all");
}

static enum err number_read(struct withdrawing *w, struct slice text)
{
	uint64_t number = 0;
	uint32_t last = w->shown.count ? w->shown.rows[w->shown.count - 1].number : 0;
	if (slice_parse_u64(text, &number) != ERR_OK || number < 1 || number > last)
		return diag_fail(w->diag, ERR_USAGE,
			"there is no portion \"%.*s\": they have the numbers 1 to %u, as bices release show prints "
			"them",
			SLICE_ARG(text), last);
	for (size_t i = 0; i < w->shown.count; i++) {
		if (w->shown.rows[i].number != number)
			continue;
		if (w->shown.stored[i] && w->shown.stored[i]->mandatory)
			return diag_fail(w->diag, ERR_USAGE,
				"without portion %u it cannot stand: withdraw all from that nation, or recall it from "
				"everybody",
				w->shown.rows[i].number);
		w->named[i] = true;
	}
	return ERR_OK;
}

static enum err numbers_check(struct withdrawing *w, struct view *view, struct arena *arena)
{
	uint8_t digest[DIGEST];
	if (!w->ask->digest)
		return diag_fail(w->diag, ERR_UNSEEN, "look at its numbers first: bices release show %.*s",
			SLICE_ARG(w->ask->id));
	TRY(shown_digest(w->hold, view, w->object, arena, digest));
	return memcmp(digest, w->ask->digest, DIGEST) == 0
		       ? ERR_OK
		       : diag_fail(w->diag, ERR_CONFLICT, "it changed since it was shown: look at it again");
}

static enum err portions_read(struct withdrawing *w, struct view *view, struct arena *arena)
{
	struct slice rest = w->ask->portions, one;
	w->all = slice_equal(rest, SLICE("all"));
	if (w->all)
		return ERR_OK;
	if (!rest.len)
		return diag_fail(w->diag, ERR_USAGE, "which portions? give their numbers, or all");
	TRY(numbers_check(w, view, arena));
	while (rest.len) {
		rest = slice_split(rest, ' ', &one);
		if (slice_equal(one, SLICE("title")))
			return diag_fail(w->diag, ERR_USAGE,
				"without its title nothing of it shows: withdraw all from that nation, or recall it "
				"from everybody");
		TRY(number_read(w, one));
	}
	return ERR_OK;
}

/* ---- is it there to be taken back? ---- */

/* What a nation has of a portion, in any version. */
static bool has_any_version(const struct withdrawing *w, const uint8_t id[PORTION_ID], unsigned nation)
{
	for (size_t i = 0; i < w->shown.portion_count; i++)
		if (memcmp(w->shown.portions[i].id, id, PORTION_ID) == 0 && may_hold(&w->shown.portions[i], nation))
			return true;
	return false;
}

static bool is_taken_from(const struct withdrawing *w, const struct stored_portion *portion, unsigned nation)
{
	return w->nations >> nation & 1 && has_any_version(w, portion->id, nation);
}

static enum err nothing_there(const struct withdrawing *w, size_t row, unsigned nation)
{
	struct slice name = hold_nation_name(w->hold, nation);
	uint8_t state = state_at(w->shown.stored[row], nation);
	uint32_t number = w->shown.rows[row].number;
	if (state == STATE_WITHDRAWN)
		return diag_fail(w->diag, ERR_CONFLICT,
			"portion %u was withdrawn from %.*s already: bices release withdraw status", number,
			SLICE_ARG(name));
	if (state_waits(state))
		return diag_fail(w->diag, ERR_CONFLICT,
			"portion %u has not gone to %.*s, it waits: bices release refuse", number, SLICE_ARG(name));
	return diag_fail(w->diag, ERR_CONFLICT, "%.*s does not have portion %u", SLICE_ARG(name), number);
}

/* Each portion that is named must be with one of the nations. */
static enum err row_check(const struct withdrawing *w, size_t row)
{
	unsigned first = LIMIT_NATIONS;
	for (unsigned n = 0; n < w->hold->nation_count; n++) {
		if (!(w->nations >> n & 1))
			continue;
		if (is_taken_from(w, w->shown.stored[row], n))
			return ERR_OK;
		first = first == LIMIT_NATIONS ? n : first;
	}
	if (w->everybody || first == LIMIT_NATIONS)
		return diag_fail(w->diag, ERR_CONFLICT, "no other nation has portion %u", w->shown.rows[row].number);
	return nothing_there(w, row, first);
}

/* And each nation that is named must have one of the portions. */
static enum err nation_check(const struct withdrawing *w, unsigned nation)
{
	size_t row = w->shown.count;
	for (size_t i = 0; !w->all && i < w->shown.count; i++) {
		if (w->named[i] && is_taken_from(w, w->shown.stored[i], nation))
			return ERR_OK;
		row = w->named[i] && row == w->shown.count ? i : row;
	}
	if (row < w->shown.count)
		return nothing_there(w, row, nation);
	for (size_t i = 0; w->all && i < w->shown.portion_count; i++)
		if (may_hold(&w->shown.portions[i], nation) || state_waits(state_at(&w->shown.portions[i], nation)))
			return ERR_OK;
	return diag_fail(w->diag, ERR_CONFLICT, "%.*s has nothing of it", SLICE_ARG(hold_nation_name(w->hold, nation)));
}

static enum err all_check(const struct withdrawing *w)
{
	for (size_t i = 0; i < w->shown.count; i++) {
		if (w->named[i] && !w->shown.stored[i])
			return ERR_INTERNAL;
		if (w->named[i])
			TRY(row_check(w, i));
	}
	for (unsigned n = 0; n < w->hold->nation_count && !w->everybody; n++)
		if (w->nations >> n & 1)
			TRY(nation_check(w, n));
	return ERR_OK;
}

/* ---- doing it ---- */

static bool is_named(const struct withdrawing *w, const struct stored_portion *portion)
{
	for (size_t i = 0; i < w->shown.count; i++)
		if (w->named[i] && memcmp(w->shown.stored[i]->id, portion->id, PORTION_ID) == 0)
			return true;
	return w->all;
}

static enum err states_set(struct withdrawing *w, const struct stored_portion *portion)
{
	uint8_t states[LIMIT_NATIONS] = {0};
	bool changed = false;
	memcpy(states, portion->states.data ? (const void *)portion->states.data : "", portion->states.len);
	for (unsigned n = 0; n < w->hold->nation_count; n++) {
		bool waits = w->all && state_waits(states[n]);
		if (!(w->nations >> n & 1) || !(waits || may_hold(portion, n)))
			continue;
		states[n] = STATE_WITHDRAWN;
		w->taken[n]++;
		changed = true;
	}
	if (!changed)
		return ERR_OK;
	AUTO_STATEMENT *put = statement_take(w->hold, STATEMENT_PORTION_STATES);
	bind_u64(put, 1, portion->row);
	bind_bytes(put, 2, slice_of(states, w->hold->nation_count));
	return statement_run(w->hold, put);
}

static enum err withdrawal_put(
	struct withdrawing *w, const struct stored_portion *portion, unsigned nation, uint64_t now_ms)
{
	AUTO_STATEMENT *put = statement_take(w->hold, STATEMENT_WITHDRAWAL_PUT);
	bind_u64(put, 1, w->name);
	bind_text(put, 2, hold_nation_name(w->hold, nation));
	bind_bytes(put, 3, SLICE_ARRAY(portion->id));
	bind_u64(put, 4, portion->kind);
	bind_u64(put, 5, portion->label);
	bind_u64(put, 6, now_ms);
	return statement_run(w->hold, put);
}

static enum err order_flush(struct withdrawing *w, unsigned nation, struct buf *ids)
{
	const struct new_order order = {.name = w->name,
		.portion_ids = buf_slice(ids),
		.user = w->ask->user,
		.reason = w->ask->reason,
		.nations = UINT64_C(1) << nation};
	TRY(ids->err);
	if (!ids->len)
		return ERR_OK;
	TRY(order_put(w->hold, &order));
	buf_truncate(ids, 0);
	return ERR_OK;
}

static bool is_first_version(const struct withdrawing *w, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (memcmp(w->shown.portions[k].id, w->shown.portions[i].id, PORTION_ID) == 0)
			return false;
	return true;
}

/* Nations with the same portions share an order. A nation that was never sent anything of it is told nothing. */
static enum err nation_order(struct withdrawing *w, unsigned nation, uint64_t now_ms)
{
	AUTO_BUF ids = buf_make(ORDER_PORTIONS * PORTION_ID);
	if (!(w->nations >> nation & 1) || !(w->facts.holders >> nation & 1))
		return ERR_OK;
	for (size_t i = 0; i < w->shown.portion_count; i++) {
		const struct stored_portion *portion = &w->shown.portions[i];
		if (!is_named(w, portion) || !is_first_version(w, i) || !has_any_version(w, portion->id, nation))
			continue;
		TRY(withdrawal_put(w, portion, nation, now_ms));
		buf_put(&ids, SLICE_ARRAY(portion->id));
		if (ids.len == ORDER_PORTIONS * PORTION_ID)
			TRY(order_flush(w, nation, &ids));
	}
	return order_flush(w, nation, &ids);
}

static enum err withdraw(struct withdrawing *w, uint64_t now_ms)
{
	uint64_t taken = 0;
	for (unsigned n = 0; n < w->hold->nation_count; n++)
		TRY(nation_order(w, n, now_ms));
	for (size_t i = 0; i < w->shown.portion_count; i++)
		if (is_named(w, &w->shown.portions[i]))
			TRY(states_set(w, &w->shown.portions[i]));
	for (unsigned n = 0; n < w->hold->nation_count; n++)
		taken += w->taken[n];
	if (!taken)
		return diag_fail(w->diag, ERR_CONFLICT, "no other nation has anything of it");
	TRY(release_plan(w->hold, w->object, 0, now_ms));
	return release_plan_referrers(w->hold, w->object, now_ms);
}

static enum err object_find_seen(struct withdrawing *w, struct view *view)
{
	uint32_t seen = 0;
	TRY(name_find(w->hold, w->ask->id, &w->name));
	w->object = view_find_own(w->hold, view, w->name);
	if (w->object)
		return ERR_OK;
	TRY(view_find(w->hold, view, w->ask->id, &seen));
	if (!seen)
		return ERR_NOT_FOUND;
	return diag_fail(w->diag, ERR_REFUSED, "it is of another nation: only its originator withdraws it");
}

enum err hold_withdraw_order(
	struct hold *hold, struct view *view, const struct hold_withdrawal *ask, uint64_t now_ms, struct diag *diag)
{
	AUTO_ARENA scratch = {0};
	struct withdrawing w = {.hold = hold, .ask = ask, .diag = diag};
	TRY(object_find_seen(&w, view));
	TRY(shown_rows_make(hold, view, w.object, &scratch, &w.shown));
	TRY(object_get(hold, w.object, &scratch, &w.facts));
	TRY(portions_read(&w, view, &scratch));
	TRY(nations_read(&w));
	TRY(all_check(&w));
	return withdraw(&w, now_ms);
}

/* ---- how it went ---- */

static uint32_t number_of(const struct shown_rows *shown, struct slice id)
{
	for (size_t i = 0; i < shown->count; i++)
		if (shown->stored[i] && slice_equal(SLICE_ARRAY(shown->stored[i]->id), id))
			return shown->rows[i].number;
	return 0;
}

static enum err withdrawal_read(struct hold *hold, sqlite3_stmt *row, const struct shown_rows *shown,
	struct arena *arena, struct withdrawal *ret_item)
{
	struct withdrawal item = {.number = number_of(shown, column_slice(row, 1)),
		.kind = (uint8_t)column_u64(row, 2),
		.label = label_text(hold, (uint32_t)column_u64(row, 3)),
		.ordered = column_u64(row, 4),
		.at = column_u64(row, 5)};
	item.state = item.at ? HOLDER_RECEIPTED : HOLDER_OUTSTANDING;
	TRY(column_copy(row, 0, arena, &item.nation));
	*ret_item = item;
	return ERR_OK;
}

static bool may_know(const struct view *view, uint64_t label)
{
	return label && label < view->verdict_count && view->verdicts[label];
}

static enum err withdrawals_count(struct hold *hold, uint32_t name, size_t *ret_count)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_WITHDRAWALS_OF);
	bind_u64(ask, 1, name);
	enum err err = ERR_OK;
	size_t count = 0;
	while ((err = statement_row(hold, ask)) == ERR_OK)
		count++;
	*ret_count = count;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err hold_withdrawals(struct hold *hold, struct view *view, struct slice id, struct arena *arena,
	struct msg_withdrawals *ret_withdrawals)
{
	struct msg_withdrawals list = {.id = id};
	struct shown_rows shown;
	uint32_t name = 0;
	size_t count = 0;
	TRY(name_find(hold, id, &name));
	uint32_t object = view_find_own(hold, view, name);
	if (!object)
		return ERR_NOT_FOUND;
	TRY(shown_rows_make(hold, view, object, arena, &shown));
	TRY(withdrawals_count(hold, name, &count));
	struct withdrawal *items = ARENA_ARRAY(arena, count + 1, struct withdrawal);
	if (!items)
		return ERR_MEMORY;
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_WITHDRAWALS_OF);
	bind_u64(ask, 1, name);
	enum err err = ERR_OK;
	while (list.items.count < count && (err = statement_row(hold, ask)) == ERR_OK)
		if (may_know(view, column_u64(ask, 3)))
			TRY(withdrawal_read(hold, ask, &shown, arena, &items[list.items.count++]));
	list.items.items = items;
	*ret_withdrawals = list;
	return err == ERR_OK || err == ERR_NOT_FOUND ? ERR_OK : err;
}
