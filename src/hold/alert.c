/* Alerts of the watch. One cause raises one alert: the level that was told last stands in the database, and each alert has
 * the key of its cause. Never says more about a cause than the view of him who reads it. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/alerts.h"

enum {
	CAUSES_MAX = LIMIT_INDICATORS * (LIMIT_USER + LIMIT_OBJECT_ID + 2), /* a line for each indicator */
	ALERTS_MAX = 1000,
};

static int line_compare(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

enum err hold_clearance_key(struct slice clearance, struct arena *arena, struct slice *ret_key)
{
	size_t most = 1, count = 0;
	for (size_t i = 0; i < clearance.len; i++)
		most += clearance.data[i] == '\n';
	struct slice *lines = ARENA_ARRAY(arena, most, struct slice);
	AUTO_BUF key = buf_make(clearance.len + 1);
	if (!lines)
		return ERR_MEMORY;
	while (clearance.len && count < most) {
		clearance = slice_split(clearance, '\n', &lines[count]);
		lines[count] = slice_trim(lines[count]);
		count += lines[count].len > 0;
	}
	qsort(lines, count, sizeof(*lines), line_compare);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_put_octet(&key, '\n');
		buf_put(&key, lines[i]);
	}
	TRY(key.err);
	return arena_copy(arena, buf_slice(&key), ret_key);
}

enum err hold_watch_clearances(struct hold *hold, struct arena *arena, struct slice **ret_clearances, size_t *ret_count)
{
	struct msg_users_done users = {0};
	size_t count = 0;
	TRY(users_list(hold, arena, &users));
	const struct user_item *items = users.users.items;
	struct slice *clearances = ARENA_ARRAY(arena, users.users.count + 1, struct slice);
	struct slice *keys = ARENA_ARRAY(arena, users.users.count + 1, struct slice);
	if (!clearances || !keys)
		return ERR_MEMORY;
	for (size_t i = 0; i < users.users.count; i++) {
		bool known = !(user_roles_parse(items[i].roles) & USER_WATCH) || !items[i].clearance.len;
		TRY(hold_clearance_key(items[i].clearance, arena, &keys[count]));
		for (size_t k = 0; k < count && !known; k++)
			known = slice_equal(keys[k], keys[count]);
		if (!known)
			clearances[count++] = items[i].clearance;
	}
	*ret_clearances = clearances;
	*ret_count = count;
	return ERR_OK;
}

/* ---- is one due? ---- */

static const struct level *levels_of(const struct hold_warning *warning)
{
	return warning->problem->levels.items;
}

/* Place of a level by its name; a name that the rules no longer hold is the lowest. */
static size_t level_place(const struct hold_warning *warning, struct slice name)
{
	for (size_t i = 0; i < warning->problem->levels.count; i++)
		if (slice_equal(levels_of(warning)[i].name, name))
			return i;
	return 0;
}

/* One line for each indicator that is met: its id, a tab, the id of its newest evidence. */
static enum err causes_make(struct hold *hold, const struct hold_warning *warning, struct arena *arena, struct slice *ret_causes)
{
	const struct indicator *indicators = warning->problem->indicators.items;
	AUTO_BUF text = buf_make(CAUSES_MAX);
	size_t last = SIZE_MAX;
	for (size_t i = 0; i < warning->evidence_count; i++) {
		const struct hold_evidence *each = &warning->evidence[i];
		struct slice id;
		if (each->indicator == last || each->match.calm || warning->now.indicators[each->indicator].state != INDICATOR_MET)
			continue;
		last = each->indicator;
		TRY(name_text(hold, hold->catalog.objects[each->object].name, arena, &id));
		buf_printf(&text, "%.*s\t%.*s\n", SLICE_ARG(indicators[last].id), SLICE_ARG(id));
	}
	TRY(text.err);
	return arena_copy(arena, buf_slice(&text), ret_causes);
}

