/* What guard is given in tests: the project's own policies, the world's roster, the table a new node begins with. */
#ifndef BICES_TEST_RELEASE_RULES_H
#define BICES_TEST_RELEASE_RULES_H

#include "world.h"

#include "release/guard_decide.h"

/* All of it lives in the world's arena. root: of the project. */
struct guard_given rules_given(struct world *world, const char *root);
/* The same with this attribute in place of the NATO policy's version="1". */
struct guard_given rules_given_version(struct world *world, const char *root, const char *version);

#endif
