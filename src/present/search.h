/* What lists of hits have in common: how the question is read, and how a hit is written. */
#ifndef BICES_PRESENT_SEARCH_H
#define BICES_PRESENT_SEARCH_H

#include "present/request.h"

/* Reads q, type, originator, label, since, limit, cursor, count and facets, as far as the route takes them. ERR_MALFORMED,
 * ERR_TOO_LARGE name the parameter. */
enum err search_read(struct request *request, struct msg_search *search) MUST_USE;

/* Members of a hit but its snippet, into an object that is open. */
void write_hit_members(struct request *request, struct buf *json, const struct hit *hit);

/* Member "next" of a list, absent on the last page. */
void write_next(struct buf *json, struct slice next);

#endif
