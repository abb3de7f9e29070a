/* Any octets as a pattern: refused with a reason, or matched against a few observations within the limits. */
#include "object/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static json_t *observed(void)
{
	static json_t *document;
	if (!document) {
		json_start(1);
		document = json_loads(
			"{\"objects\":[{\"type\":\"observed-data\",\"id\":\"observed-data--1\",\"first_observed\":"
			"\"2026-01-01T00:00:00Z\","
			"\"last_observed\":\"2026-01-01T00:00:09Z\",\"number_observed\":3,\"objects\":{\"0\":{\"type\":"
			"\"file\",\"name\":\"aaab\","
			"\"size\":5,\"hashes\":{\"MD5\":\"ff\"},\"parent_directory_ref\":\"1\",\"x\":[1,2,[3]]},\"1\":{"
			"\"type\":\"directory\","
			"\"path\":\"/\"}}},{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--1\",\"value\":\"198.51.100.1\"},"
			"{\"type\":\"ipv6-addr\",\"id\":\"ipv6-addr--1\",\"value\":\"2001:db8::1\"}]}",
			0, NULL);
	}
	return document;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *document = observed();
	AUTO_ARENA arena = {.max_bytes = 1 << 28};
	AUTO_JSON *keep = NULL;
	const struct pattern_node *pattern;
	struct pattern_observation *observations;
	struct diag diag = {0};
	size_t count;
	bool matches, *matched;
	enum err err = pattern_parse(slice_of(data, size), &arena, &pattern, &diag);
	if (err != ERR_OK && err != ERR_MEMORY && !diag.text[0])
		abort();
	if (err != ERR_OK)
		return 0;
	if (pattern_observations(document, &arena, &observations, &count, &keep, &diag) != ERR_OK)
		abort();
	err = pattern_match(pattern, observations, count, &arena, &matches, &matched);
	if (err != ERR_OK && err != ERR_TOO_LARGE && err != ERR_MEMORY)
		abort();
	return 0;
}
