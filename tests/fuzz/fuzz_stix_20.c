/* Any JSON as STIX 2.0: converted without harm, and out again; every change is told as text. */
#include "object/stix_convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_report(const struct stix_report *report)
{
	for (size_t i = 0; i < report->count && i < LIMIT_FINDINGS; i++)
		if (report->lines[i].len == 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		json_start(1);
	started = true;
	AUTO_JSON *document = NULL;
	AUTO_JSON *bundle = NULL;
	AUTO_ARENA arena = {.max_bytes = 1 << 28};
	struct stix_report report;
	if (json_read(slice_of(data, size), 1 << 20, &document, NULL) != ERR_OK || !json_is_object(document))
		return 0;
	if (stix_to_21(document, &arena, &report) != ERR_OK)
		return 0;
	check_report(&report);
	json_t *objects = json_object_get(document, "objects");
	if (!json_is_array(objects) || stix_to_20(objects, &arena, &report, &bundle) != ERR_OK)
		return 0;
	check_report(&report);
	if (!stix_is_20(bundle))
		abort();
	return 0;
}
