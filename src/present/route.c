/* The table of routes and how a path finds its row. Must never dispatch what stands not in the table. */
#include "present/route.h"

#define ANY "signed in"
#define TAXII "application/taxii+json;version=2.1"
#define JSON "application/json"
#define IN_JSON JSON
#define IN_OBJECT "application/json application/stix+json text/plain"
#define MATCH "match[id] match[type] match[version] match[spec_version]"

#define API(method_, path_, body_, roles_, query_, consumes_, produces_, status_, handle_, summary_) \
	{METHOD_##method_, "/api/v1/" path_, DIALECT_API, false, BODY_##body_, roles_, query_, consumes_, produces_, \
	 status_, summary_, handle_}
#define OPEN(method_, path_, dialect_, body_, consumes_, produces_, handle_, summary_) \
	{METHOD_##method_, path_, DIALECT_##dialect_, true, BODY_##body_, "everybody", "", consumes_, produces_, 200, \
	 summary_, handle_}
#define TAX(method_, path_, body_, query_, consumes_, status_, handle_, summary_) \
	{METHOD_##method_, "/taxii2/" path_, DIALECT_TAXII, false, BODY_##body_, ANY, query_, consumes_, TAXII, status_, \
	 summary_, handle_}
#define COLLECTION "{root}/collections/{collection}/"

