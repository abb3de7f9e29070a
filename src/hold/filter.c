/* What belongs to a page, see filter.h. Must never look at a row that the view does not show. */
#include "hold/filter.h"

enum { LABEL_OUTSIDE = 1, LABEL_INSIDE = 2 };

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

enum err filter_make(struct hold *hold, const struct view *view, const struct msg_page *ask, int place, struct arena *arena,
		     struct filter *ret_filter)
{
	static const struct hold_collection everything;
	const struct hold_collection *collection = place < 0 ? &everything : &hold->settings.collections[place];
	struct filter filter = {.hold = hold, .view = view, .collection = collection,
				.channel = collection->writable ? (uint8_t)(place + 1) : 0};
	TRY(matches_read(hold, ask->match_id, true, &filter.ids));
	TRY(matches_read(hold, ask->match_type, false, &filter.types));
	TRY(matches_read(hold, collection->types, false, &filter.kinds));
	TRY(matches_read(hold, collection->originators, false, &filter.originators));
	if (collection->words.len)
		TRY(matcher_make(hold, collection->words, arena, &filter.matcher));
	if (collection->community.len && !(filter.labels = ARENA_ARRAY(arena, hold->labels.count + 1, uint8_t)))
		return ERR_MEMORY;
	*ret_filter = filter;
	return ERR_OK;
}

/* Does a permissive category of this label name the community? */
static bool label_names(struct slice label, struct slice community)
{
	while (label.len) {
		struct slice tag, set, value;
		label = slice_split(label, '|', &tag);
		if (!slice_has_prefix(tag, SLICE("P:")))
			continue;
		for (tag = slice_split(tag, '=', &set); tag.len;) {
			tag = slice_split(tag, ',', &value);
			if (slice_equal(value, community))
				return true;
		}
	}
	return false;
}

static bool is_of_community(const struct filter *filter, const struct catalog_object *object)
{
	if (!filter->labels)
		return true;
	uint32_t label = filter->hold->catalog.rows[object->head].label;
	uint8_t *known = &filter->labels[label];
	if (!*known)
		*known = label_names(label_text(filter->hold, label), filter->collection->community) ? LABEL_INSIDE : LABEL_OUTSIDE;
	return *known == LABEL_INSIDE;
}

bool filter_admits(const struct filter *filter, uint32_t number)
{
	const struct catalog_object *object = &filter->hold->catalog.objects[number];
	return (!filter->channel || object->collection == filter->channel) && matches_has(&filter->types, object->type) &&
	       matches_has(&filter->ids, object->name) && matches_has(&filter->kinds, object->type) &&
	       matches_has(&filter->originators, object->originator) && view_object_visible(filter->view, number) &&
	       is_of_community(filter, object);
}

enum err filter_reads(struct filter *filter, uint32_t object, bool *ret_fits)
{
	if (!filter->matcher || object == filter->object) {
		*ret_fits = !filter->matcher || filter->fits;
		return ERR_OK;
	}
	const struct catalog *catalog = &filter->hold->catalog;
	bool fits = false;
	for (uint32_t row = catalog->objects[object].first; row && !fits; row = catalog->rows[row].next) {
		if (!view_has(filter->view, row))
			continue;
		TRY(matcher_row(filter->hold, filter->matcher, row, &fits));
		filter->read++;
	}
	filter->object = object;
	filter->fits = *ret_fits = fits;
	return ERR_OK;
}

bool filter_is_spent(const struct filter *filter)
{
	return filter->read >= LIMIT_COLLECTION_READS;
}
