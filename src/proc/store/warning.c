/* Warnings: the walk over what came in, a bounded part at a time, and the alerts of the watch when a level changed; then what
 * readers ask. An alert, its standing and its record for the ledger are one transaction. */
#include "proc/store/store.h"

#include "hold/alerts.h"
#include "os/clock.h"
#include "os/log.h"

enum { WEIGH_MS = 1, PARTS_NOW = 16 /* that a reader waits for */ };

static void on_weigh(struct self *self, void *context);

void store_weigh_soon(struct self *self)
{
	struct store *store = role_context(self);
	if (!store->weigh && store->hold)
		(void)!role_timer_new(self, WEIGH_MS, false, on_weigh, NULL, &store->weigh);
}

/* ---- alerts ---- */

static enum err alert_record(struct self *self, const struct hold_alert *alert)
{
	struct ledger_record record = {.kind = LEDGER_ALERT, .actor = SLICE("store"), .subject = alert->problem,
				       .basis = slice_text(alert->id)};
	memcpy(record.digest, alert->key, sizeof(record.digest));
	return store_record_kept(self, &record);
}

static enum err alert_store(struct self *self, const struct hold_alert *alert)
{
	struct store *store = role_context(self);
	bool fresh = false;
	TRY(hold_alert_put(store->hold, alert, &fresh));
	return fresh ? alert_record(self, alert) : ERR_OK;
}

static enum err alert_commit(struct self *self, const struct hold_alert *alert)
{
	struct store *store = role_context(self);
	TRY(hold_begin(store->hold));
	return store_end(store, alert_store(self, alert));
}

static enum err problem_alert(struct self *self, struct slice clearance, uint32_t object)
{
	struct store *store = role_context(self);
	AUTO_ARENA arena = {0};
	struct hold_alert alert = {0};
	bool due = false;
	enum err err = hold_alert_due(store->hold, clearance, object, clock_now_ms(), &arena, &alert, &due);
	if (alert.next_ms && (!store->alerts_next_ms || alert.next_ms < store->alerts_next_ms))
		store->alerts_next_ms = alert.next_ms;
	if (err == ERR_NOT_FOUND || (err == ERR_OK && !due))
		return ERR_OK;
	return err == ERR_OK ? alert_commit(self, &alert) : err;
}

/* One problem that fails holds up no other; the first failure is answered, so that it is tried again. */
static enum err clearance_alert(struct self *self, struct slice clearance, struct arena *arena)
{
	struct store *store = role_context(self);
	struct view *view = NULL;
	uint32_t *objects = NULL;
	size_t count = 0;
	TRY(hold_view(store->hold, clearance, true, &view));
	TRY(hold_problems(store->hold, view, arena, &objects, &count));
	enum err first = ERR_OK;
	for (size_t i = 0; i < count; i++) {
		enum err err = problem_alert(self, clearance, objects[i]);
		first = first == ERR_OK ? err : first;
	}
	return first;
}

static enum err alerts_find(struct self *self)
{
	struct store *store = role_context(self);
	AUTO_ARENA arena = {0};
	struct slice *clearances = NULL;
	size_t count = 0;
	TRY(hold_watch_clearances(store->hold, &arena, &clearances, &count));
	store->alerts_next_ms = 0;
	enum err first = ERR_OK;
	for (size_t i = 0; i < count; i++) {
		enum err err = clearance_alert(self, clearances[i], &arena);
		first = first == ERR_OK ? err : first;
	}
	return first;
}

/* ---- the walk ---- */

static void weigh(struct self *self)
{
	struct store *store = role_context(self);
	bool more = false;
	if (store_settle(self) != ERR_OK)
		return;
	enum err err = hold_weigh(store->hold, clock_now_ms(), &more);
	uint64_t changes = hold_weigh_changes(store->hold);
	bool due = changes != store->alerts_changes || (store->alerts_next_ms && store->alerts_next_ms <= clock_now_ms());
	if (err == ERR_OK && !more && due) {
		err = alerts_find(self);
		store->alerts_changes = err == ERR_OK ? changes : 0;
		store_audit(self);
	}
	if (err != ERR_OK)
		log_line(LOG_WARNING, "warnings were not weighed: %s; tried again", err_text(err));
	if (err == ERR_OK && more)
		store_weigh_soon(self);
}

