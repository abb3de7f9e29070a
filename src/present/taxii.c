/* TAXII 2.1: discovery, API root, collections, status. Must never list what the store did not list for this user. */
#include "present/taxii.h"

#include "crypto/crypto.h"
#include "present/route.h"
#include "present/write.h"

/* ---- statuses ---- */

/* Who asks: a user, whatever session or token it was; a session where the store named nobody. */
static void owner_of(const struct request *request, uint8_t ret_owner[32])
{
	const struct slice user[] = {SLICE("user"), request->user},
			   session[] = {SLICE("session"), SLICE_ARRAY(request->session)};
	crypto_sha256_parts(request->user.len > 0 ? user : session, 2, ret_owner);
}

static void forget(struct statuses *statuses, struct status *status)
{
	statuses->bytes -= status->json.len;
	buf_done(&status->json);
	*status = (struct status){.id = ""};
}

void statuses_done(struct statuses *statuses)
{
	for (size_t i = 0; i < STATUSES; i++)
		forget(statuses, &statuses->items[i]);
}

void statuses_put(struct statuses *statuses, const char *id, const struct request *request, struct slice json)
{
	struct status *status = &statuses->items[statuses->next];
	forget(statuses, status);
	for (size_t i = 1; i < STATUSES && statuses->bytes + json.len > STATUSES_BYTES; i++)
		forget(statuses, &statuses->items[(statuses->next + i) % STATUSES]);
	snprintf(status->id, sizeof status->id, "%s", id);
	owner_of(request, status->owner);
	status->json = buf_make(STATUSES_BYTES);
	buf_put(&status->json, json);
	statuses->bytes += status->json.len;
	statuses->next = (statuses->next + 1) % STATUSES;
}

enum err statuses_find(const struct statuses *statuses, struct slice id, const struct request *request,
		       struct slice *ret_json)
{
	uint8_t owner[32];
	owner_of(request, owner);
	for (size_t i = 0; i < STATUSES && id.len == STATUS_ID; i++) {
		const struct status *status = &statuses->items[i];
		if (!slice_equal(slice_text(status->id), id) || memcmp(status->owner, owner, sizeof owner) != 0)
			continue;
		*ret_json = buf_slice(&status->json);
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

/* ---- discovery and root ---- */

static void put_root_path(const struct request *request, struct buf *path)
{
	struct slice nation = request->site->nation;
	buf_put_text(path, "/taxii2/");
	for (size_t i = 0; i < nation.len; i++)
		buf_put_octet(path, nation.data[i] >= 'A' && nation.data[i] <= 'Z' ? (uint8_t)(nation.data[i] + 32)
										   : nation.data[i]);
	buf_put_octet(path, '/');
}

bool taxii_is_root(const struct request *request)
{
	AUTO_BUF path = buf_make(LIMIT_TITLE);
	put_root_path(request, &path);
	struct slice name = slice_skip(buf_slice(&path), 8);
	return path.err == ERR_OK && slice_equal(request->parameters[0], slice_take(name, name.len - 1));
}

/* A host and port as they may stand in a URL; anything else is not repeated. */
static bool is_host(struct slice host)
{
	for (size_t i = 0; i < host.len; i++)
		if (host.data[i] <= 0x20 || host.data[i] >= 0x7f || strchr("\"<>\\^`{|}/?#@", host.data[i]))
			return false;
	return host.len > 0 && host.len < 256;
}

/* A token says nothing until the store knows it. */
static enum progress discovery_vouched(struct request *request, const void *answer)
{
	(void)answer;
	struct buf *json = &request->response.body;
	AUTO_BUF url = buf_make(LIMIT_TITLE), title = buf_make(LIMIT_TITLE);
	if (is_host(request->head.host))
		buf_printf(&url, "https://%.*s", SLICE_ARG(request->head.host));
	put_root_path(request, &url);
	buf_printf(&title, "OpenBICES node of %.*s", SLICE_ARG(request->site->nation));
	write_open(json, '{');
	write_member(json, "title", buf_slice(&title));
	write_member(json, "default", buf_slice(&url));
	write_member_open(json, "api_roots", '[');
	write_text(json, buf_slice(&url));
	write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_TAXII);
}

enum progress taxii_discovery(struct request *request)
{
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, discovery_vouched);
}

