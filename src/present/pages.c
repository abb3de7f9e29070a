/* The workbench's files and the OpenAPI document: the same for everybody, without credentials. */
#include "present/route.h"

enum progress openapi_get(struct request *request)
{
	openapi_print(&request->response.body);
	return request_respond(request, 200, MEDIA_JSON);
}

enum progress page_get(struct request *request)
{
	struct slice path;
	slice_split(request->head.target, '?', &path);
	const struct file *file = files_find(request->site->files, path);
	if (!file)
		return request_fail(request, ERR_NOT_FOUND);
	request_header(request, "ETag", file->etag);
	if (slice_equal(request->head.if_none_match, slice_text(file->etag)))
		return request_respond_empty(request, 304);
	request->response.status = 200;
	request->response.content_type = file->type;
	request->response.file = file;
	return PROGRESS_RESPOND;
}
