/* Media types of requests and what a client accepts. spec: RFC 9110 8.3, 12.5.1; TAXII 2.1 1.6.8 */
#ifndef BICES_PRESENT_MEDIA_H
#define BICES_PRESENT_MEDIA_H

#include "base/slice.h"

/* What the node speaks. */
enum media { MEDIA_NONE, MEDIA_JSON, MEDIA_STIX, MEDIA_TAXII, MEDIA_TEXT, MEDIA_XML, MEDIA_GEOJSON, MEDIA_COUNT };

/* As written in Content-Type of answers; NULL for MEDIA_NONE. */
const char *media_text(enum media media);

/* The type named by a Content-Type header: type and parameters in any case, quoted or not, with white space where the
 * grammar allows it. application/taxii+json and application/stix+json take version 2.1 or none. MEDIA_NONE for anything
 * else: malformed, unknown, another version, a charset that is not UTF-8. */
enum media media_parse(struct slice content_type);

/* Does the Accept header allow this type? An empty header allows everything. The most specific matching range decides;
 * a weight of 0 excludes. A range without a version matches every version. A malformed element is passed over. */
bool media_is_accepted(struct slice accept, enum media media);

#endif
