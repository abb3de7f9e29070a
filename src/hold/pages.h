/* TAXII 2.1 pages over a collection: the total order (date added, row) of what the caller sees.
 * A writable collection holds what was posted to it; a read-only one everything the caller may see, or, where it is
 * virtual, what of that answers its question. */
#ifndef BICES_HOLD_PAGES_H
#define BICES_HOLD_PAGES_H

#include "hold/objects.h"

/* The place of a collection (id or alias) in the settings, or -1. */
int hold_collection_find(const struct hold *hold, struct slice id_or_alias);
const struct hold_collection *hold_collection_at(const struct hold *hold, int place);

/* Does it exist for a reader of this view and these roles? What is unknown or does not read denies. */
bool hold_collection_exists(struct hold *hold, const struct view *view, unsigned may, const struct hold_collection *collection);

/* One page of a collection, or without one of all that the view sees; filters come before paging, so a page's cost follows the collection's part that it walks, not its size;
 * of a collection with words a page may be short, or empty, and yet have a cursor.
 * ERR_NOT_FOUND: no such collection; ERR_USAGE: a cursor that does not read, or of another question. */
enum err hold_page(struct hold *hold, struct view *view, const struct msg_page *ask, struct arena *arena,
		   struct msg_page_done *ret_page) MUST_USE;

/* How many of the versions that this view sees of an object a match[version] names. ERR_NOT_FOUND: it sees none. */
enum err hold_versions_match(struct hold *hold, struct view *view, struct slice id, struct slice list, struct arena *arena,
			     size_t *ret_matching, size_t *ret_count) MUST_USE;

/* The versions of an object that this view sees, oldest first, without renditions. ERR_NOT_FOUND: it sees none. */
enum err hold_versions(struct hold *hold, struct view *view, struct slice id, struct arena *arena, struct msg_page_done *ret_versions) MUST_USE;

/* One of them with its rendition: version is its time, "first", or "last". ERR_NOT_FOUND: the view sees no such version. */
enum err hold_get_version(struct hold *hold, struct view *view, struct slice id, struct slice version, struct arena *arena,
			  struct hold_seen *ret_seen) MUST_USE;

#endif