const struct route routes[] = {
	OPEN(POST, "/api/v1/session", API, SMALL, IN_JSON, JSON, session_open,
	     "Sign in: a token from a password or a certificate"),
	API(DELETE, "session", NONE, ANY, "", "", "", 204, session_close, "Sign out: the token ends"),

	API(POST, "lenses", SMALL, "release", "", IN_JSON, JSON, 200, lens_open,
	    "See as: a token that reads as another nation would, of what was released to it, and does nothing else"),

	API(POST, "objects", LARGE, "analyst, taxii", "marking label_4774 dry_run replaces precedence collection",
	    IN_OBJECT, JSON, 201, object_post,
	    "Publish an object, a bundle or text with portions, whole or not at all; or show who would see it"),
	API(GET, "objects/{id}", NONE, ANY, "version view stix", "", "application/stix+json", 200, object_get,
	    "The rendition for this reader"),
	API(GET, "objects/{id}/versions", NONE, ANY, "", "", JSON, 200, versions_get,
	    "The versions of an object that the reader sees, newest first"),
	API(GET, "objects/{id}/sightings", NONE, ANY, "", "", JSON, 200, sightings_get,
	    "Who saw it, nation by nation, of the sightings that the reader sees; of an indicator also its decay"),
	API(GET, "objects/{id}/related", NONE, ANY, "", "", JSON, 200, related_get,
	    "What else names the same values, hashes, addresses and domains, of what the reader sees"),
	API(GET, "indicators", NONE, ANY, "q originator label since limit cursor", "", JSON, 200, indicator_list,
	    "Indicators with pattern, validity and what they name, newest first"),
	API(GET, "sightings", NONE, ANY, "q originator label since limit cursor", "", JSON, 200, sighting_list,
	    "Sightings with what was seen, newest first"),
	API(GET, "imports", NONE, ANY, "", "", JSON, 200, import_list,
	    "What this person published lately, one piece a line"),
	API(GET, "attack", NONE, ANY, "", "", JSON, 200, attack_get,
	    "Techniques by tactic, and how much of what the reader sees is linked to each"),
	API(POST, "sightings", SMALL, "analyst, taxii", "", IN_JSON, JSON, 201, sighting_post,
	    "Say that an object, or what indicators name, was seen"),
	API(POST, "patterns/match", SMALL, ANY, "", IN_JSON, JSON, 200, pattern_held,
	    "Match a STIX pattern against the observed data and observables that the reader sees"),
	API(GET, "objects/{id}/proof", NONE, ANY, "", "", "text/plain", 200, proof_get,
	    "The ledger's record of the object with its proof"),
	API(POST, "objects/{id}/recall", SMALL, "release", "", IN_JSON, JSON, 202, recall_order,
	    "Recall an object from every holder"),
	API(GET, "objects/{id}/recall", NONE, ANY, "", "", JSON, 200, recall_status,
	    "Who holds the object and who confirmed its recall"),
	API(GET, "objects/{id}/audience", NONE, ANY, "", "", JSON, 200, audience_get,
	    "Who has or may have which portion, of the portions that the reader sees"),
	API(GET, "objects/{id}/graph", NONE, ANY, "depth limit type", "", JSON, 200, graph_get,
	    "Objects linked to this one as the reader sees them, with the links between them"),
	API(POST, "objects/{id}/graph", SMALL, ANY, "depth limit type", IN_JSON, JSON, 200, graph_post,
	    "The same together with objects that stay in the picture"),
	API(GET, "map", NONE, ANY, "bbox from to limit", "", "application/geo+json", 200, map_get,
	    "What the reader sees that has a place in an area and a time, as GeoJSON"),
	API(GET, "search", NONE, ANY, "q type originator label since limit cursor count facets", "", JSON, 200, search_get,
	    "Find objects; all words stand in one portion"),

	API(GET, "searches", NONE, ANY, "", "", JSON, 200, saved_list, "One's saved searches"),
	API(POST, "searches", SMALL, ANY, "", IN_JSON, "", 204, saved_put, "Save a search under a name, or note that it was opened"),
	API(DELETE, "searches/{name}", NONE, ANY, "", "", "", 204, saved_forget, "Remove a saved search"),

	API(GET, "policies", NONE, ANY, "", "", JSON, 200, policies_get,
	    "What the node's policies offer: classifications, tag sets and values"),
	API(POST, "labels/mark", SMALL, ANY, "", IN_JSON, JSON, 200, labels_mark,
	    "Marking lines read and written by the label engine, and the line over them all"),

	API(GET, "releases", NONE, "release, analyst", "", "", JSON, 200, release_list, "What waits for a release officer"),
	API(GET, "releases/{id}", NONE, "release, analyst", "", "", JSON, 200, release_show,
	    "An own object portion by portion: who has it, what waits"),
	API(POST, "releases/{id}/approve", SMALL, "release", "", IN_JSON, "", 204, release_approve,
	    "Approve what waits of this object"),
	API(POST, "releases/{id}/refuse", SMALL, "release", "", IN_JSON, "", 204, release_refuse,
	    "Refuse what waits of this object"),
	API(POST, "releases/{id}/withdraw", SMALL, "release", "", IN_JSON, JSON, 202, withdraw_order,
	    "Take portions of this object back from nations that have them"),
	API(GET, "releases/{id}/withdraw", NONE, "release, analyst, watch", "", "", JSON, 200, withdraw_status,
	    "What was taken back from whom, and who confirmed it"),

	API(GET, "events", NONE, ANY, "", "", "text/event-stream", 200, events_get,
	    "What changes for this reader, as server-sent events"),
	API(GET, "warnings", NONE, ANY, "", "", JSON, 200, warning_list, "Warning problems with their levels, as far as the reader sees"),
	API(GET, "warnings/{id}", NONE, ANY, "", "", JSON, 200, warning_get, "One warning problem: indicators, evidence, rule, history"),
	API(GET, "alerts", NONE, "watch", "state", "", JSON, 200, alert_list, "Alerts of the watch, by precedence"),
	API(POST, "alerts/{id}/acknowledge", SMALL, "watch", "", IN_JSON, "", 204, alert_acknowledge, "Acknowledge an alert by name"),
	API(POST, "alerts/{id}/close", SMALL, "watch", "", IN_JSON, "", 204, alert_close, "Close an alert without a decision"),
	API(GET, "requirements", NONE, ANY, "about state", "", JSON, 200, requirement_list, "Requirements"),
	API(GET, "decisions", NONE, ANY, "about state", "", JSON, 200, decision_list, "Decisions with choice and reason"),
	API(GET, "tasks", NONE, ANY, "about state", "", JSON, 200, task_list, "Tasks with owner, due time and state"),
	API(GET, "outcomes", NONE, ANY, "about state", "", JSON, 200, outcome_list, "Outcomes of tasks"),
	API(GET, "watchlog", NONE, ANY, "about state", "", JSON, 200, watchlog_list, "The watch log"),
	API(GET, "chain/{id}", NONE, ANY, "", "", JSON, 200, chain_get, "The chain through an object, both ways"),
	API(GET, "inbox", NONE, ANY, "snoozed", "", JSON, 200, inbox_get, "What waits for this person"),
	API(POST, "inbox/snooze", SMALL, ANY, "", IN_JSON, "", 204, inbox_snooze, "Put something off, for this person"),
	API(DELETE, "inbox/snooze/{key}", NONE, ANY, "", "", "", 204, inbox_wake, "Take that back"),
	API(GET, "handovers", NONE, "watch", "", "", JSON, 200, handover_list, "The watch, what is open, and hand-overs"),
	API(POST, "handovers", SMALL, "watch", "", IN_JSON, JSON, 201, handover_offer, "Offer the watch to a successor"),
	API(POST, "handovers/{id}/accept", SMALL, "watch", "", IN_JSON, "", 204, handover_accept, "Take the watch"),
	API(POST, "handovers/{id}/refuse", SMALL, "watch", "", IN_JSON, "", 204, handover_refuse, "Leave it where it is"),
	API(POST, "handovers/{id}/withdraw", SMALL, "watch", "", IN_JSON, "", 204, handover_withdraw, "Take the offer back"),

	API(GET, "status", NONE, ANY, "", "", JSON, 200, status_get, "Peers, backlog, receipts, roles"),
	API(GET, "users", NONE, "admin", "", "", JSON, 200, users_list, "Users with roles and clearances"),
	API(POST, "users", SMALL, "admin", "", IN_JSON, "", 204, user_set, "Add or change a user"),
	API(DELETE, "users/{name}", NONE, "admin", "", "", "", 204, user_remove, "Remove a user"),
	API(POST, "tokens", SMALL, "taxii, analyst, reader", "", IN_JSON, JSON, 201, token_make,
	    "Make a token for a tool: TAXII only, within collections, as the user who makes it"),
	API(GET, "tokens", NONE, "taxii, analyst, reader, admin", "", "", JSON, 200, token_list, "One's tokens; of an administrator everybody's"),
	API(DELETE, "tokens/{id}", NONE, "taxii, analyst, reader, admin", "", "", "", 204, token_revoke, "Revoke a token; it ends at once"),
	OPEN(GET, "/api/v1/openapi.json", API, NONE, "", JSON, openapi_get, "This document"),

	TAX(GET, "", NONE, "", "", 200, taxii_discovery, "TAXII discovery"),
	TAX(GET, "{root}/", NONE, "", "", 200, taxii_root, "API root"),
	TAX(GET, "{root}/status/{status}/", NONE, "", "", 200, taxii_status, "Status of a post"),
	TAX(GET, "{root}/collections/", NONE, "", "", 200, taxii_collections, "Collections"),
	TAX(GET, COLLECTION, NONE, "", "", 200, taxii_collection, "One collection"),
	TAX(GET, COLLECTION "manifest/", NONE, "added_after limit next " MATCH, "", 200, taxii_manifest, "Manifest"),
	TAX(GET, COLLECTION "objects/", NONE, "added_after limit next " MATCH, "", 200, taxii_objects, "Objects"),
	TAX(POST, COLLECTION "objects/", LARGE, "", "application/taxii+json", 202, taxii_post, "Add objects"),
	TAX(GET, COLLECTION "objects/{object}/", NONE, "added_after limit next match[version] match[spec_version]", "", 200,
	    taxii_object, "One object"),
	TAX(DELETE, COLLECTION "objects/{object}/", NONE, "match[version] match[spec_version]", "", 200, taxii_delete,
	    "Delete what oneself posted"),
	TAX(GET, COLLECTION "objects/{object}/versions/", NONE, "added_after limit next match[spec_version]", "", 200,
	    taxii_versions, "Versions of an object"),

	OPEN(GET, "/", PAGE, NONE, "", "text/html", page_get, "The workbench"),
	OPEN(GET, "/{file}", PAGE, NONE, "", "application/octet-stream", page_get, "A file of the workbench"),
	OPEN(GET, "/{folder}/{file}", PAGE, NONE, "", "application/octet-stream", page_get, "A file of the workbench"),
	{.path = NULL},
};

