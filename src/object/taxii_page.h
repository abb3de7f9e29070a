/* One page of a foreign TAXII server, read for what its client goes on by. spec: TAXII 2.1 3.7 */
#ifndef BICES_OBJECT_TAXII_PAGE_H
#define BICES_OBJECT_TAXII_PAGE_H

#include "object/json.h"

struct taxii_page {
	json_t *document;  /* the envelope; owned, see taxii_page_done */
	size_t objects;    /* how many stand in it */
	bool more;
	struct slice next; /* borrowed from the document; may be empty */
};

/* Strict JSON of at most max octets (json_read). "objects" is a list of objects with ids, or absent; "more" true or false, or
 * absent; "next" a text of at most LIMIT_TITLE octets, or absent. Nothing is believed of what stands inside an object.
 * ERR_MALFORMED, ERR_TOO_LARGE; the caller releases *ret_page. */
enum err taxii_page_read(struct slice text, size_t max, struct taxii_page *ret_page, struct diag *diag) MUST_USE;
void taxii_page_done(struct taxii_page *page);

#endif
