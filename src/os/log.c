/* Writes log lines with one write each, so that lines of several processes do not mix. */
#include "os/log.h"

#include "base/moment.h"
#include "os/clock.h"

#include <stdarg.h>
#include <unistd.h>

enum { LINE_MAX_OCTETS = 2048, VALUE_MAX = 1024 };

static const char *log_name = "bices";

void log_start(const char *name)
{
	log_name = name;
}

/* Appends text so that it stays on its line and means only itself. */
static size_t escape(const char *text, char *to, size_t room)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = 0;
	for (const unsigned char *c = (const unsigned char *)text; *c && len + 4 < room; c++) {
		if (*c >= ' ' && *c < 127 && *c != '\\') {
			to[len++] = (char)*c;
			continue;
		}
		to[len++] = '\\';
		to[len++] = 'x';
		to[len++] = digits[*c >> 4];
		to[len++] = digits[*c & 15];
	}
	return len;
}

void log_line(enum log_level level, const char *format, ...)
{
	static const char *const levels[] = {"error", "warning", "notice", "debug"};
	char text[VALUE_MAX], moment[MOMENT_TEXT + 1], line[LINE_MAX_OCTETS];
	va_list list;
	va_start(list, format);
	if (vsnprintf(text, sizeof(text), format, list) < 0)
		text[0] = '\0';
	va_end(list);
	moment_print(clock_now_ms(), moment);
	int head = snprintf(line, sizeof(line), "%s %s %s ", moment, log_name, levels[level <= LOG_DEBUG ? level : LOG_ERROR]);
	if (head < 0 || (size_t)head >= sizeof(line))
		return;
	size_t len = (size_t)head + escape(text, line + head, sizeof(line) - (size_t)head - 1);
	line[len++] = '\n';
	ssize_t written = write(STDERR_FILENO, line, len);
	(void)written; /* there is nowhere to complain to */
}
