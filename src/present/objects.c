/* Publishing and reading objects. Must never shape an answer by anything but what the store released to this reader. */
#include "object/stix.h"
#include "object/words.h"
#include "present/downgrade.h"
#include "present/imports.h"
#include "present/marking.h"
#include "present/plan.h"
#include "present/publish.h"
#include "present/route.h"
#include "present/write.h"
#include "protocol/frame.h"

/* ---- POST ---- */

/* What became of a document of STIX 2.0. */
static void write_conversion(struct buf *json, const struct stix_report *report)
{
	if (!report)
		return;
	write_member_open(json, "converted", '[');
	for (size_t i = 0; i < report->count && i < LIMIT_FINDINGS; i++)
		write_text(json, report->lines[i]);
	write_close(json, ']');
	write_member_number(json, "converted_count", report->count);
}

static enum progress published(struct request *request, const void *answer)
{
	const struct msg_put_done *done = answer;
	const struct id_item *ids = done->ids.items;
	const struct publish *publish = request->work;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_member_open(json, "ids", '[');
	for (size_t i = 0; i < done->ids.count; i++)
		write_text(json, ids[i].id);
	write_close(json, ']');
	write_member_number(json, "waiting", done->waiting);
	if (done->ids.count > 0)
		imports_note(request, IMPORT_API, done->ids.count, ids[0].id);
	write_conversion(json, publish->converted);
	write_close(json, '}');
	return request_respond(request, 201, MEDIA_JSON);
}

static enum progress planned(struct request *request, const void *answer)
{
	const struct msg_plan_shown *plan = answer;
	const struct publish *publish = request->work;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_plan(request, json, &plan->nations, &plan->rows);
	write_conversion(json, publish->converted);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

static enum progress audience_known(struct request *request, const void *answer)
{
	const struct msg_plan_shown *plan = answer;
	struct buf *json = &request->response.body;
	write_open(json, '{');
	write_plan(request, json, &plan->nations, &plan->rows);
	write_close(json, '}');
	return request_respond(request, 200, MEDIA_JSON);
}

static const char *const lane_names[LANE_COUNT] = {
	[LANE_OVERRIDE] = "override", [LANE_FLASH] = "flash",	  [LANE_IMMEDIATE] = "immediate",
	[LANE_PRIORITY] = "priority", [LANE_ROUTINE] = "routine", [LANE_DEFERRED] = "deferred"};

static enum err take_precedence(struct request *request, uint8_t *ret_precedence)
{
	bool there;
	struct slice text = query_find(&request->query, "precedence", &there);
	if (!there) {
		*ret_precedence = LANE_ROUTINE;
		return ERR_OK;
	}
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		struct slice name = slice_text(lane_names[lane]);
		if (name.len == text.len &&
		    strncasecmp((const char *)name.data, (const char *)text.data, name.len) == 0) {
			*ret_precedence = (uint8_t)lane;
			return ERR_OK;
		}
	}
	return diag_fail(&request->diag, ERR_MALFORMED,
			 "\"precedence\" must be override, flash, immediate, priority, routine or deferred");
}

static enum err take_label_xml(struct request *request, struct slice *ret_xml)
{
	struct slice text = query_find(&request->query, "label_4774", NULL);
	AUTO_BUF xml = buf_make(LIMIT_LABEL_XML);
	if (base64_decode(text, &xml) != ERR_OK)
		return diag_fail(&request->diag, ERR_MALFORMED, "\"label_4774\" must be base64");
	return arena_copy(&request->arena, buf_slice(&xml), ret_xml);
}

static enum err take_options(struct request *request, struct publish *publish)
{
	bool dry_run;
	struct slice marking = query_find(&request->query, "marking", NULL);
	TRY(query_flag(&request->query, "dry_run", &dry_run, &request->diag));
	TRY(take_precedence(request, &publish->put.precedence));
	TRY(take_label_xml(request, &publish->label_xml));
	publish->put.dry_run = dry_run;
	publish->put.replaces = query_find(&request->query, "replaces", NULL);
	publish->put.collection = query_find(&request->query, "collection", NULL);
	publish->text = media_parse(request->head.content_type) == MEDIA_TEXT;
	publish->then = dry_run ? planned : published;
	publish->asserted = marking.len > 0 || publish->label_xml.len > 0;
	if (publish->put.replaces.len > LIMIT_OBJECT_ID || publish->put.collection.len > LIMIT_USER)
		return diag_fail(&request->diag, ERR_MALFORMED, "\"replaces\" or \"collection\" is too long");
	if (marking.len > 0 && publish->label_xml.len > 0)
		return diag_fail(&request->diag, ERR_MALFORMED,
				 "\"marking\" and \"label_4774\" say the same thing; give one");
	return marking.len > 0 ? publish_marking(request, marking, &publish->label) : ERR_OK;
}

