/* TAXII 2.1: manifest, objects, object, versions. Pages, their order and their cursors are the store's; this file only
 * checks filters and writes envelopes. Must never put more into a page than was asked for. */
#include "base/moment.h"
#include "object/portion.h"
#include "object/stix.h"
#include "present/route.h"
#include "present/taxii.h"
#include "present/write.h"

enum page_kind { PAGE_OBJECTS, PAGE_MANIFEST, PAGE_OBJECT, PAGE_VERSIONS };

struct reading {
	struct taxii_target target; /* first */
	enum page_kind kind;
	struct msg_page page;
};

/* ---- filters ---- */

static bool is_utc_moment(struct slice text, uint64_t *ret_us)
{
	return text.len > 0 && text.data[text.len - 1] == 'Z' && moment_parse_micro(text, ret_us) == ERR_OK;
}

/* Beyond the largest page the server pages at its own size; below one is an error. */
static enum err take_limit(struct request *request, uint32_t *ret_limit)
{
	bool there;
	uint64_t limit = LIMIT_TAXII_PAGE;
	struct slice text = query_find(&request->query, "limit", &there);
	bool digits = text.len > 0;
	for (size_t i = 0; i < text.len; i++)
		digits &= text.data[i] >= '0' && text.data[i] <= '9';
	if (there && (!digits || (slice_parse_u64(text, &limit) == ERR_OK && limit == 0) ||
		      (text.len > 1 && text.data[0] == '0')))
		return diag_fail(&request->diag, ERR_MALFORMED, "\"limit\" must be a whole number from 1");
	*ret_limit = limit > LIMIT_TAXII_PAGE ? LIMIT_TAXII_PAGE : (uint32_t)limit;
	return ERR_OK;
}

enum err taxii_check_versions(struct slice list, struct diag *diag)
{
	bool all = false;
	size_t count = 0;
	while (list.len > 0) {
		struct slice item;
		uint64_t us;
		list = slice_split(list, ',', &item);
		bool word = slice_equal(item, SLICE("first")) || slice_equal(item, SLICE("last"));
		if (slice_equal(item, SLICE("all")))
			all = true;
		else if (!word && !is_utc_moment(item, &us))
			return diag_fail(
				diag, ERR_MALFORMED,
				"\"match[version]\" takes first, last, all or times such as 2026-11-24T06:00:00Z");
		count++;
	}
	if (all && count > 1)
		return diag_fail(diag, ERR_MALFORMED, "\"match[version]\" takes \"all\" only by itself");
	return ERR_OK;
}

bool taxii_names_format(struct slice list)
{
	struct slice item;
	bool any = false;
	while (list.len > 0) {
		list = slice_split(list, ',', &item);
		any |= slice_equal(item, SLICE("2.1"));
	}
	return any;
}

static enum err take_text(struct request *request, const char *name, size_t max, struct slice *ret_text)
{
	bool there;
	struct slice text = query_find(&request->query, name, &there);
	if (there && (text.len == 0 || text.data[text.len - 1] == ','))
		return diag_fail(&request->diag, ERR_MALFORMED, "\"%s\" has an empty value", name);
	if (text.len > max)
		return diag_fail(&request->diag, ERR_TOO_LARGE, "\"%s\" may have at most %zu octets", name, max);
	*ret_text = text;
	return ERR_OK;
}

enum err taxii_take_filters(struct request *request, struct msg_page *page)
{
	TRY(take_limit(request, &page->limit));
	TRY(take_text(request, "next", LIMIT_TITLE, &page->next));
	TRY(take_text(request, "match[id]", QUERY_BYTES, &page->match_id));
	TRY(take_text(request, "match[type]", QUERY_BYTES, &page->match_type));
	TRY(take_text(request, "match[version]", QUERY_BYTES, &page->match_version));
	TRY(take_text(request, "match[spec_version]", LIMIT_TITLE, &page->match_spec_version));
	TRY(take_text(request, "added_after", LIMIT_USER, &page->added_after_text));
	if (page->added_after_text.len > 0 && !is_utc_moment(page->added_after_text, &page->added_after))
		return diag_fail(&request->diag, ERR_MALFORMED,
				 "\"added_after\" must be a time such as 2026-11-24T06:00:00.000Z");
	return taxii_check_versions(page->match_version, &request->diag);
}

