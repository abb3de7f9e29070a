/* The rows of a policy under construction, and what there is to say about it. */
#include "label/spif.h"

#include <stdarg.h>

/* Keeps the findings in the order of the document. */
static void insert(struct spif *s, struct spif_found *found)
{
	struct spif_found **at = &s->findings;
	while (*at && (*at)->at <= found->at)
		at = &(*at)->next;
	found->next = *at;
	*at = found;
}

struct finding *spif_findings(struct spif *s)
{
	struct finding *first = NULL, **end = &first;
	for (struct spif_found *f = s->findings; f; f = f->next) {
		xml_place(&s->xml, f->at, &f->finding.line, &f->finding.column);
		*end = &f->finding;
		end = &f->finding.next;
	}
	return first;
}

void spif_finding(struct spif *s, enum finding_level level, size_t at, const char *format, ...)
{
	s->failed |= level == FINDING_ERROR;
	if (s->finding_count++ >= SPIF_MOST_FINDINGS)
		return;
	struct spif_found *f = ARENA_NEW(s->arena, struct spif_found);
	if (!f) {
		s->err = ERR_MEMORY;
		return;
	}
	f->finding.level = level;
	f->at = at == SPIF_HERE ? s->xml.event_at : at;
	va_list list;
	va_start(list, format);
	vsnprintf(f->finding.text, sizeof(f->finding.text), format, list);
	va_end(list);
	insert(s, f);
}

size_t spif_at(const struct spif *s, enum section section, uint32_t i)
{
	return ((const uint32_t *)(const void *)s->places[section].data)[i];
}

uint32_t spif_count(const struct spif *s, enum section section)
{
	return (uint32_t)(s->sections[section].len / form_row_size[section]);
}

uint32_t spif_add(struct spif *s, enum section section)
{
	static const uint32_t most[SECTION_COUNT] = {
		[SECTION_CLASS] = 256,   [SECTION_SET] = 4096, [SECTION_TAG] = 4096,
		[SECTION_ENTRY] = 16384, [SECTION_PEER] = 256, [SECTION_PRIVACY] = 4096,
	};
	uint32_t i = spif_count(s, section), at = (uint32_t)s->xml.event_at;
	if (most[section] && i == most[section]) {
		s->err = ERR_TOO_LARGE;
		return FORM_NONE;
	}
	buf_put(&s->places[section], slice_of(&at, sizeof(at)));
	if (!buf_grow(&s->sections[section], form_row_size[section]) || s->places[section].err != ERR_OK) {
		s->err = s->sections[section].err != ERR_OK ? s->sections[section].err : s->places[section].err;
		return FORM_NONE;
	}
	return i;
}

void *spif_row(struct spif *s, enum section section, uint32_t i)
{
	return s->sections[section].data + (size_t)i * form_row_size[section];
}

struct form_text spif_text(struct spif *s, struct slice text)
{
	struct buf *pool = &s->sections[SECTION_TEXT];
	struct form_text at = {(uint32_t)pool->len, (uint32_t)text.len};
	if (text.len == 0)
		return (struct form_text){0, 0};
	buf_put(pool, text);
	if (pool->err != ERR_OK)
		s->err = pool->err;
	return at;
}

struct slice spif_slice(const struct spif *s, struct form_text text)
{
	return slice_of(s->sections[SECTION_TEXT].data + text.at, text.len);
}

bool spif_same(const struct spif *s, struct slice a, struct slice b)
{
	return slice_equal(a, b) || (s->head.fold_case && a.len == b.len &&
				     strncasecmp((const char *)a.data, (const char *)b.data, a.len) == 0);
}
