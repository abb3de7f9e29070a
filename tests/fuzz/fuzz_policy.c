/* Any octets as a SPIF and as a compiled policy: what compiles must open, and what opens must be safe to use. */
#include "label_policies.h"

static void use(const struct policy *policy)
{
	struct policy_set *set = policy_set_new();
	if (!set || policy_set_add(set, policy) != ERR_OK)
		abort();
	static const char *const lines[] = {"NATO SECRET", "ACME CONFIDENTIAL REL TO MOCK", "P S a"};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		AUTO_ARENA arena = {.max_bytes = 64 * 1024 * 1024};
		AUTO_BUF text = buf_make(LIMIT_LABEL_XML);
		const struct label *label;
		if (label_parse_marking(set, slice_text(lines[i]), &arena, &label, NULL) != ERR_OK)
			continue;
		label_print_compact(label, &text);
		label_mark(label, SLICE("pageTop"), SLICE("en"), &text);
		if (label_check(label, LABEL_READ, 1, &text) == ERR_MEMORY)
			abort();
	}
	policy_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = {.max_bytes = 256 * 1024 * 1024};
	AUTO_BUF compiled = buf_make(64 * 1024 * 1024);
	struct finding *findings;
	const struct policy *policy;
	if (policy_compile(slice_of(data, size), &arena, &findings, &compiled) == ERR_OK) {
		if (policy_open(buf_slice(&compiled), &arena, &policy) != ERR_OK)
			abort();
		use(policy);
	}
	if (policy_open(slice_of(data, size), &arena, &policy) == ERR_OK)
		use(policy);
	return 0;
}
