/* A foreign page and what a pull makes of it: the state stays readable, and no page is taken that brings the pull nowhere. */
#include "object/taxii_page.h"
#include "protocol/pull.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taxii_page page;
	struct pull_state state = {.next = "c"}, again;
	const struct pull_budget budget = {8, 8, 8, 8};
	const struct pull_taken taken = {0};
	(void)!pull_state_parse(slice_of(data, size), &again);
	if (taxii_page_read(slice_of(data, size), 1 << 20, &page, NULL) != ERR_OK)
		return 0;
	struct pull_page said = {page.objects, page.more, page.next, SLICE("2026-11-24T06:00:00.000000Z")};
	if (pull_check(&state, &said, NULL) == ERR_OK) {
		struct pull_state before = state;
		AUTO_BUF text = buf_make(8192);
		enum pull_step step = pull_advance(&state, &said, &budget, &taken);
		if (step == PULL_MORE && memcmp(&before, &state, sizeof(state)) == 0)
			abort();
		pull_state_print(&state, &text);
		if (text.err != ERR_OK || pull_state_parse(buf_slice(&text), &again) != ERR_OK || strcmp(again.next, state.next) != 0)
			abort();
	}
	taxii_page_done(&page);
	return 0;
}
