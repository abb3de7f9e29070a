/* From the octets of a SPIF to the compiled form: read, resolve, write. */
#include "label/spif.h"

enum { SECTION_MOST = 16 * 1024 * 1024 };

static void write_form(struct spif *s, struct buf *compiled)
{
	struct form_header header = {.magic = FORM_MAGIC};
	size_t at = sizeof(header);
	while (s->sections[SECTION_TEXT].len % 4)
		buf_put_octet(&s->sections[SECTION_TEXT], 0);
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		header.sections[i] = (struct form_section){(uint32_t)at, spif_count(s, i)};
		at += s->sections[i].len;
	}
	header.size = (uint32_t)at;
	buf_put(compiled, slice_of(&header, sizeof(header)));
	for (size_t i = 0; i < SECTION_COUNT; i++)
		buf_put(compiled, buf_slice(&s->sections[i]));
}

static enum err compile(struct spif *s, struct slice xml, struct diag *diag)
{
	if (xml.len > LIMIT_POLICY_XML)
		return diag_fail(diag, ERR_TOO_LARGE, "a policy has at most %d octets", LIMIT_POLICY_XML);
	TRY(xml_open(&s->xml, xml, s->arena, diag));
	TRY(spif_read(s));
	/* references in findings of the second part point back into the document */
	TRY(spif_resolve(s));
	uint32_t head = spif_add(s, SECTION_HEAD);
	if (head == FORM_NONE)
		return s->err;
	memcpy(spif_row(s, SECTION_HEAD, head), &s->head, sizeof(s->head));
	return s->failed ? ERR_INVALID : s->err;
}

static void done(struct spif *s)
{
	for (size_t i = 0; i < SECTION_COUNT; i++) {
		buf_done(&s->sections[i]);
		buf_done(&s->places[i]);
	}
}

enum err policy_compile(struct slice xml, struct arena *arena, struct finding **ret_findings, struct buf *compiled)
{
	*ret_findings = NULL;
	struct spif *s = ARENA_NEW(arena, struct spif);
	if (!s)
		return ERR_MEMORY;
	struct spif_refs *refs[] = {&s->groups, &s->excluded, &s->implied, &s->when};
	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++)
		refs[i]->end = &refs[i]->first;
	s->class_refs_end = &s->class_refs;
	s->arena = arena;
	for (size_t i = 0; i < SECTION_COUNT; i++)
		s->sections[i] = s->places[i] = buf_make(SECTION_MOST);
	struct diag diag = {0};
	enum err err = compile(s, xml, &diag);
	*ret_findings = spif_findings(s);
	if (err != ERR_OK && err != ERR_INVALID) {
		struct finding *f = ARENA_NEW(arena, struct finding);
		if (f) {
			*f = (struct finding){.level = FINDING_ERROR,
					      .line = diag.line,
					      .column = diag.column,
					      .next = *ret_findings};
			snprintf(f->text, sizeof(f->text), "%.180s", diag.text[0] ? diag.text : err_text(err));
			*ret_findings = f;
		}
	}
	if (err == ERR_OK)
		write_form(s, compiled);
	done(s);
	return err == ERR_OK ? compiled->err : err;
}
