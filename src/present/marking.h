/* Labels in answers: the marking in the policy's words and colour. A label that the node's policies do not know, or
 * that is not in its form, is shown as "UNKNOWN LABEL" and never left out. */
#ifndef BICES_PRESENT_MARKING_H
#define BICES_PRESENT_MARKING_H

#include "present/request.h"

/* Members "marking" (pageTopBottom), "level" (order within its policy) and "color" ("#RRGGBB", absent when the policy
 * has none) of compact labels, one a line: one label by itself, several as the aggregate. Does nothing for no label.
 * */
void write_marking(struct request *request, struct buf *json, struct slice labels);

/* Members "marking", "mark", "level" and "color" of a marking line that this node wrote; what it cannot read stands as it is. */
void write_line_marking(struct request *request, struct buf *json, struct slice line);

/* Member "mark" (portionMarking) alone, beside write_marking. */
void write_mark(struct request *request, struct buf *json, struct slice label);

/* Members "marking", "mark" (portionMarking) and "color" of one portion. */
void write_portion_marking(struct request *request, struct buf *json, struct slice label);

#endif
