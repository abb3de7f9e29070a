/* Pages in order of admission over visible rows. An object stands where its newest visible portion or mark stands, so a
 * hidden change neither moves it nor shows a gap; the cursor is sealed for the same reason. */
#include "hold/filter.h"
#include "hold/inside.h"

#include "base/moment.h"
#include "hold/pages.h"
#include "hold/search.h"
#include "hold/users.h"

enum { PAGE_OCTETS = 16 * 1024 * 1024 /* of renditions; a page with more than one object ends there */,
       BOUND_OCTETS = 512 * 1024 };

/* A place in a walk: a row, and how many of the versions that stand there were given. */
enum { PLACE_BITS = 16, PLACE_MASK = (1 << PLACE_BITS) - 1 };

struct walk {
	struct hold *hold;
	struct view *view;
	const struct msg_page *ask;
	struct filter filter;
	bool newest; /* only the last version of each object is asked for */
	uint64_t from, skip; /* row; versions standing there that an earlier page gave */
	size_t limit;
	struct page_item *items;
	size_t count;
	size_t octets;
	uint64_t last; /* place of the last item, or where the walk was cut */
	bool more;
	uint32_t object; /* whose versions these are: each row of an object asks for all of them; 0: nobody's */
	struct hold_seen *versions;
	size_t version_count;
};

int hold_collection_find(const struct hold *hold, struct slice id_or_alias)
{
	for (size_t i = 0; id_or_alias.len && i < hold->settings.collection_count; i++)
		if (slice_equal(hold->settings.collections[i].id, id_or_alias) ||
		    slice_equal(hold->settings.collections[i].alias, id_or_alias))
			return (int)i;
	return -1;
}

const struct hold_collection *hold_collection_at(const struct hold *hold, int place)
{
	return place >= 0 && (size_t)place < hold->settings.collection_count ? &hold->settings.collections[place] : NULL;
}

static bool is_of_roles(struct slice roles, unsigned may)
{
	return !roles.len || user_roles_parse(roles) & may;
}

static bool is_of_audience(struct hold *hold, const struct view *view, struct slice audience)
{
	AUTO_ARENA scratch = {0};
	const struct label *label = NULL;
	if (!audience.len)
		return true;
	if (!view->parsed || label_parse_compact(hold->settings.policies, audience, &scratch, &label, NULL) != ERR_OK)
		return false;
	return label_decide(label, view->parsed, 0, NULL) == VERDICT_PERMIT &&
	       (!view_is_lens(view) ||
		(view->parsed_beneath && label_decide(label, view->parsed_beneath, 0, NULL) == VERDICT_PERMIT));
}

bool hold_collection_exists(struct hold *hold, const struct view *view, unsigned may, const struct hold_collection *collection)
{
	return is_of_roles(collection->roles, may) && is_of_audience(hold, view, collection->audience);
}

/* ---- filters ---- */

static bool spec_version_matches(struct slice list)
{
	struct slice value;
	bool any = !list.len;
	while (list.len) {
		list = slice_split(list, ',', &value);
		any |= slice_equal(value, SLICE("2.1"));
	}
	return any;
}

static struct slice version_of(const struct hold_seen *seen, char text[MOMENT_TEXT + 1])
{
	if (seen->version.len)
		return seen->version;
	moment_print(seen->modified, text);
	return slice_text(text);
}

/* spec: TAXII 2.1 3.4.1: without the filter the last version is meant */
static bool version_matches(struct slice list, const struct hold_seen *seen, bool is_first, bool is_last)
{
	char text[MOMENT_TEXT + 1];
	struct slice value, version = version_of(seen, text);
	bool any = !list.len && is_last;
	while (list.len) {
		list = slice_split(list, ',', &value);
		any |= (is_last && slice_equal(value, SLICE("last"))) || (is_first && slice_equal(value, SLICE("first"))) ||
		       slice_equal(value, SLICE("all")) || moment_is_same(value, version);
	}
	return any;
}

static enum err versions_find(struct hold *hold, struct view *view, struct slice id, struct arena *arena, uint32_t *ret_object,
			      struct hold_seen **ret_versions, size_t *ret_count)
{
	TRY(view_find(hold, view, id, ret_object));
	return *ret_object ? view_versions(hold, view, *ret_object, arena, ret_versions, ret_count) : ERR_NOT_FOUND;
}

enum err hold_versions_match(struct hold *hold, struct view *view, struct slice id, struct slice list, struct arena *arena,
			     size_t *ret_matching, size_t *ret_count)
{
	uint32_t object = 0;
	struct hold_seen *versions = NULL;
	size_t count = 0, matching = 0;
	TRY(versions_find(hold, view, id, arena, &object, &versions, &count));
	for (size_t i = 0; i < count; i++)
		matching += version_matches(list, &versions[i], i == 0, i + 1 == count);
	*ret_matching = matching;
	*ret_count = count;
	return ERR_OK;
}

