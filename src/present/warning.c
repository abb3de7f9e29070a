/* Warning problems and alerts as JSON. Computes nothing: what it says is what the store answered to this reader. */
#include "present/next.h"

#include "exploit/assess.h"

static const char *const state_names[] = {[INDICATOR_UNKNOWN] = "unknown", [INDICATOR_NOT_MET] = "not met", [INDICATOR_MET] = "met"};
static const char *const alert_names[] = {[ALERT_OPEN] = "open", [ALERT_ACKNOWLEDGED] = "acknowledged", [ALERT_DECIDED] = "decided", [ALERT_CLOSED] = "closed"};

static struct slice name_at(const char *const *names, size_t count, size_t place)
{
	return place < count ? slice_text(names[place]) : SLICE("unknown");
}
#define NAME_AT(names, place) name_at(names, sizeof(names) / sizeof((names)[0]), place)

void write_label(struct request *request, struct buf *json, struct slice label, struct buf *labels)
{
	write_member_open(json, "label", '{');
	write_member(json, "text", label);
	write_mark(request, json, label);
	write_marking(request, json, label);
	write_close(json, '}');
	for (struct slice rest = buf_slice(labels), line; rest.len;) { /* few labels stand many times */
		rest = slice_split(rest, '\n', &line);
		if (slice_equal(line, label))
			return;
	}
	buf_put(labels, label);
	buf_put_octet(labels, '\n');
}

void write_page_marking(struct request *request, struct buf *json, const struct buf *labels)
{
	write_member_open(json, "page", '{');
	write_marking(request, json, buf_slice(labels));
	write_close(json, '}');
}

void write_ids(struct buf *json, const char *key, const struct record_list *list)
{
	const struct id_item *ids = list->items;
	write_member_open(json, key, '[');
	for (size_t i = 0; i < list->count; i++)
		write_text(json, ids[i].id);
	write_close(json, ']');
}

/* ---- alerts ---- */

