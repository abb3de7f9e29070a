/* The inbox of a person, what he put off, and the hand-over of a watch. Nothing of the watch may be left without owner: who
 * would leave something is refused with a list, and until the successor accepts everything stays where it is. */
#include "hold/inside.h"

#include "crypto/crypto.h"
#include "hold/alerts.h"
#include "hold/releases.h"

enum { INBOX_MAX = 4000, CHARGES_MAX = 2000, KEYS_MAX = 512 * 1024, SNOOZES_MAX = 1000, SNOOZE_DAYS = 30, HAND_OVERS_MAX = 100,
       PRECEDENCE_FLASH = 1 };

/* ---- who holds what ---- */

static enum err charge_get(struct hold *hold, struct slice key, struct arena *arena, struct slice *ret_holder)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_CHARGE_GET);
	bind_text(ask, 1, key);
	enum err err = statement_row(hold, ask);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	return column_copy(ask, 0, arena, ret_holder);
}

static enum err charge_put(struct hold *hold, struct slice key, struct slice user)
{
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_CHARGE_PUT);
	bind_text(put, 1, key);
	bind_text(put, 2, user);
	return statement_run(hold, put);
}

static enum err key_make(struct arena *arena, const char *kind, struct slice id, struct slice *ret_key)
{
	const char *key = arena_printf(arena, "%s:%.*s", kind, SLICE_ARG(id));
	if (!key)
		return ERR_MEMORY;
	*ret_key = slice_text(key);
	return ERR_OK;
}

static struct slice trait_of(const struct step_item *item, const char *name)
{
	const struct trait_item *traits = item->traits.items;
	for (size_t i = 0; i < item->traits.count; i++)
		if (slice_equal(traits[i].name, slice_text(name)))
			return traits[i].value;
	return (struct slice){0};
}

/* A task of this nation that this person has to do: held by him, or by nobody and meant for him or a role of his. */
static bool is_his_task(const struct hold *hold, const struct hold_person *person, const struct step_item *task)
{
	struct slice owner = trait_of(task, "owner");
	if (!slice_equal(task->state, SLICE("open")) || !slice_equal(trait_of(task, "owner_nation"), hold->settings.nation))
		return false;
	if (task->holder.len)
		return slice_equal(task->holder, person->user);
	return slice_equal(owner, person->user) || word_stands_in(person->roles, owner);
}

static bool is_waiting_alert(const struct alert_item *alert)
{
	return alert->state == ALERT_OPEN || alert->state == ALERT_ACKNOWLEDGED;
}

/* What a watch officer has to hand over: alerts that are neither decided nor closed, and tasks; his, or nobody's. */
static enum err charges_alerts(struct hold *hold, const struct hold_person *person, struct arena *arena, struct charge_item *items, size_t *count)
{
	struct record_list alerts = {0};
	TRY(hold_alerts(hold, person, 0, arena, &alerts));
	for (size_t i = 0; i < alerts.count && *count < CHARGES_MAX; i++) {
		const struct alert_item *alert = &((const struct alert_item *)alerts.items)[i];
		struct charge_item item = {.kind = SLICE("alert"), .id = alert->id, .title = alert->title, .label = alert->label};
		if (!is_waiting_alert(alert))
			continue;
		TRY(key_make(arena, "alert", alert->id, &item.key));
		TRY(charge_get(hold, item.key, arena, &item.holder));
		if (!item.holder.len || slice_equal(item.holder, person->user))
			items[(*count)++] = item;
	}
	return ERR_OK;
}