/* The channel's default label stands in where the request gives none. */
static enum progress collections_known(struct request *request, const void *answer)
{
	const struct msg_collections_done *known = answer;
	const struct collection *items = known->collections.items;
	struct publish *publish = request->work;
	for (size_t i = 0; i < known->collections.count; i++) {
		if (!slice_equal(items[i].id, publish->put.collection) &&
		    !slice_equal(items[i].alias, publish->put.collection))
			continue;
		if (arena_copy(&request->arena, items[i].id, &publish->put.collection) != ERR_OK ||
		    (publish->label.len == 0 &&
		     arena_copy(&request->arena, items[i].default_label, &publish->label) != ERR_OK))
			return request_fail(request, ERR_MEMORY);
		return publish_start(request, publish);
	}
	return request_fail(request, ERR_NOT_FOUND);
}

enum progress object_post(struct request *request)
{
	struct publish *publish = ARENA_NEW(&request->arena, struct publish);
	enum err err = publish ? take_options(request, publish) : ERR_MEMORY;
	if (err == ERR_OK && slice_trim(request->body).len == 0)
		err = diag_fail(&request->diag, ERR_MALFORMED,
				"the body is empty: send a STIX object, a bundle or text with portions");
	if (err != ERR_OK)
		return request_fail(request, err);
	request->work = publish;
	if (publish->put.collection.len > 0)
		return request_ask_session(request, MSG_COLLECTIONS, MSG_COLLECTIONS_DONE, collections_known);
	return publish_start(request, publish);
}

/* ---- who has it ---- */

enum progress audience_get(struct request *request)
{
	return request_ask_object(request, MSG_AUDIENCE, request->parameters[0], MSG_PLAN_SHOWN, audience_known);
}

/* ---- GET ---- */

/* What stands beside the octets of a file. */
static enum err write_attachment(struct buf *json, const struct portion *portion)
{
	AUTO_JSON *attachment = NULL;
	AUTO_BUF text = buf_make(LIMIT_PORTION_BYTES);
	TRY(json_read(portion->content, LIMIT_PORTION_BYTES, &attachment, NULL));
	json_object_del(attachment, "data");
	json_canonical(attachment, &text);
	TRY(text.err);
	write_member(json, "content", buf_slice(&text));
	return ERR_OK;
}

/* Text of a portion for people: paragraphs as they are; of the head its title and description; others as they stand. */
static enum err write_content(struct request *request, struct buf *json, const struct rendition_view *view,
			      const struct portion *portion)
{
	if (portion->kind == PORTION_ATTACHMENT)
		return write_attachment(json, portion);
	if (portion->kind != PORTION_HEAD) {
		write_member(json, portion->kind == PORTION_TEXT ? "text" : "content", portion->content);
		return ERR_OK;
	}
	AUTO_JSON *head = NULL;
	struct slice type, title;
	TRY(object_id_type(view->manifest.object_id, &type));
	TRY(json_read(portion->content, LIMIT_PORTION_BYTES, &head, NULL));
	TRY(title_of_head(head, type, &request->arena, &title));
	struct slice description = json_slice(json_object_get(head, "description"));
	const char *text = arena_printf(&request->arena, "%.*s%s%.*s", SLICE_ARG(title), description.len ? "\n" : "",
					SLICE_ARG(description));
	write_member(json, "text", slice_text(text));
	write_member(json, "content", portion->content);
	return ERR_OK;
}

