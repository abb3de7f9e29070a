/* The version seen (2-architecture 2.2): each nation and each view stands at the first manifest since the last change of
 * a portion that it may have, so hidden changes send and show nothing.
 *
 * A portion version is valid over manifests [first, until). Somebody's standing is therefore the latest `first` of what
 * he has now and the latest `until` of what he had, and of what was withdrawn from a nation; `modified` is the latest
 * change, later release, removal or withdrawal. */
#include "hold/inside.h"

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static bool is_there(const struct stored_portion *portion, uint64_t at)
{
	if (at == AT_NEWEST)
		return portion->until == 0;
	return portion->first <= at && (portion->until == 0 || portion->until > at);
}

static bool is_over(const struct stored_portion *portion, uint64_t at)
{
	return portion->until != 0 && (at == AT_NEWEST || portion->until <= at);
}

static int by_id(const void *a, const void *b)
{
	const struct stored_portion *const *left = a, *const *right = b;
	return memcmp((*left)->id, (*right)->id, PORTION_ID);
}

/* What he has now, by id. */
static enum err followers_make(const struct stored_portion *portions, size_t count, const bool *shown,
			       struct arena *arena, const struct stored_portion ***ret_followers, size_t *ret_count)
{
	const struct stored_portion **followers = ARENA_ARRAY(arena, count + 1, const struct stored_portion *);
	size_t used = 0;
	if (!followers)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		if (shown[i])
			followers[used++] = &portions[i];
	qsort(followers, used, sizeof(const struct stored_portion *), by_id);
	*ret_followers = followers;
	*ret_count = used;
	return ERR_OK;
}

/* When something of what he had was over, and with which manifest. Has he the same portion in a current version, then
 * its own time of change speaks, not the end of the old one. */
static enum err ends_take(struct hold *hold, const struct stored_portion *portions, size_t count, portion_shows *shows,
			  const void *reader, uint64_t at, struct standing *standing)
{
	AUTO_ARENA scratch = {0};
	const struct stored_portion **followers = NULL;
	size_t follower_count = 0;
	TRY(followers_make(portions, count, standing->shown, &scratch, &followers, &follower_count));
	for (size_t i = 0; i < count; i++) {
		const struct stored_portion *ended = &portions[i];
		if (!is_over(ended, at) || shows(hold, reader, ended) == SIGHT_NONE)
			continue;
		standing->issued = later(standing->issued, ended->until);
		if (!bsearch(&ended, followers, follower_count, sizeof(const struct stored_portion *), by_id))
			standing->modified = later(standing->modified, ended->until);
	}
	return ERR_OK;
}

static const struct stored_portion *head_shown(const struct stored_portion *portions, size_t count, const bool *shown)
{
	for (size_t i = 0; i < count; i++)
		if (shown[i] && portions[i].kind == PORTION_HEAD)
			return &portions[i];
	return NULL;
}

enum err standing_find(struct hold *hold, const struct stored_portion *portions, size_t count, portion_shows *shows,
		       const void *reader, uint64_t at, struct arena *arena, struct standing *ret_standing)
{
	struct standing standing = {.shown = ARENA_ARRAY(arena, count + 1, bool)};
	if (!standing.shown)
		return ERR_MEMORY;
	bool any_over = false;
	for (size_t i = 0; i < count; i++) {
		any_over |= is_over(&portions[i], at);
		enum sight sight = is_there(&portions[i], at) ? shows(hold, reader, &portions[i]) : SIGHT_NONE;
		standing.shown[i] = sight == SIGHT_HAS;
		if (sight != SIGHT_NONE)
			standing.issued = later(standing.issued, portions[i].first);
		if (!standing.shown[i])
			continue;
		standing.modified = later(standing.modified, later(portions[i].changed, portions[i].released));
	}
	if (any_over)
		TRY(ends_take(hold, portions, count, shows, reader, at, &standing));
	if (!head_shown(portions, count, standing.shown))
		standing = (struct standing){.shown = standing.shown};
	*ret_standing = standing;
	return ERR_OK;
}