static enum err charges_make(struct hold *hold, const struct hold_person *person, struct arena *arena, struct record_list *ret_charges)
{
	struct charge_item *items = ARENA_ARRAY(arena, CHARGES_MAX + 1, struct charge_item);
	struct record_list tasks = {0};
	size_t count = 0;
	if (!items)
		return ERR_MEMORY;
	TRY(charges_alerts(hold, person, arena, items, &count));
	TRY(hold_steps(hold, person->view, SLICE(TYPE_TASK), (struct slice){0}, SLICE("open"), arena, &tasks));
	for (size_t i = 0; i < tasks.count && count < CHARGES_MAX; i++) {
		const struct step_item *task = &((const struct step_item *)tasks.items)[i];
		if (!is_his_task(hold, person, task))
			continue;
		struct charge_item *item = &items[count++];
		*item = (struct charge_item){.kind = SLICE("task"), .id = task->id, .title = task->title, .label = task->label, .holder = task->holder};
		TRY(key_make(arena, "task", task->id, &item->key));
	}
	*ret_charges = (struct record_list){items, count};
	return ERR_OK;
}

/* ---- inbox ---- */

struct inbox {
	struct hold *hold;
	const struct hold_person *person;
	struct arena *arena;
	struct inbox_item *items;
	size_t count;
};