/* ---- answers ---- */

static void write_more(struct buf *json, const struct msg_page_done *done)
{
	write_member_bool(json, "more", done->more);
	if (done->more && done->next.len > 0)
		write_member(json, "next", done->next);
}

static void add_dates(struct request *request, const struct page_item *items, size_t count)
{
	static const char *const names[] = {"X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"};
	for (int i = 0; i < 2 && count > 0; i++) {
		char text[MOMENT_TEXT_MICRO + 1];
		moment_print_micro(items[i == 0 ? 0 : count - 1].added, text);
		request_header(request, names[i], arena_text(&request->arena, slice_text(text)));
	}
}

struct label_set {
	struct slice *labels;
	size_t count, capacity;
};

static enum err add_label(struct label_set *set, struct slice label, struct arena *arena)
{
	for (size_t i = set->count; i > 0; i--)
		if (slice_equal(set->labels[i - 1], label))
			return ERR_OK;
	if (set->count == set->capacity) {
		size_t capacity = set->capacity ? 2 * set->capacity : 16;
		struct slice *labels = ARENA_ARRAY(arena, capacity, struct slice);
		if (!labels)
			return ERR_MEMORY;
		if (set->count > 0)
			memcpy(labels, set->labels, set->count * sizeof *labels);
		set->labels = labels;
		set->capacity = capacity;
	}
	set->labels[set->count++] = label;
	return ERR_OK;
}

/* An object that cannot be shown is left out: a label without a policy denies. */
static enum err write_object(struct request *request, struct buf *json, const struct page_item *item,
			     struct label_set *set)
{
	struct rendition_view view;
	AUTO_BUF object = buf_make(RESPONSE_MAX);
	TRY(rendition_open(item->rendition, &request->arena, &view));
	if (stix_print_mapped(request->site->policies, request->site->map, &view, item->modified, &object) != ERR_OK)
		return ERR_OK;
	for (size_t i = 0; i < view.count; i++)
		TRY(add_label(set, view.portions[i].label, &request->arena));
	write_raw(json, buf_slice(&object));
	return ERR_OK;
}

static enum err write_markings(struct request *request, struct buf *json, const struct label_set *set)
{
	if (set->count == 0)
		return ERR_OK;
	write_member_open(json, "x_bices_marking_definitions", '[');
	for (size_t i = 0; i < set->count; i++) {
		AUTO_BUF marking = buf_make(4 * LIMIT_LABEL_XML);
		TRY(stix_print_marking(request->site->policies, set->labels[i], &marking));
		write_raw(json, buf_slice(&marking));
	}
	write_close(json, ']');
	return ERR_OK;
}

static enum err write_objects(struct request *request, struct buf *json, const struct msg_page_done *done)
{
	const struct page_item *items = done->items.items;
	struct label_set set = {0};
	write_member_open(json, "objects", '[');
	for (size_t i = 0; i < done->items.count; i++)
		TRY(write_object(request, json, &items[i], &set));
	write_close(json, ']');
	return write_markings(request, json, &set);
}

static struct slice version_of(const struct page_item *item, char text[MOMENT_TEXT + 1])
{
	if (item->version.len > 0)
		return item->version;
	moment_print(item->modified ? item->modified : item->added / 1000, text);
	return slice_text(text);
}

static void write_manifest(struct buf *json, const struct msg_page_done *done)
{
	const struct page_item *items = done->items.items;
	write_member_open(json, "objects", '[');
	for (size_t i = 0; i < done->items.count; i++) {
		write_open(json, '{');
		write_member(json, "id", items[i].id);
		char added[MOMENT_TEXT_MICRO + 1], version[MOMENT_TEXT + 1];
		moment_print_micro(items[i].added, added);
		write_member(json, "date_added", slice_text(added));
		write_member(json, "version", version_of(&items[i], version));
		write_member(json, "media_type", slice_text(media_text(MEDIA_STIX)));
		write_close(json, '}');
	}
	write_close(json, ']');
}

