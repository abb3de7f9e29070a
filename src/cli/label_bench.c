/* How fast the label engine is on this machine, with the labels, the clearance and the policies that were given. Documents
 * are in memory before the clock starts; nothing is kept from one call to the next. */
#include "cli/label.h"

#include "base/limits.h"

#include <sys/stat.h>

enum { YES = 0, NO = 1, WRONG = 2 };

struct bench {
	struct engine *e;
	struct slice xml[64];
	const struct label *labels[64];
	size_t count;
	const struct clearance *clearance;
	struct slice policy; /* the largest one, as XML */
	uint64_t sink; /* so that no work is optimised away */
};

static uint64_t ticks_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void bench_decide(struct bench *b, size_t i)
{
	b->sink += label_decide(b->labels[i], b->clearance, 0, NULL);
}

static void bench_check(struct bench *b, size_t i)
{
	b->sink += label_check(b->labels[i], LABEL_READ, b->e->now_ms, NULL);
}

static const struct label *parse_again(struct bench *b, size_t i)
{
	static struct arena arena; /* emptied now and then, as a request would */
	if (arena.used_bytes > 8192)
		arena_done(&arena);
	const struct label *label = NULL;
	if (label_parse_xml(b->e->set, b->xml[i], &arena, &label, NULL) != ERR_OK)
		return NULL;
	return label;
}

static void bench_parse(struct bench *b, size_t i)
{
	b->sink += parse_again(b, i) != NULL;
}

static void bench_all(struct bench *b, size_t i)
{
	const struct label *label = parse_again(b, i);
	if (label && label_check(label, LABEL_READ, b->e->now_ms, NULL) == ERR_OK)
		b->sink += label_decide(label, b->clearance, 0, NULL);
}

static void bench_mark(struct bench *b, size_t i)
{
	static struct buf text;
	if (!text.max)
		text = buf_make(LIMIT_LABEL_XML);
	buf_truncate(&text, 0);
	label_mark(b->labels[i], SLICE("pageTopBottom"), slice_of(NULL, 0), &text);
	b->sink += text.len;
}

/* A policy from its XML to its use, as a node does it when it starts. */
static void bench_load(struct bench *b, size_t i)
{
	AUTO_ARENA arena = {0};
	AUTO_BUF compiled = buf_make(LIMIT_MESSAGE);
	struct finding *findings;
	const struct policy *policy = NULL;
	(void)i;
	if (policy_compile(b->policy, &arena, &findings, &compiled) == ERR_OK &&
	    policy_open(buf_slice(&compiled), &arena, &policy) == ERR_OK)
		b->sink += policy_version(policy).len;
}

/* Calls per second, the best of ten spells of a fiftieth of a second: what else the machine does is not the engine's. */
static double rate(struct bench *b, void (*work)(struct bench *, size_t), size_t batch)
{
	double best = 0;
	for (int spell = 0; spell < 10; spell++) {
		uint64_t start = ticks_ns(), end = start;
		size_t done = 0;
		for (; end - start < 20000000; end = ticks_ns())
			for (size_t n = 0; n < batch; n++, done++)
				work(b, done % b->count);
		double per_s = (double)done * 1e9 / (double)(end - start);
		best = per_s > best ? per_s : best;
	}
	return best;
}

static int run_bench(struct bench *b, bool json)
{
	static const struct {
		const char *name;
		void (*work)(struct bench *, size_t);
		size_t batch;
	} rows[] = {{"decide_per_s", bench_decide, 1000},
		    {"check_per_s", bench_check, 1000},
		    {"parse_per_s", bench_parse, 1000},
		    {"parse_check_decide_per_s", bench_all, 1000},
		    {"mark_per_s", bench_mark, 1000},
		    {"load_per_s", bench_load, 1}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].work == bench_load && !b->policy.len)
			continue;
		double per_s = rate(b, rows[i].work, rows[i].batch);
		if (json)
			printf("%s\"%s\":%.0f", i ? "," : "{", rows[i].name, per_s);
		else
			printf("%-26s %12.0f\n", rows[i].name, per_s);
	}
	if (json)
		puts("}");
	return b->sink == UINT64_MAX ? NO : YES;
}

/* The largest policy file of --policy (directories are not looked through). */
static int read_policies(struct bench *b, const struct option_list *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		struct stat status;
		AUTO_BUF bytes = buf_make(LIMIT_POLICY_XML);
		if (stat(paths->items[i], &status) != 0 || !S_ISREG(status.st_mode) ||
		    (size_t)status.st_size < b->policy.len)
			continue;
		if (file_read(paths->items[i], &bytes) != ERR_OK ||
		    arena_copy(&b->e->arena, buf_slice(&bytes), &b->policy) != ERR_OK)
			return WRONG;
	}
	return YES;
}

int label_bench_command(int argc, char **argv)
{
	AUTO_ENGINE e = {0};
	struct option_list policies = {0}, paths = {0};
	const char *clearance_path = NULL;
	bool json = false;
	const struct option_spec specs[] = {{"--policy", .list = &policies},
					    {"--label", .list = &paths},
					    {"--clearance", .value = &clearance_path},
					    {"--json", .flag = &json},
					    {.name = NULL}};
	if (options_take(specs, &argc, argv) != ERR_OK)
		return WRONG;
	if (!paths.count || !clearance_path || argc)
		return complain(ERR_USAGE, "label bench: --label FILE and --clearance FILE are needed");
	int code = engine_open(&e, &policies, NULL);
	struct bench b = {.e = &e, .count = paths.count};
	if (!code)
		code = read_policies(&b, &policies);
	for (size_t i = 0; !code && i < b.count; i++) {
		code = label_need(&e, paths.items[i], &b.labels[i]);
		if (!code && label_read_document(&e, paths.items[i], &b.xml[i]) != ERR_OK)
			code = WRONG;
	}
	if (code)
		return code;
	struct diag diag = {0};
	enum err err = label_read_clearance(&e, clearance_path, &b.clearance, &diag);
	if (err != ERR_OK)
		return diag.text[0] ? complain_diag(err, clearance_path, &diag) : err_exit_code(err);
	return run_bench(&b, json);
}
