/* Seal's own reader of compact labels (label/compact.h) and its own test of level and tags. Written apart from the
 * label room and sharing nothing with it, so that one mistake in the policy engine does not open both doors.
 *
 * Seal holds no policy: it compares names. So it is at least as strict as guard: a label or clearance that is not
 * in the one canonical form denies; informative tags and the privacy mark do not count. Pure, no allocation.
 * spec: trust 2.3 checks 3 to 5 */
#ifndef BICES_RELEASE_SEAL_LABEL_H
#define BICES_RELEASE_SEAL_LABEL_H

#include "base/limits.h"
#include "base/slice.h"

/* The one canonical form: names not empty, no needless escape, tags and values in strictly ascending order. */
bool seal_label_is_canonical(struct slice label);

/* Is the label of this policy, with one of these classifications (separated by commas)? Names as they stand in labels. */
bool seal_label_is_among(struct slice label, struct slice policy, struct slice classifications);

/* Check 4: the label's classification is in the list that the clearance line of its policy holds.
 * clearance: compact lines, one per policy, separated by "\n". Denies where the policy has no line or two. */
enum verdict seal_label_level(struct slice label, struct slice clearance);

/* Check 5: of every permissive tag at least one value is held, of every restrictive tag all are.
 * A permissive tag without a value denies. */
enum verdict seal_label_tags(struct slice label, struct slice clearance);

#endif
