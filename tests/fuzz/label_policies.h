/* The project's policies for fuzz targets of labels: read once. */
#ifndef BICES_FUZZ_LABEL_POLICIES_H
#define BICES_FUZZ_LABEL_POLICIES_H

#include "base/limits.h"
#include "label/label.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_add(struct policy_set *set, const char *path)
{
	static struct arena arena;
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(path, "rbe");
	if (!file)
		abort();
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	struct finding *findings;
	struct slice kept;
	const struct policy *policy;
	if (policy_compile(slice_of(bytes, len), &arena, &findings, &compiled) != ERR_OK ||
	    arena_copy(&arena, buf_slice(&compiled), &kept) != ERR_OK || policy_open(kept, &arena, &policy) != ERR_OK ||
	    policy_set_add(set, policy) != ERR_OK)
		abort();
}

static inline const struct policy_set *fuzz_policies(void)
{
	static struct policy_set *set;
	if (set)
		return set;
	set = policy_set_new();
	if (!set)
		abort();
	fuzz_add(set, SOURCE_ROOT "/policy/nato.xml");
	fuzz_add(set, SOURCE_ROOT "/policy/public.xml");
	fuzz_add(set, SOURCE_ROOT "/tests/data/spif/acme.xml");
	return set;
}

/* What was accepted must print and read back to the same compact text, and checking and marking it must be harmless. */
static inline void fuzz_label(const struct label *label, struct arena *arena)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_XML), again = buf_make(LIMIT_LABEL_XML), line = buf_make(LIMIT_LABEL_XML);
	label_print_compact(label, &text);
	if (text.err != ERR_OK)
		abort();
	label_mark(label, SLICE("portionMarking"), SLICE("ko"), &line);
	if (label_check(label, LABEL_NEW, 1, &line) == ERR_MEMORY)
		abort();
	const struct label *other;
	enum err err = label_parse_compact(fuzz_policies(), buf_slice(&text), arena, &other, NULL);
	if (err == ERR_TOO_LARGE)
		return;
	if (err != ERR_OK)
		abort();
	label_print_compact(other, &again);
	if (!slice_equal(buf_slice(&text), buf_slice(&again)))
		abort();
}

#endif
