/* Who would see what, as JSON: of a dry run and of a waiting release. */
#ifndef BICES_PRESENT_PLAN_H
#define BICES_PRESENT_PLAN_H

#include "present/request.h"

/* Members "nations" (list) and "rows": one per portion with "answers", a member per nation: "at once", "waits",
 * "never" or "head denied" (the portion is permitted, but nobody there sees its head); of an audience also "sent" and "refused". */
void write_plan(struct request *request, struct buf *json, const struct record_list *nations,
		const struct record_list *rows);

/* "head", "text", "table", "attachment", "reference". */
struct slice portion_kind_name(uint8_t kind);

#endif
