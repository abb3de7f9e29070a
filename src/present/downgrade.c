/* See downgrade.h. Must never show more than the rendition does. */
#include "present/downgrade.h"

#include "object/stix.h"
#include "object/stix_convert.h"

static enum err add(json_t *objects, struct slice text)
{
	json_t *object;
	TRY(json_read(text, LIMIT_JSON_BYTES, &object, NULL));
	return json_array_append_new(objects, object) == 0 ? ERR_OK : ERR_MEMORY;
}

static bool is_new(const struct rendition_view *view, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (slice_equal(view->portions[i].label, view->portions[at].label))
			return false;
	return true;
}

static enum err add_all(struct request *request, const struct rendition_view *view, uint64_t modified, json_t *objects)
{
	AUTO_BUF object = buf_make(LIMIT_JSON_BYTES);
	TRY(stix_print_mapped(request->site->policies, request->site->map, view, modified, &object));
	TRY(add(objects, buf_slice(&object)));
	for (size_t i = 0; i < view->count; i++) {
		AUTO_BUF marking = buf_make(LIMIT_LABEL_XML * 2);
		if (!is_new(view, i))
			continue;
		TRY(stix_print_marking(request->site->policies, view->portions[i].label, &marking));
		TRY(add(objects, buf_slice(&marking)));
	}
	return ERR_OK;
}

static enum err add_changes(const struct stix_report *report, json_t *bundle)
{
	json_t *lines = json_array();
	for (size_t i = 0; i < report->count && i < LIMIT_FINDINGS; i++)
		if (json_array_append_new(lines, json_text(report->lines[i])) != 0)
			break;
	return json_object_set_new(bundle, "x_bices_changes", lines) == 0 ? ERR_OK : ERR_MEMORY;
}

enum err downgrade_print(
	struct request *request, const struct rendition_view *view, uint64_t modified, struct buf *json)
{
	AUTO_JSON *objects = json_array();
	AUTO_JSON *bundle = NULL;
	struct stix_report report;
	if (!objects)
		return ERR_MEMORY;
	TRY(add_all(request, view, modified, objects));
	TRY(stix_to_20(objects, &request->arena, &report, &bundle));
	TRY(add_changes(&report, bundle));
	json_canonical(bundle, json);
	return json->err;
}
