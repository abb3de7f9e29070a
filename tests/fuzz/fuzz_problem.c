/* Any JSON as a warning problem: what reads can be encoded, decodes to a problem that passes the same checks, and has words. */
#include "object/gist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_words(const struct problem *problem)
{
	AUTO_BUF text = buf_make(1 << 24);
	const struct indicator *indicators = problem->indicators.items;
	const struct level *levels = problem->levels.items;
	for (size_t i = 0; i < problem->indicators.count; i++) {
		if (!indicators[i].count || indicators[i].within_ms > indicators[i].age_limit_ms)
			abort();
		rule_print(&indicators[i], &text);
	}
	for (size_t i = 0; i < problem->levels.count; i++)
		level_print(&levels[i], &text);
	if (text.err != ERR_OK || text.len == 0)
		abort();
}

static void check_again(struct slice bytes)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF again = buf_make(1 << 24);
	struct problem problem;
	if (problem_decode(bytes, &arena, &problem) != ERR_OK)
		abort();
	record_encode(&problem_schema, &problem, &again);
	if (again.err != ERR_OK || !slice_equal(buf_slice(&again), bytes))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 1 << 28};
	AUTO_JSON *value = NULL;
	AUTO_BUF bytes = buf_make(1 << 24);
	struct problem problem;
	struct diag diag = {0};
	(void)!problem_decode(slice_of(data, size), &arena, &problem);
	if (json_read(slice_of(data, size), 1 << 20, &value, NULL) != ERR_OK)
		return 0;
	if (problem_read(value, &arena, &problem, &diag) != ERR_OK) {
		if (diag.text[0] == 0 && arena.used_bytes < 1 << 20)
			abort(); /* a refusal says why */
		return 0;
	}
	check_words(&problem);
	record_encode(&problem_schema, &problem, &bytes);
	if (bytes.err == ERR_OK)
		check_again(buf_slice(&bytes));
	return 0;
}
