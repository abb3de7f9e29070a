/* A list of objects together with what their heads say: a search, then one object after another, all under the reader's
 * view. Must never hold what the search did not answer. */
#ifndef BICES_PRESENT_HEADS_H
#define BICES_PRESENT_HEADS_H

#include "object/json.h"
#include "object/portion.h"
#include "present/search.h"

struct head_item {
	struct hit hit; /* without its snippet; in the request's arena */
	void *kept;     /* what take made of the head */
};

struct heads;
/* Takes what is wanted of one object into item->kept, in the request's arena: view and head end with the call. */
typedef enum err head_take(struct request *request, struct head_item *item, const struct rendition_view *view, json_t *head);
typedef enum progress heads_then(struct request *request, struct heads *heads);

struct heads {
	struct msg_search search; /* the session is filled in */
	head_take *take;
	heads_then *then;
	void *owner;
	struct head_item *items;
	size_t count, read_count;
	uint64_t total; /* hits of the whole question */
	struct slice next;
};

/* request->work is heads until then runs. An object that went meanwhile ends the request as missing. */
enum progress heads_start(struct request *request, struct heads *heads) MUST_USE;

/* A moment in ms, 0 where there is none. */
uint64_t head_moment(json_t *head, const char *name);
/* Anybody may have written the number: outside of 0 to most it counts as the nearer end of it. */
uint64_t head_number(json_t *head, const char *name, json_int_t most, uint64_t otherwise);
/* Members with the text of the head, each where it is one. */
enum err head_text(struct request *request, json_t *head, const char *name, struct slice *ret_text) MUST_USE;
/* What a reference portion points at, when it is of this property; else empty. In the request's arena. */
enum err head_reference(struct request *request, const struct portion *portion, const char *property,
			struct slice *ret_target) MUST_USE;

#endif
