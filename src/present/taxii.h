/* TAXII 2.1 server. spec: TAXII 2.1 4 and 5
 *
 * One API root per node, /taxii2/<nation in lower case>/. Collections are the store's: what it does not list for a user
 * does not exist for him. Every request on a collection asks for that list first, then for the page; the store checks
 * again. The marking-definitions of our labels are not objects of the envelope, so that a page has what was asked for
 * and never more than its limit: they stand beside them as the custom property "x_bices_marking_definitions", and
 * every object carries its labels in its own extension as well. */
#ifndef BICES_PRESENT_TAXII_H
#define BICES_PRESENT_TAXII_H

#include "present/request.h"

/* ---- status resources of posts, kept in memory for their posters ---- */

enum { STATUSES = 256, STATUSES_BYTES = 16 * 1024 * 1024, STATUS_ID = 36 };

struct statuses {
	struct status {
		char id[STATUS_ID + 1];
		uint8_t owner[32]; /* digest of the user or session */
		struct buf json;
	} items[STATUSES];
	size_t next, bytes;
};
void statuses_done(struct statuses *statuses);
/* Keeps a copy; the oldest ones make room. */
void statuses_put(struct statuses *statuses, const char *id, const struct request *poster, struct slice json);
/* ERR_NOT_FOUND when there is none of this user. */
enum err statuses_find(const struct statuses *statuses, struct slice id, const struct request *asker,
		       struct slice *ret_json) MUST_USE;

/* ---- between the TAXII files ---- */

/* Whether the first path parameter names this node's API root. */
bool taxii_is_root(const struct request *request);

/* Looks the collection of the second path parameter up, by id or alias; then runs with it copied to request->work's
 * first member, or refuses: unknown 404. */
struct taxii_target {
	struct collection collection;
	enum progress (*then)(struct request *request, struct taxii_target *target);
};
enum progress taxii_find_collection(struct request *request, struct taxii_target *target);

/* Filters of a page, from the query. spec: TAXII 2.1 3.4, 3.5 */
enum err taxii_take_filters(struct request *request, struct msg_page *page) MUST_USE;

/* Whether match[spec_version] names STIX 2.1, which all objects here are. */
bool taxii_names_format(struct slice list);

/* match[version] as a list: "first", "last", "all" alone, or moments. ERR_MALFORMED. */
enum err taxii_check_versions(struct slice list, struct diag *diag) MUST_USE;

#endif
