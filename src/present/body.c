/* Small JSON bodies, see body.h. Must never let an unknown member pass. */
#include "present/body.h"

#include "object/json.h"
#include "present/route.h"

static const struct body_member *find(const struct body_member *members, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}

static enum err take_list(const json_t *list, const struct body_member *member, struct buf *text, struct diag *diag)
{
	size_t i;
	json_t *item;
	json_array_foreach (list, i, item) {
		if (!json_is_string(item) || slice_find_octet(json_slice(item), (uint8_t)member->separator) >= 0)
			return diag_fail(diag, ERR_MALFORMED, "\"%s\" must be a list of texts", member->name);
		if (i > 0)
			buf_put_octet(text, (uint8_t)member->separator);
		buf_put(text, json_slice(item));
	}
	return ERR_OK;
}

static enum err take(struct request *request, const json_t *value, const struct body_member *member)
{
	AUTO_BUF text = buf_make(member->max);
	if (member->separator ? !json_is_array(value) : !json_is_string(value))
		return diag_fail(&request->diag, ERR_MALFORMED, "\"%s\" must be a %s", member->name,
				 member->separator ? "list" : "text");
	if (member->separator)
		TRY(take_list(value, member, &text, &request->diag));
	else
		buf_put(&text, json_slice(value));
	if (text.err != ERR_OK)
		return diag_fail(&request->diag, text.err, "\"%s\" may have at most %zu octets", member->name,
				 member->max);
	return arena_copy(&request->arena, buf_slice(&text), member->ret_text);
}

enum err body_read(struct request *request, const struct body_member *members, size_t count)
{
	AUTO_JSON *object = NULL;
	struct slice body = slice_trim(request->body).len > 0 ? request->body : SLICE("{}");
	const char *name;
	json_t *value;
	TRY(json_read(body, BODY_SMALL_BYTES, &object, &request->diag));
	if (!json_is_object(object))
		return diag_fail(&request->diag, ERR_MALFORMED, "the body must be a JSON object");
	json_object_foreach (object, name, value) {
		const struct body_member *member = find(members, count, name);
		if (!member)
			return diag_fail(&request->diag, ERR_MALFORMED, "unknown member \"%.64s\"", name);
		TRY(take(request, value, member));
	}
	for (size_t i = 0; i < count; i++)
		if (members[i].required && !json_object_get(object, members[i].name))
			return diag_fail(&request->diag, ERR_MALFORMED, "\"%s\" is missing", members[i].name);
	return ERR_OK;
}