static enum err write_portions(struct request *request, struct buf *json, const struct rendition_view *view)
{
	write_member_open(json, "portions", '[');
	for (size_t i = 0; i < view->count; i++) {
		const struct portion *portion = &view->portions[i];
		write_open(json, '{');
		write_member(json, "kind", portion_kind_name(portion->kind));
		write_member(json, "label", portion->label);
		write_portion_marking(request, json, portion->label);
		TRY(write_content(request, json, view, portion));
		write_close(json, '}');
	}
	write_close(json, ']');
	return ERR_OK;
}

static enum err write_page(struct request *request, struct buf *json, const struct msg_object *object,
			   const struct rendition_view *view)
{
	AUTO_BUF labels = buf_make(LIMIT_MESSAGE);
	AUTO_JSON *head = NULL;
	struct slice type, title;
	TRY(object_id_type(view->manifest.object_id, &type));
	TRY(json_read(view->head->content, LIMIT_PORTION_BYTES, &head, NULL));
	TRY(title_of_head(head, type, &request->arena, &title));
	for (size_t i = 0; i < view->count; i++) {
		buf_put(&labels, view->portions[i].label);
		buf_put_octet(&labels, '\n');
	}
	write_open(json, '{');
	write_member(json, "id", view->manifest.object_id);
	write_member(json, "type", type);
	write_member(json, "title", title);
	write_member(json, "originator", view->manifest.originator);
	write_member(json, "realm", view->manifest.realm);
	write_member_bool(json, "own", object->own);
	write_member_moment(json, "admitted", object->admitted);
	write_member_moment(json, "modified", object->modified);
	write_marking(request, json, buf_slice(&labels));
	TRY(write_portions(request, json, view));
	write_close(json, '}');
	return ERR_OK;
}

/* How an object is to be shown. */
struct showing {
	bool page, old;
};

static enum err show(struct request *request, const struct msg_object *object, const struct rendition_view *view)
{
	const struct showing *showing = request->work;
	struct buf *json = &request->response.body;
	if (showing->page)
		return write_page(request, json, object, view);
	if (showing->old)
		return downgrade_print(request, view, object->modified, json);
	return stix_print_mapped(request->site->policies, request->site->map, view, object->modified, json);
}

static enum progress object_known(struct request *request, const void *answer)
{
	const struct msg_object *object = answer;
	const struct showing *showing = request->work;
	struct rendition_view view;
	enum err err = rendition_open(object->rendition, &request->arena, &view);
	if (err == ERR_OK)
		err = show(request, object, &view);
	if (err != ERR_OK)
		return request_refuse(request, ERR_INTERNAL, SLICE(""), 0, 0);
	enum progress progress = request_respond(request, 200, showing->page ? MEDIA_JSON : MEDIA_STIX);
	if (showing->old && request->response.status == 200)
		request->response.content_type = "application/stix+json;version=2.0";
	return progress;
}

static enum err take_showing(struct request *request, struct showing *showing)
{
	struct slice view = query_find(&request->query, "view", NULL), stix = query_find(&request->query, "stix", NULL);
	if (view.len > 0 && !slice_equal(view, SLICE("page")))
		return diag_fail(&request->diag, ERR_MALFORMED, "\"view\" must be page");
	if (stix.len > 0 && !slice_equal(stix, SLICE("2.0")) && !slice_equal(stix, SLICE("2.1")))
		return diag_fail(&request->diag, ERR_MALFORMED, "\"stix\" must be 2.0 or 2.1");
	showing->page = view.len > 0;
	showing->old = slice_equal(stix, SLICE("2.0"));
	return ERR_OK;
}

enum progress object_get(struct request *request)
{
	struct msg_ask_object *ask = ARENA_NEW(&request->arena, struct msg_ask_object);
	struct showing *showing = ARENA_NEW(&request->arena, struct showing);
	struct slice version = query_find(&request->query, "version", NULL);
	enum err err = ask && showing ? take_showing(request, showing) : ERR_MEMORY;
	if (err != ERR_OK)
		return request_fail(request, err);
	if (request->parameters[0].len > LIMIT_OBJECT_ID || version.len > LIMIT_USER)
		return request_fail(request, ERR_NOT_FOUND);
	memcpy(ask->session, request->session, SESSION);
	ask->id = request->parameters[0];
	ask->version = version;
	request->work = showing;
	return request_ask(request, MSG_GET, ask, MSG_OBJECT, object_known);
}
