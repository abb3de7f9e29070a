/* Collecting one sentence about a failure. */
#include "base/diag.h"

#include <stdarg.h>

/* The text may quote hostile input and may be cut in the middle of a character: what is no UTF-8 or would drive a
 * terminal becomes a question mark, octet by octet. */
static void tidy(char *text)
{
	struct slice rest = slice_text(text);
	while (rest.len) {
		uint32_t c = 0;
		size_t len = utf8_next(rest, &c), taken = len ? len : 1;
		if (!len || (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0))
			memset(text, '?', taken);
		text += taken;
		rest = slice_skip(rest, taken);
	}
}

__attribute__((format(printf, 4, 0))) static void set(struct diag *diag, uint32_t line, uint32_t column, const char *format,
							va_list list)
{
	if (!diag || diag->text[0])
		return;
	diag->line = line;
	diag->column = column;
	vsnprintf(diag->text, sizeof(diag->text), format, list);
	tidy(diag->text);
}

enum err diag_fail(struct diag *diag, enum err err, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	set(diag, 0, 0, format, list);
	va_end(list);
	return err;
}

enum err diag_fail_at(struct diag *diag, enum err err, uint32_t line, uint32_t column, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	set(diag, line, column, format, list);
	va_end(list);
	return err;
}