static void write_causes(struct buf *json, const struct record_list *list)
{
	const struct cause_item *causes = list->items;
	write_member_open(json, "causes", '[');
	for (size_t i = 0; i < list->count; i++) {
		write_open(json, '{');
		write_member(json, "indicator", causes[i].indicator);
		write_member(json, "question", causes[i].question);
		write_member(json, "state", NAME_AT(state_names, causes[i].state));
		write_key(json, "evidence");
		if (causes[i].evidence.len)
			write_text(json, causes[i].evidence);
		else
			write_raw(json, SLICE("null"));
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_alert(struct request *request, struct buf *json, const struct alert_item *alert, struct buf *labels)
{
	write_open(json, '{');
	write_member(json, "id", alert->id);
	write_member(json, "problem", alert->problem);
	write_member(json, "title", alert->title);
	write_label(request, json, alert->label, labels);
	write_member(json, "from", alert->was);
	write_member(json, "to", alert->level);
	write_member_bool(json, "rising", alert->rising);
	write_member(json, "precedence", NAME_AT(precedence_names, alert->precedence));
	write_member_moment(json, "at", alert->at);
	write_member(json, "state", NAME_AT(alert_names, alert->state));
	write_member(json, "by", alert->by);
	write_member_moment(json, "acknowledged", alert->acknowledged);
	write_member_moment(json, "closed", alert->closed);
	write_member(json, "reason", alert->reason);
	write_causes(json, &alert->causes);
	write_ids(json, "decisions", &alert->decisions);
	write_close(json, '}');
}

/* state: only these; empty: all */
static void write_alerts(struct request *request, struct buf *json, const struct record_list *list, struct slice state, struct buf *labels)
{
	const struct alert_item *alerts = list->items;
	write_member_open(json, "alerts", '[');
	for (size_t i = 0; i < list->count; i++)
		if (!state.len || slice_equal(state, NAME_AT(alert_names, alerts[i].state)))
			write_alert(request, json, &alerts[i], labels);
	write_close(json, ']');
}

static enum progress alerts_known(struct request *request, const void *answer)
{
	const struct msg_alerts *known = answer;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	write_open(json, '{');
	write_alerts(request, json, &known->items, query_find(&request->query, "state", NULL), &labels);
	write_page_marking(request, json, &labels);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress alert_list(struct request *request)
{
	struct slice state = query_find(&request->query, "state", NULL);
	bool known = !state.len;
	for (size_t i = 0; i < sizeof(alert_names) / sizeof(alert_names[0]); i++)
		known |= slice_equal(state, slice_text(alert_names[i]));
	if (!known)
		return request_fail(request, diag_fail(&request->diag, ERR_MALFORMED, "\"state\" must be open, acknowledged, decided or closed"));
	return request_ask_session(request, MSG_ALERTS, MSG_ALERTS_DONE, alerts_known);
}

static enum progress acted(struct request *request, const void *answer)
{
	(void)answer;
	return request_respond_empty(request, 204);
}

enum progress next_act(struct request *request, enum message_type type, struct msg_act *act, enum message_type expected, request_step *then)
{
	if (act->id.len > LIMIT_OBJECT_ID)
		return request_fail(request, ERR_NOT_FOUND);
	memcpy(act->session, request->session, SESSION);
	return request_ask(request, type, act, expected, then ? then : acted);
}

enum progress alert_acknowledge(struct request *request)
{
	struct msg_act *act = ARENA_NEW(&request->arena, struct msg_act);
	if (!act)
		return request_fail(request, ERR_MEMORY);
	enum err err = body_read(request, NULL, 0);
	if (err != ERR_OK)
		return request_fail(request, err);
	act->act = ACT_ACKNOWLEDGE;
	act->id = request->parameters[0];
	return next_act(request, MSG_ALERT_ACT, act, MSG_DONE, NULL);
}

enum progress alert_close(struct request *request)
{
	struct msg_act *act = ARENA_NEW(&request->arena, struct msg_act);
	if (!act)
		return request_fail(request, ERR_MEMORY);
	const struct body_member members[] = {{"reason", 0, true, LIMIT_REASON, &act->text}};
	enum err err = body_read(request, members, 1);
	if (err == ERR_OK && slice_trim(act->text).len == 0)
		err = diag_fail(&request->diag, ERR_INVALID, "closing an alert without a decision needs a reason");
	if (err != ERR_OK)
		return request_fail(request, err);
	act->act = ACT_CLOSE;
	act->id = request->parameters[0];
	return next_act(request, MSG_ALERT_ACT, act, MSG_DONE, NULL);
}

/* ---- problems ---- */

static void write_warning_facts(struct request *request, struct buf *json, const struct warning_item *item, struct buf *labels)
{
	const struct level_item *levels = item->levels.items;
	write_member(json, "id", item->id);
	write_member(json, "title", item->title);
	write_member(json, "question", item->question);
	write_member(json, "owner", item->owner);
	write_member(json, "originator", item->originator);
	write_label(request, json, item->label, labels);
	write_member(json, "level", item->level);
	write_member(json, "at_most", item->at_most);
	write_member_moment(json, "since", item->since);
	write_member(json, "was", item->was);
	write_member_open(json, "levels", '[');
	for (size_t i = 0; i < item->levels.count; i++)
		write_text(json, levels[i].name);
	write_close(json, ']');
	write_member_number(json, "met", item->met);
	write_member_number(json, "not_met", item->not_met);
	write_member_number(json, "unknown", item->unknown);
	write_member_number(json, "weight", item->weight);
	write_member_number(json, "nations", item->nations);
	write_member_number(json, "sources", item->sources);
	write_member_number(json, "alerts_open", item->alerts);
	write_member_bool(json, "complete", item->complete);
}

/* The highest level first. */
static int rank_compare(const void *a, const void *b)
{
	const struct warning_item *x = *(const struct warning_item *const *)a, *y = *(const struct warning_item *const *)b;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return slice_compare(x->title, y->title);
}

static enum progress warnings_known(struct request *request, const void *answer)
{
	const struct msg_warnings *known = answer;
	const struct warning_item *items = known->items.items;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	const struct warning_item **sorted = arena_alloc(&request->arena, known->items.count + 1, sizeof(*sorted));
	if (!sorted)
		return request_fail(request, ERR_MEMORY);
	for (size_t i = 0; i < known->items.count; i++)
		sorted[i] = &items[i];
	qsort(sorted, known->items.count, sizeof(*sorted), rank_compare);
	write_open(json, '{');
	write_member_open(json, "warnings", '[');
	for (size_t i = 0; i < known->items.count; i++) {
		write_open(json, '{');
		write_warning_facts(request, json, sorted[i], &labels);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_page_marking(request, json, &labels);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress warning_list(struct request *request)
{
	return request_ask_session(request, MSG_WARNINGS, MSG_WARNINGS_DONE, warnings_known);
}

static void write_evidence(struct request *request, struct buf *json, const struct record_list *list, size_t indicator, struct buf *labels)
{
	const struct evidence_item *items = list->items;
	write_member_open(json, "evidence", '[');
	for (size_t i = 0; i < list->count; i++) {
		if (items[i].indicator != indicator)
			continue;
		write_open(json, '{');
		write_member(json, "id", items[i].id);
		write_member(json, "title", items[i].title);
		write_label(request, json, items[i].label, labels);
		write_member(json, "originator", items[i].originator);
		write_member_moment(json, "seen", items[i].seen);
		write_member_moment(json, "admitted", items[i].admitted);
		write_member_bool(json, "calm", items[i].calm);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_indicator(struct buf *json, const struct indicator_item *item, uint64_t now_ms)
{
	write_member(json, "id", item->id);
	write_member(json, "question", item->question);
	write_member(json, "owner", item->owner);
	write_member(json, "source", item->source);
	write_member(json, "scenario", item->scenario);
	write_member_number(json, "weight", item->weight);
	write_member_bool(json, "critical", item->critical);
	write_member(json, "state", NAME_AT(state_names, item->state));
	write_member_moment(json, "last", item->last);
	write_key(json, "age_ms");
	if (item->last)
		write_number(json, now_ms > item->last ? now_ms - item->last : 0);
	else
		write_raw(json, SLICE("null"));
	write_member_number(json, "age_limit_ms", item->age_limit);
	write_member_number(json, "within_ms", item->within);
	write_member_number(json, "seen", item->seen);
	write_member_number(json, "of", item->of);
	write_member_number(json, "nations", item->nations);
	write_member_number(json, "nations_needed", item->nations_needed);
	write_member_number(json, "sources", item->sources);
	write_member_number(json, "sources_needed", item->sources_needed);
	write_member(json, "rule", item->rule);
}

static void write_rule(struct buf *json, const struct record_list *list)
{
	const struct level_item *levels = list->items;
	write_member_open(json, "rule", '[');
	for (size_t i = 0; i < list->count; i++) {
		write_open(json, '{');
		write_member(json, "level", levels[i].name);
		write_member(json, "when", levels[i].when);
		write_member_bool(json, "holds", levels[i].holds);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_names(struct buf *json, const struct msg_warnings *known)
{
	const struct level_item *scenarios = known->scenarios.items;
	const struct authority_item *authorities = known->authorities.items;
	write_member_open(json, "scenarios", '[');
	for (size_t i = 0; i < known->scenarios.count; i++)
		write_text(json, scenarios[i].name);
	write_close(json, ']');
	write_member_open(json, "authorities", '[');
	for (size_t i = 0; i < known->authorities.count; i++) {
		write_open(json, '{');
		write_member(json, "nation", authorities[i].nation);
		write_member(json, "role", authorities[i].role);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_history(struct buf *json, const struct record_list *list)
{
	const struct change_item *changes = list->items;
	write_member_open(json, "history", '[');
	for (size_t i = 0; i < list->count; i++) {
		write_open(json, '{');
		write_member_moment(json, "at", changes[i].at);
		write_member(json, "level", changes[i].level);
		write_member(json, "cause", changes[i].cause);
		write_member_number(json, "known", changes[i].known);
		write_close(json, '}');
	}
	write_close(json, ']');
}

static enum progress warning_known(struct request *request, const void *answer)
{
	const struct msg_warnings *known = answer;
	const struct indicator_item *indicators = known->indicators.items;
	struct buf *json = &request->response.body;
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	if (known->items.count != 1)
		return request_fail(request, ERR_INTERNAL);
	write_open(json, '{');
	write_warning_facts(request, json, known->items.items, &labels);
	write_names(json, known);
	write_rule(json, &((const struct warning_item *)known->items.items)->levels);
	write_member_open(json, "indicators", '[');
	for (size_t i = 0; i < known->indicators.count; i++) {
		write_open(json, '{');
		write_indicator(json, &indicators[i], request->head.now_ms);
		write_evidence(request, json, &known->evidence, i, &labels);
		write_close(json, '}');
	}
	write_close(json, ']');
	write_history(json, &known->history);
	write_alerts(request, json, &known->alerts, SLICE(""), &labels);
	write_page_marking(request, json, &labels);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress warning_get(struct request *request)
{
	return request_ask_object(request, MSG_WARNING_SHOW, request->parameters[0], MSG_WARNINGS_DONE, warning_known);
}
