/* See heads.h. Must never ask for an object that the search did not answer. */
#include "present/heads.h"

#include "base/moment.h"

uint64_t head_moment(json_t *head, const char *name)
{
	uint64_t ms = 0;
	return moment_parse(json_slice(json_object_get(head, name)), &ms) == ERR_OK ? ms : 0;
}

uint64_t head_number(json_t *head, const char *name, json_int_t most, uint64_t otherwise)
{
	json_t *number = json_object_get(head, name);
	json_int_t value = json_integer_value(number);
	if (!json_is_integer(number))
		return otherwise;
	return value < 0 ? 0 : (uint64_t)(value > most ? most : value);
}

enum err head_text(struct request *request, json_t *head, const char *name, struct slice *ret_text)
{
	return arena_copy(&request->arena, json_slice(json_object_get(head, name)), ret_text);
}

enum err head_reference(struct request *request, const struct portion *portion, const char *property,
			struct slice *ret_target)
{
	AUTO_JSON *reference = NULL;
	*ret_target = (struct slice){NULL, 0};
	if (portion->kind != PORTION_REFERENCE ||
		json_read(portion->content, LIMIT_PORTION_BYTES, &reference, NULL) != ERR_OK ||
		!slice_equal(json_slice(json_object_get(reference, "property")), slice_text(property)))
		return ERR_OK;
	return head_text(request, reference, "target", ret_target);
}

/* ---- one object after another ---- */

static enum progress next_head(struct request *request, struct heads *heads);

static enum err take_one(struct request *request, struct heads *heads, const struct msg_object *object)
{
	AUTO_ARENA arena = {0};
	AUTO_JSON *head = NULL;
	struct rendition_view view;
	TRY(rendition_open(object->rendition, &arena, &view));
	TRY(json_read(view.head->content, LIMIT_PORTION_BYTES, &head, NULL));
	return heads->take(request, &heads->items[heads->read_count++], &view, head);
}

static enum progress head_read(struct request *request, const void *answer)
{
	struct heads *heads = request->work;
	if (take_one(request, heads, answer) != ERR_OK)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	return next_head(request, heads);
}

static enum progress next_head(struct request *request, struct heads *heads)
{
	if (heads->read_count < heads->count)
		return request_ask_object(
			request, MSG_GET, heads->items[heads->read_count].hit.id, MSG_OBJECT, head_read);
	return heads->then(request, heads);
}

/* ---- the search ---- */

static enum err copy_hit(struct arena *arena, const struct hit *from, struct hit *to)
{
	*to = (struct hit){.admitted = from->admitted, .modified = from->modified};
	TRY(arena_copy(arena, from->id, &to->id));
	TRY(arena_copy(arena, from->type, &to->type));
	TRY(arena_copy(arena, from->title, &to->title));
	TRY(arena_copy(arena, from->label, &to->label));
	return arena_copy(arena, from->originator, &to->originator);
}

static enum err take_hits(struct request *request, struct heads *heads, const struct msg_hits *hits)
{
	const struct hit *items = hits->hits.items;
	heads->total = hits->count;
	heads->items = ARENA_ARRAY(&request->arena, hits->hits.count + 1, struct head_item);
	if (!heads->items)
		return ERR_MEMORY;
	for (; heads->count < hits->hits.count; heads->count++)
		TRY(copy_hit(&request->arena, &items[heads->count], &heads->items[heads->count].hit));
	return arena_copy(&request->arena, hits->next, &heads->next);
}

static enum progress found(struct request *request, const void *answer)
{
	struct heads *heads = request->work;
	enum err err = take_hits(request, heads, answer);
	if (err != ERR_OK)
		return request_fail(request, err);
	return next_head(request, heads);
}

enum progress heads_start(struct request *request, struct heads *heads)
{
	memcpy(heads->search.session, request->session, SESSION);
	heads->count = heads->read_count = 0;
	request->work = heads;
	return request_ask(request, MSG_SEARCH, &heads->search, MSG_HITS, found);
}
