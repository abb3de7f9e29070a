/* The envelope of a foreign page. Must never guess: what is there in another shape than the standard's refuses the page. */
#include "object/taxii_page.h"

static enum err objects_count(const json_t *objects, size_t *ret_count, struct diag *diag)
{
	size_t i;
	const json_t *object;
	if (objects && !json_is_array(objects))
		return diag_fail(diag, ERR_MALFORMED, "the page's \"objects\" is no list");
	json_array_foreach((json_t *)(uintptr_t)objects, i, object)
		if (json_slice(json_object_get(object, "id")).len == 0)
			return diag_fail(diag, ERR_MALFORMED, "the page's objects[%zu] has no id", i);
	*ret_count = json_array_size(objects);
	return ERR_OK;
}

static enum err members_read(struct taxii_page *page, struct diag *diag)
{
	const json_t *more = json_object_get(page->document, "more"), *next = json_object_get(page->document, "next");
	if (!json_is_object(page->document))
		return diag_fail(diag, ERR_MALFORMED, "the page is no envelope");
	if (more && !json_is_boolean(more))
		return diag_fail(diag, ERR_MALFORMED, "the page's \"more\" is neither true nor false");
	if (next && !json_is_string(next))
		return diag_fail(diag, ERR_MALFORMED, "the page's \"next\" is no text");
	page->more = json_is_true(more);
	page->next = json_slice(next);
	if (page->next.len > LIMIT_TITLE)
		return diag_fail(diag, ERR_TOO_LARGE, "the page's \"next\" is longer than %d octets", LIMIT_TITLE);
	return objects_count(json_object_get(page->document, "objects"), &page->objects, diag);
}

enum err taxii_page_read(struct slice text, size_t max, struct taxii_page *ret_page, struct diag *diag)
{
	struct taxii_page page = {0};
	TRY(json_read(text, max, &page.document, diag));
	enum err err = members_read(&page, diag);
	if (err != ERR_OK)
		taxii_page_done(&page);
	else
		*ret_page = page;
	return err;
}

void taxii_page_done(struct taxii_page *page)
{
	json_release(&page->document);
	*page = (struct taxii_page){0};
}