static const struct stored_portion *portion_by_row(const struct stored_portion *portions, size_t count, uint64_t row)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (portions[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && portions[low].row == row ? &portions[low] : NULL;
}

enum err rendition_make(struct hold *hold, uint32_t object, const struct stored_portion *portions, size_t count,
			const struct standing *standing, struct arena *arena, struct slice *ret_rendition)
{
	if (!standing->issued)
		return ERR_NOT_FOUND;
	struct stored_manifest manifest;
	TRY(manifest_get(hold, object, standing->issued, arena, &manifest));
	struct rendition rendition = {.manifest = manifest.bytes};
	if (manifest.signature.len != SIGNATURE)
		return ERR_IO;
	memcpy(rendition.signature, manifest.signature.data, SIGNATURE);
	struct disclosed *disclosed = ARENA_ARRAY(arena, manifest.count + 1, struct disclosed);
	if (!disclosed)
		return ERR_MEMORY;
	rendition.disclosed.items = disclosed;
	for (size_t i = 0; i < manifest.count; i++) {
		const struct stored_portion *portion = portion_by_row(portions, count, manifest.rows[i]);
		if (!portion || !standing->shown[portion - portions])
			continue;
		struct disclosed *next = &disclosed[rendition.disclosed.count++];
		memcpy(next->salt, manifest.salts.data + i * SALT, SALT);
		TRY(body_get(hold, portion->row, arena, &next->portion, NULL));
	}
	AUTO_BUF bytes = buf_make(LIMIT_OBJECT_BYTES);
	record_encode(&rendition_schema, &rendition, &bytes);
	struct slice encoded;
	TRY(buf_finish(&bytes, &encoded));
	return arena_copy(arena, encoded, ret_rendition);
}

/* ---- what a reader sees ---- */

static enum sight view_shows(const struct hold *hold, const void *reader, const struct stored_portion *portion)
{
	const struct view *view = reader;
	bool shows = view_has(view, portion->row);
	if (portion->until)
		shows = view_permits_row(hold, view, (uint32_t)portion->row) &&
			(portion->kind != PORTION_REFERENCE || view_shows_name(hold, view, portion->target));
	return shows ? SIGHT_HAS : SIGHT_NONE;
}

/* The facts of one standing but its place in the order of admission. */
static enum err facts_make(struct hold *hold, const struct view *view, uint32_t object, const struct stored_portion *portions, size_t count,
			   const struct standing *standing, struct arena *arena, struct hold_seen *ret_seen)
{
	const struct stored_portion *head = head_shown(portions, count, standing->shown);
	if (!standing->issued || !head)
		return ERR_NOT_FOUND;
	const struct catalog_object *entry = &hold->catalog.objects[object];
	struct hold_seen seen = {
		.originator = term_text(hold, entry->originator), .label = label_text(hold, head->label),
		.issued = standing->issued, .modified = standing->modified, 
		.own = entry->originator == hold->own_term && !view_is_lens(view),
	};
	TRY(head_texts_get(hold, head->row, arena, &seen.title, &seen.version));
	if (head->changed != seen.modified)
		seen.version = (struct slice){0};
	*ret_seen = seen;
	return ERR_OK;
}

static enum err place_set(struct hold *hold, uint64_t row, struct hold_seen *seen)
{
	seen->row = row;
	TRY(row_added(hold, row, &seen->added));
	seen->admitted = seen->added / 1000;
	return ERR_OK;
}

/* The newest version changes with a withdrawal, and stands where any mark of the object stands. */
static enum err newest_place(struct hold *hold, const struct view *view, uint32_t object, struct hold_seen *seen)
{
	uint64_t modified = seen->modified;
	if (!seen->own)
		TRY(withdrawn_modified(hold, view, &hold->catalog.objects[object], &seen->modified));
	if (seen->modified != modified)
		seen->version = (struct slice){0};
	return place_set(hold, view_last_row(hold, view, object), seen);
}

static enum err seen_make(struct hold *hold, struct view *view, uint32_t object, bool with_bytes, struct arena *arena,
			  struct hold_seen *ret_seen)
{
	struct stored_portion *portions = NULL;
	size_t count = 0;
	struct standing standing;
	struct hold_seen seen;
	TRY(portions_of(hold, object, arena, &portions, &count));
	TRY(standing_find(hold, portions, count, view_shows, view, AT_NEWEST, arena, &standing));
	TRY(facts_make(hold, view, object, portions, count, &standing, arena, &seen));
	TRY(newest_place(hold, view, object, &seen));
	if (with_bytes)
		TRY(rendition_make(hold, object, portions, count, &standing, arena, &seen.rendition));
	*ret_seen = seen;
	return ERR_OK;
}

enum err view_seen(struct hold *hold, struct view *view, uint32_t object, bool with_bytes, struct arena *arena,
		   struct hold_seen *ret_seen)
{
	return view_object_visible(view, object) ? seen_make(hold, view, object, with_bytes, arena, ret_seen) : ERR_NOT_FOUND;
}

/* ---- all versions ---- */

static int by_value(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return left < right ? -1 : left > right;
}

/* The manifests with which something changed that this view may see, ascending. */
static enum err moments_of(struct hold *hold, const struct view *view, const struct stored_portion *portions, size_t count,
			   struct arena *arena, uint64_t **ret_moments, size_t *ret_count)
{
	uint64_t *moments = ARENA_ARRAY(arena, 2 * count + 1, uint64_t);
	size_t used = 0, kept = 0;
	if (!moments)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (view_shows(hold, view, &portions[i]) == SIGHT_NONE)
			continue;
		moments[used++] = portions[i].first;
		if (portions[i].until)
			moments[used++] = portions[i].until;
	}
	qsort(moments, used, sizeof(*moments), by_value);
	for (size_t i = 0; i < used; i++)
		if (!kept || moments[kept - 1] != moments[i])
			moments[kept++] = moments[i];
	*ret_moments = moments;
	*ret_count = kept;
	return ERR_OK;
}