static enum err inbox_put(struct inbox *inbox, const char *kind, struct inbox_item item)
{
	if (inbox->count == INBOX_MAX)
		return ERR_OK;
	item.kind = slice_text(kind);
	TRY(key_make(inbox->arena, kind, item.id, &item.key));
	AUTO_STATEMENT *ask = statement_take(inbox->hold, STATEMENT_SNOOZE_GET);
	bind_text(ask, 1, inbox->person->user);
	bind_text(ask, 2, item.key);
	enum err err = statement_row(inbox->hold, ask);
	if (err == ERR_OK && column_u64(ask, 0) > inbox->person->now_ms)
		item.snoozed = column_u64(ask, 0);
	inbox->items[inbox->count++] = item;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err inbox_alerts(struct inbox *inbox)
{
	struct record_list alerts = {0};
	TRY(hold_alerts(inbox->hold, inbox->person, 0, inbox->arena, &alerts));
	for (size_t i = 0; i < alerts.count; i++) {
		const struct alert_item *alert = &((const struct alert_item *)alerts.items)[i];
		bool acknowledged = alert->state == ALERT_ACKNOWLEDGED && slice_equal(alert->by, inbox->person->user);
		const char *text = arena_printf(inbox->arena, "%.*s, was %.*s", SLICE_ARG(alert->level), SLICE_ARG(alert->was));
		if (!text)
			return ERR_MEMORY;
		if (alert->state == ALERT_OPEN || acknowledged)
			TRY(inbox_put(inbox, "alert", (struct inbox_item){.id = alert->id, .title = alert->title, .label = alert->label,
									  .precedence = alert->precedence, .at = alert->at, .text = slice_text(text),
									  .state = acknowledged ? SLICE("acknowledged") : SLICE("open")}));
	}
	return ERR_OK;
}

static enum err inbox_tasks(struct inbox *inbox)
{
	struct record_list tasks = {0};
	TRY(hold_steps(inbox->hold, inbox->person->view, SLICE(TYPE_TASK), (struct slice){0}, SLICE("open"), inbox->arena, &tasks));
	for (size_t i = 0; i < tasks.count; i++) {
		const struct step_item *task = &((const struct step_item *)tasks.items)[i];
		if (is_his_task(inbox->hold, inbox->person, task))
			TRY(inbox_put(inbox, "task", (struct inbox_item){.id = task->id, .title = task->title, .label = task->label, .at = task->created,
									 .due = utf8_take(trait_of(task, "due"), LIMIT_USER), .state = task->state,
									 .precedence = PRECEDENCE_ROUTINE}));
	}
	return ERR_OK;
}

static enum err inbox_releases(struct inbox *inbox)
{
	struct msg_releases releases = {0};
	TRY(hold_waiting(inbox->hold, inbox->person->view, inbox->arena, &releases));
	for (size_t i = 0; i < releases.items.count; i++) {
		const struct release_item *release = &((const struct release_item *)releases.items.items)[i];
		uint32_t object = 0;
		struct hold_seen seen;
		struct object_facts facts;
		if (slice_equal(release->author, inbox->person->user)) /* nobody approves his own */
			continue;
		TRY(view_find(inbox->hold, inbox->person->view, release->id, &object));
		if (!object)
			continue;
		TRY(view_seen(inbox->hold, inbox->person->view, object, false, inbox->arena, &seen));
		TRY(object_get(inbox->hold, object, inbox->arena, &facts));
		const char *text = arena_printf(inbox->arena, "by %.*s, to %.*s", SLICE_ARG(release->author), SLICE_ARG(release->nations));
		if (!text)
			return ERR_MEMORY;
		TRY(inbox_put(inbox, "release", (struct inbox_item){.id = release->id, .title = release->title, .label = seen.label, .at = release->since,
								    .state = SLICE("waiting"), .precedence = facts.precedence, .text = slice_text(text)}));
	}
	return ERR_OK;
}

static enum err recall_put(struct inbox *inbox, sqlite3_stmt *row)
{
	struct inbox_item item = {.at = column_u64(row, 1), .state = SLICE("outstanding"), .precedence = PRECEDENCE_ROUTINE};
	uint32_t name = (uint32_t)column_u64(row, 0);
	bool sees = false;
	TRY(view_sees_recall(inbox->hold, inbox->person->view, name, &sees));
	if (!sees)
		return ERR_OK;
	TRY(name_text(inbox->hold, name, inbox->arena, &item.id));
	const char *text = arena_printf(inbox->arena, "%llu have not confirmed", (unsigned long long)column_u64(row, 3));
	if (!text)
		return ERR_MEMORY;
	item.title = item.id;
	item.text = slice_text(text);
	item.label = label_text(inbox->hold, (uint32_t)column_u64(row, 2));
	return inbox_put(inbox, "recall", item);
}

static enum err inbox_recalls(struct inbox *inbox)
{
	AUTO_STATEMENT *ask = statement_take(inbox->hold, STATEMENT_RECALLS_OPEN);
	bind_u64(ask, 1, inbox->hold->own_term);
	enum err err = ERR_OK;
	while ((err = statement_row(inbox->hold, ask)) == ERR_OK)
		TRY(recall_put(inbox, ask));
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err inbox_hand_overs(struct inbox *inbox)
{
	struct msg_hand_overs all = {0};
	TRY(hold_hand_overs(inbox->hold, inbox->person, inbox->arena, &all));
	for (size_t i = 0; i < all.items.count; i++) {
		const struct hand_over_item *each = &((const struct hand_over_item *)all.items.items)[i];
		const char *text = arena_printf(inbox->arena, "%zu open", each->items.count);
		if (!text)
			return ERR_MEMORY;
		if (each->state == HAND_OVER_OFFERED && slice_equal(each->to, inbox->person->user))
			TRY(inbox_put(inbox, "hand-over", (struct inbox_item){.id = each->id, .title = each->from, .at = each->at, .text = slice_text(text),
									      .state = SLICE("offered"), .precedence = PRECEDENCE_ROUTINE - 1}));
	}
	return ERR_OK;
}

static int kind_rank(struct slice kind)
{
	static const char *const kinds[] = {"alert", "hand-over", "task", "release", "recall"};
	int rank = 0;
	while (rank < 5 && !slice_equal(kind, slice_text(kinds[rank])))
		rank++;
	return rank;
}

/* Alerts by precedence, the newest first; the rest by precedence, then what is due, then the oldest. */
static int inbox_compare(const void *a, const void *b)
{
	const struct inbox_item *x = a, *y = b;
	int i = kind_rank(x->kind), k = kind_rank(y->kind);
	if ((i == 0) != (k == 0))
		return i - k;
	if (x->precedence != y->precedence)
		return x->precedence < y->precedence ? -1 : 1;
	if (i != k)
		return i - k;
	int due = slice_compare(x->due, y->due);
	if (due)
		return due;
	if (x->at != y->at)
		return (x->at < y->at) == (i != 0) ? -1 : 1;
	return slice_compare(x->key, y->key);
}

enum err hold_inbox(struct hold *hold, const struct hold_person *person, struct arena *arena, struct msg_inbox *ret_inbox)
{
	struct inbox inbox = {.hold = hold, .person = person, .arena = arena, .items = ARENA_ARRAY(arena, INBOX_MAX + 1, struct inbox_item)};
	if (!inbox.items)
		return ERR_MEMORY;
	if (person->may & USER_WATCH) {
		TRY(inbox_alerts(&inbox));
		TRY(inbox_hand_overs(&inbox));
	}
	TRY(inbox_tasks(&inbox));
	if (person->may & USER_RELEASE) {
		TRY(inbox_releases(&inbox));
		TRY(inbox_recalls(&inbox));
	}
	qsort(inbox.items, inbox.count, sizeof(*inbox.items), inbox_compare);
	ret_inbox->items = (struct record_list){inbox.items, inbox.count};
	return ERR_OK;
}

/* ---- putting off ---- */

static enum err snooze_check(struct hold *hold, const struct hold_person *person, struct slice key, uint64_t until, struct arena *arena, struct diag *diag)
{
	struct msg_inbox inbox = {0};
	const struct inbox_item *found = NULL;
	TRY(hold_inbox(hold, person, arena, &inbox));
	const struct inbox_item *items = inbox.items.items;
	for (size_t i = 0; i < inbox.items.count && !found; i++)
		found = slice_equal(items[i].key, key) ? &items[i] : NULL;
	if (!found)
		return ERR_NOT_FOUND;
	if (until <= person->now_ms || until > person->now_ms + SNOOZE_DAYS * UINT64_C(86400000))
		return diag_fail(diag, ERR_INVALID, "put it off to a moment of the next %d days", SNOOZE_DAYS);
	if (slice_equal(found->kind, SLICE("alert")) && found->precedence <= PRECEDENCE_FLASH)
		return diag_fail(diag, ERR_CONFLICT, "an alert of this precedence cannot be put off: acknowledge it, decide or close it");
	return ERR_OK;
}

static enum err snoozes_limit(struct hold *hold, const struct hold_person *person, struct diag *diag)
{
	AUTO_STATEMENT *past = statement_take(hold, STATEMENT_SNOOZES_PAST);
	bind_text(past, 1, person->user);
	bind_u64(past, 2, person->now_ms);
	TRY(statement_run(hold, past));
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_SNOOZES_COUNT);
	bind_text(ask, 1, person->user);
	TRY(statement_row(hold, ask));
	return column_u64(ask, 0) < SNOOZES_MAX ? ERR_OK : diag_fail(diag, ERR_CONFLICT, "at most %d things can be put off", SNOOZES_MAX);
}

enum err hold_snooze(struct hold *hold, const struct hold_person *person, struct slice key, uint64_t until, struct arena *arena, struct diag *diag)
{
	if (view_is_lens(person->view))
		return diag_fail(diag, ERR_REFUSED, "a lens reads and does nothing else");
	AUTO_STATEMENT *put = statement_take(hold, until ? STATEMENT_SNOOZE_PUT : STATEMENT_SNOOZE_DELETE);
	if (until) {
		TRY(snooze_check(hold, person, key, until, arena, diag));
		TRY(snoozes_limit(hold, person, diag));
		bind_u64(put, 3, until);
	}
	bind_text(put, 1, person->user);
	bind_text(put, 2, key);
	TRY(statement_run(hold, put));
	return until || sqlite3_changes(hold->db) ? ERR_OK : ERR_NOT_FOUND;
}

/* ---- hand-over ---- */

/* What a kept key is about, as far as the person sees it. */
static enum err charge_of_key(struct hold *hold, const struct hold_person *person, struct slice key, const struct record_list *alerts, struct arena *arena,
			      struct charge_item *ret_item, bool *ret_shown)
{
	struct charge_item item = {.key = key};
	struct hold_seen seen;
	uint32_t object = 0;
	item.id = slice_split(key, ':', &item.kind);
	*ret_shown = false;
	TRY(charge_get(hold, key, arena, &item.holder));
	for (size_t i = 0; slice_equal(item.kind, SLICE("alert")) && i < alerts->count; i++) {
		const struct alert_item *alert = &((const struct alert_item *)alerts->items)[i];
		if (!slice_equal(alert->id, item.id))
			continue;
		item.title = alert->title;
		item.label = alert->label;
		*ret_shown = true;
	}
	if (slice_equal(item.kind, SLICE("task"))) {
		TRY(view_find(hold, person->view, item.id, &object));
		if (object) {
			TRY(view_seen(hold, person->view, object, false, arena, &seen));
			item.title = seen.title;
			item.label = seen.label;
			*ret_shown = true;
		}
	}
	*ret_item = item;
	return ERR_OK;
}

static enum err charges_of_keys(struct hold *hold, const struct hold_person *person, struct slice keys, const struct record_list *alerts, struct arena *arena,
				struct record_list *ret_items)
{
	struct charge_item *items = ARENA_ARRAY(arena, CHARGES_MAX + 1, struct charge_item);
	size_t count = 0;
	if (!items)
		return ERR_MEMORY;
	while (keys.len && count < CHARGES_MAX) {
		struct slice key;
		bool shown = false;
		keys = slice_split(keys, '\n', &key);
		if (key.len)
			TRY(charge_of_key(hold, person, key, alerts, arena, &items[count], &shown));
		count += shown;
	}
	*ret_items = (struct record_list){items, count};
	return ERR_OK;
}

static enum err hand_over_read(sqlite3_stmt *row, struct arena *arena, struct hand_over_item *ret_item, struct slice *ret_keys)
{
	struct hand_over_item item = {.state = (uint8_t)column_u64(row, 4), .at = column_u64(row, 5), .ended = column_u64(row, 6)};
	TRY(column_copy(row, 0, arena, &item.id));
	TRY(column_copy(row, 1, arena, &item.from));
	TRY(column_copy(row, 2, arena, &item.to));
	TRY(column_copy(row, 3, arena, &item.entry));
	TRY(column_copy(row, 7, arena, ret_keys));
	*ret_item = item;
	return ERR_OK;
}

static enum err watch_list(struct hold *hold, struct arena *arena, struct record_list *ret_users)
{
	struct msg_users_done users = {0};
	TRY(users_list(hold, arena, &users));
	const struct user_item *items = users.users.items;
	struct id_item *names = ARENA_ARRAY(arena, users.users.count + 1, struct id_item);
	size_t count = 0;
	if (!names)
		return ERR_MEMORY;
	for (size_t i = 0; i < users.users.count; i++)
		if (user_roles_parse(items[i].roles) & USER_WATCH)
			names[count++].id = items[i].user;
	*ret_users = (struct record_list){names, count};
	return ERR_OK;
}

static enum err entry_shows(struct hold *hold, const struct hold_person *person, struct slice entry, bool *ret_shows)
{
	uint32_t object = 0;
	TRY(view_find(hold, person->view, entry, &object));
	*ret_shows = object != 0;
	return ERR_OK;
}

/* The id of an object is told to nobody who does not see the object. */
static enum err entry_blank(struct hold *hold, const struct hold_person *person, struct hand_over_item *item)
{
	bool shows = false;
	TRY(entry_shows(hold, person, item->entry, &shows));
	if (!shows)
		item->entry = (struct slice){0};
	return ERR_OK;
}

enum err hold_hand_overs(struct hold *hold, const struct hold_person *person, struct arena *arena, struct msg_hand_overs *ret_all)
{
	struct hand_over_item *items = ARENA_ARRAY(arena, HAND_OVERS_MAX + 1, struct hand_over_item);
	struct record_list alerts = {0};
	size_t count = 0;
	if (!items)
		return ERR_MEMORY;
	TRY(watch_list(hold, arena, &ret_all->watch));
	TRY(charges_make(hold, person, arena, &ret_all->mine));
	TRY(hold_alerts(hold, person, 0, arena, &alerts));
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_HAND_OVERS);
	enum err err = ERR_OK;
	while (count < HAND_OVERS_MAX && (err = statement_row(hold, ask)) == ERR_OK) {
		struct slice keys;
		TRY(hand_over_read(ask, arena, &items[count], &keys));
		TRY(entry_blank(hold, person, &items[count]));
		TRY(charges_of_keys(hold, person, keys, &alerts, arena, &items[count].items));
		count++;
	}
	ret_all->items = (struct record_list){items, count};
	return err == ERR_NOT_FOUND || err == ERR_OK ? ERR_OK : err;
}

