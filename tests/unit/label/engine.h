/* Policies and short forms for the tests of libbices-label. */
#ifndef BICES_TEST_LABEL_ENGINE_H
#define BICES_TEST_LABEL_ENGINE_H

#include "../../support/test.h"
#include "base/limits.h"
#include "label/label.h"

#define NOW UINT64_C(1800000000000) /* 2027-01-15 */

/* An arena that lives as long as the test program. */
struct arena *keep(void);

/* A file below the source root, or the test fails. */
struct slice file_of(const char *name);

/* Compiles and opens; the test fails if that fails. */
const struct policy *policy_of(struct slice xml);

/* Sets of: policy/nato.xml and policy/public.xml; one file; one text. */
const struct policy_set *own_policies(void);
const struct policy_set *policies_of_file(const char *name);
const struct policy_set *policies_of_text(const char *xml);

/* The made-up policy RULES, in which every rule of a SPIF occurs once. */
extern const char rules_policy[];
const struct policy_set *rules(void);

/* What is expected to succeed. */
const struct label *compact(const struct policy_set *set, const char *text);
const struct clearance *cleared(const struct policy_set *set, const char *lines);
const struct label *marking(const struct policy_set *set, const char *line);
const struct label *label_of_xml(const struct policy_set *set, const char *xml);

/* Text forms, living in keep(). */
const char *printed(const struct label *label);
const char *marked(const struct label *label, const char *location, const char *lang);
const char *reasons(const struct label *label, enum label_use use, uint64_t now_ms);

/* Labels as XML around `information`. */
#define LABEL_NS "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
#define LABEL_XML(information) \
	"<originatorConfidentialityLabel xmlns=\"" LABEL_NS "\" ReviewDateTime=\"2030-01-01T00:00:00Z\">" \
	"<ConfidentialityInformation>" information "</ConfidentialityInformation>" \
	"<CreationDateTime>2026-01-01T00:00:00Z</CreationDateTime></originatorConfidentialityLabel>"

#endif
