/* The rules on which the promise of the exchange rests, each alone, so that a test can take one away and see the simulator
 * find it. Nobody else may compare these values. spec: trust 1.4 */
#ifndef BICES_PROTOCOL_RULES_H
#define BICES_PROTOCOL_RULES_H

#include "base/slice.h"

/* Rule 2: nothing of a frame is shown before the sender's control feed was applied up to what the frame names. */
bool rule_control_satisfied(uint64_t required, uint64_t applied) MUST_USE;

/* A frame decided under another roster than the current one is not admitted. */
bool rule_epoch_is_current(uint64_t epoch, uint64_t current) MUST_USE;

/* Octets are what was named: object digests at both ends, and the chain of frames. */
bool rule_digest_matches(const uint8_t named[32], const uint8_t found[32]) MUST_USE;

#endif
