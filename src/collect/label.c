/* Labels as XML to their compact form. Must never answer a label that its policy does not know. */
#include "collect/collect.h"

enum err collect_label(const struct policy_set *policies, struct slice xml, struct arena *arena,
		       struct slice *ret_compact, struct diag *diag)
{
	const struct label *label;
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	TRY(label_parse_xml(policies, xml, arena, &label, diag));
	label_print_compact(label, &text);
	TRY(text.err);
	return arena_copy(arena, buf_slice(&text), ret_compact);
}
