/* Problem documents, see problem.h. Must never tell denied from missing. */
#include "present/problem.h"

#include "present/write.h"

static const struct problem by_err[ERR_COUNT] = {
	[ERR_OK] = {500, "internal", "an internal fault"},
	[ERR_MALFORMED] = {400, "malformed", "the input is malformed"},
	[ERR_TOO_LARGE] = {413, "too-large", "the input exceeds a limit"},
	[ERR_UNSUPPORTED] = {422, "unsupported", "not supported"},
	[ERR_USAGE] = {400, "usage", "the call is wrong"},
	[ERR_UNKNOWN] = {422, "unknown", "unknown policy, classification or value"},
	[ERR_INVALID] = {422, "invalid", "well formed, but not valid"},
	[ERR_AMBIGUOUS] = {422, "ambiguous", "more than one meaning"},
	[ERR_NOT_FOUND] = {404, "not-found", "no such object"},
	[ERR_UNSEEN] = {428, "unseen", "look at it first"},
	[ERR_CONFLICT] = {409, "conflict", "it changed meanwhile"},
	[ERR_REFUSED] = {403, "refused", "refused"},
	[ERR_SIGN_IN] = {401, "sign-in", "sign-in failed"},
	[ERR_UNAVAILABLE] = {503, "unavailable", "a part of the node does not answer"},
	[ERR_FULL] = {507, "full", "no space left"},
	[ERR_IO] = {500, "io", "input or output failed"},
	[ERR_MEMORY] = {503, "memory", "out of memory"},
	[ERR_CRYPTO] = {500, "crypto", "a signature or seal does not verify"},
	[ERR_INTERNAL] = {500, "internal", "an internal fault"},
};

static const struct problem by_status[] = {
	{405, "method", "this path does not take that method"},
	{406, "not-acceptable", "the client accepts no type that this path answers"},
	{415, "media-type", "unsupported media type"},
};

struct problem problem_of(enum err err)
{
	return (unsigned)err < ERR_COUNT ? by_err[err] : by_err[ERR_INTERNAL];
}

struct problem problem_of_status(unsigned status)
{
	for (size_t i = 0; i < sizeof by_status / sizeof by_status[0]; i++)
		if (by_status[i].status == status)
			return by_status[i];
	return by_err[ERR_INTERNAL];
}

static void write_findings(const struct problem *problem, struct buf *json)
{
	if (problem->findings.len == 0)
		return;
	write_member_number(json, "finding_count", problem->finding_count);
	write_key(json, "findings");
	write_raw(json, problem->findings);
}

void problem_print(const struct problem *problem, struct buf *json)
{
	AUTO_BUF type = buf_make(128);
	buf_printf(&type, "urn:bices:problem:%s", problem->name);
	write_open(json, '{');
	write_member(json, "type", buf_slice(&type));
	write_member(json, "title", slice_text(problem->title));
	write_member_number(json, "status", problem->status);
	if (problem->detail.len > 0)
		write_member(json, "detail", problem->detail);
	if (problem->line > 0)
		write_member_number(json, "line", problem->line);
	if (problem->column > 0)
		write_member_number(json, "column", problem->column);
	write_findings(problem, json);
	write_member(json, "request_id", problem->request_id);
	write_close(json, '}');
}

void problem_print_taxii(const struct problem *problem, struct buf *json)
{
	AUTO_BUF status = buf_make(16);
	buf_printf(&status, "%u", problem->status);
	write_open(json, '{');
	write_member(json, "title", slice_text(problem->title));
	if (problem->detail.len > 0)
		write_member(json, "description", problem->detail);
	write_member(json, "error_id", problem->request_id);
	write_member(json, "error_code", slice_text(problem->name));
	write_member(json, "http_status", buf_slice(&status));
	if (problem->line > 0 || problem->findings.len > 0) {
		write_member_open(json, "details", '{');
		if (problem->line > 0) {
			write_member_number(json, "line", problem->line);
			write_member_number(json, "column", problem->column);
		}
		write_findings(problem, json);
		write_close(json, '}');
	}
	write_close(json, '}');
}