static void on_weigh(struct self *self, void *context)
{
	(void)context;
	struct store *store = role_context(self);
	role_timer_free(store->weigh);
	store->weigh = NULL;
	weigh(self);
}

void store_weigh(struct self *self)
{
	struct store *store = role_context(self);
	if (store->hold && !store->weigh)
		weigh(self);
}

/* ---- what readers ask ---- */

bool store_person(struct self *self, const struct role_message *message, const uint8_t id[SESSION], unsigned may, struct hold_person *ret_person)
{
	struct store *store = role_context(self);
	const struct session *session = NULL;
	bool more = true;
	if (!store_session(self, message, id, may, &session))
		return false;
	enum err err = ERR_OK;
	for (unsigned i = 0; err == ERR_OK && more && i < PARTS_NOW; i++)
		err = hold_weigh(store->hold, clock_now_ms(), &more);
	*ret_person = (struct hold_person){.user = session->user, .roles = session->roles, .clearance = session->clearance, .may = session->may,
					   .now_ms = clock_now_ms()};
	if (err == ERR_OK)
		err = store_view(store, session, &ret_person->view);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	return err == ERR_OK;
}

static enum err text_keep(struct buf *text, struct arena *arena, struct slice *ret_text)
{
	TRY(text->err);
	return arena_copy(arena, buf_slice(text), ret_text);
}

static enum err levels_make(const struct hold_warning *warning, struct arena *arena, struct record_list *ret_levels)
{
	const struct level *levels = warning->problem->levels.items;
	size_t count = warning->problem->levels.count;
	struct level_item *items = ARENA_ARRAY(arena, count + 1, struct level_item);
	if (!items)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		AUTO_BUF when = buf_make(LIMIT_MESSAGE_INLINE);
		level_print(&levels[i], &when);
		items[i] = (struct level_item){.name = levels[i].name, .holds = warning->now.level >= i};
		TRY(text_keep(&when, arena, &items[i].when));
	}
	*ret_levels = (struct record_list){items, count};
	return ERR_OK;
}

static enum err item_make(struct store *store, const struct hold_person *person, const struct hold_warning *warning, struct arena *arena,
			  struct warning_item *ret_item)
{
	const struct level *levels = warning->problem->levels.items;
	const struct assessment *now = &warning->now;
	struct record_list alerts = {0};
	struct warning_item item = {
		.id = warning->id, .title = warning->seen.title, .label = warning->seen.label, .question = warning->problem->question,
		.owner = warning->problem->owner, .originator = warning->seen.originator, .level = levels[now->level].name,
		.at_most = levels[now->at_most].name, .since = now->since_ms, .met = now->met, .not_met = now->not_met, .unknown = now->unknown,
		.weight = now->weight, .nations = now->nations, .sources = now->sources, .complete = warning->settled, .rank = now->level};
	if (now->since_ms)
		item.was = levels[now->was].name;
	if (person->may & USER_WATCH)
		TRY(hold_alerts(store->hold, person, warning->object, arena, &alerts));
	for (size_t i = 0; i < alerts.count; i++)
		item.alerts += ((const struct alert_item *)alerts.items)[i].state == ALERT_OPEN;
	*ret_item = item;
	return levels_make(warning, arena, &ret_item->levels);
}

static enum err warnings_make(struct store *store, const struct hold_person *person, struct arena *arena, struct msg_warnings *ret_all)
{
	uint32_t *objects = NULL;
	size_t count = 0;
	TRY(hold_problems(store->hold, person->view, arena, &objects, &count));
	struct warning_item *items = ARENA_ARRAY(arena, count + 1, struct warning_item);
	if (!items)
		return ERR_MEMORY;
	ret_all->items.items = items;
	for (size_t i = 0; i < count; i++) {
		struct hold_warning warning;
		TRY(hold_warning(store->hold, person->view, objects[i], person->now_ms, arena, &warning));
		TRY(item_make(store, person, &warning, arena, &items[ret_all->items.count++]));
	}
	return ERR_OK;
}

