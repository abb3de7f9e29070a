/* STIX patterns against what is held: observed data and observables, as far as the reader sees them. Bounded: beyond the
 * bounds the question is refused, never answered by half. Must never look at what the store did not answer under his view. */
#include "base/moment.h"
#include "object/pattern.h"
#include "object/portion.h"
#include "object/stix.h"
#include "present/body.h"
#include "present/route.h"
#include "present/write.h"

#define HELD_TYPES                                                                                                          \
	"observed-data,artifact,autonomous-system,directory,domain-name,email-addr,email-message,file,ipv4-addr,ipv6-addr," \
	"mac-addr,mutex,network-traffic,process,software,url,user-account,windows-registry-key,x509-certificate"

struct matching {
	const struct pattern_node *pattern;
	struct msg_page page;
	json_t *document; /* a bundle of all that is read; the request's document */
	size_t octets;
};

/* ---- the answer ---- */

static void write_ids(struct buf *json, const char *name, const struct pattern_observation *observations, const bool *flags,
		      size_t count)
{
	write_member_open(json, name, '[');
	for (size_t i = 0; i < count; i++)
		if (flags[i])
			write_text(json, observations[i].id);
	write_close(json, ']');
}

/* Which observations satisfy the pattern each by itself. */
static enum err match_alone(const struct matching *matching, const struct pattern_observation *observations, size_t count,
			    bool *flags, bool *ret_any)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_ARENA scratch = {0};
		bool *matched;
		TRY(pattern_match(matching->pattern, &observations[i], 1, &scratch, &flags[i], &matched));
		*ret_any |= flags[i];
	}
	return ERR_OK;
}

static enum err answer_make(struct request *request, const struct matching *matching)
{
	struct buf *json = &request->response.body;
	AUTO_JSON *keep = NULL;
	struct pattern_observation *observations;
	size_t count;
	bool any = false, whole = false, *together = NULL;
	TRY(pattern_observations(matching->document, &request->arena, &observations, &count, &keep, &request->diag));
	bool *alone = ARENA_ARRAY(&request->arena, count + 1, bool);
	if (!alone)
		return ERR_MEMORY;
	TRY(match_alone(matching, observations, count, alone, &any));
	if (!any)
		TRY(pattern_match(matching->pattern, observations, count, &request->arena, &whole, &together));
	write_open(json, '{');
	write_member_bool(json, "matches", any || whole);
	write_ids(json, "alone", observations, alone, count);
	write_ids(json, "together", observations, together, whole ? count : 0);
	write_member_number(json, "observations", count);
	write_close(json, '}');
	return ERR_OK;
}

/* ---- what is held, page by page ---- */

static enum err too_much(struct request *request)
{
	return diag_fail(&request->diag, ERR_INVALID,
			 "more is held than is matched at once (%d observations, %d objects, %d MiB): give a later \"since\"",
			 LIMIT_PATTERN_OBSERVATIONS, LIMIT_PATTERN_HELD, LIMIT_PATTERN_HELD_OCTETS >> 20);
}

/* What a node of another nation let through and no pattern can read is left aside; so is what has a label without a policy. */
static enum err take_object(struct request *request, struct matching *matching, const struct page_item *item)
{
	AUTO_ARENA scratch = {0};
	AUTO_BUF text = buf_make(LIMIT_JSON_BYTES);
	AUTO_JSON *object = NULL;
	AUTO_JSON *keep = NULL;
	struct rendition_view view;
	struct pattern_observation *observations;
	size_t count;
	TRY(rendition_open(item->rendition, &scratch, &view));
	if (stix_print(request->site->policies, &view, item->modified, &text) != ERR_OK ||
	    json_read(buf_slice(&text), LIMIT_JSON_BYTES, &object, NULL) != ERR_OK ||
	    pattern_observations(object, &scratch, &observations, &count, &keep, NULL) != ERR_OK)
		return ERR_OK;
	matching->octets += text.len;
	if (matching->octets > LIMIT_PATTERN_HELD_OCTETS)
		return too_much(request);
	return json_array_append(json_object_get(matching->document, "objects"), object) == 0 ? ERR_OK : ERR_MEMORY;
}

static enum progress page_read(struct request *request, const void *answer)
{
	const struct msg_page_done *done = answer;
	const struct page_item *items = done->items.items;
	struct matching *matching = request->work;
	json_t *objects = json_object_get(matching->document, "objects");
	enum err err = ERR_OK;
	if (json_array_size(objects) + done->items.count > LIMIT_PATTERN_HELD)
		err = too_much(request);
	for (size_t i = 0; err == ERR_OK && i < done->items.count; i++)
		err = take_object(request, matching, &items[i]);
	if (err == ERR_OK && done->more) {
		err = arena_copy(&request->arena, done->next, &matching->page.next);
		if (err == ERR_OK)
			return request_ask(request, MSG_PAGE, &matching->page, MSG_PAGE_DONE, page_read);
	}
	if (err == ERR_OK)
		err = answer_make(request, matching);
	if (err == ERR_TOO_LARGE)
		err = too_much(request);
	return err == ERR_OK ? request_respond(request, 200, MEDIA_JSON) : request_fail(request, err);
}

enum progress pattern_held(struct request *request)
{
	struct matching *matching = ARENA_NEW(&request->arena, struct matching);
	struct slice pattern, since;
	const struct body_member members[] = {{"pattern", 0, true, LIMIT_PATTERN, &pattern}, {"since", 0, false, LIMIT_USER, &since}};
	enum err err = matching ? body_read(request, members, 2) : ERR_MEMORY;
	if (err == ERR_OK)
		err = pattern_parse(pattern, &request->arena, &matching->pattern, &request->diag);
	if (err == ERR_OK && since.len && (since.data[since.len - 1] != 'Z' || moment_parse_micro(since, &matching->page.added_after) != ERR_OK))
		err = diag_fail(&request->diag, ERR_MALFORMED, "\"since\" is no time in UTC like 2026-01-31T12:00:00Z");
	if (err != ERR_OK)
		return request_fail(request, err);
	json_decref(request->document);
	request->document = matching->document = json_pack("{s:[]}", "objects");
	if (!matching->document)
		return request_fail(request, ERR_MEMORY);
	memcpy(matching->page.session, request->session, SESSION);
	matching->page.added_after_text = since;
	matching->page.match_type = SLICE(HELD_TYPES);
	matching->page.limit = LIMIT_TAXII_PAGE;
	request->work = matching;
	return request_ask(request, MSG_PAGE, &matching->page, MSG_PAGE_DONE, page_read);
}
