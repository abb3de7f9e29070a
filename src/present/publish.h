/* From a body to PUT: labels are found, the input is taken apart into labelled portions, the store is asked.
 * Shared by the JSON interface and TAXII. */
#ifndef BICES_PRESENT_PUBLISH_H
#define BICES_PRESENT_PUBLISH_H

#include "object/offer.h"
#include "object/stix_convert.h"
#include "present/request.h"

enum { PUBLISH_VALUES = 4 * 1024 * 1024 }; /* of one JSON document, counted by its commas, colons and brackets */

/* What the caller fills in. Lives in the request's arena; it is request->work until then is called. */
struct publish {
	bool text;		/* text with portions instead of JSON */
	bool envelope;		/* JSON must be a TAXII envelope: "objects", not empty */
	struct slice label;	/* compact: for what has none; empty: refuse that */
	bool asserted;		/* somebody said label, for foreign markings too; else it is a channel's default */
	struct slice label_xml; /* 4774 XML to be read for label; or empty */
	struct msg_put put;	/* all but objects */
	request_step *then;	/* with PUT_DONE, or PLAN_SHOWN for a dry run */

	struct offers offers; /* what was offered, from then on */
	struct stix_report *converted; /* what changed on the way from STIX 2.0; NULL for any other document */

	/* own */
	struct stix_document *documents;
	struct stix_label *labels;
	size_t document_count, read_count;
};

/* Takes request->body. Whole or not at all. */
enum progress publish_start(struct request *request, struct publish *publish);

/* The compact form of a marking line. */
enum err publish_marking(struct request *request, struct slice line, struct slice *ret_label) MUST_USE;

#endif