void store_on_warnings(struct self *self, const struct role_message *message)
{
	const struct msg_ask *ask = message->value;
	struct msg_warnings all = {0};
	struct hold_person person;
	if (!store_person(self, message, ask->session, 0, &person))
		return;
	enum err err = warnings_make(role_context(self), &person, message->arena, &all);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_WARNINGS_DONE, &all);
}

/* ---- one problem in full ---- */

static enum err indicators_make(const struct hold_warning *warning, struct arena *arena, struct record_list *ret_indicators)
{
	const struct indicator *from = warning->problem->indicators.items;
	const struct name_item *scenarios = warning->problem->scenarios.items;
	size_t count = warning->problem->indicators.count;
	struct indicator_item *items = ARENA_ARRAY(arena, count + 1, struct indicator_item);
	if (!items)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct indicator_now *now = &warning->now.indicators[i];
		AUTO_BUF rule = buf_make(LIMIT_MESSAGE_INLINE);
		rule_print(&from[i], &rule);
		items[i] = (struct indicator_item){
			.id = from[i].id, .question = from[i].question, .owner = from[i].owner, .source = from[i].source,
			.age_limit = from[i].age_limit_ms, .within = from[i].within_ms, .last = now->last_ms, .weight = from[i].weight,
			.seen = now->seen, .of = from[i].count, .nations = now->nations, .sources = now->sources,
			.nations_needed = from[i].nations, .sources_needed = from[i].sources, .critical = from[i].critical, .state = now->state};
		if (from[i].scenario)
			items[i].scenario = scenarios[from[i].scenario - 1].name;
		TRY(text_keep(&rule, arena, &items[i].rule));
	}
	*ret_indicators = (struct record_list){items, count};
	return ERR_OK;
}

static enum err evidence_make(struct store *store, const struct hold_person *person, const struct hold_warning *warning, struct arena *arena,
			      struct record_list *ret_evidence)
{
	struct evidence_item *items = ARENA_ARRAY(arena, warning->evidence_count + 1, struct evidence_item);
	if (!items)
		return ERR_MEMORY;
	for (size_t i = 0; i < warning->evidence_count; i++) {
		const struct hold_evidence *from = &warning->evidence[i];
		struct hold_seen seen;
		TRY(hold_object_seen(store->hold, person->view, from->object, arena, &items[i].id, &seen));
		items[i].indicator = from->indicator;
		items[i].title = seen.title;
		items[i].label = seen.label;
		items[i].originator = seen.originator;
		items[i].seen = from->match.seen_ms;
		items[i].admitted = from->match.known_ms;
		items[i].calm = from->match.calm;
	}
	*ret_evidence = (struct record_list){items, warning->evidence_count};
	return ERR_OK;
}

static enum err history_make(const struct hold_warning *warning, struct arena *arena, struct record_list *ret_history)
{
	const struct level *levels = warning->problem->levels.items;
	const struct indicator *indicators = warning->problem->indicators.items;
	size_t count = warning->now.history_count;
	struct change_item *items = ARENA_ARRAY(arena, count + 1, struct change_item);
	if (!items)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct level_change *from = &warning->now.history[i];
		items[i] = (struct change_item){from->at, levels[from->level].name, indicators[from->cause].id, from->known};
	}
	*ret_history = (struct record_list){items, count};
	return ERR_OK;
}

