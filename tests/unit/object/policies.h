/* The project's own policies, compiled, for tests of what needs labels. */
#ifndef BICES_TEST_POLICIES_H
#define BICES_TEST_POLICIES_H

#include "base/limits.h"
#include "label/label.h"

/* policy/nato.xml and policy/public.xml below this folder. Lives as long as the test. */
const struct policy_set *test_policies(const char *root);

/* All octets of a file below root; fails the test when it cannot be read. */
struct slice test_file(const char *root, const char *name, struct arena *arena);

#define LABEL_PUBLIC "PUBLIC|UNMARKED"
#define LABEL_SECRET "NATO|SECRET|P:Context=NATO"
#define LABEL_KOREA "NATO|SECRET|P:Context=NATO,Releasable|P:Releasable To=KOR,NATO"
#define LABEL_ONLY "NATO|SECRET|P:Context=NATO,Releasable|P:Only=KOR,LTU"

#endif
