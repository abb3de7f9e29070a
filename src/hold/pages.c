/* Pages in order of admission over visible rows. An object stands where its newest visible portion stands, so a hidden
 * change neither moves it nor shows a gap; the cursor is sealed for the same reason. */
#include "hold/inside.h"

#include "base/moment.h"
#include "hold/pages.h"
#include "hold/search.h"

enum { MATCHES_MAX = 256, PAGE_OCTETS = 16 * 1024 * 1024 /* of renditions; a page with more than one object ends there */ };

struct matches {
	uint32_t numbers[MATCHES_MAX]; /* names or terms */
	size_t count;
	bool any; /* no filter */
};

struct walk {
	struct hold *hold;
	struct view *view;
	const struct msg_page *ask;
	int place;
	bool everything; /* a read-only collection */
	struct matches ids, types;
	uint64_t from;
	size_t limit;
	struct page_item *items;
	size_t count;
	size_t octets;
	uint64_t last_row;
	bool more;
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

/* ---- filters ---- */

/* "a,b,c" to numbers; a value that nobody ever used matches nothing. */
static enum err matches_read(struct hold *hold, struct slice list, bool names, struct matches *ret_matches)
{
	struct matches matches = {.any = !list.len};
	while (list.len) {
		struct slice value;
		uint32_t number = 0;
		list = slice_split(list, ',', &value);
		if (names)
			TRY(name_find(hold, value, &number));
		else
			number = term_find(hold, value);
		if (!number)
			continue;
		if (matches.count == MATCHES_MAX)
			return ERR_TOO_LARGE;
		matches.numbers[matches.count++] = number;
	}
	*ret_matches = matches;
	return ERR_OK;
}

static bool matches_has(const struct matches *matches, uint32_t number)
{
	for (size_t i = 0; i < matches->count; i++)
		if (matches->numbers[i] == number)
			return true;
	return matches->any;
}

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

/* Only the newest version is kept on offer, so it is first, last and all at once. */
static bool version_matches(struct slice list, uint64_t modified)
{
	struct slice value;
	bool any = !list.len;
	while (list.len) {
		uint64_t ms = 0;
		list = slice_split(list, ',', &value);
		any |= slice_equal(value, SLICE("last")) || slice_equal(value, SLICE("first")) || slice_equal(value, SLICE("all")) ||
		       (moment_parse(value, &ms) == ERR_OK && ms == modified);
	}
	return any;
}

/* ---- walking ---- */

static bool is_candidate(const struct walk *walk, uint32_t number)
{
	const struct catalog_object *object = &walk->hold->catalog.objects[number];
	return (walk->everything || object->collection == walk->place + 1) && matches_has(&walk->types, object->type) &&
	       matches_has(&walk->ids, object->name);
}

static enum err row_take(struct walk *walk, uint64_t row, struct arena *arena)
{
	uint32_t number = walk->hold->catalog.rows[row].object;
	if (!is_candidate(walk, number) || view_last_row(walk->hold, walk->view, number) != row)
		return ERR_OK;
	struct hold_seen seen;
	TRY(view_seen(walk->hold, walk->view, number, false, arena, &seen));
	if (!version_matches(walk->ask->match_version, seen.modified))
		return ERR_OK;
	if (walk->count == walk->limit) {
		walk->more = true;
		return ERR_OK;
	}
	if (!walk->ask->manifest_only)
		TRY(view_seen(walk->hold, walk->view, number, true, arena, &seen));
	if (walk->count && walk->octets + seen.rendition.len > PAGE_OCTETS) {
		walk->more = true;
		return ERR_OK;
	}
	walk->octets += seen.rendition.len;
	struct page_item *item = &walk->items[walk->count++];
	*item = (struct page_item){.added = seen.admitted, .modified = seen.modified, .rendition = seen.rendition};
	walk->last_row = row;
	return name_text(walk->hold, walk->hold->catalog.objects[number].name, arena, &item->id);
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

static int by_row(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return left < right ? -1 : left > right;
}

/* A filter by id walks those objects only. */
static enum err walk_ids(struct walk *walk, struct arena *arena)
{
	const struct catalog *catalog = &walk->hold->catalog;
	uint64_t rows[MATCHES_MAX * 4];
	size_t count = 0;
	for (size_t i = 0; i < walk->ids.count; i++)
		for (uint32_t object = catalog->names[walk->ids.numbers[i]].object; object && count < MATCHES_MAX * 4;
		     object = catalog->objects[object].same_name) {
			uint64_t row = view_last_row(walk->hold, walk->view, object);
			if (row >= walk->from)
				rows[count++] = row;
		}
	qsort(rows, count, sizeof(*rows), by_row);
	for (size_t i = 0; i < count && !walk->more; i++)
		TRY(row_take(walk, rows[i], arena));
	return ERR_OK;
}

static enum err walk_prepare(struct walk *walk, struct arena *arena)
{
	const struct msg_page *ask = walk->ask;
	walk->limit = ask->limit && ask->limit < LIMIT_TAXII_PAGE ? ask->limit : LIMIT_TAXII_PAGE;
	walk->from = 1;
	TRY(matches_read(walk->hold, ask->match_id, true, &walk->ids));
	TRY(matches_read(walk->hold, ask->match_type, false, &walk->types));
	if (ask->added_after)
		TRY(catalog_row_since(walk->hold, ask->added_after + 1, &walk->from));
	if (ask->next.len) {
		uint64_t row = 0;
		TRY(cursor_parse(walk->hold, ask->next, &row));
		if (row + 1 > walk->from)
			walk->from = row + 1;
	}
	walk->items = ARENA_ARRAY(arena, walk->limit + 1, struct page_item);
	return walk->items ? ERR_OK : ERR_MEMORY;
}

enum err hold_page(struct hold *hold, struct view *view, const struct msg_page *ask, struct arena *arena,
		   struct msg_page_done *ret_page)
{
	struct walk walk = {.hold = hold, .view = view, .ask = ask, .place = hold_collection_find(hold, ask->collection)};
	const struct hold_collection *collection = hold_collection_at(hold, walk.place);
	if (!collection)
		return ERR_NOT_FOUND;
	walk.everything = !collection->writable;
	TRY(walk_prepare(&walk, arena));
	if (spec_version_matches(ask->match_spec_version))
		TRY(walk.ids.any ? walk_rows(&walk, arena) : walk_ids(&walk, arena));
	struct msg_page_done page = {.more = walk.more, .items = {walk.items, walk.count}};
	if (walk.more && walk.count)
		TRY(cursor_print(hold, walk.last_row, arena, &page.next));
	*ret_page = page;
	return ERR_OK;
}