static enum progress root_vouched(struct request *request, const void *answer)
{
	struct buf *json = &request->response.body;
	(void)answer;
	write_open(json, '{');
	write_member(json, "title", request->site->nation);
	write_member_open(json, "versions", '[');
	write_text(json, SLICE("application/taxii+json;version=2.1"));
	write_close(json, ']');
	write_member_number(json, "max_content_length", LIMIT_JSON_BYTES);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_TAXII);
}

enum progress taxii_root(struct request *request)
{
	if (!taxii_is_root(request))
		return request_fail(request, ERR_NOT_FOUND);
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, root_vouched);
}

static enum progress status_vouched(struct request *request, const void *answer)
{
	const struct msg_collections_done *known = answer;
	struct slice json;
	if (!request->user.len && arena_copy(&request->arena, known->user, &request->user) != ERR_OK)
		return request_fail(request, ERR_MEMORY);
	if (statuses_find(request->site->statuses, request->parameters[1], request, &json) != ERR_OK)
		return request_fail(request, ERR_NOT_FOUND);
	buf_put(&request->response.body, json);
	return request_respond(request, 200, MEDIA_TAXII);
}

enum progress taxii_status(struct request *request)
{
	if (!taxii_is_root(request))
		return request_fail(request, ERR_NOT_FOUND);
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, status_vouched);
}

/* ---- collections ---- */

static void write_collection(struct buf *json, const struct collection *collection)
{
	write_open(json, '{');
	write_member(json, "id", collection->id);
	write_member(json, "title", collection->title);
	if (collection->description.len > 0)
		write_member(json, "description", collection->description);
	if (collection->alias.len > 0)
		write_member(json, "alias", collection->alias);
	write_member_bool(json, "can_read", collection->can_read);
	write_member_bool(json, "can_write", collection->can_write);
	write_member_open(json, "media_types", '[');
	write_text(json, slice_text(media_text(MEDIA_STIX)));
	write_close(json, ']');
	write_close(json, '}');
}

static enum progress collections_known(struct request *request, const void *answer)
{
	const struct msg_collections_done *known = answer;
	const struct collection *items = known->collections.items;
	struct buf *json = &request->response.body;
	bool any = false;
	write_open(json, '{');
	for (size_t i = 0; i < known->collections.count; i++) {
		if (!items[i].can_read && !items[i].can_write)
			continue;
		if (!any)
			write_member_open(json, "collections", '[');
		any = true;
		write_collection(json, &items[i]);
	}
	if (any)
		write_close(json, ']');
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_TAXII);
}

enum progress taxii_collections(struct request *request)
{
	if (!taxii_is_root(request))
		return request_fail(request, ERR_NOT_FOUND);
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, collections_known);
}

static enum err copy_collection(struct arena *arena, const struct collection *from, struct collection *to)
{
	*to = *from;
	TRY(arena_copy(arena, from->id, &to->id));
	TRY(arena_copy(arena, from->title, &to->title));
	TRY(arena_copy(arena, from->description, &to->description));
	TRY(arena_copy(arena, from->alias, &to->alias));
	return arena_copy(arena, from->default_label, &to->default_label);
}

static enum progress target_known(struct request *request, const void *answer)
{
	const struct msg_collections_done *known = answer;
	const struct collection *items = known->collections.items;
	struct taxii_target *target = request->work;
	struct slice name = request->parameters[1];
	for (size_t i = 0; i < known->collections.count; i++) {
		bool named = slice_equal(items[i].id, name) ||
			     (items[i].alias.len > 0 && slice_equal(items[i].alias, name));
		if (!named || (!items[i].can_read && !items[i].can_write))
			continue;
		if (copy_collection(&request->arena, &items[i], &target->collection) != ERR_OK)
			return request_fail(request, ERR_MEMORY);
		return target->then(request, target);
	}
	return request_fail(request, ERR_NOT_FOUND);
}

enum progress taxii_find_collection(struct request *request, struct taxii_target *target)
{
	if (!taxii_is_root(request))
		return request_fail(request, ERR_NOT_FOUND);
	request->work = target;
	return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, target_known);
}

static enum progress show_collection(struct request *request, struct taxii_target *target)
{
	write_collection(&request->response.body, &target->collection);
	return request_respond(request, 200, MEDIA_TAXII);
}

enum progress taxii_collection(struct request *request)
{
	struct taxii_target *target = ARENA_NEW(&request->arena, struct taxii_target);
	if (!target)
		return request_fail(request, ERR_MEMORY);
	target->then = show_collection;
	return taxii_find_collection(request, target);
}
