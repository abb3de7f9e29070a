/* Findings as part of a problem document, see findings.h. Must never let a document with a fault pass. */
#include "present/findings.h"

#include "object/stix_check.h"
#include "present/write.h"

static void write_finding(struct buf *json, const struct stix_finding *finding)
{
	write_open(json, '{');
	if (finding->object != STIX_NO_OBJECT)
		write_member_number(json, "object", finding->object);
	if (finding->id.len > 0)
		write_member(json, "id", finding->id);
	write_member(json, "path", finding->path);
	write_member(json, "rule", slice_text(finding->rule));
	write_member(json, "text", finding->text);
	write_close(json, '}');
}

static enum err keep(struct request *request, const struct stix_findings *findings)
{
	AUTO_BUF json = buf_make(LIMIT_MESSAGE_INLINE * 4);
	size_t told = findings->error_count < LIMIT_FINDINGS ? findings->error_count : LIMIT_FINDINGS;
	write_open(&json, '[');
	for (size_t i = 0; i < told; i++)
		write_finding(&json, &findings->errors[i]);
	write_close(&json, ']');
	if (json.err != ERR_OK)
		return json.err;
	request->finding_count = findings->error_count;
	return arena_copy(&request->arena, buf_slice(&json), &request->findings);
}

static enum err refuse(struct request *request, const struct stix_findings *findings)
{
	AUTO_BUF line = buf_make(LIMIT_MESSAGE_INLINE);
	TRY(keep(request, findings));
	stix_print_finding(&findings->errors[0], &line);
	if (findings->error_count > 1)
		buf_printf(&line, "; and %zu more", findings->error_count - 1);
	return diag_fail(&request->diag, ERR_INVALID, "%.*s", SLICE_ARG(buf_slice(&line)));
}

enum err findings_check(struct request *request)
{
	struct stix_findings *findings = ARENA_NEW(&request->arena, struct stix_findings);
	if (!findings)
		return ERR_MEMORY;
	TRY(stix_check(request->document, false, &request->arena, findings, &request->diag));
	return findings->error_count == 0 ? ERR_OK : refuse(request, findings);
}