static enum err successor_find(struct hold *hold, struct slice to, struct arena *arena, struct user_item *ret_user, bool *ret_found)
{
	struct msg_users_done users = {0};
	TRY(users_list(hold, arena, &users));
	const struct user_item *items = users.users.items;
	*ret_found = false;
	for (size_t i = 0; i < users.users.count; i++)
		if (slice_equal(items[i].user, to) && user_roles_parse(items[i].roles) & USER_WATCH) {
			*ret_user = items[i];
			*ret_found = true;
		}
	return ERR_OK;
}

/* Keeps of the items those that the successor could not hold, with the reason. */
static enum err left_find(struct hold *hold, const struct hold_person *person, const struct user_item *successor, struct arena *arena,
			  struct record_list *charges)
{
	struct charge_item *items = charges->items;
	struct slice mine, his;
	struct view *view = NULL;
	size_t left = 0;
	TRY(hold_clearance_key(person->clearance, arena, &mine));
	TRY(hold_clearance_key(successor->clearance, arena, &his));
	bool same = slice_equal(mine, his);
	TRY(hold_view(hold, successor->clearance, true, &view));
	for (size_t i = 0; i < charges->count; i++) {
		uint32_t object = 0;
		struct charge_item item = items[i];
		bool alert = slice_equal(item.kind, SLICE("alert"));
		if (!alert)
			TRY(view_find(hold, view, item.id, &object));
		if (alert ? same : object != 0)
			continue;
		item.why = alert ? SLICE("the successor has another clearance and is alerted by what he sees himself") : SLICE("the successor may not see it");
		items[left++] = item;
	}
	charges->count = left;
	return ERR_OK;
}