static enum err names_make(const struct problem *problem, struct arena *arena, struct msg_warnings *all)
{
	const struct name_item *scenarios = problem->scenarios.items;
	const struct authority *authorities = problem->authorities.items;
	struct level_item *names = ARENA_ARRAY(arena, problem->scenarios.count + 1, struct level_item);
	struct authority_item *who = ARENA_ARRAY(arena, problem->authorities.count + 1, struct authority_item);
	if (!names || !who)
		return ERR_MEMORY;
	for (size_t i = 0; i < problem->scenarios.count; i++)
		names[i].name = scenarios[i].name;
	for (size_t i = 0; i < problem->authorities.count; i++)
		who[i] = (struct authority_item){authorities[i].nation, authorities[i].role};
	all->scenarios = (struct record_list){names, problem->scenarios.count};
	all->authorities = (struct record_list){who, problem->authorities.count};
	return ERR_OK;
}

static enum err warning_make(struct store *store, const struct hold_person *person, struct slice id, struct arena *arena, struct msg_warnings *ret_all)
{
	struct hold_warning warning;
	struct warning_item *item = ARENA_NEW(arena, struct warning_item);
	if (!item)
		return ERR_MEMORY;
	TRY(hold_warning_find(store->hold, person->view, id, person->now_ms, arena, &warning));
	TRY(item_make(store, person, &warning, arena, item));
	ret_all->items = (struct record_list){item, 1};
	TRY(names_make(warning.problem, arena, ret_all));
	TRY(indicators_make(&warning, arena, &ret_all->indicators));
	TRY(evidence_make(store, person, &warning, arena, &ret_all->evidence));
	TRY(history_make(&warning, arena, &ret_all->history));
	return person->may & USER_WATCH ? hold_alerts(store->hold, person, warning.object, arena, &ret_all->alerts) : ERR_OK;
}

void store_on_warning_show(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask_object *ask = message->value;
	struct msg_warnings all = {0};
	struct hold_person person;
	if (!store_person(self, message, ask->session, 0, &person))
		return;
	enum err err = warning_make(store, &person, ask->id, message->arena, &all);
	if (err != ERR_OK) {
		role_refuse(self, message->caller, err, 0, NULL);
		return;
	}
	struct ledger_record record = {.kind = LEDGER_SHOW, .actor = person.user, .subject = ask->id, .basis = SLICE("warning")};
	store_record(self, &record);
	(void)role_reply(self, message->caller, MSG_WARNINGS_DONE, &all);
}

/* ---- alerts ---- */

void store_on_alerts(struct self *self, const struct role_message *message)
{
	struct store *store = role_context(self);
	const struct msg_ask *ask = message->value;
	struct msg_alerts all = {0};
	struct hold_person person;
	if (!store_person(self, message, ask->session, USER_WATCH, &person))
		return;
	enum err err = hold_alerts(store->hold, &person, 0, message->arena, &all.items);
	if (err != ERR_OK)
		role_refuse(self, message->caller, err, 0, NULL);
	else
		(void)role_reply(self, message->caller, MSG_ALERTS_DONE, &all);
}

static enum err act(struct self *self, const struct hold_person *person, const struct msg_act *ask, struct arena *arena, struct diag *diag)
{
	struct store *store = role_context(self);
	struct ledger_record record = {.kind = ask->act == ACT_ACKNOWLEDGE ? LEDGER_ACKNOWLEDGE : LEDGER_CLOSE, .actor = person->user,
				       .subject = ask->id, .basis = utf8_take(ask->text, LIMIT_USER)};
	if (ask->act != ACT_ACKNOWLEDGE && ask->act != ACT_CLOSE)
		return ERR_USAGE;
	TRY(hold_begin(store->hold));
	enum err err = hold_alert_act(store->hold, person, ask, arena, diag);
	if (err == ERR_OK)
		err = store_record_kept(self, &record);
	return store_end(store, err);
}

void store_on_alert_act(struct self *self, const struct role_message *message)
{
	const struct msg_act *ask = message->value;
	struct hold_person person;
	struct diag diag = {0};
	if (!store_person(self, message, ask->session, USER_WATCH, &person))
		return;
	enum err err = act(self, &person, ask, message->arena, &diag);
	if (err != ERR_OK) {
		role_refuse_diag(self, message->caller, err, &diag);
		return;
	}
	role_done(self, message->caller);
	store_audit(self);
}
