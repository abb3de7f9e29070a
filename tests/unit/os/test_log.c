/* Log lines: one line each, and what comes from outside cannot forge another. */
#include "os/clock.h"
#include "os/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

/* Logs text with standard error in a pipe and answers what was written. */
static void logged(const char *text, char line[4096])
{
	int ends[2], before = dup(STDERR_FILENO);
	assert_true(before >= 0 && pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) >= 0);
	log_line(LOG_WARNING, "%s", text);
	dup2(before, STDERR_FILENO);
	close(before);
	close(ends[1]);
	ssize_t len = read(ends[0], line, 4095);
	close(ends[0]);
	assert_true(len > 0);
	line[len] = '\0';
}

static void a_line_holds_time_name_level_and_text(void **state)
{
	(void)state;
	char line[4096];
	log_start("seal");
	logged("peer USA is connected", line);
	assert_int_equal(strspn(line, "0123456789-T:.Z"), 24);
	assert_string_equal(line + 24, " seal warning peer USA is connected\n");
}

static void line_ends_and_control_characters_are_escaped(void **state)
{
	(void)state;
	char line[4096];
	log_start("seal");
	logged("a\nb\\c\x1b[2J\xff", line);
	assert_string_equal(line + 24, " seal warning a\\x0ab\\x5cc\\x1b[2J\\xff\n");
}

static void a_long_text_is_cut(void **state)
{
	(void)state;
	char text[5000], line[4096];
	memset(text, '\n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	logged(text, line);
	assert_true(strlen(line) < 2048);
	assert_int_equal(line[strlen(line) - 1], '\n');
}

static void the_monotonic_clock_does_not_go_back(void **state)
{
	(void)state;
	uint64_t first = clock_monotonic_ms(), second = clock_monotonic_ms();
	assert_true(second >= first);
	assert_true(clock_now_ms() > 1700000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_holds_time_name_level_and_text),
		cmocka_unit_test(line_ends_and_control_characters_are_escaped),
		cmocka_unit_test(a_long_text_is_cut),
		cmocka_unit_test(the_monotonic_clock_does_not_go_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