static enum err key_make(struct hold_alert *alert, uint64_t since_ms)
{
	AUTO_BUF text = buf_make(CAUSES_MAX * 2);
	buf_printf(&text, "%.*s\n%.*s\n%llu\n", SLICE_ARG(alert->problem), SLICE_ARG(alert->level), (unsigned long long)since_ms);
	buf_put(&text, alert->causes);
	if (!alert->rising) /* nothing may be left that tells two falls apart */
		buf_put(&text, alert->before);
	TRY(text.err);
	crypto_sha256(buf_slice(&text), alert->key);
	return ERR_OK;
}

static void id_draw(char ret_id[ALERT_ID + 1])
{
	uint8_t random[ALERT_ID / 2];
	crypto_random(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(ret_id + 2 * i, 3, "%02x", random[i]);
}

static enum err standing_get(struct hold *hold, uint32_t object, struct slice clearance, struct arena *arena, struct hold_alert *alert)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_STANDING_GET);
	bind_u64(ask, 1, object);
	bind_text(ask, 2, clearance);
	TRY(statement_row(hold, ask));
	TRY(column_copy(ask, 0, arena, &alert->was));
	return column_copy(ask, 1, arena, &alert->before);
}

enum err hold_alert_due(struct hold *hold, struct slice clearance, uint32_t object, uint64_t now_ms, struct arena *arena,
			struct hold_alert *ret_alert, bool *ret_due)
{
	struct hold_alert alert = {.object = object, .at = now_ms};
	struct hold_warning warning;
	struct view *view = NULL;
	*ret_due = false;
	TRY(hold_clearance_key(clearance, arena, &alert.clearance));
	TRY(hold_view(hold, clearance, true, &view));
	TRY(hold_warning(hold, view, object, now_ms, arena, &warning));
	ret_alert->next_ms = warning.now.next_ms;
	if (!warning.settled)
		return ERR_OK;
	enum err err = standing_get(hold, object, alert.clearance, arena, &alert);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	bool first = err == ERR_NOT_FOUND;
	if (first)
		alert.was = levels_of(&warning)[0].name;
	size_t was = level_place(&warning, alert.was);
	alert.level = levels_of(&warning)[warning.now.level].name;
	alert.silent = was == warning.now.level;
	if (alert.silent && !first && slice_equal(alert.was, alert.level))
		return ERR_OK;
	alert.rising = warning.now.level > was;
	alert.precedence = alert.rising ? levels_of(&warning)[warning.now.level].precedence : PRECEDENCE_ROUTINE;
	alert.problem = warning.id;
	alert.next_ms = warning.now.next_ms;
	id_draw(alert.id);
	TRY(causes_make(hold, &warning, arena, &alert.causes));
	TRY(key_make(&alert, warning.now.since_ms));
	*ret_alert = alert;
	*ret_due = true;
	return ERR_OK;
}

enum err hold_alert_put(struct hold *hold, const struct hold_alert *alert, bool *ret_new)
{
	bool fresh = false;
	if (!alert->silent) {
		AUTO_STATEMENT *put = statement_take(hold, STATEMENT_ALERT_ADD);
		bind_text(put, 1, slice_text(alert->id));
		bind_u64(put, 2, alert->object);
		bind_text(put, 3, alert->clearance);
		bind_bytes(put, 4, SLICE_ARRAY(alert->key));
		bind_u64(put, 5, alert->at);
		bind_text(put, 6, alert->was);
		bind_text(put, 7, alert->level);
		bind_u64(put, 8, alert->rising);
		bind_u64(put, 9, alert->precedence);
		bind_text(put, 10, alert->causes);
		TRY(statement_run(hold, put));
		fresh = sqlite3_changes(hold->db) == 1;
	}
	AUTO_STATEMENT *standing = statement_take(hold, STATEMENT_STANDING_PUT);
	bind_u64(standing, 1, alert->object);
	bind_text(standing, 2, alert->clearance);
	bind_text(standing, 3, alert->level);
	bind_text(standing, 4, fresh ? slice_text(alert->id) : alert->before);
	*ret_new = fresh;
	return statement_run(hold, standing);
}

/* ---- reading ---- */

struct decided {
	struct slice alert, id; /* a decision that the reader sees and the alert it names */
};
struct listing {
	struct hold *hold;
	const struct hold_person *person;
	struct arena *arena;
	struct decided *decided;
	size_t decided_count;
	struct hold_warning warning; /* of the problem at hand */
	bool computed;
};

