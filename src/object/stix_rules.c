/* Tables of STIX types. Must never depend on an object's labels or readers. */
#include "object/stix_rules.h"

static const char *const OBSERVABLES[] = {
	"artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file", "ipv4-addr",
	"ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url", "user-account",
	"windows-registry-key", "x509-certificate",
};

static const char *const VERSIONED[] = {
	"attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator", "infrastructure",
	"intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data", "opinion", "report",
	"threat-actor", "tool", "vulnerability", "relationship", "sighting", "language-content", "extension-definition",
};

struct demand {
	const char *type, *property;
};

/* spec: STIX 2.1 4, 5, 7: the required properties that refer to objects */
static const struct demand DEMANDS[] = {
	{"grouping", "object_refs"},
	{"note", "object_refs"},
	{"opinion", "object_refs"},
	{"report", "object_refs"},
	{"relationship", "source_ref"},
	{"relationship", "target_ref"},
	{"sighting", "sighting_of_ref"},
	{"language-content", "object_ref"},
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static bool has_word(const char *const *words, size_t count, struct slice word)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(word, slice_text(words[i])))
			return true;
	return false;
}

bool stix_is_observable(struct slice type)
{
	return has_word(OBSERVABLES, COUNT_OF(OBSERVABLES), type);
}

bool stix_is_versioned(struct slice type)
{
	return has_word(VERSIONED, COUNT_OF(VERSIONED), type);
}

bool stix_is_reference(struct slice property)
{
	if (slice_equal(property, SLICE("object_marking_refs")))
		return false;
	return slice_has_suffix(property, SLICE("_ref")) || slice_has_suffix(property, SLICE("_refs"));
}

bool stix_refers(struct slice property, const json_t *value)
{
	bool nothing = (json_is_string(value) && json_string_length(value) == 0) ||
		       (json_is_array(value) && json_array_size(value) == 0);
	return stix_is_reference(property) && !nothing;
}

/* Observed data may hold its content in place of references (deprecated "objects"), but where it refers, it is about
 * nothing else. */
static const struct demand ABOUT[] = {{"observed-data", "object_refs"}};

static bool is_demanded(const struct demand *demands, size_t count, struct slice type, struct slice property)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(type, slice_text(demands[i].type)) &&
		    slice_equal(property, slice_text(demands[i].property)))
			return true;
	return false;
}

bool stix_is_mandatory(struct slice type, struct slice property)
{
	return is_demanded(DEMANDS, COUNT_OF(DEMANDS), type, property) ||
	       is_demanded(ABOUT, COUNT_OF(ABOUT), type, property);
}

const char *stix_missing_reference(struct slice type, const json_t *object)
{
	for (size_t i = 0; i < COUNT_OF(DEMANDS); i++)
		if (slice_equal(type, slice_text(DEMANDS[i].type)) &&
		    (!json_object_get(object, DEMANDS[i].property) ||
		     !stix_refers(slice_text(DEMANDS[i].property), json_object_get(object, DEMANDS[i].property))))
			return DEMANDS[i].property;
	return NULL;
}
