/* Taking one STIX object apart into portions. Internal to this room. */
#ifndef BICES_OBJECT_STIX_PORTIONS_H
#define BICES_OBJECT_STIX_PORTIONS_H

#include "object/stix_labels.h"

/* Portions on their way into an offer. */
struct portion_list {
	struct offer_portion *items; /* arena; max entries */
	size_t count, max;
	size_t octets; /* of all content and labels */
};

/* Adds a portion and what search finds of it. Refuses what no rendition could hold. */
enum err stix_add_portion(struct stix_reader *reader, struct portion_list *list,
			  const struct offer_portion *portion) MUST_USE;

/* Reads the items of our extension in order, the head's apart: its label goes to *ret_head_label. References among them
 * must be references that the object has. Each label is registered as known and in reader->portioned. */
enum err stix_read_items(struct stix_reader *reader, json_t *object, json_t *items, struct portion_list *list,
			 struct slice *ret_head_label) MUST_USE;

/* Adds every top-level reference that no item named, with this label. */
enum err stix_add_references(struct stix_reader *reader, json_t *object, struct slice type, struct slice label,
			     struct portion_list *list) MUST_USE;

#endif
