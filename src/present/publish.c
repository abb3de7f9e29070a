/* From a body to PUT, see publish.h. Must never offer a portion without a label, nor a part of a refused body. */
#include "present/publish.h"

#include "object/stix.h"
#include "object/text.h"
#include "present/findings.h"

/* ---- to the store ---- */

static enum err copy_portions(struct request *request, const struct record_list *from, struct record_list *to)
{
	const struct offer_portion *items = from->items;
	struct offered_portion *portions = ARENA_ARRAY(&request->arena, from->count + 1, struct offered_portion);
	if (!portions)
		return ERR_MEMORY;
	for (size_t i = 0; i < from->count; i++) {
		portions[i] = (struct offered_portion){.kind = items[i].kind,
						       .label = items[i].label,
						       .content = items[i].content,
						       .index_text = items[i].index_text,
						       .target = items[i].target,
						       .places = items[i].places,
						       .mandatory = items[i].mandatory,
						       .line = items[i].line,
						       .gist = items[i].gist};
		memcpy(portions[i].blob_sha256, items[i].blob_sha256, sizeof portions[i].blob_sha256);
	}
	*to = (struct record_list){portions, from->count};
	return ERR_OK;
}

static enum err copy_offers(struct request *request, const struct offers *offers, struct record_list *ret_objects)
{
	struct offered_object *objects = ARENA_ARRAY(&request->arena, offers->count + 1, struct offered_object);
	if (!objects)
		return ERR_MEMORY;
	for (size_t i = 0; i < offers->count; i++) {
		const struct offer *offer = &offers->items[i];
		objects[i] = (struct offered_object){.id = offer->id,
						     .type = offer->type,
						     .title = offer->title,
						     .created = offer->created,
						     .modified = offer->modified,
						     .version = offer->version};
		TRY(copy_portions(request, &offer->portions, &objects[i].portions));
	}
	*ret_objects = (struct record_list){objects, offers->count};
	return ERR_OK;
}

static enum err take_text(struct request *request, struct publish *publish)
{
	struct offer *item = ARENA_NEW(&request->arena, struct offer);
	if (!item)
		return ERR_MEMORY;
	TRY(text_offer(request->site->policies, request->body, publish->label, &request->arena, item, &request->diag));
	publish->offers = (struct offers){item, 1};
	return ERR_OK;
}

static enum err take_apart(struct request *request, struct publish *publish)
{
	if (publish->text)
		return take_text(request, publish);
	const struct stix_input input = {.policies = request->site->policies,
					 .label = publish->label,
					 .asserted = publish->asserted,
					 .map = request->site->map,
					 .labels = publish->labels,
					 .labels_count = publish->document_count};
	TRY(stix_offer(&input, request->document, &request->arena, &publish->offers, &request->diag));
	if (publish->offers.count > LIMIT_BUNDLE_OBJECTS)
		return diag_fail(&request->diag, ERR_TOO_LARGE, "a bundle may have at most %d objects",
				 LIMIT_BUNDLE_OBJECTS);
	return ERR_OK;
}

static enum progress offer(struct request *request, struct publish *publish)
{
	enum err err = take_apart(request, publish);
	if (err == ERR_OK && publish->offers.count == 0)
		err = diag_fail(&request->diag, ERR_INVALID, "there is no object to publish");
	if (err == ERR_OK)
		err = copy_offers(request, &publish->offers, &publish->put.objects);
	if (err != ERR_OK)
		return request_fail(request, err);
	memcpy(publish->put.session, request->session, SESSION);
	return request_ask(request, MSG_PUT, &publish->put, publish->put.dry_run ? MSG_PLAN_SHOWN : MSG_PUT_DONE,
			   publish->then);
}

/* ---- labels as XML ---- */

static enum progress ask_label(struct request *request, struct slice xml, request_step *then)
{
	struct msg_octets *octets = ARENA_NEW(&request->arena, struct msg_octets);
	if (!octets)
		return request_fail(request, ERR_MEMORY);
	octets->octets = xml;
	return request_ask_role(request, ROLE_PARSE, MSG_LABEL_XML, octets, MSG_TEXT, then);
}

static enum progress next_document(struct request *request, struct publish *publish);

static enum progress document_read(struct request *request, const void *answer)
{
	struct publish *publish = request->work;
	size_t at = publish->read_count++;
	publish->labels[at].marking_id = publish->documents[at].marking_id;
	if (arena_copy(&request->arena, ((const struct msg_text *)answer)->text, &publish->labels[at].compact) !=
	    ERR_OK)
		return request_fail(request, ERR_MEMORY);
	return next_document(request, publish);
}

static enum progress next_document(struct request *request, struct publish *publish)
{
	if (publish->read_count == publish->document_count)
		return offer(request, publish);
	return ask_label(request, publish->documents[publish->read_count].xml, document_read);
}

/* How many values the document can have at most: a tree of many tiny ones takes far more memory and time than its text. */
static enum err check_values(struct request *request)
{
	size_t marks = 0;
	for (size_t i = 0; i < request->body.len; i++) {
		uint8_t octet = request->body.data[i];
		marks += octet == ',' || octet == ':' || octet == '[' || octet == '{';
	}
	if (marks > PUBLISH_VALUES)
		return diag_fail(&request->diag, ERR_TOO_LARGE,
				 "the document has more than %d values; send it in parts", PUBLISH_VALUES);
	return ERR_OK;
}

static enum err convert(struct request *request, struct publish *publish)
{
	if (!stix_is_20(request->document))
		return ERR_OK;
	publish->converted = ARENA_NEW(&request->arena, struct stix_report);
	if (!publish->converted)
		return ERR_MEMORY;
	return stix_to_21(request->document, &request->arena, publish->converted);
}

static enum progress take_document(struct request *request, struct publish *publish)
{
	if (publish->text)
		return offer(request, publish);
	enum err err = check_values(request);
	if (err == ERR_OK)
		err = json_read(request->body, LIMIT_JSON_BYTES, &request->document, &request->diag);
	if (err == ERR_OK && publish->envelope && json_array_size(json_object_get(request->document, "objects")) == 0)
		err = diag_fail(&request->diag, ERR_INVALID,
				"the body must be an envelope with a non-empty list \"objects\"");
	if (err == ERR_OK)
		err = convert(request, publish);
	if (err == ERR_OK)
		err = findings_check(request);
	if (err == ERR_OK)
		err = stix_label_documents(request->document, &request->arena, &publish->documents,
					   &publish->document_count, &request->diag);
	if (err != ERR_OK)
		return request_fail(request, err);
	publish->labels = ARENA_ARRAY(&request->arena, publish->document_count + 1, struct stix_label);
	if (!publish->labels)
		return request_fail(request, ERR_MEMORY);
	return next_document(request, publish);
}

static enum progress label_read(struct request *request, const void *answer)
{
	struct publish *publish = request->work;
	if (arena_copy(&request->arena, ((const struct msg_text *)answer)->text, &publish->label) != ERR_OK)
		return request_fail(request, ERR_MEMORY);
	return take_document(request, publish);
}

enum progress publish_start(struct request *request, struct publish *publish)
{
	request->work = publish;
	if (publish->label_xml.len > 0)
		return ask_label(request, publish->label_xml, label_read);
	return take_document(request, publish);
}

enum err publish_marking(struct request *request, struct slice line, struct slice *ret_label)
{
	const struct label *label;
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	TRY(label_parse_marking(request->site->policies, line, &request->arena, &label, &request->diag));
	label_print_compact(label, &text);
	if (text.err != ERR_OK)
		return text.err;
	return arena_copy(&request->arena, buf_slice(&text), ret_label);
}