static void write_versions(struct buf *json, const struct msg_page_done *done)
{
	const struct page_item *items = done->items.items;
	write_member_open(json, "versions", '[');
	for (size_t i = 0; i < done->items.count; i++) {
		char text[MOMENT_TEXT + 1];
		write_text(json, version_of(&items[i], text));
	}
	write_close(json, ']');
}

static enum err write_items(struct request *request, struct buf *json, enum page_kind kind,
			    const struct msg_page_done *done)
{
	if (kind == PAGE_OBJECTS || kind == PAGE_OBJECT)
		return write_objects(request, json, done);
	if (kind == PAGE_MANIFEST)
		write_manifest(json, done);
	else
		write_versions(json, done);
	return ERR_OK;
}

static enum progress page_known(struct request *request, const void *answer)
{
	const struct msg_page_done *done = answer;
	const struct reading *reading = request->work;
	struct buf *json = &request->response.body;
	bool single = reading->kind == PAGE_OBJECT || reading->kind == PAGE_VERSIONS;
	if (single && done->items.count == 0 && reading->page.next.len == 0 && reading->page.added_after_text.len == 0)
		return request_fail(request, ERR_NOT_FOUND);
	write_open(json, '{');
	write_more(json, done);
	if (done->items.count > 0) {
		enum err err = write_items(request, json, reading->kind, done);
		if (err != ERR_OK)
			return request_refuse(request, err == ERR_MEMORY ? ERR_MEMORY : ERR_INTERNAL, SLICE(""), 0, 0);
	}
	write_close(json, '}');
	add_dates(request, done->items.items, done->items.count);
	return request_respond(request, 200, MEDIA_TAXII);
}

static enum progress ask_page(struct request *request, struct taxii_target *target)
{
	struct reading *reading = (struct reading *)target;
	if (!target->collection.can_read)
		return request_fail(request, diag_fail(&request->diag, ERR_REFUSED, "this collection cannot be read"));
	reading->page.collection = target->collection.id;
	memcpy(reading->page.session, request->session, SESSION);
	return request_ask(request, MSG_PAGE, &reading->page, MSG_PAGE_DONE, page_known);
}

static enum progress read_page(struct request *request, enum page_kind kind)
{
	struct reading *reading = ARENA_NEW(&request->arena, struct reading);
	if (!reading)
		return request_fail(request, ERR_MEMORY);
	reading->kind = kind;
	reading->target.then = ask_page;
	enum err err = taxii_take_filters(request, &reading->page);
	if (err != ERR_OK)
		return request_fail(request, err);
	reading->page.manifest_only = kind == PAGE_MANIFEST || kind == PAGE_VERSIONS;
	if (kind == PAGE_OBJECT || kind == PAGE_VERSIONS) {
		struct slice id = request->parameters[2];
		if (id.len > LIMIT_OBJECT_ID || slice_find_octet(id, ',') >= 0)
			return request_fail(request, ERR_NOT_FOUND);
		reading->page.match_id = id;
		reading->page.match_type = (struct slice){NULL, 0};
	}
	if (kind == PAGE_VERSIONS)
		reading->page.match_version = SLICE("all");
	return taxii_find_collection(request, &reading->target);
}

enum progress taxii_objects(struct request *request)
{
	return read_page(request, PAGE_OBJECTS);
}

enum progress taxii_manifest(struct request *request)
{
	return read_page(request, PAGE_MANIFEST);
}

enum progress taxii_object(struct request *request)
{
	return read_page(request, PAGE_OBJECT);
}

enum progress taxii_versions(struct request *request)
{
	return read_page(request, PAGE_VERSIONS);
}
