/* Plans as JSON, see plan.h. An answer that is none of the known ones reads as "never". */
#include "present/plan.h"

#include "object/portion.h"
#include "present/marking.h"
#include "present/write.h"

static struct slice answer_name(uint8_t answer)
{
	switch (answer) {
	case PLAN_AT_ONCE: return SLICE("at once");
	case PLAN_WAITS:
	case PLAN_WAITS_TWO: return SLICE("waits");
	case PLAN_HEAD_DENIED: return SLICE("head denied");
	case PLAN_SENT: return SLICE("sent");
	case PLAN_REFUSED: return SLICE("refused");
	case PLAN_WITHDRAWN: return SLICE("withdrawn");
	default: return SLICE("never");
	}
}

struct slice portion_kind_name(uint8_t kind)
{
	static const char *const names[] = {[PORTION_HEAD] = "head",
					    [PORTION_TEXT] = "text",
					    [PORTION_TABLE] = "table",
					    [PORTION_ATTACHMENT] = "attachment",
					    [PORTION_REFERENCE] = "reference"};
	return kind < sizeof names / sizeof names[0] ? slice_text(names[kind]) : SLICE("");
}

/* The nations for which two officers must approve; absent where there is none. */
static void write_two_persons(struct buf *json, const struct plan_row *row, const struct record_list *nations)
{
	const struct nation_item *names = nations->items;
	bool open = false;
	for (size_t i = 0; i < nations->count && i < row->answers.len; i++) {
		if (row->answers.data[i] != PLAN_WAITS_TWO)
			continue;
		if (!open)
			write_member_open(json, "two_persons", '[');
		open = true;
		write_text(json, names[i].name);
	}
	if (open)
		write_close(json, ']');
}

static void write_row(struct request *request, struct buf *json, const struct plan_row *row,
		      const struct record_list *nations)
{
	const struct nation_item *names = nations->items;
	AUTO_ARENA arena = {0};
	write_open(json, '{');
	write_member(json, "id", row->id);
	write_member(json, "kind", portion_kind_name(row->kind));
	if (row->number)
		write_member_number(json, "portion", row->number);
	write_member(json, "label", row->label);
	write_portion_marking(request, json, row->label);
	write_member(json, "excerpt", row->excerpt);
	write_member_open(json, "answers", '{');
	for (size_t i = 0; i < nations->count; i++) {
		const char *name = arena_text(&arena, names[i].name);
		if (name)
			write_member(json, name, answer_name(i < row->answers.len ? row->answers.data[i] : PLAN_NEVER));
	}
	write_close(json, '}');
	write_two_persons(json, row, nations);
	write_close(json, '}');
}

void write_plan(struct request *request, struct buf *json, const struct record_list *nations,
		const struct record_list *rows)
{
	const struct nation_item *names = nations->items;
	write_member_open(json, "nations", '[');
	for (size_t i = 0; i < nations->count; i++)
		write_text(json, names[i].name);
	write_close(json, ']');
	write_member_open(json, "rows", '[');
	for (size_t i = 0; i < rows->count; i++)
		write_row(request, json, (const struct plan_row *)rows->items + i, nations);
	write_close(json, ']');
}