static const char *const method_names[METHOD_COUNT] = {"GET", "POST", "DELETE"};

const char *method_name(enum method method)
{
	return (unsigned)method < METHOD_COUNT ? method_names[method] : "?";
}

/* HEAD is a GET whose body the carrier keeps back. */
static bool method_parse(struct slice text, enum method *ret_method)
{
	if (slice_equal(text, SLICE("HEAD"))) {
		*ret_method = METHOD_GET;
		return true;
	}
	for (int i = 0; i < METHOD_COUNT; i++) {
		if (slice_equal(text, slice_text(method_names[i]))) {
			*ret_method = (enum method)i;
			return true;
		}
	}
	return false;
}

/* Matches raw segments, so that an encoded slash cannot make another path. A closing slash may be missing or too
 * much. */
static bool matches(const char *pattern, struct slice path, struct slice parameters[3], size_t *ret_count)
{
	struct slice rest = slice_skip(slice_text(pattern), 1);
	size_t count = 0;
	path = slice_skip(path, 1);
	while (rest.len > 0 || path.len > 0) {
		struct slice want, have;
		rest = slice_split(rest, '/', &want);
		path = slice_split(path, '/', &have);
		if (have.len == 0)
			return false;
		if (want.len > 0 && want.data[0] == '{') {
			if (count == 3)
				return false;
			parameters[count++] = have;
		} else if (!slice_equal(want, have)) {
			return false;
		}
	}
	*ret_count = count;
	return true;
}

static enum err decode_parameters(struct arena *arena, const struct slice *raw, size_t count,
				  struct slice ret_parameters[3])
{
	struct slice decoded[3] = {{NULL, 0}};
	for (size_t i = 0; i < count; i++)
		if (percent_decode(raw[i], false, arena, &decoded[i]) != ERR_OK)
			return ERR_NOT_FOUND;
	memcpy(ret_parameters, decoded, sizeof decoded);
	return ERR_OK;
}

enum err route_find(struct slice method_text, struct slice path, struct arena *arena, const struct route **ret_route,
		    struct slice ret_parameters[3], unsigned *ret_allowed)
{
	enum method method = METHOD_GET;
	unsigned allowed = 0;
	bool known = method_parse(method_text, &method);
	if (path.len == 0 || path.data[0] != '/')
		return ERR_NOT_FOUND;
	for (const struct route *route = routes; route->path; route++) {
		struct slice raw[3];
		size_t count;
		if (!matches(route->path, path, raw, &count))
			continue;
		allowed |= 1u << route->method;
		if (!known || route->method != method)
			continue;
		TRY(decode_parameters(arena, raw, count, ret_parameters));
		*ret_route = route;
		return ERR_OK;
	}
	*ret_allowed = allowed;
	return allowed ? ERR_UNSUPPORTED : ERR_NOT_FOUND;
}
