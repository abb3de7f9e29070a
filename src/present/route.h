/* The one table of what can be asked: it dispatches requests and makes the OpenAPI document. */
#ifndef BICES_PRESENT_ROUTE_H
#define BICES_PRESENT_ROUTE_H

#include "present/request.h"

enum method { METHOD_GET, METHOD_POST, METHOD_DELETE, METHOD_COUNT };
enum dialect { DIALECT_PAGE, DIALECT_API, DIALECT_TAXII }; /* how errors are written */
enum body_size { BODY_NONE, BODY_SMALL, BODY_LARGE };

enum { BODY_SMALL_BYTES = 65536 };

struct route {
	enum method method;
	const char *path; /* "{name}" stands for one segment */
	enum dialect dialect;
	bool open; /* no credentials needed */
	enum body_size body;
	const char *roles;    /* who may, for people; the store decides */
	const char *query;    /* known parameters, separated by one space */
	const char *consumes; /* media types of the body, separated by one space */
	const char *produces; /* media type of the answer; empty: none */
	unsigned status;      /* of success */
	const char *summary;
	enum progress (*handle)(struct request *request);
};

/* All routes, ended by path == NULL. */
extern const struct route routes[];

/* Finds the route of a decoded path; parameters are decoded into the arena. ERR_NOT_FOUND: no such path;
 * ERR_UNSUPPORTED: the path is there, but not for this method: *ret_allowed has a bit 1 << enum method for each that
 * is. */
enum err route_find(struct slice method, struct slice path, struct arena *arena, const struct route **ret_route,
		    struct slice ret_parameters[3], unsigned *ret_allowed) MUST_USE;

const char *method_name(enum method method);

/* The OpenAPI 3.1 document of the table. */
void openapi_print(struct buf *json);

/* Handlers, by file. */
typedef enum progress route_handler(struct request *request);
route_handler session_open, session_close, lens_open;						      /* session.c */
route_handler object_post, object_get, audience_get;					      /* objects.c */
route_handler pattern_held; /* patterns.c */
route_handler sighting_post, sightings_get, related_get;				      /* sighting.c, sightings.c, related.c */
route_handler search_get;								      /* search.c */
route_handler saved_list, saved_put, saved_forget;				      /* saved.c */
route_handler versions_get;							      /* versions.c */
route_handler graph_get, graph_post;							      /* graph.c */
route_handler map_get;									      /* map.c */
route_handler release_list, release_show, release_approve, release_refuse;		      /* release.c */
route_handler withdraw_order, withdraw_status, recall_order, recall_status;		      /* release.c */
route_handler events_get;								      /* events.c */
route_handler status_get, proof_get, users_list, user_set, user_remove;			      /* node.c */
route_handler token_make, token_list, token_revoke;				      /* tokens.c */
route_handler policies_get, labels_mark;						      /* policies.c */
route_handler warning_list, warning_get, alert_list, alert_acknowledge, alert_close;	      /* warning.c */
route_handler requirement_list, decision_list, task_list, outcome_list, watchlog_list;	      /* steps.c */
route_handler chain_get;								      /* chain.c */
route_handler inbox_get, inbox_snooze, inbox_wake;					      /* inbox.c */
route_handler handover_list, handover_offer, handover_accept, handover_refuse, handover_withdraw; /* inbox.c */
route_handler indicator_list, sighting_list, attack_get, import_list;			      /* indicators.c, attack.c, imports.c */
route_handler openapi_get, page_get;							      /* pages.c */
route_handler taxii_discovery, taxii_root, taxii_collections, taxii_collection, taxii_status; /* taxii.c */
route_handler taxii_manifest, taxii_objects, taxii_object, taxii_versions;		      /* taxii_read.c */
route_handler taxii_post, taxii_delete;							      /* taxii_write.c */

#endif
