/* Any octets as JSON: what is read prints in a canonical form that reads back as itself, and as STIX it is offered whole
 * or refused without harm. */
#include "object/stix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_offers(const struct offers *offers)
{
	for (size_t i = 0; i < offers->count; i++) {
		const struct offer_portion *portions = offers->items[i].portions.items;
		size_t count = offers->items[i].portions.count, slots;
		struct slice type;
		if (count == 0 || portions[0].kind != PORTION_HEAD || offers->items[i].title.len == 0 ||
		    object_id_type(offers->items[i].id, &type) != ERR_OK || manifest_slots(type, count, &slots) != ERR_OK)
			abort();
		for (size_t at = 0; at < count; at++)
			if (portions[at].label.len == 0 || (portions[at].kind == PORTION_HEAD) != (at == 0))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy_set *policies;
	if (!policies) {
		json_start(1);
		policies = policy_set_new(); /* none: every label in the document is unknown, the caller's is used */
	}
	AUTO_JSON *value = NULL;
	struct diag diag = {0};
	if (json_read(slice_of(data, size), 1 << 20, &value, &diag) != ERR_OK)
		return 0;
	AUTO_BUF first = buf_make(1 << 24), second = buf_make(1 << 24);
	AUTO_JSON *again = NULL;
	json_canonical(value, &first);
	if (first.err != ERR_OK || json_read(buf_slice(&first), 1 << 24, &again, NULL) != ERR_OK)
		abort();
	json_canonical(again, &second);
	if (!slice_equal(buf_slice(&first), buf_slice(&second)))
		abort();
	AUTO_ARENA arena = {.max_bytes = 1 << 28};
	struct stix_input input = {policies, SLICE("PUBLIC|UNMARKED"), NULL, 0};
	struct offers offers;
	if (stix_offer(&input, value, &arena, &offers, &diag) == ERR_OK)
		check_offers(&offers);
	else if (diag.text[0] == 0 && arena.used_bytes < 1 << 20)
		abort(); /* a refusal says why */
	return 0;
}