/* What must be referred to and is hidden hid the whole version. */
static bool is_whole(const struct stored_portion *portions, size_t count, const struct standing *standing, uint64_t at)
{
	for (size_t i = 0; i < count; i++)
		if (portions[i].mandatory && is_there(&portions[i], at) && !standing->shown[i])
			return false;
	return standing->issued != 0;
}

/* An older version stands where the newest of its portions came in, or the mark of what ended with it. */
static uint64_t place_of(const struct view *view, const struct stored_portion *portions, size_t count,
			 const struct standing *standing, const struct mark *marks, size_t mark_count)
{
	uint64_t row = NO_ROW;
	for (size_t i = 0; i < count; i++)
		if (standing->shown[i])
			row = later(row, portions[i].row);
	for (size_t i = 0; i < mark_count; i++)
		if (marks[i].issued == standing->issued && view_has(view, marks[i].row))
			row = later(row, marks[i].row);
	return row;
}

static enum err versions_make(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct hold_seen *versions,
			      const uint64_t *moments, size_t moment_count, size_t *ret_count)
{
	struct stored_portion *portions = NULL;
	struct mark *marks = NULL;
	size_t count = 0, mark_count = 0, made = 0;
	TRY(portions_of(hold, object, arena, &portions, &count));
	TRY(marks_of(hold, object, arena, &marks, &mark_count));
	for (size_t i = 0; i < moment_count; i++) {
		AUTO_ARENA scratch = {0};
		struct standing standing;
		TRY(standing_find(hold, portions, count, view_shows, view, moments[i], &scratch, &standing));
		if (!is_whole(portions, count, &standing, moments[i]) || (made && versions[made - 1].issued == standing.issued))
			continue;
		TRY(facts_make(hold, view, object, portions, count, &standing, arena, &versions[made]));
		TRY(place_set(hold, place_of(view, portions, count, &standing, marks, mark_count), &versions[made++]));
	}
	*ret_count = made;
	return ERR_OK;
}

enum err view_versions(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct hold_seen **ret_versions,
		       size_t *ret_count)
{
	struct stored_portion *portions = NULL;
	size_t count = 0, moment_count = 0, made = 0;
	uint64_t *moments = NULL;
	if (!view_object_visible(view, object))
		return ERR_NOT_FOUND;
	TRY(portions_of(hold, object, arena, &portions, &count));
	TRY(moments_of(hold, view, portions, count, arena, &moments, &moment_count));
	struct hold_seen *versions = ARENA_ARRAY(arena, moment_count + 1, struct hold_seen);
	if (!versions)
		return ERR_MEMORY;
	TRY(versions_make(hold, view, object, arena, versions, moments, moment_count, &made));
	if (!made)
		return ERR_NOT_FOUND;
	TRY(newest_place(hold, view, object, &versions[made - 1]));
	*ret_versions = versions;
	*ret_count = made;
	return ERR_OK;
}

enum err version_rendition(struct hold *hold, struct view *view, uint32_t object, uint64_t issued, struct arena *arena,
			   struct slice *ret_rendition)
{
	struct stored_portion *portions = NULL;
	size_t count = 0;
	struct standing standing;
	TRY(portions_of(hold, object, arena, &portions, &count));
	TRY(standing_find(hold, portions, count, view_shows, view, issued, arena, &standing));
	return rendition_make(hold, object, portions, count, &standing, arena, ret_rendition);
}

enum err hold_get(struct hold *hold, struct view *view, struct slice id, struct arena *arena, struct hold_seen *ret_seen)
{
	uint32_t object = 0;
	TRY(view_find(hold, view, id, &object));
	return object ? seen_make(hold, view, object, true, arena, ret_seen) : ERR_NOT_FOUND;
}

enum err hold_object_seen(struct hold *hold, struct view *view, uint32_t object, struct arena *arena, struct slice *ret_id,
			  struct hold_seen *ret_seen)
{
	TRY(view_seen(hold, view, object, false, arena, ret_seen));
	return name_text(hold, hold->catalog.objects[object].name, arena, ret_id);
}

enum err hold_author(struct hold *hold, struct view *view, struct slice id, struct arena *arena, struct slice *ret_author,
		     struct slice *ret_collection, bool *ret_own)
{
	uint32_t object = 0;
	struct object_facts facts;
	TRY(view_find(hold, view, id, &object));
	if (!object)
		return ERR_NOT_FOUND;
	TRY(object_get(hold, object, arena, &facts));
	uint8_t place = hold->catalog.objects[object].collection;
	*ret_author = facts.author;
	*ret_collection = place ? hold->settings.collections[place - 1].id : (struct slice){0};
	*ret_own = hold->catalog.objects[object].originator == hold->own_term;
	return ERR_OK;
}