enum err hold_versions(struct hold *hold, struct view *view, struct slice id, struct arena *arena, struct msg_page_done *ret_versions)
{
	uint32_t object = 0;
	struct hold_seen *versions = NULL;
	size_t count = 0;
	TRY(versions_find(hold, view, id, arena, &object, &versions, &count));
	struct page_item *items = ARENA_ARRAY(arena, count + 1, struct page_item);
	if (!items)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		items[i] = (struct page_item){.id = id, .added = versions[i].added, .modified = versions[i].modified, .version = versions[i].version};
	*ret_versions = (struct msg_page_done){.items = {items, count}};
	return ERR_OK;
}

enum err hold_get_version(struct hold *hold, struct view *view, struct slice id, struct slice version, struct arena *arena,
			  struct hold_seen *ret_seen)
{
	uint32_t object = 0;
	struct hold_seen *versions = NULL;
	size_t count = 0, at = 0;
	TRY(versions_find(hold, view, id, arena, &object, &versions, &count));
	while (at < count && !version_matches(version, &versions[at], at == 0, at + 1 == count))
		at++;
	if (at == count)
		return ERR_NOT_FOUND;
	if (at + 1 == count)
		return hold_get(hold, view, id, arena, ret_seen);
	*ret_seen = versions[at];
	return version_rendition(hold, view, object, versions[at].issued, arena, &ret_seen->rendition);
}

static bool only_last(struct slice list)
{
	return !list.len || slice_equal(list, SLICE("last"));
}

/* ---- walking ---- */

/* Puts an item into the page, or says that there is more. */
static enum err item_put(struct walk *walk, uint32_t object, const struct hold_seen *seen, uint64_t place, struct arena *arena)
{
	struct slice rendition = {0};
	if (walk->count == walk->limit) {
		walk->more = true;
		return ERR_OK;
	}
	if (!walk->ask->manifest_only)
		TRY(version_rendition(walk->hold, walk->view, object, seen->issued, arena, &rendition));
	if (walk->count && walk->octets + rendition.len > PAGE_OCTETS) {
		walk->more = true;
		return ERR_OK;
	}
	walk->octets += rendition.len;
	struct page_item *item = &walk->items[walk->count++];
	*item = (struct page_item){.added = seen->added, .modified = seen->modified, .rendition = rendition, .version = seen->version};
	walk->last = place;
	return name_text(walk->hold, walk->hold->catalog.objects[object].name, arena, &item->id);
}

static enum err newest_take(struct walk *walk, uint64_t row, uint32_t object, struct arena *arena)
{
	struct hold_seen seen;
	bool fits = false;
	if (view_last_row(walk->hold, walk->view, object) != row || (row == walk->from && walk->skip))
		return ERR_OK;
	TRY(filter_reads(&walk->filter, object, &fits));
	if (!fits)
		return ERR_OK;
	TRY(view_seen(walk->hold, walk->view, object, false, arena, &seen));
	return item_put(walk, object, &seen, row << PLACE_BITS | 1, arena);
}

static enum err versions_keep(struct walk *walk, uint32_t object, struct arena *arena)
{
	if (walk->object == object)
		return ERR_OK;
	walk->object = 0;
	walk->version_count = 0;
	enum err err = view_versions(walk->hold, walk->view, object, arena, &walk->versions, &walk->version_count);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	walk->object = object;
	return ERR_OK;
}

/* Of all versions those that stand at this row; two stand at one row where nothing but an end divides them. */
static enum err versions_take(struct walk *walk, uint64_t row, uint32_t object, struct arena *arena)
{
	uint64_t given = 0, skip = row == walk->from ? walk->skip : 0;
	bool fits = false;
	TRY(filter_reads(&walk->filter, object, &fits));
	if (!fits)
		return ERR_OK;
	TRY(versions_keep(walk, object, arena));
	for (size_t i = 0; i < walk->version_count && !walk->more; i++) {
		const struct hold_seen *version = &walk->versions[i];
		bool last = i + 1 == walk->version_count;
		if (version->row != row || !version_matches(walk->ask->match_version, version, i == 0, last))
			continue;
		if (++given > skip && given < PLACE_MASK)
			TRY(item_put(walk, object, version, row << PLACE_BITS | given, arena));
	}
	return ERR_OK;
}

static enum err row_take(struct walk *walk, uint64_t row, struct arena *arena)
{
	uint32_t object = walk->hold->catalog.rows[row].object;
	if (!object || !filter_admits(&walk->filter, object))
		return ERR_OK;
	if (filter_is_spent(&walk->filter)) {
		walk->last = row << PLACE_BITS;
		walk->more = true;
		return ERR_OK;
	}
	return walk->newest ? newest_take(walk, row, object, arena) : versions_take(walk, row, object, arena);
}

