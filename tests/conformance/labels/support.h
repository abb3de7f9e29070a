/* SPDX-License-Identifier: Apache-2.0
 * Policies and files for the programs that hold the engine against the oracle. Any failure here ends the program. */
#ifndef BICES_TEST_LABELS_SUPPORT_H
#define BICES_TEST_LABELS_SUPPORT_H

#include "base/limits.h"
#include "label/label.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lives as long as the program. */
struct arena *kept(void);

/* The octets of a file, or the program ends. A name that is not absolute is below the source root. */
struct slice file_read(const char *name);

/* Compiles and opens a policy; the program ends if it cannot be used. */
const struct policy *policy_load(const char *name);

/* The clearance lines or the label in this text; NULL unless the engine reads them. */
const struct label *label_read(const struct policy_set *set, const char *compact, struct arena *arena);
const struct clearance *clearance_read(const struct policy_set *set, const char *compact, struct arena *arena);

#endif
