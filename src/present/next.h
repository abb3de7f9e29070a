/* What the pages of warnings and next steps share. */
#ifndef BICES_PRESENT_NEXT_H
#define BICES_PRESENT_NEXT_H

#include "exploit/problem.h"
#include "present/body.h"
#include "present/marking.h"
#include "present/route.h"
#include "present/write.h"

/* Member "label" of an object; its text joins labels, from which the page's own marking is made. */
void write_label(struct request *request, struct buf *json, struct slice label, struct buf *labels);
void write_page_marking(struct request *request, struct buf *json, const struct buf *labels); /* member "page" */
void write_ids(struct buf *json, const char *key, const struct record_list *list); /* struct id_item */

/* Sends an act about an object or a thing of the node; then NULL: answers 204. */
enum progress next_act(struct request *request, enum message_type type, struct msg_act *act, enum message_type expected, request_step *then);

#endif
