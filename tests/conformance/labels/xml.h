/* SPDX-License-Identifier: Apache-2.0
 * A vector's labels and clearances in the forms that the engine reads, written as they stand, faults and all. */
#ifndef BICES_TEST_LABELS_XML_H
#define BICES_TEST_LABELS_XML_H

#include "base/buf.h"

#include <jansson.h>

/* ADatP-4774 XML of a vector's label. */
void put_label(struct buf *xml, const json_t *label);

/* ADatP-4774 clearance XML of a vector's clearance. */
void put_clearance_xml(struct buf *xml, const json_t *clearance);

/* One compact line of a vector's clearance. */
void put_clearance(struct buf *line, const json_t *clearance);

#endif
