/* Inside of libbices-label: reading the ADatP-4774 pieces that labels and clearances share. */
#ifndef BICES_LABEL_XML_NAMES_H
#define BICES_LABEL_XML_NAMES_H

#include "label/xml.h"
#include "label/xml_write.h"

/* What xml.space says in a reader opened here. */
enum label_space { SPACE_LABEL = 1, SPACE_CLEARANCE, SPACE_BINDING };

/* As xml_open(), for at most max octets; the namespaces above are known. ERR_TOO_LARGE beyond. */
enum err xml_open_labels(struct xml *xml, struct slice document, size_t max, struct arena *arena,
			 struct diag *diag) MUST_USE;

/* Refuses the current element. */
enum err xml_misplaced(struct xml *xml);

/* At START of an element: its text as a token of at least one octet. */
enum err xml_token(struct xml *xml, struct slice *ret_token) MUST_USE;

/* At START of a PolicyIdentifier: the policy it names. ERR_UNKNOWN if there is none of this name and OID. */
enum err xml_policy(struct xml *xml, const struct policy_set *set, const struct policy **ret_policy) MUST_USE;

/* At START of a Classification: its index. ERR_INVALID for one with a URI. */
enum err xml_classification(struct xml *xml, const struct policy *policy, uint32_t *ret_class) MUST_USE;

/* At START of a Category: its values go into bits. */
enum err xml_category(struct xml *xml, const struct policy *policy, uint64_t *bits) MUST_USE;

/* Next event that is not white space; text anywhere else is refused. */
enum err xml_element(struct xml *xml) MUST_USE;

#endif