static enum err walk_rows(struct walk *walk, struct arena *arena)
{
	const struct bit_set *rows = &walk->view->rows;
	for (uint64_t at = walk->from; at / 64 < rows->count && !walk->more;) {
		uint64_t word = rows->words[at / 64] >> (at % 64);
		if (!word) {
			at = (at / 64 + 1) * 64;
			continue;
		}
		at += (uint64_t)__builtin_ctzll(word);
		TRY(row_take(walk, at, arena));
		at++;
	}
	return ERR_OK;
}

/* Older versions stand at rows that are in no view any more: every row is looked at that this view might have seen. */
static enum err walk_all_rows(struct walk *walk, struct arena *arena)
{
	for (uint64_t at = walk->from; at < walk->hold->catalog.row_count && !walk->more; at++)
		if (view_permits_row(walk->hold, walk->view, (uint32_t)at))
			TRY(row_take(walk, at, arena));
	return ERR_OK;
}

static int by_row(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return left < right ? -1 : left > right;
}

/* A filter by id walks the rows of those objects only. */
static enum err walk_ids(struct walk *walk, struct arena *arena)
{
	const struct catalog *catalog = &walk->hold->catalog;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; i < walk->filter.ids.count; i++)
		for (uint32_t object = catalog->names[walk->filter.ids.numbers[i]].object; object; object = catalog->objects[object].same_name)
			for (uint32_t row = catalog->objects[object].first; row; row = catalog->rows[row].next)
				capacity++;
	uint64_t *rows = ARENA_ARRAY(arena, capacity + 1, uint64_t);
	if (!rows)
		return ERR_MEMORY;
	for (size_t i = 0; i < walk->filter.ids.count; i++)
		for (uint32_t object = catalog->names[walk->filter.ids.numbers[i]].object; object; object = catalog->objects[object].same_name)
			for (uint32_t row = catalog->objects[object].first; row; row = catalog->rows[row].next)
				if (row >= walk->from)
					rows[count++] = row;
	qsort(rows, count, sizeof(*rows), by_row);
	for (size_t i = 0; i < count && !walk->more; i++)
		if (!i || rows[i] != rows[i - 1])
			TRY(row_take(walk, rows[i], arena));
	return ERR_OK;
}

/* A cursor belongs to this question by this kind of reader; only the page's size may change between pages. */
static enum err bound_print(const struct walk *walk, struct buf *bound)
{
	const struct msg_page *ask = walk->ask;
	const struct slice parts[] = {SLICE("page"), ask->collection, ask->match_id, ask->match_type, ask->match_version,
				      ask->match_spec_version, walk->view->clearance, walk->view->lens};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_put(bound, parts[i]);
		buf_put_octet(bound, 0);
	}
	buf_printf(bound, "%llu", (unsigned long long)ask->added_after);
	return bound->err;
}

static enum err walk_prepare(struct walk *walk, struct slice bound, struct arena *arena)
{
	const struct msg_page *ask = walk->ask;
	walk->limit = ask->limit && ask->limit < LIMIT_TAXII_PAGE ? ask->limit : LIMIT_TAXII_PAGE;
	walk->from = 1;
	walk->newest = only_last(ask->match_version);
	if (ask->added_after)
		TRY(catalog_row_since(walk->hold, ask->added_after + 1, &walk->from));
	if (ask->next.len) {
		uint64_t place = 0;
		TRY(cursor_parse(walk->hold, ask->next, bound, &place));
		walk->from = place >> PLACE_BITS;
		walk->skip = place & PLACE_MASK;
	}
	walk->items = ARENA_ARRAY(arena, walk->limit + 1, struct page_item);
	return walk->items ? ERR_OK : ERR_MEMORY;
}

static enum err walk_run(struct walk *walk, struct arena *arena)
{
	if (!spec_version_matches(walk->ask->match_spec_version))
		return ERR_OK;
	if (!walk->filter.ids.any)
		return walk_ids(walk, arena);
	return walk->newest ? walk_rows(walk, arena) : walk_all_rows(walk, arena);
}

enum err hold_page(struct hold *hold, struct view *view, const struct msg_page *ask, struct arena *arena,
		   struct msg_page_done *ret_page)
{
	struct walk walk = {.hold = hold, .view = view, .ask = ask};
	int place = hold_collection_find(hold, ask->collection);
	AUTO_BUF bound = buf_make(BOUND_OCTETS);
	if (place < 0 && ask->collection.len)
		return ERR_NOT_FOUND;
	TRY(filter_make(hold, view, ask, place, arena, &walk.filter));
	TRY(bound_print(&walk, &bound));
	TRY(walk_prepare(&walk, buf_slice(&bound), arena));
	TRY(walk_run(&walk, arena));
	struct msg_page_done page = {.more = walk.more, .items = {walk.items, walk.count}};
	if (walk.more)
		TRY(cursor_print(hold, walk.last, buf_slice(&bound), arena, &page.next));
	*ret_page = page;
	return ERR_OK;
}
