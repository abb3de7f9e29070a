/* Writing XML: escaped text only; callers write the tags. */
#ifndef BICES_LABEL_XML_WRITE_H
#define BICES_LABEL_XML_WRITE_H

#include "label/policy.h"

#define LABEL_URI "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
#define CLEARANCE_URI "urn:nato:stanag:4774:confidentialityclearance:1:0"
#define BINDING_URI "urn:nato:stanag:4778:bindinginformation:1:0"

/* Text for element content or an attribute in double quotes. */
void xml_put_text(struct buf *xml, struct slice text);

/* PolicyIdentifier with the policy's OID as URI, under a prefix such as "slab:" (or ""). */
void xml_put_policy(struct buf *xml, const struct policy *policy, const char *prefix);

/* The Category elements of bits in compact order. */
void xml_put_categories(struct buf *xml, const struct policy *policy, const uint64_t *bits, const char *prefix);

#endif
