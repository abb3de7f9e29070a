/* Seal's reader of labels takes any octets without harm, and never permits by a label or a clearance that is not in the one
 * canonical form. Input: a label, a zero octet, clearance lines. */
#include "release/seal_label.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_empty_permissive(struct slice label)
{
	while (label.len) {
		struct slice tag;
		label = slice_split(label, '|', &tag);
		if (slice_has_prefix(tag, SLICE("P:")) && slice_has_suffix(tag, SLICE("=")))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice label;
	struct slice clearance = slice_split(slice_of(data, size), 0, &label);
	bool canonical = seal_label_is_canonical(label);
	bool level = seal_label_level(label, clearance) == VERDICT_PERMIT;
	bool tags = seal_label_tags(label, clearance) == VERDICT_PERMIT;
	if ((level || tags) && (!canonical || !clearance.len || !utf8_is_text(label)))
		abort();
	if (tags && has_empty_permissive(label))
		abort();
	return 0;
}