static enum err decided_find(struct listing *listing)
{
	struct record_list steps = {0};
	TRY(hold_steps(listing->hold, listing->person->view, SLICE(TYPE_DECISION), (struct slice){0}, (struct slice){0}, listing->arena, &steps));
	const struct step_item *items = steps.items;
	listing->decided = ARENA_ARRAY(listing->arena, steps.count + 1, struct decided);
	if (!listing->decided)
		return ERR_MEMORY;
	for (size_t i = 0; i < steps.count; i++) {
		const struct trait_item *traits = items[i].traits.items;
		for (size_t k = 0; k < items[i].traits.count; k++)
			if (slice_equal(traits[k].name, SLICE("alert")))
				listing->decided[listing->decided_count++] = (struct decided){traits[k].value, items[i].id};
	}
	return ERR_OK;
}

static enum err decisions_take(struct listing *listing, struct alert_item *alert)
{
	struct id_item *ids = ARENA_ARRAY(listing->arena, listing->decided_count + 1, struct id_item);
	if (!ids)
		return ERR_MEMORY;
	alert->decisions.items = ids;
	for (size_t i = 0; i < listing->decided_count; i++)
		if (slice_equal(listing->decided[i].alert, alert->id))
			ids[alert->decisions.count++].id = listing->decided[i].id;
	return ERR_OK;
}

static enum err cause_take(struct listing *listing, struct slice line, struct cause_item *cause)
{
	const struct indicator *indicators = listing->computed ? listing->warning.problem->indicators.items : NULL;
	uint32_t object = 0;
	struct slice evidence = slice_split(line, '\t', &cause->indicator);
	TRY(view_find(listing->hold, listing->person->view, evidence, &object));
	if (object)
		cause->evidence = evidence; /* recalled or hidden: nothing is said of it */
	for (size_t i = 0; indicators && i < listing->warning.problem->indicators.count; i++)
		if (slice_equal(indicators[i].id, cause->indicator)) {
			cause->question = indicators[i].question;
			cause->state = listing->warning.now.indicators[i].state;
		}
	return ERR_OK;
}

static enum err causes_take(struct listing *listing, struct slice text, struct record_list *ret_causes)
{
	struct cause_item *causes = ARENA_ARRAY(listing->arena, LIMIT_INDICATORS + 1, struct cause_item);
	size_t count = 0;
	if (!causes)
		return ERR_MEMORY;
	while (text.len && count < LIMIT_INDICATORS) {
		struct slice line;
		text = slice_split(text, '\n', &line);
		if (line.len)
			TRY(cause_take(listing, line, &causes[count++]));
	}
	*ret_causes = (struct record_list){causes, count};
	return ERR_OK;
}

static enum err texts_read(sqlite3_stmt *row, struct arena *arena, struct alert_item *alert, struct slice *ret_causes)
{
	TRY(column_copy(row, 0, arena, &alert->id));
	TRY(column_copy(row, 3, arena, &alert->was));
	TRY(column_copy(row, 4, arena, &alert->level));
	TRY(column_copy(row, 7, arena, ret_causes));
	TRY(column_copy(row, 8, arena, &alert->by));
	return column_copy(row, 11, arena, &alert->reason);
}