static void all_left(struct record_list *charges, struct slice why)
{
	struct charge_item *items = charges->items;
	for (size_t i = 0; i < charges->count; i++)
		items[i].why = why;
}

static enum err hand_over_put(struct hold *hold, const struct hold_person *person, struct slice to, struct slice entry, const struct record_list *charges,
			      struct arena *arena, struct slice *ret_id)
{
	const struct charge_item *items = charges->items;
	AUTO_BUF keys = buf_make(KEYS_MAX);
	AUTO_BUF id = buf_make(LIMIT_USER);
	uint8_t random[16];
	crypto_random(random, sizeof(random));
	buf_put_hex(&id, SLICE_ARRAY(random));
	for (size_t i = 0; i < charges->count; i++)
		buf_printf(&keys, "%.*s\n", SLICE_ARG(items[i].key));
	TRY(keys.err);
	TRY(arena_copy(arena, buf_slice(&id), ret_id));
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_HAND_OVER_ADD);
	bind_text(put, 1, *ret_id);
	bind_text(put, 2, person->user);
	bind_text(put, 3, to);
	bind_text(put, 4, entry);
	bind_u64(put, 5, person->now_ms);
	bind_text(put, 6, buf_slice(&keys));
	return statement_run(hold, put);
}

static enum err offered_check(struct hold *hold, const struct hold_person *person, struct arena *arena, struct diag *diag)
{
	AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_HAND_OVERS);
	enum err err = ERR_OK;
	while ((err = statement_row(hold, ask)) == ERR_OK) {
		struct hand_over_item item;
		struct slice keys;
		TRY(hand_over_read(ask, arena, &item, &keys));
		if (item.state == HAND_OVER_OFFERED && slice_equal(item.from, person->user))
			return diag_fail(diag, ERR_CONFLICT, "you offered it to %.*s already: wait for the answer or withdraw it", SLICE_ARG(item.to));
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err entry_check(struct hold *hold, const struct hold_person *person, struct slice entry, struct diag *diag)
{
	bool shows = false;
	if (!entry.len)
		return ERR_OK;
	TRY(entry_shows(hold, person, entry, &shows));
	return shows ? ERR_OK : diag_fail(diag, ERR_INVALID, "entry: there is no entry of this id");
}

enum err hold_hand_over_offer(struct hold *hold, const struct hold_person *person, struct slice to, struct slice entry, struct arena *arena,
			      struct msg_hand_over_done *ret_done, struct diag *diag)
{
	struct msg_hand_over_done done = {0};
	struct user_item successor = {0};
	struct record_list left;
	bool found = false;
	TRY(offered_check(hold, person, arena, diag));
	TRY(entry_check(hold, person, entry, diag));
	TRY(charges_make(hold, person, arena, &done.items));
	TRY(successor_find(hold, to, arena, &successor, &found));
	found = found && !slice_equal(to, person->user);
	left = done.items;
	struct charge_item *copy = ARENA_ARRAY(arena, left.count + 1, struct charge_item);
	if (!copy)
		return ERR_MEMORY;
	memcpy(copy, done.items.items, left.count * sizeof(*copy));
	left.items = copy;
	if (found)
		TRY(left_find(hold, person, &successor, arena, &left));
	else
		all_left(&left, to.len ? SLICE("nobody of that name has the watch's role, other than you") : SLICE("nobody takes over"));
	if (!found || left.count) {
		*ret_done = (struct msg_hand_over_done){.refused = 1, .items = left, .text = left.count
			? SLICE("these would be left without an owner: nothing was handed over") : SLICE("name a successor of the watch's role")};
		return ERR_OK;
	}
	TRY(hand_over_put(hold, person, to, entry, &done.items, arena, &done.id));
	*ret_done = done;
	return ERR_OK;
}

static enum err charges_take(struct hold *hold, struct slice keys, struct slice user)
{
	while (keys.len) {
		struct slice key;
		keys = slice_split(keys, '\n', &key);
		if (key.len)
			TRY(charge_put(hold, key, user));
	}
	return ERR_OK;
}

enum err hold_hand_over_end(struct hold *hold, const struct hold_person *person, const struct msg_act *act, struct arena *arena,
			    struct msg_hand_over_done *ret_done, struct diag *diag)
{
	static const uint8_t states[] = {[ACT_ACCEPT] = HAND_OVER_ACCEPTED, [ACT_REFUSE] = HAND_OVER_REFUSED, [ACT_WITHDRAW] = HAND_OVER_WITHDRAWN};
	struct hand_over_item item;
	struct slice keys;
	if (act->act < ACT_ACCEPT || act->act > ACT_WITHDRAW)
		return ERR_USAGE;
	{
		AUTO_STATEMENT *ask = statement_take(hold, STATEMENT_HAND_OVER_GET);
		bind_text(ask, 1, act->id);
		TRY(statement_row(hold, ask));
		TRY(hand_over_read(ask, arena, &item, &keys));
	}
	if (!slice_equal(person->user, act->act == ACT_WITHDRAW ? item.from : item.to))
		return diag_fail(diag, ERR_REFUSED, "it was offered by %.*s to %.*s", SLICE_ARG(item.from), SLICE_ARG(item.to));
	if (item.state != HAND_OVER_OFFERED)
		return diag_fail(diag, ERR_CONFLICT, "this hand-over ended already");
	AUTO_STATEMENT *put = statement_take(hold, STATEMENT_HAND_OVER_END);
	bind_text(put, 1, act->id);
	bind_u64(put, 2, states[act->act]);
	bind_u64(put, 3, person->now_ms);
	TRY(statement_run(hold, put));
	*ret_done = (struct msg_hand_over_done){.id = item.id};
	return act->act == ACT_ACCEPT ? charges_take(hold, keys, person->user) : ERR_OK;
}
