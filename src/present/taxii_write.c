/* TAXII 2.1: adding objects, whole or not at all, and deleting what oneself posted. Must never count as a success
 * what the store has not committed. */
#include "base/moment.h"
#include "crypto/crypto.h"
#include "present/imports.h"
#include "present/publish.h"
#include "present/route.h"
#include "present/taxii.h"
#include "present/write.h"
#include "protocol/frame.h"

struct posting {
	struct taxii_target target; /* first */
	struct publish publish;
};

/* spec: RFC 9562 5.4 */
static void make_uuid(char ret_text[STATUS_ID + 1])
{
	uint8_t octets[16];
	crypto_random(octets, sizeof octets);
	octets[6] = (octets[6] & 0x0f) | 0x40;
	octets[8] = (octets[8] & 0x3f) | 0x80;
	AUTO_BUF hex = buf_make(32);
	buf_put_hex(&hex, SLICE_ARRAY(octets));
	const char *digits = (const char *)hex.data;
	snprintf(ret_text, STATUS_ID + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", digits, digits + 8, digits + 12, digits + 16,
		 digits + 20);
}

/* The version as its poster wrote it. */
static void write_success(struct buf *json, const json_t *object)
{
	static const char *const names[] = {"modified", "created"};
	struct slice version = {NULL, 0};
	for (int i = 0; i < 2 && version.len == 0; i++)
		version = json_slice(json_object_get(object, names[i]));
	write_open(json, '{');
	write_member(json, "id", json_slice(json_object_get(object, "id")));
	if (version.len > 0)
		write_member(json, "version", version);
	write_close(json, '}');
}

static void write_status(struct request *request, struct buf *json, const char *id)
{
	const json_t *objects = json_object_get(request->document, "objects");
	size_t i, count = json_array_size(objects);
	json_t *object;
	write_open(json, '{');
	write_member(json, "id", slice_text(id));
	write_member(json, "status", SLICE("complete"));
	write_member_moment(json, "request_timestamp", request->head.now_ms);
	write_member_number(json, "total_count", count);
	write_member_number(json, "success_count", count);
	write_member_open(json, "successes", '[');
	json_array_foreach (objects, i, object)
		write_success(json, object);
	write_close(json, ']');
	write_member_number(json, "failure_count", 0);
	write_member_number(json, "pending_count", 0);
	write_close(json, '}');
}

static enum progress posted(struct request *request, const void *answer)
{
	struct buf *json = &request->response.body;
	char id[STATUS_ID + 1];
	const json_t *objects = json_object_get(request->document, "objects");
	(void)answer;
	make_uuid(id);
	write_status(request, json, id);
	imports_note(request, IMPORT_TAXII, json_array_size(objects),
		     json_slice(json_object_get(json_array_get(objects, 0), "id")));
	if (json->err == ERR_OK)
		statuses_put(request->site->statuses, id, request, buf_slice(json));
	return request_respond(request, 202, MEDIA_TAXII);
}

static enum progress post_to(struct request *request, struct taxii_target *target)
{
	struct posting *posting = (struct posting *)target;
	if (!target->collection.can_write)
		return request_fail(request,
				    diag_fail(&request->diag, ERR_REFUSED, "this collection cannot be written"));
	posting->publish.label = target->collection.default_label;
	posting->publish.put.collection = target->collection.id;
	posting->publish.put.precedence = LANE_ROUTINE;
	posting->publish.envelope = true;
	posting->publish.then = posted;
	return publish_start(request, &posting->publish);
}

enum progress taxii_post(struct request *request)
{
	struct posting *posting = ARENA_NEW(&request->arena, struct posting);
	if (!posting)
		return request_fail(request, ERR_MEMORY);
	posting->target.then = post_to;
	return taxii_find_collection(request, &posting->target);
}

/* ---- DELETE ---- */

struct deleting {
	struct taxii_target target; /* first */
	struct msg_ask_object ask;
};

static enum progress deleted(struct request *request, const void *answer)
{
	(void)answer;
	return request_respond_empty(request, 200);
}

/* spec: TAXII 2.1 5.7: both rights are needed; with neither the collection does not exist */
static enum progress delete_from(struct request *request, struct taxii_target *target)
{
	struct deleting *deleting = (struct deleting *)target;
	if (!target->collection.can_read || !target->collection.can_write)
		return request_fail(request, diag_fail(&request->diag, ERR_REFUSED,
						       "deleting takes the rights to read and to write"));
	memcpy(deleting->ask.session, request->session, SESSION);
	deleting->ask.id = request->parameters[2];
	deleting->ask.collection = target->collection.id;
	return request_ask(request, MSG_DELETE, &deleting->ask, MSG_DONE, deleted);
}

enum progress taxii_delete(struct request *request)
{
	struct deleting *deleting = ARENA_NEW(&request->arena, struct deleting);
	if (!deleting)
		return request_fail(request, ERR_MEMORY);
	struct slice versions = query_find(&request->query, "match[version]", NULL);
	enum err err = taxii_check_versions(versions, &request->diag);
	if (err != ERR_OK)
		return request_fail(request, err);
	struct slice formats = query_find(&request->query, "match[spec_version]", NULL);
	if (request->parameters[2].len > LIMIT_OBJECT_ID || (formats.len > 0 && !taxii_names_format(formats)))
		return request_fail(request, ERR_NOT_FOUND);
	deleting->ask.version = slice_equal(versions, SLICE("all")) ? (struct slice){NULL, 0} : versions;
	if (deleting->ask.version.len > LIMIT_USER)
		return request_fail(
			request, diag_fail(&request->diag, ERR_TOO_LARGE, "\"match[version]\" takes one version here"));
	deleting->target.then = delete_from;
	return taxii_find_collection(request, &deleting->target);
}