static enum err problem_compute(struct listing *listing, uint32_t object)
{
	if (listing->computed && listing->warning.object == object)
		return ERR_OK;
	enum err err = hold_warning(listing->hold, listing->person->view, object, listing->person->now_ms, listing->arena, &listing->warning);
	listing->computed = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err alert_read(struct listing *listing, sqlite3_stmt *row, struct alert_item *ret_alert, bool *ret_shown)
{
	struct alert_item alert = {.at = column_u64(row, 2), .rising = column_u64(row, 5) != 0, .precedence = (uint8_t)column_u64(row, 6),
				   .acknowledged = column_u64(row, 9), .closed = column_u64(row, 10)};
	uint32_t object = (uint32_t)column_u64(row, 1);
	struct hold_seen seen;
	struct slice causes;
	*ret_shown = false;
	enum err err = view_seen(listing->hold, listing->person->view, object, false, listing->arena, &seen);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	TRY(texts_read(row, listing->arena, &alert, &causes));
	alert.title = seen.title;
	alert.label = seen.label;
	TRY(name_text(listing->hold, listing->hold->catalog.objects[object].name, listing->arena, &alert.problem));
	TRY(problem_compute(listing, object));
	TRY(causes_take(listing, causes, &alert.causes));
	TRY(decisions_take(listing, &alert));
	alert.state = alert.closed ? ALERT_CLOSED : alert.decisions.count ? ALERT_DECIDED : alert.by.len ? ALERT_ACKNOWLEDGED : ALERT_OPEN;
	*ret_alert = alert;
	*ret_shown = true;
	return ERR_OK;
}

enum err hold_alerts(struct hold *hold, const struct hold_person *person, uint32_t object, struct arena *arena, struct record_list *ret_alerts)
{
	struct listing listing = {.hold = hold, .person = person, .arena = arena};
	struct alert_item *items = ARENA_ARRAY(arena, ALERTS_MAX + 1, struct alert_item);
	size_t count = 0;
	if (!items)
		return ERR_MEMORY;
	struct slice key;
	TRY(decided_find(&listing));
	TRY(hold_clearance_key(person->clearance, arena, &key));
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_ALERTS_OF);
	bind_text(ask, 1, key);
	enum err err = ERR_OK;
	while ((err = statement_row(hold, ask)) == ERR_OK && count < ALERTS_MAX) {
		bool shown = false;
		if (object && column_u64(ask, 1) != object)
			continue;
		TRY(alert_read(&listing, ask, &items[count], &shown));
		count += shown;
	}
	*ret_alerts = (struct record_list){items, count};
	return err == ERR_NOT_FOUND || err == ERR_OK ? ERR_OK : err;
}

/* ---- acting ---- */

static enum err alert_find(struct hold *hold, const struct hold_person *person, struct slice id, struct arena *arena, struct slice *ret_by,
			   uint64_t *ret_closed)
{
	struct slice key;
	TRY(hold_clearance_key(person->clearance, arena, &key));
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_ALERT_GET);
	bind_text(ask, 1, id);
	bind_text(ask, 2, key);
	TRY(statement_row(hold, ask));
	if (!view_object_visible(person->view, (uint32_t)column_u64(ask, 1)))
		return ERR_NOT_FOUND;
	*ret_closed = column_u64(ask, 10);
	return column_copy(ask, 8, arena, ret_by);
}

static enum err acknowledge(struct hold *hold, const struct hold_person *person, struct slice id, struct arena *arena)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_ALERT_ACKNOWLEDGE);
	bind_text(put, 1, id);
	bind_text(put, 2, person->user);
	bind_u64(put, 3, person->now_ms);
	TRY(statement_run(hold, put));
	const char *key = arena_printf(arena, "alert:%.*s", SLICE_ARG(id));
	if (!key)
		return ERR_MEMORY;
	AUTO_STATEMENT *charge = statement_take(hold, STATEMENT_CHARGE_PUT);
	bind_text(charge, 1, slice_text(key));
	bind_text(charge, 2, person->user);
	return statement_run(hold, charge);
}

enum err hold_alert_act(struct hold *hold, const struct hold_person *person, const struct msg_act *act, struct arena *arena, struct diag *diag)
{
	struct slice by;
	uint64_t closed = 0;
	TRY(alert_find(hold, person, act->id, arena, &by, &closed));
	if (closed)
		return diag_fail(diag, ERR_CONFLICT, "the alert is closed");
	if (act->act == ACT_ACKNOWLEDGE) {
		if (by.len && !slice_equal(by, person->user))
			return diag_fail(diag, ERR_CONFLICT, "%.*s acknowledged it already", SLICE_ARG(by));
		return by.len ? ERR_OK : acknowledge(hold, person, act->id, arena);
	}
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_ALERT_CLOSE);
	bind_text(put, 1, act->id);
	bind_u64(put, 2, person->now_ms);
	bind_text(put, 3, act->text);
	return statement_run(hold, put);
}
